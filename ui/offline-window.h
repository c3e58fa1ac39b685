#pragma once

#include <adwaita.h>

#include "wallet/wallet-offline.h"

G_BEGIN_DECLS

/* What goes back and forth between a wallet that watches and the one with the keys: payments to be signed, payments signed, watch files. Main thread. */
#define TC_TYPE_OFFLINE_WINDOW (tc_offline_window_get_type ())
G_DECLARE_FINAL_TYPE (TcOfflineWindow, tc_offline_window, TC, OFFLINE_WINDOW, AdwWindow)

typedef enum
{
  TC_OFFLINE_SIGN         = 0,  /* with the keys: reads a payment, shows it, signs, gives it back */
  TC_OFFLINE_WAITING      = 1,  /* the payments that wait, and where signed ones come back */
  TC_OFFLINE_EXPORT_WATCH = 2,
  TC_OFFLINE_IMPORT_WATCH = 3,
} TcOfflineTask;

GtkWindow *tc_offline_window_new         (GtkWindow *parent, TcWallet *wallet, TcOfflineTask task);
/* Makes an unsigned payment of @draft and shows it. */
GtkWindow *tc_offline_window_new_payment (GtkWindow *parent, TcWallet *wallet, TcPaymentDraft *draft);

G_END_DECLS
