#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Money, in units of 10^-8 TIME (rule A1). A struct, so that it cannot be added to a height by mistake; arithmetic is checked. */
typedef struct
{
  guint64 units;
} TcAmount;

#define TC_AMOUNT_MAX_UNITS  (G_GUINT64_CONSTANT (1) << 62)
#define TC_AMOUNT_PER_TIME   G_GUINT64_CONSTANT (100000000)

typedef enum
{
  TC_AMOUNT_ERROR_EMPTY      = 0,
  TC_AMOUNT_ERROR_FORM       = 1,  /* not digits with at most one point and eight decimals */
  TC_AMOUNT_ERROR_AMBIGUOUS  = 2,  /* holds a comma or a grouping mark, which people read differently */
  TC_AMOUNT_ERROR_TOO_LARGE  = 3,
} TcAmountError;

#define TC_AMOUNT_ERROR (tc_amount_error_quark ())
GQuark   tc_amount_error_quark (void);

/* @ret_sum: (out): untouched on failure.
 * Returns: FALSE where the sum would pass TC_AMOUNT_MAX_UNITS. */
G_GNUC_WARN_UNUSED_RESULT
gboolean tc_amount_add    (TcAmount a, TcAmount b, TcAmount *ret_sum);

/* Returns: FALSE, with @ret_difference untouched, where @b is larger than @a. */
G_GNUC_WARN_UNUSED_RESULT
gboolean tc_amount_sub    (TcAmount a, TcAmount b, TcAmount *ret_difference);

/* Returns: (transfer full): all eight decimals, a point, no grouping: "12.50000000". */
char    *tc_amount_format (TcAmount amount);

/* @text: decimal digits, at most one point, at most eight decimals, surrounding blanks allowed; no sign, exponent or grouping.
 * Never guesses: "1.000,5" and "1,5" are errors whose message says what to write instead. */
gboolean tc_amount_parse  (const char *text, TcAmount *ret_amount, GError **error);

G_END_DECLS
