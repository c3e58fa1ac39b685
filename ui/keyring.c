#define G_LOG_DOMAIN "tc-ui"
#include "keyring.h"

#include <libsecret/secret.h>
#include <glib/gi18n-lib.h>

static const SecretSchema schema = {
  .name = "org.timecoin.TimeCoin.Wallet",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "wallet", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

static void
on_service (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretService) service = secret_service_get_finish (result, &error);

  g_task_return_boolean (task, service != NULL);
}

void
tc_keyring_check_async (GAsyncReadyCallback callback, gpointer user_data)
{
  secret_service_get (SECRET_SERVICE_NONE, NULL, on_service, g_task_new (NULL, NULL, callback, user_data));
}

gboolean
tc_keyring_check_finish (GAsyncResult *result)
{
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
unref_secret (gpointer secret)
{
  tc_secret_string_unref (secret);
}

/* libsecret's copy is wiped as it is freed. */
static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  char *password = secret_password_lookup_nonpageable_finish (result, &error);
  TcSecretString *secret = password == NULL ? NULL : tc_secret_string_new (password);

  secret_password_free (password);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, secret, secret == NULL ? NULL : unref_secret);
}

void
tc_keyring_lookup_async (const char *wallet_path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  secret_password_lookup (&schema, cancellable, on_looked_up, g_task_new (NULL, cancellable, callback, user_data), "wallet", wallet_path, NULL);
}

TcSecretString *
tc_keyring_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The value borrows the secret's own memory, which the task keeps: nothing is copied into memory that is not wiped. It goes out encrypted. */
void
tc_keyring_store_async (const char *wallet_path, const TcSecretString *password, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *name = g_path_get_basename (wallet_path);
  /* Translators: the entry of the keyring; %s is the wallet's file. */
  g_autofree char *label = g_strdup_printf (_("Password of the TimeCoin wallet “%s”"), name);
  TcSecretString *kept = tc_secret_string_ref ((TcSecretString *) password);
  SecretValue *value = secret_value_new_full ((char *) tc_secret_string_get (kept), (gssize) tc_secret_string_length (kept), "text/plain", NULL);
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, kept, unref_secret);
  secret_password_store_binary (&schema, SECRET_COLLECTION_DEFAULT, label, value, NULL, on_stored, task, "wallet", wallet_path, NULL);
  secret_value_unref (value);
}

gboolean
tc_keyring_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
tc_keyring_forget_async (const char *wallet_path, GAsyncReadyCallback callback, gpointer user_data)
{
  secret_password_clear (&schema, NULL, on_forgotten, g_task_new (NULL, NULL, callback, user_data), "wallet", wallet_path, NULL);
}

gboolean
tc_keyring_forget_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
