/* The desktop's signals, from a bus and services of the test's own. */
#include "ui/lock-watch.h"

static guint n_away;

static void
on_away (gpointer user_data)
{
  n_away++;
}

static void
on_name (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
say (GDBusConnection *bus, const char *path, const char *interface, const char *signal, GVariant *parameters)
{
  g_autoptr(GError) error = NULL;

  g_dbus_connection_emit_signal (bus, NULL, path, interface, signal, parameters, &error);
  g_assert_no_error (error);
}

/* A round trip over the bus: what was sent before has come. */
static void
settle (GDBusConnection *bus)
{
  g_autoptr(GVariant) reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", NULL, NULL,
                                                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_assert_nonnull (reply);
  for (guint i = 0; i < 20 || g_main_context_pending (NULL); i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_away (void)
{
  g_test_summary ("The session's lock and the computer's sleep are told as they begin, not as they end; what is malformed, or comes after freeing, is not.");
  g_autoptr(GTestDBus) daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr(GError) error = NULL;
  guint n_names = 0;
  TcLockWatch *watch;

  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);
  g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (daemon), G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (bus, "org.freedesktop.login1", 0, on_name, NULL, &n_names, NULL);
  g_bus_own_name_on_connection (bus, "org.gnome.ScreenSaver", 0, on_name, NULL, &n_names, NULL);
  while (n_names < 2)
    g_main_context_iteration (NULL, TRUE);

  watch = tc_lock_watch_new (on_away, NULL);
  /* Until its subscriptions stand: the first signal that comes through. */
  while (n_away == 0)
    {
      say (bus, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", g_variant_new ("(b)", TRUE));
      settle (bus);
    }
  settle (bus);
  n_away = 0;
  say (bus, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", g_variant_new ("(b)", FALSE));
  say (bus, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", g_variant_new ("(s)", "true"));
  settle (bus);
  g_assert_cmpuint (n_away, ==, 0);
  while (n_away == 0)
    {
      say (bus, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", g_variant_new ("(b)", TRUE));
      settle (bus);
    }
  tc_lock_watch_free (watch);
  settle (bus);
  n_away = 0;
  say (bus, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", g_variant_new ("(b)", TRUE));
  settle (bus);
  g_assert_cmpuint (n_away, ==, 0);
  g_clear_object (&bus);
  g_test_dbus_stop (daemon);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/lock-watch/away", test_away);
  return g_test_run ();
}
