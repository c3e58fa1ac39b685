#pragma once

#include <gtk/gtk.h>

#include "node/node.h"

G_BEGIN_DECLS

/* How many pending transactions pay how much a byte, as bars; in words in its accessible description. Main thread. */
#define TC_TYPE_FEE_BARS (tc_fee_bars_get_type ())
G_DECLARE_FINAL_TYPE (TcFeeBars, tc_fee_bars, TC, FEE_BARS, GtkWidget)

/* @counts: TC_NODE_FEE_BINS of them, as in TcNodeDetails. */
void tc_fee_bars_set (TcFeeBars *self, const guint *counts);

G_END_DECLS
