#define G_LOG_DOMAIN "tc-ui"
#include "epoch-clock-private.h"

#include <math.h>

#include <glib/gi18n.h>

#include <adwaita.h>

#include "dial.h"

/* Radii and widths, as parts of the dial's radius. */
#define TRACK_OUTER    0.965
#define TRACK_MINOR    0.935
#define TRACK_MAJOR    0.905
#define BLOCKS_RADIUS  0.815
#define BLOCKS_WIDTH   0.085
#define PREPARE_RADIUS 0.700
#define COMMIT_RADIUS  0.655
#define ROUND_WIDTH    0.024
#define HAND_INNER     0.735
#define HAND_OUTER     0.985
#define WORDS_WIDTH    1.00
#define HISTORY_RADIUS 0.610
#define LINK_BEADS     36u
#define SNAPSHOT_PARTS 64u
#define LOAD_RADIUS    0.988
#define LOAD_FULL_BYTES 1000000.0  /* rule F8: a member votes on at most 1 MB ahead of the chain */

#define NATURAL_SIZE   280
#define MINIMUM_SIZE   160
#define TURN_S         3.2   /* of the connecting form */
#define EASE_S         0.18  /* a ring nears its value with this time constant */
#define FRAME_MIN_MS   60    /* the hand is drawn again when it moved half a pixel, within these */
#define FRAME_MAX_MS   1000

struct _TcEpochClock
{
  GtkWidget      parent_instance;
  TcNodeStatus  *status;
  gboolean       paused;
  guint          timer;
  guint          tick;
  gint64         frame_us;            /* of the last animation frame; 0: none yet */
  double         prepare, commit;     /* as drawn; they near the status's */
  double         spin;                /* of the connecting form, in turns */
  gint64         described_ms;
  char          *description;
  GskRenderNode *face;                /* what only changes with the status, kept between frames */
  double         face_size;
};

G_DEFINE_FINAL_TYPE (TcEpochClock, tc_epoch_clock, GTK_TYPE_WIDGET)

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static void
drop_face (TcEpochClock *self)
{
  g_clear_pointer (&self->face, gsk_render_node_unref);
}

static double
share (guint64 part, guint64 whole)
{
  return whole == 0 ? 0 : MIN ((double) part / (double) whole, 1);
}

static void
round_targets (TcEpochClock *self, double *ret_prepare, double *ret_commit)
{
  const TcNodeStatus *status = self->status;
  const gboolean live = status != NULL && tc_clock_form (status, self->paused) == TC_CLOCK_READY && status->step >= 1;

  *ret_prepare = !live ? 0 : status->step == 4 ? MAX (share (status->prevote_power, status->power), 1) : share (status->prevote_power, status->power);
  *ret_commit = !live               ? 0
                : status->step == 4 ? MAX (share (status->precommit_power, status->power), 1)
                                    : share (status->precommit_power, status->power);
}

/* --- The face ------------------------------------------------------------------------------------------------------------- */

static void
draw_plate (cairo_t *cr, double r, const TcDialPalette *palette)
{
  cairo_pattern_t *shade = cairo_pattern_create_radial (0, -r * 0.35, r * 0.1, 0, 0, r);

  cairo_pattern_add_color_stop_rgba (shade, 0, palette->fg.red, palette->fg.green, palette->fg.blue, 0.015);
  cairo_pattern_add_color_stop_rgba (shade, 1, palette->fg.red, palette->fg.green, palette->fg.blue, 0.055);
  cairo_arc (cr, 0, 0, r, 0, 2 * G_PI);
  cairo_set_source (cr, shade);
  cairo_fill (cr);
  cairo_pattern_destroy (shade);
  tc_dial_arc (cr, r - 0.5, 1, 0, 1, &palette->fg, tc_dial_alpha (palette, 0.14));
}

static void
draw_track (cairo_t *cr, double r, const TcNodeStatus *status, const TcDialPalette *palette, double alpha)
{
  const gint64 slots = status == NULL || status->block_interval_ms <= 0 ? 20 : status->epoch_length_ms / status->block_interval_ms;
  const guint n = (guint) CLAMP (slots, 4, 60) * (slots <= 30 ? 3 : 1);

  for (guint i = 0; i < n; i++)
    {
      const gboolean slot = slots > 30 || i % 3 == 0, quarter = i * 4 % n == 0;

      tc_dial_tick (cr, (double) i / n, r * (quarter ? TRACK_MAJOR : TRACK_MINOR), r * TRACK_OUTER, quarter ? MAX (r * 0.016, 2) : 1,
                    &palette->fg, tc_dial_alpha (palette, alpha * (quarter ? 0.75 : slot ? 0.42 : 0.18)));
    }
}

static void
draw_blocks (cairo_t *cr, double r, const TcNodeStatus *status, const TcDialPalette *palette, gboolean lively)
{
  const double gap = 0.0035;
  gint64 from_ms = status->epoch_start_ms;
  guint32 n_txs = 0;

  for (guint i = 0; i < status->n_marks; i++)
    {
      const TcNodeBlockMark *mark = &status->marks[i];
      const double from = tc_clock_turn (status, from_ms), to = tc_clock_turn (status, mark->time_ms);

      tc_dial_arc (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, from, to - gap, lively ? &palette->accent : &palette->fg,
                   tc_dial_alpha (palette, lively ? (n_txs > 0 ? 1.0 : 0.55) : 0.3));
      from_ms = mark->time_ms;
      n_txs = mark->n_txs;
    }
}

static void
draw_round (cairo_t *cr, double r, double prepare, double commit, const TcDialPalette *palette)
{
  const double width = r * ROUND_WIDTH;

  tc_dial_arc (cr, r * PREPARE_RADIUS, width, 0, 1, &palette->fg, tc_dial_alpha (palette, 0.08));
  tc_dial_arc (cr, r * COMMIT_RADIUS, width, 0, 1, &palette->fg, tc_dial_alpha (palette, 0.08));
  tc_dial_arc_round (cr, r * PREPARE_RADIUS, width, 0, prepare, &palette->accent, 1);
  tc_dial_arc_round (cr, r * COMMIT_RADIUS, width, 0, commit, &palette->success, 1);
  /* Where a quorum is: more than two thirds of the power (rule B8). */
  tc_dial_tick (cr, 2.0 / 3, r * (COMMIT_RADIUS - 0.028), r * (PREPARE_RADIUS + 0.028), MAX (r * 0.012, 1.5), &palette->fg,
                tc_dial_alpha (palette, 0.6));
}

/* One segment a member: those that answer are filled. */
static void
draw_members (cairo_t *cr, double r, const TcNodeStatus *status, const TcDialPalette *palette)
{
  const guint n = CLAMP (status->n_members, 1, 100);
  const double gap = n > 40 ? 0.002 : 0.012, radius = r * (PREPARE_RADIUS + COMMIT_RADIUS) / 2, width = r * 0.05;

  for (guint i = 0; i < n; i++)
    {
      const double from = (double) i / n + gap / 2, to = (double) (i + 1) / n - gap / 2;

      if (i < status->n_members_answering)
        tc_dial_arc (cr, radius, width, from, to, &palette->warning, 1);
      else
        {
          tc_dial_arc (cr, radius + width / 2, 1, from, to, &palette->fg, tc_dial_alpha (palette, 0.35));
          tc_dial_arc (cr, radius - width / 2, 1, from, to, &palette->fg, tc_dial_alpha (palette, 0.35));
        }
    }
}

static void
draw_dashes (cairo_t *cr, double r, const GdkRGBA *color, double alpha)
{
  for (guint i = 0; i < 40; i++)
    tc_dial_arc (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, i / 40.0 + 0.004, (i + 1) / 40.0 - 0.004, color, alpha);
}

/* A phase is known by its form: a chain's links, the parts of a snapshot, or blocks without a gap. */
static void
draw_sync (cairo_t *cr, double r, const TcNodeStatus *status, const TcDialPalette *palette)
{
  const double share = tc_clock_sync_share (status);
  const guint n = status->sync.phase == TC_NODE_SYNC_LINKS ? LINK_BEADS : SNAPSHOT_PARTS;

  if (status->sync.phase != TC_NODE_SYNC_LINKS && status->sync.phase != TC_NODE_SYNC_SNAPSHOT)
    {
      tc_dial_arc_round (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, 0, share, &palette->accent, 1);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      const double from = (double) i / n, to = (double) (i + 1) / n, alpha = CLAMP (share * n - i, 0, 1);

      if (status->sync.phase == TC_NODE_SYNC_LINKS)
        tc_dial_arc_round (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH * 0.6, from, from + 0.5 / n, &palette->accent, alpha);
      else
        tc_dial_arc (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, from + 0.002, to - 0.002, &palette->accent, alpha);
    }
}

/* In the background, while the dial is at rest. */
static void
draw_history (cairo_t *cr, double r, double share, const TcDialPalette *palette)
{
  tc_dial_arc (cr, r * HISTORY_RADIUS, MAX (r * 0.012, 1.5), 0, 1, &palette->fg, tc_dial_alpha (palette, 0.10));
  tc_dial_arc_round (cr, r * HISTORY_RADIUS, MAX (r * 0.012, 1.5), 0, share, &palette->fg, tc_dial_alpha (palette, 0.55));
}

static void
draw_pause_sign (cairo_t *cr, double r, const TcDialPalette *palette)
{
  const double width = r * 0.10, height = r * 0.42;

  cairo_set_source_rgba (cr, palette->fg.red, palette->fg.green, palette->fg.blue, tc_dial_alpha (palette, 0.7));
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, width);
  for (int side = -1; side <= 1; side += 2)
    {
      cairo_move_to (cr, side * r * 0.12, -r * 0.10 - height / 2 + width / 2);
      cairo_line_to (cr, side * r * 0.12, -r * 0.10 + height / 2 - width / 2);
    }
  cairo_stroke (cr);
}

static void
draw_cross (cairo_t *cr, double r, const TcDialPalette *palette)
{
  const double half = r * 0.17, y = -r * 0.10;

  cairo_set_source_rgba (cr, palette->error.red, palette->error.green, palette->error.blue, 1);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, r * 0.075);
  cairo_move_to (cr, -half, y - half);
  cairo_line_to (cr, half, y + half);
  cairo_move_to (cr, half, y - half);
  cairo_line_to (cr, -half, y + half);
  cairo_stroke (cr);
}

static void
draw_face (TcEpochClock *self, cairo_t *cr, double r, const TcDialPalette *palette)
{
  const TcNodeStatus *status = self->status;
  const TcClockForm form = tc_clock_form (status, self->paused);
  const double trough = tc_dial_alpha (palette, 0.08);

  draw_plate (cr, r, palette);
  draw_track (cr, r, status, palette, form == TC_CLOCK_READY ? 1 : 0.6);
  if (form != TC_CLOCK_STALLED && form != TC_CLOCK_ERROR && form != TC_CLOCK_ASKING)
    tc_dial_arc (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, 0, 1, &palette->fg, trough);
  switch (form)
    {
    case TC_CLOCK_READY:
      draw_blocks (cr, r, status, palette, TRUE);
      if (status->sync.phase == TC_NODE_SYNC_HISTORY)
        draw_history (cr, r, tc_clock_sync_share (status), palette);
      tc_dial_arc_round (cr, r * LOAD_RADIUS, MAX (r * 0.018, 2), 0, MIN ((double) status->mempool_bytes / LOAD_FULL_BYTES, 1), &palette->hand, 0.9);
      break;
    case TC_CLOCK_SYNCING:
      draw_sync (cr, r, status, palette);
      break;
    case TC_CLOCK_ASKING:
      draw_dashes (cr, r, &palette->warning, tc_dial_alpha (palette, 0.4));
      break;
    case TC_CLOCK_STALLED:
      draw_dashes (cr, r, &palette->warning, tc_dial_alpha (palette, 0.4));
      draw_members (cr, r, status, palette);
      break;
    case TC_CLOCK_PAUSED:
      if (status != NULL)
        draw_blocks (cr, r, status, palette, FALSE);
      draw_pause_sign (cr, r, palette);
      break;
    case TC_CLOCK_ERROR:
      tc_dial_arc (cr, r * BLOCKS_RADIUS, r * 0.03, 0, 1, &palette->error, 0.9);
      draw_cross (cr, r, palette);
      break;
    case TC_CLOCK_CONNECTING:
    default:
      break;
    }
}

/* --- What moves ------------------------------------------------------------------------------------------------------------ */

static void
draw_hand (cairo_t *cr, double r, double turn, const TcDialPalette *palette)
{
  const double width = MAX (r * 0.018, 2), inner = r * HAND_INNER, outer = r * HAND_OUTER, bead = r * 0.034;

  cairo_save (cr);
  cairo_rotate (cr, turn * 2 * G_PI);
  cairo_set_source_rgba (cr, palette->hand.red, palette->hand.green, palette->hand.blue, 1);
  cairo_move_to (cr, -width, -inner);
  cairo_line_to (cr, -width / 3, -outer);
  cairo_line_to (cr, width / 3, -outer);
  cairo_line_to (cr, width, -inner);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_arc (cr, 0, -inner, bead, 0, 2 * G_PI);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_comet (cairo_t *cr, double r, double head, const TcDialPalette *palette)
{
  const guint n = 24;
  const double tail = 0.32;

  for (guint i = 0; i < n; i++)
    tc_dial_arc (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, head - tail + tail * i / n, head - tail + tail * (i + 1) / n + 0.001, &palette->accent,
                 tc_dial_alpha (palette, pow ((i + 1.0) / n, 1.6)));
}

static void
draw_moving (TcEpochClock *self, cairo_t *cr, double r, const TcDialPalette *palette)
{
  const TcNodeStatus *status = self->status;
  const TcClockForm form = tc_clock_form (status, self->paused);

  if (form == TC_CLOCK_CONNECTING)
    draw_comet (cr, r, self->spin, palette);
  if (form == TC_CLOCK_READY)
    {
      const double now = tc_clock_turn (status, now_ms ());
      const gint64 tip_ms = status->n_marks > 0 ? status->marks[status->n_marks - 1].time_ms : status->epoch_start_ms;

      /* The block that grows now. */
      tc_dial_arc (cr, r * BLOCKS_RADIUS, r * BLOCKS_WIDTH, tc_clock_turn (status, tip_ms), now, &palette->accent, tc_dial_alpha (palette, 0.28));
      draw_round (cr, r, self->prepare, self->commit, palette);
      draw_hand (cr, r, now, palette);
    }
  if (form == TC_CLOCK_STALLED)
    draw_hand (cr, r, tc_clock_turn (status, status->tip_time_ms), palette);
}

static void
draw_words (TcEpochClock *self, GtkSnapshot *snapshot, double size, const TcDialPalette *palette)
{
  g_auto(TcClockWords) words = { 0 };
  const TcClockForm form = tc_clock_form (self->status, self->paused);
  const gboolean number = form == TC_CLOCK_READY || form == TC_CLOCK_SYNCING, sign = form == TC_CLOCK_PAUSED || form == TC_CLOCK_ERROR;
  const double small = MAX (size * 0.048, 10.5);
  GdkRGBA color = palette->fg;

  tc_clock_words (self->status, form, now_ms (), &words);
  {
    const TcDialLine lines[] = {
      { words.above, MAX (size * 0.040, 9.5), PANGO_WEIGHT_SEMIBOLD, 0.62, TRUE },
      { words.main, size * (number ? 0.150 : 0.088), number ? PANGO_WEIGHT_NORMAL : PANGO_WEIGHT_SEMIBOLD, 1, FALSE },
      { words.below, small, PANGO_WEIGHT_MEDIUM, 0.85, FALSE },
      { words.last, sign ? size * 0.07 : small, sign ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL, sign ? 1 : 0.62, FALSE },
    };

    tc_dial_text (GTK_WIDGET (self), snapshot, size / 2, size * (sign ? 0.64 : 0.5), size / 2 * WORDS_WIDTH, lines, G_N_ELEMENTS (lines),
                  &color, palette);
  }
}

static cairo_t *
begin_layer (GtkSnapshot *snapshot, double size)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) size, (float) size));

  cairo_translate (cr, size / 2, size / 2);
  return cr;
}

static void
tc_epoch_clock_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TcEpochClock *self = TC_EPOCH_CLOCK (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const double size = MIN (width, height), r = size / 2 - 1;
  TcDialPalette palette;
  cairo_t *cr;

  if (size < 16)
    return;
  tc_dial_palette_get (widget, &palette);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) floor ((width - size) / 2), (float) floor ((height - size) / 2)));
  if (self->face == NULL || self->face_size != size)
    {
      GtkSnapshot *inner = gtk_snapshot_new ();

      drop_face (self);
      cr = begin_layer (inner, size);
      draw_face (self, cr, r, &palette);
      cairo_destroy (cr);
      self->face = gtk_snapshot_free_to_node (inner);
      self->face_size = size;
    }
  gtk_snapshot_append_node (snapshot, self->face);
  cr = begin_layer (snapshot, size);
  draw_moving (self, cr, r, &palette);
  cairo_destroy (cr);
  draw_words (self, snapshot, size, &palette);
  gtk_snapshot_restore (snapshot);
}

/* --- Time ------------------------------------------------------------------------------------------------------------------- */

static void
describe (TcEpochClock *self)
{
  g_autofree char *text = tc_epoch_clock_describe (self->status, self->paused, now_ms ());

  self->described_ms = now_ms ();
  if (g_strcmp0 (text, self->description) == 0)
    return;
  g_free (self->description);
  self->description = g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, self->description, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->description);
}

static guint
frame_interval_ms (TcEpochClock *self)
{
  const TcClockForm form = tc_clock_form (self->status, self->paused);
  const double around_px = G_PI * MAX (MIN (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self))), 1);

  if (form != TC_CLOCK_READY || self->status->epoch_length_ms <= 0 || tc_dial_still (GTK_WIDGET (self)))
    return FRAME_MAX_MS;
  return (guint) CLAMP ((double) self->status->epoch_length_ms / (2 * around_px), FRAME_MIN_MS, FRAME_MAX_MS);
}

static gboolean
on_timer (gpointer user_data)
{
  TcEpochClock *self = user_data;

  if (now_ms () - self->described_ms >= 1000)
    describe (self);
  if (tc_clock_form (self->status, self->paused) == TC_CLOCK_READY)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  TcEpochClock *self = TC_EPOCH_CLOCK (widget);
  const gint64 frame_us = gdk_frame_clock_get_frame_time (clock);
  const double step_s = self->frame_us == 0 ? 0 : MIN ((double) (frame_us - self->frame_us) / 1e6, 0.1);
  const gboolean turning = tc_clock_form (self->status, self->paused) == TC_CLOCK_CONNECTING;
  double prepare, commit;

  self->frame_us = frame_us;
  self->spin = fmod (self->spin + step_s / TURN_S, 1);
  round_targets (self, &prepare, &commit);
  self->prepare += (prepare - self->prepare) * (1 - exp (-step_s / EASE_S));
  self->commit += (commit - self->commit) * (1 - exp (-step_s / EASE_S));
  gtk_widget_queue_draw (widget);
  if (turning || fabs (prepare - self->prepare) + fabs (commit - self->commit) > 0.004)
    return G_SOURCE_CONTINUE;
  self->prepare = prepare;
  self->commit = commit;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
stop_clockwork (TcEpochClock *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

/* Runs what the form needs and nothing more; nothing at all while nobody can see it. */
static void
run_clockwork (TcEpochClock *self)
{
  const gboolean still = tc_dial_still (GTK_WIDGET (self));
  double prepare, commit;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      stop_clockwork (self);
      return;
    }
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (frame_interval_ms (self), on_timer, self);
  round_targets (self, &prepare, &commit);
  if (still)
    {
      self->prepare = prepare;
      self->commit = commit;
      self->spin = 0.3;
    }
  else if (self->tick == 0
           && (prepare != self->prepare || commit != self->commit || tc_clock_form (self->status, self->paused) == TC_CLOCK_CONNECTING))
    {
      self->frame_us = 0;
      self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
    }
}

static void
tc_epoch_clock_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tc_epoch_clock_parent_class)->map (widget);
  describe (TC_EPOCH_CLOCK (widget));
  run_clockwork (TC_EPOCH_CLOCK (widget));
}

static void
tc_epoch_clock_unmap (GtkWidget *widget)
{
  stop_clockwork (TC_EPOCH_CLOCK (widget));
  GTK_WIDGET_CLASS (tc_epoch_clock_parent_class)->unmap (widget);
}

static void
tc_epoch_clock_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = MINIMUM_SIZE;
  *natural = for_size < 0 ? NATURAL_SIZE : CLAMP (for_size, MINIMUM_SIZE, NATURAL_SIZE);
}

static void
tc_epoch_clock_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tc_epoch_clock_parent_class)->css_changed (widget, change);
  drop_face (TC_EPOCH_CLOCK (widget));
  gtk_widget_queue_draw (widget);
}

static void
on_style_changed (TcEpochClock *self)
{
  drop_face (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tc_epoch_clock_finalize (GObject *object)
{
  TcEpochClock *self = TC_EPOCH_CLOCK (object);

  stop_clockwork (self);
  drop_face (self);
  g_clear_pointer (&self->status, tc_node_status_unref);
  g_free (self->description);
  G_OBJECT_CLASS (tc_epoch_clock_parent_class)->finalize (object);
}

static void
tc_epoch_clock_class_init (TcEpochClockClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_epoch_clock_finalize;
  widget_class->snapshot = tc_epoch_clock_snapshot;
  widget_class->measure = tc_epoch_clock_measure;
  widget_class->map = tc_epoch_clock_map;
  widget_class->unmap = tc_epoch_clock_unmap;
  widget_class->css_changed = tc_epoch_clock_css_changed;
  gtk_widget_class_set_css_name (widget_class, "epochclock");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_epoch_clock_init (TcEpochClock *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  g_signal_connect_object (style, "notify::dark", G_CALLBACK (on_style_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (on_style_changed), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Epoch clock"), -1);
  self->spin = 0.3;
  describe (self);
}

GtkWidget *
tc_epoch_clock_new (void)
{
  return g_object_new (TC_TYPE_EPOCH_CLOCK, NULL);
}

static void
changed (TcEpochClock *self)
{
  drop_face (self);
  if (now_ms () - self->described_ms >= 1000 || tc_clock_form (self->status, self->paused) != TC_CLOCK_READY)
    describe (self);
  run_clockwork (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tc_epoch_clock_set_status (TcEpochClock *self, TcNodeStatus *status)
{
  g_return_if_fail (TC_IS_EPOCH_CLOCK (self));

  if (self->status == status)
    return;
  g_clear_pointer (&self->status, tc_node_status_unref);
  self->status = status == NULL ? NULL : tc_node_status_ref (status);
  changed (self);
}

void
tc_epoch_clock_set_paused (TcEpochClock *self, gboolean paused)
{
  g_return_if_fail (TC_IS_EPOCH_CLOCK (self));

  if (self->paused == paused)
    return;
  self->paused = paused;
  changed (self);
}
