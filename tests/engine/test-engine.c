#include "engine-net.h"

static void
test_payments (void)
{
  g_test_summary ("Payments become final before their block, and confirmed with it, over more than one epoch; all have the same chain.");
  g_autoptr(EngineNet) net = engine_net_new (4, 6, NULL);

  engine_net_start_all (net, 4);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr(TcTx) tx = tc_chain_fixture_pay (net->chain, i, 5000);

      g_assert_cmpint (engine_net_submit (net, i % 4, tx), ==, TC_TX_OK);
      engine_net_run (net, 900);
      for (guint n = 0; n < 4; n++)
        g_assert_true (g_hash_table_contains (net->nodes[n].finals, &tx->txid));
      engine_net_run (net, 2000);
      for (guint n = 0; n < 4; n++)
        {
          g_assert_true (g_hash_table_contains (net->nodes[n].confirmed, &tx->txid));
          g_assert_true (engine_net_in_chain (net, n, &tx->txid));
        }
    }
  g_assert_cmpuint (engine_net_committee (net, 0)->epoch, >=, 3);
  engine_net_check_same (net);
  for (guint n = 0; n < 4; n++)
    {
      g_assert_cmpuint (net->nodes[n].n_warnings, ==, 0);
      g_assert_null (net->nodes[n].halt);
      for (guint from = 0; from < 4; from++)
        g_assert_cmpuint (net->nodes[n].punished[from], ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/payments", test_payments);
  return g_test_run ();
}
