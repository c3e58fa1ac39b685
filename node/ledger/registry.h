#pragma once

#include "core/committee.h"
#include "core/genesis.h"

G_BEGIN_DECLS

/* The masternodes (rules B4-B6, M). A newcomer has the lowest vacant index (M3): so there are no more of them than were ever there within a while. */

typedef enum
{
  TC_MASTERNODE_REGISTERED = 0,
  TC_MASTERNODE_RETIRED    = 1,  /* its collateral is unbonding */
  TC_MASTERNODE_RELEASED   = 2,  /* its collateral is a plain output again */
} TcMasternodeState;

typedef struct
{
  guint32     index;
  guint8      state;               /* TcMasternodeState */
  guint8      tier;                /* TcTier */
  gboolean    jailed;
  TcOutpoint  outpoint;            /* of the collateral; (registration txid, 0) or of the genesis outputs; names the masternode */
  TcPublicKey operator_key;
  TcKeyHash   owner, payout;
  char        host[64];            /* "IP:port", NUL-terminated */
  guint32     registered_epoch;
  guint32     retired_epoch;
  guint32     inactive_epochs;     /* running (B6) */
  guint32     unattested_epochs;   /* running, Free (M6) */
  guint32     signed_heights;      /* of this epoch so far (M6) */
  gboolean    active;              /* in the epoch that ended last (M6) */
  TcAmount    burnt;               /* on release (C7) */
  TcAmount    accrued;             /* rewards not yet paid (M5) */
  /* Kept beside the record, not in it. */
  guint8      waiting;             /* bits 1 << TcTxKind: an update, a retirement of this epoch waits for its end */
  guint8      n_past_keys;         /* of it among the past keys */
  gboolean    accused;             /* evidence of this epoch waits for its end (C7) */
} TcMasternode;

/* B4: Free masternodes at any time. */
#define TC_FREE_MAX 10000u
/* Operator keys that one masternode may leave behind within unbonding_epochs: each must be remembered that long (C7). */
#define TC_PAST_KEYS_MAX 8u

typedef struct _TcRegistry TcRegistry;

gsize               tc_registry_get_n     (const TcRegistry *self);
/* @index < tc_registry_get_n (). */
const TcMasternode *tc_registry_get       (const TcRegistry *self, gsize index);
/* Look-ups in O(1); (nullable). By key: whose it is now, a released masternode's no longer. */
const TcMasternode *tc_registry_find      (const TcRegistry *self, const TcOutpoint *outpoint);
const TcMasternode *tc_registry_find_key  (const TcRegistry *self, const TcPublicKey *operator_key);
/* Registered Free masternodes. */
guint32             tc_registry_count_free (const TcRegistry *self);

/* M6: registered, no member of @committee, and with a bit in attestations: its heartbeat counts. */
gboolean            tc_registry_is_attestable (const TcRegistry *self, const TcCommittee *committee, gsize index);

G_END_DECLS
