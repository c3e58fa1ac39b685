#include <glib/gstdio.h>

#include "core/key-file.h"

typedef struct
{
  char *dir, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("tc-key-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "operator.key", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
write_file (Fixture *fixture, const char *text, int mode)
{
  g_assert_true (g_file_set_contents_full (fixture->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, NULL));
  g_assert_cmpint (g_chmod (fixture->path, mode), ==, 0);
}

static void
assert_refused (Fixture *fixture, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_key_file_load (fixture->path, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("A created key loads again as the same key, from a file that only its owner reads");
  g_autoptr(TcSecretKey) created = tc_key_file_create (fixture->path, NULL);
  g_autoptr(TcSecretKey) loaded = tc_key_file_load (fixture->path, NULL);
  GStatBuf info;

  g_assert_nonnull (created);
  g_assert_nonnull (loaded);
  g_assert_cmpmem (tc_secret_key_get_seed (created), TC_SEED_SIZE, tc_secret_key_get_seed (loaded), TC_SEED_SIZE);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_never_over_another (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Creating a key where there is one fails and leaves it as it was");
  g_autoptr(TcSecretKey) created = tc_key_file_create (fixture->path, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_key_file_create (fixture->path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);

  g_autoptr(TcSecretKey) loaded = tc_key_file_load (fixture->path, NULL);

  g_assert_cmpmem (tc_secret_key_get_seed (created), TC_SEED_SIZE, tc_secret_key_get_seed (loaded), TC_SEED_SIZE);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("A missing, short, long, damaged or readable file is refused with advice");
  g_autofree char *zeros = g_strnfill (64, '0');
  g_autofree char *too_long = g_strnfill (5000, '0');

  assert_refused (fixture, "Check the path");
  write_file (fixture, "", 0600);
  assert_refused (fixture, "damaged");
  write_file (fixture, "00ff", 0600);
  assert_refused (fixture, "damaged");
  write_file (fixture, too_long, 0600);
  assert_refused (fixture, "64 hexadecimal digits");
  write_file (fixture, zeros, 0644);
  assert_refused (fixture, "chmod 600");
  zeros[10] = 'g';
  write_file (fixture, zeros, 0600);
  assert_refused (fixture, "damaged");
}

static void
test_head (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("Lines that say what a key file is do not keep it from being read, and nothing is written over another file");
  static const guint8 seed[TC_SEED_SIZE] = { 7 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  g_autoptr(TcSecretKey) read = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_key_file_write (fixture->path, "# A masternode's key.\n#\n# Keep it secret.\n", key, &error));
  g_assert_no_error (error);
  read = tc_key_file_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (tc_public_key_equal (tc_secret_key_get_public (key), tc_secret_key_get_public (read)));
  g_assert_false (tc_key_file_write (fixture->path, NULL, key, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  write_file (fixture, "# Words, and no key.\n", 0600);
  assert_refused (fixture, "damaged");
  write_file (fixture, "# Words without an end", 0600);
  assert_refused (fixture, "damaged");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add ("/core/key-file/round-trip", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/core/key-file/never-over-another", Fixture, NULL, set_up, test_never_over_another, tear_down);
  g_test_add ("/core/key-file/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/core/key-file/head", Fixture, NULL, set_up, test_head, tear_down);
  return g_test_run ();
}
