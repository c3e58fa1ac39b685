#include "wallet-rpc-private.h"

#include "core/check.h"
#include "vault.h"
#include "wallet-json.h"

#define UNLOCK_MAX_S       100000000u  /* as Bitcoin Core bounds it */
#define TRANSACTIONS_MAX   TC_WALLET_PAGE_MAX

/* A call that waits for the wallet. */
typedef struct
{
  TcWalletRpc    *rpc;
  TcRpcCall      *call;
  TcWallet       *wallet;     /* (nullable) */
  TcSecretString *phrase;     /* createwallet: to be told once */
  guint64         timeout_s;  /* walletpassphrase */
} Request;

void
tc_wallet_rpc_unref (gpointer data)
{
  TcWalletRpc *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_object (&self->wallet);
  g_clear_pointer (&self->node, tc_node_unref);
  g_free (self->wallet_path);
  g_free (self->scope);
  g_free (self);
}

TcWalletRpc *
tc_wallet_rpc_ref (TcWalletRpc *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static Request *
request_new (TcWalletRpc *self, TcRpcCall *call)
{
  Request *request = g_new0 (Request, 1);

  request->rpc = tc_wallet_rpc_ref (self);
  request->call = call;
  request->wallet = self->wallet != NULL ? g_object_ref (self->wallet) : NULL;
  return request;
}

static void
request_free (Request *request)
{
  g_clear_object (&request->wallet);
  g_clear_pointer (&request->phrase, tc_secret_string_unref);
  tc_wallet_rpc_unref (request->rpc);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* --- Errors: Bitcoin Core's codes ------------------------------------------------------------------------------------------------- */

static int
error_code (const GError *error)
{
  if (error->domain != TC_WALLET_ERROR)
    return TC_RPC_MISC;
  switch ((TcWalletError) error->code)
    {
    case TC_WALLET_ERROR_PASSWORD:
      return TC_RPC_PASSPHRASE;
    case TC_WALLET_ERROR_LOCKED:
    case TC_WALLET_ERROR_KEYS:
      return TC_RPC_UNLOCK_NEEDED;
    case TC_WALLET_ERROR_INSUFFICIENT:
      return TC_RPC_FUNDS;
    case TC_WALLET_ERROR_AMOUNT:
      return TC_RPC_TYPE;
    case TC_WALLET_ERROR_RECIPIENT:
    case TC_WALLET_ERROR_NOT_FOUND:
      return TC_RPC_ADDRESS;
    case TC_WALLET_ERROR_MEMO:
    case TC_WALLET_ERROR_MASTERNODE:
    case TC_WALLET_ERROR_PROOF:
    case TC_WALLET_ERROR_WATCH_ONLY:
      return TC_RPC_WALLET;
    case TC_WALLET_ERROR_ACCOUNT:
    case TC_WALLET_ERROR_BACKUP:
    case TC_WALLET_ERROR_TEXT:
      return TC_RPC_PARAMETER;
    case TC_WALLET_ERROR_REJECTED:
      return TC_RPC_VERIFY_REJECTED;
    case TC_WALLET_ERROR_MISSING:
    case TC_WALLET_ERROR_CLOSED:
      return TC_RPC_WALLET_NOT_FOUND;
    case TC_WALLET_ERROR_FAILED:
    case TC_WALLET_ERROR_EXISTS:
    case TC_WALLET_ERROR_IN_USE:
    case TC_WALLET_ERROR_DAMAGED:
    case TC_WALLET_ERROR_NEWER:
    case TC_WALLET_ERROR_NETWORK:
    case TC_WALLET_ERROR_NO_NODE:
    case TC_WALLET_ERROR_COINS_TAKEN:
    case TC_WALLET_ERROR_SIZE:
    case TC_WALLET_ERROR_OWNER_COIN:
    case TC_WALLET_ERROR_NO_BLOCKS:
    case TC_WALLET_ERROR_NOT_FINAL:
    default:
      return TC_RPC_WALLET;
    }
}

void
tc_wallet_rpc_fail (TcRpcCall *call, const GError *error)
{
  tc_rpc_call_error (call, error_code (error), "%s", error->message);
}

static void
return_error (Request *request, const GError *error)
{
  tc_wallet_rpc_fail (request->call, error);
}

gboolean
tc_wallet_rpc_require_wallet (TcWalletRpc *self, TcRpcCall *call)
{
  if (self->wallet != NULL)
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_WALLET_NOT_FOUND, "There is no wallet yet. Make one with createwallet, or bring one back with restorewallet.");
  return FALSE;
}

static guint32
node_height (const TcWalletRpc *self)
{
  g_autoptr(TcNodeStatus) status = tc_node_dup_status (self->node);

  return status->height;
}

/* --- What the snapshot answers ------------------------------------------------------------------------------------------------------ */

static void
on_getwalletinfo (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (!tc_wallet_rpc_require_wallet (self, call))
    return;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  tc_rpc_call_return (call, tc_json_wallet_info (snapshot, self->unlocked_until_s));
}

/* As in Bitcoin Core: what is trusted, own change on its way included. */
static void
on_getbalance (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  guint32 account;

  if (!tc_wallet_rpc_require_wallet (self, call) || !tc_wallet_rpc_get_account (self, call, 0, TC_ACCOUNT_ALL, &account))
    return;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  const TcWalletAccount *one = tc_wallet_snapshot_get_account (snapshot, account);
  const TcAmount available = one != NULL ? one->available : snapshot->available, locked = one != NULL ? one->locked_amount : snapshot->locked_amount;
  tc_rpc_call_return (call, tc_rpc_amount ((TcAmount) { available.units + locked.units }, FALSE));
}

/* --- Receiving ------------------------------------------------------------------------------------------------------------------------- */

static void
on_new_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *address = tc_wallet_new_address_finish (TC_WALLET (source), result, &error);

  if (address != NULL)
    tc_rpc_call_return (request->call, json_object_new_string (address));
  else
    return_error (request, error);
}

static void
on_getnewaddress (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  guint32 account;

  if (tc_wallet_rpc_require_wallet (self, call) && tc_wallet_rpc_get_account (self, call, 0, 0, &account))
    tc_wallet_new_address (self->wallet, account, on_new_address, request_new (self, call));
}

static void
on_find_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  gboolean mine = FALSE, change = FALSE;
  guint32 account = 0;
  const char *address = NULL;

  if (!tc_wallet_find_key_finish (TC_WALLET (source), result, &mine, &change, &account, &error))
    {
      return_error (request, error);
      return;
    }
  if (!tc_rpc_call_get_string (request->call, 0, "", &address))
    return;
  json_object *object = json_object_new_object ();
  json_object_object_add (object, "address", json_object_new_string (address));
  json_object_object_add (object, "ismine", json_object_new_boolean (mine));
  json_object_object_add (object, "solvable", json_object_new_boolean (mine));
  json_object_object_add (object, "ischange", json_object_new_boolean (change));
  if (mine)
    json_object_object_add (object, "account", json_object_new_uint64 (account));
  tc_rpc_call_return (request->call, object);
}

static void
on_getaddressinfo (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  g_autoptr(GError) error = NULL;
  const char *text;
  TcKeyHash key_hash;

  if (!tc_wallet_rpc_require_wallet (self, call) || !tc_rpc_call_get_string (call, 0, "", &text))
    return;
  if (!tc_address_parse (text, tc_node_get_network (self->node)->address_digit, &key_hash, &error))
    tc_rpc_call_error (call, TC_RPC_ADDRESS, "%s", error->message);
  else
    tc_wallet_find_key (self->wallet, &key_hash, on_find_key, request_new (self, call));
}

/* --- History ------------------------------------------------------------------------------------------------------------------------------- */

static void
on_tx (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWalletTxDetail) detail = tc_wallet_get_tx_finish (TC_WALLET (source), result, &error);

  if (detail != NULL)
    tc_rpc_call_return (request->call, tc_json_wallet_detail (detail, node_height (request->rpc)));
  else
    return_error (request, error);
}

static void
on_gettransaction (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *hex;
  TcHash txid;

  if (!tc_wallet_rpc_require_wallet (self, call) || !tc_rpc_call_get_string (call, 0, "", &hex))
    return;
  if (!tc_hash_from_hex (hex, &txid))
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "txid must be 64 hexadecimal digits.");
  else
    tc_wallet_get_tx (self->wallet, &txid, on_tx, request_new (self, call));
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) page = tc_wallet_list_history_finish (TC_WALLET (source), result, NULL, &error);
  const guint32 height = node_height (request->rpc);

  if (page == NULL)
    {
      return_error (request, error);
      return;
    }
  json_object *array = json_object_new_array ();
  for (guint i = page->len; i > 0; i--)  /* the newest last */
    json_object_array_add (array, tc_json_wallet_tx (g_ptr_array_index (page, i - 1), height));
  tc_rpc_call_return (request->call, array);
}

static void
on_listtransactions (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *search;
  guint64 count, skip;
  guint32 account;

  if (!tc_wallet_rpc_require_wallet (self, call) || !tc_rpc_call_get_string (call, 0, "*", &search) || !tc_rpc_call_get_uint (call, 1, 10, &count)
      || !tc_rpc_call_get_uint (call, 2, 0, &skip) || !tc_wallet_rpc_get_account (self, call, 3, TC_ACCOUNT_ALL, &account))
    return;
  if (count > TRANSACTIONS_MAX || skip > G_MAXUINT32)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "count is at most %u; skip to the others.", TRANSACTIONS_MAX);
  else
    tc_wallet_list_history (self->wallet, account, &(TcHistoryQuery) { .search = g_str_equal (search, "*") ? NULL : (char *) search }, (guint32) skip,
                            (guint32) count, NULL, on_page, request_new (self, call));
}

static void
on_coins (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) coins = tc_wallet_list_coins_finish (TC_WALLET (source), result, &error);
  const guint32 height = node_height (request->rpc);

  if (coins == NULL)
    {
      return_error (request, error);
      return;
    }
  json_object *array = json_object_new_array ();
  for (guint i = 0; i < coins->len; i++)
    json_object_array_add (array, tc_json_wallet_coin (g_ptr_array_index (coins, i), height));
  tc_rpc_call_return (request->call, array);
}

static void
on_listunspent (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  guint32 account;

  if (tc_wallet_rpc_require_wallet (self, call) && tc_wallet_rpc_get_account (self, call, 0, TC_ACCOUNT_ALL, &account))
    tc_wallet_list_coins (self->wallet, account, on_coins, request_new (self, call));
}

/* --- Locking --------------------------------------------------------------------------------------------------------------------------------- */

static void
stop_lock_timer (TcWalletRpc *self)
{
  if (self->lock_source != NULL)
    g_source_destroy (self->lock_source);
  g_clear_pointer (&self->lock_source, g_source_unref);
  self->unlocked_until_s = 0;
}

static gboolean
on_lock_time (gpointer user_data)
{
  TcWalletRpc *self = user_data;

  stop_lock_timer (self);
  if (self->wallet != NULL)
    tc_wallet_lock (self->wallet);
  return G_SOURCE_REMOVE;
}

static void
start_lock_timer (TcWalletRpc *self, guint64 timeout_s)
{
  stop_lock_timer (self);
  self->unlocked_until_s = g_get_real_time () / G_USEC_PER_SEC + (gint64) timeout_s;
  self->lock_source = g_timeout_source_new_seconds ((guint) timeout_s);
  g_source_set_callback (self->lock_source, on_lock_time, self, NULL);
  g_source_attach (self->lock_source, g_main_context_get_thread_default ());
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  g_autoptr(GError) error = NULL;

  if (!tc_wallet_unlock_finish (TC_WALLET (source), result, &error))
    {
      return_error (request, error);
      return;
    }
  if (!request->rpc->freed)
    start_lock_timer (request->rpc, request->timeout_s);
  tc_rpc_call_return (request->call, NULL);
}

static gboolean
require_encrypted (TcWalletRpc *self, TcRpcCall *call)
{
  if (!tc_wallet_rpc_require_wallet (self, call))
    return FALSE;
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  if (!snapshot->encrypted)
    tc_rpc_call_error (call, -15, "This wallet is not encrypted: there is nothing to lock or unlock.");  /* Bitcoin Core's WALLET_WRONG_ENC_STATE */
  return snapshot->encrypted;
}

static void
on_walletpassphrase (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *text;
  guint64 timeout_s;

  if (!require_encrypted (self, call) || !tc_rpc_call_get_string (call, 0, "", &text) || !tc_rpc_call_get_uint (call, 1, 0, &timeout_s))
    return;
  if (timeout_s == 0 || timeout_s > UNLOCK_MAX_S)
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "timeout is in seconds, 1 to %u.", UNLOCK_MAX_S);
      return;
    }
  g_autoptr(TcSecretString) password = tc_secret_string_new (text);
  Request *request = request_new (self, call);
  request->timeout_s = timeout_s;
  tc_wallet_unlock (self->wallet, password, NULL, on_unlocked, request);
}

static void
on_walletlock (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;

  if (!require_encrypted (self, call))
    return;
  stop_lock_timer (self);
  tc_wallet_lock (self->wallet);
  tc_rpc_call_return (call, NULL);
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------------------ */

static json_object *
made_json (Request *request)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (request->wallet);
  json_object *object = json_object_new_object ();

  json_object_object_add (object, "name", json_object_new_string (snapshot->name));
  json_object_object_add (object, "path", json_object_new_string (snapshot->path));
  json_object_object_add (object, "address", json_object_new_string (snapshot->receive_address));
  if (request->phrase != NULL)
    json_object_object_add (object, "phrase", json_object_new_string (tc_secret_string_get (request->phrase)));
  if (!snapshot->encrypted)
    json_object_object_add (object, "warning", json_object_new_string ("The wallet is not encrypted: whoever has the file has the money."));
  return object;
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Request) request = user_data;
  TcWalletRpc *self = request->rpc;
  g_autoptr(GError) error = NULL;

  self->making = FALSE;
  if (!tc_wallet_attach_finish (TC_WALLET (source), result, &error))
    {
      return_error (request, error);
      return;
    }
  if (!self->freed)
    {
      tc_wallet_rpc_set_wallet (self, request->wallet);
      if (self->made != NULL)
        self->made (request->wallet, self->made_data);
    }
  tc_rpc_call_return (request->call, made_json (request));
}

/* Takes @request, and @wallet, which is NULL with @error. */
static void
take_made (Request *taken, TcWallet *made, const GError *error)
{
  g_autoptr(Request) request = taken;
  TcNode *node = request->rpc->node;

  request->wallet = made;
  if (request->wallet == NULL)
    {
      request->rpc->making = FALSE;
      return_error (request, error);
      return;
    }
  TcWallet *wallet = request->wallet;
  tc_wallet_attach (wallet, node, on_attached, g_steal_pointer (&request));
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  TcWallet *wallet = tc_wallet_create_finish (result, &error);

  take_made (user_data, wallet, error);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  TcWallet *wallet = tc_wallet_restore_backup_finish (result, &error);

  take_made (user_data, wallet, error);
}

static gboolean
require_no_wallet (TcWalletRpc *self, TcRpcCall *call)
{
  if (self->wallet == NULL && !self->making)
    return TRUE;
  tc_rpc_call_error (call, TC_RPC_WALLET, "There is a wallet already.");
  return FALSE;
}

static void
make (TcWalletRpc *self, TcRpcCall *call, TcSecretString *phrase, const char *passphrase, const char *password, guint32 birthday_height,
      gboolean restored)
{
  const TcNetwork *network = tc_node_get_network (self->node);
  g_autoptr(TcSecretString) secret_passphrase = tc_secret_string_new (passphrase), secret_password = tc_secret_string_new (password);
  const TcWalletCreate create = { .path = self->wallet_path, .network = network->name, .address_digit = network->address_digit, .phrase = phrase,
                                  .passphrase = secret_passphrase, .password = secret_password, .birthday_height = birthday_height,
                                  .restored = restored };
  Request *request = request_new (self, call);

  self->making = TRUE;
  if (!restored)
    request->phrase = tc_secret_string_ref (phrase);
  tc_wallet_create (&create, NULL, on_created, request);
}

static void
on_createwallet (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *password;
  guint64 n_words;

  if (!require_no_wallet (self, call) || !tc_rpc_call_get_string (call, 0, "", &password) || !tc_rpc_call_get_uint (call, 1, 24, &n_words))
    return;
  if (n_words != 12 && n_words != 15 && n_words != 18 && n_words != 21 && n_words != 24)
    {
      tc_rpc_call_error (call, TC_RPC_PARAMETER, "words is 12, 15, 18, 21 or 24.");
      return;
    }
  g_autoptr(TcSecretString) phrase = tc_bip39_generate ((guint) n_words);
  make (self, call, phrase, "", password, node_height (self), FALSE);
}

static void
on_restorewallet (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *text, *password, *passphrase;
  guint64 birthday_height;
  g_autoptr(GError) error = NULL;

  if (!require_no_wallet (self, call) || !tc_rpc_call_get_string (call, 0, "", &text) || !tc_rpc_call_get_string (call, 1, "", &password)
      || !tc_rpc_call_get_string (call, 2, "", &passphrase) || !tc_rpc_call_get_uint (call, 3, 0, &birthday_height))
    return;
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (text);
  g_autoptr(TcSecretBytes) entropy = tc_bip39_to_entropy (phrase, NULL, &error);
  if (entropy == NULL)
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "%s", error->message);
  else if (birthday_height > node_height (self))
    tc_rpc_call_error (call, TC_RPC_PARAMETER, "birthday is the height of a block that exists; the newest is %u.", node_height (self));
  else
    make (self, call, phrase, passphrase, password, (guint32) birthday_height, TRUE);
}

static void
on_restorebackup (TcRpcCall *call, gpointer user_data)
{
  TcWalletRpc *self = user_data;
  const char *path, *text;

  if (!require_no_wallet (self, call) || !tc_rpc_call_get_string (call, 0, "", &path) || !tc_rpc_call_get_string (call, 1, "", &text))
    return;
  g_autoptr(TcSecretString) password = tc_secret_string_new (text);
  const TcWalletRestore restore = { .backup_path = path, .password = password, .path = self->wallet_path, .network = tc_node_get_network (self->node)->name };
  self->making = TRUE;
  tc_wallet_restore_backup (&restore, NULL, on_restored, request_new (self, call));
}

/* --- The table ----------------------------------------------------------------------------------------------------------------------------------- */

#define PARAMS_MAX 8

static const struct
{
  const char  *name;
  const char  *params[PARAMS_MAX];
  const char  *usage;
  TcRpcHandler handler;
} methods[] = {
  { "getwalletinfo", { NULL }, "getwalletinfo\nThe wallet's state: balances, lock, scan.", on_getwalletinfo },
  { "getbalance", { "account", NULL }, "getbalance ( ACCOUNT )\nWhat can be spent, change of payments on their way included.", on_getbalance },
  { "listaccounts", { NULL }, "listaccounts\nThe wallet's accounts. Where a method takes an ACCOUNT, it is an index or a name of these; * is all of them.",
    tc_wallet_rpc_on_listaccounts },
  { "createaccount", { "name", NULL }, "createaccount ( NAME )\nAdds an account, for which the wallet must be unlocked, and returns its index.",
    tc_wallet_rpc_on_createaccount },
  { "rescanblockchain", { "start_height", NULL }, "rescanblockchain ( START_HEIGHT )\nReads the blocks from START_HEIGHT on again, and returns when it is done.",
    tc_wallet_rpc_on_rescanblockchain },
  { "abortrescan", { NULL }, "abortrescan\nStops the rescan under way; what it found stays.", tc_wallet_rpc_on_abortrescan },
  { "renameaccount", { "account", "name", NULL }, "renameaccount ACCOUNT NAME\nGives an account another name.", tc_wallet_rpc_on_renameaccount },
  { "getnewaddress", { "account", NULL }, "getnewaddress ( ACCOUNT )\nAn address that was never given out before.", on_getnewaddress },
  { "getaddressinfo", { "address", NULL }, "getaddressinfo ADDRESS\nWhether an address is this wallet's.", on_getaddressinfo },
  { "sendtoaddress", { "address", "amount", "memo", "subtractfee", "fee_rate", "private", "account", NULL },
    "sendtoaddress ADDRESS AMOUNT ( MEMO SUBTRACTFEE FEE_RATE PRIVATE ACCOUNT )\nPays AMOUNT TIME; less the fee where SUBTRACTFEE is true. The memo is public, unless PRIVATE is "
    "true and the recipient's key is known. FEE_RATE is in units a byte; 0 is what the node asks now. Returns the txid.", tc_wallet_rpc_on_sendtoaddress },
  { "sendmany", { "amounts", "memo", "subtractfeefrom", "fee_rate", "coins", "account", NULL },
    "sendmany AMOUNTS ( MEMO SUBTRACTFEEFROM FEE_RATE COINS ACCOUNT )\nPays many at once: AMOUNTS is {\"ADDRESS\": 12.5, ...}. SUBTRACTFEEFROM lists the addresses whose amounts pay the "
    "fee. COINS, where given, are spent, all of them and no others. Returns the txid.", tc_wallet_rpc_on_sendmany },
  { "sendall", { "address", "memo", "fee_rate", "coins", "account", NULL },
    "sendall ADDRESS ( MEMO FEE_RATE COINS ACCOUNT )\nPays out all that can be spent, or all of COINS; the fee is taken from it. Returns the txid.", tc_wallet_rpc_on_sendall },
  { "consolidate", { "below", "fee_rate", "account", NULL },
    "consolidate ( BELOW FEE_RATE ACCOUNT )\nJoins coins into one at a new address of this wallet: all, or those of less than BELOW TIME; as many as fit into one transaction. Returns the txid.",
    tc_wallet_rpc_on_consolidate },
  { "lockunspent", { "unlock", "transactions", NULL },
    "lockunspent UNLOCK ( COINS )\nFreezes COINS, so that no payment spends them, or, where UNLOCK is true, unfreezes them: all, where none are named.",
    tc_wallet_rpc_on_lockunspent },
  { "listlockunspent", { NULL }, "listlockunspent\nThe coins that are frozen.", tc_wallet_rpc_on_listlockunspent },
  { "gettransaction", { "txid", NULL }, "gettransaction TXID\nA transaction of this wallet, with its life so far.", on_gettransaction },
  { "listtransactions", { "label", "count", "skip", "account", NULL },
    "listtransactions ( LABEL COUNT SKIP ACCOUNT )\nThe newest COUNT transactions, newest last. LABEL is * or a text to search addresses, names, labels, notes and "
    "memos for, or how a txid begins.",
    on_listtransactions },
  { "listunspent", { "account", NULL }, "listunspent ( ACCOUNT )\nThe wallet's unspent outputs.", on_listunspent },
  { "createwallet", { "password", "words", NULL },
    "createwallet ( PASSWORD WORDS )\nMakes a new wallet and returns its phrase, this once. Without PASSWORD it is not encrypted.", on_createwallet },
  { "restorewallet", { "phrase", "password", "passphrase", "birthday", NULL },
    "restorewallet PHRASE ( PASSWORD PASSPHRASE BIRTHDAY )\nBrings a wallet back from its phrase; BIRTHDAY is the height of its first block.",
    on_restorewallet },
  { "walletpassphrase", { "passphrase", "timeout", NULL },
    "walletpassphrase PASSWORD TIMEOUT\nUnlocks the wallet for TIMEOUT seconds.", on_walletpassphrase },
  { "walletlock", { NULL }, "walletlock\nLocks the wallet.", on_walletlock },
  { "walletpassphrasechange", { "oldpassphrase", "newpassphrase", NULL },
    "walletpassphrasechange OLD NEW\nChanges the wallet's password. OLD is empty where there is none.", tc_wallet_rpc_on_walletpassphrasechange },
  { "backupwallet", { "path", "backuppassword", "password", NULL },
    "backupwallet PATH BACKUPPASSWORD ( PASSWORD )\nWrites an encrypted backup of the wallet, phrase and all, to a file on this computer. PASSWORD is the wallet's.",
    tc_wallet_rpc_on_backupwallet },
  { "checkbackup", { "path", "backuppassword", NULL },
    "checkbackup PATH BACKUPPASSWORD\nWhether a backup would bring this wallet back, and what is in it. Changes nothing.", tc_wallet_rpc_on_checkbackup },
  { "restorebackup", { "path", "backuppassword", NULL },
    "restorebackup PATH BACKUPPASSWORD\nBrings a wallet back from a backup. It has the backup's password.", on_restorebackup },
  { "getpaymentproof", { "txid", "signed", "message", NULL },
    "getpaymentproof TXID ( SIGNED MESSAGE )\nA proof in base64 that a transaction of this wallet is in the chain, for anyone with a node. SIGNED: it says who paid, and MESSAGE.",
    tc_wallet_rpc_on_getpaymentproof },
  { "verifypaymentproof", { "proof", NULL },
    "verifypaymentproof PROOF\nWhat a proof of payment proves; an error where it is false. Needs no wallet.", tc_wallet_rpc_on_verifypaymentproof },
  { "registermasternode", { "tier", "host", "operator", "owner", "payout", NULL },
    "registermasternode TIER HOST ( OPERATOR OWNER PAYOUT )\nLocks a tier's collateral and registers a masternode at HOST (IP:PORT). OPERATOR is own (this node's key, the "
    "default), a key file's path, or another machine's public key: then the answer says how to prove it there. OWNER and PAYOUT are new addresses of this wallet by default.",
    tc_wallet_rpc_on_registermasternode },
  { "updatemasternode", { "masternode", "host", "payout", "operator", NULL },
    "updatemasternode MASTERNODE ( HOST PAYOUT OPERATOR )\nChanges what is given and not empty. MASTERNODE is its index, TXID:INDEX or operator key.",
    tc_wallet_rpc_on_updatemasternode },
  { "retiremasternode", { "masternode", NULL },
    "retiremasternode MASTERNODE\nTakes a masternode out. Its collateral can be spent when the unbonding time has passed.", tc_wallet_rpc_on_retiremasternode },
  { "sendmasternode", { "draft", "proof", NULL },
    "sendmasternode DRAFT PROOF\nSends what registermasternode or updatemasternode prepared, with the proof of timed masternode prove.", tc_wallet_rpc_on_sendmasternode },
  { "signmessage", { "address", "message", NULL },
    "signmessage ADDRESS MESSAGE\nSigns MESSAGE with the key of ADDRESS, of this wallet. Returns the signature in base64.", tc_wallet_rpc_on_signmessage },
  { "createunsignedpayment", { "address", "amount", "memo", "account", NULL },
    "createunsignedpayment ADDRESS AMOUNT ( MEMO ACCOUNT )\nPrepares a payment to be signed elsewhere; its coins are kept until it is sent or dropped.",
    tc_wallet_rpc_on_createunsignedpayment },
  { "listunsignedpayments", { NULL }, "listunsignedpayments\nPayments that wait for their signature.", tc_wallet_rpc_on_listunsignedpayments },
  { "dropunsignedpayment", { "id", NULL }, "dropunsignedpayment ID\nGives the coins of a waiting payment back.", tc_wallet_rpc_on_dropunsignedpayment },
  { "signpayment", { "payment", NULL },
    "signpayment PAYMENT\nSigns what createunsignedpayment prepared, with this wallet's keys; says what it pays. No network is needed.", tc_wallet_rpc_on_signpayment },
  { "sendsignedpayment", { "signed", NULL },
    "sendsignedpayment SIGNED\nSends what signpayment signed. Returns the txid.", tc_wallet_rpc_on_sendsignedpayment },
  { "exportwatchfile", { NULL },
    "exportwatchfile\nThe public keys of this wallet, in base64: for a wallet that watches without being able to pay.", tc_wallet_rpc_on_exportwatchfile },
  { "verifymessage", { "address", "signature", "message", NULL },
    "verifymessage ADDRESS SIGNATURE MESSAGE\nWhether the owner of ADDRESS signed MESSAGE.", tc_wallet_rpc_on_verifymessage },
  { "setlabel", { "address", "label", NULL }, "setlabel ADDRESS LABEL\nNames an address; an empty LABEL takes the name away.", tc_wallet_rpc_on_setlabel },
  { "listlabels", { NULL }, "listlabels\nThe labels of addresses.", tc_wallet_rpc_on_listlabels },
  { "setnote", { "txid", "note", NULL }, "setnote TXID NOTE\nKeeps a note about a transaction; an empty NOTE takes it away.", tc_wallet_rpc_on_setnote },
  { "listcontacts", { NULL }, "listcontacts\nThe contacts: names of others' addresses.", tc_wallet_rpc_on_listcontacts },
  { "setcontact", { "address", "name", "note", "key", NULL },
    "setcontact ADDRESS NAME ( NOTE KEY )\nAdds a contact, or changes the one of ADDRESS. KEY is the public key of ADDRESS.", tc_wallet_rpc_on_setcontact },
  { "exporthistory", { "file", "search", NULL },
    "exporthistory FILE ( SEARCH )\nWrites the transactions, or those that SEARCH finds, to a new CSV file on the node's computer. Returns how many.",
    tc_wallet_rpc_on_exporthistory },
  { "removecontact", { "address", NULL }, "removecontact ADDRESS\nRemoves a contact.", tc_wallet_rpc_on_removecontact },
  { "listmasternodes", { NULL }, "listmasternodes\nThe masternodes that this wallet owns. masternodelist lists all.", tc_wallet_rpc_on_listmasternodes },
};

/* Returns: (transfer full). */
static char *
scoped_name (const TcWalletRpc *self, gsize method)
{
  return self->scope == NULL ? g_strdup (methods[method].name) : g_strconcat (self->scope, "/", methods[method].name, NULL);
}

static void
add_methods (TcWalletRpc *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *name = scoped_name (self, i);

      tc_node_add_rpc_method (self->node, name, methods[i].params, methods[i].usage, NULL, methods[i].handler, tc_wallet_rpc_ref (self), tc_wallet_rpc_unref);
    }
}

TcWalletRpc *
tc_wallet_rpc_new (TcNode *node, TcWallet *wallet, const char *wallet_path, TcWalletRpcMadeFunc made, gpointer user_data)
{
  TcWalletRpc *self = g_new0 (TcWalletRpc, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->node = tc_node_ref (node);
  self->wallet = wallet != NULL ? g_object_ref (wallet) : NULL;
  self->wallet_path = g_strdup (wallet_path);
  self->made = made;
  self->made_data = user_data;
  add_methods (self);
  return self;
}

TcWalletRpc *
tc_wallet_rpc_new_scoped (TcNode *node, TcWallet *wallet, const char *scope)
{
  TcWalletRpc *self = g_new0 (TcWalletRpc, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->node = tc_node_ref (node);
  self->wallet = g_object_ref (wallet);
  self->scope = g_strdup (scope);
  add_methods (self);
  return self;
}

static void
drop_drafts (TcWalletRpc *self)
{
  TcMasternodeDraft *draft;

  while ((draft = g_queue_pop_head (&self->drafts)) != NULL)
    tc_masternode_draft_unref (draft);
}

void
tc_wallet_rpc_set_wallet (TcWalletRpc *self, TcWallet *wallet)
{
  if (!g_set_object (&self->wallet, wallet))
    return;
  stop_lock_timer (self);
  drop_drafts (self);
}

TcWallet *
tc_wallet_rpc_get_wallet (TcWalletRpc *self)
{
  return self->wallet;
}

void
tc_wallet_rpc_free (TcWalletRpc *self)
{
  self->freed = TRUE;
  stop_lock_timer (self);
  drop_drafts (self);
  g_clear_object (&self->wallet);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *name = scoped_name (self, i);

      tc_node_remove_rpc_method (self->node, name);
    }
  tc_wallet_rpc_unref (self);
}
