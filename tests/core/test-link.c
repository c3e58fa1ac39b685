#include <string.h>

#include "sample.h"

static TcCommit *
copy_commit (const TcCommit *commit)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_commit_put (bytes, commit);
  return tc_commit_decode (bytes->data, bytes->len, NULL);
}

/* What tc_link_new () would not make. */
static GBytes *
encode_parts (const TcHeader *header, const TcCommit *commit, const TcCommittee *next)
{
  TcLink link = { .header = *header, .commit = (TcCommit *) commit, .next = (TcCommittee *) next };

  return tc_link_encode (&link);
}

static gboolean
decodes (const TcHeader *header, const TcCommit *commit, const TcCommittee *next)
{
  g_autoptr(GBytes) bytes = encode_parts (header, commit, next);
  g_autoptr(TcLink) link = tc_link_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  return link != NULL;
}

static void
test_proof (void)
{
  g_test_summary ("S3: a link fits the committee of its epoch, which signed it, and no other epoch's, and no other chain.");
  const TcHash chain_id = sample_hash (1), other = sample_hash (9);
  g_autoptr(TcLink) link = sample_link (3);
  g_autoptr(TcCommittee) committee = sample_committee (3);
  g_autoptr(TcCommittee) later = sample_committee (4);

  g_assert_true (tc_link_fits (link, &chain_id, committee));
  g_assert_true (tc_commit_check (link->commit, &chain_id, committee, &TC_VERIFIER_INLINE));
  g_assert_false (tc_link_fits (link, &other, committee));
  g_assert_false (tc_link_fits (link, &chain_id, later));
  g_assert_false (tc_commit_check (link->commit, &chain_id, later, &TC_VERIFIER_INLINE));
  later->epoch = 3;
  later->members[0].power++;
  g_assert_false (tc_link_fits (link, &chain_id, later));
}

static void
test_chain (void)
{
  g_test_summary ("S3: the committee that a link brings is that of the next link.");
  const TcHash chain_id = sample_hash (1);
  g_autoptr(TcLink) first = sample_link (1);
  g_autoptr(TcLink) second = sample_link (2);

  g_assert_true (tc_link_fits (second, &chain_id, first->next));
  g_assert_true (tc_commit_check (second->commit, &chain_id, first->next, &TC_VERIFIER_INLINE));
}

static void
test_form (void)
{
  g_test_summary ("A link whose commit or committee is not the one that its header names is refused.");
  g_autoptr(TcLink) link = sample_link (3);
  g_autoptr(TcLink) other = sample_link (4);
  g_autoptr(TcCommit) higher = copy_commit (link->commit);
  TcHeader header = link->header;

  g_assert_true (decodes (&link->header, link->commit, link->next));
  g_assert_false (decodes (&link->header, other->commit, link->next));
  g_assert_false (decodes (&link->header, link->commit, other->next));
  higher->height++;
  g_assert_false (decodes (&link->header, higher, link->next));
  header.state_root.bytes[0] ^= 1;
  g_assert_false (decodes (&header, link->commit, link->next));
}

static gboolean
decodes_at (guint32 epoch, guint32 height)
{
  g_autoptr(TcCommittee) next = sample_committee (epoch + 1);
  g_autoptr(TcLink) link = sample_link (3);
  g_autoptr(TcCommit) commit = copy_commit (link->commit);
  TcHeader header = link->header;

  header.epoch = epoch;
  header.height = height;
  header.next_committee = tc_committee_hash (next);
  commit->height = height;
  commit->block_hash = tc_header_hash (&header);
  return decodes (&header, commit, next);
}

static void
test_places (void)
{
  g_test_summary ("No epoch is without a block, genesis has no link, and none comes after the last epoch that a number can name.");
  g_assert_true (decodes_at (3, 3));
  g_assert_true (decodes_at (1, G_MAXUINT32));
  g_assert_true (decodes_at (G_MAXUINT32 - 1, G_MAXUINT32));
  g_assert_false (decodes_at (3, 2));
  g_assert_false (decodes_at (0, 1));
  g_assert_false (decodes_at (G_MAXUINT32, G_MAXUINT32));
}

static void
test_attestations (void)
{
  g_test_summary ("A link's commit carries no attestations: they are left out of one that is made, and refused in one that comes.");
  const TcHash chain_id = sample_hash (1);
  g_autoptr(TcLink) link = sample_link (1);
  g_autoptr(TcCommit) sample = sample_commit (20, &link->hash, &chain_id);
  g_autoptr(TcCommit) attested = tc_commit_new_attested (link->commit, sample->attestations, sample->n_attestations);
  g_autoptr(TcLink) bare = tc_link_new (&link->header, attested, link->next);
  g_autoptr(GBytes) a = tc_link_encode (link), b = tc_link_encode (bare);

  g_assert_cmpuint (attested->n_attestations, ==, 2);
  g_assert_true (g_bytes_equal (a, b));
  g_assert_false (decodes (&link->header, attested, link->next));
}

static void
test_largest (void)
{
  g_test_summary ("The link of the largest committee, signed by all, is within its limit.");
  TcMember members[TC_COMMITTEE_MAX] = { { 0 } };
  TcSignature signatures[TC_COMMITTEE_MAX] = { { { 0 } } };
  guint8 signers[TC_BITMAP_SIZE_MAX];
  TcHeader header = { .version = TC_BLOCK_VERSION, .height = 1, .epoch = 1 };

  for (guint i = 0; i < TC_COMMITTEE_MAX; i++)
    {
      members[i].masternode = i;
      members[i].operator_key.bytes[0] = (guint8) i;
      members[i].power = 1;
    }
  memset (signers, 0xff, sizeof signers);
  g_autoptr(TcCommittee) next = tc_committee_new (2, TRUE, members, TC_COMMITTEE_MAX);

  header.next_committee = tc_committee_hash (next);
  const TcHash hash = tc_header_hash (&header);
  g_autoptr(TcCommit) commit = tc_commit_new (1, 0, &hash, signers, TC_COMMITTEE_MAX, signatures);
  g_autoptr(TcLink) link = tc_link_new (&header, commit, next);
  g_autoptr(GBytes) bytes = tc_link_encode (link);

  g_assert_cmpuint (g_bytes_get_size (bytes), >, 14000);
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, TC_LINK_SIZE_MAX);
  g_assert_true (decodes (&link->header, link->commit, link->next));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/link/proof", test_proof);
  g_test_add_func ("/core/link/chain", test_chain);
  g_test_add_func ("/core/link/form", test_form);
  g_test_add_func ("/core/link/places", test_places);
  g_test_add_func ("/core/link/attestations", test_attestations);
  g_test_add_func ("/core/link/largest", test_largest);
  return g_test_run ();
}
