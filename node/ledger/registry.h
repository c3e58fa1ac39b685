#pragma once

#include "core/committee.h"
#include "core/genesis.h"

G_BEGIN_DECLS

/* The masternodes (rules B4-B6, M). Index order is the order of registration; an index is never used again. */

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
} TcMasternode;

typedef struct _TcRegistry TcRegistry;

gsize               tc_registry_get_n     (const TcRegistry *self);
/* @index < tc_registry_get_n (). */
const TcMasternode *tc_registry_get       (const TcRegistry *self, gsize index);
/* (nullable) */
const TcMasternode *tc_registry_find_key  (const TcRegistry *self, const TcPublicKey *operator_key);

/* M6: registered, no member of @committee, and with a bit in attestations: its heartbeat counts. */
gboolean            tc_registry_is_attestable (const TcRegistry *self, const TcCommittee *committee, gsize index);

G_END_DECLS
