#include "halt-sample.h"

#include <string.h>

static TcCommit *
make_commit (guint32 height, const char *name)
{
  const guint8 signers[TC_BITMAP_SIZE_MAX] = { 7 };
  const TcSignature signatures[3] = { 0 };
  const TcHash hash = tc_hash_sha256 ((const guint8 *) name, strlen (name));

  return tc_commit_new (height, 0, &hash, signers, 4, signatures);
}

void
tc_halt_sample (guint32 height, TcHaltRecord *ret_record)
{
  static const guint8 seed[TC_SEED_SIZE] = { 1 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  const TcMember member = { 0, *tc_secret_key_get_public (key), 1 };
  g_autoptr(TcCommittee) committee = tc_committee_new (1, FALSE, &member, 1);
  g_autoptr(TcCommit) own = make_commit (height, "own"), other = make_commit (height, "other");

  tc_halt_record_init (ret_record, committee, NULL, own, NULL, other);
}
