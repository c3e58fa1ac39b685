#pragma once

#include "book.h"

G_BEGIN_DECLS

/* Finds nodes and keeps connections to some of them (rule N3): each in a network group of its own, beside whatever else is connected. Holds the book of
 * addresses, learns from peers, and asks seeds where it knows too little. Makes no connections itself. One thread, that of its context; events come
 * from the context's dispatch and from within the functions below, except tc_finder_new () and tc_finder_free (). */
typedef struct _TcFinder TcFinder;

#define TC_FINDER_FOUND_DEFAULT 12u    /* connections that it keeps */
#define TC_FINDER_STALE_EXTRA   2u     /* more while the chain does not grow */
#define TC_FINDER_FEW           4u     /* outbound connections; where there are fewer, and no other group is known, several may be to one group of private
                                        * addresses, which may be all of a network */
#define TC_FINDER_ANCHORS       4u     /* connections that are made again first after a restart */
#define TC_FINDER_SEEDS_MAX     512u
#define TC_FINDER_NAME_MAX      32u    /* addresses taken of one DNS name */
#define TC_FINDER_OWN_MAX       16u    /* addresses known to lead back here */

typedef struct
{
  /* Starts a connection. Returns: its id; 0 where there can be none now. */
  guint64  (*dial)      (const TcEndpoint *endpoint, gpointer user_data);
  /* Connects once to "name:port", which is not to be looked up here. */
  void     (*dial_name) (const char *address, gpointer user_data);
  /* Asks, apart from the peers, whether a node is there: answered by tc_finder_felt (), or not at all. */
  void     (*feel)      (const TcEndpoint *endpoint, guint64 tag, gpointer user_data);
  void     (*send)      (guint64 peer, guint8 type, GBytes *body, gpointer user_data);
  gboolean (*is_banned) (const TcEndpoint *endpoint, gpointer user_data);
  /* Whether it is dialled in any case. */
  gboolean (*is_named)  (const TcEndpoint *endpoint, gpointer user_data);
} TcFinderEvents;

typedef struct
{
  const guint8 *book_key;     /* TC_BOOK_KEY_SIZE bytes */
  guint         max_found;
  guint         interval_ms;  /* between two attempts, about; others are multiples of it */
  gboolean      resolves;     /* names are looked up here */
} TcFinderConfig;

TcFinder *tc_finder_new        (GMainContext *context, const TcFinderConfig *config, const TcFinderEvents *events, gpointer user_data);
void      tc_finder_free       (TcFinder *self);
/* @own: where this node may be dialled, as in tc_exchange_set_own (). */
void      tc_finder_start      (TcFinder *self, const TcEndpoint *own);
/* Forgets all connections; the book stays. */
void      tc_finder_stop       (TcFinder *self);
void      tc_finder_set_own    (TcFinder *self, const TcEndpoint *own);

TcBook   *tc_finder_get_book   (TcFinder *self);
/* "host:port", asked where the book is poor. Returns: FALSE where it is none, or there are too many. */
gboolean  tc_finder_add_seed   (TcFinder *self, const char *address);
/* Dialled before all others. */
void      tc_finder_add_anchor (TcFinder *self, const TcEndpoint *endpoint);
/* Returns: (transfer full) (element-type TcEndpoint): what tc_finder_add_anchor () is to be given after a restart. */
GArray   *tc_finder_list_anchors (TcFinder *self);
/* An address out of a list that has a name, which is its source. */
void      tc_finder_learn      (TcFinder *self, const TcEndpoint *endpoint, const char *source);
/* Whether the chain has not grown for long: then there are a few more connections. */
void      tc_finder_set_stale  (TcFinder *self, gboolean stale);

/* Whether the connection is one that this made. */
gboolean  tc_finder_has        (const TcFinder *self, guint64 id);
/* What became of a connection, of any kind. @address: (nullable) as in tc_exchange_add_peer (). */
void      tc_finder_opened     (TcFinder *self, guint64 id, const TcEndpoint *address, gboolean inbound, guint16 listen_port);
/* It leads to the node at the end of @twin, and will be closed. */
void      tc_finder_met        (TcFinder *self, guint64 id, guint64 twin);
/* It leads back to this node. */
void      tc_finder_met_self   (TcFinder *self, guint64 id);
void      tc_finder_closed     (TcFinder *self, guint64 id);
void      tc_finder_felt       (TcFinder *self, guint64 tag, gboolean reached);
/* A message of its types. Returns: FALSE where it is malformed. */
gboolean  tc_finder_take       (TcFinder *self, guint64 id, guint8 type, GBytes *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcFinder, tc_finder_free)

G_END_DECLS
