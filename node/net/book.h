#pragma once

#include "endpoint.h"

G_BEGIN_DECLS

/* The addresses that a node knows of (rule N3), built against an adversary who fills it with his own (Heilman et al., "Eclipse Attacks on Bitcoin's
 * Peer-to-Peer Network", 2015). Two tables of buckets: *new* holds what others told, *tried* what this node has spoken to. An address has one place, which
 * a keyed hash gives it:
 *   new    by the group of who told it first and its own group: one source group reaches TC_BOOK_SOURCE_BUCKETS buckets, one group told by one, a single one
 *   tried  by the address and its group: one group reaches TC_BOOK_GROUP_BUCKETS buckets
 * A newcomer whose place is taken waits outside unless who has it is of no more use; one that was spoken to contests a tried place, and gets it where the
 * one that has it does not answer when tested.
 *
 * Pure: no clock, no I/O; random numbers come from who made it. Times are Unix seconds, 0: never. One thread. */
typedef struct _TcBook TcBook;

#define TC_BOOK_KEY_SIZE       16u
#define TC_BOOK_BUCKET_SIZE    64u
#define TC_BOOK_NEW_BUCKETS    512u
#define TC_BOOK_TRIED_BUCKETS  128u
#define TC_BOOK_SOURCE_BUCKETS 32u
#define TC_BOOK_GROUP_BUCKETS  8u
#define TC_BOOK_CONTESTS_MAX   16u     /* tried places under test at a time */
#define TC_BOOK_ENTRIES_MAX    ((TC_BOOK_NEW_BUCKETS + TC_BOOK_TRIED_BUCKETS) * TC_BOOK_BUCKET_SIZE)
#define TC_BOOK_SAMPLE_MAX     1000u
#define TC_BOOK_SAMPLE_PERCENT 23u
#define TC_BOOK_SAMPLE_SMALL   64u     /* a small book tells so many all the same */

typedef struct
{
  TcEndpoint endpoint;
  guint8     source[TC_ENDPOINT_IP_SIZE];  /* who told it first */
  gboolean   tried;      /* which table */
  gint64     seen_s;     /* when it was last there, as far as is known or claimed */
  gint64     dialled_s;  /* last attempt */
  gint64     good_s;     /* last spoken to */
  guint32    failures;   /* attempts since, while this node had other connections */
} TcBookEntry;

typedef guint64  (*TcBookRandom) (gpointer user_data);
/* Whether an address is out of the question now: its group is connected to, it is our own, it is banned. */
typedef gboolean (*TcBookTaken)  (const TcEndpoint *endpoint, gpointer user_data);

/* @key: TC_BOOK_KEY_SIZE bytes, secret, kept with the contents. */
TcBook  *tc_book_new       (const guint8 *key, TcBookRandom random, gpointer user_data);
void     tc_book_free      (TcBook *self);

/* Notes an address that @source (TC_ENDPOINT_IP_SIZE bytes) told. Returns: whether it is new here and was taken in. */
gboolean tc_book_add       (TcBook *self, const TcEndpoint *endpoint, gint64 seen_s, const guint8 *source, gint64 now_s);
/* An attempt begins, of which nothing is known yet. */
void     tc_book_dialled   (TcBook *self, const TcEndpoint *endpoint, gint64 now_s);
/* It came to nothing. @online: this node has other connections, so that the fault is likely there. */
void     tc_book_failed    (TcBook *self, const TcEndpoint *endpoint, gboolean online);
/* A node of this network spoke there. One that is not in the book is taken in. When it was seen stays as it was: that is told to others, who are not to
 * learn whom this node is connected to. */
void     tc_book_good      (TcBook *self, const TcEndpoint *endpoint, gint64 now_s);
/* It was connected until now. */
void     tc_book_seen      (TcBook *self, const TcEndpoint *endpoint, gint64 now_s);
void     tc_book_remove    (TcBook *self, const TcEndpoint *endpoint);

/* An address to dial: from either table, every bucket with the same chance, seldom one that failed before; never one that failed a moment ago.
 * Returns: FALSE where there is none. */
gboolean tc_book_select    (TcBook *self, gboolean new_only, TcBookTaken taken, gpointer user_data, gint64 now_s, TcEndpoint *ret_endpoint);
/* One that has a tried place which another contests, to be dialled so as to see whether it is there. Returns: FALSE where there is none. */
gboolean tc_book_select_contested (TcBook *self, gint64 now_s, TcEndpoint *ret_endpoint);
/* Decides the contests that can be decided; now and then. */
void     tc_book_resolve   (TcBook *self, gint64 now_s);

/* What a peer that reaches as far as @scope is told: a random part, of no more than TC_BOOK_SAMPLE_MAX. Returns: (transfer full) (element-type TcBookEntry). */
GArray  *tc_book_sample    (TcBook *self, TcScope scope, gint64 now_s);

/* For keeping. Returns: (transfer full) (element-type TcBookEntry): all, in the order of the tables. */
GArray  *tc_book_list      (const TcBook *self);
/* Returns: FALSE where @entry cannot be: no host, no time, a place that is taken. A time to come is kept: the clock may not be set yet. */
gboolean tc_book_restore   (TcBook *self, const TcBookEntry *entry);

const TcBookEntry *tc_book_get (const TcBook *self, const TcEndpoint *endpoint);  /* (nullable) */
guint    tc_book_count     (const TcBook *self, gboolean tried);
guint    tc_book_count_contests (const TcBook *self);
/* Changes whenever something does that is worth keeping. */
guint64  tc_book_get_version (const TcBook *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcBook, tc_book_free)

G_END_DECLS
