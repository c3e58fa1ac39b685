#include "page-sum.h"

#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#include "core/check.h"

#define CHUNK_PAGES 64
#define SUMMED_SIZE (TC_PAGE_SUM_PAGE_SIZE - TC_PAGE_SUM_SIZE)

/* Our file object is followed in memory by the system VFS's own. */
typedef struct
{
  sqlite3_file base;
  gboolean     summed;  /* the main database, not its log */
} SumFile;

static sqlite3_vfs *
system_vfs (sqlite3_vfs *vfs)
{
  return vfs->pAppData;
}

static sqlite3_file *
inner (sqlite3_file *file)
{
  return (sqlite3_file *) ((SumFile *) file + 1);
}

/* A page that moved to another place is damage too: the place is part of the sum. */
static void
page_sum (const guint8 *page, sqlite3_int64 offset, guint8 ret_sum[TC_PAGE_SUM_SIZE])
{
  const guint64 place = GUINT64_TO_LE ((guint64) offset);
  guint8 full[16];
  crypto_generichash_state state;

  crypto_generichash_init (&state, NULL, 0, sizeof full);
  crypto_generichash_update (&state, (const guint8 *) &place, sizeof place);
  crypto_generichash_update (&state, page, SUMMED_SIZE);
  crypto_generichash_final (&state, full, sizeof full);
  memcpy (ret_sum, full, TC_PAGE_SUM_SIZE);
}

static int
sum_close (sqlite3_file *file)
{
  return inner (file)->pMethods->xClose (inner (file));
}

/* SQLite reads whole pages, but for the first 100 bytes and the change counter, which it reads again as part of page 1. */
static int
sum_read (sqlite3_file *file, void *buffer, int amount, sqlite3_int64 offset)
{
  guint8 sum[TC_PAGE_SUM_SIZE];
  const int result = inner (file)->pMethods->xRead (inner (file), buffer, amount, offset);

  if (result != SQLITE_OK || !((SumFile *) file)->summed || amount != TC_PAGE_SUM_PAGE_SIZE)
    return result;
  page_sum (buffer, offset, sum);
  return memcmp (sum, (const guint8 *) buffer + SUMMED_SIZE, sizeof sum) == 0 ? SQLITE_OK : SQLITE_IOERR_DATA;
}

static int
sum_write (sqlite3_file *file, const void *buffer, int amount, sqlite3_int64 offset)
{
  guint8 page[TC_PAGE_SUM_PAGE_SIZE];

  if (!((SumFile *) file)->summed || amount != TC_PAGE_SUM_PAGE_SIZE)
    return inner (file)->pMethods->xWrite (inner (file), buffer, amount, offset);
  memcpy (page, buffer, SUMMED_SIZE);
  page_sum (page, offset, page + SUMMED_SIZE);
  return inner (file)->pMethods->xWrite (inner (file), page, amount, offset);
}

static int
sum_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return inner (file)->pMethods->xTruncate (inner (file), size);
}

static int
sum_sync (sqlite3_file *file, int flags)
{
  return inner (file)->pMethods->xSync (inner (file), flags);
}

static int
sum_file_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  return inner (file)->pMethods->xFileSize (inner (file), ret_size);
}

static int
sum_lock (sqlite3_file *file, int level)
{
  return inner (file)->pMethods->xLock (inner (file), level);
}

static int
sum_unlock (sqlite3_file *file, int level)
{
  return inner (file)->pMethods->xUnlock (inner (file), level);
}

static int
sum_check_reserved (sqlite3_file *file, int *ret_reserved)
{
  return inner (file)->pMethods->xCheckReservedLock (inner (file), ret_reserved);
}

static int
sum_control (sqlite3_file *file, int op, void *argument)
{
  return inner (file)->pMethods->xFileControl (inner (file), op, argument);
}

static int
sum_sector_size (sqlite3_file *file)
{
  return inner (file)->pMethods->xSectorSize (inner (file));
}

static int
sum_characteristics (sqlite3_file *file)
{
  return inner (file)->pMethods->xDeviceCharacteristics (inner (file));
}

/* Version 1: neither shared memory (the file is ours alone while it is open) nor memory maps, which would go round the check. */
static const sqlite3_io_methods sum_methods = {
  .iVersion = 1,
  .xClose = sum_close,
  .xRead = sum_read,
  .xWrite = sum_write,
  .xTruncate = sum_truncate,
  .xSync = sum_sync,
  .xFileSize = sum_file_size,
  .xLock = sum_lock,
  .xUnlock = sum_unlock,
  .xCheckReservedLock = sum_check_reserved,
  .xFileControl = sum_control,
  .xSectorSize = sum_sector_size,
  .xDeviceCharacteristics = sum_characteristics,
};

static int
sum_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
  const int result = system_vfs (vfs)->xOpen (system_vfs (vfs), name, inner (file), flags, ret_flags);

  ((SumFile *) file)->summed = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  file->pMethods = inner (file)->pMethods != NULL ? &sum_methods : NULL;
  return result;
}

static int
sum_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  return system_vfs (vfs)->xDelete (system_vfs (vfs), name, sync);
}

static int
sum_access (sqlite3_vfs *vfs, const char *name, int flags, int *ret_result)
{
  return system_vfs (vfs)->xAccess (system_vfs (vfs), name, flags, ret_result);
}

static int
sum_full_path (sqlite3_vfs *vfs, const char *name, int n, char *ret_path)
{
  return system_vfs (vfs)->xFullPathname (system_vfs (vfs), name, n, ret_path);
}

static int
sum_randomness (sqlite3_vfs *vfs, int n, char *ret_bytes)
{
  return system_vfs (vfs)->xRandomness (system_vfs (vfs), n, ret_bytes);
}

static int
sum_sleep (sqlite3_vfs *vfs, int microseconds)
{
  return system_vfs (vfs)->xSleep (system_vfs (vfs), microseconds);
}

static int
sum_time (sqlite3_vfs *vfs, double *ret_julian_day)
{
  return system_vfs (vfs)->xCurrentTime (system_vfs (vfs), ret_julian_day);
}

static int
sum_last_error (sqlite3_vfs *vfs, int n, char *ret_text)
{
  return system_vfs (vfs)->xGetLastError (system_vfs (vfs), n, ret_text);
}

static gboolean
is_good (const guint8 *page, sqlite3_int64 offset)
{
  guint8 sum[TC_PAGE_SUM_SIZE];

  page_sum (page, offset, sum);
  return memcmp (sum, page + SUMMED_SIZE, sizeof sum) == 0 || (page[0] == 0 && memcmp (page, page + 1, TC_PAGE_SUM_PAGE_SIZE - 1) == 0);
}

int
tc_page_sum_check_all (sqlite3 *handle)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK_PAGES * TC_PAGE_SUM_PAGE_SIZE);
  sqlite3_file *file = NULL;
  sqlite3_int64 size = 0;
  int result = sqlite3_file_control (handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);

  if (result == SQLITE_OK)
    result = sum_file_size (file, &size);
  if (result == SQLITE_OK && size % TC_PAGE_SUM_PAGE_SIZE != 0)
    result = SQLITE_IOERR_DATA;
  for (sqlite3_int64 offset = 0; offset < size && result == SQLITE_OK;)
    {
      const int n = (int) MIN (size - offset, CHUNK_PAGES * TC_PAGE_SUM_PAGE_SIZE);

      result = inner (file)->pMethods->xRead (inner (file), chunk, n, offset);
      for (int i = 0; i < n && result == SQLITE_OK; i += TC_PAGE_SUM_PAGE_SIZE)
        if (!is_good (chunk + i, offset + i))
          result = SQLITE_IOERR_DATA;
      offset += n;
    }
  return result;
}

void
tc_page_sum_register (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 1,
    .zName = TC_PAGE_SUM_VFS,
    .xOpen = sum_open,
    .xDelete = sum_delete,
    .xAccess = sum_access,
    .xFullPathname = sum_full_path,
    .xRandomness = sum_randomness,
    .xSleep = sum_sleep,
    .xCurrentTime = sum_time,
    .xGetLastError = sum_last_error,
  };
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  sqlite3_vfs *below = sqlite3_vfs_find (NULL);
  TC_CHECK (below != NULL);
  vfs.pAppData = below;
  vfs.szOsFile = (int) sizeof (SumFile) + below->szOsFile;
  vfs.mxPathname = below->mxPathname;
  TC_CHECK (sqlite3_vfs_register (&vfs, FALSE) == SQLITE_OK);
  g_once_init_leave (&once, 1);
}
