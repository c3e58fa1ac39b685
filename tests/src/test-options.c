#include "options.h"

#include <string.h>

#include <glib/gstdio.h>

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* @line: words apart by one blank, parsed as by a shell that knows no quotes. */
static gboolean
parse (const char *line, TcOptions *ret_options, GError **error)
{
  g_autofree char *text = g_strconcat ("timed", line[0] != '\0' ? " " : "", line, NULL);
  g_auto(GStrv) words = g_strsplit (text, " ", -1);
  g_autofree char **argv = g_memdup2 (words, (g_strv_length (words) + 1) * sizeof *words);  /* parsing moves the pointers */

  return tc_options_parse (ret_options, (int) g_strv_length (words), argv, error);
}

static char *
write_config (const char *text)
{
  char *path = NULL;
  const int fd = g_file_open_tmp ("test-options-XXXXXX", &path, NULL);

  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static gboolean
parse_with_config (const char *settings, const char *line, TcOptions *ret_options, GError **error)
{
  g_autofree char *text = g_strconcat ("[timed]\n", settings, NULL);
  g_autofree char *path = write_config (text);
  g_autofree char *words = g_strdup_printf ("%s%s--config %s", line, line[0] != '\0' ? " " : "", path);
  const gboolean parsed = parse (words, ret_options, error);

  g_remove (path);
  return parsed;
}

static void
test_defaults (void)
{
  g_test_summary ("Nothing asked for: whatever is best, everything kept, the world reached directly.");
  g_auto(TcOptions) options = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_true (parse ("", &options, &error));
  g_assert_cmpint (options.cache_mb, ==, 0);
  g_assert_cmpint (options.prune_mb, ==, 0);
  g_assert_cmpint (options.local, ==, 0);
  g_assert_cmpint (options.sync_mode, ==, TC_NODE_SYNC_MODE_AUTO);
  g_assert_false (options.no_history);
  g_assert_false (options.map_port);
  g_assert_false (options.no_discover);
  g_assert_null (options.proxy);
  g_assert_cmpuint (options.trusted.height, ==, 0);
}

static void
test_command_line (void)
{
  g_test_summary ("Every option of memory, sync and connections is understood.");
  g_auto(TcOptions) options = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_true (parse ("--cache-mb 1024 --prune-mb 2000 --sync snapshot --no-history --proxy [::1]:9050 --map-port --no-discover "
                        "--trusted-block 1200:" HASH, &options, &error));
  g_assert_cmpint (options.cache_mb, ==, 1024);
  g_assert_cmpint (options.prune_mb, ==, 2000);
  g_assert_cmpint (options.sync_mode, ==, TC_NODE_SYNC_MODE_SNAPSHOT);
  g_assert_true (options.no_history);
  g_assert_cmpstr (options.proxy, ==, "[::1]:9050");
  g_assert_true (options.map_port);
  g_assert_true (options.no_discover);
  g_assert_cmpuint (options.trusted.height, ==, 1200);

  g_autofree char *hex = tc_hash_to_hex (&options.trusted.hash);

  g_assert_cmpstr (hex, ==, HASH);
}

static void
test_config (void)
{
  g_test_summary ("The configuration file has the same names; the command line wins, also with a zero.");
  g_auto(TcOptions) options = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_true (parse_with_config ("cache-mb=512\nprune-mb=4000\nsync=full\nno-history=true\nproxy=127.0.0.1:9050\ntrusted-block=7:" HASH "\n"
                                    "connect=a:1;b:2\n", "--prune-mb 0 --sync auto", &options, &error));
  g_assert_no_error (error);
  g_assert_cmpint (options.cache_mb, ==, 512);
  g_assert_cmpint (options.prune_mb, ==, 0);
  g_assert_cmpint (options.sync_mode, ==, TC_NODE_SYNC_MODE_AUTO);
  g_assert_true (options.no_history);
  g_assert_false (options.map_port);
  g_assert_cmpstr (options.proxy, ==, "127.0.0.1:9050");
  g_assert_cmpuint (options.trusted.height, ==, 7);
  g_assert_cmpuint (g_strv_length (options.connect), ==, 2);
}

static void
test_config_errors (void)
{
  g_test_summary ("A setting that is misspelt, or of another kind, is named.");
  static const struct { const char *settings, *expected; } cases[] = {
    { "cache=512\n", "“cache”" },
    { "cache-mb=much\n", "“cache-mb” must be a number" },
    { "no-history=perhaps\n", "“no-history” must be true or false" },
    { "local=two\n", "“local” must be a number" },
    { "sync=slow\n", "--sync takes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(TcOptions) options = { 0 };
      g_autoptr(GError) error = NULL;

      g_assert_false (parse_with_config (cases[i].settings, "", &options, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, cases[i].expected));
    }
}

static void
test_errors (void)
{
  g_test_summary ("What cannot be meant is refused, with the option's name.");
  static const struct { const char *line, *expected; } cases[] = {
    { "--cache-mb 15", "--cache-mb" },
    { "--cache-mb -1", "--cache-mb" },
    { "--cache-mb 65537", "--cache-mb" },
    { "--prune-mb 255", "--prune-mb" },
    { "--prune-mb -3", "--prune-mb" },
    { "--sync none", "--sync" },
    { "--sync ", "--sync" },
    { "--proxy localhost", "--proxy" },
    { "--proxy :9050", "--proxy" },
    { "--proxy localhost:0", "--proxy" },
    { "--proxy localhost:65536", "--proxy" },
    { "--proxy ::1:9050", "--proxy" },
    { "--proxy [::1:9050", "--proxy" },
    { "--trusted-block " HASH, "--trusted-block" },
    { "--trusted-block 0:" HASH, "--trusted-block" },
    { "--trusted-block 5:abc", "--trusted-block" },
    { "--trusted-block 5000000000:" HASH, "--trusted-block" },
    { "--trusted-block 5:" HASH "00", "--trusted-block" },
    { "--local 4 --connect a:1", "--connect" },
    { "--local 4 --proxy localhost:9050", "--local" },
    { "--local 4 --cache-mb 64", "--local" },
    { "--local 4 --no-history", "--local" },
    { "--local 33", "--local" },
    { "dance", "dance" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(TcOptions) options = { 0 };
      g_autoptr(GError) error = NULL;

      g_assert_false (parse (cases[i].line, &options, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].expected) == NULL)
        g_error ("%s: %s", cases[i].line, error->message);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/src/options/defaults", test_defaults);
  g_test_add_func ("/src/options/command-line", test_command_line);
  g_test_add_func ("/src/options/config", test_config);
  g_test_add_func ("/src/options/config-errors", test_config_errors);
  g_test_add_func ("/src/options/errors", test_errors);
  return g_test_run ();
}
