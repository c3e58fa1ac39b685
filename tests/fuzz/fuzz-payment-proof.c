#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "wallet/proof.h"

/* The sum in front of everything is mended first: past it the parser is met. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < TC_HASH_SIZE || size > TC_PAYMENT_PROOF_SIZE_MAX)
    return 0;
  g_autofree guint8 *copy = g_memdup2 (data, size);
  const TcHash sum = tc_hash_tagged ("", copy, size - TC_HASH_SIZE);
  memcpy (copy + size - TC_HASH_SIZE, sum.bytes, TC_HASH_SIZE);
  g_autoptr(TcPaymentProof) proof = tc_payment_proof_decode (copy, size, NULL);

  if (proof != NULL)
    {
      g_autoptr(GBytes) again = tc_payment_proof_encode (proof);

      TC_CHECK (g_bytes_get_size (again) == size && memcmp (g_bytes_get_data (again, NULL), copy, size) == 0);
    }
  return 0;
}
