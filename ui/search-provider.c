#define G_LOG_DOMAIN "tc-ui"
#include "search-provider.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "helpers.h"
#include "text.h"

#define TERMS_MAX     16u
#define SEARCH_MAX    128u   /* bytes of all terms */
#define ROWS_MAX      5u     /* of one wallet */
#define KNOWN_MAX     200u   /* results that can still be asked about */

static const char interface_xml[] =
    "<node><interface name='org.gnome.Shell.SearchProvider2'>"
    "<method name='GetInitialResultSet'><arg type='as' direction='in'/><arg type='as' direction='out'/></method>"
    "<method name='GetSubsearchResultSet'><arg type='as' direction='in'/><arg type='as' direction='in'/><arg type='as' direction='out'/></method>"
    "<method name='GetResultMetas'><arg type='as' direction='in'/><arg type='aa{sv}' direction='out'/></method>"
    "<method name='ActivateResult'><arg type='s' direction='in'/><arg type='as' direction='in'/><arg type='u' direction='in'/></method>"
    "<method name='LaunchSearch'><arg type='as' direction='in'/><arg type='u' direction='in'/></method>"
    "</interface></node>";

/* What was found, by its id "WALLET/TXID": enough to say what it is without asking the wallet again. */
typedef struct
{
  TcWallet   *wallet;   /* (owned) */
  TcWalletTx *tx;
} Found;

struct _TcSearchProvider
{
  GObject        parent_instance;
  GApplication  *application;   /* borrowed: it owns this */
  TcSession     *session;       /* (nullable) */
  GSettings     *settings;      /* (nullable) */
  GHashTable    *known;         /* id -> Found */
  GDBusNodeInfo *info;
  guint          registration;
};

G_DEFINE_FINAL_TYPE (TcSearchProvider, tc_search_provider, G_TYPE_OBJECT)

static void
free_found (gpointer data)
{
  Found *found = data;

  g_object_unref (found->wallet);
  tc_wallet_tx_unref (found->tx);
  g_free (found);
}

/* Open and not locked: a closed wallet is gone from the session. */
static gboolean
may_be_shown (TcSearchProvider *self, TcWallet *wallet)
{
  g_autoptr(GPtrArray) open = self->session == NULL ? NULL : tc_session_list_wallets (self->session);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  return open != NULL && g_ptr_array_find (open, wallet, NULL) && !snapshot->locked;
}

/* --- Searching --- */

typedef struct
{
  TcSearchProvider      *provider;
  GDBusMethodInvocation *invocation;
  GPtrArray             *ids;
  guint                  n_waiting;
} Search;

static void
one_less (Search *search)
{
  if (--search->n_waiting > 0)
    return;
  g_ptr_array_add (search->ids, NULL);
  g_dbus_method_invocation_return_value (search->invocation, g_variant_new ("(^as)", (char **) search->ids->pdata));
  g_ptr_array_unref (search->ids);
  g_object_unref (search->provider);
  g_free (search);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  TcSearchProvider *self = search->provider;
  g_autoptr(GPtrArray) rows = tc_wallet_list_history_finish (TC_WALLET (source), result, NULL, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (TC_WALLET (source));

  for (guint i = 0; rows != NULL && i < rows->len && may_be_shown (self, TC_WALLET (source)); i++)
    {
      Found *found = g_new0 (Found, 1);
      g_autofree char *txid = NULL;
      char *id;

      found->wallet = g_object_ref (TC_WALLET (source));
      found->tx = tc_wallet_tx_ref (rows->pdata[i]);
      txid = tc_txid_text (&found->tx->txid);
      id = g_strdup_printf ("%s/%s", snapshot->name, txid);
      g_ptr_array_add (search->ids, id);
      g_hash_table_insert (self->known, g_strdup (id), found);
    }
  one_less (search);
}

static void
search (TcSearchProvider *self, char **terms, GDBusMethodInvocation *invocation)
{
  g_autofree char *text = g_strv_length (terms) > TERMS_MAX ? NULL : g_strjoinv (" ", terms);
  g_autoptr(GPtrArray) wallets = self->session == NULL ? NULL : tc_session_list_wallets (self->session);
  Search *search = g_new0 (Search, 1);

  search->provider = g_object_ref (self);
  search->invocation = invocation;
  search->ids = g_ptr_array_new_with_free_func (g_free);
  search->n_waiting = 1;
  if (g_hash_table_size (self->known) > KNOWN_MAX)
    g_hash_table_remove_all (self->known);
  for (guint i = 0; text != NULL && wallets != NULL && i < wallets->len; i++)
    if (strlen (text) >= 3 && strlen (text) <= SEARCH_MAX && may_be_shown (self, wallets->pdata[i]))
      {
        search->n_waiting++;
        tc_wallet_list_history (wallets->pdata[i], TC_ACCOUNT_ALL, &(TcHistoryQuery) { .search = text }, 0, ROWS_MAX, NULL, on_listed, search);
      }
  one_less (search);
}

/* --- What a result is --- */

static void
add_meta (TcSearchProvider *self, GVariantBuilder *metas, const char *id)
{
  const Found *found = g_hash_table_lookup (self->known, id);
  const gboolean hidden = self->settings != NULL && g_settings_get_boolean (self->settings, "hide-amounts");
  g_autofree char *amount = NULL, *when = NULL, *about = NULL, *name = NULL;
  g_autoptr(GIcon) icon = NULL;
  g_autoptr(GVariant) packed = NULL;

  if (found == NULL || !may_be_shown (self, found->wallet))
    return;
  amount = tc_tx_amount_text (found->tx, hidden);
  when = tc_text_when (found->tx->block_time_ms > 0 ? found->tx->block_time_ms : found->tx->seen_ms, g_get_real_time () / 1000);
  name = g_strdup_printf ("%s %s", tc_tx_title (found->tx), amount);
  about = g_strdup_printf ("%s · %s", when, found->tx->memo != NULL ? found->tx->memo : found->tx->address != NULL ? found->tx->address : "");
  icon = g_themed_icon_new (tc_tx_icon (found->tx));
  packed = g_icon_serialize (icon);
  g_variant_builder_open (metas, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (id));
  g_variant_builder_add (metas, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (metas, "{sv}", "description", g_variant_new_string (about));
  g_variant_builder_add (metas, "{sv}", "icon", packed);
  g_variant_builder_close (metas);
}

static void
get_metas (TcSearchProvider *self, char **ids, GDBusMethodInvocation *invocation)
{
  GVariantBuilder metas;

  g_variant_builder_init (&metas, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i] != NULL && i < KNOWN_MAX; i++)
    add_meta (self, &metas, ids[i]);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &metas));
}

static void
activate (TcSearchProvider *self, const char *id)
{
  const Found *found = g_hash_table_lookup (self->known, id);
  g_autoptr(TcWalletSnapshot) snapshot = NULL;
  g_autofree char *txid = NULL;

  if (found == NULL)
    {
      g_application_activate (self->application);
      return;
    }
  snapshot = tc_wallet_get_snapshot (found->wallet);
  txid = tc_txid_text (&found->tx->txid);
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "show-on", g_variant_new ("(sss)", snapshot->name, "history", txid));
}

/* --- D-Bus --- */

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters,
         GDBusMethodInvocation *invocation, gpointer user_data)
{
  TcSearchProvider *self = user_data;
  g_auto(GStrv) strings = NULL;
  const char *id;

  if (strcmp (method, "GetInitialResultSet") == 0 || strcmp (method, "GetResultMetas") == 0)
    g_variant_get (parameters, "(^as)", &strings);
  else if (strcmp (method, "GetSubsearchResultSet") == 0)
    g_variant_get_child (parameters, 1, "^as", &strings);
  if (strcmp (method, "GetResultMetas") == 0)
    get_metas (self, strings, invocation);
  else if (strings != NULL)
    search (self, strings, invocation);
  else
    {
      if (strcmp (method, "ActivateResult") == 0)
        {
          g_variant_get_child (parameters, 0, "&s", &id);
          activate (self, id);
        }
      else
        g_application_activate (self->application);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

gboolean
tc_search_provider_export (TcSearchProvider *self, GDBusConnection *bus, GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };

  self->registration = g_dbus_connection_register_object (bus, TC_SEARCH_PROVIDER_PATH, self->info->interfaces[0], &vtable, self, NULL, error);
  return self->registration != 0;
}

void
tc_search_provider_unexport (TcSearchProvider *self, GDBusConnection *bus)
{
  if (self->registration != 0)
    g_dbus_connection_unregister_object (bus, self->registration);
  self->registration = 0;
}

void
tc_search_provider_set_session (TcSearchProvider *self, TcSession *session, GSettings *settings)
{
  g_set_object (&self->session, session);
  g_set_object (&self->settings, settings);
}

static void
tc_search_provider_dispose (GObject *object)
{
  TcSearchProvider *self = TC_SEARCH_PROVIDER (object);

  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->info, g_dbus_node_info_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tc_search_provider_parent_class)->dispose (object);
}

static void
tc_search_provider_class_init (TcSearchProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_search_provider_dispose;
}

static void
tc_search_provider_init (TcSearchProvider *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_found);
  self->info = g_dbus_node_info_new_for_xml (interface_xml, NULL);
}

TcSearchProvider *
tc_search_provider_new (GApplication *application)
{
  TcSearchProvider *self = g_object_new (TC_TYPE_SEARCH_PROVIDER, NULL);

  self->application = application;
  return self;
}
