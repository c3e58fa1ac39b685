/* Paying: many recipients, fees, coins by hand, requests, where the money goes. */
#include "shots.h"

#include "ui/coins-page.h"
#include "ui/send-form.h"
#include "ui/send-review.h"

static GtkWidget *
part (TcShots *self, GType type)
{
  return tc_drive_find_type (self->window, type);
}

static void
take_text (TcShots *self, const char *text)
{
  tc_send_form_take_text (TC_SEND_FORM (part (self, TC_TYPE_SEND_FORM)), text);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
}

static void
back (TcShots *self, GType type)
{
  tc_drive_press (part (self, type), "Back");
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
}

static void
take_many (TcShots *self)
{
  g_autofree char *a = tc_shots_some_address (0x51), *b = tc_shots_some_address (0x52), *c = tc_shots_some_address (0x53);
  g_autofree char *list = g_strdup_printf ("%s;12.5;Ada\n%s;3\n%s;0.75;Bob", a, b, c);

  take_text (self, list);
  tc_drive_for (2000);  /* the toast goes */
  tc_drive_press (self->window, "Change the Fee");
  tc_shots_take (self, "27-send-many");
  tc_drive_press (self->window, "Review");
  tc_shots_wait_text ("You are about to send to 3 recipients");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "27-send-many-review");
  back (self, TC_TYPE_SEND_REVIEW);
  take_text (self, "TIME0nobody;1\nTIME0nobody;2");
  tc_shots_take (self, "27-send-list-bad");
}

static void
take_request (TcShots *self)
{
  g_autofree char *a = tc_shots_some_address (0x54);
  g_autofree char *uri = g_strdup_printf ("timecoin:%s?amount=7.25&label=The%%20Bakery&message=Two%%20loaves&memo=Order%%2012", a);

  take_text (self, uri);
  tc_shots_take (self, "28-send-request");
}

static void
take_coins (TcShots *self)
{
  take_text (self, "");
  tc_drive_press (self->window, "Choose Coins");
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "29-coins");
  tc_drive_press (part (self, TC_TYPE_COINS_PAGE), "Select All");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "29-coins-picked");
  tc_drive_press (self->window, "Use These Coins");
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "29-coins-used");
}

void
tc_shots_send (TcShots *self)
{
  tc_shots_go (self, "send");
  take_many (self);
  take_request (self);
  take_coins (self);
  take_text (self, "");
}
