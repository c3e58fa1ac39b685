#include "node-text.h"

#include <glib/gi18n.h>

#include "text.h"

char *
tc_node_text_state (const TcNodeStatus *status)
{
  if (status->needs_trust && status->state <= TC_NODE_STALLED)
    return g_strdup (_("Waits for a block that you trust"));
  switch (status->state)
    {
    case TC_NODE_STARTING:
      return g_strdup (_("Starting"));
    case TC_NODE_CONNECTING:
      return g_strdup (_("Looking for peers"));
    case TC_NODE_SYNCING:
      return g_strdup (_("Catching up"));
    case TC_NODE_READY:
      return g_strdup (_("Up to date"));
    case TC_NODE_STALLED:
      return g_strdup (_("No quorum answers"));
    case TC_NODE_HALTED:
      return g_strdup (_("Halted"));
    case TC_NODE_STOPPING:
    case TC_NODE_STOPPED:
    default:
      return g_strdup (_("Stopping"));
    }
}

char *
tc_node_text_phase (const TcNodeStatus *status)
{
  switch (status->sync.phase)
    {
    case TC_NODE_SYNC_LINKS:
      return g_strdup (_("Checking the chain of epochs"));
    case TC_NODE_SYNC_SNAPSHOT:
      return g_strdup (_("Fetching balances (a snapshot)"));
    case TC_NODE_SYNC_BLOCKS:
      return g_strdup (_("Fetching and checking blocks"));
    case TC_NODE_SYNC_HISTORY:
      return g_strdup (_("Fetching older blocks, in the background"));
    case TC_NODE_SYNC_NONE:
    default:
      return NULL;
    }
}

char *
tc_node_text_progress (const TcNodeSync *sync)
{
  const gboolean bytes = sync->phase == TC_NODE_SYNC_SNAPSHOT;
  g_autofree char *done = bytes ? tc_text_size (sync->done) : tc_text_number (sync->done);
  g_autofree char *total = bytes ? tc_text_size (sync->total) : tc_text_number (sync->total);
  const int percent = sync->total == 0 ? 0 : (int) ((double) MIN (sync->done, sync->total) / (double) sync->total * 100);

  if (sync->phase == TC_NODE_SYNC_LINKS)
    return g_strdup_printf (_("%s of %s epochs (%d %%)"), done, total, percent);
  if (bytes)
    /* Translators: sizes, such as 40.2 MB. */
    return g_strdup_printf (_("%s of %s (%d %%)"), done, total, percent);
  return g_strdup_printf (_("%s of %s blocks (%d %%)"), done, total, percent);
}

char *
tc_node_text_rate (const TcNodeSync *sync)
{
  const gboolean slow = sync->rate == 0;
  const guint64 rate = slow ? sync->rate_minute : sync->rate;
  g_autofree char *text = sync->phase == TC_NODE_SYNC_SNAPSHOT ? tc_text_size (rate) : tc_text_number (rate);

  if (rate == 0)
    return g_strdup (_("Not known yet"));
  if (sync->phase == TC_NODE_SYNC_SNAPSHOT)
    return g_strdup_printf (slow ? _("%s a minute") : _("%s a second"), text);
  if (sync->phase == TC_NODE_SYNC_LINKS)
    return g_strdup_printf (slow ? _("%s epochs a minute") : _("%s epochs a second"), text);
  return g_strdup_printf (slow ? _("%s blocks a minute") : _("%s blocks a second"), text);
}

char *
tc_node_text_blocks (const TcNodeStatus *status)
{
  g_autofree char *oldest = tc_text_number (status->oldest_height), *newest = tc_text_number (status->height);

  if (status->height == 0)
    return g_strdup (_("None yet"));
  if (status->oldest_height > status->height)
    return g_strdup (status->older_come ? _("None yet; older ones are being fetched") : _("None yet; older ones are not kept"));
  if (status->oldest_height <= 1)
    return g_strdup_printf (_("All, 1 to %s"), newest);
  if (status->older_come)
    return g_strdup_printf (_("%s to %s; older ones are being fetched"), oldest, newest);
  return g_strdup_printf (_("%s to %s; older ones are not kept"), oldest, newest);
}

char *
tc_node_text_reach (const TcNodeDetails *details)
{
  if (details->listen == NULL)
    return g_strdup (details->proxy != NULL ? _("No: it hides behind a proxy") : _("No: it only connects to others"));
  if (details->external != NULL)
    return g_strdup_printf (_("Yes, the router lets them in at %s"), details->external);
  return g_strdup (details->asks_router ? _("On its own network; the router has not opened a port") : _("Where your router or firewall lets them in"));
}
