#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sums of ChaCha20 keystreams as rule S1 has them, mod 2^16 in each of 1 024 lanes, made many blocks at a time. To put a keystream's words in order costs as much as to make
 * them, and a sum may be kept in any order: so a sum lies in the order in which the words come out, and is put in order once, by tc_keystream_sum_get (). */

#define TC_KEYSTREAM_LANES 1024u

typedef struct
{
  guint16 lanes[TC_KEYSTREAM_LANES];
} TcKeystreamSum;

/* The keystream of zero nonce under @key, 32 bytes. */
void tc_keystream_sum_add    (TcKeystreamSum *self, const guint8 *key);
void tc_keystream_sum_remove (TcKeystreamSum *self, const guint8 *key);
/* Adds the sum to @lanes, which are in the keystream's own order. */
void tc_keystream_sum_get    (const TcKeystreamSum *self, guint16 *lanes);

G_END_DECLS
