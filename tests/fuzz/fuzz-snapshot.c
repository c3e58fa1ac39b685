#include <string.h>

#include "chain-fixture.h"
#include "core/check.h"
#include "fuzz.h"
#include "ledger/registry-private.h"
#include "ledger/snapshot.h"

/* The first byte chooses. 0: a part of a snapshot: what is accepted has one form. Else: an epoch record under a root that fits it, as if a quorum had signed it: whatever it says,
 * it is refused, or makes a state that a ledger starts from. */

static TcChainFixture *chain;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  chain = tc_chain_fixture_new (4, NULL, 2, NULL);
  return 0;
}

static void
take_part (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GByteArray) again = g_byte_array_new ();
  TcSnapshotIter iter;
  TcOutpoint outpoint;
  TcCoin coin;

  tc_snapshot_iter_init (&iter, bytes, size > 0 ? data[0] : 0);
  while (tc_snapshot_iter_next (&iter, &outpoint, &coin))
    tc_snapshot_put_coin (again, &outpoint, &coin.output);
  TC_CHECK (again->len <= size && (again->len == 0 || memcmp (again->data, data, again->len) == 0));
  TC_CHECK (!tc_snapshot_iter_end (&iter) || again->len == size);
}

/* Of the epoch that the record says ended, as its header would say it. */
static TcCommittee *
read_head (const uint8_t *data, size_t size, TcHeader *ret_header)
{
  const TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = chain->genesis->chain_id, .height = 100 };
  TcReader reader;

  *ret_header = header;
  if (size < 12)
    return NULL;
  tc_reader_init (&reader, data + size - 12, 12);
  ret_header->epoch = tc_reader_u32 (&reader);
  ret_header->time_ms = tc_reader_u64 (&reader);
  return ret_header->epoch == G_MAXUINT32 ? NULL : tc_committee_new (ret_header->epoch, FALSE, &(TcMember) { .masternode = 0, .power = 1 }, 1);
}

static TcCommittee *
read_next (const uint8_t *data, size_t size)
{
  g_autoptr (TcRegistry) registry = NULL;
  TcReader reader;

  tc_reader_init (&reader, data, size);
  registry = tc_registry_read (&reader);
  return registry != NULL ? tc_committee_read (&reader) : NULL;
}

static void
take_record (const uint8_t *data, size_t size)
{
  g_autofree guint8 *buckets = g_malloc0 (TC_SNAPSHOT_BUCKETS_SIZE);
  g_autoptr (GBytes) record = g_bytes_new (data, size), state = NULL;
  g_autoptr (GBytes) manifest = tc_snapshot_make_manifest (buckets, record);
  g_autoptr (TcLedger) ledger = NULL;
  TcHash roots[2] = { tc_lthash_root_of (buckets), tc_hash_tagged (TC_TAG_EPOCH, data, size) };
  TcHeader header;
  g_autoptr (TcCommittee) committee = read_head (data, size, &header), next = read_next (data, size);

  if (committee == NULL || next == NULL)
    return;
  header.committee = tc_committee_hash (committee);
  header.next_committee = tc_committee_hash (next);
  header.state_root = tc_hash_tagged (TC_TAG_STATE, (const guint8 *) roots, sizeof roots);
  TC_CHECK (tc_snapshot_check_manifest (&header, manifest));
  state = tc_ledger_snapshot_state (chain->genesis, &header, 90, committee, manifest, NULL);
  if (state == NULL)
    return;
  ledger = tc_ledger_new_stored (chain->genesis, &chain->store->view, state, buckets, NULL);
  TC_CHECK (ledger != NULL && tc_ledger_get_tip (ledger)->height == 100);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size > 0 && data[0] == 0)
    take_part (data + 1, size - 1);
  else if (size > 0)
    take_record (data + 1, size - 1);
  return 0;
}
