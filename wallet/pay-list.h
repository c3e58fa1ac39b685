#pragma once

#include "core/address.h"
#include "core/amount.h"

G_BEGIN_DECLS

/* Many recipients at once, as a spreadsheet or a person writes them: one a line, ADDRESS, AMOUNT and, where wanted, a name, between commas, semicolons or tabs;
 * fields may stand in double quotes, a first line without an address is a heading, empty lines and those that begin with # are passed over. Pure; any thread. */

#define TC_PAY_LIST_SIZE_MAX 65536u  /* bytes */
#define TC_PAY_LIST_MAX      200u    /* recipients */
#define TC_PAY_LIST_NAME_MAX 200u    /* bytes */

typedef struct
{
  char    *address;
  TcAmount amount;
  char    *name;     /* (nullable) */
} TcPayListItem;

/* Whether @text has more than one line with something in it, or fields, so that it is to be parsed rather than read as an address. */
gboolean   tc_pay_list_is    (const char *text);
/* All or nothing: the error names the line. @address_digit: '0' or '1'. Returns: (transfer full) (nullable) (element-type TcPayListItem): at least one. */
GPtrArray *tc_pay_list_parse (const char *text, gsize size, char address_digit, GError **error);

G_END_DECLS
