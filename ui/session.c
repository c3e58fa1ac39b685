#define G_LOG_DOMAIN "tc-ui"
#include "session-private.h"

#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "core/check.h"
#include "node-settings.h"
#include "operator-keys.h"

#define WALLET_SUFFIX  ".wallet"
#define STOP_LIMIT_MS  5000

G_DEFINE_FINAL_TYPE (TcSession, tc_session, G_TYPE_OBJECT)

enum { CHANGED, STATUS, WALLET_ERROR, N_SIGNALS };
static guint signals[N_SIGNALS];

void
tc_session_set_state (TcSession *self, TcSessionState state)
{
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fail (TcSession *self, GError *error)
{
  g_warning ("the network did not start: %s", error->message);
  g_clear_error (&self->error);
  self->error = error;
  tc_session_set_state (self, TC_SESSION_FAILED);
}

/* --- What there is on the disk (on a worker thread) --- */

void
tc_session_network_free (TcSessionNetwork *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->note);
  g_strfreev (self->wallets);
  g_free (self);
}

TcSessionNetwork *
tc_session_network_find (GPtrArray *networks, const char *name)
{
  for (guint i = 0; i < networks->len; i++)
    {
      TcSessionNetwork *network = networks->pdata[i];

      if (g_strcmp0 (network->name, name) == 0)
        return network;
    }
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char **
list_wallets (const char *base_dir, const char *network)
{
  g_autofree char *folder = g_build_filename (base_dir, network, "wallets", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, WALLET_SUFFIX) && file[0] != '.')
      g_ptr_array_add (names, g_strndup (file, strlen (file) - strlen (WALLET_SUFFIX)));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static gboolean
is_path (const char *network)
{
  return strpbrk (network, "/.") != NULL;
}

/* Folder of a network: its name; one that came as a file may bear any name, so its chain tells it apart. */
static char *
folder_of (const char *name_or_path, const TcNetwork *network)
{
  g_autoptr(GString) text = NULL;

  if (!is_path (name_or_path) || network->genesis == NULL)
    return g_strdup (network->name);
  text = g_string_new (network->name);
  g_string_append_c (text, '-');
  for (guint i = 0; i < 4; i++)
    g_string_append_printf (text, "%02x", network->genesis->chain_id.bytes[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const char *
title_of (const char *name)
{
  if (strcmp (name, "mainnet") == 0)
    return _("The TimeCoin network");
  if (strcmp (name, "testnet") == 0)
    return _("The test network");
  return name;
}

static TcSessionNetwork *
scan_network (const char *base_dir, const char *name_or_path, gboolean offline)
{
  TcSessionNetwork *found = g_new0 (TcSessionNetwork, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = NULL;

  if (strcmp (name_or_path, TC_SESSION_LOCAL) == 0)
    {
      found->name = g_strdup (TC_SESSION_LOCAL);
      found->title = g_strdup (_("A network on this computer"));
      found->usable = TRUE;
      found->address_digit = '0';
    }
  else if ((network = tc_network_load (name_or_path, &error)) == NULL)
    {
      found->name = g_strdup (name_or_path);
      found->title = g_strdup (title_of (name_or_path));
      found->note = g_strdup (error->message);
    }
  else
    {
      found->name = folder_of (name_or_path, network);
      found->title = g_strdup (title_of (network->name));
      found->usable = network->genesis != NULL || offline;
      found->note = found->usable ? NULL : g_strdup (_("Not launched yet"));
      found->address_digit = network->address_digit;
    }
  found->wallets = list_wallets (base_dir, found->name);
  return found;
}

static void
scan_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  static const char *const known[] = { "mainnet", "testnet", TC_SESSION_LOCAL };
  char **arguments = task_data;
  const gboolean offline = arguments[2] != NULL;
  GPtrArray *networks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_network_free);

  if (arguments[1] != NULL)
    {
      TcSessionNetwork *only = scan_network (arguments[0], arguments[1], offline);

      g_ptr_array_add (networks, only);
      if (!only->usable)
        g_ptr_array_add (networks, scan_network (arguments[0], TC_SESSION_LOCAL, offline));
    }
  else
    for (guint i = 0; i < G_N_ELEMENTS (known); i++)
      g_ptr_array_add (networks, scan_network (arguments[0], known[i], offline));
  g_task_return_pointer (task, networks, (GDestroyNotify) g_ptr_array_unref);
}

static char **
pack (const char *a, const char *b, const char *c, const char *d)
{
  char **strings = g_new0 (char *, 5);

  strings[0] = g_strdup (a);
  strings[1] = g_strdup (b);
  strings[2] = g_strdup (c);
  strings[3] = g_strdup (d);
  return strings;
}

static void
free_pack (gpointer data)
{
  char **strings = data;

  for (guint i = 0; i < 4; i++)
    g_free (strings[i]);
  g_free (strings);
}

void
tc_session_scan_async (TcSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, pack (self->base_dir, self->only_network, self->offline ? "" : NULL, NULL), free_pack);
  g_task_run_in_thread (task, scan_in_thread);
}

GPtrArray *
tc_session_scan_finish (TcSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
wallet_path_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  char **arguments = task_data;
  g_autofree char *folder = g_build_filename (arguments[0], arguments[1], "wallets", NULL);
  g_autofree char *file = g_strconcat (arguments[2], WALLET_SUFFIX, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), _("The folder “%s” cannot be made: %s"), folder, g_strerror (errno));
  else if (arguments[3] == NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_EXISTS, _("There is a wallet called “%s” already. Choose another name."), arguments[2]);
  else
    g_task_return_pointer (task, g_steal_pointer (&path), g_free);
}

void
tc_session_wallet_path_async (TcSession *self, const char *network, const char *name, gboolean existing, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, pack (self->base_dir, network, name, existing ? "" : NULL), free_pack);
  g_task_run_in_thread (task, wallet_path_in_thread);
}

char *
tc_session_wallet_path_finish (TcSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Starting --- */

static void
on_node_event (const TcNodeEvent *event, gpointer user_data)
{
  TcSession *self = user_data;

  g_clear_pointer (&self->status, tc_node_status_unref);
  self->status = tc_node_dup_status (self->node);
  g_signal_emit (self, signals[STATUS], 0);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_wallet_attach_finish (TC_WALLET (source), result, &error) || g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_CLOSED))
    return;
  g_warning ("the wallet does not follow the network: %s", error->message);
  g_signal_emit (self, signals[WALLET_ERROR], 0, source, error->message);
}

static void
on_wallet_made (TcWallet *wallet, gpointer user_data)
{
  TcSession *self = user_data;

  g_ptr_array_add (self->wallets, g_object_ref (wallet));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
serve_wallet (TcSession *self)
{
  g_autofree char *folder = g_build_filename (self->base_dir, self->network, "wallets", NULL);
  g_autofree char *path = g_build_filename (folder, "rpc" WALLET_SUFFIX, NULL);
  TcWallet *first = self->wallets->len > 0 ? self->wallets->pdata[0] : NULL;

  if (self->rpc == NULL)
    self->rpc = tc_wallet_rpc_new (self->node, first, path, on_wallet_made, self);
  else
    tc_wallet_rpc_set_wallet (self->rpc, first);
}

static void
run (TcSession *self, TcNode *node)
{
  self->node = node;
  self->subscription = tc_node_subscribe (node, 1 << TC_NODE_EVENT_STATUS, NULL, on_node_event, self, NULL);
  self->status = tc_node_dup_status (node);
  for (guint i = 0; i < self->wallets->len; i++)
    tc_wallet_attach (self->wallets->pdata[i], node, on_attached, g_object_ref (self));
  serve_wallet (self);
  tc_session_set_state (self, TC_SESSION_RUNNING);
  g_signal_emit (self, signals[STATUS], 0);
}

static void
on_local_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;
  GError *error = NULL;

  if (tc_local_start_finish (self->local, result, &error))
    {
      if (self->state == TC_SESSION_STARTING)
        run (self, tc_node_ref (tc_local_get_node (self->local)));
      return;
    }
  if (self->state == TC_SESSION_STARTING)
    {
      g_clear_pointer (&self->local, tc_local_free);
      fail (self, error);
    }
  else
    g_error_free (error);
}

static void
on_node_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;
  GError *error = NULL;
  TcNode *node = self->node;

  if (tc_node_start_finish (node, result, &error))
    {
      if (self->state == TC_SESSION_STARTING)
        run (self, node);
      return;
    }
  if (self->state == TC_SESSION_STARTING)
    {
      g_clear_pointer (&self->node, tc_node_unref);
      fail (self, error);
    }
  else
    g_error_free (error);
}

typedef struct
{
  char     *dir;
  char     *name_or_path;
  TcKeyHash funded;
  TcSecretKey *operator_key;  /* (nullable): found: this computer is a masternode, and listens at: */
  char     *listen;
} Preparation;

static void
free_preparation (gpointer data)
{
  Preparation *preparation = data;

  g_free (preparation->dir);
  g_free (preparation->name_or_path);
  g_clear_pointer (&preparation->operator_key, tc_secret_key_unref);
  g_free (preparation->listen);
  g_free (preparation);
}

static void
no_network (gpointer network)
{
  g_clear_pointer ((TcNetwork **) &network, tc_network_unref);
}

/* A local network that is not there yet is made; any other is loaded. */
static void
prepare_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Preparation *preparation = task_data;
  TcNetwork *network = NULL;
  GError *error = NULL;
  gboolean ok;

  if (g_mkdir_with_parents (preparation->dir, 0700) != 0)
    {
      g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_DISK, _("The folder “%s” cannot be made: %s"), preparation->dir,
                               g_strerror (errno));
      return;
    }
  if (preparation->name_or_path == NULL)
    ok = tc_local_exists (preparation->dir)
         || tc_local_create (preparation->dir, TC_LOCAL_MASTERNODES_DEFAULT, &preparation->funded, 0, &error);
  else
    ok = (network = tc_network_load (preparation->name_or_path, &error)) != NULL;
  ok = ok && (tc_operator_here_load (preparation->dir, &preparation->operator_key, &preparation->listen, &error) || error == NULL);
  if (!ok)
    g_clear_pointer (&network, tc_network_unref);
  if (ok)
    g_task_return_pointer (task, network, no_network);
  else
    g_task_return_error (task, error);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcSession *self = TC_SESSION (source);
  const Preparation *preparation = g_task_get_task_data (G_TASK (result));
  g_autofree char *dir = tc_session_dup_network_dir (self);
  g_autoptr(TcNetwork) network = NULL;
  g_auto(TcNodeSettings) settings = { 0 };
  GError *error = NULL;

  network = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->state != TC_SESSION_STARTING)
    g_clear_error (&error);
  else if (error != NULL)
    fail (self, error);
  else if (network == NULL)
    {
      tc_node_settings_read (&settings, self->settings, NULL);
      self->local = tc_local_new (dir, NULL, settings.rpc);
      if (preparation->operator_key != NULL)
        tc_local_set_operator (self->local, preparation->operator_key, preparation->listen);
      tc_local_start_async (self->local, NULL, on_local_started, g_object_ref (self));
    }
  else
    {
      tc_node_settings_read (&settings, self->settings, network);
      settings.config.network = network;
      settings.config.data_dir = dir;
      settings.config.operator_key = preparation->operator_key;
      if (preparation->listen != NULL)
        settings.config.listen = preparation->listen;
      self->node = tc_node_new (&settings.config);
      tc_node_start_async (self->node, NULL, on_node_started, g_object_ref (self));
    }
}

void
tc_session_start (TcSession *self)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, on_prepared, NULL);
  Preparation *preparation = g_new0 (Preparation, 1);

  preparation->dir = tc_session_dup_network_dir (self);
  preparation->funded = self->funded;
  if (!tc_session_is_local (self))
    preparation->name_or_path = g_strdup (self->only_network != NULL ? self->only_network : self->network);
  g_task_set_task_data (task, preparation, free_preparation);
  self->needs_restart = FALSE;
  g_clear_error (&self->error);
  tc_session_set_state (self, TC_SESSION_STARTING);
  g_task_run_in_thread (task, prepare_in_thread);
}

void
tc_session_retry (TcSession *self)
{
  g_return_if_fail (TC_IS_SESSION (self));

  if (self->state == TC_SESSION_FAILED)
    tc_session_start (self);
}

static char *
dup_own_node_dir (TcSession *self)
{
  g_autofree char *dir = tc_session_dup_network_dir (self);

  return g_build_filename (dir, "node", NULL);
}

gboolean
tc_session_can_set_aside (TcSession *self)
{
  g_autofree char *dir = NULL, *prefix = NULL;

  g_return_val_if_fail (TC_IS_SESSION (self), FALSE);

  if (!tc_session_is_local (self) || !g_error_matches (self->error, TC_NODE_ERROR, TC_NODE_ERROR_DAMAGED))
    return FALSE;
  dir = dup_own_node_dir (self);
  prefix = g_strconcat (dir, G_DIR_SEPARATOR_S, NULL);
  return strstr (self->error->message, prefix) != NULL;
}

static void
set_aside_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const char *dir = task_data;
  g_autofree char *aside = g_strdup_printf ("%s.damaged-%" G_GINT64_FORMAT, dir, g_get_real_time () / G_USEC_PER_SEC);

  if (g_rename (dir, aside) != 0)
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_DISK, _("“%s” cannot be renamed: %s"), dir, g_strerror (errno));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_set_aside (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcSession *self = TC_SESSION (source);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fail (self, error);
  else
    tc_session_retry (self);
}

void
tc_session_set_aside (TcSession *self)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (tc_session_can_set_aside (self));

  task = g_task_new (self, NULL, on_set_aside, NULL);
  g_task_set_task_data (task, dup_own_node_dir (self), g_free);
  g_task_run_in_thread (task, set_aside_in_thread);
}

/* --- Wallets --- */

void
tc_session_add_wallet (TcSession *self, const char *network, TcWallet *wallet)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  g_return_if_fail (TC_IS_SESSION (self));
  TC_CHECK (self->network == NULL || strcmp (self->network, network) == 0);

  g_ptr_array_add (self->wallets, g_object_ref (wallet));
  if (self->state == TC_SESSION_IDLE)
    {
      g_free (self->network);
      self->network = g_strdup (network);
      self->funded = snapshot->first_key_hash;
      if (self->offline)
        g_signal_emit (self, signals[CHANGED], 0);
      else
        tc_session_start (self);
      return;
    }
  if (self->state == TC_SESSION_RUNNING)
    {
      tc_wallet_attach (wallet, self->node, on_attached, g_object_ref (self));
      serve_wallet (self);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_wallet_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_close_finish (TC_WALLET (source), result, &error))
    g_warning ("closing a wallet: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

void
tc_session_close_wallet (TcSession *self, TcWallet *wallet, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_object_ref (wallet), g_object_unref);
  if (self->rpc != NULL && tc_wallet_rpc_get_wallet (self->rpc) == wallet)
    tc_wallet_rpc_set_wallet (self->rpc, NULL);
  g_ptr_array_remove (self->wallets, wallet);
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->rpc != NULL && self->wallets->len > 0 && self->state == TC_SESSION_RUNNING)
    serve_wallet (self);
  tc_wallet_close (wallet, on_wallet_closed, task);
}

TcWallet *
tc_session_find_wallet (TcSession *self, const char *name)
{
  for (guint i = 0; i < self->wallets->len; i++)
    {
      g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallets->pdata[i]);

      if (g_strcmp0 (snapshot->name, name) == 0)
        return self->wallets->pdata[i];
    }
  return NULL;
}

GPtrArray *
tc_session_list_wallets (TcSession *self)
{
  GPtrArray *wallets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->wallets->len; i++)
    g_ptr_array_add (wallets, g_object_ref (self->wallets->pdata[i]));
  return wallets;
}

guint
tc_session_get_n_wallets (TcSession *self)
{
  return self->wallets->len;
}

/* --- Stopping --- */

static gboolean
finish_stop (gpointer user_data)
{
  TcSession *self = user_data;

  if (self->state == TC_SESSION_STOPPED)
    return G_SOURCE_REMOVE;
  g_clear_handle_id (&self->stop_timeout, g_source_remove);
  self->step = TC_SESSION_STEP_DONE;
  tc_session_set_state (self, TC_SESSION_STOPPED);
  for (guint i = 0; i < self->stop_tasks->len; i++)
    g_task_return_boolean (self->stop_tasks->pdata[i], TRUE);
  g_ptr_array_set_size (self->stop_tasks, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop_limit (gpointer user_data)
{
  TcSession *self = user_data;

  g_warning ("closing takes longer than %d s: what is left is cut off, which is safe", STOP_LIMIT_MS / 1000);
  self->stop_timeout = 0;
  return finish_stop (self);
}

static void
on_local_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;

  tc_local_stop_finish (self->local, result);
  finish_stop (self);
}

static void
on_node_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;

  tc_node_stop_finish (self->node, result);
  finish_stop (self);
}

void
tc_session_leave_node (TcSession *self)
{
  g_clear_pointer (&self->rpc, tc_wallet_rpc_free);
  if (self->node != NULL && self->subscription != 0)
    tc_node_unsubscribe (self->node, self->subscription);
  self->subscription = 0;
}

static void
stop_node (TcSession *self)
{
  self->step = TC_SESSION_STEP_NODE;
  g_signal_emit (self, signals[CHANGED], 0);
  tc_session_leave_node (self);
  if (self->local != NULL)
    tc_local_stop_async (self->local, on_local_stopped, g_object_ref (self));
  else if (self->node != NULL)
    tc_node_stop_async (self->node, on_node_stopped, g_object_ref (self));
  else
    finish_stop (self);
}

static void
on_wallet_closed_for_stop (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcSession *self = TC_SESSION (source);

  if (--self->n_closing == 0 && self->state == TC_SESSION_STOPPING)
    stop_node (self);
}

void
tc_session_stop_async (TcSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(GPtrArray) wallets = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->state == TC_SESSION_STOPPED)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  g_ptr_array_add (self->stop_tasks, task);
  if (self->state == TC_SESSION_STOPPING)
    return;
  for (guint i = 0; i < self->wallets->len; i++)
    g_ptr_array_add (wallets, g_object_ref (self->wallets->pdata[i]));
  self->step = TC_SESSION_STEP_WALLETS;
  tc_session_set_state (self, TC_SESSION_STOPPING);
  self->stop_timeout = g_timeout_add (STOP_LIMIT_MS, on_stop_limit, self);
  self->n_closing = wallets->len;
  for (guint i = 0; i < wallets->len; i++)
    tc_session_close_wallet (self, wallets->pdata[i], on_wallet_closed_for_stop, NULL);
  if (wallets->len == 0)
    stop_node (self);
}

void
tc_session_stop_finish (TcSession *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

/* --- */

TcSessionStep
tc_session_get_step (TcSession *self)
{
  return self->step;
}

void
tc_session_set_offline (TcSession *self, gboolean offline)
{
  g_return_if_fail (self->network == NULL);

  self->offline = offline;
}

gboolean
tc_session_is_offline (TcSession *self)
{
  return self->offline;
}

TcSessionState
tc_session_get_state (TcSession *self)
{
  return self->state;
}

const GError *
tc_session_get_error (TcSession *self)
{
  return self->error;
}

TcNode *
tc_session_get_node (TcSession *self)
{
  return self->node;
}

TcNodeStatus *
tc_session_get_status (TcSession *self)
{
  return self->status;
}

const char *
tc_session_get_network (TcSession *self)
{
  return self->network;
}

gboolean
tc_session_is_local (TcSession *self)
{
  return g_strcmp0 (self->network, TC_SESSION_LOCAL) == 0;
}

const char *
tc_session_get_base_dir (TcSession *self)
{
  return self->base_dir;
}

char *
tc_session_dup_network_dir (TcSession *self)
{
  return g_build_filename (self->base_dir, self->network, NULL);
}

static void
tc_session_finalize (GObject *object)
{
  TcSession *self = TC_SESSION (object);

  g_clear_handle_id (&self->stop_timeout, g_source_remove);
  g_clear_pointer (&self->rpc, tc_wallet_rpc_free);
  if (self->node != NULL && self->subscription != 0)
    tc_node_unsubscribe (self->node, self->subscription);
  g_ptr_array_unref (self->wallets);
  g_ptr_array_unref (self->stop_tasks);
  g_clear_pointer (&self->status, tc_node_status_unref);
  g_clear_pointer (&self->node, tc_node_unref);
  g_clear_pointer (&self->local, tc_local_free);
  g_clear_error (&self->error);
  g_clear_object (&self->settings);
  g_free (self->base_dir);
  g_free (self->only_network);
  g_free (self->network);
  G_OBJECT_CLASS (tc_session_parent_class)->finalize (object);
}

static void
tc_session_class_init (TcSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STATUS] = g_signal_new ("status", TC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WALLET_ERROR] =
      g_signal_new ("wallet-error", TC_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, TC_TYPE_WALLET, G_TYPE_STRING);
}

static void
tc_session_init (TcSession *self)
{
  self->wallets = g_ptr_array_new_with_free_func (g_object_unref);
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
on_setting_changed (TcSession *self, const char *key)
{
  if (!tc_node_settings_is_node_key (key) || self->state == TC_SESSION_IDLE || self->needs_restart)
    return;
  self->needs_restart = TRUE;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
tc_session_needs_restart (TcSession *self)
{
  return self->needs_restart;
}

TcSession *
tc_session_new (const char *base_dir, const char *network, GSettings *settings)
{
  TcSession *self = g_object_new (TC_TYPE_SESSION, NULL);

  self->base_dir = g_strdup (base_dir);
  self->settings = settings == NULL ? NULL : g_object_ref (settings);
  if (settings != NULL)
    g_signal_connect_object (settings, "changed", G_CALLBACK (on_setting_changed), self, G_CONNECT_SWAPPED);
  self->only_network = g_strdup (network);
  return self;
}
