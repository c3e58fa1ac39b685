#define G_LOG_DOMAIN "tc-ui"
#include "traffic-graph.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "dial.h"
#include "text.h"
#include "traffic.h"

#define NATURAL_HEIGHT 150
#define MINIMUM_WIDTH  120
#define HATCH_STEP     6.0
#define GRID_S         120u
#define NOW_SECONDS    3u

struct _TcTrafficGraph
{
  GtkWidget parent_instance;
  TcTraffic traffic;
};

G_DEFINE_FINAL_TYPE (TcTrafficGraph, tc_traffic_graph, GTK_TYPE_WIDGET)

guint64
tc_traffic_graph_scale (guint64 most)
{
  guint64 scale = 1000;

  while (scale < most && scale < G_MAXUINT64 / 10)
    {
      if (scale * 2 >= most)
        return scale * 2;
      if (scale * 5 >= most)
        return scale * 5;
      scale *= 10;
    }
  return scale;
}

/* --- Drawing --- */

typedef struct
{
  double   width, middle, half;  /* px */
  double   scale;                /* bytes a second at the edge */
  gboolean mirrored;             /* the newest is on the left */
} Frame;

static double
x_of (const Frame *frame, guint age)
{
  const double x = frame->width * (1 - (double) age / (TC_TRAFFIC_SECONDS - 2));

  return frame->mirrored ? frame->width - x : x;
}

/* The line of what came in (@out FALSE) or went out. Returns: FALSE where there is none. @ret_last: the age of its oldest point. */
static gboolean
trace (cairo_t *cr, const TcTraffic *traffic, const Frame *frame, gboolean out, guint *ret_last)
{
  guint64 bytes[2];
  guint age;

  for (age = 0; tc_traffic_get (traffic, age, &bytes[0], &bytes[1]); age++)
    {
      const double part = frame->half * MIN ((double) bytes[out] / frame->scale, 1.0);

      cairo_line_to (cr, x_of (frame, age), out ? frame->middle + part : frame->middle - part);
    }
  *ret_last = age == 0 ? 0 : age - 1;
  return age > 1;
}

static void
hatch (cairo_t *cr, const Frame *frame)
{
  cairo_save (cr);
  cairo_clip (cr);
  cairo_set_line_width (cr, 1);
  for (double x = -frame->half; x < frame->width; x += HATCH_STEP)
    {
      cairo_move_to (cr, x, frame->middle);
      cairo_line_to (cr, x + frame->half, frame->middle + frame->half);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
set_color (cairo_t *cr, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, alpha);
}

static void
draw_side (cairo_t *cr, const TcTraffic *traffic, const Frame *frame, gboolean out, const TcDialPalette *palette)
{
  const GdkRGBA *color = out ? &palette->fg : &palette->accent;
  guint last;

  if (trace (cr, traffic, frame, out, &last))
    {
      cairo_line_to (cr, x_of (frame, last), frame->middle);
      cairo_line_to (cr, x_of (frame, 0), frame->middle);
      cairo_close_path (cr);
      set_color (cr, color, out ? 0.35 : 0.28);
      if (out)
        hatch (cr, frame);
      else
        cairo_fill (cr);
    }
  cairo_new_path (cr);
  if (trace (cr, traffic, frame, out, &last))
    {
      set_color (cr, color, out ? 0.75 : 1);
      cairo_set_line_width (cr, 1.5);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cr);
    }
  cairo_new_path (cr);
}

static void
draw_grid (cairo_t *cr, const Frame *frame, const TcDialPalette *palette)
{
  cairo_set_line_width (cr, 1);
  set_color (cr, &palette->fg, tc_dial_alpha (palette, 0.10));
  for (guint age = 0; age <= TC_TRAFFIC_SECONDS - 2; age += GRID_S)
    {
      const double x = floor (CLAMP (x_of (frame, age), 0.5, frame->width - 1)) + 0.5;

      cairo_move_to (cr, x, frame->middle - frame->half);
      cairo_line_to (cr, x, frame->middle + frame->half);
    }
  cairo_stroke (cr);
  set_color (cr, &palette->fg, tc_dial_alpha (palette, 0.4));
  cairo_move_to (cr, 0, frame->middle);
  cairo_line_to (cr, frame->width, frame->middle);
  cairo_stroke (cr);
}

/* A round number needs no decimals. Returns: (transfer full). */
static char *
scale_text (guint64 scale)
{
  g_autofree char *size = tc_text_size (scale);
  g_auto(GStrv) parts = g_strsplit (size, "\u00a0", 2);
  char *tail = parts[0] != NULL && strlen (parts[0]) > 2 ? parts[0] + strlen (parts[0]) - 2 : NULL;

  if (tail != NULL && parts[1] != NULL && (g_str_equal (tail, ".0") || g_str_equal (tail, ",0")))
    *tail = '\0';
  return g_strjoinv ("\u00a0", parts);
}

/* What the edges stand for, and which side is which. */
static void
draw_words (GtkWidget *widget, GtkSnapshot *snapshot, const Frame *frame, const TcDialPalette *palette)
{
  g_autofree char *size = scale_text ((guint64) frame->scale);
  g_autofree char *scale = g_strdup_printf (_("%s/s"), size);
  const char *const texts[] = { _("Received"), _("Sent"), scale, scale };
  GdkRGBA color = palette->fg;

  color.alpha = (float) tc_dial_alpha (palette, 0.65);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, texts[i]);
      g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
      const gboolean below = i % 2 == 1, at_end = (i >= 2) != frame->mirrored;
      int width, height;

      pango_attr_list_insert (attributes, pango_attr_scale_new (0.82));
      pango_layout_set_attributes (layout, attributes);
      pango_layout_get_pixel_size (layout, &width, &height);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (at_end ? (float) (frame->width - width - 6) : 6,
                                                              below ? (float) (frame->middle + frame->half - height - 3)
                                                                    : (float) (frame->middle - frame->half + 3)));
      gtk_snapshot_append_layout (snapshot, layout, &color);
      gtk_snapshot_restore (snapshot);
    }
}

static void
tc_traffic_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TcTrafficGraph *self = TC_TRAFFIC_GRAPH (widget);
  const double height = gtk_widget_get_height (widget);
  const Frame frame = { .width = gtk_widget_get_width (widget), .middle = floor (height / 2) + 0.5, .half = floor (height / 2) - 1,
                        .scale = (double) tc_traffic_graph_scale (tc_traffic_get_max (&self->traffic)),
                        .mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL };
  TcDialPalette palette;
  cairo_t *cr;

  if (frame.width < 2 || frame.half < 2)
    return;
  tc_dial_palette_get (widget, &palette);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) frame.width, (float) height));
  draw_grid (cr, &frame, &palette);
  draw_side (cr, &self->traffic, &frame, FALSE, &palette);
  draw_side (cr, &self->traffic, &frame, TRUE, &palette);
  cairo_destroy (cr);
  draw_words (widget, snapshot, &frame, &palette);
}

/* --- Words --- */

static void
describe (TcTrafficGraph *self)
{
  guint64 now_in, now_out, mean_in, mean_out;
  g_autofree char *text = NULL;

  tc_traffic_get_mean (&self->traffic, NOW_SECONDS, &now_in, &now_out);
  tc_traffic_get_mean (&self->traffic, TC_TRAFFIC_SECONDS, &mean_in, &mean_out);
  {
    g_autofree char *now_in_text = tc_text_size (now_in), *now_out_text = tc_text_size (now_out);
    g_autofree char *mean_in_text = tc_text_size (mean_in), *mean_out_text = tc_text_size (mean_out);

    /* Translators: sizes, such as 12.3 kB. */
    text = g_strdup_printf (_("Receiving %s and sending %s a second. Over the last ten minutes it was %s and %s a second."), now_in_text, now_out_text,
                            mean_in_text, mean_out_text);
  }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MINIMUM_WIDTH : NATURAL_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? (int) TC_TRAFFIC_SECONDS : NATURAL_HEIGHT;
}

static void
tc_traffic_graph_class_init (TcTrafficGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = tc_traffic_graph_snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "trafficgraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_traffic_graph_init (TcTrafficGraph *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Traffic of the last ten minutes"), -1);
}

void
tc_traffic_graph_add (TcTrafficGraph *self, gint64 time_ms, guint64 bytes_in, guint64 bytes_out)
{
  const gint64 second = self->traffic.time_ms / 1000;

  g_return_if_fail (TC_IS_TRAFFIC_GRAPH (self));

  tc_traffic_add (&self->traffic, time_ms, bytes_in, bytes_out);
  if (time_ms / 1000 == second || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tc_traffic_graph_get_rates (TcTrafficGraph *self, guint64 *ret_in, guint64 *ret_out)
{
  tc_traffic_get_mean (&self->traffic, NOW_SECONDS, ret_in, ret_out);
}
