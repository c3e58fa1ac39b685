#include "bucket.h"

#include "core/check.h"

#define ELAPSED_MAX_MS G_GINT64_CONSTANT (100000000)  /* times 2^32 tokens stays below 2^63 */

static void
refill (TcBucket *self, gint64 now_ms)
{
  gint64 elapsed_ms = CLAMP (now_ms - self->updated_ms, 0, ELAPSED_MAX_MS);

  self->tokens_milli = MIN ((gint64) self->burst * 1000, self->tokens_milli + elapsed_ms * (gint64) self->per_second);
  self->updated_ms = MAX (self->updated_ms, now_ms);
}

void
tc_bucket_init (TcBucket *self, guint32 per_second, guint32 burst, gint64 now_ms)
{
  TC_CHECK (per_second >= 1 && burst >= 1);
  self->per_second = per_second;
  self->burst = burst;
  self->tokens_milli = (gint64) burst * 1000;
  self->updated_ms = now_ms;
}

void
tc_bucket_take (TcBucket *self, guint64 n, gint64 now_ms)
{
  TC_CHECK (n <= G_MAXUINT32);
  refill (self, now_ms);
  self->tokens_milli = MAX (self->tokens_milli - (gint64) n * 1000, -G_MAXINT64 / 2);
}

gboolean
tc_bucket_try (TcBucket *self, guint64 n, gint64 now_ms)
{
  TC_CHECK (n <= G_MAXUINT32);
  refill (self, now_ms);
  if (self->tokens_milli < (gint64) n * 1000)
    return FALSE;
  self->tokens_milli -= (gint64) n * 1000;
  return TRUE;
}

gint64
tc_bucket_wait_ms (TcBucket *self, gint64 now_ms)
{
  refill (self, now_ms);
  if (self->tokens_milli >= 0)
    return 0;
  return (-self->tokens_milli + self->per_second - 1) / self->per_second;
}
