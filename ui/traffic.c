#include "traffic.h"

#include <string.h>

static void
put (guint64 *seconds, gint64 second, guint64 bytes)
{
  seconds[second % TC_TRAFFIC_SECONDS] += bytes;
}

static void
clear_seconds (TcTraffic *self, gint64 after_s, gint64 until_s)
{
  for (gint64 s = MAX (after_s + 1, until_s - (gint64) TC_TRAFFIC_SECONDS + 1); s <= until_s; s++)
    self->in[s % TC_TRAFFIC_SECONDS] = self->out[s % TC_TRAFFIC_SECONDS] = 0;
}

/* What came in [from, to), in ms, goes to the seconds that it lasted; the last of them takes what dividing leaves over. */
static void
spread (guint64 *seconds, gint64 from_ms, gint64 to_ms, guint64 bytes)
{
  const gint64 length_ms = to_ms - from_ms, oldest_s = to_ms / 1000 - (gint64) TC_TRAFFIC_SECONDS + 1;
  guint64 left = bytes;

  for (gint64 s = from_ms / 1000; s < to_ms / 1000; s++)
    {
      const gint64 part_ms = MIN ((s + 1) * 1000, to_ms) - MAX (s * 1000, from_ms);
      const guint64 share = bytes / (guint64) length_ms * (guint64) part_ms + bytes % (guint64) length_ms * (guint64) part_ms / (guint64) length_ms;

      left -= share;
      if (s >= oldest_s)
        put (seconds, s, share);
    }
  put (seconds, to_ms / 1000, left);
}

void
tc_traffic_add (TcTraffic *self, gint64 time_ms, guint64 total_in, guint64 total_out)
{
  if (self->time_ms == 0 || total_in < self->total_in || total_out < self->total_out)
    {
      memset (self, 0, sizeof *self);
      self->from_s = time_ms / 1000;
    }
  else if (time_ms > self->time_ms)
    {
      clear_seconds (self, self->time_ms / 1000, time_ms / 1000);
      spread (self->in, self->time_ms, time_ms, total_in - self->total_in);
      spread (self->out, self->time_ms, time_ms, total_out - self->total_out);
    }
  else
    return;
  self->time_ms = time_ms;
  self->total_in = total_in;
  self->total_out = total_out;
}

gboolean
tc_traffic_get (const TcTraffic *self, guint age, guint64 *ret_in, guint64 *ret_out)
{
  const gint64 second = self->time_ms / 1000 - 1 - (gint64) age;

  if (self->time_ms == 0 || age >= TC_TRAFFIC_SECONDS - 1 || second < self->from_s)
    return FALSE;
  *ret_in = self->in[second % TC_TRAFFIC_SECONDS];
  *ret_out = self->out[second % TC_TRAFFIC_SECONDS];
  return TRUE;
}

guint64
tc_traffic_get_max (const TcTraffic *self)
{
  guint64 most = 0, in, out;

  for (guint age = 0; tc_traffic_get (self, age, &in, &out); age++)
    most = MAX (most, MAX (in, out));
  return most;
}

void
tc_traffic_get_mean (const TcTraffic *self, guint n, guint64 *ret_in, guint64 *ret_out)
{
  guint64 in, out;
  guint age;

  *ret_in = *ret_out = 0;
  for (age = 0; age < n && tc_traffic_get (self, age, &in, &out); age++)
    {
      *ret_in += in;
      *ret_out += out;
    }
  *ret_in /= MAX (age, 1u);
  *ret_out /= MAX (age, 1u);
}
