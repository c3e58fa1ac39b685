#pragma once

#include "block.h"

G_BEGIN_DECLS

/* A link of the chain of epochs (rule S3): an epoch's last header, its commit, and the committee of the epoch after. Each link is proven by the one before,
 * the first by genesis: so the heights, hashes and committees of a chain are proven without its blocks. Immutable, reference-counted; any thread.
 *
 * header | blob commit (without attestations) | blob committee
 * The decoder also checks that the commit is the header's, and that the header names that committee and is of the epoch before it. */
typedef struct
{
  gatomicrefcount ref_count;
  TcHeader     header;  /* of a last block */
  TcHash       hash;    /* of the header */
  TcCommit    *commit;
  TcCommittee *next;    /* of epoch header.epoch + 1 */
} TcLink;

/* Of an encoded link. Committees of TC_COMMITTEE_MAX members, all of whom signed, fit. */
#define TC_LINK_SIZE_MAX 16000u

/* Copies @header; references @next, and @commit unless it has attestations, which are left out. Returns: (nullable): NULL where they do not belong together. */
TcLink  *tc_link_new    (const TcHeader *header, TcCommit *commit, TcCommittee *next);
TcLink  *tc_link_ref    (TcLink *self);
void     tc_link_unref  (TcLink *self);
GBytes  *tc_link_encode (const TcLink *self);
TcLink  *tc_link_decode (const guint8 *data, gsize n, GError **error);
/* Whether it is the link of @committee's epoch on that chain: all but the commit's signatures, which tc_commit_check () does. */
gboolean tc_link_fits   (const TcLink *self, const TcHash *chain_id, const TcCommittee *committee);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLink, tc_link_unref)

G_END_DECLS
