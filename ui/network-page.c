#define G_LOG_DOMAIN "tc-ui"
#include "network-page.h"

#include "bans-view.h"
#include "committee-view.h"
#include "helpers.h"
#include "node-view.h"
#include "peers-view.h"

struct _TcNetworkPage
{
  AdwBin           parent_instance;
  GtkStack        *stack;
  GtkToggleButton *node_toggle, *peers_toggle, *committee_toggle, *bans_toggle;
  TcNodeView      *node;
  TcPeersView     *peers;
  TcCommitteeView *committee;
  TcBansView      *bans;
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcNetworkPage, tc_network_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

static void
on_toggled (TcNetworkPage *self)
{
  const struct { GtkToggleButton *toggle; const char *name; } views[] = {
    { self->node_toggle, "node" }, { self->peers_toggle, "peers" }, { self->committee_toggle, "committee" }, { self->bans_toggle, "bans" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    if (gtk_toggle_button_get_active (views[i].toggle))
      gtk_stack_set_visible_child_name (self->stack, views[i].name);
}

static void
tc_network_page_set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcNetworkPage *self = TC_NETWORK_PAGE (page);

  tc_node_view_set_session (self->node, session);
  tc_peers_view_set_session (self->peers, session);
  tc_committee_view_set_session (self->committee, session);
  tc_bans_view_set_session (self->bans, session);
}

/* "node", "peers", "committee", "bans". */
static void
tc_network_page_show (TcPage *page, const char *what)
{
  TcNetworkPage *self = TC_NETWORK_PAGE (page);
  const struct { GtkToggleButton *toggle; const char *name; } views[] = {
    { self->node_toggle, "node" }, { self->peers_toggle, "peers" }, { self->committee_toggle, "committee" }, { self->bans_toggle, "bans" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    if (g_strcmp0 (views[i].name, what) == 0)
      gtk_toggle_button_set_active (views[i].toggle, TRUE);
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = tc_network_page_set_wallet;
  iface->show = tc_network_page_show;
}

static void
tc_network_page_class_init (TcNetworkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_NODE_VIEW);
  g_type_ensure (TC_TYPE_PEERS_VIEW);
  g_type_ensure (TC_TYPE_COMMITTEE_VIEW);
  g_type_ensure (TC_TYPE_BANS_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, node_toggle);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, peers_toggle);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, committee_toggle);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, bans_toggle);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, node);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, peers);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, committee);
  gtk_widget_class_bind_template_child (widget_class, TcNetworkPage, bans);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
tc_network_page_init (TcNetworkPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
}
