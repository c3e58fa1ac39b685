#define G_LOG_DOMAIN "tc-ui"
#include "stopwatch.h"

#include <math.h>

#include <glib/gi18n.h>

#include "dial.h"
#include "text.h"

#define NATURAL_SIZE 220
#define MINIMUM_SIZE 160
#define RADIUS 0.90
#define WIDTH  0.075

typedef enum { IDLE, RUNNING, FINAL, FAILED } Form;

struct _TcStopwatch
{
  GtkWidget parent_instance;
  Form      form;
  gint64    started_us;
  gint64    duration_us;
  double    share, shown;
  guint     tick;
};

G_DEFINE_FINAL_TYPE (TcStopwatch, tc_stopwatch, GTK_TYPE_WIDGET)

static void
draw_sign (cairo_t *cr, double r, Form form, const TcDialPalette *palette)
{
  const GdkRGBA *color = form == FINAL ? &palette->success : &palette->error;
  const double y = -r * 0.34, s = r * 0.15;

  cairo_set_source_rgba (cr, color->red, color->green, color->blue, 1);
  cairo_set_line_width (cr, r * 0.075);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (form == FINAL)
    {
      cairo_move_to (cr, -s * 1.2, y);
      cairo_line_to (cr, -s * 0.25, y + s * 0.9);
      cairo_line_to (cr, s * 1.4, y - s * 0.9);
    }
  else
    {
      cairo_move_to (cr, -s, y - s);
      cairo_line_to (cr, s, y + s);
      cairo_move_to (cr, s, y - s);
      cairo_line_to (cr, -s, y + s);
    }
  cairo_stroke (cr);
}

static void
draw (TcStopwatch *self, cairo_t *cr, double r, const TcDialPalette *palette)
{
  for (guint i = 0; i < 60; i++)
    tc_dial_tick (cr, i / 60.0, r * (i % 15 == 0 ? 0.74 : 0.78), r * 0.82, i % 15 == 0 ? 2 : 1, &palette->fg,
                  tc_dial_alpha (palette, i % 15 == 0 ? 0.5 : 0.2));
  tc_dial_arc (cr, r * RADIUS, r * WIDTH, 0, 1, &palette->fg, tc_dial_alpha (palette, 0.10));
  if (self->form == FINAL)
    tc_dial_arc (cr, r * RADIUS, r * WIDTH, 0, 1, &palette->success, 1);
  else if (self->form == RUNNING)
    {
      const double seconds = (double) (g_get_monotonic_time () - self->started_us) / 1e6;

      tc_dial_arc_round (cr, r * RADIUS, r * WIDTH, 0, self->shown, &palette->accent, 1);
      tc_dial_tick (cr, 2.0 / 3, r * 0.84, r * 0.96, 2, &palette->fg, tc_dial_alpha (palette, 0.6));
      tc_dial_tick (cr, fmod (seconds, 1), r * 0.60, r * 0.97, MAX (r * 0.02, 2), &palette->hand, 1);
    }
  if (self->form == FINAL || self->form == FAILED)
    draw_sign (cr, r, self->form, palette);
}

static char *
main_words (TcStopwatch *self)
{
  switch (self->form)
    {
    case RUNNING:
      return tc_text_duration_us (g_get_monotonic_time () - self->started_us);
    case FINAL:
      return self->duration_us < 0 ? g_strdup (_("Final")) : tc_text_duration_us (self->duration_us);
    case FAILED:
      return g_strdup (_("Not sent"));
    case IDLE:
    default:
      return g_strdup ("");
    }
}

static void
tc_stopwatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TcStopwatch *self = TC_STOPWATCH (widget);
  const double size = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  const gboolean signed_off = self->form == FINAL || self->form == FAILED;
  g_autofree char *words = main_words (self);
  const char *below = self->form == RUNNING ? _("Collecting votes") : self->form == FINAL && self->duration_us >= 0 ? _("Final") : NULL;
  TcDialPalette palette;
  cairo_t *cr;

  tc_dial_palette_get (widget, &palette);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) floor ((gtk_widget_get_width (widget) - size) / 2),
                                                          (float) floor ((gtk_widget_get_height (widget) - size) / 2)));
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) size, (float) size));
  cairo_translate (cr, size / 2, size / 2);
  draw (self, cr, size / 2 - 1, &palette);
  cairo_destroy (cr);
  {
    const TcDialLine lines[] = {
      { words, size * 0.135, PANGO_WEIGHT_NORMAL, 1, FALSE },
      { below, size * 0.062, PANGO_WEIGHT_SEMIBOLD, 0.7, FALSE },
    };

    tc_dial_text (widget, snapshot, size / 2, size * (signed_off ? 0.615 : 0.5), size * 0.6, lines, G_N_ELEMENTS (lines), &palette.fg, &palette);
  }
  gtk_snapshot_restore (snapshot);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TcStopwatch *self = TC_STOPWATCH (widget);

  self->shown += (self->share - self->shown) * 0.35;
  gtk_widget_queue_draw (widget);
  if (self->form == RUNNING)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
describe (TcStopwatch *self)
{
  g_autofree char *words = main_words (self);
  g_autofree char *text = NULL;

  if (self->form == FINAL && self->duration_us >= 0)
    text = g_strdup_printf (_("Final in %s"), words);
  else if (self->form == RUNNING)
    text = g_strdup_printf (_("Collecting votes: %d percent of the committee's power"), (int) (self->share * 100));
  else
    text = g_strdup (words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = MINIMUM_SIZE;
  *natural = NATURAL_SIZE;
}

static void
tc_stopwatch_dispose (GObject *object)
{
  TcStopwatch *self = TC_STOPWATCH (object);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  G_OBJECT_CLASS (tc_stopwatch_parent_class)->dispose (object);
}

static void
tc_stopwatch_class_init (TcStopwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_stopwatch_dispose;
  widget_class->snapshot = tc_stopwatch_snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "stopwatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_stopwatch_init (TcStopwatch *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Stopwatch"), -1);
}

GtkWidget *
tc_stopwatch_new (void)
{
  return g_object_new (TC_TYPE_STOPWATCH, NULL);
}

void
tc_stopwatch_start (TcStopwatch *self)
{
  self->form = RUNNING;
  self->started_us = g_get_monotonic_time ();
  self->share = self->shown = 0;
  describe (self);
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
tc_stopwatch_set_share (TcStopwatch *self, double share)
{
  self->share = CLAMP (share, 0, 1);
  describe (self);
}

void
tc_stopwatch_stop (TcStopwatch *self, gint64 duration_us)
{
  self->form = FINAL;
  self->duration_us = duration_us;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tc_stopwatch_fail (TcStopwatch *self)
{
  self->form = FAILED;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
