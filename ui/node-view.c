#define G_LOG_DOMAIN "tc-ui"
#include "node-view.h"

#include <glib/gi18n.h>

#include "fee-bars.h"
#include "helpers.h"
#include "node-text.h"
#include "poll.h"
#include "text.h"
#include "traffic-graph.h"

#define POLL_MS      1000
#define MEASURE_US   (30 * G_USEC_PER_SEC)  /* of the disk, at most so often */
#define SIDE_MARGIN  12

typedef enum
{
  RECEIVED, SENT,
  STATE, HEIGHT, BLOCKS, PHASE, PROGRESS, RATE, LEFT, SOURCES, SNAPSHOTS,
  WAITING, FEE,
  VERSION, NETWORK, CHAIN, LISTEN, REACH, PROXY, ADDRESSES, UPTIME, DISK, KEPT,
  N_FACTS,
} Fact;

/* Groups begin where a title is. */
static const struct
{
  const char *group, *title;
  gboolean    copied;
} facts[N_FACTS] = {
  [RECEIVED] = { N_("Traffic"), N_("Received"), FALSE },
  [SENT] = { NULL, N_("Sent"), FALSE },
  [STATE] = { N_("Chain"), N_("State"), FALSE },
  [HEIGHT] = { NULL, N_("Newest block"), FALSE },
  [BLOCKS] = { NULL, N_("Blocks on this computer"), FALSE },
  [PHASE] = { NULL, N_("Now"), FALSE },
  [PROGRESS] = { NULL, N_("Done"), FALSE },
  [RATE] = { NULL, N_("Speed"), FALSE },
  [LEFT] = { NULL, N_("Time left"), FALSE },
  [SOURCES] = { NULL, N_("Fetched from"), FALSE },
  [SNAPSHOTS] = { NULL, N_("Snapshots that it serves"), FALSE },
  [WAITING] = { N_("Waiting Transactions"), N_("Waiting"), FALSE },
  [FEE] = { NULL, N_("Fee asked for"), FALSE },
  [VERSION] = { N_("This Node"), N_("Version"), FALSE },
  [NETWORK] = { NULL, N_("Network"), FALSE },
  [CHAIN] = { NULL, N_("Chain"), TRUE },
  [LISTEN] = { NULL, N_("Listens on"), FALSE },
  [REACH] = { NULL, N_("Others can connect"), FALSE },
  [PROXY] = { NULL, N_("Proxy"), FALSE },
  [ADDRESSES] = { NULL, N_("Nodes that it knows of"), FALSE },
  [UPTIME] = { NULL, N_("Running for"), FALSE },
  [DISK] = { NULL, N_("Room on the disk"), FALSE },
  [KEPT] = { NULL, N_("Old blocks"), FALSE },
};

struct _TcNodeView
{
  AdwBin          parent_instance;
  TcTrafficGraph *graph;
  TcFeeBars      *fees;
  GtkWidget      *rows[N_FACTS];
  GtkLabel       *values[N_FACTS];
  TcSession      *session;
  gboolean        asking, measuring;
  gint64          measured_us;  /* 0: not yet */
};

G_DEFINE_FINAL_TYPE (TcNodeView, tc_node_view, ADW_TYPE_BIN)

/* --- Facts --- */

/* @text: (nullable): NULL: the row is not shown. */
static void
set_fact (TcNodeView *self, Fact fact, const char *text)
{
  gtk_widget_set_visible (self->rows[fact], text != NULL);
  if (text != NULL && g_strcmp0 (gtk_label_get_text (self->values[fact]), text) != 0)
    gtk_label_set_text (self->values[fact], text);
}

/* The same, freeing @text. */
static void
take_fact (TcNodeView *self, Fact fact, char *text)
{
  set_fact (self, fact, text);
  g_free (text);
}

static void
on_copy (GtkButton *button, TcNodeView *self)
{
  const Fact fact = (Fact) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "fact"));

  tc_copy_text (GTK_WIDGET (self), gtk_label_get_text (self->values[fact]), _("Copied"));
}

static GtkWidget *
make_copy_button (TcNodeView *self, Fact fact)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  /* Translators: the name of a button; %s is what is copied, such as "Chain". */
  g_autofree char *name = g_strdup_printf (_("Copy: %s"), _(facts[fact].title));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "fact", GUINT_TO_POINTER (fact));
  g_signal_connect (button, "clicked", G_CALLBACK (on_copy), self);
  return button;
}

static GtkWidget *
make_row (TcNodeView *self, Fact fact)
{
  const gboolean long_one = fact == CHAIN;
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *words;
  GtkWidget *title = gtk_label_new (_(facts[fact].title)), *value = gtk_label_new (NULL);

  words = gtk_box_new (long_one ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, long_one ? 3 : 18);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_widget_add_css_class (title, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value), long_one ? 0 : 1);
  gtk_label_set_justify (GTK_LABEL (value), long_one ? GTK_JUSTIFY_LEFT : GTK_JUSTIFY_RIGHT);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_set_margin_end (value, long_one ? 0 : 6);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  tc_label_keep_exact (GTK_LABEL (value));
  gtk_widget_add_css_class (value, "numeric");
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), value);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (box), words);
  if (facts[fact].copied)
    gtk_box_append (GTK_BOX (box), make_copy_button (self, fact));
  gtk_widget_add_css_class (box, "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_widget_set_visible (row, FALSE);
  self->rows[fact] = row;
  self->values[fact] = GTK_LABEL (value);
  return row;
}

/* A picture among the facts. */
static void
append_drawing (GtkWidget *list, GtkWidget *drawing)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_widget_add_css_class (drawing, "fact-drawing");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), drawing);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

static GtkWidget *
add_group (GtkWidget *box, const char *title)
{
  GtkWidget *heading = gtk_label_new (title), *list = gtk_list_box_new ();

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_add_css_class (heading, "group-heading");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), list);
  return list;
}

static GtkWidget *
make_groups (TcNodeView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *list = NULL;

  for (Fact fact = 0; fact < N_FACTS; fact++)
    {
      if (facts[fact].group != NULL)
        list = add_group (box, _(facts[fact].group));
      if (fact == RECEIVED)
        append_drawing (list, GTK_WIDGET (self->graph));
      gtk_list_box_append (GTK_LIST_BOX (list), make_row (self, fact));
      if (fact == FEE)
        append_drawing (list, GTK_WIDGET (self->fees));
    }
  gtk_widget_set_margin_start (box, SIDE_MARGIN);
  gtk_widget_set_margin_end (box, SIDE_MARGIN);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 24);
  return box;
}

/* --- Out of the status --- */

static void
show_traffic (TcNodeView *self, const TcNodeStatus *status)
{
  guint64 in, out;
  g_autofree char *rate_in = NULL, *rate_out = NULL, *sum_in = tc_text_size (status->bytes_in), *sum_out = tc_text_size (status->bytes_out);

  tc_traffic_graph_get_rates (self->graph, &in, &out);
  rate_in = tc_text_size (in);
  rate_out = tc_text_size (out);
  /* Translators: sizes, such as 12.3 kB. */
  take_fact (self, RECEIVED, g_strdup_printf (_("%s a second; %s since the start"), rate_in, sum_in));
  take_fact (self, SENT, g_strdup_printf (_("%s a second; %s since the start"), rate_out, sum_out));
}

static void
show_sync (TcNodeView *self, const TcNodeStatus *status)
{
  const TcNodeSync *sync = &status->sync;
  const gboolean busy = sync->phase != TC_NODE_SYNC_NONE;

  take_fact (self, PHASE, tc_node_text_phase (status));
  take_fact (self, PROGRESS, busy ? tc_node_text_progress (sync) : NULL);
  take_fact (self, RATE, busy ? tc_node_text_rate (sync) : NULL);
  take_fact (self, LEFT, busy ? tc_text_left (sync->left_ms) : NULL);
  take_fact (self, SOURCES, busy ? g_strdup_printf (ngettext ("%u peer", "%u peers", sync->n_peers), sync->n_peers) : NULL);
}

static void
show_chain (TcNodeView *self, const TcNodeStatus *status)
{
  g_autofree char *height = tc_text_number (status->height), *best = tc_text_number (status->best_height);
  g_autoptr(GString) snapshots = g_string_new (NULL);

  take_fact (self, STATE, tc_node_text_state (status));
  take_fact (self, HEIGHT, status->best_height > status->height ? g_strdup_printf (_("%s; the network is at %s"), height, best) : g_strdup (height));
  take_fact (self, BLOCKS, tc_node_text_blocks (status));
  show_sync (self, status);
  for (guint i = 0; i < status->n_snapshots; i++)
    {
      g_autofree char *at = tc_text_number (status->snapshots[i]);

      g_string_append_printf (snapshots, "%s%s", i == 0 ? "" : " · ", at);
    }
  set_fact (self, SNAPSHOTS, snapshots->len > 0 ? snapshots->str : NULL);
}

static void
show_status (TcNodeView *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  g_autofree char *number = NULL, *size = NULL;

  if (status == NULL)
    {
      take_fact (self, STATE, g_strdup (tc_session_get_state (self->session) == TC_SESSION_FAILED ? _("The network could not start") : _("Starting")));
      return;
    }
  show_traffic (self, status);
  show_chain (self, status);
  number = tc_text_number (status->mempool_txs);
  size = tc_text_size (status->mempool_bytes);
  /* Translators: a number, and a size such as 12.3 kB. */
  take_fact (self, WAITING, g_strdup_printf (ngettext ("%s transaction, %s", "%s transactions, %s", status->mempool_txs), number, size));
  take_fact (self, UPTIME, tc_text_span (status->uptime_ms));
}

static void
on_status (TcNodeView *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);

  if (status != NULL)
    tc_traffic_graph_add (self->graph, g_get_monotonic_time () / 1000, status->bytes_in, status->bytes_out);
}

/* --- What is asked for --- */

static void
show_details (TcNodeView *self, const TcNodeDetails *details)
{
  const TcAmount fee = { MIN (details->fee_rate, TC_AMOUNT_MAX_UNITS / 1000) * 1000 };
  g_autofree char *amount = tc_text_amount_unit (fee), *number = tc_text_number (details->n_addresses), *kept = NULL;

  take_fact (self, FEE, g_strdup_printf (_("%s for 1 000 bytes"), amount));
  tc_fee_bars_set (self->fees, details->fees);
  set_fact (self, LISTEN, details->listen);
  take_fact (self, REACH, tc_node_text_reach (details));
  set_fact (self, PROXY, details->proxy != NULL ? details->proxy : _("None"));
  set_fact (self, ADDRESSES, number);
  kept = tc_text_size ((guint64) details->prune_mb * 1000000);
  take_fact (self, KEPT, details->prune_mb == 0 ? g_strdup (_("All are kept")) : g_strdup_printf (_("The oldest are removed beyond %s"), kept));
}

static void
on_details (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcNodeView) self = user_data;
  g_autoptr(TcNodeDetails) details = tc_node_get_details_finish (NULL, result, NULL);

  self->asking = FALSE;
  if (details != NULL)
    show_details (self, details);
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcNodeView) self = user_data;

  self->measuring = FALSE;
  take_fact (self, DISK, tc_text_size (tc_node_measure_disk_finish (NULL, result)));
}

static void
show_fixed (TcNodeView *self, TcNode *node)
{
  TcNetwork *network = tc_node_get_network (node);

  set_fact (self, VERSION, TC_VERSION);
  set_fact (self, NETWORK, network->name);
  take_fact (self, CHAIN, tc_hash_to_hex (&network->genesis->chain_id));
}

static void
ask (GtkWidget *widget)
{
  TcNodeView *self = TC_NODE_VIEW (widget);
  TcNode *node = self->session == NULL ? NULL : tc_session_get_node (self->session);
  const gint64 now_us = g_get_monotonic_time ();

  if (self->session == NULL)
    return;
  show_status (self);
  if (node == NULL)
    return;
  show_fixed (self, node);
  if (!self->asking)
    {
      self->asking = TRUE;
      tc_node_get_details_async (node, NULL, on_details, g_object_ref (self));
    }
  if (self->measuring || (self->measured_us != 0 && now_us - self->measured_us < MEASURE_US))
    return;
  self->measuring = TRUE;
  self->measured_us = now_us;
  tc_node_measure_disk_async (node, NULL, on_measured, g_object_ref (self));
}

/* --- Life --- */

static void
tc_node_view_dispose (GObject *object)
{
  g_clear_object (&TC_NODE_VIEW (object)->session);
  G_OBJECT_CLASS (tc_node_view_parent_class)->dispose (object);
}

static void
tc_node_view_class_init (TcNodeViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_node_view_dispose;
}

static void
tc_node_view_init (TcNodeView *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *clamp = adw_clamp_new ();

  self->graph = g_object_new (TC_TYPE_TRAFFIC_GRAPH, NULL);
  self->fees = g_object_new (TC_TYPE_FEE_BARS, NULL);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 860);
  adw_clamp_set_child (ADW_CLAMP (clamp), make_groups (self));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  adw_bin_set_child (ADW_BIN (self), scrolled);
  tc_poll_while_mapped (GTK_WIDGET (self), POLL_MS, ask);
}

void
tc_node_view_set_session (TcNodeView *self, TcSession *session)
{
  if (g_set_object (&self->session, session))
    g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
}
