#pragma once

#include <glib.h>

G_BEGIN_DECLS

static inline void
tc_source_drop (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Monotonic. */
static inline gint64
tc_now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

G_END_DECLS
