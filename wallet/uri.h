#pragma once

#include "core/address.h"
#include "core/amount.h"

G_BEGIN_DECLS

/* Payment URIs, as docs/protocol.md has them: timecoin:ADDRESS?amount=1.5&label=…&message=…&memo=…&key=HEX64&expires=UNIX. Pure; any thread.
 * They come from web pages, pictures and other programs: strict, and bounded. */

#define TC_PAYMENT_URI_SCHEME    "timecoin:"
#define TC_PAYMENT_URI_MAX       2048u          /* bytes of the whole */
#define TC_PAYMENT_LABEL_MAX     200u           /* bytes of text, decoded */
#define TC_PAYMENT_MESSAGE_MAX   512u
#define TC_PAYMENT_MEMO_MAX      512u
#define TC_PAYMENT_EXPIRES_MAX   253402300799   /* the last second of the year 9999 */

typedef enum
{
  TC_URI_ERROR_FORM     = 0,  /* not a timecoin: URI, or not well-formed */
  TC_URI_ERROR_LENGTH   = 1,  /* of the whole */
  TC_URI_ERROR_ADDRESS  = 2,
  TC_URI_ERROR_NETWORK  = 3,  /* a good address of the other kind of network */
  TC_URI_ERROR_AMOUNT   = 4,
  TC_URI_ERROR_TEXT     = 5,  /* label, message or memo: too long, or not plain text */
  TC_URI_ERROR_KEY      = 6,  /* not a key, or not the one of the address */
  TC_URI_ERROR_EXPIRES  = 7,
  TC_URI_ERROR_REQUIRED = 8,  /* it demands what this version does not know */
  TC_URI_ERROR_REPEATED = 9,  /* says one thing twice */
} TcUriError;

#define TC_URI_ERROR (tc_uri_error_quark ())
GQuark tc_uri_error_quark (void);

typedef struct
{
  char       *address;
  TcKeyHash   key_hash;    /* of `address` */
  TcAmount    amount;      /* 0: not said */
  char       *label;       /* (nullable): who is paid, one line */
  char       *message;     /* (nullable): what for, for the payer alone */
  char       *memo;        /* (nullable): what the payment should carry */
  gboolean    has_key;
  TcPublicKey key;         /* whose hash the address is: a memo can be private before the payee ever paid */
  gint64      expires_s;   /* Unix time; 0: never */
} TcPaymentUri;

/* Whether @text begins as a payment URI does, in any letter case: then it is to be parsed, not read as an address. */
gboolean      tc_payment_uri_is        (const char *text);

/* @address_digit: '0' or '1'. A URI that has expired is no error: see tc_payment_uri_is_expired ().
 * Returns: (transfer full) (nullable): every error message can be shown. */
TcPaymentUri *tc_payment_uri_parse     (const char *text, char address_digit, GError **error);

/* @self: `address` is written as it is; `key_hash` is not looked at. Texts are checked as tc_payment_uri_parse () does.
 * Returns: (transfer full) (nullable): what tc_payment_uri_parse () gives back as it was. */
char         *tc_payment_uri_format    (const TcPaymentUri *self, GError **error);

gboolean      tc_payment_uri_is_expired (const TcPaymentUri *self, gint64 now_s);
TcPaymentUri *tc_payment_uri_copy      (const TcPaymentUri *self);
void          tc_payment_uri_free      (TcPaymentUri *self);

/* Whether @text is UTF-8 of at most @max bytes without control characters or such as turn the direction of what surrounds it; line breaks
 * only where @lines. The rule for every text that a stranger may have written. */
gboolean      tc_payment_text_is_plain (const char *text, gsize max_bytes, gboolean lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPaymentUri, tc_payment_uri_free)

G_END_DECLS
