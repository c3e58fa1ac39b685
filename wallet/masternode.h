#pragma once

#include "core/masternode.h"
#include "wallet-types.h"

G_BEGIN_DECLS

/* What a wallet does with masternodes: transactions of kinds 1-3 (rules M1, M2). The wallet has the owner's key; the operator's is elsewhere, so a
 * transaction that names a new operator key is worked out first, then proven where that key is, then sent.
 *
 * An update and a retirement spend a coin of the owner's key. So each of these transactions leaves one behind: TC_OWNER_COIN, paid to the owner. Where a
 * payment took it meanwhile, another one is made first. */

#define TC_OWNER_COIN_UNITS     100000u      /* 0.001 TIME */
#define TC_FREE_FEE_UNITS       (10 * TC_AMOUNT_PER_TIME)  /* M1 */
#define TC_PROOF_REQUEST_SIZE   (TC_HASH_SIZE + 36u + 29u)  /* chain_id | first input's outpoint | output 0 */

typedef struct
{
  guint8               kind;       /* TC_TX_KIND_REGISTER, _UPDATE or _RETIRE */
  TcMasternodePayload  payload;    /* but for the possession */
  guint32              account;    /* register: it pays, and fresh addresses are its; else the owner's */
  gboolean             new_owner, new_payout;  /* register: a fresh address of the wallet's */
  TcKeyHash            owner;      /* of this wallet; update, retire: as the masternode is registered */
} TcMasternodeOrder;

/* Worked out, neither proven nor sent. Its coins are kept from payments until it is sent, cancelled or freed. Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount   ref_count;
  guint64           id;
  TcMasternodeOrder order;         /* owner and payout filled in */
  gsize             n_coins;
  TcOutpoint       *coins;         /* ascending: the first one is the first input */
  TcOutput          outputs[2];    /* the collateral where there is one, the owner's coin */
  gsize             n_outputs;
  TcAmount          fee, change;
  guint32           size_bytes;
  TcHash            chain_id;
  void            (*release) (gpointer owner, guint64 id);  /* private, with release_owner */
  gpointer          release_owner;
} TcMasternodeDraft;

TcMasternodeDraft *tc_masternode_draft_ref   (TcMasternodeDraft *self);
void               tc_masternode_draft_unref (TcMasternodeDraft *self);
/* TRUE where it is to be proven that somebody has the operator key. */
gboolean           tc_masternode_draft_needs_proof (const TcMasternodeDraft *self);
/* What to prove it of, as hexadecimal text for `timed masternode prove`. */
char              *tc_masternode_draft_get_request (const TcMasternodeDraft *self);

/* The other side of it. Returns: FALSE where @text is no such request. */
gboolean           tc_proof_request_parse (const char *text, TcHash *ret_chain_id, TcOutpoint *ret_first_input, TcOutput *ret_output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcMasternodeDraft, tc_masternode_draft_unref)

G_END_DECLS
