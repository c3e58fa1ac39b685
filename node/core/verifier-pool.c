#include "verifier-pool.h"

#define INLINE_MAX 16u  /* below this a wake-up costs more than it saves */
#define CHUNK      32u

struct _TcVerifierPool
{
  TcVerifier      verifier;
  GThreadPool    *threads;
  guint           n_threads;
  TcSignatureJob *jobs;
  gsize           n_jobs;
  gint            next_chunk;  /* atomic */
  GMutex          lock;
  GCond           idle;
  guint           n_working;   /* under lock */
};

static void
check_chunks (TcVerifierPool *self)
{
  for (;;)
    {
      gsize from = (gsize) g_atomic_int_add (&self->next_chunk, 1) * CHUNK;

      if (from >= self->n_jobs)
        return;
      TC_VERIFIER_INLINE.check_many (NULL, &self->jobs[from], MIN (CHUNK, self->n_jobs - from));
    }
}

static void
work (gpointer data, gpointer user_data)
{
  TcVerifierPool *self = user_data;

  check_chunks (self);
  g_mutex_lock (&self->lock);
  if (--self->n_working == 0)
    g_cond_signal (&self->idle);
  g_mutex_unlock (&self->lock);
}

static void
check_many (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  TcVerifierPool *self = user_data;
  guint n_helpers = MIN (self->n_threads - 1, (guint) (n_jobs / INLINE_MAX));

  if (n_helpers == 0)
    {
      TC_VERIFIER_INLINE.check_many (NULL, jobs, n_jobs);
      return;
    }
  self->jobs = jobs;
  self->n_jobs = n_jobs;
  self->n_working = n_helpers;
  g_atomic_int_set (&self->next_chunk, 0);
  for (guint i = 0; i < n_helpers; i++)
    g_thread_pool_push (self->threads, self, NULL);
  check_chunks (self);
  g_mutex_lock (&self->lock);
  while (self->n_working > 0)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
}

TcVerifierPool *
tc_verifier_pool_new (guint n_threads)
{
  TcVerifierPool *self = g_new0 (TcVerifierPool, 1);

  self->n_threads = n_threads > 0 ? n_threads : g_get_num_processors ();
  self->verifier = (TcVerifier) { check_many, self };
  self->threads = g_thread_pool_new (work, self, (gint) MAX (self->n_threads - 1, 1), FALSE, NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  return self;
}

void
tc_verifier_pool_free (TcVerifierPool *self)
{
  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
  g_free (self);
}

const TcVerifier *
tc_verifier_pool_get (TcVerifierPool *self)
{
  return &self->verifier;
}
