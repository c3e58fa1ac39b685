#include "progress.h"

#include <string.h>

#define SAMPLE_MS       500
#define ENOUGH_MS       2000  /* of a phase, before anything is said of the rest */
#define SEGMENTS        4u    /* of what is done: where the weight of a unit grows, it shows between them */
#define SEGMENT_MIN     16u   /* units: in fewer, what looks like growth is chance */
#define SLIP_PART       16u   /* of the whole may be lost, and what was learned still counts */
#define GROWTH_MAX      8u    /* what is to come weighs at most so many times, and at least one GROWTH_MAXth of, the newest half's units */
/* What is shown moves by at most 1/e of itself in this time: fast in the beginning, when it was said of little; */
#define FOLLOW_MIN_MS   3000
#define FOLLOW_MAX_MS   15000
#define FOLLOW_LEAST_MS 200   /* and by this in a second anyhow, or what is nearly over would never be */

__extension__ typedef __int128 S128;

static void
begin (TcProgress *self, const TcProgressSample *sample, guint phase)
{
  *self = (TcProgress) {
    .phase = phase, .now_ms = sample->when_ms, .moved_ms = sample->when_ms, .n_recent = 1, .n_trail = 1, .trail_step = 1, .left_ms = -1,
  };
  self->recent[0] = self->trail[0] = *sample;
}

/* One a SAMPLE_MS; of those past the window one stays, so that the window is whole. */
static void
add_recent (TcProgress *self, const TcProgressSample *sample)
{
  guint n_old = 0;

  if (sample->when_ms - self->recent[self->n_recent - 1].when_ms < SAMPLE_MS)
    return;
  while (n_old + 1 < self->n_recent && sample->when_ms - self->recent[n_old + 1].when_ms >= TC_PROGRESS_WINDOW_MS)
    n_old++;
  if (self->n_recent - n_old == TC_PROGRESS_RECENT)
    n_old++;
  self->n_recent -= n_old;
  memmove (self->recent, self->recent + n_old, self->n_recent * sizeof *self->recent);
  self->recent[self->n_recent++] = *sample;
}

/* Evenly by what is done, however much that becomes: when full every other one goes. */
static void
add_trail (TcProgress *self, const TcProgressSample *sample)
{
  guint n = 0;

  if (sample->done < self->trail[self->n_trail - 1].done + self->trail_step)
    return;
  if (self->n_trail == TC_PROGRESS_TRAIL)
    {
      for (guint i = 0; i < self->n_trail; i += 2)
        self->trail[n++] = self->trail[i];
      self->n_trail = n;
      self->trail_step = MAX (self->trail_step * 2, (sample->done - self->trail[0].done) / TC_PROGRESS_TRAIL);
    }
  self->trail[self->n_trail++] = *sample;
}

/* The weight of all up to @done, which lies within the trail or between its end and now. */
static guint64
weight_at (const TcProgress *self, guint64 done)
{
  TcProgressSample below = self->trail[0], above = { 0, self->done, self->weight };

  for (guint i = 1; i < self->n_trail && self->trail[i].done <= done; i++)
    below = self->trail[i];
  for (guint i = self->n_trail; i-- > 1 && self->trail[i].done > done;)
    above = self->trail[i];
  if (above.done == below.done)
    return below.weight;
  return below.weight + (guint64) ((S128) (above.weight - below.weight) * (S128) (done - below.done) / (S128) (above.done - below.done));
}

static S128
smaller_of_one_sign (S128 a, S128 b)
{
  if ((a > 0) != (b > 0))
    return 0;
  return a > 0 ? MIN (a, b) : MAX (a, b);
}

/* What is to come weighs: a unit of the newest half goes on weighing the same, and growing too, but only by as much as the first half, the second and both together
 * have shown: chains that were empty once, and have been busy since, do not grow, nor do those that are busy by day. */
static guint64
remaining_weight (const TcProgress *self)
{
  const guint64 start = self->trail[0].done, segment = (self->done - start) / SEGMENTS, left = self->total - self->done;
  S128 weights[SEGMENTS], half, growth, plain, grown;

  if (segment == 0)
    return (guint64) ((S128) (self->weight - self->trail[0].weight) * (S128) left / (S128) MAX (self->done - start, 1));
  for (guint i = 0; i < SEGMENTS; i++)
    weights[i] = (S128) weight_at (self, self->done - segment * (SEGMENTS - 1 - i))
                 - (S128) weight_at (self, self->done - segment * (SEGMENTS - i));
  half = weights[2] + weights[3];
  /* Of one segment over the one before it: the halves are two segments long and two apart. */
  growth = segment < SEGMENT_MIN ? 0 : smaller_of_one_sign (smaller_of_one_sign (weights[1] - weights[0], weights[3] - weights[2]), (half - weights[1] - weights[0]) / 4);
  plain = half * (S128) left / (S128) (2 * segment);
  /* The half's weight stands for its middle, which is one segment from now and half of what is left more from the middle of that. */
  grown = plain + growth * (S128) left / (S128) segment * (S128) (2 * segment + left) / (S128) (2 * segment);
  return (guint64) CLAMP (grown, plain / (S128) GROWTH_MAX, plain * (S128) GROWTH_MAX);
}

/* The clock without pauses. */
static gint64
active_ms (const TcProgress *self)
{
  return self->now_ms - self->paused_ms;
}

static gint64
estimate_left_ms (const TcProgress *self)
{
  const TcProgressSample *oldest = &self->recent[0];
  const gint64 took_ms = active_ms (self) - oldest->when_ms;
  S128 left_ms;

  if (self->done >= self->total)
    return 0;
  if (active_ms (self) - self->trail[0].when_ms < ENOUGH_MS || self->weight == oldest->weight)
    return -1;
  left_ms = (S128) remaining_weight (self) * took_ms / (S128) (self->weight - oldest->weight);
  return (gint64) MIN (left_ms, (S128) G_MAXINT64 / 1000);
}

static gint64
follow (gint64 shown_ms, gint64 estimate_ms, gint64 age_ms, gint64 elapsed_ms)
{
  const gint64 follow_ms = CLAMP (age_ms / 2, FOLLOW_MIN_MS, FOLLOW_MAX_MS), elapsed = MIN (elapsed_ms, follow_ms);
  const gint64 expected_ms = MAX (shown_ms - elapsed_ms, 0);
  const gint64 most_ms = expected_ms / follow_ms * elapsed + expected_ms % follow_ms * elapsed / follow_ms + FOLLOW_LEAST_MS * elapsed / 1000;

  if (estimate_ms < 0 || shown_ms < 0)
    return estimate_ms;
  return expected_ms + CLAMP (estimate_ms - expected_ms, -most_ms, most_ms);
}

/* Returns: how much of the time since the last call was no pause. */
static gint64
pass_time (TcProgress *self, gint64 now_ms, gboolean moved)
{
  const gint64 counted_to_ms = self->moved_ms + TC_PROGRESS_PAUSE_MS;
  const gint64 elapsed_ms = now_ms - self->now_ms, paused_ms = CLAMP (now_ms - counted_to_ms, 0, elapsed_ms);

  self->now_ms = now_ms;
  self->paused_ms += paused_ms;
  if (moved)
    self->moved_ms = now_ms;
  return elapsed_ms - paused_ms;
}

void
tc_progress_add (TcProgress *self, gint64 now_ms, guint phase, guint64 done, guint64 total, guint64 weight)
{
  gint64 elapsed_ms = 0;

  if (phase == 0)
    {
      *self = (TcProgress) { .left_ms = -1 };
      return;
    }
  /* What was half fetched and is fetched again: not much, so it is as if nothing came. */
  if (phase == self->phase && done < self->done && self->done - done <= total / SLIP_PART)
    {
      weight = MAX (weight, self->weight);
      done = self->done;
    }
  if (phase != self->phase || done < self->done || weight < self->weight)
    begin (self, &(TcProgressSample) { now_ms, done, weight }, phase);
  else
    {
      TcProgressSample sample = { 0, done, weight };

      elapsed_ms = pass_time (self, now_ms, weight > self->weight);
      sample.when_ms = active_ms (self);
      add_recent (self, &sample);
      add_trail (self, &sample);
    }
  self->done = done;
  self->total = MAX (total, done);
  self->weight = weight;
  self->left_ms = follow (self->left_ms, estimate_left_ms (self), active_ms (self) - self->trail[0].when_ms, elapsed_ms);
}

static gboolean
is_silent (const TcProgress *self)
{
  return self->now_ms - self->moved_ms >= TC_PROGRESS_SILENT_MS && self->done < self->total;
}

guint64
tc_progress_get_rate (const TcProgress *self, gint64 period_ms)
{
  const TcProgressSample *oldest = &self->recent[0];
  const gint64 took_ms = active_ms (self) - oldest->when_ms;

  if (self->phase == 0 || took_ms < SAMPLE_MS || is_silent (self))
    return 0;
  return (guint64) ((S128) (self->done - oldest->done) * period_ms / took_ms);
}

gint64
tc_progress_get_left_ms (const TcProgress *self)
{
  return self->phase == 0 || is_silent (self) ? -1 : self->left_ms;
}
