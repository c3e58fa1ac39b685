#include <string.h>

#include "chain-fixture.h"

/* A chain two blocks old, and a good third block of two payments to spoil. */
typedef struct
{
  TcChainFixture *chain;
  TcBlock        *good;
} Setting;

static void
set_up (Setting *self, gconstpointer data)
{
  TcExecution *execution;

  self->chain = tc_chain_fixture_new (4, NULL, 6, NULL);
  tc_chain_fixture_extend (self->chain, NULL, 0);
  tc_chain_fixture_extend (self->chain, NULL, 0);
  g_autoptr(TcTx) first = tc_chain_fixture_pay (self->chain, 0, 5000);
  g_autoptr(TcTx) second = tc_chain_fixture_pay (self->chain, 1, 6000);
  TcTx *txs[] = { first, second };
  self->good = tc_chain_fixture_propose (self->chain, txs, 2, &execution);
  tc_execution_free (execution);
}

static void
tear_down (Setting *self, gconstpointer data)
{
  tc_block_unref (self->good);
  tc_chain_fixture_free (self->chain);
}

static const char *
execute (Setting *self, const TcBlock *block)
{
  g_autoptr(TcExecution) execution = NULL;

  return tc_block_verdict_name (tc_chain_fixture_execute (self->chain, block, &execution));
}

static const char *
execute_with (Setting *self, const TcHeader *header)
{
  g_autoptr(TcBlock) block = tc_fixture_block_with (self->good, header);

  return execute (self, block);
}

/* The good block with other transactions, and roots that fit but for the state's. */
static const char *
execute_txs (Setting *self, TcTx *const *txs, gsize n_txs)
{
  TcHeader header = self->good->header;

  header.tx_root = tc_txs_root (txs, n_txs);
  g_autoptr(TcBlock) block = tc_block_new (&header, self->good->commit, self->good->closes, self->good->n_closes, txs, n_txs);
  return execute (self, block);
}

/* Goes on until the next block is a last one, and makes that the good one. */
static void
reach_last (Setting *self)
{
  TcExecution *execution;

  while (!tc_ledger_next_is_last (self->chain->ledger))
    tc_chain_fixture_extend (self->chain, NULL, 0);
  tc_block_unref (self->good);
  self->good = tc_chain_fixture_propose (self->chain, NULL, 0, &execution);
  tc_execution_free (execution);
}

static void
test_ok (Setting *self, gconstpointer data)
{
  g_test_summary ("The block that the others are made from is good.");
  g_assert_cmpstr (execute (self, self->good), ==, "ok");
}

static void
test_header (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-18: another version, chain, height, parent, epoch, committee or commit hash is a bad header.");
  for (guint i = 0; i < 7; i++)
    {
      TcHeader header = self->good->header;

      switch (i)
        {
        case 0: header.version++; break;
        case 1: header.chain_id.bytes[0] ^= 1; break;
        case 2: header.height++; break;
        case 3: header.previous.bytes[0] ^= 1; break;
        case 4: header.epoch++; break;
        case 5: header.committee.bytes[0] ^= 1; break;
        default: header.commit.bytes[0] ^= 1; break;
        }
      g_assert_cmpstr (execute_with (self, &header), ==, "bad-header");
    }
}

static void
test_time (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-18: a block sooner after its parent than rule B1 allows, or from the end of time, is refused.");
  TcHeader header = self->good->header;

  header.time_ms--;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-time");
  header.time_ms = tc_ledger_get_tip (self->chain->ledger)->time_ms;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-time");
  header.time_ms = G_MAXUINT64;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-time");
  header.time_ms = self->good->header.time_ms + 1000000;
  g_assert_cmpstr (execute_with (self, &header), ==, "ok");
}

static void
test_last_time (Setting *self, gconstpointer data)
{
  g_test_summary ("An epoch's last block need only be later than its parent (B1); it is the first whose parent is an epoch's length after the last one before (B2).");
  reach_last (self);
  const TcTip *tip = tc_ledger_get_tip (self->chain->ledger);
  TcHeader header = self->good->header;

  g_assert_cmpuint (tip->time_ms - tip->epoch_start_ms, >=, self->chain->params.epoch_length_ms);
  g_assert_cmpuint (header.time_ms, ==, tip->time_ms + 1);
  g_assert_cmpstr (execute (self, self->good), ==, "ok");
  header.time_ms--;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-time");
}

static void
test_proposer (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-18: another proposer than the round's, or a VRF proof that is not its own, is refused (B7).");
  TcHeader header = self->good->header;

  header.proposer = (header.proposer + 1) % 4;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-proposer");
  header = self->good->header;
  header.vrf.bytes[3] ^= 1;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-proposer");
  header = self->good->header;
  header.vrf = tc_seed_prove (tc_chain_fixture_member (self->chain, header.proposer), &header.chain_id,
                              &tc_ledger_get_tip (self->chain->ledger)->seed, header.height + 1);
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-proposer");
}

static void
test_later_round (Setting *self, gconstpointer data)
{
  g_test_summary ("The proposer of a later round, with its own proof, makes a good block.");
  TcHeader header = tc_chain_fixture_header (self->chain, 5, 0);
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = tc_ledger_propose (self->chain->ledger, &header, self->chain->commit, NULL, 0, NULL, 0, &execution);

  g_assert_cmpuint (block->header.round, ==, 5);
  g_assert_cmpstr (execute (self, block), ==, "ok");
}

/* The good block with another commit of its parent. */
static const char *
execute_commit (Setting *self, TcCommit *commit)
{
  TcHeader header = self->good->header;

  header.commit = commit != NULL ? tc_commit_hash (commit) : TC_HASH_ZERO;
  g_autoptr(TcBlock) block = tc_block_new (&header, commit, NULL, 0, self->good->txs, self->good->n_txs);
  return execute (self, block);
}

static void
test_commit (Setting *self, gconstpointer data)
{
  g_test_summary ("A commit that is missing, of too few, of another block, or with a bad signature is refused (C6).");
  const TcCommit *commit = self->good->commit;
  guint8 two[] = { 0x03 }, four[] = { 0x0f };
  TcHash other = commit->block_hash;
  TcSignature signatures[4];

  memcpy (signatures, commit->signatures, sizeof signatures);
  g_autoptr(TcCommit) few = tc_commit_new (commit->height, commit->round, &commit->block_hash, two, 4, signatures);
  g_assert_cmpstr (execute_commit (self, NULL), ==, "bad-commit");
  g_assert_cmpstr (execute_commit (self, few), ==, "bad-commit");
  other.bytes[0] ^= 1;
  g_autoptr(TcCommit) stray = tc_commit_new (commit->height, commit->round, &other, four, 4, signatures);
  g_assert_cmpstr (execute_commit (self, stray), ==, "bad-commit");
  signatures[2].bytes[0] ^= 1;
  g_autoptr(TcCommit) forged = tc_commit_new (commit->height, commit->round, &commit->block_hash, four, 4, signatures);
  g_assert_cmpstr (execute_commit (self, forged), ==, "bad-commit");
}

static void
test_commit_round (Setting *self, gconstpointer data)
{
  g_test_summary ("A block first proposed in round 5 was not committed in an earlier one.");
  TcHeader header = tc_chain_fixture_header (self->chain, 5, 0);
  g_autoptr(TcExecution) execution = NULL, unused = NULL;
  g_autoptr(TcBlock) parent = tc_ledger_propose (self->chain->ledger, &header, self->chain->commit, NULL, 0, NULL, 0, &execution);
  g_autoptr(TcCommit) early = tc_chain_fixture_commit (self->chain, parent, 4, NULL);

  tc_chain_fixture_apply (self->chain, parent, execution, NULL);
  tc_block_unref (self->good);
  self->good = tc_chain_fixture_propose (self->chain, NULL, 0, &unused);
  g_assert_cmpstr (execute (self, self->good), ==, "ok");
  g_assert_cmpstr (execute_commit (self, early), ==, "bad-commit");
}

static void
test_body (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-18: a wrong Merkle root, transactions out of order or twice, evidence or closes that the header does not name.");
  TcTx *swapped[] = { self->good->txs[1], self->good->txs[0] };
  TcTx *twice[] = { self->good->txs[0], self->good->txs[0] };
  TcHeader header = self->good->header;

  header.tx_root.bytes[0] ^= 1;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-body");
  header = self->good->header;
  header.evidence_root.bytes[0] ^= 1;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-body");
  header = self->good->header;
  header.closes_root.bytes[0] ^= 1;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-body");
  g_assert_cmpstr (execute_txs (self, swapped, 2), ==, "bad-body");
  g_assert_cmpstr (execute_txs (self, twice, 2), ==, "bad-body");
}

static void
test_evidence (Setting *self, gconstpointer data)
{
  g_test_summary ("C7: evidence that the header does not name is no body of it, and what proves nothing is refused.");
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  TcEvidence evidence = { .kind = 0, .first = bytes, .second = bytes };
  TcHeader header = self->good->header;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(TcBlock) block = tc_block_new_with_evidence (&header, self->good->commit, &evidence, 1, NULL, 0, self->good->txs,
                                                             self->good->n_txs);

      g_assert_cmpstr (execute (self, block), ==, i == 0 ? "bad-body" : "bad-evidence");
      header.evidence_root = tc_evidence_root (&evidence, 1);
    }
}

static int
compare_txids (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(TcTx *const *) a)->txid, &(*(TcTx *const *) b)->txid);
}

static void
test_size (void)
{
  g_test_summary ("A block of more than block_size_max_bytes is refused, and proposing leaves out what does not fit (B1).");
  TcParams params = TC_PARAMS_LOCAL;

  params.block_size_max_bytes = params.block_busy_bytes = 1000;
  params.vote_ahead_bytes = 1000;
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 9, &params);
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(TcExecution) execution = NULL, none = NULL;

  for (guint32 i = 0; i < 9; i++)
    g_ptr_array_add (txs, tc_chain_fixture_pay (chain, i, 5000));
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (chain, (TcTx *const *) txs->pdata, 9, &execution);
  g_assert_cmpuint (block->n_txs, >=, 4);
  g_assert_cmpuint (block->txs_size_bytes, <=, 1000);
  g_assert_cmpint (tc_chain_fixture_execute (chain, block, &none), ==, TC_BLOCK_OK);
  /* It did not come to a busy block, so it waited for the whole interval. */
  g_assert_cmpuint (block->header.time_ms - chain->genesis->time_ms, ==, params.block_interval_ms);

  TcHeader header = block->header;
  g_ptr_array_sort (txs, compare_txids);
  header.tx_root = tc_txs_root ((TcTx *const *) txs->pdata, 9);
  g_autoptr(TcBlock) large = tc_block_new (&header, NULL, NULL, 0, (TcTx *const *) txs->pdata, 9);
  g_autoptr(TcExecution) never = NULL;
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, large, &never)), ==, "bad-body");
  g_autoptr(TcBlock) fitting = tc_block_new (&header, NULL, NULL, 0, (TcTx *const *) txs->pdata, 4);
  header.tx_root = tc_txs_root ((TcTx *const *) txs->pdata, 4);
  g_autoptr(TcBlock) small = tc_block_new (&header, NULL, NULL, 0, (TcTx *const *) txs->pdata, 4);
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, fitting, &never)), ==, "bad-body");
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, small, &never)), ==, "bad-state");
}

static void
test_busy (void)
{
  g_test_summary ("A block that holds block_busy_bytes may follow after block_interval_busy_ms, not sooner; a smaller one may not (B1).");
  TcParams params = TC_PARAMS_LOCAL;

  params.block_busy_bytes = 1000;
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 6, &params);
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(TcExecution) execution = NULL, none = NULL;

  for (guint32 i = 0; i < 6; i++)
    g_ptr_array_add (txs, tc_chain_fixture_pay (chain, i, 5000));
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (chain, (TcTx *const *) txs->pdata, 6, &execution);
  TcHeader header = block->header;
  g_assert_cmpuint (block->txs_size_bytes, >=, 1000);
  g_assert_cmpuint (header.time_ms - chain->genesis->time_ms, ==, 1000);
  header.time_ms--;
  g_autoptr(TcBlock) sooner = tc_fixture_block_with (block, &header);
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, sooner, &none)), ==, "bad-time");
  header.time_ms++;
  g_autoptr(TcBlock) smaller = tc_block_new (&header, NULL, NULL, 0, block->txs, 4);
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, smaller, &none)), ==, "bad-time");
  g_assert_cmpstr (tc_block_verdict_name (tc_chain_fixture_execute (chain, block, &none)), ==, "ok");
}

static void
test_tx (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-14: a transaction that is in the chain, spends what another one spends, or pays too little makes a bad block.");
  TcOutput coin;
  TcOutpoint from = tc_chain_fixture_coin (self->chain, 0, &coin);
  TcKeyHash to = tc_fixture_key_hash (self->chain->payers[3]);
  g_autoptr(TcTx) rival = tc_fixture_pay (self->chain, self->chain->payers[0], &from, &coin, &to, 9000, 1000);
  g_autoptr(TcTx) first = tc_chain_fixture_pay (self->chain, 0, 5000);
  g_autoptr(TcTx) cheap = tc_fixture_pay (self->chain, self->chain->payers[0], &from, &coin, &to, 9000, 999);
  gboolean in_order = tc_hash_compare (&rival->txid, &first->txid) < 0;
  TcTx *both[] = { in_order ? rival : first, in_order ? first : rival };

  g_assert_cmpstr (execute_txs (self, both, 2), ==, "bad-tx");
  g_assert_cmpstr (execute_txs (self, &cheap, 1), ==, "bad-tx");
  tc_chain_fixture_extend (self->chain, self->good->txs, self->good->n_txs);
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcTx) again = tc_tx_ref (self->good->txs[0]);
  tc_block_unref (self->good);
  self->good = tc_chain_fixture_propose (self->chain, &again, 1, &execution);
  g_assert_cmpuint (self->good->n_txs, ==, 0);
  g_assert_cmpstr (execute_txs (self, &again, 1), ==, "bad-tx");
}

static void
test_rival_children (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-08: two children of one output, all three in one block, make a bad block; so does a child of an output that is not there.");
  TcKeyHash to = tc_fixture_key_hash (self->chain->payers[3]);
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  TcTx *parent = tc_chain_fixture_pay (self->chain, 2, 5000000);
  TcOutpoint change = { parent->txid, 1 }, beyond = { parent->txid, 2 };

  g_ptr_array_add (txs, parent);
  for (guint64 i = 0; i < 2; i++)
    g_ptr_array_add (txs, tc_fixture_pay (self->chain, self->chain->payers[2], &change, &parent->outputs[1], &to, 6000 + i, 1000));
  g_ptr_array_sort (txs, compare_txids);
  g_assert_cmpstr (execute_txs (self, (TcTx *const *) txs->pdata, 3), ==, "bad-tx");
  g_ptr_array_remove_index (txs, txs->pdata[0] == parent ? 1 : 0);
  g_assert_cmpstr (execute_txs (self, (TcTx *const *) txs->pdata, 2), ==, "bad-state");
  g_ptr_array_remove_index (txs, txs->pdata[0] == parent ? 1 : 0);
  g_ptr_array_add (txs, tc_fixture_pay (self->chain, self->chain->payers[2], &beyond, &parent->outputs[1], &to, 6000, 1000));
  g_ptr_array_sort (txs, compare_txids);
  g_assert_cmpstr (execute_txs (self, (TcTx *const *) txs->pdata, 2), ==, "bad-tx");
}

static void
test_survive_07_reward (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-07: a reward in an ordinary block, or behind another transaction of a last one.");
  TcOutput output = { { 5000 }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (self->chain->payers[0]) };
  g_autoptr(TcTx) reward = tc_tx_new (TC_TX_KIND_REWARD, self->good->header.height, NULL, 0, &output, 1, NULL, 0, NULL, 0);
  TcTx *two[] = { reward, reward };

  g_assert_cmpstr (execute_txs (self, two, 1), ==, "bad-tx");
  reach_last (self);
  g_assert_cmpstr (execute_txs (self, two, 2), ==, "bad-tx");
}

static void
test_reward (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-18: a reward that is missing, too high, of another height or to somebody else is refused (M5).");
  reach_last (self);
  const TcTx *due = self->good->txs[0];

  g_assert_cmpuint (self->good->n_txs, ==, 1);
  g_assert_cmpuint (due->kind, ==, TC_TX_KIND_REWARD);
  g_assert_cmpstr (execute (self, self->good), ==, "ok");
  g_assert_cmpstr (execute_txs (self, NULL, 0), ==, "bad-reward");
  for (guint i = 0; i < 3; i++)
    {
      TcOutput output = due->outputs[0];

      output.amount.units += i == 0;
      output.key_hash.bytes[0] ^= i == 1;
      g_autoptr(TcTx) wrong = tc_tx_new (TC_TX_KIND_REWARD, due->valid_from_height + (i == 2), NULL, 0, &output, 1, NULL, 0, NULL, 0);
      g_assert_cmpstr (execute_txs (self, &wrong, 1), ==, "bad-reward");
    }
  g_autoptr(TcTx) witnessed = tc_fixture_sign (self->chain, due, NULL, self->chain->payers, 1);
  g_assert_cmpstr (execute_txs (self, &witnessed, 1), ==, "bad-reward");
}

static void
test_state (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-18: a wrong state root or next committee is refused.");
  TcHeader header = self->good->header;

  header.state_root.bytes[0] ^= 1;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-state");
  header = self->good->header;
  header.next_committee.bytes[0] ^= 1;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-state");
  reach_last (self);
  header = self->good->header;
  g_assert_false (tc_hash_is_zero (&header.next_committee));
  header.next_committee = TC_HASH_ZERO;
  g_assert_cmpstr (execute_with (self, &header), ==, "bad-state");
}

static void
test_witness (Setting *self, gconstpointer data)
{
  g_test_summary ("A bad witness is told apart from a bad body: it condemns who sent it, not the block (T1).");
  TcWitness witness = self->good->txs[0]->witnesses[0];
  const TcExecuteOptions options = { .verifier = NULL };
  TcTx *txs[] = { NULL, self->good->txs[1] };
  g_autoptr(TcExecution) execution = NULL;

  witness.signature.bytes[0] ^= 1;
  txs[0] = tc_tx_new_signed (self->good->txs[0], &witness, 1);
  g_assert_cmpstr (execute_txs (self, txs, 2), ==, "bad-witness");
  g_autoptr(TcBlock) forged = tc_block_new (&self->good->header, self->good->commit, NULL, 0, txs, 2);
  g_assert_cmpmem (&forged->hash, sizeof forged->hash, &self->good->hash, sizeof self->good->hash);
  g_assert_cmpint (tc_ledger_execute (self->chain->ledger, forged, &options, &execution), ==, TC_BLOCK_OK);
  tc_tx_unref (txs[0]);
  witness.key = *tc_secret_key_get_public (self->chain->payers[4]);
  txs[0] = tc_tx_new_signed (self->good->txs[0], &witness, 1);
  g_assert_cmpstr (execute_txs (self, txs, 2), ==, "bad-witness");
  tc_tx_unref (txs[0]);
  txs[0] = tc_tx_new_signed (self->good->txs[0], NULL, 0);
  g_assert_cmpstr (execute_txs (self, txs, 2), ==, "bad-witness");
  tc_tx_unref (txs[0]);
}

static void
test_unsignable (Setting *self, gconstpointer data)
{
  g_test_summary ("Where no witness could fit the body, the block is at fault.");
  TcOutput spent[2], output = { { 5000 }, TC_LOCK_KEY_HASH, tc_fixture_key_hash (self->chain->payers[0]) };
  TcTxInput inputs[] = { { tc_chain_fixture_coin (self->chain, 0, &spent[0]), 0 }, { tc_chain_fixture_coin (self->chain, 1, &spent[1]), 0 } };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, 2, &output, 1, NULL, 0, NULL, 0);
  g_autoptr(TcTx) tx = tc_fixture_sign (self->chain, bare, spent, self->chain->payers, 1);

  g_assert_cmpstr (execute_txs (self, &tx, 1), ==, "bad-tx");
}

static const char *
execute_closes (Setting *self, const TcClose *closes, gsize n_closes)
{
  TcHeader header = self->good->header;

  header.closes_root = tc_closes_root (closes, n_closes);
  g_autoptr(TcBlock) block = tc_block_new (&header, self->good->commit, closes, n_closes, self->good->txs, self->good->n_txs);
  return execute (self, block);
}

static void
test_closes (Setting *self, gconstpointer data)
{
  g_test_summary ("Closes stand in a last block only: of a quorum, ascending, of this epoch, signed (F5).");
  gsize n;
  g_autofree TcClose *early = tc_chain_fixture_closes (self->chain, &n);

  g_assert_cmpstr (execute_closes (self, early, n), ==, "bad-closes");
  reach_last (self);
  g_autofree TcClose *closes = tc_chain_fixture_closes (self->chain, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (execute_closes (self, closes, 4), ==, "ok");
  g_assert_cmpstr (execute_closes (self, closes, 3), ==, "ok");
  g_assert_cmpstr (execute_closes (self, closes, 2), ==, "bad-closes");
  g_assert_cmpstr (execute_closes (self, NULL, 0), ==, "bad-closes");
  TcClose spoilt[4] = { closes[0], closes[1], closes[1], closes[2] };
  g_assert_cmpstr (execute_closes (self, spoilt, 4), ==, "bad-closes");
  memcpy (spoilt, closes, sizeof spoilt);
  spoilt[3].member = 4;
  g_assert_cmpstr (execute_closes (self, spoilt, 4), ==, "bad-closes");
  memcpy (spoilt, closes, sizeof spoilt);
  spoilt[1].count = 1;
  g_assert_cmpstr (execute_closes (self, spoilt, 4), ==, "bad-closes");
  memcpy (spoilt, closes, sizeof spoilt);
  spoilt[1].epoch++;
  g_assert_cmpstr (execute_closes (self, spoilt, 4), ==, "bad-closes");
}

static void
test_proposing (Setting *self, gconstpointer data)
{
  g_test_summary ("Proposing takes parents with their children in any order, the first of two rivals, and nothing unsigned or cheap.");
  g_autoptr(TcTx) parent = tc_chain_fixture_pay (self->chain, 2, 5000000);
  TcOutpoint change = { parent->txid, 1 };
  TcKeyHash to = tc_fixture_key_hash (self->chain->payers[3]);
  g_autoptr(TcTx) child = tc_fixture_pay (self->chain, self->chain->payers[2], &change, &parent->outputs[1], &to, 6000, 1000);
  g_autoptr(TcTx) rival = tc_fixture_pay (self->chain, self->chain->payers[2], &change, &parent->outputs[1], &to, 7000, 1000);
  TcOutpoint beyond = { rival->txid, 1 };
  g_autoptr(TcTx) orphan = tc_fixture_pay (self->chain, self->chain->payers[2], &beyond, &rival->outputs[1], &to, 8000, 1000);
  TcOutput coin;
  TcOutpoint from = tc_chain_fixture_coin (self->chain, 4, &coin);
  g_autoptr(TcTx) cheap = tc_fixture_pay (self->chain, self->chain->payers[4], &from, &coin, &to, 9000, 10);
  TcTx *txs[] = { cheap, child, rival, orphan, child, parent };
  g_autoptr(TcExecution) execution = NULL;
  g_autoptr(TcBlock) block = tc_chain_fixture_propose (self->chain, txs, G_N_ELEMENTS (txs), &execution);

  g_assert_cmpuint (block->n_txs, ==, 2);
  g_assert_true (block->txs[0] == child || block->txs[1] == child);
  g_assert_true (block->txs[0] == parent || block->txs[1] == parent);
  g_assert_true (tc_execution_get_block (execution) == block);
  g_assert_cmpstr (execute (self, block), ==, "ok");
}

static void
test_survive_21 (Setting *self, gconstpointer data)
{
  g_test_summary ("survive-21: a hundred orders of the same candidates, whatever the cache holds, make the same block.");
  enum { N = 5 };
  TcTx *txs[N];
  TcHash first = TC_HASH_ZERO;

  for (guint32 i = 0; i < N; i++)
    txs[i] = tc_chain_fixture_pay (self->chain, i, 5000 + i);
  tc_chain_fixture_flush (self->chain);
  for (guint round = 0; round < 100; round++)
    {
      g_autoptr(TcExecution) execution = NULL;

      for (gint32 i = N - 1; i > 0; i--)
        {
          gint32 j = g_test_rand_int_range (0, i + 1);
          TcTx *swap = txs[i];

          txs[i] = txs[j];
          txs[j] = swap;
        }
      tc_ledger_set_cache_size (self->chain->ledger, (gsize) g_test_rand_int_range (0, 10));
      g_autoptr(TcBlock) block = tc_chain_fixture_propose (self->chain, txs, N, &execution);
      g_assert_cmpuint (block->n_txs, ==, N);
      if (round == 0)
        first = block->hash;
      g_assert_cmpmem (&block->hash, sizeof first, &first, sizeof first);
    }
  for (guint32 i = 0; i < N; i++)
    tc_tx_unref (txs[i]);
}

static gboolean
is_checked (gpointer user_data, const TcTx *tx)
{
  ++*(guint *) user_data;
  return TRUE;
}

static void
count_jobs (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  *(gsize *) user_data += n_jobs;
  TC_VERIFIER_INLINE.check_many (NULL, jobs, n_jobs);
}

static void
test_checked_before (Setting *self, gconstpointer data)
{
  g_test_summary ("What the caller has checked before is not checked again; all the rest is, in one call.");
  gsize n_jobs = 0;
  guint n_asked = 0;
  TcVerifier verifier = { count_jobs, &n_jobs };
  TcExecuteOptions options = { .verifier = &verifier, .commit_checked = TRUE };
  g_autoptr(TcExecution) first = NULL, second = NULL;

  g_assert_cmpint (tc_ledger_execute (self->chain->ledger, self->good, &options, &first), ==, TC_BLOCK_OK);
  g_assert_cmpuint (n_jobs, ==, 2);
  options.is_checked = is_checked;
  options.user_data = &n_asked;
  g_assert_cmpint (tc_ledger_execute (self->chain->ledger, self->good, &options, &second), ==, TC_BLOCK_OK);
  g_assert_cmpuint (n_jobs, ==, 2);
  g_assert_cmpuint (n_asked, ==, 2);
}

#define ADD(name, function) g_test_add ("/ledger/blocks/" name, Setting, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ok", test_ok);
  ADD ("survive-18-header", test_header);
  ADD ("survive-18-time", test_time);
  ADD ("last-time", test_last_time);
  ADD ("survive-18-proposer", test_proposer);
  ADD ("later-round", test_later_round);
  ADD ("commit", test_commit);
  ADD ("commit-round", test_commit_round);
  ADD ("survive-18-body", test_body);
  ADD ("evidence", test_evidence);
  g_test_add_func ("/ledger/blocks/size", test_size);
  g_test_add_func ("/ledger/blocks/busy", test_busy);
  ADD ("survive-14-tx", test_tx);
  ADD ("survive-08-rival-children", test_rival_children);
  ADD ("survive-07-reward", test_survive_07_reward);
  ADD ("survive-18-reward", test_reward);
  ADD ("survive-18-state", test_state);
  ADD ("witness", test_witness);
  ADD ("unsignable", test_unsignable);
  ADD ("closes", test_closes);
  ADD ("proposing", test_proposing);
  ADD ("survive-21-order", test_survive_21);
  ADD ("checked-before", test_checked_before);
  return g_test_run ();
}
