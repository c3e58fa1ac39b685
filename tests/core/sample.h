#pragma once

#include "core/attest.h"
#include "core/evidence.h"
#include "core/genesis.h"
#include "core/link.h"
#include "core/masternode.h"
#include "core/message.h"
#include "core/tx-proof.h"

G_BEGIN_DECLS

/* One good value of each structure of core, the same on every machine, for tests and for the corpora of fuzz targets. The round trips are what a
 * fuzz target asserts: each decodes @data, aborts where what it decoded does not encode to the same bytes, and returns whether it decoded. */

#define SAMPLE_MEMBERS 4u  /* of the committee: powers 1, 10, 100, 100 */

TcHash       sample_hash      (guint n);
TcSecretKey *sample_key       (guint n);
TcOutput     sample_output    (guint64 units, guint n);
/* A transfer whose inputs are owned by two keys in turn, with a memo. @n makes its outpoints. */
TcTx        *sample_tx        (guint n, gsize n_inputs, gsize n_outputs);
/* The same with two witnesses whose signatures are of nothing. */
TcTx        *sample_sign      (const TcTx *unsigned_tx);
TcTx        *sample_reward    (guint32 height);
TcCommittee *sample_committee (guint32 epoch);
/* Of block @block_hash at @height, signed by all but the first member, with two attestations. */
TcCommit    *sample_commit    (guint32 height, const TcHash *block_hash, const TcHash *chain_id);
TcClose      sample_close     (guint32 epoch, guint8 member, const TcHash *chain_id);
/* A last block at height 20 of epoch 1: commit, two pieces of evidence, three closes, a reward and three transfers. */
TcBlock     *sample_block     (void);
/* The same of epoch 1 with sample_committee (1), and with its commit. */
TcBlock     *sample_committed_block (TcCommit **ret_commit);
/* Sets the header's roots to what the parts ask. */
void         sample_set_roots (TcHeader *header, const TcCommit *commit, const TcEvidence *evidence, gsize n_evidence,
                               const TcClose *closes, gsize n_closes, TcTx *const *txs, gsize n_txs);
/* Of epoch @epoch on chain sample_hash (1), at height 20 times that; all committees are sample_committee ()s. */
TcLink      *sample_link      (guint32 epoch);
TcVote       sample_vote      (void);
/* Of masternode 300 in epoch 4, by sample_key (104) on chain sample_hash (7). */
TcHeartbeat  sample_heartbeat (void);
/* Two votes of member 2; to be cleared. */
TcEvidence   sample_evidence  (void);
TcProposal  *sample_proposal  (void);
TcBatch     *sample_batch     (void);
GBytes      *sample_genesis   (void);
/* Of the second transfer of sample_committed_block (). */
TcTxProof   *sample_tx_proof  (void);
/* An update with a new key; every member is set. */
TcMasternodePayload sample_payload (void);

typedef struct
{
  const char *name;
  GBytes   *(*sample)     (void);
  gboolean  (*round_trip) (const guint8 *data, gsize n);
} SampleDecoder;

extern const SampleDecoder sample_decoders[];
extern const gsize         sample_n_decoders;

/* Runs the round trip of the decoder called @name. */
gboolean sample_round_trip (const char *name, const guint8 *data, gsize n);

G_END_DECLS
