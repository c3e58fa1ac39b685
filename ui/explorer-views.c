#define G_LOG_DOMAIN "tc-ui"
#include "explorer-views.h"

#include <string.h>

#include <glib/gi18n.h>

#include "core/address.h"
#include "facts.h"
#include "helpers.h"
#include "text.h"

#define ROWS        25u    /* of a list, before more are asked for */
#define MEMO_MARK   0xf5   /* the first byte of a memo that only its recipient can read */
#define OPEN        "explorer.open"

/* --- Words --- */

char *
tc_explorer_masternode_name (guint32 index)
{
  g_autofree char *number = tc_text_number (index);

  return index == TC_NODE_MASTERNODE_UNKNOWN ? g_strdup (_("A masternode of long ago")) : g_strdup_printf (_("Masternode %s"), number);
}

const char *
tc_explorer_tier_name (TcTier tier)
{
  switch (tier)
    {
    case TC_TIER_BRONZE:
      return _("Bronze");
    case TC_TIER_SILVER:
      return _("Silver");
    case TC_TIER_GOLD:
      return _("Gold");
    case TC_TIER_FREE:
    default:
      return _("Free");
    }
}

const char *
tc_explorer_masternode_state (const TcNodeMasternode *masternode)
{
  if (masternode->state == TC_NODE_MASTERNODE_RELEASED)
    return _("Gone: its collateral was released");
  if (masternode->state == TC_NODE_MASTERNODE_RETIRED)
    return _("Retired");
  if (masternode->jailed)
    return _("Jailed for good");
  return masternode->active ? _("Active") : _("Not active");
}

static const char *
kind_words (const TcNodeTx *tx)
{
  if (tx->tx == NULL)
    return _("First Funds");
  switch ((TcTxKind) tx->tx->kind)
    {
    case TC_TX_KIND_REGISTER:
      return _("Masternode Registration");
    case TC_TX_KIND_UPDATE:
      return _("Masternode Change");
    case TC_TX_KIND_RETIRE:
      return _("Masternode Retirement");
    case TC_TX_KIND_REWARD:
      return _("Rewards");
    case TC_TX_KIND_TRANSFER:
    default:
      return _("Payment");
    }
}

/* --- Parts --- */

static GtkWidget *
make_page (const char *title, const char *subtitle)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *label = tc_facts_label (title, "title-2");

  gtk_widget_set_margin_top (page, 12);
  gtk_widget_set_margin_bottom (page, 24);
  gtk_widget_set_margin_start (page, 12);
  gtk_widget_set_margin_end (page, 12);
  gtk_box_append (GTK_BOX (head), label);
  if (subtitle != NULL)
    gtk_box_append (GTK_BOX (head), tc_facts_label (subtitle, "dim-label"));
  gtk_box_append (GTK_BOX (page), head);
  return page;
}

static GtkWidget *
add_facts (GtkWidget *page, const char *title)
{
  GtkWidget *facts = tc_facts_new (title);

  gtk_box_append (GTK_BOX (page), facts);
  return facts;
}

static void
add_number (GtkWidget *facts, const char *title, guint64 number)
{
  g_autofree char *text = tc_text_number (number);

  tc_facts_add (facts, title, text, TC_FACT_PLAIN);
}

static void
add_amount (GtkWidget *facts, const char *title, TcAmount amount)
{
  g_autofree char *text = tc_text_amount_unit (amount);

  tc_facts_add (facts, title, text, TC_FACT_PLAIN);
}

static void
add_hash (GtkWidget *facts, const char *title, const TcHash *hash)
{
  g_autofree char *text = tc_facts_hash (hash);

  tc_facts_add (facts, title, text, TC_FACT_EXACT | TC_FACT_COPY);
}

static void
add_hash_link (GtkWidget *facts, const char *title, const TcHash *hash, const char *kind)
{
  g_autofree char *text = tc_facts_hash (hash), *hex = tc_hash_to_hex (hash), *target = g_strconcat (kind, "/", hex, NULL);

  tc_facts_add_link (facts, title, NULL, text, TC_FACT_EXACT | TC_FACT_COPY, OPEN, target);
}

static void
add_block_link (GtkWidget *facts, const char *title, guint32 height)
{
  g_autofree char *text = tc_text_number (height), *target = g_strdup_printf ("block/%u", height);

  tc_facts_add_link (facts, title, NULL, text, TC_FACT_PLAIN, OPEN, target);
}

static void
add_masternode_link (GtkWidget *facts, const char *title, const char *note, guint32 index)
{
  g_autofree char *text = tc_explorer_masternode_name (index), *target = g_strdup_printf ("masternode/%u", index);

  if (index == TC_NODE_MASTERNODE_UNKNOWN)
    tc_facts_add (facts, title, text, TC_FACT_PLAIN);
  else
    tc_facts_add_link (facts, title, note, text, TC_FACT_PLAIN, OPEN, target);
}

static void
add_address_link (GtkWidget *facts, const char *title, const char *note, const TcKeyHash *key_hash, char digit)
{
  g_autofree char *address = tc_address_format (key_hash, digit), *groups = tc_text_address_groups (address, 0);
  g_autofree char *target = g_strconcat ("address/", address, NULL);

  tc_facts_add_link (facts, title, note, groups, TC_FACT_EXACT | TC_FACT_COPY, OPEN, target);
}

/* --- A block --- */

static void
free_block (gpointer block)
{
  tc_node_block_free (block);
}

static void
keep (gpointer block)
{
  /* Another list of the page frees it. */
}

static void
add_block_tx (GtkWidget *facts, gsize i, gpointer data)
{
  const TcNodeBlock *block = data;
  const TcTx *tx = block->block->txs[i];
  const TcNodeTx shown = { .tx = (TcTx *) tx };
  g_autofree char *text = tc_facts_hash (&tx->txid), *hex = tc_hash_to_hex (&tx->txid), *target = g_strconcat ("tx/", hex, NULL);
  g_autofree char *amount = NULL;
  TcAmount sum = { 0 };

  for (guint32 n = 0; n < tx->n_outputs; n++)
    if (!tc_amount_add (sum, tx->outputs[n].amount, &sum))
      break;
  amount = tc_text_amount_unit (sum);
  tc_facts_add_link (facts, kind_words (&shown), amount, text, TC_FACT_EXACT, OPEN, target);
}

static gboolean
has_signed (const TcNodeBlock *block, guint32 member)
{
  return member < 8u * block->commit->bitmap_size && tc_bitmap_get (block->commit->signers, member);
}

static void
add_signer (GtkWidget *facts, gsize i, gpointer data)
{
  const TcNodeBlock *block = data;
  const TcMember *member = &block->committee->members[i];
  const char *title = has_signed (block, (guint32) i) ? _("Signed") : _("Did not sign");
  g_autofree char *number = tc_text_number (member->power), *power = g_strdup_printf (_("power %s"), number);

  add_masternode_link (facts, title, power, member->masternode);
}

static char *
commit_words (const TcNodeBlock *block)
{
  const TcCommittee *committee = block->committee;
  guint64 power;

  if (committee == NULL)
    return g_strdup_printf (ngettext ("%u member signed. Who was in the committee of that time is not kept any more.",
                                      "%u members signed. Who was in the committee of that time is not kept any more.", block->commit->n_signatures),
                            block->commit->n_signatures);
  power = tc_committee_sum (committee, block->commit->signers);
  return g_strdup_printf (ngettext ("%u of %u member signed, with %u %% of the power. More than two thirds make a block final.",
                                    "%u of %u members signed, with %u %% of the power. More than two thirds make a block final.", committee->n_members),
                          block->commit->n_signatures, committee->n_members, (guint) (power * 100 / MAX (committee->power, 1)));
}

static void
add_header (GtkWidget *page, const TcNodeBlock *block)
{
  const TcHeader *header = &block->block->header;
  GtkWidget *facts = add_facts (page, NULL);
  g_autofree char *when = tc_text_when_exact ((gint64) header->time_ms), *size = tc_text_size (block->size_bytes);
  g_autofree char *round = header->round == 0 ? g_strdup (_("0: agreed at the first attempt"))
                                              : g_strdup_printf (ngettext ("%u: one attempt before failed", "%u: as many attempts before failed", header->round),
                                                                 header->round);
  const gboolean known = block->committee != NULL && header->proposer < block->committee->n_members;

  add_hash (facts, _("Hash"), &block->block->hash);
  tc_facts_add (facts, _("Time"), when, TC_FACT_PLAIN);
  add_masternode_link (facts, _("Proposed by"), NULL,
                       known ? block->committee->members[header->proposer].masternode : TC_NODE_MASTERNODE_UNKNOWN);
  tc_facts_add (facts, _("Round"), round, TC_FACT_PLAIN);
  add_number (facts, _("Epoch"), header->epoch);
  tc_facts_add (facts, _("Size"), size, TC_FACT_PLAIN);
}

static void
add_roots (GtkWidget *page, const TcNodeBlock *block)
{
  const TcHeader *header = &block->block->header;
  GtkWidget *expander = gtk_expander_new (_("Technical Details")), *facts = tc_facts_new (NULL);

  if (header->height > 1)
    add_hash_link (facts, _("Block before it"), &header->previous, "hash");
  add_hash (facts, _("Fingerprint of its transactions"), &header->tx_root);
  add_hash (facts, _("Fingerprint of all balances after it"), &header->state_root);
  add_hash (facts, _("Fingerprint of the committee"), &header->committee);
  if (!tc_hash_is_zero (&header->next_committee))
    add_hash (facts, _("Fingerprint of the next epoch's committee"), &header->next_committee);
  if (!tc_hash_is_zero (&header->commit))
    add_hash (facts, _("Fingerprint of the signatures of the block before"), &header->commit);
  add_number (facts, _("Proofs of misbehaviour in it"), block->block->n_evidence);
  add_number (facts, _("Format"), header->version);
  gtk_widget_set_margin_top (facts, 8);
  gtk_expander_set_child (GTK_EXPANDER (expander), facts);
  /* GTK 4.8 offers the focus to what is folded away. */
  g_object_bind_property (expander, "expanded", facts, "visible", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (page), expander);
}

/* With the words of a button, since an arrow alone does not say where it leads. */
static GtkWidget *
make_step (const char *label, const char *icon, gboolean leading, guint32 height)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *image = gtk_image_new_from_icon_name (icon);
  g_autofree char *target = g_strdup_printf ("block/%u", height);

  if (leading)
    gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), gtk_label_new (label));
  if (!leading)
    gtk_box_append (GTK_BOX (box), image);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), OPEN);
  return button;
}

static void
add_steps (GtkWidget *page, guint32 height, guint32 tip)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *before = make_step (_("Block Before"), "go-previous-symbolic", TRUE, height - 1);
  GtkWidget *after = make_step (_("Block After"), "go-next-symbolic", FALSE, height + 1);

  gtk_widget_set_visible (before, height > 1);
  gtk_widget_set_visible (after, height < tip);
  gtk_widget_set_hexpand (after, TRUE);
  gtk_widget_set_halign (after, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), before);
  gtk_box_append (GTK_BOX (box), after);
  gtk_box_append (GTK_BOX (page), box);
  g_object_set_data (G_OBJECT (page), "after", after);
  g_object_set_data (G_OBJECT (page), "height", GUINT_TO_POINTER (height));
}

void
tc_explorer_view_set_tip (GtkWidget *view, guint32 tip)
{
  GtkWidget *after = g_object_get_data (G_OBJECT (view), "after");

  if (after != NULL)
    gtk_widget_set_visible (after, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (view), "height")) < tip);
}

GtkWidget *
tc_explorer_block_view (const TcExplorerContext *context, TcNodeBlock *block, guint32 number)
{
  const TcHeader *header = &block->block->header;
  g_autofree char *height = tc_text_number (header->height), *title = g_strdup_printf (_("Block %s"), height), *commit = commit_words (block);
  GtkWidget *page = make_page (title, tc_hash_is_zero (&header->next_committee) ? NULL : _("The last block of its epoch"));
  GtkWidget *facts;

  add_steps (page, header->height, context->tip);
  if (number < context->masternodes->len)
    add_masternode_link (add_facts (page, NULL), _("This number is also a masternode's"), NULL, number);
  add_header (page, block);
  facts = add_facts (page, _("Transactions"));
  if (block->block->n_txs == 0)
    tc_facts_add_widget (facts, tc_facts_label (_("There are none in this block."), "fact"));
  /* The widgets keep the block: the first of them owns it. */
  tc_facts_add_paged (facts, block->block->n_txs, ROWS, add_block_tx, block, free_block);
  facts = add_facts (page, _("Who Signed"));
  gtk_box_insert_child_after (GTK_BOX (facts), tc_facts_label (commit, "dim-label"), gtk_widget_get_first_child (facts));
  if (block->committee != NULL)
    tc_facts_add_paged (facts, block->committee->n_members, ROWS, add_signer, block, keep);
  else
    gtk_widget_set_visible (gtk_widget_get_last_child (facts), FALSE);
  add_roots (page, block);
  return page;
}

/* --- A transaction --- */

typedef struct
{
  TcNodeTx *tx;
  char      digit;
} TxRows;

static void
free_rows (gpointer data)
{
  TxRows *rows = data;

  tc_node_tx_free (rows->tx);
  g_free (rows);
}

static void
keep_rows (gpointer data)
{
  /* The list of outputs frees them. */
}

static void
add_input (GtkWidget *facts, gsize i, gpointer data)
{
  const TxRows *rows = data;
  const TcNodeTx *tx = rows->tx;
  g_autofree char *amount = tx->known[i] ? tc_text_amount_unit (tx->spent[i].amount) : NULL;
  const TcOutpoint *outpoint = &tx->tx->inputs[i].outpoint;

  if (tx->known[i])
    add_address_link (facts, _("From"), amount, &tx->spent[i].key_hash, rows->digit);
  else
    add_hash_link (facts, _("Paid by an earlier transaction, whose amount is not looked for by itself"), &outpoint->txid, "tx");
}

static const char *
output_words (const TcNodeTx *tx, gsize i)
{
  if (tx->outputs[i].lock == TC_LOCK_COLLATERAL)
    return tx->unspent[i] || !tx->in_block ? _("Locked as collateral") : _("Was locked as collateral");
  if (!tx->in_block)
    return _("To");
  return tx->unspent[i] ? _("To, not spent yet") : _("To, spent since");
}

static void
add_output (GtkWidget *facts, gsize i, gpointer data)
{
  const TxRows *rows = data;
  g_autofree char *amount = tc_text_amount_unit (rows->tx->outputs[i].amount);

  add_address_link (facts, output_words (rows->tx, i), amount, &rows->tx->outputs[i].key_hash, rows->digit);
}

/* FALSE where not all that it spends is known. */
static gboolean
get_fee (const TcNodeTx *tx, TcAmount *ret_fee)
{
  TcAmount in = { 0 }, out = { 0 };

  for (gsize i = 0; i < tx->n_inputs; i++)
    if (!tx->known[i] || !tc_amount_add (in, tx->spent[i].amount, &in))
      return FALSE;
  for (gsize i = 0; i < tx->n_outputs; i++)
    if (!tc_amount_add (out, tx->outputs[i].amount, &out))
      return FALSE;
  return tc_amount_sub (in, out, ret_fee);
}

static void
add_memo (GtkWidget *facts, const TcTx *tx, const TcWalletTx *own)
{
  if (tx->memo_size == 0)
    return;
  if (g_utf8_validate_len ((const char *) tx->memo, tx->memo_size, NULL) && memchr (tx->memo, 0, tx->memo_size) == NULL)
    {
      g_autofree char *text = g_strndup ((const char *) tx->memo, tx->memo_size);

      tc_facts_add (facts, _("Memo"), text, TC_FACT_COPY);
    }
  else if (tx->memo[0] == MEMO_MARK && own != NULL && own->memo != NULL)
    tc_facts_add (facts, _("Memo that only you and the other side can read"), own->memo, TC_FACT_COPY);
  else if (tx->memo[0] == MEMO_MARK)
    tc_facts_add (facts, _("Memo"), _("Private: only its sender and its recipient can read it"), TC_FACT_PLAIN);
  else
    {
      g_autofree char *text = g_strdup_printf (ngettext ("Binary: %u byte", "Binary: %u bytes", tx->memo_size), tx->memo_size);

      tc_facts_add (facts, _("Memo"), text, TC_FACT_PLAIN);
    }
}

static char *
state_words (const TcNodeTx *tx)
{
  const TcFinality *finality = &tx->finality;
  g_autofree char *duration = finality->final_duration_us < 0 ? NULL : tc_text_duration_us (finality->final_duration_us);

  if (tx->in_block)
    return duration != NULL ? g_strdup_printf (_("Confirmed: in a block, and final after %s"), duration) : g_strdup (_("Confirmed: in a block"));
  if (finality->state == TC_FINALITY_FINAL)
    return duration != NULL ? g_strdup_printf (_("Final after %s, not in a block yet"), duration) : g_strdup (_("Final, not in a block yet"));
  if (finality->power == 0)
    return g_strdup (_("Pending: waiting for votes"));
  return g_strdup_printf (_("Pending: votes of %u %% of the power"), (guint) (finality->votes * 100 / finality->power));
}

static void
add_payload (GtkWidget *facts, const TcTx *tx)
{
  TcMasternodePayload payload;
  g_autofree char *key = NULL;

  if (!tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, &payload))
    return;
  if (tx->kind == TC_TX_KIND_REGISTER)
    tc_facts_add (facts, _("Tier"), tc_explorer_tier_name ((TcTier) payload.tier), TC_FACT_PLAIN);
  else
    add_hash_link (facts, _("Registration of the masternode"), &payload.masternode.txid, "tx");
  if (tx->kind != TC_TX_KIND_RETIRE)
    tc_facts_add (facts, _("Network address"), payload.host, TC_FACT_EXACT | TC_FACT_COPY);
  if (tx->kind == TC_TX_KIND_RETIRE || (tx->kind == TC_TX_KIND_UPDATE && !payload.has_key))
    return;
  key = tc_hex_encode (payload.operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  tc_facts_add (facts, _("Operator key"), key, TC_FACT_EXACT | TC_FACT_COPY);
}

static void
add_tx_facts (GtkWidget *page, const TcNodeTx *tx, const TcWalletTx *own)
{
  GtkWidget *facts = add_facts (page, NULL);
  g_autofree char *state = state_words (tx), *size = NULL, *when = NULL;
  const gint64 time_ms = tx->in_block ? tx->block_time_ms : tx->finality.seen_ms;
  TcAmount fee;

  add_hash (facts, _("Transaction number"), &tx->txid);
  tc_facts_add (facts, _("State"), state, TC_FACT_PLAIN);
  if (tx->in_block && tx->height > 0)
    add_block_link (facts, _("In block"), tx->height);
  when = time_ms > 0 ? tc_text_when_exact (time_ms) : NULL;
  if (when != NULL)
    tc_facts_add (facts, tx->in_block ? _("Time of the block") : _("First seen"), when, TC_FACT_PLAIN);
  if (tx->tx == NULL)
    return;
  if (tx->tx->kind != TC_TX_KIND_REWARD && get_fee (tx, &fee))
    add_amount (facts, _("Fee"), fee);
  else if (tx->tx->kind != TC_TX_KIND_REWARD)
    tc_facts_add (facts, _("Fee"), _("Not known here: not all that it spends was found"), TC_FACT_PLAIN);
  add_memo (facts, tx->tx, own);
  add_payload (facts, tx->tx);
  size = tc_text_size (tx->tx->size_bytes);
  tc_facts_add (facts, _("Size"), size, TC_FACT_PLAIN);
}

GtkWidget *
tc_explorer_tx_view (const TcExplorerContext *context, TcNodeTx *tx, const TcWalletTx *own)
{
  GtkWidget *page = make_page (kind_words (tx), NULL), *facts;
  TxRows *rows = g_new0 (TxRows, 1);

  *rows = (TxRows) { tx, context->digit };
  if (own != NULL)
    {
      g_autofree char *hex = tc_hash_to_hex (&tx->txid);
      GtkWidget *button = gtk_button_new_with_label (_("Show in History"));

      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(ss)", "history", hex);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-on");
      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (page), button);
    }
  add_tx_facts (page, tx, own);
  if (tx->n_inputs > 0)
    {
      facts = add_facts (page, _("Spent by It"));
      tc_facts_add_paged (facts, tx->n_inputs, ROWS, add_input, rows, keep_rows);
    }
  facts = add_facts (page, _("Paid by It"));
  tc_facts_add_paged (facts, tx->n_outputs, ROWS, add_output, rows, free_rows);
  return page;
}

/* --- An address --- */

static void
free_address (gpointer address)
{
  tc_node_address_free (address);
}

static void
add_coin (GtkWidget *facts, gsize i, gpointer data)
{
  const TcNodeAddressCoin *coin = &g_array_index (((TcNodeAddress *) data)->coins, TcNodeAddressCoin, i);
  g_autofree char *amount = tc_text_amount_unit (coin->output.amount), *number = tc_text_number (coin->height);
  g_autofree char *block = coin->height == 0 ? g_strdup (_("from the beginning")) : g_strdup_printf (_("in block %s"), number);
  g_autofree char *hex = tc_hash_to_hex (&coin->outpoint.txid), *target = g_strconcat ("tx/", hex, NULL);

  tc_facts_add_link (facts, coin->output.lock == TC_LOCK_COLLATERAL ? _("Locked as collateral") : _("Unspent"), block, amount, TC_FACT_PLAIN, OPEN, target);
}

GtkWidget *
tc_explorer_address_view (const TcExplorerContext *context, const char *address, TcNodeAddress *found, gboolean mine, const char *label)
{
  g_autofree char *groups = tc_text_address_groups (address, 0), *at = tc_text_number (found->height), *when = NULL;
  GtkWidget *page = make_page (_("Address"), mine ? _("It belongs to this wallet") : NULL), *facts = add_facts (page, NULL);

  tc_facts_add (facts, _("Address"), groups, TC_FACT_EXACT | TC_FACT_COPY);
  if (label != NULL && label[0] != '\0')
    tc_facts_add (facts, _("Label"), label, TC_FACT_PLAIN);
  add_amount (facts, _("Balance"), found->total);
  if (found->collateral.units > 0)
    add_amount (facts, _("Of this locked as collateral"), found->collateral);
  add_number (facts, _("Unspent payments"), found->n_coins);
  when = g_strdup_printf (_("After block %s. What an address received and spent again is not kept."), at);
  tc_facts_add (facts, _("As of"), when, TC_FACT_PLAIN);
  facts = add_facts (page, _("Unspent Payments"));
  if (found->n_coins > found->coins->len)
    gtk_box_insert_child_after (GTK_BOX (facts), tc_facts_label (_("The newest thousand of them:"), "dim-label"), gtk_widget_get_first_child (facts));
  if (found->coins->len == 0)
    tc_facts_add_widget (facts, tc_facts_label (_("There are none."), "fact"));
  tc_facts_add_paged (facts, found->coins->len, ROWS, add_coin, found, free_address);
  return page;
}

/* --- A masternode --- */

static void
add_activity (GtkWidget *facts, const TcNodeMasternode *masternode, const TcNodeSigned *count)
{
  g_autofree char *signed_words = NULL;

  if (masternode->power > 0)
    add_number (facts, _("Power in the committee"), masternode->power);
  else
    tc_facts_add (facts, _("Power in the committee"), _("None: it is not a member now"), TC_FACT_PLAIN);
  if (count != NULL && count->n_of > 0)
    {
      signed_words = g_strdup_printf (ngettext ("%u of the newest %u block, %u proposed", "%u of the newest %u blocks, %u proposed", count->n_of), count->n_signed,
                                      count->n_of, count->n_proposed);
      tc_facts_add (facts, _("Blocks signed"), signed_words, TC_FACT_PLAIN);
    }
  if (masternode->inactive_epochs > 0)
    add_number (facts, _("Epochs in a row without activity"), masternode->inactive_epochs);
  if (masternode->unattested_epochs > 0)
    add_number (facts, _("Epochs in a row in which nobody heard it"), masternode->unattested_epochs);
}

GtkWidget *
tc_explorer_masternode_view (const TcExplorerContext *context, const TcNodeMasternode *masternode, const TcNodeSigned *count)
{
  g_autofree char *title = tc_explorer_masternode_name (masternode->index), *key = tc_hex_encode (masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  GtkWidget *page = make_page (title, tc_explorer_masternode_state (masternode)), *facts = add_facts (page, NULL);

  tc_facts_add (facts, _("Network address"), masternode->host, TC_FACT_EXACT | TC_FACT_COPY);
  tc_facts_add (facts, _("Tier"), tc_explorer_tier_name (masternode->tier), TC_FACT_PLAIN);
  add_amount (facts, _("Collateral"), tc_tier_collateral (masternode->tier));
  add_amount (facts, _("Rewards not paid out yet"), masternode->accrued);
  if (masternode->burnt.units > 0)
    add_amount (facts, _("Burnt when it is released"), masternode->burnt);
  add_number (facts, _("Registered in epoch"), masternode->registered_epoch);
  if (masternode->retired_epoch > 0)
    add_number (facts, _("Retired in epoch"), masternode->retired_epoch);
  if (masternode->release_epoch > 0)
    add_number (facts, _("Collateral is free at the end of epoch"), masternode->release_epoch);
  facts = add_facts (page, _("Activity"));
  add_activity (facts, masternode, count);
  facts = add_facts (page, _("Keys"));
  tc_facts_add (facts, _("Operator key"), key, TC_FACT_EXACT | TC_FACT_COPY);
  add_address_link (facts, _("Owner"), NULL, &masternode->owner, context->digit);
  add_address_link (facts, _("Rewards go to"), NULL, &masternode->payout, context->digit);
  add_hash_link (facts, _("Registration"), &masternode->outpoint.txid, "tx");
  return page;
}
