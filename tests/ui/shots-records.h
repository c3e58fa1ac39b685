#pragma once

#include "shots.h"

G_BEGIN_DECLS

/* Requests, contacts, a payment with words, the history's filters. The wallet is open, with some payments. */
void tc_shots_records (TcShots *self);

G_END_DECLS
