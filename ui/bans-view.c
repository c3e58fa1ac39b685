#define G_LOG_DOMAIN "tc-ui"
#include "bans-view.h"

#include <glib/gi18n.h>

#include "helpers.h"
#include "live-table.h"
#include "poll.h"
#include "text.h"

#define POLL_MS     2000
#define EVER_LEFT_MS (G_GINT64_CONSTANT (50) * 365 * 24 * 3600 * 1000)

struct _TcBansView
{
  AdwBin       parent_instance;
  TcLiveTable *live;
  TcSession   *session;
  gboolean     asking;
};

G_DEFINE_FINAL_TYPE (TcBansView, tc_bans_view, ADW_TYPE_BIN)

static int
compare_subjects (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const TcNodeBan *) a)->subject, ((const TcNodeBan *) b)->subject);
}

static int
compare_ends (gconstpointer a, gconstpointer b)
{
  const TcNodeBan *left = a, *right = b;

  return left->until_ms < right->until_ms ? -1 : left->until_ms > right->until_ms;
}

static gboolean
is_same (gconstpointer a, gconstpointer b)
{
  const TcNodeBan *left = a, *right = b;

  return left->until_ms == right->until_ms && g_strcmp0 (left->reason, right->reason) == 0;
}

static void
row_free (gpointer row)
{
  tc_node_ban_free (row);
}

static const TcKeyedKind row_kind = { compare_subjects, is_same, row_free };

static char *
subject_text (gconstpointer row)
{
  return g_strdup (((const TcNodeBan *) row)->subject);
}

static char *
reason_text (gconstpointer row)
{
  const TcNodeBan *ban = row;

  return g_strdup (g_strcmp0 (ban->reason, "manually added") == 0 ? _("Banned by you") : ban->reason);
}

static char *
until_text (gconstpointer row)
{
  const TcNodeBan *ban = row;
  const gint64 now_ms = g_get_real_time () / 1000;
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (ban->until_ms / 1000);
  g_autofree char *text = time == NULL ? NULL : g_date_time_format (time, _("%-d %B %Y %H:%M"));

  return ban->until_ms - now_ms > EVER_LEFT_MS || text == NULL ? g_strdup (_("For ever")) : g_steal_pointer (&text);
}

static const TcTableColumn columns[] = {
  { .title = N_("Address"), .text = subject_text, .compare = compare_subjects, .exact = TRUE },
  { .title = N_("Banned Until"), .text = until_text, .compare = compare_ends },
  { .title = N_("Reason"), .text = reason_text, .expand = TRUE },
};

static char *
details_text (gconstpointer row)
{
  const TcNodeBan *ban = row;
  g_autofree char *until = until_text (row), *reason = reason_text (row);

  if (ban->until_ms - g_get_real_time () / 1000 > EVER_LEFT_MS)
    return g_strdup_printf (_("For ever. %s"), reason);
  /* Translators: a date, and why. */
  return g_strdup_printf (_("Until %s. %s"), until, reason);
}

static char *
button_text (gconstpointer row)
{
  return g_strdup_printf (_("Lift the ban of %s"), ((const TcNodeBan *) row)->subject);
}

static const TcTableKind kind = {
  .rows = &row_kind, .columns = columns, .n_columns = G_N_ELEMENTS (columns), .wide_chars = 84,
  .headline = subject_text, .details = details_text, .button = N_("Lift"), .button_name = button_text,
};

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcBansView) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *bans = tc_node_list_bans_finish (NULL, result, &error);
  g_autofree char *summary = NULL;

  self->asking = FALSE;
  if (bans == NULL)
    {
      tc_live_table_show_no_node (self->live);
      return;
    }
  if (bans->len == 0)
    {
      g_ptr_array_unref (bans);
      tc_live_table_show_message (self->live, "action-unavailable-symbolic", _("Nobody Is Banned"),
                                  _("Peers that break the rules are banned for a day by themselves. You can ban one from its menu in the list of peers."));
      return;
    }
  summary = g_strdup_printf (ngettext ("%u address may not connect", "%u addresses may not connect", bans->len), bans->len);
  g_ptr_array_set_free_func (bans, NULL);
  tc_live_table_show_rows (self->live, bans, summary);
}

static void
ask (GtkWidget *widget)
{
  TcBansView *self = TC_BANS_VIEW (widget);
  TcNode *node = self->session == NULL ? NULL : tc_session_get_node (self->session);

  if (self->asking)
    return;
  if (node == NULL)
    {
      tc_live_table_show_no_node (self->live);
      return;
    }
  self->asking = TRUE;
  tc_node_list_bans_async (node, NULL, on_listed, g_object_ref (self));
}

static void
on_unbanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcBansView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_node_unban_finish (NULL, result, &error))
    tc_toast (GTK_WIDGET (self), _("The ban is lifted"));
  else
    tc_toast (GTK_WIDGET (self), error->message);
  ask (GTK_WIDGET (self));
}

static void
on_row_action (TcBansView *self, TcKeyedItem *item)
{
  const TcNodeBan *ban = tc_keyed_item_get (item);
  TcNode *node = tc_session_get_node (self->session);

  if (node != NULL)
    tc_node_unban_async (node, ban->subject, NULL, on_unbanned, g_object_ref (self));
}

static void
tc_bans_view_dispose (GObject *object)
{
  g_clear_object (&TC_BANS_VIEW (object)->session);
  G_OBJECT_CLASS (tc_bans_view_parent_class)->dispose (object);
}

static void
tc_bans_view_class_init (TcBansViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_bans_view_dispose;
}

static void
tc_bans_view_init (TcBansView *self)
{
  self->live = TC_LIVE_TABLE (tc_live_table_new (&kind, _("Banned addresses"), NULL));
  g_signal_connect_swapped (tc_live_table_get_table (self->live), "row-action", G_CALLBACK (on_row_action), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->live));
  tc_poll_while_mapped (GTK_WIDGET (self), POLL_MS, ask);
}

void
tc_bans_view_set_session (TcBansView *self, TcSession *session)
{
  g_set_object (&self->session, session);
}
