#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The help, offline: topics and their pages (help-topics.c). Main thread. */
#define TC_TYPE_HELP_WINDOW (tc_help_window_get_type ())
G_DECLARE_FINAL_TYPE (TcHelpWindow, tc_help_window, TC, HELP_WINDOW, AdwWindow)

/* @topic: (nullable): the id of one to open at once. */
GtkWindow *tc_help_window_new (GtkWindow *parent, const char *topic);

G_END_DECLS
