#define G_LOG_DOMAIN "tc-ui"
#include "masternode-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "application.h"
#include "compat.h"
#include "explorer-views.h"
#include "facts.h"
#include "helpers.h"
#include "masternode-text.h"
#include "masternode-wizard.h"
#include "notice.h"
#include "operator-keys.h"
#include "reward-chart.h"
#include "text.h"

#define SIGNED_BLOCKS 100u
#define TICK_S        5u    /* countdowns */

struct _TcMasternodePage
{
  AdwBin            parent_instance;
  GtkStack         *stack;
  GtkWidget        *list, *rewards, *totals;
  TcRewardChart    *chart;
  TcNotice         *notice;
  TcSession        *session;
  TcWallet         *wallet;
  GCancellable     *cancellable;
  guint             tick;
  gboolean          asking, ask_again, hidden;
  guint32           height, epoch;     /* as last asked about */
  guint64           serial;            /* of the history, too */
  char             *shape;             /* what the cards are made for: while it is the same they are only filled in */
  GPtrArray        *cards;             /* Card */
  TcOwnMasternodes *own;               /* (nullable) */
  GArray           *counts;            /* (nullable): TcNodeSigned */
  GArray           *keys;              /* (nullable): TcPublicKey: kept on this computer */
  TcPublicKey       here;              /* the one that it uses; zero: none */
  GHashTable       *active;            /* TcOutpoint: those that were active */
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcMasternodePage, tc_masternode_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

/* The labels of one masternode that change while it is looked at. */
typedef struct
{
  GtkLabel *state, *why, *signed_blocks, *accrued, *payout;
} Card;

/* One look at everything that the page shows. */
typedef struct
{
  TcMasternodePage *page;
  TcNode           *node;
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->page);
  tc_node_unref (look->node);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void ask (TcMasternodePage *self);

static TcMasternodeClock
clock_of (TcMasternodePage *self)
{
  return tc_masternode_clock (tc_session_get_status (self->session), &tc_node_get_network (tc_session_get_node (self->session))->genesis->params,
                              g_get_real_time () / 1000);
}

static gboolean
has_key (const TcMasternodePage *self, const TcPublicKey *key)
{
  for (guint i = 0; self->keys != NULL && i < self->keys->len; i++)
    if (tc_public_key_equal (&g_array_index (self->keys, TcPublicKey, i), key))
      return TRUE;
  return FALSE;
}

static gboolean
is_here (const TcMasternodePage *self, const TcPublicKey *key)
{
  return tc_public_key_equal (&self->here, key);
}

/* The node that runs has this key: two computers with one key lose collateral. */
static gboolean
is_used (const TcMasternodePage *self, const TcPublicKey *key)
{
  TcNode *node = tc_session_get_node (self->session);
  const TcOutpoint nothing = { 0 };
  const TcOutput no_output = { 0 };
  TcPublicKey used;
  TcSignature unused;

  return node != NULL && tc_node_prove_possession (node, &nothing, &no_output, &used, &unused) && tc_public_key_equal (&used, key);
}

/* --- Cards --- */

static char *
target_of (const TcOwnMasternode *own)
{
  g_autofree char *txid = tc_hash_to_hex (&own->node.outpoint.txid);

  return g_strdup_printf ("%s:%u", txid, own->node.outpoint.index);
}

static GtkWidget *
add_line (GtkWidget *facts, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *caption = tc_facts_label (title, "caption"), *value = tc_facts_label ("", "numeric");

  gtk_widget_add_css_class (caption, "dim-label");
  gtk_widget_add_css_class (box, "fact");
  gtk_box_append (GTK_BOX (box), caption);
  gtk_box_append (GTK_BOX (box), value);
  tc_facts_add_widget (facts, box);
  return value;
}

static void
add_button (GtkWidget *box, const char *label, const char *action, const char *target, const char *css_class)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  if (css_class != NULL)
    gtk_widget_add_css_class (button, css_class);
  gtk_flow_box_append (GTK_FLOW_BOX (box), button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
}

static GtkWidget *
make_buttons (TcMasternodePage *self, const TcOwnMasternode *own, TcMasternodeStand stand)
{
  GtkWidget *box = g_object_new (GTK_TYPE_FLOW_BOX, "selection-mode", GTK_SELECTION_NONE, "max-children-per-line", 4, "column-spacing", 6, "row-spacing", 6,
                                 "halign", GTK_ALIGN_START, NULL);
  g_autofree char *target = target_of (own);
  const gboolean lives = own->registered && own->node.state == TC_NODE_MASTERNODE_REGISTERED;

  if (lives && stand != TC_MASTERNODE_IS_JAILED)
    add_button (box, _("Change…"), "masternode.change", target, NULL);
  if (has_key (self, &own->node.operator_key) && !is_here (self, &own->node.operator_key) && !is_used (self, &own->node.operator_key) && stand < TC_MASTERNODE_IS_JAILED)
    add_button (box, _("Write Key File…"), "masternode.export", target, NULL);
  if (is_here (self, &own->node.operator_key))
    add_button (box, _("Stop Running It Here"), "masternode.leave", target, NULL);
  if (own->registered)
    add_button (box, _("Show in Explorer"), "masternode.explore", target, NULL);
  if (lives)
    add_button (box, _("Retire…"), "masternode.retire", target, "destructive-action");
  return box;
}

static Card *
make_card (TcMasternodePage *self, const TcOwnMasternode *own, const TcMasternodeClock *clock)
{
  const TcMasternodeStand stand = tc_masternode_stand (own, clock);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *facts = tc_facts_new (NULL);
  g_autofree char *title = tc_masternode_title (own), *number = own->registered ? tc_explorer_masternode_name (own->node.index) : NULL;
  /* Translators: a masternode's number and its tier: “Masternode 4 · Bronze”. */
  g_autofree char *what = number != NULL ? g_strdup_printf (_("%s · %s"), number, tc_explorer_tier_name (own->node.tier))
                                         : g_strdup (tc_explorer_tier_name (own->node.tier));
  GtkWidget *state = gtk_label_new (tc_masternode_stand_word (stand)), *name = tc_facts_label (title, "title-3");
  Card *card = g_new0 (Card, 1);

  gtk_widget_add_css_class (state, "state");
  gtk_widget_add_css_class (state, tc_masternode_stand_class (stand));
  gtk_widget_set_valign (state, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (head), name);
  gtk_box_append (GTK_BOX (head), state);
  card->state = GTK_LABEL (state);
  card->why = GTK_LABEL (tc_facts_label ("", NULL));
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (card->why));
  gtk_box_append (GTK_BOX (box), facts);
  tc_facts_add (facts, _("Masternode"), what, TC_FACT_PLAIN);
  tc_facts_add (facts, is_here (self, &own->node.operator_key) ? _("Network address, this computer's") : _("Network address"), own->node.host,
                TC_FACT_EXACT | TC_FACT_COPY);
  if (own->registered && stand != TC_MASTERNODE_IS_GONE)
    {
      card->signed_blocks = GTK_LABEL (add_line (facts, _("Blocks signed")));
      card->accrued = GTK_LABEL (add_line (facts, _("Rewards not paid out yet")));
      card->payout = GTK_LABEL (add_line (facts, _("Next payout")));
    }
  gtk_box_append (GTK_BOX (box), make_buttons (self, own, stand));
  gtk_widget_set_margin_bottom (box, 12);
  gtk_box_append (GTK_BOX (self->list), box);
  return card;
}

static char *
signed_words (TcMasternodePage *self, const TcNodeMasternode *node)
{
  for (guint i = 0; self->counts != NULL && i < self->counts->len; i++)
    {
      const TcNodeSigned *count = &g_array_index (self->counts, TcNodeSigned, i);

      if (count->masternode == node->index && count->n_of > 0)
        return g_strdup_printf (ngettext ("%u of the newest %u block (%u %%), %u proposed", "%u of the newest %u blocks (%u %%), %u proposed", count->n_of),
                                count->n_signed, count->n_of, count->n_signed * 100 / count->n_of, count->n_proposed);
    }
  return g_strdup (_("It was not in the committee of the newest blocks."));
}

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
fill_card (TcMasternodePage *self, const Card *card, const TcOwnMasternode *own, const TcMasternodeClock *clock)
{
  g_autofree char *why = tc_masternode_why (own, clock), *words = NULL, *accrued = NULL, *payout = NULL;

  set_text (card->why, why);
  if (card->accrued == NULL)
    return;
  words = signed_words (self, &own->node);
  accrued = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (own->node.accrued);
  payout = tc_masternode_next_payout (&own->node, clock);
  set_text (card->signed_blocks, words);
  set_text (card->accrued, accrued);
  set_text (card->payout, payout);
}

/* --- What is shown --- */

static void
show_notice (TcMasternodePage *self)
{
  TcNode *node = tc_session_get_node (self->session);
  const TcOutpoint nothing = { 0 };
  const TcOutput no_output = { 0 };
  const TcPublicKey nobody = { 0 };
  TcPublicKey used = { 0 };
  TcSignature unused;
  gboolean differs;

  if (node == NULL || !tc_node_prove_possession (node, &nothing, &no_output, &used, &unused))
    memset (&used, 0, sizeof used);
  differs = !tc_public_key_equal (&used, &self->here);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), differs);
  if (differs)
    tc_notice_set (self->notice, TC_NOTICE_WARNING, tc_public_key_equal (&self->here, &nobody) ? _("This computer is a masternode until its node is started again.")
                                                                                                : _("This computer takes its masternode's key when its node is started again."),
                   _("Start Again"));
}

static void
show_rewards (TcMasternodePage *self)
{
  g_autofree char *total = tc_text_amount_unit (self->own->rewards_total), *words = g_strdup_printf (_("Paid so far: %s"), self->hidden ? TC_HIDDEN_AMOUNT : total);

  gtk_widget_set_visible (self->rewards, self->own->masternodes->len > 0);
  set_text (GTK_LABEL (self->totals), words);
  tc_reward_chart_set (self->chart, self->own->rewards, self->hidden);
}

/* Voids of long ago are of no use to anybody. */
static void
drop_void (TcMasternodePage *self, const TcMasternodeClock *clock)
{
  for (guint i = self->own->masternodes->len; i-- > 0;)
    {
      const TcOwnMasternode *own = self->own->masternodes->pdata[i];

      if (tc_masternode_stand (own, clock) == TC_MASTERNODE_IS_VOID && own->block_ms < clock->now_ms - 10 * clock->epoch_length_ms)
        g_ptr_array_remove_index (self->own->masternodes, i);
    }
}

static char *
shape_of (TcMasternodePage *self, const TcMasternodeClock *clock)
{
  GString *shape = g_string_new (NULL);

  for (guint i = 0; i < self->own->masternodes->len; i++)
    {
      const TcOwnMasternode *own = self->own->masternodes->pdata[i];
      g_autofree char *target = target_of (own);

      g_string_append_printf (shape, "%s %u %d %d %d %s %s\n", target, (guint) tc_masternode_stand (own, clock),
                              has_key (self, &own->node.operator_key), is_here (self, &own->node.operator_key), is_used (self, &own->node.operator_key), own->node.host, own->name != NULL ? own->name : "");
    }
  return g_string_free (shape, FALSE);
}

static void
make_cards (TcMasternodePage *self, const TcMasternodeClock *clock)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  g_ptr_array_set_size (self->cards, 0);
  for (guint i = 0; i < self->own->masternodes->len; i++)
    g_ptr_array_add (self->cards, make_card (self, self->own->masternodes->pdata[i], clock));
}

static void
show_all (TcMasternodePage *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  TcMasternodeClock clock;
  g_autofree char *shape = NULL;

  if (self->own == NULL || status == NULL || tc_session_get_node (self->session) == NULL)
    return;
  clock = clock_of (self);
  shape = shape_of (self, &clock);
  if (g_strcmp0 (shape, self->shape) != 0)
    {
      make_cards (self, &clock);
      g_free (self->shape);
      self->shape = g_steal_pointer (&shape);
    }
  for (guint i = 0; i < self->cards->len; i++)
    fill_card (self, self->cards->pdata[i], self->own->masternodes->pdata[i], &clock);
  show_rewards (self);
  show_notice (self);
  gtk_stack_set_visible_child_name (self->stack, self->own->masternodes->len > 0 ? "list" : "empty");
}

/* --- Who stopped being active --- */

static void
notify_of (TcMasternodePage *self, const TcOwnMasternode *own, const TcMasternodeClock *clock)
{
  GApplication *application = g_application_get_default ();
  g_autofree char *name = tc_masternode_title (own), *why = tc_masternode_why (own, clock), *target = target_of (own);
  g_autofree char *id = g_strconcat ("masternode-", target, NULL);
  /* Translators: %s is the name of a masternode. */
  g_autofree char *title = g_strdup_printf (_("%s is not active any more"), name);

  if (TC_IS_APPLICATION (application) && tc_application_get_notifier (TC_APPLICATION (application)) != NULL)
    tc_notifier_send (tc_application_get_notifier (TC_APPLICATION (application)), self->wallet, "notify-masternode", id, title, why, "masternode", target);
}

static void
watch (TcMasternodePage *self)
{
  const TcMasternodeClock clock = clock_of (self);

  for (guint i = 0; i < self->own->masternodes->len; i++)
    {
      const TcOwnMasternode *own = self->own->masternodes->pdata[i];
      const TcMasternodeStand stand = tc_masternode_stand (own, &clock);

      if (stand == TC_MASTERNODE_IS_ACTIVE)
        g_hash_table_add (self->active, g_memdup2 (&own->node.outpoint, sizeof own->node.outpoint));
      else if (g_hash_table_remove (self->active, &own->node.outpoint) && (stand == TC_MASTERNODE_IS_NOT || stand == TC_MASTERNODE_IS_JAILED))
        notify_of (self, own, &clock);
    }
}

/* --- Asking --- */

static void
end_look (TcMasternodePage *self)
{
  self->asking = FALSE;
  if (self->ask_again && self->session != NULL)
    ask (self);
}

static void
on_own (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Look) look = user_data;
  TcMasternodePage *self = look->page;
  TcOwnMasternodes *own = tc_wallet_list_masternodes_finish (TC_WALLET (source), result, NULL);

  if (own != NULL && self->session != NULL && tc_session_get_status (self->session) != NULL && tc_session_get_node (self->session) != NULL)
    {
      const TcMasternodeClock clock = clock_of (self);

      g_clear_pointer (&self->own, tc_own_masternodes_free);
      self->own = own;
      drop_void (self, &clock);
      watch (self);
      show_all (self);
    }
  else if (own != NULL)
    tc_own_masternodes_free (own);
  end_look (self);
}

static gint64
start_of_day_ms (void)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) day = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now), g_date_time_get_day_of_month (now), 0, 0, 0);

  return g_date_time_to_unix (day) * 1000;
}

static void
on_all (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Look) look = user_data;
  TcMasternodePage *self = look->page;
  g_autoptr(GArray) all = tc_node_list_masternodes_finish (look->node, result, NULL);

  if (all == NULL || self->session == NULL)
    end_look (self);
  else
    tc_wallet_list_masternodes (self->wallet, all, start_of_day_ms (), on_own, g_steal_pointer (&look));
}

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Look) look = user_data;
  TcMasternodePage *self = look->page;
  GArray *counts = tc_node_count_signed_finish (look->node, result, NULL);

  if (counts != NULL)
    {
      g_clear_pointer (&self->counts, g_array_unref);
      self->counts = counts;
    }
  if (self->session == NULL)
    end_look (self);
  else
    {
      tc_node_list_masternodes_async (look->node, self->cancellable, on_all, look);
      g_steal_pointer (&look);
    }
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Look) look = user_data;
  TcMasternodePage *self = look->page;
  TcPublicKey here = { 0 };
  GArray *keys = tc_operator_keys_list_finish (result, &here, NULL);

  g_clear_pointer (&self->keys, g_array_unref);
  self->keys = keys;
  self->here = here;
  if (self->session == NULL)
    end_look (self);
  else
    {
      tc_node_count_signed_async (look->node, SIGNED_BLOCKS, self->cancellable, on_counted, look);
      g_steal_pointer (&look);
    }
}

static void
ask (TcMasternodePage *self)
{
  TcNode *node = tc_session_get_node (self->session);
  g_autofree char *dir = NULL;
  Look *look;

  self->ask_again = self->asking;
  if (self->asking || node == NULL || tc_session_get_state (self->session) != TC_SESSION_RUNNING)
    return;
  self->asking = TRUE;
  look = g_new (Look, 1);
  *look = (Look) { g_object_ref (self), tc_node_ref (node) };
  dir = tc_session_dup_network_dir (self->session);
  tc_operator_keys_list_async (dir, on_keys, look);
}

/* With each block while it is looked at; else with each epoch, for what is notified. */
static void
on_status (TcMasternodePage *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);

  if (status == NULL || status->state != TC_NODE_READY)
    return;
  if (status->epoch == self->epoch && (status->height == self->height || !gtk_widget_get_mapped (GTK_WIDGET (self))))
    return;
  self->epoch = status->epoch;
  self->height = status->height;
  ask (self);
}

static void
on_wallet_changed (TcMasternodePage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  if (snapshot->history_serial == self->serial || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->serial = snapshot->history_serial;
  ask (self);
}

static gboolean
on_tick (gpointer user_data)
{
  show_all (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_map (TcMasternodePage *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add_seconds (TICK_S, on_tick, self);
  if (self->session != NULL)
    ask (self);
}

static void
on_unmap (TcMasternodePage *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
}

/* --- What can be done --- */

static const TcOwnMasternode *
find (TcMasternodePage *self, const char *target)
{
  for (guint i = 0; self->own != NULL && i < self->own->masternodes->len; i++)
    {
      g_autofree char *other = target_of (self->own->masternodes->pdata[i]);

      if (strcmp (other, target) == 0)
        return self->own->masternodes->pdata[i];
    }
  return NULL;
}

static GtkWindow *
window_of (TcMasternodePage *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
on_add (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (widget);

  if (tc_session_get_node (self->session) == NULL)
    tc_toast (widget, _("The node does not run yet. Wait until it has started."));
  else
    gtk_window_present (tc_masternode_wizard_new (window_of (self), self->session, self->wallet, NULL, NULL));
}

static void
on_change (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (widget);
  const TcOwnMasternode *own = find (self, g_variant_get_string (parameter, NULL));

  if (own != NULL && tc_session_get_node (self->session) != NULL)
    gtk_window_present (tc_masternode_wizard_new (window_of (self), self->session, self->wallet, &own->node, own->name));
}

static void
on_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (widget);
  const TcOwnMasternode *own = find (self, g_variant_get_string (parameter, NULL));

  if (own != NULL)
    tc_masternode_export_key (window_of (self), self->session, &own->node.operator_key, own->node.host);
}

static void
on_explore (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (widget);
  const TcOwnMasternode *own = find (self, g_variant_get_string (parameter, NULL));

  if (own != NULL)
    gtk_widget_activate_action (widget, "win.show-on", "(ss)", "explorer", g_variant_get_string (parameter, NULL));
}

static void
on_left (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodePage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_operator_here_set_finish (result, &error))
    tc_toast (GTK_WIDGET (self), error->message);
  if (self->session != NULL)
    ask (self);
}

/* Its key stays in the folder, to be brought to another computer. */
static void
on_leave (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (widget);
  g_autofree char *dir = tc_session_dup_network_dir (self->session);

  tc_operator_here_set_async (dir, NULL, NULL, on_left, g_object_ref (self));
}

/* --- Retiring --- */

typedef struct
{
  TcMasternodePage *page;
  TcMasternodeOrder order;
} Retirement;

static void
on_retired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodePage) self = user_data;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  if (tc_wallet_send_masternode_finish (TC_WALLET (source), result, &txid, &error))
    tc_toast (GTK_WIDGET (self), _("The masternode retires when this epoch ends"));
  else
    tc_toast (GTK_WIDGET (self), error->message);
}

static void
on_retirement_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcMasternodeDraft) draft = tc_wallet_prepare_masternode_finish (TC_WALLET (source), result, &error);

  if (draft != NULL)
    tc_wallet_send_masternode (TC_WALLET (source), draft, NULL, on_retired, g_object_ref (self));
  else
    tc_toast (GTK_WIDGET (self), error->message);
}

static void
on_retire_accepted (gpointer user_data)
{
  Retirement *retirement = user_data;
  TcMasternodePage *self = retirement->page;

  if (self->wallet != NULL)
    tc_wallet_prepare_masternode (self->wallet, &retirement->order, self->cancellable, on_retirement_prepared, g_object_ref (self));
}

static void
retirement_free (gpointer data)
{
  Retirement *retirement = data;

  g_object_unref (retirement->page);
  g_free (retirement);
}

static void
on_retire (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (widget);
  const TcOwnMasternode *own = find (self, g_variant_get_string (parameter, NULL));
  TcNode *node = tc_session_get_node (self->session);
  g_autofree char *span = NULL, *body = NULL;
  const TcParams *params;
  Retirement *retirement;
  GtkWindow *dialog;

  if (own == NULL || node == NULL)
    return;
  params = &tc_node_get_network (node)->genesis->params;
  span = tc_text_span ((gint64) params->unbonding_epochs * params->epoch_length_ms);
  body = own->node.tier == TC_TIER_FREE ? g_strdup (_("It earns nothing any more once this epoch has ended. This cannot be undone: you would have to register another one."))
                                        : g_strdup_printf (_("It earns nothing any more once this epoch has ended, and its collateral is available again %s later. This cannot be undone: you would have to "
                                                             "register another one."), span);
  retirement = g_new0 (Retirement, 1);
  retirement->page = g_object_ref (self);
  retirement->order.kind = TC_TX_KIND_RETIRE;
  retirement->order.owner = own->node.owner;
  retirement->order.payload.masternode = own->node.outpoint;
  dialog = tc_compat_ask (window_of (self), _("Retire This Masternode?"), body, _("_Retire"), TRUE, on_retire_accepted, retirement);
  g_object_set_data_full (G_OBJECT (dialog), "retirement", retirement, retirement_free);
}

/* --- As a page --- */

static void
set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (page);

  self->session = g_object_ref (session);
  self->wallet = g_object_ref (wallet);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
}

static void
set_hidden (TcPage *page, gboolean hidden)
{
  TC_MASTERNODE_PAGE (page)->hidden = hidden;
  if (TC_MASTERNODE_PAGE (page)->session != NULL)
    show_all (TC_MASTERNODE_PAGE (page));
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = set_wallet;
  iface->set_hidden = set_hidden;
}

static void
on_notice (TcMasternodePage *self)
{
  tc_session_restart (self->session);
}

static void
tc_masternode_page_dispose (GObject *object)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_masternode_page_parent_class)->dispose (object);
}

static void
tc_masternode_page_finalize (GObject *object)
{
  TcMasternodePage *self = TC_MASTERNODE_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->own, tc_own_masternodes_free);
  g_clear_pointer (&self->counts, g_array_unref);
  g_clear_pointer (&self->keys, g_array_unref);
  g_ptr_array_unref (self->cards);
  g_hash_table_unref (self->active);
  g_free (self->shape);
  G_OBJECT_CLASS (tc_masternode_page_parent_class)->finalize (object);
}

static void
tc_masternode_page_class_init (TcMasternodePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_NOTICE);
  g_type_ensure (TC_TYPE_REWARD_CHART);
  G_OBJECT_CLASS (klass)->dispose = tc_masternode_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_masternode_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/masternode-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcMasternodePage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcMasternodePage, list);
  gtk_widget_class_bind_template_child (widget_class, TcMasternodePage, rewards);
  gtk_widget_class_bind_template_child (widget_class, TcMasternodePage, totals);
  gtk_widget_class_bind_template_child (widget_class, TcMasternodePage, chart);
  gtk_widget_class_bind_template_child (widget_class, TcMasternodePage, notice);
  gtk_widget_class_bind_template_callback (widget_class, on_notice);
  gtk_widget_class_install_action (widget_class, "masternode.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "masternode.change", "s", on_change);
  gtk_widget_class_install_action (widget_class, "masternode.export", "s", on_export);
  gtk_widget_class_install_action (widget_class, "masternode.explore", "s", on_explore);
  gtk_widget_class_install_action (widget_class, "masternode.leave", "s", on_leave);
  gtk_widget_class_install_action (widget_class, "masternode.retire", "s", on_retire);
}

static void
tc_masternode_page_init (TcMasternodePage *self)
{
  self->cancellable = g_cancellable_new ();
  self->cards = g_ptr_array_new_with_free_func (g_free);
  self->active = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}
