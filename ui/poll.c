#define G_LOG_DOMAIN "tc-ui"
#include "poll.h"

typedef struct
{
  GtkWidget *widget;  /* borrowed: it owns this */
  guint      interval_ms, timer;
  void     (*func) (GtkWidget *widget);
} Poll;

static void
stop (Poll *poll)
{
  g_clear_handle_id (&poll->timer, g_source_remove);
}

static void
poll_free (gpointer data)
{
  stop (data);
  g_free (data);
}

static gboolean
on_timer (gpointer data)
{
  Poll *poll = data;

  poll->func (poll->widget);
  return G_SOURCE_CONTINUE;
}

static void
start (Poll *poll)
{
  stop (poll);
  poll->timer = g_timeout_add (poll->interval_ms, on_timer, poll);
  poll->func (poll->widget);
}

void
tc_poll_while_mapped (GtkWidget *widget, guint interval_ms, void (*func) (GtkWidget *widget))
{
  Poll *poll = g_new0 (Poll, 1);

  *poll = (Poll) { .widget = widget, .interval_ms = interval_ms, .func = func };
  g_object_set_data_full (G_OBJECT (widget), "tc-poll", poll, poll_free);
  g_signal_connect_swapped (widget, "map", G_CALLBACK (start), poll);
  g_signal_connect_swapped (widget, "unmap", G_CALLBACK (stop), poll);
}
