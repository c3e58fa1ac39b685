#include "key-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include <glib/gi18n-lib.h>

#define DIGITS    (2 * TC_SEED_SIZE)
#define FILE_MAX  (DIGITS + 2)  /* a line end of either kind */

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

  if (n < 0)
    return fail (fd, path, _("It could not be read."), error);

  const gboolean is_key = (g_strchomp (text), tc_hex_decode (text, seed, TC_SEED_SIZE));

  sodium_memzero (text, sizeof text);
  if (!is_key)
    return refuse (fd, path, "is damaged: it should hold 64 hexadecimal digits. Restore it from a backup.", error);

  TcSecretKey *key = tc_secret_key_new (seed);

  sodium_memzero (seed, sizeof seed);
  close (fd);
  return key;
}

TcSecretKey *
tc_key_file_create (const char *path, GError **error)
{
  const char *const advice = _("A new key could not be written. Check the folder, its permissions and the space on its disk.");
  const int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  guint8 seed[TC_SEED_SIZE];
  char text[DIGITS + 1];

  if (fd < 0)
    return fail (fd, path, advice, error);
  randombytes_buf (seed, sizeof seed);
  sodium_bin2hex (text, sizeof text, seed, sizeof seed);
  text[DIGITS] = '\n';

  const gboolean written = write (fd, text, sizeof text) == (gssize) sizeof text && fsync (fd) == 0;
  TcSecretKey *key = written ? tc_secret_key_new (seed) : NULL;

  sodium_memzero (text, sizeof text);
  sodium_memzero (seed, sizeof seed);
  if (key == NULL)
    {
      fail (fd, path, advice, error);
      unlink (path);
      return NULL;
    }
  close (fd);
  return key;
}
