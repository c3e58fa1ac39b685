#include "wallet-private.h"

#include <string.h>

#include "core/check.h"

/* --- Orders that wait for their turn ---------------------------------------------------------------------------------------------- */

typedef struct
{
  TcPaymentOrder order;
  TcPublicKey    key;
} PaymentRequest;

static void
payment_request_free (gpointer data)
{
  PaymentRequest *self = data;

  for (gsize i = 0; i < self->order.n_recipients; i++)
    g_free ((char *) self->order.recipients[i].address);
  g_free ((TcRecipient *) self->order.recipients);
  g_free ((TcOutpoint *) self->order.coins);
  g_free ((char *) self->order.memo);
  g_free (self);
}

static PaymentRequest *
payment_request_new (const TcPaymentOrder *order)
{
  PaymentRequest *self = g_new0 (PaymentRequest, 1);
  TcRecipient *recipients = g_memdup2 (order->recipients, order->n_recipients * sizeof *recipients);

  self->order = *order;
  for (gsize i = 0; i < order->n_recipients; i++)
    recipients[i].address = g_strdup (order->recipients[i].address);
  self->order.recipients = recipients;
  self->order.coins = g_memdup2 (order->coins, order->n_coins * sizeof *order->coins);
  self->order.memo = g_strdup (order->memo);
  if (order->memo_key != NULL)
    {
      self->key = *order->memo_key;
      self->order.memo_key = &self->key;
    }
  return self;
}

/* --- Drafts ------------------------------------------------------------------------------------------------------------------------ */

static void
job_release (TcWorker *worker, GTask *task)
{
  const guint64 *draft_id = g_task_get_task_data (task);

  tc_account_release_draft (tc_worker_get_account (worker), *draft_id);
  g_task_return_boolean (task, TRUE);
}

void
tc_wallet_post_release (TcWorker *worker, guint64 draft_id)
{
  GTask *task = g_task_new (NULL, NULL, NULL, NULL);  /* carries the number; nobody waits for it */

  g_task_set_task_data (task, g_memdup2 (&draft_id, sizeof draft_id), g_free);
  tc_worker_post (worker, job_release, task);
}

static void
release_draft (gpointer owner, guint64 draft_id)
{
  TcWorker *worker = owner;

  tc_wallet_post_release (worker, draft_id);
  tc_worker_unref (worker);
}

static void
draft_free (gpointer draft)
{
  tc_payment_draft_unref (draft);
}

static void
return_draft (TcWorker *worker, GTask *task, TcPaymentDraft *draft, GError *error)
{
  if (draft == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  draft->release = release_draft;
  draft->owner = tc_worker_ref (worker);
  g_task_return_pointer (task, draft, draft_free);
}

static void
job_prepare (TcWorker *worker, GTask *task)
{
  const PaymentRequest *request = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task) || tc_wallet_refuse_without_node (worker, task))
    return;
  TcPaymentDraft *draft = tc_account_prepare (tc_worker_get_account (worker), &request->order, tc_node_get_fee_rate (tc_worker_get_node (worker)), &error);
  return_draft (worker, task, draft, error);
}

void
tc_wallet_prepare_payment (TcWallet *self, const TcPaymentOrder *order, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_prepare_payment, cancellable, callback, user_data);

  g_task_set_task_data (task, payment_request_new (order), payment_request_free);
  tc_worker_post (tc_wallet_get_worker (self), job_prepare, task);
}

TcPaymentDraft *
tc_wallet_prepare_payment_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_prepare_payment);
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  guint32  account;
  TcAmount below;
  guint64  fee_rate;
} Consolidation;

static void
job_consolidate (TcWorker *worker, GTask *task)
{
  const Consolidation *wanted = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task) || tc_wallet_refuse_without_node (worker, task))
    return;
  const guint64 fee_rate = wanted->fee_rate > 0 ? wanted->fee_rate : tc_node_get_fee_rate (tc_worker_get_node (worker));
  TcPaymentDraft *draft = tc_account_prepare_consolidation (tc_worker_get_account (worker), wanted->account, wanted->below, fee_rate, &error);
  return_draft (worker, task, draft, error);
}

void
tc_wallet_prepare_consolidation (TcWallet *self, guint32 account, TcAmount below, guint64 fee_rate, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_prepare_consolidation, cancellable, callback, user_data);
  const Consolidation wanted = { account, below, fee_rate };

  g_task_set_task_data (task, g_memdup2 (&wanted, sizeof wanted), g_free);
  tc_worker_post (tc_wallet_get_worker (self), job_consolidate, task);
}

TcPaymentDraft *
tc_wallet_prepare_consolidation_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_prepare_consolidation);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Sending ------------------------------------------------------------------------------------------------------------------------ */

static void
job_send (TcWorker *worker, GTask *task)
{
  GError *error = NULL;

  if (tc_wallet_refuse_without_node (worker, task))
    return;
  g_autoptr(TcTx) tx = tc_account_commit (tc_worker_get_account (worker), g_task_get_task_data (task), g_get_real_time () / 1000, &error);
  tc_worker_refresh (worker);
  if (tx != NULL)
    tc_worker_submit (worker, tx, task);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_send_payment (TcWallet *self, TcPaymentDraft *draft, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_send_payment, NULL, callback, user_data);

  g_task_set_task_data (task, tc_payment_draft_ref (draft), draft_free);
  tc_worker_post (tc_wallet_get_worker (self), job_send, task);
}

gboolean
tc_wallet_send_payment_finish (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_send_payment);
  g_autofree TcHash *txid = g_task_propagate_pointer (G_TASK (result), error);

  if (txid == NULL)
    return FALSE;
  *ret_txid = *txid;
  return TRUE;
}

void
tc_wallet_cancel_payment (TcWallet *self, TcPaymentDraft *draft)
{
  tc_wallet_post_release (tc_wallet_get_worker (self), draft->id);
}

/* --- Frozen coins ------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TcOutpoint *coins;
  gsize       n_coins;
  gboolean    frozen;
} Freezing;

static void
freezing_free (gpointer data)
{
  Freezing *self = data;

  g_free (self->coins);
  g_free (self);
}

static void
job_set_frozen (TcWorker *worker, GTask *task)
{
  const Freezing *wanted = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = tc_account_set_coin_frozen (tc_worker_get_account (worker), wanted->coins, wanted->n_coins, wanted->frozen, &error);

  tc_worker_refresh (worker);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_set_coin_frozen (TcWallet *self, const TcOutpoint *coins, gsize n_coins, gboolean frozen, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_set_coin_frozen, NULL, callback, user_data);
  Freezing *wanted = g_new0 (Freezing, 1);

  *wanted = (Freezing) { g_memdup2 (coins, n_coins * sizeof *coins), n_coins, frozen };
  g_task_set_task_data (task, wanted, freezing_free);
  tc_worker_post (tc_wallet_get_worker (self), job_set_frozen, task);
}

gboolean
tc_wallet_set_coin_frozen_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_set_coin_frozen);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Fees --------------------------------------------------------------------------------------------------------------------------- */

TcWalletFees
tc_wallet_get_fees (TcWallet *self)
{
  return tc_worker_get_fees (tc_wallet_get_worker (self));
}
