#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What timed does without running a node: a command word, perhaps one more, options, files. Results go to stdout, what is wrong to stderr.
 * Exit status: 0 done, 1 it could not be done, 2 it was asked for wrongly. */

/* Returns: FALSE where @argv names none of these commands. @ret_status: (out): the exit status. */
gboolean tc_command_run (int argc, char **argv, int *ret_status);

/* One command; @argv[0] is its last word. */
int      tc_command_operator_key  (int argc, char **argv);
int      tc_command_prove         (int argc, char **argv);
int      tc_command_genesis_entry (int argc, char **argv);
int      tc_command_genesis_build (int argc, char **argv);
int      tc_command_genesis_show  (int argc, char **argv);
int      tc_command_signed        (int argc, char **argv);

/* --- For the commands --- */

/* Parses options; what is left are the command's words (g_strfreev), of which there must be @n_min to @n_max. Returns: FALSE, and said why, where they
 * are wrong. @words_usage: what --help shows after the name. */
gboolean tc_command_parse (int argc, char **argv, const GOptionEntry *entries, const char *name, const char *words_usage, const char *summary,
                           guint n_min, guint n_max, char ***ret_words);
/* Prints the message of @error. Returns: 1. */
int      tc_command_fail  (const GError *error);
/* The same for a mistake of the caller's. Returns: 2. */
int      tc_command_wrong (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* Writes a new file, or finds the same bytes there; never over others. */
gboolean tc_command_write (const char *path, GBytes *bytes, GError **error);
GBytes  *tc_command_read  (const char *path, GError **error);

G_END_DECLS
