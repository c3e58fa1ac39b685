#pragma once

#include "db.h"
#include "store.h"

G_BEGIN_DECLS

/* For the files of this folder, and for tests that make its disk fail. */

#define TC_STORE_READERS_MAX 4u  /* connections kept for readers */

typedef struct
{
  TcDb     *writer;       /* the chain's writer thread */
  gboolean  writer_full;  /* its synchronous setting is FULL now */
  guint32   block_height; /* newest stored; 0: none */
  guint32   state_height;
  gboolean  has_state;

  TcDb      *view_db;     /* the engine's thread */
  TcCoinView view;

  GMutex     mutex;
  GPtrArray *readers;     /* idle TcDb; under mutex */
  GError    *fault;       /* (nullable): the first failure of the view; under mutex */
} TcChain;

struct _TcStore
{
  char    *dir;
  int      lock_fd;
  TcChain  chain;
  TcDb    *signed_db;
  gboolean signed_is_lost;
  TcDb    *peers_db;
};

extern const TcDbFile TC_CHAIN_FILE;
extern const TcDbFile TC_SIGNED_FILE;
extern const TcDbFile TC_PEERS_FILE;

gboolean tc_chain_open  (TcChain *self, const char *dir, const TcHash *chain_id, GError **error);
void     tc_chain_close (TcChain *self);

G_END_DECLS
