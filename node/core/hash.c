#include "hash.h"

#include <sodium.h>
#include <string.h>

#include "check.h"

const TcHash TC_HASH_ZERO = { { 0 } };

#define MERKLE_AT_ONCE 8u

G_STATIC_ASSERT (sizeof (TcHash) == TC_HASH_SIZE);

TcHash
tc_hash_tagged (const char *tag, const guint8 *data, gsize n)
{
  guint8 personal[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };
  const gsize tag_size = strlen (tag);
  TcHash hash;

  TC_CHECK (tag_size <= sizeof personal);
  memcpy (personal, tag, tag_size);
  TC_CHECK (crypto_generichash_blake2b_salt_personal (hash.bytes, sizeof hash.bytes, data, n, NULL, 0, NULL, personal) == 0);
  return hash;
}

TcHash
tc_hash_tagged_bytes (const char *tag, const GByteArray *bytes)
{
  return tc_hash_tagged (tag, bytes->data, bytes->len);
}

TcHash
tc_hash_sha256 (const guint8 *data, gsize n)
{
  TcHash hash;

  crypto_hash_sha256 (hash.bytes, data, n);
  return hash;
}

static TcHash
merkle_leaf (const TcHash *leaf)
{
  guint8 buffer[1 + TC_HASH_SIZE] = { 0x00 };
  TcHash hash;

  memcpy (buffer + 1, leaf->bytes, TC_HASH_SIZE);
  crypto_generichash_blake2b (hash.bytes, sizeof hash.bytes, buffer, sizeof buffer, NULL, 0);
  return hash;
}

static TcHash
merkle_node (const TcHash *left, const TcHash *right)
{
  guint8 buffer[1 + 2 * TC_HASH_SIZE] = { 0x01 };
  TcHash hash;

  memcpy (buffer + 1, left->bytes, TC_HASH_SIZE);
  memcpy (buffer + 1 + TC_HASH_SIZE, right->bytes, TC_HASH_SIZE);
  crypto_generichash_blake2b (hash.bytes, sizeof hash.bytes, buffer, sizeof buffer, NULL, 0);
  return hash;
}

/* @n hashes of untagged prefix | @size_bytes, at most two hashes, of @data. @ret_hashes may be @data, what is read lies at or behind what is written. */
static void
hash_prefixed (guint8 prefix, const guint8 *data, gsize size_bytes, gsize n, TcHash *ret_hashes)
{
  guint8 buffers[MERKLE_AT_ONCE][1 + 2 * TC_HASH_SIZE];
  TcHashInput inputs[MERKLE_AT_ONCE];

  for (gsize i = 0; i < n; i += MERKLE_AT_ONCE)
    {
      const gsize n_now = MIN (MERKLE_AT_ONCE, n - i);

      for (gsize j = 0; j < n_now; j++)
        {
          buffers[j][0] = prefix;
          memcpy (buffers[j] + 1, data + (i + j) * size_bytes, size_bytes);
          inputs[j] = (TcHashInput) { buffers[j], 1 + size_bytes };
        }
      tc_hash_many (NULL, inputs, n_now, &ret_hashes[i]);
    }
}

/* RFC 6962 splits at the largest power of two below n. Pairing level by level, with an odd one out moving up as it is, gives the same tree. */
static gsize
pair_level (TcHash *level, gsize n)
{
  const TcHash last = level[n - 1];

  hash_prefixed (0x01, level[0].bytes, 2 * TC_HASH_SIZE, n / 2, level);
  if (n % 2 == 1)
    level[n / 2] = last;
  return n / 2 + n % 2;
}

static TcHash *
hash_leaves (const TcHash *leaves, gsize n_leaves)
{
  TcHash *level = g_new (TcHash, n_leaves);

  hash_prefixed (0x00, leaves[0].bytes, TC_HASH_SIZE, n_leaves, level);
  return level;
}

TcHash
tc_merkle_root (const TcHash *leaves, gsize n_leaves)
{
  g_autofree TcHash *level = NULL;

  if (n_leaves == 0)
    return TC_HASH_ZERO;
  level = hash_leaves (leaves, n_leaves);
  for (gsize n = n_leaves; n > 1;)
    n = pair_level (level, n);
  return level[0];
}

gsize
tc_merkle_path (const TcHash *leaves, gsize n_leaves, gsize index, TcHash *ret_path)
{
  g_autofree TcHash *level = hash_leaves (leaves, n_leaves);
  gsize n_path = 0;

  TC_CHECK (index < n_leaves && n_leaves <= G_MAXUINT32);
  for (gsize n = n_leaves; n > 1; index /= 2)
    {
      if ((index ^ 1) < n)  /* the odd one out has nobody beside it */
        ret_path[n_path++] = level[index ^ 1];
      n = pair_level (level, n);
    }
  return n_path;
}

gboolean
tc_merkle_check_path (const TcHash *leaf, guint32 index, guint32 n_leaves, const TcHash *path, gsize n_path, const TcHash *root)
{
  TcHash hash = merkle_leaf (leaf);
  gsize used = 0;

  if (index >= n_leaves)
    return FALSE;
  for (guint64 n = n_leaves, i = index; n > 1; n = n / 2 + n % 2, i /= 2)
    {
      if ((i ^ 1) >= n)
        continue;
      if (used == n_path)
        return FALSE;
      hash = i % 2 == 1 ? merkle_node (&path[used], &hash) : merkle_node (&hash, &path[used]);
      used++;
    }
  return used == n_path && tc_hash_equal (&hash, root);
}

gboolean
tc_hash_is_zero (const TcHash *hash)
{
  return memcmp (hash, &TC_HASH_ZERO, sizeof *hash) == 0;
}

int
tc_hash_compare (const TcHash *a, const TcHash *b)
{
  return memcmp (a->bytes, b->bytes, TC_HASH_SIZE);
}

static const guint8 *
table_key (void)
{
  static guint8 key[crypto_shorthash_KEYBYTES];
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      randombytes_buf (key, sizeof key);
      g_once_init_leave (&ready, 1);
    }
  return key;
}

guint64
tc_table_tag (const guint8 *data, gsize n)
{
  guint64 tag;

  G_STATIC_ASSERT (sizeof tag == crypto_shorthash_BYTES);
  crypto_shorthash ((guint8 *) &tag, data, n, table_key ());
  return tag;
}

guint
tc_table_hash (const guint8 *data, gsize n)
{
  return (guint) tc_table_tag (data, n);
}

guint
tc_hash_hash (gconstpointer hash)
{
  return tc_table_hash (((const TcHash *) hash)->bytes, TC_HASH_SIZE);
}

gboolean
tc_hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, TC_HASH_SIZE) == 0;
}

TcHash *
tc_hash_copy (const TcHash *hash)
{
  return g_memdup2 (hash, sizeof *hash);
}

char *
tc_hash_to_hex (const TcHash *hash)
{
  return tc_hex_encode (hash->bytes, TC_HASH_SIZE);
}

gboolean
tc_hash_from_hex (const char *text, TcHash *ret_hash)
{
  return tc_hex_decode (text, ret_hash->bytes, TC_HASH_SIZE);
}

TcHash
tc_reader_hash (TcReader *reader)
{
  TcHash hash;

  tc_reader_bytes (reader, hash.bytes, TC_HASH_SIZE);
  return hash;
}

void
tc_put_hash (GByteArray *bytes, const TcHash *hash)
{
  tc_put_bytes (bytes, hash->bytes, TC_HASH_SIZE);
}
