#include "link.h"

/* Rules B3, S3: what can be told without knowing the epoch's committee. */
static gboolean
is_whole (const TcHeader *header, const TcHash *hash, const TcCommit *commit, const TcCommittee *next)
{
  const TcHash committee = tc_committee_hash (next);

  return header->epoch >= 1 && header->height >= header->epoch && next->epoch > 1 && next->epoch - 1 == header->epoch
         && tc_hash_equal (&header->next_committee, &committee) && commit->height == header->height && tc_hash_equal (&commit->block_hash, hash)
         && commit->n_attestations == 0;
}

/* Takes @commit and @next. */
static TcLink *
link_take (const TcHeader *header, const TcHash *hash, TcCommit *commit, TcCommittee *next)
{
  TcLink *self = g_new (TcLink, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->header = *header;
  self->hash = *hash;
  self->commit = commit;
  self->next = next;
  return self;
}

TcLink *
tc_link_new (const TcHeader *header, TcCommit *commit, TcCommittee *next)
{
  const TcHash hash = tc_header_hash (header);
  g_autoptr(TcCommit) bare = commit->n_attestations == 0 ? tc_commit_ref (commit) : tc_commit_new_attested (commit, NULL, 0);

  if (!is_whole (header, &hash, bare, next))
    return NULL;
  return link_take (header, &hash, g_steal_pointer (&bare), tc_committee_ref (next));
}

TcLink *
tc_link_ref (TcLink *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_link_unref (TcLink *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  tc_commit_unref (self->commit);
  tc_committee_unref (self->next);
  g_free (self);
}

GBytes *
tc_link_encode (const TcLink *self)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr(GByteArray) commit = g_byte_array_new ();
  g_autoptr(GByteArray) next = g_byte_array_new ();

  tc_header_put (bytes, &self->header);
  tc_commit_put (commit, self->commit);
  tc_put_blob (bytes, commit->data, commit->len);
  tc_committee_put (next, self->next);
  tc_put_blob (bytes, next->data, next->len);
  return g_byte_array_free_to_bytes (bytes);
}

TcLink *
tc_link_decode (const guint8 *data, gsize n, GError **error)
{
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcCommittee) next = NULL;
  TcReader reader, part;
  TcHeader header;
  TcHash hash = TC_HASH_ZERO;
  gsize commit_size, next_size;
  const guint8 *commit_data, *next_data;

  tc_reader_init (&reader, data, n);
  tc_header_read (&reader, &header);
  commit_size = tc_reader_count (&reader, 1, TC_LINK_SIZE_MAX);
  commit_data = tc_reader_view (&reader, commit_size);
  next_size = tc_reader_count (&reader, 1, TC_LINK_SIZE_MAX);
  next_data = tc_reader_view (&reader, next_size);
  if (n > TC_LINK_SIZE_MAX)
    tc_reader_fail (&reader);
  if (!reader.failed)
    {
      commit = tc_commit_decode (commit_data, commit_size, NULL);
      tc_reader_init (&part, next_data, next_size);
      next = tc_committee_read (&part);
      hash = tc_header_hash (&header);
      if (commit == NULL || next == NULL || !tc_reader_end (&part, "committee", NULL) || !is_whole (&header, &hash, commit, next))
        tc_reader_fail (&reader);
    }
  if (!tc_reader_end (&reader, "link", error))
    return NULL;
  return link_take (&header, &hash, g_steal_pointer (&commit), g_steal_pointer (&next));
}

gboolean
tc_link_fits (const TcLink *self, const TcHash *chain_id, const TcCommittee *committee)
{
  const TcHash hash = tc_committee_hash (committee);

  return self->header.epoch == committee->epoch && tc_hash_equal (&self->header.chain_id, chain_id) && tc_hash_equal (&self->header.committee, &hash);
}
