#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* One window: one wallet, or the welcome pages. Locking, closing and errors take its whole place. Main thread. */
#define TC_TYPE_WINDOW (tc_window_get_type ())
G_DECLARE_FINAL_TYPE (TcWindow, tc_window, TC, WINDOW, AdwApplicationWindow)

typedef enum
{
  TC_WINDOW_LAST    = 0,  /* the wallet that was open last; where there is none, the welcome pages */
  TC_WINDOW_TRY     = 1,  /* the local network's first wallet, made if need be: what the button Try It does */
  TC_WINDOW_WELCOME = 2,  /* the welcome pages: another wallet */
} TcWindowStart;

/* @settings: (nullable). */
GtkWidget *tc_window_new          (GtkApplication *application, TcSession *session, GSettings *settings, TcWindowStart start);
/* Opens a page, and something on it (nullable), now or once the wallet is there and not locked. */
void       tc_window_show_on      (TcWindow *self, const char *page, const char *what);
/* Right after tc_window_new (): the wallet and page of the session before, where they are still there. */
void       tc_window_restore      (TcWindow *self, const char *network, const char *wallet, const char *page);
/* The name of the page that is open; "overview" where none is. */
const char *tc_window_get_page    (TcWindow *self);
/* (nullable) (transfer none). */
TcWallet  *tc_window_get_wallet   (TcWindow *self);
/* Shows the closing page; the session's steps are followed from then on. */
void       tc_window_show_closing (TcWindow *self);

G_END_DECLS
