#define G_LOG_DOMAIN "tc-ui"
#include "request-row.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "text.h"

const char *
tc_request_state_text (const TcWalletRequest *request)
{
  switch (request->state)
    {
    case TC_REQUEST_PAID:
      return _("On its way");
    case TC_REQUEST_FINAL:
      return _("Paid");
    case TC_REQUEST_PART:
      return _("Paid in part");
    case TC_REQUEST_OVER:
      return _("Overpaid");
    case TC_REQUEST_EXPIRED:
      return _("Expired");
    case TC_REQUEST_WAITING:
    default:
      return _("Waiting");
    }
}

const char *
tc_request_state_icon (const TcWalletRequest *request)
{
  static const char *const icons[] = { "alarm-symbolic", "content-loading-symbolic", "object-select-symbolic", "dialog-warning-symbolic", "list-add-symbolic",
                                       "appointment-missed-symbolic" };

  return (guint) request->state < G_N_ELEMENTS (icons) ? icons[request->state] : icons[0];
}

const char *
tc_request_state_class (const TcWalletRequest *request)
{
  static const char *const classes[] = { "waiting", "pending", "final", "void", "final", "waiting" };

  return (guint) request->state < G_N_ELEMENTS (classes) ? classes[request->state] : classes[0];
}

char *
tc_request_amount_text (const TcWalletRequest *request, gboolean hidden)
{
  g_autofree char *paid = tc_text_amount (request->paid), *paid_unit = tc_text_amount_unit (request->paid), *asked = tc_text_amount_unit (request->amount);

  if (hidden)
    return g_strdup (TC_HIDDEN_AMOUNT);
  if (request->amount.units == 0)
    return request->paid.units > 0 ? g_steal_pointer (&paid_unit) : g_strdup (_("Any amount"));
  if (request->state == TC_REQUEST_PART || request->state == TC_REQUEST_OVER)
    /* Translators: what was paid, of what was asked for: “3.00 of 5.00 TIME”. */
    return g_strdup_printf (_("%s of %s"), paid, asked);
  return g_steal_pointer (&asked);
}

char *
tc_request_title (const TcWalletRequest *request)
{
  const char *words = request->label != NULL ? request->label : request->message;

  return words == NULL ? tc_text_address_short (request->address) : g_strdelimit (g_strdup (words), "\n", ' ');
}

/* --- The row --- */

typedef struct
{
  TcWalletRequest *request;
  TcRequestRowFunc callback;
  gpointer         user_data;
} Press;

static void
on_pressed (GtkButton *button, Press *press)
{
  press->callback (press->request, press->user_data);
}

static void
free_press (gpointer data, GClosure *closure)
{
  Press *press = data;

  tc_wallet_request_unref (press->request);
  g_free (press);
}

static void
connect_press (GtkWidget *button, TcWalletRequest *request, TcRequestRowFunc callback, gpointer user_data)
{
  Press *press = g_new0 (Press, 1);

  *press = (Press) { tc_wallet_request_ref (request), callback, user_data };
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_pressed), press, free_press, 0);
}

static GtkWidget *
make_line (GtkWidget *start, GtkWidget *end)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_label_set_xalign (GTK_LABEL (start), 0);
  gtk_label_set_ellipsize (GTK_LABEL (start), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (start, TRUE);
  gtk_box_append (GTK_BOX (line), start);
  gtk_box_append (GTK_BOX (line), end);
  return line;
}

static GtkWidget *
make_state (const TcWalletRequest *request)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4), *icon = gtk_image_new_from_icon_name (tc_request_state_icon (request));

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 12);
  gtk_widget_add_css_class (box, "state");
  gtk_widget_add_css_class (box, tc_request_state_class (request));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), gtk_label_new (tc_request_state_text (request)));
  return box;
}

static GtkWidget *
make_open_button (TcWalletRequest *request, gboolean hidden)
{
  GtkWidget *button = gtk_button_new (), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *amount_label, *when_label;
  g_autofree char *title = tc_request_title (request), *amount = tc_request_amount_text (request, hidden);
  g_autofree char *when = tc_text_when (request->created_ms, g_get_real_time () / 1000);
  g_autofree char *name = g_strdup_printf ("%s, %s, %s, %s", title, amount, tc_request_state_text (request), when);

  amount_label = gtk_label_new (amount);
  when_label = gtk_label_new (when);
  gtk_widget_add_css_class (amount_label, "amount");
  gtk_widget_add_css_class (when_label, "caption");
  gtk_widget_add_css_class (when_label, "dim-label");
  gtk_box_append (GTK_BOX (words), make_line (gtk_label_new (title), amount_label));
  gtk_box_append (GTK_BOX (words), make_line (when_label, make_state (request)));
  gtk_button_set_child (GTK_BUTTON (button), words);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "request-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

GtkWidget *
tc_request_row_new (TcWalletRequest *request, gboolean hidden, TcRequestRowFunc open, TcRequestRowFunc remove, gpointer user_data)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *open_button = make_open_button (request, hidden);
  GtkWidget *remove_button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *title = tc_request_title (request);
  /* Translators: %s is what the request is called. */
  g_autofree char *name = g_strdup_printf (_("Delete the request: %s"), title);

  connect_press (open_button, request, open, user_data);
  connect_press (remove_button, request, remove, user_data);
  gtk_widget_set_tooltip_text (remove_button, _("Delete"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_valign (remove_button, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_end (remove_button, 6);
  gtk_widget_add_css_class (remove_button, "flat");
  gtk_box_append (GTK_BOX (box), open_button);
  gtk_box_append (GTK_BOX (box), remove_button);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  return row;
}
