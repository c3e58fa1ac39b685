#define G_LOG_DOMAIN "tc-node"
#include "node-rpc-peers.h"

#include <string.h>

#include "net/address.h"
#include "node-rpc-private.h"

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void
on_getpeerinfo (TcRpcCall *call, gpointer user_data)
{
  g_autoptr(GPtrArray) peers = tc_node_dup_peers (user_data);
  json_object *array = json_object_new_array_ext ((int) peers->len);

  for (guint i = 0; i < peers->len; i++)
    {
      const TcNetPeerInfo *info = g_ptr_array_index (peers, i);
      json_object *object = tc_json_peer (info);
      guint32 height;

      if (tc_node_get_peer_height (user_data, info->id, &height))
        json_object_object_add (object, "height", json_object_new_int64 (height));
      json_object_array_add (array, object);
    }
  tc_rpc_call_return (call, array);
}

static void
on_addnode (TcRpcCall *call, gpointer user_data)
{
  TcNode *node = user_data;
  g_autoptr(GError) error = NULL;
  const char *address, *command;
  gboolean ok;

  if (!tc_rpc_call_get_string (call, 0, "", &address) || !tc_rpc_call_get_string (call, 1, "", &command))
    return;
  if (strcmp (command, "add") == 0)
    ok = tc_node_add_address (node, address, &error);
  else if (strcmp (command, "onetry") == 0)
    ok = tc_node_try_address (node, address, &error);
  else if (strcmp (command, "remove") == 0)
    ok = tc_node_remove_address (node, address);
  else
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "command must be add, remove or onetry");
      return;
    }
  if (ok)
    tc_rpc_call_return (call, NULL);
  else if (error == NULL)
    tc_rpc_call_error (call, TC_RPC_NOT_ADDED, "Error: Node could not be removed. It has not been added previously.");
  else
    tc_rpc_call_error (call, TC_RPC_ALREADY_ADDED, "%s", error->message);
}

static void
on_getnodeaddresses (TcRpcCall *call, gpointer user_data)
{
  json_object *array = json_object_new_array ();
  g_autoptr(GArray) addresses = NULL;
  guint64 count;

  if (!tc_rpc_call_get_uint (call, 0, 1, &count))
    {
      json_object_put (array);
      return;
    }
  addresses = tc_node_sample_addresses (user_data);
  for (guint i = 0; i < addresses->len && (count == 0 || i < count); i++)
    json_object_array_add (array, tc_json_address (&g_array_index (addresses, TcBookEntry, i)));
  tc_rpc_call_return (call, array);
}

/* Returns: the id of the peer at @address or with @id; 0 where there is none. */
static guint64
find_peer (TcNode *node, const char *address, guint64 id)
{
  g_autoptr(GPtrArray) peers = tc_node_dup_peers (node);

  for (guint i = 0; i < peers->len; i++)
    {
      const TcNetPeerInfo *info = g_ptr_array_index (peers, i);

      if (address[0] != '\0' ? strcmp (info->address, address) == 0 : info->id == id)
        return info->id;
    }
  return 0;
}

static void
on_disconnectnode (TcRpcCall *call, gpointer user_data)
{
  TcNode *node = user_data;
  const char *address;
  guint64 id;

  if (!tc_rpc_call_get_string (call, 0, "", &address) || !tc_rpc_call_get_uint (call, 1, 0, &id))
    return;
  if ((address[0] != '\0') == (id != 0))
    {
      tc_rpc_call_error (call, TC_RPC_INVALID_PARAMS, "Only one of address and nodeid should be provided.");
      return;
    }
  id = find_peer (node, address, id);
  if (id != 0 && tc_node_disconnect_peer (node, id))
    tc_rpc_call_return (call, NULL);
  else
    tc_rpc_call_error (call, TC_RPC_NOT_CONNECTED, "Node not found in connected nodes");
}

static void
on_listbanned (TcRpcCall *call, gpointer user_data)
{
  g_autoptr(GPtrArray) bans = tc_node_dup_bans (user_data);
  json_object *array = json_object_new_array_ext ((int) bans->len);
  const gint64 now = now_s ();

  for (guint i = 0; i < bans->len; i++)
    json_object_array_add (array, tc_json_ban (g_ptr_array_index (bans, i), now));
  tc_rpc_call_return (call, array);
}

/* Of what @subject means, a ban may stand under the name of a whole /64. */
static gboolean
is_banned (TcNode *node, const char *subject)
{
  g_autoptr(GPtrArray) bans = tc_node_dup_bans (node);
  g_autofree char *canonical = tc_address_subject_parse (subject);

  for (guint i = 0; i < bans->len; i++)
    if (g_strcmp0 (((const TcNetBan *) g_ptr_array_index (bans, i))->subject, canonical) == 0)
      return TRUE;
  return FALSE;
}

static void
add_ban (TcRpcCall *call, TcNode *node, const char *subject, gint64 until_s)
{
  if (until_s <= now_s ())
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "Error: the ban would be over already");
  else if (is_banned (node, subject))
    tc_rpc_call_error (call, TC_RPC_ALREADY_ADDED, "Error: IP/Subnet already banned");
  else if (tc_node_ban (node, subject, until_s))
    tc_rpc_call_return (call, NULL);
  else
    tc_rpc_call_error (call, TC_RPC_SUBNET, "Error: Invalid IP/Subnet: an IPv4 address, an IPv6 address (which means its /64), or key: and a network key");
}

static void
on_setban (TcRpcCall *call, gpointer user_data)
{
  TcNode *node = user_data;
  const char *subject, *command;
  guint64 time;
  gboolean absolute;

  if (!tc_rpc_call_get_string (call, 0, "", &subject) || !tc_rpc_call_get_string (call, 1, "", &command)
      || !tc_rpc_call_get_uint (call, 2, 0, &time) || !tc_rpc_call_get_bool (call, 3, FALSE, &absolute))
    return;
  time = MIN (time, (guint64) G_MAXUINT32);
  if (strcmp (command, "add") == 0)
    add_ban (call, node, subject, absolute ? (gint64) time : now_s () + (gint64) (time != 0 ? time : TC_NET_BAN_SECONDS));
  else if (strcmp (command, "remove") != 0)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "command must be add or remove");
  else if (tc_node_unban (node, subject))
    tc_rpc_call_return (call, NULL);
  else
    tc_rpc_call_error (call, TC_RPC_SUBNET, "Error: Unban failed. Requested address/subnet was not previously manually banned.");
}

static void
on_clearbanned (TcRpcCall *call, gpointer user_data)
{
  TcNode *node = user_data;
  g_autoptr(GPtrArray) bans = tc_node_dup_bans (node);

  for (guint i = 0; i < bans->len; i++)
    tc_node_unban (node, ((const TcNetBan *) g_ptr_array_index (bans, i))->subject);
  tc_rpc_call_return (call, NULL);
}

static const struct
{
  const char  *name;
  const char  *params[5];  /* NULL-terminated */
  const char  *usage;
  TcRpcHandler handler;
} METHODS[] = {
  { "getpeerinfo", { NULL }, "getpeerinfo\nThe connected peers.", on_getpeerinfo },
  { "disconnectnode", { "address", "nodeid", NULL },
    "disconnectnode ( ADDRESS NODEID )\nEnds a connection, named by its address as getpeerinfo shows it, or by its id. One that is to be kept is dialled again.",
    on_disconnectnode },
  { "addnode", { "node", "command", NULL },
    "addnode NODE COMMAND\nCOMMAND add keeps a connection to HOST:PORT until the node stops, remove no longer does, onetry connects once.", on_addnode },
  { "getnodeaddresses", { "count", NULL },
    "getnodeaddresses ( COUNT )\nKnown addresses of nodes, at random: COUNT (default 1) of them; 0: as many as would be told a peer.", on_getnodeaddresses },
  { "listbanned", { NULL }, "listbanned\nThe addresses that may not connect, until when, and why.", on_listbanned },
  { "setban", { "subnet", "command", "bantime", "absolute", NULL },
    "setban SUBNET COMMAND ( BANTIME ABSOLUTE )\nCOMMAND add bans an IPv4 address or an IPv6 /64, for BANTIME seconds (0: 24 hours) or, with ABSOLUTE true, until that "
    "Unix time; remove lifts a ban.",
    on_setban },
  { "clearbanned", { NULL }, "clearbanned\nLifts all bans.", on_clearbanned },
};

void
tc_node_rpc_peers_add (TcNode *node, TcRpcServer *server)
{
  g_autoptr(GMainContext) context = g_main_context_ref_thread_default ();

  for (gsize i = 0; i < G_N_ELEMENTS (METHODS); i++)
    tc_rpc_server_add_method (server, METHODS[i].name, METHODS[i].params, METHODS[i].usage, context, METHODS[i].handler, node, NULL);
}

void
tc_node_rpc_peers_remove (TcRpcServer *server)
{
  for (gsize i = 0; i < G_N_ELEMENTS (METHODS); i++)
    tc_rpc_server_remove_method (server, METHODS[i].name);
}
