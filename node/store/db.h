#pragma once

#include <sqlite3.h>

#include "core/hash.h"

G_BEGIN_DECLS

/* One connection to one of the store's SQLite files: opened as facts of its file say, statements prepared once and kept, and every failure turned into
 * a TcStoreError that a user can act on. One thread at a time. */

#define TC_DB_STMTS_MAX       32u
#define TC_DB_APPLICATION_ID  0x54696d65  /* "Time", in the SQLite header */

typedef struct
{
  const char        *name;          /* of the file */
  const char        *advice;        /* what a user does about a damaged one; a sentence */
  const char *const *migrations;    /* [i] takes schema version i to i + 1; only ever appended to */
  guint              n_migrations;
  const char *const *statements;    /* the numbers of tc_db_stmt () */
  guint              n_statements;  /* at most TC_DB_STMTS_MAX */
  const char        *pragmas;       /* of every connection */
} TcDbFile;

typedef struct
{
  const TcDbFile *file;
  char           *path;
  sqlite3        *handle;
  sqlite3_stmt   *stmts[TC_DB_STMTS_MAX];
} TcDb;

/* The writing connection: makes the file where it is missing, checks that it is ours, of @chain_id and not newer, and migrates it. */
TcDb         *tc_db_open        (const TcDbFile *file, const char *dir, const TcHash *chain_id, GError **error);
/* Another one that only reads. */
TcDb         *tc_db_open_reader (const TcDbFile *file, const char *dir, GError **error);
/* Another one, from another process: of a file that is there, and no newer than this program. @chain_id: (nullable). */
TcDb         *tc_db_open_inspector (const TcDbFile *file, const char *dir, const TcHash *chain_id, GError **error);
void          tc_db_close       (TcDb *self);

/* Returns: FALSE, with @error set for the SQLite result @code. */
gboolean      tc_db_fail        (TcDb *self, int code, GError **error);
/* The same for contents that SQLite accepts and we do not: TC_STORE_ERROR_DAMAGED. */
gboolean      tc_db_damaged     (TcDb *self, const char *what, GError **error);

/* For pages in memory. */
gboolean      tc_db_set_memory  (TcDb *self, gsize size_bytes, GError **error);
gboolean      tc_db_exec        (TcDb *self, const char *sql, GError **error);
/* (transfer none) (nullable): NULL sets @error. */
sqlite3_stmt *tc_db_stmt        (TcDb *self, guint number, GError **error);
/* (transfer full) (nullable): for what is seldom asked: the caller finalizes it. */
sqlite3_stmt *tc_db_prepare     (TcDb *self, const char *sql, GError **error);
/* Steps once. Returns: SQLITE_ROW or SQLITE_DONE (then @stmt is reset); anything else: @error is set and @stmt reset. */
int           tc_db_step        (TcDb *self, sqlite3_stmt *stmt, GError **error);
/* Steps a statement that gives no rows. */
gboolean      tc_db_run         (TcDb *self, sqlite3_stmt *stmt, GError **error);

gboolean      tc_db_begin       (TcDb *self, GError **error);
/* Commits where @ok, else rolls back. Returns: TRUE where it was committed. */
gboolean      tc_db_end         (TcDb *self, gboolean ok, GError **error);

/* A copy of a blob column. */
GBytes       *tc_db_dup_blob    (sqlite3_stmt *stmt, int column);
void          tc_db_bind_bytes  (sqlite3_stmt *stmt, int parameter, GBytes *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcDb, tc_db_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

G_END_DECLS
