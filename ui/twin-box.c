#define G_LOG_DOMAIN "tc-ui"
#include "twin-box.h"

struct _TcTwinBox
{
  GtkWidget  parent_instance;
  GtkWidget *start, *end;
  int        spacing, threshold, start_share;
};

G_DEFINE_FINAL_TYPE (TcTwinBox, tc_twin_box, GTK_TYPE_WIDGET)

enum { PROP_START = 1, PROP_END, PROP_SPACING, PROP_THRESHOLD, PROP_START_SHARE, N_PROPS };
static GParamSpec *properties[N_PROPS];

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
split_width (TcTwinBox *self, int width, int *ret_start, int *ret_end)
{
  int start_minimum, end_minimum;
  const int room = width - self->spacing;

  gtk_widget_measure (self->start, GTK_ORIENTATION_HORIZONTAL, -1, &start_minimum, NULL, NULL, NULL);
  gtk_widget_measure (self->end, GTK_ORIENTATION_HORIZONTAL, -1, &end_minimum, NULL, NULL, NULL);
  *ret_start = CLAMP (room * self->start_share / 100, start_minimum, MAX (room - end_minimum, start_minimum));
  *ret_end = room - *ret_start;
}

static gboolean
is_wide (TcTwinBox *self, int width)
{
  int start_minimum, end_minimum;

  gtk_widget_measure (self->start, GTK_ORIENTATION_HORIZONTAL, -1, &start_minimum, NULL, NULL, NULL);
  gtk_widget_measure (self->end, GTK_ORIENTATION_HORIZONTAL, -1, &end_minimum, NULL, NULL, NULL);
  return width >= MAX (self->threshold, start_minimum + end_minimum + self->spacing);
}

static void
measure_width (TcTwinBox *self, int *minimum, int *natural)
{
  int minimums[2], naturals[2];

  gtk_widget_measure (self->start, GTK_ORIENTATION_HORIZONTAL, -1, &minimums[0], &naturals[0], NULL, NULL);
  gtk_widget_measure (self->end, GTK_ORIENTATION_HORIZONTAL, -1, &minimums[1], &naturals[1], NULL, NULL);
  *minimum = MAX (minimums[0], minimums[1]);
  *natural = MAX (naturals[0] + naturals[1] + self->spacing, self->threshold);
}

static void
measure_height (TcTwinBox *self, int width, int *minimum, int *natural)
{
  int minimums[2], naturals[2], start_width = width, end_width = width;
  const gboolean wide = width < 0 || is_wide (self, width);

  if (wide && width >= 0)
    split_width (self, width, &start_width, &end_width);
  gtk_widget_measure (self->start, GTK_ORIENTATION_VERTICAL, start_width, &minimums[0], &naturals[0], NULL, NULL);
  gtk_widget_measure (self->end, GTK_ORIENTATION_VERTICAL, end_width, &minimums[1], &naturals[1], NULL, NULL);
  *minimum = wide ? MAX (minimums[0], minimums[1]) : minimums[0] + minimums[1] + self->spacing;
  *natural = wide ? MAX (naturals[0], naturals[1]) : naturals[0] + naturals[1] + self->spacing;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (TC_TWIN_BOX (widget), minimum, natural);
  else
    measure_height (TC_TWIN_BOX (widget), for_size, minimum, natural);
}

static void
place (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, height }, -1);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TcTwinBox *self = TC_TWIN_BOX (widget);
  int start_width, end_width, start_minimum, start_natural, end_minimum;

  if (is_wide (self, width))
    {
      const gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

      split_width (self, width, &start_width, &end_width);
      place (self->start, mirrored ? end_width + self->spacing : 0, 0, start_width, height);
      place (self->end, mirrored ? 0 : start_width + self->spacing, 0, end_width, height);
      return;
    }
  gtk_widget_measure (self->start, GTK_ORIENTATION_VERTICAL, width, &start_minimum, &start_natural, NULL, NULL);
  gtk_widget_measure (self->end, GTK_ORIENTATION_VERTICAL, width, &end_minimum, NULL, NULL, NULL);
  start_natural = CLAMP (start_natural, start_minimum, MAX (height - self->spacing - end_minimum, start_minimum));
  place (self->start, 0, 0, width, start_natural);
  place (self->end, 0, start_natural + self->spacing, width, MAX (height - start_natural - self->spacing, end_minimum));
}

static void
set_child (TcTwinBox *self, GtkWidget **child, GtkWidget *widget)
{
  g_clear_pointer (child, gtk_widget_unparent);
  *child = widget;
  gtk_widget_insert_before (widget, GTK_WIDGET (self), child == &self->start ? self->end : NULL);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TcTwinBox *self = TC_TWIN_BOX (object);

  switch (id)
    {
    case PROP_START:
      set_child (self, &self->start, g_value_get_object (value));
      break;
    case PROP_END:
      set_child (self, &self->end, g_value_get_object (value));
      break;
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    case PROP_THRESHOLD:
      self->threshold = g_value_get_int (value);
      break;
    case PROP_START_SHARE:
      self->start_share = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
dispose (GObject *object)
{
  TcTwinBox *self = TC_TWIN_BOX (object);

  g_clear_pointer (&self->start, gtk_widget_unparent);
  g_clear_pointer (&self->end, gtk_widget_unparent);
  G_OBJECT_CLASS (tc_twin_box_parent_class)->dispose (object);
}

static void
tc_twin_box_class_init (TcTwinBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = set_property;
  object_class->dispose = dispose;
  widget_class->get_request_mode = get_request_mode;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  properties[PROP_START] = g_param_spec_object ("start", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_END] = g_param_spec_object ("end", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, 1000, 0, flags);
  properties[PROP_THRESHOLD] = g_param_spec_int ("threshold", NULL, NULL, 0, 10000, 0, flags);
  properties[PROP_START_SHARE] = g_param_spec_int ("start-share", NULL, NULL, 0, 100, 50, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tc_twin_box_init (TcTwinBox *self)
{
  self->start_share = 50;
}
