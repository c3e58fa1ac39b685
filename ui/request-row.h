#pragma once

#include <adwaita.h>

#include "wallet/wallet-records.h"

G_BEGIN_DECLS

/* Words for a payment request, and its row in a list. Main thread. */

const char *tc_request_state_text  (const TcWalletRequest *request);
const char *tc_request_state_icon  (const TcWalletRequest *request);
/* CSS class of a state. */
const char *tc_request_state_class (const TcWalletRequest *request);
/* "3.00 of 5.00 TIME paid", or what is asked for. Returns: (transfer full). */
char       *tc_request_amount_text (const TcWalletRequest *request, gboolean hidden);
/* What it is called: its label, message or address. Returns: (transfer full). */
char       *tc_request_title       (const TcWalletRequest *request);

/* A row with two buttons. @open, @remove: called with the request and @user_data. */
typedef void (*TcRequestRowFunc) (const TcWalletRequest *request, gpointer user_data);
GtkWidget  *tc_request_row_new     (TcWalletRequest *request, gboolean hidden, TcRequestRowFunc open, TcRequestRowFunc remove, gpointer user_data);

G_END_DECLS
