#include <string.h>

#include "shots.h"
#include "status-samples.h"
#include "ui/console-page.h"
#include "ui/traffic-graph.h"

/* The page of the network and the console. Most of what the page asks the node for is made up: the local network has few peers and is done with a round in an instant. */

static gboolean pretending;

/* --- Peers --- */

static const struct
{
  const char      *address, *agent;
  TcNodePeerSource source;
  gint32           ping_ms;
  guint32          behind, score;
  gboolean         is_member;
} sample_peers[] = {
  { "192.0.2.17:24000", "TimeCoin/0.1.0", TC_NODE_PEER_COMMITTEE, 23, 0, 0, TRUE },
  { "[2001:db8:17::4]:24000", "TimeCoin/0.1.0", TC_NODE_PEER_FOUND, 148, 0, 0, FALSE },
  { "198.51.100.201:24000", "TimeCoin/0.1.0", TC_NODE_PEER_INBOUND, 41, 1, 0, FALSE },
  { "203.0.113.77:51234", "TimeCoin/0.0.9", TC_NODE_PEER_INBOUND, 312, 1204, 40, FALSE },
  { "192.0.2.99:24000", "TimeCoin/0.1.0", TC_NODE_PEER_NAMED, -1, 0, 0, TRUE },
};

GPtrArray *__wrap_tc_node_list_peers_finish (TcNode *self, GAsyncResult *result, GError **error);
GPtrArray *__real_tc_node_list_peers_finish (TcNode *self, GAsyncResult *result, GError **error);

GPtrArray *
__wrap_tc_node_list_peers_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  GPtrArray *peers = __real_tc_node_list_peers_finish (self, result, error);

  if (!pretending || peers == NULL)
    return peers;
  g_ptr_array_set_size (peers, 0);
  for (guint i = 0; i < 30; i++)
    {
      const guint k = i % G_N_ELEMENTS (sample_peers);
      TcNodePeer *peer = g_new0 (TcNodePeer, 1);

      *peer = (TcNodePeer) { .id = i + 1, .inbound = sample_peers[k].source == TC_NODE_PEER_INBOUND, .source = sample_peers[k].source,
                             .address = g_strdup (sample_peers[k].address), .agent = g_strdup (sample_peers[k].agent),
                             .height = 95040 - sample_peers[k].behind, .bytes_in = 1234567u * (i + 1), .bytes_out = 765432u * (i + 3),
                             .ping_ms = sample_peers[k].ping_ms, .score = sample_peers[k].score, .is_member = sample_peers[k].is_member };
      g_ptr_array_add (peers, peer);
    }
  return peers;
}

/* --- The committee --- */

TcNodeCommittee *__wrap_tc_node_get_committee_finish (TcNode *self, GAsyncResult *result, GError **error);
TcNodeCommittee *__real_tc_node_get_committee_finish (TcNode *self, GAsyncResult *result, GError **error);

TcNodeCommittee *
__wrap_tc_node_get_committee_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  TcNodeCommittee *shown = __real_tc_node_get_committee_finish (self, result, error);

  if (!pretending || shown == NULL)
    return shown;
  *shown = (TcNodeCommittee) { .height = 95041, .round = 0, .epoch = 1584, .step = 3, .power = 1600, .prevote_power = 1480, .precommit_power = 620,
                               .epoch_blocks = 37, .has_newest = TRUE, .n_members = 16 };
  for (guint i = 0; i < shown->n_members; i++)
    {
      TcNodeMember *member = &shown->members[i];

      *member = (TcNodeMember) { .masternode = 3 * i + 1, .power = i % 3 == 0 ? 150 : 80, .signed_heights = 37 - i % 5, .is_own = i == 4, .is_proposer = i == 7,
                                 .answers = i != 11, .prevoted = i != 11, .precommitted = i % 5 < 2 && i != 11, .signed_newest = i % 7 != 3 };
      g_snprintf (member->host, sizeof member->host, "192.0.2.%u:24000", 10 + i);
    }
  return shown;
}

/* --- The node --- */

TcNodeDetails *__wrap_tc_node_get_details_finish (TcNode *self, GAsyncResult *result, GError **error);
TcNodeDetails *__real_tc_node_get_details_finish (TcNode *self, GAsyncResult *result, GError **error);

TcNodeDetails *
__wrap_tc_node_get_details_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  static const guint fees[TC_NODE_FEE_BINS] = { 412, 96, 33, 12, 0, 3, 0, 1 };
  TcNodeDetails *details = __real_tc_node_get_details_finish (self, result, error);

  if (!pretending || details == NULL)
    return details;
  memcpy (details->fees, fees, sizeof fees);
  g_free (details->listen);
  g_free (details->external);
  details->listen = g_strdup ("0.0.0.0:24000");
  details->external = g_strdup ("198.51.100.4:24000");
  details->n_addresses = 1873;
  return details;
}

/* Ten minutes of it. */
static void
fill_graph (TcShots *self, TcNodeStatus *status)
{
  TcTrafficGraph *graph = TC_TRAFFIC_GRAPH (tc_drive_find_type (self->window, TC_TYPE_TRAFFIC_GRAPH));
  const gint64 now_ms = g_get_monotonic_time () / 1000;
  guint64 in = 0, out = 0;

  for (guint s = 0; s < 600; s++)
    {
      tc_traffic_graph_add (graph, now_ms - 600000 + 1000 * (gint64) s, in, out);
      in += 9000 + 7000 * ((s * 37) % 11) / 10 + (s % 60 < 4 ? 38000 : 0);
      out += 4000 + 3000 * ((s * 53) % 7) / 6 + (s % 97 < 9 ? 21000 : 0);
    }
  status->bytes_in = in;
  status->bytes_out = out;
}

/* --- */

static void
go_to (TcShots *self, const char *view)
{
  gtk_widget_activate_action (self->window, "win.show-on", "(ss)", "network", view);
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
}

static void
run_line (TcShots *self, const char *line)
{
  GtkWidget *page = tc_drive_find_type (self->window, TC_TYPE_CONSOLE_PAGE), *entry = tc_drive_find_type (page, GTK_TYPE_ENTRY);

  gtk_editable_set_text (GTK_EDITABLE (entry), line);
  g_signal_emit_by_name (entry, "activate");
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
}

static void
take_console (TcShots *self)
{
  tc_shots_go (self, "console");
  tc_shots_take (self, "81-console-first");
  tc_drive_press (self->window, "I Understand");
  run_line (self, "getmempoolinfo");
  run_line (self, "getbalance");
  run_line (self, "getblockhash 900000000");
  run_line (self, "walletpassphrase correct-horse 60");
  run_line (self, "help getblock");
  tc_shots_take (self, "81-console");
  tc_shots_go (self, "overview");
}

void
tc_shots_network (TcShots *self)
{
  TcNodeStatus *status = tc_status_sample (TC_SAMPLE_HISTORY, g_get_real_time () / 1000);
  TcSession *session = tc_application_get_session (self->application);

  if (tc_shots_wants (self, "81-console"))
    take_console (self);
  if (!tc_shots_wants (self, "80-network"))
    {
      tc_node_status_unref (status);
      return;
    }
  go_to (self, "bans");
  tc_shots_take (self, "80-network-bans-none");
  pretending = TRUE;
  go_to (self, "node");
  fill_graph (self, status);
  tc_shots_pretend (session, status);
  tc_drive_for (1200);
  tc_shots_take (self, "80-network-node");
  go_to (self, "peers");
  tc_shots_take (self, "80-network-peers");
  go_to (self, "committee");
  tc_shots_take (self, "80-network-committee");
  tc_shots_pretend (session, NULL);
  pretending = FALSE;
  tc_node_status_unref (status);
  tc_shots_go (self, "overview");
}
