#pragma once

#include <gio/gio.h>

#include "node/node.h"

G_BEGIN_DECLS

/* Proof of a payment, to be given to anyone who runs a node: what was paid to whom, that it is in the chain, and, if the payer wants to be known, who paid.
 *
 *   magic "TCPP" | version u8 = 1 | blob proof (core/tx-proof.h) | varint n, n x output u32, ascending: what it is about |
 *   u8 has payer, (input u32 | public key 32 | signature 64 | blob message | blob parent) | BLAKE2b-256 of all before
 *
 * parent: the transaction that made the coin spent by that input, since only it names the coin's key; empty for one of genesis. The payer signs, as a signed message does,
 * "TimeCoin payer" | chain_id | txid 32 | input u32 | blob message. Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  TcTxProof   *proof;
  gsize        n_outputs;
  guint32     *outputs;
  gboolean     has_payer;
  guint32      input;
  TcPublicKey  key;
  TcSignature  signature;
  char        *message;  /* valid UTF-8; may be empty */
  TcTx        *parent;   /* (nullable) */
} TcPaymentProof;

#define TC_PAYMENT_PROOF_MESSAGE_MAX 512u
#define TC_PAYMENT_PROOF_SIZE_MAX    1000000u  /* of a file, before it is looked at */

typedef enum
{
  TC_PAYMENT_PROOF_ERROR_DAMAGED = 0,  /* cut, altered, or another file */
  TC_PAYMENT_PROOF_ERROR_NEWER   = 1,
  TC_PAYMENT_PROOF_ERROR_FALSE   = 2,
  TC_PAYMENT_PROOF_ERROR_UNKNOWN = 3,  /* this node cannot tell, or not yet */
  TC_PAYMENT_PROOF_ERROR_FILE    = 4,  /* it cannot be read */
} TcPaymentProofError;

#define TC_PAYMENT_PROOF_ERROR (tc_payment_proof_error_quark ())
GQuark          tc_payment_proof_error_quark (void);

/* @outputs: copied; each one of the transaction's, ascending. */
TcPaymentProof *tc_payment_proof_new    (TcTxProof *proof, const guint32 *outputs, gsize n_outputs);
/* Before it is shared: says who paid. @key: of @input's coin; @parent: (nullable): as above; @message: (nullable): for whom, or what for. */
void            tc_payment_proof_sign   (TcPaymentProof *self, const TcSecretKey *key, guint32 input, TcTx *parent, const char *message);
TcPaymentProof *tc_payment_proof_ref    (TcPaymentProof *self);
void            tc_payment_proof_unref  (TcPaymentProof *self);
GBytes         *tc_payment_proof_encode (const TcPaymentProof *self);
/* Form only. */
TcPaymentProof *tc_payment_proof_decode (const guint8 *data, gsize n, GError **error);
/* Whether who signed had the coin's key. TRUE where nobody signed. */
gboolean        tc_payment_proof_check_payer (const TcPaymentProof *self, const TcGenesis *genesis);

/* Decodes @bytes, asks @node, checks the payer, on another thread. Messages can be shown to the user. Returns: (transfer full): NULL sets @error. */
void            tc_payment_proof_verify_async  (TcNode *node, GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same of a file. */
void            tc_payment_proof_verify_file_async (TcNode *node, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* For both. */
TcPaymentProof *tc_payment_proof_verify_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPaymentProof, tc_payment_proof_unref)

G_END_DECLS
