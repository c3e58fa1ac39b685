#define G_LOG_DOMAIN "tc-ui"
#include "closing-page.h"

#include <glib/gi18n.h>

#define N_STEPS TC_SESSION_STEP_DONE

struct _TcClosingPage
{
  AdwBin      parent_instance;
  GtkListBox *steps;
  GtkImage   *signs[N_STEPS];
  GtkSpinner *spinners[N_STEPS];
};

G_DEFINE_FINAL_TYPE (TcClosingPage, tc_closing_page, ADW_TYPE_BIN)

static void
tc_closing_page_class_init (TcClosingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/closing-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcClosingPage, steps);
}

static void
tc_closing_page_init (TcClosingPage *self)
{
  const char *const titles[] = { _("Wiping the keys from memory, closing wallets"), _("Stopping the node, writing the last of the chain to disk") };

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_STEPS; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      self->signs[i] = GTK_IMAGE (gtk_image_new_from_icon_name ("object-select-symbolic"));
      self->spinners[i] = GTK_SPINNER (gtk_spinner_new ());
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), titles[i]);
      adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->spinners[i]));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->signs[i]));
      gtk_list_box_append (self->steps, row);
    }
  tc_closing_page_set_step (self, TC_SESSION_STEP_WALLETS);
}

void
tc_closing_page_set_step (TcClosingPage *self, TcSessionStep step)
{
  g_return_if_fail (TC_IS_CLOSING_PAGE (self));

  for (guint i = 0; i < N_STEPS; i++)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->signs[i]), i < step);
      gtk_widget_set_visible (GTK_WIDGET (self->spinners[i]), i == step);
      gtk_spinner_set_spinning (self->spinners[i], i == step);
    }
}
