#pragma once

#include "node/node.h"

G_BEGIN_DECLS

/* timed's options: the command line over a configuration file over the defaults. */
typedef struct
{
  char  *network;               /* name or path; NULL: mainnet */
  char  *data_dir;              /* never NULL once parsed */
  char  *operator_key;          /* (nullable) */
  char  *wallet;                /* (nullable) */
  char  *wallet_password_file;  /* (nullable) */
  char  *listen;                /* (nullable): as asked for; "none": not at all */
  char **connect;               /* (nullable) NULL-terminated */
  char  *rpc;                   /* (nullable): as asked for; "none": not at all */
  int    local;                 /* masternodes of an embedded network; 0: none */
  int    local_init;            /* timed local-init N DIR: N; 0: not asked for; DIR is data_dir */
  int    sign_anyway;           /* an epoch; 0: none. Of the command line only: it is a word about one moment. */
  int    cache_mb;              /* 0: the default */
  int    prune_mb;              /* 0: keep all blocks */
  char  *sync;                  /* (nullable): as asked for */
  TcNodeSyncMode sync_mode;     /* what that means */
  gboolean no_history;
  char  *proxy;                 /* (nullable) "HOST:PORT" */
  gboolean map_port, no_discover;
  char  *trusted_block;         /* (nullable): as asked for */
  TcCheckpoint trusted;         /* what that means; height 0: none */
  gboolean version;
} TcOptions;

/* Parses @argv. Reads the file of --config: a GKeyFile whose group [timed] has the same names without dashes before them, lists separated by semicolons.
 * Fails with a message for the user; --help prints and exits. */
gboolean tc_options_parse (TcOptions *ret_options, int argc, char **argv, GError **error);
void     tc_options_clear (TcOptions *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcOptions, tc_options_clear)

G_END_DECLS
