#pragma once

#include <glib.h>

#include "codec.h"

G_BEGIN_DECLS

#define TC_HASH_SIZE 32u

/* A 32-byte hash: a plain value. All zero means "absent" wherever a field may be absent. */
typedef struct
{
  guint8 bytes[TC_HASH_SIZE];
} TcHash;

extern const TcHash TC_HASH_ZERO;

/* Every personalisation tag, in one place: H(tag, x) of docs/protocol.md. Zero-padded to 16 bytes. */
#define TC_TAG_TXID      "TimeCoin txid"
#define TC_TAG_SIGN      "TimeCoin sign"
#define TC_TAG_CHAIN     "TimeCoin chain"
#define TC_TAG_GENESIS   "TimeCoin genesis"
#define TC_TAG_SEED      "TimeCoin seed"
#define TC_TAG_SEAT      "TimeCoin seat"
#define TC_TAG_PROPOSER  "TimeCoin propose"
#define TC_TAG_VRF       "TimeCoin vrf"
#define TC_TAG_BLOCK     "TimeCoin block"
#define TC_TAG_COMMIT    "TimeCoin commit"
#define TC_TAG_SIGS      "TimeCoin sigs"
#define TC_TAG_COMMITTEE "TimeCoin members"
#define TC_TAG_LTHASH    "TimeCoin lthash"
#define TC_TAG_STATE     "TimeCoin state"
#define TC_TAG_EPOCH     "TimeCoin epoch"
#define TC_TAG_EVIDENCE  "TimeCoin eviden"
#define TC_TAG_CLOSES    "TimeCoin closes"
#define TC_TAG_MEMO      "TimeCoin memo"     /* a keyed hash */
#define TC_TAG_MEMO_KEY  "TimeCoin memokey"
#define TC_TAG_MESSAGE   "TimeCoin message"
#define TC_TAG_FILE      "TimeCoin file"
/* Tags of signed messages: what is signed is tag (16) | chain_id | content. */
#define TC_TAG_VOTE      "TimeCoin vote"
#define TC_TAG_PROPOSAL  "TimeCoin propos"
#define TC_TAG_BATCH     "TimeCoin batch"
#define TC_TAG_CLOSE     "TimeCoin close"
#define TC_TAG_ATTEST    "TimeCoin attest"
#define TC_TAG_HEARTBEAT "TimeCoin heart"
#define TC_TAG_POSSESS   "TimeCoin possess"
#define TC_TAG_ROLE      "TimeCoin role"
#define TC_TAG_ENTRY     "TimeCoin entry"
#define TC_TAG_PAYER     "TimeCoin payer"

/* H(@tag, @data): BLAKE2b-256, personalisation = @tag (at most 16 characters) zero-padded, no salt, no key. */
TcHash    tc_hash_tagged  (const char *tag, const guint8 *data, gsize n);
TcHash    tc_hash_tagged_bytes (const char *tag, const GByteArray *bytes);
/* The same of many at once, which is several times as quick where they are short. @tag: NULL: untagged. */
typedef struct
{
  const guint8 *data;
  gsize         size_bytes;
} TcHashInput;

void      tc_hash_many    (const char *tag, const TcHashInput *inputs, gsize n, TcHash *ret_hashes);
TcHash    tc_hash_sha256  (const guint8 *data, gsize n);

/* RFC 6962, section 2.1, with SHA-256 replaced by untagged BLAKE2b-256: leaf = hash (0x00 | leaf), node = hash (0x01 | left | right).
 * @leaves: n_leaves entries. Returns: TC_HASH_ZERO for no leaves (an absent root). */
TcHash    tc_merkle_root  (const TcHash *leaves, gsize n_leaves);

/* RFC 6962, section 2.1.1: the audit path of leaf @index. @ret_path: TC_MERKLE_PATH_MAX entries. Returns: how many of them are set. */
#define TC_MERKLE_PATH_MAX 32u  /* of 2^32 leaves */
gsize     tc_merkle_path  (const TcHash *leaves, gsize n_leaves, gsize index, TcHash *ret_path);
/* TRUE where @path shows that @leaf is number @index of the @n_leaves under @root. */
gboolean  tc_merkle_check_path (const TcHash *leaf, guint32 index, guint32 n_leaves, const TcHash *path, gsize n_path, const TcHash *root);

gboolean  tc_hash_is_zero (const TcHash *hash);
int       tc_hash_compare (const TcHash *a, const TcHash *b);  /* memcmp order */
/* For GHashTable: keyed by 16 bytes drawn once a process, so that no peer can prepare keys that collide. Nothing may depend on the value. */
guint     tc_table_hash   (const guint8 *data, gsize n);
/* The same in 64 bits, for tables that keep it in the place of what it stands for. */
guint64   tc_table_tag    (const guint8 *data, gsize n);
/* For GHashTable keys of TcHash *. */
guint     tc_hash_hash    (gconstpointer hash);
gboolean  tc_hash_equal   (gconstpointer a, gconstpointer b);
TcHash   *tc_hash_copy    (const TcHash *hash);

char     *tc_hash_to_hex  (const TcHash *hash);
gboolean  tc_hash_from_hex (const char *text, TcHash *ret_hash);

TcHash    tc_reader_hash  (TcReader *reader);
void      tc_put_hash     (GByteArray *bytes, const TcHash *hash);

G_END_DECLS
