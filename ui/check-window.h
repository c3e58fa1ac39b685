#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Whether a backup file, or the words on paper, would bring a wallet back. Main thread. */
#define TC_TYPE_CHECK_WINDOW (tc_check_window_get_type ())
G_DECLARE_FINAL_TYPE (TcCheckWindow, tc_check_window, TC, CHECK_WINDOW, AdwWindow)

GtkWindow *tc_check_window_new (GtkWindow *parent, TcWallet *wallet);

G_END_DECLS
