#pragma once

#include "net/net.h"

/* A TcNet under test and what its callbacks told. Everything runs on the default main context of the test. */

#define NODE_TYPE_BULK   16u  /* anything up to TC_NET_BODY_MAX, never compressed */
#define NODE_TYPE_PACKED 17u  /* compressed where it shrinks: up to 4 MB plain, 1 MB on the wire */
#define NODE_TYPE_SMALL  18u  /* up to 100 bytes */
#define NODE_TYPE_SLOW   19u  /* of a class of 1 message and 1 000 bytes a second */

typedef struct
{
  TcNet      *net;
  GPtrArray  *bodies;        /* of GBytes, as received */
  GArray     *types;         /* of guint8, beside them */
  guint       n_connected, n_disconnected, n_failed, n_bans_changed, n_probed, n_reached;
  guint64     last_id;
  gboolean    has_operator_key;
  TcPublicKey operator_key;
  char       *last_reason;   /* of peer_disconnected */
  char       *last_failure;  /* of connect_failed */
  char       *proxy_problem; /* (nullable): as told last */
  void      (*on_message) (gpointer node, guint64 peer_id, guint8 type, GBytes *body);  /* (nullable) */
} Node;

/* @seed: of its static key. @edit: (nullable): changes the configuration before it is used. */
Node *node_new       (guint8 seed, const char *listen_address, void (*edit) (TcNetConfig *config));
void  node_free      (Node *self);
/* Dials the other and waits until both are connected. */
void  node_connect   (Node *self, Node *other);
void  node_send      (Node *self, guint64 peer_id, guint8 type, gsize size_bytes, guint8 fill);

/* Iterates the main context until @condition holds; fails the test after a generous while. */
#define WAIT_UNTIL(condition)                                                             \
  G_STMT_START {                                                                          \
    gint64 deadline_us_ = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;                  \
    guint waker_ = node_start_waker ();                                                   \
    while (!(condition))                                                                  \
      {                                                                                   \
        if (g_get_monotonic_time () > deadline_us_)                                       \
          g_error ("%s:%d: this did not come about: %s", __FILE__, __LINE__, #condition); \
        g_main_context_iteration (NULL, TRUE);                                            \
      }                                                                                   \
    g_source_remove (waker_);                                                             \
  } G_STMT_END

/* A timer that turns the loop over, so that the deadline is seen. */
guint node_start_waker (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Node, node_free)
