#define G_LOG_DOMAIN "tc-ui"
#include "table.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sorted-model.h"

#define LRI "\u2066"
#define PDI "\u2069"

struct _TcTable
{
  GtkWidget          parent_instance;
  const TcTableKind *kind;
  TcKeyedModel      *model;
  TcSortedModel     *sorted;
  GtkSelectionModel *selection;
  GtkColumnView     *columns;
  GtkListView       *list;
  GtkWidget         *wide, *narrow;  /* which hold them */
  GMenuModel        *menu;           /* (nullable) */
  gboolean           is_wide;
  guint              attach;         /* source */
};

G_DEFINE_FINAL_TYPE (TcTable, tc_table, GTK_TYPE_WIDGET)

enum { ROW_ACTION, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- Cells --- */

static void
show_cell (TcKeyedItem *item, GtkListItem *list_item)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  const TcTableColumn *column = g_object_get_data (G_OBJECT (cell), "column");
  gconstpointer row = tc_keyed_item_get (item);
  g_autofree char *text = column->text (row);

  if (column->mark != NULL)
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (cell), column->mark (row) ? "object-select-symbolic" : NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
      gtk_widget_set_tooltip_text (cell, text);
      return;
    }
  if (column->exact && gtk_widget_get_direction (cell) == GTK_TEXT_DIR_RTL)
    {
      g_autofree char *plain = g_steal_pointer (&text);

      text = g_strconcat (LRI, plain, PDI, NULL);
    }
  gtk_label_set_text (GTK_LABEL (cell), text);
}

static void
on_cell_setup (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  const TcTableColumn *column = user_data;
  GtkWidget *cell = column->mark != NULL ? gtk_image_new () : gtk_label_new (NULL);

  g_object_set_data (G_OBJECT (cell), "column", user_data);
  if (column->mark == NULL)
    {
      gtk_label_set_xalign (GTK_LABEL (cell), column->number ? 1 : 0);
      gtk_label_set_ellipsize (GTK_LABEL (cell), column->expand && !column->exact ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
      gtk_widget_add_css_class (cell, "numeric");
    }
  gtk_list_item_set_child (list_item, cell);
}

static void
on_cell_bind (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  TcKeyedItem *item = gtk_list_item_get_item (list_item);

  g_signal_connect (item, "changed", G_CALLBACK (show_cell), list_item);
  show_cell (item, list_item);
}

static void
on_cell_unbind (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_cell, list_item);
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const TcTableColumn *column = user_data;
  const int order = column->compare (tc_keyed_item_get ((TcKeyedItem *) a), tc_keyed_item_get ((TcKeyedItem *) b));

  return order < 0 ? GTK_ORDERING_SMALLER : order > 0 ? GTK_ORDERING_LARGER : GTK_ORDERING_EQUAL;
}

static void
add_column (TcTable *self, const TcTableColumn *spec)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (on_cell_setup), (gpointer) spec);
  g_signal_connect (factory, "bind", G_CALLBACK (on_cell_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_cell_unbind), NULL);
  column = gtk_column_view_column_new (_(spec->title), factory);
  gtk_column_view_column_set_expand (column, spec->expand);
  if (spec->compare != NULL)
    {
      g_autoptr(GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_items, (gpointer) spec, NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
  gtk_column_view_append_column (self->columns, column);
}

/* --- The row's button or menu --- */

static void
emit_action (GtkWidget *button, const char *name)
{
  TcTable *self = TC_TABLE (gtk_widget_get_ancestor (button, TC_TYPE_TABLE));
  TcKeyedItem *item = g_object_get_data (G_OBJECT (button), "item");
  g_autoptr(TcKeyedItem) kept = item == NULL ? NULL : g_object_ref (item);

  if (self != NULL && kept != NULL)
    g_signal_emit (self, signals[ROW_ACTION], 0, kept, name);
}

static void
on_row_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  emit_action (user_data, g_variant_get_string (parameter, NULL));
}

static void
on_button_clicked (GtkWidget *button)
{
  emit_action (button, "button");
}

/* Returns: (nullable): NULL where rows have neither. */
static GtkWidget *
make_button (TcTable *self)
{
  g_autoptr(GSimpleActionGroup) group = NULL;
  g_autoptr(GSimpleAction) action = NULL;
  GtkWidget *button;

  if (self->menu == NULL && self->kind->button == NULL)
    return NULL;
  if (self->menu == NULL)
    {
      button = gtk_button_new_with_label (_(self->kind->button));
      g_signal_connect (button, "clicked", G_CALLBACK (on_button_clicked), NULL);
    }
  else
    {
      button = gtk_menu_button_new ();
      gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
      gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), self->menu);
      group = g_simple_action_group_new ();
      action = g_simple_action_new ("do", G_VARIANT_TYPE_STRING);
      g_signal_connect (action, "activate", G_CALLBACK (on_row_action), button);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
      gtk_widget_insert_action_group (button, "row", G_ACTION_GROUP (group));
      gtk_widget_add_css_class (button, "flat");
    }
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

static void
bind_button (TcTable *self, GtkWidget *button, TcKeyedItem *item)
{
  g_autofree char *name = NULL;

  g_object_set_data_full (G_OBJECT (button), "item", item == NULL ? NULL : g_object_ref (item), g_object_unref);
  if (item == NULL)
    return;
  name = self->kind->button_name (tc_keyed_item_get (item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_button_setup (TcTable *self, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, make_button (self));
}

static void
on_button_bind (TcTable *self, GtkListItem *list_item)
{
  bind_button (self, gtk_list_item_get_child (list_item), gtk_list_item_get_item (list_item));
}

static void
on_button_unbind (TcTable *self, GtkListItem *list_item)
{
  bind_button (self, gtk_list_item_get_child (list_item), NULL);
}

static void
add_button_column (TcTable *self)
{
  GtkListItemFactory *factory;
  g_autoptr(GtkColumnViewColumn) column = NULL;

  if (self->menu == NULL && self->kind->button == NULL)
    return;
  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (on_button_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_button_bind), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (on_button_unbind), self);
  column = gtk_column_view_column_new (NULL, factory);
  gtk_column_view_append_column (self->columns, column);
}

/* --- Rows of the list --- */

typedef struct
{
  const TcTableKind *kind;
  GtkLabel  *headline, *details;
  GtkWidget *button;  /* (nullable) */
} ListRow;

static GtkLabel *
add_line (GtkWidget *box, const char *name)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, name);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
on_row_setup (TcTable *self, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  ListRow *row = g_new0 (ListRow, 1);

  row->kind = self->kind;
  row->headline = add_line (words, "numeric");
  row->details = add_line (words, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->details), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (row->details), "numeric");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  row->button = make_button (self);
  if (row->button != NULL)
    gtk_box_append (GTK_BOX (box), row->button);
  gtk_widget_add_css_class (box, "fact");
  g_object_set_data_full (G_OBJECT (box), "row", row, g_free);
  gtk_list_item_set_child (list_item, box);
}

static void
show_row (TcKeyedItem *item, GtkListItem *list_item)
{
  const ListRow *row = g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), "row");
  g_autofree char *headline = row->kind->headline (tc_keyed_item_get (item)), *details = row->kind->details (tc_keyed_item_get (item));

  gtk_label_set_text (row->headline, headline);
  gtk_label_set_text (row->details, details);
}

static void
on_row_bind (TcTable *self, GtkListItem *list_item)
{
  TcKeyedItem *item = gtk_list_item_get_item (list_item);
  const ListRow *row = g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), "row");

  g_signal_connect (item, "changed", G_CALLBACK (show_row), list_item);
  show_row (item, list_item);
  if (row->button != NULL)
    bind_button (self, row->button, item);
}

static void
on_row_unbind (TcTable *self, GtkListItem *list_item)
{
  const ListRow *row = g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), "row");

  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_row, list_item);
  if (row->button != NULL)
    bind_button (self, row->button, NULL);
}

/* --- Columns or list, by the room there is --- */

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static int
wide_width (TcTable *self)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (GTK_WIDGET (self)), NULL, NULL);
  const int digit = pango_font_metrics_get_approximate_digit_width (metrics);

  pango_font_metrics_unref (metrics);
  return (int) self->kind->wide_chars * digit / PANGO_SCALE;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (TC_TABLE (widget)->narrow, orientation, -1, minimum, natural, NULL, NULL);
}

/* Only what is seen has rows to keep up. */
static gboolean
on_attach (gpointer user_data)
{
  TcTable *self = user_data;

  self->attach = 0;
  gtk_column_view_set_model (self->columns, self->is_wide ? self->selection : NULL);
  gtk_list_view_set_model (self->list, self->is_wide ? NULL : self->selection);
  return G_SOURCE_REMOVE;
}

static void
show_child (GtkWidget *child, gboolean shown)
{
  gtk_widget_set_child_visible (child, shown);
  gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, !shown, -1);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TcTable *self = TC_TABLE (widget);
  const gboolean wide = width >= wide_width (self);
  GtkWidget *child = wide ? self->wide : self->narrow;
  int minimum;

  show_child (self->wide, wide);
  show_child (self->narrow, !wide);
  /* Not while room is given out. */
  if (self->is_wide != wide || gtk_column_view_get_model (self->columns) == gtk_list_view_get_model (self->list))
    self->attach = self->attach != 0 ? self->attach : g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_attach, self, NULL);
  self->is_wide = wide;
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  gtk_widget_size_allocate (child, &(GtkAllocation){ 0, 0, MAX (width, minimum), height }, -1);
}

/* --- Life --- */

static void
tc_table_dispose (GObject *object)
{
  TcTable *self = TC_TABLE (object);

  g_clear_handle_id (&self->attach, g_source_remove);
  g_clear_pointer (&self->wide, gtk_widget_unparent);
  g_clear_pointer (&self->narrow, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->model);
  g_clear_object (&self->menu);
  G_OBJECT_CLASS (tc_table_parent_class)->dispose (object);
}

static void
tc_table_class_init (TcTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_table_dispose;
  widget_class->get_request_mode = get_request_mode;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  gtk_widget_class_set_css_name (widget_class, "table");
  signals[ROW_ACTION] = g_signal_new ("row-action", TC_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, TC_TYPE_KEYED_ITEM, G_TYPE_STRING);
}

static void
tc_table_init (TcTable *self)
{
}

/* Right to left, the first column is at the far end of the adjustment: what is kept when widths change is the distance from there. */
static void
on_scrolled (GtkAdjustment *adjustment, gpointer unused)
{
  const double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  g_object_set_data (G_OBJECT (adjustment), "from-end", GINT_TO_POINTER ((int) (end - gtk_adjustment_get_value (adjustment))));
}

static void
on_width_changed (GtkAdjustment *adjustment, gpointer unused)
{
  const int from_end = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (adjustment), "from-end"));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - from_end);
}

static GtkWidget *
scroll (GtkWidget *child, GtkPolicyType horizontal)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), horizontal, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  if (gtk_widget_get_direction (scrolled) == GTK_TEXT_DIR_RTL)
    {
      GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scrolled));

      g_signal_connect (across, "changed", G_CALLBACK (on_width_changed), NULL);
      g_signal_connect (across, "value-changed", G_CALLBACK (on_scrolled), NULL);
    }
  return scrolled;
}

static void
make_columns (TcTable *self, const char *name)
{
  GtkSingleSelection *selection;

  self->columns = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  self->sorted = tc_sorted_model_new (G_LIST_MODEL (self->model), gtk_column_view_get_sorter (self->columns));
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->sorted)));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  self->selection = GTK_SELECTION_MODEL (selection);
  for (gsize i = 0; i < self->kind->n_columns; i++)
    add_column (self, &self->kind->columns[i]);
  add_button_column (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->columns), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->columns), "data-table");
  self->wide = scroll (GTK_WIDGET (self->columns), GTK_POLICY_AUTOMATIC);
}

static void
make_list (TcTable *self, const char *name)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_swapped (factory, "setup", G_CALLBACK (on_row_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (on_row_bind), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (on_row_unbind), self);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_list_view_set_show_separators (self->list, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "live-list");
  self->narrow = scroll (GTK_WIDGET (self->list), GTK_POLICY_NEVER);
}

GtkWidget *
tc_table_new (const TcTableKind *kind, const char *name, GMenuModel *menu)
{
  TcTable *self = g_object_new (TC_TYPE_TABLE, NULL);

  self->kind = kind;
  self->menu = menu == NULL ? NULL : g_object_ref (menu);
  self->model = tc_keyed_model_new (kind->rows);
  make_columns (self, name);
  make_list (self, name);
  gtk_widget_set_parent (self->wide, GTK_WIDGET (self));
  gtk_widget_set_parent (self->narrow, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
tc_table_update (TcTable *self, GPtrArray *rows)
{
  g_return_if_fail (TC_IS_TABLE (self));

  tc_keyed_model_update (self->model, rows);
  tc_sorted_model_resort (self->sorted);
}

guint
tc_table_get_n (TcTable *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->model));
}
