#pragma once

#include "core/hash.h"

G_BEGIN_DECLS

/* What a peer has: hashes, and when each was sent to it or came from it. Two generations of at most TC_KNOWN_MAX, the older one dropped when the newer is full: memory is bounded, and
 * an entry takes 16 bytes, since a node may hold a hundred of these. A hash is kept as a tag of 64 bits under a key of this process: nobody can make two that collide. */
#define TC_KNOWN_MAX 16384u

typedef struct
{
  guint64 tag;      /* 0: empty */
  gint64  when_ms;
} TcKnownEntry;

typedef struct
{
  TcKnownEntry *entries;    /* (nullable) a power of two of them */
  guint32       size, n;
} TcKnownTable;

typedef struct
{
  TcKnownTable newer, older;
} TcKnown;

/* Never 0. */
guint64       tc_known_tag   (const TcHash *hash);
void          tc_known_clear (TcKnown *self);
/* (nullable) */
const gint64 *tc_known_find  (const TcKnown *self, guint64 tag);
void          tc_known_note  (TcKnown *self, guint64 tag, gint64 when_ms);

G_END_DECLS
