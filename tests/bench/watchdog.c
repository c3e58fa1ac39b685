#include "watchdog.h"

#include <pthread.h>
#include <time.h>

#define STALL_US 16000
#define PING_US  2000

struct _Watchdog
{
  GThread *thread;
  gint     running, pending;   /* atomic */
  gint64   posted_us, posted_cpu_us;  /* written before `pending` is set */
  clockid_t cpu_clock;                /* of the main thread */
  guint    n_pings, n_stalls, n_own_stalls;  /* of the main thread */
  gint64   worst_us, worst_own_us, total_us;
};

static gint64
cpu_us (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gboolean
on_ping (gpointer user_data)
{
  Watchdog *self = user_data;
  const gint64 latency_us = g_get_monotonic_time () - self->posted_us, own_us = cpu_us (self->cpu_clock) - self->posted_cpu_us;

  self->n_pings++;
  self->n_stalls += latency_us > STALL_US;
  self->n_own_stalls += own_us > STALL_US;
  self->worst_us = MAX (self->worst_us, latency_us);
  self->worst_own_us = MAX (self->worst_own_us, own_us);
  self->total_us += latency_us;
  g_atomic_int_set (&self->pending, 0);
  return G_SOURCE_REMOVE;
}

static gpointer
watch (gpointer user_data)
{
  Watchdog *self = user_data;

  while (g_atomic_int_get (&self->running))
    {
      if (!g_atomic_int_get (&self->pending))
        {
          self->posted_us = g_get_monotonic_time ();
          self->posted_cpu_us = cpu_us (self->cpu_clock);
          g_atomic_int_set (&self->pending, 1);
          g_idle_add_full (G_PRIORITY_HIGH * 2, on_ping, self, NULL);
        }
      g_usleep (PING_US);
    }
  return NULL;
}

Watchdog *
watchdog_start (void)
{
  Watchdog *self = g_new0 (Watchdog, 1);

  self->running = 1;
  pthread_getcpuclockid (pthread_self (), &self->cpu_clock);
  self->thread = g_thread_new ("watchdog", watch, self);
  return self;
}

void
watchdog_stop (Watchdog *self, const char *what)
{
  g_atomic_int_set (&self->running, 0);
  g_thread_join (self->thread);
  while (g_atomic_int_get (&self->pending))
    g_main_context_iteration (NULL, FALSE);
  g_print ("%s: %u pings, mean %.2f ms; worst %.1f ms, stalls over 16 ms: %u; of the loop's own work: worst %.1f ms, over 16 ms: %u\n", what,
           self->n_pings, self->n_pings == 0 ? 0 : (double) self->total_us / self->n_pings / 1000, (double) self->worst_us / 1000, self->n_stalls,
           (double) self->worst_own_us / 1000, self->n_own_stalls);
  g_free (self);
}
