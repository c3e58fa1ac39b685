#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks the router to let connections in, and again before that ends, on a thread of its own, since all of it blocks. One thread for the functions here. */
typedef struct _TcPortMap TcPortMap;

/* A way to ask. Functions are called on the port map's thread and may block for some seconds. */
typedef struct
{
  const char *name;
  /* Lets TCP connections in on @port for @lifetime_s, or longer. @state: (inout): the mapper's own, NULL at first.
   * @ret_external: (out) (transfer full): "IP:port" of the outside. @ret_lifetime_s: what was granted. */
  gboolean  (*map)   (guint16 port, guint32 lifetime_s, gpointer *state, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s,
                      GError **error);
  /* Ends it, if it was ever mapped, and frees @state. */
  void      (*unmap) (guint16 port, gpointer state);
} TcPortMapper;

extern const TcPortMapper TC_PORT_MAPPER_NATPMP;  /* RFC 6886, see natpmp.h */
extern const TcPortMapper TC_PORT_MAPPER_UPNP;    /* UPnP IGD, by libminiupnpc */

/* @external: (nullable): "IP:port", public; NULL: there is none. @text: by which way, or why not, for the log. From @context; only where it has changed. */
typedef void (*TcPortMapFunc) (const char *external, const char *text, gpointer user_data);

#define TC_PORT_MAP_LIFETIME_S    3600u
#define TC_PORT_MAP_WAIT_LEAST_MS 30000u
#define TC_PORT_MAP_RETRY_MS      300000u

typedef struct
{
  GMainContext        *context;
  guint16              port;
  const TcPortMapper *const *mappers;  /* static: tried in order */
  gsize                n_mappers;
  guint                wait_least_ms, retry_ms;  /* 0: as above */
  TcPortMapFunc        func;
  gpointer             user_data;
} TcPortMapConfig;

TcPortMap *tc_port_map_new  (const TcPortMapConfig *config);
/* Ends the mapping; waits for that for a second at most. @func is not called any more. */
void       tc_port_map_free (TcPortMap *self);

G_END_DECLS
