#define G_LOG_DOMAIN "tc-ui"
#include "wallet-view.h"

#include <glib/gi18n.h>

#include "account-switcher.h"
#include "compat.h"
#include "console-page.h"
#include "epoch-clock.h"
#include "explorer-page.h"
#include "helpers.h"
#include "history-page.h"
#include "masternode-page.h"
#include "network-page.h"
#include "overview-page.h"
#include "receive-page.h"
#include "send-page.h"
#include "text.h"
#include "watch-mark.h"

typedef struct
{
  const char *name, *title, *icon;  /* no icon: not in the sidebar */
  GType     (*type) (void);         /* a TcPage */
} Page;

/* In the sidebar's order. */
static const Page pages[] = {
  { "overview", N_("Overview"), "go-home-symbolic", tc_overview_page_get_type },
  { "send", N_("Send"), "org.timecoin.TimeCoin.send-symbolic", tc_send_page_get_type },
  { "receive", N_("Receive"), "org.timecoin.TimeCoin.receive-symbolic", tc_receive_page_get_type },
  { "history", N_("History"), "document-open-recent-symbolic", tc_history_page_get_type },
  { "masternode", N_("Masternode"), "network-server-symbolic", tc_masternode_page_get_type },
  { "network", N_("Network"), "network-workgroup-symbolic", tc_network_page_get_type },
  { "explorer", N_("Explorer"), "system-search-symbolic", tc_explorer_page_get_type },
  { "console", N_("Console"), NULL, tc_console_page_get_type },
};

struct _TcWalletView
{
  AdwBin          parent_instance;
  AdwToastOverlay *toasts;
  GtkWidget      *sidebar, *content, *header_bar, *toggle, *network_mark, *sidebar_mark, *status_dot;
  GtkBox         *page_buttons;
  GtkToggleButton *buttons[G_N_ELEMENTS (pages)];  /* (nullable) each */
  TcPage         *pages[G_N_ELEMENTS (pages)];
  GtkLabel       *title, *wallet_name, *status;
  TcWatchMark    *watch_mark;
  GtkStack       *stack;
  TcAccountSwitcher *accounts;
  GtkWidget      *split;
  TcSession      *session;
};

G_DEFINE_FINAL_TYPE (TcWalletView, tc_wallet_view, ADW_TYPE_BIN)

static void
on_page_clicked (GtkButton *button, TcWalletView *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (self->buttons[i] != NULL && GTK_BUTTON (self->buttons[i]) == button)
      gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", pages[i].name);
}

/* Buttons rather than the rows of a list: rows of GTK 4.8 cannot be pressed through accessibility. */
static void
add_page_button (TcWalletView *self, guint i)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->buttons[i] = GTK_TOGGLE_BUTTON (button);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (pages[i].icon));
  gtk_box_append (GTK_BOX (box), gtk_label_new (_(pages[i].title)));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_toggle_button_set_group (self->buttons[i], i == 0 ? NULL : self->buttons[0]);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "page-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(pages[i].title), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_page_clicked), self);
  gtk_box_append (self->page_buttons, button);
}

static void
add_page (TcWalletView *self, guint i)
{
  self->pages[i] = TC_PAGE (g_object_new (pages[i].type (), NULL));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->pages[i]), pages[i].name);
  if (pages[i].icon != NULL)
    add_page_button (self, i);
}

static void
mark_button (TcWalletView *self, guint page)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (self->buttons[i] != NULL)
      gtk_toggle_button_set_active (self->buttons[i], i == page);
}

static gboolean
find_page (const char *name, guint *ret_page)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strcmp0 (pages[i].name, name) == 0)
      {
        *ret_page = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
tc_wallet_view_nth_page (guint i, const char **ret_name, const char **ret_title, const char **ret_icon)
{
  if (i >= G_N_ELEMENTS (pages))
    return FALSE;
  *ret_name = pages[i].name;
  *ret_title = _(pages[i].title);
  *ret_icon = pages[i].icon;
  return TRUE;
}

void
tc_wallet_view_show_page (TcWalletView *self, const char *name)
{
  guint page;

  g_return_if_fail (TC_IS_WALLET_VIEW (self));

  if (!find_page (name, &page))
    return;
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_label_set_text (self->title, _(pages[page].title));
  mark_button (self, page);
  tc_compat_split_set_shown (self->split, FALSE);
  tc_page_focus (self->pages[page]);
}

const char *
tc_wallet_view_get_page (TcWalletView *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}

void
tc_wallet_view_show_on (TcWalletView *self, const char *name, const char *what)
{
  guint page;

  g_return_if_fail (TC_IS_WALLET_VIEW (self));

  if (!find_page (name, &page))
    return;
  tc_wallet_view_show_page (self, name);
  tc_page_show (self->pages[page], what);
}

void
tc_wallet_view_set_hidden (TcWalletView *self, gboolean hidden)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    tc_page_set_hidden (self->pages[i], hidden);
  tc_account_switcher_set_hidden (self->accounts, hidden);
}

void
tc_wallet_view_set_account (TcWalletView *self, guint32 account)
{
  tc_account_switcher_set_account (self->accounts, account);
}

guint32
tc_wallet_view_get_account (TcWalletView *self)
{
  return tc_account_switcher_get_account (self->accounts);
}

static void
on_account_changed (TcWalletView *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    tc_page_set_account (self->pages[i], tc_account_switcher_get_account (self->accounts));
}

void
tc_wallet_view_search (TcWalletView *self)
{
  guint page;

  if (find_page (tc_wallet_view_get_page (self), &page) && tc_page_search (self->pages[page]))
    return;
  tc_wallet_view_show_page (self, "history");
  if (find_page ("history", &page))
    tc_page_search (self->pages[page]);
}

void
tc_wallet_view_reset (TcWalletView *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    tc_page_reset (self->pages[i]);
}

void
tc_wallet_view_show_sidebar (TcWalletView *self)
{
  tc_compat_split_set_shown (self->split, TRUE);
}

/* --- The line at the sidebar's foot --- */

static char *
status_words (const TcNodeStatus *status, gboolean offline, const char **ret_class)
{
  g_autofree char *height = status == NULL ? NULL : tc_text_number (status->height);

  *ret_class = "busy";
  if (offline)
    return g_strdup (_("Offline: no network is used"));
  if (status == NULL || status->state == TC_NODE_STARTING)
    return g_strdup (_("Starting"));
  if (status->needs_trust && status->state <= TC_NODE_STALLED)
    return g_strdup (_("Waiting for a block that you trust"));
  switch (status->state)
    {
    case TC_NODE_CONNECTING:
      return g_strdup (_("Connecting"));
    case TC_NODE_SYNCING:
      if (status->sync.phase == TC_NODE_SYNC_LINKS)
        return g_strdup_printf (_("Checking epochs, %d %%"), tc_clock_sync_percent (status));
      if (status->sync.phase == TC_NODE_SYNC_SNAPSHOT)
        return g_strdup_printf (_("Fetching balances, %d %%"), tc_clock_sync_percent (status));
      return g_strdup_printf (_("Catching up, block %s"), height);
    case TC_NODE_READY:
      *ret_class = "";
      return g_strdup_printf (_("Up to date, block %s"), height);
    case TC_NODE_STALLED:
      return g_strdup_printf (_("No quorum: %u of %u answer"), status->n_members_answering, status->n_members);
    case TC_NODE_HALTED:
      *ret_class = "error";
      return g_strdup (_("Halted"));
    case TC_NODE_STARTING:
    case TC_NODE_STOPPING:
    case TC_NODE_STOPPED:
    default:
      return g_strdup (_("Stopping"));
    }
}

static void
on_status (TcWalletView *self)
{
  const char *name;
  g_autofree char *text = status_words (tc_session_get_status (self->session), tc_session_is_offline (self->session), &name);

  gtk_label_set_text (self->status, text);
  gtk_widget_remove_css_class (self->status_dot, "busy");
  gtk_widget_remove_css_class (self->status_dot, "error");
  if (name[0] != '\0')
    gtk_widget_add_css_class (self->status_dot, name);
}

static void
tc_wallet_view_dispose (GObject *object)
{
  g_clear_object (&TC_WALLET_VIEW (object)->session);
  G_OBJECT_CLASS (tc_wallet_view_parent_class)->dispose (object);
}

static void
tc_wallet_view_finalize (GObject *object)
{
  TcWalletView *self = TC_WALLET_VIEW (object);

  g_clear_object (&self->sidebar);
  g_clear_object (&self->content);
  G_OBJECT_CLASS (tc_wallet_view_parent_class)->finalize (object);
}

static void
tc_wallet_view_class_init (TcWalletViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_ACCOUNT_SWITCHER);
  g_type_ensure (TC_TYPE_WATCH_MARK);
  G_OBJECT_CLASS (klass)->dispose = tc_wallet_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_wallet_view_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/wallet-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, toasts);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, sidebar);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, content);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, header_bar);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, toggle);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, network_mark);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, sidebar_mark);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, status_dot);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, page_buttons);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, title);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, wallet_name);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, watch_mark);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, status);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, stack);
  gtk_widget_class_bind_template_child (widget_class, TcWalletView, accounts);
  gtk_widget_class_bind_template_callback (widget_class, on_account_changed);
}

static void
tc_wallet_view_init (TcWalletView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  /* Top-level objects of the template: they are placed here, as the split is made in compat.c. */
  g_object_ref_sink (self->sidebar);
  g_object_ref_sink (self->content);
  self->split = tc_compat_split_new (self->sidebar, self->content);
  adw_toast_overlay_set_child (self->toasts, self->split);
  tc_compat_split_bind (self->split, self->toggle);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    add_page (self, i);
  tc_wallet_view_show_page (self, "overview");
}

GtkWidget *
tc_wallet_view_new (TcSession *session, TcWallet *wallet)
{
  TcWalletView *self = g_object_new (TC_TYPE_WALLET_VIEW, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  self->session = g_object_ref (session);
  gtk_label_set_text (self->wallet_name, snapshot->name);
  tc_watch_mark_set_wallet (self->watch_mark, wallet);
  gtk_widget_set_visible (self->network_mark, tc_session_is_local (session));
  tc_compat_split_bind_buttons (self->split, self->header_bar);
  tc_compat_split_mark_narrow (self->split);
  if (tc_session_is_local (session))
    tc_compat_split_bind_folded (self->split, self->sidebar_mark);
  else
    gtk_widget_set_visible (self->sidebar_mark, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    tc_page_set_wallet (self->pages[i], session, wallet);
  tc_account_switcher_set_wallet (self->accounts, wallet);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  on_status (self);
  return GTK_WIDGET (self);
}
