#define G_LOG_DOMAIN "tc-ui"
#include "masternode-wizard.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"
#include "explorer-views.h"
#include "facts.h"
#include "field.h"
#include "helpers.h"
#include "notice.h"
#include "operator-keys.h"
#include "text.h"
#include "wallet/wallet-records.h"

#define N_TIERS 4u

typedef enum
{
  WHERE_KEEP,    /* a change: the operator key stays */
  WHERE_HERE,
  WHERE_EXPORT,  /* made here, for another computer */
  WHERE_THEIRS,  /* made there */
  N_WHERES,
} Where;

struct _TcMasternodeWizard
{
  AdwWindow       parent_instance;
  GtkStack       *stack;
  GtkButton      *back, *next;
  GtkWidget      *spinner, *review, *done, *restart, *export_button;
  TcNotice       *problem;
  GtkToggleButton *tiers[N_TIERS], *wheres[N_WHERES];
  TcField        *name, *host, *payout, *their_key, *proof;
  TcSession      *session;
  TcWallet       *wallet;
  TcNode         *node;
  GCancellable   *cancellable;
  gboolean        is_change, busy;
  TcNodeMasternode old;       /* of a change */
  TcSecretKey    *key;        /* (nullable): made here */
  TcPublicKey     here;       /* the key that this computer uses; zero: none */
  TcMasternodeOrder order;
  TcMasternodeDraft *draft;   /* (nullable) */
};

G_DEFINE_FINAL_TYPE (TcMasternodeWizard, tc_masternode_wizard, ADW_TYPE_WINDOW)

/* --- What was chosen --- */

static Where
get_where (TcMasternodeWizard *self)
{
  for (guint i = 0; i < N_WHERES; i++)
    if (gtk_toggle_button_get_active (self->wheres[i]))
      return i;
  return WHERE_HERE;
}

static TcTier
get_tier (TcMasternodeWizard *self)
{
  for (guint i = 0; i < N_TIERS; i++)
    if (gtk_toggle_button_get_active (self->tiers[i]))
      return (TcTier) i;
  return TC_TIER_BRONZE;
}

static gboolean
is_open (TcMasternodeWizard *self)
{
  return self->session != NULL;
}

static const char *
step_of (TcMasternodeWizard *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}

static gboolean
is_at (TcMasternodeWizard *self, const char *step)
{
  return strcmp (step_of (self), step) == 0;
}

/* --- The buttons below --- */

static void
update (TcMasternodeWizard *self)
{
  const gboolean review = is_at (self, "review"), done = is_at (self, "done"), first = is_at (self, self->is_change ? "where" : "tier");

  gtk_widget_set_visible (self->spinner, self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->back), !done && !first);
  gtk_widget_set_sensitive (GTK_WIDGET (self->back), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->next), !self->busy);
  gtk_button_set_label (self->next, done ? _("_Close") : !review ? _("C_ontinue") : self->is_change ? _("_Change Masternode") : _("_Register Masternode"));
}

static void
set_busy (TcMasternodeWizard *self, gboolean busy)
{
  self->busy = busy;
  update (self);
}

static void
complain (TcMasternodeWizard *self, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
  if (text != NULL)
    tc_notice_set (self->problem, TC_NOTICE_ERROR, text, NULL);
  set_busy (self, FALSE);
}

static void
go (TcMasternodeWizard *self, const char *step)
{
  complain (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, step);
  update (self);
}

static void
clear_box (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

/* --- Exporting a key --- */

typedef struct
{
  GtkWindow  *parent;   /* weak */
  char       *dir, *network, *host;
  TcPublicKey key;
} Export;

static void
export_free (Export *export)
{
  g_clear_weak_pointer (&export->parent);
  g_free (export->dir);
  g_free (export->network);
  g_free (export->host);
  g_free (export);
}

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Export *export = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_operator_key_export_finish (result, &error);

  if (export->parent != NULL)
    {
      const char *text = ok ? _("The key file is written. It says what to do with it.") : error->message;
      GtkWidget *content = ADW_IS_WINDOW (export->parent) ? adw_window_get_content (ADW_WINDOW (export->parent)) : NULL;

      if (ADW_IS_TOAST_OVERLAY (content))
        adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (content), adw_toast_new (text));
      else
        gtk_widget_activate_action (GTK_WIDGET (export->parent), "win.toast", "s", text);
    }
  export_free (export);
}

static void
on_file (GFile *file, gpointer user_data)
{
  Export *export = user_data;
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL)
    tc_operator_key_export_async (export->dir, &export->key, export->network, export->host, path, on_exported, export);
  else
    export_free (export);
}

void
tc_masternode_export_key (GtkWindow *parent, TcSession *session, const TcPublicKey *key, const char *host)
{
  Export *export = g_new0 (Export, 1);

  g_set_weak_pointer (&export->parent, parent);
  export->dir = tc_session_dup_network_dir (session);
  export->network = g_strdup (tc_session_get_network (session));
  export->host = g_strdup (host);
  export->key = *key;
  tc_compat_choose_file (parent, _("Write the Key File"), "masternode.key", on_file, export);
}

/* --- Done --- */

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_set_note_finish (TC_WALLET (source), result, &error))
    g_warning ("a masternode's name is not kept: %s", error->message);
}

static void
show_done (TcMasternodeWizard *self)
{
  static const char *const words[N_WHERES] = {
    N_("The change counts from the end of this epoch on."),
    N_("This computer is the masternode once its node is started again. Leave TimeCoin running from then on."),
    N_("Write the key file, bring it to the other computer, and start timed there: the file says how. Use the key on one computer only."),
    N_("Start timed on the other computer with its operator key, and leave it running."),
  };
  const Where where = get_where (self);

  clear_box (self->done);
  gtk_box_append (GTK_BOX (self->done), tc_facts_label (self->is_change ? _("The Change Is Sent") : _("The Registration Is Sent"), "title-2"));
  if (!self->is_change)
    gtk_box_append (GTK_BOX (self->done),
                    tc_facts_label (_("It is listed when this epoch ends, and counts in the epoch after the next. The Masternode page says how it fares."), NULL));
  gtk_box_append (GTK_BOX (self->done), tc_facts_label (_(words[where]), NULL));
  self->restart = gtk_button_new_with_mnemonic (_("_Start the Node Again Now"));
  self->export_button = gtk_button_new_with_mnemonic (_("_Write the Key File…"));
  gtk_widget_set_visible (self->restart, where == WHERE_HERE);
  gtk_widget_set_visible (self->export_button, where == WHERE_EXPORT);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->restart), "wizard.restart");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->export_button), "wizard.export");
  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *button = i == 0 ? self->restart : self->export_button;

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      gtk_widget_add_css_class (button, "pill");
      gtk_widget_add_css_class (button, "suggested-action");
      gtk_box_append (GTK_BOX (self->done), button);
    }
  go (self, "done");
}

static void
on_here_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodeWizard) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!is_open (self))
    return;
  show_done (self);
  if (!tc_operator_here_set_finish (result, &error))
    complain (self, error->message);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodeWizard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = NULL;
  const char *name;
  TcHash txid;

  if (!tc_wallet_send_masternode_finish (TC_WALLET (source), result, &txid, &error))
    {
      if (is_open (self))
        complain (self, error->message);
      return;
    }
  if (!is_open (self))
    return;
  name = tc_field_get_text (self->name);
  if (self->is_change ? self->old.outpoint.index == 0 : name[0] != '\0')
    tc_wallet_set_note (self->wallet, self->is_change ? &self->old.outpoint.txid : &txid, name, on_noted, NULL);
  if (get_where (self) != WHERE_HERE)
    {
      show_done (self);
      return;
    }
  dir = tc_session_dup_network_dir (self->session);
  tc_operator_here_set_async (dir, tc_secret_key_get_public (self->key), self->order.payload.host, on_here_set, g_object_ref (self));
}

static void
send (TcMasternodeWizard *self)
{
  TcSignature possession;
  const gboolean needs = tc_masternode_draft_needs_proof (self->draft);

  if (needs && self->key != NULL)
    possession = tc_possession_sign (self->key, &self->draft->chain_id, &self->draft->coins[0], &self->draft->outputs[0]);
  else if (needs && !tc_hex_decode (tc_field_get_text (self->proof), possession.bytes, TC_SIGNATURE_SIZE))
    {
      complain (self, _("The proof has 128 digits: it is what “timed masternode prove” printed on the other computer."));
      return;
    }
  set_busy (self, TRUE);
  tc_wallet_send_masternode (self->wallet, self->draft, needs ? &possession : NULL, on_sent, g_object_ref (self));
}

/* --- Review --- */

static void
add_proof (TcMasternodeWizard *self)
{
  g_autofree char *request = tc_masternode_draft_get_request (self->draft);
  g_autofree char *command = g_strdup_printf ("timed masternode prove --operator-key FILE %s", request);
  GtkWidget *facts = tc_facts_new (_("Proof from the Other Computer"));

  gtk_box_append (GTK_BOX (self->review), facts);
  tc_facts_add (facts, _("Run this where the operator key is, and write below what it prints"), command, TC_FACT_COPY);
  gtk_box_append (GTK_BOX (self->review), GTK_WIDGET (self->proof));
}

static void
show_review (TcMasternodeWizard *self)
{
  const TcMasternodeDraft *draft = self->draft;
  const TcMasternodePayload *payload = &draft->order.payload;
  const char digit = tc_node_get_network (self->node)->address_digit;
  g_autofree char *fee = tc_text_amount_unit (draft->fee), *collateral = tc_text_amount_unit (tc_tier_collateral ((TcTier) payload->tier));
  g_autofree char *payout = tc_address_format (&payload->payout, digit), *groups = tc_text_address_groups (payout, 0);
  GtkWidget *facts = tc_facts_new (NULL);

  clear_box (self->review);
  gtk_box_append (GTK_BOX (self->review), tc_facts_label (self->is_change ? _("You are about to change a masternode") : _("You are about to register a masternode"), "title-3"));
  gtk_box_append (GTK_BOX (self->review), facts);
  if (!self->is_change)
    {
      tc_facts_add (facts, _("Tier"), tc_explorer_tier_name ((TcTier) payload->tier), TC_FACT_PLAIN);
      tc_facts_add (facts, _("Locked as collateral, yours"), collateral, TC_FACT_PLAIN);
    }
  tc_facts_add (facts, _("Fee"), fee, TC_FACT_PLAIN);
  tc_facts_add (facts, _("Network address"), payload->host, TC_FACT_EXACT);
  tc_facts_add (facts, _("Rewards go to"), groups, TC_FACT_EXACT);
  if (payload->has_key)
    {
      g_autofree char *key = tc_hex_encode (payload->operator_key.bytes, TC_PUBLIC_KEY_SIZE);

      tc_facts_add (facts, _("Operator key"), key, TC_FACT_EXACT | TC_FACT_COPY);
    }
  if (!self->is_change && payload->tier != TC_TIER_FREE)
    {
      const TcParams *params = &tc_node_get_network (self->node)->genesis->params;
      g_autofree char *span = tc_text_span ((gint64) params->unbonding_epochs * params->epoch_length_ms);
      g_autofree char *words = g_strdup_printf (_("The collateral stays yours and cannot be spent. After the masternode retires it is available again in %s."), span);

      gtk_box_append (GTK_BOX (self->review), tc_facts_label (words, "dim-label"));
    }
  if (tc_masternode_draft_needs_proof (draft) && self->key == NULL)
    add_proof (self);
  go (self, "review");
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodeWizard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcMasternodeDraft) draft = tc_wallet_prepare_masternode_finish (TC_WALLET (source), result, &error);

  if (!is_open (self))
    return;
  if (draft == NULL)
    {
      complain (self, error->message);
      return;
    }
  g_clear_pointer (&self->draft, tc_masternode_draft_unref);
  self->draft = g_steal_pointer (&draft);
  show_review (self);
}

static void
prepare (TcMasternodeWizard *self)
{
  g_clear_pointer (&self->draft, tc_masternode_draft_unref);
  tc_wallet_prepare_masternode (self->wallet, &self->order, self->cancellable, on_prepared, g_object_ref (self));
}

/* --- The operator key --- */

static void
on_key_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodeWizard) self = user_data;
  g_autoptr(GError) error = NULL;
  TcSecretKey *key = tc_operator_key_make_finish (result, &error);

  if (!is_open (self))
    {
      g_clear_pointer (&key, tc_secret_key_unref);
      return;
    }
  if (key == NULL)
    {
      complain (self, error->message);
      return;
    }
  self->key = key;
  self->order.payload.has_key = TRUE;
  self->order.payload.operator_key = *tc_secret_key_get_public (key);
  prepare (self);
}

static void
make_key (TcMasternodeWizard *self)
{
  g_autofree char *dir = tc_session_dup_network_dir (self->session);

  if (self->key == NULL)
    {
      tc_operator_key_make_async (dir, self->cancellable, on_key_made, g_object_ref (self));
      return;
    }
  self->order.payload.has_key = TRUE;
  self->order.payload.operator_key = *tc_secret_key_get_public (self->key);
  prepare (self);
}

static const TcNodeMasternode *
user_of (const GArray *masternodes, const TcPublicKey *key)
{
  for (guint i = 0; i < masternodes->len; i++)
    {
      const TcNodeMasternode *item = &g_array_index (masternodes, TcNodeMasternode, i);

      if (item->state != TC_NODE_MASTERNODE_RELEASED && tc_public_key_equal (&item->operator_key, key))
        return item;
    }
  return NULL;
}

/* Whether a key, given or of this computer, is somebody's already. */
static void
on_masternodes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodeWizard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) masternodes = NULL;
  const TcNodeMasternode *user;
  g_autofree char *text = NULL;

  if (!is_open (self))
    return;
  masternodes = tc_node_list_masternodes_finish (self->node, result, &error);
  if (masternodes == NULL)
    {
      complain (self, error->message);
      return;
    }
  user = get_where (self) == WHERE_HERE ? user_of (masternodes, &self->here)
                                        : get_where (self) == WHERE_THEIRS ? user_of (masternodes, &self->order.payload.operator_key) : NULL;
  if (user != NULL && get_where (self) == WHERE_HERE && !(self->is_change && tc_outpoint_equal (&user->outpoint, &self->old.outpoint)))
    text = g_strdup_printf (_("This computer is masternode %u already: one computer is one masternode. Choose another one."), user->index);
  else if (user != NULL && get_where (self) == WHERE_THEIRS)
    text = g_strdup_printf (_("This operator key is in use by masternode %u. Each masternode needs a key of its own: “timed operator-key new FILE” makes one."), user->index);
  if (text != NULL)
    complain (self, text);
  else if (get_where (self) == WHERE_HERE || get_where (self) == WHERE_EXPORT)
    make_key (self);
  else
    prepare (self);
}

/* --- Questions --- */

static gboolean
read_host (TcMasternodeWizard *self)
{
  g_autofree char *text = g_strstrip (g_strdup (tc_field_get_text (self->host)));

  if (!tc_host_is_valid (text))
    {
      tc_field_show_verdict (self->host, TC_FIELD_BAD, _("Write a numeric IP address and a port, such as 192.0.2.1:24000 or [2001:db8::1]:24000."), TRUE);
      return FALSE;
    }
  g_strlcpy (self->order.payload.host, text, TC_HOST_SIZE);
  return TRUE;
}

static gboolean
read_payout (TcMasternodeWizard *self)
{
  g_autofree char *message = NULL;
  const TcFieldVerdict verdict = tc_check_address (tc_field_get_text (self->payout), tc_node_get_network (self->node)->address_digit, &self->order.payload.payout,
                                                   &message);

  self->order.new_payout = verdict == TC_FIELD_EMPTY && !self->is_change;
  if (verdict == TC_FIELD_EMPTY && self->is_change)
    self->order.payload.payout = self->old.payout;
  tc_field_show_verdict (self->payout, verdict, message, TRUE);
  return verdict == TC_FIELD_EMPTY || verdict == TC_FIELD_GOOD;
}

static gboolean
read_their_key (TcMasternodeWizard *self)
{
  g_autofree char *text = g_strstrip (g_strdup (tc_field_get_text (self->their_key)));

  if (get_where (self) != WHERE_THEIRS)
    return TRUE;
  self->order.payload.has_key = tc_hex_decode (text, self->order.payload.operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  if (!self->order.payload.has_key)
    tc_field_show_verdict (self->their_key, TC_FIELD_BAD, _("A public key has 64 digits from 0 to 9 and a to f. “timed operator-key show FILE” prints it."), TRUE);
  return self->order.payload.has_key;
}

static void
end_address (TcMasternodeWizard *self)
{
  TcMasternodeOrder *order = &self->order;

  memset (order, 0, sizeof *order);
  order->kind = self->is_change ? TC_TX_KIND_UPDATE : TC_TX_KIND_REGISTER;
  order->payload.tier = (guint8) get_tier (self);
  order->new_owner = !self->is_change;
  if (self->is_change)
    {
      order->payload.masternode = self->old.outpoint;
      order->owner = self->old.owner;
    }
  if (!read_host (self) || !read_payout (self) || !read_their_key (self))
    return;
  if (get_where (self) != WHERE_HERE && get_where (self) != WHERE_EXPORT)
    g_clear_pointer (&self->key, tc_secret_key_unref);
  set_busy (self, TRUE);
  tc_node_list_masternodes_async (self->node, self->cancellable, on_masternodes, g_object_ref (self));
}

/* A port that is free now. */
static guint16
free_port (void)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static void
begin_address (TcMasternodeWizard *self)
{
  const gboolean theirs = get_where (self) == WHERE_THEIRS, local = tc_session_is_local (self->session);
  g_autofree char *port = g_strdup_printf ("%u", tc_node_get_network (self->node)->p2p_port);
  g_autofree char *hint = local ? g_strdup (_("The local network is on this computer: 127.0.0.1 and a free port."))
                                : g_strdup_printf (_("The address at which others reach it, with a port that its firewall and router let in, such as %s."), port);

  gtk_widget_set_visible (GTK_WIDGET (self->their_key), theirs);
  tc_field_set_hint (self->host, hint);
  if (local && tc_field_get_text (self->host)[0] == '\0')
    {
      g_autofree char *host = g_strdup_printf ("127.0.0.1:%u", free_port ());

      tc_field_set_text (self->host, host);
    }
  go (self, "address");
}

static void
end_tier (TcMasternodeWizard *self)
{
  const TcTier tier = get_tier (self);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcAmount needed = { tier == TC_TIER_FREE ? TC_FREE_FEE_UNITS : tc_tier_collateral (tier).units };
  g_autofree char *available = tc_text_amount_unit (snapshot->available), *cost = tc_text_amount_unit (needed), *text = NULL;

  if (snapshot->available.units > needed.units)
    {
      go (self, "where");
      return;
    }
  text = g_strdup_printf (_("This tier takes %s and a small fee; %s is available. Choose another one, or receive more first."), cost, available);
  complain (self, text);
}

static void
on_next (TcMasternodeWizard *self)
{
  if (self->busy)
    return;
  complain (self, NULL);
  if (is_at (self, "tier"))
    end_tier (self);
  else if (is_at (self, "where"))
    begin_address (self);
  else if (is_at (self, "address"))
    end_address (self);
  else if (is_at (self, "review"))
    send (self);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_back (TcMasternodeWizard *self)
{
  if (is_at (self, "review"))
    {
      g_clear_pointer (&self->draft, tc_masternode_draft_unref);
      if (gtk_widget_get_parent (GTK_WIDGET (self->proof)) != NULL)
        gtk_box_remove (GTK_BOX (self->review), GTK_WIDGET (self->proof));
      go (self, "address");
    }
  else if (is_at (self, "address"))
    go (self, "where");
  else
    go (self, "tier");
}

static void
on_restart (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodeWizard *self = TC_MASTERNODE_WIZARD (widget);

  tc_session_restart (self->session);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TcMasternodeWizard *self = TC_MASTERNODE_WIZARD (widget);

  tc_masternode_export_key (GTK_WINDOW (self), self->session, &self->order.payload.operator_key, self->order.payload.host);
}

/* --- The window --- */

static GtkWidget *
make_step (TcMasternodeWizard *self, const char *name, const char *title, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 14);

  if (title != NULL)
    gtk_box_append (GTK_BOX (box), tc_facts_label (title, "title-3"));
  if (text != NULL)
    gtk_box_append (GTK_BOX (box), tc_facts_label (text, NULL));
  gtk_stack_add_named (self->stack, box, name);
  return box;
}

/* A button rather than a round mark: those of GTK 4.8 cannot be pressed through accessibility. */
static GtkToggleButton *
add_choice (GtkWidget *facts, GtkToggleButton *group, const char *title, const char *text)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *caption = tc_facts_label (text, "caption"), *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_widget_add_css_class (caption, "dim-label");
  gtk_box_append (GTK_BOX (words), tc_facts_label (title, NULL));
  gtk_box_append (GTK_BOX (words), caption);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), group);
  g_object_bind_property (button, "active", mark, "visible", G_BINDING_SYNC_CREATE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "wizard-choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  tc_facts_add_widget (facts, button);
  return GTK_TOGGLE_BUTTON (button);
}

static void
make_tiers (TcMasternodeWizard *self)
{
  GtkWidget *facts = tc_facts_new (NULL);
  GtkWidget *step = make_step (self, "tier", _("Which Tier"),
                               _("A masternode keeps the network running: it votes on payments, signs blocks, and earns for it. The collateral is locked while it is one, and stays yours."));

  gtk_box_append (GTK_BOX (step), facts);
  for (guint i = 0; i < N_TIERS; i++)
    {
      const TcAmount collateral = tc_tier_collateral ((TcTier) i);
      g_autofree char *amount = tc_text_amount_unit (i == TC_TIER_FREE ? (TcAmount) { TC_FREE_FEE_UNITS } : collateral);
      g_autofree char *power = tc_text_number (collateral.units / TC_AMOUNT_PER_TIME / 1000), *text = NULL;

      text = i == TC_TIER_FREE ? g_strdup_printf (_("No collateral; registering costs %s. It earns a little, and has no vote."), amount)
                               : g_strdup_printf (_("Locks %s. Its vote has power %s, and it earns in proportion."), amount, power);
      self->tiers[i] = add_choice (facts, i > 0 ? self->tiers[0] : NULL, tc_explorer_tier_name ((TcTier) i), text);
    }
  gtk_toggle_button_set_active (self->tiers[TC_TIER_BRONZE], TRUE);
}

static void
make_wheres (TcMasternodeWizard *self)
{
  static const char *const titles[N_WHERES] = { N_("Where it runs now"), N_("On this computer"), N_("On another computer, with a key made here"),
                                                N_("On another computer, which made its own key") };
  static const char *const texts[N_WHERES] = {
    N_("The operator key stays as it is."),
    N_("TimeCoin makes the operator key and uses it. This computer must be on, and reachable, all day."),
    N_("One file holds the key and says how to start timed there. Bring it there safely: whoever has it can sign in the masternode's name."),
    N_("The safest way: the key never leaves that computer. You write its public key here, and a proof."),
  };
  GtkWidget *facts = tc_facts_new (NULL), *step = make_step (self, "where", _("Where It Runs"), _("A masternode that does not answer earns nothing. It loses nothing either, unless two computers sign with one key."));

  gtk_box_append (GTK_BOX (step), facts);
  for (guint i = 0; i < N_WHERES; i++)
    self->wheres[i] = add_choice (facts, i > 0 ? self->wheres[0] : NULL, _(titles[i]), _(texts[i]));
  gtk_toggle_button_set_active (self->wheres[WHERE_HERE], TRUE);
}

static TcField *
add_field (GtkWidget *step, const char *title, const char *hint)
{
  GtkWidget *field = tc_field_new ();

  g_object_set (field, "title", title, NULL);
  tc_field_set_hint (TC_FIELD (field), hint);
  if (step != NULL)
    gtk_box_append (GTK_BOX (step), field);
  return TC_FIELD (field);
}

static void
make_address (TcMasternodeWizard *self)
{
  GtkWidget *step = make_step (self, "address", _("Name and Address"), NULL);

  self->name = add_field (step, _("Name (optional)"), _("Only you see it."));
  self->host = add_field (step, _("Network address"), NULL);
  self->their_key = add_field (step, _("Public operator key"), _("“timed operator-key new FILE” makes a key on the other computer, and prints the public one."));
  self->payout = add_field (step, _("Rewards go to (optional)"), _("An address; left empty, one of this wallet's."));
  self->proof = g_object_ref_sink (add_field (NULL, _("Proof"), NULL));
}

static void
make_foot (TcMasternodeWizard *self, GtkWidget *box)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->back = GTK_BUTTON (gtk_button_new_with_mnemonic (_("_Back")));
  self->next = GTK_BUTTON (gtk_button_new_with_mnemonic (_("C_ontinue")));
  self->spinner = g_object_new (GTK_TYPE_SPINNER, "spinning", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->back), "pill");
  gtk_widget_add_css_class (GTK_WIDGET (self->next), "pill");
  gtk_widget_add_css_class (GTK_WIDGET (self->next), "suggested-action");
  g_object_set (foot, "halign", GTK_ALIGN_CENTER, "margin-top", 6, "margin-bottom", 18, NULL);
  gtk_box_append (GTK_BOX (foot), GTK_WIDGET (self->back));
  gtk_box_append (GTK_BOX (foot), GTK_WIDGET (self->next));
  gtk_box_append (GTK_BOX (foot), self->spinner);
  gtk_box_append (GTK_BOX (box), foot);
  g_signal_connect_swapped (self->back, "clicked", G_CALLBACK (on_back), self);
  g_signal_connect_swapped (self->next, "clicked", G_CALLBACK (on_next), self);
}

static void
make_window (TcMasternodeWizard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new (), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *inside = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *toasts = adw_toast_overlay_new ();

  gtk_widget_add_css_class (header, "flat");
  g_object_set (scrolled, "hscrollbar-policy", GTK_POLICY_NEVER, "propagate-natural-height", TRUE, "vexpand", TRUE, "child", inside, NULL);
  g_object_set (inside, "margin-start", 18, "margin-end", 18, "margin-top", 6, "margin-bottom", 18, NULL);
  self->stack = GTK_STACK (gtk_stack_new ());
  self->problem = g_object_new (TC_TYPE_NOTICE, "visible", FALSE, NULL);
  g_object_set (self->stack, "vhomogeneous", FALSE, "transition-type", GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT_RIGHT, NULL);
  gtk_box_append (GTK_BOX (inside), GTK_WIDGET (self->stack));
  gtk_box_append (GTK_BOX (inside), GTK_WIDGET (self->problem));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scrolled);
  make_tiers (self);
  make_wheres (self);
  make_address (self);
  self->review = make_step (self, "review", NULL, NULL);
  self->done = make_step (self, "done", NULL, NULL);
  tc_stack_hide_others (self->stack);
  make_foot (self, box);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (toasts), box);
  adw_window_set_content (ADW_WINDOW (self), toasts);
}

static void
on_keys (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcMasternodeWizard) self = user_data;
  g_autoptr(GArray) keys = tc_operator_keys_list_finish (result, &self->here, NULL);
}

static void
tc_masternode_wizard_dispose (GObject *object)
{
  TcMasternodeWizard *self = TC_MASTERNODE_WIZARD (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->draft, tc_masternode_draft_unref);
  g_clear_pointer (&self->key, tc_secret_key_unref);
  g_clear_pointer (&self->node, tc_node_unref);
  g_clear_object (&self->proof);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_masternode_wizard_parent_class)->dispose (object);
}

static void
tc_masternode_wizard_class_init (TcMasternodeWizardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_masternode_wizard_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "wizard.restart", NULL, on_restart);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "wizard.export", NULL, on_export);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tc_masternode_wizard_init (TcMasternodeWizard *self)
{
  self->cancellable = g_cancellable_new ();
  make_window (self);
}

GtkWindow *
tc_masternode_wizard_new (GtkWindow *parent, TcSession *session, TcWallet *wallet, const TcNodeMasternode *old, const char *name)
{
  TcMasternodeWizard *self = g_object_new (TC_TYPE_MASTERNODE_WIZARD, "transient-for", parent, "modal", TRUE, "default-width", 520, "default-height", 640,
                                           "width-request", 340, "title", old != NULL ? _("Change Masternode") : _("New Masternode"), NULL);
  g_autofree char *dir = tc_session_dup_network_dir (session);

  self->session = g_object_ref (session);
  self->wallet = g_object_ref (wallet);
  self->node = tc_node_ref (tc_session_get_node (session));
  self->is_change = old != NULL;
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->wheres[WHERE_KEEP])), old != NULL);
  if (old != NULL)
    {
      self->old = *old;
      tc_field_set_text (self->host, old->host);
      gtk_widget_set_visible (GTK_WIDGET (self->name), old->outpoint.index == 0);
      tc_field_set_text (self->name, name != NULL ? name : "");
      gtk_toggle_button_set_active (self->wheres[WHERE_KEEP], TRUE);
    }
  tc_operator_keys_list_async (dir, on_keys, g_object_ref (self));
  go (self, old != NULL ? "where" : "tier");
  return GTK_WINDOW (self);
}
