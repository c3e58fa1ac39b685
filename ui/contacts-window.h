#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* The contacts: a list with a search, and a form for one of them. Main thread. */
#define TC_TYPE_CONTACTS_WINDOW (tc_contacts_window_get_type ())
G_DECLARE_FINAL_TYPE (TcContactsWindow, tc_contacts_window, TC, CONTACTS_WINDOW, AdwWindow)

/* @address: (nullable): begins with the form for it. */
GtkWindow *tc_contacts_window_new (GtkWindow *parent, TcWallet *wallet, const char *address);

/* The window's actions: contacts; add-contact (s): an address. */
void       tc_contacts_add_actions (GActionMap *window);

G_END_DECLS
