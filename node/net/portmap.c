#include "portmap.h"

#include "endpoint.h"

#define STOP_WAIT_US 1000000

/* Held by the owner, by the thread, and by each word under way to the owner. */
struct _TcPortMap
{
  gatomicrefcount  ref_count;
  TcPortMapConfig  config;
  GCancellable    *cancellable;
  GMutex           lock;
  GCond            cond;
  gboolean         stopping;  /* under lock, as is */
  gboolean         over;
  gboolean         freed;     /* of the owner's thread */
  /* The thread's. */
  gpointer        *states;    /* a mapper each */
  char            *external;
  char            *text;
};

typedef struct
{
  TcPortMap *map;
  char      *external, *text;
} Word;

static void
port_map_unref (TcPortMap *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_main_context_unref (self->config.context);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->states);
  g_free (self->external);
  g_free (self->text);
  g_free (self);
}

static TcPortMap *
port_map_ref (TcPortMap *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
word_free (gpointer data)
{
  Word *word = data;

  port_map_unref (word->map);
  g_free (word->external);
  g_free (word->text);
  g_free (word);
}

static gboolean
on_word (gpointer data)
{
  Word *word = data;

  if (!word->map->freed)
    word->map->config.func (word->external, word->text, word->map->config.user_data);
  return G_SOURCE_REMOVE;
}

/* Takes @external and @text. */
static void
tell (TcPortMap *self, char *external, char *text)
{
  const gboolean changed = g_strcmp0 (self->external, external) != 0 || g_strcmp0 (self->text, text) != 0;
  const Word word = { port_map_ref (self), g_strdup (external), g_strdup (text) };
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, on_word, g_memdup2 (&word, sizeof word), word_free);
  if (changed)
    g_source_attach (source, self->config.context);
  g_free (self->external);
  g_free (self->text);
  self->external = external;
  self->text = text;
}

/* A router behind another router, or behind a provider's, has an address that nobody outside can use. */
static gboolean
check_public (const char *external, GError **error)
{
  TcEndpoint endpoint;

  if (tc_endpoint_parse (external, &endpoint) && tc_endpoint_scope (endpoint.ip) == TC_SCOPE_PUBLIC)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the router's own address is not public: %s", external);
  return FALSE;
}

/* Returns: how long that holds, in ms. */
static gint64
map_once (TcPortMap *self)
{
  const TcPortMapConfig *config = &self->config;
  g_autoptr (GString) why = g_string_new (NULL);

  for (gsize i = 0; i < config->n_mappers && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      const TcPortMapper *mapper = config->mappers[i];
      g_autoptr (GError) error = NULL;
      g_autofree char *external = NULL;
      guint32 lifetime_s = TC_PORT_MAP_LIFETIME_S;

      if (mapper->map (config->port, lifetime_s, &self->states[i], self->cancellable, &external, &lifetime_s, &error) && check_public (external, &error))
        {
          tell (self, g_steal_pointer (&external), g_strdup (mapper->name));
          return MAX ((gint64) lifetime_s * 500, config->wait_least_ms);
        }
      g_string_append_printf (why, "%s%s: %s", why->len > 0 ? "; " : "", mapper->name, error->message);
    }
  if (!g_cancellable_is_cancelled (self->cancellable))
    tell (self, NULL, g_strdup (why->str));
  return config->retry_ms;
}

/* Returns: FALSE where it is to end. */
static gboolean
wait_ms (TcPortMap *self, gint64 ms)
{
  const gint64 until_us = g_get_monotonic_time () + ms * 1000;
  gboolean stopping;

  g_mutex_lock (&self->lock);
  while (!self->stopping && g_cond_wait_until (&self->cond, &self->lock, until_us))
    ;
  stopping = self->stopping;
  g_mutex_unlock (&self->lock);
  return !stopping;
}

static gpointer
run (gpointer data)
{
  TcPortMap *self = data;

  while (wait_ms (self, map_once (self)))
    ;
  for (gsize i = 0; i < self->config.n_mappers; i++)
    self->config.mappers[i]->unmap (self->config.port, self->states[i]);
  g_mutex_lock (&self->lock);
  self->over = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  port_map_unref (self);
  return NULL;
}

TcPortMap *
tc_port_map_new (const TcPortMapConfig *config)
{
  TcPortMap *self = g_new0 (TcPortMap, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->config = *config;
  g_main_context_ref (config->context);
  if (config->wait_least_ms == 0)
    self->config.wait_least_ms = TC_PORT_MAP_WAIT_LEAST_MS;
  if (config->retry_ms == 0)
    self->config.retry_ms = TC_PORT_MAP_RETRY_MS;
  self->cancellable = g_cancellable_new ();
  self->states = g_new0 (gpointer, config->n_mappers);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  g_thread_unref (g_thread_new ("port-map", run, port_map_ref (self)));
  return self;
}

/* A router that does not answer must not hold up whoever stops: the thread then ends by itself. */
void
tc_port_map_free (TcPortMap *self)
{
  const gint64 until_us = g_get_monotonic_time () + STOP_WAIT_US;

  if (self == NULL)
    return;
  self->freed = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_broadcast (&self->cond);
  while (!self->over && g_cond_wait_until (&self->cond, &self->lock, until_us))
    ;
  g_mutex_unlock (&self->lock);
  port_map_unref (self);
}
