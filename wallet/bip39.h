#pragma once

#include "secret.h"

G_BEGIN_DECLS

/* BIP39 with the English list: entropy <-> phrase, phrase -> seed. Any thread; tc_crypto_init () first. */

#define TC_BIP39_WORDS      2048u
#define TC_BIP39_WORDS_MIN  12u
#define TC_BIP39_WORDS_MAX  24u
#define TC_BIP39_SEED_SIZE  64u

typedef enum
{
  TC_BIP39_ERROR_COUNT    = 0,  /* not 12, 15, 18, 21 or 24 words; the message says how many there are */
  TC_BIP39_ERROR_WORD     = 1,  /* a word that is not in the list; the message names its number and the word */
  TC_BIP39_ERROR_CHECKSUM = 2,  /* every word is in the list, yet together they are no phrase: a wrong word, or the wrong order */
} TcBip39Error;

#define TC_BIP39_ERROR (tc_bip39_error_quark ())
GQuark          tc_bip39_error_quark    (void);

/* A new phrase from the system's random source. @n_words: 12, 15, 18, 21 or 24. */
TcSecretString *tc_bip39_generate       (guint n_words);

/* @entropy: 16, 20, 24, 28 or 32 bytes. */
TcSecretString *tc_bip39_from_entropy   (const TcSecretBytes *entropy);

/* Checks @phrase, in any letter case and with any blanks between its words (a paste works).
 * @ret_bad_word: (out) (optional): for TC_BIP39_ERROR_WORD the position of the bad word, from 0; untouched otherwise.
 * Returns: (transfer full) (nullable): the entropy. */
TcSecretBytes  *tc_bip39_to_entropy     (const TcSecretString *phrase, guint *ret_bad_word, GError **error);

/* The phrase in its one form: lower case, single blanks. Does not check it. */
TcSecretString *tc_bip39_normalize      (const TcSecretString *phrase);

/* PBKDF2-HMAC-SHA512, 2 048 rounds. The phrase is normalised first and not checked; @passphrase: (nullable): taken in NFKD.
 * Takes some ms. Returns: (transfer full): TC_BIP39_SEED_SIZE bytes. */
TcSecretBytes  *tc_bip39_seed           (const TcSecretString *phrase, const TcSecretString *passphrase);

/* The list, for word completion. @index < TC_BIP39_WORDS. */
const char     *tc_bip39_word           (guint index);
/* Returns: the index of @word in the list (any letter case), or -1. */
int             tc_bip39_find           (const char *word);
/* The words that begin with @prefix (any letter case), in order; those up to @max are written to @ret_words (static strings).
 * Returns: how many were written. */
guint           tc_bip39_complete       (const char *prefix, guint max, const char **ret_words);

G_END_DECLS
