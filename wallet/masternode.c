#include "account-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"
#include "builder.h"
#include "select.h"

/* --- Drafts --------------------------------------------------------------------------------------------------------------------- */

TcMasternodeDraft *
tc_masternode_draft_ref (TcMasternodeDraft *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_masternode_draft_unref (TcMasternodeDraft *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->release != NULL)
    self->release (self->release_owner, self->id);
  g_free (self->coins);
  g_free (self);
}

gboolean
tc_masternode_draft_needs_proof (const TcMasternodeDraft *self)
{
  return self->order.kind != TC_TX_KIND_RETIRE && self->order.payload.has_key;
}

char *
tc_masternode_draft_get_request (const TcMasternodeDraft *self)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  tc_put_hash (bytes, &self->chain_id);
  tc_put_outpoint (bytes, &self->coins[0]);
  tc_put_output (bytes, &self->outputs[0]);
  TC_CHECK (bytes->len == TC_PROOF_REQUEST_SIZE);
  return tc_hex_encode (bytes->data, bytes->len);
}

gboolean
tc_proof_request_parse (const char *text, TcHash *ret_chain_id, TcOutpoint *ret_first_input, TcOutput *ret_output)
{
  guint8 bytes[TC_PROOF_REQUEST_SIZE];
  TcReader reader;

  if (!tc_hex_decode (text, bytes, sizeof bytes))
    return FALSE;
  tc_reader_init (&reader, bytes, sizeof bytes);
  *ret_chain_id = tc_reader_hash (&reader);
  *ret_first_input = tc_reader_outpoint (&reader);
  *ret_output = tc_reader_output (&reader);
  return tc_reader_end (&reader, "request", NULL);
}

/* --- Preparing ---------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_collateral_order (const TcMasternodeOrder *order)
{
  return order->kind == TC_TX_KIND_REGISTER && order->payload.tier != TC_TIER_FREE;
}

/* M1, M2. A Free masternode's output 0 is the owner's coin. */
static gsize
make_outputs (const TcMasternodeOrder *order, TcOutput *outputs)
{
  gsize n = 0;

  if (is_collateral_order (order))
    outputs[n++] = (TcOutput) { tc_tier_collateral ((TcTier) order->payload.tier), TC_LOCK_COLLATERAL, order->owner };
  outputs[n++] = (TcOutput) { { TC_OWNER_COIN_UNITS }, TC_LOCK_KEY_HASH, order->owner };
  return n;
}

/* M2: an update and a retirement spend a coin of the owner; one that is settled before one that is not. */
static TcCoin *
find_owner_coin (const TcAccount *self, const TcKeyHash *owner)
{
  g_autoptr(GPtrArray) all = tc_wallet_coins_list (self->coins);
  TcKeyPath path;
  TcCoin *found = NULL;

  if (!tc_keychain_find (self->keys, owner, &path))
    return NULL;
  for (guint i = 0; i < all->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (all, i);

      if (!tc_key_path_equal (coin->path, path) || !tc_coin_is_spendable (coin) || coin->draft != 0)
        continue;
      if (found == NULL || (found->state < TC_WALLET_TX_FINAL && coin->state >= TC_WALLET_TX_FINAL))
        found = coin;
    }
  return found;
}

static gboolean
check_order (TcAccount *self, const TcMasternodeOrder *order, GError **error)
{
  const gboolean names_host = order->kind != TC_TX_KIND_RETIRE;

  if (names_host && !tc_host_is_valid (order->payload.host))
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MASTERNODE,
                 _("“%s” is no address of a masternode: write a numeric IP address and a port, like 192.0.2.1:24000 or [2001:db8::1]:24000."), order->payload.host);
  else if (!order->new_owner && !tc_keychain_find (self->keys, &order->owner, NULL))
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MASTERNODE,
                         order->kind == TC_TX_KIND_REGISTER ? _("The owner's address is not of this wallet: the collateral would be somebody else's.")
                                                            : _("This masternode belongs to another wallet: only its owner can change or retire it."));
  else
    return TRUE;
  return FALSE;
}

/* Fresh addresses are given out once it is known that the money is there. */
static gboolean
fill_in_addresses (TcAccount *self, TcMasternodeOrder *order, GError **error)
{
  const gboolean fresh[] = { order->new_owner, order->new_payout };
  TcKeyHash *const hashes[] = { &order->owner, &order->payload.payout };
  gboolean issued = TRUE;

  if (!fresh[0] && !fresh[1])
    return TRUE;
  tc_account_begin (self, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (fresh) && issued; i++)
    {
      TcKeyPath path;

      if (!fresh[i])
        continue;
      issued = tc_keychain_issue (self->keys, order->account, TC_CHAIN_RECEIVE, &path);
      if (issued)
        *hashes[i] = tc_keychain_get_hash (self->keys, path);
    }
  if (issued)
    return tc_account_end (self, error);
  tc_wallet_db_rollback (self->db);
  tc_account_set_no_keys (self, error);
  return FALSE;
}

static int
compare_outpoints (gconstpointer a, gconstpointer b)
{
  return tc_outpoint_compare (a, b);
}

static TcMasternodeDraft *
make_draft (TcAccount *self, const TcMasternodeOrder *order, const TcSelection *selection)
{
  TcMasternodeDraft *draft = g_new0 (TcMasternodeDraft, 1);

  g_atomic_ref_count_init (&draft->ref_count);
  draft->id = self->next_draft++;
  draft->order = *order;
  draft->chain_id = self->chain_id;
  draft->n_outputs = make_outputs (order, draft->outputs);
  draft->n_coins = selection->coins->len;
  draft->coins = g_new0 (TcOutpoint, draft->n_coins);
  for (guint i = 0; i < selection->coins->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (selection->coins, i);

      coin->draft = draft->id;
      draft->coins[i] = coin->outpoint;
    }
  qsort (draft->coins, draft->n_coins, sizeof *draft->coins, compare_outpoints);
  draft->fee = selection->fee;
  draft->change = selection->change;
  draft->size_bytes = (guint32) selection->size_bytes;
  return draft;
}

static void
explain_shortage (const TcMasternodeOrder *order, GError **error)
{
  if (order->kind != TC_TX_KIND_REGISTER)
    return;
  if (order->payload.tier == TC_TIER_FREE)
    {
      g_prefix_error (error, _("A free masternode costs a fee of 10 TIME. "));
      return;
    }
  g_autofree char *text = tc_amount_format (tc_tier_collateral ((TcTier) order->payload.tier));
  g_prefix_error (error, _("A %s masternode locks %s TIME. "), tc_tier_name ((TcTier) order->payload.tier), text);
}

TcMasternodeDraft *
tc_account_prepare_masternode (TcAccount *self, const TcMasternodeOrder *wanted, guint64 fee_rate, GError **error)
{
  TcMasternodeOrder order = *wanted;
  g_autoptr(GBytes) payload = NULL;
  TcOutput outputs[2];
  TcSelectRequest request = { .fee_rate = MAX (fee_rate, 1) };
  g_auto(TcSelection) selection = { 0 };

  if (!self->bound)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_NODE, _("The wallet is not connected to a network yet."));
      return NULL;
    }
  if (!check_order (self, &order, error))
    return NULL;
  if (order.kind != TC_TX_KIND_REGISTER && (request.required = find_owner_coin (self, &order.owner)) == NULL)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_OWNER_COIN, _("The owner's address holds no coin to sign with."));
      return NULL;
    }
  if (request.required != NULL)
    order.account = request.required->path.account;
  if (!tc_account_check (self, order.account, FALSE, error))
    return NULL;
  request.account = order.account;
  payload = tc_masternode_payload_encode (order.kind, &order.payload);
  request.payload_size = g_bytes_get_size (payload);
  request.n_outputs = make_outputs (&order, outputs);
  for (gsize i = 0; i < request.n_outputs; i++)
    request.target.units += outputs[i].amount.units;
  if (order.kind == TC_TX_KIND_REGISTER && order.payload.tier == TC_TIER_FREE)
    request.fee_min.units = TC_FREE_FEE_UNITS;
  if (!tc_account_select (self, &request, &selection, error))
    {
      explain_shortage (&order, error);
      return NULL;
    }
  return fill_in_addresses (self, &order, error) ? make_draft (self, &order, &selection) : NULL;
}

/* --- Sending ------------------------------------------------------------------------------------------------------------------------- */

/* Returns: (nullable): NULL where a coin is no longer kept for @draft. */
static GPtrArray *
take_coins (TcAccount *self, const TcMasternodeDraft *draft)
{
  g_autoptr(GPtrArray) coins = g_ptr_array_new ();

  for (gsize i = 0; i < draft->n_coins; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &draft->coins[i]);

      if (coin == NULL || coin->draft != draft->id || !tc_coin_is_spendable (coin))
        return NULL;
      g_ptr_array_add (coins, coin);
    }
  return g_steal_pointer (&coins);
}

static gboolean
check_possession (const TcMasternodeDraft *draft, const TcSignature *possession, GError **error)
{
  if (!tc_masternode_draft_needs_proof (draft)
      || (possession != NULL
          && tc_possession_check (possession, &draft->order.payload.operator_key, &draft->chain_id, &draft->coins[0], &draft->outputs[0])))
    return TRUE;
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PROOF,
                       _("The proof is not of this operator key for this transaction. Make it with timed masternode prove, of the request as it was given."));
  return FALSE;
}

static TcTx *
sign (TcAccount *self, GPtrArray *coins, const TcMasternodeDraft *draft, const TcSignature *possession)
{
  TcMasternodePayload payload = draft->order.payload;
  TcOutput outputs[3];
  gsize n_outputs = draft->n_outputs;
  g_autoptr(GPtrArray) signers = NULL;
  g_autofree TcOutput *spent = NULL;

  memcpy (outputs, draft->outputs, sizeof draft->outputs);
  if (possession != NULL)
    payload.possession = *possession;
  if (draft->change.units > 0)
    {
      TcKeyPath path;

      TC_CHECK (tc_keychain_issue (self->keys, draft->order.account, TC_CHAIN_CHANGE, &path));
      outputs[n_outputs++] = (TcOutput) { draft->change, TC_LOCK_KEY_HASH, tc_keychain_get_hash (self->keys, path) };
    }
  g_autoptr(GBytes) encoded = tc_masternode_payload_encode (draft->order.kind, &payload);
  g_autoptr(TcTx) plain = tc_build_masternode (draft->order.kind, coins, self->keys, outputs, n_outputs, encoded, &signers, &spent);
  return tc_build_signed (plain, &self->chain_id, signers, spent, self->keys);
}

TcTx *
tc_account_commit_masternode (TcAccount *self, const TcMasternodeDraft *draft, const TcSignature *possession, gint64 now_ms, GError **error)
{
  if (!tc_account_can_commit (self, error) || !check_possession (draft, possession, error))
    return NULL;
  g_autoptr(GPtrArray) coins = take_coins (self, draft);
  if (coins == NULL)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN, _("This was sent already, or another payment took its coins. Begin again."));
      return NULL;
    }
  tc_account_begin (self, TRUE);
  g_autoptr(TcTx) tx = sign (self, coins, draft, possession);
  tc_account_record_own (self, tx, now_ms);
  if (!tc_account_end (self, error))
    return NULL;
  tc_wallet_coins_free_draft (self->coins, draft->id);
  return g_steal_pointer (&tx);
}

/* --- Collateral ----------------------------------------------------------------------------------------------------------------------- */

GArray *
tc_account_collaterals (TcAccount *self)
{
  g_autoptr(GPtrArray) coins = tc_wallet_coins_list (self->coins);
  GArray *outpoints = g_array_new (FALSE, FALSE, sizeof (TcOutpoint));

  for (guint i = 0; i < coins->len; i++)
    {
      const TcCoin *coin = g_ptr_array_index (coins, i);

      if (coin->lock == TC_LOCK_COLLATERAL && coin->state == TC_WALLET_TX_CONFIRMED)
        g_array_append_val (outpoints, coin->outpoint);
    }
  return outpoints;
}

gboolean
tc_account_unlock_collateral (TcAccount *self, const TcOutpoint *outpoint, TcAmount amount, GError **error)
{
  TcCoin *coin = tc_wallet_coins_find (self->coins, outpoint);

  if (coin == NULL || coin->lock != TC_LOCK_COLLATERAL)
    return TRUE;
  tc_account_begin (self, FALSE);
  tc_wallet_coins_unlock (self->coins, coin, amount);
  TcEntry *entry = tc_history_find (self->history, &outpoint->txid);
  if (entry != NULL)
    tc_history_touch (self->history, entry);  /* what is shown of it changes */
  return tc_account_end (self, error);
}
