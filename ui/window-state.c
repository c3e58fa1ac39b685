#define G_LOG_DOMAIN "tc-ui"
#include "window-state.h"

#include <string.h>

#include "window.h"

#define WINDOWS_MAX 16u

static void
save_one (GVariantBuilder *windows, TcWindow *window, const char *network)
{
  TcWallet *wallet = tc_window_get_wallet (window);
  g_autoptr(TcWalletSnapshot) snapshot = wallet == NULL ? NULL : tc_wallet_get_snapshot (wallet);
  int width, height;

  if (snapshot == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_variant_builder_add (windows, "(sssii)", network, snapshot->name, tc_window_get_page (window), width, height);
}

/* The one in front comes last: it is opened last, and is in front again. */
void
tc_window_state_save (GtkApplication *application, TcSession *session, GSettings *settings)
{
  const char *network = tc_session_get_network (session);
  GVariantBuilder windows;

  if (settings == NULL)
    return;
  g_variant_builder_init (&windows, G_VARIANT_TYPE ("a(sssii)"));
  for (GList *l = g_list_last (gtk_application_get_windows (application)); l != NULL && network != NULL; l = l->prev)
    if (TC_IS_WINDOW (l->data))
      save_one (&windows, l->data, network);
  g_settings_set_value (settings, "windows", g_variant_builder_end (&windows));
}

gboolean
tc_window_state_restore (GtkApplication *application, TcSession *session, GSettings *settings, gboolean show)
{
  g_autoptr(GVariant) windows = settings == NULL ? NULL : g_settings_get_value (settings, "windows");
  const gsize n = windows == NULL ? 0 : MIN (g_variant_n_children (windows), WINDOWS_MAX);
  g_autofree char *first = NULL;

  for (gsize i = 0; i < n; i++)
    {
      const char *network, *name, *page;
      int width, height;
      GtkWidget *window;

      g_variant_get_child (windows, i, "(&s&s&sii)", &network, &name, &page, &width, &height);
      /* A process is on one network. */
      if (first != NULL && strcmp (first, network) != 0)
        continue;
      if (first == NULL)
        first = g_strdup (network);
      window = tc_window_new (application, session, settings, TC_WINDOW_LAST);
      tc_window_restore (TC_WINDOW (window), network, name, page);
      if (width > 0 && height > 0)
        gtk_window_set_default_size (GTK_WINDOW (window), width, height);
      if (show)
        gtk_window_present (GTK_WINDOW (window));
    }
  return n > 0;
}
