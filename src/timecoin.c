#include <locale.h>

#include <glib/gi18n.h>

#include "core/key.h"
#include "ui/application.h"

/* timecoin: the wallet with its window. Options are read here; everything else is in ui/. */
int
main (int argc, char *argv[])
{
  g_autofree char *data_dir = NULL, *network = NULL;
  gboolean try_local = FALSE, version = FALSE;
  const GOptionEntry entries[] = {
    { "try", 0, 0, G_OPTION_ARG_NONE, &try_local, N_("Open a funded wallet on a network of this computer's own"), NULL },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, N_("Keep everything in DIR"), "DIR" },
    { "network", 0, 0, G_OPTION_ARG_FILENAME, &network, N_("mainnet, testnet, local, or a network file"), "NAME|FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Print the version and exit"), NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcApplication) application = NULL;

  setlocale (LC_ALL, "");
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  context = g_option_context_new (NULL);
  g_option_context_set_summary (context, _("A TimeCoin wallet with a full node inside."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
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
  tc_crypto_init ();
  application = tc_application_new (&(TcApplicationOptions) { .data_dir = data_dir, .network = network, .try_local = try_local });
  return g_application_run (G_APPLICATION (application), 1, argv);
}
