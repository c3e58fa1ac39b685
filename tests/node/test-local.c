#include <glib/gstdio.h>

#include "core/tx.h"
#include "node/local.h"

/* The embedded network as the application runs it: real nodes, sockets and stores. */

#define DEADLINE_S 60

typedef struct
{
  char        *dir;
  TcLocal     *local;
  TcSecretKey *key;
  TcKeyHash    key_hash;
  gboolean     done;
  GError      *error;
  gboolean     ok;
  GPtrArray   *list;
  TcNodeCommittee *committee;
  TcNodeDetails *details;
  guint64      disk_bytes;
  char        *answer;
  TcFinality   finality;
  guint32      confirmed_height;
} Fixture;

static void
wait_for (gboolean *flag, const char *what)
{
  gint64 until = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;

  while (!*flag && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  if (!*flag)
    g_error ("waited %d s in vain for %s", DEADLINE_S, what);
  *flag = FALSE;
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  tc_local_start_finish (f->local, result, &f->error);
  f->done = TRUE;
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  tc_local_stop_finish (f->local, result);
  f->done = TRUE;
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  tc_node_submit_finish (tc_local_get_node (f->local), result, &f->error);
  f->done = TRUE;
}

static void
start (Fixture *f)
{
  f->local = tc_local_new (f->dir, NULL, NULL);
  tc_local_start_async (f->local, NULL, on_started, f);
  wait_for (&f->done, "the start");
  g_assert_no_error (f->error);
}

static void
stop (Fixture *f)
{
  gint64 from = g_get_monotonic_time ();

  tc_local_stop_async (f->local, on_stopped, f);
  wait_for (&f->done, "the stop");
  g_test_message ("stopped in %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - from) / 1000);
  g_clear_pointer (&f->local, tc_local_free);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const guint8 seed[TC_SEED_SIZE] = { 7 };
  g_autoptr(GError) error = NULL;

  tc_crypto_init ();
  f->dir = g_dir_make_tmp ("timecoin-local-XXXXXX", NULL);
  f->key = tc_secret_key_new (seed);
  f->key_hash = tc_key_hash (tc_secret_key_get_public (f->key));
  g_assert_true (tc_local_create (f->dir, 4, &f->key_hash, 0, &error));
  g_assert_no_error (error);
  g_assert_true (tc_local_exists (f->dir));
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", f->dir);

  tc_secret_key_unref (f->key);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (f->dir);
}

static TcTx *
make_payment (Fixture *f, guint64 units)
{
  const TcGenesis *genesis = tc_node_get_network (tc_local_get_node (f->local))->genesis;
  const TcTxInput input = { { genesis->txid, 0 }, 0 };
  const TcOutput outputs[] = {
    { { units }, TC_LOCK_KEY_HASH, f->key_hash },
    { { TC_LOCAL_FUNDS_TIME * TC_AMOUNT_PER_TIME - units - 1000 }, TC_LOCK_KEY_HASH, f->key_hash },
  };
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, outputs, 2, NULL, 0, NULL, 0);
  TcHash digest = tc_tx_digest (plain, &genesis->chain_id, &genesis->outputs[0]);
  TcWitness witness = { *tc_secret_key_get_public (f->key), tc_secret_key_sign (f->key, digest.bytes, TC_HASH_SIZE) };

  return tc_tx_new_signed (plain, &witness, 1);
}

static void
on_event (const TcNodeEvent *event, gpointer user_data)
{
  Fixture *f = user_data;

  f->finality = event->finality;
  if (event->finality.state == TC_FINALITY_FINAL || event->finality.state == TC_FINALITY_CONFIRMED)
    f->done = TRUE;
}

static void
submit (Fixture *f, TcTx *tx)
{
  tc_node_submit_async (tc_local_get_node (f->local), tx, NULL, on_submitted, f);
  wait_for (&f->done, "the answer to a payment");
}

static void
test_pays (Fixture *f, gconstpointer unused)
{
  g_test_summary ("A payment becomes final, then stands in a block, and both survive a restart.");
  g_autoptr(TcTx) tx = NULL;
  g_autoptr(TcBlock) block = NULL;
  guint32 height;
  guint id;

  start (f);
  id = tc_node_subscribe (tc_local_get_node (f->local), 1u << TC_NODE_EVENT_TX, NULL, on_event, f, NULL);
  tx = make_payment (f, 500000000);
  submit (f, tx);
  g_assert_no_error (f->error);
  while (f->finality.state != TC_FINALITY_FINAL)
    wait_for (&f->done, "finality");
  g_assert_cmpint (f->finality.final_duration_us, >=, 0);
  g_test_message ("final after %" G_GINT64_FORMAT " us", f->finality.final_duration_us);
  while (f->finality.state != TC_FINALITY_CONFIRMED)
    wait_for (&f->done, "a block");
  height = f->finality.height;
  tc_node_unsubscribe (tc_local_get_node (f->local), id);
  stop (f);

  start (f);
  block = tc_node_read_block (tc_local_get_node (f->local), height, &f->error);
  g_assert_no_error (f->error);
  g_assert_cmpuint (block->n_txs, ==, 1);
  g_assert_true (tc_hash_equal (&block->txs[0]->txid, &tx->txid));
  g_clear_pointer (&tx, tc_tx_unref);
  tx = make_payment (f, 600000000);  /* of the same coin */
  submit (f, tx);
  g_assert_error (f->error, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED);
  g_clear_error (&f->error);
  stop (f);
}

static void
test_in_use (Fixture *f, gconstpointer unused)
{
  g_test_summary ("A second start on the same folders is refused with a reason, and the first goes on.");
  TcLocal *first;

  start (f);
  first = g_steal_pointer (&f->local);
  f->local = tc_local_new (f->dir, NULL, NULL);
  tc_local_start_async (f->local, NULL, on_started, f);
  wait_for (&f->done, "the refusal");
  g_assert_error (f->error, TC_NODE_ERROR, TC_NODE_ERROR_DATA_DIR_IN_USE);
  g_test_message ("%s", f->error->message);
  g_clear_error (&f->error);
  stop (f);
  f->local = first;
  stop (f);
}

static void
test_stop_while_starting (Fixture *f, gconstpointer unused)
{
  g_test_summary ("A stop that comes while the network starts ends both; the folders are as good as before.");
  Fixture stopping = { 0 };

  f->local = tc_local_new (f->dir, NULL, NULL);
  tc_local_start_async (f->local, NULL, on_started, f);
  stopping.local = f->local;
  tc_local_stop_async (f->local, on_stopped, &stopping);
  wait_for (&f->done, "the end of the start");
  wait_for (&stopping.done, "the stop");
  g_assert_error (f->error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED);
  g_clear_error (&f->error);
  g_clear_pointer (&f->local, tc_local_free);
  start (f);
  stop (f);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  TcFinality finality;

  if (!tc_node_get_finality_finish (NULL, result, &finality, &error))
    g_assert_error (error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED);
  (*(guint *) user_data)++;
}

static gpointer
read_until_stopped (gpointer data)
{
  GError *error = NULL;

  while (!g_error_matches (error, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED))
    {
      g_clear_error (&error);
      tc_node_read_block (data, 1, &error);
      if (error == NULL)
        break;
    }
  return error;
}

static void
test_requests_while_stopping (Fixture *f, gconstpointer unused)
{
  g_test_summary ("Each request is answered, and each read is, whenever they come while a node stops.");
  const TcHash txid = { { 1 } };
  guint n_asked = 0, n_answered = 0;
  TcNode *node;
  GThread *reader;
  g_autoptr(GError) end = NULL;

  start (f);
  node = tc_node_ref (tc_local_get_node (f->local));
  reader = g_thread_new ("reader", read_until_stopped, node);
  tc_local_stop_async (f->local, on_stopped, f);
  for (; !f->done; n_asked++)
    {
      tc_node_get_finality_async (node, &txid, NULL, on_answer, &n_answered);
      g_main_context_iteration (NULL, FALSE);
    }
  tc_node_get_finality_async (node, &txid, NULL, on_answer, &n_answered);
  n_asked++;
  while (n_answered < n_asked)
    g_main_context_iteration (NULL, TRUE);
  end = g_thread_join (reader);
  g_assert_error (end, TC_NODE_ERROR, TC_NODE_ERROR_STOPPED);
  f->done = FALSE;
  tc_node_unref (node);
  g_clear_pointer (&f->local, tc_local_free);
}

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  g_clear_pointer (&f->list, g_ptr_array_unref);
  f->list = g_task_propagate_pointer (G_TASK (result), &f->error);
  f->done = TRUE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->ok = tc_node_ban_finish (tc_local_get_node (f->local), result, &f->error);
  f->done = TRUE;
}

static guint
count_peers (Fixture *f)
{
  tc_node_list_peers_async (tc_local_get_node (f->local), NULL, on_list, f);
  wait_for (&f->done, "the peers");
  g_assert_no_error (f->error);
  return f->list->len;
}

static void
assert_fails (Fixture *f, TcNodeError code)
{
  wait_for (&f->done, "the answer");
  g_assert_false (f->ok);
  g_assert_error (f->error, TC_NODE_ERROR, (int) code);
  g_clear_error (&f->error);
}

static void
assert_ok (Fixture *f)
{
  wait_for (&f->done, "the answer");
  g_assert_no_error (f->error);
  g_assert_true (f->ok);
}

static void
test_peers (Fixture *f, gconstpointer unused)
{
  TcNode *node;
  guint64 id;

  g_test_summary ("Peers are listed and disconnected, bans listed, set and lifted, from the main thread");
  start (f);
  node = tc_local_get_node (f->local);
  while (count_peers (f) < 4)
    ;
  g_assert_true (((TcNodePeer *) g_ptr_array_index (f->list, 0))->has_operator_key);
  id = ((TcNodePeer *) g_ptr_array_index (f->list, 0))->id;
  tc_node_disconnect_peer_async (node, id, NULL, on_done, f);
  assert_ok (f);
  while (count_peers (f) < 4 || ((TcNodePeer *) g_ptr_array_index (f->list, 0))->id == id)
    ;  /* it is dialled again */
  tc_node_disconnect_peer_async (node, id, NULL, on_done, f);
  assert_fails (f, TC_NODE_ERROR_NOT_FOUND);
  tc_node_ban_async (node, "nobody", G_MAXINT64 / 2000, NULL, on_done, f);
  assert_fails (f, TC_NODE_ERROR_CONFIG);
  tc_node_ban_async (node, "127.0.0.1", g_get_real_time () / 1000 + 1000000, NULL, on_done, f);
  assert_ok (f);
  while (count_peers (f) > 0)
    ;
  tc_node_list_bans_async (node, NULL, on_list, f);
  wait_for (&f->done, "the bans");
  g_assert_cmpuint (f->list->len, ==, 1);
  g_assert_cmpstr (((TcNodeBan *) g_ptr_array_index (f->list, 0))->subject, ==, "127.0.0.1");
  tc_node_unban_async (node, "127.0.0.1", NULL, on_done, f);
  assert_ok (f);
  tc_node_unban_async (node, "127.0.0.1", NULL, on_done, f);
  assert_fails (f, TC_NODE_ERROR_NOT_FOUND);
  while (count_peers (f) < 4)
    ;
  g_clear_pointer (&f->list, g_ptr_array_unref);
  stop (f);
}

static void
on_committee (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  g_free (f->committee);
  f->committee = tc_node_get_committee_finish (tc_local_get_node (f->local), result, &f->error);
  f->done = TRUE;
}

static void
on_details (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->details = tc_node_get_details_finish (tc_local_get_node (f->local), result, &f->error);
  f->done = TRUE;
}

static void
on_measured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->disk_bytes = tc_node_measure_disk_finish (tc_local_get_node (f->local), result);
  f->done = TRUE;
}

static void
get_committee (Fixture *f)
{
  tc_node_get_committee_async (tc_local_get_node (f->local), NULL, on_committee, f);
  wait_for (&f->done, "the committee");
  g_assert_no_error (f->error);
}

static void
test_committee (Fixture *f, gconstpointer unused)
{
  guint n_proposers = 0;

  g_test_summary ("Who looks sees the committee: who answers, who proposes, who signed; and how the node is set up, and what it takes on the disk");
  start (f);
  do
    get_committee (f);
  while (f->committee->height < 3 || !f->committee->has_newest);
  g_assert_cmpuint (f->committee->n_members, ==, 4);
  g_assert_cmpuint (f->committee->epoch_blocks, ==, f->committee->height - 1);
  for (guint i = 0; i < 4; i++)
    {
      const TcNodeMember *member = &f->committee->members[i];

      g_assert_true (member->answers);
      g_assert_false (member->is_own);
      g_assert_true (tc_host_is_valid (member->host));
      g_assert_cmpuint (member->power, >, 0);
      g_assert_cmpuint (member->signed_heights, <, f->committee->height);
      n_proposers += member->is_proposer ? 1 : 0;
    }
  g_assert_cmpuint (n_proposers, ==, 1);
  tc_node_get_details_async (tc_local_get_node (f->local), NULL, on_details, f);
  wait_for (&f->done, "the details");
  g_assert_no_error (f->error);
  g_assert_null (f->details->proxy);
  g_assert_cmpuint (f->details->fee_rate, >=, 1);
  tc_node_measure_disk_async (tc_local_get_node (f->local), NULL, on_measured, f);
  wait_for (&f->done, "the size");
  g_assert_cmpuint (f->disk_bytes, >, 1000);
  g_clear_pointer (&f->details, tc_node_details_free);
  g_clear_pointer (&f->committee, g_free);
  stop (f);
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  g_clear_pointer (&f->answer, g_free);
  f->answer = tc_node_call_finish (tc_local_get_node (f->local), result, &f->error);
  f->done = TRUE;
}

/* Returns: (transfer none). */
static const char *
call (Fixture *f, const char *scope, const char *method, json_object *params)
{
  tc_node_call_async (tc_local_get_node (f->local), scope, method, params, NULL, on_called, f);
  wait_for (&f->done, "the answer");
  return f->answer;
}

static void
answer_text (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_call_return (call, json_object_new_string (user_data));
}

static void
never_answer (TcRpcCall *call, gpointer user_data)
{
  *(TcRpcCall **) user_data = call;
}

static void
test_call (Fixture *f, gconstpointer unused)
{
  TcRpcCall *left = NULL;
  json_object *params = json_object_new_array ();

  g_test_summary ("RPC methods are called by name within the process, also where the node listens for none; a scope's own go before, and are listed nowhere");
  start (f);
  g_assert_null (tc_node_get_rpc (tc_local_get_node (f->local)));
  g_assert_nonnull (strstr (call (f, NULL, "getblockchaininfo", NULL), "\"bestblockhash\""));
  json_object_array_add (params, json_object_new_int (0));
  g_assert_cmpuint (strlen (call (f, NULL, "getblockhash", params)), ==, 66);
  g_assert_null (call (f, NULL, "nosuchmethod", NULL));
  g_assert_error (f->error, TC_NODE_RPC_ERROR, TC_RPC_METHOD_NOT_FOUND);
  g_clear_error (&f->error);

  tc_node_add_rpc_method (tc_local_get_node (f->local), "whose", NULL, "whose\nAll.", NULL, answer_text, (gpointer) "all", NULL);
  tc_node_add_rpc_method (tc_local_get_node (f->local), "7/whose", NULL, "whose\nSeven.", NULL, answer_text, (gpointer) "seven", NULL);
  g_assert_cmpstr (call (f, "7", "whose", NULL), ==, "\"seven\"");
  g_assert_cmpstr (call (f, "8", "whose", NULL), ==, "\"all\"");
  g_assert_cmpstr (call (f, NULL, "whose", NULL), ==, "\"all\"");
  g_assert_null (call (f, NULL, "7/whose", NULL));
  g_clear_error (&f->error);
  g_assert_null (strchr (call (f, "7", "help", NULL), '/'));

  tc_node_add_rpc_method (tc_local_get_node (f->local), "later", NULL, "later", NULL, never_answer, &left, NULL);
  tc_node_call_async (tc_local_get_node (f->local), NULL, "later", NULL, NULL, on_called, f);
  while (left == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (f->done);
  tc_local_stop_async (f->local, on_stopped, f);
  wait_for (&f->done, "the answer that a stop gives");
  g_assert_error (f->error, TC_NODE_RPC_ERROR, TC_RPC_MISC);
  g_clear_error (&f->error);
  wait_for (&f->done, "the stop");
  tc_rpc_call_return (left, NULL);
  g_clear_pointer (&f->local, tc_local_free);
  g_clear_pointer (&f->answer, g_free);
}

static void
test_add_peer (Fixture *f, gconstpointer unused)
{
  TcNode *node;

  g_test_summary ("A peer is added by its address, once, and only where it is an address");
  start (f);
  node = tc_local_get_node (f->local);
  tc_node_add_peer_async (node, "no address", NULL, on_done, f);
  assert_fails (f, TC_NODE_ERROR_CONFIG);
  tc_node_add_peer_async (node, "192.0.2.1:24000", NULL, on_done, f);
  assert_ok (f);
  tc_node_add_peer_async (node, "192.0.2.1:24000", NULL, on_done, f);
  assert_fails (f, TC_NODE_ERROR_EXISTS);
  stop (f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/node/local/pays", Fixture, NULL, set_up, test_pays, tear_down);
  g_test_add ("/node/local/in-use", Fixture, NULL, set_up, test_in_use, tear_down);
  g_test_add ("/node/local/peers-and-bans", Fixture, NULL, set_up, test_peers, tear_down);
  g_test_add ("/node/local/committee", Fixture, NULL, set_up, test_committee, tear_down);
  g_test_add ("/node/local/call", Fixture, NULL, set_up, test_call, tear_down);
  g_test_add ("/node/local/add-peer", Fixture, NULL, set_up, test_add_peer, tear_down);
  g_test_add ("/node/local/stop-while-starting", Fixture, NULL, set_up, test_stop_while_starting, tear_down);
  g_test_add ("/node/local/requests-while-stopping", Fixture, NULL, set_up, test_requests_while_stopping, tear_down);
  return g_test_run ();
}
