#include "tx.h"

#include <string.h>

#include "check.h"

#define INPUT_SIZE         37u  /* txid 32 | index u32 | signer u8 */
#define OUTPUT_SIZE        29u  /* amount u64 | lock u8 | key_hash 20 */
#define WITNESS_SIZE       96u  /* public_key 32 | signature 64 */
#define WITNESSES_MAX      256u /* `signer` is a byte */
#define FEW_INPUTS         16u  /* up to here comparing each with each is faster than sorting */

G_STATIC_ASSERT (sizeof (TcWitness) == WITNESS_SIZE);
G_STATIC_ASSERT (sizeof (TcTx) % sizeof (guint64) == 0);
G_STATIC_ASSERT (sizeof (TcOutput) % sizeof (guint32) == 0);

/* A transaction is one allocation: the struct, then its arrays, the strictest alignment first. */
static TcTx *
tx_alloc (gsize n_inputs, gsize n_outputs, gsize n_witnesses, gsize memo_size, gsize payload_size)
{
  const gsize outputs_at = sizeof (TcTx);
  const gsize inputs_at = outputs_at + n_outputs * sizeof (TcOutput);
  const gsize witnesses_at = inputs_at + n_inputs * sizeof (TcTxInput);
  const gsize memo_at = witnesses_at + n_witnesses * sizeof (TcWitness);
  const gsize payload_at = memo_at + memo_size;
  guint8 *memory = g_malloc (payload_at + payload_size);
  TcTx *self = (TcTx *) (gpointer) memory;

  /* Padding inside outputs and inputs is zero too, so that equal transactions are equal memory. */
  memset (memory, 0, witnesses_at);
  g_atomic_ref_count_init (&self->ref_count);
  self->version = TC_TX_VERSION;
  self->n_inputs = (guint32) n_inputs;
  self->n_outputs = (guint32) n_outputs;
  self->n_witnesses = (guint32) n_witnesses;
  self->memo_size = (guint16) memo_size;
  self->payload_size = (guint16) payload_size;
  self->outputs = (TcOutput *) (gpointer) (memory + outputs_at);
  self->inputs = (TcTxInput *) (gpointer) (memory + inputs_at);
  self->witnesses = (TcWitness *) (gpointer) (memory + witnesses_at);
  self->memo = memory + memo_at;
  self->payload = memory + payload_at;
  return self;
}

static void
copy_bytes (gpointer to, gconstpointer from, gsize n)
{
  if (n > 0)
    memcpy (to, from, n);
}

/* What the first pass of the decoder finds, so that the second can allocate once. Pointers into the reader's data. */
typedef struct
{
  guint16       version;
  guint8        kind;
  guint32       valid_from_height;
  gsize         n_inputs, n_outputs, n_witnesses, memo_size, payload_size;
  const guint8 *inputs, *outputs, *memo, *payload, *witnesses;
  gsize         body_at, body_size, size;
} TxView;

static void
read_view (TcReader *reader, TxView *view)
{
  const gsize start = reader->position;

  view->version = tc_reader_u16 (reader);
  view->kind = tc_reader_u8 (reader);
  view->valid_from_height = tc_reader_u32 (reader);
  view->n_inputs = tc_reader_count (reader, INPUT_SIZE, TC_TX_SIZE_MAX / INPUT_SIZE);
  view->inputs = tc_reader_view (reader, view->n_inputs * INPUT_SIZE);
  view->n_outputs = tc_reader_count (reader, OUTPUT_SIZE, TC_TX_SIZE_MAX / OUTPUT_SIZE);
  view->outputs = tc_reader_view (reader, view->n_outputs * OUTPUT_SIZE);
  view->memo_size = tc_reader_count (reader, 1, TC_TX_MEMO_MAX);
  view->memo = tc_reader_view (reader, view->memo_size);
  view->payload_size = tc_reader_count (reader, 1, TC_TX_PAYLOAD_MAX);
  view->payload = tc_reader_view (reader, view->payload_size);
  view->body_at = start;
  view->body_size = reader->position - start;
  view->n_witnesses = tc_reader_count (reader, WITNESS_SIZE, WITNESSES_MAX);
  view->witnesses = tc_reader_view (reader, view->n_witnesses * WITNESS_SIZE);
  view->size = reader->position - start;
}

/* Rule T3: "Kinds 0-3 have at least one input, none twice, and at least one output." Rule T4: "At most 100 kB". */
static gboolean
view_is_well_formed (const TxView *view)
{
  if (view->version != TC_TX_VERSION || view->kind > TC_TX_KIND_REWARD || view->size > TC_TX_SIZE_MAX)
    return FALSE;
  if (view->n_outputs == 0)
    return FALSE;
  if (view->kind == TC_TX_KIND_REWARD)
    return view->n_inputs == 0 && view->n_witnesses == 0 && view->memo_size == 0 && view->payload_size == 0;
  return view->n_inputs > 0 && view->n_witnesses > 0
         && (view->kind != TC_TX_KIND_TRANSFER || view->payload_size == 0);
}

static void
read_arrays (TcTx *self, const TxView *view)
{
  TcReader inputs, outputs;

  tc_reader_init (&inputs, view->inputs, view->n_inputs * INPUT_SIZE);
  for (gsize i = 0; i < view->n_inputs; i++)
    {
      self->inputs[i].outpoint = tc_reader_outpoint (&inputs);
      self->inputs[i].signer = tc_reader_u8 (&inputs);
    }
  tc_reader_init (&outputs, view->outputs, view->n_outputs * OUTPUT_SIZE);
  for (gsize i = 0; i < view->n_outputs; i++)
    {
      self->outputs[i].amount.units = tc_reader_u64 (&outputs);
      self->outputs[i].lock = tc_reader_u8 (&outputs);
      tc_reader_bytes (&outputs, self->outputs[i].key_hash.bytes, TC_KEY_HASH_SIZE);
    }
  copy_bytes (self->memo, view->memo, view->memo_size);
  copy_bytes (self->payload, view->payload, view->payload_size);
  copy_bytes (self->witnesses, view->witnesses, view->n_witnesses * WITNESS_SIZE);
}

static int
compare_inputs (gconstpointer a, gconstpointer b)
{
  return tc_outpoint_compare (&(*(const TcTxInput *const *) a)->outpoint, &(*(const TcTxInput *const *) b)->outpoint);
}

static gboolean
inputs_are_distinct (const TcTx *self)
{
  if (self->n_inputs <= FEW_INPUTS)
    {
      for (guint32 i = 1; i < self->n_inputs; i++)
        for (guint32 j = 0; j < i; j++)
          if (tc_outpoint_equal (&self->inputs[i].outpoint, &self->inputs[j].outpoint))
            return FALSE;
      return TRUE;
    }

  g_autofree const TcTxInput **sorted = g_new (const TcTxInput *, self->n_inputs);

  for (guint32 i = 0; i < self->n_inputs; i++)
    sorted[i] = &self->inputs[i];
  qsort (sorted, self->n_inputs, sizeof *sorted, compare_inputs);
  for (guint32 i = 1; i < self->n_inputs; i++)
    if (tc_outpoint_equal (&sorted[i - 1]->outpoint, &sorted[i]->outpoint))
      return FALSE;
  return TRUE;
}

/* Rule T2: "witnesses are distinct, all used, in order of first use; signer names one" */
static gboolean
witnesses_are_canonical (const TcTx *self)
{
  guint32 n_used = 0;

  for (guint32 i = 0; i < self->n_inputs; i++)
    {
      if (self->inputs[i].signer > n_used)
        return FALSE;
      if (self->inputs[i].signer == n_used)
        n_used++;
    }
  if (n_used != self->n_witnesses)
    return FALSE;
  for (guint32 i = 1; i < self->n_witnesses; i++)
    for (guint32 j = 0; j < i; j++)
      if (tc_public_key_equal (&self->witnesses[i].key, &self->witnesses[j].key))
        return FALSE;
  return TRUE;
}

/* A1: every amount and their sum at most 2^62. T3: collateral only in output 0 of a registration. */
static gboolean
outputs_are_well_formed (const TcTx *self)
{
  TcAmount sum = { 0 };

  for (guint32 i = 0; i < self->n_outputs; i++)
    {
      const TcOutput *output = &self->outputs[i];

      if (output->amount.units > TC_AMOUNT_MAX_UNITS || !tc_amount_add (sum, output->amount, &sum))
        return FALSE;
      if (output->lock > TC_LOCK_COLLATERAL)
        return FALSE;
      if (output->lock == TC_LOCK_COLLATERAL && !(i == 0 && self->kind == TC_TX_KIND_REGISTER))
        return FALSE;
    }
  return TRUE;
}

/* All but the txid, which is the hash of @ret_body. */
static TcTx *
read_unnamed (TcReader *reader, TcHashInput *ret_body)
{
  TxView view;

  read_view (reader, &view);
  if (!reader->failed && !view_is_well_formed (&view))
    tc_reader_fail (reader);
  if (reader->failed)
    return NULL;

  g_autoptr(TcTx) self = tx_alloc (view.n_inputs, view.n_outputs, view.n_witnesses, view.memo_size, view.payload_size);

  self->kind = view.kind;
  self->valid_from_height = view.valid_from_height;
  self->size_bytes = (guint32) view.size;
  read_arrays (self, &view);
  if (!outputs_are_well_formed (self) || !witnesses_are_canonical (self) || !inputs_are_distinct (self))
    {
      tc_reader_fail (reader);
      return NULL;
    }
  *ret_body = (TcHashInput) { reader->data + view.body_at, view.body_size };
  return g_steal_pointer (&self);
}

/* Rule T1: "txid = H("TimeCoin txid", body)" */
TcTx *
tc_tx_read (TcReader *reader)
{
  TcHashInput body;
  TcTx *self = read_unnamed (reader, &body);

  if (self != NULL)
    self->txid = tc_hash_tagged (TC_TAG_TXID, body.data, body.size_bytes);
  return self;
}

TcTx **
tc_tx_read_many (TcReader *reader, gsize n, gsize *ret_n)
{
  g_autofree TcHashInput *bodies = g_new (TcHashInput, n);
  g_autofree TcHash *txids = g_new (TcHash, n);
  TcTx **txs = g_new (TcTx *, n);
  gsize n_read = 0;

  while (n_read < n && (txs[n_read] = read_unnamed (reader, &bodies[n_read])) != NULL)
    n_read++;
  tc_hash_many (TC_TAG_TXID, bodies, n_read, txids);
  for (gsize i = 0; i < n_read; i++)
    txs[i]->txid = txids[i];
  *ret_n = n_read;
  return txs;
}

TcTx *
tc_tx_decode (const guint8 *data, gsize n, GError **error)
{
  TcReader reader;

  tc_reader_init (&reader, data, n);

  g_autoptr(TcTx) self = tc_tx_read (&reader);

  if (!tc_reader_end (&reader, "transaction", error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Writers into memory that is known to be large enough: each returns what is behind it. */

static guint8 *
write_fixed (guint8 *to, guint64 value, gsize n)
{
  value = GUINT64_TO_LE (value);
  memcpy (to, &value, n);
  return to + n;
}

static guint8 *
write_varint (guint8 *to, guint64 value)
{
  for (; value >= 0x80; value >>= 7)
    *to++ = (guint8) (value | 0x80);
  *to++ = (guint8) value;
  return to;
}

static guint8 *
write_bytes (guint8 *to, gconstpointer data, gsize n)
{
  copy_bytes (to, data, n);
  return to + n;
}

static guint8 *
write_output (guint8 *to, const TcOutput *output)
{
  to = write_fixed (to, output->amount.units, 8);
  to = write_fixed (to, output->lock, 1);
  return write_bytes (to, output->key_hash.bytes, TC_KEY_HASH_SIZE);
}

static guint8 *
write_body (guint8 *to, const TcTx *self)
{
  to = write_fixed (to, self->version, 2);
  to = write_fixed (to, self->kind, 1);
  to = write_fixed (to, self->valid_from_height, 4);
  to = write_varint (to, self->n_inputs);
  for (guint32 i = 0; i < self->n_inputs; i++)
    {
      to = write_bytes (to, self->inputs[i].outpoint.txid.bytes, TC_HASH_SIZE);
      to = write_fixed (to, self->inputs[i].outpoint.index, 4);
      to = write_fixed (to, self->inputs[i].signer, 1);
    }
  to = write_varint (to, self->n_outputs);
  for (guint32 i = 0; i < self->n_outputs; i++)
    to = write_output (to, &self->outputs[i]);
  to = write_bytes (write_varint (to, self->memo_size), self->memo, self->memo_size);
  return write_bytes (write_varint (to, self->payload_size), self->payload, self->payload_size);
}

void
tc_tx_put (GByteArray *bytes, const TcTx *self)
{
  const guint start = bytes->len;
  guint8 *to;

  g_byte_array_set_size (bytes, start + self->size_bytes);
  to = write_varint (write_body (bytes->data + start, self), self->n_witnesses);
  to = write_bytes (to, self->witnesses, self->n_witnesses * WITNESS_SIZE);
  TC_CHECK (to == bytes->data + bytes->len);
}

GBytes *
tc_tx_encode (const TcTx *self)
{
  GByteArray *bytes = g_byte_array_sized_new (self->size_bytes);

  tc_tx_put (bytes, self);
  return g_byte_array_free_to_bytes (bytes);
}

static guint32
encoded_size (const TcTx *self)
{
  return (guint32) tc_tx_size_estimate (self->n_inputs, self->n_outputs, self->n_witnesses, self->memo_size, self->payload_size);
}

TcTx *
tc_tx_new (guint8 kind, guint32 valid_from_height, const TcTxInput *inputs, gsize n_inputs, const TcOutput *outputs,
           gsize n_outputs, const guint8 *memo, gsize memo_size, const guint8 *payload, gsize payload_size)
{
  TC_CHECK (n_inputs <= G_MAXUINT16 && n_outputs <= G_MAXUINT16);
  TC_CHECK (memo_size <= G_MAXUINT16 && payload_size <= G_MAXUINT16);

  TcTx *self = tx_alloc (n_inputs, n_outputs, 0, memo_size, payload_size);
  g_autofree guint8 *body = NULL;

  self->kind = kind;
  self->valid_from_height = valid_from_height;
  copy_bytes (self->inputs, inputs, n_inputs * sizeof *inputs);
  copy_bytes (self->outputs, outputs, n_outputs * sizeof *outputs);
  copy_bytes (self->memo, memo, memo_size);
  copy_bytes (self->payload, payload, payload_size);
  self->size_bytes = encoded_size (self);
  body = g_malloc (self->size_bytes);
  self->txid = tc_hash_tagged (TC_TAG_TXID, body, (gsize) (write_body (body, self) - body));
  return self;
}

TcTx *
tc_tx_new_signed (const TcTx *unsigned_tx, const TcWitness *witnesses, gsize n_witnesses)
{
  TC_CHECK (n_witnesses <= WITNESSES_MAX);

  TcTx *self = tx_alloc (unsigned_tx->n_inputs, unsigned_tx->n_outputs, n_witnesses, unsigned_tx->memo_size,
                         unsigned_tx->payload_size);

  self->version = unsigned_tx->version;
  self->kind = unsigned_tx->kind;
  self->valid_from_height = unsigned_tx->valid_from_height;
  self->txid = unsigned_tx->txid;
  copy_bytes (self->inputs, unsigned_tx->inputs, self->n_inputs * sizeof *self->inputs);
  copy_bytes (self->outputs, unsigned_tx->outputs, self->n_outputs * sizeof *self->outputs);
  copy_bytes (self->memo, unsigned_tx->memo, self->memo_size);
  copy_bytes (self->payload, unsigned_tx->payload, self->payload_size);
  copy_bytes (self->witnesses, witnesses, n_witnesses * sizeof *witnesses);
  self->size_bytes = encoded_size (self);
  return self;
}

TcTx *
tc_tx_ref (TcTx *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_tx_unref (TcTx *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/* Rule T2: "Signed digest = H("TimeCoin sign", chain_id | txid | per input: amount, lock, key_hash spent)" */
TcHash
tc_tx_digest (const TcTx *self, const TcHash *chain_id, const TcOutput *spent)
{
  g_autoptr(GByteArray) bytes = g_byte_array_sized_new (2 * TC_HASH_SIZE + self->n_inputs * OUTPUT_SIZE);

  tc_put_hash (bytes, chain_id);
  tc_put_hash (bytes, &self->txid);
  for (guint32 i = 0; i < self->n_inputs; i++)
    tc_put_output (bytes, &spent[i]);
  return tc_hash_tagged_bytes (TC_TAG_SIGN, bytes);
}

#define DIGESTS_AT_ONCE 8u
#define FEW_SPENT       2u  /* their digests are of one block */

typedef struct
{
  guint8      bytes[DIGESTS_AT_ONCE][2 * TC_HASH_SIZE + FEW_SPENT * OUTPUT_SIZE];
  TcHashInput inputs[DIGESTS_AT_ONCE];
  gsize       places[DIGESTS_AT_ONCE];
  gsize       n;
} Digests;

static void
make_digests (Digests *self, TcHash *ret_digests)
{
  TcHash hashes[DIGESTS_AT_ONCE];

  tc_hash_many (TC_TAG_SIGN, self->inputs, self->n, hashes);
  for (gsize i = 0; i < self->n; i++)
    ret_digests[self->places[i]] = hashes[i];
  self->n = 0;
}

void
tc_tx_digest_many (const TcTx *const *txs, const TcOutput *const *spent, gsize n, const TcHash *chain_id, TcHash *ret_digests)
{
  Digests digests = { .n = 0 };

  for (gsize i = 0; i < n; i++)
    {
      guint8 *start = digests.bytes[digests.n], *to;

      if (txs[i]->n_inputs > FEW_SPENT)
        {
          ret_digests[i] = tc_tx_digest (txs[i], chain_id, spent[i]);
          continue;
        }
      to = write_bytes (start, chain_id->bytes, TC_HASH_SIZE);
      to = write_bytes (to, txs[i]->txid.bytes, TC_HASH_SIZE);
      for (guint32 j = 0; j < txs[i]->n_inputs; j++)
        to = write_output (to, &spent[i][j]);
      digests.inputs[digests.n] = (TcHashInput) { start, (gsize) (to - start) };
      digests.places[digests.n++] = i;
      if (digests.n == DIGESTS_AT_ONCE)
        make_digests (&digests, ret_digests);
    }
  make_digests (&digests, ret_digests);
}

static gsize
varint_size (gsize value)
{
  gsize n = 1;

  for (; value >= 0x80; value >>= 7)
    n++;
  return n;
}

gsize
tc_tx_size_estimate (gsize n_inputs, gsize n_outputs, gsize n_witnesses, gsize memo_size, gsize payload_size)
{
  return 2 + 1 + 4
         + varint_size (n_inputs) + n_inputs * INPUT_SIZE
         + varint_size (n_outputs) + n_outputs * OUTPUT_SIZE
         + varint_size (memo_size) + memo_size
         + varint_size (payload_size) + payload_size
         + varint_size (n_witnesses) + n_witnesses * WITNESS_SIZE;
}

guint
tc_outpoint_hash (gconstpointer outpoint)
{
  const TcOutpoint *self = outpoint;

  return tc_hash_hash (&self->txid) ^ (self->index * 0x9e3779b1u);
}

gboolean
tc_outpoint_equal (gconstpointer a, gconstpointer b)
{
  const TcOutpoint *x = a, *y = b;

  return x->index == y->index && memcmp (&x->txid, &y->txid, sizeof x->txid) == 0;
}

int
tc_outpoint_compare (const TcOutpoint *a, const TcOutpoint *b)
{
  const int order = memcmp (&a->txid, &b->txid, sizeof a->txid);

  if (order != 0)
    return order;
  return (a->index > b->index) - (a->index < b->index);
}

void
tc_put_outpoint (GByteArray *bytes, const TcOutpoint *outpoint)
{
  tc_put_hash (bytes, &outpoint->txid);
  tc_put_u32 (bytes, outpoint->index);
}

void
tc_put_output (GByteArray *bytes, const TcOutput *output)
{
  tc_put_u64 (bytes, output->amount.units);
  tc_put_u8 (bytes, output->lock);
  tc_put_bytes (bytes, output->key_hash.bytes, TC_KEY_HASH_SIZE);
}

TcOutpoint
tc_reader_outpoint (TcReader *reader)
{
  TcOutpoint outpoint;

  outpoint.txid = tc_reader_hash (reader);
  outpoint.index = tc_reader_u32 (reader);
  return outpoint;
}

TcOutput
tc_reader_output (TcReader *reader)
{
  TcOutput output = { 0 };

  output.amount.units = tc_reader_u64 (reader);
  output.lock = tc_reader_u8 (reader);
  tc_reader_bytes (reader, output.key_hash.bytes, TC_KEY_HASH_SIZE);
  if (output.amount.units > TC_AMOUNT_MAX_UNITS || output.lock > TC_LOCK_COLLATERAL)
    tc_reader_fail (reader);
  return output;
}
