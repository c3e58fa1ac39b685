#define G_LOG_DOMAIN "tc-ui"
#include "flow-diagram.h"

#include <math.h>

#include <glib/gi18n.h>

#include "dial.h"
#include "helpers.h"
#include "text.h"

#define SIDE_MAX     6u    /* bands on a side */
#define ROW_HEIGHT   46
#define TRUNK_HEIGHT 64.0  /* where all bands meet */
#define BAND_MIN     1.5
#define LABEL_SHARE  0.36
#define LABEL_MAX    230.0
#define LABEL_GAP    8.0
#define NODE_WIDTH   3.0
#define WIDTH_MIN    260
#define WIDTH_NATURAL 520

typedef struct
{
  TcFlowKind kind;
  TcAmount   amount;
  gboolean   is_known;
  char      *label;
} Band;

struct _TcFlowDiagram
{
  GtkWidget parent_instance;
  GArray   *sides[2];  /* (element-type Band): in, out */
  gboolean  hidden;
};

G_DEFINE_FINAL_TYPE (TcFlowDiagram, tc_flow_diagram, GTK_TYPE_WIDGET)

static void
band_clear (gpointer data)
{
  g_free (((Band *) data)->label);
}

/* --- What is shown -------------------------------------------------------------------------------------------------------------------- */

static int
compare_bands (gconstpointer a, gconstpointer b)
{
  const Band *x = a, *y = b;

  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  return x->amount.units == y->amount.units ? 0 : x->amount.units > y->amount.units ? -1 : 1;
}

static void
count_kinds (GArray *side, guint counts[4])
{
  for (guint i = 0; i < side->len; i++)
    counts[g_array_index (side, Band, i).kind]++;
}

/* Of the kind that there is most of, the largest stay; the others become one. */
static void
join_small (GArray *side)
{
  guint counts[4] = { 0 }, most = 0, first = 0;
  Band others = { .is_known = TRUE };

  count_kinds (side, counts);
  for (guint i = 1; i < G_N_ELEMENTS (counts); i++)
    most = counts[i] > counts[most] ? i : most;
  for (guint i = 0; i < most; i++)
    first += counts[i];
  const guint rest = side->len - counts[most], keep = SIDE_MAX > rest + 2 ? SIDE_MAX - rest - 1 : 1, n = counts[most] - keep;
  for (guint i = first + keep; i < first + counts[most]; i++)
    others.is_known = g_array_index (side, Band, i).is_known && tc_amount_add (others.amount, g_array_index (side, Band, i).amount, &others.amount)
                      && others.is_known;
  others.kind = most;
  /* Translators: coins or recipients of a payment that are drawn as one. */
  others.label = g_strdup_printf (ngettext ("and %u more", "and %u more", n), n);
  g_array_remove_range (side, first + keep, n);
  g_array_insert_val (side, first + keep, others);
}

static GArray *
make_side (const TcFlow *flows, gsize n)
{
  GArray *side = g_array_sized_new (FALSE, TRUE, sizeof (Band), (guint) n);

  g_array_set_clear_func (side, band_clear);
  for (gsize i = 0; i < n; i++)
    {
      const Band band = { flows[i].kind, flows[i].amount, flows[i].is_known, g_strdup (flows[i].label) };

      g_array_append_val (side, band);
    }
  g_array_sort (side, compare_bands);
  if (side->len > SIDE_MAX)
    join_small (side);
  return side;
}

static char *
amount_text (TcFlowDiagram *self, const Band *band)
{
  if (!band->is_known)
    return g_strdup ("");
  return self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (band->amount);
}

static void
describe (TcFlowDiagram *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint s = 0; s < 2; s++)
    for (guint i = 0; i < self->sides[s]->len; i++)
      {
        const Band *band = &g_array_index (self->sides[s], Band, i);
        g_autofree char *amount = amount_text (self, band);

        if (text->len > 0)
          g_string_append_c (text, '\n');
        /* Translators: a line of a payment's diagram, read aloud: what goes in or out, and whose it is. */
        g_string_append_printf (text, s == 0 ? _("In: %s, %s") : _("Out: %s, %s"), amount, band->label);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

/* --- Drawing -------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  TcFlowDiagram *self;
  cairo_t       *cr;
  TcDialPalette  palette;
  double         width, height, label_width, total;
  gboolean       rtl;
} Drawing;

static double
mirrored (const Drawing *drawing, double x)
{
  return drawing->rtl ? drawing->width - x : x;
}

static double
sum_of (GArray *side)
{
  double sum = 0;

  for (guint i = 0; i < side->len; i++)
    sum += (double) g_array_index (side, Band, i).amount.units;
  return sum;
}

static double
thickness (const Drawing *drawing, GArray *side, const Band *band)
{
  const double share = drawing->total > 0 && band->is_known ? (double) band->amount.units / drawing->total : 1.0 / side->len;

  return MAX (share * TRUNK_HEIGHT, BAND_MIN);
}

static const GdkRGBA *
color_of (const Drawing *drawing, TcFlowKind kind)
{
  switch (kind)
    {
    case TC_FLOW_PAYMENT:
      return &drawing->palette.accent;
    case TC_FLOW_OWN:
      return &drawing->palette.success;
    case TC_FLOW_FEE:
      return &drawing->palette.warning;
    case TC_FLOW_COIN:
    default:
      return &drawing->palette.fg;
    }
}

static void
draw_band (const Drawing *drawing, const GdkRGBA *color, double from_x, double from_y, double to_x, double to_y, double size)
{
  cairo_t *cr = drawing->cr;
  const double x0 = mirrored (drawing, from_x), x1 = mirrored (drawing, to_x), middle = (x0 + x1) / 2, half = size / 2;

  cairo_new_path (cr);
  cairo_move_to (cr, x0, from_y - half);
  cairo_curve_to (cr, middle, from_y - half, middle, to_y - half, x1, to_y - half);
  cairo_line_to (cr, x1, to_y + half);
  cairo_curve_to (cr, middle, to_y + half, middle, from_y + half, x0, from_y + half);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, tc_dial_alpha (&drawing->palette, 0.28));
  cairo_fill (cr);
  cairo_rectangle (cr, MIN (x0, x0 + (drawing->rtl ? NODE_WIDTH : -NODE_WIDTH)), from_y - MAX (half, 3), NODE_WIDTH, MAX (size, 6));
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, 1);
  cairo_fill (cr);
}

static double
draw_line (const Drawing *drawing, const char *text, gboolean at_end, double y, double alpha, double scale)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (drawing->self), text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  const GdkRGBA *fg = &drawing->palette.fg;
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (width > drawing->label_width)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
      pango_layout_set_width (layout, (int) (drawing->label_width * PANGO_SCALE));
      width = (int) drawing->label_width;
    }
  cairo_set_source_rgba (drawing->cr, fg->red, fg->green, fg->blue, tc_dial_alpha (&drawing->palette, alpha));
  cairo_move_to (drawing->cr, at_end != drawing->rtl ? drawing->width - width : 0, y);
  pango_cairo_show_layout (drawing->cr, layout);
  return height;
}

static void
draw_label (const Drawing *drawing, const Band *band, gboolean at_end, double y)
{
  g_autofree char *amount = amount_text (drawing->self, band);

  const double height = draw_line (drawing, *amount != '\0' ? amount : band->label, at_end, y - ROW_HEIGHT * 0.44, 1, 0.95);
  if (*amount != '\0')
    draw_line (drawing, band->label, at_end, y - ROW_HEIGHT * 0.44 + height, 0.7, 0.85);
}

static void
draw_side (const Drawing *drawing, GArray *side, gboolean at_end)
{
  const double top = (drawing->height - side->len * ROW_HEIGHT) / 2, center = drawing->width / 2;
  const double edge = drawing->label_width + LABEL_GAP + NODE_WIDTH;
  double all = 0;

  for (guint i = 0; i < side->len; i++)
    all += thickness (drawing, side, &g_array_index (side, Band, i));
  double at = (drawing->height - all) / 2;
  for (guint i = 0; i < side->len; i++)
    {
      const Band *band = &g_array_index (side, Band, i);
      const double size = thickness (drawing, side, band), y = top + (i + 0.5) * ROW_HEIGHT;

      if (at_end)
        {
          Drawing other = *drawing;

          other.rtl = !drawing->rtl;  /* the same, from the other edge */
          draw_band (&other, color_of (drawing, band->kind), edge, y, drawing->width - center, at + size / 2, size);
        }
      else
        draw_band (drawing, color_of (drawing, band->kind), edge, y, center, at + size / 2, size);
      draw_label (drawing, band, at_end, y);
      at += size;
    }
}

static void
tc_flow_diagram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TcFlowDiagram *self = TC_FLOW_DIAGRAM (widget);
  Drawing drawing = { .self = self, .width = gtk_widget_get_width (widget), .height = gtk_widget_get_height (widget) };

  if (drawing.width < 1 || drawing.height < 1)
    return;
  drawing.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) drawing.width, (float) drawing.height));
  drawing.rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  drawing.label_width = MIN (drawing.width * LABEL_SHARE, LABEL_MAX);
  drawing.total = MAX (sum_of (self->sides[0]), sum_of (self->sides[1]));
  tc_dial_palette_get (widget, &drawing.palette);
  draw_side (&drawing, self->sides[0], FALSE);
  draw_side (&drawing, self->sides[1], TRUE);
  cairo_destroy (drawing.cr);
}

static void
tc_flow_diagram_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                         int *natural_baseline)
{
  TcFlowDiagram *self = TC_FLOW_DIAGRAM (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = WIDTH_MIN;
      *natural = WIDTH_NATURAL;
    }
  else
    *minimum = *natural = (int) MAX (TRUNK_HEIGHT + 8, MAX (self->sides[0]->len, self->sides[1]->len) * ROW_HEIGHT);
}

static void
tc_flow_diagram_finalize (GObject *object)
{
  TcFlowDiagram *self = TC_FLOW_DIAGRAM (object);

  g_array_unref (self->sides[0]);
  g_array_unref (self->sides[1]);
  G_OBJECT_CLASS (tc_flow_diagram_parent_class)->finalize (object);
}

static void
tc_flow_diagram_class_init (TcFlowDiagramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_flow_diagram_finalize;
  widget_class->snapshot = tc_flow_diagram_snapshot;
  widget_class->measure = tc_flow_diagram_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_flow_diagram_init (TcFlowDiagram *self)
{
  self->sides[0] = make_side (NULL, 0);
  self->sides[1] = make_side (NULL, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Diagram of the Payment"), -1);
}

GtkWidget *
tc_flow_diagram_new (void)
{
  return g_object_new (TC_TYPE_FLOW_DIAGRAM, NULL);
}

void
tc_flow_diagram_set (TcFlowDiagram *self, const TcFlow *in, gsize n_in, const TcFlow *out, gsize n_out)
{
  g_return_if_fail (TC_IS_FLOW_DIAGRAM (self));

  g_array_unref (self->sides[0]);
  g_array_unref (self->sides[1]);
  self->sides[0] = make_side (in, n_in);
  self->sides[1] = make_side (out, n_out);
  describe (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
tc_flow_diagram_set_hidden (TcFlowDiagram *self, gboolean hidden)
{
  g_return_if_fail (TC_IS_FLOW_DIAGRAM (self));

  self->hidden = hidden;
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
