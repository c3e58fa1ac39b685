#include "console-parser.h"

#include <string.h>

#include <glib/gi18n.h>

#include "wallet/bip39.h"

#define DEPTH_MAX         32
#define METHOD_MAX        64u
#define PHRASE_WORDS      8u   /* so many words of the list in a row are part of a phrase, not chance */
#define NUMBER_DIGITS_MAX 18u  /* longer ones are hashes */

G_DEFINE_QUARK (tc-console-error-quark, tc_console_error)

/* --- Words --- */

typedef struct
{
  const char *at;
  GString    *word;
  gboolean    quoted;   /* some of it stood in quotes */
} Scanner;

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static gboolean
scan_quoted (Scanner *scanner, GError **error)
{
  const char quote = *scanner->at++;

  scanner->quoted = TRUE;
  while (*scanner->at != '\0' && *scanner->at != quote)
    {
      if (quote == '"' && *scanner->at == '\\' && (scanner->at[1] == '"' || scanner->at[1] == '\\'))
        scanner->at++;
      g_string_append_c (scanner->word, *scanner->at++);
    }
  if (*scanner->at == quote)
    {
      scanner->at++;
      return TRUE;
    }
  g_set_error (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_QUOTE, _("A quotation mark (%c) is not closed."), quote);
  return FALSE;
}

/* An array or an object: up to the bracket that closes it, strings skipped. */
static gboolean
scan_json (Scanner *scanner, GError **error)
{
  const char *from = scanner->at;
  gboolean in_string = FALSE;
  int depth = 0;

  for (; *scanner->at != '\0'; scanner->at++)
    {
      const char c = *scanner->at;

      if (in_string && c == '\\' && scanner->at[1] != '\0')
        scanner->at++;
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == '[' || c == '{'))
        depth++;
      else if (!in_string && (c == ']' || c == '}') && --depth == 0)
        {
          scanner->at++;
          g_string_append_len (scanner->word, from, scanner->at - from);
          return TRUE;
        }
    }
  g_set_error_literal (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_BRACKET, _("A bracket is not closed."));
  return FALSE;
}

static gboolean
scan_word (Scanner *scanner, GError **error)
{
  if (*scanner->at == '[' || *scanner->at == '{')
    {
      if (!scan_json (scanner, error))
        return FALSE;
    }
  while (*scanner->at != '\0' && !is_blank (*scanner->at))
    {
      if (*scanner->at == '"' || *scanner->at == '\'')
        {
          if (!scan_quoted (scanner, error))
            return FALSE;
        }
      else
        g_string_append_c (scanner->word, *scanner->at++);
    }
  return TRUE;
}

/* --- What a word is --- */

/* Methods whose parameters are text, whatever they look like. */
static gboolean
takes_text (const char *method)
{
  static const char *const methods[] = { "validateaddress", "getnewaddress", "getaddressinfo", "help" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (method, methods[i]) == 0)
      return TRUE;
  return FALSE;
}

static json_object *
parse_json (const char *text)
{
  json_tokener *tokener = json_tokener_new_ex (DEPTH_MAX);
  json_object *value;
  gboolean good;

  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT);
  value = json_tokener_parse_ex (tokener, text, (int) strlen (text) + 1);
  good = json_tokener_get_error (tokener) == json_tokener_success;
  json_tokener_free (tokener);
  if (good)
    return value;
  json_object_put (value);
  return NULL;
}

/* Appends the word as what it is. */
static gboolean
add_param (json_object *params, const char *method, const Scanner *scanner, GError **error)
{
  const char *text = scanner->word->str;
  const gboolean brackets = text[0] == '[' || text[0] == '{';
  json_object *value = NULL;

  if ((!scanner->quoted || brackets) && !takes_text (method))
    {
      if (strcmp (text, "null") == 0)
        {
          json_object_array_add (params, NULL);
          return TRUE;
        }
      if (!(strspn (text, "0123456789eE") == strlen (text) && strlen (text) > NUMBER_DIGITS_MAX))
        value = parse_json (text);
    }
  if (value == NULL && brackets && !scanner->quoted)
    {
      g_set_error_literal (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_JSON, _("What stands in brackets is no JSON. Texts in it need double quotation marks."));
      return FALSE;
    }
  /* A string of JSON in the line was in quotes: it is one already. */
  json_object_array_add (params, value != NULL ? value : json_object_new_string (text));
  return TRUE;
}

/* --- The line --- */

static gboolean
has_controls (const char *line)
{
  while (*line != '\0' && (((guchar) *line >= 0x20 && *line != 0x7f) || *line == '\t'))
    line++;
  return *line != '\0';
}

static gboolean
check_line (const char *line, GError **error)
{
  if (strlen (line) > TC_CONSOLE_LINE_MAX)
    {
      g_set_error (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_LONG, _("The line is longer than %u bytes. The program time-cli takes longer ones."), TC_CONSOLE_LINE_MAX);
      return FALSE;
    }
  if (g_utf8_validate (line, -1, NULL) && !has_controls (line))
    return TRUE;
  g_set_error_literal (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_TEXT, _("The line has characters that cannot be written here."));
  return FALSE;
}

static gboolean
is_name (const char *text)
{
  return text[0] != '\0' && strlen (text) <= METHOD_MAX && strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen (text);
}

static gboolean
take_method (const Scanner *scanner, char **ret_method, GError **error)
{
  if (is_name (scanner->word->str))
    {
      *ret_method = g_strdup (scanner->word->str);
      return TRUE;
    }
  g_set_error_literal (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_METHOD, _("A line begins with the name of a command. Write help for a list of them."));
  return FALSE;
}

static gboolean
parse_words (const char *line, char **ret_method, json_object *params, GError **error)
{
  g_autoptr(GString) word = g_string_new (NULL);
  Scanner scanner = { .at = line, .word = word };
  guint n = 0;

  for (;;)
    {
      while (is_blank (*scanner.at))
        scanner.at++;
      if (*scanner.at == '\0')
        return TRUE;
      if (n++ == TC_CONSOLE_WORDS_MAX)
        {
          g_set_error (error, TC_CONSOLE_ERROR, TC_CONSOLE_ERROR_LONG, _("The line has more than %u words."), TC_CONSOLE_WORDS_MAX);
          return FALSE;
        }
      g_string_truncate (word, 0);
      scanner.quoted = FALSE;
      if (!scan_word (&scanner, error))
        return FALSE;
      if (!(*ret_method == NULL ? take_method (&scanner, ret_method, error) : add_param (params, *ret_method, &scanner, error)))
        return FALSE;
    }
}

gboolean
tc_console_parse (const char *line, char **ret_method, json_object **ret_params, GError **error)
{
  json_object *params = json_object_new_array ();

  *ret_method = NULL;
  *ret_params = NULL;
  if (check_line (line, error) && parse_words (line, ret_method, params, error))
    {
      *ret_params = params;
      return TRUE;
    }
  g_clear_pointer (ret_method, g_free);
  json_object_put (params);
  return FALSE;
}

/* --- Secrets --- */

static gboolean
names_secret (const char *method, const char *const *more)
{
  static const char *const methods[] = { "walletpassphrase", "walletpassphrasechange", "encryptwallet", "createwallet", "restorewallet", "backupwallet", "checkbackup", "restorebackup",
                                         "importprivkey", "dumpprivkey", "importmnemonic", "signmessagewithprivkey", "signrawtransactionwithkey" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_ascii_strcasecmp (method, methods[i]) == 0)
      return TRUE;
  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    if (g_ascii_strcasecmp (method, more[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
tc_console_usage_is_secret (const char *usage)
{
  g_autofree char *line = g_strndup (usage, strcspn (usage, "\n"));

  return strstr (line, "PASS") != NULL || strstr (line, "PHRASE") != NULL || strstr (line, "SECRET") != NULL || strstr (line, "PRIVKEY") != NULL;
}

/* What separates words of a phrase however it was pasted. */
static gsize
word_length (const char *text)
{
  gsize n = 0;

  while (g_ascii_isalpha (text[n]))
    n++;
  return n;
}

static gboolean
holds_phrase (const char *line)
{
  guint run = 0;

  while (*line != '\0')
    {
      const gsize n = word_length (line);
      char word[16];

      if (n == 0)
        {
          line++;
          continue;
        }
      g_strlcpy (word, line, MIN (n + 1, sizeof word));
      run = n < sizeof word && tc_bip39_find (word) >= 0 ? run + 1 : 0;
      if (run >= PHRASE_WORDS)
        return TRUE;
      line += n;
    }
  return FALSE;
}

static char *
first_word (const char *line)
{
  const char *from = line + strspn (line, " \t\"'");

  return g_strndup (from, strcspn (from, " \t\"'[{("));
}

/* The name as it would be called: quotation marks may stand within it. */
static char *
called_word (const char *line)
{
  g_autoptr(GString) word = g_string_new (NULL);
  Scanner scanner = { .at = line + strspn (line, " \t"), .word = word };

  scan_word (&scanner, NULL);
  return g_strndup (word->str, strcspn (word->str, " \t[{("));
}

static char *
secret_name (const char *line, const char *const *more)
{
  g_autofree char *first = first_word (line), *called = called_word (line);

  if (names_secret (first, more))
    return g_steal_pointer (&first);
  return names_secret (called, more) ? g_steal_pointer (&called) : NULL;
}

gboolean
tc_console_is_secret (const char *line, const char *const *more)
{
  g_autofree char *method = secret_name (line, more);

  return method != NULL || holds_phrase (line);
}

char *
tc_console_mask (const char *line, const char *const *more)
{
  g_autofree char *method = secret_name (line, more);

  return method != NULL ? g_strconcat (method, " …", NULL) : g_strdup ("…");
}

/* --- Completion --- */

char *
tc_console_complete (const char *const *names, const char *prefix, guint *ret_n)
{
  g_autofree char *common = NULL;

  *ret_n = 0;
  for (guint i = 0; names[i] != NULL; i++)
    {
      gsize n = 0;

      if (!g_str_has_prefix (names[i], prefix))
        continue;
      ++*ret_n;
      if (common == NULL)
        common = g_strdup (names[i]);
      while (common[n] != '\0' && common[n] == names[i][n])
        n++;
      common[n] = '\0';
    }
  return common != NULL ? g_steal_pointer (&common) : g_strdup (prefix);
}
