#include <time.h>

#include "drive.h"
#include "ui/resources.h"
#include "ui/table.h"

#define ROWS 200u

typedef struct
{
  guint key, value;
} Row;

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return (int) ((const Row *) a)->key - (int) ((const Row *) b)->key;
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  return (int) ((const Row *) a)->value - (int) ((const Row *) b)->value;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
  return ((const Row *) a)->value == ((const Row *) b)->value;
}

static char *
key_text (gconstpointer row)
{
  return g_strdup_printf ("192.0.2.%u:24000", ((const Row *) row)->key);
}

static char *
value_text (gconstpointer row)
{
  return g_strdup_printf ("%u", ((const Row *) row)->value);
}

static gboolean
is_even (gconstpointer row)
{
  return ((const Row *) row)->value % 2 == 0;
}

static char *
button_text (gconstpointer row)
{
  return g_strdup_printf ("Lift %u", ((const Row *) row)->key);
}

static const TcKeyedKind rows = { compare_keys, is_same, g_free };
static const TcTableColumn columns[] = {
  { .title = "Address", .text = key_text, .compare = compare_keys, .expand = TRUE, .exact = TRUE },
  { .title = "Latency", .text = value_text, .compare = compare_values, .number = TRUE },
  { .title = "Received", .text = value_text, .compare = compare_values, .number = TRUE },
  { .title = "Sent", .text = value_text, .compare = compare_values, .number = TRUE },
  { .title = "Block", .text = value_text, .compare = compare_values, .number = TRUE },
  { .title = "Even", .text = value_text, .mark = is_even },
};
static const TcTableKind kind = {
  .rows = &rows, .columns = columns, .n_columns = G_N_ELEMENTS (columns), .wide_chars = 60, .headline = key_text, .details = value_text, .button = "Lift",
  .button_name = button_text,
};

typedef struct
{
  GtkWidget *window;
  TcTable   *table;
  guint      pressed;
} Fixture;

static void
on_row_action (TcTable *table, TcKeyedItem *item, const char *action, Fixture *f)
{
  g_assert_cmpstr (action, ==, "button");
  f->pressed = ((const Row *) tc_keyed_item_get (item))->key;
}

/* Values are a permutation that differs with @turn. */
static void
fill (Fixture *f, guint turn)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < ROWS; i++)
    g_ptr_array_add (list, g_memdup2 (&(Row){ i, (i * 37 + turn * 11) % ROWS }, sizeof (Row)));
  tc_table_update (f->table, list);
}

static gboolean
has_rows (gpointer window)
{
  return tc_drive_shows (window, "192.0.2.3:24000");
}

static void
set_up (Fixture *f, gconstpointer width)
{
  f->window = gtk_window_new ();
  f->table = TC_TABLE (tc_table_new (&kind, "Things", NULL));
  g_signal_connect (f->table, "row-action", G_CALLBACK (on_row_action), f);
  gtk_window_set_default_size (GTK_WINDOW (f->window), GPOINTER_TO_INT (width), 500);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->table));
  fill (f, 0);
  gtk_window_present (GTK_WINDOW (f->window));
  g_assert_true (tc_drive_until (has_rows, f->window, 20000));
}

static void
tear_down (Fixture *f, gconstpointer width)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  tc_drive_for (50);
}

static GtkColumnView *
find_columns (Fixture *f)
{
  GtkWidget *view = tc_drive_find_type (f->window, GTK_TYPE_COLUMN_VIEW);

  g_assert_nonnull (view);
  return GTK_COLUMN_VIEW (view);
}

static guint
value_at (GtkColumnView *view, guint position)
{
  g_autoptr(TcKeyedItem) item = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (view)), position);

  return ((const Row *) tc_keyed_item_get (item))->value;
}

static gboolean
is_sorted (gpointer view)
{
  for (guint i = 0; i < ROWS; i++)
    if (value_at (view, i) != i)
      return FALSE;
  return TRUE;
}

static void
sort_by (GtkColumnView *view, guint column)
{
  g_autoptr(GtkColumnViewColumn) by = g_list_model_get_item (gtk_column_view_get_columns (view), column);

  gtk_column_view_sort_by_column (view, by, GTK_SORT_ASCENDING);
}

static void
test_sorted (Fixture *f, gconstpointer width)
{
  GtkColumnView *view = find_columns (f);

  g_test_summary ("Rows stay sorted as they change");
  sort_by (view, 1);
  for (guint turn = 0; turn < 5; turn++)
    {
      fill (f, turn);
      if (!tc_drive_until (is_sorted, view, 20000))
        g_error ("the rows are not sorted in turn %u", turn);
    }
}

static void
test_selection (Fixture *f, gconstpointer width)
{
  GtkColumnView *view = find_columns (f);
  GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (view));
  gpointer chosen;

  g_test_summary ("What is selected stays selected while rows change and change places");
  sort_by (view, 1);
  gtk_single_selection_set_selected (selection, 17);
  chosen = gtk_single_selection_get_selected_item (selection);
  for (guint turn = 1; turn < 5; turn++)
    {
      fill (f, turn);
      g_assert_true (tc_drive_until (is_sorted, view, 20000));
      g_assert_true (gtk_single_selection_get_selected_item (selection) == chosen);
    }
}

static gboolean
is_long (gpointer adjustment)
{
  return gtk_adjustment_get_upper (adjustment) > 2000;
}

static void
test_scroll (Fixture *f, gconstpointer width)
{
  GtkColumnView *view = find_columns (f);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  double before;

  g_test_summary ("Rows that change in place do not scroll the list");
  g_assert_true (tc_drive_until (is_long, adjustment, 20000));
  gtk_adjustment_set_value (adjustment, 1200);
  tc_drive_for (200);
  before = gtk_adjustment_get_value (adjustment);
  g_assert_cmpfloat (before, >, 1000);
  for (guint turn = 1; turn < 5; turn++)
    {
      fill (f, turn);
      tc_drive_for (60);
      g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, before);
    }
}

static void
test_narrow (Fixture *f, gconstpointer width)
{
  g_test_summary ("Without room for columns it is a list, and its buttons say whose they are");
  g_assert_null (tc_drive_find_type (f->window, GTK_TYPE_COLUMN_VIEW));
  g_assert_nonnull (tc_drive_find_type (f->window, GTK_TYPE_LIST_VIEW));
  g_assert_true (tc_drive_shows (f->window, "192.0.2.3:24000"));
  tc_drive_press (f->window, "Lift");
  g_assert_cmpuint (f->pressed, <, ROWS);
}

static gint64
cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gint64 longest_us, sum_us;

/* What one turn of the main loop took this thread. */
static void
turn_once (void)
{
  const gint64 from_us = cpu_us ();

  g_main_context_iteration (NULL, FALSE);
  longest_us = MAX (longest_us, cpu_us () - from_us);
}

/* Printed, not asserted. @shuffled: the order is another one each time; else neighbours change places. */
static void
measure (Fixture *f, gboolean shuffled)
{
  longest_us = sum_us = 0;
  for (guint turn = 1; turn <= 30; turn++)
    {
      const gint64 from_us = cpu_us (), until_us = g_get_monotonic_time () + 60000;
      GPtrArray *list = g_ptr_array_new ();

      for (guint i = 0; i < ROWS; i++)
        g_ptr_array_add (list, g_memdup2 (&(Row){ i, shuffled ? (i * 37 + turn * 11) % ROWS : 10 * i + (i + turn) % 3 * 12 }, sizeof (Row)));
      tc_table_update (f->table, list);
      longest_us = MAX (longest_us, cpu_us () - from_us);
      while (g_get_monotonic_time () < until_us)
        turn_once ();
      sum_us += cpu_us () - from_us;
    }
  g_test_message ("%u rows, all changed, %s: longest turn of the main loop %.1f ms, in all %.1f ms of processor time an update", ROWS,
                  shuffled ? "in another order" : "neighbours in another order", (double) longest_us / 1000, (double) sum_us / 30 / 1000);
}

static void
test_cost (Fixture *f, gconstpointer width)
{
  g_test_summary ("What an update of 200 rows, all changed and sorted anew, takes the main thread");
  sort_by (find_columns (f), 1);
  tc_drive_for (300);
  measure (f, FALSE);
  measure (f, TRUE);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  tc_ui_register_resources ();
  g_test_add ("/ui/table/sorted", Fixture, GINT_TO_POINTER (900), set_up, test_sorted, tear_down);
  g_test_add ("/ui/table/selection", Fixture, GINT_TO_POINTER (900), set_up, test_selection, tear_down);
  g_test_add ("/ui/table/scroll", Fixture, GINT_TO_POINTER (900), set_up, test_scroll, tear_down);
  g_test_add ("/ui/table/narrow", Fixture, GINT_TO_POINTER (360), set_up, test_narrow, tear_down);
  g_test_add ("/ui/table/cost", Fixture, GINT_TO_POINTER (900), set_up, test_cost, tear_down);
  return g_test_run ();
}
