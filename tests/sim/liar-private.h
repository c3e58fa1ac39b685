#pragma once

#include "sim.h"

/* Shared by liar.c (which lies a seed tells), liar-forge.c (what they are made of), liar-twist.c (what a liar's engine says, changed on its way out) and liar-invent.c (what no
 * engine says). */

struct _SimLiars
{
  guint32    strategies;  /* bitmap of those that this seed's liars follow */
  gboolean   one_mind;    /* all liars tell one half of the nodes the same */
  GPtrArray *heard;       /* Saying: the newest messages that came to a liar */
  guint      next_heard;
  GPtrArray *proposals;   /* TcProposal: the newest that came to one, or that one made */
  GHashTable *forged;     /* name of a proposal -> GBytes or NULL: the other one made for it */
};

#define LIAR_HEARD_MAX     96u
#define LIAR_PROPOSALS_MAX 12u

typedef struct
{
  guint8  type;
  GBytes *body;
} Saying;

/* One of @n: chosen anew by each liar, or the same by all where they are of one mind. @what, @a, @b: what is decided on. */
guint32  liar_whim             (Sim *sim, guint32 what, guint32 a, guint32 b, guint32 n);
void     liar_note_proposal    (Sim *sim, const guint8 *data, gsize n);

/* --- liar-forge.c: (transfer full) (nullable) --- */
guint8   liar_position         (Sim *sim, const SimNode *node, guint32 epoch);
GBytes  *liar_forge_vote       (Sim *sim, SimNode *node, const TcVote *like, const TcHash *hash);
/* Both spenders of the coin that was spent twice @back coins ago, or one: @which 0 or 1. */
GBytes  *liar_forge_batch      (Sim *sim, SimNode *node, guint32 epoch, guint32 sequence, guint32 first_position, guint back, guint which);
GBytes  *liar_forge_close      (Sim *sim, SimNode *node, guint32 epoch, gboolean empty);
/* Another block that stands to all rules. */
GBytes  *liar_forge_proposal   (Sim *sim, SimNode *node, const TcProposal *mine);
/* A block that breaks one. */
GBytes  *liar_forge_block      (Sim *sim, SimNode *node, const TcProposal *mine);
/* A block of an earlier round, with a proof of lock that does not exist. */
GBytes  *liar_forge_lock       (Sim *sim, SimNode *node, const TcProposal *mine);

/* --- liar-twist.c: @body itself (not a new reference), or something else (transfer full), or nothing --- */
#define LIAR_TWIST(name) GBytes *liar_twist_##name (Sim *sim, SimNode *node, const SimNode *to, guint8 type, GBytes *body)
LIAR_TWIST (votes);
LIAR_TWIST (late);
LIAR_TWIST (proposals);
LIAR_TWIST (blocks);
LIAR_TWIST (locks);
LIAR_TWIST (hide_proposals);
LIAR_TWIST (batches);
LIAR_TWIST (hide_batches);
LIAR_TWIST (hide_txs);
LIAR_TWIST (closes);
LIAR_TWIST (silent);

/* --- liar-invent.c: now and then; how many lies they told --- */
#define LIAR_INVENT(name) guint liar_invent_##name (Sim *sim, SimNode *node, const TcEngineInfo *info)
LIAR_INVENT (votes);
LIAR_INVENT (batches);
LIAR_INVENT (closes);
LIAR_INVENT (flood);
LIAR_INVENT (stale);
LIAR_INVENT (future);
LIAR_INVENT (forged);
LIAR_INVENT (accuse);
LIAR_INVENT (forget);
