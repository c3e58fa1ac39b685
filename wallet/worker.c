#define G_LOG_DOMAIN "tc-wallet"
#include "worker-private.h"

#include <glib/gi18n-lib.h>

#include "core/check.h"

#define ANNOUNCE_INTERVAL_US 100000
#define RETRY_S              5

/* --- Between the threads ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  TcWorker   *worker;
  TcWorkerJob job;
  GTask      *task;
} Posted;

TcWorker *
tc_worker_ref (TcWorker *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_worker_unref (TcWorker *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  TC_CHECK (self->account == NULL);
  g_clear_pointer (&self->thread, g_thread_unref);
  g_clear_pointer (&self->snapshot, tc_wallet_snapshot_unref);
  g_ptr_array_unref (self->quit_tasks);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_main_context_unref (self->owner_context);
  g_mutex_clear (&self->mutex);
  g_free (self->problem);
  g_free (self);
}

static GSource *
attach_idle (GMainContext *context, int priority, GSourceFunc callback, gpointer data, GDestroyNotify destroy)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, priority);
  g_source_set_callback (source, callback, data, destroy);
  g_source_attach (source, context);
  return source;
}

static gboolean
drop_object (gpointer object)
{
  return G_SOURCE_REMOVE;
}

void
tc_worker_drop_task (TcWorker *self, GTask *task)
{
  if (task != NULL)
    g_source_unref (attach_idle (self->owner_context, G_PRIORITY_DEFAULT, drop_object, task, g_object_unref));
}

static void
posted_free (gpointer data)
{
  Posted *posted = data;

  tc_worker_drop_task (posted->worker, posted->task);
  tc_worker_unref (posted->worker);
  g_free (posted);
}

static void
refuse_closed (GTask *task)
{
  g_task_return_new_error (task, TC_WALLET_ERROR, TC_WALLET_ERROR_CLOSED, _("The wallet is closed."));
}

static void job_quit (TcWorker *self, GTask *task);

static gboolean
run_posted (gpointer data)
{
  Posted *posted = data;

  if (!posted->worker->quitting || posted->job == job_quit)
    posted->job (posted->worker, posted->task);
  else if (posted->task != NULL)
    refuse_closed (posted->task);
  return G_SOURCE_REMOVE;
}

void
tc_worker_post (TcWorker *self, TcWorkerJob job, GTask *task)
{
  Posted *posted = g_new0 (Posted, 1);

  posted->worker = tc_worker_ref (self);
  posted->job = job;
  posted->task = task;
  g_mutex_lock (&self->mutex);
  const gboolean ended = self->ended;
  if (!ended)
    g_source_unref (attach_idle (self->context, G_PRIORITY_DEFAULT, run_posted, posted, posted_free));
  g_mutex_unlock (&self->mutex);
  if (!ended)
    return;
  if (task != NULL)
    refuse_closed (task);
  posted_free (posted);
}

void
tc_worker_set_changed (TcWorker *self, void (*changed) (gpointer), gpointer user_data)
{
  self->changed = changed;
  self->changed_data = user_data;
}

TcWalletSnapshot *
tc_worker_dup_snapshot (TcWorker *self)
{
  g_mutex_lock (&self->mutex);
  TcWalletSnapshot *snapshot = self->snapshot != NULL ? tc_wallet_snapshot_ref (self->snapshot) : NULL;
  g_mutex_unlock (&self->mutex);
  return snapshot;
}

static void
swap_snapshot (TcWorker *self, TcWalletSnapshot *snapshot)
{
  g_mutex_lock (&self->mutex);
  TcWalletSnapshot *old = self->snapshot;
  if (snapshot->encrypted && g_atomic_int_get (&self->lock_wanted))
    snapshot->locked = TRUE;
  self->snapshot = snapshot;
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&old, tc_wallet_snapshot_unref);
}

/* --- Announcing --------------------------------------------------------------------------------------------------------------- */

static gboolean
tell_owner (gpointer data)
{
  TcWorker *self = data;

  if (self->changed != NULL)
    self->changed (self->changed_data);
  return G_SOURCE_REMOVE;
}

static void
unref_worker (gpointer worker)
{
  tc_worker_unref (worker);
}

static void
make_snapshot (TcWorker *self)
{
  TcWalletSnapshot *snapshot = tc_account_snapshot (self->account);

  snapshot->attached = self->node != NULL;
  snapshot->node_height = self->node != NULL ? self->node_height : 0;
  snapshot->waiting = self->node != NULL && snapshot->unread_height > 0 && snapshot->unread_height < self->oldest_height;
  snapshot->never = snapshot->waiting && !self->older_come;
  snapshot->scanning = snapshot->rescanning || (snapshot->unread_height > 0 && !snapshot->waiting) || (self->node != NULL && snapshot->scan_height < self->node_height);
  snapshot->problem = g_strdup (self->problem);
  swap_snapshot (self, snapshot);
}

static gboolean
announce (gpointer data)
{
  TcWorker *self = data;

  g_clear_pointer (&self->announce_source, g_source_unref);
  if (self->account == NULL)
    return G_SOURCE_REMOVE;
  self->announced_us = g_get_monotonic_time ();
  make_snapshot (self);
  g_source_unref (attach_idle (self->owner_context, G_PRIORITY_DEFAULT, tell_owner, tc_worker_ref (self), unref_worker));
  return G_SOURCE_REMOVE;
}

static GSource *
start_timeout (TcWorker *self, guint interval_ms, GSourceFunc callback)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
announce_soon (TcWorker *self)
{
  if (self->announce_source != NULL || self->quitting)
    return;
  const gint64 wait_us = self->announced_us + ANNOUNCE_INTERVAL_US - g_get_monotonic_time ();
  self->announce_source = start_timeout (self, (guint) (MAX (wait_us, 0) / 1000), announce);
}

void
tc_worker_refresh (TcWorker *self)
{
  if (self->account == NULL)
    return;
  make_snapshot (self);
  announce_soon (self);
}

void
tc_worker_set_problem (TcWorker *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;
  if (problem != NULL)
    g_warning ("%s", problem);
  g_free (self->problem);
  self->problem = g_strdup (problem);
  tc_worker_refresh (self);
}

/* --- Following the node --------------------------------------------------------------------------------------------------------- */

static void scan_soon (TcWorker *self);

static gboolean
retry (gpointer data)
{
  TcWorker *self = data;

  g_clear_pointer (&self->retry_source, g_source_unref);
  scan_soon (self);
  return G_SOURCE_REMOVE;
}

void
tc_worker_retry_later (TcWorker *self, const GError *error)
{
  tc_worker_set_problem (self, error->message);
  if (self->retry_source == NULL)
    self->retry_source = start_timeout (self, RETRY_S * 1000, retry);
}

static gboolean
apply (TcWorker *self, const TcBlock *block, GError **error)
{
  if (!tc_account_apply_block (self->account, block, g_get_real_time () / 1000, error))
    return FALSE;
  self->collateral_due |= !tc_hash_is_zero (&block->header.next_committee);
  tc_worker_set_problem (self, NULL);
  announce_soon (self);
  return TRUE;
}

static void
end_rescan (TcWorker *self)
{
  if (self->rescan_task == NULL || tc_account_next_rescan_height (self->account) > 0)
    return;
  tc_worker_refresh (self);
  g_task_return_boolean (self->rescan_task, TRUE);
  tc_worker_drop_task (self, g_steal_pointer (&self->rescan_task));
}

static void
fail_rescan (TcWorker *self, GQuark domain, int code, const char *message)
{
  tc_worker_refresh (self);
  g_task_return_new_error (self->rescan_task, domain, code, "%s", message);
  tc_worker_drop_task (self, g_steal_pointer (&self->rescan_task));
}

static void
cancel_rescan (TcWorker *self)
{
  g_autoptr(GError) error = NULL;

  if (!tc_account_stop_rescan (self->account, &error))
    tc_worker_set_problem (self, error->message);
  fail_rescan (self, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The rescan was cancelled."));
}

/* The next block to read, new ones first; 0: none. */
static guint32
next_height (TcWorker *self)
{
  const guint32 next = tc_account_next_height (self->account), rescan = tc_account_next_rescan_height (self->account);
  const guint32 unread = tc_account_next_unread_height (self->account);

  if (next <= self->node_height)
    return next;
  return rescan > 0 ? rescan : unread >= self->oldest_height ? unread : 0;
}

static void
note_fee_rate (TcWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->fee_rate = tc_node_get_fee_rate (self->node);
  g_mutex_unlock (&self->mutex);
}

/* Which blocks the node has. New ones are told of one by one, but what comes from elsewhere, or is deleted, is not. Returns: whether there is a change of that kind. */
static gboolean
read_status (TcWorker *self)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);

  note_fee_rate (self);
  const gboolean changed = status->oldest_height != self->oldest_height || status->older_come != self->older_come;

  if (!changed)
    return FALSE;
  self->node_height = MAX (self->node_height, status->height);
  self->oldest_height = status->oldest_height;
  self->older_come = status->older_come;
  return TRUE;
}

/* @height is below the oldest block. */
static gboolean
skip (TcWorker *self, GError **error)
{
  gint64 next_time_ms = G_MAXINT64;

  if (self->oldest_height <= self->node_height)
    {
      g_autoptr(TcBlock) block = tc_node_read_block (self->node, self->oldest_height, error);

      if (block == NULL)
        return FALSE;
      next_time_ms = (gint64) block->header.time_ms;
    }
  if (!tc_account_skip (self->account, self->oldest_height - 1, next_time_ms, error))
    return FALSE;
  if (self->rescan_task != NULL)
    fail_rescan (self, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_BLOCKS, _("The blocks that it needs are not there. They are read when the node has them."));
  announce_soon (self);
  return TRUE;
}

static gboolean
read_next (TcWorker *self, guint32 height, GError **error)
{
  g_autoptr(TcBlock) block = NULL;

  if (height < self->oldest_height)
    return skip (self, error);
  block = tc_node_read_block (self->node, height, error);
  if (block == NULL || !apply (self, block, error))
    return FALSE;
  end_rescan (self);
  return TRUE;
}

/* Blocks older than the wallet are not read. Failing is no matter: then they are. */
static void
pass_over_unborn (TcWorker *self)
{
  const gint64 before_ms = tc_account_unborn_before_ms (self->account);
  gint64 time_ms = 0;
  guint32 height = 0;

  if (before_ms > 0 && self->node_height > 0 && tc_worker_find_height (self, before_ms, &height, &time_ms, NULL) && height > 1)
    tc_account_skip (self->account, height - 1, time_ms, NULL);
}

/* One block a turn, so that requests come in between. */
static gboolean
scan_step (gpointer data)
{
  TcWorker *self = data;
  g_autoptr(GError) error = NULL;

  if (self->rescan_task != NULL && g_cancellable_is_cancelled (g_task_get_cancellable (self->rescan_task)))
    cancel_rescan (self);
  const guint32 height = next_height (self);
  if (height > 0)
    {
      /* Old blocks may have been deleted since the status was looked at. */
      if (read_next (self, height, &error) || (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND) && read_status (self)))
        return G_SOURCE_CONTINUE;
      tc_worker_retry_later (self, error);
    }
  else
    {
      tc_worker_ask_about_open (self);
      tc_worker_ask_about_collateral (self);
    }
  stop_source (&self->scan_source);
  return G_SOURCE_REMOVE;
}

static void
scan_soon (TcWorker *self)
{
  if (self->node != NULL && self->scan_source == NULL && !self->quitting)
    self->scan_source = attach_idle (self->context, G_PRIORITY_DEFAULT_IDLE, scan_step, self, NULL);
}

static void
on_block (TcWorker *self, const TcBlock *block)
{
  g_autoptr(GError) error = NULL;

  self->node_height = MAX (self->node_height, block->header.height);
  if (block->header.height == tc_account_next_height (self->account) && self->retry_source == NULL && !apply (self, block, &error))
    tc_worker_retry_later (self, error);
  if (next_height (self) > 0 || self->open_before != NULL || self->collateral_due)
    scan_soon (self);
  announce_soon (self);
}

void
tc_worker_take_tx (TcWorker *self, TcTx *tx, const TcFinality *finality)
{
  g_autoptr(GError) error = NULL;
  gboolean mine = FALSE;

  if (!tc_account_apply_tx (self->account, tx, finality, &mine, &error))
    tc_worker_set_problem (self, error->message);
  else if (mine)
    announce_soon (self);
}

TcWalletFees
tc_worker_get_fees (TcWorker *self)
{
  TcWalletFees fees;

  g_mutex_lock (&self->mutex);
  fees.n_timed = tc_final_times_sum_up (&self->final_times, &fees.median_us, &fees.slow_us);
  fees.asked = MAX (self->fee_rate, 1);
  g_mutex_unlock (&self->mutex);
  return fees;
}

/* Of any payment: the network is the same for all. One that this node learned of late (from a block) was not timed. */
static void
note_final_time (TcWorker *self, const TcFinality *finality)
{
  if (finality->state != TC_FINALITY_FINAL || finality->final_duration_us < 0)
    return;
  g_mutex_lock (&self->mutex);
  tc_final_times_add (&self->final_times, &finality->txid, finality->final_duration_us);
  g_mutex_unlock (&self->mutex);
}

static void
on_event (const TcNodeEvent *event, gpointer user_data)
{
  TcWorker *self = user_data;

  if (self->account == NULL || self->node == NULL)
    return;
  if (event->kind == TC_NODE_EVENT_BLOCK)
    on_block (self, event->block);
  else if (event->kind == TC_NODE_EVENT_TX)
    {
      note_final_time (self, &event->finality);
      tc_worker_take_tx (self, event->tx, &event->finality);
    }
  else if (event->kind == TC_NODE_EVENT_STATUS && read_status (self))
    {
      scan_soon (self);
      announce_soon (self);
    }
}

static void
detach (TcWorker *self)
{
  stop_source (&self->scan_source);
  stop_source (&self->retry_source);
  g_clear_pointer (&self->open_before, g_ptr_array_unref);
  if (self->node == NULL)
    return;
  tc_node_unsubscribe (self->node, self->subscription);
  g_clear_pointer (&self->node, tc_node_unref);
  self->node_height = self->oldest_height = 0;
}

gboolean
tc_worker_attach (TcWorker *self, TcNode *node, GError **error)
{
  if (node != NULL && !tc_account_bind (self->account, tc_node_get_network (node)->genesis, error))
    return FALSE;
  detach (self);
  if (node != NULL)
    {
      self->node = tc_node_ref (node);
      self->open_before = tc_account_open_txs (self->account, FALSE);
      self->collateral_due = TRUE;
      self->subscription = tc_node_subscribe (node, 1u << TC_NODE_EVENT_TX | 1u << TC_NODE_EVENT_BLOCK | 1u << TC_NODE_EVENT_STATUS, self->context, on_event,
                                              self, NULL);
      read_status (self);
      pass_over_unborn (self);
      scan_soon (self);
    }
  tc_worker_refresh (self);
  return TRUE;
}

TcNode *
tc_worker_get_node (TcWorker *self)
{
  return self->node;
}

/* --- Jobs ----------------------------------------------------------------------------------------------------------------------- */

void
tc_worker_set_account (TcWorker *self, TcAccount *account)
{
  TC_CHECK (self->account == NULL);
  self->account = account;
  g_mutex_lock (&self->mutex);
  tc_account_final_times (account, &self->final_times);
  g_mutex_unlock (&self->mutex);
  tc_worker_refresh (self);
}

TcAccount *
tc_worker_get_account (TcWorker *self)
{
  return self->account;
}

void
tc_worker_rescan (TcWorker *self, guint32 from_height, GTask *task)
{
  GError *error = NULL;

  if (self->node != NULL && MAX (from_height, 1) < self->oldest_height)
    {
      g_task_return_new_error (task, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_BLOCKS, self->older_come ? _("The node has no blocks before block %u yet: it is fetching them.")
                                                                                           : _("The node has no blocks before block %u."), self->oldest_height);
      return;
    }
  if (self->rescan_task != NULL)
    cancel_rescan (self);
  if (!tc_account_start_rescan (self->account, from_height, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->rescan_task = g_object_ref (task);
  tc_worker_refresh (self);
  end_rescan (self);
  scan_soon (self);
}

void
tc_worker_stop_rescan (TcWorker *self)
{
  g_autoptr(GError) error = NULL;

  if (self->rescan_task != NULL)
    cancel_rescan (self);
  else if (tc_account_next_rescan_height (self->account) > 0 && !tc_account_stop_rescan (self->account, &error))
    tc_worker_set_problem (self, error->message);
  tc_worker_refresh (self);
}

void
tc_worker_want_lock (TcWorker *self)
{
  g_atomic_int_set (&self->lock_wanted, TRUE);
  g_mutex_lock (&self->mutex);
  if (self->snapshot != NULL && self->snapshot->encrypted && !self->snapshot->locked)
    {
      TcWalletSnapshot *old = self->snapshot;

      self->snapshot = tc_wallet_snapshot_copy (old);
      self->snapshot->locked = TRUE;
      tc_wallet_snapshot_unref (old);
    }
  g_mutex_unlock (&self->mutex);
}

void
tc_worker_lock (TcWorker *self)
{
  tc_account_lock (self->account);
  g_atomic_int_set (&self->lock_wanted, FALSE);
  tc_worker_refresh (self);
}

void
tc_worker_scan (TcWorker *self)
{
  scan_soon (self);
}

/* --- The thread ------------------------------------------------------------------------------------------------------------------ */

static void
job_quit (TcWorker *self, GTask *task)
{
  if (!self->quitting)
    {
      self->quitting = TRUE;
      detach (self);
      stop_source (&self->announce_source);
      if (self->rescan_task != NULL)
        {
          refuse_closed (self->rescan_task);
          tc_worker_drop_task (self, g_steal_pointer (&self->rescan_task));
        }
      g_clear_pointer (&self->account, tc_account_free);
      if (self->n_in_flight == 0)
        g_main_loop_quit (self->loop);
    }
  if (task != NULL)
    g_ptr_array_add (self->quit_tasks, g_object_ref (task));
}

static void
answer_quit (TcWorker *self)
{
  for (guint i = 0; i < self->quit_tasks->len; i++)
    {
      g_task_return_boolean (g_ptr_array_index (self->quit_tasks, i), TRUE);
      tc_worker_drop_task (self, g_ptr_array_index (self->quit_tasks, i));
    }
  g_ptr_array_set_size (self->quit_tasks, 0);
}

static gpointer
run (gpointer data)
{
  TcWorker *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_mutex_lock (&self->mutex);
  self->ended = TRUE;
  g_mutex_unlock (&self->mutex);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  answer_quit (self);
  tc_worker_unref (self);
  return NULL;
}

TcWorker *
tc_worker_new (void)
{
  TcWorker *self = g_new0 (TcWorker, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->owner_context = g_main_context_ref_thread_default ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->quit_tasks = g_ptr_array_new ();
  self->announced_us = -ANNOUNCE_INTERVAL_US;
  self->thread = g_thread_new ("tc-wallet", run, tc_worker_ref (self));
  return self;
}

void
tc_worker_quit (TcWorker *self, GTask *task)
{
  g_mutex_lock (&self->mutex);
  const gboolean ended = self->ended;
  g_mutex_unlock (&self->mutex);
  if (!ended)
    {
      tc_worker_post (self, job_quit, task);
      return;
    }
  if (task != NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

void
tc_worker_join (TcWorker *self)
{
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
}
