#pragma once

#include <adwaita.h>

#include "wallet/secret.h"

G_BEGIN_DECLS

/* BIP39's passphrase, asked twice, with what it is and is not; it may be left empty. Main thread. Signal "changed". */
#define TC_TYPE_PASSPHRASE_FIELDS (tc_passphrase_fields_get_type ())
G_DECLARE_FINAL_TYPE (TcPassphraseFields, tc_passphrase_fields, TC, PASSPHRASE_FIELDS, AdwBin)

/* @new: of a wallet that is made now: that it was written down has to be said. */
void            tc_passphrase_fields_set_new  (TcPassphraseFields *self, gboolean new);
/* Empty, or twice the same and written down. */
gboolean        tc_passphrase_fields_is_ready (TcPassphraseFields *self);
/* Returns: (transfer full) (nullable): NULL where it is empty. The fields keep it. */
TcSecretString *tc_passphrase_fields_dup      (TcPassphraseFields *self);
void            tc_passphrase_fields_clear    (TcPassphraseFields *self);

G_END_DECLS
