#include <string.h>

#include "chain-fixture.h"
#include "engine/engine.h"
#include "engine/messages.h"
#include "ledger/snapshot.h"

typedef gboolean (*Decode) (GBytes *body);

static TcHash
hash_of (guint number)
{
  TcHash hash = TC_HASH_ZERO;

  memcpy (hash.bytes, &number, sizeof number);
  return hash;
}

static TcHash *
hashes_of (guint n)
{
  TcHash *hashes = g_new (TcHash, n + 1);

  for (guint i = 0; i < n; i++)
    hashes[i] = hash_of (i);
  return hashes;
}

static TcTx *
make_tx (guint number)
{
  const TcTxInput input = { { hash_of (number), 0 }, 0 };
  const TcOutput output = { { 1000 + number }, TC_LOCK_KEY_HASH, { { 1 } } };
  TcWitness witness = { { { 2 } }, { { 3 } } };
  g_autoptr(TcTx) bare = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);

  return tc_tx_new_signed (bare, &witness, 1);
}

/* survive-06 for one good @body: no shorter one, and no longer one, decodes. Takes @body. */
static void
check_edges (GBytes *body, Decode decode)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autoptr(GByteArray) longer = g_byte_array_new ();
  g_autoptr(GBytes) trailing = NULL;

  g_assert_true (decode (body));
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GBytes) cut = g_bytes_new (data, i);

      g_assert_false (decode (cut));
    }
  g_byte_array_append (longer, data, (guint) n);
  tc_put_u8 (longer, 0);
  trailing = g_bytes_new (longer->data, longer->len);
  g_assert_false (decode (trailing));
  g_bytes_unref (body);
}

static gboolean
decode_status (GBytes *body)
{
  TcStatusMessage message;

  return tc_status_message_decode (body, &message);
}

static void
test_status (void)
{
  g_test_summary ("survive-06: a status comes back as it was; cut, trailing and over-long ones are refused.");
  TcStatusMessage status = { .height = 7, .epoch = 3, .round = G_MAXUINT32, .step = 2, .has_proposal = 1, .n_members = TC_COMMITTEE_MAX,
                             .time_ms = G_MAXUINT64 - 1, .oldest = G_MAXUINT32, .n_snapshots = 3, .snapshots = { 1, 2, G_MAXUINT32 } }, again;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autoptr(GBytes) too_many = NULL;

  for (guint i = 0; i < TC_COMMITTEE_MAX; i++)
    status.next_sequence[i] = i * 1000003u;
  memset (status.closes, 0xa5, sizeof status.closes);
  memset (status.links, 0x5a, sizeof status.links);
  body = tc_status_message_encode (&status);
  g_assert_cmpuint (g_bytes_get_size (body), <=, tc_message_size_max (TC_MESSAGE_STATUS));
  g_assert_true (tc_status_message_decode (body, &again));
  g_assert_cmpmem (&status, sizeof status, &again, sizeof again);
  check_edges (g_steal_pointer (&body), decode_status);
  for (guint i = 0; i < 78; i++)
    tc_put_u8 (bytes, 0);
  tc_put_varint (bytes, TC_COMMITTEE_MAX + 1);
  for (guint i = 0; i <= TC_COMMITTEE_MAX; i++)
    tc_put_u8 (bytes, 0);
  too_many = g_bytes_new (bytes->data, bytes->len);
  g_assert_false (decode_status (too_many));
}

static void
test_status_served (void)
{
  g_test_summary ("survive-06: a status names at most three snapshots, ascending, none of genesis.");
  static const struct { guint32 n, heights[TC_SERVED_SNAPSHOTS_MAX]; gboolean ok; } cases[] = {
    { 0, { 0 }, TRUE }, { 1, { 1 }, TRUE }, { 2, { 5, 6 }, TRUE }, { 1, { 0 }, FALSE }, { 2, { 5, 5 }, FALSE }, { 3, { 5, 7, 6 }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcStatusMessage status = { .height = 9, .oldest = 4, .n_snapshots = cases[i].n };
      g_autoptr(GBytes) body = NULL;

      memcpy (status.snapshots, cases[i].heights, sizeof status.snapshots);
      body = tc_status_message_encode (&status);
      g_assert_cmpint (decode_status (body), ==, cases[i].ok);
    }
  for (guint n = 4; n < 6; n++)
    {
      const TcStatusMessage status = { .height = 9 };
      g_autoptr(GBytes) body = tc_status_message_encode (&status), more = NULL;
      g_autoptr(GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body) - 1);
      tc_put_u8 (bytes, (guint8) n);
      for (guint32 i = 1; i <= n; i++)
        tc_put_u32 (bytes, i);
      more = g_bytes_new (bytes->data, bytes->len);
      g_assert_false (decode_status (more));
    }
}

static gboolean
decode_items (GBytes *body)
{
  g_autofree TcHash *hashes = NULL;
  guint8 kind;
  gsize n;

  return tc_items_decode (body, &kind, &hashes, &n);
}

static void
test_items (void)
{
  g_test_summary ("survive-06: announcements and requests come back as they were, up to their limit and no further.");
  g_autofree TcHash *hashes = hashes_of (TC_ITEMS_MAX + 1), *again = NULL;
  g_autoptr(GBytes) most = tc_items_encode (TC_ITEM_BATCH, hashes, TC_ITEMS_MAX);
  g_autoptr(GBytes) more = tc_items_encode (TC_ITEM_BATCH, hashes, TC_ITEMS_MAX + 1);
  guint8 kind;
  gsize n;

  g_assert_cmpuint (g_bytes_get_size (most), <=, tc_message_size_max (TC_MESSAGE_INV));
  g_assert_true (tc_items_decode (most, &kind, &again, &n));
  g_assert_cmpuint (kind, ==, TC_ITEM_BATCH);
  g_assert_cmpmem (hashes, (int) (TC_ITEMS_MAX * sizeof *hashes), again, (int) (n * sizeof *again));
  g_assert_false (decode_items (more));
  check_edges (tc_items_encode (TC_ITEM_TX, hashes, 3), decode_items);
  check_edges (tc_items_encode (TC_ITEM_TX, hashes, 0), decode_items);
}

static gboolean
decode_get_blocks (GBytes *body)
{
  guint32 from;
  guint8 count;

  return tc_get_blocks_decode (body, &from, &count);
}

static void
test_get_blocks (void)
{
  g_test_summary ("survive-06, -19: a request for blocks names a height above genesis and a count within the limit.");
  static const struct { guint32 from; guint8 count; gboolean ok; } cases[] = {
    { 1, 1, TRUE }, { G_MAXUINT32, TC_GET_BLOCKS_MAX, TRUE }, { 0, 1, FALSE }, { 1, 0, FALSE }, { 1, TC_GET_BLOCKS_MAX + 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) body = tc_get_blocks_encode (cases[i].from, cases[i].count);
      guint32 from = 0;
      guint8 count = 0;

      g_assert_cmpint (tc_get_blocks_decode (body, &from, &count), ==, cases[i].ok);
      g_assert_cmpuint (from, ==, cases[i].ok ? cases[i].from : 0);
      g_assert_cmpuint (count, ==, cases[i].ok ? cases[i].count : 0);
    }
  check_edges (tc_get_blocks_encode (9, 9), decode_get_blocks);
}

static gboolean
decode_get_txs (GBytes *body)
{
  g_autofree guint32 *positions = NULL;
  TcHash block;
  gsize n;

  return tc_get_txs_decode (body, &block, &positions, &n);
}

static void
test_get_txs (void)
{
  g_test_summary ("survive-06: positions ascend and stay below their limit.");
  const guint32 good[] = { 0, 5, 127, 128, TC_POSITIONS_MAX - 1 }, twice[] = { 4, 4 }, falling[] = { 5, 4 }, beyond[] = { TC_POSITIONS_MAX };
  const TcHash block = hash_of (77);
  g_autoptr(GBytes) body = tc_get_txs_encode (&block, good, G_N_ELEMENTS (good));
  g_autoptr(GBytes) bad_twice = tc_get_txs_encode (&block, twice, 2);
  g_autoptr(GBytes) bad_falling = tc_get_txs_encode (&block, falling, 2);
  g_autoptr(GBytes) bad_beyond = tc_get_txs_encode (&block, beyond, 1);
  g_autofree guint32 *all = g_new (guint32, TC_POSITIONS_MAX), *again = NULL;
  g_autoptr(GBytes) most = NULL;
  TcHash again_block;
  gsize n;

  g_assert_true (tc_get_txs_decode (body, &again_block, &again, &n));
  g_assert_true (tc_hash_equal (&block, &again_block));
  g_assert_cmpmem (good, sizeof good, again, (int) (n * sizeof *again));
  g_assert_false (decode_get_txs (bad_twice));
  g_assert_false (decode_get_txs (bad_falling));
  g_assert_false (decode_get_txs (bad_beyond));
  for (guint32 i = 0; i < TC_POSITIONS_MAX; i++)
    all[i] = i;
  most = tc_get_txs_encode (&block, all, TC_POSITIONS_MAX);
  g_assert_true (decode_get_txs (most));
  g_assert_cmpuint (g_bytes_get_size (most), <=, tc_message_size_max (TC_MESSAGE_GET_TXS));
  check_edges (g_steal_pointer (&body), decode_get_txs);
}

static gboolean
decode_txs (GBytes *body)
{
  g_autoptr(GPtrArray) txs = NULL;
  TcHash block;

  return tc_txs_decode (body, &block, &txs);
}

static void
test_txs (void)
{
  g_test_summary ("survive-06: transactions of a block come back as they were; a malformed one condemns the message.");
  const TcHash block = hash_of (78);
  g_autoptr(TcTx) a = make_tx (1);
  g_autoptr(TcTx) b = make_tx (2);
  TcTx *both[] = { a, b };
  g_autoptr(GBytes) body = tc_txs_encode (&block, both, 2);
  g_autoptr(GPtrArray) again = NULL;
  g_autofree guint8 *broken = g_memdup2 (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr(GBytes) broken_body = NULL;
  TcHash again_block;

  g_assert_true (tc_txs_decode (body, &again_block, &again));
  g_assert_true (tc_hash_equal (&block, &again_block));
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_true (tc_hash_equal (&((TcTx *) again->pdata[0])->txid, &a->txid));
  g_assert_true (tc_hash_equal (&((TcTx *) again->pdata[1])->txid, &b->txid));
  broken[TC_HASH_SIZE + 1 + a->size_bytes + 2] = 9;  /* the second one's kind */
  broken_body = g_bytes_new (broken, g_bytes_get_size (body));
  g_assert_false (decode_txs (broken_body));
  check_edges (g_steal_pointer (&body), decode_txs);
}

static gboolean
decode_list (GBytes *body)
{
  g_autofree TcHash *txids = NULL;
  TcHash hash;
  gsize n;

  return tc_list_decode (body, &hash, &txids, &n);
}

static void
test_list (void)
{
  g_test_summary ("survive-06, -03: a close's list comes back as it was; the longest fits its message.");
  const TcHash name = hash_of (5);
  g_autofree TcHash *txids = hashes_of (TC_LIST_MAX + 1), *again = NULL;
  g_autoptr(GBytes) most = tc_list_encode (&name, txids, TC_LIST_MAX);
  g_autoptr(GBytes) more = tc_list_encode (&name, txids, TC_LIST_MAX + 1);
  TcHash again_name;
  gsize n;

  g_assert_true (tc_list_decode (most, &again_name, &again, &n));
  g_assert_true (tc_hash_equal (&name, &again_name));
  g_assert_cmpmem (txids, (int) (TC_LIST_MAX * sizeof *txids), again, (int) (n * sizeof *again));
  g_assert_cmpuint (g_bytes_get_size (most), <=, tc_message_size_max (TC_MESSAGE_LIST));
  g_assert_false (decode_list (more));
  check_edges (tc_list_encode (&name, txids, 2), decode_list);
}

static gboolean
decode_get_part (GBytes *body)
{
  TcGetPart get;

  return tc_get_part_decode (body, &get);
}

static gboolean
decode_part (GBytes *body)
{
  g_autoptr(GBytes) page = NULL;
  guint32 total;
  TcGetPart at;

  return tc_part_page_decode (body, &at, &total, &page);
}

static void
test_get_part (void)
{
  g_test_summary ("survive-06: a request names a height, one of 257 parts and an offset that a part may have.");
  const TcGetPart good = { 7, TC_SNAPSHOT_MANIFEST, TC_SNAPSHOT_PART_SIZE_MAX - 1 };
  const TcGetPart bad[] = { { 0, 0, 0 }, { 7, TC_SNAPSHOT_N_PARTS, 0 }, { 7, 0, TC_SNAPSHOT_PART_SIZE_MAX } };
  g_autoptr(GBytes) body = tc_get_part_encode (&good);
  TcGetPart again;

  g_assert_cmpuint (g_bytes_get_size (body), <=, tc_message_size_max (TC_MESSAGE_GET_PART));
  g_assert_true (tc_get_part_decode (body, &again));
  g_assert_cmpuint (again.height, ==, good.height);
  g_assert_cmpuint (again.part, ==, good.part);
  g_assert_cmpuint (again.offset, ==, good.offset);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GBytes) refused = tc_get_part_encode (&bad[i]);

      g_assert_false (decode_get_part (refused));
    }
  check_edges (g_steal_pointer (&body), decode_get_part);
}

static void
test_part (void)
{
  g_test_summary ("survive-06, -03: a page has exactly the bytes that are left, at most so many; one of none is that of an empty part.");
  g_autofree guint8 *data = g_malloc0 (TC_PART_PAGE_MAX + 1);
  const TcGetPart start = { 7, 3, 0 }, middle = { 7, 3, TC_PART_PAGE_MAX }, end = { 7, 3, 5 };
  g_autoptr(GBytes) full = tc_part_page_encode (&start, 600000, data, TC_PART_PAGE_MAX);
  g_autoptr(GBytes) rest = tc_part_page_encode (&middle, TC_PART_PAGE_MAX + 3, data, 3);
  g_autoptr(GBytes) empty = tc_part_page_encode (&start, 0, NULL, 0);
  g_autoptr(GBytes) longer = tc_part_page_encode (&start, 600000, data, TC_PART_PAGE_MAX + 1);
  g_autoptr(GBytes) shorter = tc_part_page_encode (&start, 600000, data, 10);
  g_autoptr(GBytes) beyond = tc_part_page_encode (&end, 5, NULL, 0);
  g_autoptr(GBytes) past = tc_part_page_encode (&end, 4, NULL, 0);
  g_autoptr(GBytes) huge = tc_part_page_encode (&start, TC_SNAPSHOT_PART_SIZE_MAX + 1, data, TC_PART_PAGE_MAX);
  g_autoptr(GBytes) page = NULL;
  guint32 total;
  TcGetPart at;

  g_assert_cmpuint (g_bytes_get_size (full), <=, tc_message_size_max (TC_MESSAGE_PART));
  g_assert_true (tc_part_page_decode (rest, &at, &total, &page));
  g_assert_cmpuint (at.height, ==, 7);
  g_assert_cmpuint (at.part, ==, 3);
  g_assert_cmpuint (at.offset, ==, TC_PART_PAGE_MAX);
  g_assert_cmpuint (total, ==, TC_PART_PAGE_MAX + 3);
  g_assert_cmpuint (g_bytes_get_size (page), ==, 3);
  g_assert_true (decode_part (full));
  g_assert_true (decode_part (empty));
  g_assert_false (decode_part (longer));
  g_assert_false (decode_part (shorter));
  g_assert_false (decode_part (beyond));
  g_assert_false (decode_part (past));
  g_assert_false (decode_part (huge));
  check_edges (g_steal_pointer (&rest), decode_part);
}

static gboolean
decode_block (GBytes *body)
{
  g_autoptr(TcBlock) block = NULL;
  g_autoptr(TcCommit) commit = NULL;

  return tc_message_block_decode (body, &block, &commit);
}

static void
test_block (void)
{
  g_test_summary ("survive-06: a block and its commit come back as they were.");
  g_autoptr(TcChainFixture) chain = tc_chain_fixture_new (4, NULL, 1, NULL);
  g_autoptr(TcTx) tx = tc_chain_fixture_pay (chain, 0, 5000);
  const TcBlock *block = tc_chain_fixture_extend (chain, &tx, 1);
  g_autoptr(GBytes) block_bytes = tc_block_encode (block);
  g_autoptr(GBytes) commit_bytes = NULL;
  g_autoptr(TcBlock) again = NULL;
  g_autoptr(TcCommit) again_commit = NULL;
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr(GBytes) body = NULL;

  tc_commit_put (bytes, chain->commit);
  commit_bytes = g_byte_array_free_to_bytes (bytes);
  body = tc_message_block (block_bytes, commit_bytes);
  g_assert_true (tc_message_block_decode (body, &again, &again_commit));
  g_assert_true (tc_hash_equal (&again->hash, &block->hash));
  g_assert_true (tc_hash_equal (&again_commit->block_hash, &block->hash));
  g_assert_cmpuint (again->n_txs, ==, 1);
  check_edges (g_steal_pointer (&body), decode_block);
}

static gboolean
decode_get_epochs (GBytes *body)
{
  guint32 from;
  guint16 count;

  return tc_get_epochs_decode (body, &from, &count);
}

static void
test_get_epochs (void)
{
  g_test_summary ("survive-06: a request for links names an epoch from 1 on and a count within the limit.");
  static const struct { guint32 from; guint16 count; gboolean ok; } cases[] = {
    { 1, 1, TRUE }, { G_MAXUINT32, TC_GET_EPOCHS_MAX, TRUE }, { 0, 1, FALSE }, { 1, 0, FALSE }, { 1, TC_GET_EPOCHS_MAX + 1, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) body = tc_get_epochs_encode (cases[i].from, cases[i].count);
      guint32 from = 0;
      guint16 count = 0;

      g_assert_cmpint (tc_get_epochs_decode (body, &from, &count), ==, cases[i].ok);
      g_assert_cmpuint (from, ==, cases[i].ok ? cases[i].from : 0);
      g_assert_cmpuint (count, ==, cases[i].ok ? cases[i].count : 0);
    }
  check_edges (tc_get_epochs_encode (9, 9), decode_get_epochs);
}

static gboolean
decode_epochs (GBytes *body)
{
  g_autoptr(GPtrArray) links = NULL;

  return tc_epochs_decode (body, &links);
}

/* Signed, so to speak, by all of @n_members. */
static GBytes *
make_link (guint32 epoch, guint32 height, guint n_members)
{
  TcMember members[TC_COMMITTEE_MAX] = { { 0 } };
  TcSignature signatures[TC_COMMITTEE_MAX] = { { { 0 } } };
  guint8 signers[TC_BITMAP_SIZE_MAX];
  TcHeader header = { .version = TC_BLOCK_VERSION, .height = height, .epoch = epoch };
  g_autoptr(TcCommittee) committee = NULL, next = NULL;
  g_autoptr(TcCommit) commit = NULL;
  g_autoptr(TcLink) link = NULL;
  TcHash hash;

  for (guint i = 0; i < n_members; i++)
    {
      members[i].masternode = i;
      members[i].operator_key.bytes[0] = (guint8) i;
      members[i].power = 1;
    }
  memset (signers, 0xff, sizeof signers);
  committee = tc_committee_new (epoch, FALSE, members, n_members);
  next = tc_committee_new (epoch + 1, FALSE, members, n_members);
  header.committee = tc_committee_hash (committee);
  header.next_committee = tc_committee_hash (next);
  hash = tc_header_hash (&header);
  commit = tc_commit_new (height, 0, &hash, signers, n_members, signatures);
  link = tc_link_new (&header, commit, next);
  return tc_link_encode (link);
}

static void
test_epochs (void)
{
  g_test_summary ("survive-06, -03: links come back as they were, one epoch after the other; a page ends before its limit.");
  GBytes *links[130];
  g_autoptr(GBytes) two = NULL, none = NULL, most = NULL, gap = NULL, falling = NULL;
  g_autoptr(GPtrArray) again = NULL, page = NULL;
  GBytes *const skipped[] = { make_link (3, 9, 8), make_link (5, 12, 8) }, *const lower[] = { make_link (3, 9, 8), make_link (4, 9, 8) };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    links[i] = make_link (7 + i, 100 + i, TC_COMMITTEE_MAX);
  two = tc_epochs_encode (links, 2);
  g_assert_true (tc_epochs_decode (two, &again));
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_cmpuint (((TcLink *) again->pdata[1])->header.epoch, ==, 8);
  none = tc_epochs_encode (NULL, 0);
  g_assert_true (decode_epochs (none));
  most = tc_epochs_encode (links, G_N_ELEMENTS (links));
  g_assert_cmpuint (g_bytes_get_size (most), <=, tc_message_size_max (TC_MESSAGE_EPOCHS));
  g_assert_true (tc_epochs_decode (most, &page));
  g_assert_cmpuint (page->len, >, 60);
  g_assert_cmpuint (page->len, <, G_N_ELEMENTS (links));
  gap = tc_epochs_encode (skipped, 2);
  g_assert_false (decode_epochs (gap));
  falling = tc_epochs_encode (lower, 2);
  g_assert_false (decode_epochs (falling));
  check_edges (tc_epochs_encode (skipped, 1), decode_epochs);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    g_bytes_unref (links[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_bytes_unref (skipped[i]);
      g_bytes_unref (lower[i]);
    }
}

static void
test_claimed_counts (void)
{
  g_test_summary ("survive-06: a count that the bytes left cannot hold is refused before memory is taken for it.");
  static const Decode decoders[] = { decode_items, decode_get_txs, decode_txs, decode_list, decode_status, decode_epochs };
  static const guint heads[] = { 1, TC_HASH_SIZE, TC_HASH_SIZE, TC_HASH_SIZE, 62, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (decoders); i++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_autoptr(GBytes) body = NULL;

      for (guint j = 0; j < heads[i]; j++)
        tc_put_u8 (bytes, 1);
      tc_put_varint (bytes, G_MAXINT64);
      body = g_bytes_new (bytes->data, bytes->len);
      g_assert_false (decoders[i] (body));
    }
}

static void
test_sizes (void)
{
  g_test_summary ("Each type of message has a limit of at most 4 MB (N2), and no other type has one.");
  for (guint type = 0; type < 256; type++)
    {
      gsize max = tc_message_size_max ((guint8) type);

      g_assert_cmpint (max > 0, ==, type >= TC_MESSAGE_STATUS && type <= TC_MESSAGE_PART);
      g_assert_cmpuint (max, <=, 4000000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/messages/survive-06-status", test_status);
  g_test_add_func ("/engine/messages/survive-06-status-served", test_status_served);
  g_test_add_func ("/engine/messages/survive-06-items", test_items);
  g_test_add_func ("/engine/messages/survive-06-get-blocks", test_get_blocks);
  g_test_add_func ("/engine/messages/survive-06-get-txs", test_get_txs);
  g_test_add_func ("/engine/messages/survive-06-txs", test_txs);
  g_test_add_func ("/engine/messages/survive-06-list", test_list);
  g_test_add_func ("/engine/messages/survive-06-get-part", test_get_part);
  g_test_add_func ("/engine/messages/survive-06-part", test_part);
  g_test_add_func ("/engine/messages/survive-06-block", test_block);
  g_test_add_func ("/engine/messages/survive-06-get-epochs", test_get_epochs);
  g_test_add_func ("/engine/messages/survive-06-epochs", test_epochs);
  g_test_add_func ("/engine/messages/survive-06-claimed-counts", test_claimed_counts);
  g_test_add_func ("/engine/messages/sizes", test_sizes);
  return g_test_run ();
}
