#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* An SQLite VFS over the system's own, which ends each page of the main database file with a checksum of the rest and checks it whenever the page is read: so
 * any bit that flips on the disk is found (as SQLITE_IOERR_DATA) and none is believed. The write-ahead log has checksums of SQLite's own. */

#define TC_PAGE_SUM_VFS       "tc-page-sum"
#define TC_PAGE_SUM_SIZE      8   /* bytes that a database reserves at the end of each page: SQLITE_FCNTL_RESERVE_BYTES */
#define TC_PAGE_SUM_PAGE_SIZE 4096

/* Idempotent; any thread. */
void tc_page_sum_register  (void);

/* Looks at each page of @handle's main database file, which was opened with this VFS and is locked: about 1 GB a second. Pages that were never written are
 * holes. Returns: SQLITE_OK; SQLITE_IOERR_DATA: a page is damaged, or cut; or why the file cannot be read. */
int  tc_page_sum_check_all (sqlite3 *handle);

G_END_DECLS
