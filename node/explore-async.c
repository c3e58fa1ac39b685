#include "explore.h"

#include <string.h>

#include "node-internal.h"

/* explore.c as tasks. */

#define REPORT_US 100000  /* between two reports of progress */

typedef struct
{
  gatomicrefcount    ref_count;   /* the task's, and those of reports under way */
  TcNode            *node;
  guint32            height;      /* blocks: from there; transaction: likely */
  guint              n;
  gboolean           has_hash;
  TcHash             hash;
  GArray            *key_hashes;  /* (nullable) */
  TcNodeTx          *tx;          /* (nullable): as the node's thread knows it */
  TcNodeProgressFunc progress;
  gpointer           progress_data;
  GMainContext      *context;
  gint64             reported_us;
  gboolean           ended;       /* the caller's context */
} Look;

static Look *
look_new (TcNode *node)
{
  Look *self = g_new0 (Look, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->node = tc_node_ref (node);
  self->context = g_main_context_ref_thread_default ();
  return self;
}

static void
look_unref (gpointer data)
{
  Look *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  tc_node_unref (self->node);
  g_clear_pointer (&self->key_hashes, g_array_unref);
  g_clear_pointer (&self->tx, tc_node_tx_free);
  g_main_context_unref (self->context);
  g_free (self);
}

typedef struct
{
  Look   *look;
  guint64 done, total;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  look_unref (report->look);
  g_free (report);
}

static gboolean
on_report (gpointer data)
{
  const Report *report = data;

  if (!report->look->ended)
    report->look->progress (report->done, report->total, report->look->progress_data);
  return G_SOURCE_REMOVE;
}

/* On the looking thread. */
static void
pass_on (guint64 done, guint64 total, gpointer user_data)
{
  Look *self = user_data;
  const gint64 now_us = g_get_monotonic_time ();
  g_autoptr(GSource) source = NULL;
  Report *report;

  if (self->progress == NULL || now_us - self->reported_us < REPORT_US)
    return;
  self->reported_us = now_us;
  report = g_new (Report, 1);
  g_atomic_ref_count_inc (&self->ref_count);
  *report = (Report) { self, done, total };
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_report, report, report_free);
  g_source_attach (source, self->context);
}

static TcExplore
explore_of (GTask *task)
{
  Look *look = g_task_get_task_data (task);

  return (TcExplore) { .node = look->node, .cancellable = g_task_get_cancellable (task), .progress = pass_on, .progress_data = look };
}

static GTask *
task_new (Look *look, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, look, look_unref);
  return task;
}

static void
start (Look *look, GTaskThreadFunc func, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = task_new (look, cancellable, callback, user_data);

  g_task_run_in_thread (task, func);
}

static gpointer
finish (GAsyncResult *result, GError **error)
{
  Look *look = g_task_get_task_data (G_TASK (result));

  look->ended = TRUE;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* @error: where @value is NULL. */
static void
answer (GTask *task, gpointer value, GDestroyNotify free_value, GError **error)
{
  if (value != NULL)
    g_task_return_pointer (task, value, free_value);
  else
    g_task_return_error (task, g_steal_pointer (error));
}

static void
array_unref (gpointer array)
{
  g_array_unref (array);
}

/* --- Blocks --- */

static void
list_blocks (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const TcExplore explore = explore_of (task);
  const Look *look = task_data;
  GError *error = NULL;

  answer (task, tc_explore_list_blocks (&explore, look->height, look->n, &error), array_unref, &error);
}

void
tc_node_list_blocks_async (TcNode *self, guint32 from_height, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Look *look = look_new (self);

  look->height = from_height;
  look->n = n;
  start (look, list_blocks, cancellable, callback, user_data);
}

GArray *
tc_node_list_blocks_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

static void
free_block (gpointer block)
{
  tc_node_block_free (block);
}

static void
get_block (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const TcExplore explore = explore_of (task);
  const Look *look = task_data;
  GError *error = NULL;

  answer (task, tc_explore_get_block (&explore, look->height, look->has_hash ? &look->hash : NULL, &error), free_block, &error);
}

void
tc_node_get_block_async (TcNode *self, guint32 height, const TcHash *hash, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Look *look = look_new (self);

  look->height = height;
  look->has_hash = hash != NULL;
  if (hash != NULL)
    look->hash = *hash;
  start (look, get_block, cancellable, callback, user_data);
}

TcNodeBlock *
tc_node_get_block_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

/* --- Transactions --- */

static void
free_tx (gpointer tx)
{
  tc_node_tx_free (tx);
}

static void
find_tx (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const TcExplore explore = explore_of (task);
  Look *look = task_data;
  GError *error = NULL;

  if (tc_explore_find_tx (&explore, look->tx, look->height, &error))
    g_task_return_pointer (task, g_steal_pointer (&look->tx), free_tx);
  else
    g_task_return_error (task, error);
}

static gboolean
begin_find_tx (gpointer data)
{
  GTask *task = data;
  Look *look = g_task_get_task_data (task);

  if (tc_node_refuse_stopped (look->node, task))
    return G_SOURCE_REMOVE;
  look->tx = tc_explore_begin_tx (look->node, &look->hash);
  g_task_run_in_thread (task, find_tx);
  return G_SOURCE_REMOVE;
}

void
tc_node_find_tx_async (TcNode *self, const TcHash *txid, guint32 likely_height, TcNodeProgressFunc progress, gpointer progress_data, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  Look *look = look_new (self);
  GTask *task = task_new (look, cancellable, callback, user_data);

  look->hash = *txid;
  look->height = likely_height;
  look->progress = progress;
  look->progress_data = progress_data;
  if (tc_node_wake (self, begin_find_tx, task, g_object_unref))
    return;
  tc_node_refuse_stopped (self, task);
  g_object_unref (task);
}

TcNodeTx *
tc_node_find_tx_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

/* --- Addresses --- */

static void
free_address (gpointer address)
{
  tc_node_address_free (address);
}

static void
find_coins (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const TcExplore explore = explore_of (task);
  const Look *look = task_data;
  GError *error = NULL;

  answer (task, tc_explore_find_coins (&explore, (const TcKeyHash *) look->key_hashes->data, look->key_hashes->len, &error), free_address, &error);
}

void
tc_node_list_address_coins_async (TcNode *self, const TcKeyHash *key_hashes, gsize n_key_hashes, TcNodeProgressFunc progress, gpointer progress_data,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Look *look = look_new (self);

  look->key_hashes = g_array_new (FALSE, FALSE, sizeof *key_hashes);
  g_array_append_vals (look->key_hashes, key_hashes, (guint) n_key_hashes);
  look->progress = progress;
  look->progress_data = progress_data;
  start (look, find_coins, cancellable, callback, user_data);
}

TcNodeAddress *
tc_node_list_address_coins_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}

/* --- Who signed --- */

static void
count_signed (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const TcExplore explore = explore_of (task);
  GError *error = NULL;

  answer (task, tc_explore_count_signed (&explore, ((const Look *) task_data)->n, &error), array_unref, &error);
}

void
tc_node_count_signed_async (TcNode *self, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Look *look = look_new (self);

  look->n = n;
  start (look, count_signed, cancellable, callback, user_data);
}

GArray *
tc_node_count_signed_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return finish (result, error);
}
