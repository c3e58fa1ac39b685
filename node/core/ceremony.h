#pragma once

#include "genesis.h"

G_BEGIN_DECLS

/* A genesis by ceremony: every operator signs an entry, anyone who has the same entries and the same two files builds the same document to the byte, and
 * all compare its chain id. Pure; any thread. Errors are TC_GENESIS_ERROR, whose message begins with the member at fault.
 *
 *   { "timecoin_entry": 1, "name": "mainnet", "address_digit": "1",
 *     "masternode": { "operator_key": hex, "owner": address, "payout": address, "host": "192.0.2.1:24000", "tier": "gold" },
 *     "signature": hex }
 *
 * Signed by the operator key: "TimeCoin entry" | 32 zero bytes (there is no chain yet) | name blob | address digit | operator key | owner | payout |
 * host blob | tier u8. The owner's key signs nothing: a genesis collateral is given to it, not taken, and the operator who names it vouches for it. */

/* @masternode: its operator_key is @key's. Returns: (transfer full) (nullable): the file's bytes; NULL where a part is malformed. */
GBytes   *tc_genesis_entry_write (const char *network, char address_digit, const TcGenesisMasternode *masternode, const TcSecretKey *key, GError **error);

/* Checks form and signature, and that the entry is for this network. @ret_masternode: (out): clear it with tc_genesis_masternode_clear (). */
gboolean  tc_genesis_entry_parse (GBytes *json, const char *network, char address_digit, TcGenesisMasternode *ret_masternode, GError **error);

/* @parameters, @outputs: (nullable): JSON objects with the one member of that name, as in a genesis document. @masternodes: sorted here, by operator key.
 * Returns: (transfer full) (nullable): the document's bytes, which tc_genesis_parse () takes. */
GBytes   *tc_genesis_build       (const char *network, char address_digit, guint64 time_ms, GBytes *parameters, GBytes *outputs,
                                  TcGenesisMasternode *masternodes, gsize n_masternodes, GError **error);

void      tc_genesis_masternode_clear (TcGenesisMasternode *self);

G_END_DECLS
