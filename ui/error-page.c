#define G_LOG_DOMAIN "tc-ui"
#include "error-page.h"

#include <glib/gi18n.h>

#include "helpers.h"

struct _TcErrorPage
{
  AdwBin       parent_instance;
  GtkLabel    *title, *message, *advice;
  GtkButton   *mend;
  GtkTextView *log;
  GtkWidget   *log_box;
};

G_DEFINE_FINAL_TYPE (TcErrorPage, tc_error_page, ADW_TYPE_BIN)

enum { MEND, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_mend (TcErrorPage *self)
{
  g_signal_emit (self, signals[MEND], 0);
}

static void
on_copy (TcErrorPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->log);
  GtkTextIter start, end;
  g_autofree char *text = NULL, *whole = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  whole = g_strdup_printf ("%s\n%s\n\n%s", gtk_label_get_text (self->title), gtk_label_get_text (self->message), text);
  tc_copy_text (GTK_WIDGET (self), whole, _("Copied"));
}

static void
tc_error_page_class_init (TcErrorPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[MEND] = g_signal_new ("mend", TC_TYPE_ERROR_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/error-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcErrorPage, title);
  gtk_widget_class_bind_template_child (widget_class, TcErrorPage, message);
  gtk_widget_class_bind_template_child (widget_class, TcErrorPage, advice);
  gtk_widget_class_bind_template_child (widget_class, TcErrorPage, mend);
  gtk_widget_class_bind_template_child (widget_class, TcErrorPage, log);
  gtk_widget_class_bind_template_child (widget_class, TcErrorPage, log_box);
  gtk_widget_class_bind_template_callback (widget_class, on_mend);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
tc_error_page_init (TcErrorPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
tc_error_page_set (TcErrorPage *self, const char *title, const char *message, const char *advice, const char *button, const char *log)
{
  g_return_if_fail (TC_IS_ERROR_PAGE (self));

  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->message, message);
  gtk_label_set_text (self->advice, advice);
  gtk_widget_set_visible (GTK_WIDGET (self->advice), advice[0] != '\0');
  gtk_button_set_label (self->mend, button);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->log), log == NULL ? "" : log, -1);
  gtk_widget_set_visible (self->log_box, log != NULL && log[0] != '\0');
}
