#define G_LOG_DOMAIN "tc-ui"
#include "reward-chart.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"
#include "text.h"

#define HEIGHT     120
#define MIN_WIDTH  200
#define FOOT       20   /* px below the bars, for the days */
#define GAP        2
#define LEAST_BAR  2

struct _TcRewardChart
{
  GtkWidget parent_instance;
  TcAmount  rewards[TC_REWARD_DAYS];
  gboolean  hidden;
};

G_DEFINE_FINAL_TYPE (TcRewardChart, tc_reward_chart, GTK_TYPE_WIDGET)

static char *
day_text (guint day)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) date = g_date_time_add_days (now, (int) day - (int) TC_REWARD_DAYS + 1);

  /* Translators: a day of a chart, such as "12 May": see strftime. */
  return g_date_time_format (date, _("%-d %b"));
}

char *
tc_reward_chart_describe (const TcAmount *rewards)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < TC_REWARD_DAYS; i++)
    if (rewards[i].units > 0)
      {
        g_autofree char *day = day_text (i), *amount = tc_text_amount_unit (rewards[i]);

        /* Translators: a day and what was earned on it. */
        g_ptr_array_add (parts, g_strdup_printf (_("%s: %s."), day, amount));
      }
  if (parts->len == 0)
    return g_strdup_printf (ngettext ("No rewards in the last %u day.", "No rewards in the last %u days.", TC_REWARD_DAYS), TC_REWARD_DAYS);
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" ", (char **) parts->pdata);
}

static guint64
most (const TcRewardChart *self)
{
  guint64 units = 1;

  for (guint i = 0; i < TC_REWARD_DAYS; i++)
    units = MAX (units, self->rewards[i].units);
  return units;
}

/* The first day is where reading begins. */
static guint
column_of (GtkWidget *widget, guint day)
{
  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? TC_REWARD_DAYS - 1 - day : day;
}

static void
draw_day (GtkWidget *widget, GtkSnapshot *snapshot, guint day, float x, float width, const GdkRGBA *color)
{
  g_autofree char *text = day_text (day);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int text_width;

  pango_layout_get_pixel_size (layout, &text_width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (CLAMP (x + width / 2 - (float) text_width / 2, 0, (float) gtk_widget_get_width (widget) - (float) text_width),
                                                          HEIGHT - FOOT + 2));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
tc_reward_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  const TcRewardChart *self = TC_REWARD_CHART (widget);
  const float step = (float) gtk_widget_get_width (widget) / TC_REWARD_DAYS, room = HEIGHT - FOOT;
  GdkRGBA text, bar, ground, fallback = { 0.2f, 0.5f, 0.9f, 1 };

  tc_compat_get_color (widget, &text);
  tc_compat_lookup_color (widget, "accent_bg_color", &fallback, &bar);
  ground = text;
  ground.alpha = tc_compat_is_high_contrast () ? 0.4f : 0.12f;
  for (guint i = 0; i < TC_REWARD_DAYS; i++)
    {
      const float x = (float) column_of (widget, i) * step, share = self->hidden ? 0 : (float) ((double) self->rewards[i].units / (double) most (self));
      const float height = self->rewards[i].units > 0 && !self->hidden ? MAX (share * room, LEAST_BAR) : LEAST_BAR;
      GskRoundedRect shape;

      gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (x + GAP / 2.0f, room - height, MAX (step - GAP, 1), height), MIN (3, height / 2));
      gtk_snapshot_push_rounded_clip (snapshot, &shape);
      gtk_snapshot_append_color (snapshot, self->rewards[i].units > 0 && !self->hidden ? &bar : &ground, &shape.bounds);
      gtk_snapshot_pop (snapshot);
      if (i == 0 || i == TC_REWARD_DAYS / 2 || i == TC_REWARD_DAYS - 1)
        {
          text.alpha = 0.75f;
          draw_day (widget, snapshot, i, x, step, &text);
        }
    }
}

static void
tc_reward_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static gboolean
tc_reward_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  const TcRewardChart *self = TC_REWARD_CHART (widget);
  const int width = MAX (gtk_widget_get_width (widget), 1);
  const guint day = column_of (widget, MIN ((guint) (MAX (x, 0) * (int) TC_REWARD_DAYS / width), TC_REWARD_DAYS - 1));
  g_autofree char *name = NULL, *amount = NULL, *text = NULL;

  if (keyboard || self->hidden)
    return FALSE;
  name = day_text (day);
  amount = tc_text_amount_unit (self->rewards[day]);
  text = g_strdup_printf (_("%s: %s."), name, amount);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
tc_reward_chart_class_init (TcRewardChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = tc_reward_chart_snapshot;
  widget_class->measure = tc_reward_chart_measure;
  widget_class->query_tooltip = tc_reward_chart_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "reward-chart");
}

static void
tc_reward_chart_init (TcRewardChart *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
}

void
tc_reward_chart_set (TcRewardChart *self, const TcAmount *rewards, gboolean hidden)
{
  g_autofree char *description = NULL;

  g_return_if_fail (TC_IS_REWARD_CHART (self));

  memcpy (self->rewards, rewards, sizeof self->rewards);
  self->hidden = hidden;
  description = hidden ? g_strdup (_("Amounts are hidden.")) : tc_reward_chart_describe (rewards);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rewards of each day"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
