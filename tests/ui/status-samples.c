#include "status-samples.h"

const char *
tc_status_sample_name (TcStatusSample sample)
{
  static const char *const names[] = { "Connecting", "Checking epochs", "Fetching balances", "Syncing", "Estimating", "At rest", "Older blocks", "Voting", "Under load",
                                       "Asking", "Stalled", "Halted" };

  return names[sample];
}

static void
add_blocks (TcNodeStatus *status, gint64 every_ms, guint n_txs)
{
  for (guint i = 0; i < status->n_marks; i++)
    status->marks[i] = (TcNodeBlockMark) { .height = status->height - status->n_marks + 1 + i,
                                           .time_ms = status->epoch_start_ms + every_ms * (i + 1),
                                           .n_txs = n_txs > 0 ? n_txs : (i % 3 == 0 ? 2 : 0) };
  status->tip_time_ms = status->n_marks == 0 ? status->epoch_start_ms : status->marks[status->n_marks - 1].time_ms;
}

static TcNodeStatus *
ready (gint64 now_ms, gint64 into_epoch_ms)
{
  TcNodeStatus *status = g_new0 (TcNodeStatus, 1);

  g_atomic_ref_count_init (&status->ref_count);
  status->state = TC_NODE_READY;
  status->height = status->best_height = 12408;
  status->epoch = 620;
  status->epoch_length_ms = 600000;
  status->block_interval_ms = 30000;
  status->epoch_start_ms = now_ms - into_epoch_ms;
  status->n_members = status->n_members_answering = 4;
  status->power = 400;
  status->n_peers = 8;
  status->n_marks = (guint) (into_epoch_ms / 30000);
  add_blocks (status, 30000, 0);
  return status;
}

static void
make_loaded (TcNodeStatus *status)
{
  status->n_marks = TC_NODE_MARKS_MAX;
  add_blocks (status, 5000, 900);
  status->block_interval_ms = 30000;
  status->mempool_txs = 1240;
  status->mempool_bytes = 410000;
  status->step = 3;
  status->prevote_power = 400;
  status->precommit_power = 200;
}

TcNodeStatus *
tc_status_sample (TcStatusSample sample, gint64 now_ms)
{
  TcNodeStatus *status = ready (now_ms, sample == TC_SAMPLE_UNDER_LOAD ? 322000 : 342000);

  switch (sample)
    {
    case TC_SAMPLE_CONNECTING:
      status->state = TC_NODE_CONNECTING;
      status->n_peers = 0;
      break;
    case TC_SAMPLE_SYNCING:
      status->state = TC_NODE_SYNCING;
      status->height = 5400;
      status->sync = (TcNodeSync) { TC_NODE_SYNC_BLOCKS, 5400, 12408, 2140, 184000, 5, 128400 };
      break;
    case TC_SAMPLE_LINKS:
      status->state = TC_NODE_SYNCING;
      status->sync = (TcNodeSync) { TC_NODE_SYNC_LINKS, 112, 620, 46, 11000, 2, 2760 };
      break;
    case TC_SAMPLE_SNAPSHOT:
      status->state = TC_NODE_SYNCING;
      status->sync = (TcNodeSync) { TC_NODE_SYNC_SNAPSHOT, 61200000, 90500000, 3200000, 9000 * 60, 6, 192000000 };
      break;
    case TC_SAMPLE_ESTIMATING:
      status->state = TC_NODE_SYNCING;
      status->sync = (TcNodeSync) { TC_NODE_SYNC_BLOCKS, 0, 12408, 0, -1, 1, 0 };
      break;
    case TC_SAMPLE_HISTORY:
      status->sync = (TcNodeSync) { TC_NODE_SYNC_HISTORY, 7900, 12000, 3, 13 * 60000, 3, 205 };
      break;
    case TC_SAMPLE_VOTING:
      status->step = 2;
      status->prevote_power = 300;
      status->precommit_power = 100;
      break;
    case TC_SAMPLE_UNDER_LOAD:
      make_loaded (status);
      break;
    case TC_SAMPLE_ASKING:
      status->state = TC_NODE_SYNCING;
      status->needs_trust = TRUE;
      status->offered = (TcCheckpoint) { 95040, { { 0x3f, 0x9a, 0x02, 0xd7, 0x11, 0x5e, 0xb8, 0x60, 0x4c, 0x7d, 0xe1, 0x95, 0x2a, 0xf3, 0x08, 0xbb,
                                                   0x96, 0x1f, 0x5d, 0xc4, 0x70, 0x83, 0xea, 0x29, 0x57, 0x0e, 0xcd, 0x31, 0x88, 0xa4, 0x6b, 0x12 } } };
      status->offered_time_ms = now_ms - 25 * 60000;
      break;
    case TC_SAMPLE_STALLED:
      status->state = TC_NODE_STALLED;
      status->n_members_answering = 2;
      break;
    case TC_SAMPLE_HALTED:
      status->state = TC_NODE_HALTED;
      status->problem = g_strdup ("Two commits for different blocks at height 12408: a third of the committee lied.");
      break;
    case TC_SAMPLE_AT_REST:
    case TC_N_SAMPLES:
    default:
      break;
    }
  return status;
}
