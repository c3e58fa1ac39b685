#include <string.h>

#include "core/hash-private.h"

#define N_LEAVES 130u

static void
assert_hex (TcHash hash, const char *expected)
{
  g_autofree char *text = tc_hash_to_hex (&hash);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_tagged (void)
{
  g_test_summary ("H is BLAKE2b-256 with the tag as personalisation (values from Python's hashlib).");
  static const guint8 zeros[200] = { 0 };
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  assert_hex (tc_hash_tagged (TC_TAG_TXID, NULL, 0), "953cdecc225eda78345f9f6e318375dcf47022b9d063ac27c256b3a78e7de2e4");
  assert_hex (tc_hash_tagged (TC_TAG_GENESIS, (const guint8 *) "abc", 3), "2a75915aa35c8cb1de2f0c0533db0718c39d470c5d670c60a342fdaf539ccb3c");
  assert_hex (tc_hash_tagged (TC_TAG_SIGN, zeros, sizeof zeros), "a2e6b4664d1a92279c5fd7c3626eca964ec30c0ed9e89d6361a225676db79f04");
  tc_put_bytes (bytes, (const guint8 *) "abc", 3);
  assert_hex (tc_hash_tagged_bytes (TC_TAG_GENESIS, bytes), "2a75915aa35c8cb1de2f0c0533db0718c39d470c5d670c60a342fdaf539ccb3c");
}

static void
test_tags_differ (void)
{
  g_test_summary ("No two tags are the same, and each fits its 16 bytes.");
  static const char *const tags[] = {
    TC_TAG_TXID, TC_TAG_SIGN, TC_TAG_CHAIN, TC_TAG_GENESIS, TC_TAG_SEED, TC_TAG_SEAT, TC_TAG_PROPOSER, TC_TAG_VRF, TC_TAG_BLOCK,
    TC_TAG_COMMIT, TC_TAG_SIGS, TC_TAG_COMMITTEE, TC_TAG_LTHASH, TC_TAG_STATE, TC_TAG_EPOCH, TC_TAG_EVIDENCE, TC_TAG_CLOSES,
    TC_TAG_VOTE, TC_TAG_PROPOSAL, TC_TAG_BATCH, TC_TAG_CLOSE, TC_TAG_ATTEST, TC_TAG_POSSESS, TC_TAG_ROLE,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      g_assert_cmpuint (strlen (tags[i]), <=, 16);
      for (gsize k = 0; k < i; k++)
        g_assert_cmpstr (tags[i], !=, tags[k]);
    }
}

static void
test_sha256 (void)
{
  g_test_summary ("FIPS 180's example.");
  assert_hex (tc_hash_sha256 ((const guint8 *) "abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
make_leaves (TcHash *leaves)
{
  for (guint i = 0; i < N_LEAVES; i++)
    memset (leaves[i].bytes, (int) i, TC_HASH_SIZE);
}

static void
test_merkle_pinned (void)
{
  g_test_summary ("Roots of 1, 2, 3, 5 and 7 leaves are those of a recursive RFC 6962 in Python; no leaves, no root.");
  TcHash leaves[N_LEAVES];
  const TcHash none = tc_merkle_root (NULL, 0);

  make_leaves (leaves);
  g_assert_true (tc_hash_is_zero (&none));
  assert_hex (tc_merkle_root (leaves, 1), "d8908c165dee785924e7421a0fd0418a19d5daeec395fd505a92a0fd3117e428");
  assert_hex (tc_merkle_root (leaves, 2), "fa58e34ac53c9bb7b87b36ac8f863e802bb942a0924532cabfd8a351507c6bef");
  assert_hex (tc_merkle_root (leaves, 3), "cdcce76799ccfa20cdc9d4fb0b058f2ba3507fe82f5785e55cda3ed23f4626f2");
  assert_hex (tc_merkle_root (leaves, 5), "b2b047a37695b94e83200507cffb4c86d2b66739b9e1bd1ae53f9bc091378465");
  assert_hex (tc_merkle_root (leaves, 7), "c09bbb150d42b6d3060703eeba98a9081a84083187606af6de6bf8bfe0fe3a0f");
}

static void
test_merkle_distinct (void)
{
  g_test_summary ("Any number of leaves, any leaf changed, the last one doubled: another root.");
  TcHash leaves[N_LEAVES];
  g_autoptr(GHashTable) seen = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);

  make_leaves (leaves);
  for (guint n = 1; n <= N_LEAVES; n++)
    {
      const TcHash root = tc_merkle_root (leaves, n);

      g_assert_true (g_hash_table_add (seen, tc_hash_copy (&root)));
    }
  for (guint i = 0; i < 7; i++)
    {
      leaves[i].bytes[31] ^= 1;
      const TcHash root = tc_merkle_root (leaves, 7);
      leaves[i].bytes[31] ^= 1;

      g_assert_true (g_hash_table_add (seen, tc_hash_copy (&root)));
    }
  leaves[7] = leaves[6];
  const TcHash doubled = tc_merkle_root (leaves, 8);
  g_assert_true (g_hash_table_add (seen, tc_hash_copy (&doubled)));
}

static void
test_merkle_node_is_no_leaf (void)
{
  g_test_summary ("A tree's inner node given as a leaf does not give the tree's root.");
  TcHash leaves[N_LEAVES], inner[2];
  TcHash whole, shorter;

  make_leaves (leaves);
  inner[0] = tc_merkle_root (leaves, 2);
  inner[1] = tc_merkle_root (leaves + 2, 2);
  whole = tc_merkle_root (leaves, 4);
  shorter = tc_merkle_root (inner, 2);
  g_assert_false (tc_hash_equal (&whole, &shorter));
}

static void
test_many (void)
{
  g_test_summary ("Many at once, short and long in any order, are each what one alone is, however many the processor takes together.");
  static const gsize sizes[] = { 0, 1, 32, 64, 65, 107, 127, 128, 129, 200 };
  guint8 data[40][200];
  TcHashInput inputs[40];
  TcHash hashes[40];

  for (guint round = 0; round < 50; round++)
    for (gsize n = 0; n <= G_N_ELEMENTS (inputs); n += 1 + n / 8)
      {
        for (gsize i = 0; i < n; i++)
          {
            const gsize kind = (gsize) g_test_rand_int_range (0, round % 2 == 0 ? 8 : G_N_ELEMENTS (sizes));

            memset (data[i], g_test_rand_int_range (0, 256), sizes[kind]);
            inputs[i] = (TcHashInput) { data[i], sizes[kind] };
          }
        for (gsize lanes = 1; lanes <= tc_hash_get_lanes_max (); lanes = lanes == 1 ? 4 : 2 * lanes)
          {
            tc_hash_many_in_lanes (lanes, "TimeCoin test", inputs, n, hashes);
            for (gsize i = 0; i < n; i++)
              {
                const TcHash alone = tc_hash_tagged ("TimeCoin test", inputs[i].data, inputs[i].size_bytes);

                g_assert_cmpmem (&hashes[i], sizeof alone, &alone, sizeof alone);
              }
          }
      }
  tc_hash_many (NULL, inputs, 5, hashes);
  for (gsize i = 0; i < 5; i++)
    {
      const TcHash alone = tc_hash_tagged ("", inputs[i].data, inputs[i].size_bytes);

      g_assert_cmpmem (&hashes[i], sizeof alone, &alone, sizeof alone);
    }
}

static void
test_compare (void)
{
  g_test_summary ("Order is that of the bytes, first byte first.");
  TcHash a = TC_HASH_ZERO, b = TC_HASH_ZERO;

  g_assert_cmpint (tc_hash_compare (&a, &b), ==, 0);
  a.bytes[31] = 0xff;
  b.bytes[0] = 0x01;
  g_assert_cmpint (tc_hash_compare (&a, &b), <, 0);
  g_assert_cmpint (tc_hash_compare (&b, &a), >, 0);
  g_assert_false (tc_hash_is_zero (&a));
  g_assert_false (tc_hash_equal (&a, &b));
}

static void
test_hex (void)
{
  g_test_summary ("A hash goes to hexadecimal and back, and through the codec.");
  const TcHash hash = tc_hash_sha256 ((const guint8 *) "abc", 3);
  g_autofree char *text = tc_hash_to_hex (&hash);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  TcReader reader;
  TcHash again;

  g_assert_true (tc_hash_from_hex (text, &again));
  g_assert_true (tc_hash_equal (&hash, &again));
  g_assert_false (tc_hash_from_hex (text + 1, &again));
  tc_put_hash (bytes, &hash);
  tc_reader_init (&reader, bytes->data, bytes->len);
  again = tc_reader_hash (&reader);
  g_assert_true (tc_hash_equal (&hash, &again));
  g_assert_true (tc_reader_end (&reader, "hash", NULL));
  again = tc_reader_hash (&reader);
  g_assert_true (tc_hash_is_zero (&again));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/hash/tagged", test_tagged);
  g_test_add_func ("/core/hash/tags-differ", test_tags_differ);
  g_test_add_func ("/core/hash/sha256", test_sha256);
  g_test_add_func ("/core/hash/merkle-pinned", test_merkle_pinned);
  g_test_add_func ("/core/hash/merkle-distinct", test_merkle_distinct);
  g_test_add_func ("/core/hash/merkle-node-is-no-leaf", test_merkle_node_is_no_leaf);
  g_test_add_func ("/core/hash/many", test_many);
  g_test_add_func ("/core/hash/compare", test_compare);
  g_test_add_func ("/core/hash/hex", test_hex);
  return g_test_run ();
}
