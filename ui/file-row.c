#define G_LOG_DOMAIN "tc-ui"
#include "file-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "compat.h"

struct _TcFileRow
{
  AdwEntryRow parent_instance;
  char       *save_name;  /* (nullable): a file that is there is asked for */
  char       *chosen;     /* (nullable): what the file dialog answered, which asks before it replaces a file */
};

G_DEFINE_FINAL_TYPE (TcFileRow, tc_file_row, ADW_TYPE_ENTRY_ROW)

char *
tc_file_row_dup_path (TcFileRow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self))));

  if (g_str_has_prefix (text, "file://"))
    return g_filename_from_uri (text, NULL, NULL);
  if (g_str_has_prefix (text, "~/"))
    return g_build_filename (g_get_home_dir (), text + 2, NULL);
  return g_path_is_absolute (text) ? g_steal_pointer (&text) : NULL;
}

gboolean
tc_file_row_may_replace (TcFileRow *self)
{
  g_autofree char *path = tc_file_row_dup_path (self);

  return path != NULL && g_strcmp0 (path, self->chosen) == 0;
}

static void
on_chosen (GFile *file, gpointer user_data)
{
  TcFileRow *self = user_data;
  const char *path = g_file_peek_path (file);

  if (path == NULL)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (path);
  gtk_editable_set_text (GTK_EDITABLE (self), path);
}

static void
on_choose (TcFileRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    tc_compat_choose_file (GTK_WINDOW (root), self->save_name != NULL ? _("Save As") : _("Open a File"), self->save_name, on_chosen, self);
}

void
tc_file_row_save_as (TcFileRow *self, const char *name)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autofree char *path = g_build_filename (documents != NULL ? documents : g_get_home_dir (), name, NULL);

  g_free (self->save_name);
  self->save_name = g_strdup (name);
  gtk_editable_set_text (GTK_EDITABLE (self), path);
}

static void
tc_file_row_finalize (GObject *object)
{
  TcFileRow *self = TC_FILE_ROW (object);

  g_free (self->save_name);
  g_free (self->chosen);
  G_OBJECT_CLASS (tc_file_row_parent_class)->finalize (object);
}

static void
tc_file_row_class_init (TcFileRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_file_row_finalize;
}

static void
tc_file_row_init (TcFileRow *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Choose a File"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose a File"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_choose), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), button);
}
