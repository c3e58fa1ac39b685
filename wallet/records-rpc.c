#include "wallet-rpc-private.h"

#include "history-csv.h"
#include "wallet-records.h"

/* setlabel, listlabels, setnote, listcontacts, setcontact, removecontact, exporthistory. */

typedef struct
{
  TcWalletRpc *rpc;
  TcRpcCall   *call;
} Call;

static Call *
call_new (TcWalletRpc *rpc, TcRpcCall *call)
{
  Call *self = g_new0 (Call, 1);

  self->rpc = tc_wallet_rpc_ref (rpc);
  self->call = call;
  return self;
}

static void
call_free (Call *self)
{
  tc_wallet_rpc_unref (self->rpc);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
end (Call *self, gboolean ok, const GError *error)
{
  if (ok)
    tc_rpc_call_return (self->call, NULL);
  else
    tc_wallet_rpc_fail (self->call, error);
}

static void
add_string (json_object *object, const char *name, const char *value)
{
  json_object_object_add (object, name, value != NULL ? json_object_new_string (value) : NULL);
}

/* --- Labels and notes ------------------------------------------------------------------------------------------------------------- */

static void
on_label_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;

  end (self, tc_wallet_set_label_finish (TC_WALLET (source), result, &error), error);
}

void
tc_wallet_rpc_on_setlabel (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *address, *label;

  if (tc_wallet_rpc_require_wallet (rpc, call) && tc_rpc_call_get_string (call, 0, "", &address) && tc_rpc_call_get_string (call, 1, "", &label))
    tc_wallet_set_label (rpc->wallet, address, label, on_label_set, call_new (rpc, call));
}

static void
on_labels (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) labels = tc_wallet_list_labels_finish (TC_WALLET (source), result, &error);

  if (labels == NULL)
    {
      tc_wallet_rpc_fail (self->call, error);
      return;
    }
  json_object *array = json_object_new_array ();
  for (guint i = 0; i < labels->len; i++)
    {
      const TcAddressLabel *item = g_ptr_array_index (labels, i);
      json_object *object = json_object_new_object ();

      add_string (object, "label", item->label);
      add_string (object, "address", item->address);
      json_object_object_add (object, "ismine", json_object_new_boolean (item->mine));
      json_object_array_add (array, object);
    }
  tc_rpc_call_return (self->call, array);
}

void
tc_wallet_rpc_on_listlabels (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;

  if (tc_wallet_rpc_require_wallet (rpc, call))
    tc_wallet_list_labels (rpc->wallet, on_labels, call_new (rpc, call));
}

static void
on_note_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;

  end (self, tc_wallet_set_note_finish (TC_WALLET (source), result, &error), error);
}

void
tc_wallet_rpc_on_setnote (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *hex, *note;
  TcHash txid;

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_string (call, 0, "", &hex) || !tc_rpc_call_get_string (call, 1, "", &note))
    return;
  if (!tc_hash_from_hex (hex, &txid))
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "txid must be 64 hexadecimal digits.");
  else
    tc_wallet_set_note (rpc->wallet, &txid, note, on_note_set, call_new (rpc, call));
}

/* --- Contacts --------------------------------------------------------------------------------------------------------------------- */

static json_object *
contact_json (const TcContact *contact)
{
  json_object *object = json_object_new_object ();
  g_autofree char *key = contact->has_key ? tc_hex_encode (contact->key.bytes, TC_PUBLIC_KEY_SIZE) : NULL;

  add_string (object, "name", contact->name);
  add_string (object, "address", contact->address);
  add_string (object, "note", contact->note);
  add_string (object, "key", key);
  return object;
}

static void
on_contacts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) contacts = tc_wallet_list_contacts_finish (TC_WALLET (source), result, &error);

  if (contacts == NULL)
    {
      tc_wallet_rpc_fail (self->call, error);
      return;
    }
  json_object *array = json_object_new_array ();
  for (guint i = 0; i < contacts->len; i++)
    json_object_array_add (array, contact_json (g_ptr_array_index (contacts, i)));
  tc_rpc_call_return (self->call, array);
}

void
tc_wallet_rpc_on_listcontacts (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;

  if (tc_wallet_rpc_require_wallet (rpc, call))
    tc_wallet_list_contacts (rpc->wallet, on_contacts, call_new (rpc, call));
}

static void
on_contact_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;

  end (self, tc_wallet_set_contact_finish (TC_WALLET (source), result, &error), error);
}

void
tc_wallet_rpc_on_setcontact (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *name, *address, *note, *hex;
  TcContact contact = { 0 };

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_string (call, 0, "", &address) || !tc_rpc_call_get_string (call, 1, "", &name)
      || !tc_rpc_call_get_string (call, 2, NULL, &note) || !tc_rpc_call_get_string (call, 3, NULL, &hex))
    return;
  contact = (TcContact) { .name = (char *) name, .address = (char *) address, .note = (char *) note };
  contact.has_key = hex != NULL && tc_hex_decode (hex, contact.key.bytes, TC_PUBLIC_KEY_SIZE);
  if (hex != NULL && !contact.has_key)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "key must be 64 lower-case hexadecimal digits.");
  else  /* as scripts expect of a setter: whatever the contact was called before */
    tc_wallet_set_contact (rpc->wallet, &contact, address, on_contact_set, call_new (rpc, call));
}

static void
on_contact_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;

  end (self, tc_wallet_remove_contact_finish (TC_WALLET (source), result, &error), error);
}

void
tc_wallet_rpc_on_removecontact (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *address;

  if (tc_wallet_rpc_require_wallet (rpc, call) && tc_rpc_call_get_string (call, 0, "", &address))
    tc_wallet_remove_contact (rpc->wallet, address, on_contact_removed, call_new (rpc, call));
}

/* --- The history as a file --------------------------------------------------------------------------------------------------------- */

static void
on_exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Call) self = user_data;
  g_autoptr(GError) error = NULL;
  guint32 n_rows = 0;

  if (tc_wallet_export_history_finish (TC_WALLET (source), result, &n_rows, &error))
    tc_rpc_call_return (self->call, json_object_new_int64 (n_rows));
  else
    tc_rpc_call_error (self->call, TC_RPC_MISC, "%s", error->message);
}

void
tc_wallet_rpc_on_exporthistory (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *rpc = user_data;
  const char *path, *search;
  TcHistoryQuery query = { 0 };

  if (!tc_wallet_rpc_require_wallet (rpc, call) || !tc_rpc_call_get_string (call, 0, "", &path) || !tc_rpc_call_get_string (call, 1, "", &search))
    return;
  if (!g_path_is_absolute (path))
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "file is an absolute path, on the node's computer.");
      return;
    }
  g_autoptr(GFile) file = g_file_new_for_path (path);
  query.search = (char *) search;
  if (g_file_query_exists (file, NULL))
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "There is such a file already.");
  else
    tc_wallet_export_history (rpc->wallet, TC_ACCOUNT_ALL, &query, file, NULL, NULL, NULL, on_exported, call_new (rpc, call));
}
