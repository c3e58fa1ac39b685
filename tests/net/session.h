#pragma once

#include "core/hash.h"
#include "net/net.h"

G_BEGIN_DECLS

/* One connection to a node, as a stranger makes it: blocking, on a thread of its own, speaking the protocol as far as it likes. For programs that attack. */
typedef struct _Session Session;

/* Connects to @victim ("IP:port") from @source ("IP", nullable: any). Returns: (nullable) (transfer full): NULL where it is not let in. */
Session *session_connect (const TcHash *chain_id, const char *source, const char *victim, guint64 seed, guint16 listen_port);
/* The same at the other end of an accepted socket, which is taken. */
Session *session_accept  (const TcHash *chain_id, int fd, guint64 seed, guint16 listen_port);
void     session_free    (Session *self);

/* Returns: FALSE where the other side has closed, or does not read any more for @timeout_ms. */
gboolean session_send    (Session *self, guint8 type, const guint8 *body, gsize n);
/* Reads one message; pings are answered. Returns: FALSE at the end, or after @timeout_ms without one: @ret_over tells them apart. */
gboolean session_read    (Session *self, guint timeout_ms, guint8 *ret_type, GBytes **ret_body, gboolean *ret_over);

/* A TCP connection without a word. Returns: a file descriptor, -1 where it is refused. */
int      session_dial    (const char *source, const char *victim);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

G_END_DECLS
