#pragma once

#include "core/tx.h"
#include "db.h"

G_BEGIN_DECLS

/* Public keys that the wallet knows by their hash, so that a memo to who owns an address can be private: its own; those of transactions of its own; and those of
 * addresses that it paid or was told to look for, as soon as any transaction shows them. A key is believed only under its own hash. One thread; functions
 * that write expect an open transaction of the database. */
typedef struct _TcPublicKeys TcPublicKeys;

TcPublicKeys *tc_public_keys_new  (TcDb *db);
void          tc_public_keys_free (TcPublicKeys *self);

gboolean      tc_public_keys_find (TcPublicKeys *self, const TcKeyHash *key_hash, TcPublicKey *ret_key);
void          tc_public_keys_add  (TcPublicKeys *self, const TcPublicKey *key);
/* From now on @key_hash's key is kept where one is seen. */
void          tc_public_keys_want (TcPublicKeys *self, const TcKeyHash *key_hash);
/* Looks through @tx's witnesses. @all: keeps every one, wanted or not. */
void          tc_public_keys_see  (TcPublicKeys *self, const TcTx *tx, gboolean all);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPublicKeys, tc_public_keys_free)

G_END_DECLS
