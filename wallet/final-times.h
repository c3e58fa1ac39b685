#pragma once

#include "core/hash.h"

G_BEGIN_DECLS

/* How long payments took to be final, as this node measured it: the newest ones. Pure; the caller locks. */

#define TC_FINAL_TIMES_MAX 64u

typedef struct
{
  guint  n, next;
  TcHash txids[TC_FINAL_TIMES_MAX];
  gint64 us[TC_FINAL_TIMES_MAX];
} TcFinalTimes;

/* A payment that is counted already is not counted again. @us: from first seen to final. */
void tc_final_times_add     (TcFinalTimes *self, const TcHash *txid, gint64 us);
/* @ret_median_us: half of them took no longer; @ret_slow_us: nine in ten. Returns: how many there are; without any both are 0. */
guint tc_final_times_sum_up (const TcFinalTimes *self, gint64 *ret_median_us, gint64 *ret_slow_us);

G_END_DECLS
