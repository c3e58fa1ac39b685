#define G_LOG_DOMAIN "tc-ui"
#include "explorer-blocks.h"

#include <glib/gi18n.h>

#include "explorer-views.h"
#include "facts.h"
#include "helpers.h"
#include "text.h"

#define PAGE      25u   /* blocks read at once */
#define ROWS_MAX  500u  /* kept while the chain goes on */

struct _TcExplorerBlocks
{
  AdwBin        parent_instance;
  GtkWidget    *list, *more, *spinner, *end;
  TcSession    *session;
  GCancellable *cancellable;
  guint32       newest, oldest;  /* shown; 0: none yet */
  guint         n_rows;
  gboolean      asking, want_older;
  guint         tick;
};

G_DEFINE_FINAL_TYPE (TcExplorerBlocks, tc_explorer_blocks, ADW_TYPE_BIN)

static GtkWidget *
make_pair (GtkWidget *start, GtkWidget *end)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_widget_set_hexpand (start, TRUE);
  gtk_widget_set_valign (end, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), start);
  gtk_box_append (GTK_BOX (box), end);
  return box;
}

static char *
contents_words (const TcNodeBlockInfo *block)
{
  g_autofree char *size = tc_text_size (block->size_bytes), *who = tc_explorer_masternode_name (block->masternode);
  g_autofree char *txs = g_strdup_printf (ngettext ("%u transaction", "%u transactions", block->n_txs), block->n_txs);

  if (block->round == 0)
    /* Translators: "3 transactions · 1.2 kB · by Masternode 2". */
    return g_strdup_printf (_("%s · %s · by %s"), txs, size, who);
  /* Translators: the same, and the number of the round in which a block was agreed on. */
  return g_strdup_printf (_("%s · %s · by %s, round %u"), txs, size, who, block->round);
}

static void
show_time (GtkLabel *label)
{
  const gint64 *time_ms = g_object_get_data (G_OBJECT (label), "time");
  g_autofree char *when = tc_text_when (*time_ms, g_get_real_time () / 1000);

  gtk_label_set_text (label, when);
}

static GtkWidget *
make_row (const TcNodeBlockInfo *block)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *title = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *when = gtk_label_new (NULL);
  g_autofree char *height = tc_text_number (block->height), *name = g_strdup_printf (_("Block %s"), height), *contents = contents_words (block);
  g_autofree char *target = g_strdup_printf ("block/%u", block->height), *spoken = NULL;
  GtkWidget *caption = tc_facts_label (contents, "caption");

  gtk_box_append (GTK_BOX (title), tc_facts_label (name, "heading"));
  if (block->is_last)
    {
      GtkWidget *mark = gtk_label_new (_("Last of its epoch"));

      gtk_widget_add_css_class (mark, "state");
      gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (title), mark);
    }
  g_object_set_data_full (G_OBJECT (when), "time", g_memdup2 (&block->time_ms, sizeof block->time_ms), g_free);
  gtk_widget_add_css_class (when, "dim-label");
  gtk_widget_add_css_class (when, "caption");
  show_time (GTK_LABEL (when));
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_box_append (GTK_BOX (box), make_pair (title, when));
  gtk_box_append (GTK_BOX (box), caption);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "block-row");
  spoken = g_strdup_printf (block->is_last ? _("Block %s, last of its epoch: %s") : _("Block %s: %s"), height, contents);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "explorer.open");
  g_object_set_data (G_OBJECT (button), "when", when);
  return button;
}

static void ask (TcExplorerBlocks *self);

static void
forget (TcExplorerBlocks *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  self->newest = self->oldest = 0;
  self->n_rows = 0;
}

static void
trim (TcExplorerBlocks *self)
{
  while (self->n_rows > ROWS_MAX)
    {
      gtk_box_remove (GTK_BOX (self->list), gtk_widget_get_last_child (self->list));
      self->n_rows--;
      self->oldest++;
    }
}

static void
take_older (TcExplorerBlocks *self, const GArray *blocks)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      const TcNodeBlockInfo *block = &g_array_index (blocks, TcNodeBlockInfo, i);

      gtk_box_append (GTK_BOX (self->list), make_row (block));
      self->newest = self->newest == 0 ? block->height : self->newest;
      self->oldest = block->height;
      self->n_rows++;
    }
}

static void
take_newer (TcExplorerBlocks *self, const GArray *blocks)
{
  for (guint i = blocks->len; i-- > 0;)
    {
      const TcNodeBlockInfo *block = &g_array_index (blocks, TcNodeBlockInfo, i);

      if (block->height <= self->newest)
        continue;
      gtk_box_prepend (GTK_BOX (self->list), make_row (block));
      self->newest = block->height;
      self->n_rows++;
    }
  trim (self);
}

typedef struct
{
  TcExplorerBlocks *page;
  TcNode           *node;
  gboolean          older;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->page);
  tc_node_unref (question->node);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
show_end (TcExplorerBlocks *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);
  const guint32 first = status != NULL ? MAX (status->oldest_height, 1) : 1;
  g_autofree char *number = tc_text_number (first), *text = NULL;

  gtk_widget_set_visible (self->spinner, self->newest == 0 && (status == NULL || status->height > 0));
  gtk_widget_set_visible (self->more, self->oldest > first);
  gtk_widget_set_visible (self->end, (status != NULL && status->height == 0) || (self->oldest > 0 && self->oldest <= first && first > 1));
  if (status != NULL && status->height == 0)
    text = g_strdup (_("There are no blocks yet."));
  else if (status != NULL && status->older_come)
    text = g_strdup_printf (_("Blocks before %s are still being fetched."), number);
  else
    text = g_strdup_printf (_("Blocks before %s are not here: this node began later, or deletes old ones to save room."), number);
  gtk_label_set_text (GTK_LABEL (self->end), text);
}

static void
on_blocks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Question) question = user_data;
  TcExplorerBlocks *self = question->page;
  g_autoptr(GArray) blocks = tc_node_list_blocks_finish (question->node, result, NULL);

  self->asking = FALSE;
  if (self->session == NULL || blocks == NULL)
    return;
  if (question->older || self->newest == 0)
    take_older (self, blocks);
  else
    take_newer (self, blocks);
  show_end (self);
  ask (self);
}

static void
start (TcExplorerBlocks *self, guint32 from, guint n, gboolean older)
{
  Question *question = g_new (Question, 1);

  *question = (Question) { g_object_ref (self), tc_node_ref (tc_session_get_node (self->session)), older };
  self->asking = TRUE;
  tc_node_list_blocks_async (question->node, from, n, self->cancellable, on_blocks, question);
}

static void
ask (TcExplorerBlocks *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);

  if (status == NULL || tc_session_get_node (self->session) == NULL || self->asking || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->newest == 0 || status->height > self->newest + PAGE || status->height < self->newest)
    {
      if (status->height == self->newest)
        return;
      forget (self);
      if (status->height > 0)
        start (self, status->height, PAGE, FALSE);
    }
  else if (status->height > self->newest)
    start (self, status->height, status->height - self->newest, FALSE);
  else if (self->want_older && self->oldest > 1)
    {
      self->want_older = FALSE;
      start (self, self->oldest - 1, PAGE, TRUE);
    }
}

static void
on_more (TcExplorerBlocks *self)
{
  self->want_older = TRUE;
  ask (self);
}

static void
on_status (TcExplorerBlocks *self)
{
  show_end (self);
  ask (self);
}

static gboolean
on_tick (gpointer user_data)
{
  TcExplorerBlocks *self = user_data;

  for (GtkWidget *row = gtk_widget_get_first_child (self->list); row != NULL; row = gtk_widget_get_next_sibling (row))
    show_time (g_object_get_data (G_OBJECT (row), "when"));
  return G_SOURCE_CONTINUE;
}

static void
on_map (TcExplorerBlocks *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add_seconds (10, on_tick, self);
  on_tick (self);
  if (self->session != NULL)
    on_status (self);
}

static void
on_unmap (TcExplorerBlocks *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
}

void
tc_explorer_blocks_set_session (TcExplorerBlocks *self, TcSession *session)
{
  g_return_if_fail (TC_IS_EXPLORER_BLOCKS (self));

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  on_status (self);
}

static void
tc_explorer_blocks_dispose (GObject *object)
{
  TcExplorerBlocks *self = TC_EXPLORER_BLOCKS (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tc_explorer_blocks_parent_class)->dispose (object);
}

static void
tc_explorer_blocks_class_init (TcExplorerBlocksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_explorer_blocks_dispose;
}

static void
tc_explorer_blocks_init (TcExplorerBlocks *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->cancellable = g_cancellable_new ();
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Newest blocks"), -1);
  self->more = gtk_button_new_with_label (_("Older Blocks"));
  self->spinner = g_object_new (GTK_TYPE_SPINNER, "spinning", TRUE, "width-request", 32, "height-request", 32, "margin-top", 24, NULL);
  self->end = tc_facts_label ("", "dim-label");
  gtk_widget_set_halign (self->more, GTK_ALIGN_CENTER);
  gtk_widget_set_halign (self->end, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->more, "pill");
  g_object_set (box, "margin-start", 6, "margin-end", 6, "margin-top", 6, "margin-bottom", 24, NULL);
  gtk_box_append (GTK_BOX (box), self->spinner);
  gtk_box_append (GTK_BOX (box), self->list);
  gtk_box_append (GTK_BOX (box), self->more);
  gtk_box_append (GTK_BOX (box), self->end);
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (on_more), self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}
