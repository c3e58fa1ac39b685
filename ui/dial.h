#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the epoch clock and the stopwatch draw with. Angles are in turns, from twelve o'clock, clockwise. Main thread. */

typedef struct
{
  GdkRGBA  fg, accent, success, warning, error, hand;
  gboolean high_contrast;
} TcDialPalette;

/* The colours of @widget's theme, light, dark or high contrast. */
void    tc_dial_palette_get    (GtkWidget *widget, TcDialPalette *ret_palette);
/* @alpha, raised so that it can still be seen where high contrast is asked for. */
double  tc_dial_alpha          (const TcDialPalette *palette, double alpha);

/* An arc of @width round the origin. Nothing where @to is not after @from. */
void    tc_dial_arc            (cairo_t *cr, double radius, double width, double from, double to, const GdkRGBA *color, double alpha);
/* The same with round ends that do not pass @from and @to. */
void    tc_dial_arc_round      (cairo_t *cr, double radius, double width, double from, double to, const GdkRGBA *color, double alpha);
/* A radial line at @turn from radius @inner to @outer. */
void    tc_dial_tick           (cairo_t *cr, double turn, double inner, double outer, double width, const GdkRGBA *color, double alpha);

typedef struct
{
  const char *text;
  double      size;     /* px */
  int         weight;   /* PangoWeight */
  double      alpha;
  gboolean    spaced;   /* letters set apart, for a caption in capitals */
} TcDialLine;

/* Lines one below another, centred on (@x, @y), each shrunk to fit @width. Lines without text take no room. */
void    tc_dial_text           (GtkWidget *widget, GtkSnapshot *snapshot, double x, double y, double width,
                                const TcDialLine *lines, gsize n_lines, const GdkRGBA *color, const TcDialPalette *palette);

/* Whether the user asked for less motion. */
gboolean tc_dial_still         (GtkWidget *widget);

G_END_DECLS
