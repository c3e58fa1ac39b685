#include <string.h>

#include "local-fixture.h"

/* A local network whose masternodes make snapshots, and nodes that come later. */

#define N_MASTERNODES 4u
#define N_COINS       50000u
#define REDRAW        "2"    /* epochs, of 3 s, between two snapshots */

typedef struct
{
  LocalFixture net;
  GArray      *coins;  /* LocalCoin */
  TcNode      *node;   /* that comes later */
  char        *dir;    /* its */
  guint        subscription;
  guint32      first_block;  /* the first that it announced; 0: none */
  TcHash       awaited;
  gboolean     is_final;
  gboolean     answered;
  GError      *error;
} Fixture;

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
  g_assert_cmpuint (g_string_replace (json, "\"redraw_epochs\": 144", "\"redraw_epochs\": " REDRAW, 0), ==, 1);
  g_file_set_contents (path, json->str, (gssize) json->len, &error);
  g_assert_no_error (error);
}

static gboolean
has_snapshots (gpointer user_data)
{
  Fixture *self = user_data;

  for (guint i = 0; i < N_MASTERNODES; i++)
    {
      g_autoptr(TcNodeStatus) status = tc_node_dup_status (tc_local_get_masternode (self->net.local, i));

      if (status->n_snapshots < 2)
        return FALSE;
    }
  return TRUE;
}

static void
on_nothing (const TcNodeEvent *event, gpointer user_data)
{
}

static void
fixture_init (Fixture *self)
{
  guint ids[N_MASTERNODES];

  *self = (Fixture) { 0 };
  local_fixture_init (&self->net, NULL, N_MASTERNODES, TRUE);
  edit_genesis (self->net.dir);
  local_fixture_start (&self->net);
  self->coins = local_fixture_fan_out (&self->net, N_COINS);
  for (guint i = 0; i < N_MASTERNODES; i++)
    ids[i] = tc_node_subscribe (tc_local_get_masternode (self->net.local, i), 1u << TC_NODE_EVENT_STATUS, NULL, on_nothing, NULL, NULL);
  local_fixture_wait (has_snapshots, self, "snapshots");
  for (guint i = 0; i < N_MASTERNODES; i++)
    tc_node_unsubscribe (tc_local_get_masternode (self->net.local, i), ids[i]);
}

/* --- the node that comes later --- */

static void
on_event (const TcNodeEvent *event, gpointer user_data)
{
  Fixture *self = user_data;

  if (event->kind == TC_NODE_EVENT_BLOCK && self->first_block == 0)
    self->first_block = event->block->header.height;
  if (event->kind == TC_NODE_EVENT_TX && tc_hash_equal (&event->tx->txid, &self->awaited))
    self->is_final = self->is_final || event->finality.state >= TC_FINALITY_FINAL;
}

static gboolean
is_answered (gpointer user_data)
{
  return ((Fixture *) user_data)->answered;
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  tc_node_start_finish (NULL, result, &self->error);
  self->answered = TRUE;
}

static void
start_node (Fixture *self, TcNodeConfig config)
{
  config.network = tc_node_get_network (self->net.node);
  if (self->dir == NULL)
    self->dir = g_build_filename (self->net.dir, "later", NULL);
  config.data_dir = self->dir;
  self->node = tc_node_new (&config);
  self->subscription = tc_node_subscribe (self->node, 1u << TC_NODE_EVENT_STATUS | 1u << TC_NODE_EVENT_BLOCK | 1u << TC_NODE_EVENT_TX, NULL, on_event, self, NULL);
  self->answered = FALSE;
  tc_node_start_async (self->node, NULL, on_started, self);
  local_fixture_wait (is_answered, self, "the start");
  g_assert_no_error (self->error);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  tc_node_stop_finish (NULL, result);
  ((Fixture *) user_data)->answered = TRUE;
}

static void
stop_node (Fixture *self)
{
  self->answered = FALSE;
  tc_node_unsubscribe (self->node, self->subscription);
  tc_node_stop_async (self->node, on_stopped, self);
  local_fixture_wait (is_answered, self, "the stop");
  g_clear_pointer (&self->node, tc_node_unref);
}

static void
fixture_clear (Fixture *self)
{
  if (self->node != NULL)
    stop_node (self);
  g_free (self->dir);
  g_array_unref (self->coins);
  local_fixture_clear (&self->net);
}

static gboolean
is_at_tip (gpointer user_data)
{
  Fixture *self = user_data;
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);

  return status->state == TC_NODE_READY && status->height >= local_fixture_height (&self->net);
}

static gboolean
is_final (gpointer user_data)
{
  return ((Fixture *) user_data)->is_final;
}

static void
check_pays (Fixture *self, guint coin)
{
  g_autoptr(TcTx) tx = local_fixture_pay (&self->net, &g_array_index (self->coins, LocalCoin, coin));

  self->awaited = tx->txid;
  self->is_final = FALSE;
  local_fixture_submit (&self->net, tx);
  local_fixture_wait (is_final, self, "the payment to be final for the node that came later");
}

static gboolean
has_block (Fixture *self, guint32 height)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcBlock) block = tc_node_read_block (self->node, height, &error), other = NULL;

  if (block == NULL)
    {
      g_assert_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
      return FALSE;
    }
  other = tc_node_read_block (self->net.node, height, &error);
  g_assert_no_error (error);
  g_assert_true (tc_hash_equal (&block->hash, &other->hash));
  return TRUE;
}

static gboolean
has_history (gpointer user_data)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (((Fixture *) user_data)->node);

  return status->oldest_height == 1;
}

static gboolean
serves_snapshot (gpointer user_data)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (((Fixture *) user_data)->node);

  return status->n_snapshots > 0;
}

/* --- tests --- */

static void
test_syncs (void)
{
  g_test_summary ("A new node takes a snapshot, follows the chain from there, serves what it took, and fetches history.");
  Fixture self;
  guint32 oldest;

  fixture_init (&self);
  start_node (&self, (TcNodeConfig) { .sync_mode = TC_NODE_SYNC_MODE_SNAPSHOT, .no_history = TRUE });
  local_fixture_wait (is_at_tip, &self, "the new node to be at the tip");
  {
    g_autoptr(TcNodeStatus) status = tc_node_dup_status (self.node);

    oldest = status->oldest_height;
    g_assert_cmpuint (oldest, >, 1);
    g_assert_cmpuint (self.first_block, >, oldest);
  }
  g_assert_false (has_block (&self, 1));
  g_assert_false (has_block (&self, oldest - 1));
  g_assert_true (has_block (&self, oldest));
  check_pays (&self, 0);
  local_fixture_wait (serves_snapshot, &self, "the snapshot to be served on");
  stop_node (&self);
  start_node (&self, (TcNodeConfig) { .sync_mode = TC_NODE_SYNC_MODE_FULL });
  local_fixture_wait (has_history, &self, "history");
  for (guint32 height = 1; height < oldest; height++)
    g_assert_true (has_block (&self, height));
  check_pays (&self, 1);
  fixture_clear (&self);
}

static gboolean
has_pruned (gpointer user_data)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (((Fixture *) user_data)->node);

  return status->oldest_height > 1;
}

static void
test_prunes (void)
{
  g_test_summary ("A node that is to keep few blocks deletes old ones and says so, follows the chain, and starts again.");
  g_autoptr(GError) error = NULL;
  Fixture self;

  fixture_init (&self);
  start_node (&self, (TcNodeConfig) { .sync_mode = TC_NODE_SYNC_MODE_FULL, .prune_mb = 1 });
  local_fixture_wait (has_pruned, &self, "old blocks to go");
  local_fixture_wait (is_at_tip, &self, "the new node to be at the tip");
  check_pays (&self, 0);
  g_assert_null (tc_node_read_block (self.node, 1, &error));
  g_assert_error (error, TC_NODE_ERROR, TC_NODE_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "it prunes"));
  stop_node (&self);
  start_node (&self, (TcNodeConfig) { .sync_mode = TC_NODE_SYNC_MODE_FULL, .prune_mb = 1 });
  local_fixture_wait (is_at_tip, &self, "the node to be at the tip again");
  check_pays (&self, 1);
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/snapshot/syncs", test_syncs);
  g_test_add_func ("/node/snapshot/prunes", test_prunes);
  return g_test_run ();
}
