#pragma once

#include "shots.h"

G_BEGIN_DECLS

/* The page of masternodes of the window's wallet, and the wizard. */
void tc_shots_masternode       (TcShots *self);
/* The same of a wallet that has none. */
void tc_shots_masternode_empty (TcShots *self);

G_END_DECLS
