#pragma once

#include "amount.h"
#include "key.h"

G_BEGIN_DECLS

/* A transaction: rules T1-T4. Immutable once made, reference-counted; any thread. */

#define TC_TX_VERSION          1u
#define TC_TX_SIZE_MAX         100000u  /* body and witness, T4 */
#define TC_TX_MEMO_MAX         512u
#define TC_TX_PAYLOAD_MAX      1024u
#define TC_TX_DUST_UNITS       546u
#define TC_TX_FEE_MIN_UNITS    1000u

typedef enum
{
  TC_TX_KIND_TRANSFER = 0,
  TC_TX_KIND_REGISTER = 1,
  TC_TX_KIND_UPDATE   = 2,
  TC_TX_KIND_RETIRE   = 3,
  TC_TX_KIND_REWARD   = 4,
} TcTxKind;

typedef enum
{
  TC_LOCK_KEY_HASH   = 0,
  TC_LOCK_COLLATERAL = 1,
} TcLock;

typedef struct
{
  TcHash  txid;
  guint32 index;
} TcOutpoint;

typedef struct
{
  TcOutpoint outpoint;
  guint8     signer;  /* which witness signs for it */
} TcTxInput;

typedef struct
{
  TcAmount  amount;
  guint8    lock;  /* TcLock; decoders refuse other values */
  TcKeyHash key_hash;
} TcOutput;

typedef struct
{
  TcPublicKey key;
  TcSignature signature;
} TcWitness;

typedef struct
{
  gatomicrefcount ref_count;
  guint16    version;
  guint8     kind;               /* TcTxKind */
  guint32    valid_from_height;
  guint32    n_inputs, n_outputs, n_witnesses;
  guint16    memo_size, payload_size;
  TcTxInput *inputs;
  TcOutput  *outputs;
  guint8    *memo;
  guint8    *payload;
  TcWitness *witnesses;
  TcHash     txid;               /* H("TimeCoin txid", body), T1 */
  guint32    size_bytes;         /* body and witness, encoded */
} TcTx;

/* Decodes body and witness, exactly. Form only (T3 kinds, locks, sizes, known version, inputs distinct, `signer` names a witness, witnesses
 * distinct, all used, in order of first use): nothing of coins or signatures. */
TcTx     *tc_tx_decode        (const guint8 *data, gsize n, GError **error);
/* The same from within a larger structure. Returns: (nullable): NULL, and @reader failed, where malformed. */
TcTx     *tc_tx_read          (TcReader *reader);
/* @n of them, whose txids are made together. Returns: (transfer full): an array with @ret_n references, fewer than @n where @reader failed. */
TcTx    **tc_tx_read_many     (TcReader *reader, gsize n, gsize *ret_n);
/* Body and witness. */
void      tc_tx_put           (GByteArray *bytes, const TcTx *self);
GBytes   *tc_tx_encode        (const TcTx *self);

/* Builds a transaction from parts (arrays copied); witnesses may be absent (n_witnesses 0) while it is unsigned, in which case the
 * caller signs tc_tx_digest () and calls tc_tx_new_signed (). */
TcTx     *tc_tx_new           (guint8 kind, guint32 valid_from_height, const TcTxInput *inputs, gsize n_inputs,
                               const TcOutput *outputs, gsize n_outputs, const guint8 *memo, gsize memo_size,
                               const guint8 *payload, gsize payload_size);
/* A copy of @unsigned_tx with @witnesses. Same txid. */
TcTx     *tc_tx_new_signed    (const TcTx *unsigned_tx, const TcWitness *witnesses, gsize n_witnesses);

TcTx     *tc_tx_ref           (TcTx *self);
void      tc_tx_unref         (TcTx *self);

/* Rule T2: H("TimeCoin sign", chain_id | txid | per input: amount, lock, key_hash spent).
 * @spent: n_inputs outputs, in the order of the inputs. */
TcHash    tc_tx_digest        (const TcTx *self, const TcHash *chain_id, const TcOutput *spent);

/* The same of many at once. @spent: of each transaction. */
void      tc_tx_digest_many   (const TcTx *const *txs, const TcOutput *const *spent, gsize n, const TcHash *chain_id, TcHash *ret_digests);

/* Encoded size with @n_witnesses witnesses of a transaction of this shape: for fees before signing. */
gsize     tc_tx_size_estimate (gsize n_inputs, gsize n_outputs, gsize n_witnesses, gsize memo_size, gsize payload_size);

guint     tc_outpoint_hash    (gconstpointer outpoint);
gboolean  tc_outpoint_equal   (gconstpointer a, gconstpointer b);
int       tc_outpoint_compare (const TcOutpoint *a, const TcOutpoint *b);
void      tc_put_outpoint     (GByteArray *bytes, const TcOutpoint *outpoint);  /* txid 32 | index u32 */
void      tc_put_output       (GByteArray *bytes, const TcOutput *output);      /* amount u64 | lock u8 | key_hash 20 */
TcOutpoint tc_reader_outpoint (TcReader *reader);
TcOutput  tc_reader_output    (TcReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcTx, tc_tx_unref)

G_END_DECLS
