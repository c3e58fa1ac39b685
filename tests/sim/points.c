#include "sim.h"

/* The moments at which a node may die, each with a name: what it was about to write, had just written, or was about to send. */

typedef struct
{
  const char *name;
  guint8      message;  /* TcMessageType; 0: never sent */
  guint8      record;   /* TcRecordKind; 0: never written */
} Thing;

/* By TcThing; votes are told apart by their step. */
static const Thing things[SIM_N_THINGS] = {
  [SIM_THING_PREVOTE] = { "prevote", TC_MESSAGE_VOTE, TC_RECORD_VOTE },
  [SIM_THING_PRECOMMIT] = { "precommit", TC_MESSAGE_VOTE, TC_RECORD_VOTE },
  [SIM_THING_PROPOSAL] = { "proposal", TC_MESSAGE_PROPOSAL, TC_RECORD_PROPOSAL },
  [SIM_THING_BATCH] = { "batch", TC_MESSAGE_BATCH, TC_RECORD_BATCH },
  [SIM_THING_CLOSE] = { "close", TC_MESSAGE_CLOSE, TC_RECORD_CLOSE },
  [SIM_THING_TX] = { "transaction", TC_MESSAGE_TX, TC_RECORD_TX },
  [SIM_THING_LIST] = { "list of a close", TC_MESSAGE_LIST, TC_RECORD_LIST },
  [SIM_THING_STATUS] = { "status", TC_MESSAGE_STATUS, 0 },
  [SIM_THING_INV] = { "announcement", TC_MESSAGE_INV, 0 },
  [SIM_THING_GET] = { "request for what was announced", TC_MESSAGE_GET, 0 },
  [SIM_THING_GET_BLOCKS] = { "request for blocks", TC_MESSAGE_GET_BLOCKS, 0 },
  [SIM_THING_BLOCK] = { "block", TC_MESSAGE_BLOCK, 0 },
  [SIM_THING_GET_TXS] = { "request for transactions", TC_MESSAGE_GET_TXS, 0 },
  [SIM_THING_TXS] = { "transactions of a block", TC_MESSAGE_TXS, 0 },
  [SIM_THING_GET_CERTS] = { "request for certificates", TC_MESSAGE_GET_CERTS, 0 },
  [SIM_THING_HEARTBEAT] = { "heartbeat", TC_MESSAGE_HEARTBEAT, 0 },
  [SIM_THING_ATTESTATION] = { "attestation", TC_MESSAGE_ATTESTATION, 0 },
  [SIM_THING_EVIDENCE] = { "evidence", TC_MESSAGE_EVIDENCE, 0 },
  [SIM_THING_GET_EPOCHS] = { "request for links", TC_MESSAGE_GET_EPOCHS, 0 },
  [SIM_THING_GET_LIST] = { "request for a list", TC_MESSAGE_GET_LIST, 0 },
};

static const char *const moments[SIM_N_MOMENTS] = {
  [SIM_MOMENT_PERSIST] = "before it wrote:",
  [SIM_MOMENT_PERSISTED] = "after it wrote:",
  [SIM_MOMENT_SEND] = "before it sent:",
  [SIM_MOMENT_COMMIT] = "at a commit, before it was written",
  [SIM_MOMENT_FLUSHED] = "after a block was written, before the engine heard of it",
  [SIM_MOMENT_CATCHING_UP] = "after a block was written that was not synced",
  [SIM_MOMENT_RANDOM] = "at a random moment",
};

static gboolean
has_thing (SimMoment moment)
{
  return moment <= SIM_MOMENT_SEND;
}

gboolean
sim_point_exists (SimMoment moment, SimThing thing)
{
  if (!has_thing (moment))
    return thing == 0;
  return moment == SIM_MOMENT_SEND ? things[thing].message != 0 : things[thing].record != 0;
}

char *
sim_point_name (SimMoment moment, SimThing thing)
{
  return has_thing (moment) ? g_strdup_printf ("%s %s", moments[moment], things[thing].name) : g_strdup (moments[moment]);
}

SimThing
sim_thing_of_message (guint8 type, GBytes *body)
{
  const guint8 *data = g_bytes_get_data (body, NULL);

  if (type == TC_MESSAGE_VOTE)
    return data[0] == TC_STEP_PREVOTE ? SIM_THING_PREVOTE : SIM_THING_PRECOMMIT;
  for (guint i = 0; i < SIM_N_THINGS; i++)
    if (things[i].message == type)
      return (SimThing) i;
  return SIM_N_THINGS;
}

SimThing
sim_thing_of_record (const TcRecord *record)
{
  const guint8 *data = g_bytes_get_data (record->data, NULL);

  if (record->kind == TC_RECORD_VOTE)
    return data[0] == TC_STEP_PREVOTE ? SIM_THING_PREVOTE : SIM_THING_PRECOMMIT;
  for (guint i = 0; i < SIM_N_THINGS; i++)
    if (things[i].record == record->kind)
      return (SimThing) i;
  return SIM_N_THINGS;
}
