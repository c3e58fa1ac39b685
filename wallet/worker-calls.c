#define G_LOG_DOMAIN "tc-wallet"
#include "worker-private.h"

#include <glib/gi18n-lib.h>

#define FORGET_MS (72 * G_GINT64_CONSTANT (3600000))  /* rule P1 */

typedef struct
{
  TcWorker *worker;
  TcNode   *node;
  TcTx     *tx;    /* (nullable) */
  GTask    *task;  /* (nullable) */
} Call;

static Call *
call_new (TcWorker *self, TcTx *tx, GTask *task)
{
  Call *call = g_new0 (Call, 1);

  call->worker = tc_worker_ref (self);
  call->node = tc_node_ref (self->node);
  call->tx = tx != NULL ? tc_tx_ref (tx) : NULL;
  call->task = task != NULL ? g_object_ref (task) : NULL;
  self->n_in_flight++;
  return call;
}

static void
call_free (Call *call)
{
  TcWorker *self = call->worker;

  if (--self->n_in_flight == 0 && self->quitting)
    g_main_loop_quit (self->loop);
  tc_worker_drop_task (self, call->task);
  tc_node_unref (call->node);
  g_clear_pointer (&call->tx, tc_tx_unref);
  tc_worker_unref (self);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
refused (TcWorker *self, const TcTx *tx, const char *reason)
{
  g_autoptr(GError) error = NULL;

  if (!tc_account_drop_tx (self->account, &tx->txid, reason, g_get_real_time () / 1000, &error))
    tc_worker_set_problem (self, error->message);
  tc_worker_refresh (self);
}

static void
answer_submit (Call *call, const GError *error)
{
  if (call->task == NULL)
    return;
  if (error == NULL)
    g_task_return_pointer (call->task, tc_hash_copy (&call->tx->txid), g_free);
  else if (g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED))
    g_task_return_new_error (call->task, TC_WALLET_ERROR, TC_WALLET_ERROR_REJECTED, "%s", error->message);
  else
    g_task_return_new_error (call->task, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED,
                             _("The payment is stored, but could not be handed to the network yet (%s). It will be when the network is back."), error->message);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) call = user_data;
  TcWorker *self = call->worker;
  g_autoptr(GError) error = NULL;

  tc_node_submit_finish (call->node, result, &error);
  if (self->account != NULL && g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED))
    refused (self, call->tx, error->message);
  answer_submit (call, error);
}

void
tc_worker_submit (TcWorker *self, TcTx *tx, GTask *task)
{
  tc_node_submit_async (self->node, tx, NULL, on_submitted, call_new (self, tx, task));
}

static gboolean
was_made_here (TcWorker *self, const TcTx *tx)
{
  g_autoptr(GPtrArray) own = tc_account_open_txs (self->account, TRUE);

  for (guint i = 0; i < own->len; i++)
    if (tc_hash_equal (&((TcTx *) g_ptr_array_index (own, i))->txid, &tx->txid))
      return TRUE;
  return FALSE;
}

static void
forget_if_old (TcWorker *self, const TcTx *tx)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  g_autoptr(TcWalletTxDetail) detail = tc_account_detail (self->account, &tx->txid, NULL);

  if (detail != NULL && detail->row->seen_ms < now_ms - FORGET_MS)
    refused (self, tx, N_("It expired: no network member voted for it in three days."));
}

static void
on_finality (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) call = user_data;
  TcWorker *self = call->worker;
  TcFinality finality = { 0 };

  if (!tc_node_get_finality_finish (call->node, result, &finality, NULL) || self->account == NULL || self->node != call->node)
    return;
  if (finality.state != TC_FINALITY_UNKNOWN)
    tc_worker_take_tx (self, call->tx, &finality);
  else if (was_made_here (self, call->tx))
    tc_worker_submit (self, call->tx, NULL);
  else
    forget_if_old (self, call->tx);
}

void
tc_worker_ask_about_open (TcWorker *self)
{
  g_autoptr(GPtrArray) open = g_steal_pointer (&self->open_before);

  for (guint i = 0; open != NULL && i < open->len; i++)
    {
      TcTx *tx = g_ptr_array_index (open, i);

      tc_node_get_finality_async (self->node, &tx->txid, NULL, on_finality, call_new (self, tx, NULL));
    }
}

static void
on_coins (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) call = user_data;
  TcWorker *self = call->worker;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) coins = tc_node_get_coins_finish (call->node, result, NULL);
  gboolean ok = TRUE;

  if (coins == NULL || self->account == NULL || self->node != call->node)
    return;
  for (guint i = 0; i < coins->len && ok; i++)
    {
      const TcNodeCoin *coin = &g_array_index (coins, TcNodeCoin, i);

      if (coin->unspent && coin->output.lock == TC_LOCK_KEY_HASH)
        ok = tc_account_unlock_collateral (self->account, &coin->outpoint, coin->output.amount, &error);
    }
  if (!ok)
    {
      self->collateral_due = TRUE;
      tc_worker_retry_later (self, error);
    }
  tc_worker_refresh (self);
}

void
tc_worker_ask_about_collateral (TcWorker *self)
{
  g_autoptr(GArray) outpoints = self->collateral_due ? tc_account_collaterals (self->account) : NULL;

  self->collateral_due = FALSE;
  if (outpoints != NULL && outpoints->len > 0)
    tc_node_get_coins_async (self->node, (const TcOutpoint *) outpoints->data, outpoints->len, NULL, on_coins, call_new (self, NULL, NULL));
}

gboolean
tc_worker_find_height (TcWorker *self, gint64 time_ms, guint32 *ret_height, gint64 *ret_time_ms, GError **error)
{
  guint32 low = MAX (self->oldest_height, 1), high = self->node_height + 1;  /* those below `low` are older, those from `high` on are not */

  *ret_height = 0;
  while (low < high)
    {
      const guint32 middle = low + (high - low) / 2;
      g_autoptr(TcBlock) block = tc_node_read_block (self->node, middle, error);

      if (block == NULL)
        return FALSE;
      if ((gint64) block->header.time_ms >= time_ms)
        high = middle;
      else
        {
          low = middle + 1;
          *ret_height = middle;
          if (ret_time_ms != NULL)
            *ret_time_ms = (gint64) block->header.time_ms;
        }
    }
  return TRUE;
}
