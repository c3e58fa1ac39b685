#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

G_DEFINE_QUARK (tc-store-error-quark, tc_store_error)

static gboolean
fail_dir (const char *dir, const char *what, GError **error)
{
  int os_error = errno;

  g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, _("The data directory %s cannot be %s: %s. Check that it is yours and that its disk has space and is not read-only."),
               dir, what, g_strerror (os_error));
  return FALSE;
}

/* The kernel drops the lock with the process, however it ends: a lock file that is left over means nothing. */
static gboolean
take_lock (TcStore *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->dir, "lock", NULL);

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    return fail_dir (self->dir, "written", error);
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (errno != EWOULDBLOCK)
    return fail_dir (self->dir, "locked", error);
  g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_IN_USE,
               _("TimeCoin is running already with the data directory %s. Use the one that runs, close it first, or choose another directory."),
               self->dir);
  return FALSE;
}

static gboolean
make_dir (const char *dir, GError **error)
{
  if (g_mkdir_with_parents (dir, 0700) == 0)
    return TRUE;
  return fail_dir (dir, "made", error);
}

TcStore *
tc_store_open (const char *dir, const TcHash *chain_id, GError **error)
{
  g_autoptr(TcStore) self = g_new0 (TcStore, 1);

  self->dir = g_strdup (dir);
  self->lock_fd = self->guard_fd = -1;
  g_mutex_init (&self->peers_mutex);
  if (!make_dir (dir, error) || !take_lock (self, error))
    return NULL;
  /* What was signed first: that it is new must mean that it was lost wherever the chain is not new (rule C5). */
  self->signed_db = tc_db_open (&TC_SIGNED_FILE, dir, chain_id, error);
  if (self->signed_db == NULL || !tc_chain_open (&self->chain, dir, chain_id, error)
      || !tc_store_identify (self, self->chain.has_state || self->chain.block_height > 0, error))
    return NULL;
  self->peers_db = tc_db_open (&TC_PEERS_FILE, dir, chain_id, error);
  if (self->peers_db == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
tc_store_close (TcStore *self)
{
  if (self == NULL)
    return;
  tc_chain_close (&self->chain);
  tc_db_close (self->signed_db);
  tc_db_close (self->peers_db);
  g_mutex_clear (&self->peers_mutex);
  if (self->guard_fd >= 0)
    close (self->guard_fd);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->dir);
  g_free (self);
}

const TcSignedAge *
tc_store_get_signed_age (TcStore *self)
{
  return &self->age;
}
