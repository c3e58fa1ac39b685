#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A token bucket that may go into debt: what is over the burst is paid off by waiting. A plain value. */
typedef struct
{
  gint64  tokens_milli;
  gint64  updated_ms;
  guint32 per_second, burst;
} TcBucket;

/* Starts full. */
void     tc_bucket_init    (TcBucket *self, guint32 per_second, guint32 burst, gint64 now_ms);
/* Takes @n, at most 2^32 - 1, into debt if need be. */
void     tc_bucket_take    (TcBucket *self, guint64 n, gint64 now_ms);
/* Takes @n only where it holds as many. */
gboolean tc_bucket_try     (TcBucket *self, guint64 n, gint64 now_ms);
/* Returns: ms until it is out of debt; 0 where it is. */
gint64   tc_bucket_wait_ms (TcBucket *self, gint64 now_ms);

G_END_DECLS
