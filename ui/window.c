#define G_LOG_DOMAIN "tc-ui"
#include "window.h"

#include <glib/gi18n.h>

#include "account-actions.h"
#include "auto-lock.h"
#include "closing-page.h"
#include "command-search.h"
#include "compat.h"
#include "contacts-window.h"
#include "epoch-clock.h"
#include "error-page.h"
#include "helpers.h"
#include "lock-page.h"
#include "log-file.h"
#include "password-window.h"
#include "phrase-window.h"
#include "signing-actions.h"
#include "trust-window.h"
#include "vault-actions.h"
#include "wallet-maker.h"
#include "wallet-view.h"
#include "welcome.h"

#define LOG_LINES    12

typedef enum { MEND_RETRY, MEND_WELCOME, MEND_FOLDER, MEND_SET_ASIDE } Mend;

struct _TcWindow
{
  AdwApplicationWindow parent_instance;
  GtkStack      *stack;
  TcWelcome     *welcome;
  TcLockPage    *lock_page;
  TcClosingPage *closing_page;
  TcErrorPage   *error_page;
  TcWalletView  *view;          /* (nullable) */
  TcSession     *session;
  TcWallet      *wallet;        /* (nullable) */
  GSettings     *settings;      /* (nullable) */
  TcWindowStart  start;
  Mend           mend;
  TcAutoLock    *auto_lock;
  gboolean       forgotten;     /* the welcome pages begin with restoring */
  char          *wanted_network, *wanted_wallet;  /* (nullable): to open, of the session before */
  char          *pending_page, *pending_what;     /* (nullable): to show once the wallet is there and not locked */
};

G_DEFINE_FINAL_TYPE (TcWindow, tc_window, ADW_TYPE_APPLICATION_WINDOW)

static void begin (TcWindow *self);

static gboolean
is_page (TcWindow *self, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

static void
update_actions (TcWindow *self)
{
  static const char *const names[] = { "page",         "lock",   "show-phrase", "check-backup", "change-password", "trust-block",
                                       "show-payment", "show-on", "search", "command-search", "sidebar", "hide-amounts", "account", "contacts", "add-contact" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), names[i])), is_page (self, "wallet"));
  tc_signing_actions_update (GTK_WINDOW (self), is_page (self, "wallet") ? self->wallet : NULL);
  tc_account_actions_update (GTK_WINDOW (self), is_page (self, "wallet") ? self->wallet : NULL);
  tc_vault_actions_update (GTK_WINDOW (self), is_page (self, "wallet") ? self->wallet : NULL);
}

static void
show_page (TcWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  update_actions (self);
}

/* --- Errors --- */

static void
show_error (TcWindow *self, const char *title, const char *message, const char *advice, const char *button, Mend mend)
{
  g_autofree char *log = tc_log_file_tail (LOG_LINES);

  self->mend = mend;
  tc_error_page_set (self->error_page, title, message, advice, button, log);
  show_page (self, "error");
}

static void
show_network_error (TcWindow *self, const GError *error)
{
  const char *title = _("The Network Did Not Start"), *advice = "", *button = _("Try Again");
  Mend mend = MEND_RETRY;

  if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_DATA_DIR_IN_USE))
    {
      title = _("TimeCoin Is Running Already");
      advice = _("Another TimeCoin uses the same data folder. Close it, or use its window; then try again.");
    }
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_PORT_IN_USE))
    {
      title = _("A Port Is Taken");
      advice = _("Another program listens where this network does. Close it, then try again.");
    }
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_DISK))
    {
      title = _("The Disk Cannot Be Written");
      advice = _("Make room on the disk, or allow writing to the folder; then try again. Nothing was lost.");
    }
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_DAMAGED))
    {
      const gboolean aside = tc_session_can_set_aside (self->session);

      title = _("A File Is Damaged");
      advice = aside ? _("It only holds what the masternodes have too. It can be set aside, and is then fetched anew. Your wallets are not touched.")
                     : _("Nothing was overwritten, and your wallets are not touched: they are in the folder “wallets”.");
      button = aside ? _("Set It Aside and Start Again") : _("Try Again");
      mend = aside ? MEND_SET_ASIDE : MEND_RETRY;
    }
  show_error (self, title, error->message, advice, button, mend);
}

static void
on_mend (TcWindow *self)
{
  if (self->mend == MEND_RETRY)
    tc_session_retry (self->session);
  else if (self->mend == MEND_SET_ASIDE)
    tc_session_set_aside (self->session);
  else if (self->mend == MEND_WELCOME)
    {
      self->start = TC_WINDOW_WELCOME;
      begin (self);
    }
  else
    {
      g_autofree char *dir = tc_session_get_network (self->session) == NULL ? g_strdup (tc_session_get_base_dir (self->session))
                                                                            : tc_session_dup_network_dir (self->session);
      g_autofree char *uri = g_filename_to_uri (dir, NULL, NULL);

      if (uri != NULL)
        tc_compat_show_uri (GTK_WINDOW (self), uri);
    }
}

/* --- The wallet --- */

static void
show_lock (TcWindow *self)
{
  tc_close_dialogs (GTK_WINDOW (self));
  tc_clear_secret_clipboard (GTK_WIDGET (self));
  if (self->view != NULL)
    tc_wallet_view_reset (self->view);
  tc_lock_page_set_wallet (self->lock_page, self->wallet, tc_session_is_local (self->session));
  show_page (self, "lock");
  tc_lock_page_focus (self->lock_page);
}

static gboolean
are_amounts_hidden (TcWindow *self)
{
  g_autoptr(GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self), "hide-amounts");

  return g_variant_get_boolean (state);
}

static void show_pending (TcWindow *self);

/* Made anew after each unlocking of a wallet that was locked from the start, so that nothing of it is in memory before. */
static void
show_wallet (TcWindow *self)
{
  if (self->view == NULL)
    {
      self->view = TC_WALLET_VIEW (tc_wallet_view_new (self->session, self->wallet));
      tc_wallet_view_set_hidden (self->view, are_amounts_hidden (self));
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->view), "wallet");
    }
  show_page (self, "wallet");
  show_pending (self);
}

static void
show_pending (TcWindow *self)
{
  g_autofree char *page = g_steal_pointer (&self->pending_page), *what = g_steal_pointer (&self->pending_what);

  if (page != NULL && what != NULL)
    tc_wallet_view_show_on (self->view, page, what);
  else if (page != NULL)
    tc_wallet_view_show_page (self->view, page);
}

void
tc_window_show_on (TcWindow *self, const char *page, const char *what)
{
  g_return_if_fail (TC_IS_WINDOW (self));

  g_free (self->pending_page);
  g_free (self->pending_what);
  self->pending_page = g_strdup (page);
  self->pending_what = g_strdup (what);
  if (is_page (self, "wallet"))
    show_pending (self);
}

static void
drop_view (TcWindow *self)
{
  if (self->view != NULL)
    gtk_stack_remove (self->stack, GTK_WIDGET (self->view));
  self->view = NULL;
}

static void
on_wallet_changed (TcWindow *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  if (snapshot->locked && is_page (self, "wallet"))
    show_lock (self);
}

static void
on_session_changed (TcWindow *self)
{
  const TcSessionState state = tc_session_get_state (self->session);

  if (state == TC_SESSION_FAILED)
    show_network_error (self, tc_session_get_error (self->session));
  else if (state >= TC_SESSION_STOPPING)
    tc_closing_page_set_step (self->closing_page, tc_session_get_step (self->session));
  else if (is_page (self, "error") && (self->mend == MEND_RETRY || self->mend == MEND_SET_ASIDE) && self->wallet != NULL)
    {
      g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

      if (snapshot->locked)
        show_lock (self);
      else
        show_wallet (self);
    }
}

static void
on_wallet_error (TcWindow *self, TcWallet *wallet, const char *message)
{
  if (wallet == self->wallet)
    show_error (self, _("This Wallet Cannot Be Used Here"), message, "", _("Choose Another Wallet"), MEND_WELCOME);
}

static void
remember (TcWindow *self, const char *network, const char *name)
{
  if (self->settings == NULL)
    return;
  g_settings_set_string (self->settings, "network", network);
  g_settings_set_string (self->settings, "wallet", name);
}

static void
set_wallet (TcWindow *self, TcWallet *wallet, const char *network)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);
  g_autofree char *title = g_strdup_printf (_("%s – TimeCoin"), snapshot->name);

  g_set_object (&self->wallet, wallet);
  drop_view (self);
  gtk_window_set_title (GTK_WINDOW (self), title);
  remember (self, network, snapshot->name);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  tc_session_add_wallet (self->session, network, wallet);
  if (is_page (self, "error"))
    return;
  if (snapshot->locked)
    {
      show_lock (self);
      tc_lock_page_try_remembered (self->lock_page);
    }
  else
    show_wallet (self);
}

static void
on_welcome_wallet (TcWindow *self, TcWallet *wallet, const char *network)
{
  set_wallet (self, wallet, network);
}

/* --- Where to begin --- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_make_finish (result, &error);
  const char *network = g_object_get_data (G_OBJECT (self), "opening");

  if (wallet == NULL)
    show_error (self, _("The Wallet Does Not Open"), error->message, _("Its file was left as it is."), _("Choose Another Wallet"), MEND_WELCOME);
  else
    set_wallet (self, wallet, network);
}

static void
open_wallet (TcWindow *self, TcSessionNetwork *network, const char *name)
{
  g_object_set_data_full (G_OBJECT (self), "opening", g_strdup (network->name), g_free);
  tc_wallet_find_async (self->session, network->name, name, on_opened, g_object_ref (self));
}

/* The network that was used last, else the first that has a wallet. */
static TcSessionNetwork *
pick_network (TcWindow *self, GPtrArray *networks)
{
  g_autofree char *last = self->wanted_network != NULL ? g_strdup (self->wanted_network)
                          : self->settings == NULL     ? NULL
                                                       : g_settings_get_string (self->settings, "network");
  TcSessionNetwork *network = self->start == TC_WINDOW_TRY ? tc_session_network_find (networks, TC_SESSION_LOCAL)
                              : last == NULL               ? NULL
                                                           : tc_session_network_find (networks, last);

  if (self->start == TC_WINDOW_TRY || (network != NULL && network->usable && network->wallets[0] != NULL))
    return network;
  for (guint i = 0; i < networks->len; i++)
    {
      network = networks->pdata[i];
      if (network->usable && network->wallets[0] != NULL)
        return network;
    }
  return NULL;
}

static const char *
pick_wallet (TcWindow *self, TcSessionNetwork *network)
{
  g_autofree char *last = self->wanted_wallet != NULL ? g_strdup (self->wanted_wallet)
                          : self->settings == NULL    ? NULL
                                                      : g_settings_get_string (self->settings, "wallet");

  for (guint i = 0; network->wallets[i] != NULL; i++)
    if (g_strcmp0 (network->wallets[i], last) == 0)
      return network->wallets[i];
  return network->wallets[0];
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) networks = tc_session_scan_finish (TC_SESSION (source), result, &error);
  TcSessionNetwork *network;

  if (networks == NULL)
    {
      show_error (self, _("The Data Folder Cannot Be Read"), error->message, "", _("Open Data Folder"), MEND_FOLDER);
      return;
    }
  network = self->start == TC_WINDOW_WELCOME ? NULL : pick_network (self, networks);
  if (network != NULL && network->wallets[0] != NULL)
    {
      open_wallet (self, network, pick_wallet (self, network));
      return;
    }
  tc_welcome_start (self->welcome, self->session, networks);
  show_page (self, "welcome");
  if (self->start == TC_WINDOW_TRY)
    tc_welcome_try (self->welcome);
  else if (self->forgotten)
    tc_welcome_restore (self->welcome);
  self->forgotten = FALSE;
}

static void
begin (TcWindow *self)
{
  show_page (self, "loading");
  tc_session_scan_async (self->session, on_scanned, g_object_ref (self));
}

/* --- Locking --- */

static void
on_unlocked (TcWindow *self)
{
  tc_auto_lock_touch (self->auto_lock);
  if (tc_session_get_state (self->session) == TC_SESSION_FAILED)
    show_network_error (self, tc_session_get_error (self->session));
  else
    show_wallet (self);
}

static void
on_forgotten_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWindow) self = user_data;

  self->forgotten = TRUE;
  self->start = TC_WINDOW_WELCOME;
  begin (self);
}

static void
on_forgotten (TcWindow *self)
{
  g_autoptr(TcWallet) wallet = g_steal_pointer (&self->wallet);

  if (wallet == NULL)
    return;
  g_signal_handlers_disconnect_by_func (wallet, on_wallet_changed, self);
  drop_view (self);
  show_page (self, "loading");
  tc_session_close_wallet (self->session, wallet, on_forgotten_closed, g_object_ref (self));
}

static void
lock (TcWindow *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  if (!snapshot->encrypted)
    {
      tc_toast (GTK_WIDGET (self->stack), _("A wallet without password cannot be locked. Choose one."));
      gtk_window_present (tc_password_window_new (GTK_WINDOW (self), self->wallet));
      return;
    }
  tc_wallet_lock (self->wallet);
  show_lock (self);
}

/* Nobody is here: whatever page is shown. The lock page comes in place of the wallet's; after another one it comes when that is over. */
static void
lock_unasked (gpointer user_data)
{
  TcWindow *self = user_data;
  g_autoptr(TcWalletSnapshot) snapshot = self->wallet == NULL ? NULL : tc_wallet_get_snapshot (self->wallet);

  if (snapshot == NULL || !snapshot->encrypted || snapshot->locked)
    return;
  if (is_page (self, "wallet"))
    {
      lock (self);
      return;
    }
  tc_close_dialogs (GTK_WINDOW (self));
  tc_wallet_lock (self->wallet);
}

/* --- Actions --- */

static void
on_page_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tc_wallet_view_show_page (TC_WINDOW (user_data)->view, g_variant_get_string (parameter, NULL));
}

static void
on_lock_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  lock (user_data);
}

static void
on_show_phrase_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_phrase_window_new (user_data, TC_WINDOW (user_data)->wallet, FALSE));
}

static void
on_check_backup_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_phrase_window_new (user_data, TC_WINDOW (user_data)->wallet, TRUE));
}

static void
on_change_password_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_password_window_new (user_data, TC_WINDOW (user_data)->wallet));
}

static void
on_trust_block_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (tc_trust_window_new (user_data, TC_WINDOW (user_data)->session));
}

static void
on_show_payment_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tc_wallet_view_show_on (TC_WINDOW (user_data)->view, "history", g_variant_get_string (parameter, NULL));
}

static void
on_show_on_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *page, *what;

  g_variant_get (parameter, "(&s&s)", &page, &what);
  tc_wallet_view_show_on (TC_WINDOW (user_data)->view, page, what);
}

static void
on_account_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tc_wallet_view_set_account (TC_WINDOW (user_data)->view, g_variant_get_uint32 (parameter));
}

static void
on_search_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tc_wallet_view_search (TC_WINDOW (user_data)->view);
}

static void
on_command_search_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWindow *self = user_data;

  gtk_window_present (tc_command_search_new (GTK_WINDOW (self), self->wallet, are_amounts_hidden (self)));
}

static void
on_sidebar_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  tc_wallet_view_show_sidebar (TC_WINDOW (user_data)->view);
}

static void
on_toast_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  TcWindow *self = user_data;
  GtkWidget *overlay = self->view == NULL ? NULL : gtk_widget_get_first_child (GTK_WIDGET (self->view));

  if (ADW_IS_TOAST_OVERLAY (overlay))
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (g_variant_get_string (parameter, NULL)));
}

static void
on_hide_amounts_state (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  TcWindow *self = user_data;

  g_simple_action_set_state (action, state);
  if (self->view != NULL)
    tc_wallet_view_set_hidden (self->view, g_variant_get_boolean (state));
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, "hide-amounts", g_variant_get_boolean (state));
}

static const GActionEntry actions[] = {
  { .name = "page", .activate = on_page_action, .parameter_type = "s" },
  { .name = "lock", .activate = on_lock_action },
  { .name = "show-phrase", .activate = on_show_phrase_action },
  { .name = "check-backup", .activate = on_check_backup_action },
  { .name = "change-password", .activate = on_change_password_action },
  { .name = "trust-block", .activate = on_trust_block_action },
  { .name = "show-payment", .activate = on_show_payment_action, .parameter_type = "s" },
  { .name = "show-on", .activate = on_show_on_action, .parameter_type = "(ss)" },
  { .name = "search", .activate = on_search_action },
  { .name = "command-search", .activate = on_command_search_action },
  { .name = "account", .activate = on_account_action, .parameter_type = "u" },
  { .name = "sidebar", .activate = on_sidebar_action },
  { .name = "toast", .activate = on_toast_action, .parameter_type = "s" },
  { .name = "hide-amounts", .state = "false", .change_state = on_hide_amounts_state },
};

/* --- Closing --- */

static guint
count_windows (TcWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  guint n = 0;

  for (GList *l = application == NULL ? NULL : gtk_application_get_windows (application); l != NULL; l = l->next)
    n += TC_IS_WINDOW (l->data);
  return n;
}

static void
on_closed_one (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWindow) self = user_data;

  gtk_window_destroy (GTK_WINDOW (self));
}

static void
keep_state (TcWindow *self)
{
  int width, height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  if (width > 0 && height > 0 && !gtk_window_is_maximized (GTK_WINDOW (self)))
    {
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
    }
}

static gboolean
on_close_request (TcWindow *self)
{
  g_autoptr(TcWallet) wallet = NULL;

  if (tc_session_get_state (self->session) == TC_SESSION_STOPPED)
    return GDK_EVENT_PROPAGATE;
  keep_state (self);
  if (count_windows (self) <= 1)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "app.last-closed", NULL);
      return GDK_EVENT_STOP;
    }
  if (self->wallet == NULL)
    return GDK_EVENT_PROPAGATE;
  wallet = g_steal_pointer (&self->wallet);
  g_signal_handlers_disconnect_by_func (wallet, on_wallet_changed, self);
  drop_view (self);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  tc_session_close_wallet (self->session, wallet, on_closed_one, g_object_ref (self));
  return GDK_EVENT_STOP;
}

void
tc_window_show_closing (TcWindow *self)
{
  g_return_if_fail (TC_IS_WINDOW (self));

  tc_close_dialogs (GTK_WINDOW (self));
  keep_state (self);
  show_page (self, "closing");
  tc_closing_page_set_step (self->closing_page, tc_session_get_step (self->session));
}

void
tc_window_restore (TcWindow *self, const char *network, const char *wallet, const char *page)
{
  g_return_if_fail (TC_IS_WINDOW (self));

  self->wanted_network = g_strdup (network);
  self->wanted_wallet = g_strdup (wallet);
  tc_window_show_on (self, page, NULL);
}

const char *
tc_window_get_page (TcWindow *self)
{
  return self->view == NULL ? "overview" : tc_wallet_view_get_page (self->view);
}

TcWallet *
tc_window_get_wallet (TcWindow *self)
{
  return self->wallet;
}

static void
tc_window_dispose (GObject *object)
{
  TcWindow *self = TC_WINDOW (object);

  g_clear_pointer (&self->auto_lock, tc_auto_lock_free);
  self->view = NULL;
  g_clear_object (&self->wallet);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->wanted_network, g_free);
  g_clear_pointer (&self->wanted_wallet, g_free);
  g_clear_pointer (&self->pending_page, g_free);
  g_clear_pointer (&self->pending_what, g_free);
  G_OBJECT_CLASS (tc_window_parent_class)->dispose (object);
}

static void
tc_window_class_init (TcWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_WELCOME);
  g_type_ensure (TC_TYPE_LOCK_PAGE);
  g_type_ensure (TC_TYPE_CLOSING_PAGE);
  g_type_ensure (TC_TYPE_ERROR_PAGE);
  g_type_ensure (TC_TYPE_EPOCH_CLOCK);
  G_OBJECT_CLASS (klass)->dispose = tc_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, lock_page);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, closing_page);
  gtk_widget_class_bind_template_child (widget_class, TcWindow, error_page);
  gtk_widget_class_bind_template_callback (widget_class, on_welcome_wallet);
  gtk_widget_class_bind_template_callback (widget_class, on_unlocked);
  gtk_widget_class_bind_template_callback (widget_class, on_forgotten);
  gtk_widget_class_bind_template_callback (widget_class, on_mend);
  gtk_widget_class_bind_template_callback (widget_class, on_close_request);
}

static TcSession *
get_session (GtkWindow *window)
{
  return TC_WINDOW (window)->session;
}

static TcWallet *
get_wallet (GtkWindow *window)
{
  return TC_WINDOW (window)->wallet;
}

static void
take_wallet (GtkWindow *window, TcWallet *wallet, const char *network)
{
  set_wallet (TC_WINDOW (window), wallet, network);
}

static const TcVaultWindow vault_window = { .get_session = get_session, .get_wallet = get_wallet, .take_wallet = take_wallet };

static void
tc_window_init (TcWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  tc_contacts_add_actions (G_ACTION_MAP (self));
  tc_signing_actions_add (GTK_WINDOW (self), get_wallet);
  tc_account_actions_add (GTK_WINDOW (self), get_wallet);
  tc_vault_actions_add (GTK_WINDOW (self), &vault_window);
  self->auto_lock = tc_auto_lock_new (GTK_WINDOW (self), lock_unasked, self);
  update_actions (self);
}

/* The preferences, or another window, changed it. */
static void
on_hide_setting (TcWindow *self)
{
  const gboolean hidden = g_settings_get_boolean (self->settings, "hide-amounts");

  if (hidden != are_amounts_hidden (self))
    g_action_group_change_action_state (G_ACTION_GROUP (self), "hide-amounts", g_variant_new_boolean (hidden));
}

static void
restore_state (TcWindow *self)
{
  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_signal_connect_object (self->settings, "changed::hide-amounts", G_CALLBACK (on_hide_setting), self, G_CONNECT_SWAPPED);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "hide-amounts")),
                             g_variant_new_boolean (g_settings_get_boolean (self->settings, "hide-amounts")));
}

GtkWidget *
tc_window_new (GtkApplication *application, TcSession *session, GSettings *settings, TcWindowStart start)
{
  TcWindow *self = g_object_new (TC_TYPE_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  self->settings = settings == NULL ? NULL : g_object_ref (settings);
  tc_auto_lock_set_settings (self->auto_lock, settings);
  self->start = start;
  restore_state (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-error", G_CALLBACK (on_wallet_error), self, G_CONNECT_SWAPPED);
  begin (self);
  return GTK_WIDGET (self);
}
