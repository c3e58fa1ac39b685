#include <glib/gstdio.h>

#include "drive.h"
#include "status-samples.h"
#include "ui/resources.h"
#include "ui/trust-window.h"

#define FIELD "Block as height:hash"

/* The linker leads the window's calls here (--wrap): a node that is asked, and answers as told. */
static TcNodeStatus *status;
static TcCheckpoint given;        /* height 0: nothing was */
static const char *refusal;       /* (nullable) */

TcNodeStatus *__wrap_tc_session_get_status (TcSession *self);
TcNode       *__wrap_tc_session_get_node (TcSession *self);
void          __wrap_tc_node_trust_block_async (TcNode *self, const TcCheckpoint *block, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean      __wrap_tc_node_trust_block_finish (TcNode *self, GAsyncResult *result, GError **error);

TcNodeStatus *
__wrap_tc_session_get_status (TcSession *self)
{
  return status;
}

TcNode *
__wrap_tc_session_get_node (TcSession *self)
{
  return (TcNode *) &status;  /* never looked into */
}

void
__wrap_tc_node_trust_block_async (TcNode *self, const TcCheckpoint *block, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  given = *block;
  if (refusal == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TC_NODE_ERROR, TC_NODE_ERROR_REFUSED, "%s", refusal);
}

gboolean
__wrap_tc_node_trust_block_finish (TcNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Shown, with what a node says that must be told of a block. */
typedef struct
{
  TcSession *session;
  GtkWidget *window;  /* NULL once it is gone */
  char      *dir;
} Asked;

static void
asked_init (Asked *self)
{
  self->dir = g_dir_make_tmp ("test-trust-XXXXXX", NULL);
  self->session = tc_session_new (self->dir, NULL, NULL);
  status = tc_status_sample (TC_SAMPLE_ASKING, g_get_real_time () / 1000);
  given = (TcCheckpoint) { 0 };
  refusal = NULL;
  self->window = GTK_WIDGET (tc_trust_window_new (NULL, self->session));
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_present (GTK_WINDOW (self->window));
  tc_drive_for (50);
}

static void
asked_clear (Asked *self)
{
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  tc_drive_for (50);
  g_assert_null (self->window);
  g_clear_object (&self->session);
  g_clear_pointer (&status, tc_node_status_unref);
  g_rmdir (self->dir);
  g_free (self->dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

static gboolean
can_trust (Asked *self)
{
  return gtk_widget_get_sensitive (tc_drive_find_button (self->window, "Trust This Block"));
}

static void
tell (Asked *self)
{
  g_signal_emit_by_name (self->session, "status");
  tc_drive_for (50);
}

static void
test_answer (void)
{
  g_test_summary ("What is written is given to the node, in the hash's own bytes; the window closes once it is taken.");
  g_auto(Asked) asked = { 0 };
  g_autofree char *hex = NULL;

  asked_init (&asked);
  g_assert_false (can_trust (&asked));
  tc_drive_write (asked.window, FIELD, "7:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  g_assert_true (can_trust (&asked));
  tc_drive_press (asked.window, "Trust This Block");
  tc_drive_for (50);
  hex = tc_hash_to_hex (&given.hash);
  g_assert_cmpuint (given.height, ==, 7);
  g_assert_cmpstr (hex, ==, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
  g_assert_null (asked.window);
}

static void
test_offer (void)
{
  g_test_summary ("What peers say is shown with its warning, filled in only when asked for, and compared with what is written.");
  g_auto(Asked) asked = { 0 };
  g_autofree char *other = NULL, *hex = NULL;

  asked_init (&asked);
  g_assert_true (tc_drive_shows (asked.window, "3f9a02d7 115eb860"));
  g_assert_true (tc_drive_shows (asked.window, "That proves nothing"));
  g_assert_false (can_trust (&asked));
  tc_drive_press (asked.window, "Fill In");
  g_assert_true (can_trust (&asked));
  g_assert_true (tc_drive_shows (asked.window, "The other nodes say the same."));
  hex = tc_hash_to_hex (&status->offered.hash);
  hex[0] = '4';
  other = g_strdup_printf ("%u:%s", status->offered.height, hex);
  tc_drive_write (asked.window, FIELD, other);
  g_assert_true (can_trust (&asked));
  g_assert_true (tc_drive_shows (asked.window, "The other nodes say another hash at this height."));
  g_assert_cmpuint (given.height, ==, 0);
}

static void
test_refused (void)
{
  g_test_summary ("What the node refuses is said at the field; the window stays, and another block can be tried.");
  g_auto(Asked) asked = { 0 };

  asked_init (&asked);
  refusal = "That contradicts a checkpoint of the network.";
  tc_drive_press (asked.window, "Fill In");
  tc_drive_press (asked.window, "Trust This Block");
  tc_drive_for (50);
  g_assert_nonnull (asked.window);
  g_assert_true (tc_drive_shows (asked.window, refusal));
  refusal = NULL;
  tc_drive_press (asked.window, "Trust This Block");
  tc_drive_for (50);
  g_assert_null (asked.window);
}

static void
test_follows (void)
{
  g_test_summary ("An offer that comes later appears; a question that is answered elsewhere closes the window; before there is an offer, that is said.");
  g_auto(Asked) asked = { 0 };
  const guint32 height = 95040;

  asked_init (&asked);
  status->offered.height = 0;
  tell (&asked);
  g_assert_true (tc_drive_shows (asked.window, "No node has said anything yet."));
  status->offered.height = height;
  tell (&asked);
  g_assert_false (tc_drive_shows (asked.window, "No node has said anything yet."));
  g_assert_nonnull (tc_drive_find_button (asked.window, "Fill In"));
  status->offered.hash.bytes[0] = 0xab;
  tell (&asked);
  g_assert_true (tc_drive_shows (asked.window, "ab9a02d7"));
  status->needs_trust = FALSE;
  tell (&asked);
  g_assert_null (asked.window);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  tc_crypto_init ();
  tc_ui_register_resources ();
  g_test_add_func ("/ui/trust/answer", test_answer);
  g_test_add_func ("/ui/trust/offer", test_offer);
  g_test_add_func ("/ui/trust/refused", test_refused);
  g_test_add_func ("/ui/trust/follows", test_follows);
  return g_test_run ();
}
