#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Writes a backup of a wallet to a file. Main thread. */
#define TC_TYPE_BACKUP_WINDOW (tc_backup_window_get_type ())
G_DECLARE_FINAL_TYPE (TcBackupWindow, tc_backup_window, TC, BACKUP_WINDOW, AdwWindow)

GtkWindow *tc_backup_window_new (GtkWindow *parent, TcWallet *wallet);

G_END_DECLS
