#pragma once

#include "genesis.h"

G_BEGIN_DECLS

/* A block that this network is known to have had (M4). */
typedef struct
{
  guint32 height;
  TcHash  hash;
} TcCheckpoint;

/* "HEIGHT:HASH"; blanks around it do no harm. Height 0 is no block. */
gboolean    tc_checkpoint_parse  (const char *text, TcCheckpoint *ret_checkpoint);

/* A network: what a node needs to join one. Read from data/networks/NAME.json, or from a genesis document itself (no seeds then).
 *   { "name": "mainnet", "address_digit": "1", "p2p_port": 24000, "rpc_port": 24001, "seeds": [ "host:port" ], "dns": [ "name" ], "checkpoints": [ {"height":…, "hash":…} ],
 *     "genesis": "mainnet-genesis.json" }       "genesis" null or absent: not launched yet.
 * Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  char      *name;
  char       address_digit;
  guint16    p2p_port, rpc_port;
  char     **seeds;         /* NULL-terminated */
  char     **dns;           /* NULL-terminated: names of the form "name:p2p_port" whose addresses are nodes' */
  guint32    n_checkpoints;
  TcCheckpoint *checkpoints; /* ascending by height */
  TcGenesis *genesis;       /* (nullable): NULL: not launched */
} TcNetwork;

/* @name_or_path: "mainnet", "testnet" (looked up in the data folder: $TC_DATA_DIR, else where the programme is installed), or the path of a
 * network file or genesis document: what has a "/" or "." in it. "local" has no genesis until one is written: see node/local.h.
 * Reads files: not for the main thread. A missing or damaged file gives a message that says what to do. */
TcNetwork *tc_network_load  (const char *name_or_path, GError **error);
/* Takes a reference to @genesis. Ports by its name, as rule N3 says; any other name than mainnet and testnet has the local network's. */
TcNetwork *tc_network_new_from_genesis (TcGenesis *genesis);
TcNetwork *tc_network_ref   (TcNetwork *self);
void       tc_network_unref (TcNetwork *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcNetwork, tc_network_unref)

G_END_DECLS
