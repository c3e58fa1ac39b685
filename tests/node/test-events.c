#include "node-internal.h"
#include "sample.h"

typedef struct
{
  guint32  last_height;
  guint    n_blocks, n_txs;
  gboolean destroyed;
} Seen;

static void
on_event (const TcNodeEvent *event, gpointer user_data)
{
  Seen *seen = user_data;

  if (event->kind == TC_NODE_EVENT_TX)
    {
      seen->n_txs++;
      return;
    }
  g_assert_cmpuint (event->finality.height, >, seen->last_height);
  seen->last_height = event->finality.height;
  seen->n_blocks++;
}

static void
on_destroy (gpointer user_data)
{
  ((Seen *) user_data)->destroyed = TRUE;
}

static void
publish (TcEventHub *hub, TcNodeEventKind kind, TcBlock *block, guint32 number)
{
  const TcNodeEvent event = { .kind = kind, .block = block, .finality = { .height = number } };

  tc_event_hub_publish (hub, &event);
}

static void
drain (GMainContext *context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
}

static void
test_bounds (void)
{
  g_test_summary ("Who does not listen keeps the newest blocks only, in order, beside everything else, and never more than the named maximum.");
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(TcBlock) block = sample_block ();
  TcEventHub *hub = tc_event_hub_new ();
  Seen seen = { 0 };

  tc_event_hub_add (hub, 1u << TC_NODE_EVENT_BLOCK | 1u << TC_NODE_EVENT_TX, context, on_event, &seen, NULL);
  for (guint32 i = 1; i <= 1000; i++)
    {
      publish (hub, TC_NODE_EVENT_TX, NULL, 0);
      publish (hub, TC_NODE_EVENT_BLOCK, block, i);
    }
  drain (context);
  g_assert_cmpuint (seen.n_blocks, ==, TC_NODE_EVENTS_BLOCKS_MAX);
  g_assert_cmpuint (seen.last_height, ==, 1000);
  g_assert_cmpuint (seen.n_txs, ==, 1000);
  for (guint i = 0; i < TC_NODE_EVENTS_MAX + 10; i++)
    publish (hub, TC_NODE_EVENT_TX, NULL, 0);
  drain (context);
  g_assert_cmpuint (seen.n_txs, ==, 1000 + TC_NODE_EVENTS_MAX);
  tc_event_hub_free (hub);
}

static void
test_removed (void)
{
  g_test_summary ("What still waits when a subscription ends is not delivered, and its data is destroyed in its own context.");
  g_autoptr(GMainContext) context = g_main_context_new ();
  TcEventHub *hub = tc_event_hub_new ();
  Seen seen = { 0 };
  guint id = tc_event_hub_add (hub, 1u << TC_NODE_EVENT_TX, context, on_event, &seen, on_destroy);

  publish (hub, TC_NODE_EVENT_TX, NULL, 0);
  publish (hub, TC_NODE_EVENT_BLOCK, NULL, 1);
  drain (context);
  g_assert_cmpuint (seen.n_txs, ==, 1);
  publish (hub, TC_NODE_EVENT_TX, NULL, 0);
  tc_event_hub_remove (hub, id);
  g_assert_false (seen.destroyed);
  drain (context);
  g_assert_true (seen.destroyed);
  g_assert_cmpuint (seen.n_txs, ==, 1);
  tc_event_hub_free (hub);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/node/events/bounds", test_bounds);
  g_test_add_func ("/node/events/removed", test_removed);
  return g_test_run ();
}
