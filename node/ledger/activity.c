#include "registry-private.h"

#include "core/attest.h"

/* Rule M6: who was active in an epoch, by signatures and by attestation. */

void
tc_registry_count_signers (TcRegistry *self, const TcCommittee *committee, const TcCommit *commit)
{
  for (guint32 i = 0; i < committee->n_members; i++)
    if (tc_bitmap_get (commit->signers, i))
      tc_registry_edit (self, committee->members[i].masternode)->signed_heights++;
}

gboolean
tc_registry_is_attestable (const TcRegistry *self, const TcCommittee *committee, gsize index)
{
  const TcMasternode *item = index < tc_registry_get_n (self) ? tc_registry_get (self, index) : NULL;

  return item != NULL && item->state == TC_MASTERNODE_REGISTERED && !item->jailed && index < 8 * TC_ATTESTATION_BITMAP_MAX
         && tc_committee_find (committee, &item->operator_key) == TC_MEMBER_NONE;
}

/* Rule M6: "named by more than P/3, it was up" */
static gboolean
is_attested (const TcCommit *commit, const TcCommittee *committee, gsize index)
{
  guint64 power = 0;

  for (guint32 i = 0; i < commit->n_attestations; i++)
    if (tc_attestation_names (&commit->attestations[i], index))
      power += committee->members[commit->attestations[i].member].power;
  return tc_committee_is_third (committee, power);
}

static void
close_one (TcRegistry *self, const TcMasternode *start, gboolean active, guint32 epoch, const TcParams *params)
{
  TcMasternode *item = tc_registry_edit (self, start->index);
  guint32 *absent = item->tier == TC_TIER_FREE ? &item->unattested_epochs : &item->inactive_epochs;

  item->active = active && !start->jailed;  /* who is jailed just now is not in the next epoch's reward (M5) */
  *absent = active ? 0 : *absent + 1;
  if (item->tier == TC_TIER_FREE && item->state == TC_MASTERNODE_REGISTERED && item->unattested_epochs >= params->redraw_epochs)
    tc_registry_retire (self, item->index, epoch);
}

/* Rule M6: "a member that signed at least half of the epoch's heights but the last" */
void
tc_registry_close_activity (TcRegistry *self, const TcRegistry *start, const TcCommittee *committee, const TcCommit *commit,
                            guint32 n_heights, const TcParams *params)
{
  const gsize n = tc_registry_get_n (start);
  g_autofree guint8 *is_member = g_new0 (guint8, n);

  for (gsize i = n; i < tc_registry_get_n (self); i++)
    tc_registry_edit (self, i)->active = FALSE;
  for (guint32 i = 0; i < committee->n_members; i++)
    is_member[committee->members[i].masternode] = TRUE;
  for (gsize i = 0; i < n; i++)
    {
      const TcMasternode *before = tc_registry_get (start, i);
      TcMasternode *item = tc_registry_edit (self, i);

      if (is_member[i])
        close_one (self, before, 2 * (guint64) item->signed_heights >= n_heights - 1, committee->epoch, params);
      else if (before->state == TC_MASTERNODE_REGISTERED)
        close_one (self, before, is_attested (commit, committee, i), committee->epoch, params);
      else
        item->active = FALSE;
      item->signed_heights = 0;
    }
}
