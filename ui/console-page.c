#define G_LOG_DOMAIN "tc-ui"
#include "console-page.h"

#include <string.h>

#include <glib/gi18n.h>

#include "console-format.h"
#include "console-parser.h"
#include "helpers.h"
#include "notice.h"
#include "wallet/wallet-rpc.h"

#define HISTORY_MAX 200u
#define LINES_MAX   10000
#define CHARS_MAX   1000000
#define SLICE_US    5000     /* of writing, before the window gets its turn */
#define SLICE_CHARS 4096u    /* written at once: to lay lines out costs more than to insert them */
#define NAMES_SHOWN 40u

struct _TcConsolePage
{
  AdwBin             parent_instance;
  TcNotice          *warning;
  GtkScrolledWindow *scrolled;
  GtkTextView       *output;
  GtkTextBuffer     *buffer;
  GtkEditable       *entry;
  GtkWidget         *spinner, *stop;
  GtkTextTag        *tags[TC_CONSOLE_NUMBER + 1], *command_tag, *error_tag, *note_tag;
  TcSession         *session;
  TcWallet          *wallet;
  TcNode            *node;          /* (nullable): whose table has this page's scope */
  TcWalletRpc       *rpc;           /* (nullable): this window's wallet, under that scope */
  char              *scope;
  char             **names;         /* (nullable): of methods, sorted */
  char             **secret_names;  /* (nullable): of those that take passwords */
  GPtrArray         *history;       /* char *, oldest first */
  guint              place;         /* in it; its length: none of them */
  char              *unsent;        /* (nullable): what was written before one looked back */
  GCancellable      *running;       /* (nullable) */
  guint              serial;        /* answers to what came before a reset are dropped */
  GQueue             waiting;       /* Piece: still to be written */
  guint              writer;        /* source */
};

static void page_init (TcPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcConsolePage, tc_console_page, ADW_TYPE_BIN, G_IMPLEMENT_INTERFACE (TC_TYPE_PAGE, page_init))

/* --- Writing, a bit at a time --- */

typedef struct
{
  char       *text;
  gsize       done, n;   /* bytes */
  GtkTextTag *tag;       /* (nullable): of all of it */
  GArray     *spans;     /* (nullable): TcConsoleSpan */
  guint       span;
} Piece;

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_free (piece->text);
  g_clear_pointer (&piece->spans, g_array_unref);
  g_free (piece);
}

/* The next characters, at most SLICE_CHARS bytes of one kind. */
static void
write_some (TcConsolePage *self, Piece *piece)
{
  gsize until = MIN (piece->n, piece->done + SLICE_CHARS);
  GtkTextTag *tag = piece->tag;
  GtkTextIter end;

  if (piece->spans != NULL)
    {
      while (piece->span + 1 < piece->spans->len && g_array_index (piece->spans, TcConsoleSpan, piece->span).end <= piece->done)
        piece->span++;
      until = MIN (until, MAX (g_array_index (piece->spans, TcConsoleSpan, piece->span).end, piece->done + 1));
      tag = self->tags[g_array_index (piece->spans, TcConsoleSpan, piece->span).kind];
    }
  while (until < piece->n && ((guchar) piece->text[until] & 0xc0) == 0x80)
    until++;
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  if (tag != NULL)
    gtk_text_buffer_insert_with_tags (self->buffer, &end, piece->text + piece->done, (int) (until - piece->done), tag, NULL);
  else
    gtk_text_buffer_insert (self->buffer, &end, piece->text + piece->done, (int) (until - piece->done));
  piece->done = until;
}

/* The oldest lines go where there are too many. */
static void
bound_output (TcConsolePage *self)
{
  const int lines = gtk_text_buffer_get_line_count (self->buffer), chars = gtk_text_buffer_get_char_count (self->buffer);
  GtkTextIter start, end;

  if (lines <= LINES_MAX && chars <= CHARS_MAX)
    return;
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end, MAX (chars - CHARS_MAX, 0));
  if (lines > LINES_MAX && gtk_text_iter_get_line (&end) < lines - LINES_MAX)
    gtk_text_buffer_get_iter_at_line (self->buffer, &end, lines - LINES_MAX);
  else if (!gtk_text_iter_starts_line (&end))
    gtk_text_iter_forward_line (&end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
}

static void
scroll_down (TcConsolePage *self)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_move_mark_by_name (self->buffer, "end", &end);
  gtk_text_view_scroll_mark_onscreen (self->output, gtk_text_buffer_get_mark (self->buffer, "end"));
}

static gboolean
on_write (gpointer user_data)
{
  TcConsolePage *self = user_data;
  const gint64 until_us = g_get_monotonic_time () + SLICE_US;

  while (!g_queue_is_empty (&self->waiting) && g_get_monotonic_time () < until_us)
    {
      Piece *piece = g_queue_peek_head (&self->waiting);

      if (piece->done < piece->n)
        write_some (self, piece);
      if (piece->done >= piece->n)
        piece_free (g_queue_pop_head (&self->waiting));
    }
  bound_output (self);
  scroll_down (self);
  if (!g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;
  self->writer = 0;
  return G_SOURCE_REMOVE;
}

/* @text: (transfer full). @spans: (transfer full) (nullable). */
static void
take_piece (TcConsolePage *self, char *text, GtkTextTag *tag, GArray *spans)
{
  Piece *piece = g_new0 (Piece, 1);

  *piece = (Piece) { .text = text, .n = strlen (text), .tag = tag, .spans = spans };
  g_queue_push_tail (&self->waiting, piece);
  if (self->writer == 0)
    self->writer = g_idle_add (on_write, self);
}

static void
write_line (TcConsolePage *self, const char *text, GtkTextTag *tag)
{
  take_piece (self, g_strconcat (text, "\n", NULL), tag, NULL);
}

static void
clear_output (TcConsolePage *self)
{
  g_clear_handle_id (&self->writer, g_source_remove);
  g_queue_clear_full (&self->waiting, piece_free);
  gtk_text_buffer_set_text (self->buffer, "", 0);
}

/* --- This window's wallet in the node's table --- */

static void
leave_node (TcConsolePage *self)
{
  g_clear_pointer (&self->rpc, tc_wallet_rpc_free);
  g_clear_pointer (&self->node, tc_node_unref);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->secret_names, g_strfreev);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Help is a line a method: its name comes first. */
static void
on_help (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcConsolePage) self = user_data;
  g_autofree char *json = tc_node_call_finish (NULL, result, NULL);
  g_autofree char *text = NULL;
  GArray *spans = NULL;
  GPtrArray *names, *secret_names;
  char **lines;

  if (json == NULL)
    return;
  text = tc_console_format (json, &spans);
  g_array_unref (spans);
  lines = g_strsplit (text, "\n", -1);
  names = g_ptr_array_new ();
  secret_names = g_ptr_array_new ();
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (lines[i][0] != '\0')
        g_ptr_array_add (names, g_strndup (lines[i], strcspn (lines[i], " ")));
      if (tc_console_usage_is_secret (lines[i]))
        g_ptr_array_add (secret_names, g_strndup (lines[i], strcspn (lines[i], " ")));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  g_strfreev (lines);
  g_strfreev (self->names);
  self->names = (char **) g_ptr_array_free (names, FALSE);
  g_ptr_array_add (secret_names, NULL);
  g_strfreev (self->secret_names);
  self->secret_names = (char **) g_ptr_array_free (secret_names, FALSE);
}

static void
on_session_changed (TcConsolePage *self)
{
  TcNode *node = tc_session_get_state (self->session) == TC_SESSION_RUNNING ? tc_session_get_node (self->session) : NULL;

  if (node == self->node)
    return;
  leave_node (self);
  if (node == NULL)
    return;
  self->node = tc_node_ref (node);
  self->rpc = tc_wallet_rpc_new_scoped (node, self->wallet, self->scope);
  tc_node_call_async (node, self->scope, "help", NULL, NULL, on_help, g_object_ref (self));
}

/* --- Running a line --- */

static void
set_running (TcConsolePage *self, GCancellable *running)
{
  g_set_object (&self->running, running);
  gtk_widget_set_visible (self->spinner, running != NULL);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), running != NULL);
  gtk_widget_set_visible (self->stop, running != NULL);
}

typedef struct
{
  TcConsolePage *page;
  guint          serial;
} Run;

static Run *
run_new (TcConsolePage *self)
{
  Run *run = g_new (Run, 1);

  *run = (Run) { g_object_ref (self), self->serial };
  return run;
}

/* Returns: whether what comes is still wanted. */
static gboolean
run_end (Run *run)
{
  const gboolean wanted = run->serial == run->page->serial;

  g_object_unref (run->page);
  g_free (run);
  return wanted;
}

typedef struct
{
  char   *text;
  GArray *spans;
} Formatted;

static void
formatted_free (gpointer data)
{
  Formatted *formatted = data;

  g_free (formatted->text);
  g_clear_pointer (&formatted->spans, g_array_unref);
  g_free (formatted);
}

static void
format_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Formatted *formatted = g_new0 (Formatted, 1);

  formatted->text = tc_console_format (task_data, &formatted->spans);
  g_task_return_pointer (task, formatted, formatted_free);
}

static void
on_formatted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TcConsolePage *self = TC_CONSOLE_PAGE (source);
  Formatted *formatted = g_task_propagate_pointer (G_TASK (result), NULL);

  if (run_end (user_data))
    {
      take_piece (self, g_steal_pointer (&formatted->text), NULL, g_steal_pointer (&formatted->spans));
      set_running (self, NULL);
    }
  formatted_free (formatted);
}

static void
show_error (TcConsolePage *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (error->domain == TC_NODE_RPC_ERROR)
    /* Translators: a number, then what is wrong. */
    text = g_strdup_printf (_("Error %d: %s"), error->code, error->message);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_("Not waited for: what was begun may still be done."));
  else
    text = g_strdup_printf (_("Error: %s"), error->message);
  write_line (self, text, self->error_tag);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  TcConsolePage *self = run->page;
  g_autoptr(GError) error = NULL;
  g_autofree char *json = tc_node_call_finish (NULL, result, &error);
  g_autoptr(GTask) task = NULL;

  if (run->serial == self->serial && json != NULL)
    {
      task = g_task_new (self, NULL, on_formatted, run);
      g_task_set_task_data (task, g_steal_pointer (&json), g_free);
      g_task_run_in_thread (task, format_in_thread);
      return;
    }
  g_object_ref (self);
  if (run_end (run))
    {
      show_error (self, error);
      set_running (self, NULL);
    }
  g_object_unref (self);
}

static void
call (TcConsolePage *self, const char *method, json_object *params)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();

  set_running (self, cancellable);
  tc_node_call_async (self->node, self->scope, method, params, cancellable, on_answer, run_new (self));
}

static void
remember (TcConsolePage *self, const char *line)
{
  if (self->history->len == 0 || strcmp (self->history->pdata[self->history->len - 1], line) != 0)
    g_ptr_array_add (self->history, g_strdup (line));
  if (self->history->len > HISTORY_MAX)
    g_ptr_array_remove_index (self->history, 0);
  self->place = self->history->len;
  g_clear_pointer (&self->unsent, g_free);
}

/* What must not go through here, and why. Returns: FALSE where it was refused. */
static gboolean
admit (TcConsolePage *self, const char *line)
{
  g_autofree char *shown = NULL;

  if (!tc_console_is_secret (line, (const char *const *) self->secret_names))
    return TRUE;
  shown = tc_console_mask (line, (const char *const *) self->secret_names);
  write_line (self, shown, self->command_tag);
  write_line (self, _("The console takes no passwords and no words of a wallet: it was not run, and is not kept. Unlocking, the password, backups and restoring are in the "
                      "window itself. Whoever asks you to write such things here wants your money."),
              self->error_tag);
  return FALSE;
}

static void
run_line (TcConsolePage *self, const char *line)
{
  g_autofree char *method = NULL;
  g_autoptr(GError) error = NULL;
  json_object *params = NULL;

  write_line (self, line, self->command_tag);
  if (!tc_console_parse (line, &method, &params, &error))
    write_line (self, error->message, self->error_tag);
  else if (method != NULL && strcmp (method, "clear") == 0)
    clear_output (self);
  else if (method != NULL && strcmp (method, "stop") == 0)
    write_line (self, _("The node runs in this window: it stops when you close it."), self->error_tag);
  else if (method != NULL && self->node == NULL)
    write_line (self, _("The network does not run. Try again when it does."), self->error_tag);
  else if (method != NULL)
    call (self, method, g_steal_pointer (&params));
  json_object_put (params);
}

static void
on_activate (TcConsolePage *self)
{
  g_autofree char *line = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  if (line[0] == '\0' || self->running != NULL)
    return;
  gtk_editable_set_text (self->entry, "");
  if (admit (self, line))
    {
      remember (self, line);
      run_line (self, line);
    }
  memset (line, 0, strlen (line));
}

static void
on_stop (TcConsolePage *self)
{
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
}

static void
on_clear (TcConsolePage *self)
{
  clear_output (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/* --- Keys --- */

static void
set_line (TcConsolePage *self, const char *text)
{
  gtk_editable_set_text (self->entry, text);
  gtk_editable_set_position (self->entry, -1);
}

static void
look_back (TcConsolePage *self, gboolean older)
{
  if (older ? self->place == 0 : self->place >= self->history->len)
    return;
  if (self->place == self->history->len)
    {
      const char *line = gtk_editable_get_text (self->entry);

      g_free (self->unsent);
      self->unsent = tc_console_is_secret (line, (const char *const *) self->secret_names) ? NULL : g_strdup (line);
    }
  if (older)
    self->place--;
  else
    self->place++;
  set_line (self, self->place < self->history->len ? self->history->pdata[self->place] : self->unsent != NULL ? self->unsent : "");
}

static void
list_names (TcConsolePage *self, const char *prefix)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; self->names[i] != NULL; i++)
    if (g_str_has_prefix (self->names[i], prefix) && n++ < NAMES_SHOWN)
      g_string_append_printf (text, "%s%s", text->len > 0 ? "  " : "", self->names[i]);
  if (n > NAMES_SHOWN)
    g_string_append (text, "  …");
  write_line (self, text->str, self->note_tag);
}

/* Returns: FALSE where there is nothing to complete: the key moves the focus then. */
static gboolean
complete (TcConsolePage *self)
{
  const char *line = gtk_editable_get_text (self->entry);
  const gboolean of_help = g_str_has_prefix (line, "help ");
  g_autofree char *prefix = g_strdup (of_help ? line + 5 : line), *common = NULL, *done = NULL;
  guint n;

  if (prefix[0] == '\0' || strchr (prefix, ' ') != NULL || self->names == NULL)
    return FALSE;
  common = tc_console_complete ((const char *const *) self->names, prefix, &n);
  if (n == 0)
    return FALSE;
  if (n > 1 && strcmp (common, prefix) == 0)
    list_names (self, prefix);
  done = g_strconcat (of_help ? "help " : "", common, n == 1 && !of_help ? " " : "", NULL);
  set_line (self, done);
  return TRUE;
}

static gboolean
on_key (TcConsolePage *self, guint key, guint code, GdkModifierType state)
{
  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      look_back (self, TRUE);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      look_back (self, FALSE);
      return TRUE;
    case GDK_KEY_Tab:
      return complete (self);
    default:
      return FALSE;
    }
}

/* --- The page --- */

static void
on_understood (TcConsolePage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->warning), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
tc_console_page_set_wallet (TcPage *page, TcSession *session, TcWallet *wallet)
{
  TcConsolePage *self = TC_CONSOLE_PAGE (page);
  static guint last;

  g_set_object (&self->session, session);
  g_set_object (&self->wallet, wallet);
  self->scope = g_strdup_printf ("%u", ++last);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  on_session_changed (self);
}

static void
tc_console_page_reset (TcPage *page)
{
  TcConsolePage *self = TC_CONSOLE_PAGE (page);

  self->serial++;
  if (self->running != NULL)
    g_cancellable_cancel (self->running);
  set_running (self, NULL);
  clear_output (self);
  g_ptr_array_set_size (self->history, 0);
  self->place = 0;
  g_clear_pointer (&self->unsent, g_free);
  gtk_editable_set_text (self->entry, "");
}

static void
tc_console_page_focus (TcPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (TC_CONSOLE_PAGE (page)->entry));
}

static void
page_init (TcPageInterface *iface)
{
  iface->set_wallet = tc_console_page_set_wallet;
  iface->reset = tc_console_page_reset;
  iface->focus = tc_console_page_focus;
}

/* --- Life --- */

static void
tc_console_page_dispose (GObject *object)
{
  TcConsolePage *self = TC_CONSOLE_PAGE (object);

  if (self->buffer != NULL)
    clear_output (self);
  leave_node (self);
  g_clear_object (&self->running);
  g_clear_object (&self->buffer);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_console_page_parent_class)->dispose (object);
}

static void
tc_console_page_finalize (GObject *object)
{
  TcConsolePage *self = TC_CONSOLE_PAGE (object);

  g_ptr_array_unref (self->history);
  g_free (self->unsent);
  g_free (self->scope);
  G_OBJECT_CLASS (tc_console_page_parent_class)->finalize (object);
}

static void
tc_console_page_class_init (TcConsolePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_console_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_console_page_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/console-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcConsolePage, warning);
  gtk_widget_class_bind_template_child (widget_class, TcConsolePage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, TcConsolePage, output);
  gtk_widget_class_bind_template_child (widget_class, TcConsolePage, entry);
  gtk_widget_class_bind_template_child (widget_class, TcConsolePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcConsolePage, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_understood);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
}

/* Told apart by weight and slant, too. */
static void
make_tags (TcConsolePage *self)
{
  self->tags[TC_CONSOLE_KEY] = gtk_text_buffer_create_tag (self->buffer, NULL, "weight", PANGO_WEIGHT_SEMIBOLD, NULL);
  self->tags[TC_CONSOLE_STRING] = gtk_text_buffer_create_tag (self->buffer, NULL, NULL);
  self->tags[TC_CONSOLE_NUMBER] = gtk_text_buffer_create_tag (self->buffer, NULL, NULL);
  self->command_tag = gtk_text_buffer_create_tag (self->buffer, NULL, "weight", PANGO_WEIGHT_BOLD, "pixels-above-lines", 9, NULL);
  self->error_tag = gtk_text_buffer_create_tag (self->buffer, NULL, "style", PANGO_STYLE_ITALIC, NULL);
  self->note_tag = gtk_text_buffer_create_tag (self->buffer, NULL, "style", PANGO_STYLE_ITALIC, NULL);
}

/* Libadwaita's palette: shades that can be read on a light and on a dark ground. */
static void
color_tags (TcConsolePage *self)
{
  const gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  g_object_set (self->tags[TC_CONSOLE_STRING], "foreground", dark ? "#8ff0a4" : "#1b7a4b", NULL);
  g_object_set (self->tags[TC_CONSOLE_NUMBER], "foreground", dark ? "#99c1f1" : "#1a5fb4", NULL);
  g_object_set (self->error_tag, "foreground", dark ? "#ff938c" : "#c01c28", NULL);
  g_object_set (self->note_tag, "foreground", dark ? "#c0bfbc" : "#5e5c64", NULL);
}

static void
tc_console_page_init (TcConsolePage *self)
{
  GtkTextIter end;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->history = g_ptr_array_new_with_free_func (g_free);
  self->buffer = g_object_ref (gtk_text_view_get_buffer (self->output));
  gtk_text_buffer_set_enable_undo (self->buffer, FALSE);
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_create_mark (self->buffer, "end", &end, FALSE);
  make_tags (self);
  color_tags (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (color_tags), self, G_CONNECT_SWAPPED);
  tc_notice_set_title (self->warning, _("Never Paste What Somebody Sent You"));
  tc_notice_set (self->warning, TC_NOTICE_WARNING,
                 _("Commands act at once, and payments cannot be taken back. Whoever asks you to write something here, as support or as a friend, may be after your money."),
                 _("I Understand"));
}
