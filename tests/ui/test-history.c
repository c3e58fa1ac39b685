#include <string.h>

#include "../wallet/fake-node.h"
#include "../wallet/wallet-fixture.h"
#include "ui/history-model.h"

#define N_ROWS  1250u
#define A_BLOCK 250u

typedef struct
{
  Fixture         fixture;
  TcNode         *node;
  TcWallet       *wallet;
  TcHistoryModel *model;
  guint           n_changes, last_added, n_seeds;
} Test;

/* Someone pays this wallet @n units of TIME: another one each time. */
static TcTx *
make_payment (Test *test, guint n)
{
  const TcOutput output = { TIME (n), TC_LOCK_KEY_HASH, key_hash_of (fixture_first_address) };
  TcTxInput input = { .outpoint.index = 0 };
  const guint seed = ++test->n_seeds;

  memcpy (input.outpoint.txid.bytes, &seed, sizeof seed);
  return tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);
}

static int
compare_txs (gconstpointer a, gconstpointer b)
{
  return tc_hash_compare (&(*(TcTx *const *) a)->txid, &(*(TcTx *const *) b)->txid);
}

static TcBlock *
block_of (Test *test, guint first, guint n)
{
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (txs, make_payment (test, first + i));
  g_ptr_array_sort (txs, compare_txs);
  return make_block (&test->fixture, (TcTx *const *) txs->pdata, txs->len);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
on_items_changed (Test *test, guint position, guint removed, guint added)
{
  test->n_changes++;
  test->last_added = added;
}

/* A wallet with N_ROWS received payments, on a node that has their blocks. */
static void
test_init (Test *test)
{
  g_autoptr(GAsyncResult) opened = NULL, attached = NULL;
  g_autoptr(GError) error = NULL;

  *test = (Test) { 0 };
  fixture_init (&test->fixture, NULL, TIME (0));
  g_clear_pointer (&test->fixture.account, tc_account_free);
  test->node = fake_node_new (test->fixture.genesis);
  for (guint i = 0; i < N_ROWS / A_BLOCK; i++)
    {
      g_autoptr(TcBlock) block = block_of (test, i * A_BLOCK + 1, A_BLOCK);

      fake_node_add_block (test->node, block, FALSE);
    }
  tc_wallet_open (test->fixture.path, NULL, on_ready, &opened);
  test->wallet = tc_wallet_open_finish (await (&opened), &error);
  g_assert_no_error (error);
  tc_wallet_attach (test->wallet, test->node, on_ready, &attached);
  g_assert_true (tc_wallet_attach_finish (test->wallet, await (&attached), &error));
  for (guint n_txs = 0; n_txs < N_ROWS;)
    {
      g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (test->wallet);

      n_txs = snapshot->n_txs;
      if (n_txs < N_ROWS)
        g_main_context_iteration (NULL, TRUE);
    }
  test->model = tc_history_model_new (test->wallet);
  g_signal_connect_swapped (test->model, "items-changed", G_CALLBACK (on_items_changed), test);
  tc_history_model_set_active (test->model, TRUE);
}

static void
test_clear (Test *test)
{
  g_autoptr(GAsyncResult) detached = NULL, closed = NULL;

  g_clear_object (&test->model);
  tc_wallet_attach (test->wallet, NULL, on_ready, &detached);
  g_assert_true (tc_wallet_attach_finish (test->wallet, await (&detached), NULL));
  tc_wallet_close (test->wallet, on_ready, &closed);
  g_assert_true (tc_wallet_close_finish (test->wallet, await (&closed), NULL));
  g_clear_object (&test->wallet);
  g_clear_pointer (&test->node, tc_node_unref);
  fixture_clear (&test->fixture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Test, test_clear)

static guint
n_items (Test *test)
{
  return g_list_model_get_n_items (G_LIST_MODEL (test->model));
}

static void
await_loaded (Test *test)
{
  while (!tc_history_model_is_loaded (test->model))
    g_main_context_iteration (NULL, TRUE);
}

/* The row at @position, once its page has come. */
static TcHistoryItem *
await_row (Test *test, guint position)
{
  g_autoptr(TcHistoryItem) item = g_list_model_get_item (G_LIST_MODEL (test->model), position);

  while (tc_history_item_get_tx (item) == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (&item);
}

static void
test_pages (void)
{
  g_test_summary ("All rows are there at once as places; what they hold comes a page at a time, when somebody looks, and each only once.");
  g_auto(Test) test = { 0 };
  g_autoptr(TcHistoryItem) far = NULL, same = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new (tc_hash_hash, (GEqualFunc) tc_hash_equal);

  test_init (&test);
  await_loaded (&test);
  g_assert_cmpuint (n_items (&test), >=, N_ROWS);
  far = g_list_model_get_item (G_LIST_MODEL (test.model), N_ROWS - 1);
  g_assert_null (tc_history_item_get_tx (far));
  same = await_row (&test, N_ROWS - 1);
  g_assert_true (far == same);
  g_assert_nonnull (tc_history_item_get_tx (far));
  for (guint i = 0; i < n_items (&test); i++)
    {
      g_autoptr(TcHistoryItem) item = await_row (&test, i);

      g_assert_true (g_hash_table_add (seen, &tc_history_item_get_tx (item)->txid));
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (test.model), n_items (&test)));
}

static void
test_new_rows_at_the_top (void)
{
  g_test_summary ("Payments that arrive come in at the top; the rows below stay the objects they were.");
  g_auto(Test) test = { 0 };
  g_autoptr(TcHistoryItem) top = NULL, after = NULL, newest = NULL;
  g_autoptr(TcBlock) block = NULL;
  guint before;

  test_init (&test);
  await_loaded (&test);
  top = await_row (&test, 0);
  before = n_items (&test);
  block = block_of (&test, 5000, 3);
  fake_node_add_block (test.node, block, TRUE);
  while (n_items (&test) < before + 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (test.last_added, ==, 3);
  after = g_list_model_get_item (G_LIST_MODEL (test.model), 3);
  g_assert_true (after == top);
  newest = await_row (&test, 0);
  g_assert_cmpuint (tc_history_item_get_tx (newest)->amount.units, >=, TIME (5000).units);
}

static void
test_search (void)
{
  g_test_summary ("A search leaves the rows that match, an empty one brings all back.");
  g_auto(Test) test = { 0 };
  g_autoptr(TcHistoryItem) row = NULL;
  guint all;

  test_init (&test);
  await_loaded (&test);
  all = n_items (&test);
  tc_history_model_set_query (test.model, &(TcHistoryQuery) { .search = (char *) "there is nothing like this" });
  await_loaded (&test);
  g_assert_cmpuint (n_items (&test), ==, 0);
  tc_history_model_set_query (test.model, NULL);
  await_loaded (&test);
  g_assert_cmpuint (n_items (&test), ==, all);
  row = await_row (&test, all - 1);
}

static void
test_rests_unseen (void)
{
  g_test_summary ("While nobody sees the list it asks the wallet for nothing; once it is seen again it has what arrived meanwhile.");
  g_auto(Test) test = { 0 };
  g_autoptr(TcBlock) block = NULL;
  guint before;

  test_init (&test);
  await_loaded (&test);
  before = n_items (&test);
  tc_history_model_set_active (test.model, FALSE);
  block = block_of (&test, 5000, 2);
  fake_node_add_block (test.node, block, TRUE);
  for (guint n_txs = 0; n_txs < before + 2;)
    {
      g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (test.wallet);

      n_txs = snapshot->n_txs;
      g_main_context_iteration (NULL, n_txs < before + 2);
    }
  g_assert_cmpuint (n_items (&test), ==, before);
  tc_history_model_set_active (test.model, TRUE);
  while (n_items (&test) < before + 2)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ui/history/pages", test_pages);
  g_test_add_func ("/ui/history/new-rows-at-the-top", test_new_rows_at_the_top);
  g_test_add_func ("/ui/history/search", test_search);
  g_test_add_func ("/ui/history/rests-unseen", test_rests_unseen);
  return g_test_run ();
}
