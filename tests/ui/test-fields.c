#include <string.h>

#include <adwaita.h>

#include "core/key.h"
#include "ui/field.h"
#include "ui/password-fields.h"
#include "ui/resources.h"
#include "ui/text.h"
#include "ui/word-entries.h"
#include "wallet/bip39.h"

static char *
sample_address (char digit)
{
  TcKeyHash key_hash;

  memset (key_hash.bytes, 7, sizeof key_hash.bytes);
  return tc_address_format (&key_hash, digit);
}

static TcFieldVerdict
check_address (const char *text)
{
  g_autofree char *message = NULL;
  TcKeyHash key_hash;
  const TcFieldVerdict verdict = tc_check_address (text, '0', &key_hash, &message);

  g_assert_true ((message != NULL) == (verdict == TC_FIELD_INCOMPLETE || verdict == TC_FIELD_BAD));
  return verdict;
}

static void
test_address_while_typed (void)
{
  g_test_summary ("No start of a good address is called wrong while it is typed; each single wrong digit of the whole is.");
  g_autofree char *address = sample_address ('0'), *foreign = sample_address ('1');

  g_assert_cmpint (check_address (""), ==, TC_FIELD_EMPTY);
  for (gsize n = 1; n < strlen (address); n++)
    {
      g_autofree char *start = g_strndup (address, n);
      const TcFieldVerdict verdict = check_address (start);

      if (n <= 32)
        g_assert_cmpint (verdict, ==, TC_FIELD_INCOMPLETE);
    }
  g_assert_cmpint (check_address (address), ==, TC_FIELD_GOOD);
  g_assert_cmpint (check_address (foreign), ==, TC_FIELD_BAD);
  g_assert_cmpint (check_address ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), ==, TC_FIELD_BAD);
  for (gsize i = 5; i < strlen (address); i++)
    {
      g_autofree char *wrong = g_strdup (address);

      wrong[i] = wrong[i] == '2' ? '3' : '2';
      g_assert_cmpint (check_address (wrong), ==, TC_FIELD_BAD);
    }
}

static TcFieldVerdict
check_amount (const char *text, guint64 *ret_units)
{
  g_autofree char *message = NULL;
  TcAmount amount = { 0 };
  const TcFieldVerdict verdict = tc_check_amount (text, &amount, &message);

  *ret_units = amount.units;
  g_assert_true ((message != NULL) == (verdict == TC_FIELD_INCOMPLETE || verdict == TC_FIELD_BAD));
  return verdict;
}

static void
test_amount (void)
{
  g_test_summary ("Amounts are read exactly; what can be read in two ways is refused, never guessed.");
  guint64 units;

  g_assert_cmpint (check_amount ("12.5", &units), ==, TC_FIELD_GOOD);
  g_assert_cmpuint (units, ==, G_GUINT64_CONSTANT (1250000000));
  g_assert_cmpint (check_amount (" 0.00000546 ", &units), ==, TC_FIELD_GOOD);
  g_assert_cmpuint (units, ==, 546);
  g_assert_cmpint (check_amount ("", &units), ==, TC_FIELD_EMPTY);
  g_assert_cmpint (check_amount ("1.000,5", &units), ==, TC_FIELD_BAD);
  g_assert_cmpint (check_amount ("1,5", &units), ==, TC_FIELD_BAD);
  g_assert_cmpint (check_amount ("-1", &units), ==, TC_FIELD_BAD);
  g_assert_cmpint (check_amount ("1e3", &units), ==, TC_FIELD_BAD);
  g_assert_cmpint (check_amount ("1.123456789", &units), ==, TC_FIELD_BAD);
  g_assert_cmpint (check_amount ("0", &units), ==, TC_FIELD_INCOMPLETE);
  g_assert_cmpint (check_amount ("0.00000545", &units), ==, TC_FIELD_INCOMPLETE);
  g_assert_cmpuint (units, ==, 0);
}

static void
test_field_says_when (void)
{
  g_test_summary ("What is bad is said at once, what is not complete only when the field is left; a hint stands where nothing is wrong.");
  g_autoptr(TcField) field = g_object_ref_sink (TC_FIELD (tc_field_new ()));

  tc_field_set_hint (field, "a hint");
  tc_field_show_verdict (field, TC_FIELD_INCOMPLETE, "not yet", FALSE);
  g_assert_false (tc_field_has_error (field));
  g_assert_cmpstr (tc_field_get_message (field), ==, "a hint");
  tc_field_show_verdict (field, TC_FIELD_INCOMPLETE, "not yet", TRUE);
  g_assert_true (tc_field_has_error (field));
  g_assert_cmpstr (tc_field_get_message (field), ==, "not yet");
  tc_field_show_verdict (field, TC_FIELD_BAD, "wrong", FALSE);
  g_assert_cmpstr (tc_field_get_message (field), ==, "wrong");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (tc_field_get_entry (field)), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "wrong");
  tc_field_show_verdict (field, TC_FIELD_GOOD, NULL, TRUE);
  g_assert_false (tc_field_has_error (field));
  g_assert_cmpstr (tc_field_get_message (field), ==, "a hint");
}

static void
on_resized (TcWordEntries *entries, guint n, gpointer user_data)
{
  tc_word_entries_set_count (entries, n);
}

static void
test_words_spread (void)
{
  g_test_summary ("A phrase pasted into one cell fills all of them, whatever cell it was; a bad word is found.");
  g_autoptr(TcWordEntries) entries = g_object_ref_sink (g_object_new (TC_TYPE_WORD_ENTRIES, NULL));
  g_autoptr(TcSecretString) phrase = NULL;

  tc_word_entries_set_count (entries, 24);
  g_signal_connect (entries, "resized", G_CALLBACK (on_resized), NULL);
  tc_word_entries_set_word (entries, 9, "  Legal winner\tthank year wave sausage\nworth useful legal winner thank yellow ");
  g_assert_cmpuint (tc_word_entries_get_count (entries), ==, 12);
  phrase = tc_word_entries_dup_phrase (entries);
  g_assert_cmpstr (tc_secret_string_get (phrase), ==, "legal winner thank year wave sausage worth useful legal winner thank yellow");
  g_assert_true (tc_word_entries_is_complete (entries));
  g_assert_cmpint (tc_word_entries_find_bad (entries), ==, -1);
  tc_word_entries_set_word (entries, 6, "wurth");
  g_assert_false (tc_word_entries_is_complete (entries));
  g_assert_cmpint (tc_word_entries_find_bad (entries), ==, 6);
  tc_word_entries_set_word (entries, 6, "wor");
  g_assert_cmpint (tc_word_entries_find_bad (entries), ==, -1);
}

static void
test_texts (void)
{
  g_test_summary ("Amounts keep every digit, addresses stand in groups of four, times left do not jump to nonsense.");
  g_autofree char *amount = tc_text_amount ((TcAmount) { G_GUINT64_CONSTANT (123456750000001) }), *round = tc_text_amount ((TcAmount) { 0 });
  g_autofree char *groups = tc_text_address_groups ("TIME0abcdefg", 0), *lines = tc_text_address_groups ("TIME0abcdefg", 2);
  g_autofree char *estimating = tc_text_left (-1), *soon = tc_text_left (2000), *minutes = tc_text_left (184000), *ages = tc_text_left (G_MAXINT64);
  g_autofree char *duration = tc_text_duration_us (414999), *long_duration = tc_text_duration_us (12400000);
  g_autofree char *second = tc_text_span (-1999), *span_minutes = tc_text_span (3599999), *hours = tc_text_span (-7500000);
  g_autofree char *days = tc_text_span (G_GINT64_CONSTANT (172800000)), *never = tc_text_span (G_MININT64);

  g_assert_cmpstr (amount, ==, "1\u202f234\u202f567.50000001");
  g_assert_cmpstr (round, ==, "0.00");
  g_assert_cmpstr (groups, ==, "TIME 0abc defg");
  g_assert_cmpstr (lines, ==, "TIME 0abc\ndefg");
  g_assert_cmpstr (estimating, ==, "Estimating…");
  g_assert_cmpstr (soon, ==, "A few seconds left");
  g_assert_cmpstr (minutes, ==, "About 3 minutes left");
  g_assert_cmpstr (ages, ==, "About 9999 hours left");
  g_assert_cmpstr (duration, ==, "0.41 s");
  g_assert_cmpstr (long_duration, ==, "12 s");
  g_assert_cmpstr (second, ==, "1 second");
  g_assert_cmpstr (span_minutes, ==, "59 minutes");
  g_assert_cmpstr (hours, ==, "2 hours");
  g_assert_cmpstr (days, ==, "2 days");
  g_assert_cmpstr (never, ==, "99999 days");
}

static void
test_block (void)
{
  g_test_summary ("A block that is trusted: silent while it may become right, good with both parts, and told what is wrong otherwise.");
  static const char hash[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  g_autofree char *whole = g_strdup_printf (" 1200:%s ", hash), *half = g_strdup_printf ("1200:%.40s", hash), *reversed = g_strdup_printf ("%s:1200", hash);
  g_autofree char *zero = g_strdup_printf ("0:%s", hash), *longer = g_strdup_printf ("1200:%s0", hash);
  const struct { const char *text; TcFieldVerdict verdict; } cases[] = {
    { "", TC_FIELD_EMPTY }, { "1200", TC_FIELD_INCOMPLETE }, { "1200:", TC_FIELD_INCOMPLETE }, { half, TC_FIELD_INCOMPLETE }, { whole, TC_FIELD_GOOD },
    { reversed, TC_FIELD_BAD }, { zero, TC_FIELD_BAD }, { longer, TC_FIELD_BAD }, { "1200:xyz", TC_FIELD_BAD }, { hash, TC_FIELD_BAD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = NULL;
      TcCheckpoint block = { 0 };

      g_assert_cmpint (tc_check_block (cases[i].text, &block, &message), ==, cases[i].verdict);
      g_assert_true ((message == NULL) == (cases[i].verdict == TC_FIELD_EMPTY || cases[i].verdict == TC_FIELD_GOOD));
      g_assert_cmpuint (block.height, ==, cases[i].verdict == TC_FIELD_GOOD ? 1200 : 0);
    }
}

static void
test_languages (void)
{
  static const struct
  {
    const char    *text;
    TcFieldVerdict verdict;
    guint64        units;
  } cases[] = {
    { "1,5", TC_FIELD_GOOD, 150000000 },    { "1.5", TC_FIELD_GOOD, 150000000 },       { "0,500", TC_FIELD_GOOD, 50000000 },
    { "1234,500", TC_FIELD_GOOD, 123450000000 }, { "12,345678", TC_FIELD_GOOD, 1234567800 }, { "1.000", TC_FIELD_BAD, 0 },
    { "1,000", TC_FIELD_BAD, 0 },           { "1.000,5", TC_FIELD_BAD, 0 },            { "1,000,000", TC_FIELD_BAD, 0 },
    { "1.000.000", TC_FIELD_BAD, 0 },       { "1 000", TC_FIELD_BAD, 0 },
  };
  const TcAmount amount = { 123456789050000000 };
  g_autofree char *comma = NULL, *isolated = NULL, *thousandths = NULL, *address = NULL;
  guint64 units;

  g_test_summary ("Amounts are written and read in the user's language; what it could read in two ways is refused; right to left they are isolated.");
  tc_text_set_language (",", FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (check_amount (cases[i].text, &units), ==, cases[i].verdict);
      g_assert_cmpuint (units, ==, cases[i].units);
    }
  comma = tc_text_amount_unit (amount);
  g_assert_cmpstr (comma, ==, "1\u202f234\u202f567\u202f890,50\u00a0TIME");
  tc_text_set_language ("٫", TRUE);
  tc_text_set_unit (TC_TEXT_MILLITIME);
  thousandths = tc_text_amount_unit ((TcAmount) { 123456 });
  g_assert_cmpstr (thousandths, ==, "\u2066" "1.23456\u00a0mTIME\u2069");
  tc_text_set_unit (TC_TEXT_TIME);
  isolated = tc_text_amount (amount);
  g_assert_cmpstr (isolated, ==, "\u2066" "1\u202f234\u202f567\u202f890.50\u2069");
  address = tc_text_address_groups ("TIME0abc", 0);
  g_assert_cmpstr (address, ==, "\u2066TIME 0abc\u2069");
  tc_text_set_language (NULL, FALSE);
  g_assert_cmpint (check_amount ("1,5", &units), ==, TC_FIELD_BAD);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  tc_crypto_init ();
  tc_ui_register_resources ();
  g_test_add_func ("/ui/fields/address-while-typed", test_address_while_typed);
  g_test_add_func ("/ui/fields/amount", test_amount);
  g_test_add_func ("/ui/fields/block", test_block);
  g_test_add_func ("/ui/fields/says-when", test_field_says_when);
  g_test_add_func ("/ui/fields/words-spread", test_words_spread);
  g_test_add_func ("/ui/fields/texts", test_texts);
  g_test_add_func ("/ui/fields/languages", test_languages);
  return g_test_run ();
}
