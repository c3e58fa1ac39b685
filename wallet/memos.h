#pragma once

#include "account.h"

G_BEGIN_DECLS

/* What an account knows of keys and of what is sealed for them. As account.h. */

char      tc_account_get_address_digit (const TcAccount *self);
/* Of the wallet itself, or seen: see public-keys.h. Returns: FALSE where unknown, and on failure with @error set. */
gboolean  tc_account_find_public_key (TcAccount *self, const TcKeyHash *key_hash, TcPublicKey *ret_key, GError **error);
/* Somebody told the wallet this key: of a contact, of a payment request. */
gboolean  tc_account_learn_public_key (TcAccount *self, const TcPublicKey *key, GError **error);
/* @address: of this wallet, which is unlocked. Returns: (transfer full) (nullable): see message.h. */
char     *tc_account_sign_message    (TcAccount *self, const char *address, const char *text, GError **error);

G_END_DECLS
