#pragma once

#include "bucket.h"
#include "outbox.h"
#include "peer.h"
#include "socks.h"
#include "source.h"

G_BEGIN_DECLS

/* The inside of a TcPeer, shared by peer.c (messages, queues, life) and handshake.c (all that comes before the first message). */

typedef struct
{
  TcBucket messages, bytes;
} ClassBuckets;

struct _TcPeer
{
  guint               ref_count;
  TcPeerShared       *shared;
  const TcPeerEvents *events;
  gpointer            user_data;
  guint64             id;
  gboolean            inbound;
  TcPeerState         state;
  gboolean            closing;
  char               *close_reason;

  GSocket        *socket;
  GSocketAddress *socket_address;  /* of the peer, or of the proxy */
  GInetAddress   *inet;            /* (nullable): of the peer */
  char           *address;
  TcSocks         socks;           /* while the proxy is spoken to */
  GSource        *in_source, *out_source, *flush_source, *pause_source, *close_source;

  TcNoise      *noise;         /* until the handshake is done */
  guint         n_handshake;   /* its messages, both ways */
  TcNoiseCipher *send_cipher, *receive_cipher;  /* guarded; NULL before */
  guint8        handshake_hash[TC_NOISE_HASH_SIZE];
  guint8        remote_static[TC_NET_STATIC_SIZE];
  gboolean      has_remote_static;
  TcHello       hello;

  GByteArray   *raw;           /* received: frames, of which the one being read is decrypted in place */
  gsize         raw_position, plain_position, plain_end;
  TcWireReader  reader;
  ClassBuckets  buckets[TC_NET_CLASSES_MAX + 1];

  TcOutbox      outbox;

  gint64        started_ms, connected_unix_ms;
  gint64        received_ms, progress_ms, pinged_ms;
  gint64        ping_sent_us;  /* 0: none under way */
  guint8        ping_nonce[TC_WIRE_PING_SIZE];  /* random: a guessed answer would look quick */
  gint32        ping_ms, least_ping_ms;
  gboolean      is_member;
  gint64        useful_ms, sent_ms;
  guint64       group;
  gsize         memory_bytes;  /* as counted in the shared sum */
  guint64       bytes_in, bytes_out, messages_in, messages_out;
};

/* peer.c */
/* The source holds a reference to the peer for as long as it lives. */
void     tc_peer_attach         (TcPeer *self, GSource **slot, GSource *source, GSourceFunc callback);
void     tc_peer_start_reading  (TcPeer *self);
/* Something was queued, sent, received or read: the shared sum follows. */
void     tc_peer_count_memory   (TcPeer *self);
/* Closes without a word to the other side. */
void     tc_peer_close_quietly  (TcPeer *self, const char *reason);
void     tc_peer_offend         (TcPeer *self, guint32 points, const char *reason);
/* Returns: FALSE where @type or @body is not what the table allows. */
gboolean tc_peer_enqueue        (TcPeer *self, guint8 type, GBytes *body);
/* At the end of this turn of the loop: what is sent in one turn leaves in few frames and one system call. */
void     tc_peer_schedule_flush (TcPeer *self);

/* handshake.c */
/* What the proxy will be told stands ready. */
void     tc_peer_begin_socks          (TcPeer *self, const char *host, guint16 port);
/* Nothing can be dialled through the proxy now. */
void     tc_peer_lose_proxy           (TcPeer *self, const char *problem);
/* Takes all that was received. */
void     tc_peer_take_proxy           (TcPeer *self);
void     tc_peer_take_handshake_frame (TcPeer *self, const guint8 *frame, gsize n);
void     tc_peer_take_hello           (TcPeer *self, GBytes *body);

G_END_DECLS
