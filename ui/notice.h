#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A line that says what is wrong, or worth knowing, with the button that mends it. Main thread. Signal "activated": the button. */
#define TC_TYPE_NOTICE (tc_notice_get_type ())
G_DECLARE_FINAL_TYPE (TcNotice, tc_notice, TC, NOTICE, AdwBin)

typedef enum
{
  TC_NOTICE_INFO,
  TC_NOTICE_WARNING,
  TC_NOTICE_ERROR,
} TcNoticeKind;

/* @button: (nullable): no button. The text of an error can be selected: it may have to be sent to somebody. */
void tc_notice_set       (TcNotice *self, TcNoticeKind kind, const char *text, const char *button);
/* @title: (nullable): a line above the text, of what the text is long about. */
void tc_notice_set_title (TcNotice *self, const char *title);

G_END_DECLS
