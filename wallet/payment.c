#include "account-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "core/check.h"
#include "builder.h"
#include "memo.h"
#include "memos.h"
#include "select.h"

#define ALIKE_FROM 5u  /* behind TIME and the digit, which all have */
#define ALIKE_MIN  5u  /* characters at both ends together: by chance one in a hundred million */

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
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, _("The amount is larger than any that can exist."));
  else
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, _("The least that can be sent is 0.00000546 TIME."));
  tc_wallet_error_set_recipient (error, (int) i);
  return FALSE;
}

static gboolean
has_memo (const TcPaymentOrder *order)
{
  return order->memo != NULL && *order->memo != '\0';
}

static gboolean
check_memo (const TcPaymentOrder *order, GError **error)
{
  const gboolean private = has_memo (order) && order->memo_private;

  if (order->memo != NULL && (strlen (order->memo) > TC_TX_MEMO_MAX || !g_utf8_validate (order->memo, -1, NULL)))
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, _("The memo is longer than %u bytes. Shorten it."), TC_TX_MEMO_MAX);
  else if (private && strlen (order->memo) > TC_MEMO_TEXT_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, _("A private memo has at most %u bytes. Shorten it."), TC_MEMO_TEXT_MAX);
  else if (private && order->n_recipients != 1)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, _("A memo can be private only where there is one recipient."));
  else
    return TRUE;
  return FALSE;
}

/* To whom a private memo is sealed. */
static gboolean
find_memo_key (TcAccount *self, const TcPaymentOrder *order, const TcKeyHash *address, TcPublicKey *ret_key, GError **error)
{
  g_autoptr(GError) failed = NULL;

  if (order->memo_key != NULL)
    *ret_key = *order->memo_key;
  else if (!tc_account_find_public_key (self, address, ret_key, &failed))
    {
      if (failed != NULL)
        g_propagate_error (error, g_steal_pointer (&failed));
      else
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO,
                             _("The memo cannot be private: the key of this address is not known. It is once the recipient has paid with it, or from a payment request."));
      return FALSE;
    }
  if (tc_memo_check_key (ret_key, address, &failed))
    return TRUE;
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, failed->message);
  return FALSE;
}

static gboolean
check_order (const TcPaymentOrder *order, GError **error)
{
  if (order->n_recipients == 0 || order->n_recipients > TC_WALLET_RECIPIENTS_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_RECIPIENT, _("A payment has 1 to %u recipients."), TC_WALLET_RECIPIENTS_MAX);
  else if (order->fee_rate > TC_WALLET_FEE_RATE_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, _("The fee is too high: at most %u units a byte."), TC_WALLET_FEE_RATE_MAX);
  else if (order->n_coins > TC_WALLET_COINS_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_SIZE, _("One payment can spend at most %u coins. Choose fewer."), TC_WALLET_COINS_MAX);
  else
    return check_memo (order, error);
  return FALSE;
}

/* @ret_target: the sum without the last one's where all is used. */
static gboolean
check_recipients (const TcAccount *self, const TcPaymentOrder *order, TcKeyHash *ret_key_hashes, TcAmount *ret_target, GError **error)
{
  TcAmount target = { 0 };

  for (guint i = 0; i < order->n_recipients; i++)
    {
      const gboolean takes_all = order->use_all && i + 1 == order->n_recipients;

      if (!check_recipient (self, &order->recipients[i], i, takes_all, &ret_key_hashes[i], error))
        return FALSE;
      if (!takes_all && !tc_amount_add (target, order->recipients[i].amount, &target))
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, _("The amounts together are larger than any that can exist."));
          return FALSE;
        }
    }
  *ret_target = target;
  return TRUE;
}

/* --- Coins ------------------------------------------------------------------------------------------------------------------------ */

/* @settled: without change that is not final yet. */
static GPtrArray *
candidates (const TcAccount *self, const TcSelectRequest *request, gboolean settled)
{
  g_autoptr(GPtrArray) all = tc_wallet_coins_list (self->coins);
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    {
      TcCoin *coin = g_ptr_array_index (all, i);

      if (coin != request->required && coin->path.account == request->account && tc_coin_is_spendable (coin) && coin->draft == 0
          && (!settled || coin->state >= TC_WALLET_TX_FINAL))
        g_ptr_array_add (list, coin);
    }
  return list;
}

static gboolean
explain_shortage (const TcAccount *self, guint32 account, TcSelectResult result, TcAmount missing, gboolean by_hand, GError **error)
{
  const TcBalance balance = tc_wallet_coins_balance (self->coins, account);
  g_autofree char *text = tc_amount_format (missing);

  if (result == TC_SELECT_TOO_BIG)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_SIZE,
                           by_hand ? _("These are more coins than fit into one payment. Choose fewer.")
                                   : _("The amount is spread over so many coins that they do not fit into one payment. Send it in several."));
      return FALSE;
    }
  if (by_hand)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT, _("The coins chosen are %s TIME short, fee included. Choose more."), text);
  else if (balance.pending.units + balance.locked.units >= missing.units)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT,
                 _("%s TIME are missing, fee included. What is on its way will be enough: try again in a moment."), text);
  else if (balance.frozen.units >= missing.units)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT, _("%s TIME are missing, fee included. There is more in coins that are frozen."), text);
  else
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT, _("%s TIME are missing, fee included."), text);
  tc_wallet_error_set_missing (error, missing);
  return FALSE;
}

gboolean
tc_account_select (TcAccount *self, const TcSelectRequest *request, TcSelection *ret_selection, GError **error)
{
  g_autoptr(GPtrArray) settled = candidates (self, request, TRUE), every = candidates (self, request, FALSE);
  TcAmount missing = { 0 };
  TcSelectResult result = TC_SELECT_SHORT;

  if (!request->all)
    result = tc_select_coins (request, settled, ret_selection, &missing);
  if (result != TC_SELECT_OK)
    result = tc_select_coins (request, every, ret_selection, &missing);
  return result == TC_SELECT_OK || explain_shortage (self, request->account, result, missing, FALSE, error);
}

/* Returns: (nullable): NULL where one of them cannot be spent. */
static GPtrArray *
find_chosen (const TcAccount *self, const TcPaymentOrder *order, GError **error)
{
  g_autoptr(GPtrArray) coins = g_ptr_array_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < order->n_coins; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &order->coins[i]);

      if (coin != NULL && coin->frozen && !coin->spent)
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN, _("A coin chosen is frozen. Unfreeze it first, or choose another."));
          return NULL;
        }
      if (coin == NULL || !tc_coin_is_spendable (coin) || coin->draft != 0)
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN,
                               _("A coin chosen cannot be spent: it is spent already, kept for another payment, or not final yet. Choose again."));
          return NULL;
        }
      if (coin->path.account != order->account)
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_ACCOUNT, _("A coin chosen is another account’s. A payment takes coins of one account."));
          return NULL;
        }
      if (g_hash_table_add (seen, coin))
        g_ptr_array_add (coins, coin);
    }
  return g_steal_pointer (&coins);
}

static gboolean
select_for (TcAccount *self, const TcPaymentOrder *order, TcSelectRequest *request, TcSelection *ret_selection, GError **error)
{
  TcAmount missing = { 0 };

  if (order->n_coins == 0)
    return tc_account_select (self, request, ret_selection, error);
  g_autoptr(GPtrArray) chosen = find_chosen (self, order, error);
  if (chosen == NULL)
    return FALSE;
  request->fixed = TRUE;
  const TcSelectResult result = tc_select_coins (request, chosen, ret_selection, &missing);
  return result == TC_SELECT_OK || explain_shortage (self, request->account, result, missing, TRUE, error);
}

/* --- Drafts ----------------------------------------------------------------------------------------------------------------------- */

static gboolean
was_paid (TcAccount *self, const char *address)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT 1 FROM paid WHERE address = ?", "t", address);
  const gboolean found = tc_wallet_db_next (self->db, rows);

  if (found)
    sqlite3_reset (rows);
  return found;
}

/* An address paid before that differs from @address, but in nothing that people look at: the first characters after the prefix, and the last.
 * Returns: (nullable) (transfer full). */
static char *
find_alike (TcAccount *self, const char *address)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT address FROM paid WHERE substr (address, 6, 2) = substr (?1, 6, 2)"
                                            " AND substr (address, -2) = substr (?1, -2) AND address <> ?1", "t", address);
  const gsize length = strlen (address);
  char *found = NULL;

  while (tc_wallet_db_next (self->db, rows))
    {
      g_autofree char *paid = tc_wallet_db_text (rows, 0);
      const gsize n = strlen (paid);
      gsize same = 0;

      for (gsize i = ALIKE_FROM; i < MIN (n, length) && paid[i] == address[i]; i++)
        same++;
      for (gsize i = 1; i <= MIN (n, length) && paid[n - i] == address[length - i]; i++)
        same++;
      if (same >= ALIKE_MIN && found == NULL)
        found = g_steal_pointer (&paid);
    }
  return found;
}

void
tc_account_describe_recipient (TcAccount *self, const TcKeyHash *key_hash, TcDraftRecipient *ret_recipient)
{
  ret_recipient->address = tc_address_format (key_hash, self->address_digit);
  if (tc_keychain_find (self->keys, key_hash, NULL))
    ret_recipient->warnings = TC_DRAFT_WARNING_PAYS_SELF;
  else if (!was_paid (self, ret_recipient->address))
    {
      ret_recipient->warnings = TC_DRAFT_WARNING_NEW_ADDRESS;
      ret_recipient->alike = find_alike (self, ret_recipient->address);
      ret_recipient->warnings |= ret_recipient->alike != NULL ? TC_DRAFT_WARNING_LOOK_ALIKE : 0;
    }
}

static guint
count_payers (const TcPaymentOrder *order)
{
  guint n = 0;

  for (gsize i = 0; i < order->n_recipients && !order->use_all; i++)
    n += order->recipients[i].pays_fee ? 1 : 0;
  return n;
}

/* Takes @fee from those who pay it, in equal parts, the first ones a unit more. */
static gboolean
share_fee (const TcPaymentOrder *order, guint64 fee, TcPaymentDraft *draft, GError **error)
{
  const guint n_payers = count_payers (order);
  guint n = 0;

  for (gsize i = 0; i < order->n_recipients && n_payers > 0; i++)
    {
      if (!order->recipients[i].pays_fee)
        continue;
      const guint64 part = fee / n_payers + (n++ < fee % n_payers ? 1 : 0);
      if (order->recipients[i].amount.units < part + TC_TX_DUST_UNITS)
        {
          g_autofree char *text = tc_amount_format ((TcAmount) { part + TC_TX_DUST_UNITS });

          g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT,
                       _("The fee cannot be taken from so small an amount: it must be at least %s TIME. Send more, or pay the fee yourself."), text);
          tc_wallet_error_set_recipient (error, (int) i);
          return FALSE;
        }
      draft->recipients[i].amount.units -= part;
      draft->recipients[i].fee_part.units = part;
    }
  return TRUE;
}

static gboolean
fill_recipients (TcAccount *self, const TcPaymentOrder *order, const TcSelection *selection, TcAmount target, const TcKeyHash *key_hashes,
                 TcPaymentDraft *draft, GError **error)
{
  draft->n_recipients = order->n_recipients;
  draft->recipients = g_new0 (TcDraftRecipient, draft->n_recipients);
  for (gsize i = 0; i < draft->n_recipients; i++)
    {
      const gboolean takes_all = order->use_all && i + 1 == draft->n_recipients;

      tc_account_describe_recipient (self, &key_hashes[i], &draft->recipients[i]);
      draft->recipients[i].amount = takes_all ? (TcAmount) { selection->paid.units - target.units } : order->recipients[i].amount;
      draft->warnings |= draft->recipients[i].warnings;
    }
  /* What goes to the fee because it would be dust as change is not taken from anyone a second time. */
  const guint64 asked = target.units, paid = selection->paid.units;
  return share_fee (order, !order->use_all && paid < asked ? asked - paid : 0, draft, error);
}

static TcPaymentDraft *
draft_new (TcAccount *self, guint32 account, const TcSelection *selection, guint64 fee_rate)
{
  TcPaymentDraft *draft = g_new0 (TcPaymentDraft, 1);
  const TcBalance balance = tc_wallet_coins_balance (self->coins, account);

  g_atomic_ref_count_init (&draft->ref_count);
  draft->id = self->next_draft++;
  draft->account = account;
  draft->n_coins = selection->coins->len;
  draft->coins = g_new0 (TcWalletCoin *, draft->n_coins);
  for (guint i = 0; i < selection->coins->len; i++)
    draft->coins[i] = tc_account_view_coin (self, g_ptr_array_index (selection->coins, i));
  draft->paid = selection->paid;
  draft->fee = selection->fee;
  draft->change = selection->change;
  draft->remains.units = balance.available.units - selection->sum.units + selection->change.units;
  draft->size_bytes = (guint32) selection->size_bytes;
  draft->fee_rate = fee_rate;
  draft->reason = selection->reason;
  draft->n_left = selection->n_left;
  return draft;
}

/* From now on its coins are kept for @draft. */
static void
keep_coins (const TcPaymentDraft *draft, const TcSelection *selection)
{
  for (guint i = 0; i < selection->coins->len; i++)
    ((TcCoin *) g_ptr_array_index (selection->coins, i))->draft = draft->id;
}

static gsize
memo_size (const TcPaymentOrder *order)
{
  if (!has_memo (order))
    return 0;
  return order->memo_private ? tc_memo_sealed_size (strlen (order->memo)) : strlen (order->memo);
}

TcPaymentDraft *
tc_account_prepare (TcAccount *self, const TcPaymentOrder *order, guint64 fee_rate, GError **error)
{
  g_autofree TcKeyHash *key_hashes = g_new0 (TcKeyHash, MIN (order->n_recipients, TC_WALLET_RECIPIENTS_MAX));
  g_auto(TcSelection) selection = { 0 };
  TcPublicKey memo_key = { 0 };
  TcSelectRequest request = { .account = order->account, .n_outputs = order->n_recipients, .fee_rate = order->fee_rate > 0 ? order->fee_rate : MAX (fee_rate, 1), .all = order->use_all };

  if (!tc_account_check (self, order->account, FALSE, error) || !check_order (order, error) || !check_recipients (self, order, key_hashes, &request.target, error))
    return NULL;
  if (has_memo (order) && order->memo_private && !find_memo_key (self, order, &key_hashes[0], &memo_key, error))
    return NULL;
  request.memo_size = memo_size (order);
  request.fee_inside = count_payers (order) > 0;
  if (!select_for (self, order, &request, &selection, error))
    return NULL;
  g_autoptr(TcPaymentDraft) draft = draft_new (self, order->account, &selection, request.fee_rate);
  if (!fill_recipients (self, order, &selection, request.target, key_hashes, draft, error))
    return NULL;
  draft->memo = has_memo (order) ? g_strdup (order->memo) : NULL;
  draft->memo_private = draft->memo != NULL && order->memo_private;
  draft->memo_key = memo_key;
  keep_coins (draft, &selection);
  return g_steal_pointer (&draft);
}

/* A payment without recipients: all that the fee leaves is change. So it goes to a new address, and none is used up by looking at a draft. */
TcPaymentDraft *
tc_account_prepare_consolidation (TcAccount *self, guint32 account, TcAmount below, guint64 fee_rate, GError **error)
{
  const TcSelectRequest request = { .account = account, .n_outputs = 1, .fee_rate = MAX (fee_rate, 1), .all = TRUE, .small_first = TRUE };
  g_autoptr(GPtrArray) coins = candidates (self, &request, TRUE);
  g_auto(TcSelection) selection = { 0 };
  TcAmount missing = { 0 };

  if (!tc_account_check (self, account, FALSE, error))
    return NULL;
  for (guint i = coins->len; i > 0 && below.units > 0; i--)
    if (((TcCoin *) g_ptr_array_index (coins, i - 1))->amount.units >= below.units)
      g_ptr_array_remove_index_fast (coins, i - 1);
  if (request.fee_rate > TC_WALLET_FEE_RATE_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_AMOUNT, _("The fee is too high: at most %u units a byte."), TC_WALLET_FEE_RATE_MAX);
  else if (tc_select_coins (&request, coins, &selection, &missing) != TC_SELECT_OK || selection.coins->len < 2)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT, _("There are no two coins that are worth joining into one at this fee."));
  else
    {
      selection.change = selection.paid;
      selection.paid.units = 0;
      selection.reason = TC_DRAFT_CONSOLIDATION;
      TcPaymentDraft *draft = draft_new (self, account, &selection, request.fee_rate);
      keep_coins (draft, &selection);
      return draft;
    }
  return NULL;
}

void
tc_account_release_draft (TcAccount *self, guint64 draft_id)
{
  tc_wallet_coins_free_draft (self->coins, draft_id);
}

gboolean
tc_account_set_coin_frozen (TcAccount *self, const TcOutpoint *coins, gsize n_coins, gboolean frozen, GError **error)
{
  gsize n_found = 0;

  tc_account_begin (self, TRUE);
  for (gsize i = 0; i < n_coins; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &coins[i]);

      if (coin == NULL || !tc_coin_is_alive (coin))
        continue;
      n_found++;
      if (coin->frozen != frozen)
        tc_wallet_coins_set_frozen (self->coins, coin, frozen);
    }
  if (n_found > 0)
    return tc_account_end (self, error);
  tc_wallet_db_rollback (self->db);
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND, _("This wallet has no such coin."));
  return FALSE;
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

      TC_CHECK (tc_keychain_issue (self->keys, draft->account, TC_CHAIN_CHANGE, &path));
      output.amount = draft->change;
      output.key_hash = tc_keychain_get_hash (self->keys, path);
      g_array_append_val (outputs, output);
    }
  return outputs;
}

/* Who watches addresses that the user gave has none for change alone. */
gboolean
tc_account_issue_change (TcAccount *self, guint32 account, TcKeyPath *ret_path)
{
  if (self->watches != TC_WATCHES_ADDRESSES)
    return tc_keychain_issue (self->keys, account, TC_CHAIN_CHANGE, ret_path);
  *ret_path = tc_keychain_current (self->keys, account);
  return TRUE;
}

gboolean
tc_account_can_commit (const TcAccount *self, GError **error)
{
  if (self->watches != TC_WATCHES_NOTHING)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_WATCH_ONLY,
                           _("This wallet watches only: it cannot sign. Make an unsigned payment, and sign it where the wallet's phrase is."));
      return FALSE;
    }
  if (!tc_keychain_is_unlocked (self->keys))
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED, _("The wallet is locked. Unlock it to pay."));
  else if (!self->bound)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_NODE, _("The wallet is not connected to a network yet."));
  else
    return TRUE;
  return FALSE;
}

static const TcCoin *
first_of (GPtrArray *coins)
{
  const TcCoin *first = g_ptr_array_index (coins, 0);

  for (guint i = 1; i < coins->len; i++)
    {
      const TcCoin *coin = g_ptr_array_index (coins, i);

      if (tc_outpoint_compare (&coin->outpoint, &first->outpoint) < 0)
        first = coin;
    }
  return first;
}

/* @ret_memo: (out) (nullable): as it stands in the transaction. */
static gboolean
encode_memo (TcAccount *self, GPtrArray *coins, const TcPaymentDraft *draft, GBytes **ret_memo, GError **error)
{
  if (draft->memo == NULL || !draft->memo_private)
    {
      *ret_memo = draft->memo != NULL ? g_bytes_new (draft->memo, strlen (draft->memo)) : NULL;
      return TRUE;
    }
  const TcCoin *first = first_of (coins);
  const TcKeyHash address = tc_key_hash (&draft->memo_key);
  g_autoptr(TcSecretKey) sender = tc_keychain_secret_key (self->keys, first->path);
  g_autoptr(GError) failed = NULL;

  *ret_memo = sender != NULL ? tc_memo_seal (draft->memo, &draft->memo_key, &address, sender, &first->outpoint, &failed) : NULL;
  if (*ret_memo == NULL)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, _("The memo could not be made private: %s"),
                 failed != NULL ? failed->message : _("the wallet is locked."));
  return *ret_memo != NULL;
}

static TcTx *
sign (TcAccount *self, GPtrArray *coins, const TcPaymentDraft *draft, GBytes *memo)
{
  g_autoptr(GArray) outputs = make_outputs (self, draft);
  g_autoptr(GPtrArray) signers = NULL;
  g_autofree TcOutput *spent = NULL;
  g_autoptr(TcTx) plain = tc_build_transfer (coins, self->keys, (const TcOutput *) outputs->data, outputs->len, memo, &signers, &spent);

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
                           _("This payment was sent already, or another one took its coins. Look at it again and send it anew."));
      return NULL;
    }
  g_autoptr(GBytes) memo = NULL;
  if (!encode_memo (self, coins, draft, &memo, error))
    return NULL;
  tc_account_begin (self, TRUE);
  g_autoptr(TcTx) tx = sign (self, coins, draft, memo);
  tc_account_record_own (self, tx, now_ms);
  if (!tc_account_end (self, error))
    return NULL;
  tc_wallet_coins_free_draft (self->coins, draft->id);
  return g_steal_pointer (&tx);
}
