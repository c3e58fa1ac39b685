#define G_LOG_DOMAIN "tc-ui"
#include "message-window.h"

#include <glib/gi18n.h>

#include "field.h"
#include "helpers.h"
#include "notice.h"
#include "text.h"
#include "wallet/wallet-keys.h"

struct _TcMessageWindow
{
  AdwWindow    parent_instance;
  GtkStack    *stack;
  TcField     *sign_address, *verify_address;
  GtkTextView *sign_text, *verify_text, *verify_signature;
  GtkWidget   *sign, *spinner, *verify, *signature_box;
  GtkLabel    *signature;
  TcNotice    *sign_notice, *verify_notice;
  TcWallet    *wallet;
  char         address_digit;
  gboolean     busy;
};

G_DEFINE_FINAL_TYPE (TcMessageWindow, tc_message_window, ADW_TYPE_WINDOW)

static char *
text_of (GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static gboolean
has_text (GtkTextView *view)
{
  return gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (view)) > 0;
}

static void
update_buttons (TcMessageWindow *self)
{
  gtk_widget_set_sensitive (self->sign, !self->busy && tc_field_get_text (self->sign_address)[0] != '\0' && has_text (self->sign_text));
  gtk_widget_set_visible (self->spinner, self->busy);
  gtk_widget_set_sensitive (self->verify, has_text (self->verify_text) && has_text (self->verify_signature));
}

static void
show_notice (TcNotice *notice, TcNoticeKind kind, const char *title, const char *text)
{
  tc_notice_set (notice, kind, text, NULL);
  tc_notice_set_title (notice, title);
  gtk_widget_set_visible (GTK_WIDGET (notice), TRUE);
}

/* What is written is no longer what was signed. */
static void
on_sign_changed (TcMessageWindow *self)
{
  gtk_widget_set_visible (self->signature_box, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->sign_notice), FALSE);
  update_buttons (self);
}

static void
on_verify_changed (TcMessageWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->verify_notice), FALSE);
  update_buttons (self);
}

/* --- Signing --- */

static void
on_signed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMessageWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *signature = tc_wallet_sign_message_finish (TC_WALLET (source), result, &error);

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  self->busy = FALSE;
  update_buttons (self);
  if (signature == NULL)
    {
      show_notice (self->sign_notice, TC_NOTICE_ERROR, NULL, error->message);
      return;
    }
  gtk_label_set_text (self->signature, signature);
  gtk_widget_set_visible (self->signature_box, TRUE);
}

static void
on_sign (TcMessageWindow *self)
{
  g_autofree char *text = text_of (self->sign_text), *address = g_strstrip (g_strdup (tc_field_get_text (self->sign_address)));

  if (!gtk_widget_get_sensitive (self->sign))
    return;
  on_sign_changed (self);
  self->busy = TRUE;
  update_buttons (self);
  tc_wallet_sign_message (self->wallet, address, text, on_signed, g_object_ref (self));
}

static void
on_copy_signature (TcMessageWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  tc_copy_text (parent != NULL ? GTK_WIDGET (parent) : GTK_WIDGET (self), gtk_label_get_text (self->signature), _("Signature copied"));
}

/* --- Verifying --- */

static void
on_verify (TcMessageWindow *self)
{
  g_autofree char *text = text_of (self->verify_text), *signature = text_of (self->verify_signature), *signer = NULL;
  g_autofree char *address = g_strstrip (g_strdup (tc_field_get_text (self->verify_address)));
  g_autoptr(GError) error = NULL;

  if (!gtk_widget_get_sensitive (self->verify))
    return;
  if (tc_message_verify (text, address[0] != '\0' ? address : NULL, self->address_digit, signature, &signer, &error))
    {
      g_autofree char *groups = tc_text_address_groups (signer, 0);
      g_autofree char *words = address[0] != '\0' ? g_strdup_printf (_("The owner of this address signed this message:\n%s"), groups)
                                                  : g_strdup_printf (_("This message was signed by the owner of this address. Compare it with the one that you expect:\n%s"), groups);

      show_notice (self->verify_notice, TC_NOTICE_INFO, _("The Signature Is Good"), words);
    }
  else if (error->domain == TC_ADDRESS_ERROR)
    show_notice (self->verify_notice, TC_NOTICE_ERROR, _("The Address Is Not One"), error->message);
  else
    show_notice (self->verify_notice, TC_NOTICE_ERROR, _("The Signature Is Not Good"), error->message);
}

static void
tc_message_window_dispose (GObject *object)
{
  g_clear_object (&TC_MESSAGE_WINDOW (object)->wallet);
  G_OBJECT_CLASS (tc_message_window_parent_class)->dispose (object);
}

static void
tc_message_window_class_init (TcMessageWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_message_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/message-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, sign_address);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, verify_address);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, sign_text);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, verify_text);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, verify_signature);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, sign);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, verify);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, signature_box);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, signature);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, sign_notice);
  gtk_widget_class_bind_template_child (widget_class, TcMessageWindow, verify_notice);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_verify_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_sign);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_signature);
  gtk_widget_class_bind_template_callback (widget_class, on_verify);
}

static void
tc_message_window_init (TcMessageWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  tc_label_keep_exact (self->signature);
}

GtkWindow *
tc_message_window_new (GtkWindow *parent, TcWallet *wallet)
{
  TcMessageWindow *self = g_object_new (TC_TYPE_MESSAGE_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->wallet = g_object_ref (wallet);
  self->address_digit = snapshot->address_digit;
  tc_field_set_text (self->sign_address, snapshot->receive_address);
  update_buttons (self);
  return GTK_WINDOW (self);
}
