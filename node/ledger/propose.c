#include <string.h>

#include "core/check.h"

#include "ledger-private.h"
#include "outpoint-set.h"
#include "reward.h"
#include "validate.h"

#define REWARD_OVERHEAD_BYTES  32u
#define OUTPUT_BYTES           29u

typedef enum
{
  PLACE_UNKNOWN = 0,
  PLACE_WAITING = 1,  /* for its parents: on the stack */
  PLACE_CHOSEN  = 2,
  PLACE_LEFT    = 3,
} Place;

/* Choosing among candidates: a parent goes in with, or without, its child; never the child alone. */
typedef struct
{
  TcLedger    *ledger;
  TcTx *const *txs;
  gsize        n_txs;
  guint8      *places;
  GHashTable  *by_txid;    /* TcHash -> place among @txs + 1; looked up, never walked */
  TcOutpointSet spent;
  GPtrArray   *chosen;     /* borrowed TcTx */
  GArray      *stack;      /* gsize */
  guint64      size_bytes, size_max_bytes;
} Choice;

/* What the transactions may take: the reward needs its room. */
static guint64
get_room (const TcLedger *ledger)
{
  guint64 max = tc_ledger_block_size_max (ledger), reward;

  if (!tc_ledger_next_is_last (ledger))
    return max;
  reward = REWARD_OVERHEAD_BYTES
           + OUTPUT_BYTES * tc_reward_n_max (ledger->registry, tc_ledger_get_next_epoch (ledger), ledger->genesis->params.redraw_epochs);
  return max - MIN (max, reward);
}

static void
choice_init (Choice *self, TcLedger *ledger, TcTx *const *txs, gsize n_txs)
{
  gsize n_inputs = 0;

  *self = (Choice) { .ledger = ledger, .txs = txs, .n_txs = n_txs };
  self->places = g_new0 (guint8, n_txs);
  self->by_txid = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  self->chosen = g_ptr_array_new ();
  self->stack = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->size_max_bytes = get_room (ledger);
  for (gsize i = 0; i < n_txs; i++)
    {
      n_inputs += txs[i]->n_inputs;
      if (!g_hash_table_contains (self->by_txid, &txs[i]->txid))
        g_hash_table_insert (self->by_txid, &txs[i]->txid, GSIZE_TO_POINTER (i + 1));
      else
        self->places[i] = PLACE_LEFT;
    }
  tc_outpoint_set_init (&self->spent, n_inputs);
}

static void
choice_clear (Choice *self)
{
  g_free (self->places);
  g_hash_table_unref (self->by_txid);
  g_ptr_array_unref (self->chosen);
  g_array_unref (self->stack);
  tc_outpoint_set_clear (&self->spent);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

static gboolean
find_parent (const Choice *self, const TcOutpoint *outpoint, gsize *ret_place)
{
  gsize place = GPOINTER_TO_SIZE (g_hash_table_lookup (self->by_txid, &outpoint->txid));

  if (place == 0)
    return FALSE;
  *ret_place = place - 1;
  return TRUE;
}

/* Pushes the parents that are still undecided. Returns: FALSE where there are none. */
static gboolean
push_parents (Choice *self, const TcTx *tx)
{
  guint before = self->stack->len;
  gsize parent;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (find_parent (self, &tx->inputs[i].outpoint, &parent) && self->places[parent] == PLACE_UNKNOWN)
      g_array_append_val (self->stack, parent);
  return self->stack->len > before;
}

static gboolean
find_spent (Choice *self, const TcOutpoint *outpoint, TcOutput *ret_output)
{
  gsize parent;
  TcCoin coin;

  if (tc_outpoint_set_has (&self->spent, outpoint))
    return FALSE;
  if (find_parent (self, outpoint, &parent))
    {
      if (self->places[parent] != PLACE_CHOSEN || outpoint->index >= self->txs[parent]->n_outputs)
        return FALSE;
      *ret_output = self->txs[parent]->outputs[outpoint->index];
      return TRUE;
    }
  if (!tc_coins_get (self->ledger->coins, outpoint, &coin))
    return FALSE;
  *ret_output = coin.output;
  return TRUE;
}

static gboolean
is_distinct (const TcTx *tx)
{
  g_auto(TcOutpointSet) set;

  tc_outpoint_set_init (&set, tx->n_inputs);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (!tc_outpoint_set_add (&set, &tx->inputs[i].outpoint))
      return FALSE;
  return TRUE;
}

static gboolean
fits (Choice *self, const TcTx *tx)
{
  g_autofree TcOutput *spent = g_new (TcOutput, tx->n_inputs);

  if (tc_validate_body (tx, self->ledger->tip.height + 1) != TC_TX_OK || self->size_bytes + tx->size_bytes > self->size_max_bytes
      || !is_distinct (tx))
    return FALSE;
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (!find_spent (self, &tx->inputs[i].outpoint, &spent[i]))
      return FALSE;
  return tc_validate_spend (tx, spent, self->ledger->registry, NULL) == TC_TX_OK;
}

static void
decide (Choice *self, gsize place)
{
  TcTx *tx = self->txs[place];

  if (!fits (self, tx))
    {
      self->places[place] = PLACE_LEFT;
      return;
    }
  self->places[place] = PLACE_CHOSEN;
  self->size_bytes += tx->size_bytes;
  g_ptr_array_add (self->chosen, tx);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    tc_outpoint_set_add (&self->spent, &tx->inputs[i].outpoint);
}

/* Depth first without recursion: a pool may hold long chains. */
static void
choose (Choice *self, gsize start)
{
  g_array_append_val (self->stack, start);
  while (self->stack->len > 0)
    {
      gsize place = g_array_index (self->stack, gsize, self->stack->len - 1);

      if (self->places[place] == PLACE_UNKNOWN)
        {
          self->places[place] = PLACE_WAITING;
          if (push_parents (self, self->txs[place]))
            continue;
        }
      g_array_set_size (self->stack, self->stack->len - 1);
      if (self->places[place] == PLACE_WAITING)
        decide (self, place);
    }
}

static int
compare_txids (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(TcTx *const *) a)->txid, &(*(TcTx *const *) b)->txid);
}

static void
fill_header (TcLedger *self, const Choice *choice, TcCommit *commit, const GArray *evidence, const TcClose *closes, gsize n_closes, TcHeader *header)
{
  header->version = TC_BLOCK_VERSION;
  header->chain_id = self->genesis->chain_id;
  header->height = self->tip.height + 1;
  header->epoch = tc_ledger_get_next_epoch (self);
  /* What was left out may have cost the block its early turn (B1). */
  header->time_ms = MAX (header->time_ms, tc_ledger_least_time_ms (self, choice->size_bytes));
  header->previous = self->tip.hash;
  header->committee = self->committee_hash;
  header->next_committee = TC_HASH_ZERO;
  header->commit = commit != NULL ? tc_commit_hash (commit) : TC_HASH_ZERO;
  header->evidence_root = tc_evidence_root ((const TcEvidence *) (gpointer) evidence->data, evidence->len);
  header->closes_root = tc_closes_root (closes, n_closes);
}

/* Runs what was chosen and puts the reward, if one is due, in front. */
static void
run_choice (TcLedger *self, Choice *choice, TcCommit *commit, TcExecution *execution, TcHeader *header)
{
  static const TcExecuteOptions options = { .verifier = NULL };
  TcHash seed;

  TC_CHECK (tc_execution_run_txs (execution, self, (TcTx *const *) choice->chosen->pdata, choice->chosen->len, &options) == TC_BLOCK_OK);
  TC_CHECK (header->proposer < self->committee->n_members);
  TC_CHECK (tc_seed_advance (&self->tip.seed, &self->committee->members[header->proposer].operator_key, &header->vrf,
                             &header->chain_id, header->height, &seed));
  if (tc_ledger_next_is_last (self))
    {
      TcTx *reward = NULL;

      tc_execution_end_epoch (execution, self, header, commit, &reward);
      if (reward != NULL)
        {
          tc_execution_create (execution, reward, header->height);
          g_ptr_array_insert (choice->chosen, 0, reward);
        }
    }
  header->state_root = tc_execution_finish (execution, self, header, &seed);
  if (execution->next_committee != NULL)
    header->next_committee = tc_committee_hash (execution->next_committee);
  header->tx_root = tc_txs_root ((TcTx *const *) choice->chosen->pdata, choice->chosen->len);
}

TcBlock *
tc_ledger_propose_with_evidence (TcLedger *self, const TcHeader *header, TcCommit *commit, const TcEvidence *evidence, gsize n_evidence,
                                 const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs, TcExecution **ret_execution)
{
  g_auto(Choice) choice;
  TcHeader filled = *header;
  TcExecution *execution = tc_execution_new (self);
  g_autoptr(GArray) convicting = tc_execution_choose_evidence (execution, self, evidence, n_evidence);
  TcBlock *block;

  TC_CHECK ((commit == NULL) == (self->tip.height == 0));
  choice_init (&choice, self, txs, n_txs);
  for (gsize i = 0; i < n_txs; i++)
    choose (&choice, i);
  g_ptr_array_sort (choice.chosen, compare_txids);
  fill_header (self, &choice, commit, convicting, closes, n_closes, &filled);
  run_choice (self, &choice, commit, execution, &filled);
  block = tc_block_new_with_evidence (&filled, commit, (const TcEvidence *) (gpointer) convicting->data, convicting->len, closes, n_closes, (TcTx *const *) choice.chosen->pdata, choice.chosen->len);
  if (choice.chosen->len > 0 && ((TcTx *) choice.chosen->pdata[0])->kind == TC_TX_KIND_REWARD)
    tc_tx_unref (choice.chosen->pdata[0]);
  tc_execution_set_block (execution, block);
  *ret_execution = execution;
  return block;
}

TcBlock *
tc_ledger_propose (TcLedger *self, const TcHeader *header, TcCommit *commit, const TcClose *closes, gsize n_closes, TcTx *const *txs,
                   gsize n_txs, TcExecution **ret_execution)
{
  return tc_ledger_propose_with_evidence (self, header, commit, NULL, 0, closes, n_closes, txs, n_txs, ret_execution);
}
