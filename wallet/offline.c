#include "offline.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "account-private.h"
#include "core/check.h"
#include "memo.h"
#include "watch.h"

#define HELD           (G_GUINT64_CONSTANT (1) << 63)  /* in TcCoin.draft: with the number of a waiting payment */
#define HIGH_FEE_SHARE 10u

TcPaymentReview *
tc_payment_review_ref (TcPaymentReview *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_payment_review_unref (TcPaymentReview *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->payment, tc_payment_draft_unref);
  g_clear_pointer (&self->sealed, g_bytes_unref);
  g_free (self);
}

/* --- Keys and paths -------------------------------------------------------------------------------------------------------------------- */

static TcFilePath
to_file_path (TcKeyPath path)
{
  return (TcFilePath) { path.account, path.chain, path.index };
}

static TcKeyPath
from_file_path (TcFilePath path)
{
  return (TcKeyPath) { .account = path.account, .chain = path.chain, .index = path.index };
}

/* Where the key of @key_hash is. A wallet that follows no chain knows fewer keys than the one that watches: @hint tells which further one to derive, and is only
 * believed where that gives @key_hash. */
static gboolean
find_own (TcAccount *self, const TcKeyHash *key_hash, TcFilePath hint, TcKeyPath *ret_path)
{
  const TcKeyPath path = from_file_path (hint);

  if (tc_keychain_find (self->keys, key_hash, ret_path))
    return TRUE;
  g_autoptr(TcSecretKey) key = tc_keychain_derive (self->keys, path);
  if (key == NULL)
    return FALSE;
  const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (key));
  *ret_path = path;
  return tc_key_hash_equal (&hash, key_hash);
}

static void
fill_origin (const TcAccount *self, TcEnvelopeOrigin *ret_origin)
{
  g_strlcpy (ret_origin->network, self->network, sizeof ret_origin->network);
  ret_origin->address_digit = self->address_digit;
  ret_origin->has_chain = self->bound;
  ret_origin->chain_id = self->chain_id;
}

static gboolean
check_origin (const TcAccount *self, const TcEnvelopeOrigin *origin, GError **error)
{
  if (strcmp (origin->network, self->network) != 0 || origin->address_digit != self->address_digit)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK, _("This payment is of the network “%s”; this wallet is of “%s”."), origin->network, self->network);
  else if (!origin->has_chain || (self->bound && !tc_hash_equal (&self->chain_id, &origin->chain_id)))
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK,
                 _("This payment is of another network that is called “%s”, too. It cannot be used with this wallet."), origin->network);
  else
    return TRUE;
  return FALSE;
}

/* --- As it is shown --------------------------------------------------------------------------------------------------------------------- */

static void
show_recipient (TcAccount *self, const TcKeyHash *key_hash, TcAmount amount, TcPaymentDraft *payment)
{
  TcDraftRecipient *recipient = &payment->recipients[payment->n_recipients++];

  tc_account_describe_recipient (self, key_hash, recipient);
  recipient->amount = amount;
  payment->warnings |= recipient->warnings;
  payment->paid.units += amount.units;
}

static TcWalletCoin *
show_coin (TcAccount *self, const TcPaymentInput *input)
{
  const TcCoin *known = tc_wallet_coins_find (self->coins, &input->outpoint);

  if (known != NULL)
    return tc_account_view_coin (self, known);
  TcWalletCoin *coin = g_new0 (TcWalletCoin, 1);
  coin->outpoint = input->outpoint;
  coin->amount = input->amount;
  coin->address = tc_address_format (&input->key_hash, self->address_digit);
  coin->change = input->path.chain == TC_CHAIN_CHANGE;
  return coin;
}

/* Whether @output goes where this wallet will find it again: to the account that pays, no further than one that watches can have keys. Further away it would be this
 * wallet's own, and yet lost to whoever does not know the path; that is worth a ransom. */
static gboolean
is_change (TcAccount *self, const TcUnsignedPayment *from, const TcPaymentOutput *output)
{
  TcKeyPath path, payer;

  if (!output->change || !find_own (self, &output->key_hash, output->path, &path) || path.chain != TC_CHAIN_CHANGE)
    return FALSE;
  return path.index < MAX (TC_WATCH_KEYS_MAX, tc_keychain_count (self->keys, path.account, TC_CHAIN_CHANGE))
         && find_own (self, &from->inputs[0].key_hash, from->inputs[0].path, &payer) && payer.account == path.account;
}

/* Change that is not found to be this wallet's own is a recipient. */
static TcPaymentDraft *
show_payment (TcAccount *self, const TcUnsignedPayment *from)
{
  TcPaymentDraft *payment = g_new0 (TcPaymentDraft, 1);

  g_atomic_ref_count_init (&payment->ref_count);
  payment->account = from->account;
  payment->recipients = g_new0 (TcDraftRecipient, from->n_outputs);
  for (gsize i = 0; i < from->n_outputs; i++)
    {
      const TcPaymentOutput *output = &from->outputs[i];

      if (is_change (self, from, output))
        payment->change.units += output->amount.units;
      else
        show_recipient (self, &output->key_hash, output->amount, payment);
    }
  payment->n_coins = from->n_inputs;
  payment->coins = g_new0 (TcWalletCoin *, from->n_inputs);
  for (gsize i = 0; i < from->n_inputs; i++)
    payment->coins[i] = show_coin (self, &from->inputs[i]);
  payment->fee = tc_unsigned_payment_fee (from);
  payment->memo = g_strdup (from->memo);
  payment->memo_private = from->memo_private;
  payment->memo_key = from->memo_key;
  payment->reason = payment->n_recipients == 0 ? TC_DRAFT_CONSOLIDATION : TC_DRAFT_BY_HAND;
  return payment;
}

static TcPaymentReview *
review_new (TcAccount *self, const TcUnsignedPayment *from, GBytes *sealed)
{
  TcPaymentReview *review = g_new0 (TcPaymentReview, 1);

  g_atomic_ref_count_init (&review->ref_count);
  review->payment = show_payment (self, from);
  review->made_ms = from->made_ms;
  review->sealed = g_bytes_ref (sealed);
  const TcAmount moved = review->payment->n_recipients > 0 ? review->payment->paid : review->payment->change;  /* else change would hide what burns */
  review->high_fee = review->payment->fee.units > moved.units / HIGH_FEE_SHARE;
  review->learns_network = !self->bound;
  return review;
}

/* --- Preparing --------------------------------------------------------------------------------------------------------------------------- */

static int
compare_inputs (gconstpointer a, gconstpointer b)
{
  return tc_outpoint_compare (&((const TcPaymentInput *) a)->outpoint, &((const TcPaymentInput *) b)->outpoint);
}

/* As builder.c orders them: by what says nothing of which one is change. */
static int
compare_outputs (gconstpointer a, gconstpointer b)
{
  const TcPaymentOutput *output_a = a, *output_b = b;

  if (output_a->amount.units != output_b->amount.units)
    return output_a->amount.units < output_b->amount.units ? -1 : 1;
  return memcmp (output_a->key_hash.bytes, output_b->key_hash.bytes, TC_KEY_HASH_SIZE);
}

static gboolean
fill_inputs (TcAccount *self, const TcPaymentDraft *draft, TcUnsignedPayment *payment, GError **error)
{
  for (gsize i = 0; i < draft->n_coins; i++)
    {
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &draft->coins[i]->outpoint);

      if (coin == NULL || coin->draft != draft->id || !tc_coin_is_spendable (coin))
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN,
                               _("This payment was sent already, or another one took its coins. Look at it again and send it anew."));
          return FALSE;
        }
      payment->inputs[i] = (TcPaymentInput) { coin->outpoint, coin->amount, tc_keychain_get_hash (self->keys, coin->path), to_file_path (coin->path) };
    }
  qsort (payment->inputs, payment->n_inputs, sizeof *payment->inputs, compare_inputs);
  return TRUE;
}

/* In an open transaction. */
static gboolean
fill_outputs (TcAccount *self, const TcPaymentDraft *draft, TcUnsignedPayment *payment, GError **error)
{
  TcKeyPath path;

  for (gsize i = 0; i < draft->n_recipients; i++)
    {
      payment->outputs[i].amount = draft->recipients[i].amount;
      TC_CHECK (tc_address_parse (draft->recipients[i].address, self->address_digit, &payment->outputs[i].key_hash, NULL));
    }
  if (draft->change.units > 0)
    {
      TcPaymentOutput *change = &payment->outputs[draft->n_recipients];

      if (!tc_account_issue_change (self, draft->account, &path))
        {
          tc_account_set_no_keys (self, error);
          return FALSE;
        }
      *change = (TcPaymentOutput) { draft->change, tc_keychain_get_hash (self->keys, path), TRUE, to_file_path (path) };
    }
  qsort (payment->outputs, payment->n_outputs, sizeof *payment->outputs, compare_outputs);
  return TRUE;
}

static gboolean
may_export (TcAccount *self, const TcPaymentDraft *draft, GError **error)
{
  if (!self->bound)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_NODE, _("The wallet is not connected to a network yet."));
  else if (tc_wallet_db_count (self->db, "SELECT count(*) FROM waiting") >= TC_WAITING_PAYMENTS_MAX)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("%u payments wait for their signature already. Send or drop some of them first."),
                 TC_WAITING_PAYMENTS_MAX);
  else if (draft->n_coins > TC_PAYMENT_INPUTS_MAX || draft->n_recipients + 1 > TC_PAYMENT_OUTPUTS_MAX)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_SIZE, _("The payment is too large to be carried to another machine. Send it in several."));
  else
    return TRUE;
  return FALSE;
}

static void
hold_coins (TcAccount *self, const TcUnsignedPayment *payment, guint64 id)
{
  for (gsize i = 0; i < payment->n_inputs; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &payment->inputs[i].outpoint);

      if (coin != NULL)
        coin->draft = HELD | id;
    }
}

TcPaymentReview *
tc_account_export_payment (TcAccount *self, const TcPaymentDraft *draft, gint64 now_ms, GError **error)
{
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_new (draft->n_coins, draft->n_recipients + (draft->change.units > 0 ? 1 : 0));

  if (!may_export (self, draft, error) || !fill_inputs (self, draft, payment, error))
    return NULL;
  fill_origin (self, &payment->origin);
  payment->account = draft->account;
  payment->made_ms = now_ms;
  payment->memo = g_strdup (draft->memo);
  payment->memo_private = draft->memo_private;
  payment->memo_key = draft->memo_key;
  tc_account_begin (self, TRUE);
  if (!fill_outputs (self, draft, payment, error))
    {
      tc_wallet_db_rollback (self->db);
      return NULL;
    }
  g_autoptr(GBytes) sealed = tc_unsigned_payment_write (payment);
  tc_wallet_db_run (self->db, "INSERT INTO waiting (payment) VALUES (?)", "B", sealed);
  const guint64 id = (guint64) tc_wallet_db_last_id (self->db);
  if (!tc_account_end (self, error))
    return NULL;
  hold_coins (self, payment, id);
  TcPaymentReview *review = review_new (self, payment, sealed);
  review->id = id;
  return review;
}

/* --- Waiting ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  guint64            id;
  GBytes            *sealed;
  TcUnsignedPayment *payment;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_bytes_unref (waiting->sealed);
  tc_unsigned_payment_unref (waiting->payment);
  g_free (waiting);
}

static GPtrArray *
load_waiting (TcAccount *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (waiting_free);
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT id, payment FROM waiting ORDER BY id", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      g_autoptr(GBytes) sealed = tc_wallet_db_bytes (rows, 1);
      TcUnsignedPayment *payment = sealed != NULL ? tc_unsigned_payment_read (sealed, NULL) : NULL;

      if (payment == NULL)
        {
          tc_wallet_db_damaged (self->db);
          break;
        }
      Waiting *waiting = g_new0 (Waiting, 1);
      *waiting = (Waiting) { (guint64) tc_wallet_db_int (rows, 0), g_steal_pointer (&sealed), payment };
      g_ptr_array_add (list, waiting);
    }
  return list;
}

void
tc_account_hold_waiting (TcAccount *self)
{
  g_autoptr(GPtrArray) list = load_waiting (self);

  for (guint i = 0; i < list->len; i++)
    {
      const Waiting *waiting = g_ptr_array_index (list, i);

      hold_coins (self, waiting->payment, waiting->id);
    }
}

static gboolean
is_stale (TcAccount *self, const TcUnsignedPayment *payment)
{
  for (gsize i = 0; i < payment->n_inputs; i++)
    {
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &payment->inputs[i].outpoint);

      if (coin == NULL || !tc_coin_is_spendable (coin))
        return TRUE;
    }
  return FALSE;
}

static void
review_free (gpointer review)
{
  tc_payment_review_unref (review);
}

GPtrArray *
tc_account_list_waiting (TcAccount *self, GError **error)
{
  g_autoptr(GPtrArray) list = load_waiting (self), reviews = g_ptr_array_new_with_free_func (review_free);

  for (guint i = 0; i < list->len; i++)
    {
      const Waiting *waiting = g_ptr_array_index (list, i);
      TcPaymentReview *review = review_new (self, waiting->payment, waiting->sealed);

      review->id = waiting->id;
      review->is_stale = is_stale (self, waiting->payment);
      g_ptr_array_add (reviews, review);
    }
  return tc_wallet_db_end (self->db, error) ? g_steal_pointer (&reviews) : NULL;
}

gboolean
tc_account_drop_waiting (TcAccount *self, guint64 id, GError **error)
{
  tc_account_begin (self, TRUE);
  tc_wallet_db_run (self->db, "DELETE FROM waiting WHERE id = ?", "i", (gint64) id);
  if (!tc_account_end (self, error))
    return FALSE;
  tc_wallet_coins_free_draft (self->coins, HELD | id);
  return TRUE;
}

/* --- Signing ------------------------------------------------------------------------------------------------------------------------------- */

static gboolean
check_unlocked (const TcAccount *self, GError **error)
{
  if (tc_keychain_is_unlocked (self->keys))
    return TRUE;
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED, _("The wallet is locked, or watches only. A payment is signed where its keys are, unlocked."));
  return FALSE;
}

static TcUnsignedPayment *
read_for_signing (TcAccount *self, GBytes *sealed, GError **error)
{
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_read (sealed, error);

  if (payment == NULL || !check_origin (self, &payment->origin, error))
    return NULL;
  for (gsize i = 0; i < payment->n_inputs; i++)
    {
      TcKeyPath path;

      if (find_own (self, &payment->inputs[i].key_hash, payment->inputs[i].path, &path))
        continue;
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND, _("This payment spends coins of another wallet. Sign it with the one that they belong to."));
      return NULL;
    }
  return g_steal_pointer (&payment);
}

TcPaymentReview *
tc_account_read_unsigned (TcAccount *self, GBytes *data, GError **error)
{
  if (!check_unlocked (self, error))
    return NULL;
  g_autoptr(GBytes) sealed = tc_envelope_from_any (data, TC_PAYMENT_FILE_MAX, error);
  g_autoptr(TcUnsignedPayment) payment = sealed != NULL ? read_for_signing (self, sealed, error) : NULL;
  return payment != NULL ? review_new (self, payment, sealed) : NULL;
}

static TcSecretKey *
key_of (TcAccount *self, const TcPaymentInput *input)
{
  TcKeyPath path;

  return find_own (self, &input->key_hash, input->path, &path) ? tc_keychain_derive (self->keys, path) : NULL;
}

/* Returns: (nullable): the one output that is not change. */
static const TcPaymentOutput *
only_recipient (const TcUnsignedPayment *payment)
{
  const TcPaymentOutput *found = NULL;

  for (gsize i = 0; i < payment->n_outputs; i++)
    if (!payment->outputs[i].change)
      {
        if (found != NULL)
          return NULL;
        found = &payment->outputs[i];
      }
  return found;
}

static gboolean
make_memo (TcAccount *self, const TcUnsignedPayment *payment, GBytes **ret_memo, GError **error)
{
  const TcPaymentOutput *recipient = only_recipient (payment);

  *ret_memo = NULL;
  if (payment->memo == NULL)
    return TRUE;
  if (!payment->memo_private)
    {
      *ret_memo = g_bytes_new (payment->memo, strlen (payment->memo));
      return TRUE;
    }
  g_autoptr(TcSecretKey) sender = key_of (self, &payment->inputs[0]);
  g_autoptr(GError) failed = NULL;
  if (recipient != NULL && sender != NULL)
    *ret_memo = tc_memo_seal (payment->memo, &payment->memo_key, &recipient->key_hash, sender, &payment->inputs[0].outpoint, &failed);
  if (*ret_memo == NULL)
    g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_MEMO, _("The memo could not be made private: %s"),
                 failed != NULL ? failed->message : _("the payment has more than one recipient."));
  return *ret_memo != NULL;
}

static TcTx *
sign (TcAccount *self, const TcUnsignedPayment *payment, TcTx *plain, const TcOutput *spent, GArray *signers)
{
  const TcHash digest = tc_tx_digest (plain, &payment->origin.chain_id, spent);
  g_autofree TcWitness *witnesses = g_new0 (TcWitness, signers->len);

  for (guint i = 0; i < signers->len; i++)
    {
      g_autoptr(TcSecretKey) key = key_of (self, &payment->inputs[g_array_index (signers, guint32, i)]);

      if (key == NULL)
        return NULL;
      witnesses[i] = (TcWitness) { *tc_secret_key_get_public (key), tc_secret_key_sign (key, digest.bytes, TC_HASH_SIZE) };
    }
  return tc_tx_new_signed (plain, witnesses, signers->len);
}

/* The wallet belongs to that network from now on. */
static gboolean
learn_network (TcAccount *self, const TcEnvelopeOrigin *origin, GError **error)
{
  if (self->bound)
    return TRUE;
  tc_account_begin (self, TRUE);
  tc_wallet_db_set_blob (self->db, "chain_id", origin->chain_id.bytes, TC_HASH_SIZE);
  self->chain_id = origin->chain_id;
  self->bound = TRUE;
  return tc_account_end (self, error);
}

GBytes *
tc_account_sign_unsigned (TcAccount *self, GBytes *sealed, GError **error)
{
  g_autoptr(TcUnsignedPayment) payment = check_unlocked (self, error) ? read_for_signing (self, sealed, error) : NULL;
  g_autoptr(GBytes) memo = NULL;
  g_autoptr(GArray) signers = NULL;
  g_autofree TcOutput *spent = NULL;

  if (payment == NULL || !make_memo (self, payment, &memo, error))
    return NULL;
  g_autoptr(TcTx) plain = tc_unsigned_payment_build (payment, memo, &spent, &signers);
  g_autoptr(TcTx) tx = plain != NULL ? sign (self, payment, plain, spent, signers) : NULL;
  if (tx == NULL || tx->size_bytes > TC_TX_SIZE_MAX)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_SIZE, _("The payment is larger than the network takes. Prepare it in several."));
      return NULL;
    }
  return learn_network (self, &payment->origin, error) ? tc_signed_payment_write (&payment->origin, tx) : NULL;
}

/* --- Sending ------------------------------------------------------------------------------------------------------------------------------- */

static const Waiting *
find_waiting (GPtrArray *list, const TcTx *tx)
{
  for (guint i = 0; i < list->len; i++)
    if (tc_unsigned_payment_is_of (((Waiting *) g_ptr_array_index (list, i))->payment, tx))
      return g_ptr_array_index (list, i);
  return NULL;
}

/* @spent: n_inputs outputs, filled in. */
static gboolean
check_coins (TcAccount *self, const TcTx *tx, guint64 waiting_id, TcOutput *spent, GError **error)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint);

      if (coin == NULL)
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND,
                             _("This payment spends coins that this wallet does not have. Send it with the wallet that prepared it."));
      else if (coin->spent && tc_hash_equal (&coin->spent_by, &tx->txid))
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN, _("This payment was sent already. It is in the history."));
      else if (!tc_coin_is_spendable (coin))
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN, _("A coin of this payment was spent otherwise meanwhile. Prepare it anew."));
      else if (coin->draft != 0 && coin->draft != (HELD | waiting_id))
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN,
                             _("A coin of this payment is kept for another one that waits for its signature. Drop that one first."));
      else
        {
          spent[i] = (TcOutput) { coin->amount, coin->lock, tc_keychain_get_hash (self->keys, coin->path) };
          continue;
        }
      return FALSE;
    }
  return TRUE;
}

/* What the network would check, so that a wrong file is told here. */
static gboolean
check_signatures (TcAccount *self, const TcTx *tx, const TcOutput *spent, GError **error)
{
  const TcHash digest = tc_tx_digest (tx, &self->chain_id, spent);
  gboolean ok = TRUE;

  for (guint32 i = 0; i < tx->n_inputs && ok; i++)
    {
      const TcKeyHash hash = tc_key_hash (&tx->witnesses[tx->inputs[i].signer].key);

      ok = tc_key_hash_equal (&hash, &spent[i].key_hash);
    }
  for (guint32 i = 0; i < tx->n_witnesses && ok; i++)
    ok = tc_signature_check (&tx->witnesses[i].signature, &tx->witnesses[i].key, digest.bytes, TC_HASH_SIZE);
  if (!ok)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_REJECTED, _("A signature of this payment is wrong. Sign it again."));
  return ok;
}

/* The same as a payment before signing, to be shown. */
static TcUnsignedPayment *
to_payment (TcAccount *self, const TcTx *tx, const TcOutput *spent)
{
  TcUnsignedPayment *payment = tc_unsigned_payment_new (tx->n_inputs, tx->n_outputs);

  for (guint32 i = 0; i < tx->n_inputs; i++)
    payment->inputs[i] = (TcPaymentInput) { tx->inputs[i].outpoint, spent[i].amount, spent[i].key_hash,
                                            to_file_path (tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint)->path) };
  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      TcPaymentOutput *output = &payment->outputs[i];
      TcKeyPath path;

      *output = (TcPaymentOutput) { .amount = tx->outputs[i].amount, .key_hash = tx->outputs[i].key_hash };
      output->change = tc_keychain_find (self->keys, &output->key_hash, &path) && path.chain == TC_CHAIN_CHANGE;
      if (output->change)
        output->path = to_file_path (path);
    }
  payment->memo_private = tc_memo_is_private (tx->memo, tx->memo_size);
  if (tx->memo_size > 0 && g_utf8_validate ((const char *) tx->memo, tx->memo_size, NULL))
    payment->memo = g_strndup ((const char *) tx->memo, tx->memo_size);
  return payment;
}

static gboolean
sums_are_sound (const TcTx *tx, const TcOutput *spent)
{
  TcAmount in = { 0 }, out = { 0 };
  gboolean ok = TRUE;

  for (guint32 i = 0; i < tx->n_inputs; i++)
    ok = ok && tc_amount_add (in, spent[i].amount, &in);
  for (guint32 i = 0; i < tx->n_outputs; i++)
    ok = ok && tc_amount_add (out, tx->outputs[i].amount, &out) && tx->outputs[i].lock == TC_LOCK_KEY_HASH;
  return ok && in.units > out.units;
}

/* Returns: (transfer full) (nullable): checked. @ret_spent: (out) (transfer full). @ret_id: of the waiting payment that it is; 0: of none. */
static TcTx *
read_signed (TcAccount *self, GBytes *sealed, TcOutput **ret_spent, guint64 *ret_id, GError **error)
{
  TcEnvelopeOrigin origin;
  g_autoptr(TcTx) tx = tc_signed_payment_read (sealed, &origin, error);
  g_autoptr(GPtrArray) list = tx != NULL ? load_waiting (self) : NULL;

  if (tx == NULL || !tc_wallet_db_end (self->db, error) || !check_origin (self, &origin, error))
    return NULL;
  const Waiting *waiting = find_waiting (list, tx);
  g_autofree TcOutput *spent = g_new0 (TcOutput, tx->n_inputs);
  *ret_id = waiting != NULL ? waiting->id : 0;
  if (!self->bound)
    g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NO_NODE, _("The wallet is not connected to a network yet."));
  else if (check_coins (self, tx, *ret_id, spent, error) && check_signatures (self, tx, spent, error))
    {
      if (sums_are_sound (tx, spent))
        {
          *ret_spent = g_steal_pointer (&spent);
          return g_steal_pointer (&tx);
        }
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_REJECTED, _("This is no payment that the network takes: it pays out more than it spends."));
    }
  return NULL;
}

TcPaymentReview *
tc_account_read_signed (TcAccount *self, GBytes *data, GError **error)
{
  g_autoptr(GBytes) sealed = tc_envelope_from_any (data, TC_PAYMENT_FILE_MAX, error);
  g_autofree TcOutput *spent = NULL;
  guint64 id = 0;
  g_autoptr(TcTx) tx = sealed != NULL ? read_signed (self, sealed, &spent, &id, error) : NULL;

  if (tx == NULL)
    return NULL;
  g_autoptr(TcUnsignedPayment) payment = to_payment (self, tx, spent);
  TcPaymentReview *review = review_new (self, payment, sealed);
  review->id = id;
  review->is_signed = TRUE;
  review->payment->size_bytes = tx->size_bytes;
  return review;
}

TcTx *
tc_account_take_signed (TcAccount *self, GBytes *sealed, gint64 now_ms, GError **error)
{
  g_autofree TcOutput *spent = NULL;
  guint64 id = 0;
  g_autoptr(TcTx) tx = read_signed (self, sealed, &spent, &id, error);

  if (tx == NULL)
    return NULL;
  tc_account_begin (self, TRUE);
  tc_account_record_own (self, tx, now_ms);
  tc_wallet_db_run (self->db, "DELETE FROM waiting WHERE id = ?", "i", (gint64) id);
  if (!tc_account_end (self, error))
    return NULL;
  if (id != 0)
    tc_wallet_coins_free_draft (self->coins, HELD | id);
  return g_steal_pointer (&tx);
}
