#define G_LOG_DOMAIN "tc-ui"
#include "history-columns.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "history-model.h"
#include "text.h"

typedef struct
{
  const char *title;
  gboolean    expand, end;
  GtkWidget *(*make) (void);
  /* Only what differs is set: a label that keeps its text is not laid out anew. */
  void      (*show) (GtkWidget *cell, const TcWalletTx *tx, gboolean hidden);
} Column;

static GtkWidget *
make_label (const char *first_class, const char *second_class, gboolean end)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), end ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (first_class != NULL)
    gtk_widget_add_css_class (label, first_class);
  if (second_class != NULL)
    gtk_widget_add_css_class (label, second_class);
  return label;
}

static void
set_icon (GtkWidget *image, const char *name)
{
  if (g_strcmp0 (gtk_image_get_icon_name (GTK_IMAGE (image)), name) != 0)
    gtk_image_set_from_icon_name (GTK_IMAGE (image), name);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* --- When --- */

static GtkWidget *
make_when (void)
{
  GtkWidget *label = make_label ("numeric", "dim-label", FALSE);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_width_chars (GTK_LABEL (label), 15);
  return label;
}

static void
show_when (GtkWidget *cell, const TcWalletTx *tx, gboolean hidden)
{
  g_autofree char *when = tc_text_when (tc_tx_time_ms (tx), g_get_real_time () / 1000);

  gtk_label_set_text (GTK_LABEL (cell), when);
}

/* --- What: an icon, the kind of payment, and with whom --- */

static GtkWidget *
make_what (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *icon = gtk_image_new (), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  gtk_widget_add_css_class (icon, "tx-icon");
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), make_label (NULL, NULL, FALSE));
  gtk_box_append (GTK_BOX (words), make_label ("caption", "dim-label", FALSE));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), words);
  return box;
}

static void
show_what (GtkWidget *cell, const TcWalletTx *tx, gboolean hidden)
{
  GtkWidget *icon = gtk_widget_get_first_child (cell), *title = gtk_widget_get_first_child (gtk_widget_get_next_sibling (icon));
  g_autofree char *detail = tc_tx_detail_text (tx);

  set_icon (icon, tc_tx_icon (tx));
  set_class (icon, "in", tc_tx_is_incoming (tx));
  gtk_label_set_text (GTK_LABEL (title), tc_tx_title (tx));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (title)), detail);
}

/* --- State --- */

static GtkWidget *
make_state (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4), *icon = gtk_image_new ();

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 12);
  gtk_widget_add_css_class (box, "state");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), gtk_label_new (NULL));
  return box;
}

static void
show_state (GtkWidget *cell, const TcWalletTx *tx, gboolean hidden)
{
  static const char *const classes[] = { "pending", "final", "confirmed", "failed", "void" };
  GtkWidget *icon = gtk_widget_get_first_child (cell);

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    set_class (cell, classes[i], g_str_equal (tc_tx_state_class (tx), classes[i]));
  set_icon (icon, tc_tx_state_icon (tx));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (icon)), tc_tx_state_text (tx));
}

/* --- Amount --- */

static GtkWidget *
make_amount (void)
{
  GtkWidget *label = make_label ("amount", NULL, TRUE);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_width_chars (GTK_LABEL (label), 16);
  return label;
}

static void
show_amount (GtkWidget *cell, const TcWalletTx *tx, gboolean hidden)
{
  g_autofree char *amount = tc_tx_amount_text (tx, hidden);

  gtk_label_set_text (GTK_LABEL (cell), amount);
  set_class (cell, "amount-in", tc_tx_is_incoming (tx));
}

static const Column columns[] = {
  { N_("Date"), FALSE, FALSE, make_when, show_when },
  { N_("Payment"), TRUE, FALSE, make_what, show_what },
  { N_("State"), FALSE, FALSE, make_state, show_state },
  { N_("Amount"), FALSE, TRUE, make_amount, show_amount },
};

/* --- Binding --- */

static void
show_item (TcHistoryItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  const Column *column = g_object_get_data (G_OBJECT (cell), "column");
  GtkWidget *view = g_object_get_data (G_OBJECT (cell), "view");
  const TcWalletTx *tx = tc_history_item_get_tx (item);

  gtk_widget_set_opacity (cell, tx == NULL ? 0 : 1);
  if (tx != NULL)
    column->show (cell, tx, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (view), "hidden")));
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  const Column *column = user_data;
  GtkWidget *cell = column->make ();

  g_object_set_data (G_OBJECT (cell), "column", user_data);
  g_object_set_data (G_OBJECT (cell), "view", g_object_get_data (G_OBJECT (factory), "view"));
  gtk_list_item_set_child (list_item, cell);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  TcHistoryItem *item = gtk_list_item_get_item (list_item);

  g_signal_connect (item, "notify::tx", G_CALLBACK (show_item), list_item);
  show_item (item, NULL, list_item);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), show_item, list_item);
}

void
tc_history_columns_add (GtkColumnView *view)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      GtkColumnViewColumn *column = NULL;

      g_object_set_data (G_OBJECT (factory), "view", view);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), (gpointer) &columns[i]);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
      column = gtk_column_view_column_new (_(columns[i].title), factory);
      gtk_column_view_column_set_expand (column, columns[i].expand);
      gtk_column_view_append_column (view, column);
      g_object_unref (column);
    }
}

void
tc_history_columns_set_hidden (GtkColumnView *view, gboolean hidden)
{
  g_object_set_data (G_OBJECT (view), "hidden", GINT_TO_POINTER (hidden));
}
