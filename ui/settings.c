#define G_LOG_DOMAIN "tc-ui"
#include "settings.h"

#define SCHEMA "org.timecoin.TimeCoin"

/* PREFIX/bin/timecoin has PREFIX/share/glib-2.0/schemas, BUILD/src/timecoin has BUILD/data. */
static GSettingsSchema *
find_beside_executable (void)
{
  static const char *const places[] = { "../share/glib-2.0/schemas", "../data", "../../data" };
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = exe == NULL ? NULL : g_path_get_dirname (exe);

  for (guint i = 0; folder != NULL && i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *dir = g_build_filename (folder, places[i], NULL);
      g_autoptr(GSettingsSchemaSource) source
        = g_settings_schema_source_new_from_directory (dir, g_settings_schema_source_get_default (), TRUE, NULL);
      GSettingsSchema *schema = source == NULL ? NULL : g_settings_schema_source_lookup (source, SCHEMA, FALSE);

      if (schema != NULL)
        return schema;
    }
  return NULL;
}

GSettings *
tc_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = find_beside_executable ();

  if (schema == NULL && source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  if (schema == NULL)
    {
      g_message ("no settings schema: preferences are not kept");
      return NULL;
    }
  return g_settings_new_full (schema, NULL, NULL);
}
