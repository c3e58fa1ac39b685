#define G_LOG_DOMAIN "tc-ui"
#include "save-proof-window.h"

#include <glib/gi18n.h>

#include <string.h>

#include "file-row.h"
#include "helpers.h"
#include "wallet/vault.h"

struct _TcSaveProofWindow
{
  AdwWindow    parent_instance;
  TcFileRow   *file;
  GtkSwitch   *signed_switch;
  GtkEditable *words;
  GtkWidget   *save, *spinner;
  GtkLabel    *message;
  TcWallet    *wallet;
  TcHash       txid;
  gboolean     busy;
};

G_DEFINE_FINAL_TYPE (TcSaveProofWindow, tc_save_proof_window, ADW_TYPE_WINDOW)

static void
update (TcSaveProofWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);
  const gboolean fits = strlen (gtk_editable_get_text (self->words)) <= TC_PAYMENT_PROOF_MESSAGE_MAX;

  gtk_widget_set_sensitive (GTK_WIDGET (self->words), gtk_switch_get_active (self->signed_switch));
  if (!fits)
    gtk_label_set_text (self->message, _("These words are too long for a proof. Write less."));
  gtk_widget_set_sensitive (self->save, path != NULL && fits && !self->busy);
  gtk_widget_set_visible (self->spinner, self->busy);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSaveProofWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = tc_wallet_prove_payment_finish (TC_WALLET (source), result, &error);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (self->wallet == NULL)  /* closed meanwhile */
    return;
  self->busy = FALSE;
  update (self);
  if (bytes == NULL)
    {
      gtk_label_set_text (self->message, error->message);
      return;
    }
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", _("Proof saved"));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_save (TcSaveProofWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  if (!gtk_widget_get_sensitive (self->save))
    return;
  gtk_label_set_text (self->message, "");
  self->busy = TRUE;
  update (self);
  tc_wallet_prove_payment (self->wallet, &self->txid, gtk_switch_get_active (self->signed_switch), gtk_editable_get_text (self->words), path,
                           tc_file_row_may_replace (self->file), NULL, on_saved, g_object_ref (self));
}

static void
tc_save_proof_window_dispose (GObject *object)
{
  TcSaveProofWindow *self = TC_SAVE_PROOF_WINDOW (object);

  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_save_proof_window_parent_class)->dispose (object);
}

static void
tc_save_proof_window_class_init (TcSaveProofWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FILE_ROW);
  G_OBJECT_CLASS (klass)->dispose = tc_save_proof_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/save-proof-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSaveProofWindow, file);
  gtk_widget_class_bind_template_child (widget_class, TcSaveProofWindow, signed_switch);
  gtk_widget_class_bind_template_child (widget_class, TcSaveProofWindow, words);
  gtk_widget_class_bind_template_child (widget_class, TcSaveProofWindow, save);
  gtk_widget_class_bind_template_child (widget_class, TcSaveProofWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcSaveProofWindow, message);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
tc_save_proof_window_init (TcSaveProofWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tc_save_proof_window_new (GtkWindow *parent, TcWallet *wallet, const TcHash *txid)
{
  TcSaveProofWindow *self = g_object_new (TC_TYPE_SAVE_PROOF_WINDOW, "transient-for", parent, "modal", TRUE, NULL);
  g_autofree char *hex = tc_txid_text (txid);
  g_autofree char *name = g_strdup_printf ("payment-%.8s.tcproof", hex);

  self->wallet = g_object_ref (wallet);
  self->txid = *txid;
  tc_file_row_save_as (self->file, name);
  update (self);
  return GTK_WINDOW (self);
}
