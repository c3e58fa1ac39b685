#define G_LOG_DOMAIN "tc-ui"
#include "fee-bars.h"

#include <string.h>

#include <glib/gi18n.h>

#include "dial.h"

#define HEIGHT       92
#define MINIMUM_WIDTH 200
#define GAP          6.0f
#define WORDS_HEIGHT 18.0f

struct _TcFeeBars
{
  GtkWidget parent_instance;
  guint     counts[TC_NODE_FEE_BINS];
};

G_DEFINE_FINAL_TYPE (TcFeeBars, tc_fee_bars, GTK_TYPE_WIDGET)

/* "1", "2–3", "128+". Returns: (transfer full). */
static char *
bin_text (guint bin)
{
  if (bin == 0)
    return g_strdup ("1");
  if (bin == TC_NODE_FEE_BINS - 1)
    return g_strdup_printf ("%u+", 1u << bin);
  return g_strdup_printf ("%u–%u", 1u << bin, (2u << bin) - 1);
}

static void
draw_text (GtkWidget *widget, GtkSnapshot *snapshot, const char *text, float x, float y, const GdkRGBA *color)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();
  int width;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x - (float) width / 2, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_bar (TcFeeBars *self, GtkSnapshot *snapshot, guint bin, guint most, const TcDialPalette *palette)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const float width = (float) gtk_widget_get_width (widget) / TC_NODE_FEE_BINS, height = (float) gtk_widget_get_height (widget);
  const float room = height - 2 * WORDS_HEIGHT, bar = most == 0 ? 0 : room * (float) self->counts[bin] / (float) most;
  const guint place = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? TC_NODE_FEE_BINS - 1 - bin : bin;
  const float x = width * (float) place, foot = height - WORDS_HEIGHT;
  g_autofree char *label = bin_text (bin), *count = g_strdup_printf ("%u", self->counts[bin]);
  GdkRGBA faint = palette->fg, words = palette->fg;

  faint.alpha = (float) tc_dial_alpha (palette, 0.25);
  words.alpha = (float) tc_dial_alpha (palette, 0.65);
  gtk_snapshot_append_color (snapshot, &faint, &GRAPHENE_RECT_INIT (x + GAP / 2, foot - 1, width - GAP, 1));
  gtk_snapshot_append_color (snapshot, &palette->accent, &GRAPHENE_RECT_INIT (x + GAP / 2, foot - bar, width - GAP, bar));
  draw_text (widget, snapshot, label, x + width / 2, foot + 3, &words);
  if (self->counts[bin] > 0)
    draw_text (widget, snapshot, count, x + width / 2, foot - bar - WORDS_HEIGHT + 2, &words);
}

static void
tc_fee_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TcFeeBars *self = TC_FEE_BARS (widget);
  TcDialPalette palette;
  guint most = 0;

  tc_dial_palette_get (widget, &palette);
  for (guint i = 0; i < TC_NODE_FEE_BINS; i++)
    most = MAX (most, self->counts[i]);
  for (guint i = 0; i < TC_NODE_FEE_BINS; i++)
    draw_bar (self, snapshot, i, most, &palette);
}

static void
describe (TcFeeBars *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < TC_NODE_FEE_BINS; i++)
    if (self->counts[i] > 0)
      {
        g_autofree char *bin = bin_text (i);

        g_string_append (text, text->len > 0 ? "\n" : "");
        /* Translators: how many transactions wait that pay so much for each byte, such as "4–7". */
        g_string_append_printf (text, ngettext ("%u pays %s units a byte", "%u pay %s units a byte", self->counts[i]), self->counts[i], bin);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->len > 0 ? text->str : _("Nothing waits"), -1);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MINIMUM_WIDTH : HEIGHT;
}

static void
tc_fee_bars_class_init (TcFeeBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = tc_fee_bars_snapshot;
  widget_class->measure = measure;
  gtk_widget_class_set_css_name (widget_class, "feebars");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_fee_bars_init (TcFeeBars *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Waiting transactions by the fee that they pay for a byte"), -1);
  describe (self);
}

void
tc_fee_bars_set (TcFeeBars *self, const guint *counts)
{
  if (memcmp (self->counts, counts, sizeof self->counts) == 0)
    return;
  memcpy (self->counts, counts, sizeof self->counts);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
