#include "params.h"

#define FIGURES \
  .block_interval_busy_ms = 1000, .block_busy_bytes = 500000, .block_size_max_bytes = 2000000, .last_block_size_max_bytes = 3000000, \
  .committee_size = 100, .redraw_epochs = 144, \
  .propose_ms = 3000, .propose_step_ms = 500, .prevote_ms = 1000, .prevote_step_ms = 500, .precommit_ms = 1000, .precommit_step_ms = 500, \
  .clock_ahead_ms = 5000, .batch_age_ms = 25, .batch_age_large_ms = 100, .batch_entries_max = 256, .vote_ahead_bytes = 1000000

const TcParams TC_PARAMS_DEFAULT = { FIGURES, .block_interval_ms = 30000, .epoch_length_ms = 600000, .unbonding_epochs = 2016, .trust_epochs = 2016 };
const TcParams TC_PARAMS_LOCAL = { FIGURES, .block_interval_ms = 5000, .epoch_length_ms = 100000, .unbonding_epochs = 6 };
