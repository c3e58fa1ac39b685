#include "peer-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <string.h>

#include "address.h"
#include "core/check.h"

/* Proxy */

void
tc_peer_begin_socks (TcPeer *self, const char *host, guint16 port)
{
  g_autoptr (GByteArray) greeting = g_byte_array_new ();
  guint8 token[TC_SOCKS_TOKEN_SIZE];

  randombytes_buf (token, sizeof token);
  tc_socks_init (&self->socks, host, port, token, greeting);
  tc_outbox_put_raw (&self->outbox, greeting);
}

static void
tell_proxy (TcPeer *self, const char *problem)
{
  if (self->events->proxied != NULL)
    self->events->proxied (self, problem, self->user_data);
}

void
tc_peer_lose_proxy (TcPeer *self, const char *problem)
{
  g_autofree char *proxy = tc_address_to_text (self->socket_address);
  g_autofree char *reason = g_strdup_printf ("the proxy %s cannot be used: %s", proxy, problem);

  tell_proxy (self, reason);
  tc_peer_close_quietly (self, reason);
}

static void begin_noise (TcPeer *self);

void
tc_peer_take_proxy (TcPeer *self)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  const char *error;
  gsize taken;
  TcSocksResult result = tc_socks_feed (&self->socks, self->raw->data + self->raw_position, self->raw->len - self->raw_position, &taken, out, &error);

  self->raw_position += taken;
  switch (result)
    {
    case TC_SOCKS_MORE:
      tc_outbox_put_raw (&self->outbox, out);
      tc_peer_schedule_flush (self);
      break;
    case TC_SOCKS_DONE:
      tell_proxy (self, NULL);
      self->started_ms = tc_now_ms ();
      begin_noise (self);
      break;
    case TC_SOCKS_FAILED:
      tell_proxy (self, NULL);
      tc_peer_close_quietly (self, error);
      break;
    case TC_SOCKS_USELESS:
      tc_peer_lose_proxy (self, error);
      break;
    }
}

/* Handshake */

static void
put_handshake_message (TcPeer *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  if (!tc_noise_write (self->noise, NULL, 0, message))
    {
      tc_peer_offend (self, 0, "its key is not a good one");
      return;
    }
  tc_outbox_put_frame (&self->outbox, message);
  self->n_handshake++;
  tc_peer_schedule_flush (self);
}

static void
send_hello (TcPeer *self)
{
  g_autoptr (GBytes) body = NULL;
  TcHello hello = self->shared->hello;

  if (self->shared->operator_key != NULL)
    tc_hello_prove (&hello, self->shared->operator_key, self->handshake_hash, !self->inbound);
  body = tc_hello_encode (&hello);
  TC_CHECK (tc_peer_enqueue (self, TC_WIRE_HELLO, body));
  tc_peer_schedule_flush (self);
}

/* The initiator says hello first; the other side answers with its own, or with goodbye, when it has decided. */
static void
finish_handshake (TcPeer *self)
{
  self->send_cipher = sodium_malloc (sizeof (TcNoiseCipher));
  self->receive_cipher = sodium_malloc (sizeof (TcNoiseCipher));
  if (self->send_cipher == NULL || self->receive_cipher == NULL)
    g_error ("Out of memory for a connection");
  tc_noise_split (self->noise, self->send_cipher, self->receive_cipher, self->handshake_hash);
  g_clear_pointer (&self->noise, tc_noise_free);
  self->state = TC_PEER_HELLO;
  if (!self->inbound)
    send_hello (self);
}

void
tc_peer_take_handshake_frame (TcPeer *self, const guint8 *frame, gsize n)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  const guint8 *remote_static;

  if (!tc_noise_read (self->noise, frame, n, payload))
    {
      tc_peer_offend (self, 0, "it is not a node of this network, or it speaks another version of the protocol");
      return;
    }
  self->n_handshake++;
  remote_static = tc_noise_get_remote_static (self->noise);
  if (remote_static != NULL)
    {
      const char *reason;

      memcpy (self->remote_static, remote_static, TC_NET_STATIC_SIZE);
      self->has_remote_static = TRUE;
      reason = self->events->identified (self, self->user_data);
      if (reason != NULL)
        {
          tc_peer_close (self, reason);
          return;
        }
    }
  if (!tc_noise_is_complete (self->noise))
    put_handshake_message (self);
  if (!self->closing && tc_noise_is_complete (self->noise))
    finish_handshake (self);
}

/* M6: whoever asks may know who is here; it takes nobody's place. */
static void
answer_probe (TcPeer *self)
{
  if (self->inbound)
    send_hello (self);
  tc_peer_close (self, "it only asked who is here");
}

void
tc_peer_take_hello (TcPeer *self, GBytes *body)
{
  gsize n = 0;
  const guint8 *data = g_bytes_get_data (body, &n);
  const char *reason;

  if (self->state != TC_PEER_HELLO)
    {
      tc_peer_offend (self, TC_NET_BAN_POINTS, "a second hello");
      return;
    }
  if (!tc_hello_decode (data, n, &self->hello, NULL))
    {
      tc_peer_offend (self, TC_NET_BAN_POINTS, "a malformed hello");
      return;
    }
  if (!tc_hello_check (&self->hello, self->handshake_hash, self->inbound))
    {
      tc_peer_offend (self, TC_NET_BAN_POINTS, "a forged proof of an operator key");
      return;
    }
  if (self->hello.is_probe)
    {
      answer_probe (self);
      return;
    }
  reason = self->events->introduced (self, self->user_data);
  if (reason != NULL)
    {
      tc_peer_close (self, reason);
      return;
    }
  if (self->inbound)
    send_hello (self);
  self->state = TC_PEER_OPEN;
  self->connected_unix_ms = g_get_real_time () / 1000;
  self->received_ms = self->pinged_ms = tc_now_ms ();
  self->events->opened (self, self->user_data);
}

/* Starting */

static void
begin_noise (TcPeer *self)
{
  guint8 ephemeral[TC_NOISE_KEY_SIZE];

  randombytes_buf (ephemeral, sizeof ephemeral);
  self->noise = tc_noise_new (!self->inbound, self->shared->prologue, sizeof self->shared->prologue, self->shared->static_secret, ephemeral);
  sodium_memzero (ephemeral, sizeof ephemeral);
  self->state = TC_PEER_HANDSHAKE;
  if (!self->inbound)
    put_handshake_message (self);
}

/* The first connection stands: to the peer, or to the proxy. */
static void
begin (TcPeer *self)
{
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  tc_peer_start_reading (self);
  if (self->socks.host == NULL)
    {
      begin_noise (self);
      return;
    }
  self->state = TC_PEER_PROXY;
  tc_peer_schedule_flush (self);
}

static void
fail_connect (TcPeer *self, const GError *error)
{
  if (self->socks.host != NULL)
    tc_peer_lose_proxy (self, error->message);
  else
    tc_peer_close_quietly (self, error->message);
}

static gboolean
on_connected (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  TcPeer *self = user_data;
  g_autoptr (GError) error = NULL;

  tc_source_drop (&self->out_source);
  if (!g_socket_check_connect_result (self->socket, &error))
    fail_connect (self, error);
  else if (!self->closing)
    begin (self);
  return G_SOURCE_REMOVE;
}

void
tc_peer_start (TcPeer *self)
{
  g_autoptr (GError) error = NULL;

  if (self->inbound || g_socket_connect (self->socket, self->socket_address, NULL, &error))
    begin (self);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    tc_peer_attach (self, &self->out_source, g_socket_create_source (self->socket, G_IO_OUT, NULL), G_SOURCE_FUNC (on_connected));
  else
    fail_connect (self, error);
}
