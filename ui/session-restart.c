#define G_LOG_DOMAIN "tc-ui"
#include "session-private.h"

/* Starting the node again: wallets are detached, the node stops, and what a first start does follows. Whoever quits meanwhile finds the session STOPPING, and
 * stops the node (which can be told twice): then this ends where it stands. */

static gboolean
goes_on (TcSession *self)
{
  return self->state == TC_SESSION_STARTING;
}

static void
start_again (TcSession *self)
{
  g_clear_pointer (&self->local, tc_local_free);
  g_clear_pointer (&self->node, tc_node_unref);
  tc_session_start (self);
}

static void
on_local_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;

  tc_local_stop_finish (self->local, result);
  if (goes_on (self))
    start_again (self);
}

static void
on_node_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcSession) self = user_data;

  tc_node_stop_finish (self->node, result);
  if (goes_on (self))
    start_again (self);
}

static void
stop_node (TcSession *self)
{
  if (self->local != NULL)
    tc_local_stop_async (self->local, on_local_stopped, g_object_ref (self));
  else
    tc_node_stop_async (self->node, on_node_stopped, g_object_ref (self));
}

typedef struct
{
  TcSession *session;
  guint      n_attached;
} Detaching;

static void
one_less (Detaching *detaching)
{
  if (--detaching->n_attached > 0)
    return;
  if (goes_on (detaching->session))
    stop_node (detaching->session);
  g_object_unref (detaching->session);
  g_free (detaching);
}

static void
on_detached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  tc_wallet_attach_finish (TC_WALLET (source), result, NULL);
  one_less (user_data);
}

void
tc_session_restart (TcSession *self)
{
  Detaching *detaching;

  g_return_if_fail (TC_IS_SESSION (self));

  if (self->state == TC_SESSION_FAILED)
    tc_session_start (self);
  if (self->state != TC_SESSION_RUNNING)
    return;
  g_message ("the node is started again");
  tc_session_leave_node (self);
  g_clear_pointer (&self->status, tc_node_status_unref);
  tc_session_set_state (self, TC_SESSION_STARTING);
  detaching = g_new0 (Detaching, 1);
  detaching->session = g_object_ref (self);
  detaching->n_attached = 1;
  for (guint i = 0; i < self->wallets->len; i++)
    {
      detaching->n_attached++;
      tc_wallet_attach (self->wallets->pdata[i], NULL, on_detached, detaching);
    }
  one_less (detaching);
}
