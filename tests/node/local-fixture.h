#pragma once

#include "core/tx.h"
#include "node/local.h"

G_BEGIN_DECLS

/* An embedded local network in a folder of its own, whose funds belong to keys that are here: for tests and benches that pay by the thousand.
 * Whatever does not happen within a minute is fatal. Belongs to the main thread and its default GMainContext. */

#define LOCAL_FIXTURE_KEYS       16u
#define LOCAL_FIXTURE_WAIT_S     60
#define LOCAL_FIXTURE_FEE_UNITS  200000u  /* of a payment: enough at the highest fee floor (rule F8) */
#define LOCAL_FIXTURE_FAN_OUT    2500u    /* coins of one fan-out transaction */

typedef struct
{
  char        *dir;
  gboolean     own_dir;                      /* removed at the end */
  TcSecretKey *keys[LOCAL_FIXTURE_KEYS];     /* the funds are the first one's */
  TcKeyHash    key_hashes[LOCAL_FIXTURE_KEYS];
  TcLocal     *local;                        /* (nullable): while it runs */
  TcNode      *node;                         /* (nullable) (transfer none): the wallet's */
} LocalFixture;

/* A coin of one of the fixture's keys. */
typedef struct
{
  TcOutpoint outpoint;
  TcOutput   output;
  guint      key;
} LocalCoin;

/* @dir: (nullable): NULL: a new one. A network is made where there is none. @quick: with a block a second and epochs of 3 s, so that a test meets many of both. */
void      local_fixture_init    (LocalFixture *self, const char *dir, guint n_masternodes, gboolean quick);
/* Stops it first. */
void      local_fixture_clear   (LocalFixture *self);
/* Returns once all nodes say that they are at the tip and the wallet's node has all masternodes as peers. */
void      local_fixture_start   (LocalFixture *self);
/* Returns: how long it took, in us. */
gint64    local_fixture_stop    (LocalFixture *self);

/* Runs the default main context until @done says so. @what: for the message where it does not within LOCAL_FIXTURE_WAIT_S. */
void      local_fixture_wait    (gboolean (*done) (gpointer user_data), gpointer user_data, const char *what);

/* Splits the genesis funds into @n coins of 10 TIME, in turn of each key: the same transaction whenever it is asked for. At most 3 000. Returns: (transfer full). */
TcTx     *local_fixture_split   (LocalFixture *self, guint n);
/* Output @index of a transaction of the fixture's. */
LocalCoin local_fixture_coin    (const TcTx *tx, guint32 index);
/* As split, in as many transactions as it takes, submitted and confirmed. At most 75 000. Returns: (transfer full) (element-type LocalCoin). */
GArray   *local_fixture_fan_out (LocalFixture *self, guint n);
/* Pays 1 TIME of @coin to the next key, the rest back. Returns: (transfer full). */
TcTx     *local_fixture_pay     (LocalFixture *self, const LocalCoin *coin);
TcTx     *local_fixture_pay_to  (LocalFixture *self, const LocalCoin *coin, const TcKeyHash *to);
/* To the wallet's node; a refusal is fatal. */
void      local_fixture_submit  (LocalFixture *self, TcTx *tx);
/* Of the wallet's node. */
guint32   local_fixture_height  (LocalFixture *self);

G_END_DECLS
