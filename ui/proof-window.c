#define G_LOG_DOMAIN "tc-ui"
#include "proof-window.h"

#include <glib/gi18n.h>

#include "file-row.h"
#include "helpers.h"
#include "text.h"
#include "wallet/vault.h"

struct _TcProofWindow
{
  AdwWindow   parent_instance;
  GtkStack   *stack;
  TcFileRow  *file;
  GtkWidget  *verify, *spinner;
  GtkListBox *facts;
  GtkLabel   *message, *reason, *payer_note;
  TcNode     *node;  /* NULL once closed */
  gboolean    busy;
};

G_DEFINE_FINAL_TYPE (TcProofWindow, tc_proof_window, ADW_TYPE_WINDOW)

static void
update (TcProofWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  gtk_widget_set_sensitive (self->verify, path != NULL && !self->busy);
  gtk_widget_set_visible (self->spinner, self->busy);
}

/* Takes @value. @exact: of digits and letters that nothing may be added to. */
static void
add_fact (TcProofWindow *self, const char *title, char *value, gboolean exact)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *heading = gtk_label_new (title), *label = gtk_label_new (value);

  gtk_widget_add_css_class (box, "fact");
  gtk_widget_add_css_class (heading, "caption");
  gtk_widget_add_css_class (heading, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  if (exact)
    {
      gtk_widget_add_css_class (label, "address-small");
      tc_label_keep_exact (GTK_LABEL (label));
    }
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_append (self->facts, box);
  gtk_widget_set_focusable (gtk_widget_get_parent (box), FALSE);
  g_free (value);
}

static char *
address_groups (const TcKeyHash *key_hash, char address_digit)
{
  g_autofree char *address = tc_address_format (key_hash, address_digit);

  return tc_text_address_groups (address, 0);
}

static void
add_paid (TcProofWindow *self, const TcPaymentProof *proof, char digit)
{
  const gsize n_shown = MIN (proof->n_outputs, TC_WALLET_RECIPIENTS_MAX);

  for (gsize i = 0; i < n_shown; i++)
    {
      const TcOutput *output = &proof->proof->tx->outputs[proof->outputs[i]];

      add_fact (self, _("Amount"), tc_text_amount_unit (output->amount), FALSE);
      add_fact (self, _("Paid to"), address_groups (&output->key_hash, digit), TRUE);
    }
  if (proof->n_outputs > n_shown)
    add_fact (self, _("More recipients"), tc_text_number (proof->n_outputs - n_shown), FALSE);
}

static void
add_payer (TcProofWindow *self, const TcPaymentProof *proof, char digit)
{
  const TcKeyHash key_hash = tc_key_hash (&proof->key);

  add_fact (self, _("Paid and signed by"), address_groups (&key_hash, digit), TRUE);
  if (proof->message[0] != '\0')
    add_fact (self, _("The payer says"), g_strdup (proof->message), FALSE);
}

static void
show_proof (TcProofWindow *self, const TcPaymentProof *proof)
{
  const char digit = tc_node_get_network (self->node)->address_digit;
  const TcTx *tx = proof->proof->tx;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->facts))) != NULL)
    gtk_list_box_remove (self->facts, row);
  add_paid (self, proof, digit);
  add_fact (self, _("Time"), tc_text_when_exact ((gint64) proof->proof->header.time_ms), FALSE);
  add_fact (self, _("Block"), tc_text_number (proof->proof->header.height), FALSE);
  if (tx->memo_size > 0 && g_utf8_validate ((const char *) tx->memo, tx->memo_size, NULL))
    add_fact (self, _("Memo"), g_strndup ((const char *) tx->memo, tx->memo_size), FALSE);
  if (proof->has_payer)
    add_payer (self, proof, digit);
  add_fact (self, _("Transaction"), tc_txid_text (&tx->txid), TRUE);
  gtk_label_set_text (self->payer_note, proof->has_payer ? _("Who signed had the key of a coin that this payment spent.")
                                                         : _("It does not say who paid. Whoever knows of a payment can have such a proof made."));
  gtk_window_set_focus (GTK_WINDOW (self), NULL);  /* else the next page selects a text */
  gtk_stack_set_visible_child_name (self->stack, "good");
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcProofWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentProof) proof = tc_payment_proof_verify_finish (result, &error);

  if (self->node == NULL)
    return;
  self->busy = FALSE;
  update (self);
  if (proof != NULL)
    show_proof (self, proof);
  else if (g_error_matches (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_FALSE))
    {
      gtk_label_set_text (self->reason, error->message);
      gtk_window_set_focus (GTK_WINDOW (self), NULL);
      gtk_stack_set_visible_child_name (self->stack, "false");
    }
  else
    gtk_label_set_text (self->message, error->message);
}

static void
on_verify (TcProofWindow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self->file);

  if (!gtk_widget_get_sensitive (self->verify))
    return;
  gtk_label_set_text (self->message, "");
  self->busy = TRUE;
  update (self);
  tc_payment_proof_verify_file_async (self->node, path, NULL, on_verified, g_object_ref (self));
}

static void
on_again (TcProofWindow *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->file), "");
  gtk_stack_set_visible_child_name (self->stack, "ask");
  gtk_widget_grab_focus (GTK_WIDGET (self->file));
}

static void
tc_proof_window_dispose (GObject *object)
{
  TcProofWindow *self = TC_PROOF_WINDOW (object);

  g_clear_pointer (&self->node, tc_node_unref);
  G_OBJECT_CLASS (tc_proof_window_parent_class)->dispose (object);
}

static void
tc_proof_window_class_init (TcProofWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FILE_ROW);
  G_OBJECT_CLASS (klass)->dispose = tc_proof_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/proof-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, file);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, verify);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, facts);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, message);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, reason);
  gtk_widget_class_bind_template_child (widget_class, TcProofWindow, payer_note);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_verify);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}

static void
tc_proof_window_init (TcProofWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
}

GtkWindow *
tc_proof_window_new (GtkWindow *parent, TcNode *node)
{
  TcProofWindow *self = g_object_new (TC_TYPE_PROOF_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->node = tc_node_ref (node);
  update (self);
  return GTK_WINDOW (self);
}
