#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which inbound peer makes room when all places are taken (rule N4). Several things that are hard to have at once keep a peer its place; of each, no more
 * than one peer of a group (rule N3) counts, so a single network keeps no more places than there are such things, whatever it does:
 *   TC_EVICT_KEEP_QUICK   with the least round trip ever: cannot be faked without being near
 *   TC_EVICT_KEEP_USEFUL  that last brought something new and good: costs work, and is useful
 *   TC_EVICT_KEEP_GROUPS  of groups that a secret key chooses: cannot be aimed at
 *   half of the rest      that have been connected longest: costs time
 * Of those left, the youngest of the largest group goes. The newcomer counts in its own group: where that is then the largest, with two or more, it is the
 * newcomer that has no place. Pure; any thread. */

#define TC_EVICT_KEEP_QUICK  8u
#define TC_EVICT_KEEP_USEFUL 8u
#define TC_EVICT_KEEP_GROUPS 4u
#define TC_EVICT_KEY_SIZE    16u

typedef struct
{
  guint64 id;            /* ascending with time */
  guint64 group;         /* tc_endpoint_group () */
  gint32  ping_ms;       /* the least; -1: none yet */
  gint64  useful_ms;     /* monotonic; 0: never */
} TcEvictCandidate;

/* @key: TC_EVICT_KEY_SIZE secret bytes. Returns: the id of who goes; 0 where the newcomer has to. */
guint64 tc_evict_choose (const TcEvictCandidate *candidates, gsize n, guint64 newcomer_group, const guint8 *key);

G_END_DECLS
