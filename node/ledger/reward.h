#pragma once

#include "registry-private.h"

G_BEGIN_DECLS

/* The reward of an epoch (rule M5), in integers throughout. */

/* floor (2^32 ln n), exact. 1 <= @n <= 1 000 000. */
guint64 tc_reward_log     (guint32 n);

/* The new money of an epoch of @dt_ms (already cut to two epoch lengths) with @n_active active masternodes with collateral:
 * floor (10^10 (2^32 + L) dt / (2^32 x 600 000)). 0 for none: nobody there could earn it. */
guint64 tc_reward_minted  (guint32 n_active, guint64 dt_ms);

/* Active masternodes with collateral: the n of M5. */
guint32 tc_reward_count   (const TcRegistry *registry);

/* Shares @pot_units out among the active, Free ones up to 8 % of it, and returns the odd units. Of the active Free masternodes of a network (IPv4 /24,
 * IPv6 /48) the one of the lowest index has weight, the others none (M6). @start: the registry at the epoch's start, whose hosts were probed. */
guint64 tc_reward_accrue  (TcRegistry *registry, const TcRegistry *start, guint64 pot_units);

/* Takes the balances that are due at the end of @epoch, of at least 546 units, and makes the reward transaction of the block at @height.
 * Returns: (transfer full) (nullable): NULL where none is due. */
TcTx   *tc_reward_pay     (TcRegistry *registry, guint32 epoch, guint32 height, guint32 redraw_epochs);

/* The most outputs that a reward of @epoch can have. */
gsize   tc_reward_n_max   (const TcRegistry *registry, guint32 epoch, guint32 redraw_epochs);

G_END_DECLS
