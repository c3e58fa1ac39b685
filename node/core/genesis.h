#pragma once

#include "params.h"
#include "tx.h"

G_BEGIN_DECLS

/* A genesis document (rule B9): JSON; chain_id = H("TimeCoin chain", the file's bytes). Immutable, reference-counted; any thread.
 *
 *   { "timecoin": 1, "name": "local", "address_digit": "0", "time_ms": 1700000000000,
 *     "parameters": { every field of TcParams by name; absent ones have TC_PARAMS_DEFAULT's value },
 *     "outputs": [ { "address": "TIME0…", "amount": "1000000.00000000" } ],
 *     "masternodes": [ { "operator_key": hex, "owner": address, "payout": address, "host": "127.0.0.1:24201", "tier": "gold" } ] }
 *
 * The genesis outputs are "outputs", then the collateral (lock 1, key hash of the owner) of each masternode that has one, in order. */

typedef enum
{
  TC_TIER_FREE   = 0,
  TC_TIER_BRONZE = 1,
  TC_TIER_SILVER = 2,
  TC_TIER_GOLD   = 3,
} TcTier;

/* B4: 0, 1 000, 10 000, 100 000 TIME. */
TcAmount    tc_tier_collateral (TcTier tier);
const char *tc_tier_name       (TcTier tier);
gboolean    tc_tier_parse      (const char *name, TcTier *ret_tier);

typedef struct
{
  TcPublicKey operator_key;
  TcKeyHash   owner, payout;
  char       *host;           /* "IP:port" */
  TcTier      tier;
} TcGenesisMasternode;

typedef struct
{
  gatomicrefcount      ref_count;
  GBytes              *json;      /* the file's bytes */
  TcHash               chain_id;
  char                *name;
  char                 address_digit;
  guint64              time_ms;
  TcParams             params;
  guint32              n_outputs; /* those of "outputs", then the collaterals */
  TcOutput            *outputs;
  TcHash               txid;      /* of the outputs: H("TimeCoin genesis", chain_id) */
  guint32              n_masternodes;
  TcGenesisMasternode *masternodes;
} TcGenesis;

typedef enum
{
  TC_GENESIS_ERROR_MALFORMED = 0,
} TcGenesisError;

#define TC_GENESIS_ERROR (tc_genesis_error_quark ())
GQuark     tc_genesis_error_quark (void);

/* Parses and checks @json (borrowed bytes, at most 4 MB). The message names the member at fault. */
TcGenesis *tc_genesis_parse  (GBytes *json, GError **error);
TcGenesis *tc_genesis_ref    (TcGenesis *self);
void       tc_genesis_unref  (TcGenesis *self);
/* Writes a document. @outputs: plain ones only; collaterals follow from @masternodes. Returns: (transfer full): the file's bytes. */
GBytes    *tc_genesis_write  (const char *name, char address_digit, guint64 time_ms, const TcParams *params, const TcOutput *outputs,
                              gsize n_outputs, const TcGenesisMasternode *masternodes, gsize n_masternodes);

/* A line "NAME VALUE" for each parameter, in the document's order. */
char      *tc_params_format  (const TcParams *params);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcGenesis, tc_genesis_unref)

G_END_DECLS
