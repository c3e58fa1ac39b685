#define G_LOG_DOMAIN "tc-ui"
#include "live-table.h"

#include <glib/gi18n.h>

#include "helpers.h"

struct _TcLiveTable
{
  AdwBin         parent_instance;
  GtkWidget     *head, *beside;
  GtkLabel      *summary;
  GtkStack      *stack;
  AdwStatusPage *message;
  TcTable       *table;
};

G_DEFINE_FINAL_TYPE (TcLiveTable, tc_live_table, ADW_TYPE_BIN)

static void
tc_live_table_class_init (TcLiveTableClass *klass)
{
}

static GtkWidget *
make_spinner (void)
{
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  return spinner;
}

static GtkWidget *
make_head (TcLiveTable *self)
{
  GtkWidget *summary = gtk_label_new (NULL);

  self->summary = GTK_LABEL (summary);
  gtk_label_set_xalign (self->summary, 0);
  gtk_label_set_wrap (self->summary, TRUE);
  gtk_widget_set_hexpand (summary, TRUE);
  self->beside = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_append (GTK_BOX (self->beside), summary);
  self->head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_box_append (GTK_BOX (self->head), self->beside);
  gtk_widget_add_css_class (self->head, "live-head");
  return self->head;
}

static void
tc_live_table_init (TcLiveTable *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  self->message = ADW_STATUS_PAGE (adw_status_page_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->message), "compact");
  gtk_stack_add_named (self->stack, make_spinner (), "busy");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->message), "message");
  tc_stack_hide_others (self->stack);
  gtk_box_append (GTK_BOX (box), make_head (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_bin_set_child (ADW_BIN (self), box);
}

GtkWidget *
tc_live_table_new (const TcTableKind *kind, const char *name, GMenuModel *menu)
{
  TcLiveTable *self = g_object_new (TC_TYPE_LIVE_TABLE, NULL);

  self->table = TC_TABLE (tc_table_new (kind, name, menu));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->table), "table");
  return GTK_WIDGET (self);
}

TcTable *
tc_live_table_get_table (TcLiveTable *self)
{
  return self->table;
}

void
tc_live_table_add_beside (TcLiveTable *self, GtkWidget *widget)
{
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->beside), widget);
}

void
tc_live_table_add_below (TcLiveTable *self, GtkWidget *widget)
{
  gtk_box_append (GTK_BOX (self->head), widget);
}

static void
set_summary (TcLiveTable *self, const char *summary)
{
  if (g_strcmp0 (gtk_label_get_text (self->summary), summary) != 0)
    gtk_label_set_text (self->summary, summary);
}

void
tc_live_table_show_rows (TcLiveTable *self, GPtrArray *rows, const char *summary)
{
  g_return_if_fail (TC_IS_LIVE_TABLE (self));

  tc_table_update (self->table, rows);
  set_summary (self, summary);
  gtk_stack_set_visible_child_name (self->stack, "table");
}

void
tc_live_table_show_message (TcLiveTable *self, const char *icon, const char *title, const char *description)
{
  g_return_if_fail (TC_IS_LIVE_TABLE (self));

  tc_table_update (self->table, g_ptr_array_new ());
  set_summary (self, "");
  adw_status_page_set_icon_name (self->message, icon);
  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, description);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

void
tc_live_table_show_no_node (TcLiveTable *self)
{
  tc_live_table_show_message (self, "network-offline-symbolic", _("The Network Does Not Run"),
                              _("It is starting or closing, or it could not start. What there is to see comes here once it runs."));
}
