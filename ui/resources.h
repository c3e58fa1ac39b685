#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes templates, style sheets and icons available. Idempotent; before the first widget of this folder. */
void tc_ui_register_resources (void);

G_END_DECLS
