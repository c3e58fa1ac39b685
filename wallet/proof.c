#include "proof.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/check.h"
#include "wallet-file.h"

#define MAGIC      "TCPP"
#define MAGIC_SIZE 4u
#define VERSION    1u

G_DEFINE_QUARK (tc-payment-proof-error-quark, tc_payment_proof_error)

TcPaymentProof *
tc_payment_proof_new (TcTxProof *proof, const guint32 *outputs, gsize n_outputs)
{
  TcPaymentProof *self = g_new0 (TcPaymentProof, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->proof = tc_tx_proof_ref (proof);
  self->n_outputs = n_outputs;
  self->outputs = g_memdup2 (outputs, n_outputs * sizeof *outputs);
  self->message = g_strdup ("");
  return self;
}

TcPaymentProof *
tc_payment_proof_ref (TcPaymentProof *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_payment_proof_unref (TcPaymentProof *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->proof, tc_tx_proof_unref);
  g_clear_pointer (&self->parent, tc_tx_unref);
  g_free (self->outputs);
  g_free (self->message);
  g_free (self);
}

/* --- The payer ---------------------------------------------------------------------------------------------------------------- */

static GByteArray *
payer_bytes (const TcPaymentProof *self)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();

  tc_put_hash (content, &self->proof->tx->txid);
  tc_put_u32 (content, self->input);
  tc_put_blob (content, (const guint8 *) self->message, strlen (self->message));
  return tc_signed_bytes (TC_TAG_PAYER, &self->proof->header.chain_id, content->data, content->len);
}

void
tc_payment_proof_sign (TcPaymentProof *self, const TcSecretKey *key, guint32 input, TcTx *parent, const char *message)
{
  self->has_payer = TRUE;
  self->input = input;
  self->key = *tc_secret_key_get_public (key);
  g_free (self->message);
  self->message = g_strdup (message != NULL ? message : "");
  g_clear_pointer (&self->parent, tc_tx_unref);
  self->parent = parent != NULL ? tc_tx_ref (parent) : NULL;
  g_autoptr(GByteArray) bytes = payer_bytes (self);
  self->signature = tc_secret_key_sign (key, bytes->data, bytes->len);
}

/* The output that the payer's input spends, as the transaction that made it says. */
static const TcOutput *
spent_output (const TcPaymentProof *self, const TcGenesis *genesis)
{
  const TcOutpoint *outpoint = &self->proof->tx->inputs[self->input].outpoint;

  if (self->parent != NULL)
    return tc_hash_equal (&self->parent->txid, &outpoint->txid) && outpoint->index < self->parent->n_outputs ? &self->parent->outputs[outpoint->index] : NULL;
  return tc_hash_equal (&genesis->txid, &outpoint->txid) && outpoint->index < genesis->n_outputs ? &genesis->outputs[outpoint->index] : NULL;
}

gboolean
tc_payment_proof_check_payer (const TcPaymentProof *self, const TcGenesis *genesis)
{
  if (!self->has_payer)
    return TRUE;
  const TcOutput *spent = spent_output (self, genesis);
  const TcKeyHash key_hash = tc_key_hash (&self->key);
  g_autoptr(GByteArray) bytes = payer_bytes (self);

  return spent != NULL && tc_key_hash_equal (&spent->key_hash, &key_hash) && tc_signature_check (&self->signature, &self->key, bytes->data, bytes->len);
}

/* --- The file ------------------------------------------------------------------------------------------------------------------- */

static void
put_tx (GByteArray *bytes, const TcTx *tx)
{
  g_autoptr(GBytes) encoded = tx != NULL ? tc_tx_encode (tx) : g_bytes_new (NULL, 0);

  tc_put_blob (bytes, g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded));
}

GBytes *
tc_payment_proof_encode (const TcPaymentProof *self)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr(GBytes) proof = tc_tx_proof_encode (self->proof);

  tc_put_bytes (bytes, (const guint8 *) MAGIC, MAGIC_SIZE);
  tc_put_u8 (bytes, VERSION);
  tc_put_blob (bytes, g_bytes_get_data (proof, NULL), g_bytes_get_size (proof));
  tc_put_varint (bytes, self->n_outputs);
  for (gsize i = 0; i < self->n_outputs; i++)
    tc_put_u32 (bytes, self->outputs[i]);
  tc_put_u8 (bytes, self->has_payer ? 1 : 0);
  if (self->has_payer)
    {
      tc_put_u32 (bytes, self->input);
      tc_put_bytes (bytes, self->key.bytes, TC_PUBLIC_KEY_SIZE);
      tc_put_bytes (bytes, self->signature.bytes, TC_SIGNATURE_SIZE);
      tc_put_blob (bytes, (const guint8 *) self->message, strlen (self->message));
      put_tx (bytes, self->parent);
    }
  const TcHash sum = tc_hash_tagged ("", bytes->data, bytes->len);
  tc_put_hash (bytes, &sum);
  return g_byte_array_free_to_bytes (bytes);
}

static void
read_proof (TcReader *reader, TcPaymentProof *self)
{
  const gsize size = tc_reader_count (reader, 1, TC_TX_PROOF_SIZE_MAX);
  const guint8 *data = tc_reader_view (reader, size);

  self->proof = reader->failed ? NULL : tc_tx_proof_decode (data, size, NULL);
  if (self->proof == NULL)
    tc_reader_fail (reader);
}

static void
read_outputs (TcReader *reader, TcPaymentProof *self)
{
  self->n_outputs = tc_reader_count (reader, 4, TC_TX_SIZE_MAX);
  self->outputs = g_new (guint32, self->n_outputs);
  for (gsize i = 0; i < self->n_outputs; i++)
    {
      self->outputs[i] = tc_reader_u32 (reader);
      if (self->proof == NULL || self->outputs[i] >= self->proof->tx->n_outputs || (i > 0 && self->outputs[i] <= self->outputs[i - 1]))
        tc_reader_fail (reader);
    }
  if (self->n_outputs == 0)
    tc_reader_fail (reader);
}

static void
read_payer (TcReader *reader, TcPaymentProof *self)
{
  self->input = tc_reader_u32 (reader);
  tc_reader_bytes (reader, self->key.bytes, TC_PUBLIC_KEY_SIZE);
  tc_reader_bytes (reader, self->signature.bytes, TC_SIGNATURE_SIZE);
  const gsize message_size = tc_reader_count (reader, 1, TC_PAYMENT_PROOF_MESSAGE_MAX);
  const guint8 *message = tc_reader_view (reader, message_size);
  const gsize parent_size = tc_reader_count (reader, 1, TC_TX_SIZE_MAX);
  const guint8 *parent = tc_reader_view (reader, parent_size);

  if (reader->failed || self->input >= self->proof->tx->n_inputs || memchr (message, '\0', message_size) != NULL
      || !g_utf8_validate ((const char *) message, (gssize) message_size, NULL))
    {
      tc_reader_fail (reader);
      return;
    }
  g_free (self->message);
  self->message = g_strndup ((const char *) message, message_size);
  if (parent_size > 0 && (self->parent = tc_tx_decode (parent, parent_size, NULL)) == NULL)
    tc_reader_fail (reader);
}

static TcPaymentProof *
refuse_file (GError **error)
{
  g_set_error_literal (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_DAMAGED,
                       _("This is not a proof of payment, or it was damaged on its way. Ask for it again."));
  return NULL;
}

TcPaymentProof *
tc_payment_proof_decode (const guint8 *data, gsize n, GError **error)
{
  g_autoptr(TcPaymentProof) self = g_new0 (TcPaymentProof, 1);
  TcReader reader;

  g_atomic_ref_count_init (&self->ref_count);
  self->message = g_strdup ("");
  if (n < MAGIC_SIZE + 1 + TC_HASH_SIZE || n > TC_PAYMENT_PROOF_SIZE_MAX || memcmp (data, MAGIC, MAGIC_SIZE) != 0)
    return refuse_file (error);
  const TcHash sum = tc_hash_tagged ("", data, n - TC_HASH_SIZE);
  if (memcmp (sum.bytes, data + n - TC_HASH_SIZE, TC_HASH_SIZE) != 0)
    return refuse_file (error);
  if (data[MAGIC_SIZE] != VERSION)
    {
      g_set_error_literal (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_NEWER,
                           _("This proof of payment was made by a newer version of TimeCoin. Update the application to check it."));
      return NULL;
    }
  tc_reader_init (&reader, data + MAGIC_SIZE + 1, n - MAGIC_SIZE - 1 - TC_HASH_SIZE);
  read_proof (&reader, self);
  read_outputs (&reader, self);
  const guint8 has_payer = tc_reader_u8 (&reader);
  if (has_payer > 1)
    tc_reader_fail (&reader);
  self->has_payer = has_payer == 1 && !reader.failed;
  if (self->has_payer)
    read_payer (&reader, self);
  return tc_reader_end (&reader, "proof of payment", NULL) ? g_steal_pointer (&self) : refuse_file (error);
}

/* --- Verifying -------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TcNode *node;
  GBytes *bytes;  /* (nullable) */
  char   *path;   /* (nullable) */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  tc_node_unref (question->node);
  g_clear_pointer (&question->bytes, g_bytes_unref);
  g_free (question->path);
  g_free (question);
}

static void
proof_free (gpointer proof)
{
  tc_payment_proof_unref (proof);
}

static gboolean
ask_node (TcNode *node, const TcPaymentProof *proof, GError **error)
{
  g_autoptr(GError) cause = NULL;

  if (!tc_node_check_proof (node, proof->proof, NULL, &cause))
    {
      const gboolean is_false = g_error_matches (cause, TC_NODE_ERROR, TC_NODE_ERROR_PROOF);

      g_set_error_literal (error, TC_PAYMENT_PROOF_ERROR, is_false ? TC_PAYMENT_PROOF_ERROR_FALSE : TC_PAYMENT_PROOF_ERROR_UNKNOWN, cause->message);
      return FALSE;
    }
  if (tc_payment_proof_check_payer (proof, tc_node_get_network (node)->genesis))
    return TRUE;
  g_set_error_literal (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_FALSE,
                       _("The payment is in the chain, but who signed this proof did not make it. Do not believe what it says of the payer."));
  return FALSE;
}

static GBytes *
read_bytes (const Question *question, GError **error)
{
  g_autoptr(GError) cause = NULL;
  GBytes *bytes = question->bytes != NULL ? g_bytes_ref (question->bytes) : tc_wallet_read_file (question->path, TC_PAYMENT_PROOF_SIZE_MAX, &cause);

  if (bytes == NULL)
    g_set_error_literal (error, TC_PAYMENT_PROOF_ERROR, TC_PAYMENT_PROOF_ERROR_FILE, cause->message);
  return bytes;
}

static void
verify (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Question *question = data;
  GError *error = NULL;
  g_autoptr(GBytes) bytes = read_bytes (question, &error);
  g_autoptr(TcPaymentProof) proof = bytes != NULL ? tc_payment_proof_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error) : NULL;

  if (proof != NULL && ask_node (question->node, proof, &error))
    g_task_return_pointer (task, g_steal_pointer (&proof), proof_free);
  else
    g_task_return_error (task, error);
}

static void
start (TcNode *node, GBytes *bytes, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->node = tc_node_ref (node);
  question->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  question->path = g_strdup (path);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, verify);
}

void
tc_payment_proof_verify_async (TcNode *node, GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  start (node, bytes, NULL, cancellable, callback, user_data);
}

void
tc_payment_proof_verify_file_async (TcNode *node, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  start (node, NULL, path, cancellable, callback, user_data);
}

TcPaymentProof *
tc_payment_proof_verify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
