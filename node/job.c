#include "node-internal.h"

TcJob *
tc_job_new (TcNode *node, TcJobFunc work, TcJobFunc then)
{
  TcJob *job = g_new0 (TcJob, 1);

  job->node = node;
  job->work = work;
  job->then = then;
  return job;
}

static void
job_free (gpointer data)
{
  TcJob *job = data;

  g_clear_error (&job->error);
  g_clear_pointer (&job->effects, g_ptr_array_unref);
  g_clear_pointer (&job->answers, g_ptr_array_unref);
  g_clear_pointer (&job->addresses, g_array_unref);
  g_clear_pointer (&job->bans, g_ptr_array_unref);
  g_clear_pointer (&job->proof, g_bytes_unref);
  g_clear_pointer (&job->dump, tc_store_dump_free);
  tc_effect_clear (&job->effect);
  g_free (job);
}

static gboolean
finish_job (gpointer data)
{
  TcJob *job = data;

  job->then (job);
  return G_SOURCE_REMOVE;
}

static void
run_job (gpointer data, gpointer user_data)
{
  TcJob *job = data;
  g_autoptr(GSource) source = g_idle_source_new ();

  job->work (job);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, finish_job, job, job_free);
  g_source_attach (source, job->node->context);
}

GThreadPool *
tc_job_threads_new (guint n)
{
  return g_thread_pool_new (run_job, NULL, (int) n, TRUE, NULL);
}

GThreadPool *
tc_job_thread_new (void)
{
  return tc_job_threads_new (1);
}

void
tc_job_push (TcJob *job, GThreadPool *thread)
{
  g_thread_pool_push (thread, job, NULL);
}

void
tc_job_thread_free (GThreadPool *thread)
{
  if (thread != NULL)
    g_thread_pool_free (thread, FALSE, TRUE);
}
