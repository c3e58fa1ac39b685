#include "scores.h"

#include <sodium.h>
#include <string.h>

typedef struct
{
  guint64 subject;  /* keyed hash; 0: empty */
  gint64  gone_ms;  /* when the last point has worn off */
} Slot;

struct _TcScores
{
  guint8 key[crypto_shorthash_KEYBYTES];
  Slot   slots[TC_SCORES_SLOTS];
};

TcScores *
tc_scores_new (void)
{
  TcScores *self = g_new0 (TcScores, 1);

  randombytes_buf (self->key, sizeof self->key);
  return self;
}

void
tc_scores_free (TcScores *self)
{
  g_free (self);
}

static guint64
hash_of (const TcScores *self, const char *subject)
{
  guint64 hash;

  crypto_shorthash ((guint8 *) &hash, (const guint8 *) subject, strlen (subject), self->key);
  return hash | 1;
}

static guint32
points_of (const Slot *slot, gint64 now_ms)
{
  return slot->gone_ms <= now_ms ? 0 : (guint32) MIN ((slot->gone_ms - now_ms + TC_SCORES_POINT_MS - 1) / TC_SCORES_POINT_MS, G_MAXUINT32);
}

guint32
tc_scores_add (TcScores *self, const char *subject, guint32 points, gint64 now_ms)
{
  const guint64 hash = hash_of (self, subject);
  Slot *slot = &self->slots[(hash >> 1) % TC_SCORES_SLOTS];

  if (slot->subject != hash)
    {
      if (points_of (slot, now_ms) > points)
        return points;
      *slot = (Slot) { hash, now_ms };
    }
  slot->gone_ms = MAX (slot->gone_ms, now_ms) + (gint64) points * TC_SCORES_POINT_MS;
  return points_of (slot, now_ms);
}

guint32
tc_scores_get (TcScores *self, const char *subject, gint64 now_ms)
{
  const guint64 hash = hash_of (self, subject);
  const Slot *slot = &self->slots[(hash >> 1) % TC_SCORES_SLOTS];

  return slot->subject == hash ? points_of (slot, now_ms) : 0;
}

void
tc_scores_forget (TcScores *self, const char *subject)
{
  const guint64 hash = hash_of (self, subject);
  Slot *slot = &self->slots[(hash >> 1) % TC_SCORES_SLOTS];

  if (slot->subject == hash)
    *slot = (Slot) { 0 };
}
