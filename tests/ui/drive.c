#include "drive.h"

#include <string.h>

#include "ui/field.h"

static gboolean
on_time (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

gboolean
tc_drive_until (TcDriveCondition condition, gpointer user_data, guint limit_ms)
{
  gboolean over = FALSE, holds;
  const guint timeout = g_timeout_add (limit_ms, on_time, &over), tick = g_timeout_add (20, on_tick, NULL);

  while (!(holds = condition (user_data)) && !over)
    g_main_context_iteration (NULL, TRUE);
  if (!over)
    g_source_remove (timeout);
  g_source_remove (tick);
  return holds;
}

static gboolean
never (gpointer unused)
{
  return FALSE;
}

void
tc_drive_for (guint ms)
{
  tc_drive_until (never, NULL, ms);
}

typedef gboolean (*Match) (GtkWidget *widget, gconstpointer data);

static GtkWidget *
find (GtkWidget *root, Match match, gconstpointer data)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (match (root, data))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, match, data);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
is_type (GtkWidget *widget, gconstpointer data)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, *(const GType *) data);
}

GtkWidget *
tc_drive_find_type (GtkWidget *root, GType type)
{
  return find (root, is_type, &type);
}

static gboolean
same_words (const char *a, const char *b)
{
  g_autofree char *plain = NULL;

  if (a == NULL)
    return FALSE;
  plain = g_strdelimit (g_strdup (a), "_", ' ');
  {
    g_auto(GStrv) parts = g_strsplit (a, "_", -1);
    g_autofree char *without = g_strjoinv ("", parts);

    return strcmp (without, b) == 0;
  }
}

static gboolean
is_label (GtkWidget *widget, gconstpointer data)
{
  return GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), data) == 0;
}

static gboolean
is_button (GtkWidget *widget, gconstpointer data)
{
  return GTK_IS_BUTTON (widget)
         && (same_words (gtk_button_get_label (GTK_BUTTON (widget)), data) || same_words (gtk_widget_get_tooltip_text (widget), data)
             || find (widget, is_label, data) != NULL);
}

GtkWidget *
tc_drive_find_button (GtkWidget *root, const char *label)
{
  return find (root, is_button, label);
}

void
tc_drive_press (GtkWidget *root, const char *label)
{
  GtkWidget *button = tc_drive_find_button (root, label);

  if (button == NULL)
    g_error ("there is no button “%s”", label);
  if (!gtk_widget_is_sensitive (button))
    g_error ("the button “%s” cannot be pressed", label);
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
is_entry (GtkWidget *widget, gconstpointer data)
{
  return ADW_IS_ENTRY_ROW (widget) && strcmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), data) == 0;
}

GtkWidget *
tc_drive_find_entry (GtkWidget *root, const char *title)
{
  return find (root, is_entry, title);
}

void
tc_drive_write (GtkWidget *root, const char *title, const char *text)
{
  GtkWidget *entry = tc_drive_find_entry (root, title);

  if (entry == NULL)
    g_error ("there is no entry “%s”", title);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static gboolean
holds_text (GtkWidget *widget, gconstpointer data)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), data) != NULL;
}

gboolean
tc_drive_shows (GtkWidget *root, const char *text)
{
  return find (root, holds_text, text) != NULL;
}

/* (nullable): NULL while the window is between two layouts. */
static GskRenderNode *
snapshot_window (GtkWidget *window, int *ret_width, int *ret_height)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  *ret_width = gdk_paintable_get_intrinsic_width (paintable);
  *ret_height = gdk_paintable_get_intrinsic_height (paintable);
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), *ret_width, *ret_height);
  return gtk_snapshot_free_to_node (snapshot);
}

void
tc_drive_save_png (GtkWidget *window, const char *path)
{
  g_autoptr(GdkTexture) texture = NULL;
  g_autoptr(GskRenderNode) node = NULL;
  int width, height;

  for (guint i = 0; i < 50 && node == NULL; i++)
    {
      node = snapshot_window (window, &width, &height);
      if (node == NULL)
        tc_drive_for (50);
    }
  if (node == NULL)
    g_error ("nothing is drawn for %s", path);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (!gdk_texture_save_to_png (texture, path))
    g_error ("%s cannot be written", path);
}
