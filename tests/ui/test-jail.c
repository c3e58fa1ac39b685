#include "ui/jail-watch.h"

/* A node and a wallet that are made up: the linker leads the calls of ui/jail-watch.c here (--wrap). */

static struct
{
  gboolean        running;
  GArray         *masternodes;   /* TcNodeMasternode; an owner's first byte is 1 where it is the wallet's */
  TcNodeEventFunc func;          /* (nullable): of the subscription */
  gpointer        user_data;
  guint           n_lists, n_finds, n_changed;
} fake;

static int some_node;

TcSessionState __wrap_tc_session_get_state (TcSession *self);
TcNode        *__wrap_tc_session_get_node (TcSession *self);
TcNode        *__wrap_tc_node_ref (TcNode *self);
void           __wrap_tc_node_unref (TcNode *self);
guint          __wrap_tc_node_subscribe (TcNode *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data, GDestroyNotify destroy);
void           __wrap_tc_node_unsubscribe (TcNode *self, guint id);
void           __wrap_tc_node_list_masternodes_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GArray        *__wrap_tc_node_list_masternodes_finish (TcNode *self, GAsyncResult *result, GError **error);
void           __wrap_tc_wallet_find_key (TcWallet *self, const TcKeyHash *key_hash, GAsyncReadyCallback callback, gpointer user_data);
gboolean       __wrap_tc_wallet_find_key_finish (TcWallet *self, GAsyncResult *result, gboolean *ret_mine, gboolean *ret_change, guint32 *ret_account, GError **error);

TcSessionState
__wrap_tc_session_get_state (TcSession *self)
{
  return fake.running ? TC_SESSION_RUNNING : TC_SESSION_STARTING;
}

TcNode *
__wrap_tc_session_get_node (TcSession *self)
{
  return fake.running ? (TcNode *) &some_node : NULL;
}

TcNode *
__wrap_tc_node_ref (TcNode *self)
{
  return self;
}

void
__wrap_tc_node_unref (TcNode *self)
{
}

guint
__wrap_tc_node_subscribe (TcNode *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data, GDestroyNotify destroy)
{
  g_assert_cmpuint (kinds, ==, 1 << TC_NODE_EVENT_JAILED);
  fake.func = callback;
  fake.user_data = user_data;
  return 1;
}

void
__wrap_tc_node_unsubscribe (TcNode *self, guint id)
{
  fake.func = NULL;
}

void
__wrap_tc_node_list_masternodes_async (TcNode *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  fake.n_lists++;
  g_task_return_pointer (task, g_array_ref (fake.masternodes), (GDestroyNotify) g_array_unref);
}

GArray *
__wrap_tc_node_list_masternodes_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
__wrap_tc_wallet_find_key (TcWallet *self, const TcKeyHash *key_hash, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);

  fake.n_finds++;
  g_task_return_boolean (task, key_hash->bytes[0] == 1);
}

gboolean
__wrap_tc_wallet_find_key_finish (TcWallet *self, GAsyncResult *result, gboolean *ret_mine, gboolean *ret_change, guint32 *ret_account, GError **error)
{
  *ret_mine = g_task_propagate_boolean (G_TASK (result), error);
  return TRUE;
}

/* --- */

static void
add (guint32 index, gboolean jailed, TcNodeMasternodeState state, gboolean mine)
{
  const TcNodeMasternode item = { .index = index, .jailed = jailed, .state = state, .owner = { .bytes = { mine ? 1 : 2 } } };

  g_array_append_val (fake.masternodes, item);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
on_changed (void)
{
  fake.n_changed++;
}

typedef struct
{
  TcSession   *session;
  GObject     *wallet;
  TcJailWatch *watch;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  fake.masternodes = g_array_new (FALSE, FALSE, sizeof (TcNodeMasternode));
  fake.running = TRUE;
  fake.n_lists = fake.n_finds = fake.n_changed = 0;
  f->session = g_object_new (TC_TYPE_SESSION, NULL);
  f->wallet = g_object_new (G_TYPE_OBJECT, NULL);
}

static void
start (Fixture *f)
{
  f->watch = tc_jail_watch_new (f->session, (TcWallet *) f->wallet);
  g_signal_connect (f->watch, "changed", G_CALLBACK (on_changed), NULL);
  settle ();
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_object_unref (f->watch);
  g_assert_null (fake.func);
  g_object_unref (f->wallet);
  g_object_unref (f->session);
  g_array_unref (fake.masternodes);
}

static void
test_at_start (Fixture *f, gconstpointer unused)
{
  guint32 masternode;

  g_test_summary ("One's own that is jailed is known at the start; others', well ones and retired ones are not, and only owners of jailed ones are looked for");
  add (0, FALSE, TC_NODE_MASTERNODE_REGISTERED, TRUE);
  add (1, TRUE, TC_NODE_MASTERNODE_REGISTERED, FALSE);
  add (2, TRUE, TC_NODE_MASTERNODE_RETIRED, TRUE);
  add (3, TRUE, TC_NODE_MASTERNODE_REGISTERED, TRUE);
  start (f);
  g_assert_cmpuint (tc_jail_watch_get (f->watch, &masternode), ==, 1);
  g_assert_cmpuint (masternode, ==, 3);
  g_assert_cmpuint (fake.n_finds, ==, 2);
  g_assert_cmpuint (fake.n_changed, ==, 1);
}

static void
test_later (Fixture *f, gconstpointer unused)
{
  const TcNodeEvent event = { .kind = TC_NODE_EVENT_JAILED, .masternode = 0 };

  g_test_summary ("When the chain jails one it is found; once it is retired it is so no more; what stays as it was is not told again");
  add (0, FALSE, TC_NODE_MASTERNODE_REGISTERED, TRUE);
  start (f);
  g_assert_cmpuint (tc_jail_watch_get (f->watch, NULL), ==, 0);
  g_assert_cmpuint (fake.n_changed, ==, 0);
  g_array_index (fake.masternodes, TcNodeMasternode, 0).jailed = TRUE;
  fake.func (&event, fake.user_data);
  fake.func (&event, fake.user_data);
  settle ();
  g_assert_cmpuint (tc_jail_watch_get (f->watch, NULL), ==, 1);
  g_assert_cmpuint (fake.n_changed, ==, 1);
  g_assert_cmpuint (fake.n_lists, ==, 3);
  g_array_index (fake.masternodes, TcNodeMasternode, 0).state = TC_NODE_MASTERNODE_RETIRED;
  tc_jail_watch_check (f->watch);
  settle ();
  g_assert_cmpuint (tc_jail_watch_get (f->watch, NULL), ==, 0);
  g_assert_cmpuint (fake.n_changed, ==, 2);
}

static void
test_waits (Fixture *f, gconstpointer unused)
{
  g_test_summary ("Before the node runs nobody is asked; when it does, it is looked");
  add (0, TRUE, TC_NODE_MASTERNODE_REGISTERED, TRUE);
  fake.running = FALSE;
  start (f);
  g_assert_cmpuint (fake.n_lists, ==, 0);
  fake.running = TRUE;
  g_signal_emit_by_name (f->session, "changed");
  settle ();
  g_assert_cmpuint (tc_jail_watch_get (f->watch, NULL), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/jail/at-start", Fixture, NULL, set_up, test_at_start, tear_down);
  g_test_add ("/ui/jail/later", Fixture, NULL, set_up, test_later, tear_down);
  g_test_add ("/ui/jail/waits", Fixture, NULL, set_up, test_waits, tear_down);
  return g_test_run ();
}
