#include "lthash.h"

#include <sodium.h>
#include <string.h>

#include "core/check.h"

G_STATIC_ASSERT (TC_LTHASH_BUCKET_SIZE == TC_KEYSTREAM_LANES * sizeof (guint16));

typedef struct
{
  guint16 lanes[TC_KEYSTREAM_LANES];
} Bucket;

/* A perfect tree in one array: 1 is the root, n's children are 2n and 2n + 1, the leaf of bucket b is 256 + b. */
typedef struct
{
  TcHash nodes[2 * TC_LTHASH_BUCKETS];
} Tree;

struct _TcLtHash
{
  Bucket *buckets;
  Tree    tree;
};

struct _TcLtHashChange
{
  const TcLtHash *base;
  TcLtHashWaiting waiting;
  TcKeystreamSum *sums[TC_LTHASH_BUCKETS];   /* what is added to the base's; NULL: nothing */
  gboolean        stale[TC_LTHASH_BUCKETS];  /* not in the tree yet */
  Tree            tree;
};

/* RFC 6962: the leaf's prefix over what tc_merkle_root () would be given. */
static TcHash
hash_leaf (const Bucket *bucket)
{
  guint8 bytes[1 + TC_HASH_SIZE] = { 0x00 };
  TcHash value = tc_hash_tagged (TC_TAG_LTHASH, (const guint8 *) bucket->lanes, TC_LTHASH_BUCKET_SIZE);
  TcHash node;

  memcpy (bytes + 1, value.bytes, TC_HASH_SIZE);
  crypto_generichash (node.bytes, TC_HASH_SIZE, bytes, sizeof bytes, NULL, 0);
  return node;
}

static TcHash
hash_node (const TcHash *left, const TcHash *right)
{
  guint8 bytes[1 + 2 * TC_HASH_SIZE] = { 0x01 };
  TcHash node;

  memcpy (bytes + 1, left->bytes, TC_HASH_SIZE);
  memcpy (bytes + 1 + TC_HASH_SIZE, right->bytes, TC_HASH_SIZE);
  crypto_generichash (node.bytes, TC_HASH_SIZE, bytes, sizeof bytes, NULL, 0);
  return node;
}

static TcLtHash *
new_with_buckets (Bucket *buckets)
{
  TcLtHash *self = g_new0 (TcLtHash, 1);

  self->buckets = buckets;
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    self->tree.nodes[TC_LTHASH_BUCKETS + i] = hash_leaf (&buckets[i]);
  for (guint i = TC_LTHASH_BUCKETS - 1; i >= 1; i--)
    self->tree.nodes[i] = hash_node (&self->tree.nodes[2 * i], &self->tree.nodes[2 * i + 1]);
  return self;
}

/* Rule S1: "the ChaCha20 keystream of 2 048 bytes, zero nonce, keyed by H("TimeCoin lthash", outpoint | output)". */
static void
sum_waiting (TcLtHashWaiting *self)
{
  TcHashInput inputs[TC_LTHASH_WAITING_MAX];
  TcHash keys[TC_LTHASH_WAITING_MAX];

  for (gsize i = 0; i < self->n; i++)
    inputs[i] = (TcHashInput) { self->coins[i], TC_LTHASH_COIN_SIZE };
  tc_hash_many (TC_TAG_LTHASH, inputs, self->n, keys);
  for (gsize i = 0; i < self->n; i++)
    if (self->negative[i])
      tc_keystream_sum_remove (self->sums[i], keys[i].bytes);
    else
      tc_keystream_sum_add (self->sums[i], keys[i].bytes);
  self->n = 0;
}

static void
wait_for_sum (TcLtHashWaiting *self, const TcOutpoint *outpoint, const TcOutput *output, TcKeystreamSum *sum, gboolean negative)
{
  guint8 *bytes = self->coins[self->n];
  const guint32 index = GUINT32_TO_LE (outpoint->index);
  const guint64 units = GUINT64_TO_LE (output->amount.units);

  G_STATIC_ASSERT (TC_LTHASH_COIN_SIZE == TC_HASH_SIZE + 4 + 8 + 1 + TC_KEY_HASH_SIZE);
  memcpy (bytes, outpoint->txid.bytes, TC_HASH_SIZE);
  memcpy (bytes + 32, &index, 4);
  memcpy (bytes + 36, &units, 8);
  bytes[44] = output->lock;
  memcpy (bytes + 45, output->key_hash.bytes, TC_KEY_HASH_SIZE);
  self->sums[self->n] = sum;
  self->negative[self->n] = negative;
  if (++self->n == TC_LTHASH_WAITING_MAX)
    sum_waiting (self);
}

void
tc_lthash_sum_add (TcLtHashSum *self, const TcOutpoint *outpoint, const TcOutput *output)
{
  wait_for_sum (&self->waiting, outpoint, output, &self->sum, FALSE);
}

void
tc_lthash_sum_get (TcLtHashSum *self, guint8 *ret_bucket)
{
  Bucket bucket = { 0 };

  sum_waiting (&self->waiting);
  tc_keystream_sum_get (&self->sum, bucket.lanes);
  memcpy (ret_bucket, &bucket, sizeof bucket);
}

TcLtHash *
tc_lthash_new (void)
{
  return new_with_buckets (g_new0 (Bucket, TC_LTHASH_BUCKETS));
}

TcLtHash *
tc_lthash_new_stored (const guint8 *buckets)
{
  return new_with_buckets (g_memdup2 (buckets, sizeof (Bucket) * TC_LTHASH_BUCKETS));
}

void
tc_lthash_free (TcLtHash *self)
{
  if (self == NULL)
    return;
  g_free (self->buckets);
  g_free (self);
}

TcHash
tc_lthash_get_root (const TcLtHash *self)
{
  return self->tree.nodes[1];
}

TcHash
tc_lthash_root_of (const guint8 *buckets)
{
  g_autoptr(TcLtHash) self = tc_lthash_new_stored (buckets);

  return tc_lthash_get_root (self);
}

const guint8 *
tc_lthash_get_bucket (const TcLtHash *self, guint8 number)
{
  return (const guint8 *) self->buckets[number].lanes;
}

TcLtHashChange *
tc_lthash_change_new (const TcLtHash *base)
{
  TcLtHashChange *self = g_new0 (TcLtHashChange, 1);

  self->base = base;
  self->tree = base->tree;
  return self;
}

void
tc_lthash_change_free (TcLtHashChange *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    g_free (self->sums[i]);
  g_free (self);
}

static TcKeystreamSum *
edit_bucket (TcLtHashChange *self, guint8 number)
{
  if (self->sums[number] == NULL)
    self->sums[number] = g_new0 (TcKeystreamSum, 1);
  self->stale[number] = TRUE;
  return self->sums[number];
}

void
tc_lthash_change_add (TcLtHashChange *self, const TcOutpoint *outpoint, const TcOutput *output)
{
  wait_for_sum (&self->waiting, outpoint, output, edit_bucket (self, outpoint->txid.bytes[0]), FALSE);
}

void
tc_lthash_change_remove (TcLtHashChange *self, const TcOutpoint *outpoint, const TcOutput *output)
{
  wait_for_sum (&self->waiting, outpoint, output, edit_bucket (self, outpoint->txid.bytes[0]), TRUE);
}

static Bucket
changed_bucket (const TcLtHashChange *self, guint number)
{
  Bucket bucket = self->base->buckets[number];

  tc_keystream_sum_get (self->sums[number], bucket.lanes);
  return bucket;
}

TcHash
tc_lthash_change_root (TcLtHashChange *self)
{
  gboolean dirty[2 * TC_LTHASH_BUCKETS] = { FALSE };
  TcHash *nodes = self->tree.nodes;

  sum_waiting (&self->waiting);
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    if (self->stale[i])
      {
        const Bucket bucket = changed_bucket (self, i);

        nodes[TC_LTHASH_BUCKETS + i] = hash_leaf (&bucket);
        dirty[(TC_LTHASH_BUCKETS + i) / 2] = TRUE;
        self->stale[i] = FALSE;
      }
  for (guint i = TC_LTHASH_BUCKETS - 1; i >= 1; i--)
    if (dirty[i])
      {
        nodes[i] = hash_node (&nodes[2 * i], &nodes[2 * i + 1]);
        dirty[i / 2] = TRUE;
      }
  return nodes[1];
}

gboolean
tc_lthash_change_has (const TcLtHashChange *self, guint8 number)
{
  return self->sums[number] != NULL;
}

void
tc_lthash_apply (TcLtHash *self, const TcLtHashChange *change)
{
  TC_CHECK (change->base == self);
  for (guint i = 0; i < TC_LTHASH_BUCKETS; i++)
    {
      TC_CHECK (!change->stale[i]);
      if (change->sums[i] != NULL)
        tc_keystream_sum_get (change->sums[i], self->buckets[i].lanes);
    }
  self->tree = change->tree;
}
