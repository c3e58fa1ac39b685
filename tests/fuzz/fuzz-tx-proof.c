#include "../core/sample.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  sample_round_trip ("tx-proof", data, size);
  return 0;
}
