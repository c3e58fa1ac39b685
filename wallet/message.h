#pragma once

#include "core/address.h"

G_BEGIN_DECLS

/* Text signed with an address' key: shows that who wrote it can spend what is paid to the address (docs/protocol.md, "Signed messages"). Nothing that a
 * wallet signs as a message is a transaction or a vote. Pure. Any thread. */

#define TC_MESSAGE_TEXT_MAX 65536u  /* bytes */

typedef enum
{
  TC_MESSAGE_ERROR_TEXT      = 0,  /* too long, or no text */
  TC_MESSAGE_ERROR_FORM      = 1,  /* no signature of a message */
  TC_MESSAGE_ERROR_ADDRESS   = 2,  /* a good signature, of another address */
  TC_MESSAGE_ERROR_SIGNATURE = 3,  /* not of this text, or of this network */
} TcMessageError;

#define TC_MESSAGE_ERROR (tc_message_error_quark ())
GQuark   tc_message_error_quark (void);

/* @digit: of the network's addresses. Returns: (transfer full) (nullable): base64. */
char    *tc_message_sign        (const char *text, char digit, const TcSecretKey *key, GError **error);
/* @address: (nullable): that it must be of. @signature: blanks and line breaks in it are passed over. @ret_signer: (out) (optional) (transfer full): the address that
 * signed; set only on success. */
gboolean tc_message_verify      (const char *text, const char *address, char digit, const char *signature, char **ret_signer, GError **error);

G_END_DECLS
