#pragma once

#include "core/tx.h"

G_BEGIN_DECLS

/* Private memos: text in a payment's memo field that only the recipient and the sender can read (docs/protocol.md, "Private memos").
 *
 *   0xF5 | version u8 = 1 | E 32 | W 48 | text sealed
 *
 * No UTF-8 text begins with 0xF5, so a memo is either public text or this. Pure but for the random number that sealing draws. Any thread. */

#define TC_MEMO_TEXT_MAX 414u  /* bytes of UTF-8 */

typedef enum
{
  TC_MEMO_ERROR_TEXT = 0,  /* empty, too long, or no text */
  TC_MEMO_ERROR_KEY  = 1,  /* not the key that the address commits to, or none that can be encrypted to */
} TcMemoError;

#define TC_MEMO_ERROR (tc_memo_error_quark ())
GQuark   tc_memo_error_quark  (void);

/* What @text_size bytes take in the memo field: rounded up, so that length tells little. */
gsize    tc_memo_sealed_size  (gsize text_size);
/* Whether @memo has the form of a private one. */
gboolean tc_memo_is_private   (const guint8 *memo, gsize n);
/* Whether @key is the one whose hash is @address, and can be encrypted to. */
gboolean tc_memo_check_key    (const TcPublicKey *key, const TcKeyHash *address, GError **error);

/* @recipient: the key that @address, the payment's one recipient, commits to: checked. @sender: the key that signs for @first, the payment's first input.
 * Returns: (transfer full) (nullable): the memo field. */
GBytes  *tc_memo_seal         (const char *text, const TcPublicKey *recipient, const TcKeyHash *address, const TcSecretKey *sender,
                               const TcOutpoint *first, GError **error);
/* What was sealed for @recipient. Returns: (transfer full) (nullable): valid UTF-8; NULL where it is not for that key, or of another payment. */
char    *tc_memo_open         (const guint8 *memo, gsize n, const TcSecretKey *recipient, const TcOutpoint *first);
/* The same for who sealed it. */
char    *tc_memo_open_own     (const guint8 *memo, gsize n, const TcSecretKey *sender, const TcOutpoint *first);

G_END_DECLS
