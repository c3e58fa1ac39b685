#define G_LOG_DOMAIN "tc-ui"
#include "carry-box.h"

#include <glib/gi18n.h>

#include "files.h"
#include "helpers.h"
#include "notice.h"
#include "qr-code.h"
#include "wallet/envelope.h"

#define TURN_MS      1500
#define QR_FRAMES_MAX 40u  /* more are no way to carry anything */

struct _TcCarryBox
{
  AdwBin       parent_instance;
  TcQrCode    *code;
  GtkWidget   *codes, *turns, *too_large;
  GtkToggleButton *pause;
  GtkLabel    *position;
  GtkTextView *text;
  TcNotice    *notice;
  GBytes      *sealed;
  char        *name;
  char       **frames;
  guint        n_frames, frame, timer;
};

G_DEFINE_FINAL_TYPE (TcCarryBox, tc_carry_box, ADW_TYPE_BIN)

static void
show_frame (TcCarryBox *self, guint frame)
{
  g_autofree char *position = NULL;

  self->frame = frame;
  /* Translators: which one of several QR codes is shown, as “Code 3 of 7”. */
  position = g_strdup_printf (_("Code %u of %u"), frame + 1, self->n_frames);
  tc_qr_code_set_text (self->code, self->frames[frame]);
  gtk_label_set_text (self->position, position);
}

static gboolean
on_turn (gpointer user_data)
{
  TcCarryBox *self = user_data;

  show_frame (self, (self->frame + 1) % self->n_frames);
  return G_SOURCE_CONTINUE;
}

static void
stop_turning (TcCarryBox *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
}

/* With animations switched off, codes stay until one asks for the next. */
static void
update_turning (TcCarryBox *self)
{
  gboolean animates = TRUE;

  g_object_get (gtk_settings_get_default (), "gtk-enable-animations", &animates, NULL);
  stop_turning (self);
  if (self->n_frames > 1 && gtk_widget_get_mapped (GTK_WIDGET (self)) && animates && !gtk_toggle_button_get_active (self->pause))
    self->timer = g_timeout_add (TURN_MS, on_turn, self);
}

static void
on_previous (TcCarryBox *self)
{
  gtk_toggle_button_set_active (self->pause, TRUE);
  show_frame (self, (self->frame + self->n_frames - 1) % self->n_frames);
}

static void
on_next (TcCarryBox *self)
{
  gtk_toggle_button_set_active (self->pause, TRUE);
  show_frame (self, (self->frame + 1) % self->n_frames);
}

static void
on_copy (TcCarryBox *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  tc_notice_set (self->notice, TC_NOTICE_INFO, _("The text is on the clipboard."), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), TRUE);
}

static void
on_saved (const GError *error, gpointer user_data)
{
  TcCarryBox *self = user_data;

  tc_notice_set (self->notice, error != NULL ? TC_NOTICE_ERROR : TC_NOTICE_INFO, error != NULL ? error->message : _("The file was saved."), NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), TRUE);
}

static void
on_save (TcCarryBox *self)
{
  tc_files_save (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _("Save File"), self->name, self->sealed, on_saved, self);
}

static void
tc_carry_box_dispose (GObject *object)
{
  stop_turning (TC_CARRY_BOX (object));
  G_OBJECT_CLASS (tc_carry_box_parent_class)->dispose (object);
}

static void
tc_carry_box_finalize (GObject *object)
{
  TcCarryBox *self = TC_CARRY_BOX (object);

  g_clear_pointer (&self->sealed, g_bytes_unref);
  g_strfreev (self->frames);
  g_free (self->name);
  G_OBJECT_CLASS (tc_carry_box_parent_class)->finalize (object);
}

static void
tc_carry_box_class_init (TcCarryBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_QR_CODE);
  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_carry_box_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_carry_box_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/carry-box.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, code);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, codes);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, turns);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, too_large);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, pause);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, position);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, text);
  gtk_widget_class_bind_template_child (widget_class, TcCarryBox, notice);
  gtk_widget_class_bind_template_callback (widget_class, update_turning);
  gtk_widget_class_bind_template_callback (widget_class, stop_turning);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

static void
tc_carry_box_init (TcCarryBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->code), GTK_ACCESSIBLE_PROPERTY_LABEL, _("QR code of the payment"), -1);
}

void
tc_carry_box_set (TcCarryBox *self, GBytes *sealed, const char *name)
{
  g_autofree char *text = tc_envelope_to_text (sealed);

  g_clear_pointer (&self->sealed, g_bytes_unref);
  g_strfreev (self->frames);
  g_free (self->name);
  self->sealed = g_bytes_ref (sealed);
  self->name = g_strdup (name);
  self->frames = tc_envelope_to_frames (sealed);
  self->n_frames = g_strv_length (self->frames);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  gtk_widget_set_visible (self->codes, self->n_frames <= QR_FRAMES_MAX);
  gtk_widget_set_visible (self->too_large, self->n_frames > QR_FRAMES_MAX);
  gtk_widget_set_visible (self->turns, self->n_frames > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  show_frame (self, 0);
  update_turning (self);
}
