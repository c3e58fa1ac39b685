#pragma once

#include "core/tx.h"
#include "envelope.h"

G_BEGIN_DECLS

/* A payment on its way between the wallet that prepares it and the one that signs: docs/protocol.md, "Files of a wallet". Pure. Any thread. */

#define TC_PAYMENT_FILE_MAX    200000u  /* bytes, sealed */
#define TC_PAYMENT_INPUTS_MAX  2600u
#define TC_PAYMENT_OUTPUTS_MAX 256u

/* m/44'/0'/account'/chain'/index' */
typedef struct
{
  guint32 account, chain, index;
} TcFilePath;

typedef struct
{
  TcOutpoint outpoint;
  TcAmount   amount;      /* of the coin, which the signature commits to */
  TcKeyHash  key_hash;
  TcFilePath path;        /* a hint where to find the key */
} TcPaymentInput;

typedef struct
{
  TcAmount   amount;
  TcKeyHash  key_hash;
  gboolean   change;      /* says who prepared it: to be checked by @path */
  TcFilePath path;
} TcPaymentOutput;

typedef struct
{
  gatomicrefcount  ref_count;
  TcEnvelopeOrigin origin;
  guint32          account;
  gint64           made_ms;
  gsize            n_inputs, n_outputs;
  TcPaymentInput  *inputs;         /* ascending by outpoint, none twice */
  TcPaymentOutput *outputs;
  char            *memo;           /* (nullable) */
  gboolean         memo_private;   /* to be sealed for @memo_key by who signs */
  TcPublicKey      memo_key;
} TcUnsignedPayment;

TcUnsignedPayment *tc_unsigned_payment_new    (gsize n_inputs, gsize n_outputs);
TcUnsignedPayment *tc_unsigned_payment_ref    (TcUnsignedPayment *self);
void               tc_unsigned_payment_unref  (TcUnsignedPayment *self);

/* Returns: (transfer full): sealed. */
GBytes            *tc_unsigned_payment_write  (const TcUnsignedPayment *self);
/* @sealed: see tc_envelope_from_any (). Form only, and that the sums make sense: nothing of whose coins and addresses they are. */
TcUnsignedPayment *tc_unsigned_payment_read   (GBytes *sealed, GError **error);
/* All inputs less all outputs. */
TcAmount           tc_unsigned_payment_fee    (const TcUnsignedPayment *self);
/* What is to be signed, and the outputs that it spends. @memo: (nullable): as it stands in the transaction. @ret_spent: (out) (transfer full): n_inputs.
 * @ret_signers: (out) (transfer full): the input that each witness is the first one of; (element-type guint32). Returns: (transfer full) (nullable): NULL where more than 256 keys
 * would have to sign. */
TcTx              *tc_unsigned_payment_build  (const TcUnsignedPayment *self, GBytes *memo, TcOutput **ret_spent, GArray **ret_signers);
/* Whether @tx spends the same coins for the same outputs. */
gboolean           tc_unsigned_payment_is_of  (const TcUnsignedPayment *self, const TcTx *tx);

GBytes            *tc_signed_payment_write    (const TcEnvelopeOrigin *origin, const TcTx *tx);
/* Form only: no signature is checked. */
TcTx              *tc_signed_payment_read     (GBytes *sealed, TcEnvelopeOrigin *ret_origin, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcUnsignedPayment, tc_unsigned_payment_unref)

G_END_DECLS
