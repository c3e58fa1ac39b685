#define G_LOG_DOMAIN "tc-ui"
#include "jail-watch.h"

struct _TcJailWatch
{
  GObject    parent_instance;
  TcSession *session;
  TcWallet  *wallet;
  TcNode    *node;          /* (nullable): that is listened to */
  guint      subscription;
  gboolean   checking, check_again;
  GArray    *jailed;        /* (nullable) TcNodeMasternode: of anybody, whose owners are asked for one after another */
  guint      position;
  guint      n_found, n_own;
  guint32    found, own;    /* indices: of the look under way, and of the last one */
};

G_DEFINE_FINAL_TYPE (TcJailWatch, tc_jail_watch, G_TYPE_OBJECT)

static guint changed_signal;

static void ask_next (TcJailWatch *self);

static void
end_check (TcJailWatch *self)
{
  const gboolean differs = self->n_own != self->n_found || self->own != self->found;

  g_clear_pointer (&self->jailed, g_array_unref);
  self->checking = FALSE;
  self->n_own = self->n_found;
  self->own = self->found;
  if (differs)
    g_signal_emit (self, changed_signal, 0);
  if (self->check_again)
    tc_jail_watch_check (self);
}

static void
on_owner_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcJailWatch) self = user_data;
  gboolean mine = FALSE;

  if (tc_wallet_find_key_finish (TC_WALLET (source), result, &mine, NULL, NULL, NULL) && mine)
    {
      if (self->n_found++ == 0)
        self->found = g_array_index (self->jailed, TcNodeMasternode, self->position).index;
    }
  self->position++;
  ask_next (self);
}

static void
ask_next (TcJailWatch *self)
{
  if (self->position < self->jailed->len)
    tc_wallet_find_key (self->wallet, &g_array_index (self->jailed, TcNodeMasternode, self->position).owner, on_owner_found, g_object_ref (self));
  else
    end_check (self);
}

static gboolean
is_jailed (const TcNodeMasternode *item)
{
  return item->jailed && item->state == TC_NODE_MASTERNODE_REGISTERED;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcJailWatch) self = user_data;
  g_autoptr(GArray) all = tc_node_list_masternodes_finish (NULL, result, NULL);

  self->jailed = g_array_new (FALSE, FALSE, sizeof (TcNodeMasternode));
  for (guint i = 0; all != NULL && i < all->len; i++)
    if (is_jailed (&g_array_index (all, TcNodeMasternode, i)))
      g_array_append_vals (self->jailed, &g_array_index (all, TcNodeMasternode, i), 1);
  self->position = self->n_found = 0;
  self->found = 0;
  ask_next (self);
}

void
tc_jail_watch_check (TcJailWatch *self)
{
  TcNode *node;

  g_return_if_fail (TC_IS_JAIL_WATCH (self));

  node = tc_session_get_state (self->session) == TC_SESSION_RUNNING ? tc_session_get_node (self->session) : NULL;
  self->check_again = self->checking;
  if (self->checking || node == NULL)
    return;
  self->checking = TRUE;
  tc_node_list_masternodes_async (node, NULL, on_listed, g_object_ref (self));
}

guint
tc_jail_watch_get (TcJailWatch *self, guint32 *ret_masternode)
{
  g_return_val_if_fail (TC_IS_JAIL_WATCH (self), 0);

  if (ret_masternode != NULL)
    *ret_masternode = self->own;
  return self->n_own;
}

/* --- Life --- */

static void
on_jailed (const TcNodeEvent *event, gpointer user_data)
{
  tc_jail_watch_check (user_data);
}

static void
leave_node (TcJailWatch *self)
{
  if (self->node != NULL)
    tc_node_unsubscribe (self->node, self->subscription);
  g_clear_pointer (&self->node, tc_node_unref);
}

static void
on_session_changed (TcJailWatch *self)
{
  TcNode *node = tc_session_get_state (self->session) == TC_SESSION_RUNNING ? tc_session_get_node (self->session) : NULL;

  if (node == self->node)
    return;
  leave_node (self);
  if (node == NULL)
    return;
  self->node = tc_node_ref (node);
  self->subscription = tc_node_subscribe (node, 1 << TC_NODE_EVENT_JAILED, NULL, on_jailed, self, NULL);
  tc_jail_watch_check (self);
}

static void
tc_jail_watch_dispose (GObject *object)
{
  TcJailWatch *self = TC_JAIL_WATCH (object);

  leave_node (self);
  g_clear_object (&self->session);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_jail_watch_parent_class)->dispose (object);
}

static void
tc_jail_watch_class_init (TcJailWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_jail_watch_dispose;
  changed_signal = g_signal_new ("changed", TC_TYPE_JAIL_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_jail_watch_init (TcJailWatch *self)
{
}

TcJailWatch *
tc_jail_watch_new (TcSession *session, TcWallet *wallet)
{
  TcJailWatch *self = g_object_new (TC_TYPE_JAIL_WATCH, NULL);

  self->session = g_object_ref (session);
  self->wallet = g_object_ref (wallet);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, G_CONNECT_SWAPPED);
  on_session_changed (self);
  return self;
}
