#define G_LOG_DOMAIN "tc-ui"
#include "tx-page.h"

#include <glib/gi18n.h>

#include "flow-diagram.h"
#include "helpers.h"
#include "text.h"
#include "tx-words.h"

struct _TcTxPage
{
  AdwBin            parent_instance;
  TcFlowDiagram *diagram;
  GtkWidget     *flow_box;
  GtkLabel         *title, *amount, *state;
  GtkImage         *state_icon;
  GtkWidget        *state_box;
  GtkBox           *life;
  GtkListBox       *facts;
  TcTxWords        *words;
  TcWallet         *wallet;
  gulong            handler;
  TcHash            txid;
  guint64           serial;
  gboolean          asking, ask_again, hidden;
  TcWalletTxDetail *detail;
  GtkWidget        *proof;
};

G_DEFINE_FINAL_TYPE (TcTxPage, tc_tx_page, ADW_TYPE_BIN)

enum { BACK, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- The life of the payment --- */

typedef enum { STEP_DONE, STEP_WAITING, STEP_FAILED, STEP_VOID } StepState;

static GtkWidget *
make_dot (StepState state)
{
  static const char *const classes[] = { "done", "waiting", "failed", "void" };
  GtkWidget *dot = g_object_new (ADW_TYPE_BIN, "valign", GTK_ALIGN_CENTER, "halign", GTK_ALIGN_CENTER, NULL);

  gtk_widget_add_css_class (dot, "timeline-dot");
  gtk_widget_add_css_class (dot, classes[state]);
  return dot;
}

static void
add_step (TcTxPage *self, StepState state, const char *title, const char *detail)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *title_label = gtk_label_new (title), *detail_label = gtk_label_new (detail);
  GtkWidget *rail = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  const gboolean first = gtk_widget_get_first_child (GTK_WIDGET (self->life)) == NULL;

  if (!first)
    {
      GtkWidget *line = g_object_new (ADW_TYPE_BIN, "halign", GTK_ALIGN_CENTER, "height-request", 10, NULL);

      gtk_widget_add_css_class (line, "timeline-line");
      gtk_box_append (GTK_BOX (rail), line);
    }
  gtk_box_append (GTK_BOX (rail), make_dot (state));
  /* The dot stands beside the title, however long the detail. */
  gtk_widget_set_valign (rail, GTK_ALIGN_START);
  gtk_widget_set_margin_top (rail, first ? 4 : 0);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_label_set_xalign (GTK_LABEL (title_label), 0);
  gtk_label_set_wrap (GTK_LABEL (title_label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (detail_label), 0);
  gtk_label_set_wrap (GTK_LABEL (detail_label), TRUE);
  gtk_widget_add_css_class (detail_label, "caption");
  gtk_widget_add_css_class (detail_label, "dim-label");
  gtk_widget_set_visible (detail_label, detail[0] != '\0');
  if (state == STEP_WAITING)
    gtk_widget_add_css_class (title_label, "dim-label");
  gtk_widget_set_margin_top (words, first ? 0 : 10);
  gtk_box_append (GTK_BOX (words), title_label);
  gtk_box_append (GTK_BOX (words), detail_label);
  gtk_box_append (GTK_BOX (row), rail);
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (self->life, row);
}

static char *
when_or_empty (gint64 time_ms)
{
  return time_ms <= 0 ? g_strdup ("") : tc_text_when_exact (time_ms);
}

static void
add_seen (TcTxPage *self, const TcWalletTx *tx)
{
  g_autofree char *when = when_or_empty (tx->seen_ms);

  if (tx->kind == TC_WALLET_TX_GENESIS)
    add_step (self, STEP_DONE, _("In the network from its beginning"), "");
  else if (tx->seen_ms > 0)
    add_step (self, STEP_DONE, tc_tx_is_incoming (tx) ? _("Seen") : _("Signed and sent"), when);
}

static void
add_votes (TcTxPage *self, const TcWalletTx *tx)
{
  g_autofree char *votes = tx->power == 0 ? NULL : g_strdup_printf (_("Votes: %d percent of the power"), (int) (tx->votes * 100 / tx->power));
  g_autofree char *when = when_or_empty (tx->certified_ms);
  const gboolean certified = tx->state == TC_WALLET_TX_CERTIFIED || tx->certified_ms > 0;

  if (tx->seen_ms <= 0 || (tx->state == TC_WALLET_TX_CONFIRMED && tx->certified_ms <= 0))
    return;
  if (certified)
    add_step (self, STEP_DONE, _("Certified by a quorum"), when);
  else
    add_step (self, STEP_WAITING, votes != NULL ? votes : _("Waiting for votes"), "");
}

static void
add_final (TcTxPage *self, const TcWalletTx *tx)
{
  g_autofree char *duration = tc_text_duration_us (tx->final_duration_us);
  g_autofree char *when = when_or_empty (tx->final_ms);
  g_autofree char *title = tx->final_duration_us < 0 ? g_strdup (_("Final")) : g_strdup_printf (_("Final after %s"), duration);

  if (tx->state == TC_WALLET_TX_FINAL || tx->final_ms > 0)
    add_step (self, STEP_DONE, title, when);
  else if (tx->state != TC_WALLET_TX_CONFIRMED)
    add_step (self, STEP_WAITING, _("Not final yet"), "");
}

static void
add_block (TcTxPage *self, const TcWalletTx *tx)
{
  g_autofree char *number = tc_text_number (tx->block_height);
  g_autofree char *title = g_strdup_printf (_("Confirmed in block %s"), number);
  g_autofree char *when = when_or_empty (tx->block_time_ms);

  if (tx->kind == TC_WALLET_TX_GENESIS)
    return;
  if (tx->state == TC_WALLET_TX_CONFIRMED)
    add_step (self, STEP_DONE, title, when);
  else
    add_step (self, STEP_WAITING, _("Not in a block yet"), "");
}

/* Rules M3, M4. */
static void
add_release (TcTxPage *self, const TcWalletTx *tx)
{
  if (tx->is_void)
    add_step (self, STEP_VOID, _("Void when the epoch ended"),
              _("Another masternode had this operator key by then. The collateral is available again: register with another key."));
  else if (tx->is_released)
    add_step (self, STEP_DONE, _("Collateral released"), _("It is available again."));
}

static void
show_life (TcTxPage *self, const TcWalletTx *tx)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->life))) != NULL)
    gtk_box_remove (self->life, child);
  add_seen (self, tx);
  if (tx->state == TC_WALLET_TX_DROPPED || tx->state == TC_WALLET_TX_CONFLICTED)
    {
      add_step (self, STEP_FAILED, tc_tx_state_text (tx), tx->reason != NULL && tx->reason[0] != '\0' ? _(tx->reason) : "");
      return;
    }
  add_votes (self, tx);
  add_final (self, tx);
  add_block (self, tx);
  add_release (self, tx);
}

/* --- Facts --- */

static void
on_copy (GtkButton *button, TcTxPage *self)
{
  tc_copy_text (GTK_WIDGET (self), g_object_get_data (G_OBJECT (button), "text"), _("Copied"));
}

static GtkWidget *
make_copy_button (TcTxPage *self, const char *title, const char *copy)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *tip = g_strdup_printf (_("Copy %s"), title);

  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "text", g_strdup (copy), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy), self);
  return button;
}

static GtkWidget *
make_fact_label (const char *text, const char *first_class, const char *second_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  tc_label_keep_exact (GTK_LABEL (label));
  gtk_widget_add_css_class (label, first_class);
  if (second_class != NULL)
    gtk_widget_add_css_class (label, second_class);
  return label;
}

/* @note: (nullable): beside the title. @exact: an address or a number to be compared letter by letter. */
static void
add_noted_fact (TcTxPage *self, const char *title, const char *note, const char *text, const char *copy, gboolean exact)
{
  g_autofree char *heading = note == NULL ? g_strdup (title) : g_strdup_printf ("%s · %s", title, note);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  gtk_box_append (GTK_BOX (words), make_fact_label (heading, "caption", "dim-label"));
  gtk_box_append (GTK_BOX (words), make_fact_label (text, exact ? "address-small" : "numeric", NULL));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  if (copy != NULL)
    gtk_box_append (GTK_BOX (box), make_copy_button (self, title, copy));
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (self->facts, row);
}

static void
add_fact (TcTxPage *self, const char *title, const char *text, const char *copy, gboolean exact)
{
  add_noted_fact (self, title, NULL, text, copy, exact);
}

static void
add_amount (TcTxPage *self, const char *title, TcAmount amount)
{
  g_autofree char *text = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (amount);

  add_fact (self, title, text, NULL, FALSE);
}

/* What leaves a masternode's owner with a coin to sign with is no payment. */
static const char *
output_title (const TcWalletTx *tx, const TcWalletTxOutput *output)
{
  if (output->lock == TC_LOCK_COLLATERAL)
    return tx->is_released ? _("Collateral, available again") : _("Locked as collateral");
  if (output->change)
    return _("Change, back to you");
  if (tx->kind >= TC_WALLET_TX_REGISTER && output->mine)
    return _("Kept for the owner's next signature");
  return output->mine ? _("To your address") : _("To address");
}

/* What a coin came from, with the name of its address where it has one. */
static void
add_inputs (TcTxPage *self, const TcWalletTxDetail *detail)
{
  for (gsize i = 0; i < detail->n_inputs && i < 50; i++)
    {
      const TcWalletTxInput *input = &detail->inputs[i];
      g_autofree char *groups = input->address == NULL ? NULL : tc_text_address_groups (input->address, 0);
      g_autofree char *amount = input->amount.units == 0 ? NULL : self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (input->amount);
      g_autofree char *note = g_strjoin (" · ", input->name != NULL ? input->name : amount, input->name != NULL ? amount : NULL, NULL);

      if (groups != NULL)
        add_noted_fact (self, input->mine ? _("From your address") : _("From address"), note[0] != '\0' ? note : NULL, groups, input->address, TRUE);
    }
}

static void
add_outputs (TcTxPage *self, const TcWalletTxDetail *detail)
{
  for (gsize i = 0; i < detail->n_outputs && i < 50; i++)
    {
      const TcWalletTxOutput *output = &detail->outputs[i];
      g_autofree char *groups = output->address == NULL ? NULL : tc_text_address_groups (output->address, 0);
      g_autofree char *amount = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (output->amount);

      g_autofree char *note = output->name == NULL ? g_strdup (amount) : g_strdup_printf ("%s · %s", output->name, amount);

      if (groups != NULL)
        add_noted_fact (self, output_title (detail->row, output), note, groups, output->address, TRUE);
    }
}

static TcFlowKind
flow_kind (const TcWalletTxOutput *output)
{
  return output->mine ? TC_FLOW_OWN : TC_FLOW_PAYMENT;
}

/* The genesis has no inputs, and of a reward they are nobody's. */
static void
show_diagram (TcTxPage *self, const TcWalletTxDetail *detail)
{
  g_autoptr(GArray) in = g_array_new (FALSE, TRUE, sizeof (TcFlow)), out = g_array_new (FALSE, TRUE, sizeof (TcFlow));

  gtk_widget_set_visible (self->flow_box, detail->n_inputs > 0 && detail->n_outputs > 0);
  for (gsize i = 0; i < detail->n_inputs; i++)
    {
      const TcFlow flow = { TC_FLOW_COIN, detail->inputs[i].amount, detail->inputs[i].mine, detail->inputs[i].address != NULL ? detail->inputs[i].address : "" };

      g_array_append_val (in, flow);
    }
  for (gsize i = 0; i < detail->n_outputs; i++)
    {
      const TcWalletTxOutput *output = &detail->outputs[i];
      const TcFlow flow = { flow_kind (output), output->amount, TRUE, output->change ? _("Change") : output->address != NULL ? output->address : "" };

      g_array_append_val (out, flow);
    }
  const TcFlow fee = { TC_FLOW_FEE, detail->row->fee, TRUE, _("Fee") };
  if (fee.amount.units > 0)
    g_array_append_val (out, fee);
  tc_flow_diagram_set (self->diagram, (const TcFlow *) in->data, in->len, (const TcFlow *) out->data, out->len);
  tc_flow_diagram_set_hidden (self->diagram, self->hidden);
}

static void
show_facts (TcTxPage *self, const TcWalletTxDetail *detail)
{
  const TcWalletTx *tx = detail->row;
  g_autofree char *txid = tc_txid_text (&tx->txid);
  g_autofree char *size = tc_text_size (detail->size_bytes);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->facts))) != NULL)
    gtk_list_box_remove (self->facts, child);
  add_outputs (self, detail);
  add_inputs (self, detail);
  if (tx->fee.units > 0)
    add_amount (self, _("Fee"), tx->fee);
  if (tx->memo != NULL && tx->memo[0] != '\0')
    add_fact (self, tx->memo_private ? _("Private memo") : _("Memo"), tx->memo, tx->memo, FALSE);
  else if (tx->memo_private)
    add_fact (self, _("Private memo"), _("It is not for this wallet, or its keys are elsewhere"), NULL, FALSE);
  add_fact (self, _("Payment number"), txid, txid, TRUE);
  if (detail->size_bytes > 0)
    add_fact (self, _("Size"), size, NULL, FALSE);
}

/* --- */

static void
show_detail (TcTxPage *self)
{
  static const char *const classes[] = { "pending", "final", "confirmed", "failed", "void" };
  const TcWalletTx *tx = self->detail->row;
  g_autofree char *amount = tc_tx_amount_text (tx, self->hidden);

  gtk_label_set_text (self->title, tc_tx_title (tx));
  gtk_label_set_text (self->amount, amount);
  gtk_label_set_text (self->state, tc_tx_state_text (tx));
  gtk_image_set_from_icon_name (self->state_icon, tc_tx_state_icon (tx));
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->state_box, classes[i]);
  gtk_widget_add_css_class (self->state_box, tc_tx_state_class (tx));
  show_life (self, tx);
  if (self->wallet != NULL)
    tc_tx_words_set (self->words, self->wallet, self->detail);
  show_facts (self, self->detail);
  show_diagram (self, self->detail);
  gtk_widget_set_visible (self->proof, tx->state == TC_WALLET_TX_CONFIRMED && tx->kind != TC_WALLET_TX_GENESIS);
}

static void
on_proof (TcTxPage *self)
{
  g_autofree char *txid = tc_txid_text (&self->txid);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.save-proof", "s", txid);
}

static void ask (TcTxPage *self);

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcTxPage) self = user_data;
  g_autoptr(TcWalletTxDetail) detail = tc_wallet_get_tx_finish (TC_WALLET (source), result, NULL);

  self->asking = FALSE;
  if (detail != NULL && self->wallet != NULL && tc_hash_equal (&detail->row->txid, &self->txid))
    {
      const gboolean same = self->detail != NULL && self->detail->row->serial == detail->row->serial
                            && tc_hash_equal (&self->detail->row->txid, &detail->row->txid);

      g_clear_pointer (&self->detail, tc_wallet_tx_detail_unref);
      self->detail = tc_wallet_tx_detail_ref (detail);
      if (!same)
        show_detail (self);
    }
  if (self->ask_again)
    ask (self);
}

static void
ask (TcTxPage *self)
{
  self->ask_again = self->asking;
  if (self->asking || self->wallet == NULL)
    return;
  self->asking = TRUE;
  tc_wallet_get_tx (self->wallet, &self->txid, on_asked, g_object_ref (self));
}

static void
on_wallet_changed (TcTxPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  if (snapshot->history_serial == self->serial || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->serial = snapshot->history_serial;
  ask (self);
}

static void
unfollow (TcTxPage *self)
{
  if (self->wallet != NULL)
    g_signal_handler_disconnect (self->wallet, self->handler);
  g_clear_object (&self->wallet);
}

void
tc_tx_page_show (TcTxPage *self, TcWallet *wallet, const TcHash *txid)
{
  g_return_if_fail (TC_IS_TX_PAGE (self));

  unfollow (self);
  self->wallet = g_object_ref (wallet);
  self->txid = *txid;
  self->serial = 0;
  self->handler = g_signal_connect_swapped (wallet, "changed", G_CALLBACK (on_wallet_changed), self);
  ask (self);
}

void
tc_tx_page_set_hidden (TcTxPage *self, gboolean hidden)
{
  self->hidden = hidden;
  if (self->detail != NULL)
    show_detail (self);
}

static void
on_back (TcTxPage *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
tc_tx_page_dispose (GObject *object)
{
  TcTxPage *self = TC_TX_PAGE (object);

  unfollow (self);
  g_clear_pointer (&self->detail, tc_wallet_tx_detail_unref);
  G_OBJECT_CLASS (tc_tx_page_parent_class)->dispose (object);
}

static void
tc_tx_page_class_init (TcTxPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_tx_page_dispose;
  signals[BACK] = g_signal_new ("back", TC_TYPE_TX_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (TC_TYPE_TX_WORDS);
  g_type_ensure (TC_TYPE_FLOW_DIAGRAM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/tx-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, title);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, amount);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, state);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, state_box);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, life);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, facts);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, words);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, flow_box);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, diagram);
  gtk_widget_class_bind_template_child (widget_class, TcTxPage, proof);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_proof);
}

static void
tc_tx_page_init (TcTxPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
