#include "account-private.h"

#include <string.h>

#include "core/check.h"
#include "builder.h"
#include "select.h"

/* --- Preparing ---------------------------------------------------------------------------------------------------------------- */

static gboolean
check_recipient (const TcAccount *self, const TcRecipient *recipient, guint i, gboolean takes_all, TcKeyHash *ret_key_hash, GError **error)
{
  g_autoptr(GError) bad = NULL;

  if (!tc_address_parse (recipient->address, self->address_digit, ret_key_hash, &bad))
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_RECIPIENT, bad->message);
      tc_wallet_error_set_recipient (error, (int) i);
      return FALSE;
    }
  if (takes_all || (recipient->amount.units >= TC_TX_DUST_UNITS && recipient->amount.units <= TC_AMOUNT_MAX_UNITS))
    return TRUE;
  if (recipient->amount.units > TC_AMOUNT_MAX_UNITS)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, "The amount is larger than any that can exist.");
  else
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, "The least that can be sent is 0.00000546 TIME.");
  tc_wallet_error_set_recipient (error, (int) i);
  return FALSE;
}

/* @ret_target: the sum without the last one's where @use_all. */
static gboolean
check_request (const TcAccount *self, const TcRecipient *recipients, gsize n_recipients, const char *memo, gboolean use_all,
               TcKeyHash *ret_key_hashes, TcAmount *ret_target, GError **error)
{
  if (n_recipients == 0 || n_recipients > TC_WALLET_RECIPIENTS_MAX)
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_RECIPIENT, "A payment has 1 to %u recipients.", TC_WALLET_RECIPIENTS_MAX);
      return FALSE;
    }
  if (memo != NULL && (strlen (memo) > TC_TX_MEMO_MAX || !g_utf8_validate (memo, -1, NULL)))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, "The memo is longer than %u bytes. Shorten it.", TC_TX_MEMO_MAX);
      return FALSE;
    }
  TcAmount target = { 0 };
  for (guint i = 0; i < n_recipients; i++)
    {
      const gboolean takes_all = use_all && i + 1 == n_recipients;

      if (!check_recipient (self, &recipients[i], i, takes_all, &ret_key_hashes[i], error))
        return FALSE;
      if (!takes_all && !tc_amount_add (target, recipients[i].amount, &target))
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, "The amounts together are larger than any that can exist.");
          return FALSE;
        }
    }
  *ret_target = target;
  return TRUE;
}

/* @settled: without change that is not final yet. */
static GPtrArray *
candidates (const TcAccount *self, const TcCoin *required, gboolean settled)
{
  g_autoptr(GPtrArray) all = tc_wallet_coins_list (self->coins);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (all, i);

      if (coin != required && tc_coin_is_spendable (coin) && coin->draft == 0 && (!settled || coin->state >= TC_WALLET_TX_FINAL))
        g_ptr_array_add (list, coin);
    }
  return list;
}

gboolean
tc_account_select (TcAccount *self, const TcSelectRequest *request, TcSelection *ret_selection, GError **error)
{
  g_autoptr(GPtrArray) settled = candidates (self, request->required, TRUE), every = candidates (self, request->required, FALSE);
  TcAmount missing = { 0 };
  TcSelectResult result = TC_SELECT_SHORT;

  if (!request->all)
    result = tc_select_coins (request, settled, ret_selection, &missing);
  if (result != TC_SELECT_OK)
    result = tc_select_coins (request, every, ret_selection, &missing);
  if (result == TC_SELECT_OK)
    return TRUE;
  if (result == TC_SELECT_TOO_BIG)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_SIZE,
                           "The amount is spread over so many coins that they do not fit into one payment. Send it in several.");
      return FALSE;
    }
  const TcBalance balance = tc_wallet_coins_balance (self->coins);
  g_autofree char *text = tc_amount_format (missing);
  if (balance.pending.units + balance.locked.units >= missing.units)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT,
                 "%s TIME are missing, fee included. What is on its way will be enough: try again in a moment.", text);
  else
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT, "%s TIME are missing, fee included.", text);
  tc_wallet_error_set_missing (error, missing);
  return FALSE;
}

static gboolean
was_paid (TcAccount *self, const char *address)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT 1 FROM paid WHERE address = ?", "t", address);
  const gboolean found = tc_wallet_db_next (self->db, rows);

  if (found)
    sqlite3_reset (rows);
  return found;
}

static void
describe_recipient (TcAccount *self, const TcKeyHash *key_hash, TcAmount amount, TcDraftRecipient *ret_recipient)
{
  ret_recipient->address = tc_address_format (key_hash, self->address_digit);
  ret_recipient->amount = amount;
  if (tc_keychain_find (self->keys, key_hash, NULL))
    ret_recipient->warnings = TC_DRAFT_WARNING_PAYS_SELF;
  else if (!was_paid (self, ret_recipient->address))
    ret_recipient->warnings = TC_DRAFT_WARNING_NEW_ADDRESS;
}

static TcPaymentDraft *
make_draft (TcAccount *self, const TcSelection *selection, const TcSelectRequest *request, const TcRecipient *recipients,
            const TcKeyHash *key_hashes, const char *memo)
{
  TcPaymentDraft *draft = g_new0 (TcPaymentDraft, 1);
  const TcBalance balance = tc_wallet_coins_balance (self->coins);

  g_atomic_ref_count_init (&draft->ref_count);
  draft->id = self->next_draft++;
  draft->n_recipients = request->n_outputs;
  draft->recipients = g_new0 (TcDraftRecipient, draft->n_recipients);
  for (gsize i = 0; i < draft->n_recipients; i++)
    {
      const gboolean takes_all = request->all && i + 1 == draft->n_recipients;
      const TcAmount amount = takes_all ? (TcAmount) { selection->paid.units - request->target.units } : recipients[i].amount;

      describe_recipient (self, &key_hashes[i], amount, &draft->recipients[i]);
      draft->warnings |= draft->recipients[i].warnings;
    }
  draft->n_coins = selection->coins->len;
  draft->coins = g_new0 (TcWalletCoin *, draft->n_coins);
  for (guint i = 0; i < selection->coins->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (selection->coins, i);

      coin->draft = draft->id;
      draft->coins[i] = tc_account_view_coin (self, coin);
    }
  draft->paid = selection->paid;
  draft->fee = selection->fee;
  draft->change = selection->change;
  draft->remains.units = balance.available.units - selection->sum.units + selection->change.units;
  draft->size_bytes = (guint32) selection->size_bytes;
  draft->reason = selection->reason;
  draft->memo = memo != NULL && *memo != '\0' ? g_strdup (memo) : NULL;
  return draft;
}

TcPaymentDraft *
tc_account_prepare (TcAccount *self, const TcRecipient *recipients, gsize n_recipients, const char *memo, gboolean use_all, guint64 fee_rate,
                    GError **error)
{
  g_autofree TcKeyHash *key_hashes = g_new0 (TcKeyHash, MIN (n_recipients, TC_WALLET_RECIPIENTS_MAX));
  g_auto(TcSelection) selection = { 0 };
  TcSelectRequest request = { .n_outputs = n_recipients, .memo_size = memo != NULL ? strlen (memo) : 0, .fee_rate = MAX (fee_rate, 1), .all = use_all };

  if (!check_request (self, recipients, n_recipients, memo, use_all, key_hashes, &request.target, error)
      || !tc_account_select (self, &request, &selection, error))
    return NULL;
  return make_draft (self, &selection, &request, recipients, key_hashes, memo);
}

void
tc_account_release_draft (TcAccount *self, guint64 draft_id)
{
  tc_wallet_coins_free_draft (self->coins, draft_id);
}

/* --- Sending -------------------------------------------------------------------------------------------------------------------- */

/* Returns: (nullable): NULL where a coin is no longer kept for @draft. */
static GPtrArray *
take_coins (TcAccount *self, const TcPaymentDraft *draft)
{
  g_autoptr(GPtrArray) coins = g_ptr_array_new ();

  for (gsize i = 0; i < draft->n_coins; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &draft->coins[i]->outpoint);

      if (coin == NULL || coin->draft != draft->id || !tc_coin_is_spendable (coin))
        return NULL;
      g_ptr_array_add (coins, coin);
    }
  return g_steal_pointer (&coins);
}

/* Where the chain of change keys is at its end in a locked wallet, nothing can be signed either; so there is a key. */
static GArray *
make_outputs (TcAccount *self, const TcPaymentDraft *draft)
{
  GArray *outputs = g_array_new (FALSE, TRUE, sizeof (TcOutput));
  TcOutput output = { .lock = TC_LOCK_KEY_HASH };

  for (gsize i = 0; i < draft->n_recipients; i++)
    {
      output.amount = draft->recipients[i].amount;
      TC_CHECK (tc_address_parse (draft->recipients[i].address, self->address_digit, &output.key_hash, NULL));
      g_array_append_val (outputs, output);
    }
  if (draft->change.units > 0)
    {
      TcKeyPath path;

      TC_CHECK (tc_keychain_issue (self->keys, TC_CHAIN_CHANGE, &path));
      output.amount = draft->change;
      output.key_hash = tc_keychain_get_hash (self->keys, path);
      g_array_append_val (outputs, output);
    }
  return outputs;
}

gboolean
tc_account_can_commit (const TcAccount *self, GError **error)
{
  if (!tc_keychain_is_unlocked (self->keys))
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED, "The wallet is locked. Unlock it to pay.");
  else if (!self->bound)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_NODE, "The wallet is not connected to a network yet.");
  else
    return TRUE;
  return FALSE;
}

static TcTx *
sign (TcAccount *self, GPtrArray *coins, const TcPaymentDraft *draft)
{
  g_autoptr(GArray) outputs = make_outputs (self, draft);
  g_autoptr(GPtrArray) signers = NULL;
  g_autofree TcOutput *spent = NULL;
  g_autoptr(TcTx) plain = tc_build_transfer (coins, self->keys, (const TcOutput *) outputs->data, outputs->len, draft->memo, &signers, &spent);

  return tc_build_signed (plain, &self->chain_id, signers, spent, self->keys);
}

void
tc_account_record_own (TcAccount *self, TcTx *tx, gint64 now_ms)
{
  if (tx == NULL)
    {
      tc_wallet_db_damaged (self->db);
      return;
    }
  TcEntry *entry = tc_account_record (self, tx, now_ms);
  entry->made_here = TRUE;
  tc_history_event (self->history, entry, TC_WALLET_EVENT_CREATED, now_ms);
}

TcTx *
tc_account_commit (TcAccount *self, const TcPaymentDraft *draft, gint64 now_ms, GError **error)
{
  if (!tc_account_can_commit (self, error))
    return NULL;
  g_autoptr(GPtrArray) coins = take_coins (self, draft);
  if (coins == NULL)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN,
                           "This payment was sent already, or another one took its coins. Look at it again and send it anew.");
      return NULL;
    }
  tc_account_begin (self, TRUE);
  g_autoptr(TcTx) tx = sign (self, coins, draft);
  tc_account_record_own (self, tx, now_ms);
  if (!tc_account_end (self, error))
    return NULL;
  tc_wallet_coins_free_draft (self->coins, draft->id);
  return g_steal_pointer (&tx);
}
