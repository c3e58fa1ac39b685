#include "local-fixture.h"

#include <glib/gstdio.h>

#define COIN_TIME   10u
#define FEE_FACTOR  512u  /* rule F8: the highest floor, in units a byte */

typedef struct
{
  gboolean done;
  GError  *error;
} Answer;

/* --- waiting --- */

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("waited %d s in vain for %s", LOCAL_FIXTURE_WAIT_S, (const char *) user_data);
  return G_SOURCE_REMOVE;
}

void
local_fixture_wait (gboolean (*done) (gpointer user_data), gpointer user_data, const char *what)
{
  g_autoptr(GSource) deadline = g_timeout_source_new_seconds (LOCAL_FIXTURE_WAIT_S);

  g_source_set_callback (deadline, on_deadline, (gpointer) what, NULL);
  g_source_attach (deadline, NULL);
  while (!done (user_data))
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (deadline);
}

static gboolean
is_answered (gpointer user_data)
{
  return ((Answer *) user_data)->done;
}

/* --- life --- */

static void
make_keys (LocalFixture *self)
{
  for (guint i = 0; i < LOCAL_FIXTURE_KEYS; i++)
    {
      const guint8 seed[TC_SEED_SIZE] = { 7, (guint8) i };

      self->keys[i] = tc_secret_key_new (seed);
      self->key_hashes[i] = tc_key_hash (tc_secret_key_get_public (self->keys[i]));
    }
}

/* Parameters are the genesis document's; it has not been used yet. */
static void
make_quick (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "network.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GString) json = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  json = g_string_new (text);
  g_assert_cmpuint (g_string_replace (json, "\"block_interval_ms\": 5000", "\"block_interval_ms\": 1000", 0), ==, 1);
  g_assert_cmpuint (g_string_replace (json, "\"epoch_length_ms\": 100000", "\"epoch_length_ms\": 3000", 0), ==, 1);
  g_file_set_contents (path, json->str, (gssize) json->len, &error);
  g_assert_no_error (error);
}

void
local_fixture_init (LocalFixture *self, const char *dir, guint n_masternodes, gboolean quick)
{
  g_autoptr(GError) error = NULL;

  tc_crypto_init ();
  *self = (LocalFixture) { .own_dir = dir == NULL };
  self->dir = dir != NULL ? g_strdup (dir) : g_dir_make_tmp ("timecoin-local-XXXXXX", &error);
  g_assert_no_error (error);
  make_keys (self);
  if (tc_local_exists (self->dir))
    return;
  tc_local_create (self->dir, n_masternodes, &self->key_hashes[0], 0, &error);
  g_assert_no_error (error);
  if (quick)
    make_quick (self->dir);
}

void
local_fixture_clear (LocalFixture *self)
{
  const char *command[] = { "rm", "-rf", self->dir, NULL };

  if (self->local != NULL)
    local_fixture_stop (self);
  if (self->own_dir)
    g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  for (guint i = 0; i < LOCAL_FIXTURE_KEYS; i++)
    tc_secret_key_unref (self->keys[i]);
  g_free (self->dir);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  tc_local_start_finish (NULL, result, &answer->error);
  answer->done = TRUE;
}

static gboolean
is_ready (LocalFixture *self, TcNode *node)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (node);

  return status->state == TC_NODE_READY && status->n_peers >= tc_local_get_n_masternodes (self->local) - (node == self->node ? 0 : 1);
}

static gboolean
all_ready (gpointer user_data)
{
  LocalFixture *self = user_data;

  for (guint i = 0; i < tc_local_get_n_masternodes (self->local); i++)
    if (!is_ready (self, tc_local_get_masternode (self->local, i)))
      return FALSE;
  return is_ready (self, self->node);
}

static void
on_status (const TcNodeEvent *event, gpointer user_data)
{
}

void
local_fixture_start (LocalFixture *self)
{
  Answer answer = { FALSE, NULL };
  guint n, *ids;

  self->local = tc_local_new (self->dir, NULL, NULL);
  tc_local_start_async (self->local, NULL, on_started, &answer);
  local_fixture_wait (is_answered, &answer, "the start");
  g_assert_no_error (answer.error);
  self->node = tc_local_get_node (self->local);
  /* Each status wakes the context that waits. */
  n = tc_local_get_n_masternodes (self->local);
  ids = g_new (guint, n + 1);
  for (guint i = 0; i <= n; i++)
    ids[i] = tc_node_subscribe (i < n ? tc_local_get_masternode (self->local, i) : self->node, 1u << TC_NODE_EVENT_STATUS, NULL, on_status,
                                NULL, NULL);
  local_fixture_wait (all_ready, self, "all nodes to be ready");
  for (guint i = 0; i <= n; i++)
    tc_node_unsubscribe (i < n ? tc_local_get_masternode (self->local, i) : self->node, ids[i]);
  g_free (ids);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  tc_local_stop_finish (NULL, result);
  answer->done = TRUE;
}

gint64
local_fixture_stop (LocalFixture *self)
{
  gint64 start_us = g_get_monotonic_time ();
  Answer answer = { FALSE, NULL };

  tc_local_stop_async (self->local, on_stopped, &answer);
  local_fixture_wait (is_answered, &answer, "the stop");
  self->node = NULL;
  g_clear_pointer (&self->local, tc_local_free);
  return g_get_monotonic_time () - start_us;
}

/* --- payments --- */

static TcTx *
sign (LocalFixture *self, const LocalCoin *coin, const TcOutput *outputs, gsize n_outputs)
{
  const TcGenesis *genesis = tc_node_get_network (self->node)->genesis;
  const TcTxInput input = { coin->outpoint, 0 };
  const TcSecretKey *key = self->keys[coin->key];
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, n_outputs, NULL, 0, NULL, 0);
  TcHash digest = tc_tx_digest (bare, &genesis->chain_id, &coin->output);
  TcWitness witness = { *tc_secret_key_get_public (key), tc_secret_key_sign (key, digest.bytes, TC_HASH_SIZE) };

  return tc_tx_new_signed (bare, &witness, 1);
}

LocalCoin
local_fixture_coin (const TcTx *tx, guint32 index)
{
  return (LocalCoin) { { tx->txid, index }, tx->outputs[index], index % LOCAL_FIXTURE_KEYS };
}

TcTx *
local_fixture_pay (LocalFixture *self, const LocalCoin *coin)
{
  return local_fixture_pay_to (self, coin, &self->key_hashes[(coin->key + 1) % LOCAL_FIXTURE_KEYS]);
}

TcTx *
local_fixture_pay_to (LocalFixture *self, const LocalCoin *coin, const TcKeyHash *to)
{
  const guint64 paid = TC_AMOUNT_PER_TIME;
  const TcOutput outputs[] = {
    { { paid }, TC_LOCK_KEY_HASH, *to },
    { { coin->output.amount.units - paid - LOCAL_FIXTURE_FEE_UNITS }, TC_LOCK_KEY_HASH, self->key_hashes[coin->key] },
  };

  return sign (self, coin, outputs, G_N_ELEMENTS (outputs));
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_node_submit_finish (NULL, result, &error))
    g_error ("a payment was refused: %s", error->message);
}

void
local_fixture_submit (LocalFixture *self, TcTx *tx)
{
  tc_node_submit_async (self->node, tx, NULL, on_submitted, NULL);
}

guint32
local_fixture_height (LocalFixture *self)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);

  return status->height;
}

/* --- fanning out --- */

typedef struct
{
  guint n_wanted, n_confirmed;
} Confirming;

static void
on_tx (const TcNodeEvent *event, gpointer user_data)
{
  ((Confirming *) user_data)->n_confirmed += event->finality.state == TC_FINALITY_CONFIRMED;
}

static gboolean
all_confirmed (gpointer user_data)
{
  const Confirming *confirming = user_data;

  return confirming->n_confirmed >= confirming->n_wanted;
}

static void
submit_and_confirm (LocalFixture *self, TcTx **txs, guint n)
{
  Confirming confirming = { n, 0 };
  guint id = tc_node_subscribe (self->node, 1u << TC_NODE_EVENT_TX, NULL, on_tx, &confirming, NULL);

  for (guint i = 0; i < n; i++)
    local_fixture_submit (self, txs[i]);
  local_fixture_wait (all_confirmed, &confirming, "a block");
  tc_node_unsubscribe (self->node, id);
}

/* Splits @coin into @n coins of @units, of the first key or of each in turn, and one of the rest where it is worth it. */
static TcTx *
split (LocalFixture *self, const LocalCoin *coin, guint n, guint64 units, gboolean in_turn)
{
  g_autofree TcOutput *outputs = g_new (TcOutput, n + 1);
  guint64 fee = FEE_FACTOR * (guint64) tc_tx_size_estimate (1, n + 1, 1, 0, 0), rest = coin->output.amount.units - n * units;

  for (guint i = 0; i < n; i++)
    outputs[i] = (TcOutput) { { units }, TC_LOCK_KEY_HASH, self->key_hashes[in_turn ? i % LOCAL_FIXTURE_KEYS : 0] };
  if (rest > fee + TC_TX_DUST_UNITS)
    outputs[n++] = (TcOutput) { { rest - fee }, TC_LOCK_KEY_HASH, self->key_hashes[0] };
  return sign (self, coin, outputs, n);
}

static LocalCoin
genesis_coin (LocalFixture *self)
{
  const TcGenesis *genesis = tc_node_get_network (self->node)->genesis;

  return (LocalCoin) { { genesis->txid, 0 }, genesis->outputs[0], 0 };
}

TcTx *
local_fixture_split (LocalFixture *self, guint n)
{
  const LocalCoin funds = genesis_coin (self);

  return split (self, &funds, n, COIN_TIME * TC_AMOUNT_PER_TIME, TRUE);
}

GArray *
local_fixture_fan_out (LocalFixture *self, guint n)
{
  const guint n_txs = (n + LOCAL_FIXTURE_FAN_OUT - 1) / LOCAL_FIXTURE_FAN_OUT;
  const guint64 units = COIN_TIME * TC_AMOUNT_PER_TIME;
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  GArray *coins = g_array_sized_new (FALSE, FALSE, sizeof (LocalCoin), n);
  const LocalCoin funds = genesis_coin (self);
  g_autoptr(TcTx) parts = split (self, &funds, n_txs, (LOCAL_FIXTURE_FAN_OUT + 1) * units, FALSE);

  submit_and_confirm (self, &parts, 1);
  for (guint i = 0; i < n_txs; i++)
    {
      const LocalCoin coin = { { parts->txid, i }, parts->outputs[i], 0 };

      g_ptr_array_add (txs, split (self, &coin, LOCAL_FIXTURE_FAN_OUT, units, TRUE));
    }
  submit_and_confirm (self, (TcTx **) txs->pdata, txs->len);
  for (guint i = 0; i < n; i++)
    {
      const LocalCoin coin = local_fixture_coin (g_ptr_array_index (txs, i / LOCAL_FIXTURE_FAN_OUT), i % LOCAL_FIXTURE_FAN_OUT);

      g_array_append_val (coins, coin);
    }
  return coins;
}
