#include "node.h"

#include <string.h>

static void
on_connected (TcNet *net, guint64 peer_id, const TcPublicKey *operator_key, TcNetPeerInfo *info, gpointer user_data)
{
  Node *self = user_data;

  self->n_connected++;
  self->last_id = peer_id;
  self->has_operator_key = operator_key != NULL;
  if (operator_key != NULL)
    self->operator_key = *operator_key;
  g_assert_cmpuint (info->id, ==, peer_id);
}

static void
on_disconnected (TcNet *net, guint64 peer_id, const char *reason, gpointer user_data)
{
  Node *self = user_data;

  self->n_disconnected++;
  g_free (self->last_reason);
  self->last_reason = g_strdup (reason);
}

static void
on_message (TcNet *net, guint64 peer_id, guint8 type, GBytes *body, gpointer user_data)
{
  Node *self = user_data;

  g_ptr_array_add (self->bodies, g_bytes_ref (body));
  g_array_append_val (self->types, type);
  if (self->on_message != NULL)
    self->on_message (self, peer_id, type, body);
}

static void
on_failed (TcNet *net, const char *address, const char *reason, gpointer user_data)
{
  Node *self = user_data;

  self->n_failed++;
  g_free (self->last_failure);
  self->last_failure = g_strdup (reason);
}

static void
on_bans (TcNet *net, gpointer user_data)
{
  Node *self = user_data;

  self->n_bans_changed++;
}

static void
on_probed (TcNet *net, guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data)
{
  Node *self = user_data;

  self->n_probed++;
  self->n_reached += reached;
}

static void
on_proxy (TcNet *net, const char *problem, gpointer user_data)
{
  Node *self = user_data;

  g_free (self->proxy_problem);
  self->proxy_problem = g_strdup (problem);
}

static const TcNetMessageType types[] = {
  { NODE_TYPE_BULK, 0, FALSE, TC_NET_BODY_MAX, TC_NET_BODY_MAX },
  { NODE_TYPE_PACKED, 0, TRUE, 1000000, TC_NET_BODY_MAX },
  { NODE_TYPE_SMALL, 0, FALSE, 100, 100 },
  { NODE_TYPE_SLOW, 1, FALSE, 1000, 1000 },
};

static const TcNetRate classes[] = {
  { 1000000, 1000000, 1000000000, 1000000000 },
  { 1, 1, 1000, 1000 },
};

Node *
node_new (guint8 seed, const char *listen_address, void (*edit) (TcNetConfig *config))
{
  Node *self = g_new0 (Node, 1);
  guint8 secret[TC_NET_STATIC_SIZE];
  g_autoptr (GError) error = NULL;
  TcNetConfig config = {
    .protocol_version = 1,
    .static_secret = secret,
    .listen_address = listen_address,
    .agent = "TimeCoin/test",
    .types = types,
    .n_types = G_N_ELEMENTS (types),
    .classes = classes,
    .n_classes = G_N_ELEMENTS (classes),
    .callbacks = { on_connected, on_disconnected, on_message, on_failed, on_bans, on_probed, on_proxy },
    .user_data = self,
  };

  memset (secret, seed, sizeof secret);
  memset (config.chain_id.bytes, 0x42, TC_HASH_SIZE);
  if (edit != NULL)
    edit (&config);
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->types = g_array_new (FALSE, FALSE, 1);
  self->net = tc_net_new (&config);
  tc_net_start (self->net, &error);
  g_assert_no_error (error);
  return self;
}

void
node_free (Node *self)
{
  tc_net_free (self->net);
  g_ptr_array_unref (self->bodies);
  g_array_unref (self->types);
  g_free (self->last_reason);
  g_free (self->last_failure);
  g_free (self->proxy_problem);
  g_free (self);
}

void
node_connect (Node *self, Node *other)
{
  guint n_self = self->n_connected, n_other = other->n_connected;

  g_assert_true (tc_net_connect_to (self->net, tc_net_get_listen_address (other->net), FALSE, NULL));
  WAIT_UNTIL (self->n_connected > n_self && other->n_connected > n_other);
}

void
node_send (Node *self, guint64 peer_id, guint8 type, gsize size_bytes, guint8 fill)
{
  g_autoptr (GBytes) body = NULL;
  guint8 *data = g_malloc (size_bytes + 1);

  memset (data, fill, size_bytes);
  body = g_bytes_new_take (data, size_bytes);
  g_assert_true (tc_net_send (self->net, peer_id, type, body));
}

static gboolean
on_waker (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

guint
node_start_waker (void)
{
  return g_timeout_add (100, on_waker, NULL);
}
