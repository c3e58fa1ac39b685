#include "core/key.h"
#include "engine/known.h"

static TcHash
hash_of (guint i)
{
  return tc_hash_tagged ("TimeCoin test", (const guint8 *) &i, sizeof i);
}

static void
test_remembers (void)
{
  TcKnown known = { { NULL, 0, 0 }, { NULL, 0, 0 } };
  const gint64 *when;

  g_test_summary ("What was noted is found with its newest time; what was not is not");
  for (guint i = 0; i < 5000; i++)
    {
      const TcHash hash = hash_of (i);

      g_assert_null (tc_known_find (&known, tc_known_tag (&hash)));
      tc_known_note (&known, tc_known_tag (&hash), i);
      tc_known_note (&known, tc_known_tag (&hash), i + 1);
    }
  for (guint i = 0; i < 5000; i++)
    {
      const TcHash hash = hash_of (i);

      when = tc_known_find (&known, tc_known_tag (&hash));
      g_assert_nonnull (when);
      g_assert_cmpint (*when, ==, i + 1);
    }
  g_assert_cmpuint (known.newer.n, ==, 5000);
  tc_known_clear (&known);
}

static void
test_bounded (void)
{
  TcKnown known = { { NULL, 0, 0 }, { NULL, 0, 0 } };
  const guint n = 5 * TC_KNOWN_MAX;

  g_test_summary ("However much a peer sends, two generations are kept, and the newest of it is among them");
  for (guint i = 0; i < n; i++)
    {
      const TcHash hash = hash_of (i);

      tc_known_note (&known, tc_known_tag (&hash), i);
      g_assert_cmpuint (known.newer.size, <=, 4 * TC_KNOWN_MAX);
      g_assert_cmpuint (known.older.size, <=, 4 * TC_KNOWN_MAX);
    }
  for (guint i = n - TC_KNOWN_MAX; i < n; i++)
    {
      const TcHash hash = hash_of (i);

      g_assert_nonnull (tc_known_find (&known, tc_known_tag (&hash)));
    }
  for (guint i = 0; i < TC_KNOWN_MAX; i++)
    {
      const TcHash hash = hash_of (i);

      g_assert_null (tc_known_find (&known, tc_known_tag (&hash)));
    }
  tc_known_clear (&known);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/engine/known/remembers", test_remembers);
  g_test_add_func ("/engine/known/survive-30-bounded", test_bounded);
  return g_test_run ();
}
