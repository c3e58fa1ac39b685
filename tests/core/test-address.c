#include <string.h>

#include "core/address.h"
#include "vectors.h"

#define MAIN_ADDRESS "TIME1AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh"
#define TEST_ADDRESS "TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh"

static void
assert_refused (const char *text, char digit, TcAddressError code, const char *part_of_message)
{
  g_autoptr(GError) error = NULL;
  TcKeyHash key_hash, untouched;

  memset (&untouched, 0x77, sizeof untouched);
  key_hash = untouched;
  g_assert_false (tc_address_parse (text, digit, &key_hash, &error));
  g_assert_error (error, TC_ADDRESS_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, part_of_message));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (tc_key_hash_equal (&key_hash, &untouched));
}

static void
assert_address (const TcKeyHash *key_hash, char digit, const char *expected)
{
  g_autofree char *text = tc_address_format (key_hash, digit);
  g_autoptr(GError) error = NULL;
  TcKeyHash parsed;

  g_assert_cmpstr (text, ==, expected);
  tc_address_parse (expected, digit, &parsed, &error);
  g_assert_no_error (error);
  g_assert_true (tc_key_hash_equal (&parsed, key_hash));
}

static void
test_vectors (void)
{
  g_test_summary ("Keys give the addresses that existing TIME wallets show, on both networks, and back.");
  json_object *root = vectors_load ("time-addresses.json");
  json_object *wallets = vectors_get (root, "wallets");
  guint n_keys = 0;

  for (gsize i = 0; i < json_object_array_length (wallets); i++)
    {
      json_object *keys = vectors_get (json_object_array_get_idx (wallets, i), "keys");

      for (gsize k = 0; k < json_object_array_length (keys); k++, n_keys++)
        {
          json_object *vector = json_object_array_get_idx (keys, k);
          guint8 seed[TC_SEED_SIZE];
          TcPublicKey public_key;
          TcKeyHash key_hash;

          vectors_get_hex (vector, "secret_key", seed, sizeof seed);
          vectors_get_hex (vector, "public_key", public_key.bytes, TC_PUBLIC_KEY_SIZE);
          g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
          g_assert_true (tc_public_key_equal (tc_secret_key_get_public (key), &public_key));
          key_hash = tc_key_hash (&public_key);
          assert_address (&key_hash, '1', vectors_get_string (vector, "mainnet"));
          assert_address (&key_hash, '0', vectors_get_string (vector, "testnet"));
        }
    }
  g_assert_cmpuint (n_keys, ==, 15);
  json_object_put (root);
}

static void
test_extremes (void)
{
  g_test_summary ("Any key hash comes back, also one of zeros (leading ones in base58) and one of all bits.");
  for (guint n_zeros = 0; n_zeros <= TC_KEY_HASH_SIZE; n_zeros++)
    {
      TcKeyHash key_hash, parsed;

      memset (&key_hash, 0xff, sizeof key_hash);
      memset (&key_hash, 0, n_zeros);
      g_autofree char *text = tc_address_format (&key_hash, '1');
      g_assert_true (tc_address_parse (text, '1', &parsed, NULL));
      g_assert_true (tc_key_hash_equal (&parsed, &key_hash));
      g_assert_cmpuint (strspn (text + 5, "1"), ==, n_zeros);
    }
}

static void
test_blanks (void)
{
  g_test_summary ("Blanks around an address are no mistake; inside they are.");
  TcKeyHash key_hash;

  g_assert_true (tc_address_parse ("  " MAIN_ADDRESS "\n", '1', &key_hash, NULL));
  assert_refused ("TIME1AXFL iWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 10");
}

static void
test_empty (void)
{
  g_test_summary ("Nothing, or blanks only.");
  assert_refused ("", '1', TC_ADDRESS_ERROR_EMPTY, "paste an address");
  assert_refused (" \t ", '0', TC_ADDRESS_ERROR_EMPTY, "paste an address");
}

static void
test_prefix (void)
{
  g_test_summary ("What does not begin with TIME1 or TIME0 is no TIME address.");
  assert_refused ("TIME", '1', TC_ADDRESS_ERROR_PREFIX, "TIME1");
  assert_refused ("TIME2AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_PREFIX, "TIME1");
  assert_refused ("time1AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_PREFIX, "TIME1");
  assert_refused ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", '1', TC_ADDRESS_ERROR_PREFIX, "TIME1");
}

static void
test_network (void)
{
  g_test_summary ("A good address of the other network is named as that; a bad one is bad first.");
  assert_refused (TEST_ADDRESS, '1', TC_ADDRESS_ERROR_NETWORK, "test network");
  assert_refused (MAIN_ADDRESS, '0', TC_ADDRESS_ERROR_NETWORK, "main network");
  assert_refused ("TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRH", '1', TC_ADDRESS_ERROR_CHECKSUM, "compare");
}

static void
test_character (void)
{
  g_test_summary ("A character that base58 lacks is named with its place, whatever it is.");
  assert_refused ("TIME1AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtR0", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 38, “0”");
  assert_refused ("TIME1OXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 6, “O”");
  assert_refused ("TIME1AIFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 7, “I”");
  assert_refused ("TIME1AXlLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 8, “l”");
  assert_refused ("TIME1AXFLé", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 10, “é”");
  assert_refused ("TIME1AXFL\xff\xfe", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 10 ");
  assert_refused ("TIME1AXFL\xe2\x80", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 10 ");
  assert_refused ("TIME1AXFL\xe2\x80\x8b" "ab", '1', TC_ADDRESS_ERROR_CHARACTER, "Character 10 ");
}

static void
test_length (void)
{
  g_test_summary ("Too short, too long, far too long.");
  g_autofree char *zs = g_strnfill (100000, 'z');
  g_autofree char *huge = g_strconcat ("TIME1", zs, NULL);
  g_autofree char *ones = g_strnfill (33, '1');
  g_autofree char *all_ones = g_strconcat ("TIME1", ones, NULL);

  assert_refused ("TIME1", '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
  assert_refused ("TIME1AXFLiWUT5wLFBTLuF4Nw4SkeUt2z", '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
  assert_refused (MAIN_ADDRESS "22", '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
  assert_refused ("TIME11AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh", '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
  assert_refused ("TIME1zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
  assert_refused (all_ones, '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
  assert_refused (huge, '1', TC_ADDRESS_ERROR_LENGTH, "copy all of it");
}

static void
test_mistyped (void)
{
  g_test_summary ("Every single character mistyped, and every two neighbours swapped, is noticed.");
  static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const gsize n = strlen (MAIN_ADDRESS);
  guint n_tried = 0;
  TcKeyHash key_hash;

  for (gsize i = 5; i < n; i++)
    for (const char *c = alphabet; *c != '\0'; c++)
      {
        g_autofree char *text = g_strdup (MAIN_ADDRESS);

        if (text[i] == *c)
          continue;
        text[i] = *c;
        n_tried++;
        g_assert_false (tc_address_parse (text, '1', &key_hash, NULL));
      }
  for (gsize i = 5; i + 1 < n; i++)
    {
      g_autofree char *text = g_strdup (MAIN_ADDRESS);

      text[i] = MAIN_ADDRESS[i + 1];
      text[i + 1] = MAIN_ADDRESS[i];
      g_assert_true (text[i] == text[i + 1] || !tc_address_parse (text, '1', &key_hash, NULL));
    }
  g_assert_cmpuint (n_tried, ==, 33 * 57);
  assert_refused ("TIME1AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRH", '1', TC_ADDRESS_ERROR_CHECKSUM, "compare it with the original");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/address/vectors", test_vectors);
  g_test_add_func ("/core/address/extremes", test_extremes);
  g_test_add_func ("/core/address/blanks", test_blanks);
  g_test_add_func ("/core/address/empty", test_empty);
  g_test_add_func ("/core/address/prefix", test_prefix);
  g_test_add_func ("/core/address/network", test_network);
  g_test_add_func ("/core/address/character", test_character);
  g_test_add_func ("/core/address/length", test_length);
  g_test_add_func ("/core/address/mistyped", test_mistyped);
  return g_test_run ();
}
