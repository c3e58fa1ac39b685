#pragma once

#include "genesis.h"
#include "json-private.h"

G_BEGIN_DECLS

/* An entry of "masternodes", for a ceremony's files too. */

/* @ret_masternode: (out): its host is to be freed, on failure too. */
gboolean tc_genesis_read_masternode  (TcJson *object, const char *where, char address_digit, TcGenesisMasternode *ret_masternode, GError **error);
/* One line of JSON, without a line end. */
void     tc_genesis_print_masternode (GString *text, const TcGenesisMasternode *masternode, char address_digit);

G_END_DECLS
