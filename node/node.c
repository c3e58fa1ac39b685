#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

#include <glib/gi18n-lib.h>

#include "core/check.h"

G_DEFINE_QUARK (tc-node-error-quark, tc_node_error)

typedef struct
{
  char          *name;
  char         **param_names;
  char          *usage;
  GMainContext  *context;
  TcRpcHandler   handler;
  gpointer       user_data;
  GDestroyNotify destroy;
} RpcMethod;

static void
rpc_method_free (gpointer data)
{
  RpcMethod *method = data;

  g_free (method->name);
  g_strfreev (method->param_names);
  g_free (method->usage);
  g_main_context_unref (method->context);
  g_free (method);
}

/* --- status value --- */

TcNodeStatus *
tc_node_status_ref (TcNodeStatus *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_node_status_unref (TcNodeStatus *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->problem);
  g_free (self);
}

TcNodeStatus *
tc_node_dup_status (TcNode *self)
{
  TcNodeStatus *status;

  g_mutex_lock (&self->lock);  /* held for the swap of a pointer only */
  status = tc_node_status_ref (self->status);
  g_mutex_unlock (&self->lock);
  return status;
}

const char *
tc_node_sync_phase_name (TcNodeSyncPhase phase)
{
  static const char *const names[] = { "none", "links", "snapshot", "blocks", "history" };

  return (guint) phase < G_N_ELEMENTS (names) ? names[phase] : "unknown";
}

/* --- life --- */

TcNode *
tc_node_new (const TcNodeConfig *config)
{
  TcNode *self = g_new0 (TcNode, 1);

  TC_CHECK (config->network->genesis != NULL);
  g_atomic_ref_count_init (&self->ref_count);
  self->network = tc_network_ref (config->network);
  self->data_dir = g_strdup (config->data_dir);
  self->listen_wanted = g_strdup (config->listen);
  self->rpc_wanted = g_strdup (config->rpc_listen);
  self->connect = g_strdupv ((char **) config->connect);
  self->operator_key = config->operator_key != NULL ? tc_secret_key_ref (config->operator_key) : NULL;
  self->sign_anyway_epoch = config->sign_anyway_epoch;
  self->cache_mb = config->cache_mb != 0 ? config->cache_mb : TC_NODE_CACHE_MB_DEFAULT;
  self->prune_mb = config->prune_mb;
  self->sync_mode = config->sync_mode;
  self->history = !config->no_history;
  self->proxy = g_strdup (config->proxy);
  self->map_port = config->map_port;
  self->discover = !config->no_discover;
  self->trusted_block = config->trusted_block;
  self->context = g_main_context_new ();
  self->hub = tc_event_hub_new ();
  self->methods = g_ptr_array_new_with_free_func (rpc_method_free);
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->lock);
  g_cond_init (&self->no_readers);
  self->state = TC_NODE_STARTING;
  self->status = g_new0 (TcNodeStatus, 1);
  g_atomic_ref_count_init (&self->status->ref_count);
  self->status->sync.left_ms = -1;
  self->status->oldest_height = 1;
  self->status->epoch_length_ms = config->network->genesis->params.epoch_length_ms;
  self->status->block_interval_ms = config->network->genesis->params.block_interval_ms;
  self->fee_rate = 1;
  return self;
}

TcNode *
tc_node_ref (TcNode *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

gboolean
tc_node_wake (TcNode *self, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  g_autoptr(GSource) source = g_idle_source_new ();
  gboolean alive;

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_mutex_lock (&self->lock);
  alive = self->launched && !self->gone;
  if (alive)
    {
      g_source_set_callback (source, func, data, destroy);
      g_source_attach (source, self->context);
    }
  g_mutex_unlock (&self->lock);
  return alive;
}

static gboolean
quit_loop (gpointer user_data)
{
  TcNode *self = user_data;

  self->stopping = TRUE;
  if (self->loop != NULL)
    g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
tc_node_unref (TcNode *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->thread != NULL)
    {
      TC_CHECK (g_thread_self () != self->thread);
      tc_node_wake (self, quit_loop, self, NULL);
      g_thread_join (self->thread);
    }
  tc_event_hub_free (self->hub);
  for (guint i = 0; i < self->methods->len; i++)
    {
      RpcMethod *method = g_ptr_array_index (self->methods, i);

      if (method->destroy != NULL)
        method->destroy (method->user_data);
    }
  g_ptr_array_unref (self->methods);
  g_ptr_array_unref (self->stop_tasks);
  tc_node_status_unref (self->status);
  g_clear_pointer (&self->stop_context, g_main_context_unref);
  g_clear_pointer (&self->operator_key, tc_secret_key_unref);
  tc_network_unref (self->network);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->no_readers);
  g_strfreev (self->connect);
  g_free (self->listen);
  g_free (self->rpc_address);
  g_free (self->data_dir);
  g_free (self->listen_wanted);
  g_free (self->rpc_wanted);
  g_free (self->proxy);
  g_free (self->problem);
  g_free (self->warning);
  g_free (self->clock_warning);
  g_free (self->proxy_warning);
  g_free (self->trust_warning);
  g_free (self->external);
  g_free (self);
}

/* --- RPC --- */

static void
add_to_server (TcRpcServer *server, const RpcMethod *method)
{
  tc_rpc_server_add_method (server, method->name, (const char *const *) method->param_names, method->usage, method->context,
                            method->handler, method->user_data, NULL);
}

static void
publish_rpc (TcNode *self, TcRpcServer *server)
{
  g_mutex_lock (&self->lock);
  self->server = server;
  self->rpc_address = g_strdup (tc_rpc_server_get_address (server));
  for (guint i = 0; i < self->methods->len; i++)
    add_to_server (server, g_ptr_array_index (self->methods, i));
  g_mutex_unlock (&self->lock);
}

TcRpcServer *
tc_node_ensure_rpc (TcNode *self)
{
  TcRpcServer *server = self->server;

  if (server != NULL)
    return server;
  server = tc_rpc_server_new (self->data_dir);
  self->rpc = tc_node_rpc_new (self, server);
  publish_rpc (self, server);
  return server;
}

static gboolean
open_rpc (TcNode *self, GError **error)
{
  TcRpcServer *server;
  g_autoptr(GError) cause = NULL;

  if (self->rpc_wanted == NULL)
    return TRUE;
  server = tc_rpc_server_new (self->data_dir);
  self->rpc = tc_node_rpc_new (self, server);
  if (!tc_rpc_server_start (server, self->rpc_wanted, &cause)
      || !tc_node_rpc_write_address (self->data_dir, tc_rpc_server_get_address (server), &cause))
    {
      TcNodeError code = g_error_matches (cause, TC_RPC_SERVER_ERROR, TC_RPC_SERVER_ERROR_PORT_IN_USE)
                           ? TC_NODE_ERROR_PORT_IN_USE : TC_NODE_ERROR_CONFIG;

      g_set_error_literal (error, TC_NODE_ERROR, code, cause->message);
      g_clear_pointer (&self->rpc, tc_node_rpc_free);
      tc_rpc_server_free (server);
      return FALSE;
    }
  publish_rpc (self, server);
  return TRUE;
}

static void
close_rpc (TcNode *self)
{
  TcRpcServer *server;

  g_mutex_lock (&self->lock);
  server = g_steal_pointer (&self->server);
  g_mutex_unlock (&self->lock);
  if (server == NULL)
    return;
  if (tc_rpc_server_get_address (server) != NULL)
    tc_node_rpc_remove_address (self->data_dir);
  tc_rpc_server_stop (server);
  g_clear_pointer (&self->rpc, tc_node_rpc_free);
  tc_rpc_server_free (server);
}

void
tc_node_add_rpc_method (TcNode *self, const char *name, const char *const *param_names, const char *usage, GMainContext *context,
                        TcRpcHandler handler, gpointer user_data, GDestroyNotify destroy)
{
  RpcMethod *method = g_new (RpcMethod, 1);

  *method = (RpcMethod) { g_strdup (name), g_strdupv ((char **) param_names), g_strdup (usage),
                          context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default (),
                          handler, user_data, destroy };
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->methods, method);
  if (self->server != NULL)
    add_to_server (self->server, method);
  g_mutex_unlock (&self->lock);
}

void
tc_node_remove_rpc_method (TcNode *self, const char *name)
{
  RpcMethod *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->methods->len && found == NULL; i++)
    if (g_str_equal (((RpcMethod *) g_ptr_array_index (self->methods, i))->name, name))
      found = g_ptr_array_steal_index (self->methods, i);
  if (found != NULL && self->server != NULL)
    tc_rpc_server_remove_method (self->server, name);
  g_mutex_unlock (&self->lock);
  if (found == NULL)
    return;
  if (found->destroy != NULL)
    found->destroy (found->user_data);
  rpc_method_free (found);
}

void
tc_node_set_stop_handler (TcNode *self, GMainContext *context, void (*handler) (gpointer user_data), gpointer user_data)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->stop_context, g_main_context_unref);
  self->stop_context = context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  self->stop_handler = handler;
  self->stop_data = user_data;
  g_mutex_unlock (&self->lock);
}

typedef struct
{
  void   (*handler) (gpointer user_data);
  gpointer user_data;
} StopCall;

static gboolean
run_stop_handler (gpointer data)
{
  StopCall *call = data;

  call->handler (call->user_data);
  return G_SOURCE_REMOVE;
}

void
tc_node_request_stop (TcNode *self)
{
  g_mutex_lock (&self->lock);
  if (self->stop_handler != NULL)
    {
      const StopCall call = { self->stop_handler, self->stop_data };
      g_autoptr(GSource) source = g_idle_source_new ();

      g_source_set_callback (source, run_stop_handler, g_memdup2 (&call, sizeof call), g_free);
      g_source_attach (source, self->stop_context);
    }
  g_mutex_unlock (&self->lock);
}

/* --- the thread --- */

static gboolean
open_all (TcNode *self, GError **error)
{
  if (!tc_node_open (self, error) || !open_rpc (self, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  self->listen = g_strdup (tc_net_get_listen_address (self->net));
  self->readable = TRUE;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* Nobody reads the store any more, and nobody begins to. */
static void
end_reading (TcNode *self)
{
  g_mutex_lock (&self->lock);
  self->readable = FALSE;
  while (self->n_readers > 0)
    g_cond_wait (&self->no_readers, &self->lock);
  g_mutex_unlock (&self->lock);
}

/* The last requests are answered: none can come after. */
static void
end_requests (TcNode *self)
{
  g_mutex_lock (&self->lock);
  self->gone = TRUE;
  g_mutex_unlock (&self->lock);
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

static gpointer
run_node (gpointer data)
{
  TcNode *self = data;
  g_autoptr(GTask) start_task = g_steal_pointer (&self->start_task);
  GError *error = NULL;

  g_main_context_push_thread_default (self->context);
  self->loop = g_main_loop_new (self->context, FALSE);
  self->started_us = g_get_monotonic_time ();
  if (!self->stopping && open_all (self, &error))
    {
      self->running = TRUE;
      tc_node_publish_status (self);
      g_task_return_boolean (start_task, TRUE);
      g_clear_object (&start_task);
      g_main_loop_run (self->loop);
      self->state = TC_NODE_STOPPING;
      tc_node_publish_status (self);
    }
  else if (error == NULL)
    error = g_error_new_literal (TC_NODE_ERROR, TC_NODE_ERROR_STOPPED, "the node was stopped before it had started");
  self->running = FALSE;
  close_rpc (self);
  end_reading (self);
  tc_node_close (self);
  self->state = TC_NODE_STOPPED;
  tc_node_publish_status (self);
  end_requests (self);
  if (error != NULL)
    g_task_return_error (start_task, error);
  for (guint i = 0; i < self->stop_tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (self->stop_tasks, i), TRUE);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

void
tc_node_start_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  TC_CHECK (!self->launched);
  g_mutex_lock (&self->lock);
  self->launched = TRUE;
  self->start_task = task;
  self->thread = g_thread_new ("node", run_node, self);
  g_mutex_unlock (&self->lock);
}

gboolean
tc_node_start_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  TcNode *node;
  GTask  *task;
} StopRequest;

static gboolean
begin_stop (gpointer data)
{
  StopRequest *request = data;

  g_ptr_array_add (request->node->stop_tasks, g_object_ref (request->task));
  return quit_loop (request->node);
}

static void
stop_request_free (gpointer data)
{
  StopRequest *request = data;

  g_object_unref (request->task);
  g_free (request);
}

void
tc_node_stop_async (TcNode *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  StopRequest *request = g_new (StopRequest, 1);

  *request = (StopRequest) { self, task };
  if (tc_node_wake (self, begin_stop, request, stop_request_free))
    return;
  g_task_return_boolean (task, TRUE);
  stop_request_free (request);
}

void
tc_node_stop_finish (TcNode *self, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}

TcNetwork *
tc_node_get_network (TcNode *self)
{
  return self->network;
}

const char *
tc_node_get_data_dir (TcNode *self)
{
  return self->data_dir;
}

const char *
tc_node_get_listen (TcNode *self)
{
  return self->listen;
}

const char *
tc_node_get_rpc (TcNode *self)
{
  return self->rpc_address;
}

guint64
tc_node_get_fee_rate (TcNode *self)
{
  return (guint64) g_atomic_int_get (&self->fee_rate);
}

guint
tc_node_subscribe (TcNode *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data, GDestroyNotify destroy)
{
  return tc_event_hub_add (self->hub, kinds, context, callback, user_data, destroy);
}

void
tc_node_unsubscribe (TcNode *self, guint id)
{
  tc_event_hub_remove (self->hub, id);
}

gboolean
tc_node_prove_possession (TcNode *self, const TcOutpoint *first_input, const TcOutput *output, TcPublicKey *ret_key, TcSignature *ret_possession)
{
  if (self->operator_key == NULL)
    return FALSE;
  *ret_key = *tc_secret_key_get_public (self->operator_key);
  *ret_possession = tc_possession_sign (self->operator_key, &self->network->genesis->chain_id, first_input, output);
  return TRUE;
}

/* --- requests to the node's thread --- */

typedef struct
{
  TcNode *node;
  TcTx   *tx;
  TcHash  txid;
  gint64  submitted_us;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->tx, tc_tx_unref);
  g_free (request);
}

gboolean
tc_node_refuse_stopped (TcNode *self, GTask *task)
{
  if (self->running && !self->failed && self->state != TC_NODE_HALTED)
    return FALSE;
  g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED, "%s",
                           self->warning != NULL ? self->warning : _("The node is not running."));
  return TRUE;
}

static gboolean
do_submit (gpointer data)
{
  GTask *task = data;
  Request *request = g_task_get_task_data (task);
  TcInput input = { .kind = TC_INPUT_SUBMIT, .tx = request->tx };
  TcTxVerdict verdict;

  if (tc_node_refuse_stopped (request->node, task))
    return G_SOURCE_REMOVE;
  tc_node_feed (request->node, &input, &verdict);
  tc_node_note_submit (request->node, &request->txid, request->submitted_us);
  if (verdict == TC_TX_OK)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED, "%s", _(tc_tx_verdict_message (verdict)));
  return G_SOURCE_REMOVE;
}

static void
post_request (TcNode *self, TcTx *tx, const TcHash *txid, GSourceFunc func, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->node = self;
  request->tx = tx != NULL ? tc_tx_ref (tx) : NULL;
  request->txid = *txid;
  request->submitted_us = g_get_monotonic_time ();
  g_task_set_task_data (task, request, request_free);
  if (tc_node_wake (self, func, task, g_object_unref))
    return;
  tc_node_refuse_stopped (self, task);
  g_object_unref (task);
}

void
tc_node_submit_async (TcNode *self, TcTx *tx, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post_request (self, tx, &tx->txid, do_submit, cancellable, callback, user_data);
}

gboolean
tc_node_submit_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
do_get_finality (gpointer data)
{
  GTask *task = data;
  Request *request = g_task_get_task_data (task);
  TcFinality finality = { .txid = request->txid, .state = TC_FINALITY_UNKNOWN, .seen_ms = -1, .certified_ms = -1, .final_ms = -1,
                          .final_duration_us = -1, .block_time_ms = -1 };

  if (tc_node_refuse_stopped (request->node, task))
    return G_SOURCE_REMOVE;
  tc_node_get_finality (request->node, &request->txid, &finality);
  g_task_return_pointer (task, g_memdup2 (&finality, sizeof finality), g_free);
  return G_SOURCE_REMOVE;
}

void
tc_node_get_finality_async (TcNode *self, const TcHash *txid, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  post_request (self, NULL, txid, do_get_finality, cancellable, callback, user_data);
}

gboolean
tc_node_get_finality_finish (TcNode *self, GAsyncResult *result, TcFinality *ret_finality, GError **error)
{
  g_autofree TcFinality *finality = g_task_propagate_pointer (G_TASK (result), error);

  if (finality == NULL)
    return FALSE;
  *ret_finality = *finality;
  return TRUE;
}

/* --- blocks --- */

/* The store's connections are its own business: any thread may read until the node closes, which waits for it. */
gboolean
tc_node_begin_read (TcNode *self, GError **error)
{
  gboolean readable;

  g_mutex_lock (&self->lock);
  readable = self->readable;
  self->n_readers += readable;
  g_mutex_unlock (&self->lock);
  if (!readable)
    g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED, _("The node is not running."));
  return readable;
}

gboolean
tc_node_may_read (TcNode *self)
{
  gboolean readable;

  g_mutex_lock (&self->lock);
  readable = self->readable;
  g_mutex_unlock (&self->lock);
  return readable;
}

void
tc_node_end_read (TcNode *self)
{
  g_mutex_lock (&self->lock);
  if (--self->n_readers == 0)
    g_cond_signal (&self->no_readers);
  g_mutex_unlock (&self->lock);
}

/* Why there is no block of a height, or of a hash, which is not known to be one. */
static void
explain_missing (TcNode *self, GError **error)
{
  const guint32 oldest = tc_store_get_oldest_block (self->store);

  if (self->prune_mb > 0)
    g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("This node keeps blocks from %u on: it prunes what exceeds %u MB. Ask a node that keeps all blocks."),
                 oldest, self->prune_mb);
  else
    g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND,
                 self->history ? _("This node has blocks from %u on: it began with a snapshot. Older ones come in the background.")
                               : _("This node has blocks from %u on: it began with a snapshot. Ask a node that keeps all blocks."), oldest);
}

TcBlock *
tc_node_read_block (TcNode *self, guint32 height, GError **error)
{
  g_autoptr(GError) cause = NULL;
  TcBlock *block = NULL;

  if (!tc_node_begin_read (self, error))
    return NULL;
  if (!tc_store_read_block (self->store, height, &block, NULL, &cause))
    {
      if (cause != NULL)
        g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_DISK, cause->message);
      else if (height > 0 && height < tc_store_get_oldest_block (self->store))
        explain_missing (self, error);
      else
        g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("There is no block %u."), height);
    }
  tc_node_end_read (self);
  return block;
}

TcBlock *
tc_node_read_block_by_hash (TcNode *self, const TcHash *hash, GError **error)
{
  g_autoptr(GError) cause = NULL;
  gboolean found, all;
  guint32 height;

  if (!tc_node_begin_read (self, error))
    return NULL;
  found = tc_store_find_block (self->store, hash, &height, &cause);
  all = tc_store_get_oldest_block (self->store) <= 1;
  if (!found && cause == NULL && !all)
    explain_missing (self, error);
  tc_node_end_read (self);
  if (found)
    return tc_node_read_block (self, height, error);
  if (cause != NULL)
    g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_DISK, cause->message);
  else if (all)
    g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, _("There is no block of this hash."));
  return NULL;
}

/* --- what node-private.h shows the folder --- */

void
tc_node_get_engine_info (TcNode *self, TcEngineInfo *ret_info)
{
  tc_engine_get_info (self->engine, ret_info);
}

void
tc_node_get_tip (TcNode *self, TcTip *ret_tip)
{
  *ret_tip = *tc_ledger_get_tip (tc_engine_get_ledger (self->engine));
}

TcCommittee *
tc_node_dup_committee (TcNode *self)
{
  return tc_committee_ref (tc_ledger_get_committee (tc_engine_get_ledger (self->engine)));
}

TcMoney
tc_node_get_money (TcNode *self)
{
  return tc_ledger_get_money (tc_engine_get_ledger (self->engine));
}

GArray *
tc_node_dup_masternodes (TcNode *self)
{
  const TcRegistry *registry = tc_ledger_get_registry (tc_engine_get_ledger (self->engine));
  GArray *masternodes = g_array_new (FALSE, FALSE, sizeof (TcMasternode));

  for (gsize i = 0; i < tc_registry_get_n (registry); i++)
    g_array_append_vals (masternodes, tc_registry_get (registry, i), 1);
  return masternodes;
}

GArray *
tc_node_sample_addresses (TcNode *self)
{
  return tc_net_sample_addresses (self->net);
}

void
tc_node_count_addresses (TcNode *self, guint *ret_n_new, guint *ret_n_tried)
{
  tc_net_count_addresses (self->net, ret_n_new, ret_n_tried);
}

gboolean
tc_node_get_peer_height (TcNode *self, guint64 id, guint32 *ret_height)
{
  return tc_engine_get_peer_height (self->engine, id, ret_height);
}

GPtrArray *
tc_node_dup_peers (TcNode *self)
{
  return tc_net_list_peers (self->net);
}
