#include <glib/gi18n-lib.h>

#include "account-backup.h"
#include "account-private.h"
#include "core/check.h"
#include "wallet-file.h"
#include "wallet-private.h"

/* --- On the account -------------------------------------------------------------------------------------------------------------- */

/* What the proof is about: what went to others; where nothing did, what came in. */
static GArray *
list_outputs (TcAccount *self, const TcTx *tx)
{
  GArray *outputs = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint pass = 0; pass < 2 && outputs->len == 0; pass++)
    for (guint32 i = 0; i < tx->n_outputs; i++)
      {
        gboolean change = FALSE;
        const gboolean mine = tc_account_find_key (self, &tx->outputs[i].key_hash, &change, NULL);

        if (pass == 0 ? !mine : mine && !change)
          g_array_append_val (outputs, i);
      }
  return outputs;
}

static gboolean
refuse (GError **error, TcWalletError code, const char *message)
{
  g_set_error_literal (error, TC_WALLET_ERROR, code, message);
  return FALSE;
}

/* By the first coin of this wallet that it spends. */
static gboolean
sign (TcAccount *self, TcPaymentProof *proof, const char *message, GError **error)
{
  const TcTx *tx = proof->proof->tx;

  if (!tc_keychain_is_unlocked (self->keys))
    return refuse (error, TC_WALLET_ERROR_LOCKED, _("Unlock the wallet first: it signs the proof."));
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint);
      const TcEntry *parent = coin != NULL ? tc_history_find (self->history, &tx->inputs[i].outpoint.txid) : NULL;

      if (parent == NULL)
        continue;
      g_autoptr(TcSecretKey) key = tc_keychain_secret_key (self->keys, coin->path);
      tc_payment_proof_sign (proof, key, i, parent->tx, message);
      return TRUE;
    }
  return refuse (error, TC_WALLET_ERROR_FAILED, _("This wallet did not pay it, so it cannot sign as the payer."));
}

GBytes *
tc_account_prove (TcAccount *self, TcNode *node, const TcHash *txid, gboolean as_payer, const char *message, GError **error)
{
  const TcEntry *entry = tc_history_find (self->history, txid);

  if (!tc_wallet_db_end (self->db, error))
    return NULL;
  if (entry == NULL || entry->tx == NULL)
    return refuse (error, TC_WALLET_ERROR_NOT_FOUND, _("This wallet has no such payment.")), NULL;
  if (entry->row.state == TC_WALLET_TX_FINAL)
    return refuse (error, TC_WALLET_ERROR_NOT_FINAL, _("This payment is final. It can be proven once it is in a block, in half a minute at most.")), NULL;
  if (entry->row.state != TC_WALLET_TX_CONFIRMED)
    return refuse (error, TC_WALLET_ERROR_NOT_FINAL, _("This payment is not final, so there is nothing to prove.")), NULL;
  g_autoptr(GArray) outputs = list_outputs (self, entry->tx);
  g_autoptr(TcTxProof) in_chain = tc_node_prove_tx (node, txid, entry->row.block_height, error);
  if (in_chain == NULL)
    return NULL;
  g_autoptr(TcPaymentProof) proof = tc_payment_proof_new (in_chain, (const guint32 *) outputs->data, outputs->len);
  if (as_payer && !sign (self, proof, message, error))
    return NULL;
  return tc_payment_proof_encode (proof);
}

/* --- On the wallet --------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TcHash   txid;
  gboolean as_payer;
  char    *message;  /* (nullable) */
  char    *path;     /* (nullable): to be written there */
  gboolean replace;
} Order;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->message);
  g_free (order->path);
  g_free (order);
}

static void
bytes_free (gpointer bytes)
{
  g_bytes_unref (bytes);
}

static void
job_prove (TcWorker *worker, GTask *task)
{
  const Order *order = g_task_get_task_data (task);
  GError *error = NULL;

  if (tc_wallet_refuse_without_node (worker, task))
    return;
  g_autoptr(GBytes) bytes = tc_account_prove (tc_worker_get_account (worker), tc_worker_get_node (worker), &order->txid, order->as_payer, order->message, &error);
  if (bytes != NULL && order->path != NULL && !tc_wallet_write_file (order->path, bytes, order->replace, &error))
    g_clear_pointer (&bytes, g_bytes_unref);
  if (bytes != NULL)
    g_task_return_pointer (task, g_steal_pointer (&bytes), bytes_free);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_prove_payment (TcWallet *self, const TcHash *txid, gboolean as_payer, const char *message, const char *path, gboolean replace, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_prove_payment, cancellable, callback, user_data);
  Order *order = g_new0 (Order, 1);

  *order = (Order) { *txid, as_payer, g_strdup (message), g_strdup (path), replace };
  g_task_set_task_data (task, order, order_free);
  tc_worker_post (tc_wallet_get_worker (self), job_prove, task);
}

GBytes *
tc_wallet_prove_payment_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_prove_payment);
  return g_task_propagate_pointer (G_TASK (result), error);
}
