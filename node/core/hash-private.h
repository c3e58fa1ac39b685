#pragma once

#include "hash.h"

G_BEGIN_DECLS

/* For tests: tc_hash_many () with so many messages side by side: 1, or what the processor can of 4 and 8. */
gsize tc_hash_get_lanes_max (void);
void  tc_hash_many_in_lanes (gsize n_lanes, const char *tag, const TcHashInput *inputs, gsize n, TcHash *ret_hashes);

G_END_DECLS
