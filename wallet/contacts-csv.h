#pragma once

#include "record-types.h"

G_BEGIN_DECLS

/* Contacts as a table for other programs: see docs/protocol.md. Pure; any thread. */

#define TC_CONTACTS_CSV_MAX (4u << 20)  /* bytes of a file that is read */

/* @contacts: of TcContact. Returns: (transfer full). */
char      *tc_contacts_csv_write (const GPtrArray *contacts);
/* @text: any bytes, ended by a zero. The first line names the columns; those of other names are skipped. Names and addresses are not checked here.
 * Returns: (transfer full) (nullable) (element-type TcContact): at most TC_CONTACTS_MAX. The error can be shown. */
GPtrArray *tc_contacts_csv_parse (const char *text, GError **error);

G_END_DECLS
