#pragma once

#include <stddef.h>
#include <stdint.h>

/* What libFuzzer, or replay.c in its place, calls. A target aborts where a property does not hold. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Optional: called once before the first input. */
int LLVMFuzzerInitialize   (int *argc, char ***argv);
