#define G_LOG_DOMAIN "tc-ui"
#include "peers-view.h"

#include <string.h>

#include <glib/gi18n.h>

#include "helpers.h"
#include "live-table.h"
#include "poll.h"
#include "text.h"

#define POLL_MS 1000
#define HOUR_MS (G_GINT64_CONSTANT (3600) * 1000)
#define OUR_AGENT "TimeCoin/"  /* what is no news */
#define AGENT_SHOWN 24
#define EVER_MS (G_GINT64_CONSTANT (100) * 365 * 24 * HOUR_MS)

struct _TcPeersView
{
  AdwBin       parent_instance;
  TcLiveTable *live;
  GtkWidget   *add_button;
  GtkEditable *address;
  GtkLabel    *add_error;
  TcSession   *session;
  gboolean     asking;
};

G_DEFINE_FINAL_TYPE (TcPeersView, tc_peers_view, ADW_TYPE_BIN)

/* --- A peer's row --- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const TcNodePeer *left = a, *right = b;

  return left->id < right->id ? -1 : left->id > right->id;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
  const TcNodePeer *left = a, *right = b;

  return left->bytes_in == right->bytes_in && left->bytes_out == right->bytes_out && left->ping_ms == right->ping_ms && left->height == right->height
         && left->score == right->score && left->is_member == right->is_member && left->source == right->source
         && g_strcmp0 (left->agent, right->agent) == 0;
}

static void
row_free (gpointer row)
{
  tc_node_peer_free (row);
}

static const TcKeyedKind row_kind = { compare_ids, is_same, row_free };

static char *
address_text (gconstpointer row)
{
  return g_strdup (((const TcNodePeer *) row)->address);
}

static char *
source_text (gconstpointer row)
{
  switch (((const TcNodePeer *) row)->source)
    {
    case TC_NODE_PEER_NAMED:
      /* Translators: of a connection: its address was given by the user or by the network's file. */
      return g_strdup (_("Out, chosen"));
    case TC_NODE_PEER_COMMITTEE:
      return g_strdup (_("Out, committee"));
    case TC_NODE_PEER_FOUND:
      /* Translators: of a connection: its address was found out by itself. */
      return g_strdup (_("Out, found"));
    case TC_NODE_PEER_INBOUND:
    default:
      return g_strdup (_("Came in"));
    }
}

static char *
ping_text (gconstpointer row)
{
  const TcNodePeer *peer = row;

  return peer->ping_ms < 0 ? g_strdup ("–") : g_strdup_printf (_("%d ms"), peer->ping_ms);
}

static char *
height_text (gconstpointer row)
{
  const TcNodePeer *peer = row;

  return peer->height == 0 ? g_strdup ("–") : tc_text_number (peer->height);
}

static char *
agent_text (gconstpointer row)
{
  const char *agent = ((const TcNodePeer *) row)->agent;

  if (agent == NULL || agent[0] == '\0')
    return g_strdup ("–");
  return g_strndup (g_str_has_prefix (agent, OUR_AGENT) ? agent + strlen (OUR_AGENT) : agent, AGENT_SHOWN);
}

static char *
in_text (gconstpointer row)
{
  return tc_text_size (((const TcNodePeer *) row)->bytes_in);
}

static char *
out_text (gconstpointer row)
{
  return tc_text_size (((const TcNodePeer *) row)->bytes_out);
}

static char *
score_text (gconstpointer row)
{
  return g_strdup_printf ("%u", ((const TcNodePeer *) row)->score);
}

static gboolean
is_member (gconstpointer row)
{
  return ((const TcNodePeer *) row)->is_member;
}

static char *
member_text (gconstpointer row)
{
  return g_strdup (is_member (row) ? _("In the committee") : _("Not in the committee"));
}

static int
compare_addresses (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const TcNodePeer *) a)->address, ((const TcNodePeer *) b)->address);
}

static int
compare_agents (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const TcNodePeer *) a)->agent, ((const TcNodePeer *) b)->agent);
}

#define COMPARE_FIELD(name, field)                                                    \
  static int                                                                          \
  name (gconstpointer a, gconstpointer b)                                             \
  {                                                                                   \
    const TcNodePeer *left = a, *right = b;                                           \
                                                                                      \
    return left->field < right->field ? -1 : left->field > right->field;              \
  }

COMPARE_FIELD (compare_sources, source)
COMPARE_FIELD (compare_pings, ping_ms)
COMPARE_FIELD (compare_heights, height)
COMPARE_FIELD (compare_in, bytes_in)
COMPARE_FIELD (compare_out, bytes_out)
COMPARE_FIELD (compare_scores, score)
COMPARE_FIELD (compare_members, is_member)

static const TcTableColumn columns[] = {
  { .title = N_("Address"), .text = address_text, .compare = compare_addresses, .exact = TRUE, .expand = TRUE },
  { .title = N_("Connection"), .text = source_text, .compare = compare_sources },
  { .title = N_("Latency"), .text = ping_text, .compare = compare_pings, .number = TRUE },
  { .title = N_("Block"), .text = height_text, .compare = compare_heights, .number = TRUE },
  { .title = N_("Version"), .text = agent_text, .compare = compare_agents },
  { .title = N_("Received"), .text = in_text, .compare = compare_in, .number = TRUE },
  { .title = N_("Sent"), .text = out_text, .compare = compare_out, .number = TRUE },
  /* Translators: of a peer's misbehaviour. At 100 it is banned. */
  { .title = N_("Score"), .text = score_text, .compare = compare_scores, .number = TRUE },
  { .title = N_("Member"), .text = member_text, .mark = is_member, .compare = compare_members },
};

static char *
details_text (gconstpointer row)
{
  const TcNodePeer *peer = row;
  g_autofree char *source = source_text (row), *ping = ping_text (row), *height = height_text (row), *agent = agent_text (row);
  g_autofree char *in = in_text (row), *out = out_text (row);

  if (peer->score == 0)
    /* Translators: kind of connection, latency, height of a block, version, sizes. */
    return g_strdup_printf (_("%s · %s · block %s · version %s\n%s received, %s sent"), source, ping, height, agent, in, out);
  return g_strdup_printf (_("%s · %s · block %s · version %s\n%s received, %s sent, score %u"), source, ping, height, agent, in, out, peer->score);
}

static char *
menu_text (gconstpointer row)
{
  /* Translators: the name of a menu button; %s is an address. */
  return g_strdup_printf (_("Actions for %s"), ((const TcNodePeer *) row)->address);
}

static const TcTableKind kind = {
  .rows = &row_kind, .columns = columns, .n_columns = G_N_ELEMENTS (columns), .wide_chars = 88,
  .headline = address_text, .details = details_text, .button_name = menu_text,
};

/* --- The list --- */

static char *
summarize (GPtrArray *peers)
{
  guint n_in = 0;
  g_autofree char *all = NULL, *in = NULL;

  for (guint i = 0; i < peers->len; i++)
    n_in += ((const TcNodePeer *) peers->pdata[i])->inbound ? 1 : 0;
  all = g_strdup_printf (ngettext ("%u peer", "%u peers", peers->len), peers->len);
  /* Translators: of connections. */
  in = g_strdup_printf (ngettext ("%u came in", "%u came in", n_in), n_in);
  return n_in == 0 ? g_steal_pointer (&all) : g_strdup_printf ("%s · %s", all, in);
}

static void
show_none (TcPeersView *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const char *why = status != NULL && status->state == TC_NODE_CONNECTING ? status->problem : NULL;

  tc_live_table_show_message (self->live, "network-workgroup-symbolic", _("No Peers Yet"),
                              why != NULL ? why
                                          : _("This node looks for others, which takes a few seconds. If none come, see whether this computer is online and whether a firewall "
                                              "holds TimeCoin back; or add a peer whose address you know."));
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPeersView) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *peers = tc_node_list_peers_finish (NULL, result, &error);
  g_autofree char *summary = NULL;

  self->asking = FALSE;
  if (peers == NULL)
    {
      tc_live_table_show_no_node (self->live);
      return;
    }
  if (peers->len == 0)
    {
      g_ptr_array_unref (peers);
      show_none (self);
      return;
    }
  summary = summarize (peers);
  g_ptr_array_set_free_func (peers, NULL);
  tc_live_table_show_rows (self->live, peers, summary);
}

static void
ask (GtkWidget *widget)
{
  TcPeersView *self = TC_PEERS_VIEW (widget);
  TcNode *node = self->session == NULL ? NULL : tc_session_get_node (self->session);

  if (self->asking)
    return;
  gtk_widget_set_sensitive (self->add_button, node != NULL);
  if (node == NULL)
    {
      tc_live_table_show_no_node (self->live);
      return;
    }
  self->asking = TRUE;
  tc_node_list_peers_async (node, NULL, on_listed, g_object_ref (self));
}

/* --- What is done about a peer --- */

typedef struct
{
  TcPeersView *view;
  char        *subject, *told;
} Ban;

static void
ban_free (Ban *ban)
{
  g_object_unref (ban->view);
  g_free (ban->subject);
  g_free (ban->told);
  g_free (ban);
}

char *
tc_peer_ban_subject (const char *address)
{
  const char *end = strrchr (address, ':');

  if (end == NULL)
    return g_strdup (address);
  if (address[0] == '[' && end > address + 1 && end[-1] == ']')
    return g_strndup (address + 1, (gsize) (end - address) - 2);
  return strchr (address, ':') == end ? g_strndup (address, (gsize) (end - address)) : g_strdup (address);
}

static void
on_unbanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPeersView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_node_unban_finish (NULL, result, &error))
    tc_toast (GTK_WIDGET (self), error->message);
}

static void
on_undo (AdwToast *toast, TcPeersView *self)
{
  TcNode *node = tc_session_get_node (self->session);

  if (node != NULL)
    tc_node_unban_async (node, g_object_get_data (G_OBJECT (toast), "subject"), NULL, on_unbanned, g_object_ref (self));
}

static void
on_banned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ban *ban = user_data;
  g_autoptr(GError) error = NULL;
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (ban->view), ADW_TYPE_TOAST_OVERLAY);

  if (!tc_node_ban_finish (NULL, result, &error))
    tc_toast (GTK_WIDGET (ban->view), error->message);
  else if (overlay != NULL)
    {
      AdwToast *toast = adw_toast_new (ban->told);

      adw_toast_set_button_label (toast, _("Undo"));
      g_object_set_data_full (G_OBJECT (toast), "subject", g_strdup (ban->subject), g_free);
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_undo), ban->view, 0);
      adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
    }
  ask (GTK_WIDGET (ban->view));
  ban_free (ban);
}

static void
ban (TcPeersView *self, const TcNodePeer *peer, const char *action)
{
  const gint64 span_ms = strcmp (action, "ban-hour") == 0 ? HOUR_MS : strcmp (action, "ban-day") == 0 ? 24 * HOUR_MS : EVER_MS;
  Ban *order = g_new0 (Ban, 1);

  order->view = g_object_ref (self);
  order->subject = tc_peer_ban_subject (peer->address);
  order->told = g_strdup_printf (span_ms == HOUR_MS ? _("%s is banned for an hour") : span_ms == EVER_MS ? _("%s is banned for ever") : _("%s is banned for a day"),
                                 order->subject);
  tc_node_ban_async (tc_session_get_node (self->session), order->subject, g_get_real_time () / 1000 + span_ms, NULL, on_banned, order);
}

static void
on_disconnected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPeersView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_node_disconnect_peer_finish (NULL, result, &error))
    tc_toast (GTK_WIDGET (self), _("Disconnected"));
  else
    tc_toast (GTK_WIDGET (self), _("This peer has gone already"));
  ask (GTK_WIDGET (self));
}

static void
on_row_action (TcPeersView *self, TcKeyedItem *item, const char *action)
{
  const TcNodePeer *peer = tc_keyed_item_get (item);

  if (strcmp (action, "copy") == 0)
    tc_copy_text (GTK_WIDGET (self), peer->address, _("Address copied"));
  else if (tc_session_get_node (self->session) == NULL)
    return;
  else if (strcmp (action, "disconnect") == 0)
    tc_node_disconnect_peer_async (tc_session_get_node (self->session), peer->id, NULL, on_disconnected, g_object_ref (self));
  else
    ban (self, peer, action);
}

/* --- Adding one --- */

static void
show_add_error (TcPeersView *self, const char *text)
{
  gtk_label_set_text (self->add_error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->add_error), text != NULL);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcPeersView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_node_add_peer_finish (NULL, result, &error))
    {
      gtk_menu_button_popdown (GTK_MENU_BUTTON (self->add_button));
      gtk_editable_set_text (self->address, "");
      show_add_error (self, NULL);
      tc_toast (GTK_WIDGET (self), _("Peer added: it is connected to until TimeCoin closes"));
    }
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_EXISTS))
    show_add_error (self, _("This address was added already."));
  else
    {
      g_autofree char *text = g_strdup_printf (_("This address cannot be added: %s"), error->message);

      show_add_error (self, text);
    }
}

static void
on_add (TcPeersView *self)
{
  TcNode *node = tc_session_get_node (self->session);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->address)));

  if (node == NULL || text[0] == '\0')
    return;
  if (!tc_host_is_valid (text))
    {
      show_add_error (self, _("Write an IP address and a port, such as 192.0.2.1:24000 or [2001:db8::1]:24000."));
      return;
    }
  tc_node_add_peer_async (node, text, NULL, on_added, g_object_ref (self));
}

static GtkWidget *
make_add_popover (TcPeersView *self)
{
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *entry = gtk_entry_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Add")), *error = gtk_label_new (NULL), *title = gtk_label_new (_("Address and port of the peer"));

  self->address = GTK_EDITABLE (entry);
  self->add_error = GTK_LABEL (error);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "192.0.2.1:24000");
  gtk_editable_set_width_chars (self->address, 28);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Address and port of the peer"), -1);
  gtk_label_set_wrap (self->add_error, TRUE);
  gtk_label_set_xalign (self->add_error, 0);
  gtk_label_set_max_width_chars (self->add_error, 30);
  gtk_widget_add_css_class (error, "inline-error");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_visible (error, FALSE);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_add), self);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), error);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "popover-form");
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

/* --- Life --- */

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr(GMenu) first = g_menu_new (), second = g_menu_new ();

  g_menu_append (first, _("_Disconnect"), "row.do::disconnect");
  g_menu_append (first, _("_Copy Address"), "row.do::copy");
  g_menu_append (second, _("Ban for an _Hour"), "row.do::ban-hour");
  g_menu_append (second, _("Ban for a Da_y"), "row.do::ban-day");
  g_menu_append (second, _("Ban for _Ever"), "row.do::ban-ever");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  return G_MENU_MODEL (menu);
}

static void
tc_peers_view_dispose (GObject *object)
{
  g_clear_object (&TC_PEERS_VIEW (object)->session);
  G_OBJECT_CLASS (tc_peers_view_parent_class)->dispose (object);
}

static void
tc_peers_view_class_init (TcPeersViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_peers_view_dispose;
}

static void
tc_peers_view_init (TcPeersView *self)
{
  g_autoptr(GMenuModel) menu = make_menu ();

  self->live = TC_LIVE_TABLE (tc_live_table_new (&kind, _("Peers"), menu));
  self->add_button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->add_button), _("Add a Peer"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->add_button), make_add_popover (self));
  tc_live_table_add_beside (self->live, self->add_button);
  g_signal_connect_swapped (tc_live_table_get_table (self->live), "row-action", G_CALLBACK (on_row_action), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->live));
  tc_poll_while_mapped (GTK_WIDGET (self), POLL_MS, ask);
}

void
tc_peers_view_set_session (TcPeersView *self, TcSession *session)
{
  g_set_object (&self->session, session);
}
