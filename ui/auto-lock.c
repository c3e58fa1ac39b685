#define G_LOG_DOMAIN "tc-ui"
#include "auto-lock.h"

#include "compat.h"
#include "lock-watch.h"

#define CHECK_S         15
#define MINUTES_DEFAULT 10

struct _TcAutoLock
{
  GtkWindow   *window;
  GSettings   *settings;   /* (nullable) */
  void       (*away) (gpointer user_data);
  gpointer     user_data;
  gint64       input_us;   /* of the last key or pointer event */
  guint        timer;
  TcLockWatch *watch;
};

/* --- Dialogs --- */

/* Of @window, or of one of its dialogs. */
static gboolean
is_dialog (GtkWindow *window, GtkWindow *dialog)
{
  for (GtkWindow *at = gtk_window_get_transient_for (dialog); at != NULL; at = gtk_window_get_transient_for (at))
    if (at == window)
      return TRUE;
  return FALSE;
}

static GtkWindow *
find_dialog (GtkWindow *window)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (is_dialog (window, l->data))
      return l->data;
  return NULL;
}

/* One after another: with one that goes others may, whose list would be stale. */
void
tc_close_dialogs (GtkWindow *window)
{
  GtkWindow *dialog;

  tc_compat_close_choosers (window);
  while ((dialog = find_dialog (window)) != NULL)
    {
      tc_compat_close_choosers (dialog);
      gtk_window_destroy (dialog);
    }
}

/* --- Input --- */

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, gpointer user_data)
{
  gint64 *input_us = g_object_get_data (user_data, "input-us");

  if (input_us != NULL)
    *input_us = g_get_monotonic_time ();
  return GDK_EVENT_PROPAGATE;
}

static void
watch_input (TcAutoLock *self, GtkWidget *window)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (on_event), self->window, 0);
  gtk_widget_add_controller (window, events);
}

/* Who writes in a dialog is here. */
static void
watch_dialogs (TcAutoLock *self)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (is_dialog (self->window, l->data) && g_object_get_data (l->data, "input-watched") == NULL)
      {
        g_object_set_data (l->data, "input-watched", self->window);
        tc_auto_lock_touch (self);
        watch_input (self, l->data);
      }
}

static gboolean
on_check (gpointer user_data)
{
  TcAutoLock *self = user_data;
  const guint minutes = self->settings == NULL ? MINUTES_DEFAULT : g_settings_get_uint (self->settings, "lock-after-minutes");

  watch_dialogs (self);
  if (minutes > 0 && g_get_monotonic_time () - self->input_us > minutes * 60 * G_TIME_SPAN_SECOND)
    self->away (self->user_data);
  return G_SOURCE_CONTINUE;
}

void
tc_auto_lock_touch (TcAutoLock *self)
{
  self->input_us = g_get_monotonic_time ();
}

void
tc_auto_lock_set_settings (TcAutoLock *self, GSettings *settings)
{
  g_set_object (&self->settings, settings);
}

TcAutoLock *
tc_auto_lock_new (GtkWindow *window, void (*away) (gpointer user_data), gpointer user_data)
{
  TcAutoLock *self = g_new0 (TcAutoLock, 1);

  self->window = window;
  self->away = away;
  self->user_data = user_data;
  g_object_set_data (G_OBJECT (window), "input-us", &self->input_us);
  tc_auto_lock_touch (self);
  watch_input (self, GTK_WIDGET (window));
  self->timer = g_timeout_add_seconds (CHECK_S, on_check, self);
  self->watch = tc_lock_watch_new (away, user_data);
  return self;
}

void
tc_auto_lock_free (TcAutoLock *self)
{
  if (self == NULL)
    return;
  g_object_set_data (G_OBJECT (self->window), "input-us", NULL);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->watch, tc_lock_watch_free);
  g_clear_object (&self->settings);
  g_free (self);
}
