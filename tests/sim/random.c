#include "sim.h"

/* xoshiro256** 1.0 and splitmix64, both by Sebastiano Vigna, in the public domain. */

static guint64
rotate (guint64 x, int k)
{
  return (x << k) | (x >> (64 - k));
}

void
sim_random_init (SimRandom *self, guint64 seed)
{
  for (guint i = 0; i < 4; i++)
    {
      guint64 z = (seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

      z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      self->state[i] = z ^ (z >> 31);
    }
}

guint64
sim_random_next (SimRandom *self)
{
  guint64 *s = self->state;
  const guint64 result = rotate (s[1] * 5, 7) * 9;
  const guint64 t = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate (s[3], 45);
  return result;
}

guint32
sim_random_below (SimRandom *self, guint32 n)
{
  return (guint32) (((sim_random_next (self) >> 32) * n) >> 32);
}

guint32
sim_random_range (SimRandom *self, guint32 from, guint32 to)
{
  return from + sim_random_below (self, to - from + 1);
}

gboolean
sim_random_chance (SimRandom *self, guint32 permille)
{
  return sim_random_below (self, 1000) < permille;
}

SimSet
sim_set_draw (SimRandom *random, guint n)
{
  SimSet set = { { 0 } };
  guint n_in = 0;

  for (guint i = 0; i < n; i++)
    if (sim_random_chance (random, 500))
      {
        sim_set_add (&set, i);
        n_in++;
      }
  return n_in == 0 || n_in == n ? sim_set_of (sim_random_below (random, n)) : set;
}
