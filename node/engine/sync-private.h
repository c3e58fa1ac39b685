#pragma once

#include "engine-private.h"

G_BEGIN_DECLS

/* Catching up by blocks, shared by fetch.c (who is asked for what) and sync.c (what came: proven, checked ahead, applied in order).
 *
 * The window is a slot for each height above the tip. It is bounded in blocks, and in bytes by what is here and what may come of what is asked for. */

#define TC_SYNC_WINDOW_BLOCKS   512u
#define TC_SYNC_WINDOW_BYTES    32000000u
#define TC_SYNC_MEMORY_BYTES    48000000u  /* blocks turn out larger than others were: what comes above this is dropped and asked for again */
#define TC_SYNC_REQUEST_BYTES   1000000u   /* as blocks were large on average */
#define TC_SYNC_PEER_REQUESTS   3u         /* to one peer at once */

typedef struct
{
  guint64   asked[2];    /* who is asked for it, and who was before; 0: nobody */
  guint64   peer;        /* who sent it */
  TcBlock  *block;       /* (nullable): not here yet */
  TcCommit *commit;      /* of it */
  gsize     size_bytes;  /* as it came */
  guint64   check;       /* number of its check; 0: not begun */
  TcCheck  *checked;     /* (nullable): the answer, and the commit is good */
} TcSyncSlot;

typedef struct
{
  guint64 peer;
  guint32 from, count, n_left;
  gint64  sent_ms;
  gsize   size_bytes;    /* that came of it */
} TcSyncRequest;

struct _TcSync
{
  guint32     first;           /* height of the first slot */
  GPtrArray  *slots;           /* TcSyncSlot */
  GArray     *requests;        /* TcSyncRequest, as they were sent */
  gsize       held_bytes;      /* of the blocks here */
  gsize       average_bytes;   /* of a block */
  guint64     best_rate;       /* of the fastest, bytes a second: as fast as who sent nothing yet may be */
  gint64      request_ms;      /* that a request takes on average; 0: none is answered yet */
  guint32     head;            /* the lowest height that is not here */
  gint64      head_ms;         /* since when */
  gint64      tick_ms;         /* of the last step: while we slept nobody was slow */
  gint64      behind_since_ms; /* G_MAXINT64: not behind */

  guint       n_begun;         /* slots from the first on whose checks were begun */
  guint64     last_check;
  gsize       checking_bytes;
  GHashTable *outputs;         /* TcHash (in the value) -> TcTx: of the blocks whose checks were begun */
  gboolean    more;            /* the next is ready, and waits for the next step */
  gboolean    writer_full;
};

/* (nullable): not in the window. */
TcSyncSlot *tc_sync_find_slot    (TcSync *self, guint32 height);
/* What came for it is thrown away: to be asked for again. */
void        tc_sync_empty_slot   (TcSync *self, TcSyncSlot *slot);

/* fetch.c */
void        tc_fetch_init        (TcSync *self);
guint       tc_fetch_count_peers (const TcSync *self);
/* @peer sent @slot's block. */
void        tc_fetch_note_block  (TcEngine *self, TcPeer *peer, TcSyncSlot *slot, guint32 height, gsize size_bytes);
/* It is not asked again before it says where it stands; @points of 0: it only was slow. */
void        tc_fetch_fail_peer   (TcEngine *self, guint64 peer, guint points, const char *why);
/* The tip moved on. */
void        tc_fetch_advance     (TcEngine *self);
void        tc_fetch_tick        (TcEngine *self);
gint64      tc_fetch_deadline    (TcEngine *self);

G_END_DECLS
