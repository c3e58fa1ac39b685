#include "wallet-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wallet-types.h"

static gboolean
fail_reading (const char *path, int code, GError **error)
{
  /* Translators: the first %s is the path of a file, the second one says why, as the system words it. */
  g_set_error (error, TC_WALLET_ERROR, code == ENOENT ? TC_WALLET_ERROR_MISSING : TC_WALLET_ERROR_FAILED, _("The file “%s” could not be read: %s."), path,
               g_strerror (code));
  return FALSE;
}

static gboolean
read_all (int fd, const char *path, GByteArray *bytes, gsize size_max, GError **error)
{
  guint8 part[65536];
  gssize n;

  while ((n = read (fd, part, sizeof part)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_reading (path, errno, error);
      g_byte_array_append (bytes, part, (guint) n);
      if (bytes->len > size_max)
        {
          g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_DAMAGED, _("The file “%s” is too large: it is another one."), path);
          return FALSE;
        }
    }
  return TRUE;
}

GBytes *
tc_wallet_read_file (const char *path, gsize size_max, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  const int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);  /* a pipe does not hold us */
  struct stat info;
  gboolean ok = FALSE;

  if (fd < 0 || fstat (fd, &info) != 0)
    fail_reading (path, errno, error);
  else if (!S_ISREG (info.st_mode))
    fail_reading (path, EINVAL, error);
  else
    ok = read_all (fd, path, bytes, size_max, error);
  if (fd >= 0)
    g_close (fd, NULL);
  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  const int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  g_close (fd, NULL);
}

gboolean
tc_wallet_write_file (const char *path, GBytes *bytes, gboolean replace, GError **error)
{
  g_autoptr(GError) cause = NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (!replace && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS, _("There is a file “%s” already. Choose another name."), path);
      return FALSE;
    }
  if (!g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("The file could not be written. Choose another folder. (%s)"), cause->message);
      return FALSE;
    }
  g_chmod (path, 0600);  /* one that was there before kept its mode */
  sync_folder (path);
  g_autoptr(GBytes) back = tc_wallet_read_file (path, size, error);
  if (back == NULL || g_bytes_equal (back, bytes))
    return back != NULL;
  g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("The file “%s” does not hold what was written to it. Choose another disk."), path);
  return FALSE;
}
