#pragma once

#include "peer.h"

G_BEGIN_DECLS

/* Short connections that only ask who answers at an address (M6): handshake, a hello that says so, and the other side's hello with its proof. They are no
 * peers: on neither side do they take a peer's place. One thread; answers come from the context's dispatch. */
typedef struct _TcProber TcProber;

#define TC_PROBER_AT_ONCE    8u
#define TC_PROBER_QUEUE_MAX  256u

/* @reached: @operator_key was proven at that address; where none was asked for, another node than this one is there. */
typedef void (*TcProberFunc) (guint64 tag, const TcPublicKey *operator_key, gboolean reached, gpointer user_data);

/* @shared: borrowed and copied: with another hello. */
TcProber *tc_prober_new   (const TcPeerShared *shared, TcProberFunc func, gpointer user_data);
void      tc_prober_free  (TcProber *self);
/* Drops everything, without answers. */
void      tc_prober_clear (TcProber *self);
void      tc_prober_tick  (TcProber *self);
/* @operator_key: (nullable). One of @tag that is under way counts for this one too. Returns: FALSE, and there is no answer, where too many wait. */
gboolean  tc_prober_add   (TcProber *self, guint64 tag, const char *host, guint16 port, const TcPublicKey *operator_key);

G_END_DECLS
