#include "store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/check.h"

#define GUARD_NAME     "signed.id"
#define GUARD_MAGIC    "TimeSign"
#define GUARD_SIZE     40u
#define GUARD_LAST_AT  32
#define MACHINE_ID     "/etc/machine-id"
#define BORN_SIZE      9  /* of the record of schema version 1: when the store was made u64, whether it was lost u8 */

/* What signed.id holds: magic 8 | id 16 | starts u64 | last record u64. The last number is written in place after each append, without a sync: it may be behind the store, never
 * ahead of it. */
typedef struct
{
  gboolean exists;
  guint8   id[TC_SIGNED_ID_SIZE];
  guint64  starts, last;
} Guard;

const char *
tc_signed_verdict_name (TcSignedVerdict verdict)
{
  static const char *const names[] = { "same", "first", "lost", "copied", "moved", "restored", "foreign", "unknown", "other-key" };

  return names[verdict];
}

const char *
tc_signed_verdict_message (TcSignedVerdict verdict)
{
  switch (verdict)
    {
    case TC_SIGNED_SAME:     return _("It is the file that this data directory wrote last.");
    case TC_SIGNED_FIRST:    return _("It was made together with the chain.");
    case TC_SIGNED_LOST:     return _("The file that was here before is missing.");
    case TC_SIGNED_COPIED:   return _("It is not the file that was written last, but a copy of it: the data directory was copied, or restored from a backup.");
    case TC_SIGNED_MOVED:    return _("It was written on another machine.");
    case TC_SIGNED_RESTORED: return _("It is older than what was written last: it was restored from a backup.");
    case TC_SIGNED_FOREIGN:  return _("It belongs to another data directory.");
    case TC_SIGNED_UNKNOWN:  return "signed.id, which says what was written last, is missing or damaged.";
    case TC_SIGNED_KEY:      return _("This data directory did not run with this operator key last: what the key signed elsewhere is not in it.");
    }
  g_return_val_if_reached ("");
}

gboolean
tc_signed_verdict_is_old (TcSignedVerdict verdict)
{
  return verdict > TC_SIGNED_FIRST;
}

/* --- what the file is --- */

static gboolean
hash_machine (TcHash *ret_hash)
{
  g_autofree char *text = NULL, *salted = NULL;

  if (!g_file_get_contents (MACHINE_ID, &text, NULL, NULL) || strlen (g_strstrip (text)) != 32)
    return FALSE;
  salted = g_strconcat ("TimeCoin signed ", text, NULL);  /* its bytes are not to be kept elsewhere (machine-id (5)) */
  *ret_hash = tc_hash_sha256 ((const guint8 *) salted, strlen (salted));
  return TRUE;
}

/* A copy has another inode or, on another file system where the number may come again, another time of birth, which nothing can set. */
static gboolean
look_at_file (const char *path, TcIdentity *ret_identity, GError **error)
{
  struct statx info;

  if (statx (AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &info) != 0)
    {
      g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, "%s cannot be read: %s.", path, g_strerror (errno));
      return FALSE;
    }
  ret_identity->inode = info.stx_ino;
  ret_identity->device = ((guint64) info.stx_dev_major << 32) | info.stx_dev_minor;
  ret_identity->born_ns = (info.stx_mask & STATX_BTIME) != 0 ? info.stx_btime.tv_sec * G_GINT64_CONSTANT (1000000000) + info.stx_btime.tv_nsec : 0;
  ret_identity->has_machine = hash_machine (&ret_identity->machine);
  return TRUE;
}

static gboolean
is_same_file (const TcIdentity *stored, const TcIdentity *found)
{
  if (stored->inode != found->inode)
    return FALSE;
  /* Device numbers change with the order in which disks are found. */
  if (stored->born_ns != 0 && found->born_ns != 0)
    return stored->born_ns == found->born_ns;
  return stored->device == found->device;
}

/* --- signed.id --- */

static guint64
get_u64 (const guint8 *data)
{
  guint64 value;

  memcpy (&value, data, sizeof value);
  return GUINT64_FROM_LE (value);
}

static void
put_u64 (guint8 *data, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (data, &value, sizeof value);
}

static void
read_guard (const char *dir, Guard *ret_guard)
{
  g_autofree char *path = g_build_filename (dir, GUARD_NAME, NULL);
  g_autofree char *data = NULL;
  gsize n;

  *ret_guard = (Guard) { 0 };
  if (!g_file_get_contents (path, &data, &n, NULL) || n != GUARD_SIZE || memcmp (data, GUARD_MAGIC, 8) != 0)
    return;
  ret_guard->exists = TRUE;
  memcpy (ret_guard->id, data + 8, TC_SIGNED_ID_SIZE);
  ret_guard->starts = get_u64 ((const guint8 *) data + 24);
  ret_guard->last = get_u64 ((const guint8 *) data + GUARD_LAST_AT);
}

static gboolean
write_guard (TcStore *self, const TcIdentity *identity, guint64 last, GError **error)
{
  g_autofree char *path = g_build_filename (self->dir, GUARD_NAME, NULL);
  g_autoptr(GError) cause = NULL;
  guint8 data[GUARD_SIZE];

  memcpy (data, GUARD_MAGIC, 8);
  memcpy (data + 8, identity->id, TC_SIGNED_ID_SIZE);
  put_u64 (data + 24, identity->starts);
  put_u64 (data + GUARD_LAST_AT, last);
  if (g_file_set_contents_full (path, (const char *) data, GUARD_SIZE, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause))
    self->guard_fd = open (path, O_WRONLY | O_CLOEXEC);
  if (cause == NULL && self->guard_fd >= 0)
    return TRUE;
  g_set_error (error, TC_STORE_ERROR, TC_STORE_ERROR_DISK, "%s cannot be written: %s. Check that its disk has space and is not read-only.", path,
               cause != NULL ? cause->message : g_strerror (errno));
  return FALSE;
}

void
tc_store_note_last (TcStore *self, gint64 last)
{
  guint8 data[8];

  put_u64 (data, (guint64) last);
  /* Only a help in telling a backup: where it fails the store itself, which is written, still holds. */
  if (self->guard_fd >= 0 && pwrite (self->guard_fd, data, sizeof data, GUARD_LAST_AT) < 0)
    g_debug (GUARD_NAME " cannot be written: %s", g_strerror (errno));
}

/* --- the identity in signed.sqlite --- */

static gboolean
copy_blob (sqlite3_stmt *stmt, int column, guint8 *data, int size)
{
  if (sqlite3_column_bytes (stmt, column) != size)
    return FALSE;
  memcpy (data, sqlite3_column_blob (stmt, column), (gsize) size);
  return TRUE;
}

/* @ret_found: FALSE for a store of schema version 1, or one that was made now. */
static gboolean
read_identity (TcDb *db, TcIdentity *ret_identity, gboolean *ret_found, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_GET_IDENTITY, error);
  int code = stmt != NULL ? tc_db_step (db, stmt, error) : SQLITE_ERROR;
  gboolean ok = TRUE;

  *ret_found = code == SQLITE_ROW;
  if (code == SQLITE_ROW)
    {
      *ret_identity = (TcIdentity) {
        .starts = (guint64) sqlite3_column_int64 (stmt, 1), .device = (guint64) sqlite3_column_int64 (stmt, 2),
        .inode = (guint64) sqlite3_column_int64 (stmt, 3), .born_ns = sqlite3_column_int64 (stmt, 4),
        .made_ms = sqlite3_column_int64 (stmt, 6), .replaced = sqlite3_column_int (stmt, 7) != 0,
      };
      ret_identity->has_machine = sqlite3_column_bytes (stmt, 5) > 0;
      ok = copy_blob (stmt, 0, ret_identity->id, TC_SIGNED_ID_SIZE)
           && (!ret_identity->has_machine || copy_blob (stmt, 5, ret_identity->machine.bytes, TC_HASH_SIZE));
      ret_identity->has_key = sqlite3_column_bytes (stmt, 8) > 0;
      ok = ok && (!ret_identity->has_key || copy_blob (stmt, 8, ret_identity->key.bytes, TC_PUBLIC_KEY_SIZE));
      sqlite3_reset (stmt);
    }
  if (!ok)
    return tc_db_damaged (db, "its identity has a wrong size", error);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

static gboolean
write_identity (TcDb *db, const TcIdentity *identity, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_PUT_IDENTITY, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_blob (stmt, 1, identity->id, TC_SIGNED_ID_SIZE, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 2, (gint64) identity->starts);
  sqlite3_bind_int64 (stmt, 3, (gint64) identity->device);
  sqlite3_bind_int64 (stmt, 4, (gint64) identity->inode);
  sqlite3_bind_int64 (stmt, 5, identity->born_ns);
  sqlite3_bind_blob (stmt, 6, identity->machine.bytes, identity->has_machine ? TC_HASH_SIZE : 0, SQLITE_STATIC);
  sqlite3_bind_int64 (stmt, 7, identity->made_ms);
  sqlite3_bind_int (stmt, 8, identity->replaced);
  sqlite3_bind_blob (stmt, 9, identity->key.bytes, identity->has_key ? TC_PUBLIC_KEY_SIZE : 0, SQLITE_STATIC);
  return tc_db_run (db, stmt, error);
}

static gboolean
read_last (TcDb *db, gint64 *ret_last, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_GET_LAST, error);

  if (stmt == NULL || tc_db_step (db, stmt, error) != SQLITE_ROW)
    return FALSE;
  *ret_last = sqlite3_column_int64 (stmt, 0);
  sqlite3_reset (stmt);
  return TRUE;
}

/* A store of schema version 1 said in a record when it was made. @ret_found: it did. */
static gboolean
read_version_1 (TcDb *db, TcIdentity *identity, gboolean *ret_found, GError **error)
{
  sqlite3_stmt *stmt = tc_db_stmt (db, TC_SIGNED_STMT_GET_BORN, error);
  int code = stmt != NULL ? tc_db_step (db, stmt, error) : SQLITE_ERROR;

  *ret_found = code == SQLITE_ROW && sqlite3_column_bytes (stmt, 0) == BORN_SIZE;
  if (*ret_found)
    {
      const guint8 *data = sqlite3_column_blob (stmt, 0);

      identity->made_ms = (gint64) get_u64 (data);
      identity->replaced = data[8] != 0;
    }
  if (code == SQLITE_ROW)
    sqlite3_reset (stmt);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* --- judging --- */

/* The counter in the store is raised before the one in signed.id: a crash between the two leaves the store one ahead. */
static TcSignedVerdict
judge (const TcIdentity *stored, const TcIdentity *found, const Guard *guard, gint64 last)
{
  if (!is_same_file (stored, found))
    return TC_SIGNED_COPIED;
  if (stored->has_machine && found->has_machine && !tc_hash_equal (&stored->machine, &found->machine))
    return TC_SIGNED_MOVED;
  if (!guard->exists)
    return stored->starts <= 1 ? TC_SIGNED_SAME : TC_SIGNED_UNKNOWN;
  if (memcmp (stored->id, guard->id, TC_SIGNED_ID_SIZE) != 0)
    /* Given a new name, and the crash came before signed.id had it. */
    return stored->starts <= 1 && stored->replaced ? TC_SIGNED_SAME : TC_SIGNED_FOREIGN;
  if (stored->starts < guard->starts || (stored->starts == guard->starts && last < (gint64) guard->last))
    return TC_SIGNED_RESTORED;
  return TC_SIGNED_SAME;
}

/* Where the file and signed.id were left by a crash in the midst of naming, judging again says the same. */
static gboolean
look (TcDb *db, const char *dir, gboolean has_chain, TcIdentity *ret_identity, gint64 *ret_last, TcSignedVerdict *ret_verdict, GError **error)
{
  TcIdentity stored = { 0 }, found = { 0 };
  gboolean known = FALSE, adopted = FALSE;
  gint64 last = 0;
  Guard guard;

  if (!look_at_file (db->path, &found, error) || !read_identity (db, &stored, &known, error) || !read_last (db, &last, error)
      || (!known && !read_version_1 (db, &stored, &adopted, error)))
    return FALSE;
  read_guard (dir, &guard);
  if (known)
    *ret_verdict = judge (&stored, &found, &guard, last);
  else if (adopted)
    *ret_verdict = TC_SIGNED_SAME;
  else
    *ret_verdict = has_chain || guard.exists ? TC_SIGNED_LOST : TC_SIGNED_FIRST;
  memcpy (found.id, stored.id, TC_SIGNED_ID_SIZE);
  found.starts = stored.starts;
  found.made_ms = stored.made_ms;
  found.replaced = stored.replaced;
  found.has_key = stored.has_key;
  found.key = stored.key;
  *ret_identity = found;
  *ret_last = last;
  return TRUE;
}

static void
name_anew (TcIdentity *identity, gboolean replaced)
{
  identity->starts = 0;
  identity->made_ms = g_get_real_time () / 1000;
  identity->replaced = replaced;
}

gboolean
tc_store_identify (TcStore *self, gboolean has_chain, GError **error)
{
  TcDb *db = self->signed_db;
  TcIdentity identity;
  gint64 last;

  if (!look (db, self->dir, has_chain, &identity, &last, &self->age.verdict, error))
    return FALSE;
  if (self->age.verdict != TC_SIGNED_SAME)
    name_anew (&identity, tc_signed_verdict_is_old (self->age.verdict));
  if (identity.starts == 0)
    randombytes_buf (identity.id, TC_SIGNED_ID_SIZE);
  identity.starts++;
  /* One write says that the store is old, and gives it its new name. */
  if (!write_identity (db, &identity, error) || !write_guard (self, &identity, (guint64) last, error))
    return FALSE;
  self->age.made_ms = identity.made_ms;
  self->age.replaced = identity.replaced;
  self->age.starts = identity.starts;
  return TRUE;
}

/* A node that ran without a key when the chain began has signed nothing: in epoch 1 there was no time before it for anybody else to sign. */
static void
note_other_key (TcStore *self, TcIdentity *identity)
{
  const TcPublicKey none = { { 0 } };

  identity->made_ms = g_get_real_time () / 1000;
  identity->replaced = identity->replaced || !tc_public_key_equal (&identity->key, &none) || self->chain.block_height > 0;
  self->age.made_ms = identity->made_ms;
  self->age.replaced = identity->replaced;
  if (!tc_signed_verdict_is_old (self->age.verdict))
    self->age.verdict = TC_SIGNED_KEY;
}

gboolean
tc_store_bind_key (TcStore *self, const TcPublicKey *key, GError **error)
{
  const TcPublicKey wanted = key != NULL ? *key : (TcPublicKey) { { 0 } };
  TcIdentity identity = { 0 };
  gboolean found;

  if (!read_identity (self->signed_db, &identity, &found, error))
    return FALSE;
  TC_CHECK (found);
  if (identity.has_key && tc_public_key_equal (&identity.key, &wanted))
    return TRUE;
  if (identity.has_key && key != NULL)
    note_other_key (self, &identity);
  identity.has_key = TRUE;
  identity.key = wanted;
  return write_identity (self->signed_db, &identity, error);
}

gboolean
tc_store_judge (TcDb *db, const char *dir, TcSignedAge *ret_age, GError **error)
{
  TcIdentity identity;
  gint64 last;

  if (!look (db, dir, TRUE, &identity, &last, &ret_age->verdict, error))
    return FALSE;
  ret_age->made_ms = identity.made_ms;
  ret_age->replaced = identity.replaced;
  ret_age->starts = identity.starts;
  return TRUE;
}
