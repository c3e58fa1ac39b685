#pragma once

#include <libsoup/soup.h>

#include "call-private.h"
#include "request.h"
#include "server.h"

G_BEGIN_DECLS

/* All of it belongs to the server's thread, but the table of methods. */

struct _TcRpcServer
{
  GMainContext   *context;
  char           *data_dir;
  gboolean        allow_remote;
  TcRpcMethods    methods;
  GHashTable     *inner;         /* set of InnerCall (inner.c) */

  /* While it runs: */
  char           *cookie;        /* NULL: it does not run */
  GInetAddress   *listen;
  char           *address;
  GSocket        *socket;        /* listens */
  SoupServer     *soup;
  GHashTable     *connections;   /* set of TcRpcConnection; each belongs to its GSocket */
  GHashTable     *exchanges;     /* set of TcRpcExchange; each belongs to its SoupServerMessage */
  gsize           bodies_bytes;  /* kept of all exchanges */
  guint           n_running;     /* exchanges whose calls are under way */
};

typedef struct
{
  TcRpcServer *server;           /* NULL: stopped, or known to be closed */
  GSocket     *socket;           /* holds this */
} TcRpcConnection;

/* One HTTP request and its answer. */
typedef struct
{
  TcRpcServer       *server;     /* NULL: stopped */
  SoupServerMessage *message;    /* holds this; referenced while running */
  gboolean           refused;    /* its body is not kept */
  gboolean           cut;        /* its connection is shut down */
  gboolean           running;
  gsize              read_bytes; /* of the body, kept or not */
  GByteArray        *body;       /* (nullable) */
  TcRpcRequest      *request;    /* (nullable): while running */
  guint              next;       /* the entry to begin with */
  TcRpcCall         *call;       /* (nullable): of entry next - 1 */
  GString           *answer;
  guint              n_answers;
  int                error_code; /* of the newest answer; 0: a result */
} TcRpcExchange;

/* Follows @message from its first byte on. */
void tc_rpc_exchange_attach (TcRpcServer *server, SoupServerMessage *message);
/* The headers are there: decides whether the body is read. */
void tc_rpc_exchange_headers (TcRpcServer *server, SoupServerMessage *message);
/* The body is there. */
void tc_rpc_exchange_begin  (TcRpcServer *server, SoupServerMessage *message);
/* inner.c: answers what is under way with an error. */
void tc_rpc_inner_stop (TcRpcServer *server);
/* Answers what is under way with an error, straight to the kernel, and lets go of the server. */
void tc_rpc_exchange_stop   (TcRpcExchange *self);

G_END_DECLS
