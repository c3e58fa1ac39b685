#include <glib/gstdio.h>

#include "chain-fixture.h"
#include "core/check.h"
#include "core/verifier-pool.h"
#include "store/store.h"

/* How many transactions a second a node verifies and applies while it catches up, beside how many signatures this machine checks in the same run.
 * Each transaction has one input and two outputs; every other one spends a coin more than 1 000 blocks old, which is on disk, the others a coin of the block
 * before. The cache holds a fraction of the set, every block's state root is checked, and the clock stops when the last flush is on disk. */

#define FAN_OUT        3000u   /* outputs of one transaction of the set-up */
#define N_FAN_OUTS     200u    /* blocks of the set-up: 600 000 old coins */
#define N_QUIET        1001u   /* empty blocks, so that those coins are old */
#define N_BLOCKS       40u     /* measured, of N_BLOCK_TXS each */
#define N_BLOCK_TXS    5000u
#define COIN_UNITS     1000000u
#define CACHE_COINS    500000u
#define FLUSH_CHANGES  150000u
#define N_RAW          20000u

typedef struct
{
  TcChainFixture *chain;     /* makes the blocks */
  TcKeyHash       to;
  GPtrArray      *fan_outs;  /* TcTx: old coins, FAN_OUT each */
  GPtrArray      *encoded;   /* GBytes of every block */
  GPtrArray      *recent;    /* TcTx of the newest block */
  guint           n_old;     /* old coins used so far */
} Maker;

static void
keep_block (Maker *self, const TcBlock *block)
{
  g_ptr_array_add (self->encoded, tc_block_encode (block));
}

static void
make_fan_outs (Maker *self)
{
  g_autofree TcOutput *outputs = g_new (TcOutput, FAN_OUT);

  for (guint i = 0; i < FAN_OUT; i++)
    outputs[i] = (TcOutput) { { COIN_UNITS }, TC_LOCK_KEY_HASH, self->to };
  for (guint32 i = 0; i < N_FAN_OUTS; i++)
    {
      TcOutput coin;
      TcTxInput input = { tc_chain_fixture_coin (self->chain, i, &coin), 0 };
      g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, FAN_OUT, NULL, 0, NULL, 0);
      TcTx *tx = tc_fixture_sign (self->chain, bare, &coin, &self->chain->payers[i], 1);

      g_ptr_array_add (self->fan_outs, tx);
      keep_block (self, tc_chain_fixture_extend (self->chain, &tx, 1));
    }
  for (guint i = 0; i < N_QUIET; i++)
    keep_block (self, tc_chain_fixture_extend (self->chain, NULL, 0));
}

static TcTx *
spend (Maker *self, const TcTx *source, guint32 index)
{
  TcOutpoint from = { source->txid, index };

  return tc_fixture_pay (self->chain, self->chain->payers[0], &from, &source->outputs[index], &self->to, 1000, 1000);
}

/* The old coins are used in no order that the disk could like. */
static TcTx *
spend_old (Maker *self)
{
  guint n = (self->n_old++ * 7919u) % (N_FAN_OUTS * FAN_OUT);

  return spend (self, g_ptr_array_index (self->fan_outs, n % N_FAN_OUTS), n / N_FAN_OUTS);
}

static void
make_block (Maker *self)
{
  GPtrArray *txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  TcBlock *block;

  for (guint i = 0; i < N_BLOCK_TXS; i++)
    {
      gboolean is_old = i % 2 == 0 || i / 2 >= self->recent->len;

      g_ptr_array_add (txs, is_old ? spend_old (self) : spend (self, g_ptr_array_index (self->recent, i / 2), 1));
    }
  block = tc_chain_fixture_extend (self->chain, (TcTx *const *) txs->pdata, txs->len);
  TC_CHECK (block->n_txs >= N_BLOCK_TXS);
  keep_block (self, block);
  g_ptr_array_unref (self->recent);
  self->recent = txs;
}

static void
maker_init (Maker *self)
{
  TcParams params = TC_PARAMS_DEFAULT;

  self->chain = tc_chain_fixture_new (4, NULL, N_FAN_OUTS, &params);
  self->to = tc_fixture_key_hash (self->chain->payers[0]);
  self->fan_outs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  self->encoded = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->recent = g_ptr_array_new ();
  self->n_old = 0;
  make_fan_outs (self);
  for (guint i = 0; i < N_BLOCKS; i++)
    make_block (self);
}

static void
maker_clear (Maker *self)
{
  g_ptr_array_unref (self->recent);
  g_ptr_array_unref (self->encoded);
  g_ptr_array_unref (self->fan_outs);
  tc_chain_fixture_free (self->chain);
}

/* What the disk's thread is given. */
typedef struct
{
  GPtrArray *blocks;  /* TcBlock, and one more than is written: for the commits */
  TcFlush   *flush;
  gboolean   durable;
} Writing;

/* A node that catches up: one thread executes, one writes. */
typedef struct
{
  TcStore     *store;
  TcLedger    *ledger;
  GAsyncQueue *written;  /* one token each */
  GThreadPool *writer;
  GPtrArray   *blocks;   /* applied, not yet given to the writer */
  gboolean     is_writing;
  gint64       waited_us, executed_us, applied_us, decoded_us, store_us;
} Follower;

static void
write_out (gpointer data, gpointer user_data)
{
  Writing *writing = data;
  Follower *self = user_data;
  g_autoptr(GError) error = NULL;
  guint n = writing->blocks->len - 1;
  g_autofree TcStoreBlock *blocks = g_new (TcStoreBlock, n);
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++)
    blocks[i] = (TcStoreBlock) { .block = g_ptr_array_index (writing->blocks, i), .commit = ((TcBlock *) g_ptr_array_index (writing->blocks, i + 1))->commit };
  if (!tc_store_write (self->store, blocks, n, writing->flush, writing->durable, &error))
    g_error ("%s", error->message);
  self->store_us += g_get_monotonic_time () - start_us;
  g_ptr_array_unref (writing->blocks);
  tc_flush_unref (writing->flush);
  g_free (writing);
  g_async_queue_push (self->written, self);
}

static void
end_write (Follower *self, gboolean wait)
{
  gint64 start_us = g_get_monotonic_time ();

  if (!self->is_writing || (wait ? g_async_queue_pop (self->written) : g_async_queue_try_pop (self->written)) == NULL)
    return;
  self->waited_us += g_get_monotonic_time () - start_us;
  tc_ledger_end_flush (self->ledger);
  self->is_writing = FALSE;
}

/* Gives all that is applied to the writer; @next: the block after, which carries the newest one's commit. */
static void
begin_write (Follower *self, TcBlock *next, gboolean durable)
{
  Writing *writing = g_new0 (Writing, 1);

  writing->flush = tc_ledger_begin_flush (self->ledger);
  TC_CHECK (writing->flush != NULL);
  writing->blocks = self->blocks;
  writing->durable = durable;
  g_ptr_array_add (writing->blocks, tc_block_ref (next));
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  self->is_writing = TRUE;
  g_thread_pool_push (self->writer, writing, NULL);
}

static TcBlock *
decode (GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  TcBlock *block = tc_block_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

  g_assert_no_error (error);
  return block;
}

static void
follow (Follower *self, GBytes *bytes, const TcVerifier *verifier)
{
  const TcExecuteOptions options = { .verifier = verifier };
  g_autoptr(TcExecution) execution = NULL;
  gint64 start_us = g_get_monotonic_time (), decoded_us, executed_us;
  g_autoptr(TcBlock) block = decode (bytes);

  end_write (self, FALSE);
  if (!self->is_writing && tc_ledger_count_unflushed (self->ledger) >= FLUSH_CHANGES)
    begin_write (self, block, FALSE);
  decoded_us = g_get_monotonic_time ();
  TcBlockVerdict verdict = tc_ledger_execute (self->ledger, block, &options, &execution);
  if (verdict != TC_BLOCK_OK)
    g_error ("block %u: %s", block->header.height, tc_block_verdict_name (verdict));
  executed_us = g_get_monotonic_time ();
  tc_ledger_apply (self->ledger, execution);
  g_ptr_array_add (self->blocks, g_steal_pointer (&block));
  self->decoded_us += decoded_us - start_us;
  self->executed_us += executed_us - decoded_us;
  self->applied_us += g_get_monotonic_time () - executed_us;
}

static void
follower_init (Follower *self, const Maker *maker, const char *dir)
{
  g_autoptr(GError) error = NULL;

  *self = (Follower) { 0 };
  self->store = tc_store_open (dir, &maker->chain->genesis->chain_id, &error);
  g_assert_no_error (error);
  self->ledger = tc_ledger_new_genesis (maker->chain->genesis, tc_store_get_coin_view (self->store));
  tc_ledger_set_cache_size (self->ledger, CACHE_COINS);
  self->written = g_async_queue_new ();
  self->writer = g_thread_pool_new (write_out, self, 1, TRUE, NULL);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
}

static void
follower_clear (Follower *self)
{
  g_thread_pool_free (self->writer, FALSE, TRUE);
  g_async_queue_unref (self->written);
  g_ptr_array_unref (self->blocks);
  tc_ledger_free (self->ledger);
  tc_store_close (self->store);
}

/* Executes blocks from @first up to but not with @end, and flushes. Returns: the time it took, in us. */
static gint64
catch_up (Follower *self, const Maker *maker, guint first, guint end, const TcVerifier *verifier)
{
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr(TcBlock) next = NULL;

  self->waited_us = self->executed_us = self->applied_us = self->decoded_us = self->store_us = 0;
  for (guint i = first; i < end; i++)
    follow (self, g_ptr_array_index (maker->encoded, i), verifier);
  end_write (self, TRUE);
  next = decode (g_ptr_array_index (maker->encoded, end));
  begin_write (self, next, TRUE);
  end_write (self, TRUE);
  return g_get_monotonic_time () - start_us;
}

static gdouble
measure_raw (guint n_threads)
{
  g_autoptr(TcVerifierPool) threads = tc_verifier_pool_new (n_threads);
  const TcVerifier *verifier = tc_verifier_pool_get (threads);
  g_autofree TcSignatureJob *jobs = g_new0 (TcSignatureJob, N_RAW);
  g_autofree TcHash *messages = g_new0 (TcHash, N_RAW);
  g_autoptr(TcSecretKey) key = tc_fixture_key (1);
  gint64 start_us;

  for (guint32 i = 0; i < N_RAW; i++)
    {
      messages[i] = tc_hash_tagged ("bench", (const guint8 *) &i, sizeof i);
      jobs[i] = (TcSignatureJob) { *tc_secret_key_get_public (key), tc_secret_key_sign (key, messages[i].bytes, TC_HASH_SIZE), messages[i].bytes,
                                   TC_HASH_SIZE, FALSE };
    }
  start_us = g_get_monotonic_time ();
  verifier->check_many (verifier->user_data, jobs, N_RAW);
  gint64 took_us = g_get_monotonic_time () - start_us;

  for (guint i = 0; i < N_RAW; i++)
    TC_CHECK (jobs[i].ok);
  return N_RAW * 1e6 / (gdouble) took_us;
}

static void
remove_folder (const char *dir)
{
  g_autoptr(GDir) list = g_dir_open (dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (list)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
}

static void
report (const Follower *self, gint64 took_us, gdouble one, gdouble two)
{
  gdouble n = (N_BLOCKS - 1) * N_BLOCK_TXS, applied = n * 1e6 / (gdouble) took_us;

  g_print ("signatures checked, 1 thread            %8.0f /s\n", one);
  g_print ("signatures checked, 2 threads           %8.0f /s\n", two);
  g_print ("transactions verified and applied       %8.0f /s   limit %.0f /s (2 threads): %.2f of it, target 0.50\n", applied, two, applied / two);
  g_print ("of it, a transaction: decoding          %8.1f us\n", (gdouble) self->decoded_us / n);
  g_print ("of it, a transaction: executing         %8.1f us   limit %.1f us (its signature on 2 threads)\n", (gdouble) self->executed_us / n,
           1e6 / two);
  g_print ("of it, a transaction: applying          %8.1f us\n", (gdouble) self->applied_us / n);
  g_print ("of it, a transaction: waiting for disk  %8.1f us\n", (gdouble) self->waited_us / n);
  g_print ("beside it, writing to the store         %8.1f us\n", (gdouble) self->store_us / n);
}

int
main (int argc, char *argv[])
{
  g_autofree char *dir = g_dir_make_tmp ("timecoin-bench-XXXXXX", NULL);
  g_autoptr(TcVerifierPool) threads = NULL;
  const TcVerifier *verifier;
  guint first = N_FAN_OUTS + N_QUIET;
  gdouble one, two;
  Follower follower;
  Maker maker;

  tc_crypto_init ();
  threads = tc_verifier_pool_new (2);
  verifier = tc_verifier_pool_get (threads);
  maker_init (&maker);
  follower_init (&follower, &maker, dir);
  catch_up (&follower, &maker, 0, first, verifier);

  /* Other programs' share of the machine changes: the limit is the mean of before and after. */
  one = measure_raw (1) / 2;
  two = measure_raw (2) / 2;
  gint64 took_us = catch_up (&follower, &maker, first, first + N_BLOCKS - 1, verifier);
  one += measure_raw (1) / 2;
  two += measure_raw (2) / 2;
  report (&follower, took_us, one, two);

  follower_clear (&follower);
  maker_clear (&maker);
  remove_folder (dir);
  return 0;
}
