#pragma once

#include "core/block.h"

#include "registry.h"

G_BEGIN_DECLS

/* The registry's other side: made from genesis, changed by the last blocks of epochs, encoded. For the ledger and its tests. */

/* Who had an operator key that is no longer in use (C7, M3). Within unbonding_epochs nobody else may take it. */
typedef struct
{
  TcPublicKey key;
  guint32     masternode;
  guint32     until_epoch;  /* the last epoch in which it was in use */
} TcPastKey;

struct _TcRegistry
{
  GArray     *masternodes;  /* TcMasternode, by index */
  GArray     *past_keys;    /* TcPastKey, ascending by until_epoch; those of the last unbonding_epochs */
  /* Looked up, never walked; keys inside the table. */
  GHashTable *by_key;       /* TcPublicKey -> index + 1: the current keys, of all that are not released */
  GHashTable *by_past_key;  /* TcPublicKey -> TcPastKey: the newest of the past keys with it */
  GHashTable *by_outpoint;  /* TcOutpoint -> index + 1 */
  guint32     n_free;
};

TcRegistry   *tc_registry_new_genesis    (const TcGenesis *genesis);
TcRegistry   *tc_registry_copy           (const TcRegistry *self);
void          tc_registry_free           (TcRegistry *self);
/* varint n, n x every field in the order of TcMasternode (host as a blob) | varint n, n x (key 32 | masternode u32 | until_epoch u32) */
void          tc_registry_put            (GByteArray *bytes, const TcRegistry *self);
/* Returns: (nullable): NULL, and @reader failed, where malformed. */
TcRegistry   *tc_registry_read           (TcReader *reader);
/* For all fields but index, state, outpoint and operator_key, which have functions of their own. */
TcMasternode *tc_registry_edit           (TcRegistry *self, gsize index);
/* M3: the lowest vacant index from @from on: of one that is released, of which no past key is remembered nor 546 units are owed, and who is not in @committee; else the
 * number of masternodes. Returns: G_MAXSIZE where there is no room for another one. */
gsize         tc_registry_find_vacant    (const TcRegistry *self, gsize from, const TcCommittee *committee);
/* @item takes @index, a vacant one; its index is set here. */
void          tc_registry_add            (TcRegistry *self, const TcMasternode *item, gsize index);
/* M3: TRUE where @key is another's than @self_index's now, or was within unbonding_epochs. @self_index: G_MAXSIZE for a new masternode. */
gboolean      tc_registry_is_key_taken   (const TcRegistry *self, const TcPublicKey *key, gsize self_index);
/* The masternode's key from the epoch after @epoch on; the one it had is a past key. Nothing where it is the same. */
void          tc_registry_set_key        (TcRegistry *self, gsize index, const TcPublicKey *key, guint32 epoch);
/* At the end of @epoch. Retire: a Free one, which has nothing to unbond, is released at once. */
void          tc_registry_retire         (TcRegistry *self, gsize index, guint32 epoch);
void          tc_registry_release        (TcRegistry *self, gsize index, guint32 epoch);
/* (nullable): who had @key last, among the past keys. */
const TcPastKey *tc_registry_find_past_key (const TcRegistry *self, const TcPublicKey *key);
/* The sum of all that is accrued and not paid. */
guint64       tc_registry_sum_accrued    (const TcRegistry *self);

/* Rule B6, for the committee of @epoch. */
gboolean      tc_masternode_is_eligible  (const TcMasternode *self, guint32 epoch, const TcParams *params);
/* Rule B4: collateral / 1 000 TIME. */
guint64       tc_masternode_get_power    (const TcMasternode *self);

/* activity.c, rule M6. Counts the signers of @commit, which is for a block that is not its epoch's last. */
void          tc_registry_count_signers  (TcRegistry *self, const TcCommittee *committee, const TcCommit *commit);
/* At the end of an epoch of @n_heights blocks: who was active; counts the epochs of absence; releases Free masternodes that nobody attested for
 * redraw_epochs. @start: the registry at the epoch's start: what came since was not there to be active. @commit: in the last block's body: its
 * attestations fit @start. */
void          tc_registry_close_activity (TcRegistry *self, const TcRegistry *start, const TcCommittee *committee, const TcCommit *commit,
                                          guint32 n_heights, const TcParams *params);
/* Forgets keys that no evidence can name after @epoch (C7). */
void          tc_registry_prune_keys     (TcRegistry *self, guint32 epoch, const TcParams *params);

/* Rule B5: the committee of @epoch. @previous: (nullable): of the epoch before; NULL for epoch 1. @seed: after that epoch's last block.
 * Returns: (nullable) (transfer full): NULL where nobody is eligible and nobody was. */
TcCommittee  *tc_registry_elect          (const TcRegistry *self, const TcCommittee *previous, guint32 epoch, const TcHash *seed,
                                          const TcParams *params);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRegistry, tc_registry_free)

G_END_DECLS
