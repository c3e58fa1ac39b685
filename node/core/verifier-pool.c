#include "verifier-pool.h"

#define INLINE_MAX 16u  /* below this a wake-up costs more than it saves */
#define CHUNK      32u

typedef struct
{
  TcSignatureJob *jobs;
  gsize           n_jobs, n_taken, n_checked;
  void          (*done) (gpointer data);  /* NULL: of check_many () */
  gpointer        data;
} Batch;

struct _TcVerifierPool
{
  TcVerifier   verifier;
  GThreadPool *threads;
  guint        n_threads;
  GMutex       lock;
  GCond        changed;    /* a batch is checked */
  Batch       *urgent;     /* (nullable): of check_many (), while some of it is not taken */
  GQueue       batches;    /* Batch: submitted, some of each not taken */
  guint        n_open;     /* submitted, done not called yet */
  gboolean     stopped;
};

/* Returns: (nullable): what to check next: some jobs of it, which count as taken. */
static Batch *
take_chunk (TcVerifierPool *self, gsize *ret_from, gsize *ret_n)
{
  Batch *batch = self->urgent != NULL ? self->urgent : g_queue_peek_head (&self->batches);

  if (batch == NULL)
    return NULL;
  *ret_from = batch->n_taken;
  *ret_n = MIN (CHUNK, batch->n_jobs - batch->n_taken);
  batch->n_taken += *ret_n;
  if (batch->n_taken < batch->n_jobs)
    return batch;
  if (batch == self->urgent)
    self->urgent = NULL;
  else
    g_queue_pop_head (&self->batches);
  return batch;
}

/* Under the lock, which is let go meanwhile. */
static void
check_chunk (TcVerifierPool *self, Batch *batch, gsize from, gsize n)
{
  const gboolean skip = self->stopped && batch->done != NULL;

  g_mutex_unlock (&self->lock);
  for (gsize i = from; skip && i < from + n; i++)
    batch->jobs[i].ok = FALSE;
  if (!skip)
    TC_VERIFIER_INLINE.check_many (NULL, &batch->jobs[from], n);
  g_mutex_lock (&self->lock);
  batch->n_checked += n;
  if (batch->n_checked < batch->n_jobs)
    return;
  if (batch->done != NULL)
    {
      g_mutex_unlock (&self->lock);
      batch->done (batch->data);
      g_free (batch);
      g_mutex_lock (&self->lock);
      self->n_open--;
    }
  g_cond_broadcast (&self->changed);
}

/* Until nothing is left: a wake-up that comes late finds nothing to do. */
static void
work (gpointer data, gpointer user_data)
{
  TcVerifierPool *self = user_data;
  Batch *batch;
  gsize from, n;

  g_mutex_lock (&self->lock);
  while ((batch = take_chunk (self, &from, &n)) != NULL)
    check_chunk (self, batch, from, n);
  g_mutex_unlock (&self->lock);
}

static void
wake (TcVerifierPool *self, gsize n_threads)
{
  for (gsize i = 0; i < n_threads; i++)
    g_thread_pool_push (self->threads, self, NULL);
}

static void
check_many (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  TcVerifierPool *self = user_data;
  const gsize n_helpers = MIN (self->n_threads - 1, n_jobs / INLINE_MAX);
  Batch batch = { .jobs = jobs, .n_jobs = n_jobs };

  if (n_helpers == 0)
    {
      TC_VERIFIER_INLINE.check_many (NULL, jobs, n_jobs);
      return;
    }
  g_mutex_lock (&self->lock);
  self->urgent = &batch;
  wake (self, n_helpers);
  while (self->urgent == &batch)
    {
      gsize from, n;

      take_chunk (self, &from, &n);
      check_chunk (self, &batch, from, n);
    }
  while (batch.n_checked < n_jobs)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
tc_verifier_pool_submit (TcVerifierPool *self, TcSignatureJob *jobs, gsize n_jobs, void (*done) (gpointer data), gpointer data)
{
  Batch *batch;

  if (n_jobs == 0)
    {
      done (data);
      return;
    }
  batch = g_new (Batch, 1);
  *batch = (Batch) { jobs, n_jobs, 0, 0, done, data };
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->batches, batch);
  self->n_open++;
  wake (self, MIN (self->n_threads, (n_jobs + CHUNK - 1) / CHUNK));
  g_mutex_unlock (&self->lock);
}

void
tc_verifier_pool_stop (TcVerifierPool *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  while (self->n_open > 0)
    g_cond_wait (&self->changed, &self->lock);
  g_mutex_unlock (&self->lock);
}

TcVerifierPool *
tc_verifier_pool_new (guint n_threads)
{
  TcVerifierPool *self = g_new0 (TcVerifierPool, 1);

  self->n_threads = n_threads > 0 ? n_threads : g_get_num_processors ();
  self->verifier = (TcVerifier) { check_many, self };
  self->threads = g_thread_pool_new (work, self, (gint) self->n_threads, FALSE, NULL);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->batches);
  return self;
}

void
tc_verifier_pool_free (TcVerifierPool *self)
{
  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

const TcVerifier *
tc_verifier_pool_get (TcVerifierPool *self)
{
  return &self->verifier;
}
