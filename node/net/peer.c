#include "peer-private.h"

#include <sodium.h>
#include <string.h>

#include "address.h"
#include "core/check.h"
#include "endpoint.h"

#define READS_PER_DISPATCH 4u        /* of 64 kB, then it is another's turn */
#define FLUSH_BYTES        1000000u  /* per dispatch */
#define TOTAL_SHARES       G_GINT64_CONSTANT (128)  /* of what all peers may send together: about as many as there are peers */
#define PROXY_TIMEOUT_MS   30000     /* Tor builds a circuit first */

static void flush (TcPeer *self);
static void process (TcPeer *self);

void
tc_peer_attach (TcPeer *self, GSource **slot, GSource *source, GSourceFunc callback)
{
  tc_source_drop (slot);
  g_source_set_callback (source, callback, tc_peer_ref (self), (GDestroyNotify) tc_peer_unref);
  g_source_attach (source, self->shared->context);
  *slot = source;
}

/* Takes @socket. */
static TcPeer *
peer_new (TcPeerShared *shared, guint64 id, GSocket *socket, gboolean inbound, const TcPeerEvents *events, gpointer user_data)
{
  TcPeer *self = g_new0 (TcPeer, 1);

  self->ref_count = 1;
  self->shared = shared;
  self->events = events;
  self->user_data = user_data;
  self->id = id;
  self->inbound = inbound;
  self->socket = socket;
  self->state = inbound ? TC_PEER_HANDSHAKE : TC_PEER_CONNECTING;
  self->raw = g_byte_array_new ();
  tc_outbox_init (&self->outbox);
  tc_wire_reader_init (&self->reader, &shared->table);
  self->started_ms = tc_now_ms ();
  self->ping_ms = self->least_ping_ms = -1;
  for (gsize i = 0; i < shared->n_classes; i++)
    {
      const TcNetRate *rate = &shared->classes[i];
      tc_bucket_init (&self->buckets[i].messages, rate->messages_per_second, rate->messages_burst, self->started_ms);
      tc_bucket_init (&self->buckets[i].bytes, rate->bytes_per_second, rate->bytes_burst, self->started_ms);
    }
  return self;
}

TcPeer *
tc_peer_new_inbound (TcPeerShared *shared, guint64 id, GSocket *socket, GSocketAddress *address, const TcPeerEvents *events, gpointer user_data)
{
  TcPeer *self = peer_new (shared, id, socket, TRUE, events, user_data);

  self->socket_address = g_object_ref (address);
  self->inet = tc_address_get_inet (address);
  self->group = tc_endpoint_group (tc_endpoint_from_socket (address).ip);
  self->address = tc_address_to_text (address);
  return self;
}

TcPeer *
tc_peer_new_outbound (TcPeerShared *shared, guint64 id, const char *host, guint16 port, const TcPeerEvents *events, gpointer user_data,
                      const char **ret_reason)
{
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new_from_string (host, port);
  GSocketAddress *first = shared->proxy != NULL ? shared->proxy : target;
  TcPeer *self;
  GSocket *socket;

  if (first == NULL || strlen (host) > TC_SOCKS_HOST_MAX)
    {
      *ret_reason = "it is not an address";
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (first), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  if (socket == NULL)
    {
      *ret_reason = "this computer cannot open such a connection now";
      return NULL;
    }
  g_socket_set_blocking (socket, FALSE);
  self = peer_new (shared, id, socket, FALSE, events, user_data);
  self->socket_address = g_object_ref (first);
  self->inet = target != NULL ? tc_address_get_inet (target) : NULL;
  self->group = target != NULL ? tc_endpoint_group (tc_endpoint_from_socket (target).ip) : 0;
  self->address = target != NULL ? tc_address_to_text (target) : g_strdup_printf ("%s:%u", host, port);
  if (shared->proxy != NULL)
    tc_peer_begin_socks (self, host, port);
  return self;
}

TcPeer *
tc_peer_ref (TcPeer *self)
{
  self->ref_count++;
  return self;
}

void
tc_peer_unref (TcPeer *self)
{
  if (--self->ref_count > 0)
    return;
  TC_CHECK (self->state == TC_PEER_CLOSED);
  g_object_unref (self->socket);
  g_object_unref (self->socket_address);
  g_clear_object (&self->inet);
  g_free (self->address);
  g_free (self->close_reason);
  tc_noise_free (self->noise);
  sodium_free (self->send_cipher);
  sodium_free (self->receive_cipher);
  g_byte_array_unref (self->raw);
  tc_outbox_clear (&self->outbox);
  tc_wire_reader_clear (&self->reader);
  tc_socks_clear (&self->socks);
  g_free (self);
}

/* Memory */

gsize
tc_peer_get_memory (const TcPeer *self)
{
  return self->memory_bytes;
}

void
tc_peer_count_memory (TcPeer *self)
{
  TcPeerShared *shared = self->shared;
  const gsize body = self->reader.body != NULL ? self->reader.body->len : 0;
  const gsize now = self->closing ? 0 : tc_outbox_get_cost (&self->outbox) + (self->raw->len - self->raw_position) + body;
  const gboolean grown = now > self->memory_bytes;

  shared->memory_bytes = shared->memory_bytes - self->memory_bytes + now;
  self->memory_bytes = now;
  if (grown && shared->memory_bytes > shared->memory_max_bytes && self->events->crowded != NULL)
    self->events->crowded (self, self->user_data);
}

/* Closing */

void
tc_peer_abort (TcPeer *self)
{
  if (self->state == TC_PEER_CLOSED)
    return;
  self->closing = TRUE;
  tc_peer_count_memory (self);
  self->state = TC_PEER_CLOSED;
  tc_peer_ref (self);
  tc_source_drop (&self->in_source);
  tc_source_drop (&self->out_source);
  tc_source_drop (&self->flush_source);
  tc_source_drop (&self->pause_source);
  tc_source_drop (&self->close_source);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  g_socket_close (self->socket, NULL);
  tc_peer_unref (self);
}

static gboolean
on_close (gpointer user_data)
{
  g_autoptr (TcPeer) self = tc_peer_ref (user_data);

  tc_peer_abort (self);
  self->events->closed (self, self->close_reason, self->user_data);
  return G_SOURCE_REMOVE;
}

void
tc_peer_close_quietly (TcPeer *self, const char *reason)
{
  GSource *source;

  if (self->closing)
    return;
  self->closing = TRUE;
  self->close_reason = g_strdup (reason);
  tc_peer_count_memory (self);
  tc_source_drop (&self->in_source);
  tc_source_drop (&self->pause_source);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  tc_peer_attach (self, &self->close_source, source, on_close);
}

void
tc_peer_drop (TcPeer *self, const char *reason)
{
  if (self->closing)
    return;
  tc_peer_close_quietly (self, reason);
  tc_outbox_drop (&self->outbox);
}

static void
push_message (TcPeer *self, GByteArray *header, GBytes *body)
{
  g_autoptr (GBytes) header_bytes = g_bytes_new (header->data, header->len);

  if (tc_outbox_get_bytes (&self->outbox) == 0)
    self->progress_ms = tc_now_ms ();
  tc_outbox_push (&self->outbox, header_bytes);
  tc_outbox_push (&self->outbox, body);
  self->messages_out++;
  tc_peer_count_memory (self);
}

gboolean
tc_peer_enqueue (TcPeer *self, guint8 type, GBytes *body)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GBytes) sent = tc_wire_encode (&self->shared->table, type, body, header);

  if (sent == NULL)
    return FALSE;
  push_message (self, header, sent);
  return TRUE;
}

void
tc_peer_close (TcPeer *self, const char *reason)
{
  if (self->closing)
    return;
  tc_peer_close_quietly (self, reason);
  if (self->send_cipher != NULL)
    {
      g_autoptr (GBytes) body = g_bytes_new (reason, MIN (strlen (reason), TC_WIRE_GOODBYE_MAX));
      tc_peer_enqueue (self, TC_WIRE_GOODBYE, body);
      flush (self);
    }
}

void
tc_peer_offend (TcPeer *self, guint32 points, const char *reason)
{
  if (self->closing)
    return;
  tc_peer_ref (self);
  self->events->offence (self, points, reason, self->user_data);
  tc_peer_close (self, reason);
  tc_peer_unref (self);
}

/* Sending */

static gboolean
on_writable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  TcPeer *self = user_data;

  tc_source_drop (&self->out_source);
  flush (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_flush (gpointer user_data)
{
  TcPeer *self = user_data;

  tc_source_drop (&self->flush_source);
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_room (TcPeer *self)
{
  if (self->out_source == NULL)
    tc_peer_attach (self, &self->out_source, g_socket_create_source (self->socket, G_IO_OUT, NULL), G_SOURCE_FUNC (on_writable));
}

void
tc_peer_schedule_flush (TcPeer *self)
{
  GSource *source;

  if (self->out_source != NULL || self->flush_source != NULL)
    return;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  tc_peer_attach (self, &self->flush_source, source, on_flush);
}

static void
flush (TcPeer *self)
{
  gsize budget = FLUSH_BYTES;

  if (self->state == TC_PEER_CLOSED || self->state == TC_PEER_CONNECTING)
    return;
  while (budget > 0)
    {
      g_autoptr (GError) error = NULL;
      gsize n_ready;
      const guint8 *ready = tc_outbox_peek (&self->outbox, self->send_cipher, self->shared->write_scratch, &n_ready);
      gssize n;

      if (ready == NULL)
        return;
      n = g_socket_send_with_blocking (self->socket, (const char *) ready, n_ready, FALSE, NULL, &error);
      if (n < 0)
        {
          if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            break;
          if (self->in_source == NULL)  /* else the reader finds it too, after what the other side may have said last */
            tc_peer_close_quietly (self, "the connection broke");
          return;
        }
      tc_outbox_take (&self->outbox, (gsize) n);
      self->bytes_out += (gsize) n;
      self->shared->bytes_out += (gsize) n;
      self->progress_ms = self->sent_ms = tc_now_ms ();
      tc_peer_count_memory (self);
      budget -= MIN (budget, (gsize) n);
    }
  wait_for_room (self);
}

static gboolean
has_room (TcPeer *self, GBytes *body)
{
  if (self->closing || self->state != TC_PEER_OPEN)
    return FALSE;
  if (tc_outbox_get_cost (&self->outbox) + g_bytes_get_size (body) <= self->shared->queue_max_bytes)
    return TRUE;
  tc_peer_close_quietly (self, "it reads too slowly");
  return FALSE;
}

static gboolean
end_send (TcPeer *self, guint8 type, GBytes *body, gboolean is_queued)
{
  if (!is_queued)
    {
      g_critical ("A message of type %u and %" G_GSIZE_FORMAT " bytes is over its limit, or its type is unknown: not sent", type,
                  g_bytes_get_size (body));
      return FALSE;
    }
  tc_peer_schedule_flush (self);
  return !self->closing;
}

gboolean
tc_peer_send (TcPeer *self, guint8 type, GBytes *body)
{
  return has_room (self, body) && end_send (self, type, body, tc_peer_enqueue (self, type, body));
}

gboolean
tc_peer_send_packed (TcPeer *self, guint8 type, GBytes *packed)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();
  gboolean fits;

  if (!has_room (self, packed))
    return FALSE;
  fits = tc_wire_encode_packed (&self->shared->table, type, packed, header);
  if (fits)
    push_message (self, header, packed);
  return end_send (self, type, packed, fits);
}

/* Receiving */

static void
on_pong (TcPeer *self, GBytes *body)
{
  if (self->ping_sent_us == 0 || g_bytes_get_size (body) != TC_WIRE_PING_SIZE
      || memcmp (g_bytes_get_data (body, NULL), self->ping_nonce, TC_WIRE_PING_SIZE) != 0)
    return;
  self->ping_ms = (gint32) MIN ((g_get_monotonic_time () - self->ping_sent_us) / 1000, G_MAXINT32);
  self->least_ping_ms = self->least_ping_ms < 0 ? self->ping_ms : MIN (self->least_ping_ms, self->ping_ms);
  self->ping_sent_us = 0;
}

static void
on_goodbye (TcPeer *self, GBytes *body)
{
  gsize n = 0;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autofree char *text = tc_hello_clean (data, n, TC_WIRE_GOODBYE_MAX);
  g_autofree char *reason = g_strdup_printf ("the other side closed the connection: %s", text);

  tc_peer_close_quietly (self, reason);
}

static void
dispatch_message (TcPeer *self, const TcWireMessage *message)
{
  self->messages_in++;
  if (self->state == TC_PEER_HELLO && message->type != TC_WIRE_HELLO && message->type != TC_WIRE_GOODBYE)
    {
      tc_peer_offend (self, TC_NET_BAN_POINTS, "a message before its hello");
      return;
    }
  switch (message->type)
    {
    case TC_WIRE_HELLO:
      tc_peer_take_hello (self, message->body);
      break;
    case TC_WIRE_PING:
      tc_peer_send (self, TC_WIRE_PONG, message->body);
      break;
    case TC_WIRE_PONG:
      on_pong (self, message->body);
      break;
    case TC_WIRE_GOODBYE:
      on_goodbye (self, message->body);
      break;
    default:
      self->events->message (self, message->type, message->body, self->user_data);
      break;
    }
}

static gboolean on_readable (GSocket *socket, GIOCondition condition, gpointer user_data);

void
tc_peer_start_reading (TcPeer *self)
{
  tc_peer_attach (self, &self->in_source, g_socket_create_source (self->socket, G_IO_IN, NULL), G_SOURCE_FUNC (on_readable));
}

static gboolean
on_pause_over (gpointer user_data)
{
  TcPeer *self = user_data;

  tc_source_drop (&self->pause_source);
  self->received_ms = tc_now_ms ();
  process (self);
  if (!self->closing && self->pause_source == NULL)
    tc_peer_start_reading (self);
  return G_SOURCE_REMOVE;
}

/* While all together are in debt a peer waits for what it sent itself, at a share of what all may send: who sends little is not made to wait for who sends
 * much. */
static gint64
charge_total (TcPeerShared *shared, const TcWireMessage *message, gint64 now)
{
  TcBucket *messages = &shared->total_messages, *bytes = &shared->total_bytes;
  gint64 wait_ms, share_ms;

  tc_bucket_take (messages, 1, now);
  tc_bucket_take (bytes, message->wire_bytes, now);
  wait_ms = MAX (tc_bucket_wait_ms (messages, now), tc_bucket_wait_ms (bytes, now));
  share_ms = 1 + TOTAL_SHARES * 1000 / messages->per_second + (gint64) message->wire_bytes * TOTAL_SHARES * 1000 / bytes->per_second;
  return MIN (wait_ms, share_ms);
}

/* Rule N4: "Token buckets a peer and class". What it sends waits in the kernel, then at its own end. */
static void
charge (TcPeer *self, const TcWireMessage *message)
{
  ClassBuckets *buckets = &self->buckets[self->shared->table.types[message->type].message_class];
  gint64 now = tc_now_ms (), wait_ms;

  tc_bucket_take (&buckets->messages, 1, now);
  tc_bucket_take (&buckets->bytes, message->wire_bytes, now);
  wait_ms = MAX (tc_bucket_wait_ms (&buckets->messages, now), tc_bucket_wait_ms (&buckets->bytes, now));
  if (!self->is_member)
    wait_ms = MAX (wait_ms, charge_total (self->shared, message, now));
  if (wait_ms == 0)
    return;
  tc_source_drop (&self->in_source);
  tc_peer_attach (self, &self->pause_source, g_timeout_source_new ((guint) MIN (wait_ms, G_MAXINT32)), on_pause_over);
}

static void
feed_plain (TcPeer *self)
{
  TcWireMessage message;
  const char *offence;
  gsize taken;
  TcWireResult result
      = tc_wire_reader_feed (&self->reader, self->raw->data + self->plain_position, self->plain_end - self->plain_position,
                             self->state == TC_PEER_HELLO ? (int) TC_NET_TYPE_FIRST : TC_WIRE_ANY, &taken, &message, &offence);

  self->plain_position += taken;
  switch (result)
    {
    case TC_WIRE_MORE:
      break;
    case TC_WIRE_MESSAGE:
      charge (self, &message);
      dispatch_message (self, &message);
      g_bytes_unref (message.body);
      break;
    case TC_WIRE_OFFENCE:
      tc_peer_offend (self, TC_NET_BAN_POINTS, offence);
      break;
    }
}

/* Rule N1: judged by its two bytes of length alone, before more is waited for. */
static gboolean
check_frame_length (TcPeer *self, gsize length)
{
  if (self->state == TC_PEER_HANDSHAKE)
    {
      if (length == tc_noise_message_size (self->n_handshake))
        return TRUE;
      tc_peer_offend (self, 0, "it is not a node of this network: no Noise handshake");
      return FALSE;
    }
  if (length > TC_NOISE_TAG_SIZE)
    return TRUE;
  tc_peer_offend (self, TC_NET_BAN_POINTS, "an empty frame");
  return FALSE;
}

/* Returns: FALSE where no whole frame is there. */
static gboolean
take_frame (TcPeer *self)
{
  guint8 *data = self->raw->data + self->raw_position;
  gsize have = self->raw->len - self->raw_position;
  gsize length;

  if (have < 2 || self->state == TC_PEER_PROXY)
    return FALSE;
  length = ((gsize) data[0] << 8) | data[1];
  if (!check_frame_length (self, length) || have < 2 + length)
    return FALSE;
  self->raw_position += 2 + length;
  if (self->state == TC_PEER_HANDSHAKE)
    {
      tc_peer_take_handshake_frame (self, data + 2, length);
      return TRUE;
    }
  if (!tc_noise_cipher_decrypt (self->receive_cipher, data + 2, length, data + 2))
    {
      tc_peer_offend (self, 0, "a frame was tampered with on its way");  /* not its fault: anybody on the path can do that */
      return FALSE;
    }
  self->plain_position = (gsize) (data + 2 - self->raw->data);
  self->plain_end = self->plain_position + length - TC_NOISE_TAG_SIZE;
  return TRUE;
}

static void
process (TcPeer *self)
{
  if (self->state == TC_PEER_PROXY)
    tc_peer_take_proxy (self);
  while (!self->closing && self->pause_source == NULL)
    {
      if (self->plain_position < self->plain_end)
        feed_plain (self);
      else if (!take_frame (self))
        return;
    }
}

/* Only while nothing decrypted is left: all of @raw after the position is a frame that is not whole yet. */
static void
append_raw (TcPeer *self, const guint8 *data, gsize n)
{
  TC_CHECK (self->plain_position == self->plain_end);
  if (self->raw_position == self->raw->len)
    g_byte_array_set_size (self->raw, 0);
  else if (self->raw_position > 0)
    g_byte_array_remove_range (self->raw, 0, (guint) self->raw_position);
  self->raw_position = self->plain_position = self->plain_end = 0;
  g_byte_array_append (self->raw, data, (guint) n);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (TcPeer) self = tc_peer_ref (user_data);

  for (guint i = 0; i < READS_PER_DISPATCH && !self->closing && self->pause_source == NULL; i++)
    {
      guint8 *scratch = self->shared->read_scratch;
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_receive_with_blocking (self->socket, (char *) scratch, TC_PEER_SCRATCH_BYTES, FALSE, NULL, &error);

      if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
      if (n <= 0)
        {
          tc_peer_close_quietly (self, self->state == TC_PEER_OPEN ? "the other side closed the connection"
                                                           : "the other side closed the connection before it was set up");
          break;
        }
      self->received_ms = tc_now_ms ();
      self->bytes_in += (gsize) n;
      self->shared->bytes_in += (gsize) n;
      append_raw (self, scratch, (gsize) n);
      process (self);
      tc_peer_count_memory (self);
      if ((gsize) n < TC_PEER_SCRATCH_BYTES)
        break;
    }
  return G_SOURCE_CONTINUE;
}

void
tc_peer_ping (TcPeer *self)
{
  g_autoptr (GBytes) body = NULL;

  self->pinged_ms = tc_now_ms ();
  self->ping_sent_us = g_get_monotonic_time ();
  randombytes_buf (self->ping_nonce, sizeof self->ping_nonce);
  body = g_bytes_new (self->ping_nonce, sizeof self->ping_nonce);
  tc_peer_send (self, TC_WIRE_PING, body);
}

static void
time_out_early (TcPeer *self, gint64 age_ms)
{
  if (age_ms < (self->state == TC_PEER_PROXY ? PROXY_TIMEOUT_MS : (gint64) self->shared->handshake_timeout_ms))
    return;
  if (self->state == TC_PEER_CONNECTING && self->socks.host != NULL)
    tc_peer_lose_proxy (self, "it does not answer");
  else
    tc_peer_close_quietly (self, self->state < TC_PEER_HANDSHAKE ? "no answer" : "it did not complete the handshake in time");
}

void
tc_peer_tick (TcPeer *self)
{
  gint64 now = tc_now_ms ();

  if (self->closing)
    return;
  if (self->state != TC_PEER_OPEN)
    {
      time_out_early (self, now - self->started_ms);
      return;
    }
  if (self->pause_source == NULL && now - self->received_ms >= self->shared->silence_timeout_ms)
    tc_peer_close_quietly (self, "it fell silent");
  else if (tc_outbox_get_bytes (&self->outbox) > 0 && now - self->progress_ms >= self->shared->silence_timeout_ms)
    tc_peer_close_quietly (self, "it reads too slowly");
  else if (now - self->pinged_ms >= self->shared->ping_interval_ms)
    tc_peer_ping (self);
}

guint64
tc_peer_get_id (const TcPeer *self)
{
  return self->id;
}

TcPeerState
tc_peer_get_state (const TcPeer *self)
{
  return self->state;
}

gboolean
tc_peer_is_closing (const TcPeer *self)
{
  return self->closing;
}

gboolean
tc_peer_was_open (const TcPeer *self)
{
  return self->connected_unix_ms != 0;
}

gboolean
tc_peer_is_inbound (const TcPeer *self)
{
  return self->inbound;
}

GInetAddress *
tc_peer_get_inet (const TcPeer *self)
{
  return self->inet;
}

const char *
tc_peer_get_address (const TcPeer *self)
{
  return self->address;
}

const TcHello *
tc_peer_get_hello (const TcPeer *self)
{
  return &self->hello;
}

const guint8 *
tc_peer_get_static (const TcPeer *self)
{
  return self->has_remote_static ? self->remote_static : NULL;
}

gint64
tc_peer_get_age_ms (const TcPeer *self)
{
  return tc_now_ms () - self->started_ms;
}

gsize
tc_peer_get_queue_bytes (const TcPeer *self)
{
  return tc_outbox_get_bytes (&self->outbox);
}

gboolean
tc_peer_is_member (const TcPeer *self)
{
  return self->is_member;
}

void
tc_peer_set_member (TcPeer *self, gboolean is_member)
{
  self->is_member = is_member;
}

guint64
tc_peer_get_group (const TcPeer *self)
{
  return self->group;
}

gint32
tc_peer_get_least_ping_ms (const TcPeer *self)
{
  return self->least_ping_ms;
}

gint64
tc_peer_get_useful_ms (const TcPeer *self)
{
  return self->useful_ms;
}

void
tc_peer_note_useful (TcPeer *self)
{
  self->useful_ms = tc_now_ms ();
}

static gint64
unix_of (gint64 monotonic_ms)
{
  return monotonic_ms == 0 ? 0 : g_get_real_time () / 1000 - (tc_now_ms () - monotonic_ms);
}

TcNetPeerInfo *
tc_peer_make_info (const TcPeer *self)
{
  TcNetPeerInfo *info = g_new0 (TcNetPeerInfo, 1);

  g_atomic_ref_count_init (&info->ref_count);
  info->id = self->id;
  info->address = g_strdup (self->address);
  info->inbound = self->inbound;
  memcpy (info->static_key, self->remote_static, TC_NET_STATIC_SIZE);
  info->has_operator_key = self->hello.has_operator_key;
  info->operator_key = self->hello.operator_key;
  info->agent = g_strdup (self->hello.agent);
  info->protocol_version = self->hello.protocol_version;
  info->listen_port = self->hello.listen_port;
  info->connected_ms = self->connected_unix_ms;
  info->bytes_in = self->bytes_in;
  info->bytes_out = self->bytes_out;
  info->messages_in = self->messages_in;
  info->messages_out = self->messages_out;
  info->ping_ms = self->ping_ms;
  info->least_ping_ms = self->least_ping_ms;
  info->ping_wait_ms = self->ping_sent_us == 0 ? -1 : (gint32) MIN ((g_get_monotonic_time () - self->ping_sent_us) / 1000, G_MAXINT32);
  info->received_ms = unix_of (self->received_ms);
  info->sent_ms = unix_of (self->sent_ms);
  info->is_member = self->is_member;
  info->queue_bytes = tc_outbox_get_bytes (&self->outbox);
  return info;
}
