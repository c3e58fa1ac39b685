#pragma once

#include "coin.h"
#include "ledger.h"

G_BEGIN_DECLS

/* The unspent outputs as the ledger sees them: what has changed since the last flush, what a flush under way is writing, and a bounded cache of what lies on
 * disk, before a TcCoinView of the disk. A coin created and spent between two flushes never reaches the disk; one that took another's place is in a flush both as
 * spent and as created. */
typedef struct _TcCoins TcCoins;

/* @view: copied. */
TcCoins *tc_coins_new            (const TcCoinView *view);
void     tc_coins_free           (TcCoins *self);
/* What one coin takes here, in bytes, with its share of a flush. */
#define TC_COINS_ENTRY_SIZE 140u

/* The coins that may be held in all. Of those that are as on disk the oldest are forgotten, those asked for since get a second turn; changed ones are kept whatever their number is. */
void     tc_coins_set_cache_size (TcCoins *self, gsize n_coins);

/* For who will ask for many coins, in memory that the processor has not near: first for the place where one is to be found, then, somewhat later, for what is found there. */
void     tc_coins_prefetch       (const TcCoins *self, const TcOutpoint *outpoint);
void     tc_coins_prefetch_entry (const TcCoins *self, const TcOutpoint *outpoint);

gboolean tc_coins_get            (TcCoins *self, const TcOutpoint *outpoint, TcCoin *ret_coin);
/* What is in memory; the disk is not asked. @ret_coin: set where UNSPENT. */
TcCoinPeek tc_coins_peek        (TcCoins *self, const TcOutpoint *outpoint, TcCoin *ret_coin);
/* Grows with each flush that ends: then coins may be forgotten that were spent since the one before. */
guint64  tc_coins_get_version   (const TcCoins *self);
/* A coin that was read from disk after tc_coins_get_version () was @version. Taken into the cache where nothing else is known of @outpoint, and nothing can have been forgotten:
 * what was spent, or took another's place (M4), since that version is still in memory. */
void     tc_coins_offer         (TcCoins *self, guint64 version, const TcOutpoint *outpoint, const TcCoin *coin);
/* @outpoint must be new (T1: a txid never comes twice), or spent in this step: a collateral that becomes a plain output (M4). */
void     tc_coins_create         (TcCoins *self, const TcOutpoint *outpoint, const TcCoin *coin);
/* @outpoint must be unspent. */
void     tc_coins_spend          (TcCoins *self, const TcOutpoint *outpoint);

gsize    tc_coins_count_changed  (const TcCoins *self);
gsize    tc_coins_count_cached   (const TcCoins *self);
gboolean tc_coins_is_flushing    (const TcCoins *self);
/* A quarter of what may be held is changed: time to flush. */
gboolean tc_coins_wants_flush    (const TcCoins *self);
/* Fills in created and spent of @flush, each in ascending order (so the disk is written in one sweep); none may be under way. */
void     tc_coins_begin_flush    (TcCoins *self, TcFlush *flush);
void     tc_coins_end_flush      (TcCoins *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCoins, tc_coins_free)

G_END_DECLS
