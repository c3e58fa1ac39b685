#pragma once

#include <sqlite3.h>

#include "core/hash.h"
#include "wallet-types.h"

G_BEGIN_DECLS

/* The wallet's SQLite file. Sticks at the first failure, like the codec's reader: a caller does its work and asks tc_wallet_db_commit () or
 * tc_wallet_db_end () once. One thread. Each page carries a checksum (page-sum.h), so that a flipped bit anywhere is damage. */
typedef struct _TcDb TcDb;

/* Makes a file of mode 0600 with the newest schema. Never over another file. */
TcDb         *tc_wallet_db_create   (const char *path, GError **error);
/* Looks through the whole file without writing to it, then opens it. TC_WALLET_ERROR_MISSING, _DAMAGED, _NEWER, _IN_USE, _FAILED; the file is left as it was. */
TcDb         *tc_wallet_db_open     (const char *path, GError **error);
void          tc_wallet_db_close    (TcDb *self);

/* @durable: on disk when tc_wallet_db_commit () returns, even if the power goes. Otherwise kept over a crash of the program alone. */
void          tc_wallet_db_begin    (TcDb *self, gboolean durable);
/* Returns: FALSE, with everything since tc_wallet_db_begin () undone, where anything failed. */
gboolean      tc_wallet_db_commit   (TcDb *self, GError **error);
void          tc_wallet_db_rollback (TcDb *self);
gboolean      tc_wallet_db_failed   (const TcDb *self);
/* Outside a transaction: takes the failure, if any. */
gboolean      tc_wallet_db_end      (TcDb *self, GError **error);

/* @sql: a string literal: statements are kept by its address. @format: one letter a parameter: i gint64; t text (nullable); h const TcHash *;
 * b const guint8 *, gsize; B GBytes (nullable). tc_wallet_db_run () is for statements without rows. */
void          tc_wallet_db_run      (TcDb *self, const char *sql, const char *format, ...);
/* A statement to step with tc_wallet_db_next (); valid until the same one is asked for again. */
sqlite3_stmt *tc_wallet_db_select   (TcDb *self, const char *sql, const char *format, ...);
gboolean      tc_wallet_db_next     (TcDb *self, sqlite3_stmt *statement);
gint64        tc_wallet_db_last_id  (TcDb *self);
/* The caller found what cannot be: the file is damaged. */
void          tc_wallet_db_damaged  (TcDb *self);

/* The one number that @sql, a string literal, asks for. */
gint64        tc_wallet_db_count    (TcDb *self, const char *sql);

/* Columns. A blob of another size than asked for is damage. */
gint64        tc_wallet_db_int      (sqlite3_stmt *statement, int column);
char         *tc_wallet_db_text     (sqlite3_stmt *statement, int column);
GBytes       *tc_wallet_db_bytes    (sqlite3_stmt *statement, int column);
TcHash        tc_wallet_db_hash     (TcDb *self, sqlite3_stmt *statement, int column);

/* Single values by name. Returns: @fallback, or NULL, where absent. */
gint64        tc_wallet_db_get_int  (TcDb *self, const char *name, gint64 fallback);
void          tc_wallet_db_set_int  (TcDb *self, const char *name, gint64 value);
GBytes       *tc_wallet_db_get_blob (TcDb *self, const char *name);
void          tc_wallet_db_set_blob (TcDb *self, const char *name, const guint8 *data, gsize n);
char         *tc_wallet_db_get_text (TcDb *self, const char *name);
void          tc_wallet_db_set_text (TcDb *self, const char *name, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcDb, tc_wallet_db_close)

G_END_DECLS
