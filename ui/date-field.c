#define G_LOG_DOMAIN "tc-ui"
#include "date-field.h"

#include <string.h>

#include <glib/gi18n.h>

#include "field.h"

struct _TcDateField
{
  AdwBin       parent_instance;
  TcField     *field;
  GtkPopover  *popover;
  GtkCalendar *calendar;
  gboolean     filling;
};

G_DEFINE_FINAL_TYPE (TcDateField, tc_date_field, ADW_TYPE_BIN)

enum { PROP_TITLE = 1 };
enum { CHANGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean
parse (const char *text, gint64 *ret_time_ms)
{
  guint64 year, month, day;
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  *ret_time_ms = 0;
  if (stripped[0] == '\0')
    return TRUE;
  g_auto(GStrv) parts = g_strsplit (stripped, "-", 4);
  if (g_strv_length (parts) != 3 || strlen (parts[0]) != 4 || strlen (parts[1]) > 2 || strlen (parts[2]) > 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 1970, 9999, &year, NULL) || !g_ascii_string_to_unsigned (parts[1], 10, 1, 12, &month, NULL)
      || !g_ascii_string_to_unsigned (parts[2], 10, 1, 31, &day, NULL))
    return FALSE;
  g_autoptr(GDateTime) time = g_date_time_new_local ((int) year, (int) month, (int) day, 0, 0, 0);
  if (time == NULL)
    return FALSE;
  *ret_time_ms = MAX (g_date_time_to_unix (time), 1) * 1000;
  return TRUE;
}

gboolean
tc_date_field_get (TcDateField *self, gint64 *ret_time_ms)
{
  g_return_val_if_fail (TC_IS_DATE_FIELD (self), FALSE);

  return parse (tc_field_get_text (self->field), ret_time_ms);
}

void
tc_date_field_clear (TcDateField *self)
{
  tc_field_set_text (self->field, "");
}

void
tc_date_field_focus (TcDateField *self)
{
  gtk_widget_grab_focus (tc_field_get_entry (self->field));
}

static void
show_verdict (TcDateField *self, gboolean left)
{
  gint64 time_ms;

  tc_field_show_verdict (self->field, tc_date_field_get (self, &time_ms) ? TC_FIELD_GOOD : TC_FIELD_INCOMPLETE,
                         _("Write a day as year, month and day, such as 2031-05-12."), left);
}

static void
on_changed (TcDateField *self)
{
  show_verdict (self, FALSE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_left (TcDateField *self)
{
  show_verdict (self, TRUE);
}

static void
on_activated (TcDateField *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
on_calendar_shown (TcDateField *self)
{
  gint64 time_ms;

  if (!tc_date_field_get (self, &time_ms) || time_ms == 0)
    return;
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (time_ms / 1000);
  self->filling = TRUE;
  gtk_calendar_select_day (self->calendar, time);
  self->filling = FALSE;
}

static void
on_day_selected (TcDateField *self)
{
  g_autoptr(GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autofree char *text = g_date_time_format (day, "%Y-%m-%d");

  if (!self->filling)
    tc_field_set_text (self->field, text);
}

static void
tc_date_field_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  g_object_set (TC_DATE_FIELD (object)->field, "title", g_value_get_string (value), NULL);
}

static void
tc_date_field_class_init (TcDateFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = tc_date_field_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_TITLE,
                                   g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_DATE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", TC_TYPE_DATE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_date_field_init (TcDateField *self)
{
  GtkWidget *button = gtk_menu_button_new ();

  self->field = TC_FIELD (tc_field_new ());
  self->calendar = GTK_CALENDAR (gtk_calendar_new ());
  self->popover = GTK_POPOVER (gtk_popover_new ());
  gtk_popover_set_child (self->popover, GTK_WIDGET (self->calendar));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "x-office-calendar-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), GTK_WIDGET (self->popover));
  gtk_widget_set_tooltip_text (button, _("Calendar"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Calendar"), -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  tc_field_add_suffix (self->field, button);
  tc_field_set_hint (self->field, _("Year, month and day, such as 2031-05-12"));
  g_signal_connect_object (self->field, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->field, "left", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->field, "activated", G_CALLBACK (on_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->popover, "show", G_CALLBACK (on_calendar_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->calendar, "day-selected", G_CALLBACK (on_day_selected), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->field));
}
