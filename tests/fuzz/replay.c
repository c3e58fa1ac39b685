/* Runs a fuzz target without libFuzzer: every file of a corpus folder, and a fixed sequence of mutations of them, the same on every machine.
 * usage: fuzz-NAME CORPUS-FOLDER [MUTATIONS] */
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define MUTATIONS_DEFAULT 8000u
#define INPUT_SIZE_MAX    (1u << 20)

#pragma weak LLVMFuzzerInitialize

static struct
{
  const guint8 *data;
  gsize         size_bytes;
} current;

/* So that a crash can be put into the corpus. Only what is safe in a signal handler. */
static void
on_crash (int number)
{
  static const char digits[] = "0123456789abcdef";
  static const char heading[] = "input that failed (hex): ";
  gssize ignored = write (STDERR_FILENO, heading, sizeof heading - 1);

  for (gsize i = 0; i < current.size_bytes; i++)
    {
      const char pair[] = { digits[current.data[i] >> 4], digits[current.data[i] & 0x0f] };

      ignored = write (STDERR_FILENO, pair, sizeof pair);
    }
  ignored = write (STDERR_FILENO, "\n", 1);
  (void) ignored;
  signal (number, SIG_DFL);
  raise (number);
}

/* An exact copy on the heap, so that AddressSanitizer sees one byte too many. */
static void
run (const guint8 *data, gsize n)
{
  guint8 *copy = g_malloc (MAX (n, 1));

  if (n > 0)
    memcpy (copy, data, n);
  current.data = copy;
  current.size_bytes = n;
  LLVMFuzzerTestOneInput (copy, n);
  current.size_bytes = 0;
  g_free (copy);
}

/* splitmix64 */
static guint64
next (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint
below (guint64 *state, guint n)
{
  return n == 0 ? 0 : (guint) (next (state) % n);
}

static void
insert (GByteArray *bytes, guint at, const guint8 *data, guint n)
{
  g_autofree guint8 *tail = g_memdup2 (bytes->data + at, bytes->len - at);
  const guint n_tail = bytes->len - at;

  g_byte_array_set_size (bytes, at);
  g_byte_array_append (bytes, data, n);
  if (n_tail > 0)
    g_byte_array_append (bytes, tail, n_tail);
}

static void
insert_slice (GByteArray *bytes, GBytes *from, guint64 *state)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (from, &size);
  const guint start = below (state, (guint) size);
  const guint n = below (state, (guint) MIN (size - start, 256) + 1);

  if (n > 0)
    insert (bytes, below (state, bytes->len + 1), data + start, n);
}

static void
overwrite (GByteArray *bytes, guint64 *state)
{
  static const guint8 values[] = { 0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff, ' ', '.', ',', '0', '"', '{', '[' };
  const guint start = below (state, bytes->len);
  const guint n = 1u << below (state, 4);

  memset (bytes->data + start, values[below (state, G_N_ELEMENTS (values))], MIN (n, bytes->len - start));
}

static void
mutate (GByteArray *bytes, GPtrArray *corpus, guint64 *state)
{
  const guint8 random = (guint8) next (state);

  switch (bytes->len == 0 ? 5 : below (state, 7))
    {
    case 0:
      bytes->data[below (state, bytes->len)] ^= (guint8) (1u << (random & 7));
      break;
    case 1:
      overwrite (bytes, state);
      break;
    case 2:
      g_byte_array_set_size (bytes, below (state, bytes->len));
      break;
    case 3:
      {
        const guint start = below (state, bytes->len);
        const guint n = 1 + below (state, 40);

        g_byte_array_remove_range (bytes, start, MIN (n, bytes->len - start));
        break;
      }
    case 4:
      bytes->data[below (state, bytes->len)] = random;
      break;
    case 5:
      insert (bytes, below (state, bytes->len + 1), &random, 1);
      break;
    default:
      insert_slice (bytes, g_ptr_array_index (corpus, below (state, corpus->len)), state);
      break;
    }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In the order of names, not of the disk. */
static GPtrArray *
load_corpus (const char *folder)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (dir == NULL)
    g_error ("%s", error->message);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      char *contents;
      gsize size;

      if (!g_file_get_contents (path, &contents, &size, &error))
        g_error ("%s", error->message);
      g_ptr_array_add (corpus, g_bytes_new_take (contents, size));
    }
  if (corpus->len == 0)
    g_error ("%s holds no file", folder);
  return corpus;
}

static void
run_mutations (GPtrArray *corpus, guint n_mutations)
{
  guint64 state = 1;

  for (guint i = 0; i < n_mutations; i++)
    {
      GBytes *seed = g_ptr_array_index (corpus, i % corpus->len);
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      const guint n_steps = 1 + below (&state, 6);

      if (g_bytes_get_size (seed) > 0)
        g_byte_array_append (bytes, g_bytes_get_data (seed, NULL), (guint) g_bytes_get_size (seed));
      for (guint k = 0; k < n_steps && bytes->len < INPUT_SIZE_MAX; k++)
        mutate (bytes, corpus, &state);
      run (bytes->data, bytes->len);
    }
}

int
main (int argc, char *argv[])
{
  static const int crashes[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP };
  g_autoptr(GPtrArray) corpus = NULL;
  guint n_mutations = MUTATIONS_DEFAULT;

  if (argc < 2)
    g_error ("usage: %s CORPUS-FOLDER [MUTATIONS]", argv[0]);
  if (argc > 2)
    n_mutations = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  if (LLVMFuzzerInitialize != NULL)
    LLVMFuzzerInitialize (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (crashes); i++)
    signal (crashes[i], on_crash);
  corpus = load_corpus (argv[1]);
  for (guint i = 0; i < corpus->len; i++)
    run (g_bytes_get_data (g_ptr_array_index (corpus, i), NULL), g_bytes_get_size (g_ptr_array_index (corpus, i)));
  run_mutations (corpus, n_mutations);
  printf ("%u files, %u mutations\n", corpus->len, n_mutations);
  return 0;
}
