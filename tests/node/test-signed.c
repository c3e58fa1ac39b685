#include <json-c/json.h>
#include <string.h>

#include "core/key-file.h"
#include "engine/engine.h"
#include "engine/halt-record.h"
#include "node/local.h"
#include "node/node.h"
#include "node/signed.h"
#include "store/store.h"

/* What an operator sees and does of the signed store: timed signed, and a node that found two commits at one height (rules C5, C8). */

#define HEIGHT 7u

typedef struct
{
  char        *dir, *data_dir;
  TcNetwork   *network;
  TcSecretKey *key;
  TcNode      *node;
  gboolean     done;
  GError      *error;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  const TcKeyHash nobody = { 0 };
  g_autofree char *network_path = NULL, *key_path = NULL;
  g_autoptr(GError) error = NULL;

  tc_crypto_init ();
  f->dir = g_dir_make_tmp ("timecoin-signed-XXXXXX", NULL);
  g_assert_true (tc_local_create (f->dir, 4, &nobody, 0, &error));
  g_assert_no_error (error);
  f->data_dir = g_build_filename (f->dir, "m1", NULL);
  network_path = g_build_filename (f->dir, "network.json", NULL);
  key_path = g_build_filename (f->data_dir, "operator.key", NULL);
  f->network = tc_network_load (network_path, &error);
  g_assert_no_error (error);
  f->key = tc_key_file_load (key_path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", f->dir);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  tc_secret_key_unref (f->key);
  tc_network_unref (f->network);
  g_free (f->data_dir);
  g_free (f->dir);
}

static TcCommit *
make_commit (guint8 fill)
{
  const guint8 signers[TC_BITMAP_SIZE_MAX] = { 7 };
  const TcSignature signatures[3] = { 0 };
  TcHash hash;

  memset (hash.bytes, fill, sizeof hash.bytes);
  return tc_commit_new (HEIGHT, 1, &hash, signers, 4, signatures);
}

static void
append (const Fixture *f, guint32 epoch, guint8 kind, GBytes *data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcStore) store = tc_store_open (f->data_dir, &f->network->genesis->chain_id, &error);
  const TcSignedRecord record = { epoch, kind, data };

  g_assert_no_error (error);
  g_assert_true (tc_store_append_signed (store, &record, 1, &error));
  g_bytes_unref (data);
}

static void
append_halt (const Fixture *f)
{
  const TcMember member = { 0, *tc_secret_key_get_public (f->key), 1 };
  g_autoptr(TcCommittee) committee = tc_committee_new (1, FALSE, &member, 1);
  g_autoptr(TcCommit) own = make_commit (0xaa), other = make_commit (0xbb);
  g_auto(TcHaltRecord) record = { 0 };

  tc_halt_record_init (&record, committee, NULL, own, NULL, other);
  append (f, TC_RECORD_EPOCH_KEPT, TC_RECORD_HALT, tc_halt_record_encode (&record));
}

static json_object *
describe (const Fixture *f)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = tc_signed_describe (f->data_dir, f->network, tc_secret_key_get_public (f->key), TRUE, &error);
  json_object *object;

  g_assert_no_error (error);
  object = json_tokener_parse (text);
  g_assert_nonnull (object);
  return object;
}

static json_object *
get (json_object *object, const char *name)
{
  json_object *value = NULL;

  g_assert_true (json_object_object_get_ex (object, name, &value));
  return value;
}

/* --- a node on that directory --- */

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  tc_node_start_finish (f->node, result, &f->error);
  f->done = TRUE;
}

static void
start (Fixture *f)
{
  const TcNodeConfig config = { .network = f->network, .data_dir = f->data_dir, .operator_key = f->key, .listen = "127.0.0.1:0" };

  f->done = FALSE;
  f->node = tc_node_new (&config);
  tc_node_start_async (f->node, NULL, on_started, f);
  while (!f->done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (f->error);
}

static void
on_status (const TcNodeEvent *event, gpointer user_data)
{
}

static void
wait_halted (Fixture *f)
{
  const guint id = tc_node_subscribe (f->node, 1u << TC_NODE_EVENT_STATUS, NULL, on_status, NULL, NULL);

  for (;;)
    {
      g_autoptr(TcNodeStatus) status = tc_node_dup_status (f->node);

      if (status->state == TC_NODE_HALTED)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  tc_node_unsubscribe (f->node, id);
}

static void
test_halt (Fixture *f, gconstpointer unused)
{
  g_test_summary ("C8: a node with the record of two commits starts halted and names both blocks, until its operator says that its own stands.");
  g_autofree char *own = g_strnfill (64, 'a'), *other = g_strnfill (64, 'b');
  g_autoptr(TcNodeStatus) halted = NULL, after = NULL;
  g_autoptr(GError) error = NULL;
  GLogLevelFlags fatal;
  json_object *said, *halt;

  append_halt (f);
  said = describe (f);
  g_assert_false (json_object_get_boolean (get (said, "signs_now")));
  halt = json_object_array_get_idx (get (said, "halts"), 0);
  g_assert_cmpint (json_object_get_int (get (halt, "height")), ==, HEIGHT);
  g_assert_cmpstr (json_object_get_string (get (get (halt, "own"), "block")), ==, own);
  g_assert_cmpstr (json_object_get_string (get (get (halt, "other"), "block")), ==, other);
  json_object_put (said);

  fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);  /* the log says it too */
  start (f);
  wait_halted (f);
  halted = tc_node_dup_status (f->node);
  g_assert_nonnull (strstr (halted->problem, own));
  g_assert_nonnull (strstr (halted->problem, other));
  g_assert_false (halted->signing);
  g_assert_false (tc_signed_forget_halt (f->data_dir, f->network, HEIGHT, &error));  /* it runs */
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE);
  g_clear_error (&error);
  g_clear_pointer (&f->node, tc_node_unref);
  g_log_set_always_fatal (fatal);

  g_assert_false (tc_signed_forget_halt (f->data_dir, f->network, HEIGHT + 1, &error));
  g_assert_nonnull (strstr (error->message, "8"));
  g_clear_error (&error);
  g_assert_true (tc_signed_forget_halt (f->data_dir, f->network, HEIGHT, &error));
  g_assert_no_error (error);
  said = describe (f);
  g_assert_true (json_object_get_boolean (get (said, "signs_now")));
  g_assert_true (json_object_get_boolean (get (json_object_array_get_idx (get (said, "halts"), 0), "settled")));
  json_object_put (said);
  start (f);
  after = tc_node_dup_status (f->node);
  g_assert_cmpint (after->state, !=, TC_NODE_HALTED);
  g_clear_pointer (&f->node, tc_node_unref);
}

static GBytes *
make_vote (const Fixture *f, TcVoteStep step, guint32 height, guint8 member)
{
  TcVote vote = { .step = (guint8) step, .epoch = 1, .height = height, .round = 2, .member = member };
  GByteArray *bytes = g_byte_array_new ();

  memset (vote.block_hash.bytes, (int) height, TC_HASH_SIZE);
  tc_vote_sign (&vote, &f->network->genesis->chain_id, f->key);
  tc_vote_put (bytes, &vote);
  return g_byte_array_free_to_bytes (bytes);
}

static void
test_describe (Fixture *f, gconstpointer unused)
{
  g_test_summary ("C5: timed signed tells the newest of each that this masternode signed, not the prevotes of others that prove its lock, and a stop.");
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  GByteArray *stop = g_byte_array_new ();
  json_object *said;

  append (f, 1, TC_RECORD_VOTE, make_vote (f, TC_STEP_PREVOTE, 4, 2));
  append (f, 1, TC_RECORD_VOTE, make_vote (f, TC_STEP_PREVOTE, 5, 0));  /* another's */
  append (f, 1, TC_RECORD_VOTE, make_vote (f, TC_STEP_PRECOMMIT, 4, 2));
  said = describe (f);
  g_assert_cmpint (json_object_get_int (get (get (said, "prevote"), "height")), ==, 4);
  g_assert_cmpint (json_object_get_int (get (get (said, "precommit"), "round")), ==, 2);
  g_assert_null (get (said, "proposal"));
  g_assert_true (json_object_get_boolean (get (said, "signs_now")));
  json_object_put (said);
  tc_put_u32 (stop, 1);
  tc_put_u32 (stop, 5);
  append (f, 1, TC_RECORD_STOP, g_byte_array_free_to_bytes (stop));
  said = describe (f);
  g_assert_cmpint (json_object_get_int (get (get (said, "stop"), "epoch")), ==, 1);
  g_assert_false (json_object_get_boolean (get (said, "signs_now")));
  json_object_put (said);
  text = tc_signed_describe (f->data_dir, NULL, NULL, FALSE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "Precommit   height 4, round 2, block 0404"));
  g_assert_nonnull (strstr (text, "Signs now   no. "));
  g_assert_true (g_str_has_suffix (text, "\n"));
}

static void
test_missing (Fixture *f, gconstpointer unused)
{
  g_test_summary ("survive-23: without a signed store, or with another network's, timed signed says what is wrong and makes no file.");
  g_autofree char *path = g_build_filename (f->data_dir, "signed.sqlite", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcStore) store = NULL;
  const TcHash other = tc_hash_sha256 ((const guint8 *) "other", 5);

  g_assert_null (tc_signed_describe (f->data_dir, f->network, NULL, FALSE, &error));
  g_assert_nonnull (strstr (error->message, path));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  g_assert_false (tc_signed_forget_halt (f->data_dir, f->network, 1, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  store = tc_store_open (f->data_dir, &other, &error);
  g_assert_no_error (error);
  g_assert_null (tc_signed_describe (f->data_dir, f->network, NULL, FALSE, &error));
  g_assert_error (error, TC_STORE_ERROR, TC_STORE_ERROR_CHAIN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/node/signed/halt", Fixture, NULL, set_up, test_halt, tear_down);
  g_test_add ("/node/signed/survive-20-describe", Fixture, NULL, set_up, test_describe, tear_down);
  g_test_add ("/node/signed/survive-23-missing", Fixture, NULL, set_up, test_missing, tear_down);
  return g_test_run ();
}
