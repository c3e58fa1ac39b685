#define G_LOG_DOMAIN "tc-node"
#include "explore.h"

#include <string.h>

#include "core/address.h"
#include "node-rpc-private.h"
#include "rpc/server.h"

#define THREADS_MAX 2

/* Transactions and addresses by RPC. There is no index, so an answer may take as long as reading all blocks, or all unspent outputs; it is worked out on a thread of its own. */

struct _TcNodeRpcExplore
{
  gatomicrefcount    ref_count;
  TcNode            *node;      /* borrowed */
  TcRpcServer       *server;    /* borrowed */
  GMainContext      *context;
  GCancellable      *cancellable;
  GThreadPool       *threads;   /* of Search */
  GAsyncQueue       *done;      /* of Search, owned */
  GCancellable      *scan;      /* (nullable): of the scantxoutset under way */
  gint               scanned;   /* atomic: of it, in parts of 65 536 */
};

typedef TcNodeRpcExplore Explore;

typedef struct
{
  Explore      *rpc;           /* owned */
  TcRpcCall    *call;
  TcNodeTx     *tx;            /* owned: what is asked for where there is one */
  gboolean      verbose, is_scan;
  guint32       likely_height;
  GArray       *key_hashes;    /* (nullable) */
  GCancellable *cancellable;
  json_object  *result;        /* owned */
  GError       *error;         /* owned */
} Search;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_object, json_object_put)

static void
explore_unref (gpointer data)
{
  Explore *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_async_queue_unref (self->done);
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_clear_object (&self->scan);
  g_free (self);
}

static Explore *
explore_ref (Explore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
search_free (Search *search)
{
  g_clear_pointer (&search->tx, tc_node_tx_free);
  g_clear_pointer (&search->key_hashes, g_array_unref);
  g_clear_pointer (&search->result, json_object_put);
  g_clear_error (&search->error);
  g_object_unref (search->cancellable);
  explore_unref (search->rpc);
  g_free (search);
}

/* --- What is answered --- */

static void
add_place (json_object *object, const TcNodeTx *tx, guint32 tip_height)
{
  if (!tx->in_block)
    {
      json_object_object_add (object, "confirmations", json_object_new_int (0));
      return;
    }
  json_object_object_add (object, "confirmations", json_object_new_int64 (tip_height >= tx->height ? tip_height - tx->height + 1 : 0));
  json_object_object_add (object, "blockhash", tc_json_hash (&tx->block_hash));
  json_object_object_add (object, "blockheight", json_object_new_uint64 (tx->height));
  json_object_object_add (object, "blocktime", tc_json_time (tx->block_time_ms));
  json_object_object_add (object, "time", tc_json_time (tx->block_time_ms));
}

/* Where all that it spends is known. */
static void
add_fee (json_object *object, const TcNodeTx *tx, char digit)
{
  json_object *inputs = json_object_object_get (object, "vin");
  TcAmount in = { 0 }, out = { 0 }, fee;
  gboolean known = tx->tx->kind != TC_TX_KIND_REWARD;

  for (gsize i = 0; i < tx->n_inputs; i++)
    {
      json_object *input = json_object_array_get_idx (inputs, i);

      known = known && tx->known[i] && tc_amount_add (in, tx->spent[i].amount, &in);
      if (!tx->known[i])
        continue;
      g_autofree char *address = tc_address_format (&tx->spent[i].key_hash, digit);
      json_object_object_add (input, "value", tc_rpc_amount (tx->spent[i].amount, FALSE));
      json_object_object_add (input, "address", json_object_new_string (address));
    }
  for (gsize i = 0; i < tx->n_outputs; i++)
    known = known && tc_amount_add (out, tx->outputs[i].amount, &out);
  if (known && tc_amount_sub (in, out, &fee))
    json_object_object_add (object, "fee", tc_rpc_amount (fee, FALSE));
}

static json_object *
tx_json (TcNode *node, const TcNodeTx *tx, gboolean verbose, GError **error)
{
  const char digit = tc_node_get_network (node)->address_digit;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (node);
  json_object *object;

  if (tx->tx == NULL)
    {
      g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, "The genesis outputs are not considered an ordinary transaction: getblock 0 2 shows them.");
      return NULL;
    }
  if (!verbose)
    {
      g_autoptr(GBytes) bytes = tc_tx_encode (tx->tx);
      gsize n;
      const guint8 *data = g_bytes_get_data (bytes, &n);

      return tc_json_hex (data, n);
    }
  object = tc_json_tx (tx->tx, digit);
  add_place (object, tx, status->height);
  add_fee (object, tx, digit);
  tc_json_add_finality (object, &tx->finality);
  return object;
}

static json_object *
coin_json (const TcNodeAddressCoin *coin, char digit)
{
  json_object *item = json_object_new_object ();
  g_autofree char *address = tc_address_format (&coin->output.key_hash, digit);

  json_object_object_add (item, "txid", tc_json_hash (&coin->outpoint.txid));
  json_object_object_add (item, "vout", json_object_new_uint64 (coin->outpoint.index));
  json_object_object_add (item, "address", json_object_new_string (address));
  json_object_object_add (item, "amount", tc_rpc_amount (coin->output.amount, FALSE));
  json_object_object_add (item, "collateral", json_object_new_boolean (coin->output.lock == TC_LOCK_COLLATERAL));
  json_object_object_add (item, "height", json_object_new_uint64 (coin->height));
  return item;
}

static json_object *
address_json (const TcNodeAddress *found, char digit, gboolean is_scan)
{
  json_object *object = json_object_new_object (), *unspents;

  if (!is_scan)
    {
      json_object_object_add (object, "balance", tc_rpc_amount (found->total, FALSE));
      json_object_object_add (object, "collateral", tc_rpc_amount (found->collateral, FALSE));
      json_object_object_add (object, "utxos", json_object_new_uint64 (found->n_coins));
      json_object_object_add (object, "height", json_object_new_uint64 (found->height));
      return object;
    }
  unspents = json_object_new_array_ext ((int) found->coins->len);
  for (guint i = 0; i < found->coins->len; i++)
    json_object_array_add (unspents, coin_json (&g_array_index (found->coins, TcNodeAddressCoin, i), digit));
  json_object_object_add (object, "success", json_object_new_boolean (TRUE));
  json_object_object_add (object, "txouts", json_object_new_uint64 (found->n_coins));
  json_object_object_add (object, "height", json_object_new_uint64 (found->height));
  json_object_object_add (object, "unspents", unspents);
  json_object_object_add (object, "total_amount", tc_rpc_amount (found->total, FALSE));
  return object;
}

/* --- Searching --- */

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Search *search = user_data;

  if (search->is_scan)
    g_atomic_int_set (&search->rpc->scanned, (int) (done * 65536 / MAX (total, 1)));
}

static void
run (Search *search)
{
  TcNode *node = search->rpc->node;
  const TcExplore explore = { .node = node, .cancellable = search->cancellable, .progress = on_progress, .progress_data = search };
  g_autoptr(TcNodeAddress) found = NULL;

  if (search->tx != NULL)
    {
      if (tc_explore_find_tx (&explore, search->tx, search->likely_height, &search->error))
        search->result = tx_json (node, search->tx, search->verbose, &search->error);
      return;
    }
  found = tc_explore_find_coins (&explore, (const TcKeyHash *) search->key_hashes->data, search->key_hashes->len, &search->error);
  if (found != NULL)
    search->result = address_json (found, tc_node_get_network (node)->address_digit, search->is_scan);
}

static void
end (Search *search)
{
  if (search->is_scan)
    g_clear_object (&search->rpc->scan);
  if (search->error == NULL)
    tc_rpc_call_return (search->call, g_steal_pointer (&search->result));
  else if (g_error_matches (search->error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && search->is_scan)
    tc_rpc_call_error (search->call, TC_RPC_MISC, "The scan was aborted.");
  else
    tc_rpc_call_error (search->call, g_error_matches (search->error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND) ? TC_RPC_ADDRESS : TC_RPC_MISC, "%s",
                       search->error->message);
  search_free (search);
}

static gboolean
end_all (gpointer user_data)
{
  Explore *self = user_data;
  Search *search;

  while ((search = g_async_queue_try_pop (self->done)) != NULL)
    end (search);
  return G_SOURCE_REMOVE;
}

static void
run_search (gpointer data, gpointer user_data)
{
  Search *search = data;
  Explore *self = explore_ref (search->rpc);
  g_autoptr(GSource) source = g_idle_source_new ();

  run (search);
  g_async_queue_push (self->done, search);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, end_all, self, explore_unref);
  g_source_attach (source, self->context);
}

static Search *
search_new (Explore *self, TcRpcCall *call)
{
  Search *search = g_new0 (Search, 1);

  search->rpc = explore_ref (self);
  search->call = call;
  search->cancellable = g_object_ref (self->cancellable);
  return search;
}

/* --- The methods --- */

static gboolean
get_verbose (TcRpcCall *call, gboolean *ret_verbose)
{
  json_object *value = tc_rpc_call_get_param (call, 1);
  guint64 number = 0;

  if (value == NULL || json_object_is_type (value, json_type_boolean))
    return tc_rpc_call_get_bool (call, 1, FALSE, ret_verbose);
  if (!tc_rpc_call_get_uint (call, 1, 0, &number))
    return FALSE;
  *ret_verbose = number > 0;
  return TRUE;
}

static void
on_getrawtransaction (TcRpcCall *call, gpointer user_data)
{
  Explore *self = user_data;
  guint64 height = 0;
  gboolean verbose;
  const char *text;
  TcHash txid;
  Search *search;

  if (!tc_rpc_call_get_string (call, 0, "", &text) || !get_verbose (call, &verbose) || !tc_rpc_call_get_uint (call, 2, 0, &height))
    return;
  if (!tc_hash_from_hex (text, &txid) || height > G_MAXUINT32)
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "txid must be 64 hexadecimal digits, and height a number");
      return;
    }
  search = search_new (self, call);
  search->tx = tc_explore_begin_tx (self->node, &txid);
  search->verbose = verbose;
  search->likely_height = (guint32) height;
  g_thread_pool_push (self->threads, search, NULL);
}

/* "addr(ADDRESS)", as Bitcoin Core's descriptors are, or ADDRESS. */
static gboolean
add_key_hash (Explore *self, TcRpcCall *call, const char *text, GArray *key_hashes)
{
  const gsize n = strlen (text);
  const gboolean wrapped = g_str_has_prefix (text, "addr(") && n > 6 && text[n - 1] == ')';
  g_autofree char *address = wrapped ? g_strndup (text + 5, n - 6) : g_strdup (text);
  g_autoptr(GError) error = NULL;
  TcKeyHash key_hash;

  if (!tc_address_parse (address, tc_node_get_network (self->node)->address_digit, &key_hash, &error))
    {
      tc_rpc_call_error (call, TC_RPC_ADDRESS, "%s", error->message);
      return FALSE;
    }
  g_array_append_val (key_hashes, key_hash);
  return TRUE;
}

static void
on_getaddressbalance (TcRpcCall *call, gpointer user_data)
{
  Explore *self = user_data;
  g_autoptr(GArray) key_hashes = g_array_new (FALSE, FALSE, sizeof (TcKeyHash));
  const char *text;
  Search *search;

  if (!tc_rpc_call_get_string (call, 0, "", &text) || !add_key_hash (self, call, text, key_hashes))
    return;
  search = search_new (self, call);
  search->key_hashes = g_steal_pointer (&key_hashes);
  g_thread_pool_push (self->threads, search, NULL);
}

static gboolean
get_objects (Explore *self, TcRpcCall *call, GArray *key_hashes)
{
  json_object *list = tc_rpc_call_get_param (call, 1);

  if (!json_object_is_type (list, json_type_array) || json_object_array_length (list) == 0 || json_object_array_length (list) > TC_NODE_ADDRESSES_MAX)
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "scanobjects must be an array of 1 to %u strings like \"addr(TIME…)\"", TC_NODE_ADDRESSES_MAX);
      return FALSE;
    }
  for (gsize i = 0; i < json_object_array_length (list); i++)
    {
      json_object *item = json_object_array_get_idx (list, i);

      if (!add_key_hash (self, call, json_object_is_type (item, json_type_string) ? json_object_get_string (item) : "", key_hashes))
        return FALSE;
    }
  return TRUE;
}

static void
start_scan (Explore *self, TcRpcCall *call)
{
  g_autoptr(GArray) key_hashes = g_array_new (FALSE, FALSE, sizeof (TcKeyHash));
  Search *search;

  if (self->scan != NULL)
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "Scan already in progress, use action \"abort\" or \"status\"");
      return;
    }
  if (!get_objects (self, call, key_hashes))
    return;
  search = search_new (self, call);
  search->key_hashes = g_steal_pointer (&key_hashes);
  search->is_scan = TRUE;
  g_object_unref (search->cancellable);
  search->cancellable = g_cancellable_new ();
  self->scan = g_object_ref (search->cancellable);
  g_atomic_int_set (&self->scanned, 0);
  g_thread_pool_push (self->threads, search, NULL);
}

static void
on_scantxoutset (TcRpcCall *call, gpointer user_data)
{
  Explore *self = user_data;
  const char *action;

  if (!tc_rpc_call_get_string (call, 0, "", &action))
    return;
  if (strcmp (action, "start") == 0)
    start_scan (self, call);
  else if (strcmp (action, "abort") == 0)
    {
      if (self->scan != NULL)
        g_cancellable_cancel (self->scan);
      tc_rpc_call_return (call, json_object_new_boolean (self->scan != NULL));
    }
  else if (strcmp (action, "status") != 0)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "action must be start, abort or status");
  else if (self->scan == NULL)
    tc_rpc_call_return (call, NULL);
  else
    {
      json_object *object = json_object_new_object ();

      json_object_object_add (object, "progress", json_object_new_int (g_atomic_int_get (&self->scanned) * 100 / 65536));
      tc_rpc_call_return (call, object);
    }
}

static const struct
{
  const char  *name;
  const char  *params[4];  /* NULL-terminated */
  const char  *usage;
  TcRpcHandler handler;
} METHODS[] = {
  { "getrawtransaction", { "txid", "verbose", "height", NULL },
    "getrawtransaction TXID ( VERBOSE HEIGHT )\nAny transaction, pending or in a block: hexadecimal, or with VERBOSE its parts, the block it is in, and amounts of its inputs where they are "
    "known. There is no index: an old one takes as long as reading the blocks above it, unless HEIGHT says where it is.",
    on_getrawtransaction },
  { "scantxoutset", { "action", "scanobjects", NULL },
    "scantxoutset ACTION ( SCANOBJECTS )\nUnspent outputs of addresses, given as [\"addr(ADDRESS)\", …], out of all there are: ACTION start, status or abort. The newest 1 000 are listed, all "
    "are counted.",
    on_scantxoutset },
  { "getaddressbalance", { "address", NULL }, "getaddressbalance ADDRESS\nThe sum of an address's unspent outputs, of any wallet. Reads all unspent outputs there are.",
    on_getaddressbalance },
};

TcNodeRpcExplore *
tc_node_rpc_explore_new (TcNode *node, TcRpcServer *server)
{
  TcNodeRpcExplore *self = g_new0 (TcNodeRpcExplore, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->node = node;
  self->server = server;
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->done = g_async_queue_new ();
  self->threads = g_thread_pool_new (run_search, NULL, THREADS_MAX, FALSE, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (METHODS); i++)
    tc_rpc_server_add_method (server, METHODS[i].name, METHODS[i].params, METHODS[i].usage, self->context, METHODS[i].handler, self, NULL);
  return self;
}

void
tc_node_rpc_explore_free (TcNodeRpcExplore *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (METHODS); i++)
    tc_rpc_server_remove_method (self->server, METHODS[i].name);
  g_cancellable_cancel (self->cancellable);
  if (self->scan != NULL)
    g_cancellable_cancel (self->scan);
  g_thread_pool_free (self->threads, FALSE, TRUE);
  end_all (self);
  explore_unref (self);
}
