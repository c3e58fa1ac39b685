#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A day, written as 2031-05-12 or taken from a calendar; it may be left empty. Main thread. Signals "changed", "activated". */
#define TC_TYPE_DATE_FIELD (tc_date_field_get_type ())
G_DECLARE_FINAL_TYPE (TcDateField, tc_date_field, TC, DATE_FIELD, AdwBin)

/* FALSE where something is written that is no day. @ret_time_ms: (out): where that day begins here, Unix; 0: nothing is written. */
gboolean tc_date_field_get  (TcDateField *self, gint64 *ret_time_ms);
void     tc_date_field_clear (TcDateField *self);
void     tc_date_field_focus (TcDateField *self);

G_END_DECLS
