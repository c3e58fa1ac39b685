#include "halt-record.h"

void
tc_halt_record_init (TcHaltRecord *self, TcCommittee *committee, const TcHeader *header, TcCommit *commit, const TcHeader *other_header,
                     TcCommit *other_commit)
{
  const TcHeader *headers[2] = { header, other_header };

  *self = (TcHaltRecord) { .height = commit->height, .committee = tc_committee_ref (committee),
                           .commits = { tc_commit_ref (commit), tc_commit_ref (other_commit) } };
  for (guint i = 0; i < 2; i++)
    {
      self->has_header[i] = headers[i] != NULL;
      if (headers[i] != NULL)
        self->headers[i] = *headers[i];
    }
}

void
tc_halt_record_clear (TcHaltRecord *self)
{
  g_clear_pointer (&self->committee, tc_committee_unref);
  g_clear_pointer (&self->commits[0], tc_commit_unref);
  g_clear_pointer (&self->commits[1], tc_commit_unref);
}

GBytes *
tc_halt_record_encode (const TcHaltRecord *self)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr(GByteArray) part = g_byte_array_new ();

  tc_put_u8 (bytes, self->settled ? 1 : 0);
  tc_put_u32 (bytes, self->height);
  tc_committee_put (part, self->committee);
  tc_put_blob (bytes, part->data, part->len);
  for (guint i = 0; i < 2; i++)
    {
      tc_put_u8 (bytes, self->has_header[i] ? 1 : 0);
      if (self->has_header[i])
        tc_header_put (bytes, &self->headers[i]);
      g_byte_array_set_size (part, 0);
      tc_commit_put (part, self->commits[i]);
      tc_put_blob (bytes, part->data, part->len);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static TcReader
read_blob (TcReader *reader)
{
  gsize n = tc_reader_count (reader, 1, TC_BLOCK_ENCODED_MAX);
  const guint8 *data = tc_reader_view (reader, n);
  TcReader blob;

  tc_reader_init (&blob, data, data != NULL ? n : 0);
  return blob;
}

gboolean
tc_halt_record_decode (GBytes *bytes, TcHaltRecord *ret_record)
{
  g_auto(TcHaltRecord) record = { 0 };
  TcReader reader, blob;
  gboolean ok;

  tc_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  record.settled = tc_reader_u8 (&reader) != 0;
  record.height = tc_reader_u32 (&reader);
  blob = read_blob (&reader);
  record.committee = tc_committee_read (&blob);
  ok = record.committee != NULL && tc_reader_end (&blob, "committee", NULL);
  for (guint i = 0; i < 2 && ok; i++)
    {
      record.has_header[i] = tc_reader_u8 (&reader) != 0;
      if (record.has_header[i])
        tc_header_read (&reader, &record.headers[i]);
      blob = read_blob (&reader);
      record.commits[i] = tc_commit_read (&blob);
      ok = record.commits[i] != NULL && tc_reader_end (&blob, "commit", NULL);
    }
  if (!ok || !tc_reader_end (&reader, "halt", NULL))
    return FALSE;
  *ret_record = record;
  record = (TcHaltRecord) { 0 };
  return TRUE;
}

char *
tc_halt_record_text (const TcHaltRecord *self)
{
  g_autofree char *own = tc_hash_to_hex (&self->commits[0]->block_hash), *other = tc_hash_to_hex (&self->commits[1]->block_hash);

  return g_strdup_printf ("Two blocks of height %u carry the commit of a quorum: %s (this node's) and %s. More than a third of the masternodes' power signed both, "
                          "so neither is certain. The node has stopped and keeps both proofs. Do not trust payments above height %u before the "
                          "network's operators have said which block stands; then “timed signed --help” tells how to go on.",
                          self->height, own, other, self->height - 1);
}
