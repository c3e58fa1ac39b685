#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The parameters of a network: part of its genesis document, and so of its chain id. All that may differ between networks.
 * Durations in ms. A plain value. */
typedef struct
{
  guint32 block_interval_ms;         /* B1: 30 000 */
  guint32 block_interval_busy_ms;    /* B1: 1 000, for a block of at least block_busy_bytes */
  guint32 block_busy_bytes;          /* B1: 500 000 */
  guint32 block_size_max_bytes;      /* B1: 2 000 000 */
  guint32 last_block_size_max_bytes; /* B1: 3 000 000 */
  guint32 epoch_length_ms;           /* B2: 600 000 */
  guint32 committee_size;            /* B5: 100; at most TC_COMMITTEE_MAX */
  guint32 redraw_epochs;             /* B5, B6, M5, M6: 144 */
  guint32 unbonding_epochs;          /* M4, C7: 2 016 */
  guint32 trust_epochs;              /* M4: 2 016; 0: nobody is asked for a recent block */
  guint32 propose_ms, propose_step_ms;      /* C1: 3 000 + 500 r */
  guint32 prevote_ms, prevote_step_ms;      /* C1: 1 000 + 500 r */
  guint32 precommit_ms, precommit_step_ms;  /* C1: 1 000 + 500 r */
  guint32 clock_ahead_ms;            /* C4: 5 000 */
  guint32 batch_age_ms;              /* F7: 25 */
  guint32 batch_age_large_ms;        /* F7: 100, in a committee above 50 */
  guint32 batch_entries_max;         /* F7: 256 */
  guint32 vote_ahead_bytes;          /* F8: 1 000 000 */
} TcParams;

/* The figures of docs/protocol.md. */
extern const TcParams TC_PARAMS_DEFAULT;
/* The same but for the embedded local network: blocks every 5 s, epochs of 100 s, unbonding in 6 of them. */
extern const TcParams TC_PARAMS_LOCAL;

G_END_DECLS
