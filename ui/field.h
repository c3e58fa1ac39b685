#pragma once

#include <adwaita.h>

#include "field-checks.h"

G_BEGIN_DECLS

/* A titled entry with room beneath it for what is wrong with it, or a hint. Main thread.
 * Signals: "changed": the text; "left": the focus went elsewhere; "activated": Enter. */
#define TC_TYPE_FIELD (tc_field_get_type ())
G_DECLARE_FINAL_TYPE (TcField, tc_field, TC, FIELD, AdwBin)

GtkWidget  *tc_field_new          (void);
const char *tc_field_get_text     (TcField *self);
void        tc_field_set_text     (TcField *self, const char *text);
/* Something to press at the end of the entry. */
void        tc_field_add_suffix   (TcField *self, GtkWidget *widget);
/* @hint: (nullable): shown where there is nothing wrong. */
void        tc_field_set_hint     (TcField *self, const char *hint);
/* Shows @message where the verdict calls for it: at once for BAD, for INCOMPLETE only when @left. */
void        tc_field_show_verdict (TcField *self, TcFieldVerdict verdict, const char *message, gboolean left);
/* What it says beneath: an error or the hint. (transfer none). */
const char *tc_field_get_message  (TcField *self);
gboolean    tc_field_has_error    (TcField *self);
GtkWidget  *tc_field_get_entry    (TcField *self);

G_END_DECLS
