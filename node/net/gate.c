#include "gate.h"

#include <sodium.h>
#include <string.h>

#include "address.h"
#include "bucket.h"

enum { LEVEL_ADDRESS, LEVEL_NETWORK, LEVEL_GROUP, N_LEVELS };

static const struct { guint32 burst, seconds; } limits[N_LEVELS] = {
  [LEVEL_ADDRESS] = { TC_GATE_ADDRESS_BURST, TC_GATE_ADDRESS_SECONDS },
  [LEVEL_NETWORK] = { TC_GATE_BURST, TC_GATE_SECONDS },
  [LEVEL_GROUP] = { TC_GATE_GROUP_BURST, TC_GATE_GROUP_SECONDS },
};

typedef struct
{
  guint64  subject;  /* keyed hash; 0: empty */
  TcBucket bucket;
} Slot;

struct _TcGate
{
  guint8 key[crypto_shorthash_KEYBYTES];
  Slot   slots[N_LEVELS][TC_GATE_SLOTS];
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

/* Of one level, the part of an address that counts. @ret_bytes: 8 bytes. Returns: how many. */
static gsize
part_of (GInetAddress *inet, guint level, guint8 *ret_bytes)
{
  const gboolean is_ipv4 = g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4;
  gsize n;

  switch (level)
    {
    case LEVEL_NETWORK:
      return tc_address_network (inet, ret_bytes);
    case LEVEL_GROUP:
      n = is_ipv4 ? 2 : 4;
      break;
    default:
      n = is_ipv4 ? 4 : 8;
      break;
    }
  memcpy (ret_bytes, g_inet_address_to_bytes (inet), n);
  return n;
}

static gboolean
pass_level (TcGate *self, GInetAddress *inet, guint level, gint64 now_ms)
{
  guint8 bytes[8];
  guint64 subject;
  gsize n = part_of (inet, level, bytes);
  Slot *slot;

  crypto_shorthash ((guint8 *) &subject, bytes, n, self->key);
  subject |= 1;
  slot = &self->slots[level][(subject >> 1) % TC_GATE_SLOTS];
  if (slot->subject != subject)
    {
      slot->subject = subject;
      tc_bucket_init (&slot->bucket, 1, limits[level].burst * limits[level].seconds, now_ms);
    }
  return tc_bucket_try (&slot->bucket, limits[level].seconds, now_ms);
}

gboolean
tc_gate_pass (TcGate *self, GInetAddress *inet, gint64 now_ms)
{
  if (g_inet_address_get_is_loopback (inet))
    return TRUE;
  for (guint level = 0; level < N_LEVELS; level++)
    if (!pass_level (self, inet, level, now_ms))
      return FALSE;
  return TRUE;
}
