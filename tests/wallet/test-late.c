#include <string.h>

#include "local-fixture.h"
#include "wallet/wallet.h"

/* A wallet of words that were used before, on a node that begins with a snapshot: real nodes, snapshots every other epoch of 3 s. */

#define N_MASTERNODES 4u
#define N_COINS       100u

static const char phrase_text[] = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

typedef struct
{
  LocalFixture net;
  GArray      *coins;      /* LocalCoin */
  TcNode      *node;       /* that comes late */
  TcWallet    *wallet;
  guint        ids[N_MASTERNODES + 1];  /* subscriptions: what happens to any node wakes who waits */
  guint32      least;      /* the height that is waited for */
} Late;

static void
on_nothing (const TcNodeEvent *event, gpointer user_data)
{
}

/* A masternode, or the network's node for wallets. */
static TcNode *
get_node (Late *self, guint i)
{
  return i < N_MASTERNODES ? tc_local_get_masternode (self->net.local, i) : self->net.node;
}

static gboolean
has_snapshots (gpointer user_data)
{
  Late *self = user_data;

  for (guint i = 0; i < N_MASTERNODES; i++)
    {
      g_autoptr(TcNodeStatus) status = tc_node_dup_status (get_node (self, i));

      if (status->n_snapshots == 0 || status->snapshots[status->n_snapshots - 1] <= self->least)
        return FALSE;
    }
  return TRUE;
}

static void
edit_genesis (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "network.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(GString) json = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  json = g_string_new (text);
  g_assert_cmpuint (g_string_replace (json, "\"redraw_epochs\": 144", "\"redraw_epochs\": 2", 0), ==, 1);
  g_file_set_contents (path, json->str, (gssize) json->len, &error);
  g_assert_no_error (error);
}

/* --- Waiting for answers --- */

typedef struct
{
  GAsyncResult *result;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((Answer *) user_data)->result = g_object_ref (result);
}

static gboolean
is_answered (gpointer user_data)
{
  return ((Answer *) user_data)->result != NULL;
}

static GAsyncResult *
await (Answer *answer, const char *what)
{
  local_fixture_wait (is_answered, answer, what);
  return answer->result;
}

/* --- The node and its wallet --- */

static void
open_wallet (Late *self)
{
  g_autofree char *path = g_build_filename (self->net.dir, "late.wallet", NULL);
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (phrase_text);
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .phrase = phrase, .restored = TRUE, .kdf = &TC_KDF_MINIMAL };
  g_autoptr(GError) error = NULL;
  Answer answer = { 0 };

  tc_wallet_create (&create, NULL, on_answer, &answer);
  self->wallet = tc_wallet_create_finish (await (&answer, "the wallet"), &error);
  g_assert_no_error (error);
  g_object_unref (answer.result);
}

static void
attach (Late *self, TcNode *node)
{
  g_autoptr(GError) error = NULL;
  Answer answer = { 0 };

  tc_wallet_attach (self->wallet, node, on_answer, &answer);
  tc_wallet_attach_finish (self->wallet, await (&answer, "the wallet to be attached"), &error);
  g_assert_no_error (error);
  g_object_unref (answer.result);
}

static void
start_node (Late *self, gboolean no_history)
{
  g_autofree char *dir = g_build_filename (self->net.dir, "late", NULL);
  const TcNodeConfig config = { .network = tc_node_get_network (self->net.node), .data_dir = dir, .sync_mode = TC_NODE_SYNC_MODE_SNAPSHOT,
                                .no_history = no_history, .no_discover = TRUE };
  g_autoptr(GError) error = NULL;
  Answer answer = { 0 };

  self->node = tc_node_new (&config);
  tc_node_start_async (self->node, NULL, on_answer, &answer);
  tc_node_start_finish (self->node, await (&answer, "the node"), &error);
  g_assert_no_error (error);
  g_object_unref (answer.result);
  attach (self, self->node);
}

static void
stop_node (Late *self)
{
  Answer answer = { 0 };

  attach (self, NULL);
  tc_node_stop_async (self->node, on_answer, &answer);
  tc_node_stop_finish (self->node, await (&answer, "the node to stop"));
  g_object_unref (answer.result);
  g_clear_pointer (&self->node, tc_node_unref);
}

static void
late_init (Late *self)
{
  *self = (Late) { 0 };
  local_fixture_init (&self->net, NULL, N_MASTERNODES, TRUE);
  edit_genesis (self->net.dir);
  local_fixture_start (&self->net);
  self->coins = local_fixture_fan_out (&self->net, N_COINS);
  for (guint i = 0; i <= N_MASTERNODES; i++)
    self->ids[i] = tc_node_subscribe (get_node (self, i), 1u << TC_NODE_EVENT_STATUS, NULL, on_nothing, NULL, NULL);
  open_wallet (self);
}

static void
late_clear (Late *self)
{
  Answer answer = { 0 };

  stop_node (self);
  tc_wallet_close (self->wallet, on_answer, &answer);
  tc_wallet_close_finish (self->wallet, await (&answer, "the wallet to close"), NULL);
  g_object_unref (answer.result);
  g_object_unref (self->wallet);
  for (guint i = 0; i <= N_MASTERNODES; i++)
    tc_node_unsubscribe (get_node (self, i), self->ids[i]);
  g_array_unref (self->coins);
  local_fixture_clear (&self->net);
}

/* --- What is waited for --- */

static gboolean
misses_the_first (gpointer user_data)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (((Late *) user_data)->wallet);

  return snapshot->unread_height == 1 && snapshot->never && snapshot->scan_height > ((Late *) user_data)->least && !snapshot->scanning;
}

static gboolean
has_second (gpointer user_data)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (((Late *) user_data)->wallet);

  return snapshot->available.units == TC_AMOUNT_PER_TIME;
}

static gboolean
has_both (gpointer user_data)
{
  Late *self = user_data;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  return snapshot->unread_height == 0 && !snapshot->scanning && snapshot->available.units == 2 * TC_AMOUNT_PER_TIME;
}

static gboolean
is_paid (gpointer user_data)
{
  Late *self = user_data;

  return local_fixture_height (&self->net) >= self->least;
}

/* In a block for certain after two more. */
static void
pay_wallet (Late *self, guint coin)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  g_autoptr(TcTx) tx = local_fixture_pay_to (&self->net, &g_array_index (self->coins, LocalCoin, coin), &snapshot->first_key_hash);

  local_fixture_submit (&self->net, tx);
  self->least = local_fixture_height (&self->net) + 3;
  local_fixture_wait (is_paid, self, "blocks after the payment");
}

static void
test_late (void)
{
  g_test_summary ("What was paid before the snapshot is missing, and said to be, until history has come; what is paid after it arrives at once.");
  Late self;

  late_init (&self);
  pay_wallet (&self, 0);
  self.least = local_fixture_height (&self.net);
  local_fixture_wait (has_snapshots, &self, "snapshots above the payment");
  start_node (&self, TRUE);
  local_fixture_wait (misses_the_first, &self, "the wallet to say that it misses blocks");
  pay_wallet (&self, 1);
  local_fixture_wait (has_second, &self, "the payment after the snapshot");
  stop_node (&self);
  start_node (&self, FALSE);
  local_fixture_wait (has_both, &self, "the payment before the snapshot");
  late_clear (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/late/snapshot", test_late);
  return g_test_run ();
}
