#include "dial.h"

#include <math.h>

#include "compat.h"

#define LINE_GAP 0.16  /* of a line's size */

void
tc_dial_palette_get (GtkWidget *widget, TcDialPalette *ret_palette)
{
  static const GdkRGBA blue = { 0.208f, 0.518f, 0.894f, 1 }, green = { 0.18f, 0.76f, 0.49f, 1 };
  static const GdkRGBA yellow = { 0.80f, 0.58f, 0.0f, 1 }, red = { 0.88f, 0.11f, 0.14f, 1 }, orange = { 0.90f, 0.38f, 0.0f, 1 };

  tc_compat_get_color (widget, &ret_palette->fg);
  tc_compat_lookup_color (widget, "accent_color", &blue, &ret_palette->accent);
  tc_compat_lookup_color (widget, "success_color", &green, &ret_palette->success);
  tc_compat_lookup_color (widget, "warning_color", &yellow, &ret_palette->warning);
  tc_compat_lookup_color (widget, "error_color", &red, &ret_palette->error);
  tc_compat_lookup_color (widget, "tc_hand_color", &orange, &ret_palette->hand);
  ret_palette->high_contrast = tc_compat_is_high_contrast ();
}

double
tc_dial_alpha (const TcDialPalette *palette, double alpha)
{
  return palette->high_contrast ? sqrt (alpha) : alpha;
}

static void
stroke (cairo_t *cr, double radius, double width, double from, double to, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
  cairo_set_line_width (cr, width);
  cairo_new_path (cr);
  cairo_arc (cr, 0, 0, radius, (from - 0.25) * 2 * G_PI, (to - 0.25) * 2 * G_PI);
  cairo_stroke (cr);
}

void
tc_dial_arc (cairo_t *cr, double radius, double width, double from, double to, const GdkRGBA *color, double alpha)
{
  if (to <= from || radius <= 0)
    return;
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  stroke (cr, radius, width, from, to, color, alpha);
}

void
tc_dial_arc_round (cairo_t *cr, double radius, double width, double from, double to, const GdkRGBA *color, double alpha)
{
  const double cap = width / 2 / (2 * G_PI * radius);

  if (to <= from || radius <= 0)
    return;
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (to - from <= 2 * cap)
    stroke (cr, radius, MAX (width * (to - from) / (2 * cap), 1), (from + to) / 2, (from + to) / 2 + 1e-4, color, alpha);
  else
    stroke (cr, radius, width, from + cap, to - cap, color, alpha);
}

void
tc_dial_tick (cairo_t *cr, double turn, double inner, double outer, double width, const GdkRGBA *color, double alpha)
{
  const double angle = (turn - 0.25) * 2 * G_PI, x = cos (angle), y = sin (angle);

  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
  cairo_set_line_width (cr, width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_move_to (cr, x * inner, y * inner);
  cairo_line_to (cr, x * outer, y * outer);
  cairo_stroke (cr);
}

static PangoLayout *
make_layout (GtkWidget *widget, const TcDialLine *line, double width)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, line->text);
  g_autoptr(PangoFontDescription) font = pango_font_description_new ();
  g_autoptr(PangoAttrList) attrs = pango_attr_list_new ();
  int pixels;

  pango_font_description_set_absolute_size (font, line->size * PANGO_SCALE);
  pango_font_description_set_weight (font, (PangoWeight) line->weight);
  pango_layout_set_font_description (layout, font);
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum"));
  if (line->spaced)
    pango_attr_list_insert (attrs, pango_attr_letter_spacing_new ((int) (line->size * 0.08 * PANGO_SCALE)));
  pango_layout_set_attributes (layout, attrs);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &pixels, NULL);
  if (pixels > width && pixels > 0)
    {
      pango_font_description_set_absolute_size (font, line->size * width / pixels * PANGO_SCALE);
      pango_layout_set_font_description (layout, font);
    }
  return layout;
}

void
tc_dial_text (GtkWidget *widget, GtkSnapshot *snapshot, double x, double y, double width,
              const TcDialLine *lines, gsize n_lines, const GdkRGBA *color, const TcDialPalette *palette)
{
  g_autoptr(GPtrArray) layouts = g_ptr_array_new_with_free_func (g_object_unref);
  double height = 0, top;

  for (gsize i = 0; i < n_lines; i++)
    {
      int pixels = 0;

      g_ptr_array_add (layouts, make_layout (widget, &lines[i], width));
      if (lines[i].text == NULL || lines[i].text[0] == '\0')
        continue;
      pango_layout_get_pixel_size (layouts->pdata[i], NULL, &pixels);
      height += pixels + lines[i].size * LINE_GAP;
    }
  top = y - height / 2;
  for (gsize i = 0; i < n_lines; i++)
    {
      GdkRGBA tinted = *color;
      int line_width, line_height;

      if (lines[i].text == NULL || lines[i].text[0] == '\0')
        continue;
      pango_layout_get_pixel_size (layouts->pdata[i], &line_width, &line_height);
      tinted.alpha *= (float) tc_dial_alpha (palette, lines[i].alpha);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) round (x - line_width / 2.0), (float) round (top)));
      gtk_snapshot_append_layout (snapshot, layouts->pdata[i], &tinted);
      gtk_snapshot_restore (snapshot);
      top += line_height + lines[i].size * LINE_GAP;
    }
}

gboolean
tc_dial_still (GtkWidget *widget)
{
  gboolean animations = TRUE;

  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animations, NULL);
  return !animations;
}
