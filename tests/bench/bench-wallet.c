#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../wallet/wallet-fixture.h"

/* A wallet of 100 000 transactions and 5 000 coins, without a node: how long it takes to open it, and what a window asks of it, beside what SQLite alone needs for the same
 * rows of the same file (survive-34).
 *
 * bench-wallet [TRANSACTIONS [COINS]] */

#define TXS_DEFAULT    100000u
#define COINS_DEFAULT  5000u
#define BLOCK_TXS      500u
#define N_ADDRESSES    150u
#define N_CONTACTS     500u
#define N_RUNS         9u
#define PAGE           100u
#define PAGE_SUM_VFS   "tc-page-sum"

typedef struct
{
  Fixture    fixture;
  guint      n_txs, n_coins, n_made;
  GPtrArray *addresses;   /* own */
  GPtrArray *contacts;    /* addresses */
} Bench;

/* The time that passes; with TC_BENCH_CPU the processor's, which other programs do not lengthen. */
static gint64
now_us (void)
{
  struct timespec now;

  clock_gettime (g_getenv ("TC_BENCH_CPU") != NULL ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gdouble
ms_since (gint64 start_us)
{
  return (gdouble) (now_us () - start_us) / 1000;
}

static guint64
resident_kb (void)
{
  g_autofree char *status = NULL;

  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  const char *line = status != NULL ? strstr (status, "VmRSS:") : NULL;
  return line != NULL ? g_ascii_strtoull (line + 6, NULL, 10) : 0;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gdouble time_a = *(const gdouble *) a, time_b = *(const gdouble *) b;

  return (time_a > time_b) - (time_a < time_b);
}

/* @target: 0: none. @raw: below 0: nothing to compare with. */
static void
print_times (const char *name, gdouble *times, guint n, gdouble target, gdouble raw)
{
  g_autofree char *beside = raw >= 0 ? g_strdup_printf ("; SQLite alone %.1f ms", raw) : g_strdup ("");

  qsort (times, n, sizeof *times, compare_times);
  printf ("%-24s %8.1f ms median, %.1f ms at worst of %u (target %.0f ms: %s%s)\n", name, times[n / 2], times[n - 1], n, target,
          times[n / 2] <= target ? "met" : "MISSED", beside);
  fflush (stdout);
}

/* --- the wallet ------------------------------------------------------------------------------------------------------------------ */

static const char *
own_address (Bench *bench)
{
  return g_ptr_array_index (bench->addresses, bench->n_made % bench->addresses->len);
}

static TcTx *
make_tx (Bench *bench, const TcOutpoint *outpoint, const char *address)
{
  static const char *const words[] = { "rent", "coffee", "invoice", "books", "train to Lyon", "two cakes", "birthday", "wages" };
  const TcTxInput input = { .outpoint = *outpoint };
  const TcOutput output = { { 100000000 + bench->n_made * 7919ull % 90000000 }, TC_LOCK_KEY_HASH, key_hash_of (address) };
  const TcWitness witness = { .key = { { 7 } } };
  g_autofree char *memo = bench->n_made % 2 == 0 ? g_strdup_printf ("%s no. %u", words[bench->n_made / 2 % G_N_ELEMENTS (words)], bench->n_made) : g_strdup ("");
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, (const guint8 *) memo, strlen (memo), NULL, 0);

  bench->n_made++;
  return tc_tx_new_signed (plain, &witness, 1);
}

static TcTx *
receive (Bench *bench)
{
  TcOutpoint outpoint = { .txid = { { 0xaa } } };

  memcpy (outpoint.txid.bytes + 4, &bench->n_made, sizeof bench->n_made);
  return make_tx (bench, &outpoint, own_address (bench));
}

static int
compare_txs (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(TcTx *const *) a)->txid, &(*(TcTx *const *) b)->txid);
}

static void
apply (Bench *bench, GPtrArray *txs)
{
  g_ptr_array_sort (txs, compare_txs);
  apply_block (&bench->fixture, (TcTx *const *) txs->pdata, txs->len);
  g_ptr_array_set_size (txs, 0);
}

/* Coins that stay, then pairs: one comes in, and in the next block it is paid out to a contact. */
static void
fill (Bench *bench)
{
  g_autoptr(GPtrArray) block = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref), next = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  while (bench->n_made < bench->n_txs)
    {
      g_autoptr(TcTx) in = receive (bench);

      g_ptr_array_add (block, tc_tx_ref (in));
      if (bench->n_made > bench->n_coins)
        {
          const TcOutpoint coin = { in->txid, 0 };

          g_ptr_array_add (next, make_tx (bench, &coin, g_ptr_array_index (bench->contacts, bench->n_made % bench->contacts->len)));
        }
      if (block->len >= BLOCK_TXS || bench->n_made >= bench->n_txs)
        {
          apply (bench, block);
          if (next->len > 0)
            apply (bench, next);
        }
    }
}

static void
name_things (Bench *bench)
{
  for (guint i = 0; i < N_CONTACTS; i++)
    {
      const TcKeyHash hash = { { 0xcc, (guint8) i, (guint8) (i >> 8) } };
      g_autofree char *name = g_strdup_printf ("Contact %u", i);
      char *address = tc_address_format (&hash, '0');
      const TcContact contact = { .name = name, .address = address };

      g_ptr_array_add (bench->contacts, address);
      g_assert_true (tc_account_set_contact (bench->fixture.account, &contact, NULL, NULL));
    }
  for (guint i = 0; i < N_ADDRESSES; i++)
    {
      char *address = tc_account_new_address (bench->fixture.account, 0, NULL);

      g_ptr_array_add (bench->addresses, address);
      if (i % 3 == 0)
        g_assert_true (tc_account_set_label (bench->fixture.account, address, i == 0 ? "Savings box" : "Shop", NULL));
    }
}

/* --- what a window asks ------------------------------------------------------------------------------------------------------------- */

static gdouble
raw_open (Bench *bench)
{
  sqlite3 *handle;
  const gint64 start_us = now_us ();

  g_assert_cmpint (sqlite3_open_v2 (bench->fixture.path, &handle, SQLITE_OPEN_READWRITE, PAGE_SUM_VFS), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "PRAGMA locking_mode = EXCLUSIVE; SELECT * FROM coins; SELECT * FROM keys", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
  return ms_since (start_us);
}

static gdouble
raw_page (sqlite3 *handle, guint offset)
{
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM txs ORDER BY seen_ms DESC, id DESC LIMIT %u OFFSET %u", PAGE, offset);
  const gint64 start_us = now_us ();

  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  return ms_since (start_us);
}

static gdouble
raw_search (sqlite3 *handle, const char *text)
{
  g_autofree char *sql = g_strdup_printf ("SELECT tx FROM texts WHERE instr (text, '%s')", text);
  const gint64 start_us = now_us ();

  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  return ms_since (start_us);
}

static void
time_open (Bench *bench)
{
  gdouble times[N_RUNS];
  const gdouble raw = raw_open (bench);

  for (guint i = 0; i < N_RUNS; i++)
    {
      g_clear_pointer (&bench->fixture.account, tc_account_free);
      const gint64 start_us = now_us ();
      fixture_reopen (&bench->fixture);
      times[i] = ms_since (start_us);
    }
  print_times ("open", times, N_RUNS, 1000, raw);
}

/* What is found is kept for the pages that follow: @again leaves it out. */
static void
time_page (Bench *bench, const char *name, const TcHistoryQuery *query, guint offset, guint expected, gdouble target, gdouble raw, gboolean again)
{
  gdouble times[N_RUNS];
  guint32 total = 0;

  for (guint i = 0; i < N_RUNS; i++)
    {
      const TcHistoryQuery other = { .search = (char *) "zz" };
      g_autoptr(GPtrArray) forget = !again ? tc_account_page (bench->fixture.account, 0, &other, 0, 1, &total, NULL) : NULL;
      const gint64 start_us = now_us ();
      g_autoptr(GPtrArray) page = tc_account_page (bench->fixture.account, 0, query, offset, PAGE, &total, NULL);

      times[i] = ms_since (start_us);
      g_assert_cmpuint (page->len, ==, expected);
    }
  print_times (name, times, N_RUNS, target, raw);
}

static void
time_rest (Bench *bench)
{
  gdouble coins[N_RUNS], snapshots[N_RUNS], drafts[N_RUNS];

  for (guint i = 0; i < N_RUNS; i++)
    {
      const gint64 coins_us = now_us ();
      g_autoptr(GPtrArray) list = tc_account_list_coins (bench->fixture.account, TC_ACCOUNT_ALL);
      coins[i] = ms_since (coins_us);
      g_assert_cmpuint (list->len, >=, bench->n_coins);
      const gint64 snapshot_us = now_us ();
      g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (bench->fixture.account);
      snapshots[i] = ms_since (snapshot_us);
      const gint64 draft_us = now_us ();
      g_autoptr(TcPaymentDraft) draft = prepare (&bench->fixture, g_ptr_array_index (bench->contacts, 0), (TcAmount) { 12345678 + i });
      drafts[i] = ms_since (draft_us);
      tc_account_release_draft (bench->fixture.account, draft->id);
    }
  print_times ("list of coins", coins, N_RUNS, 50, -1);
  print_times ("coin selection", drafts, N_RUNS, 50, -1);
  print_times ("snapshot", snapshots, N_RUNS, 5, -1);
}

static void
measure (Bench *bench)
{
  static const TcHistoryQuery hit = { .search = (char *) "train to" }, miss = { .search = (char *) "qqqzzz" }, name = { .search = (char *) "contact 77" },
                              all = { .search = (char *) "time0" }, sent = { .kinds = 1u << TC_WALLET_TX_SENT, .least = { 120000000 } };
  const guint deep = bench->n_txs / 10 * 9;
  sqlite3 *handle;

  g_clear_pointer (&bench->fixture.account, tc_account_free);
  g_assert_cmpint (sqlite3_open_v2 (bench->fixture.path, &handle, SQLITE_OPEN_READWRITE, PAGE_SUM_VFS), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL), ==, SQLITE_OK);
  const gdouble raw_first = raw_page (handle, 0), raw_deep = raw_page (handle, deep), raw_hit = raw_search (handle, "train to");
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
  const guint64 before_kb = resident_kb ();
  time_open (bench);
  printf ("%-24s %8.1f MB\n", "memory", (gdouble) (resident_kb () - MIN (before_kb, resident_kb ())) / 1024);
  time_page (bench, "first page", NULL, 0, PAGE, 100, raw_first, FALSE);
  time_page (bench, "page at 9/10", NULL, deep, PAGE, 100, raw_deep, FALSE);
  time_page (bench, "search, hits", &hit, 0, PAGE, 50, raw_hit, FALSE);
  time_page (bench, "search, a contact", &name, 0, PAGE, 50, -1, FALSE);
  time_page (bench, "search, none", &miss, 0, 0, 50, -1, FALSE);
  time_page (bench, "search, all rows", &all, 0, PAGE, 50, -1, FALSE);
  time_page (bench, "search, next page", &hit, PAGE, PAGE, 50, -1, TRUE);
  time_page (bench, "filter", &sent, 0, PAGE, 50, -1, FALSE);
  time_rest (bench);
  printf ("%-24s %8.1f MB resident in all\n", "memory", (gdouble) resident_kb () / 1024);
}

int
main (int argc, char *argv[])
{
  Bench bench = { .n_txs = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : TXS_DEFAULT,
                  .n_coins = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : COINS_DEFAULT,
                  .addresses = g_ptr_array_new_with_free_func (g_free), .contacts = g_ptr_array_new_with_free_func (g_free) };
  GStatBuf info;

  tc_crypto_init ();
  fixture_init (&bench.fixture, "", TIME (0));
  g_assert_true (tc_account_bind (bench.fixture.account, bench.fixture.genesis, NULL));
  name_things (&bench);
  const gint64 start_us = now_us ();
  fill (&bench);
  g_clear_pointer (&bench.fixture.account, tc_account_free);
  g_assert_cmpint (g_stat (bench.fixture.path, &info), ==, 0);
  printf ("a wallet of %u transactions and %u coins: %.1f MB, made in %.1f s\n", bench.n_txs, bench.n_coins, (gdouble) info.st_size / 1e6, ms_since (start_us) / 1000);
  measure (&bench);
  g_ptr_array_unref (bench.addresses);
  g_ptr_array_unref (bench.contacts);
  fixture_clear (&bench.fixture);
  return 0;
}
