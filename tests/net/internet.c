/* A small internet in one process: hosts that are network namespaces of their own, each with one TUN device, and between them this program, which carries
 * their packets with the latency, the loss and the cuts that it is told. It needs the right to make namespaces (root, or `unshare -Urn`) and /dev/net/tun.
 *
 *   internet NAME=ADDRESS[+MORE]…       ADDRESS: IPv4 within 10.0.0.0/8; +MORE: so many further addresses, counting up
 *
 * A host's namespace is /proc/PID/fd/N: the first line says `ready NAME=N …`. Then commands on stdin, each answered by one line ("ok", or "error …"):
 *   delay A B MS       each way; * for all hosts
 *   loss A B PERMILLE  each way
 *   cut A B | join A B both ways
 *   stats              "A B packets bytes lost" of each pair that spoke, and then "ok"
 * Losses follow from a fixed seed and the order of packets. It ends when stdin does, and the namespaces with it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib.h>

#define HOSTS_MAX     32u
#define PACKET_MAX    65536u
#define WAITING_MAX   200000u  /* packets on their way; what comes above is lost */
#define QUEUE_PACKETS 10000    /* of a device */

typedef struct
{
  char    *name;
  guint32  first, n;   /* addresses, host order */
  int      namespace;
  int      tun;
} Host;

typedef struct
{
  guint32 delay_ms, loss_permille;
  int     is_cut;
  guint64 packets, bytes, lost;
} Link;

typedef struct
{
  gint64  due_us;
  guint64 order;
  guint32 to;
  guint32 size;
  guint8 *data;
} Packet;

typedef struct
{
  Host    hosts[HOSTS_MAX];
  guint   n_hosts;
  Link    links[HOSTS_MAX][HOSTS_MAX];  /* from, to */
  Packet *heap;
  gsize   n_waiting;
  guint64 order;
  guint64 seed;
} Internet;

static void
die (const char *what)
{
  fprintf (stderr, "internet: %s: %s\n", what, g_strerror (errno));
  exit (77);  /* what meson takes for skipped: this machine does not let us */
}

/* --- hosts --- */

static void
add_address (int control, const char *label, guint32 address)
{
  struct ifreq request = { 0 };
  struct sockaddr_in *where = (struct sockaddr_in *) (void *) &request.ifr_addr;

  g_strlcpy (request.ifr_name, label, sizeof request.ifr_name);
  where->sin_family = AF_INET;
  where->sin_addr.s_addr = htonl (address);
  if (ioctl (control, SIOCSIFADDR, &request) != 0)
    die ("cannot give a host its address");
  where->sin_addr.s_addr = htonl (0xff000000u);
  if (ioctl (control, SIOCSIFNETMASK, &request) != 0)
    die ("cannot set a netmask");
}

static void
bring_up (int control, const char *device)
{
  struct ifreq request = { 0 };

  g_strlcpy (request.ifr_name, device, sizeof request.ifr_name);
  if (ioctl (control, SIOCGIFFLAGS, &request) != 0)
    die ("cannot read a device's flags");
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  if (ioctl (control, SIOCSIFFLAGS, &request) != 0)
    die ("cannot bring a device up");
}

static int
open_tun (void)
{
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  int fd = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

  g_strlcpy (request.ifr_name, "tun0", sizeof request.ifr_name);
  if (fd < 0 || ioctl (fd, TUNSETIFF, &request) != 0)
    die ("cannot open /dev/net/tun");
  return fd;
}

/* This process moves into a namespace of the host's own and leaves it again. */
static void
make_host (Host *self, int home)
{
  struct ifreq queue = { .ifr_qlen = QUEUE_PACKETS };
  int control;

  if (unshare (CLONE_NEWNET) != 0)
    die ("cannot make a network namespace");
  self->namespace = open ("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  self->tun = open_tun ();
  control = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (self->namespace < 0 || control < 0)
    die ("cannot open a namespace");
  bring_up (control, "lo");
  for (guint32 i = 0; i < self->n; i++)
    {
      char label[IFNAMSIZ];

      g_snprintf (label, sizeof label, i == 0 ? "tun0" : "tun0:%u", i);
      add_address (control, label, self->first + i);
    }
  bring_up (control, "tun0");
  g_strlcpy (queue.ifr_name, "tun0", sizeof queue.ifr_name);
  ioctl (control, SIOCSIFTXQLEN, &queue);
  close (control);
  if (setns (home, CLONE_NEWNET) != 0)
    die ("cannot come home");
}

static void
parse_host (Internet *self, const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "=", 2);
  g_auto(GStrv) addresses = parts[0] != NULL && parts[1] != NULL ? g_strsplit (parts[1], "+", 2) : NULL;
  struct in_addr first;

  if (addresses == NULL || addresses[0] == NULL || inet_pton (AF_INET, addresses[0], &first) != 1 || self->n_hosts == HOSTS_MAX)
    {
      fprintf (stderr, "internet: not NAME=ADDRESS[+MORE], or too many: %s\n", text);
      exit (2);
    }
  self->hosts[self->n_hosts++] = (Host) { g_strdup (parts[0]), ntohl (first.s_addr), 1 + (addresses[1] != NULL ? (guint32) atoi (addresses[1]) : 0), -1, -1 };
}

/* --- packets --- */

static guint
find_owner (const Internet *self, guint32 address)
{
  for (guint i = 0; i < self->n_hosts; i++)
    if (address - self->hosts[i].first < self->hosts[i].n)
      return i;
  return HOSTS_MAX;
}

static int
goes_before (const Packet *a, const Packet *b)
{
  return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void
push (Internet *self, Packet packet)
{
  gsize i = self->n_waiting++;

  for (; i > 0 && goes_before (&packet, &self->heap[(i - 1) / 2]); i = (i - 1) / 2)
    self->heap[i] = self->heap[(i - 1) / 2];
  self->heap[i] = packet;
}

static Packet
pop (Internet *self)
{
  Packet first = self->heap[0], last = self->heap[--self->n_waiting];
  gsize i = 0, child;

  while ((child = 2 * i + 1) < self->n_waiting)
    {
      if (child + 1 < self->n_waiting && goes_before (&self->heap[child + 1], &self->heap[child]))
        child++;
      if (!goes_before (&self->heap[child], &last))
        break;
      self->heap[i] = self->heap[child];
      i = child;
    }
  self->heap[i] = last;
  return first;
}

static guint32
draw_permille (Internet *self)
{
  self->seed ^= self->seed << 13;
  self->seed ^= self->seed >> 7;
  self->seed ^= self->seed << 17;
  return (guint32) (self->seed % 1000);
}

/* An IPv4 packet's destination stands at byte 16. */
static void
take (Internet *self, guint from, const guint8 *data, gsize size)
{
  guint32 address;
  guint to;
  Link *link;

  if (size < 20 || data[0] >> 4 != 4)
    return;
  memcpy (&address, data + 16, 4);
  to = find_owner (self, ntohl (address));
  if (to == HOSTS_MAX)
    return;
  link = &self->links[from][to];
  link->packets++;
  link->bytes += size;
  if (link->is_cut || self->n_waiting == WAITING_MAX || (link->loss_permille > 0 && draw_permille (self) < link->loss_permille))
    {
      link->lost++;
      return;
    }
  push (self, (Packet) { g_get_monotonic_time () + link->delay_ms * 1000, self->order++, to, (guint32) size, g_memdup2 (data, size) });
}

static void
read_all (Internet *self, guint host)
{
  static guint8 buffer[PACKET_MAX];
  gssize n;

  for (guint i = 0; i < 64 && (n = read (self->hosts[host].tun, buffer, sizeof buffer)) > 0; i++)
    take (self, host, buffer, (gsize) n);
}

static void
deliver (Internet *self)
{
  while (self->n_waiting > 0 && self->heap[0].due_us <= g_get_monotonic_time ())
    {
      Packet packet = pop (self);
      gssize n = write (self->hosts[packet.to].tun, packet.data, packet.size);

      (void) n;  /* as a router that is full: TCP sends it again */
      g_free (packet.data);
    }
}

/* --- commands --- */

static int
is_meant (const Host *host, const char *name)
{
  return strcmp (name, "*") == 0 || strcmp (name, host->name) == 0;
}

static int
set_links (Internet *self, const char *verb, const char *a, const char *b, guint32 value)
{
  int n = 0;

  for (guint i = 0; i < self->n_hosts; i++)
    for (guint j = 0; j < self->n_hosts; j++)
      {
        Link *link = &self->links[i][j];

        if (i == j || !((is_meant (&self->hosts[i], a) && is_meant (&self->hosts[j], b)) || (is_meant (&self->hosts[i], b) && is_meant (&self->hosts[j], a))))
          continue;
        n++;
        if (strcmp (verb, "delay") == 0)
          link->delay_ms = value;
        else if (strcmp (verb, "loss") == 0)
          link->loss_permille = value;
        else if (strcmp (verb, "cut") == 0)
          link->is_cut = 1;
        else if (strcmp (verb, "join") == 0)
          link->is_cut = 0;
        else
          return 0;
      }
  return n;
}

static void
tell_stats (const Internet *self)
{
  for (guint i = 0; i < self->n_hosts; i++)
    for (guint j = 0; j < self->n_hosts; j++)
      if (self->links[i][j].packets > 0)
        printf ("%s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", self->hosts[i].name, self->hosts[j].name,
                self->links[i][j].packets, self->links[i][j].bytes, self->links[i][j].lost);
}

static void
obey (Internet *self, const char *line)
{
  char verb[16], a[32], b[32];
  guint32 value = 0;
  int n = sscanf (line, "%15s %31s %31s %u", verb, a, b, &value);

  if (n == 1 && strcmp (verb, "stats") == 0)
    tell_stats (self);
  else if (n < 3 || set_links (self, verb, a, b, value) == 0)
    {
      printf ("error not a command, or no such hosts: %s\n", line);
      fflush (stdout);
      return;
    }
  puts ("ok");
  fflush (stdout);
}

/* Returns: 0 where stdin has ended. */
static int
read_commands (Internet *self, GString *pending)
{
  char buffer[1024];
  gssize n = read (STDIN_FILENO, buffer, sizeof buffer);
  char *end;

  if (n <= 0)
    return 0;
  g_string_append_len (pending, buffer, n);
  while ((end = strchr (pending->str, '\n')) != NULL)
    {
      *end = '\0';
      obey (self, pending->str);
      g_string_erase (pending, 0, end - pending->str + 1);
    }
  return 1;
}

static void
run (Internet *self)
{
  struct pollfd polls[HOSTS_MAX + 1] = { { STDIN_FILENO, POLLIN, 0 } };
  g_autoptr(GString) pending = g_string_new (NULL);

  for (guint i = 0; i < self->n_hosts; i++)
    polls[i + 1] = (struct pollfd) { self->hosts[i].tun, POLLIN, 0 };
  for (;;)
    {
      gint64 wait_us = self->n_waiting > 0 ? CLAMP (self->heap[0].due_us - g_get_monotonic_time (), 0, 1000000) : -1;
      struct timespec timeout = { wait_us / 1000000, wait_us % 1000000 * 1000 };

      if (ppoll (polls, self->n_hosts + 1, wait_us < 0 ? NULL : &timeout, NULL) < 0 && errno != EINTR)
        die ("cannot wait");
      if ((polls[0].revents & (POLLIN | POLLHUP)) != 0 && !read_commands (self, pending))
        return;
      for (guint i = 0; i < self->n_hosts; i++)
        if ((polls[i + 1].revents & POLLIN) != 0)
          read_all (self, i);
      deliver (self);
    }
}

int
main (int argc, char **argv)
{
  Internet *self = g_new0 (Internet, 1);
  int home = open ("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

  if (home < 0)
    die ("cannot open this namespace");
  self->heap = g_new (Packet, WAITING_MAX);
  self->seed = 88172645463325252u;
  for (int i = 1; i < argc; i++)
    parse_host (self, argv[i]);
  for (guint i = 0; i < self->n_hosts; i++)
    make_host (&self->hosts[i], home);
  printf ("ready");
  for (guint i = 0; i < self->n_hosts; i++)
    printf (" %s=%d", self->hosts[i].name, self->hosts[i].namespace);
  puts ("");
  fflush (stdout);
  run (self);
  return 0;
}
