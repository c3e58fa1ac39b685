#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How often one address (IPv6: a /64), one network (IPv4 /24, IPv6 /48) and one group of them (rule N3: /16, /32) may knock: so many at once, then one in so
 * many seconds. Tables of fixed size, whatever the number of addresses: a newcomer may take a slot over, which costs an attacker's own addresses as much as
 * others', and never those of a wider level. One thread. */
#define TC_GATE_SLOTS           4096u
#define TC_GATE_ADDRESS_BURST   10u
#define TC_GATE_ADDRESS_SECONDS 5u
#define TC_GATE_BURST           20u
#define TC_GATE_SECONDS         3u
#define TC_GATE_GROUP_BURST     60u
#define TC_GATE_GROUP_SECONDS   1u

typedef struct _TcGate TcGate;

TcGate  *tc_gate_new  (void);
void     tc_gate_free (TcGate *self);
/* Returns: whether one more connection from @inet may come in now. Loopback always may. */
gboolean tc_gate_pass (TcGate *self, GInetAddress *inet, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcGate, tc_gate_free)

G_END_DECLS
