#pragma once

#include "node/node.h"

G_BEGIN_DECLS

/* For benches of a sync: what its user was told of the time left, and how wrong that was. */
typedef struct
{
  GArray *items;
} Told;

void told_init  (Told *self);
void told_clear (Told *self);
/* To be called with each status. */
void told_add   (Told *self, const TcNodeStatus *status);
/* @start_us, @end_us: monotonic, of the sync. By what factor the time left was wrong, from a tenth of the way on: at worst, and in the middle; a second more or less is as good as none. Both 0
 * where nothing was told. */
void told_judge (const Told *self, gint64 start_us, gint64 end_us, gdouble *ret_worst, gdouble *ret_middle);

G_END_DECLS
