#pragma once

#include "noise.h"

G_BEGIN_DECLS

/* What waits to be sent on one connection: plain bytes in a queue, and up to TC_OUTBOX_AHEAD_BYTES of frames ahead of the socket, made of whatever
 * is queued then: many small messages to a frame. A struct to embed; one thread. */

#define TC_OUTBOX_AHEAD_BYTES 65536u  /* a frame more at most */

typedef struct
{
  GQueue      queue;              /* of GBytes: headers and bodies */
  gsize       head_position;
  gsize       queued_bytes;
  GByteArray *frames;
  gsize       frames_position;
} TcOutbox;

void          tc_outbox_init      (TcOutbox *self);
void          tc_outbox_clear     (TcOutbox *self);
void          tc_outbox_push      (TcOutbox *self, GBytes *bytes);
/* A frame that is not encrypted: a handshake message. */
void          tc_outbox_put_frame (TcOutbox *self, const GByteArray *message);
/* Bytes as they are: what a proxy is told. */
void          tc_outbox_put_raw   (TcOutbox *self, const GByteArray *bytes);
/* @cipher: (nullable): NULL before the handshake is done. @scratch: TC_NOISE_PLAIN_MAX bytes.
 * Returns: (transfer none) (nullable): the next @ret_n bytes for the socket; NULL where there are none. */
const guint8 *tc_outbox_peek      (TcOutbox *self, TcNoiseCipher *cipher, guint8 *scratch, gsize *ret_n);
/* The socket took @n of them. */
void          tc_outbox_take      (TcOutbox *self, gsize n);
/* Gives up what no frame was made of yet. */
void          tc_outbox_drop      (TcOutbox *self);
gsize         tc_outbox_get_bytes (const TcOutbox *self);
/* What it takes in memory: more than its bytes where they are many small messages. */
gsize         tc_outbox_get_cost  (const TcOutbox *self);

G_END_DECLS
