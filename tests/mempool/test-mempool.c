#include "mempool/mempool.h"

#include <string.h>

/* A transaction that spends (@parent, @index), with @n_outputs outputs; @salt makes it differ from its rivals. */
static TcTx *
make_tx (const TcHash *parent, guint32 index, guint n_outputs, guint64 salt)
{
  const TcTxInput input = { .outpoint = { *parent, index } };
  TcOutput outputs[4];

  memset (outputs, 0, sizeof outputs);
  for (guint i = 0; i < n_outputs; i++)
    outputs[i].amount.units = 1000 + salt + i;
  return tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, n_outputs, NULL, 0, NULL, 0);
}

/* Spends coin @n of the chain. */
static TcTx *
make_spend (guint32 n, guint64 salt)
{
  static const TcHash genesis = { { 0xc0 } };

  return make_tx (&genesis, n, 1, salt);
}

static TcMempoolVerdict
add (TcMempool *pool, TcTx *tx, guint64 fee_units)
{
  return tc_mempool_add (pool, tx, (TcAmount) { fee_units }, 0, FALSE, NULL);
}

static gboolean
has (TcMempool *pool, const TcTx *tx)
{
  return tc_mempool_get (pool, &tx->txid) != NULL;
}

static void
test_add (void)
{
  g_test_summary ("A transaction is found by txid and by the output it spends; it enters once.");
  g_autoptr(TcMempool) pool = tc_mempool_new (10, 100000);
  g_autoptr(TcTx) tx = make_spend (0, 0);
  TcMempoolEntry *entries[2];

  g_assert_cmpint (add (pool, tx, 1000), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpint (add (pool, tx, 1000), ==, TC_MEMPOOL_DUPLICATE);
  g_assert_cmpuint (tc_mempool_get_n (pool), ==, 1);
  g_assert_cmpuint (tc_mempool_get_bytes (pool), ==, tx->size_bytes);
  g_assert_true (tc_mempool_get (pool, &tx->txid)->tx == tx);
  g_assert_cmpuint (tc_mempool_find_spenders (pool, &tx->inputs[0].outpoint, entries, 2), ==, 1);
  g_assert_true (entries[0]->tx == tx);
  tc_mempool_remove (pool, &tx->txid);
  g_assert_cmpuint (tc_mempool_find_spenders (pool, &tx->inputs[0].outpoint, entries, 2), ==, 0);
  g_assert_cmpuint (tc_mempool_get_bytes (pool), ==, 0);
}

static void
test_two_spenders (void)
{
  g_test_summary ("Of the spenders of one output the first two are kept; a third only where it is pinned (F8).");
  g_autoptr(TcMempool) pool = tc_mempool_new (10, 100000);
  g_autoptr(TcTx) first = make_spend (0, 0);
  g_autoptr(TcTx) second = make_spend (0, 1);
  g_autoptr(TcTx) third = make_spend (0, 2);
  TcMempoolEntry *entries[4];

  g_assert_cmpint (add (pool, first, 1000), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpint (add (pool, second, 1000), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpint (add (pool, third, 100000), ==, TC_MEMPOOL_CONFLICT);
  g_assert_cmpint (tc_mempool_add (pool, third, (TcAmount) { 1000 }, 0, TRUE, NULL), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpuint (tc_mempool_find_spenders (pool, &first->inputs[0].outpoint, entries, 4), ==, 3);
  tc_mempool_remove (pool, &second->txid);
  tc_mempool_remove (pool, &third->txid);
  g_assert_cmpint (add (pool, third, 1000), ==, TC_MEMPOOL_ADDED);
}

static void
test_chain_of_children (void)
{
  g_test_summary ("500 unconfirmed children of one another are taken, seen as coins, and leave with their root, children last.");
  g_autoptr(TcMempool) pool = tc_mempool_new (TC_MEMPOOL_TXS_MAX, TC_MEMPOOL_BYTES_MAX);
  g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(GPtrArray) removed = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  TcCoinView view = tc_mempool_get_view (pool);

  g_ptr_array_add (chain, make_spend (0, 0));
  g_assert_cmpint (add (pool, g_ptr_array_index (chain, 0), 1000), ==, TC_MEMPOOL_ADDED);
  for (guint i = 1; i <= 500; i++)
    {
      const TcTx *parent = g_ptr_array_index (chain, i - 1);
      const TcOutpoint outpoint = { parent->txid, 0 };
      TcCoin coin;

      g_assert_true (view.get_coin (view.user_data, &outpoint, &coin));
      g_ptr_array_add (chain, make_tx (&parent->txid, 0, 1, i));
      g_assert_cmpint (add (pool, g_ptr_array_index (chain, i), 1000), ==, TC_MEMPOOL_ADDED);
    }
  tc_mempool_remove_with_children (pool, &((TcTx *) g_ptr_array_index (chain, 0))->txid, removed);
  g_assert_cmpuint (removed->len, ==, 501);
  for (guint i = 0; i < removed->len; i++)
    g_assert_true (g_ptr_array_index (removed, i) == g_ptr_array_index (chain, i));
  g_assert_cmpuint (tc_mempool_get_n (pool), ==, 0);
  g_assert_cmpuint (tc_mempool_get_bytes (pool), ==, 0);
}

static void
test_confirmed_leaves_children (void)
{
  g_test_summary ("A transaction that a block holds leaves alone: its children stay.");
  g_autoptr(TcMempool) pool = tc_mempool_new (10, 100000);
  g_autoptr(TcTx) parent = make_spend (0, 0);
  g_autoptr(TcTx) child = make_tx (&parent->txid, 0, 1, 1);

  add (pool, parent, 1000);
  add (pool, child, 1000);
  tc_mempool_remove (pool, &parent->txid);
  g_assert_false (has (pool, parent));
  g_assert_true (has (pool, child));
}

static void
test_eviction (void)
{
  g_test_summary ("A full pool drops the lowest fee per byte for a better one, newest first among equals, and refuses one that is no better.");
  g_autoptr(TcMempool) pool = tc_mempool_new (3, 100000);
  g_autoptr(GPtrArray) evicted = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(TcTx) dear = make_spend (0, 0);
  g_autoptr(TcTx) old = make_spend (1, 0);
  g_autoptr(TcTx) young = make_spend (2, 0);
  g_autoptr(TcTx) equal = make_spend (3, 0);
  g_autoptr(TcTx) better = make_spend (4, 0);

  add (pool, dear, 5000);
  add (pool, old, 1000);
  add (pool, young, 1000);
  g_assert_cmpint (add (pool, equal, 1000), ==, TC_MEMPOOL_FULL);
  g_assert_cmpint (tc_mempool_add (pool, better, (TcAmount) { 1001 }, 0, FALSE, evicted), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpuint (evicted->len, ==, 1);
  g_assert_true (g_ptr_array_index (evicted, 0) == young);
  g_assert_true (has (pool, dear) && has (pool, old) && has (pool, better));
}

static void
test_rate_not_fee (void)
{
  g_test_summary ("What counts is the fee per byte: a larger transaction with a larger fee may still be the cheaper.");
  g_autoptr(TcMempool) pool = tc_mempool_new (2, 100000);
  static const TcHash genesis = { { 0xc0 } };
  g_autoptr(TcTx) large = make_tx (&genesis, 0, 4, 0);
  g_autoptr(TcTx) small = make_spend (1, 0);
  g_autoptr(TcTx) better = make_spend (2, 0);

  add (pool, large, 1100);
  add (pool, small, 1000);
  g_assert_cmpint (add (pool, better, 2000), ==, TC_MEMPOOL_ADDED);
  g_assert_false (has (pool, large));
  g_assert_true (has (pool, small));
}

static void
test_bytes_limit (void)
{
  g_test_summary ("The limit in bytes evicts as many as it takes.");
  static const TcHash genesis = { { 0xc0 } };
  g_autoptr(TcTx) a = make_spend (0, 0);
  g_autoptr(TcTx) b = make_spend (1, 0);
  g_autoptr(TcTx) large = make_tx (&genesis, 2, 4, 0);
  g_autoptr(TcMempool) pool = tc_mempool_new (10, large->size_bytes + 10);

  add (pool, a, 1000);
  g_assert_cmpint (add (pool, b, 900), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpint (add (pool, large, 100000), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpuint (tc_mempool_get_n (pool), ==, 1);
  g_assert_true (has (pool, large));
}

static void
test_pinned_stays (void)
{
  g_test_summary ("In a full pool what was voted for stays, with its parents, however cheap; pinned, one enters past the limit.");
  g_autoptr(TcMempool) pool = tc_mempool_new (3, 100000);
  g_autoptr(TcTx) parent = make_spend (0, 0);
  g_autoptr(TcTx) voted = make_tx (&parent->txid, 0, 1, 1);
  g_autoptr(TcTx) other = make_spend (1, 0);
  g_autoptr(TcTx) better = make_spend (2, 0);
  g_autoptr(TcTx) best = make_spend (3, 0);
  g_autoptr(TcTx) certified = make_spend (4, 0);

  add (pool, parent, 1000);
  add (pool, voted, 1000);
  add (pool, other, 2000);
  tc_mempool_pin (pool, &voted->txid);
  g_assert_cmpint (add (pool, better, 3000), ==, TC_MEMPOOL_ADDED);
  g_assert_true (has (pool, parent) && has (pool, voted) && !has (pool, other));
  tc_mempool_pin (pool, &better->txid);
  g_assert_cmpint (add (pool, best, 9000000), ==, TC_MEMPOOL_FULL);
  g_assert_cmpint (tc_mempool_add (pool, certified, (TcAmount) { 1000 }, 0, TRUE, NULL), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpuint (tc_mempool_get_n (pool), ==, 4);
  tc_mempool_unpin_all (pool);
  g_assert_cmpint (add (pool, best, 9000000), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpuint (tc_mempool_get_n (pool), <=, 3);
}

static void
test_child_does_not_evict_parent (void)
{
  g_test_summary ("A transaction does not push out what it stands on.");
  g_autoptr(TcMempool) pool = tc_mempool_new (2, 100000);
  g_autoptr(TcTx) grandparent = make_spend (0, 0);
  g_autoptr(TcTx) parent = make_tx (&grandparent->txid, 0, 1, 1);
  g_autoptr(TcTx) child = make_tx (&parent->txid, 0, 1, 2);

  add (pool, grandparent, 1000);
  add (pool, parent, 1000);
  g_assert_cmpint (add (pool, child, 50000), ==, TC_MEMPOOL_FULL);
  g_assert_true (has (pool, grandparent) && has (pool, parent));
}

static void
test_evicted_with_children (void)
{
  g_test_summary ("What goes takes its children with it, even dear ones.");
  g_autoptr(TcMempool) pool = tc_mempool_new (2, 100000);
  g_autoptr(GPtrArray) evicted = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(TcTx) parent = make_spend (0, 0);
  g_autoptr(TcTx) child = make_tx (&parent->txid, 0, 1, 1);
  g_autoptr(TcTx) other = make_spend (1, 0);

  add (pool, parent, 1000);
  add (pool, child, 9000);
  g_assert_cmpint (tc_mempool_add (pool, other, (TcAmount) { 2000 }, 0, FALSE, evicted), ==, TC_MEMPOOL_ADDED);
  g_assert_cmpuint (evicted->len, ==, 2);
  g_assert_cmpuint (tc_mempool_get_n (pool), ==, 1);
}

static void
test_expiry (void)
{
  g_test_summary ("After 72 hours a transaction goes, with its children, unless it is pinned.");
  g_autoptr(TcMempool) pool = tc_mempool_new (10, 100000);
  g_autoptr(TcTx) old = make_spend (0, 0);
  g_autoptr(TcTx) pinned = make_spend (1, 0);
  g_autoptr(TcTx) child = make_tx (&old->txid, 0, 1, 1);
  g_autoptr(TcTx) young = make_spend (2, 0);

  add (pool, old, 1000);
  add (pool, pinned, 1000);
  tc_mempool_pin (pool, &pinned->txid);
  tc_mempool_add (pool, child, (TcAmount) { 1000 }, 1000, FALSE, NULL);
  tc_mempool_add (pool, young, (TcAmount) { 1000 }, 1000, FALSE, NULL);
  tc_mempool_expire (pool, TC_MEMPOOL_EXPIRY_MS - 1, NULL);
  g_assert_cmpuint (tc_mempool_get_n (pool), ==, 4);
  tc_mempool_expire (pool, TC_MEMPOOL_EXPIRY_MS, NULL);
  g_assert_false (has (pool, old) || has (pool, child));
  g_assert_true (has (pool, pinned) && has (pool, young));
}

static void
test_order (void)
{
  g_test_summary ("Entries come in order of arrival, a hundred times shuffled by hash.");
  g_autoptr(TcMempool) pool = tc_mempool_new (200, 100000);
  g_autoptr(GPtrArray) entries = NULL;

  for (guint32 i = 0; i < 100; i++)
    {
      g_autoptr(TcTx) tx = make_spend (i, 0);

      g_assert_cmpint (add (pool, tx, 1000 + (i * 37) % 100), ==, TC_MEMPOOL_ADDED);
    }
  entries = tc_mempool_dup_entries (pool);
  g_assert_cmpuint (entries->len, ==, 100);
  for (guint32 i = 0; i < 100; i++)
    g_assert_cmpuint (((TcMempoolEntry *) g_ptr_array_index (entries, i))->tx->inputs[0].outpoint.index, ==, i);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mempool/add", test_add);
  g_test_add_func ("/mempool/survive-11-two-spenders", test_two_spenders);
  g_test_add_func ("/mempool/survive-12-chain-of-children", test_chain_of_children);
  g_test_add_func ("/mempool/confirmed-leaves-children", test_confirmed_leaves_children);
  g_test_add_func ("/mempool/survive-13-eviction", test_eviction);
  g_test_add_func ("/mempool/survive-13-rate-not-fee", test_rate_not_fee);
  g_test_add_func ("/mempool/survive-13-bytes", test_bytes_limit);
  g_test_add_func ("/mempool/survive-13-pinned-stays", test_pinned_stays);
  g_test_add_func ("/mempool/child-does-not-evict-parent", test_child_does_not_evict_parent);
  g_test_add_func ("/mempool/evicted-with-children", test_evicted_with_children);
  g_test_add_func ("/mempool/expiry", test_expiry);
  g_test_add_func ("/mempool/survive-21-order", test_order);
  return g_test_run ();
}
