#pragma once

#include "key.h"

G_BEGIN_DECLS

/* Rule A2: `TIME` + digit (1 mainnet, 0 test networks) + base58 (h | c). Any thread. */

typedef enum
{
  TC_ADDRESS_ERROR_EMPTY     = 0,
  TC_ADDRESS_ERROR_PREFIX    = 1,  /* does not begin with TIME0 or TIME1 */
  TC_ADDRESS_ERROR_NETWORK   = 2,  /* a good address of the other kind of network */
  TC_ADDRESS_ERROR_CHARACTER = 3,  /* a character that base58 does not have; the message names it and its place */
  TC_ADDRESS_ERROR_LENGTH    = 4,
  TC_ADDRESS_ERROR_CHECKSUM  = 5,  /* mistyped */
} TcAddressError;

#define TC_ADDRESS_ERROR (tc_address_error_quark ())
GQuark   tc_address_error_quark (void);

/* @digit: '0' or '1'. Returns: (transfer full). */
char    *tc_address_format (const TcKeyHash *key_hash, char digit);

/* Parses @text, blanks around it allowed. @ret_key_hash untouched on failure; the message says what to do. */
gboolean tc_address_parse  (const char *text, char digit, TcKeyHash *ret_key_hash, GError **error);

G_END_DECLS
