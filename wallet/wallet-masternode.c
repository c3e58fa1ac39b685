#include "wallet-private.h"

#include "core/check.h"

/* Change of the payment before, and a coin paid to an owner, are certified in tens of ms; a network under load takes longer. */
#define WAIT_MS 10000

/* --- Preparing: once ---------------------------------------------------------------------------------------------------------------- */

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
  tc_masternode_draft_unref (draft);
}

static void
job_prepare (TcWorker *worker, GTask *task)
{
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task) || tc_wallet_refuse_without_node (worker, task))
    return;
  TcMasternodeDraft *draft = tc_account_prepare_masternode (tc_worker_get_account (worker), g_task_get_task_data (task),
                                                            tc_node_get_fee_rate (tc_worker_get_node (worker)), &error);
  tc_worker_refresh (worker);
  if (draft == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  draft->release = release_draft;
  draft->release_owner = tc_worker_ref (worker);
  g_task_return_pointer (task, draft, draft_free);
}

/* --- Preparing: until the coins are there -------------------------------------------------------------------------------------------- */

typedef struct
{
  TcMasternodeOrder order;
  gboolean          paid_owner;
  gint64            give_up_us;  /* monotonic; 0: not waiting yet */
  gulong            changed_id;
  guint             timer;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *self = data;

  TC_CHECK (self->changed_id == 0 && self->timer == 0);
  g_free (self);
}

static void prepare (GTask *task);

static void
prepare_again (GTask *task)
{
  Preparation *self = g_task_get_task_data (task);

  g_clear_signal_handler (&self->changed_id, g_task_get_source_object (task));
  if (self->timer != 0)
    g_source_destroy (g_main_context_find_source_by_id (g_task_get_context (task), self->timer));
  self->timer = 0;
  prepare (task);
}

static void
on_changed (TcWallet *wallet, gpointer user_data)
{
  prepare_again (user_data);
}

static gboolean
on_give_up (gpointer user_data)
{
  prepare_again (user_data);
  return G_SOURCE_REMOVE;
}

/* Takes @task over. Returns: FALSE, with @task left alone, where it waited long enough. */
static gboolean
wait_for_change (GTask *task)
{
  Preparation *self = g_task_get_task_data (task);
  const gint64 now_us = g_get_monotonic_time ();

  if (self->give_up_us == 0)
    self->give_up_us = now_us + WAIT_MS * 1000;
  if (now_us >= self->give_up_us || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return FALSE;
  g_autoptr(GSource) timer = g_timeout_source_new ((guint) ((self->give_up_us - now_us) / 1000 + 1));
  g_source_set_callback (timer, on_give_up, task, NULL);
  self->timer = g_source_attach (timer, g_task_get_context (task));
  self->changed_id = g_signal_connect (g_task_get_source_object (task), "changed", G_CALLBACK (on_changed), task);
  return TRUE;
}

static void
finish (GTask *task, GError *error)
{
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_owner_paid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  TcHash txid;

  if (tc_wallet_send_payment_finish (TC_WALLET (source), result, &txid, &error))
    prepare (task);
  else
    finish (task, error);
}

static void
on_owner_payment (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_wallet_prepare_payment_finish (TC_WALLET (source), result, &error);

  if (draft != NULL)
    tc_wallet_send_payment (TC_WALLET (source), draft, on_owner_paid, task);
  else
    finish (task, error);
}

static void
on_owner_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Preparation *self = g_task_get_task_data (task);
  TcWallet *wallet = TC_WALLET (source);
  GError *error = NULL;
  gboolean mine = FALSE;
  guint32 account = 0;

  if (!tc_wallet_find_key_finish (wallet, result, &mine, NULL, &account, &error))
    {
      finish (task, error);
      return;
    }
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);
  g_autofree char *address = tc_address_format (&self->order.owner, snapshot->address_digit);
  const TcRecipient recipient = { .address = address, .amount = { TC_OWNER_COIN_UNITS } };
  const TcPaymentOrder order = { .account = account, .recipients = &recipient, .n_recipients = 1 };

  tc_wallet_prepare_payment (wallet, &order, NULL, on_owner_payment, task);
}

/* The owner has nothing to sign with: a payment to it, out of its account, goes first. */
static void
pay_owner (GTask *task)
{
  Preparation *self = g_task_get_task_data (task);

  self->paid_owner = TRUE;
  tc_wallet_find_key (g_task_get_source_object (task), &self->order.owner, on_owner_found, task);
}

static gboolean
is_on_its_way (TcWallet *wallet, const GError *error)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  return g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT)
         && snapshot->locked_amount.units >= tc_wallet_error_get_missing (error).units;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Preparation *self = g_task_get_task_data (task);
  GError *error = NULL;
  TcMasternodeDraft *draft = g_task_propagate_pointer (G_TASK (result), &error);
  const gboolean no_owner_coin = g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_OWNER_COIN);

  if (draft != NULL)
    {
      g_task_return_pointer (task, draft, draft_free);
      g_object_unref (task);
    }
  else if (no_owner_coin && !self->paid_owner)
    {
      g_error_free (error);
      pay_owner (task);
    }
  else if ((no_owner_coin || is_on_its_way (TC_WALLET (source), error)) && wait_for_change (task))
    g_error_free (error);
  else
    finish (task, error);
}

static void
prepare (GTask *task)
{
  Preparation *self = g_task_get_task_data (task);
  TcWallet *wallet = g_task_get_source_object (task);
  GTask *once = tc_wallet_task_new (wallet, prepare, g_task_get_cancellable (task), on_prepared, task);

  g_task_set_task_data (once, g_memdup2 (&self->order, sizeof self->order), g_free);
  tc_worker_post (tc_wallet_get_worker (wallet), job_prepare, once);
}

void
tc_wallet_prepare_masternode (TcWallet *self, const TcMasternodeOrder *order, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_prepare_masternode, cancellable, callback, user_data);
  Preparation *preparation = g_new0 (Preparation, 1);

  preparation->order = *order;
  g_task_set_task_data (task, preparation, preparation_free);
  prepare (task);
}

TcMasternodeDraft *
tc_wallet_prepare_masternode_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_prepare_masternode);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Sending -------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TcMasternodeDraft *draft;
  gboolean           has_possession;
  TcSignature        possession;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  tc_masternode_draft_unref (sending->draft);
  g_free (sending);
}

static void
job_send (TcWorker *worker, GTask *task)
{
  const Sending *sending = g_task_get_task_data (task);
  GError *error = NULL;

  if (tc_wallet_refuse_without_node (worker, task))
    return;
  g_autoptr(TcTx) tx = tc_account_commit_masternode (tc_worker_get_account (worker), sending->draft,
                                                     sending->has_possession ? &sending->possession : NULL, g_get_real_time () / 1000, &error);
  tc_worker_refresh (worker);
  if (tx != NULL)
    tc_worker_submit (worker, tx, task);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_send_masternode (TcWallet *self, TcMasternodeDraft *draft, const TcSignature *possession, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_send_masternode, NULL, callback, user_data);
  Sending *sending = g_new0 (Sending, 1);

  sending->draft = tc_masternode_draft_ref (draft);
  sending->has_possession = possession != NULL;
  if (possession != NULL)
    sending->possession = *possession;
  g_task_set_task_data (task, sending, sending_free);
  tc_worker_post (tc_wallet_get_worker (self), job_send, task);
}

gboolean
tc_wallet_send_masternode_finish (TcWallet *self, GAsyncResult *result, TcHash *ret_txid, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_send_masternode);
  g_autofree TcHash *txid = g_task_propagate_pointer (G_TASK (result), error);

  if (txid == NULL)
    return FALSE;
  *ret_txid = *txid;
  return TRUE;
}
