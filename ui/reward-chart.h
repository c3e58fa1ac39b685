#pragma once

#include <adwaita.h>

#include "wallet/masternode-list.h"

G_BEGIN_DECLS

/* What masternodes earned on each of the last days, as bars. What it shows is in its accessible description, and in its tooltip for the day under the pointer. Main thread. */
#define TC_TYPE_REWARD_CHART (tc_reward_chart_get_type ())
G_DECLARE_FINAL_TYPE (TcRewardChart, tc_reward_chart, TC, REWARD_CHART, GtkWidget)

/* @rewards: TC_REWARD_DAYS amounts, the last one today's. @hidden: amounts are not said. */
void  tc_reward_chart_set      (TcRewardChart *self, const TcAmount *rewards, gboolean hidden);
/* The same in words: "12 May: 3.20 TIME. 13 May: …", days without a reward left out. Returns: (transfer full). */
char *tc_reward_chart_describe (const TcAmount *rewards);

G_END_DECLS
