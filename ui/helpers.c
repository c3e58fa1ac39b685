#define G_LOG_DOMAIN "tc-ui"
#include "helpers.h"

#include <glib/gi18n.h>

#include "text.h"

void
tc_toast (GtkWidget *widget, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast;

  if (overlay == NULL)
    return;
  toast = adw_toast_new (text);
  adw_toast_set_timeout (toast, 3);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

typedef struct
{
  void         (*undo) (gpointer user_data);
  gpointer       user_data;
  GDestroyNotify free_data;
} Undo;

static void
on_undo (AdwToast *toast, Undo *undo)
{
  undo->undo (undo->user_data);
}

static void
free_undo (gpointer data, GClosure *closure)
{
  Undo *undo = data;

  if (undo->free_data != NULL)
    undo->free_data (undo->user_data);
  g_free (undo);
}

void
tc_toast_undo (GtkWidget *widget, const char *text, void (*undo) (gpointer user_data), gpointer user_data, GDestroyNotify free_data)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast *toast;
  Undo *data;

  if (overlay == NULL)
    {
      if (free_data != NULL)
        free_data (user_data);
      return;
    }
  data = g_new0 (Undo, 1);
  *data = (Undo) { undo, user_data, free_data };
  toast = adw_toast_new (text);
  adw_toast_set_timeout (toast, 8);
  adw_toast_set_button_label (toast, _("Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), data, free_undo, 0);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

void
tc_copy_text (GtkWidget *widget, const char *text, const char *toast)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  tc_toast (widget, toast);
}

static void
on_clipboard_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autoptr(TcSecretString) secret = tc_secret_string_new (text);
  g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (secret, NULL, NULL);

  if (entropy != NULL)
    gdk_clipboard_set_text (GDK_CLIPBOARD (source), "");
  tc_secret_free_text (text);
}

void
tc_clear_secret_clipboard (GtkWidget *widget)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);

  if (gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), G_TYPE_STRING))
    gdk_clipboard_read_text_async (clipboard, NULL, on_clipboard_text, NULL);
}

void
tc_label_keep_exact (GtkLabel *label)
{
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
}

static void
update_hidden (GtkStack *stack)
{
  g_autoptr(GtkSelectionModel) pages = gtk_stack_get_pages (stack);
  GtkWidget *shown = gtk_stack_get_visible_child (stack);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr(GObject) page = g_list_model_get_item (G_LIST_MODEL (pages), i);
      GtkWidget *child = gtk_stack_page_get_child (GTK_STACK_PAGE (page));

      gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, child != shown, -1);
    }
}

void
tc_stack_hide_others (GtkStack *stack)
{
  g_signal_connect (stack, "notify::visible-child", G_CALLBACK (update_hidden), NULL);
  update_hidden (stack);
}

gboolean
tc_tx_is_incoming (const TcWalletTx *tx)
{
  return tx->transfer == TC_TRANSFER_IN || tx->kind == TC_WALLET_TX_RECEIVED || tx->kind == TC_WALLET_TX_REWARD || tx->kind == TC_WALLET_TX_GENESIS;
}

const char *
tc_tx_title (const TcWalletTx *tx)
{
  switch (tx->kind)
    {
    case TC_WALLET_TX_RECEIVED:
      return _("Received");
    case TC_WALLET_TX_SENT:
      return _("Sent");
    case TC_WALLET_TX_SELF:
      return tx->transfer == TC_TRANSFER_OUT ? _("To another account")
             : tx->transfer == TC_TRANSFER_IN ? _("From another account")
             : tx->accounts->len > 1 ? _("Between accounts")
                                     : _("To yourself");
    case TC_WALLET_TX_REWARD:
      return _("Masternode reward");
    case TC_WALLET_TX_GENESIS:
      return _("First funds");
    case TC_WALLET_TX_REGISTER:
      return tx->is_void ? _("Masternode not registered") : _("Masternode registered");
    case TC_WALLET_TX_UPDATE:
      return _("Masternode changed");
    case TC_WALLET_TX_RETIRE:
      return _("Masternode retired");
    default:
      return "";
    }
}

const char *
tc_tx_icon (const TcWalletTx *tx)
{
  switch (tx->kind)
    {
    case TC_WALLET_TX_SENT:
      return "org.timecoin.TimeCoin.send-symbolic";
    case TC_WALLET_TX_SELF:
      return "view-refresh-symbolic";
    case TC_WALLET_TX_REGISTER:
    case TC_WALLET_TX_UPDATE:
    case TC_WALLET_TX_RETIRE:
      return "network-server-symbolic";
    case TC_WALLET_TX_REWARD:
      return "starred-symbolic";
    case TC_WALLET_TX_GENESIS:
      return "go-home-symbolic";
    case TC_WALLET_TX_RECEIVED:
    default:
      return "org.timecoin.TimeCoin.receive-symbolic";
    }
}

const char *
tc_tx_state_text (const TcWalletTx *tx)
{
  if (tx->is_void)
    return _("Void");
  switch (tx->state)
    {
    case TC_WALLET_TX_PENDING:
    case TC_WALLET_TX_CERTIFIED:
      return tc_tx_is_incoming (tx) ? _("Arriving") : _("Sent");
    case TC_WALLET_TX_FINAL:
      return _("Final");
    case TC_WALLET_TX_CONFIRMED:
      return _("Confirmed");
    case TC_WALLET_TX_DROPPED:
      return _("Not accepted");
    case TC_WALLET_TX_CONFLICTED:
      return _("Coin spent elsewhere");
    default:
      return "";
    }
}

const char *
tc_tx_state_icon (const TcWalletTx *tx)
{
  if (tx->is_void)
    return "dialog-warning-symbolic";
  switch (tx->state)
    {
    case TC_WALLET_TX_FINAL:
      return "object-select-symbolic";
    case TC_WALLET_TX_CONFIRMED:
      return "emblem-ok-symbolic";
    case TC_WALLET_TX_DROPPED:
    case TC_WALLET_TX_CONFLICTED:
      return "dialog-error-symbolic";
    case TC_WALLET_TX_PENDING:
    case TC_WALLET_TX_CERTIFIED:
    default:
      return "content-loading-symbolic";
    }
}

const char *
tc_tx_state_class (const TcWalletTx *tx)
{
  if (tx->is_void)
    return "void";
  switch (tx->state)
    {
    case TC_WALLET_TX_FINAL:
      return "final";
    case TC_WALLET_TX_CONFIRMED:
      return "confirmed";
    case TC_WALLET_TX_DROPPED:
    case TC_WALLET_TX_CONFLICTED:
      return "failed";
    case TC_WALLET_TX_PENDING:
    case TC_WALLET_TX_CERTIFIED:
    default:
      return "pending";
    }
}

char *
tc_tx_amount_text (const TcWalletTx *tx, gboolean hidden)
{
  /* A masternode's collateral stays one's own; where there is none, the fee is what it cost. */
  const gboolean is_masternode = tx->kind >= TC_WALLET_TX_REGISTER, is_fee = is_masternode && tx->amount.units == 0;
  g_autofree char *amount = tc_text_amount_unit (is_fee ? tx->fee : tx->amount);
  const char *sign = (tx->kind == TC_WALLET_TX_SELF && tx->transfer == TC_TRANSFER_NONE) || (is_masternode && !is_fee) ? "" : tc_tx_is_incoming (tx) ? "+" : "−";

  g_autofree char *signed_amount = g_strconcat (sign, amount, NULL);

  return hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_isolate (signed_amount);
}

gint64
tc_tx_time_ms (const TcWalletTx *tx)
{
  return tx->kind == TC_WALLET_TX_GENESIS || tx->seen_ms == 0 ? tx->block_time_ms : tx->seen_ms;
}

/* A name, then what is written; an address only where there is neither. */
char *
tc_tx_detail_text (const TcWalletTx *tx)
{
  const char *words = tx->note != NULL && tx->note[0] != '\0' ? tx->note : tx->memo != NULL && tx->memo[0] != '\0' ? tx->memo : NULL;
  g_autofree char *line = words == NULL ? NULL : g_strdelimit (g_strdup (words), "\n", ' ');

  if (tx->name == NULL && line == NULL)
    return tx->address == NULL ? g_strdup ("") : tc_text_address_short (tx->address);
  if (tx->name != NULL && line != NULL)
    return g_strdup_printf ("%s · %s", tx->name, line);
  return g_strdup (tx->name != NULL ? tx->name : line);
}

TcSecretString *
tc_take_secret (GtkEditable *entry)
{
  TcSecretString *secret = tc_secret_string_new (gtk_editable_get_text (entry));

  gtk_editable_set_text (entry, "");
  return secret;
}

char *
tc_txid_text (const TcHash *txid)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < sizeof txid->bytes; i++)
    g_string_append_printf (text, "%02x", txid->bytes[i]);
  return g_string_free (text, FALSE);
}

static void
on_tick_toggled (GtkToggleButton *tick, GtkImage *image)
{
  const gboolean radio = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (tick), "radio")), active = gtk_toggle_button_get_active (tick);

  if (radio)
    gtk_image_set_from_icon_name (image, active ? "radio-checked-symbolic" : "radio-symbolic");
  else
    gtk_image_set_from_icon_name (image, active ? "checkbox-checked-symbolic" : "checkbox-symbolic");
}

GtkWidget *
tc_tick_new (gboolean radio, const char *label)
{
  GtkWidget *tick = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9), *image = gtk_image_new ();

  g_object_set_data (G_OBJECT (tick), "radio", GINT_TO_POINTER (radio));
  gtk_box_append (GTK_BOX (box), image);
  if (label != NULL)
    {
      GtkWidget *text = gtk_label_new (label);

      gtk_label_set_wrap (GTK_LABEL (text), TRUE);
      gtk_label_set_xalign (GTK_LABEL (text), 0);
      gtk_box_append (GTK_BOX (box), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (tick), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }
  gtk_button_set_child (GTK_BUTTON (tick), box);
  gtk_widget_set_valign (tick, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (tick, "flat");
  gtk_widget_add_css_class (tick, "tick");
  g_signal_connect (tick, "toggled", G_CALLBACK (on_tick_toggled), image);
  on_tick_toggled (GTK_TOGGLE_BUTTON (tick), GTK_IMAGE (image));
  return tick;
}
