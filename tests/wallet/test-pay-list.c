#include "wallet/pay-list.h"

#include <string.h>

#define A "TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh"

static GPtrArray *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *items = tc_pay_list_parse (text, strlen (text), '0', &error);

  g_assert_no_error (error);
  return items;
}

static void
assert_item (GPtrArray *items, guint i, guint64 units, const char *name)
{
  const TcPayListItem *item = g_ptr_array_index (items, i);

  g_assert_cmpstr (item->address, ==, A);
  g_assert_cmpuint (item->amount.units, ==, units);
  g_assert_cmpstr (item->name, ==, name);
}

static void
test_forms (void)
{
  g_test_summary ("Commas, semicolons and tabs, quotes, a heading, comments, empty lines, a byte order mark and Windows line ends: all are read.");
  g_autoptr(GPtrArray) items = parse ("\xef\xbb\xbf" "Address;Amount in TIME;Name\r\n" A ";1.5;Ada\r\n\r\n# wages\r\n" A " ; 2 ; \"Bob; \"\"the\"\" builder\"\r\n");

  g_assert_cmpuint (items->len, ==, 2);
  assert_item (items, 0, 150000000, "Ada");
  assert_item (items, 1, 200000000, "Bob; \"the\" builder");
  g_autoptr(GPtrArray) tabs = parse (A "\t0.00000546\n");
  assert_item (tabs, 0, 546, NULL);
  g_autoptr(GPtrArray) commas = parse (A ",3,");
  assert_item (commas, 0, 300000000, NULL);
}

static void
assert_refused (const char *text, const char *line)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_pay_list_parse (text, strlen (text), '0', &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, line));
}

static void
test_refused (void)
{
  g_test_summary ("A bad address, amount or quote, a decimal comma, dust, too much: the line is named and nothing is taken.");
  g_autoptr(GString) many = g_string_new (NULL);
  g_autofree char *huge = g_strnfill (TC_PAY_LIST_SIZE_MAX + 1, '\n');

  assert_refused (A ",1\n" A "x,1\n", "Line 2:");
  assert_refused (A "\n" A ",1\n", "Line 1:");
  assert_refused (A ",1,5\n", "Line 1:");
  assert_refused (A ";1,5\n", "Line 1:");
  assert_refused (A ";0.00000545\n", "Line 1:");
  assert_refused (A ";1e3\n", "Line 1:");
  assert_refused (A ";1;\"Ada\n", "Line 1:");
  assert_refused (A ";1;Ada;Bob\n", "Line 1:");
  assert_refused (A ";1;\x1b[31m\n", "Line 1:");
  assert_refused ("", "The list is empty");
  assert_refused ("Address,Amount\n", "The list is empty");
  assert_refused ("\xff\xfe", "This is no list");
  assert_refused (huge, "This is no list");
  for (guint i = 0; i < TC_PAY_LIST_MAX; i++)
    g_string_append (many, A ",1\n");
  g_autoptr(GPtrArray) items = parse (many->str);
  g_assert_cmpuint (items->len, ==, TC_PAY_LIST_MAX);
  g_string_append (many, A ",1\n");
  assert_refused (many->str, "There are more than 200");
}

static void
test_is (void)
{
  g_test_summary ("One address is none; two lines, or an address and an amount, are a list.");
  g_assert_false (tc_pay_list_is (A));
  g_assert_false (tc_pay_list_is ("\n  " A "\n"));
  g_assert_true (tc_pay_list_is (A ",1"));
  g_assert_true (tc_pay_list_is (A "\n" A));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wallet/pay-list/forms", test_forms);
  g_test_add_func ("/wallet/pay-list/refused", test_refused);
  g_test_add_func ("/wallet/pay-list/is", test_is);
  return g_test_run ();
}
