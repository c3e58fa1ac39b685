#include "wallet-rpc-private.h"

#include <string.h>

#include "core/check.h"
#include "core/key-file.h"
#include "wallet-json.h"

/* registermasternode, updatemasternode, retiremasternode, sendmasternode, listmasternodes. The first three look the masternodes up, check, prepare, and
 * then either prove and send, or keep the draft until sendmasternode brings a proof made elsewhere. */

typedef struct
{
  TcWalletRpc       *rpc;
  TcRpcCall         *call;
  TcWallet          *wallet;
  TcMasternodeOrder  order;
  const char        *name;        /* of the masternode, as given; NULL for a new one; lives as long as the call */
  gboolean           has_host, has_payout;  /* update: they change */
  gboolean           own_key;     /* the operator key is this node's */
  TcSecretKey       *key;         /* (nullable): of a file on this machine */
  TcMasternodeDraft *draft;       /* (nullable) */
} Job;

static Job *
job_new (TcWalletRpc *rpc, TcRpcCall *call, guint8 kind)
{
  Job *self = g_new0 (Job, 1);

  self->rpc = tc_wallet_rpc_ref (rpc);
  self->call = call;
  self->wallet = g_object_ref (rpc->wallet);
  self->order.kind = kind;
  return self;
}

static void
job_free (Job *self)
{
  g_clear_object (&self->wallet);
  g_clear_pointer (&self->key, tc_secret_key_unref);
  g_clear_pointer (&self->draft, tc_masternode_draft_unref);
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static char
address_digit (const Job *self)
{
  return tc_node_get_network (self->rpc->node)->address_digit;
}

static void
add_text (json_object *object, const char *name, char *text)
{
  json_object_object_add (object, name, json_object_new_string (text));
  g_free (text);
}

static char *
outpoint_text (const TcOutpoint *outpoint)
{
  g_autofree char *txid = tc_hash_to_hex (&outpoint->txid);

  return g_strdup_printf ("%s:%u", txid, outpoint->index);
}

/* --- What is answered ------------------------------------------------------------------------------------------------------------------ */

static json_object *
draft_json (const TcMasternodeDraft *draft, char digit)
{
  const TcMasternodeOrder *order = &draft->order;
  json_object *object = json_object_new_object ();

  add_text (object, "owner_address", tc_address_format (&order->owner, digit));
  if (order->kind == TC_TX_KIND_REGISTER)
    {
      json_object_object_add (object, "tier", json_object_new_string (tc_tier_name ((TcTier) order->payload.tier)));
      json_object_object_add (object, "collateral", tc_rpc_amount (tc_tier_collateral ((TcTier) order->payload.tier), FALSE));
    }
  if (order->kind != TC_TX_KIND_RETIRE)
    {
      add_text (object, "payout_address", tc_address_format (&order->payload.payout, digit));
      json_object_object_add (object, "address", json_object_new_string (order->payload.host));
    }
  if (tc_masternode_draft_needs_proof (draft))
    add_text (object, "operator_key", tc_hex_encode (order->payload.operator_key.bytes, TC_PUBLIC_KEY_SIZE));
  json_object_object_add (object, "fee", tc_rpc_amount (draft->fee, FALSE));
  return object;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Job) self = user_data;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  if (!tc_wallet_send_masternode_finish (TC_WALLET (source), result, &txid, &error))
    {
      tc_wallet_rpc_fail (self->call, error);
      return;
    }
  const TcOutpoint made = { txid, 0 };
  json_object *object = draft_json (self->draft, address_digit (self));
  add_text (object, "txid", tc_hash_to_hex (&txid));
  add_text (object, "masternode", outpoint_text (self->order.kind == TC_TX_KIND_REGISTER ? &made : &self->draft->order.payload.masternode));
  if (g_queue_remove (&self->rpc->drafts, self->draft))
    tc_masternode_draft_unref (self->draft);
  tc_rpc_call_return (self->call, object);
}

/* Takes @self over. @possession: (nullable). */
static void
send_now (Job *self, const TcSignature *possession)
{
  tc_wallet_send_masternode (self->wallet, self->draft, possession, on_sent, self);
}

/* --- Drafts that wait for a proof -------------------------------------------------------------------------------------------------------- */

static void
ask_for_proof (Job *self)
{
  g_autofree char *request = tc_masternode_draft_get_request (self->draft);
  json_object *object = draft_json (self->draft, address_digit (self));
  GQueue *drafts = &self->rpc->drafts;

  if (g_queue_get_length (drafts) >= TC_WALLET_RPC_DRAFTS_MAX)
    tc_masternode_draft_unref (g_queue_pop_head (drafts));
  g_queue_push_tail (drafts, tc_masternode_draft_ref (self->draft));
  json_object_object_add (object, "draft", json_object_new_uint64 (self->draft->id));
  json_object_object_add (object, "request", json_object_new_string (request));
  add_text (object, "next", g_strdup_printf ("Where the operator key is: timed masternode prove --operator-key FILE %s   Then here: sendmasternode %" G_GUINT64_FORMAT " PROOF",
                                             request, self->draft->id));
  tc_rpc_call_return (self->call, object);
}

void
tc_wallet_rpc_on_sendmasternode (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  TcMasternodeDraft *draft = NULL;
  TcSignature possession;
  const char *proof;
  guint64 id;

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_uint (call, 0, G_MAXUINT64, &id) || !tc_rpc_call_get_string (call, 1, "", &proof))
    return;
  for (GList *link = rpc->drafts.head; link != NULL && draft == NULL; link = link->next)
    draft = ((TcMasternodeDraft *) link->data)->id == id ? link->data : NULL;
  if (draft == NULL)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "There is no such draft. It was sent, another took its place, or the node was started anew: begin again.");
  else if (!tc_hex_decode (proof, possession.bytes, TC_SIGNATURE_SIZE))
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "PROOF is the 128 hexadecimal digits that timed masternode prove printed.");
  else
    {
      Job *job = job_new (rpc, call, draft->order.kind);

      job->draft = tc_masternode_draft_ref (draft);
      send_now (job, &possession);
    }
}

/* --- Preparing, proving, sending ----------------------------------------------------------------------------------------------------------- */

/* FALSE where the operator key is not here. */
static gboolean
prove (Job *self, TcSignature *ret_possession)
{
  const TcMasternodeDraft *draft = self->draft;
  TcPublicKey key;

  if (self->own_key)
    return tc_node_prove_possession (self->rpc->node, &draft->coins[0], &draft->outputs[0], &key, ret_possession);
  if (self->key == NULL)
    return FALSE;
  *ret_possession = tc_possession_sign (self->key, &draft->chain_id, &draft->coins[0], &draft->outputs[0]);
  return TRUE;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Job) self = user_data;
  g_autoptr(GError) error = NULL;
  TcSignature possession;

  self->draft = tc_wallet_prepare_masternode_finish (TC_WALLET (source), result, &error);
  if (self->draft == NULL)
    tc_wallet_rpc_fail (self->call, error);
  else if (!tc_masternode_draft_needs_proof (self->draft))
    send_now (g_steal_pointer (&self), NULL);
  else if (prove (self, &possession))
    send_now (g_steal_pointer (&self), &possession);
  else
    ask_for_proof (self);
}

static gboolean
refuse (Job *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (Job *self, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tc_rpc_call_error (self->call, TC_RPC_PARAMETER, "%s", text);
  return FALSE;
}

/* By index, registration or operator key: the last two are both 64 digits, and no key is a txid. */
static gboolean
is_named (const TcNodeMasternode *item, const char *name)
{
  g_autofree char *index = g_strdup_printf ("%u", item->index);
  g_autofree char *key = tc_hex_encode (item->operator_key.bytes, TC_PUBLIC_KEY_SIZE), *outpoint = outpoint_text (&item->outpoint);

  return strcmp (name, index) == 0 || g_ascii_strcasecmp (name, outpoint) == 0
         || (item->state != TC_NODE_MASTERNODE_RELEASED && g_ascii_strcasecmp (name, key) == 0)
         || (item->outpoint.index == 0 && strlen (name) == 2 * TC_HASH_SIZE && g_ascii_strncasecmp (name, outpoint, 2 * TC_HASH_SIZE) == 0);
}

/* Rule M2: what does not change stays as it is. */
static gboolean
fill_in (Job *self, const TcNodeMasternode *item)
{
  TcMasternodePayload *payload = &self->order.payload;

  if (item->state == TC_NODE_MASTERNODE_RELEASED)
    return refuse (self, "This masternode is gone: it retired, and its collateral was released.");
  if (item->state == TC_NODE_MASTERNODE_RETIRED && self->order.kind == TC_TX_KIND_RETIRE)
    return refuse (self, "This masternode has retired: its collateral is released at the end of epoch %u.", item->release_epoch);
  if (item->state == TC_NODE_MASTERNODE_RETIRED)
    return refuse (self, "This masternode has retired: it cannot be changed any more.");
  payload->masternode = item->outpoint;
  self->order.owner = item->owner;
  if (!self->has_payout)
    payload->payout = item->payout;
  if (!self->has_host)
    memcpy (payload->host, item->host, sizeof payload->host);
  return TRUE;
}

static gboolean
check_masternodes (Job *self, const GArray *masternodes)
{
  const TcMasternodePayload *payload = &self->order.payload;
  gboolean found = self->name == NULL;

  for (guint i = 0; i < masternodes->len; i++)
    {
      const TcNodeMasternode *item = &g_array_index (masternodes, TcNodeMasternode, i);
      const gboolean is_it = self->name != NULL && is_named (item, self->name);

      found = found || is_it;
      if (is_it && !fill_in (self, item))
        return FALSE;
      if (!is_it && payload->has_key && item->state != TC_NODE_MASTERNODE_RELEASED && tc_public_key_equal (&payload->operator_key, &item->operator_key))
        return refuse (self, "This operator key is in use by masternode %u (%s). Each masternode needs a key of its own: timed operator-key new FILE makes one.",
                       item->index, item->host);
    }
  return found || refuse (self, "There is no masternode “%s” yet: name it by its index, TXID:INDEX or operator key, as listmasternodes shows them. "
                                "A new one is there once its epoch has ended.", self->name);
}

/* Whoever asks anew for a key does not want the draft before: its coins are free again before this one chooses. */
static void
drop_drafts_of (Job *self)
{
  for (GList *link = self->rpc->drafts.head, *next; link != NULL; link = next)
    {
      TcMasternodeDraft *draft = link->data;

      next = link->next;
      if (!tc_public_key_equal (&draft->order.payload.operator_key, &self->order.payload.operator_key))
        continue;
      g_queue_delete_link (&self->rpc->drafts, link);
      tc_masternode_draft_unref (draft);
    }
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Job) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) masternodes = tc_node_list_masternodes_finish (self->rpc->node, result, &error);

  if (masternodes == NULL)
    tc_rpc_call_error (self->call, TC_RPC_MISC, "%s", error->message);
  else if (check_masternodes (self, masternodes))
    {
      const TcMasternodeOrder order = self->order;
      TcWallet *wallet = self->wallet;

      if (order.payload.has_key)
        drop_drafts_of (self);
      tc_wallet_prepare_masternode (wallet, &order, NULL, on_prepared, g_steal_pointer (&self));
    }
}

static void
begin (Job *self)
{
  tc_node_list_masternodes_async (self->rpc->node, NULL, on_listed, self);
}

/* --- What is asked ------------------------------------------------------------------------------------------------------------------------- */

/* @text: "own": this node's; 64 digits: a public key, to be proven elsewhere; else the path of a key file here. */
static gboolean
read_operator (Job *self, const char *text)
{
  TcMasternodePayload *payload = &self->order.payload;
  const TcOutpoint nothing = { 0 };
  const TcOutput no_output = { 0 };
  g_autoptr(GError) error = NULL;
  TcSignature unused;

  payload->has_key = TRUE;
  self->own_key = strcmp (text, "own") == 0;
  if (self->own_key)
    return tc_node_prove_possession (self->rpc->node, &nothing, &no_output, &payload->operator_key, &unused)
           || refuse (self, "This node has no operator key. Start it with --operator-key FILE, or give the key file's path, or the public key of another machine's.");
  if (tc_hex_decode (text, payload->operator_key.bytes, TC_PUBLIC_KEY_SIZE))
    return TRUE;
  self->key = tc_key_file_load (text, &error);
  if (self->key == NULL)
    return refuse (self, "%s OPERATOR is own, 64 hexadecimal digits of a public key, or a key file.", error->message);
  payload->operator_key = *tc_secret_key_get_public (self->key);
  return TRUE;
}

static gboolean
read_address (Job *self, const char *what, const char *text, TcKeyHash *ret_key_hash)
{
  g_autoptr(GError) error = NULL;

  if (tc_address_parse (text, address_digit (self), ret_key_hash, &error))
    return TRUE;
  tc_rpc_call_error (self->call, TC_RPC_ADDRESS, "%s: %s", what, error->message);
  return FALSE;
}

static gboolean
read_host (Job *self, const char *text)
{
  if (!tc_host_is_valid (text))
    return refuse (self, "“%s” is no address of a masternode: write a numeric IP address and a port, like 192.0.2.1:24000 or [2001:db8::1]:24000.", text);
  g_strlcpy (self->order.payload.host, text, TC_HOST_SIZE);
  return TRUE;
}

static gboolean
read_tier (Job *self, const char *text)
{
  TcTier tier;

  if (!tc_tier_parse (text, &tier))
    return refuse (self, "TIER is free, bronze, silver or gold.");
  self->order.payload.tier = (guint8) tier;
  return TRUE;
}

void
tc_wallet_rpc_on_registermasternode (TcRpcCall *call, gpointer user_data)
{
  const char *tier, *host, *operator, *owner, *payout;

  if (!tc_wallet_rpc_require_wallet (user_data, call) || !tc_rpc_call_get_string (call, 0, "", &tier) || !tc_rpc_call_get_string (call, 1, "", &host)
      || !tc_rpc_call_get_string (call, 2, "own", &operator) || !tc_rpc_call_get_string (call, 3, "", &owner)
      || !tc_rpc_call_get_string (call, 4, "", &payout))
    return;
  g_autoptr(Job) self = job_new (user_data, call, TC_TX_KIND_REGISTER);
  self->order.new_owner = *owner == '\0';
  self->order.new_payout = *payout == '\0';
  if (read_tier (self, tier) && read_host (self, host) && read_operator (self, operator)
      && (*owner == '\0' || read_address (self, "OWNER", owner, &self->order.owner))
      && (*payout == '\0' || read_address (self, "PAYOUT", payout, &self->order.payload.payout)))
    begin (g_steal_pointer (&self));
}

/* An index may be given as a number. */
static const char *
get_name (TcRpcCall *call)
{
  json_object *value = tc_rpc_call_get_param (call, 0);

  return value != NULL ? json_object_get_string (value) : "";
}

void
tc_wallet_rpc_on_updatemasternode (TcRpcCall *call, gpointer user_data)
{
  const char *host, *payout, *operator;

  if (!tc_wallet_rpc_require_wallet (user_data, call) || !tc_rpc_call_get_string (call, 1, "", &host)
      || !tc_rpc_call_get_string (call, 2, "", &payout) || !tc_rpc_call_get_string (call, 3, "", &operator))
    return;
  g_autoptr(Job) self = job_new (user_data, call, TC_TX_KIND_UPDATE);
  self->name = get_name (call);
  self->has_host = *host != '\0';
  self->has_payout = *payout != '\0';
  if (!self->has_host && !self->has_payout && *operator == '\0')
    refuse (self, "Nothing is to change: give HOST, PAYOUT or OPERATOR.");
  else if ((!self->has_host || read_host (self, host)) && (!self->has_payout || read_address (self, "PAYOUT", payout, &self->order.payload.payout))
           && (*operator == '\0' || read_operator (self, operator)))
    begin (g_steal_pointer (&self));
}

void
tc_wallet_rpc_on_retiremasternode (TcRpcCall *call, gpointer user_data)
{
  if (!tc_wallet_rpc_require_wallet (user_data, call))
    return;
  Job *self = job_new (user_data, call, TC_TX_KIND_RETIRE);
  self->name = get_name (call);
  begin (self);
}

/* --- The list -------------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TcWalletRpc *rpc;
  TcRpcCall   *call;
  GArray      *masternodes;  /* (nullable) */
  guint        position;     /* the one whose owner is asked about */
  json_object *array;
} Listing;

static void ask_next (Listing *self);

static void
on_owner_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *self = user_data;
  gboolean mine = FALSE;

  if (tc_wallet_find_key_finish (TC_WALLET (source), result, &mine, NULL, NULL, NULL) && mine)
    json_object_array_add (self->array, tc_json_wallet_masternode (&g_array_index (self->masternodes, TcNodeMasternode, self->position),
                                                                   tc_node_get_network (self->rpc->node)->address_digit));
  self->position++;
  ask_next (self);
}

static void
ask_next (Listing *self)
{
  if (self->position < self->masternodes->len && self->rpc->wallet != NULL)
    {
      const TcKeyHash owner = g_array_index (self->masternodes, TcNodeMasternode, self->position).owner;

      tc_wallet_find_key (self->rpc->wallet, &owner, on_owner_found, self);
      return;
    }
  tc_rpc_call_return (self->call, self->array);
  g_array_unref (self->masternodes);
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

static void
on_all_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *self = user_data;
  g_autoptr(GError) error = NULL;

  self->masternodes = tc_node_list_masternodes_finish (self->rpc->node, result, &error);
  if (self->masternodes != NULL)
    {
      self->array = json_object_new_array ();
      ask_next (self);
      return;
    }
  tc_rpc_call_error (self->call, TC_RPC_MISC, "%s", error->message);
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

void
tc_wallet_rpc_on_listmasternodes (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;

  if (!tc_wallet_rpc_require_wallet (rpc, call))
    return;
  Listing *self = g_new0 (Listing, 1);
  self->rpc = tc_wallet_rpc_ref (rpc);
  self->call = call;
  tc_node_list_masternodes_async (rpc->node, NULL, on_all_listed, self);
}
