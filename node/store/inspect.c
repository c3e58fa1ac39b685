#include "store-private.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define BLOCKS_MAX 20000u  /* of one epoch that are looked at: more than it can have */

void
tc_store_inspection_clear (TcStoreInspection *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->records, g_array_unref);
  g_clear_pointer (&self->commits, g_ptr_array_unref);
  g_clear_pointer (&self->committee, tc_committee_unref);
}

/* A lock that a running node holds is refused at once, and so not taken; one that is free is given back at once. */
static gboolean
is_running (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "lock", NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gboolean running;

  if (fd < 0)
    return FALSE;
  running = flock (fd, LOCK_SH | LOCK_NB) != 0;
  close (fd);
  return running;
}

/* Follows the chain back to the last block of the epoch before. */
static gboolean
read_epoch (TcDb *db, guint32 height, TcStoreInspection *self, GError **error)
{
  gboolean is_tip = TRUE;

  for (guint i = 0; height > 0 && i < BLOCKS_MAX; i++, height--)
    {
      g_autoptr(TcCommit) commit = NULL;
      TcHeader header;

      if (!tc_chain_read_header (db, height, &header, &commit, error))
        return FALSE;
      if (is_tip)
        {
          self->height = height;
          self->epoch = header.epoch + (tc_hash_is_zero (&header.next_committee) ? 0 : 1);
        }
      is_tip = FALSE;
      if (header.epoch != self->epoch)
        {
          self->epoch_start_ms = (gint64) header.time_ms;
          break;
        }
      g_ptr_array_add (self->commits, g_steal_pointer (&commit));
    }
  return TRUE;
}

static gboolean
inspect_chain (const char *dir, const TcHash *chain_id, TcStoreInspection *self, GError **error)
{
  g_autofree char *path = g_build_filename (dir, TC_CHAIN_FILE.name, NULL);
  g_autoptr(TcDb) db = NULL;
  guint32 height;

  self->epoch = 1;
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  db = tc_db_open_inspector (&TC_CHAIN_FILE, dir, chain_id, error);
  return db != NULL && tc_chain_read_height (db, &height, error) && read_epoch (db, height, self, error)
         && tc_chain_read_committee (db, self->epoch, &self->committee, error);
}

gboolean
tc_store_inspect (const char *dir, const TcHash *chain_id, TcStoreInspection *ret_inspection, GError **error)
{
  g_auto(TcStoreInspection) self = { .commits = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_commit_unref) };
  g_autoptr(TcDb) db = NULL;

  self.path = g_build_filename (dir, TC_SIGNED_FILE.name, NULL);
  self.running = is_running (dir);
  if (!g_file_test (self.path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, "There is no %s. No node has run with this data directory, or the file was removed: a masternode "
                   "that is started here signs nothing before the next epoch if there is a chain.", self.path);
      return FALSE;
    }
  db = tc_db_open_inspector (&TC_SIGNED_FILE, dir, chain_id, error);
  if (db == NULL || !tc_store_judge (db, dir, &self.age, error))
    return FALSE;
  self.records = tc_store_load_records (db, error);
  if (self.records == NULL || !inspect_chain (dir, chain_id, &self, error))
    return FALSE;
  *ret_inspection = self;
  self = (TcStoreInspection) { 0 };
  return TRUE;
}
