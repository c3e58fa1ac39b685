/* Tells ThreadSanitizer what GLib orders. Debian's GLib is built without it: its locks are futexes that the sanitizer does not see, and what one thread hands to another through a
 * GSource, GTask, GThreadPool or the last unref of something shared would look like a race. Preloaded, this passes each such call on and says "released here" and
 * "acquired there". It knows no more than GLib promises: a race past these calls is still found, which race.c shows. */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* The function of that name in GLib. */
#define REAL(name)                                          \
  static __typeof__ (&(name)) real;                         \
  if (real == NULL)                                         \
    real = (__typeof__ (&(name))) dlsym (RTLD_NEXT, #name)

/* --- locks --- */

void
(g_mutex_lock) (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

gboolean
(g_mutex_trylock) (GMutex *mutex)
{
  REAL (g_mutex_trylock);
  gboolean locked = real (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
(g_mutex_unlock) (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
(g_cond_wait) (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
(g_cond_wait_until) (GCond *cond, GMutex *mutex, gint64 end_us)
{
  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  gboolean signalled = real (cond, mutex, end_us);
  __tsan_acquire (mutex);
  return signalled;
}

/* --- the last reference --- */

gboolean
(g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  REAL (g_atomic_ref_count_dec);
  __tsan_release (count);
  gboolean was_last = real (count);
  if (was_last)
    __tsan_acquire (count);
  return was_last;
}

void
(g_bytes_unref) (GBytes *bytes)
{
  REAL (g_bytes_unref);
  if (bytes != NULL)
    {
      __tsan_release (bytes);
      __tsan_acquire (bytes);
    }
  real (bytes);
}

void
(g_object_unref) (gpointer object)
{
  REAL (g_object_unref);
  __tsan_release (object);
  __tsan_acquire (object);
  real (object);
}

/* --- sources: what was written before one is attached is seen where it is dispatched --- */

typedef struct
{
  GSourceFunc    func;
  gpointer       data;
  GDestroyNotify notify;
  gpointer       source;  /* the address that is released and acquired */
} Callback;

static gboolean
dispatch (gpointer data)
{
  Callback *self = data;

  __tsan_acquire (self->source);
  return self->func (self->data);
}

static void
callback_free (gpointer data)
{
  Callback *self = data;

  __tsan_acquire (self->source);
  if (self->notify != NULL)
    self->notify (self->data);
  g_free (self);
}

/* Only the kinds whose callback is a GSourceFunc. */
void
(g_source_set_callback) (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  const char *name = g_source_get_name (source);
  Callback *callback;

  REAL (g_source_set_callback);
  if (func == NULL || name == NULL || (!g_str_equal (name, "GIdleSource") && !g_str_equal (name, "GTimeoutSource")))
    {
      real (source, func, data, notify);
      return;
    }
  callback = g_new (Callback, 1);
  *callback = (Callback) { func, data, notify, source };
  real (source, dispatch, callback, callback_free);
}

guint
(g_source_attach) (GSource *source, GMainContext *context)
{
  REAL (g_source_attach);
  __tsan_release (source);
  return real (source, context);
}

void
(g_main_context_invoke_full) (GMainContext *context, gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Callback *callback = g_new (Callback, 1);

  REAL (g_main_context_invoke_full);
  *callback = (Callback) { func, data, notify, callback };
  __tsan_release (callback);
  real (context, priority, dispatch, callback, callback_free);
}

void
(g_main_context_invoke) (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, data, NULL);
}

/* --- tasks --- */

void
(g_task_return_boolean) (GTask *task, gboolean result)
{
  REAL (g_task_return_boolean);
  __tsan_release (task);
  real (task, result);
}

void
(g_task_return_pointer) (GTask *task, gpointer result, GDestroyNotify notify)
{
  REAL (g_task_return_pointer);
  __tsan_release (task);
  real (task, result, notify);
}

void
(g_task_return_error) (GTask *task, GError *error)
{
  REAL (g_task_return_error);
  __tsan_release (task);
  real (task, error);
}

gboolean
(g_task_propagate_boolean) (GTask *task, GError **error)
{
  REAL (g_task_propagate_boolean);
  __tsan_acquire (task);
  return real (task, error);
}

gpointer
(g_task_propagate_pointer) (GTask *task, GError **error)
{
  REAL (g_task_propagate_pointer);
  __tsan_acquire (task);
  return real (task, error);
}

void
(g_task_set_task_data) (GTask *task, gpointer data, GDestroyNotify notify)
{
  REAL (g_task_set_task_data);
  real (task, data, notify);
  __tsan_release (task);
}

gpointer
(g_task_get_task_data) (GTask *task)
{
  REAL (g_task_get_task_data);
  __tsan_acquire (task);
  return real (task);
}

void
(g_task_run_in_thread) (GTask *task, GTaskThreadFunc func)
{
  REAL (g_task_run_in_thread);
  __tsan_release (task);
  real (task, func);
}

/* --- pools: what is pushed is seen by who takes it; what was done is seen by who waits for the end --- */

typedef struct
{
  GFunc    func;
  gpointer user_data;
  char     end;        /* an address of its own: one job's end is no other's beginning */
} Pool;

static void
work (gpointer data, gpointer user_data)
{
  Pool *self = user_data;

  __tsan_acquire (self);
  self->func (data, self->user_data);
  __tsan_release (&self->end);
}

GThreadPool *
(g_thread_pool_new) (GFunc func, gpointer user_data, gint n_threads, gboolean exclusive, GError **error)
{
  Pool *pool = g_new (Pool, 1);

  REAL (g_thread_pool_new);
  *pool = (Pool) { func, user_data, 0 };
  __tsan_release (pool);
  return real (work, pool, n_threads, exclusive, error);
}

gboolean
(g_thread_pool_push) (GThreadPool *self, gpointer data, GError **error)
{
  REAL (g_thread_pool_push);
  __tsan_release (self->user_data);
  return real (self, data, error);
}

void
(g_thread_pool_free) (GThreadPool *self, gboolean immediate, gboolean wait)
{
  Pool *pool = self->user_data;

  REAL (g_thread_pool_free);
  real (self, immediate, wait);
  __tsan_acquire (&pool->end);
  if (wait)
    g_free (pool);
}
