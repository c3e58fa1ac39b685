#pragma once

#include <json-c/json.h>
#include <glib.h>

G_BEGIN_DECLS

/* A line of the console, in Bitcoin Core's manner: words between blanks; "…" and '…' hold blanks, with \" and \\ within the first; an array or an object of JSON is one word up to its
 * closing bracket. What JSON reads as a number, true, false, null, an array or an object is that; all else, and what stands in quotes, is text. Pure. */

#define TC_CONSOLE_LINE_MAX  65536u  /* bytes */
#define TC_CONSOLE_WORDS_MAX 64u

typedef enum
{
  TC_CONSOLE_ERROR_LONG    = 0,  /* the line, or it has too many words */
  TC_CONSOLE_ERROR_QUOTE   = 1,  /* one is not closed */
  TC_CONSOLE_ERROR_BRACKET = 2,  /* the same */
  TC_CONSOLE_ERROR_JSON    = 3,  /* what begins with a bracket is no JSON */
  TC_CONSOLE_ERROR_TEXT    = 4,  /* not UTF-8, or a control character */
  TC_CONSOLE_ERROR_METHOD  = 5,  /* the first word is no name */
} TcConsoleError;

#define TC_CONSOLE_ERROR (tc_console_error_quark ())
GQuark       tc_console_error_quark (void);

/* @ret_method: (out) (transfer full): NULL for a line without words. @ret_params: (out) (transfer full): an array. Messages are for people. */
gboolean     tc_console_parse       (const char *line, char **ret_method, json_object **ret_params, GError **error);

/* Whether a line would carry a secret: it begins with a method that takes a password or a phrase (the known ones, and @more, (nullable)), or has words that are a phrase, whatever stands
 * before them. Such lines are neither run nor kept. */
gboolean     tc_console_is_secret   (const char *line, const char *const *more);

/* The method's name alone, to be shown for such a line: "walletpassphrase …"; nothing of it where the first word may be a secret itself. Returns: (transfer full). */
char        *tc_console_mask        (const char *line, const char *const *more);

/* Whether a method is one that takes secrets, by the first line of its help: "checkbackup PATH BACKUPPASSWORD". */
gboolean     tc_console_usage_is_secret (const char *usage);

/* The longest beginning that all of @names that begin with @prefix have; @ret_n: how many they are. Returns: (transfer full). */
char        *tc_console_complete    (const char *const *names, const char *prefix, guint *ret_n);

G_END_DECLS
