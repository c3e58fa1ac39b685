#include "bip39.h"

#include <sodium.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"
#include "core/hash.h"
#include "bip39-words.h"

#define WORD_BITS     11u
#define ROUNDS        2048u
#define WORD_SIZE_MAX 8u
#define PHRASE_SIZE_MAX (TC_BIP39_WORDS_MAX * (WORD_SIZE_MAX + 1u))

G_DEFINE_QUARK (tc-bip39-error-quark, tc_bip39_error)

G_STATIC_ASSERT (G_N_ELEMENTS (tc_bip39_words) == TC_BIP39_WORDS);

static gboolean
is_count (gsize n_words)
{
  return n_words >= TC_BIP39_WORDS_MIN && n_words <= TC_BIP39_WORDS_MAX && n_words % 3 == 0;
}

static gboolean
get_bit (const guint8 *bytes, gsize bit)
{
  return (bytes[bit / 8] >> (7 - bit % 8)) & 1;
}

/* The first bits of SHA-256 (entropy), one for every 32 bits of it: at most 8, so one byte holds them. */
static guint8
checksum (const guint8 *entropy, gsize size_bytes)
{
  TcHash hash = tc_hash_sha256 (entropy, size_bytes);
  guint8 first = hash.bytes[0];

  sodium_memzero (&hash, sizeof hash);
  return (guint8) (first & (0xff00u >> (size_bytes / 4)));
}

TcSecretString *
tc_bip39_from_entropy (const TcSecretBytes *entropy)
{
  const gsize size_bytes = tc_secret_bytes_size (entropy), n_words = size_bytes * 3 / 4;

  TC_CHECK (size_bytes % 4 == 0 && is_count (n_words));
  g_autoptr(TcSecretBytes) bits = tc_secret_bytes_new (size_bytes + 1);
  g_autoptr(TcSecretBytes) text = tc_secret_bytes_new (PHRASE_SIZE_MAX);
  guint8 *data = tc_secret_bytes_get (bits);
  char *end = (char *) tc_secret_bytes_get (text);

  memcpy (data, tc_secret_bytes_get (entropy), size_bytes);
  data[size_bytes] = checksum (data, size_bytes);
  for (gsize i = 0; i < n_words; i++)
    {
      guint index = 0;

      for (gsize bit = i * WORD_BITS; bit < (i + 1) * WORD_BITS; bit++)
        index = index << 1 | (guint) get_bit (data, bit);
      if (i > 0)
        *end++ = ' ';
      end = g_stpcpy (end, tc_bip39_words[index]);
    }
  return tc_secret_string_new ((const char *) tc_secret_bytes_get (text));
}

TcSecretString *
tc_bip39_generate (guint n_words)
{
  TC_CHECK (is_count (n_words));
  g_autoptr(TcSecretBytes) entropy = tc_secret_bytes_new (n_words * 4 / 3);

  randombytes_buf (tc_secret_bytes_get (entropy), tc_secret_bytes_size (entropy));
  return tc_bip39_from_entropy (entropy);
}

TcSecretString *
tc_bip39_normalize (const TcSecretString *phrase)
{
  g_autoptr(TcSecretBytes) out = tc_secret_bytes_new (tc_secret_string_length (phrase) + 1);
  char *end = (char *) tc_secret_bytes_get (out);
  gboolean in_word = FALSE, first = TRUE;

  for (const char *c = tc_secret_string_get (phrase); *c != '\0'; c++)
    {
      if (g_ascii_isspace (*c) || *c == '\v')
        {
          in_word = FALSE;
          continue;
        }
      if (!in_word && !first)
        *end++ = ' ';
      in_word = TRUE;
      first = FALSE;
      *end++ = g_ascii_tolower (*c);
    }
  return tc_secret_string_new ((const char *) tc_secret_bytes_get (out));
}

/* -1, 0, 1 as a word of @n letters orders against the list's entry. */
static int
compare_word (const char *word, gsize n, const char *entry)
{
  int order = strncmp (word, entry, n);

  return order != 0 ? order : (entry[n] == '\0' ? 0 : -1);
}

static int
find_word (const char *word, gsize n)
{
  guint low = 0, high = TC_BIP39_WORDS;

  while (low < high)
    {
      const guint middle = (low + high) / 2;
      const int order = compare_word (word, n, tc_bip39_words[middle]);

      if (order == 0)
        return (int) middle;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return -1;
}

static gsize
count_words (const char *normal)
{
  gsize n = *normal != '\0';

  for (; *normal != '\0'; normal++)
    n += *normal == ' ';
  return n;
}

/* Writes the words' 11 bits each into @bits. */
static gboolean
read_words (const char *normal, guint8 *bits, guint *ret_bad_word, GError **error)
{
  gsize position = 0;
  guint number = 0;

  for (const char *word = normal; *word != '\0'; number++)
    {
      const gsize n = strcspn (word, " ");
      const int index = find_word (word, n);

      if (index < 0)
        {
          if (ret_bad_word != NULL)
            *ret_bad_word = number;
          g_set_error (error, TC_BIP39_ERROR, TC_BIP39_ERROR_WORD,
                       _("Word %u, “%.*s”, is not in the list. Check how it is spelt."), number + 1, (int) MIN (n, 32), word);
          return FALSE;
        }
      for (int bit = WORD_BITS - 1; bit >= 0; bit--, position++)
        if ((index >> bit) & 1)
          bits[position / 8] = (guint8) (bits[position / 8] | 0x80u >> (position % 8));
      word += n;
      word += *word == ' ';
    }
  return TRUE;
}

TcSecretBytes *
tc_bip39_to_entropy (const TcSecretString *phrase, guint *ret_bad_word, GError **error)
{
  g_autoptr(TcSecretString) normal = tc_bip39_normalize (phrase);
  const gsize n_words = count_words (tc_secret_string_get (normal));

  if (n_words > TC_BIP39_WORDS_MAX || n_words == 0)
    {
      g_set_error (error, TC_BIP39_ERROR, TC_BIP39_ERROR_COUNT,
                   _("A phrase has 12, 15, 18, 21 or 24 words, and here are %u."), (guint) n_words);
      return NULL;
    }
  /* Words before count: of a phrase half typed, the wrong word is what the user can mend now. */
  g_autoptr(TcSecretBytes) bits = tc_secret_bytes_new ((TC_BIP39_WORDS_MAX * WORD_BITS + 7) / 8);
  guint8 *data = tc_secret_bytes_get (bits);
  if (!read_words (tc_secret_string_get (normal), data, ret_bad_word, error))
    return NULL;
  if (!is_count (n_words))
    {
      g_set_error (error, TC_BIP39_ERROR, TC_BIP39_ERROR_COUNT,
                   _("A phrase has 12, 15, 18, 21 or 24 words, and here are %u."), (guint) n_words);
      return NULL;
    }
  const gsize size_bytes = n_words * 4 / 3;
  if (data[size_bytes] != checksum (data, size_bytes))
    {
      g_set_error_literal (error, TC_BIP39_ERROR, TC_BIP39_ERROR_CHECKSUM,
                           _("Each word is in the list, but together they are not a phrase. One word is wrong, or two are swapped."));
      return NULL;
    }
  return tc_secret_bytes_copy (data, size_bytes);
}

static void
hmac_parts (guint8 *ret_mac, const TcSecretString *key, const guint8 *a, gsize n_a, const guint8 *b, gsize n_b)
{
  crypto_auth_hmacsha512_state state;

  crypto_auth_hmacsha512_init (&state, (const guint8 *) tc_secret_string_get (key), tc_secret_string_length (key));
  crypto_auth_hmacsha512_update (&state, a, n_a);
  crypto_auth_hmacsha512_update (&state, b, n_b);
  crypto_auth_hmacsha512_final (&state, ret_mac);
  sodium_memzero (&state, sizeof state);
}

/* RFC 8018, section 5.2, for one block of output: its size is the hash's. */
static TcSecretBytes *
pbkdf2 (const TcSecretString *password, const TcSecretBytes *salt)
{
  static const guint8 first_block[4] = { 0, 0, 0, 1 };
  g_autoptr(TcSecretBytes) round = tc_secret_bytes_new (TC_BIP39_SEED_SIZE);
  TcSecretBytes *out = tc_secret_bytes_new (TC_BIP39_SEED_SIZE);
  guint8 *u = tc_secret_bytes_get (round), *sum = tc_secret_bytes_get (out);
  crypto_auth_hmacsha512_state keyed, state;

  hmac_parts (u, password, tc_secret_bytes_get (salt), tc_secret_bytes_size (salt), first_block, sizeof first_block);
  memcpy (sum, u, TC_BIP39_SEED_SIZE);
  crypto_auth_hmacsha512_init (&keyed, (const guint8 *) tc_secret_string_get (password), tc_secret_string_length (password));
  for (guint i = 1; i < ROUNDS; i++)
    {
      state = keyed;
      crypto_auth_hmacsha512_update (&state, u, TC_BIP39_SEED_SIZE);
      crypto_auth_hmacsha512_final (&state, u);
      for (gsize j = 0; j < TC_BIP39_SEED_SIZE; j++)
        sum[j] ^= u[j];
    }
  sodium_memzero (&keyed, sizeof keyed);
  sodium_memzero (&state, sizeof state);
  return out;
}

static TcSecretBytes *
make_salt (const TcSecretString *passphrase)
{
  const char *text = passphrase != NULL ? tc_secret_string_get (passphrase) : "";
  char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFKD);

  if (normal == NULL)  /* not UTF-8: there is no normal form, so the bytes are taken as they are */
    normal = g_strdup (text);
  const gsize n = strlen (normal);
  TcSecretBytes *salt = tc_secret_bytes_new (strlen ("mnemonic") + n);
  memcpy (tc_secret_bytes_get (salt), "mnemonic", strlen ("mnemonic"));
  memcpy (tc_secret_bytes_get (salt) + strlen ("mnemonic"), normal, n);
  tc_secret_free_text (normal);
  return salt;
}

TcSecretBytes *
tc_bip39_seed (const TcSecretString *phrase, const TcSecretString *passphrase)
{
  g_autoptr(TcSecretString) normal = tc_bip39_normalize (phrase);
  g_autoptr(TcSecretBytes) salt = make_salt (passphrase);

  return pbkdf2 (normal, salt);
}

const char *
tc_bip39_word (guint index)
{
  TC_CHECK (index < TC_BIP39_WORDS);
  return tc_bip39_words[index];
}

/* Returns: FALSE where @text is longer than any word. */
static gboolean
lower_word (const char *text, char ret_lower[WORD_SIZE_MAX + 1], gsize *ret_n)
{
  const gsize n = strlen (text);

  if (n > WORD_SIZE_MAX)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    ret_lower[i] = g_ascii_tolower (text[i]);
  ret_lower[n] = '\0';
  *ret_n = n;
  return TRUE;
}

int
tc_bip39_find (const char *word)
{
  char lower[WORD_SIZE_MAX + 1];
  gsize n;

  return lower_word (word, lower, &n) ? find_word (lower, n) : -1;
}

guint
tc_bip39_complete (const char *prefix, guint max, const char **ret_words)
{
  char lower[WORD_SIZE_MAX + 1];
  gsize n;
  guint n_found = 0;

  if (!lower_word (prefix, lower, &n) || n == 0)
    return 0;
  for (guint i = 0; i < TC_BIP39_WORDS && n_found < max; i++)
    if (strncmp (tc_bip39_words[i], lower, n) == 0)
      ret_words[n_found++] = tc_bip39_words[i];
  return n_found;
}
