#include "epoch-clock-private.h"

#include <glib/gi18n.h>

#include "text.h"

TcClockForm
tc_clock_form (const TcNodeStatus *status, gboolean paused)
{
  if (paused)
    return TC_CLOCK_PAUSED;
  if (status == NULL)
    return TC_CLOCK_CONNECTING;
  if (status->needs_trust && status->state <= TC_NODE_STALLED)
    return TC_CLOCK_ASKING;
  switch (status->state)
    {
    case TC_NODE_SYNCING:
      return TC_CLOCK_SYNCING;
    case TC_NODE_READY:
      return TC_CLOCK_READY;
    case TC_NODE_STALLED:
      return TC_CLOCK_STALLED;
    case TC_NODE_HALTED:
      return TC_CLOCK_ERROR;
    case TC_NODE_STOPPING:
    case TC_NODE_STOPPED:
      return TC_CLOCK_PAUSED;
    case TC_NODE_STARTING:
    case TC_NODE_CONNECTING:
    default:
      return TC_CLOCK_CONNECTING;
    }
}

double
tc_clock_sync_share (const TcNodeStatus *status)
{
  return status->sync.total == 0 ? 0 : CLAMP ((double) status->sync.done / (double) status->sync.total, 0, 1);
}

double
tc_clock_turn (const TcNodeStatus *status, gint64 time_ms)
{
  if (status->epoch_length_ms <= 0)
    return 0;
  return CLAMP ((double) (time_ms - status->epoch_start_ms) / (double) status->epoch_length_ms, 0, 1);
}

static int
percent (guint64 part, guint64 whole)
{
  return whole == 0 ? 0 : (int) (MIN (part, whole) * 100 / whole);
}

static char *
round_words (const TcNodeStatus *status, gint64 now_ms)
{
  const gint64 left_ms = status->tip_time_ms + status->block_interval_ms - now_ms;

  switch (status->step)
    {
    case 1:
      return status->round == 0 ? g_strdup (_("Proposing")) : g_strdup_printf (_("Proposing, round %u"), status->round);
    case 2:
      return g_strdup_printf (_("Prepare %d %%"), percent (status->prevote_power, status->power));
    case 3:
      return g_strdup_printf (_("Commit %d %%"), percent (status->precommit_power, status->power));
    case 4:
      return g_strdup (_("Block finalized"));
    default:
      if (left_ms > 0)
        return g_strdup_printf (_("Next in %d s"), (int) ((left_ms + 999) / 1000));
      return g_strdup (_("Next block due"));
    }
}

static char *
quorum_words (const TcNodeStatus *status)
{
  return g_strdup_printf (_("%u of %u answer"), status->n_members_answering, status->n_members);
}

static void
ready_words (const TcNodeStatus *status, gint64 now_ms, TcClockWords *words)
{
  const gint64 left_ms = status->epoch_start_ms + status->epoch_length_ms - now_ms;
  g_autofree char *left = tc_text_clock (left_ms);

  words->above = g_strdup_printf (_("EPOCH %u"), status->epoch);
  words->main = tc_text_number (status->height);
  words->below = round_words (status, now_ms);
  if (status->mempool_txs > 0)
    {
      g_autofree char *number = tc_text_number (status->mempool_txs);

      words->last = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s waiting", "%s waiting", status->mempool_txs), number);
    }
  else if (left_ms > 0)
    words->last = g_strdup_printf (_("%s left"), left);
  else
    words->last = g_strdup (_("Closing the epoch"));
}

int
tc_clock_sync_percent (const TcNodeStatus *status)
{
  return (int) (tc_clock_sync_share (status) * 100);
}

static const char *
phase_title (TcNodeSyncPhase phase)
{
  switch (phase)
    {
    case TC_NODE_SYNC_LINKS:
      return _("CHECKING EPOCHS");
    case TC_NODE_SYNC_SNAPSHOT:
      return _("FETCHING BALANCES");
    case TC_NODE_SYNC_NONE:
    case TC_NODE_SYNC_BLOCKS:
    case TC_NODE_SYNC_HISTORY:
    default:
      return _("CATCHING UP");
    }
}

/* So few a second that they are better counted by the minute. */
static gboolean
is_slow (const TcNodeSync *sync)
{
  return sync->rate < 5;
}

/* (transfer full) (nullable): in the phase's unit; NULL where it is not known. */
static char *
rate_words (const TcNodeSync *sync)
{
  g_autofree char *number = tc_text_number (sync->rate), *slow = tc_text_number (sync->rate_minute), *size = tc_text_size (sync->rate);

  if (sync->rate_minute == 0)
    return NULL;
  switch (sync->phase)
    {
    case TC_NODE_SYNC_LINKS:
      return is_slow (sync) ? g_strdup_printf (_("%s epochs/min"), slow) : g_strdup_printf (_("%s epochs/s"), number);
    case TC_NODE_SYNC_SNAPSHOT:
      return g_strdup_printf (_("%s/s"), size);
    case TC_NODE_SYNC_NONE:
    case TC_NODE_SYNC_BLOCKS:
    case TC_NODE_SYNC_HISTORY:
    default:
      return is_slow (sync) ? g_strdup_printf (_("%s blocks/min"), slow) : g_strdup_printf (_("%s blocks/s"), number);
    }
}

static gboolean
is_installing (const TcNodeSync *sync)
{
  return sync->phase == TC_NODE_SYNC_SNAPSHOT && sync->total > 0 && sync->done >= sync->total;
}

/* (transfer full) */
static char *
left_words (const TcNodeSync *sync)
{
  return is_installing (sync) ? g_strdup (_("Putting it in place")) : tc_text_left (sync->left_ms);
}

static void
syncing_words (const TcNodeStatus *status, TcClockWords *words)
{
  words->above = g_strdup (phase_title (status->sync.phase));
  words->main = g_strdup_printf ("%d %%", tc_clock_sync_percent (status));
  words->below = is_installing (&status->sync) ? NULL : rate_words (&status->sync);
  words->last = left_words (&status->sync);
}

void
tc_clock_words (const TcNodeStatus *status, TcClockForm form, gint64 now_ms, TcClockWords *ret_words)
{
  *ret_words = (TcClockWords) { 0 };
  switch (form)
    {
    case TC_CLOCK_CONNECTING:
      ret_words->main = status == NULL || status->state == TC_NODE_STARTING ? g_strdup (_("Starting")) : g_strdup (_("Connecting"));
      if (status != NULL && status->state == TC_NODE_CONNECTING)
        ret_words->below = status->n_peers == 0 ? g_strdup (_("Looking for nodes"))
                           : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u node found", "%u nodes found", status->n_peers), status->n_peers);
      break;
    case TC_CLOCK_SYNCING:
      syncing_words (status, ret_words);
      break;
    case TC_CLOCK_READY:
      ready_words (status, now_ms, ret_words);
      break;
    case TC_CLOCK_ASKING:
      ret_words->main = g_strdup (_("Waiting"));
      ret_words->below = g_strdup (_("for a block that you trust"));
      break;
    case TC_CLOCK_STALLED:
      {
        g_autofree char *height = tc_text_number (status->height);

        ret_words->above = g_strdup_printf (_("BLOCK %s"), height);
      }
      ret_words->main = g_strdup (_("No quorum"));
      ret_words->below = quorum_words (status);
      break;
    case TC_CLOCK_PAUSED:
      ret_words->last = status != NULL && status->state == TC_NODE_STOPPING ? g_strdup (_("Stopping")) : g_strdup (_("Paused"));
      break;
    case TC_CLOCK_ERROR:
    default:
      ret_words->last = g_strdup (_("Halted"));
      break;
    }
}

void
tc_clock_words_clear (TcClockWords *words)
{
  g_clear_pointer (&words->above, g_free);
  g_clear_pointer (&words->main, g_free);
  g_clear_pointer (&words->below, g_free);
  g_clear_pointer (&words->last, g_free);
}

static void
say (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len > 0)
    g_string_append_c (text, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

static void
describe_round (GString *text, const TcNodeStatus *status, gint64 now_ms)
{
  const gint64 left_ms = status->tip_time_ms + status->block_interval_ms - now_ms;

  if (status->step == 0)
    {
      if (left_ms > 0)
        say (text, g_dngettext (GETTEXT_PACKAGE, "Next block in %d second.", "Next block in %d seconds.", (gulong) (left_ms + 999) / 1000),
             (int) ((left_ms + 999) / 1000));
      else
        say (text, "%s", _("The next block is due."));
    }
  else if (status->step == 4)
    say (text, "%s", _("The block is finalized."));
  else
    say (text, _("Round %u: prepared by %d percent, committed by %d percent of the committee's power; 67 percent are needed."), status->round,
         percent (status->prevote_power, status->power), percent (status->precommit_power, status->power));
}

static void
describe_ready (GString *text, const TcNodeStatus *status, gint64 now_ms)
{
  g_autofree char *left = tc_text_clock (status->epoch_start_ms + status->epoch_length_ms - now_ms);
  g_autofree char *size = tc_text_size (status->mempool_bytes);

  say (text, _("Up to date at block %u."), status->height);
  say (text, g_dngettext (GETTEXT_PACKAGE, "Epoch %u: %u block so far, %s left.", "Epoch %u: %u blocks so far, %s left.", status->n_marks),
       status->epoch, status->n_marks, left);
  describe_round (text, status, now_ms);
  if (status->mempool_txs > 0)
    say (text, g_dngettext (GETTEXT_PACKAGE, "%u payment waits for a block (%s).", "%u payments wait for a block (%s).", status->mempool_txs),
         status->mempool_txs, size);
  say (text, g_dngettext (GETTEXT_PACKAGE, "Connected to %u node.", "Connected to %u nodes.", status->n_peers), status->n_peers);
}

/* For a voice, which would stop at a space. */
static char *
plain_number (guint64 number)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, number);
}

static void
describe_rate (GString *text, const TcNodeSync *sync)
{
  const guint64 rate = is_slow (sync) ? sync->rate_minute : sync->rate;
  g_autofree char *number = plain_number (rate), *size = tc_text_size (sync->rate);
  const gulong n = (gulong) MIN (rate, G_MAXINT);

  if (rate == 0)
    return;
  switch (sync->phase)
    {
    case TC_NODE_SYNC_LINKS:
      say (text, is_slow (sync) ? g_dngettext (GETTEXT_PACKAGE, "%s epoch a minute.", "%s epochs a minute.", n)
                                : g_dngettext (GETTEXT_PACKAGE, "%s epoch a second.", "%s epochs a second.", n), number);
      break;
    case TC_NODE_SYNC_SNAPSHOT:
      say (text, _("%s a second."), size);
      break;
    case TC_NODE_SYNC_NONE:
    case TC_NODE_SYNC_BLOCKS:
    case TC_NODE_SYNC_HISTORY:
    default:
      say (text, is_slow (sync) ? g_dngettext (GETTEXT_PACKAGE, "%s block a minute.", "%s blocks a minute.", n)
                                : g_dngettext (GETTEXT_PACKAGE, "%s block a second.", "%s blocks a second.", n), number);
      break;
    }
}

static void
describe_share (GString *text, const TcNodeStatus *status)
{
  const TcNodeSync *sync = &status->sync;
  const gboolean bytes = sync->phase == TC_NODE_SYNC_SNAPSHOT;
  g_autofree char *done = bytes ? tc_text_size (sync->done) : plain_number (sync->done);
  g_autofree char *total = bytes ? tc_text_size (sync->total) : plain_number (sync->total);

  switch (sync->phase)
    {
    case TC_NODE_SYNC_LINKS:
      say (text, _("Checking the chain epoch by epoch: %d percent, epoch %s of %s."), tc_clock_sync_percent (status), done, total);
      break;
    case TC_NODE_SYNC_SNAPSHOT:
      say (text, _("Fetching everybody's balances: %d percent, %s of %s."), tc_clock_sync_percent (status), done, total);
      break;
    case TC_NODE_SYNC_HISTORY:
      say (text, _("Fetching older blocks: %d percent, %s of %s."), tc_clock_sync_percent (status), done, total);
      break;
    case TC_NODE_SYNC_NONE:
    case TC_NODE_SYNC_BLOCKS:
    default:
      say (text, _("Catching up: %d percent, block %s of %s."), tc_clock_sync_percent (status), done, total);
      break;
    }
}

static void
describe_syncing (GString *text, const TcNodeStatus *status)
{
  g_autofree char *left = left_words (&status->sync);

  describe_share (text, status);
  if (!is_installing (&status->sync))
    describe_rate (text, &status->sync);
  if (status->sync.n_peers > 0)
    say (text, g_dngettext (GETTEXT_PACKAGE, "From %u node.", "From %u nodes.", status->sync.n_peers), status->sync.n_peers);
  say (text, "%s", left);
}

char *
tc_epoch_clock_caption (const TcNodeStatus *status)
{
  g_autofree char *members = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u masternode", "%u masternodes", status->n_members), status->n_members);
  g_autofree char *peers = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u connection", "%u connections", status->n_peers), status->n_peers);
  g_autofree char *left = tc_text_left (status->sync.left_ms);

  if (status->state == TC_NODE_SYNCING && status->sync.n_peers > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "From %u of %u connection", "From %u of %u connections", status->n_peers), status->sync.n_peers,
                            status->n_peers);
  if (status->state == TC_NODE_SYNCING)
    return g_steal_pointer (&peers);
  if (status->sync.phase == TC_NODE_SYNC_HISTORY)
    return g_strdup_printf (_("%s · %s\nOlder blocks: %d %% · %s"), members, peers, tc_clock_sync_percent (status), left);
  return status->n_members > 0 ? g_strdup_printf ("%s · %s", members, peers) : g_strdup ("");
}

char *
tc_epoch_clock_describe (const TcNodeStatus *status, gboolean paused, gint64 now_ms)
{
  GString *text = g_string_new (NULL);
  g_auto(TcClockWords) words = { 0 };
  const TcClockForm form = tc_clock_form (status, paused);

  switch (form)
    {
    case TC_CLOCK_SYNCING:
      describe_syncing (text, status);
      break;
    case TC_CLOCK_READY:
      describe_ready (text, status, now_ms);
      if (status->sync.phase == TC_NODE_SYNC_HISTORY)
        describe_syncing (text, status);
      break;
    case TC_CLOCK_STALLED:
      say (text, _("No quorum: %u of %u masternodes answer. The last block is %u."), status->n_members_answering, status->n_members, status->height);
      break;
    case TC_CLOCK_ASKING:
      say (text, _("Waiting for a block that you trust. The last block is %u."), status->height);
      break;
    case TC_CLOCK_CONNECTING:
    case TC_CLOCK_PAUSED:
    case TC_CLOCK_ERROR:
    default:
      tc_clock_words (status, form, now_ms, &words);
      say (text, "%s.", words.main != NULL ? words.main : words.last);
      if (words.below != NULL)
        say (text, "%s.", words.below);
      break;
    }
  if (status != NULL && status->problem != NULL && (form == TC_CLOCK_STALLED || form == TC_CLOCK_ERROR))
    say (text, "%s", status->problem);
  return g_string_free (text, FALSE);
}
