#pragma once

#include "book.h"

G_BEGIN_DECLS

/* What peers tell each other of addresses (rule N3). One thread. */
typedef struct _TcExchange TcExchange;

#define TC_EXCHANGE_BURST       1000u  /* addresses that a peer may tell when it is asked; */
#define TC_EXCHANGE_UNASKED     10u    /* when it is not; then one in ten seconds, and what is more is left out */
#define TC_EXCHANGE_PENDING_MAX 100u   /* that wait to be passed on to one peer */
#define TC_EXCHANGE_RELAYED_MAX 1024u  /* remembered as passed on */

typedef struct
{
  void     (*send)        (guint64 peer, guint8 type, GBytes *body, gpointer user_data);
  /* An address that is not to be learnt: banned, or this node's own. */
  gboolean (*is_unwanted) (const TcEndpoint *endpoint, gpointer user_data);
} TcExchangeEvents;

/* @book, @events: borrowed. @trickle_ms: how long news for one peer is gathered, about. */
TcExchange *tc_exchange_new         (TcBook *book, guint trickle_ms, const TcExchangeEvents *events, gpointer user_data);
void        tc_exchange_free        (TcExchange *self);
/* Where this node may be dialled: @port 0: nowhere. Of an address of zeros every peer sees for itself what it is. */
void        tc_exchange_set_own     (TcExchange *self, const TcEndpoint *own);

/* @address: (nullable): the other end of the connection; where @inbound its port says nothing. Whoever was dialled is asked for addresses. @listen_port: that it
 * says it listens on; of an inbound peer that is news. */
void        tc_exchange_add_peer    (TcExchange *self, guint64 id, const TcEndpoint *address, gboolean inbound, guint16 listen_port, gint64 now_ms);
void        tc_exchange_remove_peer (TcExchange *self, guint64 id);
/* A message of type TC_WIRE_GET_ADDRESSES or TC_WIRE_ADDRESSES. Returns: FALSE where it is malformed. */
gboolean    tc_exchange_take        (TcExchange *self, guint64 id, guint8 type, GBytes *body, gint64 now_ms);
/* Sends what is due; now and then. */
void        tc_exchange_tick        (TcExchange *self, gint64 now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcExchange, tc_exchange_free)

G_END_DECLS
