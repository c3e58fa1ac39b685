#include "node-rpc-wait.h"

#include <string.h>

#include "node-private.h"
#include "node-rpc-private.h"

#define TIMEOUT_DEFAULT_MS 60000u
#define TIMEOUT_MAX_MS     3600000u

struct _TcFinalityWaits
{
  TcNode       *node;     /* borrowed */
  GMainContext *context;
  GPtrArray    *waiters;  /* of Waiter, owned */
  guint32       tip_height;
};

/* A call of waittransactionfinality that was not answered yet. Their number is bounded by the server's TC_RPC_CALLS_MAX. */
typedef struct
{
  TcFinalityWaits *waits;   /* borrowed: owns this */
  TcRpcCall       *call;    /* NULL once ended */
  TcHash           txid;
  TcFinalityState  wanted;
  guint64          timeout_ms;
  GSource         *timer;
} Waiter;

static void
waiter_free (Waiter *waiter)
{
  if (waiter->call != NULL)
    tc_rpc_call_error (waiter->call, TC_RPC_MISC, "The node is stopping");
  g_source_destroy (waiter->timer);
  g_source_unref (waiter->timer);
  g_free (waiter);
}

static const char *
wait_problem (const Waiter *waiter, TcFinalityState state)
{
  return state == TC_FINALITY_DROPPED && waiter->wanted != TC_FINALITY_DROPPED ? "it was dropped: another transaction won its coins, or it expired" : NULL;
}

/* Ends @waiter's call where @finality settles it. Returns: TRUE where it did. */
static gboolean
waiter_settle (Waiter *waiter, const TcFinality *finality)
{
  const char *problem = wait_problem (waiter, finality->state);

  if (problem == NULL && (finality->state == TC_FINALITY_UNKNOWN || finality->state < waiter->wanted))
    return FALSE;
  if (problem != NULL)
    tc_rpc_call_error (g_steal_pointer (&waiter->call), TC_RPC_VERIFY_REJECTED, "The transaction will not become %s: %s",
                       tc_finality_name (waiter->wanted), problem);
  else
    tc_rpc_call_return (g_steal_pointer (&waiter->call), tc_json_finality (finality, waiter->waits->tip_height));
  return TRUE;
}

static gboolean
on_wait_timeout (gpointer user_data)
{
  Waiter *waiter = user_data;
  TcFinality finality = { .state = TC_FINALITY_UNKNOWN };

  tc_node_get_finality (waiter->waits->node, &waiter->txid, &finality);
  tc_rpc_call_error (g_steal_pointer (&waiter->call), TC_RPC_MISC,
                     "Not %s after %" G_GUINT64_FORMAT " ms: the transaction is %s, with votes of %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT,
                     tc_finality_name (waiter->wanted), waiter->timeout_ms, tc_finality_name (finality.state), finality.votes, finality.power);
  g_ptr_array_remove_fast (waiter->waits->waiters, waiter);
  return G_SOURCE_REMOVE;
}

static gboolean
get_wanted (TcRpcCall *call, TcFinalityState *ret_wanted)
{
  const char *state;

  if (!tc_rpc_call_get_string (call, 1, "final", &state))
    return FALSE;
  if (strcmp (state, "pending") == 0)
    *ret_wanted = TC_FINALITY_PENDING;
  else if (strcmp (state, "final") == 0)
    *ret_wanted = TC_FINALITY_FINAL;
  else if (strcmp (state, "confirmed") == 0)
    *ret_wanted = TC_FINALITY_CONFIRMED;
  else
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "state must be pending, final or confirmed");
      return FALSE;
    }
  return TRUE;
}

TcFinalityWaits *
tc_finality_waits_new (TcNode *node, guint32 tip_height)
{
  TcFinalityWaits *self = g_new0 (TcFinalityWaits, 1);

  self->node = node;
  self->context = g_main_context_ref_thread_default ();
  self->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_free);
  self->tip_height = tip_height;
  return self;
}

void
tc_finality_waits_free (TcFinalityWaits *self)
{
  g_ptr_array_unref (self->waiters);
  g_main_context_unref (self->context);
  g_free (self);
}

void
tc_finality_waits_add (TcFinalityWaits *self, TcRpcCall *call, const TcHash *txid)
{
  TcFinalityState wanted;
  TcFinality finality;
  guint64 timeout_ms;

  if (!get_wanted (call, &wanted) || !tc_rpc_call_get_uint (call, 2, TIMEOUT_DEFAULT_MS, &timeout_ms))
    return;

  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->waits = self;
  waiter->call = call;
  waiter->txid = *txid;
  waiter->wanted = wanted;
  waiter->timeout_ms = MIN (timeout_ms, TIMEOUT_MAX_MS);
  waiter->timer = g_timeout_source_new ((guint) waiter->timeout_ms);
  g_source_set_callback (waiter->timer, on_wait_timeout, waiter, NULL);
  /* Events come on this thread too: none can pass between the look and the wait. */
  if (tc_node_get_finality (self->node, txid, &finality) && waiter_settle (waiter, &finality))
    {
      waiter_free (waiter);
      return;
    }
  g_source_attach (waiter->timer, self->context);
  g_ptr_array_add (self->waiters, waiter);
}

/* What comes in a block while the node catches up is in nobody's book: then the block itself tells. */
static gboolean
find_in_block (const TcBlock *block, const TcHash *txid, TcFinality *ret_finality)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    if (tc_hash_equal (&block->txs[i]->txid, txid))
      {
        *ret_finality = (TcFinality) {
          .txid = *txid, .state = TC_FINALITY_CONFIRMED, .height = block->header.height, .seen_ms = -1, .certified_ms = -1, .final_ms = -1,
          .final_duration_us = -1, .block_time_ms = (gint64) block->header.time_ms,
        };
        return TRUE;
      }
  return FALSE;
}

void
tc_finality_waits_notice (TcFinalityWaits *self, const TcNodeEvent *event)
{
  if (event->kind == TC_NODE_EVENT_BLOCK)
    self->tip_height = event->block->header.height;
  for (guint i = self->waiters->len; i-- > 0;)
    {
      Waiter *waiter = g_ptr_array_index (self->waiters, i);
      TcFinality finality = event->finality;

      if (event->kind == TC_NODE_EVENT_TX && !tc_hash_equal (&event->finality.txid, &waiter->txid))
        continue;
      if ((tc_node_get_finality (self->node, &waiter->txid, &finality) || event->kind == TC_NODE_EVENT_TX
           || (event->kind == TC_NODE_EVENT_BLOCK && find_in_block (event->block, &waiter->txid, &finality)))
          && waiter_settle (waiter, &finality))
        g_ptr_array_remove_index_fast (self->waiters, i);
    }
}
