#include <sodium.h>

#include "core/key.h"
#include "ledger/keystream-private.h"
#include "ledger/lthash.h"

#define N_OUTPUTS 200u

static void
make_output (guint32 i, TcOutpoint *ret_outpoint, TcOutput *ret_output)
{
  memset (ret_outpoint, 0, sizeof *ret_outpoint);
  memset (ret_output, 0, sizeof *ret_output);
  ret_outpoint->txid = tc_hash_tagged ("test", (const guint8 *) &i, sizeof i);
  ret_outpoint->index = i % 3;
  ret_output->amount.units = 1000 + i;
  ret_output->key_hash.bytes[0] = (guint8) i;
}

static TcHash
root_of (const guint32 *order, gsize n)
{
  g_autoptr(TcLtHash) empty = tc_lthash_new ();
  g_autoptr(TcLtHashChange) change = tc_lthash_change_new (empty);

  for (gsize i = 0; i < n; i++)
    {
      TcOutpoint outpoint;
      TcOutput output;

      make_output (order[i], &outpoint, &output);
      tc_lthash_change_add (change, &outpoint, &output);
    }
  return tc_lthash_change_root (change);
}

static void
test_order (void)
{
  g_test_summary ("survive-21: a set hashes to the same root in a hundred shuffled orders, and another set to another.");
  guint32 order[N_OUTPUTS];
  TcHash first, other;

  for (guint32 i = 0; i < N_OUTPUTS; i++)
    order[i] = i;
  first = root_of (order, N_OUTPUTS);
  for (guint round = 0; round < 100; round++)
    {
      for (guint32 i = N_OUTPUTS - 1; i > 0; i--)
        {
          guint32 j = (guint32) g_test_rand_int_range (0, (gint32) i + 1), swap = order[i];

          order[i] = order[j];
          order[j] = swap;
        }
      TcHash root = root_of (order, N_OUTPUTS);

      g_assert_cmpmem (&root, sizeof root, &first, sizeof first);
    }
  other = root_of (order, N_OUTPUTS - 1);
  g_assert_false (tc_hash_equal (&other, &first));
}

static void
test_inverse (void)
{
  g_test_summary ("Removing what was added, in one change or a later one, gives the root of before.");
  g_autoptr(TcLtHash) set = tc_lthash_new ();
  TcHash empty = tc_lthash_get_root (set);
  TcOutpoint outpoint;
  TcOutput output;

  make_output (7, &outpoint, &output);
  g_autoptr(TcLtHashChange) both = tc_lthash_change_new (set);
  tc_lthash_change_add (both, &outpoint, &output);
  tc_lthash_change_remove (both, &outpoint, &output);
  TcHash root = tc_lthash_change_root (both);
  g_assert_true (tc_hash_equal (&root, &empty));

  g_autoptr(TcLtHashChange) add = tc_lthash_change_new (set);
  tc_lthash_change_add (add, &outpoint, &output);
  root = tc_lthash_change_root (add);
  g_assert_false (tc_hash_equal (&root, &empty));
  tc_lthash_apply (set, add);
  TcHash applied = tc_lthash_get_root (set);
  g_assert_true (tc_hash_equal (&root, &applied));

  g_autoptr(TcLtHashChange) away = tc_lthash_change_new (set);
  tc_lthash_change_remove (away, &outpoint, &output);
  root = tc_lthash_change_root (away);
  g_assert_true (tc_hash_equal (&root, &empty));
}

static void
test_keystream (void)
{
  g_test_summary ("A sum of keystreams is the sum of libsodium's, lane by lane, however many blocks the processor makes together.");
  static const guint widths[] = { 1, 8, 16 };
  const guint8 nonce[crypto_stream_chacha20_NONCEBYTES] = { 0 };
  guint16 expected[TC_KEYSTREAM_LANES] = { 0 }, stream[TC_KEYSTREAM_LANES];
  TcKeystreamSum sums[G_N_ELEMENTS (widths)] = { 0 };

  for (guint32 i = 0; i < 100; i++)
    {
      const TcHash key = tc_hash_tagged ("test", (const guint8 *) &i, sizeof i);
      const gboolean negative = i % 3 == 1;

      crypto_stream_chacha20 ((guint8 *) stream, sizeof stream, nonce, key.bytes);
      for (guint lane = 0; lane < TC_KEYSTREAM_LANES; lane++)
        expected[lane] = (guint16) (negative ? expected[lane] - stream[lane] : expected[lane] + stream[lane]);
      for (guint j = 0; j < G_N_ELEMENTS (widths); j++)
        if (widths[j] <= tc_keystream_get_width_max ())
          tc_keystream_sum_by (&sums[j], widths[j], key.bytes, negative);
    }
  for (guint j = 0; j < G_N_ELEMENTS (widths); j++)
    {
      guint16 found[TC_KEYSTREAM_LANES] = { 0 };

      tc_keystream_sum_get (&sums[j], found);
      if (widths[j] <= tc_keystream_get_width_max ())
        g_assert_cmpmem (found, sizeof found, expected, sizeof expected);
    }
}

static void
test_definition (void)
{
  g_test_summary ("A bucket and the root are what rule S1 says, computed here from the rule.");
  g_autoptr(TcLtHash) set = tc_lthash_new ();
  g_autoptr(TcLtHashChange) change = tc_lthash_change_new (set);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  const guint8 nonce[crypto_stream_chacha20_NONCEBYTES] = { 0 };
  guint8 stream[2048], zeros[2048] = { 0 };
  TcHash leaves[256], key, expected, root;
  TcOutpoint outpoint;
  TcOutput output;

  make_output (3, &outpoint, &output);
  tc_lthash_change_add (change, &outpoint, &output);
  root = tc_lthash_change_root (change);
  tc_lthash_apply (set, change);

  tc_put_outpoint (bytes, &outpoint);
  tc_put_output (bytes, &output);
  key = tc_hash_tagged ("TimeCoin lthash", bytes->data, bytes->len);
  crypto_stream_chacha20 (stream, sizeof stream, nonce, key.bytes);
  for (guint i = 0; i < 256; i++)
    leaves[i] = tc_hash_tagged ("TimeCoin lthash", i == outpoint.txid.bytes[0] ? stream : zeros, 2048);
  expected = tc_merkle_root (leaves, 256);
  g_assert_cmpmem (tc_lthash_get_bucket (set, outpoint.txid.bytes[0]), 2048, stream, 2048);
  g_assert_cmpmem (&root, sizeof root, &expected, sizeof expected);
}

static void
test_stored (void)
{
  g_test_summary ("Buckets read back give the root they were written with.");
  g_autoptr(TcLtHash) set = tc_lthash_new ();
  g_autoptr(TcLtHashChange) change = tc_lthash_change_new (set);
  g_autofree guint8 *buckets = g_malloc (256 * 2048);
  TcHash root, again;

  for (guint32 i = 0; i < N_OUTPUTS; i++)
    {
      TcOutpoint outpoint;
      TcOutput output;

      make_output (i, &outpoint, &output);
      tc_lthash_change_add (change, &outpoint, &output);
    }
  root = tc_lthash_change_root (change);
  tc_lthash_apply (set, change);
  for (guint i = 0; i < 256; i++)
    memcpy (buckets + i * 2048u, tc_lthash_get_bucket (set, (guint8) i), 2048);
  g_autoptr(TcLtHash) stored = tc_lthash_new_stored (buckets);
  again = tc_lthash_get_root (stored);
  g_assert_cmpmem (&root, sizeof root, &again, sizeof again);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/ledger/lthash/survive-21-order", test_order);
  g_test_add_func ("/ledger/lthash/inverse", test_inverse);
  g_test_add_func ("/ledger/lthash/keystream", test_keystream);
  g_test_add_func ("/ledger/lthash/definition", test_definition);
  g_test_add_func ("/ledger/lthash/stored", test_stored);
  return g_test_run ();
}
