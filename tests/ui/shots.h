#pragma once

#include "drive.h"
#include "ui/application.h"
#include "ui/session.h"

G_BEGIN_DECLS

/* What the files of pictures share. A picture is taken where its name is wanted; waiting for something fails the program when it does not come. */

#define TC_SHOTS_SETTLE_MS 300

typedef struct
{
  TcApplication *application;
  const char    *dir;
  char         **names;    /* those wanted: beginnings; empty: all */
  GtkWidget     *window;   /* the one that pictures show */
} TcShots;

gboolean   tc_shots_wants        (TcShots *self, const char *name);
/* Light and dark, wide and narrow, of the window; of another window; or one of these. */
void       tc_shots_take         (TcShots *self, const char *name);
void       tc_shots_take_of      (TcShots *self, GtkWidget *window, const char *name);
void       tc_shots_take_one     (TcShots *self, GtkWidget *window, const char *name, gboolean dark, gboolean narrow);
/* The window's dialog: light and dark, in a size of its own. @last: closes it. */
void       tc_shots_take_dialog  (TcShots *self, const char *name, gboolean last);
GtkWidget *tc_shots_find_dialog  (TcShots *self);
/* Until the active window shows @text. */
void       tc_shots_wait_text    (const char *text);
/* Opens a page of the wallet. */
void       tc_shots_go           (TcShots *self, const char *page);
/* A valid address of nobody. Returns: (transfer full). */
char      *tc_shots_some_address (guint8 seed);
/* What the pages are told in place of what the node says; NULL: the truth again. */
void       tc_shots_pretend      (TcSession *session, TcNodeStatus *status);
/* The overview with @status (transfer full). */
void       tc_shots_take_status  (TcShots *self, TcNodeStatus *status, const char *name);

/* The slices, each a file of its own. */
void       tc_shots_send         (TcShots *self);
void       tc_shots_shell        (TcShots *self);
void       tc_shots_vault        (TcShots *self);
void       tc_shots_wallets      (TcShots *self);
/* shots-network.c */
void       tc_shots_network      (TcShots *self);
void       tc_shots_signing      (TcShots *self);

G_END_DECLS
