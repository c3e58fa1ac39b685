#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TC_HELP_PARAGRAPHS_MAX 12u

/* A page of the help. All but id and icon are to be translated (gettext) before they are shown. A paragraph that begins with "# " is a heading, one that begins
 * with "• " a point of a list. */
typedef struct
{
  const char *id, *title, *summary, *icon;
  const char *paragraphs[TC_HELP_PARAGRAPHS_MAX + 1];  /* NULL-terminated */
} TcHelpTopic;

extern const TcHelpTopic tc_help_topics[];
extern const guint tc_n_help_topics;

G_END_DECLS
