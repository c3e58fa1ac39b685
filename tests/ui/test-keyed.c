#include <string.h>

#include "ui/keyed-model.h"
#include "ui/peers-view.h"

typedef struct
{
  guint key, value;
} Row;

static guint n_rows;  /* not freed yet */

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  return (int) ((const Row *) a)->key - (int) ((const Row *) b)->key;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
  return ((const Row *) a)->value == ((const Row *) b)->value;
}

static void
row_free (gpointer row)
{
  n_rows--;
  g_free (row);
}

static const TcKeyedKind kind = { compare_rows, is_same, row_free };

typedef struct
{
  TcKeyedModel *model;
  GPtrArray    *mirror;     /* what a listener that only follows items-changed believes to be there */
  guint         n_signals, n_touched, n_changed;
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, Fixture *f)
{
  f->n_signals++;
  f->n_touched += removed + added;
  g_assert_cmpuint (position + removed, <=, f->mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (f->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (f->mirror, (gint) (position + i), g_list_model_get_item (model, position + i));
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->model = tc_keyed_model_new (&kind);
  f->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (f->model, "items-changed", G_CALLBACK (on_items_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_ptr_array_unref (f->mirror);
  g_object_unref (f->model);
  g_assert_cmpuint (n_rows, ==, 0);
}

static void
add (GPtrArray *rows, guint key, guint value)
{
  const Row row = { key, value };

  n_rows++;
  g_ptr_array_add (rows, g_memdup2 (&row, sizeof row));
}

/* @text: a digit a row, its key; the value is @value for all. */
static void
update (Fixture *f, const char *text, guint value)
{
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; text[i] != '\0'; i++)
    add (rows, (guint) (text[i] - '0'), value);
  f->n_signals = f->n_touched = 0;
  tc_keyed_model_update (f->model, rows);
}

static void
assert_is (Fixture *f, const char *text)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->model)), ==, strlen (text));
  g_assert_cmpuint (f->mirror->len, ==, strlen (text));
  for (guint i = 0; text[i] != '\0'; i++)
    {
      g_autoptr(TcKeyedItem) item = g_list_model_get_item (G_LIST_MODEL (f->model), i);

      g_assert_cmpuint (((const Row *) tc_keyed_item_get (item))->key, ==, (guint) (text[i] - '0'));
      g_assert_true (f->mirror->pdata[i] == item);
    }
}

static void
count_change (TcKeyedItem *item, Fixture *f)
{
  f->n_changed++;
}

static void
test_in_place (Fixture *f, gconstpointer unused)
{
  TcKeyedItem *second;

  g_test_summary ("A row that stays keeps its item; it says that it changed, where it did, and the list stays as it is");
  update (f, "321", 1);
  assert_is (f, "123");
  g_assert_cmpuint (f->n_signals, ==, 1);
  second = f->mirror->pdata[1];
  g_signal_connect (second, "changed", G_CALLBACK (count_change), f);
  update (f, "123", 1);
  g_assert_cmpuint (f->n_signals + f->n_changed, ==, 0);
  update (f, "123", 2);
  update (f, "123", 2);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->n_signals, ==, 0);
  g_assert_cmpuint (f->n_changed, ==, 1);
  g_assert_cmpuint (((const Row *) tc_keyed_item_get (second))->value, ==, 2);
}

static void
test_least (Fixture *f, gconstpointer unused)
{
  g_test_summary ("Only what comes and goes is told, a run of it at once");
  update (f, "2345", 1);
  update (f, "12345", 1);
  assert_is (f, "12345");
  g_assert_cmpuint (f->n_touched, ==, 1);
  update (f, "15", 1);
  assert_is (f, "15");
  g_assert_cmpuint (f->n_signals, ==, 1);
  g_assert_cmpuint (f->n_touched, ==, 3);
  update (f, "1678", 1);
  assert_is (f, "1678");
  g_assert_cmpuint (f->n_signals, ==, 1);
  update (f, "", 1);
  assert_is (f, "");
}

static void
test_any (Fixture *f, gconstpointer unused)
{
  g_test_summary ("Whatever comes after whatever, who follows the list's signals knows what is in it");
  for (guint before = 0; before < 128; before++)
    for (guint after = 0; after < 128; after += 1 + before % 3)
      {
        char texts[2][8];
        guint n[2] = { 0 };

        for (guint i = 0; i < 7; i++)
          {
            if (before >> i & 1)
              texts[0][n[0]++] = (char) ('1' + i);
            if (after >> i & 1)
              texts[1][n[1]++] = (char) ('1' + i);
          }
        texts[0][n[0]] = texts[1][n[1]] = '\0';
        update (f, texts[0], before);
        update (f, texts[1], after);
        assert_is (f, texts[1]);
      }
}

static void
test_ban_subject (void)
{
  static const char *const samples[][2] = {
    { "192.0.2.1:24000", "192.0.2.1" }, { "[2001:db8::1]:24000", "2001:db8::1" }, { "example.onion:24000", "example.onion" },
    { "2001:db8::1", "2001:db8::1" }, { "nothing", "nothing" }, { "", "" }, { "[]:1", "" }, { "]:1", "]" },
  };

  g_test_summary ("What is banned of a peer's address is the address without its port");
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree char *subject = tc_peer_ban_subject (samples[i][0]);

      g_assert_cmpstr (subject, ==, samples[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/keyed/in-place", Fixture, NULL, set_up, test_in_place, tear_down);
  g_test_add ("/ui/keyed/least", Fixture, NULL, set_up, test_least, tear_down);
  g_test_add ("/ui/keyed/any", Fixture, NULL, set_up, test_any, tear_down);
  g_test_add_func ("/ui/keyed/ban-subject", test_ban_subject);
  return g_test_run ();
}
