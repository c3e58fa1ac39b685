#pragma once

#include "session.h"

G_BEGIN_DECLS

/* Whether a masternode that a wallet owns was jailed for good (rule C7), and still holds its collateral: at the start, and when the chain says so. Main thread.
 * Signal "changed". */
#define TC_TYPE_JAIL_WATCH (tc_jail_watch_get_type ())
G_DECLARE_FINAL_TYPE (TcJailWatch, tc_jail_watch, TC, JAIL_WATCH, GObject)

TcJailWatch *tc_jail_watch_new   (TcSession *session, TcWallet *wallet);
/* Looks again. */
void         tc_jail_watch_check (TcJailWatch *self);
/* @ret_masternode: (out) (optional): the index of one. Returns: how many. */
guint        tc_jail_watch_get   (TcJailWatch *self, guint32 *ret_masternode);

G_END_DECLS
