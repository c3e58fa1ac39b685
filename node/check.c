#include "node-internal.h"

/* The driver's side of engine/check.h: coins are read on a thread of their own, signatures are checked by all of the pool's. */

typedef struct
{
  TcNode  *node;
  TcCheck *check;
  guint    number;  /* of the engine that asked */
  GError  *error;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  tc_check_unref (job->check);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
deliver (gpointer data)
{
  Job *job = data;
  TcNode *self = job->node;
  TcInput input = { .kind = TC_INPUT_CHECKED, .check = job->check };

  if (self->stopping || job->number != self->engine_number)
    return G_SOURCE_REMOVE;
  if (job->error != NULL)
    tc_node_fail (self, job->error);
  else
    tc_node_feed (self, &input, NULL);
  return G_SOURCE_REMOVE;
}

static void
post (Job *job)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, job, job_free);
  g_source_attach (source, job->node->context);
}

static void
on_verified (gpointer data)
{
  Job *job = data;

  tc_check_finish (job->check);
  post (job);
}

static void
read_coins (gpointer data, gpointer user_data)
{
  Job *job = data;
  TcCheck *check = job->check;
  TcSignatureJob *jobs;
  gsize n_jobs;

  if (check->n_fetch > 0 && !tc_store_read_coins (job->node->store, check->fetch, check->n_fetch, check->coins, check->found, &job->error))
    {
      post (job);
      return;
    }
  jobs = tc_check_prepare (check, &n_jobs);
  tc_verifier_pool_submit (job->node->verifiers, jobs, n_jobs, on_verified, job);
}

void
tc_node_open_checks (TcNode *self)
{
  self->verifiers = tc_verifier_pool_new (0);
  self->checker = g_thread_pool_new (read_coins, NULL, 1, FALSE, NULL);
}

void
tc_node_begin_check (TcNode *self, TcEffect *effect)
{
  Job *job = g_new0 (Job, 1);

  job->node = self;
  job->check = g_steal_pointer (&effect->check);
  job->number = self->engine_number;
  g_thread_pool_push (self->checker, job, NULL);
}

void
tc_node_stop_checks (TcNode *self)
{
  if (self->checker != NULL)
    g_thread_pool_free (self->checker, FALSE, TRUE);
  self->checker = NULL;
  if (self->verifiers != NULL)
    tc_verifier_pool_stop (self->verifiers);
}
