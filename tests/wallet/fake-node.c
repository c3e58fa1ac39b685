#include "fake-node.h"

typedef struct
{
  guint           id, kinds;
  GMainContext   *context;
  TcNodeEventFunc callback;
  gpointer        user_data;
  gatomicrefcount ref_count;
  gint            gone;  /* atomic */
} Subscription;

struct _TcNode
{
  gatomicrefcount ref_count;
  GMutex     mutex;
  TcNetwork *network;
  GPtrArray *blocks, *submitted, *subscriptions;
  char      *refusal;
  gboolean   event_first;
  TcNodeCoin released;  /* the one coin that its ledger knows */
  guint      next_id;
  guint32    oldest;    /* 0: it has all */
  gboolean   older_come;
};

typedef struct
{
  Subscription *subscription;
  TcNodeEvent   event;
} Delivery;

G_DEFINE_QUARK (tc-node-error-quark, tc_node_error)

static void
subscription_unref (gpointer data)
{
  Subscription *subscription = data;

  if (!g_atomic_ref_count_dec (&subscription->ref_count))
    return;
  g_main_context_unref (subscription->context);
  g_free (subscription);
}

TcNode *
fake_node_new (TcGenesis *genesis)
{
  TcNode *self = g_new0 (TcNode, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->network = tc_network_new_from_genesis (genesis);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  self->submitted = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  self->subscriptions = g_ptr_array_new_with_free_func (subscription_unref);
  return self;
}

TcNode *
tc_node_ref (TcNode *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_node_unref (TcNode *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->submitted);
  g_ptr_array_unref (self->subscriptions);
  tc_network_unref (self->network);
  g_mutex_clear (&self->mutex);
  g_free (self->refusal);
  g_free (self);
}

static gboolean
deliver (gpointer data)
{
  Delivery *delivery = data;

  if (!g_atomic_int_get (&delivery->subscription->gone))
    delivery->subscription->callback (&delivery->event, delivery->subscription->user_data);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  g_clear_pointer (&delivery->event.tx, tc_tx_unref);
  g_clear_pointer (&delivery->event.block, tc_block_unref);
  subscription_unref (delivery->subscription);
  g_free (delivery);
}

/* With the mutex held. */
static void
announce (TcNode *self, const TcNodeEvent *event)
{
  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      Subscription *subscription = g_ptr_array_index (self->subscriptions, i);

      if (!(subscription->kinds & 1u << event->kind))
        continue;
      Delivery *delivery = g_new0 (Delivery, 1);
      g_autoptr(GSource) source = g_idle_source_new ();
      g_atomic_ref_count_inc (&subscription->ref_count);
      delivery->subscription = subscription;
      delivery->event = *event;
      if (event->tx != NULL)
        tc_tx_ref (event->tx);
      if (event->block != NULL)
        tc_block_ref (event->block);
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, deliver, delivery, delivery_free);
      g_source_attach (source, subscription->context);
    }
}

void
fake_node_add_block (TcNode *self, TcBlock *block, gboolean tell)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_BLOCK, .block = block, .block_hash = block->hash };

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (block->header.height, ==, self->blocks->len + 1);
  g_ptr_array_add (self->blocks, tc_block_ref (block));
  if (tell)
    announce (self, &event);
  g_mutex_unlock (&self->mutex);
}

void
fake_node_set_oldest (TcNode *self, guint32 oldest, gboolean come)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_STATUS };

  g_mutex_lock (&self->mutex);
  self->oldest = oldest;
  self->older_come = come;
  announce (self, &event);
  g_mutex_unlock (&self->mutex);
}

void
fake_node_send_tx (TcNode *self, TcTx *tx, const TcFinality *finality)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_TX, .tx = tx, .finality = *finality };

  g_mutex_lock (&self->mutex);
  announce (self, &event);
  g_mutex_unlock (&self->mutex);
}

void
fake_node_set_refusal (TcNode *self, const char *message)
{
  g_mutex_lock (&self->mutex);
  g_free (self->refusal);
  self->refusal = g_strdup (message);
  g_mutex_unlock (&self->mutex);
}

void
fake_node_set_event_first (TcNode *self, gboolean event_first)
{
  g_mutex_lock (&self->mutex);
  self->event_first = event_first;
  g_mutex_unlock (&self->mutex);
}

void
fake_node_release (TcNode *self, const TcOutpoint *outpoint, TcAmount amount)
{
  g_mutex_lock (&self->mutex);
  self->released = (TcNodeCoin) { *outpoint, TRUE, { .amount = amount, .lock = TC_LOCK_KEY_HASH } };
  g_mutex_unlock (&self->mutex);
}

guint
fake_node_n_submitted (TcNode *self)
{
  g_mutex_lock (&self->mutex);
  const guint n = self->submitted->len;
  g_mutex_unlock (&self->mutex);
  return n;
}

TcTx *
fake_node_last_submitted (TcNode *self)
{
  g_mutex_lock (&self->mutex);
  TcTx *tx = self->submitted->len > 0 ? tc_tx_ref (self->submitted->pdata[self->submitted->len - 1]) : NULL;
  g_mutex_unlock (&self->mutex);
  return tx;
}

guint
fake_node_n_subscriptions (TcNode *self)
{
  g_mutex_lock (&self->mutex);
  const guint n = self->subscriptions->len;
  g_mutex_unlock (&self->mutex);
  return n;
}

TcNetwork *
tc_node_get_network (TcNode *self)
{
  return self->network;
}

TcNodeStatus *
tc_node_dup_status (TcNode *self)
{
  TcNodeStatus *status = g_new0 (TcNodeStatus, 1);

  g_atomic_ref_count_init (&status->ref_count);
  g_mutex_lock (&self->mutex);
  status->height = self->blocks->len;
  status->oldest_height = MAX (self->oldest, 1);
  status->older_come = self->older_come;
  g_mutex_unlock (&self->mutex);
  return status;
}

void
tc_node_status_unref (TcNodeStatus *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

guint
tc_node_subscribe (TcNode *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data, GDestroyNotify destroy)
{
  Subscription *subscription = g_new0 (Subscription, 1);

  g_assert_null (destroy);
  g_atomic_ref_count_init (&subscription->ref_count);
  subscription->kinds = kinds;
  subscription->context = g_main_context_ref (context);
  subscription->callback = callback;
  subscription->user_data = user_data;
  g_mutex_lock (&self->mutex);
  subscription->id = ++self->next_id;
  g_ptr_array_add (self->subscriptions, subscription);
  g_mutex_unlock (&self->mutex);
  return subscription->id;
}

void
tc_node_unsubscribe (TcNode *self, guint id)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      Subscription *subscription = g_ptr_array_index (self->subscriptions, i);

      if (subscription->id != id)
        continue;
      g_atomic_int_set (&subscription->gone, TRUE);
      g_ptr_array_remove_index (self->subscriptions, i);
      break;
    }
  g_mutex_unlock (&self->mutex);
}

TcBlock *
tc_node_read_block (TcNode *self, guint32 height, GError **error)
{
  TcBlock *block = NULL;

  g_mutex_lock (&self->mutex);
  if (height >= MAX (self->oldest, 1) && height <= self->blocks->len)
    block = tc_block_ref (self->blocks->pdata[height - 1]);
  g_mutex_unlock (&self->mutex);
  if (block == NULL)
    g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND, "There is no block %u.", height);
  return block;
}

void
tc_node_submit_async (TcNode *self, TcTx *tx, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_TX, .tx = tx,
                              .finality = { .txid = tx->txid, .state = TC_FINALITY_FINAL, .votes = 400, .power = 400, .seen_ms = 1700000500000,
                                            .certified_ms = 1700000500010, .final_ms = 1700000500020, .final_duration_us = 20000 } };

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->submitted, tc_tx_ref (tx));
  if (self->event_first)
    announce (self, &event);
  if (self->refusal != NULL)
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED, "%s", self->refusal);
  else
    g_task_return_boolean (task, TRUE);
  g_mutex_unlock (&self->mutex);
}

gboolean
tc_node_submit_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
tc_node_get_finality_async (TcNode *self, const TcHash *txid, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

gboolean
tc_node_get_finality_finish (TcNode *self, GAsyncResult *result, TcFinality *ret_finality, GError **error)
{
  *ret_finality = (TcFinality) { .state = TC_FINALITY_UNKNOWN };
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint64
tc_node_get_fee_rate (TcNode *self)
{
  return 1;
}

void
tc_node_get_coins_async (TcNode *self, const TcOutpoint *outpoints, gsize n_outpoints, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GArray *coins = g_array_new (FALSE, FALSE, sizeof (TcNodeCoin));

  g_mutex_lock (&self->mutex);
  for (gsize i = 0; i < n_outpoints; i++)
    {
      TcNodeCoin coin = { .outpoint = outpoints[i], .unspent = TRUE, .output = { .lock = TC_LOCK_COLLATERAL } };

      if (tc_outpoint_equal (&outpoints[i], &self->released.outpoint))
        coin = self->released;
      g_array_append_val (coins, coin);
    }
  g_mutex_unlock (&self->mutex);
  g_task_return_pointer (task, coins, (GDestroyNotify) g_array_unref);
}

GArray *
tc_node_get_coins_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
