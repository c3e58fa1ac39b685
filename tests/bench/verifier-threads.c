#include "verifier-threads.h"

#define CHUNK 64

struct _TcVerifierThreads
{
  TcVerifier      verifier;
  GThreadPool    *pool;
  guint           n_helpers;
  TcSignatureJob *jobs;
  gint            n_jobs;
  gint            next;       /* atomic: the first job that nobody has taken */
  GMutex          mutex;
  GCond           cond;
  guint           n_working;
};

static void
work (TcVerifierThreads *self)
{
  gint first;

  while ((first = g_atomic_int_add (&self->next, CHUNK)) < self->n_jobs)
    for (gint i = first; i < MIN (first + CHUNK, self->n_jobs); i++)
      {
        TcSignatureJob *job = &self->jobs[i];

        job->ok = tc_signature_check (&job->signature, &job->key, job->message, job->size_bytes);
      }
}

static void
help (gpointer data, gpointer user_data)
{
  TcVerifierThreads *self = user_data;

  work (self);
  g_mutex_lock (&self->mutex);
  if (--self->n_working == 0)
    g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static void
check_many (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  TcVerifierThreads *self = user_data;

  self->jobs = jobs;
  self->n_jobs = (gint) n_jobs;
  self->next = 0;
  self->n_working = n_jobs > CHUNK ? self->n_helpers : 0;
  for (guint i = self->n_working; i > 0; i--)
    g_thread_pool_push (self->pool, self, NULL);
  work (self);
  g_mutex_lock (&self->mutex);
  while (self->n_working > 0)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

TcVerifierThreads *
tc_verifier_threads_new (guint n_threads)
{
  TcVerifierThreads *self = g_new0 (TcVerifierThreads, 1);

  self->verifier = (TcVerifier) { check_many, self };
  self->n_helpers = n_threads - 1;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  if (self->n_helpers > 0)
    self->pool = g_thread_pool_new (help, self, (gint) self->n_helpers, TRUE, NULL);
  return self;
}

void
tc_verifier_threads_free (TcVerifierThreads *self)
{
  if (self->pool != NULL)
    g_thread_pool_free (self->pool, FALSE, TRUE);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

const TcVerifier *
tc_verifier_threads_get (TcVerifierThreads *self)
{
  return &self->verifier;
}
