#include <glib/gi18n.h>

#include "core/key.h"
#include "guard.h"
#include "ui/application.h"
#include "ui/language.h"
#include "wallet/uri.h"

/* timecoin: the wallet with its window. Options are read here; everything else is in ui/. */
int
main (int argc, char *argv[])
{
  g_autofree char *data_dir = NULL, *network = NULL;
  g_auto(GStrv) uris = NULL;
  gboolean try_local = FALSE, background = FALSE, offline = FALSE, service = FALSE, version = FALSE;
  const GOptionEntry entries[] = {
    { "try", 0, 0, G_OPTION_ARG_NONE, &try_local, N_("Open a funded wallet on a network of this computer's own"), NULL },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, N_("Keep everything in DIR"), "DIR" },
    { "network", 0, 0, G_OPTION_ARG_FILENAME, &network, N_("mainnet, testnet, local, or a network file"), "NAME|FILE" },
    { "offline", 0, 0, G_OPTION_ARG_NONE, &offline, N_("Use no network: look at wallets, and sign payments prepared elsewhere"), NULL },
    { "background", 0, 0, G_OPTION_ARG_NONE, &background, N_("Start without showing a window"), NULL },
    { "gapplication-service", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &service, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version and exit"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &uris, NULL, N_("[URI]") },
    { NULL },
  };
  g_autoptr(GOptionContext) context = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcApplication) application = NULL;
  char *arguments[3] = { NULL };

  tc_guard_secrets (FALSE);
  tc_language_set_up ();
  context = g_option_context_new (NULL);
  g_option_context_set_summary (context, _("A TimeCoin wallet with a full node inside."));
  g_option_context_set_description (context, _("A URI asks for a payment (timecoin:ADDRESS?amount=1.5): it is filled in, and nothing is sent before you agreed."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (uris != NULL && uris[1] != NULL))
    {
      g_printerr (_("timecoin: %s\nTry “timecoin --help”.\n"), error != NULL ? error->message : _("too many arguments"));
      return 2;
    }
  if (version)
    {
      g_print ("timecoin %s\n", TC_VERSION);
      return 0;
    }
  if (try_local && network != NULL && !g_str_equal (network, TC_SESSION_LOCAL))
    {
      g_printerr (_("timecoin: --try is the local network; it goes with no other --network\n"));
      return 2;
    }
  if (uris != NULL && !tc_payment_uri_is (uris[0]))
    {
      g_printerr (_("timecoin: “%s” is no payment link; one begins with timecoin:\n"), uris[0]);
      return 2;
    }
  tc_crypto_init ();
  application = tc_application_new (&(TcApplicationOptions) { .data_dir = data_dir, .network = network, .try_local = try_local,
                                                               .background = background, .offline = offline, .service = service });
  /* Started at login beside one that runs already: that one is not to come to the front. */
  if (background && g_application_register (G_APPLICATION (application), NULL, NULL) && g_application_get_is_remote (G_APPLICATION (application)))
    return 0;
  arguments[0] = argv[0];
  arguments[1] = uris == NULL ? NULL : uris[0];
  return g_application_run (G_APPLICATION (application), uris == NULL ? 1 : 2, arguments);
}
