#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "fixture.h"

static TcStoreAddress
make_address (guint number)
{
  TcStoreAddress address = { .port = (guint16) (1 + number), .tried = number % 3 == 0, .anchor = number == 3, .seen_s = 1700000000 + number,
                             .dialled_s = number, .good_s = number % 3 == 0 ? number : 0, .failures = number % 5 };

  memset (address.ip, (int) number % 256, sizeof address.ip);
  address.ip[0] = (guint8) (number / 256);
  memset (address.source, 9, sizeof address.source);
  return address;
}

static void
save (TcStore *store, guint n)
{
  g_autofree TcStoreAddress *addresses = g_new (TcStoreAddress, n + 1);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < n; i++)
    addresses[i] = make_address (i);
  tc_store_save_addresses (store, addresses, n, &error);
  g_assert_no_error (error);
}

static GArray *
load (TcStore *store)
{
  g_autoptr(GError) error = NULL;
  GArray *loaded = tc_store_load_addresses (store, &error);

  g_assert_no_error (error);
  return loaded;
}

static void
exec_on_file (const Fixture *fixture, const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->dir, "peers.sqlite", NULL);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static void
test_round_trip (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("The addresses outlive a restart with all that is known of them, tried ones first, and are replaced as a whole.");
  TcStore *store = fixture_open (fixture);
  g_autoptr(GArray) loaded = NULL, replaced = NULL;

  save (store, 1000);
  tc_store_close (store);
  store = fixture_open (fixture);
  loaded = load (store);
  g_assert_cmpuint (loaded->len, ==, 1000);
  for (guint i = 0; i < loaded->len; i++)
    {
      const TcStoreAddress *address = &g_array_index (loaded, TcStoreAddress, i), wanted = make_address (address->port - 1u);

      g_assert_cmpmem (address->ip, 16, wanted.ip, 16);
      g_assert_cmpmem (address->source, 16, wanted.source, 16);
      g_assert_true (address->tried == wanted.tried && address->anchor == wanted.anchor && address->seen_s == wanted.seen_s
                     && address->dialled_s == wanted.dialled_s && address->good_s == wanted.good_s && address->failures == wanted.failures);
      g_assert_true (address->tried == (i < 334));
    }
  save (store, 3);
  replaced = load (store);
  g_assert_cmpuint (replaced->len, ==, 3);
  tc_store_close (store);
}

static void
test_damaged (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("Rows that are damaged are left out; the others are still there.");
  static const char *const damage[] = {
    "UPDATE address SET ip = x'00' WHERE port = 1",          "UPDATE address SET source = 'me' WHERE port = 2",
    "UPDATE address SET port = 70000 WHERE port = 3",        "UPDATE address SET failures = -1 WHERE port = 4",
    "UPDATE address SET tried = 2 WHERE port = 5",           "UPDATE address SET seen_s = 'yesterday' WHERE port = 6",
    "UPDATE address SET good_s = -1 WHERE port = 7",         "UPDATE address SET anchor = 256 WHERE port = 8",
    "UPDATE address SET dialled_s = 1.5 WHERE port = 9",
  };
  TcStore *store = fixture_open (fixture);

  save (store, 20);
  tc_store_close (store);
  for (gsize i = 0; i < G_N_ELEMENTS (damage); i++)
    exec_on_file (fixture, damage[i]);
  store = fixture_open (fixture);

  g_autoptr(GArray) loaded = load (store);

  g_assert_cmpuint (loaded->len, ==, 20 - G_N_ELEMENTS (damage));
  for (guint i = 0; i < loaded->len; i++)
    g_assert_cmpuint (g_array_index (loaded, TcStoreAddress, i).port, >, G_N_ELEMENTS (damage));
  tc_store_close (store);
}

static void
test_migration (Fixture *fixture, gconstpointer unused)
{
  g_test_summary ("A file of the version before, without addresses, keeps its bans and takes addresses.");
  TcStore *store = fixture_open (fixture);
  const TcStoreBan ban = { .address = (char *) "10.0.0.1", .until_ms = 5 };
  g_autoptr(GArray) bans = NULL, loaded = NULL;

  g_assert_true (tc_store_save_bans (store, &ban, 1, NULL));
  tc_store_close (store);
  exec_on_file (fixture, "DROP TABLE address; ALTER TABLE ban DROP COLUMN created_ms; ALTER TABLE ban DROP COLUMN reason; PRAGMA user_version = 1");
  store = fixture_open (fixture);
  bans = tc_store_load_bans (store, NULL);
  g_assert_cmpuint (bans->len, ==, 1);
  save (store, 5);
  loaded = load (store);
  g_assert_cmpuint (loaded->len, ==, 5);
  tc_store_close (store);
}

#define ADD(name, func) g_test_add ("/store/addresses/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  ADD ("round-trip", test_round_trip);
  ADD ("damaged", test_damaged);
  ADD ("migration", test_migration);
  return g_test_run ();
}
