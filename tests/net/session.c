#include "session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/codec.h"
#include "net/hello.h"
#include "net/noise.h"
#include "net/wire.h"

#define VERSION     1
#define SEND_MS     20000
#define HANDSHAKE_MS 10000

struct _Session
{
  int           fd;
  TcNoiseCipher send, receive;
  TcWireTable   table;
  TcWireReader  reader;
  GByteArray   *plain;   /* decrypted, not read yet */
};

int
session_dial (const char *source, const char *victim)
{
  g_auto(GStrv) parts = g_strsplit (victim, ":", 2);
  struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET, .sin_port = htons ((guint16) atoi (parts[1])) };
  struct timeval connect_within = { .tv_sec = HANDSHAKE_MS / 1000 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &connect_within, sizeof connect_within);
  setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  inet_pton (AF_INET, parts[0], &to.sin_addr);
  if (source != NULL)
    inet_pton (AF_INET, source, &from.sin_addr);
  if ((source != NULL && bind (fd, (struct sockaddr *) &from, sizeof from) != 0) || connect (fd, (struct sockaddr *) &to, sizeof to) != 0)
    {
      close (fd);
      return -1;
    }
  return fd;
}

static gboolean
wait_for (int fd, short events, int timeout_ms)
{
  struct pollfd item = { fd, events, 0 };

  return poll (&item, 1, timeout_ms) > 0;
}

static gboolean
write_all (int fd, const guint8 *data, gsize n)
{
  while (n > 0)
    {
      gssize sent;

      if (!wait_for (fd, POLLOUT, SEND_MS))
        return FALSE;
      sent = send (fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        continue;
      if (sent <= 0)
        return FALSE;
      data += sent;
      n -= (gsize) sent;
    }
  return TRUE;
}

static gboolean
read_exactly (int fd, guint8 *data, gsize n, int timeout_ms)
{
  while (n > 0)
    {
      gssize got;

      if (!wait_for (fd, POLLIN, timeout_ms))
        return FALSE;
      got = recv (fd, data, n, 0);
      if (got <= 0)
        return FALSE;
      data += got;
      n -= (gsize) got;
    }
  return TRUE;
}

static gboolean
write_frame (int fd, const guint8 *data, gsize n)
{
  g_autofree guint8 *frame = g_malloc (2 + n);

  frame[0] = (guint8) (n >> 8);
  frame[1] = (guint8) n;
  memcpy (frame + 2, data, n);
  return write_all (fd, frame, 2 + n);
}

static gboolean
shake_hands (Session *self, const TcHash *chain_id, gboolean initiator, guint64 seed)
{
  guint8 prologue[2 + TC_HASH_SIZE] = { VERSION, 0 }, secret[TC_NOISE_KEY_SIZE] = { 0 }, ephemeral[TC_NOISE_KEY_SIZE], hash[TC_NOISE_HASH_SIZE];
  g_autoptr(TcNoise) noise = NULL;
  g_autoptr(GByteArray) rest = g_byte_array_new ();

  memcpy (prologue + 2, chain_id->bytes, TC_HASH_SIZE);
  memcpy (secret, &seed, sizeof seed);
  randombytes_buf (ephemeral, sizeof ephemeral);
  noise = tc_noise_new (initiator, prologue, sizeof prologue, secret, ephemeral);
  for (guint i = 0; i < TC_NOISE_N_MESSAGES; i++)
    {
      g_autoptr(GByteArray) message = g_byte_array_new ();
      guint8 received[2 + 256];
      gsize n = tc_noise_message_size (i);

      if (tc_noise_is_writing (noise))
        {
          if (!tc_noise_write (noise, NULL, 0, message) || !write_frame (self->fd, message->data, message->len))
            return FALSE;
        }
      else if (!read_exactly (self->fd, received, 2 + n, HANDSHAKE_MS) || !tc_noise_read (noise, received + 2, n, rest))
        return FALSE;
    }
  tc_noise_split (noise, &self->send, &self->receive, hash);
  return TRUE;
}

static gboolean
say_hello (Session *self, guint64 seed, guint16 listen_port)
{
  TcHello hello = { .protocol_version = VERSION, .nonce = seed, .listen_port = listen_port, .agent = "TimeCoin/0.1.0" };
  g_autoptr(GBytes) body = tc_hello_encode (&hello);

  return session_send (self, TC_WIRE_HELLO, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static Session *
session_begin (const TcHash *chain_id, int fd, gboolean initiator, guint64 seed, guint16 listen_port)
{
  g_autoptr(Session) self = g_new0 (Session, 1);

  self->fd = fd;
  self->plain = g_byte_array_new ();
  for (guint i = 0; i <= TC_NET_TYPE_LAST; i++)
    self->table.types[i] = (TcWireLimit) { .known = TRUE, .wire_max_bytes = TC_NET_BODY_MAX, .plain_max_bytes = TC_NET_BODY_MAX };
  tc_wire_reader_init (&self->reader, &self->table);
  if (!shake_hands (self, chain_id, initiator, seed) || !say_hello (self, seed, listen_port))
    return NULL;
  return g_steal_pointer (&self);
}

Session *
session_connect (const TcHash *chain_id, const char *source, const char *victim, guint64 seed, guint16 listen_port)
{
  int fd = session_dial (source, victim);

  return fd < 0 ? NULL : session_begin (chain_id, fd, TRUE, seed, listen_port);
}

Session *
session_accept (const TcHash *chain_id, int fd, guint64 seed, guint16 listen_port)
{
  return session_begin (chain_id, fd, FALSE, seed, listen_port);
}

void
session_free (Session *self)
{
  close (self->fd);
  tc_wire_reader_clear (&self->reader);
  g_byte_array_unref (self->plain);
  g_free (self);
}

gboolean
session_send (Session *self, guint8 type, const guint8 *body, gsize n)
{
  g_autoptr(GByteArray) message = g_byte_array_new ();
  g_autofree guint8 *frame = g_malloc (TC_NOISE_FRAME_MAX);

  tc_put_u8 (message, type);
  tc_put_u8 (message, 0);
  tc_put_blob (message, body, n);
  for (gsize at = 0; at < message->len; at += TC_NOISE_PLAIN_MAX)
    {
      gsize size = MIN (TC_NOISE_PLAIN_MAX, message->len - at);

      tc_noise_cipher_encrypt (&self->send, message->data + at, size, frame);
      if (!write_frame (self->fd, frame, size + TC_NOISE_TAG_SIZE))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_frame (Session *self, int timeout_ms, gboolean *ret_over)
{
  guint8 header[2];
  g_autofree guint8 *frame = NULL;
  gsize n;

  if (!wait_for (self->fd, POLLIN, timeout_ms))
    return FALSE;
  *ret_over = TRUE;
  if (!read_exactly (self->fd, header, 2, SEND_MS))
    return FALSE;
  n = (gsize) header[0] << 8 | header[1];
  frame = g_malloc (n + 1);
  if (n < TC_NOISE_TAG_SIZE || !read_exactly (self->fd, frame, n, SEND_MS) || !tc_noise_cipher_decrypt (&self->receive, frame, n, frame))
    return FALSE;
  *ret_over = FALSE;
  g_byte_array_append (self->plain, frame, (guint) (n - TC_NOISE_TAG_SIZE));
  return TRUE;
}

gboolean
session_read (Session *self, guint timeout_ms, guint8 *ret_type, GBytes **ret_body, gboolean *ret_over)
{
  TcWireMessage message;
  const char *offence;
  gsize taken;

  *ret_over = FALSE;
  for (;;)
    {
      TcWireResult result = tc_wire_reader_feed (&self->reader, self->plain->data, self->plain->len, TC_WIRE_ANY, &taken, &message, &offence);

      if (taken > 0)
        g_byte_array_remove_range (self->plain, 0, (guint) taken);
      if (result == TC_WIRE_OFFENCE)
        {
          *ret_over = TRUE;
          return FALSE;
        }
      if (result == TC_WIRE_MORE)
        {
          if (!read_frame (self, (int) timeout_ms, ret_over))
            return FALSE;
          continue;
        }
      if (message.type != TC_WIRE_PING)
        break;
      if (!session_send (self, TC_WIRE_PONG, g_bytes_get_data (message.body, NULL), g_bytes_get_size (message.body)))
        {
          g_bytes_unref (message.body);
          *ret_over = TRUE;
          return FALSE;
        }
      g_bytes_unref (message.body);
    }
  *ret_type = message.type;
  *ret_body = message.body;
  return TRUE;
}
