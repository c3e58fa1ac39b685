#include <string.h>

#include "core/check.h"
#include "engine/messages.h"
#include "fuzz.h"

/* Bodies that no one signs: the first byte chooses the decoder. Checked: encode (decode (x)) = x. */

static void
check_same (GBytes *encoded, GBytes *body)
{
  TC_CHECK (g_bytes_equal (encoded, body));
  g_bytes_unref (encoded);
}

static void
check_status (GBytes *body)
{
  TcStatusMessage status;

  if (tc_status_message_decode (body, &status))
    check_same (tc_status_message_encode (&status), body);
}

static void
check_items (GBytes *body)
{
  g_autofree TcHash *hashes = NULL;
  guint8 kind;
  gsize n;

  if (!tc_items_decode (body, &kind, &hashes, &n))
    return;
  TC_CHECK (n <= TC_ITEMS_MAX);
  check_same (tc_items_encode (kind, hashes, n), body);
}

static void
check_get_blocks (GBytes *body)
{
  guint32 from;
  guint8 count;

  if (!tc_get_blocks_decode (body, &from, &count))
    return;
  TC_CHECK (count <= TC_GET_BLOCKS_MAX);
  check_same (tc_get_blocks_encode (from, count), body);
}

static void
check_block (GBytes *body)
{
  TcBlock *block;
  TcCommit *commit;

  if (!tc_message_block_decode (body, &block, &commit))
    return;
  tc_block_unref (block);
  tc_commit_unref (commit);
}

static void
check_get_txs (GBytes *body)
{
  g_autofree guint32 *positions = NULL;
  TcHash block;
  gsize n;

  if (!tc_get_txs_decode (body, &block, &positions, &n))
    return;
  TC_CHECK (n <= TC_POSITIONS_MAX);
  for (gsize i = 1; i < n; i++)
    TC_CHECK (positions[i - 1] < positions[i]);
  check_same (tc_get_txs_encode (&block, positions, n), body);
}

static void
check_txs (GBytes *body)
{
  g_autoptr (GPtrArray) txs = NULL;
  TcHash block;

  if (tc_txs_decode (body, &block, &txs))
    check_same (tc_txs_encode (&block, (TcTx *const *) txs->pdata, txs->len), body);
}

static void
check_list (GBytes *body)
{
  g_autofree TcHash *txids = NULL;
  TcHash close;
  gsize n;

  if (!tc_list_decode (body, &close, &txids, &n))
    return;
  TC_CHECK (n <= TC_LIST_MAX);
  check_same (tc_list_encode (&close, txids, n), body);
}

static void
check_get_epochs (GBytes *body)
{
  guint32 from;
  guint16 count;

  if (tc_get_epochs_decode (body, &from, &count))
    check_same (tc_get_epochs_encode (from, count), body);
}

static void
check_epochs (GBytes *body)
{
  g_autoptr (GPtrArray) links = NULL;

  if (tc_epochs_decode (body, &links))
    TC_CHECK (links->len <= g_bytes_get_size (body));
}

static void
check_attestation (GBytes *body)
{
  TcAttestation attestation;
  guint32 epoch, height;

  if (!tc_attestation_message_decode (body, &epoch, &height, &attestation))
    return;
  check_same (tc_attestation_message_encode (epoch, height, &attestation), body);
  g_bytes_unref (attestation.bitmap);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static void (*const checks[]) (GBytes *body)
      = { check_status, check_items, check_get_blocks, check_block, check_get_txs, check_txs, check_list, check_attestation,
            check_get_epochs, check_epochs };
  g_autoptr (GBytes) body = NULL;

  if (size < 1)
    return 0;
  body = g_bytes_new (data + 1, size - 1);
  checks[data[0] % G_N_ELEMENTS (checks)](body);
  return 0;
}
