#pragma once

#include "shots.h"

G_BEGIN_DECLS

/* The explorer, with one of the wallet's transactions and an address. */
void tc_shots_explorer (TcShots *self, const TcHash *txid, const char *address);

G_END_DECLS
