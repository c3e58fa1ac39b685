#include "signed.h"

#include <json-c/json.h>

#include "engine/engine.h"
#include "engine/halt-record.h"
#include "store/store.h"

/* What was signed last, over all records. */
typedef struct
{
  TcStoreInspection store;
  guint32   clock_ahead_ms;
  gint64    genesis_ms;
  guint32   member;          /* in the store's epoch, or TC_MEMBER_NONE: not known */
  gboolean  has_vote[2], has_proposal, has_batch, has_close;
  TcVote    votes[2];        /* by step: of the newest round */
  guint32   proposal_height, proposal_round;
  TcHash    proposal_hash;
  guint32   batch_epoch, batch_sequence;
  TcClose   close;
  guint32   stop_epoch, stop_height;  /* 0: none */
  guint32   pruned_epoch;    /* of earlier ones not everything is held any more */
  GArray   *halts;           /* TcHaltRecord */
} Report;

static void
clear_halt (gpointer data)
{
  tc_halt_record_clear (data);
}

static void
report_clear (Report *self)
{
  tc_store_inspection_clear (&self->store);
  g_clear_pointer (&self->halts, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Report, report_clear)

/* --- reading --- */

static TcReader
reader_of (GBytes *bytes)
{
  TcReader reader;

  tc_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return reader;
}

static gboolean
read_vote (const TcSignedRecord *record, TcVote *ret_vote)
{
  TcReader reader = reader_of (record->data);

  if (record->kind != TC_RECORD_VOTE)
    return FALSE;
  tc_vote_read (&reader, ret_vote);
  return tc_reader_end (&reader, "vote", NULL) && ret_vote->step <= TC_STEP_PRECOMMIT;
}

/* Others' prevotes stand beside a precommit of ours, as its proof of lock; a precommit is always ours, and so is the first vote of an epoch. */
static guint32
find_member (const Report *self, guint32 epoch)
{
  guint32 member = TC_MEMBER_NONE;

  for (guint i = 0; i < self->store.records->len; i++)
    {
      TcVote vote;

      if (read_vote (&g_array_index (self->store.records, TcSignedRecord, i), &vote) && vote.epoch == epoch
          && (vote.step == TC_STEP_PRECOMMIT || member == TC_MEMBER_NONE))
        member = vote.member;
    }
  return member;
}

static void
take_vote (Report *self, const TcVote *vote)
{
  const TcVote *before = &self->votes[vote->step];

  if (self->has_vote[vote->step] && (before->height > vote->height || (before->height == vote->height && before->round > vote->round)))
    return;
  self->has_vote[vote->step] = TRUE;
  self->votes[vote->step] = *vote;
}

static void
take_record (Report *self, const TcSignedRecord *record, guint32 member)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (record->data, &n);
  TcReader reader = reader_of (record->data);
  TcVote vote;

  if (read_vote (record, &vote) && vote.member == member)
    take_vote (self, &vote);
  else if (record->kind == TC_RECORD_PROPOSAL)
    {
      g_autoptr(TcProposal) proposal = tc_proposal_decode (data, n, NULL);

      if (proposal == NULL || proposal->member != member)
        return;
      self->has_proposal = TRUE;
      self->proposal_height = proposal->height;
      self->proposal_round = proposal->round;
      self->proposal_hash = proposal->block_hash;
    }
  else if (record->kind == TC_RECORD_BATCH)
    {
      g_autoptr(TcBatch) batch = tc_batch_decode (data, n, NULL);

      if (batch == NULL || batch->member != member)
        return;
      self->has_batch = TRUE;
      self->batch_epoch = batch->epoch;
      self->batch_sequence = batch->sequence;
    }
  else if (record->kind == TC_RECORD_CLOSE)
    {
      TcClose item;

      tc_close_read (&reader, &item);
      if (!tc_reader_end (&reader, "close", NULL) || item.member != member)
        return;
      self->has_close = TRUE;
      self->close = item;
    }
}

static void
take_guard (Report *self, const TcSignedRecord *record)
{
  TcReader reader = reader_of (record->data);
  TcHaltRecord halt;

  if (record->kind == TC_RECORD_STOP)
    {
      self->stop_epoch = tc_reader_u32 (&reader);
      self->stop_height = tc_reader_u32 (&reader);
    }
  else if (record->kind == TC_RECORD_PRUNED)
    self->pruned_epoch = MAX (self->pruned_epoch, tc_reader_u32 (&reader));
  else if (record->kind == TC_RECORD_HALT && tc_halt_record_decode (record->data, &halt))
    g_array_append_val (self->halts, halt);
}

static gboolean
read_report (const char *data_dir, const TcNetwork *network, const TcPublicKey *operator_key, Report *self, GError **error)
{
  const TcGenesis *genesis = network != NULL ? network->genesis : NULL;
  guint32 newest = 0, member;

  if (!tc_store_inspect (data_dir, genesis != NULL ? &genesis->chain_id : NULL, &self->store, error))
    return FALSE;
  self->halts = g_array_new (FALSE, FALSE, sizeof (TcHaltRecord));
  g_array_set_clear_func (self->halts, clear_halt);
  self->clock_ahead_ms = genesis != NULL ? genesis->params.clock_ahead_ms : TC_PARAMS_DEFAULT.clock_ahead_ms;
  self->genesis_ms = genesis != NULL ? (gint64) genesis->time_ms : 0;
  for (guint i = 0; i < self->store.records->len; i++)
    {
      const TcSignedRecord *record = &g_array_index (self->store.records, TcSignedRecord, i);

      if (record->epoch != TC_RECORD_EPOCH_KEPT)
        newest = MAX (newest, record->epoch);
      take_guard (self, record);
    }
  member = find_member (self, newest);
  if (member == TC_MEMBER_NONE && operator_key != NULL && self->store.committee != NULL && newest == self->store.epoch)
    member = tc_committee_find (self->store.committee, operator_key);
  for (guint i = 0; i < self->store.records->len && member != TC_MEMBER_NONE; i++)
    if (g_array_index (self->store.records, TcSignedRecord, i).epoch == newest)
      take_record (self, &g_array_index (self->store.records, TcSignedRecord, i), member);
  self->member = newest == self->store.epoch ? member : TC_MEMBER_NONE;
  if (operator_key != NULL && self->store.committee != NULL)
    self->member = tc_committee_find (self->store.committee, operator_key);
  return TRUE;
}

/* --- judging --- */

static const TcHaltRecord *
find_halt (const Report *self)
{
  for (guint i = 0; i < self->halts->len; i++)
    if (!g_array_index (self->halts, TcHaltRecord, i).settled)
      return &g_array_index (self->halts, TcHaltRecord, i);
  return NULL;
}

static gboolean
holds_precommit (const Report *self, const TcCommit *commit)
{
  TcVote vote;

  for (guint i = 0; i < self->store.records->len; i++)
    if (read_vote (&g_array_index (self->store.records, TcSignedRecord, i), &vote) && vote.step == TC_STEP_PRECOMMIT
        && vote.height == commit->height && vote.round == commit->round && tc_hash_equal (&vote.block_hash, &commit->block_hash))
      return TRUE;
  return FALSE;
}

/* The chain holds a signature of this epoch that the store lacks. */
static gboolean
is_behind (const Report *self)
{
  for (guint i = 0; i < self->store.commits->len && self->member != TC_MEMBER_NONE; i++)
    {
      const TcCommit *commit = g_ptr_array_index (self->store.commits, i);

      if (tc_bitmap_get (commit->signers, self->member) && !holds_precommit (self, commit))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_young (const Report *self)
{
  const gint64 start_ms = self->store.epoch_start_ms != 0 ? self->store.epoch_start_ms : self->genesis_ms;

  if (self->store.epoch == 1 && !self->store.age.replaced)
    return FALSE;
  return self->store.age.made_ms + self->clock_ahead_ms > start_ms;
}

/* Whether a node would sign, as far as the chain here has come. (transfer full) (nullable): NULL where it would, else why not and until when. */
static char *
explain (const Report *self)
{
  const guint32 epoch = self->store.epoch;
  const TcHaltRecord *halt = find_halt (self);

  if (halt != NULL)
    return tc_halt_record_text (halt);
  if (tc_signed_verdict_is_old (self->store.age.verdict))
    return g_strdup_printf ("%s A masternode that starts with it signs nothing before the next epoch.", tc_signed_verdict_message (self->store.age.verdict));
  if (epoch < self->pruned_epoch)
    return g_strdup_printf ("The chain here has come to epoch %u, and the file holds only what was signed from epoch %u on: the chain is out of a backup. "
                            "It signs once the chain has caught up.", epoch, self->pruned_epoch);
  if (self->stop_epoch == epoch)
    return g_strdup_printf ("A message signed by this masternode's key came from elsewhere in epoch %u: another copy of it runs, or this directory is out of a backup. "
                            "Stop the other copy; started again in epoch %u or later, this one signs.", epoch, epoch + 1);
  if (is_behind (self))
    return g_strdup_printf ("The chain here holds a signature by this masternode in epoch %u that the file lacks: it is an older one. It signs from epoch %u on.",
                            epoch, epoch + 1);
  if (is_young (self))
    return g_strdup_printf ("The file was made, or put in place, in epoch %u, and may lack what was signed in it before. It signs from epoch %u on.", epoch, epoch + 1);
  return NULL;
}

/* --- showing --- */

static char *
format_time (gint64 ms)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (ms / 1000);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("unknown");
}

static void
print_vote (GString *text, const char *label, gboolean has, const TcVote *vote)
{
  g_autofree char *hex = has ? tc_hash_to_hex (&vote->block_hash) : NULL;

  if (!has)
    g_string_append_printf (text, "%-12snone\n", label);
  else
    g_string_append_printf (text, "%-12sheight %u, round %u, %s%s\n", label, vote->height, vote->round,
                            tc_hash_is_zero (&vote->block_hash) ? "for no block" : "block ", tc_hash_is_zero (&vote->block_hash) ? "" : hex);
}

static void
print_last (GString *text, const Report *self)
{
  g_autofree char *proposal = tc_hash_to_hex (&self->proposal_hash), *root = tc_hash_to_hex (&self->close.root);

  print_vote (text, "Prevote", self->has_vote[0], &self->votes[0]);
  print_vote (text, "Precommit", self->has_vote[1], &self->votes[1]);
  if (self->has_proposal)
    g_string_append_printf (text, "%-12sheight %u, round %u, block %s\n", "Proposal", self->proposal_height, self->proposal_round, proposal);
  else
    g_string_append_printf (text, "%-12snone\n", "Proposal");
  if (self->has_batch)
    g_string_append_printf (text, "%-12sepoch %u, number %u\n", "Batch", self->batch_epoch, self->batch_sequence);
  else
    g_string_append_printf (text, "%-12snone\n", "Batch");
  if (self->has_close)
    g_string_append_printf (text, "%-12sepoch %u, %u transactions, root %s\n", "Close", self->close.epoch, self->close.count, root);
  else
    g_string_append_printf (text, "%-12snone\n", "Close");
}

static void
print_halts (GString *text, const Report *self)
{
  if (self->halts->len == 0)
    g_string_append_printf (text, "%-12snone\n", "Halt");
  for (guint i = 0; i < self->halts->len; i++)
    {
      const TcHaltRecord *halt = &g_array_index (self->halts, TcHaltRecord, i);
      g_autofree char *own = tc_hash_to_hex (&halt->commits[0]->block_hash), *other = tc_hash_to_hex (&halt->commits[1]->block_hash);

      g_string_append_printf (text, "%-12sheight %u%s\n%-12sblock %s, this node's\n%-12sblock %s\n", "Halt", halt->height,
                              halt->settled ? ", settled: the second is ignored" : "", "", own, "", other);
    }
}

static char *
to_text (const Report *self)
{
  GString *text = g_string_new (NULL);
  g_autofree char *made = format_time (self->store.age.made_ms), *start = format_time (self->store.epoch_start_ms), *why = explain (self);

  g_string_append_printf (text, "%-12s%s\n", "File", self->store.path);
  g_string_append_printf (text, "%-12s%s%s, opened %" G_GUINT64_FORMAT " times since\n", "Whole since", made, self->store.age.replaced ? " (in the place of another)" : "",
                          self->store.age.starts);
  g_string_append_printf (text, "%-12s%s. %s\n", "Identity", tc_signed_verdict_name (self->store.age.verdict), tc_signed_verdict_message (self->store.age.verdict));
  g_string_append_printf (text, "%-12s%s\n", "Node", self->store.running ? "running" : "not running");
  g_string_append_printf (text, "%-12s%u, after block %u%s%s\n", "Epoch", self->store.epoch, self->store.height,
                          self->store.epoch_start_ms != 0 ? ", began " : "", self->store.epoch_start_ms != 0 ? start : "");
  print_last (text, self);
  if (self->stop_epoch != 0)
    g_string_append_printf (text, "%-12sepoch %u, at height %u\n", "Stop", self->stop_epoch, self->stop_height);
  else
    g_string_append_printf (text, "%-12snone\n", "Stop");
  print_halts (text, self);
  if (why == NULL)
    g_string_append_printf (text, "%-12syes\n", "Signs now");
  else
    g_string_append_printf (text, "%-12sno. %s\n", "Signs now", why);
  return g_string_free (text, FALSE);
}

static json_object *
json_hash (const TcHash *hash)
{
  g_autofree char *hex = tc_hash_to_hex (hash);

  return json_object_new_string (hex);
}

static void
add_uint (json_object *object, const char *name, guint64 value)
{
  json_object_object_add (object, name, json_object_new_uint64 (value));
}

static json_object *
json_step (guint32 height, guint32 round, const TcHash *hash)
{
  json_object *object = json_object_new_object ();

  add_uint (object, "height", height);
  add_uint (object, "round", round);
  json_object_object_add (object, "block", tc_hash_is_zero (hash) ? NULL : json_hash (hash));
  return object;
}

static json_object *
json_commit (const TcHaltRecord *halt, guint i)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autofree char *commit = NULL, *header = NULL;
  json_object *object = json_object_new_object ();

  tc_commit_put (bytes, halt->commits[i]);
  commit = tc_hex_encode (bytes->data, bytes->len);
  g_byte_array_set_size (bytes, 0);
  json_object_object_add (object, "block", json_hash (&halt->commits[i]->block_hash));
  json_object_object_add (object, "commit", json_object_new_string (commit));
  if (halt->has_header[i])
    {
      tc_header_put (bytes, &halt->headers[i]);
      header = tc_hex_encode (bytes->data, bytes->len);
      json_object_object_add (object, "header", json_object_new_string (header));
    }
  return object;
}

static json_object *
json_halts (const Report *self)
{
  json_object *array = json_object_new_array ();

  for (guint i = 0; i < self->halts->len; i++)
    {
      const TcHaltRecord *halt = &g_array_index (self->halts, TcHaltRecord, i);
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_autofree char *committee = NULL;
      json_object *object = json_object_new_object ();

      tc_committee_put (bytes, halt->committee);
      committee = tc_hex_encode (bytes->data, bytes->len);
      add_uint (object, "height", halt->height);
      json_object_object_add (object, "settled", json_object_new_boolean (halt->settled));
      json_object_object_add (object, "committee", json_object_new_string (committee));
      json_object_object_add (object, "own", json_commit (halt, 0));
      json_object_object_add (object, "other", json_commit (halt, 1));
      json_object_array_add (array, object);
    }
  return array;
}

static void
add_last (json_object *object, const Report *self)
{
  json_object *batch = NULL, *item = NULL, *stop = NULL;

  if (self->has_batch)
    {
      batch = json_object_new_object ();
      add_uint (batch, "epoch", self->batch_epoch);
      add_uint (batch, "number", self->batch_sequence);
    }
  if (self->has_close)
    {
      item = json_object_new_object ();
      add_uint (item, "epoch", self->close.epoch);
      add_uint (item, "transactions", self->close.count);
      json_object_object_add (item, "root", json_hash (&self->close.root));
    }
  if (self->stop_epoch != 0)
    {
      stop = json_object_new_object ();
      add_uint (stop, "epoch", self->stop_epoch);
      add_uint (stop, "height", self->stop_height);
    }
  for (guint i = 0; i < 2; i++)
    json_object_object_add (object, i == 0 ? "prevote" : "precommit",
                            self->has_vote[i] ? json_step (self->votes[i].height, self->votes[i].round, &self->votes[i].block_hash) : NULL);
  json_object_object_add (object, "proposal", self->has_proposal ? json_step (self->proposal_height, self->proposal_round, &self->proposal_hash) : NULL);
  json_object_object_add (object, "batch", batch);
  json_object_object_add (object, "close", item);
  json_object_object_add (object, "stop", stop);
}

static char *
to_json (const Report *self)
{
  json_object *object = json_object_new_object ();
  g_autofree char *why = explain (self);
  char *text;

  json_object_object_add (object, "file", json_object_new_string (self->store.path));
  json_object_object_add (object, "whole_since_ms", json_object_new_int64 (self->store.age.made_ms));
  json_object_object_add (object, "replaced", json_object_new_boolean (self->store.age.replaced));
  add_uint (object, "starts", self->store.age.starts);
  json_object_object_add (object, "identity", json_object_new_string (tc_signed_verdict_name (self->store.age.verdict)));
  json_object_object_add (object, "running", json_object_new_boolean (self->store.running));
  add_uint (object, "epoch", self->store.epoch);
  add_uint (object, "height", self->store.height);
  json_object_object_add (object, "epoch_start_ms", json_object_new_int64 (self->store.epoch_start_ms));
  add_last (object, self);
  json_object_object_add (object, "halts", json_halts (self));
  json_object_object_add (object, "signs_now", json_object_new_boolean (why == NULL));
  json_object_object_add (object, "why_not", why != NULL ? json_object_new_string (why) : NULL);
  text = g_strconcat (json_object_to_json_string_ext (object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE), "\n", NULL);
  json_object_put (object);
  return text;
}

char *
tc_signed_describe (const char *data_dir, const TcNetwork *network, const TcPublicKey *operator_key, gboolean json, GError **error)
{
  g_auto(Report) report = { 0 };

  if (!read_report (data_dir, network, operator_key, &report, error))
    return NULL;
  return json ? to_json (&report) : to_text (&report);
}

/* --- settling --- */

static gboolean
settle (TcStore *store, GBytes *data, guint32 height, gboolean *ret_found, GError **error)
{
  g_auto(TcHaltRecord) halt = { 0 };
  g_autoptr(GBytes) settled = NULL;

  if (!tc_halt_record_decode (data, &halt) || halt.height != height || halt.settled)
    return TRUE;
  halt.settled = TRUE;
  settled = tc_halt_record_encode (&halt);
  *ret_found = TRUE;
  return tc_store_replace_signed (store, TC_RECORD_HALT, data, settled, error);
}

gboolean
tc_signed_forget_halt (const char *data_dir, const TcNetwork *network, guint32 height, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "signed.sqlite", NULL);
  g_autoptr(TcStore) store = NULL;
  g_autoptr(GArray) records = NULL;
  gboolean found = FALSE;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    store = tc_store_open (data_dir, &network->genesis->chain_id, error);
  else
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, "There is no %s.", path);
  records = store != NULL ? tc_store_load_signed (store, error) : NULL;
  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      const TcSignedRecord *record = &g_array_index (records, TcSignedRecord, i);

      if (record->kind == TC_RECORD_HALT && !settle (store, record->data, height, &found, error))
        return FALSE;
    }
  if (!found)
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, "The node of %s is not halted at height %u. timed signed shows where it is.", data_dir, height);
  return found;
}
