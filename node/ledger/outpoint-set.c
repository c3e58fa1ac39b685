#include "outpoint-set.h"

static gsize
find_slot (const TcOutpointSet *self, const TcOutpoint *outpoint)
{
  gsize slot = tc_outpoint_mix (outpoint) & self->mask;

  while (self->slots[slot] != NULL && !tc_outpoint_same (self->slots[slot], outpoint))
    slot = (slot + 1) & self->mask;
  return slot;
}

void
tc_outpoint_set_init (TcOutpointSet *self, gsize n_max)
{
  gsize n_slots = 16;

  while (n_slots < 2 * (n_max + 1))
    n_slots *= 2;
  self->slots = g_new0 (const TcOutpoint *, n_slots);
  self->mask = n_slots - 1;
}

void
tc_outpoint_set_clear (TcOutpointSet *self)
{
  g_clear_pointer (&self->slots, g_free);
}

gboolean
tc_outpoint_set_add (TcOutpointSet *self, const TcOutpoint *outpoint)
{
  gsize slot = find_slot (self, outpoint);

  if (self->slots[slot] != NULL)
    return FALSE;
  self->slots[slot] = outpoint;
  return TRUE;
}

gboolean
tc_outpoint_set_has (const TcOutpointSet *self, const TcOutpoint *outpoint)
{
  return self->slots[find_slot (self, outpoint)] != NULL;
}
