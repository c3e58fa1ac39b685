#pragma once

#include "core/address.h"

G_BEGIN_DECLS

/* For benches: a chain on disk for nodes to fetch, and its genesis document: DIR/genesis.json beside DIR/chain.sqlite. It follows from the number of
 * transactions alone, and takes a while to make: 25 us a transaction for its signature and as much for the ledger.
 *
 * Payments among 2 000 keys, one input and one signature each. Four of five pay up to half of the coin and return the rest (203 bytes), the fifth pays all of it
 * (174 bytes): so the set of coins grows by 0.8 a payment. One in two spends one of the newest 50 000 coins, such as change, the other any coin there is. Blocks
 * of just below 2 MB (10 150 payments; the first few smaller) every 30 s, so that one in twenty ends an epoch; committee: the genesis' four masternodes.
 * It is a chain of years ago, on a network that asks for no recent block (M4). */

#define SYNC_CHAIN_VERSION 2u  /* for the name of a directory that is kept */

typedef struct
{
  guint32 height;
  guint64 bytes;          /* of the transactions' own encodings */
} SyncChain;

/* Makes it where it is not in @dir yet. Errors are fatal. @n_per_block: payments in a block; 0: as many as fit. @pay_to: (nullable): whom all of them pay, 0.01 TIME
 * each; NULL: each other. */
SyncChain sync_chain_ensure (const char *dir, guint32 n_txs, guint32 n_per_block, const TcKeyHash *pay_to);
/* Returns: FALSE where there is none. */
gboolean  sync_chain_look   (const char *dir, SyncChain *ret_chain);

G_END_DECLS
