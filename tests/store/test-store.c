#include "fixture.h"
#include "store/store-private.h"

#include <sys/stat.h>

static void
test_empty (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A new directory is made, closed to others, and holds nothing.");
  g_autofree char *dir = g_build_filename (fixture->dir, "new", NULL);
  Fixture inner = { dir, fixture->chain_id };
  TcStore *store = fixture_open (&inner);
  TcBlock *block = NULL;
  g_autoptr(GError) error = NULL;
  guint32 height;
  struct stat st;

  g_assert_cmpint (stat (dir, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0700);
  g_assert_cmpint (check_consistent (store), ==, -1);
  g_assert_false (tc_store_read_block (store, 1, &block, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (tc_store_find_block (store, &fixture->chain_id, &height, &error));
  g_assert_no_error (error);
  g_assert_false (tc_signed_verdict_is_old (tc_store_get_signed_age (store)->verdict));
  tc_store_close (store);
  inner.dir = g_strdup (dir);
  fixture_tear_down (&inner, NULL);
}

static void
test_blocks (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Blocks come back by height and by hash, decoded and as bytes, and after opening again.");
  TcStore *store = fixture_open (fixture);
  TcStoreBlock item = make_block (7);
  g_autoptr(GBytes) encoded = tc_block_encode (item.block);
  g_autoptr(GBytes) block_bytes = NULL, commit_bytes = NULL;
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(GByteArray) commit_encoded = g_byte_array_new ();
  guint32 height = 0;

  write_heights (store, 0, 20);
  tc_store_close (store);
  store = fixture_open (fixture);
  g_assert_cmpint (check_consistent (store), ==, 20);
  g_assert_true (tc_store_find_block (store, &item.block->hash, &height, NULL));
  g_assert_cmpuint (height, ==, 7);
  g_assert_true (tc_store_read_block (store, 7, &block, &commit, NULL));
  g_assert_true (tc_hash_equal (&block->hash, &item.block->hash));
  g_assert_true (tc_hash_equal (&commit->block_hash, &item.block->hash));
  g_assert_true (tc_store_read_block_bytes (store, 7, &block_bytes, &commit_bytes, NULL));
  g_assert_true (g_bytes_equal (block_bytes, encoded));
  tc_commit_put (commit_encoded, item.commit);
  g_assert_cmpmem (g_bytes_get_data (commit_bytes, NULL), (int) g_bytes_get_size (commit_bytes), commit_encoded->data, (int) commit_encoded->len);
  clear_block (&item);
  tc_store_close (store);
}

static void
test_blocks_above_state (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Blocks may be stored ahead of the state, several at once; both heights are told apart.");
  TcStore *store = fixture_open (fixture);
  TcStoreBlock items[3];
  g_autoptr(GBytes) state = NULL, expected = make_state (2);
  g_autofree guint8 *buckets = NULL;
  guint32 height = 0;

  write_heights (store, 0, 2);
  for (guint32 i = 0; i < 3; i++)
    items[i] = make_block (3 + i);
  g_assert_true (tc_store_write (store, items, 3, NULL, TRUE, NULL));
  for (guint32 i = 0; i < 3; i++)
    clear_block (&items[i]);
  g_assert_true (tc_store_load_state (store, &state, &buckets, &height, NULL));
  g_assert_cmpuint (height, ==, 5);
  g_assert_true (g_bytes_equal (state, expected));
  tc_store_close (store);
}

static void
test_coins (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Thousands of coins in any order: the view answers for each what the newest state says, to the last field.");
  enum { N = 5000 };
  TcStore *store = fixture_open (fixture);
  const TcCoinView *view = tc_store_get_coin_view (store);
  g_autofree TcFlushCoin *created = g_new0 (TcFlushCoin, N);
  g_autofree TcOutpoint *spent = g_new0 (TcOutpoint, N);
  g_autoptr(GBytes) state = make_state (0);
  TcFlush flush = { .n_created = N, .created = created, .spent = spent, .state = state };
  guint n_found = 0;

  for (guint32 i = 0; i < N; i++)
    created[i] = (TcFlushCoin) { make_outpoint (i), make_coin (i) };
  g_assert_true (tc_store_write (store, NULL, 0, &flush, TRUE, NULL));
  for (guint32 i = 0; i < N; i += 2)
    spent[flush.n_spent++] = make_outpoint (i);
  /* One that is spent and made again at its outpoint, as a released collateral is. */
  created[0].coin.height = 77;
  flush.n_created = 1;
  g_assert_true (tc_store_write (store, NULL, 0, &flush, FALSE, NULL));
  for (guint32 i = 0; i < N; i++)
    {
      TcOutpoint outpoint = make_outpoint (i);
      TcCoin coin = { .height = 12345 }, expected = make_coin (i);

      expected.height = i == 0 ? 77 : i;
      g_assert_cmpint (view->get_coin (view->user_data, &outpoint, &coin), ==, i == 0 || i % 2 == 1);
      if (i > 0 && i % 2 == 0)
        {
          g_assert_cmpuint (coin.height, ==, 12345);
          continue;
        }
      n_found++;
      g_assert_cmpuint (coin.height, ==, expected.height);
      g_assert_cmpuint (coin.output.amount.units, ==, expected.output.amount.units);
      g_assert_cmpuint (coin.output.lock, ==, expected.output.lock);
      g_assert_cmpmem (coin.output.key_hash.bytes, TC_KEY_HASH_SIZE, expected.output.key_hash.bytes, TC_KEY_HASH_SIZE);
    }
  g_assert_cmpuint (n_found, ==, N / 2 + 1);
  g_assert_true (tc_store_check_fault (store, NULL));
  tc_store_close (store);
}

static void
test_read_coins (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Many coins are read at once, those that are spent or were never there told apart.");
  TcStore *store = fixture_open (fixture);
  TcOutpoint outpoints[4] = { make_outpoint (2), make_outpoint (3), make_outpoint (4), make_outpoint (3) };
  TcCoin coins[4], expected = make_coin (3);
  guint8 found[4] = { 2, 2, 2, 2 };

  for (guint32 height = 0; height <= 3; height++)
    g_assert_true (write_height (store, height, FALSE, NULL));
  g_assert_true (tc_store_read_coins (store, outpoints, 4, coins, found, NULL));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (found[i], ==, i % 2);
  g_assert_cmpuint (coins[1].output.amount.units, ==, expected.output.amount.units);
  g_assert_true (tc_key_hash_equal (&coins[1].output.key_hash, &expected.output.key_hash));
  g_assert_cmpuint (coins[3].height, ==, 3);
  tc_store_close (store);
}

static void
test_spent_twice (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A state that spends what the file does not hold is not written, and nothing of its step either.");
  TcStore *store = fixture_open (fixture);
  TcOutpoint spent = make_outpoint (3);
  g_autoptr(GBytes) state = make_state (6);
  TcFlush flush = { .height = 6, .n_spent = 1, .spent = &spent, .state = state };
  TcStoreBlock item = make_block (6);
  g_autoptr(GError) error = NULL;

  write_heights (store, 0, 5);
  g_assert_false (tc_store_write (store, &item, 1, &flush, TRUE, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
  g_assert_cmpint (check_consistent (store), ==, 5);
  write_heights (store, 6, 6);
  g_assert_cmpint (check_consistent (store), ==, 6);
  clear_block (&item);
  tc_store_close (store);
}

static void
test_signed (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Records come back in their order, over several appends and openings; pruning takes earlier epochs', so many at a time.");
  TcStore *store = fixture_open (fixture);
  g_autoptr(GBytes) a = g_bytes_new ("first", 5), b = g_bytes_new (NULL, 0), c = g_bytes_new ("\0third", 6);
  const TcSignedRecord records[] = { { 9, 1, a }, { 8, 255, b }, { 10, 0, c } };
  g_autoptr(GArray) loaded = NULL, rest = NULL;
  gboolean more;

  g_assert_true (tc_store_append_signed (store, records, 3, NULL));
  g_assert_true (tc_store_append_signed (store, records, 1, NULL));
  g_assert_true (tc_store_append_signed (store, NULL, 0, NULL));
  tc_store_close (store);
  store = fixture_open (fixture);
  loaded = tc_store_load_signed (store, NULL);
  g_assert_cmpuint (loaded->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      TcSignedRecord *record = &g_array_index (loaded, TcSignedRecord, i);

      g_assert_cmpuint (record->epoch, ==, records[i % 3].epoch);
      g_assert_cmpuint (record->kind, ==, records[i % 3].kind);
      g_assert_true (g_bytes_equal (record->data, records[i % 3].data));
    }
  g_assert_true (tc_store_prune_signed (store, 9, 1, &more, NULL));
  g_assert_true (more);
  g_assert_true (tc_store_prune_signed (store, 9, 1, &more, NULL));
  g_assert_false (more);
  rest = tc_store_load_signed (store, NULL);
  g_assert_cmpuint (rest->len, ==, 3);
  g_assert_cmpuint (g_array_index (rest, TcSignedRecord, 1).epoch, ==, 10);
  tc_store_close (store);
}

static void
test_signed_is_lost (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Where there is a chain and signed.sqlite is missing, the store says so, once.");
  g_autofree char *path = g_build_filename (fixture->dir, "signed.sqlite", NULL);
  TcStore *store = fixture_open (fixture);

  write_heights (store, 0, 3);
  g_assert_false (tc_signed_verdict_is_old (tc_store_get_signed_age (store)->verdict));
  tc_store_close (store);
  g_assert_cmpint (g_unlink (path), ==, 0);
  store = fixture_open (fixture);
  g_assert_cmpint (tc_store_get_signed_age (store)->verdict, ==, TC_SIGNED_LOST);
  tc_store_close (store);
  store = fixture_open (fixture);
  g_assert_false (tc_signed_verdict_is_old (tc_store_get_signed_age (store)->verdict));
  tc_store_close (store);
}

static void
test_past (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("C8: header, commit and committee of a past height are kept for as long as they may be asked for.");
  TcStore *store = fixture_open (fixture);
  const TcMember member = { .masternode = 3, .power = 10 };
  g_autoptr(TcCommittee) committee = NULL;
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(GError) error = NULL;
  TcHeader header;

  for (guint32 epoch = 0; epoch < 3; epoch++)  /* of one block each; the fixture's are of epoch 0 */
    {
      TcStoreBlock item = make_block (epoch + 1);

      item.committee = tc_committee_new (epoch, FALSE, &member, 1);
      item.committees_from = epoch == 2 ? 1 : 0;
      g_assert_true (tc_store_write (store, &item, 1, NULL, TRUE, &error));
      g_assert_no_error (error);
      if (epoch == 1)
        {
          g_assert_true (tc_store_read_past (store, 2, &header, &commit, &committee, &error));
          g_assert_no_error (error);
          g_assert_cmpuint (header.height, ==, 2);
          g_assert_cmpuint (commit->height, ==, 2);
          g_assert_cmpuint (committee->members[0].masternode, ==, 3);
          g_clear_pointer (&commit, tc_commit_unref);
          g_clear_pointer (&committee, tc_committee_unref);
        }
      tc_committee_unref (item.committee);
      clear_block (&item);
    }
  g_assert_true (tc_store_read_past (store, 2, &header, &commit, &committee, &error));
  g_assert_null (committee);
  g_clear_pointer (&commit, tc_commit_unref);
  g_assert_false (tc_store_read_past (store, 4, &header, &commit, &committee, &error));
  g_assert_no_error (error);
  tc_store_close (store);
}

/* --- which file it is (rule C5) --- */

static TcSignedVerdict
verdict_of (const Fixture *fixture)
{
  TcStore *store = fixture_open (fixture);
  const TcSignedVerdict verdict = tc_store_get_signed_age (store)->verdict;

  tc_store_close (store);
  return verdict;
}

static GBytes *
read_file (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  return g_bytes_new_take (data, n);
}

/* Into the same file, as cp and rsync --inplace do, or as a new one. */
static void
write_file (const Fixture *fixture, const char *name, GBytes *bytes, gboolean same_file)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  FILE *file;

  if (!same_file)
    {
      g_autofree char *kept = g_strconcat (path, "-kept", NULL);

      g_assert_cmpint (g_rename (path, kept), ==, 0);  /* so that its inode is not given out again */
    }
  file = g_fopen (path, "w");
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, n, file), ==, n);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
sign_one (const Fixture *fixture)
{
  TcStore *store = fixture_open (fixture);
  g_autoptr(GBytes) data = g_bytes_new_static ("vote", 4);
  const TcSignedRecord record = { 7, 4, data };

  g_assert_true (tc_store_append_signed (store, &record, 1, NULL));
  tc_store_close (store);
}

static void
test_identity_same (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-20: the same files are the same after each start, after VACUUM, and after the newest record was the last to go.");
  TcStore *store;
  gboolean more;

  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_FIRST);
  sign_one (fixture);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_SAME);
  store = fixture_open (fixture);
  g_assert_true (tc_db_exec (store->signed_db, "VACUUM", NULL));
  g_assert_true (tc_store_prune_signed (store, 100, 10, &more, NULL));
  tc_store_close (store);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_SAME);
}

#define LONG_AGO_MS 1000

/* Opens the store for @key; then it was made long ago. */
static void
bind (const Fixture *fixture, const TcPublicKey *key, TcSignedVerdict expected, gboolean replaced)
{
  TcStore *store = fixture_open (fixture);
  const TcSignedAge *age = tc_store_get_signed_age (store);

  g_assert_true (tc_store_bind_key (store, key, NULL));
  g_assert_cmpint (age->verdict, ==, expected);
  g_assert_cmpint (age->replaced, ==, replaced);
  g_assert_cmpint (age->made_ms == LONG_AGO_MS, ==, expected == TC_SIGNED_SAME);
  g_assert_true (tc_db_exec (store->signed_db, "UPDATE identity SET made_ms = 1000", NULL));
  tc_store_close (store);
}

static void
test_identity_key (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-20: a store that was last opened for another operator key, or for none, does not know what this one signed: it is whole from now on.");
  const TcPublicKey one = { { 1 } }, two = { { 2 } };

  bind (fixture, &one, TC_SIGNED_FIRST, FALSE);
  bind (fixture, &one, TC_SIGNED_SAME, FALSE);
  bind (fixture, &two, TC_SIGNED_KEY, TRUE);
  bind (fixture, &two, TC_SIGNED_SAME, TRUE);
  bind (fixture, NULL, TC_SIGNED_SAME, TRUE);
  bind (fixture, &two, TC_SIGNED_KEY, TRUE);
  bind (fixture, &two, TC_SIGNED_SAME, TRUE);
}

static void
test_identity_key_later (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-20: who runs without an operator key before there are blocks, and then with one, signs in epoch 1 all the same; later not before the next.");
  const TcPublicKey one = { { 1 } };
  TcStoreBlock item = make_block (1);
  TcStore *store;

  bind (fixture, NULL, TC_SIGNED_FIRST, FALSE);
  bind (fixture, &one, TC_SIGNED_KEY, FALSE);
  bind (fixture, NULL, TC_SIGNED_SAME, FALSE);
  store = fixture_open (fixture);
  g_assert_true (tc_store_write (store, &item, 1, NULL, TRUE, NULL));
  tc_store_close (store);
  clear_block (&item);
  bind (fixture, NULL, TC_SIGNED_SAME, FALSE);
  bind (fixture, &one, TC_SIGNED_KEY, TRUE);
}

static void
test_identity_copied (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-20: a file with the same contents is a copy; it is taken for itself from the next start on, and remembers since when.");
  g_autoptr(GBytes) bytes = NULL;
  TcStore *store;
  TcSignedAge age;

  sign_one (fixture);
  bytes = read_file (fixture, "signed.sqlite");
  write_file (fixture, "signed.sqlite", bytes, FALSE);
  store = fixture_open (fixture);
  age = *tc_store_get_signed_age (store);
  tc_store_close (store);
  g_assert_cmpint (age.verdict, ==, TC_SIGNED_COPIED);
  g_assert_true (age.replaced);
  g_assert_cmpint (ABS (g_get_real_time () / 1000 - age.made_ms), <, 60000);
  store = fixture_open (fixture);
  g_assert_cmpint (tc_store_get_signed_age (store)->verdict, ==, TC_SIGNED_SAME);
  g_assert_true (tc_store_get_signed_age (store)->replaced);
  g_assert_cmpint (tc_store_get_signed_age (store)->made_ms, ==, age.made_ms);
  tc_store_close (store);
}

static void
test_identity_restored (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-20: an earlier state in the same file is known by the number of starts, or of records where it is of the same start.");
  g_autoptr(GBytes) bytes = NULL, same_start = NULL;
  TcStore *store;
  g_autoptr(GBytes) data = g_bytes_new_static ("vote", 4);
  const TcSignedRecord record = { 7, 4, data };

  sign_one (fixture);
  bytes = read_file (fixture, "signed.sqlite");
  sign_one (fixture);
  write_file (fixture, "signed.sqlite", bytes, TRUE);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_RESTORED);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_SAME);
  store = fixture_open (fixture);
  g_assert_cmpint (sqlite3_wal_checkpoint_v2 (store->signed_db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), ==, SQLITE_OK);
  same_start = read_file (fixture, "signed.sqlite");
  g_assert_true (tc_store_append_signed (store, &record, 1, NULL));
  tc_store_close (store);
  write_file (fixture, "signed.sqlite", same_start, TRUE);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_RESTORED);
}

static void
test_identity_crash (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-22: a crash between the two files of a start is no sign of anything, at the first start and later; nor is a guard that lost its newest number.");
  g_autofree char *path = g_build_filename (fixture->dir, "signed.id", NULL);
  g_autoptr(GBytes) guard = NULL;

  sign_one (fixture);
  g_assert_cmpint (g_unlink (path), ==, 0);  /* the first start, cut short */
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_SAME);
  guard = read_file (fixture, "signed.id");
  sign_one (fixture);
  write_file (fixture, "signed.id", guard, TRUE);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_SAME);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_UNKNOWN);
}

static void
test_identity_moved (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-20: a file that was written on another machine, or belongs to another directory, is old.");
  TcStore *store;

  sign_one (fixture);
  store = fixture_open (fixture);
  g_assert_true (tc_db_exec (store->signed_db, "UPDATE identity SET machine = zeroblob (32)", NULL));
  tc_store_close (store);
  if (g_file_test ("/etc/machine-id", G_FILE_TEST_EXISTS))
    g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_MOVED);
  sign_one (fixture);
  sign_one (fixture);
  store = fixture_open (fixture);
  g_assert_true (tc_db_exec (store->signed_db, "UPDATE identity SET name = zeroblob (16)", NULL));
  tc_store_close (store);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_FOREIGN);
}

static void
test_inspect (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A look from outside changes nothing and needs no lock; it says what a start would find.");
  g_auto(TcStoreInspection) while_open = { 0 }, after = { 0 };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  TcStore *store;

  sign_one (fixture);
  store = fixture_open (fixture);
  g_assert_true (tc_store_inspect (fixture->dir, &fixture->chain_id, &while_open, &error));
  g_assert_no_error (error);
  g_assert_true (while_open.running);
  g_assert_cmpint (while_open.age.verdict, ==, TC_SIGNED_SAME);
  g_assert_cmpuint (while_open.records->len, ==, 1);
  tc_store_close (store);
  bytes = read_file (fixture, "signed.sqlite");
  write_file (fixture, "signed.sqlite", bytes, FALSE);
  g_assert_true (tc_store_inspect (fixture->dir, NULL, &after, &error));
  g_assert_no_error (error);
  g_assert_false (after.running);
  g_assert_cmpint (after.age.verdict, ==, TC_SIGNED_COPIED);
  g_assert_cmpuint (after.epoch, ==, 1);
  g_assert_cmpint (verdict_of (fixture), ==, TC_SIGNED_COPIED);
}

static void
test_peers (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-29 (its part here): bans and values outlive a restart; bans are replaced as a whole.");
  TcStore *store = fixture_open (fixture);
  TcStoreBan bans[] = { { (char *) "10.0.0.2", 5, 4, (char *) "flood" }, { (char *) "10.0.0.1", G_MAXINT64, 1, NULL } };
  g_autoptr(GBytes) key = g_bytes_new ("\0key", 4), value = NULL, none = g_bytes_new ("x", 1);
  g_autoptr(GArray) loaded = NULL, replaced = NULL;

  g_assert_true (tc_store_save_bans (store, bans, 2, NULL));
  g_assert_true (tc_store_set_value (store, "noise", none, NULL));
  g_assert_true (tc_store_set_value (store, "noise", key, NULL));
  tc_store_close (store);
  store = fixture_open (fixture);
  loaded = tc_store_load_bans (store, NULL);
  g_assert_cmpuint (loaded->len, ==, 2);
  g_assert_cmpstr (g_array_index (loaded, TcStoreBan, 0).address, ==, "10.0.0.1");
  g_assert_cmpint (g_array_index (loaded, TcStoreBan, 0).until_ms, ==, G_MAXINT64);
  g_assert_cmpstr (g_array_index (loaded, TcStoreBan, 0).reason, ==, "");
  g_assert_cmpstr (g_array_index (loaded, TcStoreBan, 1).address, ==, "10.0.0.2");
  g_assert_cmpstr (g_array_index (loaded, TcStoreBan, 1).reason, ==, "flood");
  g_assert_cmpint (g_array_index (loaded, TcStoreBan, 1).created_ms, ==, 4);
  g_assert_true (tc_store_save_bans (store, bans, 1, NULL));
  replaced = tc_store_load_bans (store, NULL);
  g_assert_cmpuint (replaced->len, ==, 1);
  g_assert_true (tc_store_get_value (store, "noise", &value, NULL));
  g_assert_true (g_bytes_equal (value, key));
  g_clear_pointer (&value, g_bytes_unref);
  value = g_steal_pointer (&none);
  GBytes *absent = key;
  g_assert_true (tc_store_get_value (store, "other", &absent, NULL));
  g_assert_null (absent);
  tc_store_close (store);
}

typedef struct
{
  TcStore *store;
  guint32  last;
  gint     done;
} Writing;

static gpointer
write_thread (gpointer data)
{
  Writing *writing = data;

  for (guint32 height = 1; height <= writing->last; height++)
    {
      g_autoptr(GError) error = NULL;
      gboolean ok = write_height (writing->store, height, height % 8 == 0, &error);

      g_assert_no_error (error);
      g_assert_true (ok);
    }
  g_atomic_int_set (&writing->done, 1);
  return NULL;
}

static gpointer
read_thread (gpointer data)
{
  Writing *writing = data;
  guint32 seen = 0;

  while (!g_atomic_int_get (&writing->done) || seen < writing->last)
    {
      g_autoptr(GBytes) state = NULL, expected = NULL;
      g_autofree guint8 *buckets = NULL;
      g_autoptr(GError) error = NULL;
      guint32 height = 0;
      TcBlock *block = NULL;

      g_assert_true (tc_store_load_state (writing->store, &state, &buckets, &height, &error));
      expected = make_state (height);
      g_assert_true (g_bytes_equal (state, expected));
      g_assert_cmpuint (height, >=, seen);
      seen = height;
      if (height == 0)
        continue;
      g_assert_true (tc_store_read_block (writing->store, height, &block, NULL, &error));
      g_assert_cmpuint (block->header.height, ==, height);
      tc_block_unref (block);
    }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("While one thread writes, others read states and blocks, each of them whole; the view and the signed records go on beside.");
  TcStore *store = fixture_open (fixture);
  const TcCoinView *view = tc_store_get_coin_view (store);
  Writing writing = { store, 400, 0 };
  g_autoptr(GBytes) data = g_bytes_new ("signed", 6);
  const TcSignedRecord record = { 1, 1, data };
  g_autoptr(GArray) records = NULL;
  guint n_signed = 0;
  GThread *readers[6], *writer;

  write_heights (store, 0, 0);
  writer = g_thread_new ("writer", write_thread, &writing);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("reader", read_thread, &writing);
  while (!g_atomic_int_get (&writing.done) || n_signed < 10)
    {
      TcOutpoint never = make_outpoint (1000000);
      TcCoin coin;

      g_assert_false (view->get_coin (view->user_data, &never, &coin));
      g_assert_true (tc_store_append_signed (store, &record, 1, NULL));
      n_signed++;
    }
  g_thread_join (writer);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    g_thread_join (readers[i]);
  g_assert_cmpint (check_consistent (store), ==, 400);
  records = tc_store_load_signed (store, NULL);
  g_assert_cmpuint (records->len, ==, n_signed);
  tc_store_close (store);
}

static void
test_truncated_at_rest (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The write-ahead log stays bounded while durable steps follow each other, and is gone after closing.");
  g_autofree char *wal = g_build_filename (fixture->dir, "chain.sqlite-wal", NULL);
  TcStore *store = fixture_open (fixture);
  goffset largest = 0;
  struct stat st;

  for (guint32 height = 0; height < 1200; height++)
    {
      g_assert_true (write_height (store, height, TRUE, NULL));
      g_assert_cmpint (stat (wal, &st), ==, 0);
      largest = MAX (largest, st.st_size);
    }
  g_assert_cmpint (largest, >, 4000 * 4096);   /* so it was cut at least once */
  g_assert_cmpint (largest, <, 4200 * 4200);
  g_assert_cmpint (st.st_size, <, largest);
  tc_store_close (store);
  g_assert_cmpint (stat (wal, &st), !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
#define ADD(path, func) g_test_add ("/store/store/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("empty", test_empty);
  ADD ("blocks", test_blocks);
  ADD ("blocks-above-state", test_blocks_above_state);
  ADD ("coins", test_coins);
  ADD ("read-coins", test_read_coins);
  ADD ("spent-twice", test_spent_twice);
  ADD ("signed", test_signed);
  ADD ("signed-is-lost", test_signed_is_lost);
  ADD ("past", test_past);
  ADD ("survive-20-same", test_identity_same);
  ADD ("survive-20-key", test_identity_key);
  ADD ("survive-20-key-later", test_identity_key_later);
  ADD ("survive-20-copied", test_identity_copied);
  ADD ("survive-20-restored", test_identity_restored);
  ADD ("survive-22-identity", test_identity_crash);
  ADD ("survive-20-moved", test_identity_moved);
  ADD ("inspect", test_inspect);
  ADD ("survive-29-peers", test_peers);
  ADD ("threads", test_threads);
  ADD ("truncated-at-rest", test_truncated_at_rest);
  return g_test_run ();
}
