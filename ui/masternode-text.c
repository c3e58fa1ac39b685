#include "masternode-text.h"

#include <glib/gi18n.h>

#include "explorer-views.h"
#include "text.h"

TcMasternodeClock
tc_masternode_clock (const TcNodeStatus *status, const TcParams *params, gint64 now_ms)
{
  TcMasternodeClock clock = { .now_ms = now_ms, .epoch_length_ms = params->epoch_length_ms, .redraw_epochs = params->redraw_epochs };

  if (status == NULL)
    return clock;
  clock.epoch = status->epoch;
  clock.epoch_end_ms = status->epoch_start_ms + params->epoch_length_ms;
  return clock;
}

/* Until @epoch begins; not less than nothing. */
static gint64
until_epoch (const TcMasternodeClock *clock, guint32 epoch)
{
  const gint64 epochs = (gint64) epoch - (gint64) clock->epoch - 1;

  return MAX (clock->epoch_end_ms - clock->now_ms, 0) + MAX (epochs, 0) * clock->epoch_length_ms;
}

TcMasternodeStand
tc_masternode_stand (const TcOwnMasternode *own, const TcMasternodeClock *clock)
{
  const TcNodeMasternode *node = &own->node;

  if (!own->registered)
    return own->block_ms > 0 && own->block_ms < clock->epoch_end_ms - clock->epoch_length_ms ? TC_MASTERNODE_IS_VOID : TC_MASTERNODE_ON_ITS_WAY;
  if (node->state == TC_NODE_MASTERNODE_RELEASED)
    return TC_MASTERNODE_IS_GONE;
  if (node->state == TC_NODE_MASTERNODE_RETIRED)
    return TC_MASTERNODE_UNBONDS;
  if (node->jailed)
    return TC_MASTERNODE_IS_JAILED;
  if (node->active)
    return TC_MASTERNODE_IS_ACTIVE;
  return clock->epoch <= node->registered_epoch + 2 && node->inactive_epochs == 0 && node->unattested_epochs == 0 ? TC_MASTERNODE_WAITS : TC_MASTERNODE_IS_NOT;
}

const char *
tc_masternode_stand_word (TcMasternodeStand stand)
{
  switch (stand)
    {
    case TC_MASTERNODE_ON_ITS_WAY:
      return _("On its way");
    case TC_MASTERNODE_WAITS:
      return _("Waiting");
    case TC_MASTERNODE_IS_ACTIVE:
      return _("Active");
    case TC_MASTERNODE_IS_NOT:
      return _("Not active");
    case TC_MASTERNODE_IS_JAILED:
      return _("Jailed");
    case TC_MASTERNODE_UNBONDS:
      return _("Retired");
    case TC_MASTERNODE_IS_VOID:
      return _("Void");
    case TC_MASTERNODE_IS_GONE:
    default:
      return _("Gone");
    }
}

const char *
tc_masternode_stand_class (TcMasternodeStand stand)
{
  switch (stand)
    {
    case TC_MASTERNODE_ON_ITS_WAY:
    case TC_MASTERNODE_WAITS:
      return "pending";
    case TC_MASTERNODE_IS_ACTIVE:
      return "final";
    case TC_MASTERNODE_IS_NOT:
    case TC_MASTERNODE_IS_JAILED:
      return "failed";
    case TC_MASTERNODE_UNBONDS:
    case TC_MASTERNODE_IS_GONE:
    case TC_MASTERNODE_IS_VOID:
    default:
      return "void";
    }
}

static char *
why_not_active (const TcNodeMasternode *node)
{
  const guint32 heard = node->tier == TC_TIER_FREE ? node->unattested_epochs : node->inactive_epochs;

  if (heard == 0)
    return g_strdup (_("It has not been through a whole epoch yet."));
  if (node->power > 0)
    return g_strdup_printf (ngettext ("In the last epoch it signed fewer than half of the blocks, so it earned nothing. Check that it runs, that its clock is right, and that its address is reachable.",
                                      "For %u epochs it signed fewer than half of the blocks, so it earned nothing. Check that it runs, that its clock is right, and that its address is reachable.",
                                      heard), heard);
  return g_strdup_printf (ngettext ("In the last epoch the committee did not hear it, or could not connect to its address. Check that it runs and that its port is open.",
                                    "For %u epochs the committee did not hear it, or could not connect to its address. Check that it runs and that its port is open.", heard),
                          heard);
}

char *
tc_masternode_why (const TcOwnMasternode *own, const TcMasternodeClock *clock)
{
  const TcNodeMasternode *node = &own->node;
  g_autofree char *epoch_left = tc_text_span (until_epoch (clock, clock->epoch + 1)), *number = NULL, *left = NULL;

  switch (tc_masternode_stand (own, clock))
    {
    case TC_MASTERNODE_ON_ITS_WAY:
      return own->block_ms > 0 ? g_strdup_printf (_("Its registration is in a block. It is listed when this epoch ends, in about %s."), epoch_left)
                               : g_strdup (_("Its registration was sent and waits for a block."));
    case TC_MASTERNODE_WAITS:
      left = tc_text_span (until_epoch (clock, node->registered_epoch + 2));
      if (clock->epoch >= node->registered_epoch + 2)
        return g_strdup_printf (_("It counts now. Whether it is active is known when this epoch ends, in about %s."), epoch_left);
      number = tc_text_number (node->registered_epoch + 2);
      return g_strdup_printf (_("Registered. It counts from epoch %s on, in about %s. Its node should run by then."), number, left);
    case TC_MASTERNODE_IS_ACTIVE:
      if (node->power == 0)
        return g_strdup (_("It answers the committee, and earns."));
      number = tc_text_number (node->power);
      return g_strdup_printf (_("In the committee with power %s: it votes, signs blocks, and earns."), number);
    case TC_MASTERNODE_IS_JAILED:
      return g_strdup (_("It signed things that contradict each other, as two computers with one key do. It earns nothing any more, and a tenth of its collateral is burnt when it is released. Retire it to get the rest back."));
    case TC_MASTERNODE_UNBONDS:
      number = tc_text_number (node->release_epoch);
      left = tc_text_span (until_epoch (clock, node->release_epoch + 1));
      return g_strdup_printf (_("Its collateral is available again at the end of epoch %s, in about %s."), number, left);
    case TC_MASTERNODE_IS_GONE:
      return g_strdup (_("It retired, and its collateral is available again."));
    case TC_MASTERNODE_IS_VOID:
      return g_strdup (_("The chain did not take it: another masternode had its operator key by then. The collateral is available again."));
    case TC_MASTERNODE_IS_NOT:
    default:
      return why_not_active (node);
    }
}

char *
tc_masternode_next_payout (const TcNodeMasternode *node, const TcMasternodeClock *clock)
{
  const guint32 period = MAX (clock->redraw_epochs, 1), wait = (node->index % period + period - clock->epoch % period) % period;
  g_autofree char *left = tc_text_span (until_epoch (clock, clock->epoch + wait + 1));

  /* Translators: when rewards are paid next: "In about 12 minutes". */
  return g_strdup_printf (_("In about %s"), left);
}

char *
tc_masternode_title (const TcOwnMasternode *own)
{
  if (own->name != NULL && own->name[0] != '\0')
    return g_strdup (own->name);
  if (own->registered)
    return tc_explorer_masternode_name (own->node.index);
  /* Translators: %s is a tier, such as “Gold”. */
  return g_strdup_printf (_("New Masternode (%s)"), tc_explorer_tier_name (own->node.tier));
}
