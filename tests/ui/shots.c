/* shots DIR [NAME…]: a picture of every page, light and dark, wide and narrow, into DIR; with NAMEs, only pictures whose name begins with
 * one of them. The pages show a real local network, made in a folder of its own as `timecoin --try` makes it. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "core/key.h"
#include "halt-sample.h"
#include "shots-explorer.h"
#include "shots-masternode.h"
#include "shots-records.h"
#include "shots.h"
#include "status-samples.h"
#include "store/store.h"
#include "ui/epoch-clock.h"
#include "ui/error-page.h"
#include "ui/language.h"
#include "ui/phrase-grid.h"
#include "ui/phrase-quiz.h"
#include "ui/resources.h"
#include "ui/text.h"
#include "ui/wallet-maker.h"
#include "ui/window.h"
#include "ui/word-entries.h"

static TcSecretKey *masternode_key;        /* of the masternodes that are registered */
static TcHash       registered, voided;    /* txids */

/* --- Taking --- */

gboolean
tc_shots_wants (TcShots *self, const char *name)
{
  if (self->names[0] == NULL)
    return TRUE;
  for (guint i = 0; self->names[i] != NULL; i++)
    if (g_str_has_prefix (name, self->names[i]))
      return TRUE;
  return FALSE;
}

void
tc_shots_take_one (TcShots *self, GtkWidget *window, const char *name, gboolean dark, gboolean narrow)
{
  g_autofree char *file = g_strdup_printf ("%s-%s-%s.png", name, dark ? "dark" : "light", narrow ? "narrow" : "wide");
  g_autofree char *path = g_build_filename (self->dir, file, NULL);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_window_set_default_size (GTK_WINDOW (window), narrow ? 360 : 1100, narrow ? 720 : 760);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_drive_save_png (window, path);
}

void
tc_shots_take_of (TcShots *self, GtkWidget *window, const char *name)
{
  if (!tc_shots_wants (self, name))
    return;
  g_print ("%s\n", name);
  tc_shots_take_one (self, window, name, FALSE, TRUE);
  tc_shots_take_one (self, window, name, TRUE, TRUE);
  tc_shots_take_one (self, window, name, TRUE, FALSE);
  tc_shots_take_one (self, window, name, FALSE, FALSE);
}

void
tc_shots_take (TcShots *self, const char *name)
{
  tc_shots_take_of (self, self->window, name);
}

GtkWidget *
tc_shots_find_dialog (TcShots *self)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (gtk_window_get_transient_for (at->data) == GTK_WINDOW (self->window))
      return at->data;
  g_error ("no dialog is open");
}

/* A dialog has a size of its own. */
void
tc_shots_take_dialog (TcShots *self, const char *name, gboolean last)
{
  GtkWidget *dialog = tc_shots_find_dialog (self);

  for (guint dark = 0; dark < 2 && tc_shots_wants (self, name); dark++)
    {
      g_autofree char *file = g_strdup_printf ("%s-%s.png", name, dark ? "dark" : "light");
      g_autofree char *path = g_build_filename (self->dir, file, NULL);

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
      tc_drive_save_png (dialog, path);
    }
  if (last)
    gtk_window_destroy (GTK_WINDOW (dialog));
  tc_drive_for (TC_SHOTS_SETTLE_MS);
}

/* --- Waiting --- */

static gboolean
shows_text (gpointer text)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (g_application_get_default ()));

  return window != NULL && tc_drive_shows (GTK_WIDGET (window), text);
}

void
tc_shots_wait_text (const char *text)
{
  if (!tc_drive_until (shows_text, (gpointer) text, 60000))
    g_error ("the window does not come to show “%s”", text);
}

static gboolean
has_blocks (gpointer data)
{
  TcShots *self = data;
  TcNodeStatus *status = tc_session_get_status (tc_application_get_session (self->application));

  return status != NULL && status->state == TC_NODE_READY && status->height >= 6;
}

/* --- Pictures that need no network --- */

static void
take_clocks (TcShots *self)
{
  GtkWidget *window = adw_window_new (), *flow = gtk_flow_box_new (), *scrolled = gtk_scrolled_window_new (), *header = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  const gint64 now_ms = g_get_real_time () / 1000;

  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 4);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  for (guint i = 0; i <= TC_N_SAMPLES; i++)
    {
      GtkWidget *clock = tc_epoch_clock_new ();
      TcNodeStatus *status = tc_status_sample (i < TC_N_SAMPLES ? i : TC_SAMPLE_AT_REST, now_ms);

      tc_epoch_clock_set_status (TC_EPOCH_CLOCK (clock), status);
      tc_epoch_clock_set_paused (TC_EPOCH_CLOCK (clock), i == TC_N_SAMPLES);
      tc_node_status_unref (status);
      g_object_set (clock, "margin-top", 8, "margin-start", 4, "width-request", 250, "height-request", 250, NULL);
      gtk_flow_box_append (GTK_FLOW_BOX (flow), clock);
    }
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), flow);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  tc_drive_for (600);
  tc_shots_take_of (self, window, "80-clock");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
take_error (TcShots *self)
{
  GtkWidget *window = adw_window_new (), *page = g_object_new (TC_TYPE_ERROR_PAGE, NULL);

  tc_error_page_set (TC_ERROR_PAGE (page), "The Disk Cannot Be Written", "The node's data cannot be written: no space left on device.",
                     "Make room on the disk, or allow writing to the folder; then try again. Nothing was lost.", "Try Again",
                     "2026-11-22 14:02:07.123 info tc-node: started at height 12408\n"
                     "2026-11-22 14:02:09.456 WARNING tc-store: write failed: no space left on device\n");
  adw_window_set_content (ADW_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  tc_shots_take_of (self, window, "61-error");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* --- The welcome pages --- */

static char **
read_words (TcShots *self)
{
  GtkWidget *grid = tc_drive_find_type (self->window, TC_TYPE_PHRASE_GRID);
  GPtrArray *words = g_ptr_array_new ();
  GtkWidget *flow = gtk_widget_get_first_child (grid);

  for (GtkWidget *child = gtk_widget_get_first_child (flow); child != NULL; child = gtk_widget_get_next_sibling (child))
    g_ptr_array_add (words, g_strdup (gtk_label_get_text (GTK_LABEL (gtk_widget_get_last_child (gtk_widget_get_first_child (child))))));
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (words, FALSE);
}

static void
answer_quiz (TcShots *self, char **words)
{
  GtkWidget *quiz = tc_drive_find_type (self->window, TC_TYPE_WORD_ENTRIES);
  TcWordEntries *entries = TC_WORD_ENTRIES (quiz);
  GtkWidget *flow = gtk_widget_get_first_child (quiz);
  guint numbers[TC_PHRASE_QUIZ_WORDS], n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (flow); child != NULL; child = gtk_widget_get_next_sibling (child))
    numbers[n++] = (guint) g_ascii_strtoull (
        gtk_label_get_text (GTK_LABEL (gtk_widget_get_first_child (gtk_widget_get_first_child (child)))), NULL, 10);
  tc_word_entries_set_word (entries, 0, words[numbers[0] - 1]);
  tc_word_entries_set_word (entries, 1, strcmp (words[numbers[1] - 1], "zoo") == 0 ? "abandon" : "zoo");
  tc_shots_take (self, "05-quiz-wrong");
  for (guint i = 0; i < n; i++)
    tc_word_entries_set_word (entries, i, words[numbers[i] - 1]);
}

static void
take_restore (TcShots *self)
{
  TcWordEntries *entries;

  tc_drive_press (self->window, "Restore a Wallet");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_drive_press (self->window, "A network on this computer");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "08-restore");
  entries = TC_WORD_ENTRIES (tc_drive_find_type (self->window, TC_TYPE_WORD_ENTRIES));
  tc_word_entries_set_word (entries, 0, "legal winner thank year wave sausage worth useful legal winner thank yellow");
  tc_word_entries_set_word (entries, 6, "wurth");
  tc_shots_take (self, "08-restore-bad");
  tc_word_entries_set_word (entries, 6, "worth");
  tc_drive_press (self->window, "Continue");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "09-birthday");
  for (guint i = 0; i < 3; i++)
    tc_drive_press (self->window, "Back");
}

static void
create_wallet (TcShots *self)
{
  g_auto(GStrv) words = NULL;

  tc_shots_wait_text ("Welcome to TimeCoin");
  tc_shots_take (self, "01-welcome");
  take_restore (self);
  tc_drive_press (self->window, "Create a Wallet");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "02-network");
  tc_drive_press (self->window, "A network on this computer");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "03-count");
  tc_drive_press (self->window, "12 Words");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "04-words");
  words = read_words (self);
  tc_drive_press (self->window, "Continue");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "05-quiz");
  answer_quiz (self, words);
  tc_drive_press (self->window, "Continue");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "06-name");
  tc_drive_press (self->window, "Continue");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "07-password");
  tc_drive_write (self->window, "New password", "correct horse battery staple");
  tc_drive_write (self->window, "The same again", "correct horse battery staple");
  tc_shots_take (self, "07-password-strong");
  tc_drive_press (self->window, "Create Wallet");
}

/* --- The wallet's pages --- */

void
tc_shots_go (TcShots *self, const char *page)
{
  gtk_widget_activate_action (self->window, "win.page", "s", page);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
}

char *
tc_shots_some_address (guint8 seed)
{
  TcKeyHash key_hash;

  memset (key_hash.bytes, seed, sizeof key_hash.bytes);
  return tc_address_format (&key_hash, '0');
}

static void
write_payment (TcShots *self, const char *address, const char *amount, const char *memo)
{
  tc_drive_write (self->window, "To address", address);
  tc_drive_write (self->window, "Amount in TIME", amount);
  tc_drive_write (self->window, "Memo (optional)", memo);
}

static void
pay (TcShots *self, const char *address, const char *amount, const char *memo, const char *final_name)
{
  tc_shots_go (self, "send");
  write_payment (self, address, amount, memo);
  tc_drive_press (self->window, "Review");
  tc_shots_wait_text ("You are about to send");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  if (final_name != NULL)
    tc_shots_take (self, "23-review");
  tc_drive_press (GTK_WIDGET (tc_drive_find_type (self->window, g_type_from_name ("TcSendReview"))), "Back");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_drive_press (self->window, "Review");
  tc_shots_wait_text ("You are about to send");
  {
    g_autofree char *words = NULL;
    GtkWidget *review = tc_drive_find_type (self->window, g_type_from_name ("TcSendReview"));
    TcAmount parsed;

    if (!tc_amount_parse (amount, &parsed, NULL))
      g_error ("bad amount");
    words = tc_text_amount_unit (parsed);
    {
      g_autofree char *label = g_strdup_printf ("Send %s", words);

      tc_drive_press (review, label);
    }
  }
  tc_shots_wait_text ("Nobody can undo it");
  if (final_name != NULL)
    tc_shots_take (self, final_name);
  if (final_name != NULL)
    {
      tc_shots_wait_text ("Confirmed in block");
      tc_shots_take (self, "26-confirmed");
    }
  tc_drive_press (self->window, "Done");
}

static void
take_send (TcShots *self)
{
  g_autofree char *address = tc_shots_some_address (0x31), *bad = g_strdup (address);
  g_autofree char *own = NULL;

  tc_shots_go (self, "send");
  tc_shots_take (self, "20-send");
  bad[12] = bad[12] == 'a' ? 'b' : 'a';
  write_payment (self, bad, "1.000,5", "");
  tc_shots_take (self, "21-send-errors");
  write_payment (self, address, "2000000", "");
  tc_drive_press (self->window, "Review");
  tc_shots_wait_text ("are missing for this payment");
  tc_shots_take (self, "22-send-short");
  pay (self, address, "12.5", "For the coffee, and the cake", "25-final");
  {
    g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (tc_window_get_wallet (TC_WINDOW (self->window)));

    own = g_strdup (snapshot->receive_address);
  }
  tc_shots_go (self, "send");
  write_payment (self, own, "100", "");
  tc_drive_press (self->window, "Review");
  tc_shots_wait_text ("You are about to send");
  tc_shots_take (self, "24-review-self");
  tc_drive_press (GTK_WIDGET (tc_drive_find_type (self->window, g_type_from_name ("TcSendReview"))), "Back");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  pay (self, own, "100", "", NULL);
  for (guint8 i = 0; i < 6; i++)
    {
      g_autofree char *to = tc_shots_some_address ((guint8) (0x40 + i));
      g_autofree char *amount = g_strdup_printf ("%u.%02u", 3 + i * 17, i * 13 % 100);

      pay (self, to, amount, "", NULL);
    }
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
is_ready (gpointer user_data)
{
  return *(GAsyncResult **) user_data != NULL;
}

/* As RPC does it: there is no page for it yet. Returns: its number. */
static TcHash
send_order (TcShots *self, const TcMasternodeOrder *order, const TcSecretKey *key)
{
  TcWallet *wallet = tc_window_get_wallet (TC_WINDOW (self->window));
  g_autoptr(GAsyncResult) prepared = NULL, sent = NULL;
  g_autoptr(GError) error = NULL;
  TcHash txid;

  tc_wallet_prepare_masternode (wallet, order, NULL, on_ready, &prepared);
  tc_drive_until (is_ready, &prepared, 20000);
  g_autoptr(TcMasternodeDraft) draft = tc_wallet_prepare_masternode_finish (wallet, prepared, &error);
  if (draft == NULL)
    g_error ("no order for a masternode: %s", error->message);
  const TcSignature possession = tc_possession_sign (key, &draft->chain_id, &draft->coins[0], &draft->outputs[0]);
  tc_wallet_send_masternode (wallet, draft, tc_masternode_draft_needs_proof (draft) ? &possession : NULL, on_ready, &sent);
  tc_drive_until (is_ready, &sent, 20000);
  if (!tc_wallet_send_masternode_finish (wallet, sent, &txid, &error))
    g_error ("an order for a masternode was not sent: %s", error->message);
  return txid;
}

static TcMasternodeOrder
make_order (guint8 kind, const TcSecretKey *key, const char *host)
{
  TcMasternodeOrder order = { .kind = kind, .new_owner = TRUE, .new_payout = TRUE };

  order.payload.tier = TC_TIER_SILVER;
  order.payload.has_key = TRUE;
  order.payload.operator_key = *tc_secret_key_get_public (key);
  g_strlcpy (order.payload.host, host, sizeof order.payload.host);
  return order;
}

/* The second one names the key of the first, in the same epoch: it is void when that ends (rule M3). */
static void
register_masternodes (TcShots *self)
{
  const TcMasternodeOrder order = make_order (TC_TX_KIND_REGISTER, masternode_key, "192.0.2.1:24000");

  registered = send_order (self, &order, masternode_key);
  voided = send_order (self, &order, masternode_key);
}

typedef struct
{
  TcShots           *shots;
  gboolean         asking, done;
  TcNodeMasternode found;
} Search;

static void
on_masternodes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr(GArray) list = tc_node_list_masternodes_finish (tc_session_get_node (tc_application_get_session (search->shots->application)), result, NULL);

  search->asking = FALSE;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const TcNodeMasternode *item = &g_array_index (list, TcNodeMasternode, i);

      if (!tc_public_key_equal (&item->operator_key, tc_secret_key_get_public (masternode_key)))
        continue;
      search->found = *item;
      search->done = TRUE;
    }
}

static gboolean
is_registered (gpointer data)
{
  Search *search = data;

  if (!search->asking && !search->done)
    {
      search->asking = TRUE;
      tc_node_list_masternodes_async (tc_session_get_node (tc_application_get_session (search->shots->application)), NULL, on_masternodes, search);
    }
  return search->done;
}

/* Which of the two that name one key is first in the block is known when the epoch has ended. */
static void
follow_masternode (TcShots *self)
{
  static const guint8 kinds[] = { TC_TX_KIND_UPDATE, TC_TX_KIND_RETIRE };
  Search search = { .shots = self };

  if (!tc_drive_until (is_registered, &search, 240000))
    g_error ("no masternode was registered");
  if (tc_hash_equal (&search.found.outpoint.txid, &voided))
    {
      voided = registered;
      registered = search.found.outpoint.txid;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      TcMasternodeOrder order = make_order (kinds[i], masternode_key, "192.0.2.77:24000");

      order.new_owner = order.new_payout = order.payload.has_key = FALSE;
      order.owner = search.found.owner;
      order.payload.payout = search.found.payout;
      order.payload.masternode = search.found.outpoint;
      send_order (self, &order, masternode_key);
      tc_drive_for (1000);
    }
}

static void
show_payment (TcShots *self, const TcHash *txid)
{
  g_autofree char *text = tc_hash_to_hex (txid);

  gtk_widget_activate_action (self->window, "win.show-payment", "s", text);
  tc_shots_wait_text ("Life of this payment");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
}

/* New rows are above those that are looked at. */
static void
scroll_up (TcShots *self)
{
  GtkWidget *list = tc_drive_find_type (self->window, GTK_TYPE_LIST_VIEW);

  gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list)), 0);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
}

static void
take_masternode_history (TcShots *self)
{
  follow_masternode (self);
  tc_shots_go (self, "overview");
  tc_shots_take (self, "17-overview-masternodes");
  tc_shots_go (self, "history");
  scroll_up (self);
  tc_shots_wait_text ("Masternode retired");
  tc_shots_wait_text ("Void");
  tc_shots_take (self, "43-history-masternodes");
  show_payment (self, &registered);
  tc_shots_take (self, "44-registration");
  show_payment (self, &voided);
  tc_shots_wait_text ("available again");
  tc_shots_take (self, "45-registration-void");
  tc_drive_press (self->window, "Back to the list");
  tc_shots_go (self, "overview");
}

/* --- What seldom happens --- */

/* (nullable): what the window is told in place of what the node says. The linker leads the pages' calls here (--wrap). */
static TcNodeStatus *pretended;

TcNodeStatus *__wrap_tc_session_get_status (TcSession *self);
TcNodeStatus *__real_tc_session_get_status (TcSession *self);

TcNodeStatus *
__wrap_tc_session_get_status (TcSession *self)
{
  return pretended != NULL ? pretended : __real_tc_session_get_status (self);
}

void
tc_shots_pretend (TcSession *session, TcNodeStatus *status)
{
  pretended = status;
  g_signal_emit_by_name (session, "status");
}

void
tc_shots_take_status (TcShots *self, TcNodeStatus *status, const char *name)
{
  TcSession *session = tc_application_get_session (self->application);

  tc_shots_pretend (session, status);
  tc_shots_go (self, "overview");
  tc_shots_take (self, name);
  tc_shots_pretend (session, NULL);
  tc_node_status_unref (status);
}

/* (nullable): the same for the wallet. */
static TcWalletSnapshot *pretended_wallet;

TcWalletSnapshot *__wrap_tc_wallet_get_snapshot (TcWallet *self);
TcWalletSnapshot *__real_tc_wallet_get_snapshot (TcWallet *self);

TcWalletSnapshot *
__wrap_tc_wallet_get_snapshot (TcWallet *self)
{
  return pretended_wallet != NULL ? tc_wallet_snapshot_ref (pretended_wallet) : __real_tc_wallet_get_snapshot (self);
}

/* A wallet that is older than the blocks that the node has. */
static void
take_unread (TcShots *self, TcStatusSample sample, gboolean waiting, gboolean never, const char *name)
{
  TcWallet *wallet = tc_window_get_wallet (TC_WINDOW (self->window));
  g_autoptr(TcWalletSnapshot) real = tc_wallet_get_snapshot (wallet);
  TcNodeStatus *status = tc_status_sample (sample, g_get_real_time () / 1000);

  status->oldest_height = 11160;
  pretended_wallet = tc_wallet_snapshot_copy (real);
  pretended_wallet->unread_height = 1;
  pretended_wallet->waiting = waiting;
  pretended_wallet->never = never;
  g_signal_emit_by_name (wallet, "changed");
  tc_shots_take_status (self, status, name);
  g_clear_pointer (&pretended_wallet, tc_wallet_snapshot_unref);
  g_signal_emit_by_name (wallet, "changed");
}

static void
take_troubles (TcShots *self)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  TcNodeStatus *behind = tc_status_sample (TC_SAMPLE_AT_REST, now_ms), *ahead = tc_status_sample (TC_SAMPLE_AT_REST, now_ms);
  TcNodeStatus *halted = tc_status_sample (TC_SAMPLE_HALTED, now_ms), *silent = tc_status_sample (TC_SAMPLE_AT_REST, now_ms);
  g_auto(TcHaltRecord) record = { 0 };

  behind->clock_is_off = ahead->clock_is_off = TRUE;
  behind->clock_offset_ms = 4 * 3600 * 1000;
  ahead->clock_offset_ms = -42000;
  tc_shots_take_status (self, behind, "90-clock-behind");
  tc_shots_take_status (self, ahead, "91-clock-ahead");
  tc_halt_sample (halted->height, &record);
  g_free (halted->problem);
  halted->problem = tc_halt_record_text (&record);
  tc_shots_take_status (self, halted, "92-halted");
  silent->is_masternode = TRUE;
  silent->problem = g_strdup_printf ("This masternode signs nothing in epoch %u: its record of what it signed is not known to be whole. %s The masternode signs "
                                     "again in epoch %u, by itself.", silent->epoch, tc_signed_verdict_message (TC_SIGNED_RESTORED), silent->epoch + 1);
  tc_shots_take_status (self, silent, "93-signs-nothing");
  tc_shots_take_status (self, tc_status_sample (TC_SAMPLE_STALLED, now_ms), "94-stalled");
}

/* How far the node is, and what it asks: the dial, its caption and the notices together. */
static void
take_syncs (TcShots *self)
{
  static const struct { TcStatusSample sample; const char *name; } samples[] = {
    { TC_SAMPLE_LINKS, "95-links" }, { TC_SAMPLE_SNAPSHOT, "95-snapshot" }, { TC_SAMPLE_SYNCING, "95-blocks" }, { TC_SAMPLE_HISTORY, "95-history" },
    { TC_SAMPLE_ASKING, "96-trust" },
  };
  const gint64 now_ms = g_get_real_time () / 1000;
  TcNodeStatus *asking = tc_status_sample (TC_SAMPLE_ASKING, now_ms);

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    tc_shots_take_status (self, tc_status_sample (samples[i].sample, now_ms), samples[i].name);
  take_unread (self, TC_SAMPLE_HISTORY, TRUE, FALSE, "98-waiting");
  take_unread (self, TC_SAMPLE_AT_REST, TRUE, TRUE, "98-never");
  tc_shots_pretend (tc_application_get_session (self->application), asking);
  gtk_widget_activate_action (self->window, "win.trust-block", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "97-trust-block", FALSE);
  tc_drive_press (tc_shots_find_dialog (self), "Fill In");
  tc_shots_take_dialog (self, "97-trust-same", FALSE);
  tc_drive_write (tc_shots_find_dialog (self), "Block as height:hash", "95040;3f9a02");
  tc_shots_take_dialog (self, "97-trust-bad", TRUE);
  tc_shots_pretend (tc_application_get_session (self->application), NULL);
  tc_node_status_unref (asking);
}

static void
take_wallet (TcShots *self)
{
  tc_shots_take (self, "10-overview-start");
  if (!tc_drive_until (has_blocks, self, 120000))
    g_error ("the local network makes no blocks");
  tc_drive_for (400);
  tc_shots_take (self, "11-overview-new");
  take_send (self);
  tc_shots_send (self);
  register_masternodes (self);
  tc_shots_go (self, "overview");
  tc_shots_take (self, "12-overview");
  gtk_widget_activate_action (self->window, "win.sidebar", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  if (tc_shots_wants (self, "13-sidebar"))
    {
      gtk_window_set_default_size (GTK_WINDOW (self->window), 360, 720);
      tc_drive_for (TC_SHOTS_SETTLE_MS);
      gtk_widget_activate_action (self->window, "win.sidebar", NULL);
      tc_shots_take_one (self, self->window, "13-sidebar", FALSE, TRUE);
      gtk_widget_activate_action (self->window, "win.page", "s", "overview");
    }
  gtk_widget_activate_action (self->window, "win.hide-amounts", NULL);
  tc_shots_take (self, "14-hidden");
  gtk_widget_activate_action (self->window, "win.hide-amounts", NULL);
  tc_shots_go (self, "receive");
  tc_shots_take (self, "30-receive");
  tc_shots_go (self, "history");
  tc_drive_for (300);
  tc_shots_take (self, "40-history");
}

static void
take_history_details (TcShots *self)
{
  GtkWidget *search = tc_drive_find_type (self->window, GTK_TYPE_SEARCH_ENTRY);
  GtkWidget *list = tc_drive_find_type (self->window, GTK_TYPE_LIST_VIEW);

  g_signal_emit_by_name (list, "activate", 8u);
  tc_shots_wait_text ("Life of this payment");
  tc_drive_for (300);
  tc_shots_take (self, "42-payment");
  tc_shots_vault (self);
  tc_drive_press (self->window, "Back to the list");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  gtk_editable_set_text (GTK_EDITABLE (search), "nothing like this");
  tc_shots_wait_text ("Nothing Found");
  tc_shots_take (self, "41-history-nothing");
  gtk_editable_set_text (GTK_EDITABLE (search), "");
}

static void
take_dialogs (TcShots *self)
{
  gtk_widget_activate_action (self->window, "win.show-phrase", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "70-show-words", FALSE);
  tc_drive_write (tc_shots_find_dialog (self), "Password", "correct horse battery staple");
  tc_drive_press (tc_shots_find_dialog (self), "Show the Words");
  tc_drive_for (3000);
  tc_shots_take_dialog (self, "70-words", TRUE);
  gtk_widget_activate_action (self->window, "win.change-password", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "71-password", TRUE);
  gtk_widget_activate_action (self->window, "app.about", NULL);
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take_dialog (self, "72-about", TRUE);
}

static void
take_lock (TcShots *self)
{
  gtk_widget_activate_action (self->window, "win.lock", NULL);
  tc_shots_wait_text ("This wallet is locked.");
  tc_drive_for (TC_SHOTS_SETTLE_MS);
  tc_shots_take (self, "50-lock");
  tc_drive_write (self->window, "Password", "wrong");
  tc_drive_press (self->window, "Unlock");
  tc_shots_wait_text ("That is not the password");
  tc_shots_take (self, "51-lock-wrong");
  tc_drive_write (self->window, "Password", "correct horse battery staple");
  tc_drive_press (self->window, "Unlock");
  tc_drive_for (2500);
  tc_shots_go (self, "overview");
}

static void
on_wallet_closed (GObject *source, GAsyncResult *result, gpointer done)
{
  if (!tc_wallet_close_finish (TC_WALLET (source), result, NULL))
    g_error ("the wallet does not close");
  *(gboolean *) done = TRUE;
}

static void
on_wallet_made (GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_make_finish (result, &error);

  if (wallet == NULL)
    g_error ("no second wallet: %s", error->message);
  tc_wallet_close (wallet, on_wallet_closed, done);
}

static gboolean
is_set (gpointer flag)
{
  return *(gboolean *) flag;
}

/* A second window, as its user meets it, and in it a wallet whose words nobody has written down. */
static void
take_second (TcShots *self)
{
  const TcWalletMake make = { .network = TC_SESSION_LOCAL, .address_digit = '0', .name = "Savings" };
  GtkWidget *first = self->window;
  gboolean done = FALSE;

  tc_wallet_make_async (tc_application_get_session (self->application), &make, on_wallet_made, &done);
  tc_drive_until (is_set, &done, 20000);
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "new-window", NULL);
  tc_drive_for (2 * TC_SHOTS_SETTLE_MS);
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self->application)); l != NULL; l = l->next)
    if (TC_IS_WINDOW (l->data) && l->data != (gpointer) first)
      self->window = l->data;
  tc_shots_take (self, "15-second");
  tc_drive_press (self->window, "Savings");
  tc_drive_for (2000);
  tc_shots_take (self, "16-unverified");
  tc_shots_masternode_empty (self);
  gtk_window_close (GTK_WINDOW (self->window));
  tc_drive_for (1000);
  self->window = first;
}

static void
take_explorer (TcShots *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (tc_window_get_wallet (TC_WINDOW (self->window)));

  tc_shots_explorer (self, &registered, snapshot->first_address);
}

static gboolean
take_all (gpointer data)
{
  TcShots *self = data;

  tc_drive_for (300);
  self->window = GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (self->application)));
  take_clocks (self);
  take_error (self);
  create_wallet (self);
  tc_shots_wait_text ("Available");
  take_wallet (self);
  take_history_details (self);
  tc_shots_records (self);
  take_masternode_history (self);
  take_explorer (self);
  tc_shots_masternode (self);
  take_troubles (self);
  take_syncs (self);
  tc_shots_network (self);
  take_dialogs (self);
  tc_shots_signing (self);
  tc_shots_shell (self);
  tc_shots_wallets (self);
  take_lock (self);
  take_second (self);
  /* The steps are shown as they come: what this catches is a glimpse of them. */
  tc_window_show_closing (TC_WINDOW (self->window));
  tc_shots_take (self, "60-closing");
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
on_activate (GApplication *application, TcShots *self)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name", "Cantarell 11", NULL);
  g_idle_add (take_all, self);
}

int
main (int argc, char *argv[])
{
  g_autofree char *data_dir = g_dir_make_tmp ("timecoin-shots-XXXXXX", NULL);
  static const guint8 seed[TC_SEED_SIZE] = { 0x0b };
  TcShots self = { 0 };
  int status;

  if (argc < 2)
    {
      g_printerr ("usage: shots DIR [NAME…]\n");
      return 2;
    }
  tc_language_set_up ();
  tc_crypto_init ();
  g_mkdir_with_parents (argv[1], 0755);
  self.dir = argv[1];
  self.names = argv + 2;
  masternode_key = tc_secret_key_new (seed);
  self.application = tc_application_new (&(TcApplicationOptions) { .data_dir = data_dir });
  g_signal_connect_after (self.application, "activate", G_CALLBACK (on_activate), &self);
  status = g_application_run (G_APPLICATION (self.application), 1, argv);
  g_object_unref (self.application);
  tc_secret_key_unref (masternode_key);
  return status;
}
