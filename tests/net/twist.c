/* A peer that lies: it stands between an honest node and whoever connects to it, passes on what both say, and changes or keeps back some of what the honest one sends.
 *
 *   twist NETWORK UPSTREAM LISTEN truth
 *   twist NETWORK UPSTREAM LISTEN flip TYPE PERCENT   one bit of every message of that type, so far into its body
 *   twist NETWORK UPSTREAM LISTEN stall TYPE AFTER    after so many messages of that type it sends none any more
 * "ready" when it stands, "first" at its first lie; at SIGTERM one line of what it did. */
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/key.h"
#include "core/network.h"
#include "net/net.h"

typedef struct
{
  TcNet   *up, *down;
  guint64  up_peer;
  GArray  *victims;   /* guint64 */
  enum { TRUTH, FLIP, STALL } mode;
  guint8   type;
  guint    figure;
  guint    n_seen, n_twisted, n_victims;
  GPtrArray *early;   /* what the upstream said before a victim came: type and body */
  GMainLoop *loop;
} Twist;

typedef struct
{
  guint8  type;
  GBytes *body;
} Said;

static void
said_free (gpointer data)
{
  Said *self = data;

  g_bytes_unref (self->body);
  g_free (self);
}

/* Returns: (transfer full) (nullable): what the victims get. */
static GBytes *
twist (Twist *self, guint8 type, GBytes *body)
{
  gsize n = g_bytes_get_size (body);
  guint8 *copy;

  if (self->mode == TRUTH || type != self->type || n == 0)
    return g_bytes_ref (body);
  self->n_seen++;
  if (self->mode == STALL && self->n_seen <= self->figure)
    return g_bytes_ref (body);
  if (self->n_twisted++ == 0)
    {
      puts ("first");
      fflush (stdout);
    }
  if (self->mode == STALL)
    return NULL;
  copy = g_memdup2 (g_bytes_get_data (body, NULL), n);
  copy[MIN (n - 1, n * self->figure / 100)] ^= 1;
  return g_bytes_new_take (copy, n);
}

static void
on_up_message (TcNet *net, guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
  Twist *self = user_data;
  g_autoptr(GBytes) twisted = twist (self, type, body);

  if (twisted == NULL)
    return;
  if (self->victims->len == 0 && self->early->len < 1000)
    {
      Said *said = g_new (Said, 1);

      *said = (Said) { type, g_bytes_ref (twisted) };
      g_ptr_array_add (self->early, said);
    }
  for (guint i = 0; i < self->victims->len; i++)
    tc_net_send (self->down, g_array_index (self->victims, guint64, i), type, twisted);
}

static void
on_up_connected (TcNet *net, guint64 peer, const TcPublicKey *key, TcNetPeerInfo *info, gpointer user_data)
{
  Twist *self = user_data;

  if (self->up_peer == 0)
    {
      puts ("ready");
      fflush (stdout);
    }
  self->up_peer = peer;
}

static void
on_down_message (TcNet *net, guint64 peer, guint8 type, GBytes *body, gpointer user_data)
{
  Twist *self = user_data;

  tc_net_send (self->up, self->up_peer, type, body);
}

static void
on_down_connected (TcNet *net, guint64 peer, const TcPublicKey *key, TcNetPeerInfo *info, gpointer user_data)
{
  Twist *self = user_data;

  self->n_victims++;
  g_array_append_val (self->victims, peer);
  for (guint i = 0; i < self->early->len; i++)
    {
      const Said *said = g_ptr_array_index (self->early, i);

      tc_net_send (self->down, peer, said->type, said->body);
    }
}

static void
on_down_disconnected (TcNet *net, guint64 peer, const char *reason, gpointer user_data)
{
  Twist *self = user_data;

  fprintf (stderr, "twist: the victim left: %s\n", reason);
  for (guint i = 0; i < self->victims->len; i++)
    if (g_array_index (self->victims, guint64, i) == peer)
      {
        g_array_remove_index (self->victims, i);
        return;
      }
}

static TcNet *
make_net (Twist *self, const TcHash *chain_id, const char *listen_address, gboolean is_up)
{
  TcNetMessageType types[TC_NET_TYPE_LAST + 1];
  static const TcNetRate rate = { 1000000, 1000000, 1000000000, 1000000000 };
  guint8 secret[TC_NET_STATIC_SIZE];
  TcNetConfig config = { .chain_id = *chain_id, .protocol_version = 1, .static_secret = secret, .listen_address = listen_address, .agent = "TimeCoin/0.1.0",
                         .types = types, .classes = &rate, .n_classes = 1, .user_data = self };

  for (guint8 type = TC_NET_TYPE_FIRST; type <= TC_NET_TYPE_LAST; type++)
    types[config.n_types++] = (TcNetMessageType) { type, 0, FALSE, TC_NET_BODY_MAX, TC_NET_BODY_MAX };
  config.callbacks = is_up ? (TcNetCallbacks) { .peer_connected = on_up_connected, .message = on_up_message }
                           : (TcNetCallbacks) { .peer_connected = on_down_connected, .peer_disconnected = on_down_disconnected, .message = on_down_message };
  tc_net_static_secret_new (secret);
  return tc_net_new (&config);
}

static gboolean
on_term (gpointer user_data)
{
  Twist *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
parse (Twist *self, int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[4], "truth") == 0)
    return TRUE;
  if (argc != 7)
    return FALSE;
  self->mode = strcmp (argv[4], "flip") == 0 ? FLIP : STALL;
  self->type = (guint8) atoi (argv[5]);
  self->figure = (guint) atoi (argv[6]);
  return self->mode == FLIP || strcmp (argv[4], "stall") == 0;
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = NULL;
  Twist self = { .victims = g_array_new (FALSE, FALSE, sizeof (guint64)), .early = g_ptr_array_new_with_free_func (said_free),
                 .loop = g_main_loop_new (NULL, FALSE) };

  if (!parse (&self, argc, argv))
    {
      fprintf (stderr, "usage: twist NETWORK UPSTREAM LISTEN truth | flip TYPE PERCENT | stall TYPE AFTER\n");
      return 2;
    }
  tc_crypto_init ();
  network = tc_network_load (argv[1], &error);
  if (network == NULL)
    g_error ("%s", error->message);
  self.up = make_net (&self, &network->genesis->chain_id, NULL, TRUE);
  self.down = make_net (&self, &network->genesis->chain_id, argv[3], FALSE);
  if (!tc_net_start (self.up, &error) || !tc_net_start (self.down, &error) || !tc_net_connect_to (self.up, argv[2], TRUE, &error))
    g_error ("%s", error->message);
  g_unix_signal_add (SIGTERM, on_term, &self);
  g_main_loop_run (self.loop);
  printf ("twisted=%u victims=%u\n", self.n_twisted, self.n_victims);
  tc_net_free (self.up);
  tc_net_free (self.down);
  g_array_unref (self.victims);
  g_ptr_array_unref (self.early);
  g_main_loop_unref (self.loop);
  return 0;
}
