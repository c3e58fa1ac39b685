#define G_LOG_DOMAIN "tc-local"
#include "local.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/key-file.h"

#define MASTERNODES_MAX  100u

struct _TcLocal
{
  char       *dir, *listen, *rpc_listen;
  GPtrArray  *masternodes;   /* TcNode */
  TcNode     *node;
  TcSecretKey *operator_key; /* (nullable): of that node */
  GTask      *start_task;
  GPtrArray  *stop_tasks;    /* GTask: a stop may come while it starts */
  GError     *error;         /* of starting */
  gboolean    loading;
  guint       n_starting, n_stopping;
};

static char *
masternode_dir (const char *dir, guint i)
{
  g_autofree char *name = g_strdup_printf ("m%u", i + 1);

  return g_build_filename (dir, name, NULL);
}

gboolean
tc_local_exists (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "network.json", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* --- making --- */

static gboolean
set_errno (GError **error, const char *what, const char *path)
{
  int code = errno;

  g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_DISK, _("Could not %s %s: %s. Choose a folder that can be written to, with room left."),
               what, path, g_strerror (code));
  return FALSE;
}

/* The kernel gives ports that are free now; all are held until all are known, so that none is given twice. */
static gboolean
choose_ports (guint n, guint16 base_port, guint16 *ret_ports, GError **error)
{
  g_autoptr(GPtrArray) listeners = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      GSocketListener *listener;

      if (base_port != 0)
        {
          ret_ports[i] = (guint16) (base_port + i);
          continue;
        }
      listener = g_socket_listener_new ();
      g_ptr_array_add (listeners, listener);
      ret_ports[i] = g_socket_listener_add_any_inet_port (listener, NULL, error);
      if (ret_ports[i] == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_masternode (const char *dir, guint i, guint16 port, const TcKeyHash *owner, TcGenesisMasternode *ret_masternode, GError **error)
{
  g_autofree char *path = masternode_dir (dir, i);
  g_autofree char *key_path = g_build_filename (path, "operator.key", NULL);
  g_autoptr(TcSecretKey) key = NULL;

  if (g_mkdir_with_parents (path, 0700) < 0)
    return set_errno (error, "make the folder", path);
  /* One that an earlier, unfinished making left is as good as a new one. */
  key = g_file_test (key_path, G_FILE_TEST_EXISTS) ? tc_key_file_load (key_path, error) : tc_key_file_create (key_path, error);
  if (key == NULL)
    return FALSE;
  ret_masternode->operator_key = *tc_secret_key_get_public (key);
  ret_masternode->owner = ret_masternode->payout = *owner;
  ret_masternode->tier = TC_TIER_GOLD;
  ret_masternode->host = g_strdup_printf ("127.0.0.1:%u", port);
  return TRUE;
}

static gboolean
write_genesis (const char *dir, guint n, const TcKeyHash *key_hash, const TcGenesisMasternode *masternodes, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "network.json", NULL);
  const TcOutput funds = { { TC_LOCAL_FUNDS_TIME * TC_AMOUNT_PER_TIME }, TC_LOCK_KEY_HASH, *key_hash };
  g_autoptr(GBytes) json = tc_genesis_write ("local", '0', (guint64) (g_get_real_time () / 1000), &TC_PARAMS_LOCAL, &funds, 1,
                                             masternodes, n);
  gsize size;
  const char *data = g_bytes_get_data (json, &size);

  return g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

gboolean
tc_local_create (const char *dir, guint n_masternodes, const TcKeyHash *key_hash, guint16 base_port, GError **error)
{
  g_autofree TcGenesisMasternode *masternodes = NULL;
  guint16 ports[MASTERNODES_MAX];
  gboolean ok;

  if (n_masternodes < 1 || n_masternodes > MASTERNODES_MAX)
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, _("A local network has 1 to %u masternodes, not %u."), MASTERNODES_MAX, n_masternodes);
      return FALSE;
    }
  if (tc_local_exists (dir))
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, _("There is a local network in %s already. Start it, or choose another folder."), dir);
      return FALSE;
    }
  if (g_mkdir_with_parents (dir, 0700) < 0)
    return set_errno (error, "make the folder", dir);
  masternodes = g_new0 (TcGenesisMasternode, n_masternodes);
  ok = choose_ports (n_masternodes, base_port, ports, error);
  for (guint i = 0; ok && i < n_masternodes; i++)
    ok = make_masternode (dir, i, ports[i], key_hash, &masternodes[i], error);
  ok = ok && write_genesis (dir, n_masternodes, key_hash, masternodes, error);
  for (guint i = 0; i < n_masternodes; i++)
    g_free (masternodes[i].host);
  return ok;
}

/* --- starting --- */

TcLocal *
tc_local_new (const char *dir, const char *listen, const char *rpc_listen)
{
  TcLocal *self = g_new0 (TcLocal, 1);

  self->dir = g_strdup (dir);
  self->listen = g_strdup (listen);
  self->rpc_listen = g_strdup (rpc_listen);
  self->masternodes = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_node_unref);
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
tc_local_set_operator (TcLocal *self, TcSecretKey *operator_key, const char *listen)
{
  g_clear_pointer (&self->operator_key, tc_secret_key_unref);
  self->operator_key = tc_secret_key_ref (operator_key);
  g_free (self->listen);
  self->listen = g_strdup (listen);
}

void
tc_local_free (TcLocal *self)
{
  g_clear_pointer (&self->operator_key, tc_secret_key_unref);
  g_ptr_array_unref (self->masternodes);
  g_ptr_array_unref (self->stop_tasks);
  g_clear_pointer (&self->node, tc_node_unref);
  g_clear_error (&self->error);
  g_free (self->dir);
  g_free (self->listen);
  g_free (self->rpc_listen);
  g_free (self);
}

static gboolean
make_masternode_node (TcLocal *self, TcNetwork *network, guint i, GError **error)
{
  g_autofree char *dir = masternode_dir (self->dir, i);
  g_autofree char *key_path = g_build_filename (dir, "operator.key", NULL);
  g_autoptr(TcSecretKey) key = tc_key_file_load (key_path, error);
  /* A backup of the whole network is put back as a whole: there is nobody else to contradict. */
  TcNodeConfig config = { .network = network, .data_dir = dir, .operator_key = key, .sign_anyway_epoch = TC_NODE_SIGN_ANYWAY_ALWAYS,
                          .no_discover = TRUE };

  if (key == NULL)
    return FALSE;
  config.listen = network->genesis->masternodes[i].host;
  g_ptr_array_add (self->masternodes, tc_node_new (&config));
  return TRUE;
}

static void
load_files (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  TcLocal *self = task_data;
  g_autofree char *path = g_build_filename (self->dir, "network.json", NULL);
  g_autofree char *node_dir = g_build_filename (self->dir, "node", NULL);
  GError *error = NULL;
  g_autoptr(TcNetwork) network = tc_network_load (path, &error);
  TcNodeConfig config = { .network = network, .data_dir = node_dir, .listen = self->listen, .rpc_listen = self->rpc_listen,
                          .operator_key = self->operator_key, .no_discover = TRUE };

  for (guint i = 0; network != NULL && error == NULL && i < network->genesis->n_masternodes; i++)
    make_masternode_node (self, network, i, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->node = tc_node_new (&config);
  g_task_return_boolean (task, TRUE);
}

static void
finish_start (TcLocal *self)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->start_task);

  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_boolean (task, TRUE);
}

/* What a node's answer uses must not go before it came: a stop ends after the start that it cut short. */
static void
finish_stop (TcLocal *self)
{
  g_autoptr(GPtrArray) tasks = NULL;

  if (self->n_starting > 0 || self->n_stopping > 0 || self->loading)
    return;
  tasks = g_steal_pointer (&self->stop_tasks);
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
}

/* Without a stop that waits, whoever is told may free @self. */
static void
end_start (TcLocal *self)
{
  const gboolean stopping = self->stop_tasks->len > 0;

  finish_start (self);
  if (stopping)
    finish_stop (self);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcLocal *self = user_data;
  GError *error = NULL;

  if (!tc_node_start_finish (NULL, result, &error))
    {
      if (self->error == NULL)
        self->error = error;
      else
        g_error_free (error);
    }
  if (--self->n_starting == 0)
    end_start (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcLocal *self = user_data;

  self->loading = FALSE;
  if (g_task_propagate_boolean (G_TASK (result), &self->error) && self->stop_tasks->len > 0)
    g_set_error_literal (&self->error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED, _("The network was stopped before it had started."));
  if (self->error != NULL)
    {
      end_start (self);
      return;
    }
  self->n_starting = self->masternodes->len + 1;
  for (guint i = 0; i < self->masternodes->len; i++)
    tc_node_start_async (g_ptr_array_index (self->masternodes, i), NULL, on_started, self);
  tc_node_start_async (self->node, NULL, on_started, self);
}

void
tc_local_start_async (TcLocal *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) loading = g_task_new (NULL, cancellable, on_loaded, self);

  self->start_task = g_task_new (NULL, cancellable, callback, user_data);
  self->loading = TRUE;
  g_task_set_task_data (loading, self, NULL);
  g_task_run_in_thread (loading, load_files);
}

gboolean
tc_local_start_finish (TcLocal *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcLocal *self = user_data;

  tc_node_stop_finish (NULL, result);
  self->n_stopping--;
  finish_stop (self);
}

void
tc_local_stop_async (TcLocal *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_ptr_array_add (self->stop_tasks, g_task_new (NULL, NULL, callback, user_data));
  if (!self->loading && self->node != NULL && self->n_stopping == 0)
    {
      self->n_stopping = self->masternodes->len + 1;
      tc_node_stop_async (self->node, on_stopped, self);
      for (guint i = 0; i < self->masternodes->len; i++)
        tc_node_stop_async (g_ptr_array_index (self->masternodes, i), on_stopped, self);
    }
  finish_stop (self);
}

void
tc_local_stop_finish (TcLocal *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

TcNode *
tc_local_get_node (TcLocal *self)
{
  return self->node;
}

guint
tc_local_get_n_masternodes (TcLocal *self)
{
  return self->masternodes->len;
}

TcNode *
tc_local_get_masternode (TcLocal *self, guint i)
{
  return i < self->masternodes->len ? g_ptr_array_index (self->masternodes, i) : NULL;
}
