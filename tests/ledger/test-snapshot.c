#include <string.h>

#include "chain-fixture.h"
#include "ledger/snapshot.h"

/* A chain at the last block of its second epoch, its manifest and parts as a node would serve them. */
typedef struct
{
  TcChainFixture *chain;
  TcHeader        header;
  guint32         prev_last_height;
  TcCommittee    *committee;  /* of the header's epoch */
  GBytes         *manifest;
  GBytes         *parts[256];
} Snapshot;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const TcOutpoint *x = *(const TcOutpoint *const *) a, *y = *(const TcOutpoint *const *) b;
  const guint32 i = GUINT32_TO_LE (x->index), j = GUINT32_TO_LE (y->index);
  const int order = tc_hash_compare (&x->txid, &y->txid);

  return order != 0 ? order : memcmp (&i, &j, sizeof i);
}

static void
make_parts (Snapshot *self)
{
  g_autofree gpointer *keys = NULL;
  GByteArray *parts[256];
  guint n_keys;

  for (guint i = 0; i < 256; i++)
    parts[i] = g_byte_array_new ();
  keys = g_hash_table_get_keys_as_array (self->chain->store->coins, &n_keys);
  qsort (keys, n_keys, sizeof *keys, compare_keys);
  for (guint i = 0; i < n_keys; i++)
    {
      const TcOutpoint *outpoint = keys[i];
      const TcCoin *coin = g_hash_table_lookup (self->chain->store->coins, outpoint);

      tc_snapshot_put_coin (parts[outpoint->txid.bytes[0]], outpoint, &coin->output);
    }
  for (guint i = 0; i < 256; i++)
    self->parts[i] = g_byte_array_free_to_bytes (parts[i]);
}

static void
set_up (Snapshot *self, gconstpointer unused)
{
  g_autoptr(GBytes) record = NULL;
  const TcTip *tip;

  self->chain = tc_chain_fixture_new (4, NULL, 40, NULL);
  for (guint32 i = 0; i < 40; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (self->chain, i, 5000 + i);

      tc_chain_fixture_extend (self->chain, &tx, 1);
    }
  self->committee = tc_committee_ref (tc_ledger_get_committee (self->chain->ledger));
  tc_chain_fixture_end_epoch (self->chain);
  tip = tc_ledger_get_tip (self->chain->ledger);
  self->prev_last_height = tip->prev_epoch_start_height;
  self->header = ((TcBlock *) g_ptr_array_index (self->chain->blocks, self->chain->blocks->len - 1))->header;
  tc_chain_fixture_flush (self->chain);
  record = tc_ledger_encode_record (self->chain->ledger);
  self->manifest = tc_snapshot_make_manifest (self->chain->store->buckets, record);
  make_parts (self);
}

static void
tear_down (Snapshot *self, gconstpointer unused)
{
  for (guint i = 0; i < 256; i++)
    g_bytes_unref (self->parts[i]);
  g_bytes_unref (self->manifest);
  tc_committee_unref (self->committee);
  tc_chain_fixture_free (self->chain);
}

static gboolean
check_part (const Snapshot *self, guint part, GBytes *bytes)
{
  return tc_snapshot_check_part (bytes, part, tc_snapshot_get_bucket (self->manifest, part), NULL);
}

/* A part with at least two coins. */
static guint
find_full_part (const Snapshot *self)
{
  for (guint i = 0; i < 256; i++)
    if (g_bytes_get_size (self->parts[i]) >= 2 * 58)
      return i;
  g_assert_not_reached ();
}

static GBytes *
flip (GBytes *bytes, gsize at)
{
  gsize size;
  guint8 *data = g_bytes_unref_to_data (g_bytes_ref (bytes), &size);

  data[at] ^= 1;
  return g_bytes_new_take (data, size);
}

static void
test_whole (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("What a node makes is accepted: the manifest by the root, each part by its bucket, and all coins are in the parts.");
  gsize n_coins = 0, n;

  g_assert_true (tc_snapshot_check_manifest (&self->header, self->manifest));
  for (guint i = 0; i < 256; i++)
    {
      g_assert_true (tc_snapshot_check_part (self->parts[i], i, tc_snapshot_get_bucket (self->manifest, i), &n));
      n_coins += n;
    }
  g_assert_cmpuint (n_coins, ==, g_hash_table_size (self->chain->store->coins));
}

static void
test_iter (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("The coins of a part are those of the ledger, with a height that nobody knows.");
  for (guint i = 0; i < 256; i++)
    {
      TcSnapshotIter iter;
      TcOutpoint outpoint;
      TcCoin coin, expected;

      tc_snapshot_iter_init (&iter, self->parts[i], i);
      while (tc_snapshot_iter_next (&iter, &outpoint, &coin))
        {
          g_assert_true (tc_ledger_get_coin (self->chain->ledger, &outpoint, &expected));
          g_assert_cmpuint (coin.output.amount.units, ==, expected.output.amount.units);
          g_assert_cmpuint (coin.output.lock, ==, expected.output.lock);
          g_assert_cmpmem (&coin.output.key_hash, TC_KEY_HASH_SIZE, &expected.output.key_hash, TC_KEY_HASH_SIZE);
          g_assert_cmpuint (coin.height, ==, 0);
        }
      g_assert_true (tc_snapshot_iter_end (&iter));
    }
}

static void
test_wrong_coin (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("A part with any byte changed, or one of another number, is refused.");
  const guint part = find_full_part (self);
  const gsize size = g_bytes_get_size (self->parts[part]);

  for (gsize i = 0; i < size; i++)
    {
      g_autoptr(GBytes) wrong = flip (self->parts[part], i);

      g_assert_false (check_part (self, part, wrong));
    }
  g_assert_false (check_part (self, (part + 1) % 256, self->parts[part]));
}

static void
test_missing_coin (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("A part that lacks a coin, has one twice, or ends in the middle of one is refused.");
  const guint part = find_full_part (self);
  const gsize size = g_bytes_get_size (self->parts[part]);
  g_autoptr(GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr(GByteArray) twice = g_byte_array_new ();
  g_autoptr(GBytes) doubled = NULL;

  for (gsize cut = 1; cut < size; cut++)
    {
      g_autoptr(GBytes) tail = g_bytes_new_from_bytes (self->parts[part], cut, size - cut);
      g_autoptr(GBytes) head = g_bytes_new_from_bytes (self->parts[part], 0, cut);

      g_assert_false (check_part (self, part, tail));
      g_assert_false (check_part (self, part, head));
    }
  g_assert_false (check_part (self, part, empty));
  for (guint i = 0; i < 65537; i++)  /* a coin 65 536 times more adds nothing to its LtHash: order refuses it */
    g_byte_array_append (twice, g_bytes_get_data (self->parts[part], NULL), (guint) size);
  doubled = g_bytes_new (twice->data, twice->len);
  g_assert_false (check_part (self, part, doubled));
}

static void
test_order (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("The same coins in another order are refused: there is one form of a part.");
  const guint part = find_full_part (self);
  gsize size, first;
  const guint8 *data = g_bytes_get_data (self->parts[part], &size);
  g_autoptr(GByteArray) swapped = g_byte_array_new ();
  g_autoptr(GBytes) bytes = NULL;
  TcSnapshotIter iter;
  TcOutpoint outpoint;
  TcCoin coin;

  tc_snapshot_iter_init (&iter, self->parts[part], part);
  g_assert_true (tc_snapshot_iter_next (&iter, &outpoint, &coin));
  first = iter.reader.position;
  g_byte_array_append (swapped, data + first, (guint) (size - first));
  g_byte_array_append (swapped, data, (guint) first);
  bytes = g_bytes_new (swapped->data, swapped->len);
  g_assert_false (check_part (self, part, bytes));
}

static void
test_wrong_manifest (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("A manifest with another bucket or another record, cut short, or for another block is refused, and no state comes of it.");
  const gsize size = g_bytes_get_size (self->manifest);
  TcHeader other = self->header, ordinary = self->header;

  for (gsize i = 0; i < size; i += i < TC_SNAPSHOT_BUCKETS_SIZE - 9000 ? 9001 : 7)
    {
      g_autoptr(GBytes) wrong = flip (self->manifest, i);

      g_assert_false (tc_snapshot_check_manifest (&self->header, wrong));
      if (i % 5 == 0)
        g_assert_null (tc_ledger_snapshot_state (self->chain->genesis, &self->header, self->prev_last_height, self->committee, wrong, NULL));
    }
  for (gsize n = 0; n < size; n += 9001)
    {
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (self->manifest, 0, n);

      g_assert_false (tc_snapshot_check_manifest (&self->header, cut));
    }
  other.state_root.bytes[3] ^= 1;
  g_assert_false (tc_snapshot_check_manifest (&other, self->manifest));
  ordinary.next_committee = TC_HASH_ZERO;
  g_assert_false (tc_snapshot_check_manifest (&ordinary, self->manifest));
}

static void
test_state (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("The state made from header, links and manifest is, byte for byte, what the ledger itself would have flushed.");
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) state = tc_ledger_snapshot_state (self->chain->genesis, &self->header, self->prev_last_height, self->committee, self->manifest, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (state, self->chain->store->state));
}

static void
test_goes_on (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("A ledger that starts from a snapshot's parts applies the blocks that follow, to the same roots.");
  g_autoptr(GBytes) state = tc_ledger_snapshot_state (self->chain->genesis, &self->header, self->prev_last_height, self->committee, self->manifest, NULL);
  g_autoptr(TcMemoryStore) store = tc_memory_store_new ();
  const TcExecuteOptions options = { .verifier = &TC_VERIFIER_INLINE };
  g_autoptr(TcLedger) ledger = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 256; i++)
    {
      TcSnapshotIter iter;
      TcOutpoint outpoint;
      TcCoin coin;

      for (tc_snapshot_iter_init (&iter, self->parts[i], i); tc_snapshot_iter_next (&iter, &outpoint, &coin);)
        g_hash_table_insert (store->coins, g_memdup2 (&outpoint, sizeof outpoint), g_memdup2 (&coin, sizeof coin));
    }
  ledger = tc_ledger_new_stored (self->chain->genesis, &store->view, state, g_bytes_get_data (self->manifest, NULL), &error);
  g_assert_no_error (error);
  for (guint32 i = 0; i < 30; i++)
    {
      TcOutput output;
      TcOutpoint coin = tc_chain_fixture_coin (self->chain, i, &output);
      g_autoptr(TcExecution) execution = NULL;
      TcBlock *block = tc_chain_fixture_extend (self->chain, NULL, 0);

      g_assert_false (tc_ledger_get_coin (ledger, &coin, &(TcCoin) { 0 }));
      g_assert_cmpint (tc_ledger_execute (ledger, block, &options, &execution), ==, TC_BLOCK_OK);
      tc_ledger_apply (ledger, execution);
    }
  g_assert_cmpmem (&tc_ledger_get_tip (ledger)->hash, TC_HASH_SIZE, &tc_ledger_get_tip (self->chain->ledger)->hash, TC_HASH_SIZE);
}

static void
test_state_refused (Snapshot *self, gconstpointer unused)
{
  g_test_summary ("No state with a wrong height, committee, epoch, time or network.");
  g_autoptr(TcChainFixture) other = tc_chain_fixture_new (4, NULL, 5, NULL);
  TcMember members[TC_COMMITTEE_MAX];
  g_autoptr(TcCommittee) wrong = NULL;
  g_autoptr(GError) error = NULL;
  TcHeader header;

  memcpy (members, self->committee->members, sizeof members);
  members[0].power++;
  wrong = tc_committee_new (self->header.epoch, self->committee->drawn, members, self->committee->n_members);
  g_assert_null (tc_ledger_snapshot_state (self->chain->genesis, &self->header, self->prev_last_height, wrong, self->manifest, &error));
  g_assert_error (error, TC_CODEC_ERROR, TC_CODEC_ERROR_MALFORMED);
  g_assert_null (tc_ledger_snapshot_state (other->genesis, &self->header, self->prev_last_height, self->committee, self->manifest, NULL));
  g_assert_null (tc_ledger_snapshot_state (self->chain->genesis, &self->header, self->header.height, self->committee, self->manifest, NULL));
  header = self->header;
  header.epoch++;
  g_assert_null (tc_ledger_snapshot_state (self->chain->genesis, &header, self->prev_last_height, self->committee, self->manifest, NULL));
  header = self->header;
  header.time_ms++;
  g_assert_null (tc_ledger_snapshot_state (self->chain->genesis, &header, self->prev_last_height, self->committee, self->manifest, NULL));
  header = self->header;
  header.next_committee.bytes[0] ^= 1;
  g_assert_null (tc_ledger_snapshot_state (self->chain->genesis, &header, self->prev_last_height, self->committee, self->manifest, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
#define ADD(path, func) g_test_add ("/ledger/snapshot/" path, Snapshot, NULL, set_up, func, tear_down)
  ADD ("whole", test_whole);
  ADD ("iter", test_iter);
  ADD ("wrong-coin", test_wrong_coin);
  ADD ("missing-coin", test_missing_coin);
  ADD ("order", test_order);
  ADD ("wrong-manifest", test_wrong_manifest);
  ADD ("state", test_state);
  ADD ("goes-on", test_goes_on);
  ADD ("state-refused", test_state_refused);
  return g_test_run ();
}
