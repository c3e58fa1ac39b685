#define G_LOG_DOMAIN "tc-ui"
#include "warnings.h"

#include <glib/gi18n-lib.h>

#include "epoch-clock.h"
#include "jail-watch.h"
#include "notice.h"
#include "text.h"

#define TIP_AHEAD_MS    20000            /* a block that is so much later than this clock tells that it is behind */
#define DISK_CHECK_S    30
#define DISK_LOW_BYTES  (G_GUINT64_CONSTANT (2) << 30)
#define ALONE_MS        (60 * 1000)      /* without a peer for so long since the start is worth a word */
#define REFRESH_MS      250

typedef enum { NODE, TRUST, PROBLEM, DISK, CLOCK, PEERS, JAILED, PASSWORD, BACKUP, READING, N_WARNINGS } Warning;

static const struct
{
  const char *action, *target;  /* of its button; target: (nullable) a string */
} remedies[N_WARNINGS] = {
  [NODE] = { "app.log-folder", NULL },
  [TRUST] = { "win.trust-block", NULL },
  [PROBLEM] = { "app.log-folder", NULL },
  [DISK] = { "app.preferences-page", "storage" },
  [CLOCK] = { "app.help-topic", "trouble" },
  [PEERS] = { "app.preferences-page", "network" },
  [JAILED] = { "win.page", "masternode" },
  [PASSWORD] = { "win.change-password", NULL },
  [BACKUP] = { NULL, NULL },  /* check_backup () */
  [READING] = { NULL, NULL },
};

struct _TcWarnings
{
  AdwBin     parent_instance;
  GtkBox    *box;
  TcNotice  *notices[N_WARNINGS];
  TcSession *session;
  TcWallet  *wallet;
  TcJailWatch *jails;
  guint64    free_bytes;      /* of the data folder; G_MAXUINT64: not known */
  gboolean   asking_disk;
  guint      disk_timer, refresh_timer;
};

G_DEFINE_FINAL_TYPE (TcWarnings, tc_warnings, ADW_TYPE_BIN)

/* Who never showed to have the words sees them first. */
static void
check_backup (TcWarnings *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  gtk_widget_activate_action (GTK_WIDGET (self), snapshot->backup_verified ? "win.verify-backup" : "win.check-backup", NULL);
}

static void
on_activated (TcNotice *notice, TcWarnings *self)
{
  if (notice == self->notices[BACKUP])
    {
      check_backup (self);
      return;
    }
  for (guint i = 0; i < N_WARNINGS; i++)
    if (self->notices[i] == notice && remedies[i].target != NULL)
      gtk_widget_activate_action (GTK_WIDGET (self), remedies[i].action, "s", remedies[i].target);
    else if (self->notices[i] == notice && remedies[i].action != NULL)
      gtk_widget_activate_action (GTK_WIDGET (self), remedies[i].action, NULL);
}

static void
hide (TcWarnings *self, Warning which)
{
  gtk_widget_set_visible (GTK_WIDGET (self->notices[which]), FALSE);
}

static void
show (TcWarnings *self, Warning which, TcNoticeKind kind, const char *title, const char *text, const char *button)
{
  tc_notice_set_title (self->notices[which], title);
  tc_notice_set (self->notices[which], kind, text, button);
  gtk_widget_set_visible (GTK_WIDGET (self->notices[which]), TRUE);
}

/* The whole has no height of its own where nothing is to be said. */
static void
update_visible (TcWarnings *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < N_WARNINGS; i++)
    any = any || gtk_widget_get_visible (GTK_WIDGET (self->notices[i]));
  gtk_widget_set_visible (GTK_WIDGET (self), any);
}

/* --- The node --- */

/* What it says of the clock, and of the block that the user is asked for, is said below, in the user's language. */
static gboolean
has_node_problem (const TcNodeStatus *status)
{
  if (status->state == TC_NODE_HALTED)
    return TRUE;
  return !status->needs_trust && (status->state == TC_NODE_STALLED || (status->problem != NULL && !status->problem_is_clock));
}

static void
show_node (TcWarnings *self, const TcNodeStatus *status)
{
  const char *title = NULL;

  if (status == NULL || !has_node_problem (status))
    {
      hide (self, NODE);
      return;
    }
  if (status->state == TC_NODE_HALTED)
    title = _("This Node Has Stopped");
  else if (status->is_masternode && !status->signing && status->state != TC_NODE_STALLED)
    title = _("This Masternode Does Not Sign");
  show (self, NODE, status->state == TC_NODE_HALTED ? TC_NOTICE_ERROR : TC_NOTICE_WARNING, title,
        status->problem != NULL ? status->problem : _("No quorum of masternodes answers. Payments wait until enough of them are back; nothing is lost."),
        status->state == TC_NODE_STALLED || status->state == TC_NODE_HALTED ? _("Open Log Folder") : NULL);
}

/* Rule M4: the question that only the user can answer. */
static void
show_trust (TcWarnings *self, const TcNodeStatus *status)
{
  if (status == NULL || !status->needs_trust)
    hide (self, TRUST);
  else
    show (self, TRUST, TC_NOTICE_WARNING, _("This Node Waits for a Block That You Trust"),
          _("It knows no block that is recent enough to tell the network's chain from a forged one. Until it is shown one, balances here are old."),
          _("Choose a Block…"));
}

/* Of others' clocks against ours; 0 where it is well, or nobody says. A block from the future tells of a clock set back, even where nobody answers. */
static gint64
find_clock_offset (const TcNodeStatus *status)
{
  const gint64 ahead_ms = status->tip_time_ms - g_get_real_time () / 1000;

  if (status->state == TC_NODE_HALTED)
    return 0;
  if (status->clock_is_off)
    return status->clock_offset_ms;
  return ahead_ms > TIP_AHEAD_MS ? ahead_ms : 0;
}

static void
show_clock (TcWarnings *self, const TcNodeStatus *status)
{
  const gint64 offset_ms = status == NULL ? 0 : find_clock_offset (status);
  g_autofree char *span = tc_text_span (offset_ms), *text = NULL;

  if (offset_ms == 0)
    {
      hide (self, CLOCK);
      return;
    }
  text = g_strdup_printf (offset_ms > 0 ? _("It is about %s behind the other nodes' clocks. Let the system set date and time automatically; until then this "
                                            "computer may fall behind the network.")
                                        : _("It is about %s ahead of the other nodes' clocks. Let the system set date and time automatically; until then this "
                                            "computer may fall behind the network."),
                          span);
  show (self, CLOCK, TC_NOTICE_WARNING, _("This Computer's Clock Is Wrong"), text, NULL);
}

static void
show_peers (TcWarnings *self, const TcNodeStatus *status)
{
  const gboolean alone = status != NULL && status->n_peers == 0 && status->uptime_ms > ALONE_MS && status->state <= TC_NODE_STALLED
                         && !tc_session_is_local (self->session);

  if (!alone)
    hide (self, PEERS);
  else
    show (self, PEERS, TC_NOTICE_WARNING, _("No Other Node Answers"),
          _("Check the connection to the internet, and the proxy if you use one. Until a node answers, nothing arrives and nothing can be sent."),
          _("Connections…"));
}

/* --- The disk --- */

static void
ask_in_thread (GTask *task, gpointer source, gpointer dir, GCancellable *cancellable)
{
  g_autoptr(GFile) folder = g_file_new_for_path (dir);
  g_autoptr(GFileInfo) info = g_file_query_filesystem_info (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  const gboolean known = info != NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  guint64 *free_bytes = g_new (guint64, 1);

  *free_bytes = known ? g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) : G_MAXUINT64;
  g_task_return_pointer (task, free_bytes, g_free);
}

static void
show_disk (TcWarnings *self)
{
  g_autofree char *left = tc_text_size (self->free_bytes), *text = NULL;

  if (self->free_bytes >= DISK_LOW_BYTES)
    {
      hide (self, DISK);
      return;
    }
  /* Translators: %s is a size, such as 1.2 GB. */
  text = g_strdup_printf (_("%s are left where TimeCoin keeps its data. Make room, or let old blocks be deleted. When it is full the node stops, with nothing lost."),
                          left);
  show (self, DISK, TC_NOTICE_WARNING, _("The Disk Is Nearly Full"), text, _("Storage…"));
}

static void
on_disk_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcWarnings *self = TC_WARNINGS (source);
  g_autofree guint64 *free_bytes = g_task_propagate_pointer (G_TASK (result), NULL);

  self->asking_disk = FALSE;
  if (free_bytes == NULL || self->session == NULL)
    return;
  self->free_bytes = *free_bytes;
  show_disk (self);
  update_visible (self);
}

static gboolean
on_disk_check (gpointer user_data)
{
  TcWarnings *self = user_data;
  g_autoptr(GTask) task = NULL;

  /* Of a retirement nothing tells. */
  if (self->jails != NULL && tc_jail_watch_get (self->jails, NULL) > 0)
    tc_jail_watch_check (self->jails);
  /* A disk that does not answer is asked once. */
  if (self->asking_disk || self->session == NULL)
    return G_SOURCE_CONTINUE;
  self->asking_disk = TRUE;
  task = g_task_new (self, NULL, on_disk_known, NULL);
  g_task_set_task_data (task, g_strdup (tc_session_get_base_dir (self->session)), g_free);
  g_task_run_in_thread (task, ask_in_thread);
  return G_SOURCE_CONTINUE;
}

/* --- Masternodes --- */

static void
show_jailed (TcWarnings *self)
{
  guint32 masternode;
  const guint n = tc_jail_watch_get (self->jails, &masternode);
  g_autofree char *title = NULL;

  if (n == 0)
    hide (self, JAILED);
  else
    {
      title = n == 1 ? g_strdup_printf (_("Your Masternode %u Was Jailed"), masternode)
                     : g_strdup_printf (ngettext ("%u of Your Masternodes Was Jailed", "%u of Your Masternodes Were Jailed", n), n);
      show (self, JAILED, TC_NOTICE_ERROR, title,
            _("It signed two different things where it may sign one, so it counts no more and earns nothing. Find out whether two copies of it ran; then retire it: what is "
              "left of its collateral comes back."),
            _("Show Masternode"));
    }
  update_visible (self);
}

/* --- The wallet --- */

/* (transfer full): what the wallet reads or waits for, or misses. */
static char *
reading_text (TcWarnings *self, const TcWalletSnapshot *snapshot)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const gboolean known = status != NULL && status->sync.phase == TC_NODE_SYNC_HISTORY && status->sync.total > 0;
  g_autofree char *at = NULL, *of = NULL;

  if (snapshot->never)
    {
      g_autofree char *oldest = tc_text_number (status != NULL ? status->oldest_height : snapshot->scan_height);

      return g_strdup_printf (_("This computer has no blocks before block %s, so older payments of this wallet may be missing here. Open it where all blocks are "
                                "kept, or let this node fetch the whole chain."), oldest);
    }
  if (snapshot->waiting && known)
    return g_strdup_printf (_("Waiting for older blocks: %d %%. Payments that they hold will appear by themselves."),
                            tc_clock_sync_percent (status));
  if (snapshot->waiting)
    return g_strdup (_("Waiting for older blocks. Payments that they hold will appear by themselves."));
  at = tc_text_number (snapshot->unread_height);
  of = tc_text_number (snapshot->scan_height);
  return g_strdup_printf (_("Looking for this wallet's payments: block %s of %s"), at, of);
}

static void
show_reading (TcWarnings *self, const TcWalletSnapshot *snapshot)
{
  g_autofree char *text = NULL;

  if (snapshot->problem != NULL || snapshot->unread_height == 0)
    {
      hide (self, READING);
      return;
    }
  text = reading_text (self, snapshot);
  show (self, READING, snapshot->never ? TC_NOTICE_WARNING : TC_NOTICE_INFO, snapshot->never ? _("Older Payments May Be Missing") : NULL, text, NULL);
}

static void
show_wallet (TcWarnings *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const gboolean play = tc_session_is_local (self->session);

  if (snapshot->problem != NULL)
    show (self, PROBLEM, TC_NOTICE_ERROR, NULL, snapshot->problem, _("Open Log Folder"));
  else
    hide (self, PROBLEM);
  if (snapshot->encrypted || snapshot->watch_only || play)
    hide (self, PASSWORD);
  else
    show (self, PASSWORD, TC_NOTICE_WARNING, _("This Wallet Has No Password"), _("Whoever can read its file can spend what is in it."), _("Choose a Password…"));
  if (!snapshot->backup_due)
    hide (self, BACKUP);
  else if (snapshot->backup_verified)
    show (self, BACKUP, play ? TC_NOTICE_INFO : TC_NOTICE_WARNING, NULL,
          _("The backup of this wallet was checked more than a year ago. Paper fades and disks fail: look whether it is good."), _("Check Backup"));
  else
    show (self, BACKUP, play ? TC_NOTICE_INFO : TC_NOTICE_WARNING, NULL,
          _("The words of this wallet are not checked yet. Without them, a lost computer is lost money."), _("Check Backup"));
  show_reading (self, snapshot);
  update_visible (self);
}

static void
on_status (TcWarnings *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  show_node (self, status);
  show_trust (self, status);
  show_clock (self, status);
  show_peers (self, status);
  if (snapshot->waiting || snapshot->never)
    show_reading (self, snapshot);  /* which blocks there are changes without the wallet */
  update_visible (self);
}

static gboolean
on_refresh (gpointer user_data)
{
  TcWarnings *self = user_data;

  self->refresh_timer = 0;
  show_wallet (self);
  return G_SOURCE_REMOVE;
}

static void
on_wallet_changed (TcWarnings *self)
{
  if (self->refresh_timer == 0)
    self->refresh_timer = g_timeout_add (REFRESH_MS, on_refresh, self);
}

/* --- */

void
tc_warnings_set_wallet (TcWarnings *self, TcSession *session, TcWallet *wallet)
{
  g_return_if_fail (TC_IS_WARNINGS (self));

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  self->jails = tc_jail_watch_new (session, wallet);
  g_signal_connect_object (self->jails, "changed", G_CALLBACK (show_jailed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
  show_wallet (self);
  on_status (self);
  on_disk_check (self);
  self->disk_timer = g_timeout_add_seconds (DISK_CHECK_S, on_disk_check, self);
}

static void
tc_warnings_dispose (GObject *object)
{
  TcWarnings *self = TC_WARNINGS (object);

  g_clear_handle_id (&self->disk_timer, g_source_remove);
  g_clear_handle_id (&self->refresh_timer, g_source_remove);
  g_clear_object (&self->jails);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_warnings_parent_class)->dispose (object);
}

static void
tc_warnings_class_init (TcWarningsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_warnings_dispose;
}

static void
tc_warnings_init (TcWarnings *self)
{
  self->free_bytes = G_MAXUINT64;
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What needs you"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
  for (guint i = 0; i < N_WARNINGS; i++)
    {
      self->notices[i] = g_object_new (TC_TYPE_NOTICE, "visible", FALSE, NULL);
      g_signal_connect (self->notices[i], "activated", G_CALLBACK (on_activated), self);
      gtk_box_append (self->box, GTK_WIDGET (self->notices[i]));
    }
}
