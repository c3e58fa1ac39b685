#pragma once

#include <gio/gio.h>

#include "net/noise.h"
#include "node.h"

/* A connection whose every byte the test decides, to a Node on the same main context. */
typedef struct
{
  GSocket      *socket;
  GByteArray   *received;    /* not looked at yet */
  gboolean      is_over;     /* the node closed it */
  TcNoiseCipher send, receive;
  guint8        hash[TC_NOISE_HASH_SIZE];
} Raw;

Raw     *raw_new          (Node *node);
/* From a loopback address, such as "127.9.0.1". */
Raw     *raw_new_from     (Node *node, const char *source);
void     raw_free         (Raw *self);
/* Receives what there is, without waiting. Returns: whether anything came, or it is over. */
gboolean raw_poll         (Raw *self);
/* Writes all, letting the node read meanwhile; @step bytes at a time. */
void     raw_write        (Raw *self, const guint8 *data, gsize n, gsize step);
/* Noise as the initiator, with static key @seed, @step bytes at a time; no hello. */
void     raw_handshake    (Raw *self, guint8 seed, gsize step);
/* Encrypts into one frame and writes it. */
void     raw_write_plain  (Raw *self, const guint8 *plain, gsize n, gsize step);
/* Appends a frame as it goes onto the wire. */
void     raw_encrypt      (Raw *self, const guint8 *plain, gsize n, GByteArray *wire);
/* A good hello without operator key, as a message. Returns: (transfer full). */
GByteArray *raw_make_hello (void);
/* Handshake and hello: afterwards the node counts it as a peer. */
void     raw_join         (Raw *self, Node *node, guint8 seed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Raw, raw_free)
