#include <stdlib.h>
#include <time.h>

#include "chain-fixture.h"
#include "core/check.h"
#include "engine/engine.h"

/* What a payment costs a node, and how that grows with the committee and with the load: whole engines in one process, each linked to each, on virtual time with one
 * delay for all. A signature is checked once for all nodes; what the other checks would have taken is added. Disks answer at once. */

#define LATENCY_MS     20
#define WARM_MS        3000
#define REST_MS        10000
#define SETTLE_MS      120000
#define N_RAW          4000u
#define MEMBERS_MAX    100u
#define FRAME_BYTES    18u  /* its length and its tag (N1) */
#define TYPES          64u
#define OUTPUTS_MAX      3u
#define N_BLOCK_PAYMENTS 9900u  /* the pool holds 10 000 */
#define N_EPOCH_PAYMENTS 2000u
#define FEE_UNITS      200000u  /* above what F8 asks as votes run ahead of blocks */

typedef struct
{
  gint64  due_ms;
  guint   from, to;
  guint8  type;
  GBytes *body;
} Packet;

typedef struct
{
  TcEngine      *engine;
  TcMemoryStore *store;
  gint64         deadline_ms;
  gint64         sent_ms[MEMBERS_MAX];  /* to each of the others, last */
} Node;

typedef struct
{
  guint64 messages[TYPES], bytes[TYPES];
  guint64 wire_bytes; /* with the messages' heads and the frames, one for what goes to a node at one moment; without TCP's */
  gint64  cpu_us;     /* in engines, without the checks of signatures */
  guint64 n_checks;   /* that nodes asked for */
} Cost;

typedef struct
{
  TcChainFixture *chain;
  TcVerifier      verifier;
  guint           n;
  Node            nodes[MEMBERS_MAX];
  GQueue          wire;
  GPtrArray      *blocks, *commits;
  gint64          mono_ms;
  Cost            cost;
  GHashTable     *checked;       /* TcHash of key, signature and message */
  gint64          check_us;      /* spent in checks that were not known */
  GHashTable     *open;          /* TcHash (in the transaction) -> virtual time of its submission, + 1 */
  GArray         *durations_ms;
  guint           n_confirmed;   /* events, of all nodes */
  guint32         watched_height;
  gint64          proposed_ms;   /* the first proposal at that height */
  gint64          decided_ms;    /* the last node's */
  gint64          step_max_us;   /* of processor, the longest */
} Bench;

static gint64
get_cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

/* --- signatures: each is checked once --- */

static TcHash
name_job (const TcSignatureJob *job)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_put_bytes (bytes, job->key.bytes, TC_PUBLIC_KEY_SIZE);
  tc_put_bytes (bytes, job->signature.bytes, TC_SIGNATURE_SIZE);
  tc_put_bytes (bytes, job->message, job->size_bytes);
  return tc_hash_tagged_bytes ("bench", bytes);
}

static void
check_many (gpointer user_data, TcSignatureJob *jobs, gsize n_jobs)
{
  Bench *self = user_data;
  const gint64 start_us = get_cpu_us ();

  for (gsize i = 0; i < n_jobs; i++)
    {
      TcHash name = name_job (&jobs[i]);

      jobs[i].ok = TRUE;
      if (g_hash_table_contains (self->checked, &name))
        continue;
      jobs[i].ok = tc_signature_check (&jobs[i].signature, &jobs[i].key, jobs[i].message, jobs[i].size_bytes);
      TC_CHECK (jobs[i].ok);
      g_hash_table_add (self->checked, tc_hash_copy (&name));
    }
  self->cost.n_checks += n_jobs;
  self->check_us += get_cpu_us () - start_us;
}

static gdouble
measure_check_us (void)
{
  g_autoptr(TcSecretKey) key = tc_fixture_key (1);
  const TcHash message = tc_hash_tagged ("bench", (const guint8 *) "x", 1);
  const TcSignature signature = tc_secret_key_sign (key, message.bytes, TC_HASH_SIZE);
  const gint64 start_us = get_cpu_us ();

  for (guint i = 0; i < N_RAW; i++)
    TC_CHECK (tc_signature_check (&signature, tc_secret_key_get_public (key), message.bytes, TC_HASH_SIZE));
  return (gdouble) (get_cpu_us () - start_us) / N_RAW;
}

/* --- the network --- */

static void feed (Bench *self, guint i, TcInput *input);

static guint32
get_proposal_height (GBytes *body)
{
  g_autoptr(TcProposal) proposal = tc_proposal_decode (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);

  TC_CHECK (proposal != NULL);
  return proposal->height;
}

/* Type, flags, and the length as a varint (N2). */
static gsize
head_size (gsize size_bytes)
{
  gsize n = 3;

  for (; size_bytes >= 0x80; size_bytes >>= 7)
    n++;
  return n;
}

static void
carry_send (Bench *self, guint from, TcEffect *effect)
{
  Packet *packet = g_new (Packet, 1);

  /* A connection is named after who is at its other end, one for short of 0. */
  *packet = (Packet) { self->mono_ms + LATENCY_MS, from, (guint) effect->peer - 1, effect->type, g_bytes_ref (effect->body) };
  self->cost.messages[effect->type]++;
  self->cost.bytes[effect->type] += 2 + g_bytes_get_size (effect->body);
  self->cost.wire_bytes += head_size (g_bytes_get_size (effect->body)) + g_bytes_get_size (effect->body);
  if (self->nodes[from].sent_ms[effect->peer - 1] != self->mono_ms)
    self->cost.wire_bytes += FRAME_BYTES;
  self->nodes[from].sent_ms[effect->peer - 1] = self->mono_ms;
  if (effect->type == TC_MESSAGE_PROPOSAL && self->proposed_ms == 0 && get_proposal_height (effect->body) == self->watched_height)
    self->proposed_ms = self->mono_ms;
  g_queue_push_tail (&self->wire, packet);
}

static void
carry_commit (Bench *self, guint i, TcEffect *effect)
{
  TcInput flushed = { .kind = TC_INPUT_FLUSHED };

  if (effect->block->header.height > self->blocks->len)
    {
      g_ptr_array_add (self->blocks, tc_block_ref (effect->block));
      g_ptr_array_add (self->commits, tc_commit_ref (effect->commit));
    }
  self->decided_ms = self->mono_ms;
  if (effect->flush == NULL)
    return;
  tc_memory_store_write (self->nodes[i].store, effect->flush);
  feed (self, i, &flushed);
}

static void
carry_serve (Bench *self, guint i, const TcEffect *effect)
{
  for (guint32 height = effect->height; height < effect->height + effect->count && height <= self->blocks->len; height++)
    {
      g_autoptr(GBytes) block = tc_block_encode (g_ptr_array_index (self->blocks, height - 1));
      GByteArray *commit = g_byte_array_new ();
      TcEffect answer = { .kind = TC_EFFECT_SEND, .peer = effect->peer, .type = TC_MESSAGE_BLOCK };

      tc_commit_put (commit, g_ptr_array_index (self->commits, height - 1));
      g_autoptr(GBytes) commit_bytes = g_byte_array_free_to_bytes (commit);
      answer.body = tc_message_block (block, commit_bytes);
      carry_send (self, i, &answer);
      g_bytes_unref (answer.body);
    }
}

static void
carry_tx (Bench *self, const TcEffect *effect)
{
  gint64 since_ms = GPOINTER_TO_SIZE (g_hash_table_lookup (self->open, &effect->tx->txid));

  self->n_confirmed += effect->event == TC_TX_EVENT_CONFIRMED;
  if ((effect->event != TC_TX_EVENT_FINAL && effect->event != TC_TX_EVENT_CONFIRMED) || since_ms == 0)  /* a last block's need no certificate */
    return;
  gint64 took_ms = self->mono_ms + 1 - since_ms;

  g_array_append_val (self->durations_ms, took_ms);
  g_hash_table_remove (self->open, &effect->tx->txid);
}

static void
carry_out (Bench *self, guint i, TcEffect *effect)
{
  if (effect->kind == TC_EFFECT_SEND)
    carry_send (self, i, effect);
  else if (effect->kind == TC_EFFECT_COMMIT)
    carry_commit (self, i, effect);
  else if (effect->kind == TC_EFFECT_SERVE)
    carry_serve (self, i, effect);
  else if (effect->kind == TC_EFFECT_TX)
    carry_tx (self, effect);
  TC_CHECK (effect->kind != TC_EFFECT_PUNISH && effect->kind != TC_EFFECT_HALT);
}

static void
feed (Bench *self, guint i, TcInput *input)
{
  const gint64 start_us = get_cpu_us (), checks_us = self->check_us;
  TcEffects effects;

  tc_effects_init (&effects);
  input->mono_ms = self->mono_ms;
  input->wall_ms = (gint64) TC_FIXTURE_TIME_MS + self->mono_ms;
  tc_engine_step (self->nodes[i].engine, input, &effects, NULL);
  self->nodes[i].deadline_ms = tc_engine_get_deadline_ms (self->nodes[i].engine);
  const gint64 took_us = get_cpu_us () - start_us - (self->check_us - checks_us);

  self->cost.cpu_us += took_us;
  self->step_max_us = MAX (self->step_max_us, took_us);
  for (guint e = 0; e < effects.items->len; e++)
    {
      TcEffect effect = tc_effects_steal (&effects, e);

      carry_out (self, i, &effect);
      tc_effect_clear (&effect);
    }
  tc_effects_free (&effects);
}

static gint64
find_next_ms (Bench *self, gint64 until_ms)
{
  const Packet *packet = g_queue_peek_head (&self->wire);
  gint64 next = packet != NULL ? MIN (packet->due_ms, until_ms) : until_ms;

  for (guint i = 0; i < self->n; i++)
    next = MIN (next, self->nodes[i].deadline_ms);
  return MAX (next, self->mono_ms + 1);
}

static void
run (Bench *self, gint64 ms)
{
  const gint64 until_ms = self->mono_ms + ms;

  while (self->mono_ms < until_ms)
    {
      Packet *packet;

      self->mono_ms = MIN (find_next_ms (self, until_ms), until_ms);
      while ((packet = g_queue_peek_head (&self->wire)) != NULL && packet->due_ms <= self->mono_ms)
        {
          TcInput input = { .kind = TC_INPUT_MESSAGE, .peer = packet->from + 1, .type = packet->type, .body = packet->body };

          g_queue_pop_head (&self->wire);
          feed (self, packet->to, &input);
          g_bytes_unref (packet->body);
          g_free (packet);
        }
      for (guint i = 0; i < self->n; i++)
        if (self->nodes[i].deadline_ms <= self->mono_ms)
          feed (self, i, &(TcInput) { .kind = TC_INPUT_TICK });
    }
}


static void
start (Bench *self, guint i)
{
  Node *node = &self->nodes[i];
  TcEngineConfig config = { .genesis = self->chain->genesis, .operator_key = self->chain->operators[i], .verifier = &self->verifier };

  node->store = tc_memory_store_new ();
  config.view = node->store->view;
  node->engine = tc_engine_new (&config, NULL);
  TC_CHECK (node->engine != NULL);
  tc_engine_restore_records (node->engine, NULL, 0, self->mono_ms, (gint64) TC_FIXTURE_TIME_MS + self->mono_ms);
}

static void
bench_init (Bench *self, guint n, guint n_payers, const TcParams *params)
{
  *self = (Bench) { .n = n, .mono_ms = 1000 };
  self->verifier = (TcVerifier) { check_many, self };
  self->chain = tc_chain_fixture_new (n, NULL, n_payers, params);
  self->checked = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  self->open = g_hash_table_new (tc_hash_hash, tc_hash_equal);
  self->durations_ms = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_block_unref);
  self->commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref);
  g_queue_init (&self->wire);
  for (guint i = 0; i < n; i++)
    start (self, i);
  for (guint i = 0; i < n; i++)
    for (guint to = 0; to < n; to++)
      if (to != i)
        feed (self, i, &(TcInput) { .kind = TC_INPUT_PEER_UP, .peer = to + 1,
                                    .operator_key = tc_secret_key_get_public (self->chain->operators[to]) });
}

static void
packet_free (gpointer data)
{
  g_bytes_unref (((Packet *) data)->body);
  g_free (data);
}

static void
bench_clear (Bench *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      tc_engine_free (self->nodes[i].engine);
      tc_memory_store_free (self->nodes[i].store);
    }
  g_queue_clear_full (&self->wire, packet_free);
  g_hash_table_unref (self->checked);
  g_hash_table_unref (self->open);
  g_array_unref (self->durations_ms);
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->commits);
  tc_chain_fixture_free (self->chain);
}

/* --- what is measured --- */

static int
compare_durations (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
submit (Bench *self, guint i, TcTx *tx)
{
  g_hash_table_insert (self->open, &tx->txid, GSIZE_TO_POINTER (self->mono_ms + 1));
  feed (self, i % self->n, &(TcInput) { .kind = TC_INPUT_SUBMIT, .tx = tx });
}

/* Payment i spends genesis coin i; @n_outputs: change among them. */
static GPtrArray *
make_payments (Bench *self, guint n_payments, guint n_outputs)
{
  GPtrArray *txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  const TcKeyHash to = tc_fixture_key_hash (self->chain->payers[0]);
  TcOutput outputs[OUTPUTS_MAX];

  TC_CHECK (n_outputs <= OUTPUTS_MAX);
  for (guint i = 0; i < n_payments; i++)
    {
      TcOutput coin;
      const TcTxInput input = { tc_chain_fixture_coin (self->chain, i, &coin), 0 };
      g_autoptr(TcTx) bare = NULL;

      for (guint j = 0; j < n_outputs; j++)
        outputs[j] = (TcOutput) { { TC_AMOUNT_PER_TIME }, TC_LOCK_KEY_HASH, to };
      outputs[0].amount.units = coin.amount.units - (n_outputs - 1) * TC_AMOUNT_PER_TIME - FEE_UNITS;
      bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, n_outputs, NULL, 0, NULL, 0);
      g_ptr_array_add (txs, tc_fixture_sign (self->chain, bare, &coin, &self->chain->payers[i], 1));
    }
  return txs;
}

/* @rate payments a second, handed to one node after the other; then until all nodes have them in the chain. Returns: them. */
static GPtrArray *
pay (Bench *self, guint n_payments, guint rate)
{
  GPtrArray *txs = make_payments (self, n_payments, 2);
  const gint64 start_ms = self->mono_ms;

  for (guint i = 0; i < n_payments; i++)
    {
      const gint64 due_ms = start_ms + (gint64) i * 1000 / rate;

      if (due_ms > self->mono_ms)
        run (self, due_ms - self->mono_ms);
      submit (self, i, g_ptr_array_index (txs, i));
    }
  for (gint64 waited_ms = 0; waited_ms < SETTLE_MS && self->n_confirmed < n_payments * self->n; waited_ms += 100)
    run (self, 100);
  TC_CHECK (self->n_confirmed == n_payments * self->n && self->durations_ms->len == n_payments);
  return txs;
}

static guint64
sum_of (const guint64 *counts)
{
  guint64 sum = 0;

  for (guint i = 0; i < TYPES; i++)
    sum += counts[i];
  return sum;
}

static void
print_types (const Bench *self, guint n_payments)
{
  static const char *const names[TYPES] = {
    [TC_MESSAGE_STATUS] = "status", [TC_MESSAGE_INV] = "inv", [TC_MESSAGE_GET] = "get", [TC_MESSAGE_TX] = "tx", [TC_MESSAGE_BATCH] = "batch",
    [TC_MESSAGE_VOTE] = "vote", [TC_MESSAGE_PROPOSAL] = "proposal", [TC_MESSAGE_CLOSE] = "close", [TC_MESSAGE_GET_TXS] = "get txs",
    [TC_MESSAGE_TXS] = "txs", [TC_MESSAGE_GET_CERTS] = "get certs",
  };

  for (guint i = 0; i < TYPES; i++)
    if (self->cost.bytes[i] > 0)
      g_print ("    %-10s %12.2f messages %12.1f bytes\n", names[i] != NULL ? names[i] : "other",
               (gdouble) self->cost.messages[i] / self->n / n_payments, (gdouble) self->cost.bytes[i] / self->n / n_payments);
}

static void
print_wire (const Bench *self, const GPtrArray *txs, gdouble wire_bytes)
{
  guint64 own_bytes = 0;

  for (guint i = 0; i < txs->len; i++)
    own_bytes += ((const TcTx *) g_ptr_array_index (txs, i))->size_bytes;
  g_print ("members %3u: on the wire, with messages' heads and frames, a payment and node: %9.0f bytes   limit %.0f bytes (the payment's own, once): %.2f of it\n",
           self->n, wire_bytes, (gdouble) own_bytes / txs->len, wire_bytes * txs->len / (gdouble) own_bytes);
}

static void
measure_payments (guint n, guint rate, guint n_payments, gdouble check_us)
{
  TcParams params = TC_PARAMS_DEFAULT;
  Bench bench;
  gdouble share = (gdouble) n * n_payments, rest_messages, rest_bytes, rest_wire_bytes;
  gint64 took_ms;

  bench_init (&bench, n, n_payments, &params);
  run (&bench, WARM_MS);
  bench.cost = (Cost) { 0 };
  run (&bench, REST_MS);
  rest_messages = (gdouble) sum_of (bench.cost.messages) / n / REST_MS;
  rest_bytes = (gdouble) sum_of (bench.cost.bytes) / n / REST_MS;
  rest_wire_bytes = (gdouble) bench.cost.wire_bytes / n / REST_MS;
  bench.cost = (Cost) { 0 };
  took_ms = -bench.mono_ms;
  g_autoptr(GPtrArray) txs = pay (&bench, n_payments, rate);
  took_ms += bench.mono_ms;
  g_array_sort (bench.durations_ms, compare_durations);
  g_print ("members %3u, %4u payments/s: a payment and node: %8.1f messages %9.0f bytes %8.0f us of processor, %.1f signature checks (%.0f us); "
           "final after %" G_GINT64_FORMAT " ms, 99 %% %" G_GINT64_FORMAT " ms; at rest %.0f messages/s %.0f bytes/s a node\n",
           n, rate, (gdouble) sum_of (bench.cost.messages) / share - rest_messages * (gdouble) took_ms / n_payments,
           (gdouble) sum_of (bench.cost.bytes) / share - rest_bytes * (gdouble) took_ms / n_payments, (gdouble) bench.cost.cpu_us / share,
           (gdouble) bench.cost.n_checks / share, (gdouble) bench.cost.n_checks / share * check_us,
           g_array_index (bench.durations_ms, gint64, n_payments / 2), g_array_index (bench.durations_ms, gint64, n_payments * 99 / 100),
           rest_messages * 1000, rest_bytes * 1000);
  print_wire (&bench, txs, (gdouble) bench.cost.wire_bytes / share - rest_wire_bytes * (gdouble) took_ms / n_payments);
  if (g_getenv ("TC_BENCH_TYPES") != NULL)
    print_types (&bench, n_payments);
  bench_clear (&bench);
}

static guint32
get_height (const Bench *self, guint i)
{
  return tc_ledger_get_tip (tc_engine_get_ledger (self->nodes[i].engine))->height;
}

static gboolean
are_at (const Bench *self, guint32 height)
{
  for (guint i = 0; i < self->n; i++)
    if (get_height (self, i) < height)
      return FALSE;
  return TRUE;
}

/* A last block of 2 MB, of payments that all nodes have: from its first proposal until the last node has decided it. The block before it is kept small, so that
 * they wait. */
static void
measure_block (guint n)
{
  TcParams params = TC_PARAMS_DEFAULT;
  Bench bench;

  params.block_size_max_bytes = params.block_busy_bytes = 200000;
  params.block_interval_busy_ms = params.block_interval_ms;
  params.vote_ahead_bytes = params.last_block_size_max_bytes / 2;
  params.epoch_length_ms = params.block_interval_ms;
  bench_init (&bench, n, N_BLOCK_PAYMENTS, &params);
  bench.watched_height = 2;
  run (&bench, WARM_MS);
  g_autoptr(GPtrArray) txs = make_payments (&bench, N_BLOCK_PAYMENTS, 3);
  for (guint i = 0; i < txs->len; i++)
    {
      submit (&bench, i, g_ptr_array_index (txs, i));
      if (i % 1000 == 0)
        run (&bench, 500);
    }
  while (!are_at (&bench, 1))
    run (&bench, 1);
  bench.cost = (Cost) { 0 };
  bench.step_max_us = 0;
  while (!are_at (&bench, 2))
    run (&bench, 1);
  const TcBlock *block = g_ptr_array_index (bench.blocks, 1);

  g_print ("members %3u, a block of %.2f MB, %u payments: %" G_GINT64_FORMAT " ms from proposal to the last commit (links alone: %u ms), %.1f ms of processor a node, "
           "%.1f ms the longest step\n", n, (gdouble) block->txs_size_bytes / 1e6, block->n_txs, bench.decided_ms - bench.proposed_ms, 3 * LATENCY_MS,
           (gdouble) bench.cost.cpu_us / n / 1000, (gdouble) bench.step_max_us / 1000);
  bench_clear (&bench);
}

/* Until a last block's height starts; a payment handed in at that moment has to wait for the new epoch. */
static void
measure_epoch (guint n)
{
  TcParams params = TC_PARAMS_DEFAULT;
  Bench bench;

  params.epoch_length_ms = 60000;
  bench_init (&bench, n, N_EPOCH_PAYMENTS + 1, &params);
  run (&bench, WARM_MS);
  g_autoptr(GPtrArray) txs = make_payments (&bench, N_EPOCH_PAYMENTS + 1, 2);
  for (guint i = 0; i < N_EPOCH_PAYMENTS; i++)
    {
      submit (&bench, i, g_ptr_array_index (txs, i));
      run (&bench, 5);
    }
  while (!tc_ledger_next_is_last (tc_engine_get_ledger (bench.nodes[0].engine)))
    run (&bench, 1);
  TC_CHECK (g_hash_table_size (bench.open) == 0);
  g_array_set_size (bench.durations_ms, 0);
  bench.cost = (Cost) { 0 };
  bench.step_max_us = 0;
  submit (&bench, 0, g_ptr_array_index (txs, N_EPOCH_PAYMENTS));
  while (bench.durations_ms->len == 0)
    run (&bench, 1);
  g_print ("members %3u, an epoch of %u payments ends: a payment handed in as it closes is final or in the chain after %" G_GINT64_FORMAT " ms; %.1f ms of processor a node, "
           "%.1f ms the longest step\n", n, N_EPOCH_PAYMENTS, g_array_index (bench.durations_ms, gint64, 0), (gdouble) bench.cost.cpu_us / n / 1000,
           (gdouble) bench.step_max_us / 1000);
  bench_clear (&bench);
}

static gboolean
is_asked (int argc, char **argv, const char *what, guint members)
{
  return argc < 3 || (g_str_equal (argv[1], what) && members == strtoul (argv[2], NULL, 10));
}

int
main (int argc, char **argv)
{
  static const guint members[] = { 4, 10, 30, 100 }, rates[] = { 1, 100, 1000 };
  gdouble check_us;

  tc_crypto_init ();
  check_us = measure_check_us ();
  g_print ("limit: one signature check %.1f us of processor; links of %u ms\n", check_us, LATENCY_MS);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    for (guint j = 0; j < G_N_ELEMENTS (rates); j++)
      if (is_asked (argc, argv, "payments", members[i]) && (argc < 4 || rates[j] == strtoul (argv[3], NULL, 10)))
        measure_payments (members[i], rates[j], MIN (10 * rates[j], 2000), check_us);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      if (is_asked (argc, argv, "block", members[i]) && members[i] <= 30)  /* a hundred nodes with a full pool each do not fit a machine */
        measure_block (members[i]);
      if (is_asked (argc, argv, "epoch", members[i]))
        measure_epoch (members[i]);
    }
  return 0;
}
