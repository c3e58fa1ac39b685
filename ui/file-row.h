#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row that names a file: written, or chosen with its button. Main thread; reads no disk. */
#define TC_TYPE_FILE_ROW (tc_file_row_get_type ())
G_DECLARE_FINAL_TYPE (TcFileRow, tc_file_row, TC, FILE_ROW, AdwEntryRow)

/* A file to be written, of this name in the user's documents at first. */
void     tc_file_row_save_as      (TcFileRow *self, const char *name);
/* Absolute, or NULL where there is none. (transfer full). */
char    *tc_file_row_dup_path     (TcFileRow *self);
/* Whether the user was asked already whether the file that is there may be replaced. */
gboolean tc_file_row_may_replace  (TcFileRow *self);

G_END_DECLS
