#include "gate.h"

#include <sodium.h>

#include "address.h"
#include "bucket.h"

typedef struct
{
  guint64  network;  /* keyed hash; 0: empty */
  TcBucket bucket;
} Slot;

struct _TcGate
{
  guint8 key[crypto_shorthash_KEYBYTES];
  Slot   slots[TC_GATE_SLOTS];
};

TcGate *
tc_gate_new (void)
{
  TcGate *self = g_new0 (TcGate, 1);

  randombytes_buf (self->key, sizeof self->key);
  return self;
}

void
tc_gate_free (TcGate *self)
{
  g_free (self);
}

gboolean
tc_gate_pass (TcGate *self, GInetAddress *inet, gint64 now_ms)
{
  guint8 bytes[6];
  guint64 network;
  Slot *slot;
  gsize n;

  if (g_inet_address_get_is_loopback (inet))
    return TRUE;
  n = tc_address_network (inet, bytes);
  crypto_shorthash ((guint8 *) &network, bytes, n, self->key);
  network |= 1;
  slot = &self->slots[(network >> 1) % TC_GATE_SLOTS];
  if (slot->network != network)
    {
      slot->network = network;
      tc_bucket_init (&slot->bucket, 1, TC_GATE_BURST * TC_GATE_SECONDS, now_ms);
    }
  return tc_bucket_try (&slot->bucket, TC_GATE_SECONDS, now_ms);
}
