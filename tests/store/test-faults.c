#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store-private.h"

static const char *const files[] = { "chain.sqlite", "signed.sqlite", "peers.sqlite" };

static char *
file_path (const Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static GBytes *
read_whole (const char *path)
{
  char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  return g_bytes_new_take (data, size);
}

/* That opening fails with @code and a message that holds @text, and changes no byte of @name. */
static void
assert_refused (const Fixture *fixture, const char *name, int code, const char *text)
{
  g_autofree char *path = file_path (fixture, name);
  g_autoptr(GBytes) before = read_whole (path), after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_store_open (fixture->dir, &fixture->chain_id, &error));
  g_assert_error (error, TC_STORE_ERROR, code);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_nonnull (strstr (error->message, name));
  after = read_whole (path);
  g_assert_true (g_bytes_equal (before, after));
}

static void
fill (const Fixture *fixture, guint32 last)
{
  TcStore *store = fixture_open (fixture);
  g_autoptr(GBytes) data = g_bytes_new ("signed", 6);
  const TcSignedRecord record = { 1, 1, data };

  write_heights (store, 0, last);
  g_assert_true (tc_store_append_signed (store, &record, 1, NULL));
  tc_store_close (store);
}

static void
exec_on_file (const Fixture *fixture, const char *name, const char *sql)
{
  g_autofree char *path = file_path (fixture, name);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

/* In a child, until it is killed: steps of the chain and signed records, their numbers told over @pipe_fd once they are durable. */
G_GNUC_NORETURN static void
write_until_killed (const Fixture *fixture, guint32 height, guint32 n_signed, int pipe_fd)
{
  TcStore *store = tc_store_open (fixture->dir, &fixture->chain_id, NULL);

  if (store == NULL)
    _exit (3);
  for (;;)
    {
      g_autoptr(GBytes) data = g_bytes_new (&n_signed, sizeof n_signed);
      const TcSignedRecord records[2] = { { n_signed, 1, data }, { n_signed, 2, data } };
      guint32 told[2];

      if (!write_height (store, height, TRUE, NULL) || !tc_store_append_signed (store, records, 2, NULL))
        _exit (4);
      told[0] = height++;
      told[1] = n_signed++;
      if (write (pipe_fd, told, sizeof told) != sizeof told)
        _exit (5);
    }
}

/* Whether a child could write at all, and the last numbers it told; -1: none. */
static void
kill_while_writing (const Fixture *fixture, guint32 height, guint32 n_signed, guint delay_us, gint64 ret_told[2])
{
  int fds[2], status;
  guint32 told[2];
  pid_t child;

  ret_told[0] = ret_told[1] = -1;
  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    write_until_killed (fixture, height, n_signed, fds[1]);
  close (fds[1]);
  g_usleep (delay_us);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
  while (read (fds[0], told, sizeof told) == sizeof told)
    {
      ret_told[0] = told[0];
      ret_told[1] = told[1];
    }
  close (fds[0]);
}

static void
test_kill (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-22, survive-24 (the store's part): killed at random moments, it opens, is of one height, and lacks nothing that was durable.");
  gint64 height = -1;
  guint32 n_signed = 0;

  for (guint i = 0; i < 40; i++)
    {
      gint64 told[2];
      gint64 found;
      TcStore *store;
      g_autoptr(GArray) records = NULL;

      kill_while_writing (fixture, (guint32) (height + 1), n_signed, (guint) g_test_rand_int_range (500, 60000), told);
      store = fixture_open (fixture);
      found = check_consistent (store);
      g_assert_cmpint (found, >=, MAX (height, told[0]));
      records = tc_store_load_signed (store, NULL);
      g_assert_nonnull (records);
      g_assert_cmpuint (records->len % 2, ==, 0);
      g_assert_cmpint (records->len / 2, >=, told[1] + 1);
      for (guint j = 0; j < records->len; j++)
        g_assert_cmpuint (g_array_index (records, TcSignedRecord, j).epoch, ==, j / 2);
      height = found;
      n_signed = records->len / 2;
      tc_store_close (store);
    }
  g_test_message ("reached height %" G_GINT64_FORMAT, height);
  g_assert_cmpint (height, >, 0);
}

static void
cap_pages (TcDb *db, const char *count)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA max_page_count = %s", count);

  g_assert_true (tc_db_exec (db, sql, NULL));
}

static void
test_disk_full (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: on a full disk a step fails whole, with a message; once there is space it succeeds.");
  TcStore *store = fixture_open (fixture);
  g_autoptr(GBytes) large = g_bytes_new_take (g_malloc0 (100000), 100000);
  const TcSignedRecord record = { 1, 1, large };
  g_autoptr(GError) chain_error = NULL, signed_error = NULL, value_error = NULL;
  g_autoptr(GArray) records = NULL;
  guint32 height = 10;

  write_heights (store, 0, height);
  cap_pages (store->chain.writer, "1");   /* SQLite takes it as the size that it has */
  cap_pages (store->signed_db, "1");
  cap_pages (store->peers_db, "1");
  while (write_height (store, height + 1, TRUE, &chain_error))
    height++;
  g_assert_error (chain_error, TC_STORE_ERROR, TC_STORE_ERROR_DISK);
  g_assert_nonnull (strstr (chain_error->message, "full"));
  g_assert_nonnull (strstr (chain_error->message, fixture->dir));
  g_assert_cmpint (check_consistent (store), ==, height);
  g_assert_false (tc_store_append_signed (store, &record, 1, &signed_error));
  g_assert_error (signed_error, TC_STORE_ERROR, TC_STORE_ERROR_DISK);
  g_assert_false (tc_store_set_value (store, "large", large, &value_error));
  g_assert_error (value_error, TC_STORE_ERROR, TC_STORE_ERROR_DISK);

  cap_pages (store->chain.writer, "1000000");
  cap_pages (store->signed_db, "1000000");
  write_heights (store, height + 1, height + 5);
  g_assert_true (tc_store_append_signed (store, &record, 1, NULL));
  records = tc_store_load_signed (store, NULL);
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpint (check_consistent (store), ==, height + 5);
  tc_store_close (store);
}

static void
test_disk_full_at_start (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: where the disk is full from the start, opening says so.");
  g_autoptr(GError) error = NULL;
  g_autofree char *shown = NULL;
  int status;
  pid_t child = fork ();

  if (child == 0)
    {
      const struct rlimit none = { 3000, 3000 };

      signal (SIGXFSZ, SIG_IGN);
      setrlimit (RLIMIT_FSIZE, &none);
      if (tc_store_open (fixture->dir, &fixture->chain_id, &error) != NULL)
        _exit (1);
      _exit (g_error_matches (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK) && strstr (error->message, fixture->dir) != NULL ? 0 : 2);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

/* As a user whom permissions bind: root may write everywhere. Returns: the code of opening's error; 100: it opened. */
static int
open_as_nobody (const Fixture *fixture)
{
  int status;
  pid_t child = fork ();

  if (child == 0)
    {
      g_autoptr(GError) error = NULL;

      if (geteuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
        _exit (101);
      if (tc_store_open (fixture->dir, &fixture->chain_id, &error) != NULL)
        _exit (100);
      if (error->domain != TC_STORE_ERROR || strstr (error->message, fixture->dir) == NULL)
        _exit (102);
      _exit (error->code);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
test_read_only (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: a directory or a file that may not be written is refused at once, by name.");
  fill (fixture, 3);
  g_assert_cmpint (g_chmod (fixture->dir, 0555), ==, 0);
  g_assert_cmpint (open_as_nobody (fixture), ==, TC_STORE_ERROR_DISK);
  g_assert_cmpint (g_chmod (fixture->dir, 0777), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = file_path (fixture, files[i]);

      g_assert_cmpint (g_chmod (path, 0444), ==, 0);
    }
  if (geteuid () == 0)
    {
      g_autofree char *lock = file_path (fixture, "lock");

      g_assert_cmpint (g_chmod (lock, 0666), ==, 0);
      g_assert_cmpint (open_as_nobody (fixture), ==, TC_STORE_ERROR_DISK);
    }
  g_assert_cmpint (g_chmod (fixture->dir, 0700), ==, 0);
}

static void
overwrite (const char *path, goffset offset, gsize n)
{
  g_autofree char *noise = g_malloc (n);
  int fd = open (path, O_WRONLY);

  memset (noise, 0x5a, n);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, noise, n, offset), ==, (gssize) n);
  close (fd);
}

static void
test_damaged_file (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: a file that is cut, or whose first page is noise, is refused and left as it is.");
  fill (fixture, 300);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = file_path (fixture, files[i]);
      g_autoptr(GBytes) whole = read_whole (path);
      TcStore *store;

      overwrite (path, 0, 100);
      assert_refused (fixture, files[i], TC_STORE_ERROR_DAMAGED, "damaged");
      g_assert_true (g_file_set_contents (path, g_bytes_get_data (whole, NULL), (gssize) g_bytes_get_size (whole), NULL));
      g_assert_cmpint (truncate (path, (off_t) g_bytes_get_size (whole) - 4096), ==, 0);
      assert_refused (fixture, files[i], TC_STORE_ERROR_DAMAGED, "ove it away");
      g_assert_true (g_file_set_contents (path, g_bytes_get_data (whole, NULL), (gssize) g_bytes_get_size (whole), NULL));
      store = fixture_open (fixture);
      g_assert_cmpint (check_consistent (store), ==, 300);
      tc_store_close (store);
    }
}

/* The root page of @table, from the file as it is now. */
static gint64
root_page (const Fixture *fixture, const char *table)
{
  g_autofree char *path = file_path (fixture, "chain.sqlite");
  g_autofree char *sql = g_strdup_printf ("SELECT rootpage FROM sqlite_schema WHERE name = '%s'", table);
  sqlite3_stmt *stmt = NULL;
  sqlite3 *handle = NULL;
  gint64 page;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  page = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (handle);
  return page;
}

static void
test_damaged_page (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: damage in the middle is found when it is read: never a false answer without a fault.");
  g_autofree char *path = file_path (fixture, "chain.sqlite");
  g_autoptr(GError) error = NULL, write_error = NULL;
  TcOutpoint outpoint = make_outpoint (50);
  const TcCoinView *view;
  TcStore *store;
  TcCoin coin;

  fill (fixture, 50);
  overwrite (path, (root_page (fixture, "coin") - 1) * 4096, 4096);
  store = fixture_open (fixture);
  view = tc_store_get_coin_view (store);
  g_assert_true (tc_store_check_fault (store, NULL));
  g_assert_false (view->get_coin (view->user_data, &outpoint, &coin));
  g_assert_false (tc_store_check_fault (store, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
  g_assert_false (write_height (store, 51, TRUE, &write_error));
  g_assert_error (write_error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
  tc_store_close (store);
}

static void
test_damaged_root (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: damage to what is read at the start refuses the start.");
  g_autofree char *path = file_path (fixture, "chain.sqlite");

  fill (fixture, 50);
  overwrite (path, (root_page (fixture, "block") - 1) * 4096, 4096);
  assert_refused (fixture, "chain.sqlite", TC_STORE_ERROR_DAMAGED, "damaged");
}

static void
test_damaged_block (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: one flipped bit in a block is an error, not another block.");
  g_autoptr(GError) error = NULL;
  TcBlock *block = NULL;
  TcStore *store;

  fill (fixture, 5);
  exec_on_file (fixture, "chain.sqlite",
                "UPDATE block SET block = CAST (substr (block, 1, 60) || x'ff' || substr (block, 62) AS BLOB) WHERE height = 3");
  store = fixture_open (fixture);
  g_assert_false (tc_store_read_block (store, 3, &block, NULL, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED);
  g_assert_true (tc_store_read_block (store, 4, &block, NULL, NULL));
  tc_block_unref (block);
  tc_store_close (store);
}

static void
test_newer_version (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("survive-23: a file of a newer version is refused and left as it is.");
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      fill (fixture, 2);
      exec_on_file (fixture, files[i], "PRAGMA user_version = 1000");
      assert_refused (fixture, files[i], TC_STORE_ERROR_VERSION, "newer version");
      for (guint j = 0; j < G_N_ELEMENTS (files); j++)
        {
          g_autofree char *path = file_path (fixture, files[j]);

          g_unlink (path);
        }
    }
}

static void
test_foreign_file (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A database of another program under one of our names is refused and left as it is.");
  exec_on_file (fixture, "peers.sqlite", "CREATE TABLE photos (id INTEGER); INSERT INTO photos VALUES (1)");
  assert_refused (fixture, "peers.sqlite", TC_STORE_ERROR_DAMAGED, "not a file of TimeCoin");
}

static void
test_other_chain (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A directory of another network is refused and left as it is.");
  fill (fixture, 2);
  fixture->chain_id.bytes[0] ^= 1;
  assert_refused (fixture, "signed.sqlite", TC_STORE_ERROR_CHAIN, "another network");
}

static void
test_second_instance (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A second instance on one directory is refused while the first lives, however the first ends.");
  g_autoptr(GError) error = NULL;
  TcStore *store = fixture_open (fixture);
  int fds[2], status;
  pid_t child;
  char byte;

  g_assert_null (tc_store_open (fixture->dir, &fixture->chain_id, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE);
  g_assert_nonnull (strstr (error->message, fixture->dir));
  tc_store_close (store);

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  if (child == 0)
    {
      store = tc_store_open (fixture->dir, &fixture->chain_id, NULL);
      if (write (fds[1], "x", 1) == 1)
        pause ();
      _exit (0);
    }
  g_assert_cmpint (read (fds[0], &byte, 1), ==, 1);
  g_clear_error (&error);
  g_assert_null (tc_store_open (fixture->dir, &fixture->chain_id, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (fds[0]);
  close (fds[1]);
  store = fixture_open (fixture);
  tc_store_close (store);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
#define ADD(path, func) g_test_add ("/store/faults/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("survive-22-kill", test_kill);
  ADD ("survive-23-disk-full", test_disk_full);
  ADD ("survive-23-disk-full-at-start", test_disk_full_at_start);
  ADD ("survive-23-read-only", test_read_only);
  ADD ("survive-23-damaged-file", test_damaged_file);
  ADD ("survive-23-damaged-page", test_damaged_page);
  ADD ("survive-23-damaged-root", test_damaged_root);
  ADD ("survive-23-damaged-block", test_damaged_block);
  ADD ("survive-23-newer-version", test_newer_version);
  ADD ("foreign-file", test_foreign_file);
  ADD ("other-chain", test_other_chain);
  ADD ("second-instance", test_second_instance);
  return g_test_run ();
}
