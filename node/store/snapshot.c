#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/check.h"

#include "store-private.h"

#define DIR_NAME     "snapshots"
#define TMP_SUFFIX   ".tmp"
#define MAGIC        "TCpart01"
#define MAGIC_SIZE   8u
#define PIECE_SIZE   65536u
#define PIECE_STORED (PIECE_SIZE + TC_HASH_SIZE)

/* --- names --- */

static char *
snapshot_path (const char *dir, guint32 height, const char *suffix)
{
  return g_strdup_printf ("%s/" DIR_NAME "/%u%s", dir, height, suffix);
}

static char *
part_path (const char *snapshot, guint part)
{
  return g_strdup_printf ("%s/%03u", snapshot, part);
}

/* "12345" and nothing else. */
static gboolean
parse_height (const char *name, guint32 *ret_height)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXUINT32, &value, NULL) || name[0] == '0')
    return FALSE;
  *ret_height = (guint32) value;
  return TRUE;
}

static gboolean
fail_file (const char *path, const char *what, GError **error)
{
  const int os_error = errno;

  if (os_error == ENOSPC || os_error == EDQUOT || os_error == EFBIG)
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, _("The disk that holds %s is full. Free some space; what was stored before is safe."), path);
  else
    g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, "%s cannot be %s: %s. Check the disk, and that the data directory is yours.", path, what,
                 g_strerror (os_error));
  return FALSE;
}

/* --- directories --- */

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_unlink (child);
    }
  g_rmdir (path);
}

/* Under another name first: one that a crash leaves half removed is not taken for a snapshot. */
static void
remove_snapshot (const char *dir, guint32 height)
{
  g_autofree char *path = snapshot_path (dir, height, ""), *tmp = snapshot_path (dir, height, TMP_SUFFIX);

  if (g_rename (path, tmp) == 0)
    remove_tree (tmp);
}

static int
compare_heights (gconstpointer a, gconstpointer b)
{
  const guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

/* A snapshot that another version of this program made is left as it is, and not served. */
static gboolean
is_ours (const char *path)
{
  g_autofree char *manifest = part_path (path, TC_SNAPSHOT_MANIFEST);
  char magic[MAGIC_SIZE];
  int fd = open (manifest, O_RDONLY | O_CLOEXEC);
  gboolean ours;

  if (fd < 0)
    return FALSE;
  ours = read (fd, magic, sizeof magic) == (gssize) sizeof magic && memcmp (magic, MAGIC, MAGIC_SIZE) == 0;
  close (fd);
  return ours;
}

void
tc_chain_find_snapshots (TcChain *self, const char *dir)
{
  g_autofree char *root = g_build_filename (dir, DIR_NAME, NULL);
  g_autoptr(GDir) entries = g_dir_open (root, 0, NULL);
  const char *name;
  guint32 height;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);

      if (g_str_has_suffix (name, TMP_SUFFIX))
        remove_tree (path);
      else if (parse_height (name, &height) && is_ours (path))
        g_array_append_val (self->snapshots, height);
    }
  g_array_sort (self->snapshots, compare_heights);
}

gsize
tc_store_list_snapshots (TcStore *self, guint32 ret_heights[TC_STORE_SNAPSHOTS_MAX])
{
  const guint32 oldest = tc_store_get_oldest_block (self);
  TcChain *chain = &self->chain;
  gsize n = 0;

  g_mutex_lock (&chain->mutex);
  for (guint i = chain->snapshots->len - MIN (chain->snapshots->len, TC_STORE_SNAPSHOTS_MAX); i < chain->snapshots->len; i++)
    if (g_array_index (chain->snapshots, guint32, i) >= oldest)
      ret_heights[n++] = g_array_index (chain->snapshots, guint32, i);
  g_mutex_unlock (&chain->mutex);
  return n;
}

/* Returns: where it stood in the list; -1: it is not in it. Under the mutex. */
static gint
find_height (const TcChain *chain, guint32 height)
{
  for (guint i = 0; i < chain->snapshots->len; i++)
    if (g_array_index (chain->snapshots, guint32, i) == height)
      return (gint) i;
  return -1;
}

static gboolean
has_snapshot (TcStore *self, guint32 height)
{
  gboolean found;

  g_mutex_lock (&self->chain.mutex);
  found = find_height (&self->chain, height) >= 0;
  g_mutex_unlock (&self->chain.mutex);
  return found;
}

static void
forget_snapshot (TcStore *self, guint32 height)
{
  gint place;

  g_mutex_lock (&self->chain.mutex);
  place = find_height (&self->chain, height);
  if (place >= 0)
    g_array_remove_index (self->chain.snapshots, (guint) place);
  g_mutex_unlock (&self->chain.mutex);
  if (place >= 0)
    remove_snapshot (self->dir, height);
}

static void
add_snapshot (TcStore *self, guint32 height)
{
  guint32 surplus = 0;

  g_mutex_lock (&self->chain.mutex);
  g_array_append_val (self->chain.snapshots, height);
  g_array_sort (self->chain.snapshots, compare_heights);
  if (self->chain.snapshots->len > TC_STORE_SNAPSHOTS_MAX)
    surplus = g_array_index (self->chain.snapshots, guint32, 0);
  g_mutex_unlock (&self->chain.mutex);
  if (surplus != 0)
    forget_snapshot (self, surplus);
}

/* --- a file of a part, written --- */

typedef struct
{
  char   *path;
  int     fd;
  guint8  piece[PIECE_STORED];
  gsize   n;  /* bytes in piece */
} PartFile;

static gboolean
write_all (PartFile *self, const guint8 *data, gsize n, GError **error)
{
  while (n > 0)
    {
      const gssize done = write (self->fd, data, n);

      if (done < 0 && errno == EINTR)
        continue;
      if (done <= 0)
        return fail_file (self->path, "written", error);
      data += done;
      n -= (gsize) done;
    }
  return TRUE;
}

static gboolean
flush_piece (PartFile *self, GError **error)
{
  TcHash hash;

  if (self->n == 0)
    return TRUE;
  hash = tc_hash_tagged (TC_TAG_STATE, self->piece, self->n);
  memcpy (self->piece + self->n, hash.bytes, TC_HASH_SIZE);
  if (!write_all (self, self->piece, self->n + TC_HASH_SIZE, error))
    return FALSE;
  self->n = 0;
  return TRUE;
}

static gboolean
part_file_open (PartFile *self, const char *snapshot, guint part, GError **error)
{
  self->n = 0;
  self->path = part_path (snapshot, part);
  self->fd = open (self->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return self->fd >= 0 ? write_all (self, (const guint8 *) MAGIC, MAGIC_SIZE, error) : fail_file (self->path, "made", error);
}

static gboolean
part_file_append (PartFile *self, const guint8 *data, gsize size, GError **error)
{
  while (size > 0)
    {
      const gsize n = MIN (size, PIECE_SIZE - self->n);

      memcpy (self->piece + self->n, data, n);
      self->n += n;
      data += n;
      size -= n;
      if (self->n == PIECE_SIZE && !flush_piece (self, error))
        return FALSE;
    }
  return TRUE;
}

/* The kernel begins to write it out, so that the sync of the whole has little left. Returns: FALSE with @error where that fails, FALSE where not @ok. */
static gboolean
part_file_close (PartFile *self, gboolean ok, GError **error)
{
  if (self->fd < 0)
    ok = FALSE;
  else
    {
      ok = ok && flush_piece (self, error);
      if (ok)
        sync_file_range (self->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
      if (close (self->fd) != 0 && ok)
        ok = fail_file (self->path, "written", error);
    }
  g_clear_pointer (&self->path, g_free);
  return ok;
}

/* --- a snapshot, made --- */

struct _TcStoreDump
{
  TcStore *store;
  TcDb    *db;         /* within a transaction that began when the dump did */
  guint32  height;
  GBytes  *record;
  guint8  *buckets;
  char    *tmp;        /* its directory until it is whole */
  gint     cancelled;  /* atomic */
};

/* Begins the transaction with its first read. Returns: FALSE without @error where the state is of another height. */
static gboolean
begin_view (TcStoreDump *self, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = NULL;
  gboolean same;

  if (!tc_db_exec (self->db, "BEGIN", error))
    return FALSE;
  stmt = tc_db_prepare (self->db, "SELECT height FROM state WHERE id = 0", error);
  if (stmt == NULL || tc_db_step (self->db, stmt, error) != SQLITE_ROW)
    return FALSE;
  same = sqlite3_column_int64 (stmt, 0) == (gint64) self->height;
  sqlite3_reset (stmt);
  return same;
}

TcStoreDump *
tc_store_dump_begin (TcStore *self, guint32 height, GBytes *record, GError **error)
{
  g_autoptr(TcStoreDump) dump = NULL;

  if (has_snapshot (self, height))
    return NULL;
  dump = g_new0 (TcStoreDump, 1);
  dump->store = self;
  dump->height = height;
  dump->record = g_bytes_ref (record);
  g_atomic_int_inc (&self->chain.n_dumps);
  dump->db = tc_db_open_reader (&TC_CHAIN_FILE, self->dir, error);
  return dump->db != NULL && begin_view (dump, error) ? g_steal_pointer (&dump) : NULL;
}

void
tc_store_dump_cancel (TcStoreDump *self)
{
  g_atomic_int_set (&self->cancelled, TRUE);
}

void
tc_store_dump_free (TcStoreDump *self)
{
  if (self == NULL)
    return;
  if (self->db != NULL && !sqlite3_get_autocommit (self->db->handle))
    tc_db_end (self->db, FALSE, NULL);
  tc_db_close (self->db);
  g_atomic_int_add (&self->store->chain.n_dumps, -1);
  g_bytes_unref (self->record);
  g_free (self->buckets);
  g_free (self->tmp);
  g_free (self);
}

static gboolean
make_dirs (TcStoreDump *self, GError **error)
{
  self->tmp = snapshot_path (self->store->dir, self->height, TMP_SUFFIX);
  remove_tree (self->tmp);
  return g_mkdir_with_parents (self->tmp, 0700) == 0 || fail_file (self->tmp, "made", error);
}

static gboolean
dump_manifest (TcStoreDump *self, GError **error)
{
  g_autoptr(GBytes) manifest = tc_snapshot_make_manifest (self->buckets, self->record);
  gsize size;
  const guint8 *data = g_bytes_get_data (manifest, &size);
  PartFile file;

  return part_file_close (&file, part_file_open (&file, self->tmp, TC_SNAPSHOT_MANIFEST, error) && part_file_append (&file, data, size, error), error);
}

/* What is stored of a coin is what a part holds of it, but for the height. */
static gboolean
dump_coin (TcStoreDump *self, PartFile *file, TcLtHashSum *sum, sqlite3_stmt *stmt, GError **error)
{
  const guint8 *key = sqlite3_column_blob (stmt, 0), *data = sqlite3_column_blob (stmt, 1);
  const gsize size = (gsize) sqlite3_column_bytes (stmt, 1);
  TcOutpoint outpoint;
  TcReader reader;
  guint32 index;
  TcCoin coin;
  gsize skip;

  if (sqlite3_column_bytes (stmt, 0) != TC_CHAIN_OUTPOINT_SIZE || !tc_chain_decode_coin (data, size, &coin))
    return tc_db_damaged (self->db, "a coin does not decode", error);
  tc_reader_init (&reader, data, size);
  tc_reader_varint (&reader);
  skip = reader.position;
  memcpy (outpoint.txid.bytes, key, TC_HASH_SIZE);
  memcpy (&index, key + TC_HASH_SIZE, sizeof index);
  outpoint.index = GUINT32_FROM_LE (index);
  tc_lthash_sum_add (sum, &outpoint, &coin.output);
  return part_file_append (file, key, TC_CHAIN_OUTPOINT_SIZE, error) && part_file_append (file, data + skip, size - skip, error);
}

/* @stmt: at the first coin of @part, or after it. Returns: FALSE without @error where it was cancelled. */
static gboolean
dump_part (TcStoreDump *self, guint part, sqlite3_stmt *stmt, int *code, GError **error)
{
  guint8 bucket[TC_LTHASH_BUCKET_SIZE];
  TcLtHashSum sum = { 0 };
  PartFile file;
  gboolean ok = part_file_open (&file, self->tmp, part, error);

  while (ok && *code == SQLITE_ROW && sqlite3_column_bytes (stmt, 0) > 0 && *(const guint8 *) sqlite3_column_blob (stmt, 0) == part)
    {
      ok = dump_coin (self, &file, &sum, stmt, error) && !g_atomic_int_get (&self->cancelled);
      if (ok)
        *code = tc_db_step (self->db, stmt, error);
    }
  tc_lthash_sum_get (&sum, bucket);
  if (ok && (*code == SQLITE_ROW || *code == SQLITE_DONE) && memcmp (bucket, self->buckets + part * TC_LTHASH_BUCKET_SIZE, sizeof bucket) != 0)
    ok = tc_db_damaged (self->db, "its coins are not those of its state", error);
  return part_file_close (&file, ok && (*code == SQLITE_ROW || *code == SQLITE_DONE), error);
}

static gboolean
dump_parts (TcStoreDump *self, GError **error)
{
  g_autoptr(sqlite3_stmt) stmt = tc_db_prepare (self->db, "SELECT outpoint, data FROM coin ORDER BY outpoint", error);
  int code;

  if (stmt == NULL)
    return FALSE;
  code = tc_db_step (self->db, stmt, error);
  for (guint part = 0; part < TC_LTHASH_BUCKETS; part++)
    if ((code != SQLITE_ROW && code != SQLITE_DONE) || g_atomic_int_get (&self->cancelled) || !dump_part (self, part, stmt, &code, error))
      return FALSE;
  return code == SQLITE_DONE || tc_db_damaged (self->db, "a coin has no place", error);
}

/* All that is in the file system of @path: one wait, in place of one a file. */
static gboolean
sync_all (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && syncfs (fd) == 0;

  if (!ok)
    fail_file (path, "written", error);
  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
publish (TcStoreDump *self, GError **error)
{
  g_autofree char *path = snapshot_path (self->store->dir, self->height, "");

  if (!sync_all (self->tmp, error))
    return FALSE;
  if (g_rename (self->tmp, path) != 0)
    return fail_file (path, "made", error);
  add_snapshot (self->store, self->height);
  return TRUE;
}

gboolean
tc_store_dump_run (TcStoreDump *self, GError **error)
{
  self->buckets = g_malloc0 (TC_SNAPSHOT_BUCKETS_SIZE);
  if (make_dirs (self, error) && tc_chain_read_buckets (self->db, self->buckets, error) && dump_parts (self, error) && dump_manifest (self, error)
      && publish (self, error))
    return TRUE;
  if (self->tmp != NULL)
    remove_tree (self->tmp);
  return FALSE;
}

/* --- served --- */

/* Bytes of a part in a file of @size bytes. Returns: FALSE where no file has that size. */
static gboolean
part_size (goffset size, guint32 *ret_size)
{
  const guint64 stored = (guint64) size - MAGIC_SIZE, n_pieces = (stored + PIECE_STORED - 1) / PIECE_STORED;

  if (size < (goffset) MAGIC_SIZE || stored < n_pieces * TC_HASH_SIZE || (n_pieces > 0 && stored - (n_pieces - 1) * PIECE_STORED <= TC_HASH_SIZE)
      || stored - n_pieces * TC_HASH_SIZE > TC_SNAPSHOT_PART_SIZE_MAX)
    return FALSE;
  *ret_size = (guint32) (stored - n_pieces * TC_HASH_SIZE);
  return TRUE;
}

/* Appends what of piece @number lies in @offset .. @end. Returns: FALSE where it is damaged. */
static gboolean
read_piece (int fd, guint32 number, guint32 total, guint32 offset, guint32 end, GByteArray *bytes)
{
  guint8 piece[PIECE_STORED];
  const guint32 start = number * PIECE_SIZE, n = MIN (PIECE_SIZE, total - start);
  const guint32 from = MAX (offset, start) - start, to = MIN (end, start + n) - start;
  TcHash hash;

  if (pread (fd, piece, n + TC_HASH_SIZE, (goffset) MAGIC_SIZE + (goffset) number * PIECE_STORED) != (gssize) (n + TC_HASH_SIZE))
    return FALSE;
  hash = tc_hash_tagged (TC_TAG_STATE, piece, n);
  if (memcmp (hash.bytes, piece + n, TC_HASH_SIZE) != 0)
    return FALSE;
  g_byte_array_append (bytes, piece + from, to - from);
  return TRUE;
}

/* Returns: (nullable): NULL where the file is damaged, or @offset is beyond the part: then @ret_ok is TRUE. */
static GBytes *
read_file (int fd, guint32 offset, guint32 n_max, guint32 *ret_total, gboolean *ret_ok)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  struct stat info;
  char magic[MAGIC_SIZE];
  guint32 total, end;

  *ret_ok = fstat (fd, &info) == 0 && part_size (info.st_size, &total) && pread (fd, magic, sizeof magic, 0) == (gssize) sizeof magic
            && memcmp (magic, MAGIC, MAGIC_SIZE) == 0;
  if (!*ret_ok || offset > total || (offset == total && total > 0))
    return NULL;
  end = offset + MIN (n_max, total - offset);
  for (guint32 i = offset / PIECE_SIZE; end > offset && i <= (end - 1) / PIECE_SIZE; i++)
    if (!read_piece (fd, i, total, offset, end, bytes))
      {
        *ret_ok = FALSE;
        return NULL;
      }
  *ret_total = total;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

GBytes *
tc_store_read_part (TcStore *self, guint32 height, guint part, guint32 offset, guint32 n_max, guint32 *ret_total, GError **error)
{
  g_autofree char *snapshot = snapshot_path (self->dir, height, ""), *path = part_path (snapshot, part);
  g_autoptr(GBytes) bytes = NULL;
  gboolean ok;
  int fd;

  if (part >= TC_SNAPSHOT_N_PARTS || !has_snapshot (self, height))
    return NULL;
  fd = open (path, O_RDONLY | O_CLOEXEC);
  ok = fd >= 0;
  if (ok)
    {
      bytes = read_file (fd, offset, n_max, ret_total, &ok);
      close (fd);
    }
  if (!ok && has_snapshot (self, height))  /* else it was removed meanwhile, because it was the oldest */
    {
      forget_snapshot (self, height);
      g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DAMAGED, "%s is damaged. The snapshot was removed; the next one is made within a day. Check the disk.", path);
    }
  return g_steal_pointer (&bytes);
}
