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
/* (nullable) (transfer none). */
TcWallet  *tc_window_get_wallet   (TcWindow *self);
/* Shows the closing page; the session's steps are followed from then on. */
void       tc_window_show_closing (TcWindow *self);

G_END_DECLS
