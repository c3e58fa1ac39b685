#include "keystore.h"

#include <string.h>

/* What people try first, and so do those who guess. */
static const char *const common[] = {
  "password", "passwort", "123456", "12345678", "123456789", "qwerty", "qwertz", "letmein", "iloveyou", "admin", "welcome", "monkey", "dragon",
  "football", "baseball", "master", "sunshine", "princess", "shadow", "superman", "trustno1", "abc123", "secret", "bitcoin", "timecoin", "wallet",
};
static const char *const rows[] = { "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "1234567890" };

/* Bits that one more character of its kind is worth, in tenths: log2 of the size of the alphabets used. */
static guint
tenths_of_bits (const char *password)
{
  gboolean lower = FALSE, upper = FALSE, digit = FALSE, mark = FALSE, other = FALSE;
  guint alphabet = 0, tenths = 0;

  for (const char *c = password; *c != '\0'; c = g_utf8_next_char (c))
    {
      lower |= g_ascii_islower (*c);
      upper |= g_ascii_isupper (*c);
      digit |= g_ascii_isdigit (*c);
      mark |= g_ascii_ispunct (*c) || *c == ' ';
      other |= (*c & 0x80) != 0;
    }
  alphabet = (lower ? 26u : 0) + (upper ? 26u : 0) + (digit ? 10u : 0) + (mark ? 33u : 0) + (other ? 100u : 0);
  /* log2 by its powers of 2^(1/10), in integers: x10 while 2^tenths/10 < alphabet. */
  for (guint64 power = 1024; power < (guint64) alphabet * 1024; tenths++)
    power = power * 10718 / 10000;
  return tenths;
}

static gboolean
neighbours_on_keyboard (char a, char b)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *place = strchr (rows[i], g_ascii_tolower (a));

      if (a != '\0' && place != NULL && (place[1] == g_ascii_tolower (b) || (place > rows[i] && place[-1] == g_ascii_tolower (b))))
        return TRUE;
    }
  return FALSE;
}

/* A character that follows from the one before it (a repeat, a run, the next key) is worth an eighth of one that does not. */
static guint
count_eighths (const char *password)
{
  guint eighths = 0;

  for (const char *c = password; *c != '\0'; c = g_utf8_next_char (c))
    {
      const char *before = c > password ? g_utf8_prev_char (c) : NULL;
      const gboolean follows = before != NULL && ((g_utf8_get_char (c) - g_utf8_get_char (before) + 1u) <= 2u
                                                  || neighbours_on_keyboard (*before, *c));

      eighths += follows ? 1 : 8;
    }
  return eighths;
}

/* Length of the longest common password inside @password. */
static gsize
common_inside (const char *password)
{
  char *lower = g_ascii_strdown (password, -1);
  gsize longest = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (common); i++)
    if (strstr (lower, common[i]) != NULL)
      longest = MAX (longest, strlen (common[i]));
  tc_secret_free_text (lower);
  return longest;
}

TcPasswordStrength
tc_password_strength (const char *password, guint *ret_bits)
{
  guint eighths, bits;

  if (password == NULL || *password == '\0' || !g_utf8_validate (password, -1, NULL))
    {
      if (ret_bits != NULL)
        *ret_bits = 0;
      return TC_PASSWORD_EMPTY;
    }
  const guint known = (guint) common_inside (password) * 8;
  eighths = count_eighths (password);
  eighths = eighths > known ? eighths - known + 8 : MIN (eighths, 8);
  bits = eighths * tenths_of_bits (password) / 80;
  if (ret_bits != NULL)
    *ret_bits = bits;
  return bits < 28 ? TC_PASSWORD_WEAK : bits < 45 ? TC_PASSWORD_FAIR : bits < 65 ? TC_PASSWORD_GOOD : TC_PASSWORD_STRONG;
}
