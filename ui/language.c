#define G_LOG_DOMAIN "tc-ui"
#include "language.h"

#include <libintl.h>
#include <locale.h>

#include <gtk/gtk.h>

#include "text.h"

/* PREFIX/bin/timecoin has PREFIX/share/locale, BUILD/src/timecoin has BUILD/po. (transfer full) (nullable) */
static char *
find_translations (void)
{
  static const char *const places[] = { "../share/locale", "../po", "../../po" };
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = exe == NULL ? NULL : g_path_get_dirname (exe);

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *dir = g_build_filename (folder, places[i], NULL);

      if (g_file_test (dir, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&dir);
    }
  return NULL;
}

void
tc_language_set_up (void)
{
  g_autofree char *dir = find_translations ();

  setlocale (LC_ALL, "");
  if (dir != NULL)
    bindtextdomain (GETTEXT_PACKAGE, dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

void
tc_language_set_texts (void)
{
  const struct lconv *conventions = localeconv ();

  tc_text_set_language (conventions->decimal_point, gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL);
}
