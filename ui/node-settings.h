#pragma once

#include <gio/gio.h>

#include "node/node.h"

G_BEGIN_DECLS

/* What the preferences (GSettings) ask of a node, as its configuration. Main thread. */
typedef struct
{
  TcNodeConfig config;    /* borrows the strings below; its network, data_dir and keys are the caller's to fill in */
  char        *listen;
  char        *rpc;
  char        *proxy;
  char       **connect;
} TcNodeSettings;

/* @settings: (nullable): NULL: the defaults. @network: (nullable): NULL for the local network, to which only JSON-RPC applies. Values that are no good
 * (of a hand-written file) are left out. */
void     tc_node_settings_read  (TcNodeSettings *ret_settings, GSettings *settings, const TcNetwork *network);
void     tc_node_settings_clear (TcNodeSettings *self);

/* Whether @key is one that a running node is not told of: it holds from the next start of the node. */
gboolean tc_node_settings_is_node_key (const char *key);

/* "HOST:PORT" or "[IPv6]:PORT", with a port that can be dialled. */
gboolean tc_is_host_and_port    (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcNodeSettings, tc_node_settings_clear)

G_END_DECLS
