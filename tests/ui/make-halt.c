/* make-halt NODE-DIR NETWORK.json HEIGHT: writes into the signed store of a node that does not run that it saw two commits at HEIGHT. */
#include "core/network.h"
#include "engine/engine.h"
#include "halt-sample.h"
#include "store/store.h"

int
main (int argc, char *argv[])
{
  g_auto(TcHaltRecord) halt = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(TcNetwork) network = NULL;
  g_autoptr(TcStore) store = NULL;
  g_autoptr(GBytes) data = NULL;
  TcSignedRecord record = { TC_RECORD_EPOCH_KEPT, TC_RECORD_HALT, NULL };

  if (argc != 4)
    {
      g_printerr ("usage: make-halt NODE-DIR NETWORK.json HEIGHT\n");
      return 2;
    }
  tc_crypto_init ();
  tc_halt_sample ((guint32) g_ascii_strtoull (argv[3], NULL, 10), &halt);
  record.data = data = tc_halt_record_encode (&halt);
  network = tc_network_load (argv[2], &error);
  if (network != NULL)
    store = tc_store_open (argv[1], &network->genesis->chain_id, &error);
  if (store == NULL || !tc_store_append_signed (store, &record, 1, &error))
    {
      g_printerr ("make-halt: %s\n", error->message);
      return 1;
    }
  return 0;
}
