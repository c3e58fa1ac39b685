#include "messages.h"

#include "engine.h"
#include "ledger/snapshot.h"

#define MB            1000000u
#define GET_PART_SIZE 10u

gsize
tc_message_size_max (guint8 type)
{
  switch (type)
    {
    case TC_MESSAGE_STATUS:     return 1024;
    case TC_MESSAGE_INV:
    case TC_MESSAGE_GET:
    case TC_MESSAGE_GET_CERTS:  return 1 + 9 + TC_ITEMS_MAX * TC_HASH_SIZE;
    case TC_MESSAGE_TX:         return TC_TX_SIZE_MAX;
    case TC_MESSAGE_BATCH:      return 64 * 1024;
    case TC_MESSAGE_VOTE:       return TC_VOTE_SIZE;
    case TC_MESSAGE_PROPOSAL:   return 1 * MB;
    case TC_MESSAGE_CLOSE:      return 256;
    case TC_MESSAGE_GET_BLOCKS: return 5;
    case TC_MESSAGE_BLOCK:      return 4 * MB;
    case TC_MESSAGE_GET_TXS:    return TC_HASH_SIZE + 9 + TC_POSITIONS_MAX * 3;
    case TC_MESSAGE_TXS:        return 4 * MB;
    case TC_MESSAGE_GET_LIST:   return TC_HASH_SIZE;
    case TC_MESSAGE_EVIDENCE:   return TC_EVIDENCE_SIZE_MAX;
    case TC_MESSAGE_LIST:       return TC_HASH_SIZE + 9 + TC_LIST_MAX * TC_HASH_SIZE;
    case TC_MESSAGE_HEARTBEAT:  return TC_HEARTBEAT_SIZE;
    case TC_MESSAGE_GET_EPOCHS: return 4 + 2;
    case TC_MESSAGE_EPOCHS:     return TC_EPOCHS_SIZE_MAX;
    case TC_MESSAGE_ATTESTATION: return 4 + 4 + 1 + TC_SIGNATURE_SIZE + 9 + TC_ATTESTATION_BITMAP_MAX;
    case TC_MESSAGE_GET_PART:   return GET_PART_SIZE;
    case TC_MESSAGE_PART:       return GET_PART_SIZE + 4 + TC_PART_PAGE_MAX;
    default:                    return 0;
    }
}

static TcReader
reader_of (GBytes *body)
{
  TcReader reader;
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);

  tc_reader_init (&reader, data, n);
  return reader;
}

static gboolean
is_done (TcReader *reader)
{
  return tc_reader_end (reader, "message", NULL);
}

GBytes *
tc_status_message_encode (const TcStatusMessage *self)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u32 (bytes, self->height);
  tc_put_u32 (bytes, self->epoch);
  tc_put_u32 (bytes, self->round);
  tc_put_u8 (bytes, self->step);
  tc_put_u8 (bytes, self->has_proposal);
  tc_put_bytes (bytes, self->prevotes, TC_BITMAP_SIZE_MAX);
  tc_put_bytes (bytes, self->precommits, TC_BITMAP_SIZE_MAX);
  tc_put_bytes (bytes, self->closes, TC_BITMAP_SIZE_MAX);
  tc_put_bytes (bytes, self->links, TC_BITMAP_SIZE_MAX);
  tc_put_varint (bytes, self->n_members);
  for (guint32 i = 0; i < self->n_members; i++)
    tc_put_varint (bytes, self->next_sequence[i]);
  tc_put_hash (bytes, &self->tip);
  tc_put_u64 (bytes, self->time_ms);
  tc_put_u32 (bytes, self->oldest);
  tc_put_u8 (bytes, (guint8) self->n_snapshots);
  for (guint32 i = 0; i < self->n_snapshots; i++)
    tc_put_u32 (bytes, self->snapshots[i]);
  return g_byte_array_free_to_bytes (bytes);
}

static guint32
read_sequence (TcReader *reader)
{
  guint64 sequence = tc_reader_varint (reader);

  if (sequence > G_MAXUINT32)
    tc_reader_fail (reader);
  return (guint32) sequence;
}

static void
read_snapshots (TcReader *reader, TcStatusMessage *message)
{
  message->n_snapshots = tc_reader_u8 (reader);
  if (message->n_snapshots > TC_SERVED_SNAPSHOTS_MAX)
    {
      tc_reader_fail (reader);
      return;
    }
  for (guint32 i = 0; i < message->n_snapshots; i++)
    {
      message->snapshots[i] = tc_reader_u32 (reader);
      if (message->snapshots[i] <= (i > 0 ? message->snapshots[i - 1] : 0))
        tc_reader_fail (reader);
    }
}

gboolean
tc_status_message_decode (GBytes *body, TcStatusMessage *ret_message)
{
  TcReader reader = reader_of (body);
  TcStatusMessage message = { 0 };

  message.height = tc_reader_u32 (&reader);
  message.epoch = tc_reader_u32 (&reader);
  message.round = tc_reader_u32 (&reader);
  message.step = tc_reader_u8 (&reader);
  message.has_proposal = tc_reader_u8 (&reader);
  tc_reader_bytes (&reader, message.prevotes, TC_BITMAP_SIZE_MAX);
  tc_reader_bytes (&reader, message.precommits, TC_BITMAP_SIZE_MAX);
  tc_reader_bytes (&reader, message.closes, TC_BITMAP_SIZE_MAX);
  tc_reader_bytes (&reader, message.links, TC_BITMAP_SIZE_MAX);
  message.n_members = (guint32) tc_reader_count (&reader, 1, TC_COMMITTEE_MAX);
  for (guint32 i = 0; i < message.n_members; i++)
    message.next_sequence[i] = read_sequence (&reader);
  message.tip = tc_reader_hash (&reader);
  message.time_ms = tc_reader_u64 (&reader);
  message.oldest = tc_reader_u32 (&reader);
  read_snapshots (&reader, &message);
  if (!is_done (&reader))
    return FALSE;
  *ret_message = message;
  return TRUE;
}

static GBytes *
hashes_encode (GByteArray *bytes, const TcHash *hashes, gsize n_hashes)
{
  tc_put_varint (bytes, n_hashes);
  for (gsize i = 0; i < n_hashes; i++)
    tc_put_hash (bytes, &hashes[i]);
  return g_byte_array_free_to_bytes (bytes);
}

static TcHash *
hashes_read (TcReader *reader, gsize max, gsize *ret_n)
{
  gsize n = tc_reader_count (reader, TC_HASH_SIZE, max);
  TcHash *hashes = g_new (TcHash, n + 1);

  for (gsize i = 0; i < n; i++)
    hashes[i] = tc_reader_hash (reader);
  *ret_n = n;
  return hashes;
}

GBytes *
tc_items_encode (guint8 kind, const TcHash *hashes, gsize n_hashes)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u8 (bytes, kind);
  return hashes_encode (bytes, hashes, n_hashes);
}

gboolean
tc_items_decode (GBytes *body, guint8 *ret_kind, TcHash **ret_hashes, gsize *ret_n)
{
  TcReader reader = reader_of (body);
  guint8 kind = tc_reader_u8 (&reader);
  gsize n;
  g_autofree TcHash *hashes = hashes_read (&reader, TC_ITEMS_MAX, &n);

  if (!is_done (&reader))
    return FALSE;
  *ret_kind = kind;
  *ret_n = n;
  *ret_hashes = g_steal_pointer (&hashes);
  return TRUE;
}

GBytes *
tc_get_blocks_encode (guint32 from, guint8 count)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u32 (bytes, from);
  tc_put_u8 (bytes, count);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_get_blocks_decode (GBytes *body, guint32 *ret_from, guint8 *ret_count)
{
  TcReader reader = reader_of (body);
  guint32 from = tc_reader_u32 (&reader);
  guint8 count = tc_reader_u8 (&reader);

  if (!is_done (&reader) || from == 0 || count == 0 || count > TC_GET_BLOCKS_MAX)
    return FALSE;
  *ret_from = from;
  *ret_count = count;
  return TRUE;
}

GBytes *
tc_get_epochs_encode (guint32 from, guint16 count)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u32 (bytes, from);
  tc_put_u16 (bytes, count);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_get_epochs_decode (GBytes *body, guint32 *ret_from, guint16 *ret_count)
{
  TcReader reader = reader_of (body);
  guint32 from = tc_reader_u32 (&reader);
  guint16 count = tc_reader_u16 (&reader);

  if (!is_done (&reader) || from == 0 || count == 0 || count > TC_GET_EPOCHS_MAX)
    return FALSE;
  *ret_from = from;
  *ret_count = count;
  return TRUE;
}

GBytes *
tc_epochs_encode (GBytes *const *links, gsize n_links)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize size = 2, n = 0;

  /* A count of at most 1 000, and sizes of at most TC_LINK_SIZE_MAX, take two bytes each. */
  while (n < n_links && n < TC_GET_EPOCHS_MAX && size + 2 + g_bytes_get_size (links[n]) <= TC_EPOCHS_SIZE_MAX)
    size += 2 + g_bytes_get_size (links[n++]);
  tc_put_varint (bytes, n);
  for (gsize i = 0; i < n; i++)
    tc_put_blob (bytes, g_bytes_get_data (links[i], NULL), g_bytes_get_size (links[i]));
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
follows (const TcLink *link, const TcLink *before)
{
  return link->header.epoch == before->header.epoch + 1 && link->header.height > before->header.height
         && tc_hash_equal (&link->header.committee, &before->header.next_committee);
}

gboolean
tc_epochs_decode (GBytes *body, GPtrArray **ret_links)
{
  TcReader reader = reader_of (body);
  gsize n = tc_reader_count (&reader, 1 + TC_HEADER_SIZE, TC_GET_EPOCHS_MAX);
  g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_link_unref);

  for (gsize i = 0; i < n; i++)
    {
      gsize size = tc_reader_count (&reader, 1, TC_LINK_SIZE_MAX);
      const guint8 *data = tc_reader_view (&reader, size);
      TcLink *link = data != NULL ? tc_link_decode (data, size, NULL) : NULL;

      if (link == NULL)
        return FALSE;
      g_ptr_array_add (links, link);
      if (i > 0 && !follows (link, g_ptr_array_index (links, i - 1)))
        return FALSE;
    }
  if (!is_done (&reader))
    return FALSE;
  *ret_links = g_steal_pointer (&links);
  return TRUE;
}

GBytes *
tc_message_block (GBytes *block, GBytes *commit)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize n;
  const guint8 *data = g_bytes_get_data (block, &n);

  tc_put_blob (bytes, data, n);
  data = g_bytes_get_data (commit, &n);
  tc_put_blob (bytes, data, n);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_message_block_peek (GBytes *body, guint32 *ret_height)
{
  TcReader reader = reader_of (body);
  guint32 height;

  tc_reader_count (&reader, 1, TC_BLOCK_ENCODED_MAX);
  tc_reader_view (&reader, 2 + TC_HASH_SIZE);  /* a header begins with version and chain_id */
  height = tc_reader_u32 (&reader);
  if (reader.failed)
    return FALSE;
  *ret_height = height;
  return TRUE;
}

gboolean
tc_message_block_decode (GBytes *body, TcBlock **ret_block, TcCommit **ret_commit)
{
  TcReader reader = reader_of (body);
  gsize block_size = tc_reader_count (&reader, 1, TC_BLOCK_ENCODED_MAX);
  const guint8 *block_data = tc_reader_view (&reader, block_size);
  gsize commit_size = tc_reader_count (&reader, 1, TC_BLOCK_ENCODED_MAX);
  const guint8 *commit_data = tc_reader_view (&reader, commit_size);
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;

  if (!is_done (&reader))
    return FALSE;
  block = tc_block_decode (block_data, block_size, NULL);
  commit = tc_commit_decode (commit_data, commit_size, NULL);
  if (block == NULL || commit == NULL)
    return FALSE;
  *ret_block = g_steal_pointer (&block);
  *ret_commit = g_steal_pointer (&commit);
  return TRUE;
}

GBytes *
tc_get_txs_encode (const TcHash *block, const guint32 *positions, gsize n_positions)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_hash (bytes, block);
  tc_put_varint (bytes, n_positions);
  for (gsize i = 0; i < n_positions; i++)
    tc_put_varint (bytes, positions[i]);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_get_txs_decode (GBytes *body, TcHash *ret_block, guint32 **ret_positions, gsize *ret_n)
{
  TcReader reader = reader_of (body);
  TcHash block = tc_reader_hash (&reader);
  gsize n = tc_reader_count (&reader, 1, TC_POSITIONS_MAX);
  g_autofree guint32 *positions = g_new (guint32, n + 1);

  for (gsize i = 0; i < n; i++)
    {
      guint64 position = tc_reader_varint (&reader);

      if (position >= TC_POSITIONS_MAX || (i > 0 && position <= positions[i - 1]))
        return FALSE;
      positions[i] = (guint32) position;
    }
  if (!is_done (&reader))
    return FALSE;
  *ret_block = block;
  *ret_positions = g_steal_pointer (&positions);
  *ret_n = n;
  return TRUE;
}

GBytes *
tc_txs_encode (const TcHash *block, TcTx *const *txs, gsize n_txs)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_hash (bytes, block);
  tc_put_varint (bytes, n_txs);
  for (gsize i = 0; i < n_txs; i++)
    tc_tx_put (bytes, txs[i]);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_txs_decode (GBytes *body, TcHash *ret_block, GPtrArray **ret_txs)
{
  TcReader reader = reader_of (body);
  TcHash block = tc_reader_hash (&reader);
  gsize n = tc_reader_count (&reader, 16, TC_POSITIONS_MAX);
  g_autoptr(GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);

  for (gsize i = 0; i < n; i++)
    {
      TcTx *tx = tc_tx_read (&reader);

      if (tx == NULL)
        return FALSE;
      g_ptr_array_add (txs, tx);
    }
  if (!is_done (&reader))
    return FALSE;
  *ret_block = block;
  *ret_txs = g_steal_pointer (&txs);
  return TRUE;
}

GBytes *
tc_list_encode (const TcHash *close, const TcHash *txids, gsize n_txids)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_hash (bytes, close);
  return hashes_encode (bytes, txids, n_txids);
}

gboolean
tc_list_decode (GBytes *body, TcHash *ret_close, TcHash **ret_txids, gsize *ret_n)
{
  TcReader reader = reader_of (body);
  TcHash close = tc_reader_hash (&reader);
  gsize n;
  g_autofree TcHash *txids = hashes_read (&reader, TC_LIST_MAX, &n);

  if (!is_done (&reader))
    return FALSE;
  *ret_close = close;
  *ret_n = n;
  *ret_txids = g_steal_pointer (&txids);
  return TRUE;
}

GBytes *
tc_attestation_message_encode (guint32 epoch, guint32 height, const TcAttestation *attestation)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_u32 (bytes, epoch);
  tc_put_u32 (bytes, height);
  tc_attestation_put (bytes, attestation);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_attestation_message_decode (GBytes *body, guint32 *ret_epoch, guint32 *ret_height, TcAttestation *ret_attestation)
{
  TcReader reader = reader_of (body);
  guint32 epoch = tc_reader_u32 (&reader);
  guint32 height = tc_reader_u32 (&reader);
  TcAttestation attestation = { 0 };

  tc_attestation_read (&reader, &attestation);
  if (!is_done (&reader))
    {
      g_clear_pointer (&attestation.bitmap, g_bytes_unref);
      return FALSE;
    }
  *ret_epoch = epoch;
  *ret_height = height;
  *ret_attestation = attestation;
  return TRUE;
}

static void
put_get_part (GByteArray *bytes, const TcGetPart *self)
{
  tc_put_u32 (bytes, self->height);
  tc_put_u16 (bytes, self->part);
  tc_put_u32 (bytes, self->offset);
}

static TcGetPart
read_get_part (TcReader *reader)
{
  TcGetPart get = { .height = tc_reader_u32 (reader) };

  get.part = tc_reader_u16 (reader);
  get.offset = tc_reader_u32 (reader);
  if (get.height == 0 || get.part >= TC_SNAPSHOT_N_PARTS || get.offset >= TC_SNAPSHOT_PART_SIZE_MAX)
    tc_reader_fail (reader);
  return get;
}

GBytes *
tc_get_part_encode (const TcGetPart *self)
{
  GByteArray *bytes = g_byte_array_new ();

  put_get_part (bytes, self);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_get_part_decode (GBytes *body, TcGetPart *ret_get)
{
  TcReader reader = reader_of (body);
  TcGetPart get = read_get_part (&reader);

  if (!is_done (&reader))
    return FALSE;
  *ret_get = get;
  return TRUE;
}

GBytes *
tc_part_page_encode (const TcGetPart *at, guint32 total, const guint8 *page, gsize n)
{
  GByteArray *bytes = g_byte_array_sized_new ((guint) (GET_PART_SIZE + 4 + n));

  put_get_part (bytes, at);
  tc_put_u32 (bytes, total);
  tc_put_bytes (bytes, page, n);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_part_page_decode (GBytes *body, TcGetPart *ret_at, guint32 *ret_total, GBytes **ret_page)
{
  TcReader reader = reader_of (body);
  TcGetPart at = read_get_part (&reader);
  guint32 total = tc_reader_u32 (&reader);
  gsize n = tc_reader_left (&reader);

  tc_reader_view (&reader, n);
  if (!is_done (&reader) || total > TC_SNAPSHOT_PART_SIZE_MAX || at.offset > total || (at.offset == total && total > 0)
      || n != MIN (total - at.offset, TC_PART_PAGE_MAX))
    return FALSE;
  *ret_at = at;
  *ret_total = total;
  *ret_page = g_bytes_new_from_bytes (body, GET_PART_SIZE + 4, n);
  return TRUE;
}
