#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sets the process up for its user's language: locale, translations (from where it is installed, else from the tree that it was built in), decimal mark. First
 * thing in main (). */
void tc_language_set_up    (void);
/* Tells text.h of the language's direction; after GTK has started. */
void tc_language_set_texts (void);

G_END_DECLS
