/* Writes the samples of sample.c as seed files: usage: write-corpus tests/fuzz/corpus
 * Run it again when a format changes. */
#include <string.h>

#include "sample.h"

static void
write_seed (const char *folder, const char *decoder, const char *file, const guint8 *data, gsize n)
{
  g_autofree char *path = g_build_filename (folder, decoder, NULL);
  g_autoptr(GError) error = NULL;

  if (g_mkdir_with_parents (path, 0755) != 0)
    g_error ("cannot make %s", path);
  g_free (path);
  path = g_build_filename (folder, decoder, file, NULL);
  if (!g_file_set_contents (path, (const char *) data, (gssize) n, &error))
    g_error ("%s", error->message);
}

static void
write_txs (const char *folder)
{
  g_autoptr(TcTx) one = sample_tx (1, 1, 2);
  g_autoptr(TcTx) many = sample_tx (1, 20, 1);
  g_autoptr(TcTx) reward = sample_reward (20);
  g_autoptr(TcTx) other = tc_tx_new (TC_TX_KIND_REGISTER, 1, one->inputs, 1, one->outputs, 2, NULL, 0, (const guint8 *) "payload", 7);
  g_autoptr(TcTx) registration = sample_sign (other);
  const struct { const char *name; TcTx *tx; } seeds[] = { { "one-input", one }, { "many-inputs", many }, { "reward", reward },
                                                           { "register", registration } };

  registration->outputs[0].lock = TC_LOCK_COLLATERAL;
  for (gsize i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      g_autoptr(GBytes) bytes = tc_tx_encode (seeds[i].tx);

      write_seed (folder, "tx", seeds[i].name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
}

/* Block 1 without anything, and its proposal. */
static void
write_first_block (const char *folder)
{
  g_autoptr(TcSecretKey) key = sample_key (101);
  TcHeader header = { .version = TC_BLOCK_VERSION, .height = 1, .epoch = 1, .time_ms = 1700000000000 };
  g_autoptr(TcBlock) block = tc_block_new (&header, NULL, NULL, 0, NULL, 0);
  g_autoptr(TcProposal) proposal = tc_proposal_new (block, 0, -1, 0, key);
  g_autoptr(GBytes) block_bytes = tc_block_encode (block);
  g_autoptr(GBytes) proposal_bytes = tc_proposal_encode (proposal);

  write_seed (folder, "block", "first", g_bytes_get_data (block_bytes, NULL), g_bytes_get_size (block_bytes));
  write_seed (folder, "proposal", "first", g_bytes_get_data (proposal_bytes, NULL), g_bytes_get_size (proposal_bytes));
}

/* Kinds 4 and 5, whose blobs hold more than two messages. */
static void
write_evidence (const char *folder)
{
  g_autoptr(TcSecretKey) key = sample_key (103);
  const TcHash chain_id = sample_hash (1);
  g_autoptr(TcTx) one = sample_tx (10, 2, 1);
  g_autoptr(TcTx) two = sample_tx (10, 1, 1);
  const TcHash votes[2] = { one->txid, two->txid }, list[3] = { { { 0 } }, { { 1 } }, { { 255, 255, 255 } } };
  const TcAck ack = { 1, { { 0 } } };
  g_autoptr(TcBatch) voted = tc_batch_new (4, 3, 0, 0, votes, 2, NULL, 0, &chain_id, key);
  g_autoptr(TcBatch) acked = tc_batch_new (4, 3, 1, 2, NULL, 0, &ack, 1, &chain_id, key);
  TcClose close = { .epoch = 4, .member = 3, .count = 3, .root = tc_merkle_root (list, 3) };
  TcEvidence evidence[2];

  tc_close_sign (&close, &chain_id, key);
  if (!tc_evidence_of_conflict (tc_secret_key_get_public (key), voted, one, voted, two, &evidence[0])
      || !tc_evidence_of_omission (tc_secret_key_get_public (key), acked, voted, two, &close, list, 3, &evidence[1]))
    g_error ("the samples contradict nothing");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GBytes) bytes = tc_evidence_encode (&evidence[i]);

      write_seed (folder, "evidence", i == 0 ? "conflict" : "omission", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      tc_evidence_clear (&evidence[i]);
    }
}

static void
write_small_genesis (const char *folder)
{
  static const char text[] =
    "{\"timecoin\":1,\"name\":\"a\",\"address_digit\":\"0\",\"time_ms\":1,\"parameters\":{\"committee_size\":4},\"masternodes\":[]}";

  write_seed (folder, "genesis", "small", (const guint8 *) text, strlen (text));
}

int
main (int argc, char *argv[])
{
  if (argc != 2)
    g_error ("usage: write-corpus FOLDER");
  tc_crypto_init ();
  for (gsize i = 0; i < sample_n_decoders; i++)
    {
      g_autoptr(GBytes) bytes = sample_decoders[i].sample ();

      write_seed (argv[1], sample_decoders[i].name, "sample", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  write_txs (argv[1]);
  write_first_block (argv[1]);
  write_evidence (argv[1]);
  write_small_genesis (argv[1]);
  return 0;
}
