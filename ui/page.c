#include "page.h"

G_DEFINE_INTERFACE (TcPage, tc_page, GTK_TYPE_WIDGET)

static void
tc_page_default_init (TcPageInterface *iface)
{
}

void
tc_page_set_wallet (TcPage *self, TcSession *session, TcWallet *wallet)
{
  g_return_if_fail (TC_IS_PAGE (self));

  TC_PAGE_GET_IFACE (self)->set_wallet (self, session, wallet);
}

void
tc_page_set_hidden (TcPage *self, gboolean hidden)
{
  g_return_if_fail (TC_IS_PAGE (self));

  if (TC_PAGE_GET_IFACE (self)->set_hidden != NULL)
    TC_PAGE_GET_IFACE (self)->set_hidden (self, hidden);
}

void
tc_page_set_account (TcPage *self, guint32 account)
{
  g_return_if_fail (TC_IS_PAGE (self));

  if (TC_PAGE_GET_IFACE (self)->set_account != NULL)
    TC_PAGE_GET_IFACE (self)->set_account (self, account);
}

void
tc_page_reset (TcPage *self)
{
  g_return_if_fail (TC_IS_PAGE (self));

  if (TC_PAGE_GET_IFACE (self)->reset != NULL)
    TC_PAGE_GET_IFACE (self)->reset (self);
}

gboolean
tc_page_search (TcPage *self)
{
  g_return_val_if_fail (TC_IS_PAGE (self), FALSE);

  if (TC_PAGE_GET_IFACE (self)->search == NULL)
    return FALSE;
  TC_PAGE_GET_IFACE (self)->search (self);
  return TRUE;
}

void
tc_page_show (TcPage *self, const char *what)
{
  g_return_if_fail (TC_IS_PAGE (self));

  if (TC_PAGE_GET_IFACE (self)->show != NULL)
    TC_PAGE_GET_IFACE (self)->show (self, what);
}

void
tc_page_focus (TcPage *self)
{
  g_return_if_fail (TC_IS_PAGE (self));

  if (TC_PAGE_GET_IFACE (self)->focus != NULL)
    TC_PAGE_GET_IFACE (self)->focus (self);
}
