#define G_LOG_DOMAIN "tc-ui"
#include "lock-watch.h"

typedef struct
{
  GBusType    bus;
  const char *sender, *interface, *signal;
} Source;

static const Source sources[] = {
  { G_BUS_TYPE_SYSTEM, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep" },
  { G_BUS_TYPE_SESSION, "org.gnome.ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged" },
  { G_BUS_TYPE_SESSION, "org.freedesktop.ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged" },
};

struct _TcLockWatch
{
  gatomicrefcount  ref_count;
  void           (*away) (gpointer user_data);  /* NULL: freed */
  gpointer         user_data;
  GDBusConnection *buses[G_N_ELEMENTS (sources)];  /* (nullable) each */
  guint            subscriptions[G_N_ELEMENTS (sources)];
};

static void
unref (gpointer data)
{
  if (g_atomic_ref_count_dec (&((TcLockWatch *) data)->ref_count))
    g_free (data);
}

static TcLockWatch *
ref (TcLockWatch *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/* All three say (b): it begins, or it is over. */
static void
on_signal (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  TcLockWatch *self = user_data;
  gboolean begins;

  if (self->away == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &begins);
  if (begins)
    self->away (self->user_data);
}

static void
subscribe (TcLockWatch *self, GBusType type, GDBusConnection *bus)
{
  for (guint i = 0; i < G_N_ELEMENTS (sources) && self->away != NULL; i++)
    if (sources[i].bus == type)
      {
        self->buses[i] = g_object_ref (bus);
        self->subscriptions[i] = g_dbus_connection_signal_subscribe (bus, sources[i].sender, sources[i].interface, sources[i].signal, NULL, NULL,
                                                                     G_DBUS_SIGNAL_FLAGS_NONE, on_signal, ref (self), unref);
      }
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL)
    subscribe (user_data, G_BUS_TYPE_SYSTEM, bus);
  unref (user_data);
}

static void
on_session_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, NULL);

  if (bus != NULL)
    subscribe (user_data, G_BUS_TYPE_SESSION, bus);
  unref (user_data);
}

TcLockWatch *
tc_lock_watch_new (void (*away) (gpointer user_data), gpointer user_data)
{
  TcLockWatch *self = g_new0 (TcLockWatch, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->away = away;
  self->user_data = user_data;
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_system_bus, ref (self));
  g_bus_get (G_BUS_TYPE_SESSION, NULL, on_session_bus, ref (self));
  return self;
}

void
tc_lock_watch_free (TcLockWatch *self)
{
  if (self == NULL)
    return;
  self->away = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (self->buses[i] != NULL)
      {
        g_dbus_connection_signal_unsubscribe (self->buses[i], self->subscriptions[i]);
        g_clear_object (&self->buses[i]);
      }
  unref (self);
}
