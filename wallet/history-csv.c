#include "history-csv.h"

#include <string.h>

#include "core/check.h"

#define ROWS_AT_ONCE 500u

const char *
tc_csv_heading (void)
{
  return "time,kind,state,amount,fee,address,name,memo,note,block,txid\r\n";
}

void
tc_csv_append_text (GString *line, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_string_append_c (line, '"');
  if (strchr ("=+-@\t\r", *text) != NULL)
    g_string_append_c (line, '\'');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *c);
    }
  g_string_append_c (line, '"');
}

static void
append_time (GString *csv, gint64 time_ms)
{
  g_autoptr(GDateTime) time = time_ms > 0 ? g_date_time_new_from_unix_utc (time_ms / 1000) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  g_string_append (csv, text != NULL ? text : "");
}

static void
append_amount (GString *csv, TcAmount amount, gboolean negative)
{
  g_autofree char *text = tc_amount_format (amount);

  g_string_append_printf (csv, "%s%s", negative && amount.units > 0 ? "-" : "", text);
}

void
tc_csv_append_tx (GString *csv, const TcWalletTx *row)
{
  static const char *const kinds[] = { "received", "sent", "self", "reward", "genesis", "register", "update", "retire" };
  g_autofree char *txid = tc_hash_to_hex (&row->txid);

  append_time (csv, row->kind == TC_WALLET_TX_GENESIS || row->seen_ms == 0 ? row->block_time_ms : row->seen_ms);
  g_string_append_printf (csv, ",%s,%s,", (guint) row->kind < G_N_ELEMENTS (kinds) ? kinds[row->kind] : "", tc_wallet_tx_state_name (row->state));
  append_amount (csv, row->amount, row->kind == TC_WALLET_TX_SENT);
  g_string_append_c (csv, ',');
  append_amount (csv, row->fee, TRUE);
  g_string_append_printf (csv, ",%s,", row->address != NULL ? row->address : "");
  tc_csv_append_text (csv, row->name);
  g_string_append_c (csv, ',');
  tc_csv_append_text (csv, row->memo);
  g_string_append_c (csv, ',');
  tc_csv_append_text (csv, row->note);
  if (row->state == TC_WALLET_TX_CONFIRMED)
    g_string_append_printf (csv, ",%u,%s\r\n", row->block_height, txid);
  else
    g_string_append_printf (csv, ",,%s\r\n", txid);
}

/* --- Writing it out: a page is asked for, then written, then the next ------------------------------------------------------------ */

typedef struct
{
  guint32           account, offset, n_rows;
  TcHistoryQuery   *query;
  GOutputStream    *stream;
  GString          *text;     /* being written */
  GHashTable       *seen;     /* of TcHash: what came in meanwhile pushes rows down, onto the next page */
  GError           *error;
  TcExportProgress  progress;
  gpointer          progress_data;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  tc_history_query_free (export->query);
  g_clear_object (&export->stream);
  g_string_free (export->text, TRUE);
  g_hash_table_unref (export->seen);
  g_clear_error (&export->error);
  g_free (export);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  const gboolean ok = g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error);

  if (export->error != NULL)
    {
      g_clear_error (&error);
      g_task_return_error (task, g_steal_pointer (&export->error));
    }
  else if (ok)
    g_task_return_int (task, export->n_rows);
  else
    g_task_return_error (task, error);
}

/* Closing with a cancelled cancellable leaves the file as it was. */
static void
end (GTask *task, GError *error)
{
  Export *export = g_task_get_task_data (task);
  g_autoptr(GCancellable) cancelled = error != NULL ? g_cancellable_new () : NULL;

  export->error = error;
  if (cancelled != NULL)
    g_cancellable_cancel (cancelled);
  g_output_stream_close_async (export->stream, G_PRIORITY_DEFAULT, cancelled, on_closed, task);
}

static void on_page (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_page (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  tc_wallet_list_history (g_task_get_source_object (task), export->account, export->query, export->offset, ROWS_AT_ONCE, g_task_get_cancellable (task), on_page,
                          task);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    end (task, error);
  else if (export->offset == G_MAXUINT32)
    end (task, NULL);
  else
    ask_page (task);
}

static void
write_text (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  g_output_stream_write_all_async (export->stream, export->text->str, export->text->len, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_written, task);
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;
  guint32 total = 0;
  g_autoptr(GPtrArray) page = tc_wallet_list_history_finish (TC_WALLET (source), result, &total, &error);

  if (page == NULL)
    {
      end (task, error);
      return;
    }
  g_string_truncate (export->text, 0);
  for (guint i = 0; i < page->len; i++)
    {
      const TcWalletTx *row = g_ptr_array_index (page, i);

      if (!g_hash_table_add (export->seen, tc_hash_copy (&row->txid)))
        continue;
      tc_csv_append_tx (export->text, row);
      export->n_rows++;
    }
  export->offset = page->len < ROWS_AT_ONCE ? G_MAXUINT32 : export->offset + page->len;
  if (export->progress != NULL)
    export->progress (export->n_rows, total, export->progress_data);
  write_text (task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Export *export = g_task_get_task_data (task);
  GError *error = NULL;

  export->stream = G_OUTPUT_STREAM (g_file_replace_finish (G_FILE (source), result, &error));
  if (export->stream == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_string_append (export->text, tc_csv_heading ());
  write_text (task);
}

void
tc_wallet_export_history (TcWallet *self, guint32 account, const TcHistoryQuery *query, GFile *file, GCancellable *cancellable, TcExportProgress progress,
                          gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Export *export = g_new0 (Export, 1);

  export->account = account;
  export->query = tc_history_query_copy (query);
  export->text = g_string_new (NULL);
  export->seen = g_hash_table_new_full (tc_hash_hash, tc_hash_equal, g_free, NULL);
  export->progress = progress;
  export->progress_data = progress_data;
  g_task_set_source_tag (task, tc_wallet_export_history);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, export, export_free);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT, cancellable, on_opened, task);
}

gboolean
tc_wallet_export_history_finish (TcWallet *self, GAsyncResult *result, guint32 *ret_n_rows, GError **error)
{
  TC_CHECK (g_task_is_valid (result, self) && g_task_get_source_tag (G_TASK (result)) == tc_wallet_export_history);
  const gssize n_rows = g_task_propagate_int (G_TASK (result), error);

  if (n_rows < 0)
    return FALSE;
  if (ret_n_rows != NULL)
    *ret_n_rows = (guint32) n_rows;
  return TRUE;
}
