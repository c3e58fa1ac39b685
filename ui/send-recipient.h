#pragma once

#include <adwaita.h>

#include "core/amount.h"
#include "field-checks.h"

G_BEGIN_DECLS

/* One recipient on the form: address, amount, who pays the fee, and a name to keep. Main thread.
 * Signals: "changed"; "activated": Enter; "remove"; "use-all" (gboolean); "text" (string): something else than an address was pasted: a payment URI or a list. */
#define TC_TYPE_SEND_RECIPIENT (tc_send_recipient_get_type ())
G_DECLARE_FINAL_TYPE (TcSendRecipient, tc_send_recipient, TC, SEND_RECIPIENT, AdwBin)

GtkWidget     *tc_send_recipient_new          (char address_digit);
/* @contacts: (element-type TcContact): to choose from. */
void           tc_send_recipient_set_contacts (TcSendRecipient *self, GPtrArray *contacts);
/* @number: from 1. Of several each has a heading, and can be removed; the last one can have all. */
void           tc_send_recipient_set_place    (TcSendRecipient *self, guint number, guint n);
/* Each (nullable): NULL: as it is. */
void           tc_send_recipient_fill         (TcSendRecipient *self, const char *address, const char *amount, const char *name);
/* @text: (nullable): all there is; NULL: no longer all. */
void           tc_send_recipient_set_all      (TcSendRecipient *self, const char *text);
gboolean       tc_send_recipient_get_all      (TcSendRecipient *self);
/* (transfer full) */
char          *tc_send_recipient_dup_address  (TcSendRecipient *self);
char          *tc_send_recipient_dup_name     (TcSendRecipient *self);
gboolean       tc_send_recipient_get_pays_fee (TcSendRecipient *self);
gboolean       tc_send_recipient_is_empty     (TcSendRecipient *self);
/* @ret_amount: (out): where the verdict is GOOD. */
TcFieldVerdict tc_send_recipient_check        (TcSendRecipient *self, gboolean left, TcAmount *ret_amount);
/* What the wallet has against it: @message beneath the amount, or the address. */
void           tc_send_recipient_show_error   (TcSendRecipient *self, gboolean of_amount, const char *message);
void           tc_send_recipient_focus        (TcSendRecipient *self);

G_END_DECLS
