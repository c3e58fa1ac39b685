#define G_LOG_DOMAIN "tc-node"
#include "node-rpc.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "core/address.h"
#include "explore.h"
#include "node-private.h"
#include "node-rpc-peers.h"
#include "node-rpc-private.h"
#include "node-rpc-trust.h"
#include "node-rpc-wait.h"

#define READERS_MAX      2
#define PROTOCOL_VERSION 1

/* The newest block on disk. The engine's tip runs ahead of it by the writes under way: who is told of a height can read its block. */
typedef struct
{
  guint32 height;
  TcHash  hash, state_root;
  guint64 time_ms;
} Newest;

struct _TcNodeRpc
{
  gatomicrefcount ref_count;  /* held by reads under way: their completion may come after tc_node_rpc_free () */
  gboolean      freed;
  TcNode       *node;         /* borrowed */
  TcRpcServer  *server;       /* borrowed */
  GMainContext *context;
  GThreadPool  *readers;      /* of Read */
  GAsyncQueue  *done;         /* of Read, owned */
  TcFinalityWaits *waits;     /* NULL once freed */
  TcNodeRpcExplore *explore;
  guint         subscription;
  Newest        newest;
};

static TcNodeRpc *
node_rpc_ref (TcNodeRpc *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
node_rpc_unref (TcNodeRpc *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_async_queue_unref (self->done);
  g_main_context_unref (self->context);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_object, json_object_put)

static void
add (json_object *object, const char *name, json_object *value)
{
  json_object_object_add (object, name, value);
}

static void
add_uint (json_object *object, const char *name, guint64 value)
{
  add (object, name, json_object_new_uint64 (value));
}

static void
add_string (json_object *object, const char *name, const char *value)
{
  add (object, name, json_object_new_string (value));
}

static void
add_bool (json_object *object, const char *name, gboolean value)
{
  add (object, name, json_object_new_boolean (value));
}

/* Fee rates are asked for in units a byte, shown in TIME for 1 000 bytes. */
static json_object *
fee_rate_json (guint64 units_per_byte)
{
  return tc_rpc_amount ((TcAmount) { .units = MIN (units_per_byte, TC_AMOUNT_MAX_UNITS / 1000) * 1000 }, FALSE);
}

/* Reads parameter 0 as a txid; ends the call and returns FALSE where it is none. */
static gboolean
get_txid (TcRpcCall *call, TcHash *ret_txid)
{
  const char *text;

  if (!tc_rpc_call_get_string (call, 0, NULL, &text))
    return FALSE;
  if (text != NULL && tc_hash_from_hex (text, ret_txid))
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_PARAMETER, "txid must be 64 hexadecimal digits");
  return FALSE;
}

/* --- Reading blocks, off the node's thread --- */

typedef struct
{
  TcNodeRpc   *rpc;        /* owned */
  TcRpcCall   *call;
  gboolean     only_hash;  /* getblockhash */
  gboolean     by_hash;
  TcHash       hash;
  guint32      height;
  guint        verbosity;
  guint32      tip_height;
  json_object *result;     /* owned */
  GError      *error;      /* owned */
} Read;

static void
read_free (Read *read)
{
  g_clear_pointer (&read->result, json_object_put);
  g_clear_error (&read->error);
  node_rpc_unref (read->rpc);
  g_free (read);
}

static gboolean
read_next_hash (Read *read, guint32 height, TcHash *ret_hash)
{
  g_autoptr(TcBlock) next = height < read->tip_height ? tc_node_read_block (read->rpc->node, height + 1, NULL) : NULL;

  if (next == NULL)
    return FALSE;
  *ret_hash = next->hash;
  return TRUE;
}

static void
read_block (Read *read)
{
  const TcGenesis *genesis = tc_node_get_network (read->rpc->node)->genesis;
  g_autoptr(TcBlock) block = NULL;
  const gboolean is_genesis = read->by_hash ? tc_hash_equal (&read->hash, &genesis->chain_id) : read->height == 0;
  TcHash next_hash;

  if (is_genesis)
    {
      const gboolean has_next = read_next_hash (read, 0, &next_hash);

      read->result = read->only_hash ? tc_json_hash (&genesis->chain_id)
                                     : tc_json_genesis (genesis, read->verbosity, read->tip_height, has_next ? &next_hash : NULL);
      return;
    }
  block = read->by_hash ? tc_node_read_block_by_hash (read->rpc->node, &read->hash, &read->error)
                        : tc_node_read_block (read->rpc->node, read->height, &read->error);
  if (block == NULL)
    return;
  if (read->only_hash)
    read->result = tc_json_hash (&block->hash);
  else
    {
      const gboolean has_next = read->verbosity > 0 && read_next_hash (read, block->header.height, &next_hash);

      read->result = tc_json_block (block, read->verbosity, read->tip_height, has_next ? &next_hash : NULL, genesis->address_digit);
    }
}

/* What this node knows of how each transaction of a block became final. */
static void
add_finality_to_txs (TcNodeRpc *self, json_object *block)
{
  json_object *txs;

  if (!json_object_is_type (block, json_type_object) || !json_object_object_get_ex (block, "tx", &txs))
    return;
  for (gsize i = 0; i < json_object_array_length (txs); i++)
    {
      json_object *tx = json_object_array_get_idx (txs, i), *txid_value;
      TcFinality finality = { .state = TC_FINALITY_CONFIRMED, .final_duration_us = -1 };
      TcHash txid;

      if (!json_object_is_type (tx, json_type_object) || !json_object_object_get_ex (tx, "txid", &txid_value))
        continue;
      if (tc_hash_from_hex (json_object_get_string (txid_value), &txid))
        tc_node_get_finality (self->node, &txid, &finality);
      finality.state = TC_FINALITY_CONFIRMED;
      tc_json_add_finality (tx, &finality);
    }
}

static void
end_read (Read *read)
{
  if (read->error != NULL && g_error_matches (read->error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND))
    tc_rpc_call_error (read->call, TC_RPC_ADDRESS, "%s", read->error->message);
  else if (read->error != NULL)
    tc_rpc_call_error (read->call, TC_RPC_MISC, "%s", read->error->message);
  else
    {
      if (!read->rpc->freed)
        add_finality_to_txs (read->rpc, read->result);
      tc_rpc_call_return (read->call, g_steal_pointer (&read->result));
    }
  read_free (read);
}

static void
end_reads (TcNodeRpc *self)
{
  Read *read;

  while ((read = g_async_queue_try_pop (self->done)) != NULL)
    end_read (read);
}

static gboolean
on_reads_done (gpointer user_data)
{
  end_reads (user_data);
  return G_SOURCE_REMOVE;
}

static void
run_read (gpointer data, gpointer user_data)
{
  Read *read = data;
  TcNodeRpc *self = node_rpc_ref (read->rpc);
  GSource *source = g_idle_source_new ();

  read_block (read);
  g_async_queue_push (self->done, read);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_reads_done, self, (GDestroyNotify) node_rpc_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static Read *
read_new (TcNodeRpc *self, TcRpcCall *call)
{
  Read *read = g_new0 (Read, 1);

  read->rpc = node_rpc_ref (self);
  read->call = call;
  read->tip_height = self->newest.height;
  return read;
}

static gboolean
check_height (TcRpcCall *call, guint64 height, guint32 tip)
{
  if (height <= tip)
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_PARAMETER, "Block height out of range: the newest block is %u", tip);
  return FALSE;
}

static void
on_getblock (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  json_object *which = tc_rpc_call_get_param (call, 0);
  guint64 height = 0, verbosity;
  TcHash hash = TC_HASH_ZERO;
  const gboolean by_hash = which == NULL || json_object_is_type (which, json_type_string);
  const char *text;

  if (by_hash)
    {
      if (!tc_rpc_call_get_string (call, 0, "", &text))
        return;
      if (!tc_hash_from_hex (text, &hash))
        {
          tc_rpc_call_error (call, TC_RPC_PARAMETER, "blockhash must be 64 hexadecimal digits, or a height as a number");
          return;
        }
    }
  else if (!tc_rpc_call_get_uint (call, 0, 0, &height) || !check_height (call, height, self->newest.height))
    return;
  if (!tc_rpc_call_get_uint (call, 1, 1, &verbosity))
    return;
  if (verbosity > 2)
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "verbosity must be 0, 1 or 2");
      return;
    }

  Read *read = read_new (self, call);

  read->by_hash = by_hash;
  read->hash = hash;
  read->height = (guint32) height;
  read->verbosity = (guint) verbosity;
  g_thread_pool_push (self->readers, read, NULL);
}

static void
on_getblockhash (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  guint64 height;

  if (!tc_rpc_call_get_uint (call, 0, G_MAXUINT64, &height) || !check_height (call, height, self->newest.height))
    return;

  Read *read = read_new (self, call);

  read->only_hash = TRUE;
  read->height = (guint32) height;
  g_thread_pool_push (self->readers, read, NULL);
}

/* --- Chain, network --- */

static void
on_getblockcount (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_call_return (call, json_object_new_uint64 (((TcNodeRpc *) user_data)->newest.height));
}

static void
on_getbestblockhash (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_call_return (call, tc_json_hash (&((TcNodeRpc *) user_data)->newest.hash));
}

static guint64
size_on_disk (const char *data_dir)
{
  g_autoptr(GDir) dir = g_dir_open (data_dir, 0, NULL);
  const char *name;
  guint64 sum = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (data_dir, name, NULL);
      GStatBuf info;

      if (strstr (name, ".sqlite") != NULL && g_stat (path, &info) == 0)
        sum += (guint64) info.st_size;
    }
  return sum;
}

static void
on_getblockchaininfo (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);
  const TcNetwork *network = tc_node_get_network (self->node);
  const Newest *newest = &self->newest;
  const guint64 best = MAX (status->best_height, newest->height);
  json_object *object = json_object_new_object ();
  const TcMoney money = tc_node_get_money (self->node);

  add_string (object, "chain", network->name);
  add_uint (object, "blocks", newest->height);
  add_uint (object, "headers", best);
  add (object, "bestblockhash", tc_json_hash (&newest->hash));
  add (object, "time", tc_json_time ((gint64) newest->time_ms));
  add (object, "mediantime", tc_json_time ((gint64) newest->time_ms));
  add (object, "verificationprogress", tc_json_decimal (best == 0 ? 1000000 : newest->height * G_GUINT64_CONSTANT (1000000) / best, 6));
  add_bool (object, "initialblockdownload", status->state < TC_NODE_READY);
  add_uint (object, "size_on_disk", size_on_disk (tc_node_get_data_dir (self->node)));
  add_bool (object, "pruned", status->oldest_height > 1);
  if (status->oldest_height > 1)
    add_uint (object, "pruneheight", status->oldest_height);
  add (object, "chain_id", tc_json_hash (&network->genesis->chain_id));
  add_uint (object, "epoch", status->epoch);
  add (object, "epoch_start_time", tc_json_time (status->epoch_start_ms));
  add (object, "stateroot", tc_json_hash (&newest->state_root));
  add (object, "supply", tc_rpc_amount (money.supply, FALSE));
  add (object, "burnt", tc_rpc_amount (money.burnt, FALSE));
  add_string (object, "state", tc_node_state_name (status->state));
  add_string (object, "warnings", status->problem != NULL ? status->problem : "");
  tc_rpc_call_return (call, object);
}

static void
on_getsyncinfo (TcRpcCall *call, gpointer user_data)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (((TcNodeRpc *) user_data)->node);

  tc_rpc_call_return (call, tc_json_sync (status));
}

/* "0.1.0" as Bitcoin Core writes versions: major x 10 000 + minor x 100 + patch. */
static guint64
version_number (void)
{
  g_auto(GStrv) parts = g_strsplit (TC_VERSION, ".", 3);
  guint64 number = 0;

  for (guint i = 0; i < 3; i++)
    number = number * 100 + (i < g_strv_length (parts) ? g_ascii_strtoull (parts[i], NULL, 10) : 0);
  return number;
}

static void
on_getnetworkinfo (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);
  g_autoptr(GPtrArray) peers = tc_node_dup_peers (self->node);
  json_object *object = json_object_new_object (), *addresses = json_object_new_array ();
  const char *listen = tc_node_get_listen (self->node), *external = tc_node_get_external (self->node);
  TcEngineInfo info;
  guint n_inbound = 0, n_found = 0, n_new, n_tried;

  tc_node_get_engine_info (self->node, &info);
  tc_node_count_addresses (self->node, &n_new, &n_tried);
  for (guint i = 0; i < peers->len; i++)
    {
      n_inbound += ((const TcNetPeerInfo *) g_ptr_array_index (peers, i))->inbound ? 1 : 0;
      n_found += ((const TcNetPeerInfo *) g_ptr_array_index (peers, i))->source == TC_NET_SOURCE_FOUND ? 1 : 0;
    }
  if (listen != NULL)
    json_object_array_add (addresses, json_object_new_string (listen));
  if (external != NULL)
    json_object_array_add (addresses, json_object_new_string (external));

  add_uint (object, "version", version_number ());
  add_string (object, "subversion", "/TimeCoin:" TC_VERSION "/");
  add_uint (object, "protocolversion", PROTOCOL_VERSION);
  add (object, "timeoffset", json_object_new_int64 (status->clock_offset_ms / 1000));
  add_bool (object, "networkactive", TRUE);
  add_uint (object, "connections", peers->len);
  add_uint (object, "connections_in", n_inbound);
  add_uint (object, "connections_out", peers->len - n_inbound);
  add_uint (object, "connections_found", n_found);
  add_uint (object, "addresses_new", n_new);
  add_uint (object, "addresses_tried", n_tried);
  add (object, "relayfee", fee_rate_json (info.fee_rate));
  add (object, "localaddresses", addresses);
  add_string (object, "warnings", status->problem != NULL ? status->problem : "");
  tc_rpc_call_return (call, object);
}

static void
on_getmempoolinfo (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  json_object *object = json_object_new_object ();
  TcEngineInfo info;

  tc_node_get_engine_info (self->node, &info);
  add_bool (object, "loaded", TRUE);
  add_uint (object, "size", info.mempool_txs);
  add_uint (object, "bytes", info.mempool_bytes);
  add (object, "mempoolminfee", fee_rate_json (info.fee_rate));
  add (object, "minrelaytxfee", fee_rate_json (1));
  tc_rpc_call_return (call, object);
}

static void
on_validateaddress (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  const char digit = tc_node_get_network (self->node)->address_digit;
  json_object *object;
  g_autoptr(GError) error = NULL;
  TcKeyHash key_hash;
  const char *text;

  if (!tc_rpc_call_get_string (call, 0, "", &text))
    return;
  object = json_object_new_object ();
  if (tc_address_parse (text, digit, &key_hash, &error))
    {
      g_autofree char *address = tc_address_format (&key_hash, digit);

      add_bool (object, "isvalid", TRUE);
      add_string (object, "address", address);
      add (object, "key_hash", tc_json_hex (key_hash.bytes, TC_KEY_HASH_SIZE));
    }
  else
    {
      add_bool (object, "isvalid", FALSE);
      add_string (object, "error", error->message);
    }
  tc_rpc_call_return (call, object);
}

static void
on_uptime (TcRpcCall *call, gpointer user_data)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (((TcNodeRpc *) user_data)->node);

  tc_rpc_call_return (call, json_object_new_int64 (status->uptime_ms / 1000));
}

static void
on_stop (TcRpcCall *call, gpointer user_data)
{
  TcNode *node = ((TcNodeRpc *) user_data)->node;

  tc_rpc_call_return (call, json_object_new_string ("TimeCoin is stopping"));
  tc_node_request_stop (node);
}

/* --- Consensus --- */

static const char *
step_name (guint step)
{
  static const char *const NAMES[] = { "waiting", "propose", "prevote", "precommit" };

  return step < G_N_ELEMENTS (NAMES) ? NAMES[step] : "unknown";
}

static void
add_committee (json_object *object, const TcCommittee *committee)
{
  json_object *item = json_object_new_object ();

  add_uint (item, "members", committee->n_members);
  add_uint (item, "power", committee->power);
  add_uint (item, "quorum_power", committee->power * 2 / 3 + 1);
  add_bool (item, "drawn", committee->drawn);
  add (object, "committee", item);
}

static void
on_getconsensusinfo (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  g_autoptr(TcCommittee) committee = tc_node_dup_committee (self->node);
  const TcParams *params = &tc_node_get_network (self->node)->genesis->params;
  json_object *object = json_object_new_object ();
  TcEngineInfo info;
  TcTip tip;

  tc_node_get_engine_info (self->node, &info);
  tc_node_get_tip (self->node, &tip);
  add_uint (object, "height", (guint64) info.height + 1);
  add_uint (object, "epoch", info.epoch);
  add_uint (object, "round", info.round);
  add_string (object, "step", step_name (info.step));
  add_uint (object, "prevote_power", info.prevote_power);
  add_uint (object, "precommit_power", info.precommit_power);
  add_committee (object, committee);
  add_uint (object, "members_answering", info.n_answering);
  add (object, "member", info.self == TC_MEMBER_NONE ? NULL : json_object_new_uint64 (info.self));
  add_bool (object, "signing", info.signing == TC_SIGNING_YES);
  add_string (object, "signing_state", tc_signing_name (info.signing));
  add_bool (object, "halted", info.halted);
  add (object, "seed", tc_json_hash (&tip.seed));
  add (object, "epoch_start_time", tc_json_time ((gint64) tip.epoch_start_ms));
  add_uint (object, "epoch_start_height", tip.epoch_start_height);
  add_uint (object, "epoch_length_ms", params->epoch_length_ms);
  add_uint (object, "block_interval_ms", params->block_interval_ms);
  add_uint (object, "rounds_above_zero", info.n_rounds_above_zero);
  add_uint (object, "locked_reproposed", info.n_locked_reproposed);
  add_uint (object, "closes_left_out", info.n_closes_left_out);
  add_uint (object, "equivocations", info.n_equivocations);
  add_uint (object, "evidence", info.n_evidence);
  add_uint (object, "jailed", info.n_jailed);
  tc_rpc_call_return (call, object);
}

/* @name: index, "TXID:INDEX", operator key, or NULL for every one. */
static gboolean
is_named (const TcMasternode *masternode, const char *name)
{
  g_autofree char *index = g_strdup_printf ("%u", masternode->index), *txid = tc_hash_to_hex (&masternode->outpoint.txid);
  g_autofree char *outpoint = g_strdup_printf ("%s:%u", txid, masternode->outpoint.index);
  g_autofree char *key = tc_hex_encode (masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE);

  return name == NULL || strcmp (name, index) == 0 || g_ascii_strcasecmp (name, outpoint) == 0 || g_ascii_strcasecmp (name, key) == 0;
}

/* Returns: (transfer full): an array. */
static json_object *
list_masternodes (TcNodeRpc *self, const char *name)
{
  g_autoptr(TcCommittee) committee = tc_node_dup_committee (self->node);
  g_autoptr(GArray) masternodes = tc_node_dup_masternodes (self->node);
  const TcGenesis *genesis = tc_node_get_network (self->node)->genesis;
  json_object *array = json_object_new_array ();
  guint32 member = 0;

  /* Both are in index order. */
  for (guint i = 0; i < masternodes->len; i++)
    {
      const TcMasternode *masternode = &g_array_index (masternodes, TcMasternode, i);
      guint64 power = 0;

      while (member < committee->n_members && committee->members[member].masternode < masternode->index)
        member++;
      if (member < committee->n_members && committee->members[member].masternode == masternode->index)
        power = committee->members[member].power;
      if (is_named (masternode, name))
        json_object_array_add (array, tc_json_masternode (masternode, power, genesis->params.unbonding_epochs, genesis->address_digit));
    }
  return array;
}

static void
on_masternodelist (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_call_return (call, list_masternodes (user_data, NULL));
}

/* A number given as one counts as its text. The newest of those that had a key. */
static void
on_getmasternode (TcRpcCall *call, gpointer user_data)
{
  json_object *which = tc_rpc_call_get_param (call, 0);
  g_autoptr(json_object) found = which != NULL ? list_masternodes (user_data, json_object_get_string (which)) : NULL;
  const gsize n = found != NULL ? json_object_array_length (found) : 0;

  if (n > 0)
    tc_rpc_call_return (call, json_object_get (json_object_array_get_idx (found, n - 1)));
  else
    tc_rpc_call_error (call, TC_RPC_ADDRESS, "There is no such masternode: name it by its index, TXID:INDEX or operator key. A new one is there once its epoch has ended");
}

static void
on_gettxoutsetinfo (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  const TcMoney money = tc_node_get_money (self->node);
  TcTip tip;

  tc_node_get_tip (self->node, &tip);
  tc_rpc_call_return (call, tc_json_money (&money, &tip));
}

static void
on_gettrust (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_get_trust (((TcNodeRpc *) user_data)->node, call);
}

static void
on_trustblock (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_trust_block (((TcNodeRpc *) user_data)->node, call);
}

/* --- Transactions --- */

typedef struct
{
  TcNode    *node;  /* borrowed: a node ends its tasks before it goes */
  TcRpcCall *call;
  TcHash     txid;
} Submission;

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Submission *submission = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_node_submit_finish (submission->node, result, &error))
    tc_rpc_call_return (submission->call, tc_json_hash (&submission->txid));
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED))
    tc_rpc_call_error (submission->call, TC_RPC_VERIFY_REJECTED, "%s", error->message);
  else
    tc_rpc_call_error (submission->call, TC_RPC_MISC, "%s", error->message);
}

static TcTx *
decode_hex_tx (const char *text, GError **error)
{
  const gsize n = strlen (text) / 2;

  if (n > TC_TX_SIZE_MAX)
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED, "a transaction has at most %u bytes", TC_TX_SIZE_MAX);
      return NULL;
    }

  g_autofree guint8 *data = g_malloc (n + 1);

  if (!tc_hex_decode (text, data, n))
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED, "not hexadecimal digits, two a byte");
      return NULL;
    }
  return tc_tx_decode (data, n, error);
}

static void
on_sendrawtransaction (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  g_autoptr(TcTx) tx = NULL;
  g_autoptr(GError) error = NULL;
  const char *text;

  if (!tc_rpc_call_get_string (call, 0, "", &text))
    return;
  tx = decode_hex_tx (text, &error);
  if (tx == NULL)
    {
      tc_rpc_call_error (call, TC_RPC_DESERIALIZATION, "TX decode failed: %s", error->message);
      return;
    }

  Submission *submission = g_new0 (Submission, 1);

  submission->node = self->node;
  submission->call = call;
  submission->txid = tx->txid;
  tc_node_submit_async (self->node, tx, NULL, on_submitted, submission);
}

static void
on_gettransactionfinality (TcRpcCall *call, gpointer user_data)
{
  TcNodeRpc *self = user_data;
  TcFinality finality;
  TcHash txid;

  if (!get_txid (call, &txid))
    return;
  if (tc_node_get_finality (self->node, &txid, &finality))
    tc_rpc_call_return (call, tc_json_finality (&finality, self->newest.height));
  else
    tc_rpc_call_error (call, TC_RPC_ADDRESS, "No such transaction among the pending ones or in the blocks of the last two epochs");
}

static void
on_waittransactionfinality (TcRpcCall *call, gpointer user_data)
{
  TcHash txid;

  if (get_txid (call, &txid))
    tc_finality_waits_add (((TcNodeRpc *) user_data)->waits, call, &txid);
}

static void
on_node_event (const TcNodeEvent *event, gpointer user_data)
{
  TcNodeRpc *self = user_data;

  if (event->kind == TC_NODE_EVENT_BLOCK)
    {
      const TcHeader *header = &event->block->header;

      self->newest = (Newest) { header->height, event->block_hash, header->state_root, header->time_ms };
    }
  tc_finality_waits_notice (self->waits, event);
}

/* --- The table --- */

typedef struct
{
  const char  *name;
  const char  *params[4];  /* NULL-terminated */
  const char  *usage;
  TcRpcHandler handler;
} Method;

static const Method METHODS[] = {
  { "getblockchaininfo", { NULL }, "getblockchaininfo\nThe state of the chain: height, newest block, epoch, how far this node is.", on_getblockchaininfo },
  { "getsyncinfo", { NULL },
    "getsyncinfo\nHow far this node is: phase (links, snapshot, blocks, history), done of total, units a second, seconds left (null: not known), the oldest block "
    "that it has, the snapshots that it serves.",
    on_getsyncinfo },
  { "gettrust", { NULL },
    "gettrust\nWhether this node must be shown a recent block before it goes on, which one most of its peers offer (they may all lie), and the newest one that it may tell another "
    "node.",
    on_gettrust },
  { "trustblock", { "height", "hash", NULL },
    "trustblock HEIGHT HASH\nVouches for a recent block, the last of its epoch, in answer to gettrust: compare it with somebody whom you believe.", on_trustblock },
  { "getblockcount", { NULL }, "getblockcount\nThe height of the newest block.", on_getblockcount },
  { "getblock", { "blockhash", "verbosity", NULL },
    "getblock BLOCKHASH ( VERBOSITY )\nA block by its hash, or by its height as a number. Verbosity 0: hexadecimal; 1 (default): with txids; 2: with transactions.",
    on_getblock },
  { "getbestblockhash", { NULL }, "getbestblockhash\nThe hash of the newest block.", on_getbestblockhash },
  { "getblockhash", { "height", NULL }, "getblockhash HEIGHT\nThe hash of the block at a height.", on_getblockhash },
  { "getnetworkinfo", { NULL }, "getnetworkinfo\nVersion, connections, fee asked for.", on_getnetworkinfo },
  { "getmempoolinfo", { NULL }, "getmempoolinfo\nThe pending transactions: number, bytes, fee asked for.", on_getmempoolinfo },
  { "getconsensusinfo", { NULL }, "getconsensusinfo\nThe round under way, the committee and its votes.", on_getconsensusinfo },
  { "masternodelist", { NULL }, "masternodelist\nEvery masternode that ever was.", on_masternodelist },
  { "getmasternode", { "masternode", NULL }, "getmasternode MASTERNODE\nOne masternode, by its index, TXID:INDEX or operator key.", on_getmasternode },
  { "gettxoutsetinfo", { NULL },
    "gettxoutsetinfo\nAll money: total_amount + fees + odd + accrued = supply = genesis + minted - burnt.", on_gettxoutsetinfo },
  { "sendrawtransaction", { "hexstring", NULL }, "sendrawtransaction HEXSTRING\nSubmits a signed transaction; returns its txid.", on_sendrawtransaction },
  { "gettransactionfinality", { "txid", NULL },
    "gettransactionfinality TXID\nHow final a transaction is: pending, final or confirmed; its votes; the milliseconds from first seen to final.",
    on_gettransactionfinality },
  { "waittransactionfinality", { "txid", "state", "timeout", NULL },
    "waittransactionfinality TXID ( STATE TIMEOUT )\nAnswers as gettransactionfinality as soon as the transaction is in STATE (pending, final, confirmed; default final) or beyond; "
    "an error after TIMEOUT milliseconds (default 60000).",
    on_waittransactionfinality },
  { "validateaddress", { "address", NULL }, "validateaddress ADDRESS\nWhether an address is one of this network, and if not, why.", on_validateaddress },
  { "uptime", { NULL }, "uptime\nSeconds since the node started.", on_uptime },
  { "stop", { NULL }, "stop\nStops the node.", on_stop },
};

TcNodeRpc *
tc_node_rpc_new (TcNode *node, TcRpcServer *server)
{
  TcNodeRpc *self = g_new0 (TcNodeRpc, 1);
  TcTip tip;

  g_atomic_ref_count_init (&self->ref_count);
  self->node = node;
  self->server = server;
  self->context = g_main_context_ref_thread_default ();
  tc_node_get_tip (node, &tip);
  self->newest = (Newest) { tip.height, tip.hash, tip.state_root, tip.time_ms };
  self->waits = tc_finality_waits_new (node, tip.height);
  self->readers = g_thread_pool_new (run_read, NULL, READERS_MAX, FALSE, NULL);
  self->done = g_async_queue_new ();
  self->subscription = tc_node_subscribe (node, 1u << TC_NODE_EVENT_TX | 1u << TC_NODE_EVENT_BLOCK, self->context, on_node_event, self, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (METHODS); i++)
    tc_rpc_server_add_method (server, METHODS[i].name, METHODS[i].params, METHODS[i].usage, self->context, METHODS[i].handler, self, NULL);
  tc_node_rpc_peers_add (node, server);
  self->explore = tc_node_rpc_explore_new (node, server);
  return self;
}

void
tc_node_rpc_free (TcNodeRpc *self)
{
  tc_node_rpc_peers_remove (self->server);
  tc_node_rpc_explore_free (self->explore);
  tc_node_unsubscribe (self->node, self->subscription);
  for (gsize i = 0; i < G_N_ELEMENTS (METHODS); i++)
    tc_rpc_server_remove_method (self->server, METHODS[i].name);
  self->freed = TRUE;
  g_thread_pool_free (self->readers, FALSE, TRUE);
  end_reads (self);
  g_clear_pointer (&self->waits, tc_finality_waits_free);
  node_rpc_unref (self);
}

/* --- The address --- */

gboolean
tc_node_rpc_write_address (const char *data_dir, const char *address, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, ".rpc", NULL);
  g_autofree char *text = g_strconcat (address, "\n", NULL);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

void
tc_node_rpc_remove_address (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, ".rpc", NULL);

  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("%s could not be removed: %s", path, g_strerror (errno));
}
