#include "sync-chain.h"

#include <glib/gstdio.h>

#include "chain-fixture.h"
#include "core/check.h"
#include "store/store.h"

#define N_MASTERNODES   4u
#define N_PAYERS        2000u
#define N_RECENT        50000u
#define BLOCK_BYTES     1999750u  /* one more payment is below 2 MB still */
#define SPACING_MS      30000u
#define COIN_MIN_UNITS  100000u
#define FEE_UNITS       1000u
#define TO_ONE_UNITS    1000000u

typedef struct
{
  TcOutpoint outpoint;
  guint64    units;  /* 0: spent */
  guint32    owner;
} Coin;

typedef struct
{
  TcChainFixture *chain;
  TcKeyHash      *hashes;   /* of the payers' keys */
  GArray         *coins;    /* Coin, oldest first */
  GArray         *made;     /* Coin: of the block being made, not to be spent in it */
  guint           n_unspent;
  GRand          *rand;
  TcStore        *store;
  guint32         n_per_block;
  const TcKeyHash *pay_to;  /* (nullable) */
  SyncChain       figures;
} Maker;

static Coin *
choose_coin (Maker *self)
{
  for (;;)
    {
      guint first = self->coins->len > N_RECENT && g_rand_boolean (self->rand) ? self->coins->len - N_RECENT : 0;
      Coin *coin = &g_array_index (self->coins, Coin, (guint) g_rand_int_range (self->rand, (gint) first, (gint) self->coins->len));

      if (coin->units >= COIN_MIN_UNITS)
        return coin;
    }
}

/* Whose change is spent again, unlike what is paid. */
static TcTx *
make_payment_to (Maker *self, const TcKeyHash *to)
{
  Coin *coin;

  do
    coin = choose_coin (self);
  while (coin->units < 2 * (TO_ONE_UNITS + FEE_UNITS));
  const TcOutput spent = { { coin->units }, TC_LOCK_KEY_HASH, self->hashes[coin->owner] };
  TcTx *tx = tc_fixture_pay (self->chain, self->chain->payers[coin->owner], &coin->outpoint, &spent, to, TO_ONE_UNITS, FEE_UNITS);
  const Coin change = { { tx->txid, 1 }, coin->units - TO_ONE_UNITS - FEE_UNITS, coin->owner };

  g_array_append_val (self->made, change);
  coin->units = 0;
  self->n_unspent--;
  return tx;
}

static TcTx *
make_payment (Maker *self)
{
  if (self->pay_to != NULL)
    return make_payment_to (self, self->pay_to);

  Coin *coin = choose_coin (self);
  guint32 to = (guint32) g_rand_int_range (self->rand, 0, N_PAYERS);
  gboolean all = g_rand_int_range (self->rand, 0, 5) == 0;
  guint64 amount = all ? coin->units - FEE_UNITS : coin->units / (guint64) g_rand_int_range (self->rand, 2, 20);
  const TcOutput spent = { { coin->units }, TC_LOCK_KEY_HASH, self->hashes[coin->owner] };
  TcTx *tx = tc_fixture_pay (self->chain, self->chain->payers[coin->owner], &coin->outpoint, &spent, &self->hashes[to], amount, FEE_UNITS);
  Coin paid = { { tx->txid, 0 }, amount, to }, change = { { tx->txid, 1 }, 0, coin->owner };

  g_array_append_val (self->made, paid);
  if (tx->n_outputs == 2)
    {
      change.units = tx->outputs[1].amount.units;
      g_array_append_val (self->made, change);
    }
  coin->units = 0;
  self->n_unspent--;
  return tx;
}

static void
write_block (Maker *self, TcBlock *block, TcCommittee *first_of, gboolean is_tip)
{
  TcLedger *ledger = self->chain->ledger;
  g_autoptr(TcLink) link = tc_ledger_get_tip (ledger)->is_last ? tc_link_new (&block->header, self->chain->commit, tc_ledger_get_committee (ledger)) : NULL;
  const TcStoreBlock item = { .block = block, .commit = self->chain->commit, .committee = first_of, .link = link };
  TcFlush *flush = is_tip ? tc_ledger_begin_flush (ledger) : NULL;
  g_autoptr(GError) error = NULL;

  tc_store_write (self->store, &item, 1, flush, is_tip, &error);
  g_assert_no_error (error);
  if (flush == NULL)
    return;
  tc_ledger_end_flush (ledger);
  tc_flush_unref (flush);
}

/* Returns: how many transactions there are in it. */
static guint32
make_block (Maker *self, guint32 n_max)
{
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  TcLedger *ledger = self->chain->ledger;
  TcCommittee *first_of = tc_ledger_get_tip (ledger)->is_last ? tc_committee_ref (tc_ledger_get_committee (ledger)) : NULL;
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = NULL;
  g_autofree TcClose *closes = NULL;
  gsize n_closes = 0, size = 0;
  const guint n_left = self->n_unspent / 2;  /* the first blocks are smaller: a coin is not spent in its own block */
  TcHeader header;

  for (; size < BLOCK_BYTES && txs->len < MIN (n_max, self->n_per_block) && self->n_unspent > n_left; size += ((TcTx *) g_ptr_array_index (txs, txs->len - 1))->size_bytes)
    g_ptr_array_add (txs, make_payment (self));
  if (tc_ledger_next_is_last (ledger))
    closes = tc_chain_fixture_closes (self->chain, &n_closes);
  header = tc_chain_fixture_header (self->chain, 0, size);
  header.time_ms = tc_ledger_get_tip (ledger)->time_ms + SPACING_MS;
  block = tc_ledger_propose (ledger, &header, self->chain->commit, closes, n_closes, (TcTx *const *) txs->pdata, txs->len, &execution);
  TC_CHECK (block->n_txs >= txs->len);
  tc_chain_fixture_apply (self->chain, block, execution, NULL);
  g_ptr_array_set_size (self->chain->blocks, 0);
  write_block (self, block, first_of, txs->len == n_max);
  g_clear_pointer (&first_of, tc_committee_unref);
  g_array_append_vals (self->coins, self->made->data, self->made->len);
  self->n_unspent += self->made->len;
  g_array_set_size (self->made, 0);
  self->figures.bytes += size;
  self->figures.height = block->header.height;
  return txs->len;
}

static void
maker_init (Maker *self, const char *dir, guint32 n_per_block, const TcKeyHash *pay_to)
{
  g_autofree char *path = g_build_filename (dir, "genesis.json", NULL);
  TcParams params = TC_PARAMS_DEFAULT;
  g_autoptr(GError) error = NULL;
  gsize n;

  params.trust_epochs = 0;
  *self = (Maker) { .chain = tc_chain_fixture_new (N_MASTERNODES, NULL, N_PAYERS, &params), .n_per_block = n_per_block > 0 ? n_per_block : G_MAXUINT32, .pay_to = pay_to };
  const char *json = g_bytes_get_data (self->chain->genesis->json, &n);

  self->store = tc_store_open (dir, &self->chain->genesis->chain_id, &error);
  if (self->store != NULL)
    g_file_set_contents (path, json, (gssize) n, &error);
  g_assert_no_error (error);
  self->coins = g_array_new (FALSE, FALSE, sizeof (Coin));
  self->made = g_array_new (FALSE, FALSE, sizeof (Coin));
  self->rand = g_rand_new_with_seed (1);
  self->hashes = g_new (TcKeyHash, N_PAYERS);
  for (guint32 i = 0; i < N_PAYERS; i++)
    {
      Coin coin = { { self->chain->genesis->txid, i }, self->chain->genesis->outputs[i].amount.units, i };

      self->hashes[i] = tc_fixture_key_hash (self->chain->payers[i]);
      g_array_append_val (self->coins, coin);
    }
  self->n_unspent = self->coins->len;
}

static void
maker_clear (Maker *self)
{
  tc_store_close (self->store);
  g_array_unref (self->coins);
  g_array_unref (self->made);
  g_rand_free (self->rand);
  g_free (self->hashes);
  tc_chain_fixture_free (self->chain);
}

static void
make_chain (const char *dir, guint32 n_txs, guint32 n_per_block, const TcKeyHash *pay_to)
{
  g_autofree char *figures = g_build_filename (dir, "figures", NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  Maker maker;

  maker_init (&maker, dir, n_per_block, pay_to);
  for (guint32 n = 0; n < n_txs;)
    n += make_block (&maker, n_txs - n);
  text = g_strdup_printf ("%u %" G_GUINT64_FORMAT "\n", maker.figures.height, maker.figures.bytes);
  maker_clear (&maker);
  g_file_set_contents (figures, text, -1, &error);  /* last: without it nothing is there */
  g_assert_no_error (error);
}

gboolean
sync_chain_look (const char *dir, SyncChain *ret_chain)
{
  g_autofree char *figures = g_build_filename (dir, "figures", NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (figures, &text, NULL, NULL))
    return FALSE;
  TC_CHECK (sscanf (text, "%u %" G_GUINT64_FORMAT, &ret_chain->height, &ret_chain->bytes) == 2);
  return TRUE;
}

SyncChain
sync_chain_ensure (const char *dir, guint32 n_txs, guint32 n_per_block, const TcKeyHash *pay_to)
{
  const char *command[] = { "rm", "-rf", dir, NULL };
  SyncChain chain;

  if (sync_chain_look (dir, &chain))
    return chain;
  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  make_chain (dir, n_txs, n_per_block, pay_to);
  TC_CHECK (sync_chain_look (dir, &chain));
  return chain;
}
