#pragma once

#include <adwaita.h>

#include "wallet/offline.h"

G_BEGIN_DECLS

/* All that a payment of a file says, as rows and warnings. Main thread. Returns: (transfer floating). */
GtkWidget *tc_payment_facts_new (const TcPaymentReview *review);

G_END_DECLS
