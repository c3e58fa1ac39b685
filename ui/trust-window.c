#define G_LOG_DOMAIN "tc-ui"
#include "trust-window.h"

#include <glib/gi18n.h>

#include "field.h"
#include "helpers.h"
#include "text.h"

#define HASH_GROUP 8u  /* digits: easier to compare, and to read aloud */

struct _TcTrustWindow
{
  AdwWindow     parent_instance;
  TcField      *block;
  GtkWidget    *trust, *spinner, *offer_box, *no_offer;
  GtkLabel     *offer_title, *offer_hash;
  TcSession    *session;
  GCancellable *cancellable;
  TcCheckpoint  offered;    /* as shown; height 0: nothing */
  gboolean      busy, was_asked;
};

G_DEFINE_FINAL_TYPE (TcTrustWindow, tc_trust_window, ADW_TYPE_WINDOW)

static char *
group_hash (const TcHash *hash)
{
  g_autofree char *hex = tc_hash_to_hex (hash);
  GString *text = g_string_new (NULL);

  for (guint i = 0; hex[i] != '\0'; i += HASH_GROUP)
    g_string_append_printf (text, "%s%.*s", i > 0 ? " " : "", (int) HASH_GROUP, hex + i);
  return g_string_free (text, FALSE);
}

/* What the peers say of the block that was written. (nullable) */
static const char *
compare (TcTrustWindow *self, const TcCheckpoint *block)
{
  if (self->offered.height != block->height)
    return NULL;
  return tc_hash_equal (&self->offered.hash, &block->hash) ? _("The other nodes say the same.")
                                                           : _("The other nodes say another hash at this height. Only go on if you are sure of yours.");
}

static void
update (TcTrustWindow *self, gboolean left)
{
  g_autofree char *message = NULL;
  TcCheckpoint block;
  const TcFieldVerdict verdict = tc_check_block (tc_field_get_text (self->block), &block, &message);

  tc_field_set_hint (self->block, verdict == TC_FIELD_GOOD ? compare (self, &block) : NULL);
  tc_field_show_verdict (self->block, verdict, message, left);
  gtk_widget_set_sensitive (self->trust, verdict == TC_FIELD_GOOD && !self->busy);
  gtk_widget_set_visible (self->spinner, self->busy);
}

static void
on_changed (TcTrustWindow *self)
{
  update (self, FALSE);
}

static void
on_left (TcTrustWindow *self)
{
  update (self, TRUE);
}

static void
on_trusted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcTrustWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  TcNode *node = self->session == NULL ? NULL : tc_session_get_node (self->session);
  const gboolean taken = node != NULL && tc_node_trust_block_finish (node, result, &error);

  if (self->session == NULL)  /* closed meanwhile */
    return;
  self->busy = FALSE;
  update (self, FALSE);
  if (!taken)
    {
      tc_field_show_verdict (self->block, TC_FIELD_BAD, error != NULL ? error->message : _("The node has stopped."), TRUE);
      return;
    }
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.toast", "s", _("The node goes on from this block"));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_trust (TcTrustWindow *self)
{
  TcNode *node = tc_session_get_node (self->session);
  g_autofree char *message = NULL;
  TcCheckpoint block;

  if (node == NULL || self->busy || tc_check_block (tc_field_get_text (self->block), &block, &message) != TC_FIELD_GOOD)
    return;
  self->busy = TRUE;
  update (self, FALSE);
  tc_node_trust_block_async (node, &block, self->cancellable, on_trusted, g_object_ref (self));
}

static void
on_fill_in (TcTrustWindow *self)
{
  g_autofree char *hex = tc_hash_to_hex (&self->offered.hash);
  g_autofree char *text = g_strdup_printf ("%u:%s", self->offered.height, hex);

  tc_field_set_text (self->block, text);
  gtk_widget_grab_focus (tc_field_get_entry (self->block));
  gtk_editable_set_position (GTK_EDITABLE (tc_field_get_entry (self->block)), 0);  /* the height first, and nothing selected */
}

static void
show_offer (TcTrustWindow *self, const TcNodeStatus *status)
{
  g_autofree char *number = tc_text_number (status->offered.height), *hash = group_hash (&status->offered.hash);
  g_autofree char *when = tc_text_when (status->offered_time_ms, g_get_real_time () / 1000);
  g_autofree char *title = g_strdup_printf (_("Block %s · %s"), number, when);
  const gboolean any = status->offered.height > 0;
  const gboolean same = self->offered.height == status->offered.height && tc_hash_equal (&self->offered.hash, &status->offered.hash);

  self->offered = status->offered;
  gtk_widget_set_visible (self->offer_box, any);
  gtk_widget_set_visible (self->no_offer, !any);
  gtk_label_set_text (self->offer_title, title);
  if (same)
    return;
  gtk_label_set_text (self->offer_hash, hash);
  update (self, FALSE);
}

static void
on_status (TcTrustWindow *self)
{
  const TcNodeStatus *status = tc_session_get_status (self->session);

  if (status == NULL)
    return;
  /* Another window of this program may have answered, or the peers are gone that made the question. */
  if (self->was_asked && !status->needs_trust && !self->busy)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  self->was_asked |= status->needs_trust;
  show_offer (self, status);
}

static void
tc_trust_window_dispose (GObject *object)
{
  TcTrustWindow *self = TC_TRUST_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tc_trust_window_parent_class)->dispose (object);
}

static void
tc_trust_window_class_init (TcTrustWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  G_OBJECT_CLASS (klass)->dispose = tc_trust_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/trust-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, block);
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, trust);
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, offer_box);
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, no_offer);
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, offer_title);
  gtk_widget_class_bind_template_child (widget_class, TcTrustWindow, offer_hash);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_left);
  gtk_widget_class_bind_template_callback (widget_class, on_trust);
  gtk_widget_class_bind_template_callback (widget_class, on_fill_in);
}

static void
tc_trust_window_init (TcTrustWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_label_keep_exact (self->offer_hash);
  self->cancellable = g_cancellable_new ();
}

GtkWindow *
tc_trust_window_new (GtkWindow *parent, TcSession *session)
{
  TcTrustWindow *self = g_object_new (TC_TYPE_TRUST_WINDOW, "transient-for", parent, "modal", TRUE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "status", G_CALLBACK (on_status), self, G_CONNECT_SWAPPED);
  update (self, FALSE);
  on_status (self);
  return GTK_WINDOW (self);
}
