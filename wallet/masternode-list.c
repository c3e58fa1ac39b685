#include "masternode-list.h"

#include "account-private.h"
#include "core/check.h"
#include "wallet-private.h"

#define DAY_MS (24 * G_GINT64_CONSTANT (3600000))

static void
own_free (gpointer data)
{
  TcOwnMasternode *self = data;

  g_free (self->name);
  g_free (self);
}

void
tc_own_masternodes_free (TcOwnMasternodes *self)
{
  g_ptr_array_unref (self->masternodes);
  g_free (self);
}

/* (nullable) (transfer full) */
static char *
name_of (TcAccount *self, const TcHash *registration)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT note FROM notes WHERE txid = ?1", "h", registration);

  return tc_wallet_db_next (self->db, rows) ? tc_wallet_db_text (rows, 0) : NULL;
}

/* Registrations of this wallet that the chain does not list: on their way, or in a block of an epoch that goes on. */
static void
add_sent (TcAccount *self, const GHashTable *listed, TcOwnMasternodes *found)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT raw, seen_ms, block_ms FROM txs WHERE kind = ?1 AND state <= ?2 AND raw IS NOT NULL AND debit > 0"
                                                      " ORDER BY id DESC LIMIT 1000", "ii", (gint64) TC_WALLET_TX_REGISTER,
                                            (gint64) TC_WALLET_TX_CONFIRMED);

  while (tc_wallet_db_next (self->db, rows))
    {
      g_autoptr(GBytes) raw = tc_wallet_db_bytes (rows, 0);
      g_autoptr(TcTx) tx = tc_tx_decode (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), NULL);
      TcMasternodePayload payload;
      TcOwnMasternode *own;

      if (tx == NULL || !tc_masternode_payload_decode (tx->kind, tx->payload, tx->payload_size, &payload)
          || g_hash_table_contains ((GHashTable *) listed, &(TcOutpoint) { tx->txid, 0 }))
        continue;
      own = g_new0 (TcOwnMasternode, 1);
      own->node = (TcNodeMasternode) { .outpoint = { tx->txid, 0 }, .tier = (TcTier) payload.tier, .operator_key = payload.operator_key,
                                       .owner = tx->outputs[0].key_hash, .payout = payload.payout };
      g_strlcpy (own->node.host, payload.host, TC_HOST_SIZE);
      own->sent_ms = tc_wallet_db_int (rows, 1);
      own->block_ms = tc_wallet_db_int (rows, 2);
      g_ptr_array_add (found->masternodes, own);
    }
}

static void
add_registered (TcAccount *self, const GArray *all, gboolean gone, TcOwnMasternodes *found)
{
  for (guint i = 0; i < all->len && found->masternodes->len < TC_OWN_MASTERNODES_MAX; i++)
    {
      const TcNodeMasternode *node = &g_array_index (all, TcNodeMasternode, i);
      TcOwnMasternode *own;

      if ((node->state == TC_NODE_MASTERNODE_RELEASED) != gone || !tc_account_find_key (self, &node->owner, NULL, NULL))
        continue;
      own = g_new0 (TcOwnMasternode, 1);
      own->registered = TRUE;
      own->node = *node;
      g_ptr_array_add (found->masternodes, own);
    }
}

static void
add_rewards (TcAccount *self, gint64 today_ms, TcOwnMasternodes *found)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT block_ms, amount FROM txs WHERE kind = ?1 AND state = ?2", "ii", (gint64) TC_WALLET_TX_REWARD,
                                            (gint64) TC_WALLET_TX_CONFIRMED);

  while (tc_wallet_db_next (self->db, rows))
    {
      const gint64 since_ms = today_ms + DAY_MS - tc_wallet_db_int (rows, 0), day = since_ms / DAY_MS;
      const TcAmount amount = { (guint64) tc_wallet_db_int (rows, 1) };
      TcAmount *sum = since_ms >= 0 && day < TC_REWARD_DAYS ? &found->rewards[TC_REWARD_DAYS - 1 - (guint) day] : NULL;

      if (!tc_amount_add (found->rewards_total, amount, &found->rewards_total) || (sum != NULL && !tc_amount_add (*sum, amount, sum)))
        tc_wallet_db_damaged (self->db);
    }
}

TcOwnMasternodes *
tc_account_list_masternodes (TcAccount *self, const GArray *all, gint64 today_ms, GError **error)
{
  g_autoptr(TcOwnMasternodes) found = g_new0 (TcOwnMasternodes, 1);
  g_autoptr(GHashTable) listed = g_hash_table_new (tc_outpoint_hash, tc_outpoint_equal);

  found->masternodes = g_ptr_array_new_with_free_func (own_free);
  for (guint i = 0; i < all->len; i++)
    g_hash_table_add (listed, &g_array_index (all, TcNodeMasternode, i).outpoint);
  add_sent (self, listed, found);
  add_registered (self, all, FALSE, found);
  add_registered (self, all, TRUE, found);
  for (guint i = 0; i < found->masternodes->len; i++)
    {
      TcOwnMasternode *own = found->masternodes->pdata[i];

      if (own->node.outpoint.index == 0)  /* those of genesis share a transaction */
        own->name = name_of (self, &own->node.outpoint.txid);
    }
  add_rewards (self, today_ms, found);
  return tc_wallet_db_end (self->db, error) ? g_steal_pointer (&found) : NULL;
}

/* --- As a task --- */

typedef struct
{
  GArray *all;
  gint64  today_ms;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_array_unref (request->all);
  g_free (request);
}

static void
free_list (gpointer found)
{
  tc_own_masternodes_free (found);
}

static void
job_list (TcWorker *worker, GTask *task)
{
  const Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  TcOwnMasternodes *found = tc_account_list_masternodes (tc_worker_get_account (worker), request->all, request->today_ms, &error);

  if (found != NULL)
    g_task_return_pointer (task, found, free_list);
  else
    g_task_return_error (task, error);
}

void
tc_wallet_list_masternodes (TcWallet *self, const GArray *all, gint64 today_ms, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = tc_wallet_task_new (self, tc_wallet_list_masternodes, NULL, callback, user_data);
  Request *request = g_new (Request, 1);

  *request = (Request) { g_array_copy ((GArray *) all), today_ms };
  g_task_set_task_data (task, request, request_free);
  tc_worker_post (tc_wallet_get_worker (self), job_list, task);
}

TcOwnMasternodes *
tc_wallet_list_masternodes_finish (TcWallet *self, GAsyncResult *result, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_list_masternodes);
  return g_task_propagate_pointer (G_TASK (result), error);
}
