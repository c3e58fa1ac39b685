#include "raw.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "net/address.h"
#include "net/hello.h"
#include "net/wire.h"

Raw *
raw_new (Node *node)
{
  return raw_new_from (node, "127.0.0.1");
}

Raw *
raw_new_from (Node *node, const char *source)
{
  Raw *self = g_new0 (Raw, 1);
  g_autoptr (GSocketAddress) address = tc_address_parse_socket (tc_net_get_listen_address (node->net));
  g_autoptr (GSocketAddress) here = g_inet_socket_address_new_from_string (source, 0);
  g_autoptr (GError) error = NULL;

  self->received = g_byte_array_new ();
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (self->socket, here, FALSE, NULL));
  g_socket_connect (self->socket, address, NULL, &error);  /* the kernel answers for the node */
  g_assert_no_error (error);
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  return self;
}

void
raw_free (Raw *self)
{
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_byte_array_unref (self->received);
  g_free (self);
}

gboolean
raw_poll (Raw *self)
{
  guint8 buffer[65536];
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->is_over)
    return TRUE;
  n = g_socket_receive (self->socket, (char *) buffer, sizeof buffer, NULL, &error);
  if (n > 0)
    g_byte_array_append (self->received, buffer, (guint) n);
  else if (n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    self->is_over = TRUE;
  return n > 0 || self->is_over;
}

void
raw_write (Raw *self, const guint8 *data, gsize n, gsize step)
{
  gsize position = 0;

  while (position < n)
    {
      gssize sent = g_socket_send (self->socket, (const char *) data + position, MIN (step, n - position), NULL, NULL);

      if (sent > 0)
        position += (gsize) sent;
      else if (raw_poll (self) && self->is_over)
        return;
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
write_frame (Raw *self, const GByteArray *message, gsize step)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[2] = { (guint8) (message->len >> 8), (guint8) message->len };

  g_byte_array_append (frame, header, 2);
  g_byte_array_append (frame, message->data, message->len);
  raw_write (self, frame->data, frame->len, step);
}

void
raw_handshake (Raw *self, guint8 seed, gsize step)
{
  guint8 prologue[34] = { 1, 0 }, secret[TC_NOISE_KEY_SIZE], ephemeral[TC_NOISE_KEY_SIZE];
  g_autoptr (TcNoise) noise = NULL;
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) third = g_byte_array_new ();
  g_autoptr (GByteArray) payload = g_byte_array_new ();
  gsize n_second = tc_noise_message_size (1);

  memset (prologue + 2, 0x42, 32);
  memset (secret, seed, sizeof secret);
  memset (ephemeral, seed + 1, sizeof ephemeral);
  noise = tc_noise_new (TRUE, prologue, sizeof prologue, secret, ephemeral);
  g_assert_true (tc_noise_write (noise, NULL, 0, first));
  write_frame (self, first, step);
  WAIT_UNTIL (raw_poll (self) && self->received->len >= 2 + n_second);
  g_assert_cmpuint (self->received->len, ==, 2 + n_second);
  g_assert_true (tc_noise_read (noise, self->received->data + 2, n_second, payload));
  g_byte_array_set_size (self->received, 0);
  g_assert_true (tc_noise_write (noise, NULL, 0, third));
  write_frame (self, third, step);
  tc_noise_split (noise, &self->send, &self->receive, self->hash);
}

void
raw_encrypt (Raw *self, const guint8 *plain, gsize n, GByteArray *wire)
{
  gsize length = n + TC_NOISE_TAG_SIZE;
  guint8 header[2] = { (guint8) (length >> 8), (guint8) length };
  guint start;

  g_byte_array_append (wire, header, 2);
  start = wire->len;
  g_byte_array_set_size (wire, (guint) (start + length));
  tc_noise_cipher_encrypt (&self->send, plain, n, wire->data + start);
}

void
raw_write_plain (Raw *self, const guint8 *plain, gsize n, gsize step)
{
  g_autoptr (GByteArray) wire = g_byte_array_new ();

  raw_encrypt (self, plain, n, wire);
  raw_write (self, wire->data, wire->len, step);
}

GByteArray *
raw_make_hello (void)
{
  TcHello hello = { .protocol_version = 1, .nonce = 4711, .agent = "raw" };
  g_autoptr (GBytes) body = tc_hello_encode (&hello);
  GByteArray *message = g_byte_array_new ();

  tc_put_u8 (message, TC_WIRE_HELLO);
  tc_put_u8 (message, 0);
  tc_put_blob (message, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  return message;
}

void
raw_join (Raw *self, Node *node, guint8 seed)
{
  g_autoptr (GByteArray) hello = raw_make_hello ();
  guint n = node->n_connected;

  raw_handshake (self, seed, G_MAXSIZE);
  raw_write_plain (self, hello->data, hello->len, G_MAXSIZE);
  WAIT_UNTIL (node->n_connected == n + 1);
}
