#include "commands.h"

#include <stdio.h>
#include <string.h>

static const struct
{
  const char *first, *second;  /* second: (nullable) */
  int       (*run) (int argc, char **argv);
} commands[] = {
  { "operator-key", NULL, tc_command_operator_key },
  { "masternode", "prove", tc_command_prove },
  { "genesis", "entry", tc_command_genesis_entry },
  { "genesis", "build", tc_command_genesis_build },
  { "genesis", "show", tc_command_genesis_show },
  { "signed", NULL, tc_command_signed },
};

gboolean
tc_command_run (int argc, char **argv, int *ret_status)
{
  gboolean known = FALSE;

  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    {
      const int n_words = commands[i].second != NULL ? 2 : 1;

      if (strcmp (argv[1], commands[i].first) != 0)
        continue;
      known = TRUE;
      if (n_words == 2 && (argc < 3 || strcmp (argv[2], commands[i].second) != 0))
        continue;
      *ret_status = commands[i].run (argc - n_words, argv + n_words);
      return TRUE;
    }
  if (!known)
    return FALSE;
  *ret_status = tc_command_wrong ("timed %s takes one more word: see timed --help.", argv[1]);
  return TRUE;
}

int
tc_command_wrong (const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("timed: %s\n", text);
  return 2;
}

int
tc_command_fail (const GError *error)
{
  g_printerr ("timed: %s\n", error->message);
  return 1;
}

gboolean
tc_command_parse (int argc, char **argv, const GOptionEntry *entries, const char *name, const char *words_usage, const char *summary, guint n_min,
                  guint n_max, char ***ret_words)
{
  g_autoptr(GOptionContext) context = g_option_context_new (words_usage);
  g_autofree char *program = g_strdup_printf ("timed %s", name);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) words = NULL;
  const GOptionEntry rest[] = { { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL }, { NULL } };

  argv[0] = program;
  g_set_prgname (program);
  g_option_context_set_summary (context, summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, rest, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      tc_command_wrong ("%s: see timed %s --help.", error->message, name);
      return FALSE;
    }
  const guint n = words != NULL ? g_strv_length (words) : 0;
  if (n < n_min || n > n_max)
    {
      tc_command_wrong ("write timed %s [OPTION…] %s; see timed %s --help.", name, words_usage, name);
      return FALSE;
    }
  *ret_words = words != NULL ? g_steal_pointer (&words) : g_new0 (char *, 1);
  return TRUE;
}

GBytes *
tc_command_read (const char *path, GError **error)
{
  char *text;
  gsize n;

  return g_file_get_contents (path, &text, &n, error) ? g_bytes_new_take (text, n) : NULL;
}

gboolean
tc_command_write (const char *path, GBytes *bytes, GError **error)
{
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autoptr(GBytes) there = tc_command_read (path, error);

      if (there != NULL && !g_bytes_equal (there, bytes))
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "%s exists and holds something else. Move it away, or name another file.", path);
      return there != NULL && g_bytes_equal (there, bytes);
    }
  return g_file_set_contents_full (path, data, (gssize) n, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}
