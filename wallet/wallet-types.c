#include "wallet-types.h"

#include "core/check.h"

typedef struct
{
  TcAmount missing;
  int      recipient;
} TcWalletErrorPrivate;

static void
tc_wallet_error_private_init (TcWalletErrorPrivate *self)
{
  self->missing = (TcAmount) { 0 };
  self->recipient = -1;
}

static void
tc_wallet_error_private_copy (const TcWalletErrorPrivate *from, TcWalletErrorPrivate *to)
{
  *to = *from;
}

static void
tc_wallet_error_private_clear (TcWalletErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (TcWalletError, tc_wallet_error)

TcAmount
tc_wallet_error_get_missing (const GError *error)
{
  if (!g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT))
    return (TcAmount) { 0 };
  return tc_wallet_error_get_private (error)->missing;
}

int
tc_wallet_error_get_recipient (const GError *error)
{
  if (error == NULL || error->domain != TC_WALLET_ERROR)
    return -1;
  return tc_wallet_error_get_private (error)->recipient;
}

void
tc_wallet_error_set_missing (GError **error, TcAmount missing)
{
  if (error != NULL && *error != NULL)
    tc_wallet_error_get_private (*error)->missing = missing;
}

void
tc_wallet_error_set_recipient (GError **error, int recipient)
{
  if (error != NULL && *error != NULL)
    tc_wallet_error_get_private (*error)->recipient = recipient;
}

static TcWalletAccount *
account_copy (const TcWalletAccount *self)
{
  TcWalletAccount *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->receive_address = g_strdup (self->receive_address);
  return copy;
}

void
tc_wallet_account_free (TcWalletAccount *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->receive_address);
  g_free (self);
}

static gpointer
copy_account (gconstpointer account, gpointer user_data)
{
  return account_copy (account);
}

const TcWalletAccount *
tc_wallet_snapshot_get_account (const TcWalletSnapshot *self, guint32 index)
{
  return index < self->accounts->len ? g_ptr_array_index (self->accounts, index) : NULL;
}

TcWalletSnapshot *
tc_wallet_snapshot_ref (TcWalletSnapshot *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_wallet_snapshot_unref (TcWalletSnapshot *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->path);
  g_free (self->name);
  g_free (self->network);
  g_ptr_array_unref (self->accounts);
  g_free (self->receive_address);
  g_free (self->first_address);
  g_free (self->problem);
  g_free (self);
}

TcWalletSnapshot *
tc_wallet_snapshot_copy (const TcWalletSnapshot *self)
{
  TcWalletSnapshot *copy = g_memdup2 (self, sizeof *self);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->path = g_strdup (self->path);
  copy->name = g_strdup (self->name);
  copy->network = g_strdup (self->network);
  copy->accounts = g_ptr_array_copy (self->accounts, copy_account, NULL);
  copy->receive_address = g_strdup (self->receive_address);
  copy->first_address = g_strdup (self->first_address);
  copy->problem = g_strdup (self->problem);
  return copy;
}

const char *
tc_wallet_tx_state_name (TcWalletTxState state)
{
  static const char *const names[] = { "pending", "certified", "final", "confirmed", "dropped", "conflicted" };

  TC_CHECK ((guint) state < G_N_ELEMENTS (names));
  return names[state];
}

TcWalletTx *
tc_wallet_tx_ref (TcWalletTx *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_wallet_tx_unref (TcWalletTx *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->accounts);
  g_free (self->address);
  g_free (self->name);
  g_free (self->note);
  g_free (self->memo);
  g_free (self->reason);
  g_free (self);
}

TcWalletTxDetail *
tc_wallet_tx_detail_ref (TcWalletTxDetail *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_wallet_tx_detail_unref (TcWalletTxDetail *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (gsize i = 0; i < self->n_inputs; i++)
    {
      g_free (self->inputs[i].address);
      g_free (self->inputs[i].name);
    }
  for (gsize i = 0; i < self->n_outputs; i++)
    {
      g_free (self->outputs[i].address);
      g_free (self->outputs[i].name);
    }
  g_clear_pointer (&self->row, tc_wallet_tx_unref);
  g_clear_pointer (&self->raw, g_bytes_unref);
  g_free (self->inputs);
  g_free (self->outputs);
  g_free (self->events);
  g_free (self);
}

void
tc_wallet_coin_free (TcWalletCoin *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self);
}

TcPaymentDraft *
tc_payment_draft_ref (TcPaymentDraft *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_payment_draft_unref (TcPaymentDraft *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  if (self->release != NULL)
    self->release (self->owner, self->id);
  for (gsize i = 0; i < self->n_recipients; i++)
    {
      g_free (self->recipients[i].address);
      g_free (self->recipients[i].alike);
    }
  for (gsize i = 0; i < self->n_coins; i++)
    tc_wallet_coin_free (self->coins[i]);
  g_free (self->recipients);
  g_free (self->coins);
  g_free (self->memo);
  g_free (self);
}
