#define G_LOG_DOMAIN "tc-node"
#include "node-internal.h"

/* From what a data directory holds to a node that runs, and back. */

#define STOP_WAIT_US        4000000  /* of the 5 s that stopping may take */
#define COINS_SHARE 75u  /* per cent of the memory for unspent outputs that hold coins; the rest holds pages of the database */
#define LINKS_AT_ONCE 256u  /* of the chain of epochs, read */

/* --- opening --- */

void
tc_node_set_error (GError **error, TcNodeError code, GError *cause)
{
  g_set_error_literal (error, TC_NODE_ERROR, code, cause->message);
  g_error_free (cause);
}

gboolean
tc_node_take_store_error (GError **error, GError *cause)
{
  TcNodeError code = TC_NODE_ERROR_DAMAGED;

  if (cause->domain == TC_NODE_ERROR)
    code = (TcNodeError) cause->code;
  else if (g_error_matches (cause, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE))
    code = TC_NODE_ERROR_DATA_DIR_IN_USE;
  else if (g_error_matches (cause, TC_STORE_ERROR, TC_STORE_ERROR_DISK))
    code = TC_NODE_ERROR_DISK;
  tc_node_set_error (error, code, cause);
  return FALSE;
}

G_STATIC_ASSERT ((int) TC_NODE_SYNC_MODE_FULL == (int) TC_SYNC_MODE_FULL && (int) TC_NODE_SYNC_MODE_SNAPSHOT == (int) TC_SYNC_MODE_SNAPSHOT);

/* What the state covers of the epoch under way: its transactions are in the chain, its blocks are on the clock's face. */
static gboolean
restore_epoch (TcNode *self, guint32 state_height, GError **error)
{
  const TcTip *tip = tc_ledger_get_tip (tc_engine_get_ledger (self->engine));
  guint32 first = tip->is_last ? tip->height : tip->epoch_start_height;

  for (guint32 height = MAX (first, 1); height <= state_height; height++)
    {
      g_autoptr(TcBlock) block = NULL;
      g_autoptr(TcCommit) commit = NULL;

      if (!tc_store_read_block (self->store, height, &block, &commit, error))
        return FALSE;
      if (height > first)
        tc_engine_restore_epoch_block (self->engine, block);
      tc_node_note_block (self, block, FALSE);
      if (height == state_height)
        tc_engine_restore_tip_commit (self->engine, commit);
    }
  return TRUE;
}

static gboolean
restore_blocks (TcNode *self, guint32 state_height, guint32 block_height, GError **error)
{
  for (guint32 height = state_height + 1; height <= block_height; height++)
    {
      g_autoptr(TcBlock) block = NULL;
      g_autoptr(TcCommit) commit = NULL;

      if (!tc_store_read_block (self->store, height, &block, &commit, error)
          || !tc_engine_restore_block (self->engine, block, commit, error))
        return FALSE;
      tc_node_note_block (self, block, FALSE);
    }
  return TRUE;
}

static void
restore_records (TcNode *self, const GArray *records)
{
  g_autofree TcRecord *copies = g_new (TcRecord, records->len + 1);

  for (guint i = 0; i < records->len; i++)
    {
      const TcSignedRecord *record = &g_array_index (records, TcSignedRecord, i);

      copies[i] = (TcRecord) { record->epoch, record->kind, record->data };
    }
  tc_engine_restore_records (self->engine, copies, records->len, g_get_monotonic_time () / 1000, g_get_real_time () / 1000);
}

/* Returns: those of @page that decode, ascending. */
static GPtrArray *
decode_links (GPtrArray *page)
{
  GPtrArray *links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  for (guint i = 0; i < page->len; i++)
    {
      TcLink *link = tc_link_decode (g_bytes_get_data (g_ptr_array_index (page, i), NULL), g_bytes_get_size (g_ptr_array_index (page, i)), NULL);

      if (link == NULL)
        break;
      g_ptr_array_add (links, link);
    }
  return links;
}

/* The chain of epochs above the tip goes on where it was. What does not fit any more is fetched anew. */
static gboolean
restore_links (TcNode *self, GError **error)
{
  gboolean fits = TRUE;
  guint n = LINKS_AT_ONCE;

  while (fits && n == LINKS_AT_ONCE)
    {
      g_autoptr(GPtrArray) page = tc_store_read_links (self->store, tc_engine_get_link_epoch (self->engine), LINKS_AT_ONCE, G_MAXSIZE, error), links = NULL;

      if (page == NULL)
        return FALSE;
      links = decode_links (page);
      n = page->len;
      fits = links->len == n && tc_engine_restore_links (self->engine, (TcLink *const *) links->pdata, links->len);
    }
  if (fits)
    return TRUE;
  g_message ("the stored links from epoch %u on are left: they do not follow the chain, or contradict a trusted block", tc_engine_get_link_epoch (self->engine));
  return tc_store_write_links (self->store, tc_engine_get_link_epoch (self->engine), NULL, 0, error);
}

gboolean
tc_node_recover (TcNode *self, GError **error)
{
  g_autoptr(GArray) records = NULL, trusted = NULL;
  g_autoptr(GBytes) state = NULL;
  g_autofree guint8 *buckets = NULL;
  TcEngineConfig config = { .genesis = self->network->genesis, .operator_key = self->operator_key,
                            .verifier = tc_verifier_pool_get (self->verifiers) };
  guint32 block_height = 0, state_height;
  const TcSignedAge *age;

  if (!tc_store_load_state (self->store, &state, &buckets, &block_height, error))
    return FALSE;
  records = tc_store_load_signed (self->store, error);
  if (records == NULL)
    return FALSE;
  if (!tc_store_bind_key (self->store, self->operator_key != NULL ? tc_secret_key_get_public (self->operator_key) : NULL, error))
    return FALSE;
  age = tc_store_get_signed_age (self->store);
  config.store_created_ms = age->made_ms;
  config.store_replaced = age->replaced;
  config.sign_anyway_epoch = self->sign_anyway_epoch;
  config.sync_mode = (TcSyncMode) self->sync_mode;
  config.history = self->history && self->prune_mb == 0;
  if (self->operator_key != NULL && tc_signed_verdict_is_old (age->verdict))
    g_warning ("signed.sqlite in %s is not what this node wrote last. %s It signs nothing before the next epoch.", self->data_dir,
               tc_signed_verdict_message (age->verdict));
  config.view = *tc_store_get_coin_view (self->store);
  trusted = tc_node_list_trusted (self, block_height, error);
  if (trusted == NULL)
    return FALSE;
  config.trusted = (const TcCheckpoint *) (gpointer) trusted->data;
  config.n_trusted = trusted->len;
  config.state = state;
  config.buckets = buckets;
  self->engine = tc_engine_new (&config, error);
  if (self->engine == NULL)
    return FALSE;
  tc_ledger_set_memory ((TcLedger *) tc_engine_get_ledger (self->engine), (gsize) self->cache_mb * 1000000 * COINS_SHARE / 100);
  state_height = tc_ledger_get_tip (tc_engine_get_ledger (self->engine))->height;
  if (!restore_epoch (self, state_height, error) || !restore_blocks (self, state_height, block_height, error))
    return FALSE;
  if (!tc_node_restore_snapshots (self, error))
    return FALSE;
  restore_records (self, records);
  return restore_links (self, error);
}

gboolean
tc_node_open (TcNode *self, GError **error)
{
  GError *cause = NULL;

  tc_node_book_init (self);
  tc_effects_init (&self->effects);
  g_queue_init (&self->queue);
  self->store = tc_store_open (self->data_dir, &self->network->genesis->chain_id, &cause);
  if (self->store == NULL || !tc_store_set_memory (self->store, (gsize) self->cache_mb * 1000000 * (100 - COINS_SHARE) / 100, &cause))
    return tc_node_take_store_error (error, cause);
  tc_node_open_checks (self);
  self->signer = tc_job_thread_new ();
  self->writer = tc_job_thread_new ();
  self->serving = tc_serving_new (self);
  tc_node_open_snapshots (self);
  if (!tc_node_recover (self, &cause))
    return tc_node_take_store_error (error, cause);
  tc_node_start_timer (self);
  if (!tc_node_open_net (self, error))
    return FALSE;
  tc_node_set_timer (self);
  return TRUE;
}

/* --- closing --- */

static void
drain_context (TcNode *self, gint64 until_us)
{
  while ((self->persisting || self->n_writes > 0 || !g_queue_is_empty (&self->queue)) && !self->failed && g_get_monotonic_time () < until_us)
    g_main_context_iteration (self->context, TRUE);
}

/* Nothing is sent any more, as if the node had been cut off; what was signed or committed still reaches the disk. */
void
tc_node_close (TcNode *self)
{
  self->stopping = TRUE;
  tc_node_pump (self);
  tc_node_discover_end (self);
  g_clear_pointer (&self->port_mapping, tc_port_map_free);
  if (self->net != NULL)
    {
      tc_node_save_bans (self);
      tc_net_stop (self->net);
    }
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  if (self->publish_timer != NULL)
    g_source_destroy (self->publish_timer);
  if (self->prune_timer != NULL)
    g_source_destroy (self->prune_timer);
  if (self->serving != NULL)
    tc_serving_stop (self->serving);
  drain_context (self, g_get_monotonic_time () + STOP_WAIT_US);
  tc_node_stop_snapshots (self);
  tc_job_thread_free (self->signer);
  tc_job_thread_free (self->writer);
  self->signer = self->writer = NULL;
  tc_node_stop_checks (self);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->publish_timer, g_source_unref);
  g_clear_pointer (&self->prune_timer, g_source_unref);
  g_clear_pointer (&self->net, tc_net_free);
  g_clear_pointer (&self->serving, tc_serving_free);
  g_clear_pointer (&self->engine, tc_engine_free);
  g_clear_pointer (&self->verifiers, tc_verifier_pool_free);
  tc_node_clear_queues (self);
  tc_node_clear_snapshots (self);
  tc_effects_free (&self->effects);
  g_clear_pointer (&self->store, tc_store_close);
  g_clear_pointer (&self->dialled, g_hash_table_unref);
  g_clear_pointer (&self->added, g_ptr_array_unref);
  tc_node_book_clear (self);
}
