#define G_LOG_DOMAIN "tc-ui"
#include "node-settings.h"

#include <string.h>

#define HOST_MAX  253u
#define PEERS_MAX 64u

/* Any free port: a second node on this computer must not keep the window from opening. The node writes down where it listens. */
#define RPC_ANY   "127.0.0.1:0"

gboolean
tc_is_host_and_port (const char *text)
{
  const char *colon = strrchr (text, ':');
  const gboolean bracketed = text[0] == '[';

  if (colon == NULL || colon == text || (gsize) (colon - text) > HOST_MAX || bracketed != (colon[-1] == ']'))
    return FALSE;
  if ((!bracketed && memchr (text, ':', (gsize) (colon - text)) != NULL) || (bracketed && colon - text < 4))
    return FALSE;
  for (const char *c = text; c < colon; c++)
    if (*c <= ' ' || *c == '/' || *c == '@' || *c == 0x7f)
      return FALSE;
  return g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, NULL, NULL);
}

gboolean
tc_node_settings_is_node_key (const char *key)
{
  static const char *const keys[] = { "listen",  "listen-port", "map-port", "discover", "peers", "proxy",
                                      "sync",    "history",     "prune-mb", "cache-mb", "rpc",   "rpc-port", NULL };

  return g_strv_contains (keys, key);
}

static char **
read_peers (GSettings *settings)
{
  g_auto(GStrv) written = g_settings_get_strv (settings, "peers");
  g_autoptr(GStrvBuilder) peers = g_strv_builder_new ();

  for (guint i = 0; written[i] != NULL && i < PEERS_MAX; i++)
    if (tc_is_host_and_port (written[i]))
      g_strv_builder_add (peers, written[i]);
  return g_strv_builder_end (peers);
}

/* Who hides behind a proxy does not listen: whoever knocked would be answered by the address that the proxy is to hide. */
static void
read_connections (TcNodeSettings *self, GSettings *settings, const TcNetwork *network)
{
  const guint port = g_settings_get_uint (settings, "listen-port");
  g_autofree char *proxy = g_settings_get_string (settings, "proxy");

  if (tc_is_host_and_port (proxy))
    self->proxy = g_steal_pointer (&proxy);
  else if (g_settings_get_boolean (settings, "listen"))
    {
      self->listen = g_strdup_printf ("0.0.0.0:%u", port != 0 ? port : network->p2p_port);
      self->config.map_port = g_settings_get_boolean (settings, "map-port");
    }
  self->connect = read_peers (settings);
  self->config.no_discover = !g_settings_get_boolean (settings, "discover");
}

static void
read_store (TcNodeSettings *self, GSettings *settings)
{
  const guint prune_mb = g_settings_get_uint (settings, "prune-mb");

  self->config.cache_mb = CLAMP (g_settings_get_uint (settings, "cache-mb"), TC_NODE_CACHE_MB_MIN, TC_NODE_CACHE_MB_MAX);
  self->config.prune_mb = prune_mb == 0 ? 0 : MAX (prune_mb, TC_NODE_PRUNE_MB_MIN);
  self->config.sync_mode = (TcNodeSyncMode) g_settings_get_enum (settings, "sync");
  self->config.no_history = !g_settings_get_boolean (settings, "history");
}

void
tc_node_settings_read (TcNodeSettings *ret_settings, GSettings *settings, const TcNetwork *network)
{
  TcNodeSettings *self = ret_settings;
  const guint rpc_port = settings == NULL ? 0 : g_settings_get_uint (settings, "rpc-port");

  *self = (TcNodeSettings) { 0 };
  if (settings == NULL || g_settings_get_boolean (settings, "rpc"))
    self->rpc = rpc_port == 0 ? g_strdup (RPC_ANY) : g_strdup_printf ("127.0.0.1:%u", rpc_port);
  if (settings != NULL && network != NULL)
    {
      read_connections (self, settings, network);
      read_store (self, settings);
    }
  self->config.listen = self->listen;
  self->config.rpc_listen = self->rpc;
  self->config.proxy = self->proxy;
  self->config.connect = (const char *const *) self->connect;
}

void
tc_node_settings_clear (TcNodeSettings *self)
{
  g_free (self->listen);
  g_free (self->rpc);
  g_free (self->proxy);
  g_strfreev (self->connect);
  *self = (TcNodeSettings) { 0 };
}
