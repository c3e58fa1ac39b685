#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An answer as it is written in the console: JSON with a line for each thing, or, where it is one string, its text. Pure. */

#define TC_CONSOLE_TEXT_MAX 1000000u  /* bytes of one answer; the rest is left out, and that is said */

typedef enum
{
  TC_CONSOLE_PLAIN  = 0,
  TC_CONSOLE_KEY    = 1,
  TC_CONSOLE_STRING = 2,
  TC_CONSOLE_NUMBER = 3,  /* also true, false, null */
} TcConsoleKind;

typedef struct
{
  gsize         end;     /* offset in the text; it begins where the one before ends */
  TcConsoleKind kind;
} TcConsoleSpan;

/* @json: valid JSON text. @ret_spans: (out) (transfer full) (element-type TcConsoleSpan): of all the text. Returns: (transfer full): valid UTF-8, ends with a newline. */
char *tc_console_format (const char *json, GArray **ret_spans);

G_END_DECLS
