#define G_LOG_DOMAIN "tc-ui"
#include "tx-words.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "wallet/wallet-records.h"

struct _TcTxWords
{
  AdwBin       parent_instance;
  AdwEntryRow *note, *label;
  AdwActionRow *contact;
  GtkWidget   *save_contact;
  TcWallet    *wallet;
  TcHash       txid;
  char        *address;                  /* (nullable): the one that the label or contact is of */
  char        *saved_note, *saved_label;  /* as the wallet has them */
};

G_DEFINE_FINAL_TYPE (TcTxWords, tc_tx_words, ADW_TYPE_BIN)

/* --- Saving, and taking it back --- */

typedef struct
{
  TcTxWords *words;
  TcWallet  *wallet;
  TcHash     txid;
  char      *address;  /* (nullable): a label's; NULL: it is a note */
  char      *before;   /* what to bring back; NULL: this brought it back */
} Change;

static void
free_change (gpointer data)
{
  Change *change = data;

  g_object_unref (change->words);
  g_object_unref (change->wallet);
  g_free (change->address);
  g_free (change->before);
  g_free (change);
}

static Change *
change_new (TcTxWords *self, TcWallet *wallet, const TcHash *txid, const char *address, const char *before)
{
  Change *change = g_new0 (Change, 1);

  *change = (Change) { g_object_ref (self), g_object_ref (wallet), *txid, g_strdup (address), g_strdup (before) };
  return change;
}

static void undo_change (gpointer user_data);

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = change->address != NULL ? tc_wallet_set_label_finish (TC_WALLET (source), result, &error)
                                              : tc_wallet_set_note_finish (TC_WALLET (source), result, &error);

  if (!ok)
    tc_toast (GTK_WIDGET (change->words), error->message);
  if (ok && change->before != NULL)
    tc_toast_undo (GTK_WIDGET (change->words), change->address != NULL ? _("Label saved") : _("Note saved"), undo_change, change, free_change);
  else
    free_change (change);
}

static void
save (Change *change, const char *text)
{
  if (change->address != NULL)
    tc_wallet_set_label (change->wallet, change->address, text, on_changed, change);
  else
    tc_wallet_set_note (change->wallet, &change->txid, text, on_changed, change);
}

static void
undo_change (gpointer user_data)
{
  const Change *change = user_data;

  save (change_new (change->words, change->wallet, &change->txid, change->address, NULL), change->before);
}

static void
on_note_applied (TcTxWords *self)
{
  save (change_new (self, self->wallet, &self->txid, NULL, self->saved_note != NULL ? self->saved_note : ""), gtk_editable_get_text (GTK_EDITABLE (self->note)));
}

static void
on_label_applied (TcTxWords *self)
{
  if (self->address != NULL)
    save (change_new (self, self->wallet, &self->txid, self->address, self->saved_label != NULL ? self->saved_label : ""),
          gtk_editable_get_text (GTK_EDITABLE (self->label)));
}

/* --- Showing --- */

/* An entry that keeps its text is not touched: somebody may be writing in it. */
static void
show_text (AdwEntryRow *row, char **saved, const char *text, gboolean other)
{
  if (!other && g_strcmp0 (*saved, text) == 0)
    return;
  g_free (*saved);
  *saved = g_strdup (text);
  /* What is set by us is nothing to apply. */
  adw_entry_row_set_show_apply_button (row, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
  adw_entry_row_set_show_apply_button (row, TRUE);
}

static gboolean
is_mine (const TcWalletTxDetail *detail, const char *address)
{
  for (gsize i = 0; i < detail->n_outputs; i++)
    if (g_strcmp0 (detail->outputs[i].address, address) == 0)
      return detail->outputs[i].mine;
  return FALSE;
}

void
tc_tx_words_set (TcTxWords *self, TcWallet *wallet, const TcWalletTxDetail *detail)
{
  const TcWalletTx *tx = detail->row;
  const gboolean other = self->wallet != wallet || !tc_hash_equal (&self->txid, &tx->txid), mine = tx->address != NULL && is_mine (detail, tx->address);

  g_set_object (&self->wallet, wallet);
  self->txid = tx->txid;
  g_free (self->address);
  self->address = g_strdup (tx->address);
  show_text (self->note, &self->saved_note, tx->note, other);
  show_text (self->label, &self->saved_label, mine ? tx->name : NULL, other);
  gtk_widget_set_visible (GTK_WIDGET (self->label), mine);
  gtk_widget_set_visible (GTK_WIDGET (self->contact), !mine && tx->address != NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->contact), tx->name != NULL ? tx->name : _("Not in your contacts"));
  adw_action_row_set_subtitle (self->contact, tx->is_contact ? _("In your contacts") : tx->n_recipients > 1 ? _("The first recipient") : _("The recipient"));
  gtk_widget_set_visible (self->save_contact, !tx->is_contact);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->save_contact), "s", tx->address != NULL ? tx->address : "");
}

static AdwEntryRow *
make_entry (TcTxWords *self, const char *title, GCallback applied)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_swapped (row, "apply", applied, self);
  return ADW_ENTRY_ROW (row);
}

static void
tc_tx_words_dispose (GObject *object)
{
  g_clear_object (&TC_TX_WORDS (object)->wallet);
  G_OBJECT_CLASS (tc_tx_words_parent_class)->dispose (object);
}

static void
tc_tx_words_finalize (GObject *object)
{
  TcTxWords *self = TC_TX_WORDS (object);

  g_free (self->address);
  g_free (self->saved_note);
  g_free (self->saved_label);
  G_OBJECT_CLASS (tc_tx_words_parent_class)->finalize (object);
}

static void
tc_tx_words_class_init (TcTxWordsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_tx_words_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_tx_words_finalize;
}

static void
tc_tx_words_init (TcTxWords *self)
{
  GtkWidget *group = adw_preferences_group_new (), *contact = adw_action_row_new ();

  self->note = make_entry (self, _("Note, for you alone"), G_CALLBACK (on_note_applied));
  self->label = make_entry (self, _("Label of your address"), G_CALLBACK (on_label_applied));
  self->contact = ADW_ACTION_ROW (contact);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (contact), FALSE);
  self->save_contact = gtk_button_new_with_mnemonic (_("_Save as Contact…"));
  gtk_widget_set_valign (self->save_contact, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->save_contact), "s", "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->save_contact), "win.add-contact");
  adw_action_row_add_suffix (ADW_ACTION_ROW (contact), self->save_contact);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->note));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->label));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), contact);
  adw_bin_set_child (ADW_BIN (self), group);
}
