#include "dialer.h"

#include <string.h>

#include "address.h"
#include "noise.h"

#define BACKOFF_FIRST_MS 500u
#define BACKOFF_MAX_MS   30000u
#define TURN_MS          1000u   /* until it is asked again where there was no room */
#define STABLE_MS        10000   /* a connection that lasted this long starts the back-off anew */

typedef struct
{
  guint         ref_count;
  TcDialer     *dialer;      /* NULL once forgotten */
  char         *address;
  char         *host;
  guint16       port;
  gboolean      persistent;
  guint         failures;
  GSource      *timer;
  GCancellable *lookup;
  guint64       peer_id;     /* 0: none */
  guint8        static_key[TC_NOISE_KEY_SIZE];
  gboolean      has_static_key;
  gboolean      satisfied;   /* connected another way; waits for tc_dialer_key_gone () */
} Target;

struct _TcDialer
{
  GMainContext         *context;
  const TcDialerEvents *events;
  gpointer              user_data;
  gboolean              resolves;
  gboolean              started;
  GPtrArray            *targets;
};

static void
target_unref (gpointer data)
{
  Target *self = data;

  if (--self->ref_count > 0)
    return;
  g_free (self->address);
  g_free (self->host);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Target, target_unref)

static Target *
target_ref (Target *self)
{
  self->ref_count++;
  return self;
}

static void
stop_timer (Target *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* The array's destroy function: it is forgotten; a look-up under way may still hold it. */
static void
target_forget (gpointer data)
{
  Target *self = data;

  self->dialer = NULL;
  stop_timer (self);
  if (self->lookup != NULL)
    g_cancellable_cancel (self->lookup);
  g_clear_object (&self->lookup);
  target_unref (self);
}

guint
tc_dialer_backoff_ms (guint failures)
{
  return failures >= 6 ? BACKOFF_MAX_MS : MIN (BACKOFF_FIRST_MS << failures, BACKOFF_MAX_MS);
}

static gboolean on_due (gpointer user_data);

static void
schedule (Target *self, guint wait_ms)
{
  stop_timer (self);
  self->satisfied = FALSE;
  if (!self->dialer->started)
    return;
  self->timer = g_timeout_source_new (wait_ms);
  g_source_set_callback (self->timer, on_due, self, NULL);
  g_source_attach (self->timer, self->dialer->context);
}

static void
schedule_after_failure (Target *self)
{
  guint wait_ms = tc_dialer_backoff_ms (self->failures);

  self->failures++;
  schedule (self, (guint) g_random_int_range ((gint32) wait_ms / 2, (gint32) wait_ms + 1));
}

static gboolean
is_connected_otherwise (const Target *self)
{
  return self->has_static_key && self->dialer->events->has_key (self->static_key, self->dialer->user_data);
}

static void
fail (Target *target, const char *reason)
{
  g_autoptr (Target) self = target_ref (target);
  TcDialer *dialer = self->dialer;

  dialer->events->failed (self->address, reason, dialer->user_data);
  if (self->dialer == NULL)
    return;
  if (self->persistent)
    schedule_after_failure (self);
  else
    g_ptr_array_remove (dialer->targets, self);
}

static void
dial (Target *self, const char *host)
{
  const char *reason = NULL;

  self->peer_id = self->dialer->events->dial (host, self->port, &reason, self->dialer->user_data);
  if (self->peer_id != 0)
    return;
  if (reason == NULL)
    schedule (self, TURN_MS);
  else
    fail (self, reason);
}

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Target) self = user_data;
  g_autoptr (GError) error = NULL;
  GList *found = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, &error);

  if (self->dialer != NULL)
    {
      g_clear_object (&self->lookup);
      if (found == NULL)
        fail (self, error != NULL ? error->message : "the name has no address");
      else
        {
          /* Each attempt takes the next of its addresses. */
          GInetAddress *inet = g_list_nth_data (found, self->failures % g_list_length (found));
          g_autofree char *literal = g_inet_address_to_string (inet);
          dial (self, literal);
        }
    }
  g_resolver_free_addresses (found);
}

static void
look_up (Target *self)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  self->lookup = g_cancellable_new ();
  g_main_context_push_thread_default (self->dialer->context);
  g_resolver_lookup_by_name_async (resolver, self->host, self->lookup, on_looked_up, target_ref (self));
  g_main_context_pop_thread_default (self->dialer->context);
}

static gboolean
on_due (gpointer user_data)
{
  g_autoptr (Target) self = target_ref (user_data);
  g_autoptr (GSocketAddress) address = NULL;

  stop_timer (self);
  if (is_connected_otherwise (self))
    {
      self->satisfied = TRUE;
      return G_SOURCE_REMOVE;
    }
  address = g_inet_socket_address_new_from_string (self->host, self->port);
  if (address != NULL || !self->dialer->resolves)
    dial (self, self->host);
  else
    look_up (self);
  return G_SOURCE_REMOVE;
}

TcDialer *
tc_dialer_new (GMainContext *context, gboolean resolves, const TcDialerEvents *events, gpointer user_data)
{
  TcDialer *self = g_new0 (TcDialer, 1);

  self->context = g_main_context_ref (context);
  self->resolves = resolves;
  self->events = events;
  self->user_data = user_data;
  self->targets = g_ptr_array_new_with_free_func (target_forget);
  return self;
}

void
tc_dialer_free (TcDialer *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->targets);
  g_main_context_unref (self->context);
  g_free (self);
}

void
tc_dialer_start (TcDialer *self)
{
  self->started = TRUE;
  for (guint i = 0; i < self->targets->len; i++)
    schedule (self->targets->pdata[i], 0);
}

void
tc_dialer_clear (TcDialer *self)
{
  self->started = FALSE;
  g_ptr_array_set_size (self->targets, 0);
}

static Target *
find_by_address (TcDialer *self, const char *address)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      Target *target = self->targets->pdata[i];
      if (strcmp (target->address, address) == 0)
        return target;
    }
  return NULL;
}

static Target *
find_by_peer (TcDialer *self, guint64 id)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      Target *target = self->targets->pdata[i];
      if (target->peer_id == id)
        return target;
    }
  return NULL;
}

gboolean
tc_dialer_add (TcDialer *self, const char *address, gboolean persistent)
{
  Target *target = find_by_address (self, address);
  g_autofree char *host = NULL;
  guint16 port;

  if (target != NULL)
    {
      target->persistent |= persistent;
      return TRUE;
    }
  if (!tc_address_split (address, &host, &port) || port == 0)
    return FALSE;
  target = g_new0 (Target, 1);
  target->ref_count = 1;
  target->dialer = self;
  target->address = g_strdup (address);
  target->host = g_steal_pointer (&host);
  target->port = port;
  target->persistent = persistent;
  g_ptr_array_add (self->targets, target);
  schedule (target, 0);
  return TRUE;
}

gboolean
tc_dialer_has (TcDialer *self, const char *address)
{
  return find_by_address (self, address) != NULL;
}

void
tc_dialer_remove (TcDialer *self, const char *address)
{
  Target *target = find_by_address (self, address);

  if (target != NULL)
    g_ptr_array_remove (self->targets, target);
}

void
tc_dialer_identified (TcDialer *self, guint64 id, const guint8 *static_key)
{
  Target *target = find_by_peer (self, id);

  if (target == NULL)
    return;
  memcpy (target->static_key, static_key, sizeof target->static_key);
  target->has_static_key = TRUE;
}

void
tc_dialer_closed (TcDialer *self, guint64 id, gboolean was_open, gint64 age_ms, const char *reason)
{
  Target *target = find_by_peer (self, id);

  if (target == NULL)
    return;
  target->peer_id = 0;
  if (is_connected_otherwise (target))
    {
      if (target->persistent)
        target->satisfied = TRUE;
      else
        g_ptr_array_remove (self->targets, target);
    }
  else if (!was_open)
    fail (target, reason);
  else if (!target->persistent)
    g_ptr_array_remove (self->targets, target);
  else
    {
      if (age_ms >= STABLE_MS)
        target->failures = 0;
      schedule_after_failure (target);
    }
}

void
tc_dialer_drop (TcDialer *self, guint64 id)
{
  Target *target = find_by_peer (self, id);

  if (target != NULL)
    target->persistent = FALSE;
}

void
tc_dialer_key_gone (TcDialer *self, const guint8 *static_key)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      Target *target = self->targets->pdata[i];
      if (target->satisfied && memcmp (target->static_key, static_key, sizeof target->static_key) == 0)
        schedule_after_failure (target);
    }
}
