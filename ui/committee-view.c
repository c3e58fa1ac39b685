#define G_LOG_DOMAIN "tc-ui"
#include "committee-view.h"

#include <glib/gi18n.h>

#include "live-table.h"
#include "poll.h"
#include "text.h"

#define POLL_MS  1000
#define LEAST_US 250000  /* between two questions */

struct _TcCommitteeView
{
  AdwBin          parent_instance;
  TcLiveTable    *live;
  GtkWidget      *votes;
  GtkProgressBar *prepare, *commit;
  TcSession      *session;
  gboolean        asking;
  gint64          asked_us;
};

G_DEFINE_FINAL_TYPE (TcCommitteeView, tc_committee_view, ADW_TYPE_BIN)

/* --- A member's row --- */

typedef struct
{
  TcNodeMember member;
  guint64      power;         /* of all */
  guint32      epoch_blocks;
  gboolean     has_newest;
} Row;

static int
compare_indices (gconstpointer a, gconstpointer b)
{
  const Row *left = a, *right = b;

  return left->member.masternode < right->member.masternode ? -1 : left->member.masternode > right->member.masternode;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
  const Row *left = a, *right = b;

  return left->power == right->power && left->epoch_blocks == right->epoch_blocks && left->has_newest == right->has_newest
         && left->member.power == right->member.power && left->member.signed_heights == right->member.signed_heights
         && left->member.is_own == right->member.is_own && left->member.is_proposer == right->member.is_proposer
         && left->member.answers == right->member.answers && left->member.prevoted == right->member.prevoted
         && left->member.precommitted == right->member.precommitted && left->member.signed_newest == right->member.signed_newest
         && g_strcmp0 (left->member.host, right->member.host) == 0;
}

static const TcKeyedKind row_kind = { compare_indices, is_same, g_free };

static char *
number_text (gconstpointer row)
{
  return g_strdup_printf ("%u", ((const Row *) row)->member.masternode);
}

static char *
role_text (gconstpointer row)
{
  const TcNodeMember *member = &((const Row *) row)->member;

  if (member->is_own && member->is_proposer)
    /* Translators: of a masternode: it is the user's, and it is its turn to propose a block. */
    return g_strdup (_("You, proposes"));
  if (member->is_own)
    return g_strdup (_("You"));
  return g_strdup (member->is_proposer ? _("Proposes") : "");
}

static char *
host_text (gconstpointer row)
{
  const TcNodeMember *member = &((const Row *) row)->member;

  return g_strdup (member->host[0] != '\0' ? member->host : "–");
}

/* In tenths of a percent. */
static char *
share_text (guint64 part, guint64 whole)
{
  const guint64 tenths = whole == 0 ? 0 : (guint64) ((double) part / (double) whole * 1000 + 0.5);

  return g_strdup_printf (_("%u.%u %%"), (guint) (tenths / 10), (guint) (tenths % 10));
}

static char *
power_text (gconstpointer row)
{
  return share_text (((const Row *) row)->member.power, ((const Row *) row)->power);
}

static char *
signed_text (gconstpointer row)
{
  const Row *self = row;

  return self->epoch_blocks == 0 ? g_strdup ("–") : share_text (self->member.signed_heights, self->epoch_blocks);
}

static gboolean
answers (gconstpointer row)
{
  return ((const Row *) row)->member.answers;
}

static gboolean
prepared (gconstpointer row)
{
  return ((const Row *) row)->member.prevoted;
}

static gboolean
committed (gconstpointer row)
{
  return ((const Row *) row)->member.precommitted;
}

static gboolean
signed_newest (gconstpointer row)
{
  return ((const Row *) row)->member.signed_newest;
}

static char *
answers_text (gconstpointer row)
{
  return g_strdup (answers (row) ? _("Answers") : _("Does not answer"));
}

static char *
prepared_text (gconstpointer row)
{
  return g_strdup (prepared (row) ? _("Has prepared") : _("Has not prepared yet"));
}

static char *
committed_text (gconstpointer row)
{
  return g_strdup (committed (row) ? _("Has committed") : _("Has not committed yet"));
}

static char *
newest_text (gconstpointer row)
{
  if (!((const Row *) row)->has_newest)
    return g_strdup (_("Not known for the newest block"));
  return g_strdup (signed_newest (row) ? _("Signed the newest block") : _("Did not sign the newest block"));
}

#define COMPARE_FIELD(name, field)                                                    \
  static int                                                                          \
  name (gconstpointer a, gconstpointer b)                                             \
  {                                                                                   \
    const Row *left = a, *right = b;                                                  \
                                                                                      \
    return left->member.field < right->member.field ? -1 : left->member.field > right->member.field; \
  }

COMPARE_FIELD (compare_powers, power)
COMPARE_FIELD (compare_signed, signed_heights)
COMPARE_FIELD (compare_answers, answers)

static int
compare_hosts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const Row *) a)->member.host, ((const Row *) b)->member.host);
}

static const TcTableColumn columns[] = {
  /* Translators: the number of a masternode. */
  { .title = N_("No."), .text = number_text, .compare = compare_indices, .number = TRUE },
  { .title = N_("Role"), .text = role_text },
  { .title = N_("Address"), .text = host_text, .compare = compare_hosts, .exact = TRUE, .expand = TRUE },
  { .title = N_("Power"), .text = power_text, .compare = compare_powers, .number = TRUE },
  /* Translators: the share of this epoch's blocks that a masternode signed. */
  { .title = N_("Signed"), .text = signed_text, .compare = compare_signed, .number = TRUE },
  { .title = N_("Answers"), .text = answers_text, .mark = answers, .compare = compare_answers },
  { .title = N_("Prepare"), .text = prepared_text, .mark = prepared },
  { .title = N_("Commit"), .text = committed_text, .mark = committed },
  { .title = N_("Newest Block"), .text = newest_text, .mark = signed_newest },
};

static char *
headline_text (gconstpointer row)
{
  g_autofree char *number = number_text (row), *role = role_text (row);

  /* Translators: a masternode's number, and what it is: "You", "Proposes". */
  return role[0] == '\0' ? g_strdup_printf (_("Masternode %s"), number) : g_strdup_printf (_("Masternode %s (%s)"), number, role);
}

static char *
details_text (gconstpointer row)
{
  const TcNodeMember *member = &((const Row *) row)->member;
  g_autofree char *host = host_text (row), *power = power_text (row), *share = signed_text (row), *answer = answers_text (row);
  g_autofree char *vote = member->precommitted ? committed_text (row) : prepared_text (row), *newest = newest_text (row);

  /* Translators: an address, two shares in percent, then what a masternode did, in words. */
  return g_strdup_printf (_("%s · power %s · signed %s\n%s · %s\n%s"), host, power, share, answer, vote, newest);
}

static const TcTableKind kind = {
  .rows = &row_kind, .columns = columns, .n_columns = G_N_ELEMENTS (columns), .wide_chars = 88, .headline = headline_text, .details = details_text,
};

/* --- The round --- */

static char *
summarize (const TcNodeCommittee *committee)
{
  g_autofree char *height = tc_text_number (committee->height);

  switch (committee->step)
    {
    case 1:
      return g_strdup_printf (_("Block %s: waiting for a proposal, round %u"), height, committee->round);
    case 2:
      return g_strdup_printf (_("Block %s: preparing, round %u"), height, committee->round);
    case 3:
      return g_strdup_printf (_("Block %s: committing, round %u"), height, committee->round);
    default:
      return g_strdup_printf (_("Block %s: its time has not come yet"), height);
    }
}

static double
share_of (guint64 part, guint64 whole)
{
  return whole == 0 ? 0 : MIN ((double) part / (double) whole, 1.0);
}

static void
show_votes (TcCommitteeView *self, const TcNodeCommittee *committee)
{
  const double prepare = share_of (committee->prevote_power, committee->power), commit = share_of (committee->precommit_power, committee->power);
  /* Translators: the share of the committee's power that has voted in the first step of a round. */
  g_autofree char *prepare_text = g_strdup_printf (_("Prepare %d %%"), (int) (prepare * 100 + 0.5));
  /* Translators: the same in the second step. */
  g_autofree char *commit_text = g_strdup_printf (_("Commit %d %%"), (int) (commit * 100 + 0.5));

  gtk_progress_bar_set_fraction (self->prepare, prepare);
  gtk_progress_bar_set_text (self->prepare, prepare_text);
  gtk_progress_bar_set_fraction (self->commit, commit);
  gtk_progress_bar_set_text (self->commit, commit_text);
  gtk_widget_set_visible (self->votes, TRUE);
}

static void
show (TcCommitteeView *self, const TcNodeCommittee *committee)
{
  GPtrArray *rows = g_ptr_array_sized_new (committee->n_members);
  g_autofree char *summary = summarize (committee);

  for (guint i = 0; i < committee->n_members; i++)
    {
      const Row row = { committee->members[i], committee->power, committee->epoch_blocks, committee->has_newest };

      g_ptr_array_add (rows, g_memdup2 (&row, sizeof row));
    }
  show_votes (self, committee);
  tc_live_table_show_rows (self->live, rows, summary);
}

static void
on_committee (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcCommitteeView) self = user_data;
  g_autofree TcNodeCommittee *committee = tc_node_get_committee_finish (NULL, result, NULL);

  self->asking = FALSE;
  if (committee != NULL)
    {
      show (self, committee);
      return;
    }
  gtk_widget_set_visible (self->votes, FALSE);
  tc_live_table_show_no_node (self->live);
}

static void
ask (GtkWidget *widget)
{
  TcCommitteeView *self = TC_COMMITTEE_VIEW (widget);
  TcNode *node = self->session == NULL ? NULL : tc_session_get_node (self->session);

  if (self->asking)
    return;
  if (node == NULL)
    {
      gtk_widget_set_visible (self->votes, FALSE);
      tc_live_table_show_no_node (self->live);
      return;
    }
  self->asking = TRUE;
  self->asked_us = g_get_monotonic_time ();
  tc_node_get_committee_async (node, NULL, on_committee, g_object_ref (self));
}

static void
on_status (TcCommitteeView *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && g_get_monotonic_time () - self->asked_us >= LEAST_US)
    ask (GTK_WIDGET (self));
}

/* --- Life --- */

static GtkProgressBar *
add_bar (GtkWidget *box, const char *name)
{
  GtkWidget *bar = gtk_progress_bar_new ();

  gtk_progress_bar_set_show_text (GTK_PROGRESS_BAR (bar), TRUE);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (box), bar);
  return GTK_PROGRESS_BAR (bar);
}

static void
tc_committee_view_dispose (GObject *object)
{
  g_clear_object (&TC_COMMITTEE_VIEW (object)->session);
  G_OBJECT_CLASS (tc_committee_view_parent_class)->dispose (object);
}

static void
tc_committee_view_class_init (TcCommitteeViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_committee_view_dispose;
}

static void
tc_committee_view_init (TcCommitteeView *self)
{
  self->live = TC_LIVE_TABLE (tc_live_table_new (&kind, _("Committee"), NULL));
  self->votes = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_box_set_homogeneous (GTK_BOX (self->votes), TRUE);
  self->prepare = add_bar (self->votes, _("Votes in the first step"));
  self->commit = add_bar (self->votes, _("Votes in the second step"));
  gtk_widget_set_visible (self->votes, FALSE);
  tc_live_table_add_below (self->live, self->votes);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->live));
  tc_poll_while_mapped (GTK_WIDGET (self), POLL_MS, ask);
}

void
tc_committee_view_set_session (TcCommitteeView *self, TcSession *session)
{
  if (g_set_object (&self->session, session))
    g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
}
