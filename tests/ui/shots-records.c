#include "shots-records.h"

#include "ui/contacts-window.h"
#include "ui/history-filter.h"
#include "ui/history-page.h"
#include "ui/window.h"
#include "wallet/wallet-records.h"

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_done (gpointer done)
{
  return *(gboolean *) done;
}

static void
add_contact (TcWallet *wallet, const char *name, guint8 seed, const char *note)
{
  g_autofree char *address = tc_shots_some_address (seed);
  const TcContact contact = { .name = (char *) name, .address = address, .note = (char *) note };
  gboolean done = FALSE;

  tc_wallet_set_contact (wallet, &contact, NULL, on_done, &done);
  tc_drive_until (is_done, &done, 10000);
}

static void
take_requests (TcShots *self)
{
  tc_shots_go (self, "receive");
  tc_drive_write (self->window, "Amount in TIME", "12.5");
  tc_drive_write (self->window, "Your name, or what you sell", "Café Ost");
  tc_drive_write (self->window, "Message to the payer", "Two cakes, and tea for the table by the window");
  tc_drive_press (self->window, "Create Request");
  tc_shots_wait_text ("Two cakes, and tea");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "31-request");
  tc_drive_press (self->window, "Show Plain Address");
}

static void
take_contacts (TcShots *self, TcWallet *wallet)
{
  gtk_widget_activate_action (self->window, "win.contacts", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "72-contacts-none", TRUE);
  add_contact (wallet, "Anna Österberg", 40, "The boat's other half");
  add_contact (wallet, "Café Ost", 41, NULL);
  add_contact (wallet, "Power and Water Works of the Lower Valley", 42, "Contract 0815-4711, paid in the first week of each quarter");
  gtk_widget_activate_action (self->window, "win.contacts", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "72-contacts", FALSE);
  tc_drive_press (tc_shots_find_dialog (self), "Add Contact");
  tc_drive_write (tc_shots_find_dialog (self), "Name", "Ben");
  tc_drive_write (tc_shots_find_dialog (self), "Address", "TIME0abcdefghijkmnopqrstuvwxyzABCDEFG");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "73-contact", TRUE);
}

static void
take_filters (TcShots *self)
{
  GtkWidget *page, *button, *filter;

  tc_shots_go (self, "history");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  page = tc_drive_find_type (self->window, TC_TYPE_HISTORY_PAGE);
  button = tc_drive_find_type (page, GTK_TYPE_MENU_BUTTON);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  filter = tc_drive_find_type (page, TC_TYPE_HISTORY_FILTER);
  gtk_editable_set_text (GTK_EDITABLE (tc_drive_find_type (filter, GTK_TYPE_ENTRY)), "2024-01-01");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (tc_drive_find_type (filter, GTK_TYPE_DROP_DOWN)), 2);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_one (self, self->window, "44-filters", FALSE, FALSE);
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "45-filtered");
  tc_history_filter_clear_all (TC_HISTORY_FILTER (filter));
  tc_drive_for (TC_SHOTS_SETTLE_MS);
}

void
tc_shots_records (TcShots *self)
{
  TcWallet *wallet = tc_window_get_wallet (TC_WINDOW (self->window));

  take_requests (self);
  take_contacts (self, wallet);
  take_filters (self);
}
