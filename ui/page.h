#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* A page of an open wallet: what wallet-view.c may ask of any of them. Everything but set_wallet may be left out. Main thread. */
#define TC_TYPE_PAGE (tc_page_get_type ())
G_DECLARE_INTERFACE (TcPage, tc_page, TC, PAGE, GtkWidget)

struct _TcPageInterface
{
  GTypeInterface parent;

  /* Once, before anything else. */
  void (*set_wallet)  (TcPage *self, TcSession *session, TcWallet *wallet);
  /* Amounts are shown as dots. */
  void (*set_hidden)  (TcPage *self, gboolean hidden);
  /* What it shows is of one account, or of all: TC_ACCOUNT_ALL, which it begins with. */
  void (*set_account) (TcPage *self, guint32 account);
  /* Nothing of what was written or looked at stays: the wallet is locked. */
  void (*reset)       (TcPage *self);
  /* The focus goes to where one searches. */
  void (*search)      (TcPage *self);
  /* One thing of the page: of the history a txid in hex, of the explorer a height, hash or address, of sending a URI. */
  void (*show)        (TcPage *self, const char *what);
  /* The page was opened: the focus goes to where one begins. */
  void (*focus)       (TcPage *self);
};

void tc_page_set_wallet (TcPage *self, TcSession *session, TcWallet *wallet);
void tc_page_set_hidden (TcPage *self, gboolean hidden);
void tc_page_set_account (TcPage *self, guint32 account);
void tc_page_reset      (TcPage *self);
/* FALSE where the page has no search. */
gboolean tc_page_search (TcPage *self);
void tc_page_show       (TcPage *self, const char *what);
void tc_page_focus      (TcPage *self);

G_END_DECLS
