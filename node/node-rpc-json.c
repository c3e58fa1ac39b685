#include "node-rpc-private.h"

#include "core/address.h"
#include "net/address.h"
#include "rpc/call.h"

static void
add (json_object *object, const char *name, json_object *value)
{
  json_object_object_add (object, name, value);
}

static void
add_string (json_object *object, const char *name, const char *value)
{
  add (object, name, json_object_new_string (value));
}

static void
add_uint (json_object *object, const char *name, guint64 value)
{
  add (object, name, json_object_new_uint64 (value));
}

static void
add_address (json_object *object, const char *name, const TcKeyHash *key_hash, char digit)
{
  g_autofree char *address = tc_address_format (key_hash, digit);

  add_string (object, name, address);
}

json_object *
tc_json_hash (const TcHash *hash)
{
  g_autofree char *hex = tc_hash_to_hex (hash);

  return json_object_new_string (hex);
}

json_object *
tc_json_hex (const guint8 *data, gsize n)
{
  g_autofree char *hex = tc_hex_encode (data, n);

  return json_object_new_string_len (hex, (int) (2 * n));
}

json_object *
tc_json_decimal (guint64 value, guint decimals)
{
  guint64 unit = 1;

  for (guint i = 0; i < decimals; i++)
    unit *= 10;

  g_autofree char *text = decimals == 0
                            ? g_strdup_printf ("%" G_GUINT64_FORMAT, value)
                            : g_strdup_printf ("%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, value / unit, (int) decimals, value % unit);

  return json_object_new_double_s (0, text);
}

json_object *
tc_json_time (gint64 time_ms)
{
  return json_object_new_int64 (time_ms / 1000);
}

const char *
tc_finality_name (TcFinalityState state)
{
  switch (state)
    {
    case TC_FINALITY_PENDING:
    case TC_FINALITY_CERTIFIED:
      return "pending";
    case TC_FINALITY_FINAL:
      return "final";
    case TC_FINALITY_CONFIRMED:
      return "confirmed";
    case TC_FINALITY_DROPPED:
      return "dropped";
    case TC_FINALITY_UNKNOWN:
    default:
      return "unknown";
    }
}

void
tc_json_add_finality (json_object *object, const TcFinality *finality)
{
  const gint64 duration_us = finality->final_duration_us;

  add_string (object, "finality", tc_finality_name (finality->state));
  add (object, "final_ms", duration_us < 0 ? NULL : tc_json_decimal ((guint64) duration_us, 3));
  add_uint (object, "votes", finality->votes);
  add_uint (object, "acknowledgements", finality->acks);
  add_uint (object, "power", finality->power);
}

json_object *
tc_json_finality (const TcFinality *finality, guint32 tip_height)
{
  json_object *object = json_object_new_object ();

  add (object, "txid", tc_json_hash (&finality->txid));
  tc_json_add_finality (object, finality);
  add (object, "certified", json_object_new_boolean (finality->certified_ms >= 0 || finality->state == TC_FINALITY_CERTIFIED));
  add (object, "seen_time_ms", finality->seen_ms < 0 ? NULL : json_object_new_int64 (finality->seen_ms));
  add (object, "final_time_ms", finality->final_ms < 0 ? NULL : json_object_new_int64 (finality->final_ms));
  if (finality->state == TC_FINALITY_CONFIRMED)
    {
      add_uint (object, "confirmations", tip_height >= finality->height ? tip_height - finality->height + 1 : 0);
      add_uint (object, "blockheight", finality->height);
      add (object, "blocktime", tc_json_time (finality->block_time_ms));
    }
  else
    add_uint (object, "confirmations", 0);
  return object;
}

static json_object *
inputs_json (const TcTx *tx)
{
  json_object *inputs = json_object_new_array_ext ((int) tx->n_inputs);

  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcTxInput *input = &tx->inputs[i];
      json_object *item = json_object_new_object ();

      add (item, "txid", tc_json_hash (&input->outpoint.txid));
      add_uint (item, "vout", input->outpoint.index);
      if (input->signer < tx->n_witnesses)
        add (item, "public_key", tc_json_hex (tx->witnesses[input->signer].key.bytes, TC_PUBLIC_KEY_SIZE));
      json_object_array_add (inputs, item);
    }
  return inputs;
}

static json_object *
output_json (const TcOutput *output, guint32 index, char digit)
{
  json_object *item = json_object_new_object ();
  json_object *script = json_object_new_object ();

  add (item, "value", tc_rpc_amount (output->amount, FALSE));
  add_uint (item, "n", index);
  add_address (script, "address", &output->key_hash, digit);
  add_string (script, "type", output->lock == TC_LOCK_COLLATERAL ? "collateral" : "keyhash");
  add (item, "scriptPubKey", script);
  return item;
}

static const char *
kind_name (guint8 kind)
{
  switch ((TcTxKind) kind)
    {
    case TC_TX_KIND_TRANSFER:
      return "transfer";
    case TC_TX_KIND_REGISTER:
      return "register";
    case TC_TX_KIND_UPDATE:
      return "update";
    case TC_TX_KIND_RETIRE:
      return "retire";
    case TC_TX_KIND_REWARD:
      return "reward";
    default:
      return "unknown";
    }
}

json_object *
tc_json_tx (const TcTx *tx, char address_digit)
{
  json_object *object = json_object_new_object ();
  json_object *outputs = json_object_new_array_ext ((int) tx->n_outputs);
  g_autoptr(GBytes) encoded = tc_tx_encode (tx);
  gsize n;
  const guint8 *data = g_bytes_get_data (encoded, &n);

  add (object, "txid", tc_json_hash (&tx->txid));
  add_uint (object, "version", tx->version);
  add_string (object, "kind", kind_name (tx->kind));
  add_uint (object, "size", tx->size_bytes);
  add_uint (object, "valid_from_height", tx->valid_from_height);
  add (object, "vin", inputs_json (tx));
  for (guint32 i = 0; i < tx->n_outputs; i++)
    json_object_array_add (outputs, output_json (&tx->outputs[i], i, address_digit));
  add (object, "vout", outputs);
  if (tx->memo_size > 0 && g_utf8_validate_len ((const char *) tx->memo, tx->memo_size, NULL))
    add (object, "memo", json_object_new_string_len ((const char *) tx->memo, tx->memo_size));
  else if (tx->memo_size > 0)
    add (object, "memo_hex", tc_json_hex (tx->memo, tx->memo_size));
  add (object, "hex", tc_json_hex (data, n));
  return object;
}

static void
add_place (json_object *object, const TcHash *hash, guint32 height, guint32 tip_height, const TcHash *next_hash)
{
  add (object, "hash", tc_json_hash (hash));
  add_uint (object, "confirmations", tip_height >= height ? tip_height - height + 1 : 0);
  add_uint (object, "height", height);
  if (next_hash != NULL)
    add (object, "nextblockhash", tc_json_hash (next_hash));
}

static void
add_header (json_object *object, const TcHeader *header)
{
  add_uint (object, "version", header->version);
  add (object, "merkleroot", tc_json_hash (&header->tx_root));
  add (object, "time", tc_json_time ((gint64) header->time_ms));
  add_uint (object, "time_ms", header->time_ms);
  add (object, "previousblockhash", tc_json_hash (&header->previous));
  add_uint (object, "epoch", header->epoch);
  add_uint (object, "round", header->round);
  add_uint (object, "proposer", header->proposer);
  add (object, "last_of_epoch", json_object_new_boolean (!tc_hash_is_zero (&header->next_committee)));
  add (object, "stateroot", tc_json_hash (&header->state_root));
  add (object, "committee", tc_json_hash (&header->committee));
  add (object, "vrf", tc_json_hex (header->vrf.bytes, TC_VRF_PROOF_SIZE));
}

json_object *
tc_json_block (const TcBlock *block, guint verbosity, guint32 tip_height, const TcHash *next_hash, char address_digit)
{
  g_autoptr(GBytes) encoded = tc_block_encode (block);
  gsize n;
  const guint8 *data = g_bytes_get_data (encoded, &n);

  if (verbosity == 0)
    return tc_json_hex (data, n);

  json_object *object = json_object_new_object ();
  json_object *txs = json_object_new_array_ext ((int) block->n_txs);

  add_place (object, &block->hash, block->header.height, tip_height, next_hash);
  add_header (object, &block->header);
  add_uint (object, "size", n);
  add_uint (object, "signatures", block->commit != NULL ? block->commit->n_signatures : 0);
  add_uint (object, "closes", block->n_closes);
  add_uint (object, "nTx", block->n_txs);
  for (guint32 i = 0; i < block->n_txs; i++)
    json_object_array_add (txs, verbosity == 1 ? tc_json_hash (&block->txs[i]->txid) : tc_json_tx (block->txs[i], address_digit));
  add (object, "tx", txs);
  return object;
}

json_object *
tc_json_genesis (const TcGenesis *genesis, guint verbosity, guint32 tip_height, const TcHash *next_hash)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (genesis->json, &n);

  if (verbosity == 0)
    return tc_json_hex (data, n);

  json_object *object = json_object_new_object ();
  json_object *txs = json_object_new_array ();

  add_place (object, &genesis->chain_id, 0, tip_height, next_hash);
  add (object, "time", tc_json_time ((gint64) genesis->time_ms));
  add_uint (object, "time_ms", genesis->time_ms);
  add_uint (object, "size", n);
  add_uint (object, "nTx", 1);
  if (verbosity == 1)
    json_object_array_add (txs, tc_json_hash (&genesis->txid));
  else
    {
      json_object *tx = json_object_new_object ();
      json_object *outputs = json_object_new_array_ext ((int) genesis->n_outputs);

      for (guint32 i = 0; i < genesis->n_outputs; i++)
        json_object_array_add (outputs, output_json (&genesis->outputs[i], i, genesis->address_digit));
      add (tx, "txid", tc_json_hash (&genesis->txid));
      add (tx, "vout", outputs);
      json_object_array_add (txs, tx);
    }
  add (object, "tx", txs);
  return object;
}

/* Bitcoin Core's names. */
static const char *
network_name (const char *address)
{
  if (address[0] == '[')
    return "ipv6";
  return address[strspn (address, "0123456789.")] == ':' ? "ipv4" : "name";
}

/* Bitcoin Core's words, and one of our own. */
static const char *
connection_type (const TcNetPeerInfo *peer)
{
  if (peer->source == TC_NET_SOURCE_INBOUND)
    return "inbound";
  if (peer->source == TC_NET_SOURCE_FOUND)
    return "outbound-full-relay";
  return peer->is_member ? "committee" : "manual";
}

static void
add_traffic (json_object *object, const TcNetPeerInfo *peer)
{
  add (object, "lastsend", tc_json_time (peer->sent_ms));
  add (object, "lastrecv", tc_json_time (peer->received_ms));
  add_uint (object, "bytessent", peer->bytes_out);
  add_uint (object, "bytesrecv", peer->bytes_in);
  add_uint (object, "messagessent", peer->messages_out);
  add_uint (object, "messagesrecv", peer->messages_in);
  add (object, "conntime", tc_json_time (peer->connected_ms));
  if (peer->ping_ms >= 0)
    add (object, "pingtime", tc_json_decimal ((guint64) peer->ping_ms, 3));
  if (peer->least_ping_ms >= 0)
    add (object, "minping", tc_json_decimal ((guint64) peer->least_ping_ms, 3));
  if (peer->ping_wait_ms >= 0)
    add (object, "pingwait", tc_json_decimal ((guint64) peer->ping_wait_ms, 3));
  add_uint (object, "queue_bytes", peer->queue_bytes);
}

json_object *
tc_json_peer (const TcNetPeerInfo *peer)
{
  json_object *object = json_object_new_object ();

  add_uint (object, "id", peer->id);
  add_string (object, "addr", peer->address);
  add_string (object, "network", network_name (peer->address));
  add (object, "inbound", json_object_new_boolean (peer->inbound));
  add_uint (object, "version", peer->protocol_version);
  add_string (object, "subver", peer->agent != NULL ? peer->agent : "");
  add_string (object, "connection_type", connection_type (peer));
  add_traffic (object, peer);
  add_uint (object, "listen_port", peer->listen_port);
  add_uint (object, "score", peer->score);
  add (object, "member", json_object_new_boolean (peer->is_member));
  add (object, "network_key", tc_json_hex (peer->static_key, TC_NET_STATIC_SIZE));
  if (peer->has_operator_key)
    add (object, "operator_key", tc_json_hex (peer->operator_key.bytes, TC_PUBLIC_KEY_SIZE));
  return object;
}

json_object *
tc_json_address (const TcBookEntry *entry)
{
  json_object *object = json_object_new_object ();
  g_autofree char *text = tc_endpoint_to_text (&entry->endpoint), *host = NULL;
  guint16 port = 0;

  tc_address_split (text, &host, &port);
  add (object, "time", json_object_new_int64 (entry->seen_s));
  add_string (object, "address", host);
  add_uint (object, "port", port);
  add_string (object, "network", network_name (text));
  return object;
}

json_object *
tc_json_ban (const TcNetBan *ban, gint64 now_s)
{
  json_object *object = json_object_new_object ();

  add_string (object, "address", ban->subject);
  add (object, "ban_created", json_object_new_int64 (ban->created_s));
  add (object, "banned_until", json_object_new_int64 (ban->until_s));
  add (object, "ban_duration", json_object_new_int64 (ban->until_s - ban->created_s));
  add (object, "time_remaining", json_object_new_int64 (MAX (ban->until_s - now_s, 0)));
  add_string (object, "ban_reason", ban->reason);
  return object;
}

static const char *
masternode_state_name (const TcMasternode *masternode)
{
  static const char *const NAMES[] = { "registered", "retired", "released" };

  return masternode->state < G_N_ELEMENTS (NAMES) ? NAMES[masternode->state] : "unknown";
}

json_object *
tc_json_masternode (const TcMasternode *masternode, guint64 power, guint32 unbonding_epochs, char address_digit)
{
  const gboolean is_retired = masternode->state != TC_MASTERNODE_REGISTERED, is_unbonding = masternode->state == TC_MASTERNODE_RETIRED;
  json_object *object = json_object_new_object ();
  g_autofree char *txid = tc_hash_to_hex (&masternode->outpoint.txid);
  g_autofree char *outpoint = g_strdup_printf ("%s:%u", txid, masternode->outpoint.index);

  add_uint (object, "index", masternode->index);
  add_string (object, "outpoint", outpoint);
  add_string (object, "address", masternode->host);
  add_string (object, "tier", tc_tier_name ((TcTier) masternode->tier));
  add (object, "collateral", tc_rpc_amount (tc_tier_collateral ((TcTier) masternode->tier), FALSE));
  add_string (object, "status", masternode_state_name (masternode));
  add (object, "jailed", json_object_new_boolean (masternode->jailed));
  if (masternode->jailed)
    add (object, "burnt_on_release", tc_rpc_amount (masternode->burnt, FALSE));
  add (object, "active", json_object_new_boolean (masternode->active));
  add (object, "in_committee", json_object_new_boolean (power > 0));
  add_uint (object, "power", power);
  add (object, "operator_key", tc_json_hex (masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE));
  add_address (object, "owner_address", &masternode->owner, address_digit);
  add_address (object, "payout_address", &masternode->payout, address_digit);
  add_uint (object, "registered_epoch", masternode->registered_epoch);
  add (object, "retired_epoch", is_retired ? json_object_new_uint64 (masternode->retired_epoch) : NULL);
  add (object, "release_epoch", is_unbonding ? json_object_new_uint64 ((guint64) masternode->retired_epoch + unbonding_epochs) : NULL);
  add_uint (object, "inactive_epochs", masternode->inactive_epochs);
  add_uint (object, "unattested_epochs", masternode->unattested_epochs);
  add (object, "burnt", tc_rpc_amount (masternode->burnt, FALSE));
  add (object, "accrued", tc_rpc_amount (masternode->accrued, FALSE));
  return object;
}

const char *
tc_node_state_name (TcNodeState state)
{
  static const char *const NAMES[] = { "starting", "connecting", "syncing", "ready", "stalled", "halted", "stopping", "stopped" };

  return state < G_N_ELEMENTS (NAMES) ? NAMES[state] : "unknown";
}

static json_object *
offered_json (const TcNodeStatus *status)
{
  json_object *object;

  if (!status->needs_trust || status->offered.height == 0)
    return NULL;
  object = json_object_new_object ();
  add_uint (object, "height", status->offered.height);
  add (object, "hash", tc_json_hash (&status->offered.hash));
  add (object, "time", tc_json_time (status->offered_time_ms));
  return object;
}

static const char *
unit_name (TcNodeSyncPhase phase)
{
  return phase == TC_NODE_SYNC_LINKS ? "epochs" : phase == TC_NODE_SYNC_SNAPSHOT ? "bytes" : "blocks";
}

json_object *
tc_json_sync (const TcNodeStatus *status)
{
  const TcNodeSync *sync = &status->sync;
  const gboolean any = sync->phase != TC_NODE_SYNC_NONE;
  json_object *object = json_object_new_object (), *snapshots = json_object_new_array ();

  for (guint i = 0; i < status->n_snapshots; i++)
    json_object_array_add (snapshots, json_object_new_uint64 (status->snapshots[i]));
  add_string (object, "state", tc_node_state_name (status->state));
  add_string (object, "phase", tc_node_sync_phase_name (sync->phase));
  add (object, "unit", any ? json_object_new_string (unit_name (sync->phase)) : NULL);
  add_uint (object, "done", sync->done);
  add_uint (object, "total", sync->total);
  add (object, "progress", tc_json_decimal (sync->total == 0 ? 0 : MIN (sync->done, sync->total) * G_GUINT64_CONSTANT (10000) / sync->total, 4));
  add (object, "rate", tc_json_decimal (sync->rate_minute * 10 / 6, 2));
  add (object, "left", sync->left_ms < 0 ? NULL : tc_json_time (sync->left_ms));
  add_uint (object, "peers", sync->n_peers);
  add_uint (object, "connections", status->n_peers);
  add_uint (object, "blocks", status->height);
  add_uint (object, "best", MAX (status->best_height, status->height));
  add_uint (object, "oldest_block", status->oldest_height);
  add (object, "older_blocks_come", json_object_new_boolean (status->older_come));
  add (object, "snapshots", snapshots);
  add (object, "needs_trusted_block", json_object_new_boolean (status->needs_trust));
  add (object, "offered_block", offered_json (status));
  return object;
}

json_object *
tc_json_money (const TcMoney *money, const TcTip *tip)
{
  const struct { const char *name; TcAmount amount; } sums[] = {
    { "total_amount", money->coins }, { "fees", money->fees }, { "odd", money->odd }, { "accrued", money->accrued }, { "supply", money->supply },
    { "genesis", money->genesis }, { "minted", money->minted }, { "burnt", money->burnt },
  };
  json_object *object = json_object_new_object ();

  add_uint (object, "height", tip->height);
  add (object, "bestblock", tc_json_hash (&tip->hash));
  for (gsize i = 0; i < G_N_ELEMENTS (sums); i++)
    add (object, sums[i].name, tc_rpc_amount (sums[i].amount, FALSE));
  return object;
}
