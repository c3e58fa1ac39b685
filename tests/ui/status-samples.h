#pragma once

#include "node/node.h"

G_BEGIN_DECLS

/* Node statuses for tests and pictures of the epoch clock: one of each form. */
typedef enum
{
  TC_SAMPLE_CONNECTING,
  TC_SAMPLE_LINKS,
  TC_SAMPLE_SNAPSHOT,
  TC_SAMPLE_SYNCING,
  TC_SAMPLE_ESTIMATING,
  TC_SAMPLE_AT_REST,
  TC_SAMPLE_HISTORY,
  TC_SAMPLE_VOTING,
  TC_SAMPLE_UNDER_LOAD,
  TC_SAMPLE_ASKING,
  TC_SAMPLE_STALLED,
  TC_SAMPLE_HALTED,
  TC_N_SAMPLES,
} TcStatusSample;

/* @now_ms: Unix. Returns: (transfer full). */
TcNodeStatus *tc_status_sample      (TcStatusSample sample, gint64 now_ms);
const char   *tc_status_sample_name (TcStatusSample sample);

G_END_DECLS
