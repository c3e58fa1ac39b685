#pragma once

#include <adwaita.h>

#include "wallet/secret.h"

G_BEGIN_DECLS

/* A new password, twice, with a meter of its strength. Main thread. Signals "changed"; "activated": Enter in the second. */
#define TC_TYPE_PASSWORD_FIELDS (tc_password_fields_get_type ())
G_DECLARE_FINAL_TYPE (TcPasswordFields, tc_password_fields, TC, PASSWORD_FIELDS, AdwBin)

/* Both are the same, and not weak. */
gboolean        tc_password_fields_is_ready (TcPasswordFields *self);
/* Empties the fields. (transfer full). */
TcSecretString *tc_password_fields_take     (TcPasswordFields *self);
void            tc_password_fields_clear    (TcPasswordFields *self);
void            tc_password_fields_focus    (TcPasswordFields *self);

G_END_DECLS
