#pragma once

#include "core/link.h"
#include "core/network.h"

G_BEGIN_DECLS

/* The chain of epochs above the tip, for links.c (rule S3) and trust.c (rule S4). */

/* A link whose commit was found good. That is all that is kept of it: tens of thousands must fit. */
typedef struct
{
  guint32  height;
  TcHash   hash, state_root;
  guint64  time_ms;
  TcHash   next;       /* hash of the committee of the epoch after */
  gboolean drawn;      /* that committee */
  GBytes  *members;    /* its members, encoded; shared with neighbours whose are the same */
} TcProvenLink;

/* One that is still to be proven. */
typedef struct
{
  TcLink  *link;
  guint64  peer;
  gboolean asked, good;
} TcPendingLink;

/* A block that somebody vouches for. */
typedef struct
{
  TcCheckpoint block;
  gboolean     by_user;  /* the answer to a question: one at most */
} TcTrusted;

/* For the epoch at which a peer's links leave ours (C8). */
typedef struct
{
  guint64 peer;         /* 0: there is no search */
  guint32 low, high;    /* both have low's; high's differ */
  guint32 asked;
  TcLink *link;         /* (nullable): the peer's of `high` */
  gint64  deadline_ms;
} TcLinkSearch;

typedef struct
{
  /* Of epoch `epoch`, the one that the next block is of, and those after it. */
  GArray    *proven;         /* TcProvenLink */
  guint      n_gone;         /* of them, at the front: the tip has passed them */
  guint32    epoch;
  guint      n_anchored;     /* of those left: good also if committees of long ago lie (M4) */
  gsize      members_bytes;
  GPtrArray *unstored;       /* TcLink: the newest proven ones */
  GPtrArray *committees;     /* TcCommittee: those asked for last */

  GArray    *pending;        /* TcPendingLink: of the epochs after those */
  guint32    generation;     /* of what is pending: answers for an earlier one are void */
  guint      n_checks;       /* of them under way */

  guint64    peer;           /* that is asked; 0: nobody */
  guint32    asked_epoch;
  guint16    asked_count;
  gint64     deadline_ms;
  guint64    last_peer;
  gint64     progress_ms;    /* when the newest was proven, as far as they wait for a trusted block */
  gint64     came_ms;        /* when one was proven, or nobody was there to ask */
  gboolean   wants_more;     /* somebody claims more; as of the last tick */

  TcLinkSearch search;
  TcLink    *rival;          /* (nullable): differs from the stored one of its epoch, which is being looked up */
  TcCommittee *rival_committee;  /* (nullable): of its epoch */
  guint64    rival_peer;     /* 0: it is of our own chain */

  /* S4 */
  GArray    *trusted;        /* TcTrusted */
  guint      n_stuck;        /* how often links led nowhere near the block that the user named */
  gboolean   doubted;        /* what is not anchored contradicts what the user said */
  TcCheckpoint told;         /* of the question that stands; height 0: nothing is offered */
  guint64    told_time_ms;
  gboolean   has_told;       /* there is a question */
} TcLinks;

G_END_DECLS
