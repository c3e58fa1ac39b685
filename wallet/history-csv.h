#pragma once

#include "wallet.h"

G_BEGIN_DECLS

/* The history as a table for other programs: see docs/protocol.md. Owner's thread. */

/* @done of @total rows are written. */
typedef void (*TcExportProgress) (guint32 done, guint32 total, gpointer user_data);

/* Writes what @query (nullable) means to @file, newest first, in the background. The file is there whole or, after an error or a cancelling, as it was.
 * @progress: (nullable). */
void     tc_wallet_export_history        (TcWallet *self, guint32 account, const TcHistoryQuery *query, GFile *file, GCancellable *cancellable,
                                          TcExportProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data);
/* @ret_n_rows: (out) (optional). */
gboolean tc_wallet_export_history_finish (TcWallet *self, GAsyncResult *result, guint32 *ret_n_rows, GError **error);

/* RFC 4180: quoted where that is needed. A text that a spreadsheet would take for a formula gets an apostrophe before it. @text: (nullable). */
void     tc_csv_append_text              (GString *line, const char *text);
/* One row, with its line end. */
void     tc_csv_append_tx                (GString *csv, const TcWalletTx *row);
/* The names of the columns, with the line end. (transfer none) */
const char *tc_csv_heading               (void);

G_END_DECLS
