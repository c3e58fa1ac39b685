#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zstd.h>

#include "core/check.h"
#include "fuzz.h"
#include "net/peer.h"

#define PLAIN_MAX  1000u
#define PACKED_MAX 5000u
#define OPS_MAX    200u
#define TURNS_MAX  16u

/* One real connection, from its first byte: Noise, hello, messages; the other end is played by our own Noise code, of which the input changes what it
 * likes, before or after it is encrypted. The first byte: bit 0 the connection was dialled (over loopback), bit 1 through a proxy that the input plays.
 * Checked: nothing but an unchanged handshake and a good hello opens it, limits, that what it sends can be decrypted, its account of memory, that it closes
 * once. */

typedef struct
{
  TcReader      reader;
  GMainContext *context;
  TcPeerShared  shared;
  TcPeer       *peer;
  gboolean      opened, closed;
  /* The other end. */
  int           fd;
  GByteArray   *in;
  TcNoise      *noise;      /* NULL: over, or spoilt */
  gboolean      has_cipher;
  gboolean      clean;      /* nothing but the true handshake was sent so far */
  TcNoiseCipher send, receive;
  guint8        hash[TC_NOISE_HASH_SIZE];
} Fuzz;

static const guint8 prologue[34] = { 1 };

/* Random numbers that follow from the input: none. */

static guint32 n_random;

static const char *
random_name (void)
{
  return "fuzz";
}

static guint32
random_next (void)
{
  return ++n_random * 2654435761u;
}

static void
random_fill (void *const buffer, const size_t size)
{
  for (size_t i = 0; i < size; i++)
    ((guint8 *) buffer)[i] = (guint8) (random_next () >> 24);
}

static struct randombytes_implementation random_source = { .implementation_name = random_name, .random = random_next, .buf = random_fill };

/* Events */

static const char *
on_step (TcPeer *peer, gpointer user_data)
{
  return NULL;
}

static void
on_opened (TcPeer *peer, gpointer user_data)
{
  Fuzz *self = user_data;

  TC_CHECK (!self->opened && !self->closed && self->has_cipher && self->clean);
  self->opened = TRUE;
}

static void
on_message (TcPeer *peer, guint8 type, GBytes *body, gpointer user_data)
{
  Fuzz *self = user_data;
  const TcWireLimit *limit = &self->shared.table.types[type];

  TC_CHECK (self->opened && !self->closed && type > TC_WIRE_GOODBYE && limit->known && g_bytes_get_size (body) <= limit->plain_max_bytes);
  if (g_bytes_get_size (body) % 7 == 0)
    tc_peer_send (peer, type, body);
}

static void
on_offence (TcPeer *peer, guint32 points, const char *reason, gpointer user_data)
{
  TC_CHECK (reason != NULL && !((Fuzz *) user_data)->closed);
}

static void
on_closed (TcPeer *peer, const char *reason, gpointer user_data)
{
  Fuzz *self = user_data;

  TC_CHECK (reason != NULL && !self->closed);
  self->closed = TRUE;
}

static const TcPeerEvents events = { .identified = on_step, .introduced = on_step, .opened = on_opened, .message = on_message, .offence = on_offence,
                                     .closed = on_closed };

/* The other end */

static void
end_handshake (Fuzz *self)
{
  if (self->noise != NULL && tc_noise_is_complete (self->noise))
    {
      tc_noise_split (self->noise, &self->send, &self->receive, self->hash);
      self->has_cipher = TRUE;
      g_clear_pointer (&self->noise, tc_noise_free);
    }
}

static void
take_frame (Fuzz *self, guint8 *frame, gsize n)
{
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  if (self->has_cipher)
    {
      TC_CHECK (n > TC_NOISE_TAG_SIZE && (!self->clean || tc_noise_cipher_decrypt (&self->receive, frame, n, frame)));
      return;
    }
  if (self->noise == NULL || tc_noise_is_writing (self->noise) || !tc_noise_read (self->noise, frame, n, payload))
    {
      TC_CHECK (!self->clean || self->noise == NULL);
      g_clear_pointer (&self->noise, tc_noise_free);
    }
  end_handshake (self);
}

static void
receive (Fuzz *self)
{
  guint8 buffer[65536];
  gssize n;
  gsize length;

  while ((n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (self->in, buffer, (guint) n);
  if (tc_peer_get_state (self->peer) <= TC_PEER_PROXY && self->shared.proxy != NULL)
    g_byte_array_set_size (self->in, 0);
  while (self->in->len >= 2 && self->in->len >= 2 + (length = ((gsize) self->in->data[0] << 8) | self->in->data[1]))
    {
      take_frame (self, self->in->data + 2, length);
      g_byte_array_remove_range (self->in, 0, (guint) (2 + length));
    }
}

static void
turn (Fuzz *self)
{
  for (guint i = 0; i < TURNS_MAX && g_main_context_iteration (self->context, FALSE); i++)
    ;
  receive (self);
  TC_CHECK (self->shared.memory_bytes == tc_peer_get_memory (self->peer));
}

static void
say (Fuzz *self, const guint8 *data, gsize n)
{
  gssize sent = send (self->fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (sent >= 0 && (gsize) sent < n)
    self->clean = FALSE;
  turn (self);
}

static void
say_frame (Fuzz *self, const guint8 *data, gsize n)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  const guint8 header[2] = { (guint8) (n >> 8), (guint8) n };

  g_byte_array_append (frame, header, 2);
  g_byte_array_append (frame, data, (guint) n);
  say (self, frame->data, frame->len);
}

static void
say_plain (Fuzz *self, const guint8 *data, gsize n)
{
  g_autofree guint8 *frame = g_malloc (n + TC_NOISE_TAG_SIZE);

  if (!self->has_cipher || n > TC_NOISE_PLAIN_MAX)
    return;
  tc_noise_cipher_encrypt (&self->send, data, n, frame);
  say_frame (self, frame, n + TC_NOISE_TAG_SIZE);
}

static void
say_message (Fuzz *self, guint8 type, guint8 flags, const guint8 *body, gsize n)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  tc_put_u8 (message, type);
  tc_put_u8 (message, flags);
  tc_put_varint (message, n);
  if (n > 0)
    g_byte_array_append (message, body, (guint) n);
  say_plain (self, message->data, message->len);
}

static void
say_hello (Fuzz *self, guint8 variant)
{
  static const guint8 seed[TC_SEED_SIZE] = { 5 };
  TcHello hello = { .protocol_version = 1, .nonce = variant, .listen_port = 24000, .agent = "fuzz", .is_probe = variant % 8 == 7 };
  g_autoptr (GBytes) body = NULL;

  if (variant % 2 == 1)
    {
      g_autoptr (TcSecretKey) key = tc_secret_key_new (seed);
      tc_hello_prove (&hello, key, self->hash, (variant % 16 == 9) != tc_peer_is_inbound (self->peer));
    }
  body = tc_hello_encode (&hello);
  say_message (self, TC_WIRE_HELLO, 0, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* Its next handshake message, perhaps changed: @mask 0 changes nothing. */
static void
say_handshake (Fuzz *self, guint8 position, guint8 mask)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  if (self->noise == NULL || !tc_noise_is_writing (self->noise))
    return;
  TC_CHECK (tc_noise_write (self->noise, NULL, 0, message));
  end_handshake (self);
  message->data[position % message->len] ^= mask;
  self->clean &= mask == 0;
  say_frame (self, message->data, message->len);
}

static void
say_packed (Fuzz *self, guint8 type, guint8 fill, const guint8 *body, gsize n)
{
  g_autofree guint8 *plain = g_malloc0 (n + 24u * fill);
  g_autofree guint8 *packed = g_malloc (ZSTD_compressBound (n + 24u * fill));
  size_t size;

  if (n > 0)
    memcpy (plain, body, n);
  size = ZSTD_compress (packed, ZSTD_compressBound (n + 24u * fill), plain, n + 24u * fill, 1);
  if (!ZSTD_isError (size))
    say_message (self, type, TC_WIRE_FLAG_ZSTD, packed, size);
}

static void
op (Fuzz *self)
{
  const guint8 kind = tc_reader_u8 (&self->reader), a = tc_reader_u8 (&self->reader), b = tc_reader_u8 (&self->reader);
  const gsize n = MIN (a, tc_reader_left (&self->reader));

  switch (kind % 10)
    {
    case 0:
      self->clean &= n == 0 || tc_peer_get_state (self->peer) <= TC_PEER_PROXY;
      say (self, tc_reader_view (&self->reader, n), n);
      break;
    case 1:
    case 2:
      say_handshake (self, a, kind % 10 == 2 ? b : 0);
      break;
    case 3:
      say_plain (self, tc_reader_view (&self->reader, n), n);
      break;
    case 4:
    case 5:
      say_message (self, b, kind % 10 == 5 ? TC_WIRE_FLAG_ZSTD : 0, tc_reader_view (&self->reader, n), n);
      break;
    case 6:
      say_hello (self, a);
      break;
    case 7:
      say_packed (self, 17, b, tc_reader_view (&self->reader, n), n);
      break;
    case 8:
      tc_peer_ping (self->peer);
      tc_peer_tick (self->peer);
      break;
    default:
      if (a == 1)
        shutdown (self->fd, SHUT_WR);
      else if (a == 2)
        tc_peer_close (self->peer, "fuzz");
      break;
    }
  turn (self);
}

/* Setting up */

static void
init_shared (Fuzz *self)
{
  static const TcNetMessageType types[] = { { 16, 0, FALSE, PLAIN_MAX, PLAIN_MAX }, { 17, 0, TRUE, PLAIN_MAX, PACKED_MAX } };
  static const TcNetRate rate = { G_MAXUINT32, G_MAXUINT32, G_MAXUINT32, G_MAXUINT32 };
  TcPeerShared *shared = &self->shared;

  shared->context = self->context;
  memcpy (shared->prologue, prologue, sizeof prologue);
  shared->static_secret = g_malloc (TC_NET_STATIC_SIZE);
  memset (shared->static_secret, 7, TC_NET_STATIC_SIZE);
  shared->hello = (TcHello){ .protocol_version = 1, .nonce = 1, .agent = "fuzzed" };
  tc_wire_table_init (&shared->table, types, G_N_ELEMENTS (types), 1);
  shared->classes[0] = shared->classes[1] = rate;
  shared->n_classes = 2;
  shared->queue_max_bytes = 2 * TC_NET_BODY_MAX;
  shared->memory_max_bytes = G_MAXUINT64;
  tc_bucket_init (&shared->total_messages, G_MAXUINT32, G_MAXUINT32, 0);
  tc_bucket_init (&shared->total_bytes, G_MAXUINT32, G_MAXUINT32, 0);
  shared->handshake_timeout_ms = shared->ping_interval_ms = shared->silence_timeout_ms = G_MAXINT32;
  shared->read_scratch = g_malloc (TC_PEER_SCRATCH_BYTES);
  shared->write_scratch = g_malloc (TC_PEER_SCRATCH_BYTES);
}

static GSocket *listening;

static void
accept_inbound (Fuzz *self)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("192.0.2.1", 4711);
  GSocket *socket;
  int fds[2];

  TC_CHECK (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  self->fd = fds[1];
  socket = g_socket_new_from_fd (fds[0], NULL);
  TC_CHECK (socket != NULL);
  g_socket_set_blocking (socket, FALSE);
  self->peer = tc_peer_new_inbound (&self->shared, 1, socket, address, &events, self);
  tc_peer_start (self->peer);
}

static void
dial_outbound (Fuzz *self, gboolean through_proxy)
{
  g_autoptr (GSocketAddress) here = g_socket_get_local_address (listening, NULL);
  const struct linger at_once = { 1, 0 };
  const char *reason;

  if (through_proxy)
    self->shared.proxy = g_object_ref (here);
  self->peer = tc_peer_new_outbound (&self->shared, 1, through_proxy ? "fuzz.example" : "127.0.0.1",
                                     g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here)), &events, self, &reason);
  TC_CHECK (self->peer != NULL);
  tc_peer_start (self->peer);
  self->fd = accept4 (g_socket_get_fd (listening), NULL, NULL, SOCK_NONBLOCK);
  TC_CHECK (self->fd >= 0);
  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  randombytes_set_implementation (&random_source);
  tc_crypto_init ();
  listening = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  TC_CHECK (g_socket_bind (listening, any, TRUE, NULL) && g_socket_listen (listening, NULL));
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Fuzz fuzz = { .clean = TRUE, .context = g_main_context_new (), .in = g_byte_array_new () };
  guint8 secret[TC_NOISE_KEY_SIZE], ephemeral[TC_NOISE_KEY_SIZE], mode;

  n_random = 0;
  tc_reader_init (&fuzz.reader, data, size);
  mode = tc_reader_u8 (&fuzz.reader);
  init_shared (&fuzz);
  memset (secret, 9, sizeof secret);
  memset (ephemeral, 11, sizeof ephemeral);
  fuzz.noise = tc_noise_new ((mode & 1) == 0, prologue, sizeof prologue, secret, ephemeral);
  if ((mode & 1) == 0)
    accept_inbound (&fuzz);
  else
    dial_outbound (&fuzz, (mode & 2) != 0);
  turn (&fuzz);
  for (guint i = 0; i < OPS_MAX && tc_reader_left (&fuzz.reader) > 0; i++)
    op (&fuzz);
  tc_peer_abort (fuzz.peer);
  TC_CHECK (fuzz.shared.memory_bytes == 0);
  tc_peer_unref (fuzz.peer);
  while (g_main_context_iteration (fuzz.context, FALSE))
    ;
  close (fuzz.fd);
  tc_noise_free (fuzz.noise);
  g_byte_array_unref (fuzz.in);
  g_clear_object (&fuzz.shared.proxy);
  g_free (fuzz.shared.static_secret);
  g_free (fuzz.shared.read_scratch);
  g_free (fuzz.shared.write_scratch);
  g_main_context_unref (fuzz.context);
  return 0;
}
