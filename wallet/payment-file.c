#include "payment-file.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/check.h"
#include "memo.h"

#define INDEX_MAX   0x7fffffffu
#define SIGNERS_MAX 256u

typedef enum
{
  MEMO_NONE    = 0,
  MEMO_PUBLIC  = 1,
  MEMO_PRIVATE = 2,
} MemoKind;

TcUnsignedPayment *
tc_unsigned_payment_new (gsize n_inputs, gsize n_outputs)
{
  TcUnsignedPayment *self = g_new0 (TcUnsignedPayment, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_inputs = n_inputs;
  self->n_outputs = n_outputs;
  self->inputs = g_new0 (TcPaymentInput, n_inputs);
  self->outputs = g_new0 (TcPaymentOutput, n_outputs);
  return self;
}

TcUnsignedPayment *
tc_unsigned_payment_ref (TcUnsignedPayment *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_unsigned_payment_unref (TcUnsignedPayment *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->inputs);
  g_free (self->outputs);
  g_free (self->memo);
  g_free (self);
}

/* --- Writing ------------------------------------------------------------------------------------------------------------------------ */

static void
put_path (GByteArray *bytes, const TcFilePath *path)
{
  tc_put_varint (bytes, path->account);
  tc_put_u8 (bytes, (guint8) path->chain);
  tc_put_varint (bytes, path->index);
}

static void
put_input (GByteArray *bytes, const TcPaymentInput *input)
{
  tc_put_outpoint (bytes, &input->outpoint);
  tc_put_u64 (bytes, input->amount.units);
  tc_put_bytes (bytes, input->key_hash.bytes, TC_KEY_HASH_SIZE);
  put_path (bytes, &input->path);
}

static void
put_output (GByteArray *bytes, const TcPaymentOutput *output)
{
  tc_put_u64 (bytes, output->amount.units);
  tc_put_bytes (bytes, output->key_hash.bytes, TC_KEY_HASH_SIZE);
  tc_put_u8 (bytes, output->change ? 1 : 0);
  if (output->change)
    put_path (bytes, &output->path);
}

GBytes *
tc_unsigned_payment_write (const TcUnsignedPayment *self)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();

  tc_put_varint (body, self->account);
  tc_put_u64 (body, (guint64) self->made_ms);
  tc_put_varint (body, self->n_inputs);
  for (gsize i = 0; i < self->n_inputs; i++)
    put_input (body, &self->inputs[i]);
  tc_put_varint (body, self->n_outputs);
  for (gsize i = 0; i < self->n_outputs; i++)
    put_output (body, &self->outputs[i]);
  tc_put_u8 (body, self->memo == NULL ? MEMO_NONE : self->memo_private ? MEMO_PRIVATE : MEMO_PUBLIC);
  if (self->memo != NULL && self->memo_private)
    tc_put_bytes (body, self->memo_key.bytes, TC_PUBLIC_KEY_SIZE);
  if (self->memo != NULL)
    tc_put_blob (body, (const guint8 *) self->memo, strlen (self->memo));
  return tc_envelope_seal (TC_ENVELOPE_UNSIGNED, &self->origin, body);
}

/* --- Reading ------------------------------------------------------------------------------------------------------------------------ */

static TcFilePath
read_path (TcReader *reader)
{
  const guint64 account = tc_reader_varint (reader);
  const guint8 chain = tc_reader_u8 (reader);
  const guint64 index = tc_reader_varint (reader);

  if (account > INDEX_MAX || chain > 1 || index > INDEX_MAX)
    tc_reader_fail (reader);
  return (TcFilePath) { (guint32) account, chain, (guint32) index };
}

static TcAmount
read_amount (TcReader *reader)
{
  const TcAmount amount = { tc_reader_u64 (reader) };

  if (amount.units == 0 || amount.units > TC_AMOUNT_MAX_UNITS)
    tc_reader_fail (reader);
  return amount;
}

static void
read_input (TcReader *reader, TcPaymentInput *ret_input)
{
  ret_input->outpoint = tc_reader_outpoint (reader);
  ret_input->amount = read_amount (reader);
  tc_reader_bytes (reader, ret_input->key_hash.bytes, TC_KEY_HASH_SIZE);
  ret_input->path = read_path (reader);
}

static void
read_output (TcReader *reader, TcPaymentOutput *ret_output)
{
  ret_output->amount = read_amount (reader);
  tc_reader_bytes (reader, ret_output->key_hash.bytes, TC_KEY_HASH_SIZE);
  const guint8 change = tc_reader_u8 (reader);
  ret_output->change = change == 1;
  if (change == 1)
    ret_output->path = read_path (reader);
  else if (change != 0)
    tc_reader_fail (reader);
}

static void
read_memo (TcReader *reader, TcUnsignedPayment *self)
{
  const guint8 kind = tc_reader_u8 (reader);

  if (kind == MEMO_NONE)
    return;
  self->memo_private = kind == MEMO_PRIVATE;
  if (self->memo_private)
    tc_reader_bytes (reader, self->memo_key.bytes, TC_PUBLIC_KEY_SIZE);
  const gsize n = tc_reader_count (reader, 1, self->memo_private ? TC_MEMO_TEXT_MAX : TC_TX_MEMO_MAX);
  const guint8 *text = tc_reader_view (reader, n);
  if (kind > MEMO_PRIVATE || n == 0 || text == NULL || !g_utf8_validate ((const char *) text, (gssize) n, NULL))
    tc_reader_fail (reader);
  else
    self->memo = g_strndup ((const char *) text, n);
}

/* Sums do not overflow, a fee is left, inputs stand in order. */
static gboolean
is_sound (const TcUnsignedPayment *self)
{
  TcAmount in = { 0 }, out = { 0 };

  for (gsize i = 0; i < self->n_inputs; i++)
    if (!tc_amount_add (in, self->inputs[i].amount, &in)
        || (i > 0 && tc_outpoint_compare (&self->inputs[i - 1].outpoint, &self->inputs[i].outpoint) >= 0))
      return FALSE;
  for (gsize i = 0; i < self->n_outputs; i++)
    if (!tc_amount_add (out, self->outputs[i].amount, &out))
      return FALSE;
  return in.units > out.units;
}

static TcUnsignedPayment *
read_body (TcReader *reader)
{
  const guint64 account = tc_reader_varint (reader);
  const guint64 made_ms = tc_reader_u64 (reader);
  const gsize n_inputs = tc_reader_count (reader, TC_HASH_SIZE + 4, TC_PAYMENT_INPUTS_MAX);
  g_autoptr(TcUnsignedPayment) self = tc_unsigned_payment_new (n_inputs, 0);

  if (account > INDEX_MAX || made_ms > G_MAXINT64 || n_inputs == 0)
    tc_reader_fail (reader);
  self->account = (guint32) account;
  self->made_ms = (gint64) made_ms;
  for (gsize i = 0; i < n_inputs; i++)
    read_input (reader, &self->inputs[i]);
  self->n_outputs = tc_reader_count (reader, 8 + TC_KEY_HASH_SIZE, TC_PAYMENT_OUTPUTS_MAX);
  g_free (self->outputs);
  self->outputs = g_new0 (TcPaymentOutput, self->n_outputs);
  for (gsize i = 0; i < self->n_outputs; i++)
    read_output (reader, &self->outputs[i]);
  read_memo (reader, self);
  return self->n_outputs > 0 && tc_reader_end (reader, "payment", NULL) && is_sound (self) ? g_steal_pointer (&self) : NULL;
}

static void
fail_damaged (GError **error)
{
  g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_DAMAGED, _("What is in the file is no payment that TimeCoin makes. Prepare it again."));
}

TcUnsignedPayment *
tc_unsigned_payment_read (GBytes *sealed, GError **error)
{
  TcEnvelopeOrigin origin;
  g_autoptr(GBytes) body = tc_envelope_open (TC_ENVELOPE_UNSIGNED, sealed, TC_PAYMENT_FILE_MAX, &origin, error);
  TcReader reader;
  gsize n;

  if (body == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data (body, &n);
  tc_reader_init (&reader, data, n);
  TcUnsignedPayment *self = read_body (&reader);
  if (self == NULL)
    fail_damaged (error);
  else
    self->origin = origin;
  return self;
}

TcAmount
tc_unsigned_payment_fee (const TcUnsignedPayment *self)
{
  TcAmount fee = { 0 };

  for (gsize i = 0; i < self->n_inputs; i++)
    fee.units += self->inputs[i].amount.units;
  for (gsize i = 0; i < self->n_outputs; i++)
    fee.units -= self->outputs[i].amount.units;
  return fee;
}

/* --- The transaction ------------------------------------------------------------------------------------------------------------------ */

/* Witnesses stand in order of first use. Returns: FALSE where there are too many. */
static gboolean
find_signer (const TcUnsignedPayment *self, GHashTable *positions, GArray *signers, guint32 i, guint8 *ret_signer)
{
  gpointer known;

  if (!g_hash_table_lookup_extended (positions, &self->inputs[i].key_hash, NULL, &known))
    {
      known = GUINT_TO_POINTER (signers->len);
      g_hash_table_insert (positions, &self->inputs[i].key_hash, known);
      g_array_append_val (signers, i);
    }
  *ret_signer = (guint8) GPOINTER_TO_UINT (known);
  return signers->len <= SIGNERS_MAX;
}

TcTx *
tc_unsigned_payment_build (const TcUnsignedPayment *self, GBytes *memo, TcOutput **ret_spent, GArray **ret_signers)
{
  g_autofree TcTxInput *inputs = g_new0 (TcTxInput, self->n_inputs);
  g_autofree TcOutput *outputs = g_new0 (TcOutput, self->n_outputs), *spent = g_new0 (TcOutput, self->n_inputs);
  g_autoptr(GArray) signers = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr(GHashTable) positions = g_hash_table_new (tc_key_hash_hash, tc_key_hash_equal);
  gsize memo_size = 0;
  const guint8 *memo_data = memo != NULL ? g_bytes_get_data (memo, &memo_size) : NULL;

  for (guint32 i = 0; i < self->n_inputs; i++)
    {
      inputs[i].outpoint = self->inputs[i].outpoint;
      spent[i] = (TcOutput) { self->inputs[i].amount, TC_LOCK_KEY_HASH, self->inputs[i].key_hash };
      if (!find_signer (self, positions, signers, i, &inputs[i].signer))
        return NULL;
    }
  for (gsize i = 0; i < self->n_outputs; i++)
    outputs[i] = (TcOutput) { self->outputs[i].amount, TC_LOCK_KEY_HASH, self->outputs[i].key_hash };
  *ret_spent = g_steal_pointer (&spent);
  *ret_signers = g_steal_pointer (&signers);
  return tc_tx_new (TC_TX_KIND_TRANSFER, 0, inputs, self->n_inputs, outputs, self->n_outputs, memo_data, memo_size, NULL, 0);
}

gboolean
tc_unsigned_payment_is_of (const TcUnsignedPayment *self, const TcTx *tx)
{
  if (tx->kind != TC_TX_KIND_TRANSFER || tx->n_inputs != self->n_inputs || tx->n_outputs != self->n_outputs)
    return FALSE;
  for (gsize i = 0; i < self->n_inputs; i++)
    if (!tc_outpoint_equal (&tx->inputs[i].outpoint, &self->inputs[i].outpoint))
      return FALSE;
  for (gsize i = 0; i < self->n_outputs; i++)
    if (tx->outputs[i].amount.units != self->outputs[i].amount.units || tx->outputs[i].lock != TC_LOCK_KEY_HASH
        || !tc_key_hash_equal (&tx->outputs[i].key_hash, &self->outputs[i].key_hash))
      return FALSE;
  return TRUE;
}

GBytes *
tc_signed_payment_write (const TcEnvelopeOrigin *origin, const TcTx *tx)
{
  g_autoptr(GByteArray) body = g_byte_array_new ();

  tc_tx_put (body, tx);
  return tc_envelope_seal (TC_ENVELOPE_SIGNED, origin, body);
}

TcTx *
tc_signed_payment_read (GBytes *sealed, TcEnvelopeOrigin *ret_origin, GError **error)
{
  g_autoptr(GBytes) body = tc_envelope_open (TC_ENVELOPE_SIGNED, sealed, TC_PAYMENT_FILE_MAX, ret_origin, error);
  gsize n;

  if (body == NULL)
    return NULL;
  const guint8 *data = g_bytes_get_data (body, &n);
  g_autoptr(TcTx) tx = tc_tx_decode (data, n, NULL);
  if (tx != NULL && tx->kind == TC_TX_KIND_TRANSFER && tx->n_inputs > 0 && tx->n_witnesses > 0)
    return g_steal_pointer (&tx);
  fail_damaged (error);
  return NULL;
}
