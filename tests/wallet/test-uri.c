#include "core/codec.h"
#include "wallet/uri.h"

#include <string.h>

static TcPublicKey key;
static char *address, *test_uri;  /* of `key`, on a test network */

static TcPaymentUri *
parse (const char *tail)
{
  g_autofree char *text = g_strconcat ("timecoin:", address, tail, NULL);
  g_autoptr(GError) error = NULL;
  TcPaymentUri *uri = tc_payment_uri_parse (text, '0', &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri->address, ==, address);
  return uri;
}

static void
refuse (const char *tail, TcUriError code)
{
  g_autofree char *text = g_strconcat ("timecoin:", address, tail, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_payment_uri_parse (text, '0', &error));
  g_assert_error (error, TC_URI_ERROR, (int) code);
}

static void
test_everything (void)
{
  g_test_summary ("All that a request can say is read, escapes and line breaks with it.");
  g_autofree char *hex = tc_hex_encode (key.bytes, TC_PUBLIC_KEY_SIZE);
  g_autofree char *tail = g_strconcat ("?amount=1.5&label=Caf%C3%A9%20Ost&message=Two+cakes%0Aand%20tea&memo=No.%2042&key=", hex, "&expires=1800000000", NULL);
  g_autoptr(TcPaymentUri) uri = parse (tail);

  g_assert_cmpuint (uri->amount.units, ==, 150000000);
  g_assert_cmpstr (uri->label, ==, "Café Ost");
  g_assert_cmpstr (uri->message, ==, "Two+cakes\nand tea");
  g_assert_cmpstr (uri->memo, ==, "No. 42");
  g_assert_true (uri->has_key && tc_public_key_equal (&uri->key, &key));
  g_assert_false (tc_payment_uri_is_expired (uri, 1799999999));
  g_assert_true (tc_payment_uri_is_expired (uri, 1800000000));
}

static void
test_bare (void)
{
  g_test_summary ("An address alone is a request, and so is one with parameters that nobody knows.");
  static const char *const tails[] = { "", "?", "?colour=blue", "?label=&x", "?a=b&c=d" };

  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autoptr(TcPaymentUri) uri = parse (tails[i]);

      g_assert_cmpuint (uri->amount.units, ==, 0);
      g_assert_null (uri->label);
      g_assert_false (uri->has_key || uri->expires_s != 0);
    }
  g_assert_true (tc_payment_uri_is ("TimeCoin:x") && !tc_payment_uri_is ("bitcoin:x") && !tc_payment_uri_is (""));
}

static void
test_round_trip (void)
{
  g_test_summary ("What is written is read back as it was, with every character that needs an escape.");
  TcPaymentUri uri = { .address = address, .amount = { 1 }, .label = (char *) "a&b=c#d?e %41", .message = (char *) "100 % + 日本\n“x”", .memo = (char *) "é/:@",
                       .has_key = TRUE, .key = key, .expires_s = TC_PAYMENT_EXPIRES_MAX };
  g_autofree char *text = tc_payment_uri_format (&uri, NULL);
  g_autoptr(TcPaymentUri) again = tc_payment_uri_parse (text, '0', NULL);

  g_assert_nonnull (again);
  g_assert_cmpuint (again->amount.units, ==, 1);
  g_assert_cmpstr (again->label, ==, uri.label);
  g_assert_cmpstr (again->message, ==, uri.message);
  g_assert_cmpstr (again->memo, ==, uri.memo);
  g_assert_true (again->has_key && again->expires_s == uri.expires_s);
  g_autofree char *twice = tc_payment_uri_format (again, NULL);
  g_assert_cmpstr (twice, ==, text);
}

static void
test_amounts_written (void)
{
  g_test_summary ("Amounts are written as short as they can be, and always as plain decimals.");
  static const struct { guint64 units; const char *text; } cases[] = {
    { 100000000, "?amount=1" }, { 150000000, "?amount=1.5" }, { 1, "?amount=0.00000001" }, { 1000000000000, "?amount=10000" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TcPaymentUri uri = { .address = address, .amount = { cases[i].units } };
      g_autofree char *text = tc_payment_uri_format (&uri, NULL);

      g_assert_true (g_str_has_suffix (text, cases[i].text));
    }
}

static void
test_amounts_refused (void)
{
  g_test_summary ("No sign, exponent, grouping, blank or zero is an amount.");
  static const char *const amounts[] = { "", "-1", "%2B1", "+1", "1e3", "1,5", "1.000,5", "%201", "1%20", "0", "0.0", "1.123456789", "1..2", ".", "99999999999999", "0x1", "%D9%A1" };

  for (gsize i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autofree char *tail = g_strconcat ("?amount=", amounts[i], NULL);

      refuse (tail, TC_URI_ERROR_AMOUNT);
    }
}

static void
test_required (void)
{
  g_test_summary ("What must be understood and is not makes the whole unusable.");
  refuse ("?req-escrow=1", TC_URI_ERROR_REQUIRED);
  refuse ("?amount=1&REQ-x", TC_URI_ERROR_REQUIRED);
  refuse ("?%72eq-x=1", TC_URI_ERROR_REQUIRED);
}

static void
test_malformed (void)
{
  g_test_summary ("Bad escapes, raw characters, fragments and empty names are refused.");
  static const char *const tails[] = { "?label=%", "?label=%4", "?label=%zz", "?label=a%00b", "?label=a b", "?label=\xc3\xa9", "?label=a#b", "?=1", "?a&", "?&a", "#x", "/?a=b",
                                       " ", "%41", "&amount=1", "?label=\"x\"", "?label=a\nb" };

  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++)
    refuse (tails[i], TC_URI_ERROR_FORM);
}

static void
test_texts (void)
{
  g_test_summary ("Texts that could deceive whoever reads them, or are too long, are refused.");
  g_autofree char *long_label = g_strnfill (TC_PAYMENT_LABEL_MAX + 1, 'a'), *label = g_strconcat ("?label=", long_label, NULL);
  g_autofree char *long_memo = g_strnfill (TC_PAYMENT_MEMO_MAX + 1, 'a'), *memo = g_strconcat ("?memo=", long_memo, NULL);

  refuse ("?label=a%0Ab", TC_URI_ERROR_TEXT);
  refuse ("?message=%1B%5B2J", TC_URI_ERROR_TEXT);
  refuse ("?label=%E2%80%AEabc", TC_URI_ERROR_TEXT);
  refuse ("?message=%E2%81%A6abc", TC_URI_ERROR_TEXT);
  refuse ("?memo=%FF%FE", TC_URI_ERROR_TEXT);
  refuse (label, TC_URI_ERROR_TEXT);
  refuse (memo, TC_URI_ERROR_TEXT);
  label[strlen (label) - 1] = '\0';
  g_autoptr(TcPaymentUri) longest = parse (label);
  g_assert_cmpuint (strlen (longest->label), ==, TC_PAYMENT_LABEL_MAX);
}

static void
test_repeated (void)
{
  g_test_summary ("One who says a thing twice may be read in two ways.");
  refuse ("?amount=1&amount=2", TC_URI_ERROR_REPEATED);
  refuse ("?label=a&label=a", TC_URI_ERROR_REPEATED);
}

static void
test_key (void)
{
  g_test_summary ("A key that the address is not the hash of is refused.");
  TcPublicKey other = key;

  other.bytes[5] ^= 1;
  g_autofree char *hex = tc_hex_encode (other.bytes, TC_PUBLIC_KEY_SIZE), *tail = g_strconcat ("?key=", hex, NULL);
  refuse (tail, TC_URI_ERROR_KEY);
  tail[20] = '\0';
  refuse (tail, TC_URI_ERROR_KEY);
  refuse ("?expires=0", TC_URI_ERROR_EXPIRES);
  refuse ("?expires=-1", TC_URI_ERROR_EXPIRES);
  refuse ("?expires=253402300800", TC_URI_ERROR_EXPIRES);
}

static void
test_network (void)
{
  g_test_summary ("An address of the other kind of network is called that, a mistyped one mistyped.");
  g_autoptr(GError) other = NULL, mistyped = NULL, scheme = NULL;
  g_autofree char *bad = g_strdup (test_uri);

  g_assert_null (tc_payment_uri_parse (test_uri, '1', &other));
  g_assert_error (other, TC_URI_ERROR, TC_URI_ERROR_NETWORK);
  bad[strlen (bad) - 3] = bad[strlen (bad) - 3] == 'x' ? 'y' : 'x';
  g_assert_null (tc_payment_uri_parse (bad, '0', &mistyped));
  g_assert_error (mistyped, TC_URI_ERROR, TC_URI_ERROR_ADDRESS);
  g_assert_null (tc_payment_uri_parse ("bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", '0', &scheme));
  g_assert_error (scheme, TC_URI_ERROR, TC_URI_ERROR_FORM);
}

static void
test_bounds (void)
{
  g_test_summary ("A URI of more than 2 kB is neither read nor written.");
  g_autofree char *filler = g_strnfill (TC_PAYMENT_URI_MAX, 'a'), *tail = g_strconcat ("?x=", filler, NULL);
  g_autoptr(GString) wide = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  refuse (tail, TC_URI_ERROR_LENGTH);
  for (guint i = 0; i < TC_PAYMENT_MESSAGE_MAX / 3; i++)
    g_string_append (wide, "日");
  const TcPaymentUri uri = { .address = address, .message = wide->str, .memo = wide->str };
  g_assert_null (tc_payment_uri_format (&uri, &error));
  g_assert_error (error, TC_URI_ERROR, TC_URI_ERROR_LENGTH);
}

int
main (int argc, char *argv[])
{
  const guint8 seed[TC_SEED_SIZE] = { 7 };

  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  TcSecretKey *secret = tc_secret_key_new (seed);
  key = *tc_secret_key_get_public (secret);
  tc_secret_key_unref (secret);
  const TcKeyHash hash = tc_key_hash (&key);
  address = tc_address_format (&hash, '0');
  test_uri = g_strconcat ("timecoin:", address, NULL);
  g_test_add_func ("/uri/everything", test_everything);
  g_test_add_func ("/uri/bare", test_bare);
  g_test_add_func ("/uri/round-trip", test_round_trip);
  g_test_add_func ("/uri/amounts-written", test_amounts_written);
  g_test_add_func ("/uri/amounts-refused", test_amounts_refused);
  g_test_add_func ("/uri/required", test_required);
  g_test_add_func ("/uri/malformed", test_malformed);
  g_test_add_func ("/uri/texts", test_texts);
  g_test_add_func ("/uri/repeated", test_repeated);
  g_test_add_func ("/uri/key", test_key);
  g_test_add_func ("/uri/network", test_network);
  g_test_add_func ("/uri/bounds", test_bounds);
  const int result = g_test_run ();
  g_free (address);
  g_free (test_uri);
  return result;
}
