#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How often one network (IPv4 /24, IPv6 /48) may knock: TC_GATE_BURST at once, then one in TC_GATE_SECONDS. A table of fixed size, whatever the number
 * of addresses: a newcomer may take a slot over, which costs an attacker's own networks as much as others'. One thread. */
#define TC_GATE_SLOTS   4096u
#define TC_GATE_BURST   20u
#define TC_GATE_SECONDS 3u

typedef struct _TcGate TcGate;

TcGate  *tc_gate_new  (void);
void     tc_gate_free (TcGate *self);
/* Returns: whether one more connection from @inet may come in now. Loopback always may. */
gboolean tc_gate_pass (TcGate *self, GInetAddress *inet, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcGate, tc_gate_free)

G_END_DECLS
