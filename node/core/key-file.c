#include "key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <glib/gi18n-lib.h>

#include "check.h"

#define DIGITS    (2 * TC_SEED_SIZE)
#define FILE_MAX  4096u  /* with lines that begin with #, which say what it is */

static TcSecretKey *
fail (int fd, const char *path, const char *advice, GError **error)
{
  const int number = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), _("The key file %s: %s. %s"), path, g_strerror (number), advice);
  if (fd >= 0)
    close (fd);
  return NULL;
}

static TcSecretKey *
refuse (int fd, const char *path, const char *problem, GError **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, _("The key file %s %s"), path, problem);
  close (fd);
  return NULL;
}

TcSecretKey *
tc_key_file_load (const char *path, GError **error)
{
  const int fd = open (path, O_RDONLY | O_CLOEXEC);
  char text[FILE_MAX + 2] = { 0 };
  guint8 seed[TC_SEED_SIZE];
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0)
    return fail (fd, path, _("Check the path."), error);
  if (!S_ISREG (info.st_mode) || info.st_size > (off_t) FILE_MAX)
    return refuse (fd, path, "is no key file: it should hold 64 hexadecimal digits.", error);
  if ((info.st_mode & 077) != 0)
    return refuse (fd, path, "can be read by others than its owner. Run chmod 600 on it; if others may have read it, make a new key.", error);

  const gssize n = read (fd, text, FILE_MAX);
  char *digits = text;

  if (n < 0)
    return fail (fd, path, _("It could not be read."), error);

  while (digits[0] == '#' && strchr (digits, '\n') != NULL)
    digits = strchr (digits, '\n') + 1;

  const gboolean is_key = (g_strchomp (digits), tc_hex_decode (digits, seed, TC_SEED_SIZE));

  sodium_memzero (text, sizeof text);
  if (!is_key)
    return refuse (fd, path, "is damaged: it should hold 64 hexadecimal digits. Restore it from a backup.", error);

  TcSecretKey *key = tc_secret_key_new (seed);

  sodium_memzero (seed, sizeof seed);
  close (fd);
  return key;
}

static gboolean
write_all (int fd, const char *text, gsize size)
{
  while (size > 0)
    {
      const gssize n = write (fd, text, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      text += n;
      size -= (gsize) n;
    }
  return TRUE;
}

gboolean
tc_key_file_write (const char *path, const char *head, const TcSecretKey *key, GError **error)
{
  const char *const advice = _("The key could not be written. Check the folder, its permissions and the space on its disk; nothing is written over another file.");
  const int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  char text[DIGITS + 1];
  gboolean written;

  TC_CHECK (head == NULL || strlen (head) + sizeof text <= FILE_MAX);
  if (fd < 0)
    return fail (fd, path, advice, error) != NULL;
  sodium_bin2hex (text, sizeof text, tc_secret_key_get_seed (key), TC_SEED_SIZE);
  text[DIGITS] = '\n';
  written = (head == NULL || write_all (fd, head, strlen (head))) && write_all (fd, text, sizeof text) && fsync (fd) == 0;
  sodium_memzero (text, sizeof text);
  if (written)
    {
      close (fd);
      return TRUE;
    }
  fail (fd, path, advice, error);
  unlink (path);
  return FALSE;
}

TcSecretKey *
tc_key_file_create (const char *path, GError **error)
{
  g_autoptr(TcSecretKey) key = NULL;
  guint8 seed[TC_SEED_SIZE];

  randombytes_buf (seed, sizeof seed);
  key = tc_secret_key_new (seed);
  sodium_memzero (seed, sizeof seed);
  return tc_key_file_write (path, NULL, key, error) ? g_steal_pointer (&key) : NULL;
}
