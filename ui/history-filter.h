#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* What of the history is shown: kind, state, dates and amounts, to be put into a popover. Main thread. Signal "changed": another filter. */
#define TC_TYPE_HISTORY_FILTER (tc_history_filter_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryFilter, tc_history_filter, TC, HISTORY_FILTER, AdwBin)

typedef enum
{
  TC_HISTORY_FACET_KIND,
  TC_HISTORY_FACET_STATE,
  TC_HISTORY_FACET_DATES,
  TC_HISTORY_FACET_AMOUNTS,
  TC_HISTORY_N_FACETS,
} TcHistoryFacet;

/* Fills in everything but the search. */
void  tc_history_filter_fill  (TcHistoryFilter *self, TcHistoryQuery *query);
/* What is filtered by @facet, in words. Returns: (transfer full) (nullable): NULL: nothing. */
char *tc_history_filter_words (TcHistoryFilter *self, TcHistoryFacet facet);
void  tc_history_filter_clear (TcHistoryFilter *self, TcHistoryFacet facet);
void  tc_history_filter_clear_all (TcHistoryFilter *self);

G_END_DECLS
