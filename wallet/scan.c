#include "account-private.h"

#include <glib/gi18n-lib.h>

#include "core/check.h"

#define CLOCK_ERROR_MS (15 * 60 * 1000)  /* of this computer's clock against the network's */

static gboolean
is_alive (TcWalletTxState state)
{
  return state <= TC_WALLET_TX_CONFIRMED;
}

static void
add_to (TcAmount *sum, TcAmount amount)
{
  if (!tc_amount_add (*sum, amount, sum))
    sum->units = TC_AMOUNT_MAX_UNITS;
}

static TcAmount
less (TcAmount a, TcAmount b)
{
  TcAmount difference = { 0 };

  return tc_amount_sub (a, b, &difference) ? difference : (TcAmount) { 0 };
}

/* --- What a transaction is to this wallet ------------------------------------------------------------------------------------- */

typedef struct
{
  TcAmount debit, credit, inside;      /* own coins spent; own outputs; those of them on the receiving chain */
  TcAmount outside, made;              /* others' outputs; all outputs */
  guint32  n_own_inputs, n_inside, n_outside;
  const TcKeyHash *first_inside, *first_outside;
  GArray  *accounts;                   /* TcWalletTxAccount, by index; owned */
} Sums;

static TcWalletTxAccount *
sums_account (Sums *sums, guint32 account)
{
  const TcWalletTxAccount added = { .account = account };
  guint i;

  if (sums->accounts == NULL)
    sums->accounts = g_array_new (FALSE, FALSE, sizeof (TcWalletTxAccount));
  for (i = 0; i < sums->accounts->len; i++)
    {
      TcWalletTxAccount *at = &g_array_index (sums->accounts, TcWalletTxAccount, i);

      if (at->account == account)
        return at;
      if (at->account > account)
        break;
    }
  g_array_insert_val (sums->accounts, i, added);
  return &g_array_index (sums->accounts, TcWalletTxAccount, i);
}

static void
sums_clear (Sums *sums)
{
  g_clear_pointer (&sums->accounts, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sums, sums_clear)

static void
sum_outputs (const TcAccount *self, const TcOutput *outputs, gsize n_outputs, Sums *sums)
{
  for (gsize i = 0; i < n_outputs; i++)
    {
      TcKeyPath path;

      add_to (&sums->made, outputs[i].amount);
      if (!tc_keychain_find (self->keys, &outputs[i].key_hash, &path))
        {
          add_to (&sums->outside, outputs[i].amount);
          if (sums->n_outside++ == 0)
            sums->first_outside = &outputs[i].key_hash;
          continue;
        }
      add_to (&sums->credit, outputs[i].amount);
      add_to (&sums_account (sums, path.account)->credit, outputs[i].amount);
      if (path.chain == TC_CHAIN_CHANGE)
        continue;
      add_to (&sums->inside, outputs[i].amount);
      if (sums->n_inside++ == 0)
        sums->first_inside = &outputs[i].key_hash;
    }
}

static void
sum_up (const TcAccount *self, const TcTx *tx, Sums *sums)
{
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      const TcCoin *coin = tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint);

      if (coin == NULL)
        continue;
      add_to (&sums->debit, coin->amount);
      add_to (&sums_account (sums, coin->path.account)->debit, coin->amount);
      sums->n_own_inputs++;
    }
  sum_outputs (self, tx->outputs, tx->n_outputs, sums);
}

static void
set_address (const TcAccount *self, TcWalletTx *row, const TcKeyHash *key_hash)
{
  g_free (row->address);
  row->address = key_hash != NULL ? tc_address_format (key_hash, self->address_digit) : NULL;
}

/* Output 0 is the owner's, in ours of all three kinds. */
static void
describe_masternode (const TcAccount *self, TcWalletTx *row, const TcTx *tx)
{
  static const TcWalletTxKind kinds[] = { [TC_TX_KIND_REGISTER] = TC_WALLET_TX_REGISTER, [TC_TX_KIND_UPDATE] = TC_WALLET_TX_UPDATE,
                                          [TC_TX_KIND_RETIRE] = TC_WALLET_TX_RETIRE };

  row->kind = kinds[tx->kind];
  row->amount = tx->outputs[0].lock == TC_LOCK_COLLATERAL ? tx->outputs[0].amount : (TcAmount) { 0 };
  row->n_recipients = 1;
  set_address (self, row, &tx->outputs[0].key_hash);
}

static void
describe (const TcAccount *self, TcEntry *entry, const Sums *sums)
{
  TcWalletTx *row = &entry->row;
  const TcTx *tx = entry->tx;

  if (sums->accounts != NULL)
    tc_history_set_accounts (self->history, entry, sums->accounts);
  row->debit = sums->debit;
  row->credit = sums->credit;
  row->fee = tx->n_inputs > 0 && sums->n_own_inputs == tx->n_inputs ? less (sums->debit, sums->made) : (TcAmount) { 0 };
  if (sums->n_own_inputs == 0)
    {
      row->kind = tx->kind == TC_TX_KIND_REWARD ? TC_WALLET_TX_REWARD : TC_WALLET_TX_RECEIVED;
      row->amount = sums->credit;
      row->n_recipients = sums->n_inside;
      set_address (self, row, sums->first_inside);
    }
  else if (tx->kind >= TC_TX_KIND_REGISTER && tx->kind <= TC_TX_KIND_RETIRE)
    describe_masternode (self, row, tx);
  else if (sums->n_outside > 0)
    {
      row->kind = TC_WALLET_TX_SENT;
      row->amount = sums->outside;
      row->n_recipients = sums->n_outside;
      set_address (self, row, sums->first_outside);
    }
  else
    {
      row->kind = TC_WALLET_TX_SELF;
      row->amount = sums->n_inside > 0 ? sums->inside : sums->credit;  /* coins that were joined are change alone */
      row->n_recipients = sums->n_inside;
      set_address (self, row, sums->first_inside);
    }
}

/* --- Coins --------------------------------------------------------------------------------------------------------------------- */

static void
mark_used (TcAccount *self, TcKeyPath path)
{
  const TcKeyUse use = tc_keychain_mark_used (self->keys, path);
  guint32 height = self->applying_height > 0 ? self->applying_height : self->scan_height + 1;

  /* The accounts behind it may have been paid earlier: from the beginning, with the keys that are derived now or once it is unlocked. */
  if (use & TC_KEY_USE_ACCOUNT)
    height = MAX (self->birthday_height, 1);
  if (use == 0 || (self->keys_short_height > 0 && self->keys_short_height <= height))
    return;
  tc_wallet_db_set_int (self->db, "keys_short_height", self->keys_short_height = height);
}

/* @made: what their coins have in common. */
static void
add_outputs (TcAccount *self, const TcCoin *made, const TcOutput *outputs, gsize n_outputs)
{
  for (guint32 i = 0; i < n_outputs; i++)
    {
      TcCoin coin = *made;

      coin.outpoint.index = i;
      coin.amount = outputs[i].amount;
      coin.lock = outputs[i].lock;
      if (!tc_keychain_find (self->keys, &outputs[i].key_hash, &coin.path))
        continue;
      mark_used (self, coin.path);
      TcCoin *kept = tc_wallet_coins_add (self->coins, &coin);
      const TcEntry *spender = kept->spent ? NULL : tc_history_spender (self->history, &kept->outpoint);
      if (spender != NULL)  /* its child was heard of first */
        tc_wallet_coins_spend (self->coins, kept, &spender->row.txid);
    }
}

static gboolean
touches (const TcAccount *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_outputs; i++)
    if (tc_keychain_find (self->keys, &tx->outputs[i].key_hash, NULL))
      return TRUE;
  for (guint32 i = 0; i < tx->n_inputs; i++)
    if (tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint) != NULL)
      return TRUE;
  return FALSE;
}

static void
note_paid (TcAccount *self, const TcTx *tx)
{
  for (guint32 i = 0; i < tx->n_outputs; i++)
    if (!tc_keychain_find (self->keys, &tx->outputs[i].key_hash, NULL))
      {
        g_autofree char *address = tc_address_format (&tx->outputs[i].key_hash, self->address_digit);

        tc_wallet_db_run (self->db, "INSERT OR IGNORE INTO paid VALUES (?)", "t", address);
        tc_public_keys_want (self->public_keys, &tx->outputs[i].key_hash);
      }
}

TcEntry *
tc_account_record (TcAccount *self, TcTx *tx, gint64 seen_ms)
{
  if (!touches (self, tx))
    return NULL;
  TcEntry *entry = tc_history_find (self->history, &tx->txid);
  if (entry == NULL)
    entry = tc_history_add (self->history, &tx->txid, tx, seen_ms);

  g_auto(Sums) sums = { 0 };
  sum_up (self, tx, &sums);
  const TcCoin made = { .outpoint.txid = tx->txid, .state = entry->row.state, .height = entry->row.block_height, .time_ms = entry->row.seen_ms,
                        .own = sums.n_own_inputs > 0 };
  add_outputs (self, &made, tx->outputs, tx->n_outputs);
  for (guint32 i = 0; i < tx->n_inputs; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &tx->inputs[i].outpoint);

      if (coin != NULL && !coin->spent)
        tc_wallet_coins_spend (self->coins, coin, &tx->txid);
    }
  if (sums.n_own_inputs > 0)
    note_paid (self, tx);
  tc_public_keys_see (self->public_keys, tx, TRUE);
  describe (self, entry, &sums);
  tc_history_touch (self->history, entry);
  return entry;
}

/* --- States -------------------------------------------------------------------------------------------------------------------- */

static void
set_reason (TcEntry *entry, const char *reason)
{
  g_free (entry->row.reason);
  entry->row.reason = g_strdup (reason);
}

/* @entry will not happen, and so neither will what spends its outputs. */
static void
kill_entry (TcAccount *self, TcEntry *entry, TcWalletTxState state, const char *reason, gint64 time_ms)
{
  const TcTx *tx = entry->tx;

  if (tx == NULL || entry->row.state >= TC_WALLET_TX_CONFIRMED)
    return;
  entry->row.state = state;
  set_reason (entry, reason);
  tc_history_event (self->history, entry, state == TC_WALLET_TX_DROPPED ? TC_WALLET_EVENT_DROPPED : TC_WALLET_EVENT_CONFLICTED, time_ms);
  tc_wallet_coins_release (self->coins, &tx->txid, tx->inputs, tx->n_inputs);
  for (guint32 i = 0; i < tx->n_outputs; i++)
    {
      const TcOutpoint outpoint = { tx->txid, i };
      TcCoin *coin = tc_wallet_coins_find (self->coins, &outpoint);

      if (coin == NULL)
        continue;
      tc_wallet_coins_set_state (self->coins, coin, state, 0);
      TcEntry *child = coin->spent ? tc_history_find (self->history, &coin->spent_by) : NULL;
      if (child != NULL)
        kill_entry (self, child, state, N_("A payment that it builds on did not happen."), time_ms);
    }
}

/* @entry is final: whatever else spends its coins is not going to happen. */
static void
win (TcAccount *self, TcEntry *entry, gint64 time_ms)
{
  const char *const reason = N_("Another transaction spent one of its coins.");

  for (guint32 i = 0; i < entry->tx->n_inputs; i++)
    {
      TcCoin *coin = tc_wallet_coins_find (self->coins, &entry->tx->inputs[i].outpoint);
      TcEntry *rival = tc_history_spender (self->history, &entry->tx->inputs[i].outpoint);

      if (rival != NULL && rival != entry)
        kill_entry (self, rival, TC_WALLET_TX_CONFLICTED, reason, time_ms);
      if (coin == NULL)
        continue;
      if (coin->spent && !tc_hash_equal (&coin->spent_by, &entry->row.txid)
          && (rival = tc_history_find (self->history, &coin->spent_by)) != NULL)
        kill_entry (self, rival, TC_WALLET_TX_CONFLICTED, reason, time_ms);
      tc_wallet_coins_spend (self->coins, coin, &entry->row.txid);
    }
}

void
tc_account_set_state (TcAccount *self, TcEntry *entry, TcWalletTxState state, gint64 time_ms)
{
  TC_CHECK (is_alive (state));
  entry->row.state = state;
  set_reason (entry, NULL);
  if (state >= TC_WALLET_TX_FINAL)
    win (self, entry, time_ms);
  for (guint32 i = 0; i < entry->tx->n_outputs; i++)
    {
      const TcOutpoint outpoint = { entry->row.txid, i };
      TcCoin *coin = tc_wallet_coins_find (self->coins, &outpoint);

      if (coin != NULL)
        tc_wallet_coins_set_state (self->coins, coin, state, entry->row.block_height);
    }
  tc_history_touch (self->history, entry);
}

/* The times that @finality knows and @entry does not. */
static void
merge_times (TcAccount *self, TcEntry *entry, const TcFinality *finality, gint64 now_ms)
{
  TcWalletTx *row = &entry->row;
  const gboolean first_votes = finality->votes > 0 && row->votes == 0;

  if (finality->votes >= row->votes)
    {
      row->votes = finality->votes;
      row->power = finality->power;
    }
  if (first_votes)
    tc_history_event (self->history, entry, TC_WALLET_EVENT_VOTES, now_ms);
  if (finality->certified_ms > 0 && row->certified_ms == 0)
    {
      row->certified_ms = finality->certified_ms;
      tc_history_event (self->history, entry, TC_WALLET_EVENT_CERTIFIED, row->certified_ms);
    }
  if (finality->final_ms > 0 && row->final_ms == 0)
    {
      row->final_ms = finality->final_ms;
      row->final_duration_us = finality->final_duration_us;
      tc_history_event (self->history, entry, TC_WALLET_EVENT_FINAL, row->final_ms);
    }
}

static void
apply_finality (TcAccount *self, TcEntry *entry, const TcFinality *finality, gint64 now_ms)
{
  static const TcWalletTxState states[] = { [TC_FINALITY_PENDING] = TC_WALLET_TX_PENDING, [TC_FINALITY_CERTIFIED] = TC_WALLET_TX_CERTIFIED,
                                            [TC_FINALITY_FINAL] = TC_WALLET_TX_FINAL };
  TcWalletTx *row = &entry->row;

  if (finality->state == TC_FINALITY_DROPPED)
    {
      if (row->state <= TC_WALLET_TX_CERTIFIED)
        kill_entry (self, entry, TC_WALLET_TX_DROPPED, N_("The network let it go: another payment of the same coins won, or it expired."), now_ms);
      return;
    }
  merge_times (self, entry, finality, now_ms);
  if (finality->state == TC_FINALITY_CONFIRMED || row->state == TC_WALLET_TX_CONFIRMED)
    return;
  /* A certificate is good in its epoch only (rule F2), so certified may become pending again; final never changes but to confirmed (rule F4). */
  if (row->state == TC_WALLET_TX_FINAL)
    return;
  row->votes = finality->votes;
  row->power = finality->power;
  tc_account_set_state (self, entry, states[finality->state], now_ms);
}

static gboolean
only_votes_differ (const TcEntry *entry, const TcFinality *finality)
{
  const TcWalletTx *row = &entry->row;
  const gboolean same = (finality->state == TC_FINALITY_PENDING && row->state == TC_WALLET_TX_PENDING)
                        || (finality->state == TC_FINALITY_CERTIFIED && row->state == TC_WALLET_TX_CERTIFIED)
                        || (finality->state == TC_FINALITY_FINAL && row->state == TC_WALLET_TX_FINAL);

  return same && entry->id != 0 && (row->votes > 0 || finality->votes == 0) && (finality->certified_ms <= 0 || row->certified_ms > 0)
         && (finality->final_ms <= 0 || row->final_ms > 0);
}

gboolean
tc_account_apply_tx (TcAccount *self, TcTx *tx, const TcFinality *finality, gboolean *ret_mine, GError **error)
{
  const gint64 now_ms = g_get_real_time () / 1000;
  const gboolean mine = touches (self, tx);

  if (ret_mine != NULL)
    *ret_mine = mine;
  if (!mine || finality->state == TC_FINALITY_UNKNOWN)
    return TRUE;
  TcEntry *entry = tc_history_find (self->history, &tx->txid);
  if (entry != NULL && only_votes_differ (entry, finality))
    {
      tc_history_votes (self->history, entry, finality->votes, finality->power);
      return TRUE;
    }
  /* What is not known yet and lives no longer, or is in a block that will be read: not this one's news. */
  if (entry == NULL && (finality->state == TC_FINALITY_DROPPED || finality->state == TC_FINALITY_CONFIRMED))
    return TRUE;

  tc_account_begin (self, FALSE);
  const gint64 seen_ms = finality->seen_ms > 0 ? finality->seen_ms : now_ms;
  const gboolean first = entry == NULL;
  entry = finality->state == TC_FINALITY_DROPPED ? entry : tc_account_record (self, tx, seen_ms);
  if (first)
    tc_history_event (self->history, entry, TC_WALLET_EVENT_SEEN, seen_ms);
  apply_finality (self, entry, finality, now_ms);
  tc_account_read_again (self);
  return tc_account_end (self, error);
}

gboolean
tc_account_drop_tx (TcAccount *self, const TcHash *txid, const char *reason, gint64 now_ms, GError **error)
{
  TcEntry *entry = tc_history_find (self->history, txid);

  if (entry == NULL || entry->row.state > TC_WALLET_TX_CERTIFIED)
    return tc_wallet_db_end (self->db, error);
  tc_account_begin (self, FALSE);
  kill_entry (self, entry, TC_WALLET_TX_DROPPED, reason, now_ms);
  return tc_account_end (self, error);
}

/* --- Blocks ------------------------------------------------------------------------------------------------------------------- */

guint32
tc_account_next_height (const TcAccount *self)
{
  return self->scan_height + 1;
}

guint32
tc_account_next_unread_height (const TcAccount *self)
{
  return self->unread_height;
}

guint32
tc_account_next_rescan_height (const TcAccount *self)
{
  return self->rescan_height;
}

static void
confirm (TcAccount *self, TcEntry *entry, gboolean live, const TcBlock *block, gint64 now_ms)
{
  TcWalletTx *row = &entry->row;

  if (row->state != TC_WALLET_TX_CONFIRMED)
    {
      row->block_height = block->header.height;
      row->block_time_ms = (gint64) block->header.time_ms;
      row->confirmed_ms = live ? now_ms : row->block_time_ms;
      tc_history_event (self->history, entry, TC_WALLET_EVENT_CONFIRMED, row->confirmed_ms);
    }
  tc_account_set_state (self, entry, TC_WALLET_TX_CONFIRMED, now_ms);
}

/* Outputs of all first: within a block a child may stand before its parent (rule B3). */
static void
apply_txs (TcAccount *self, const TcBlock *block, gint64 now_ms)
{
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      const TcTx *tx = block->txs[i];
      const TcCoin made = { .outpoint.txid = tx->txid, .state = TC_WALLET_TX_CONFIRMED, .height = block->header.height,
                            .time_ms = (gint64) block->header.time_ms };

      add_outputs (self, &made, tx->outputs, tx->n_outputs);
    }
  for (guint32 i = 0; i < block->n_txs; i++)
    {
      TcTx *tx = block->txs[i];
      const gboolean touched = touches (self, tx), live = touched && tc_history_find (self->history, &tx->txid) != NULL;
      TcEntry *entry = touched ? tc_account_record (self, tx, (gint64) block->header.time_ms) : NULL;

      if (entry != NULL)
        confirm (self, entry, live, block, now_ms);
      else
        tc_public_keys_see (self->public_keys, tx, FALSE);
    }
}

static void
advance (TcAccount *self, guint32 height)
{
  if (height == self->rescan_height)
    {
      self->rescan_height = height < self->rescan_target ? height + 1 : 0;
      tc_wallet_db_set_int (self->db, "rescan_height", self->rescan_height);
    }
  if (height == self->scan_height + 1)
    tc_wallet_db_set_int (self->db, "scan_height", self->scan_height = height);
  if (height == self->unread_height)
    tc_wallet_db_set_int (self->db, "unread_height", self->unread_height = height < self->scan_height ? height + 1 : 0);
}

static void
leave_unread (TcAccount *self, guint32 from_height)
{
  self->unread_height = self->unread_height > 0 ? MIN (self->unread_height, from_height) : from_height;
}

gboolean
tc_account_skip (TcAccount *self, guint32 height, gint64 next_time_ms, GError **error)
{
  const gboolean unborn = self->created_ms > 0 && next_time_ms < self->created_ms - CLOCK_ERROR_MS;
  const gboolean in_rescan = self->rescan_height > 0 && self->rescan_height <= height;

  tc_account_begin (self, FALSE);
  if (in_rescan && !unborn)
    leave_unread (self, self->rescan_height);
  if (height > self->scan_height && !unborn)
    leave_unread (self, self->scan_height + 1);
  tc_wallet_db_set_int (self->db, "rescan_height", self->rescan_height = in_rescan ? 0 : self->rescan_height);
  tc_wallet_db_set_int (self->db, "scan_height", self->scan_height = MAX (self->scan_height, height));
  tc_wallet_db_set_int (self->db, "unread_height", self->unread_height);
  return tc_account_end (self, error);
}

gint64
tc_account_unborn_before_ms (const TcAccount *self)
{
  return self->scan_height == 0 && self->born_ms > CLOCK_ERROR_MS ? self->born_ms - CLOCK_ERROR_MS : 0;
}

gboolean
tc_account_apply_block (TcAccount *self, const TcBlock *block, gint64 now_ms, GError **error)
{
  const guint32 height = block->header.height;

  TC_CHECK (height == self->scan_height + 1 || (height > 0 && (height == self->rescan_height || height == self->unread_height)));
  tc_account_begin (self, FALSE);
  self->applying_height = height;
  apply_txs (self, block, now_ms);
  self->applying_height = 0;
  advance (self, height);
  tc_account_read_again (self);
  return tc_account_end (self, error);
}

static void
apply_genesis (TcAccount *self, const TcGenesis *genesis)
{
  g_auto(Sums) sums = { 0 };

  sum_outputs (self, genesis->outputs, genesis->n_outputs, &sums);
  if (sums.credit.units == 0)
    return;
  TcEntry *entry = tc_history_find (self->history, &genesis->txid);
  if (entry == NULL)
    {
      entry = tc_history_add (self->history, &genesis->txid, NULL, (gint64) genesis->time_ms);
      entry->row.kind = TC_WALLET_TX_GENESIS;
      entry->row.state = TC_WALLET_TX_CONFIRMED;
      entry->row.block_time_ms = entry->row.confirmed_ms = (gint64) genesis->time_ms;
      tc_history_event (self->history, entry, TC_WALLET_EVENT_CONFIRMED, entry->row.confirmed_ms);
    }
  const TcCoin made = { .outpoint.txid = genesis->txid, .state = TC_WALLET_TX_CONFIRMED, .time_ms = (gint64) genesis->time_ms };
  add_outputs (self, &made, genesis->outputs, genesis->n_outputs);
  tc_history_set_accounts (self->history, entry, sums.accounts);
  entry->row.credit = entry->row.amount = sums.credit;
  entry->row.n_recipients = sums.n_inside;
  set_address (self, &entry->row, sums.first_inside);
  tc_history_touch (self->history, entry);
}

static gboolean
knows_genesis (const TcAccount *self, const TcGenesis *genesis)
{
  for (guint32 i = 0; i < genesis->n_outputs; i++)
    {
      const TcOutpoint outpoint = { genesis->txid, i };

      if (tc_keychain_find (self->keys, &genesis->outputs[i].key_hash, NULL) && tc_wallet_coins_find (self->coins, &outpoint) == NULL)
        return FALSE;
    }
  return TRUE;
}

gboolean
tc_account_bind (TcAccount *self, const TcGenesis *genesis, GError **error)
{
  if (genesis->address_digit != self->address_digit || (self->bound && !tc_hash_equal (&self->chain_id, &genesis->chain_id)))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK,
                   _("The wallet “%s” belongs to another network than “%s”. Open one that was made for it."), self->name, genesis->name);
      return FALSE;
    }
  if (self->bound && knows_genesis (self, genesis))
    return TRUE;
  tc_account_begin (self, FALSE);
  tc_wallet_db_set_blob (self->db, "chain_id", genesis->chain_id.bytes, TC_HASH_SIZE);
  self->chain_id = genesis->chain_id;
  self->bound = TRUE;
  apply_genesis (self, genesis);
  return tc_account_end (self, error);
}

gboolean
tc_account_start_rescan (TcAccount *self, guint32 from_height, GError **error)
{
  from_height = MAX (from_height, 1);
  if (from_height > self->scan_height)
    return TRUE;
  tc_account_begin (self, FALSE);
  tc_wallet_db_set_int (self->db, "rescan_height", self->rescan_height = from_height);
  tc_wallet_db_set_int (self->db, "rescan_target", self->rescan_target = self->scan_height);
  return tc_account_end (self, error);
}

gboolean
tc_account_stop_rescan (TcAccount *self, GError **error)
{
  tc_account_begin (self, FALSE);
  tc_wallet_db_set_int (self->db, "rescan_height", self->rescan_height = 0);
  return tc_account_end (self, error);
}

GPtrArray *
tc_account_open_txs (TcAccount *self, gboolean made_here)
{
  GPtrArray *txs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_tx_unref);
  g_autoptr(GPtrArray) open = tc_history_open (self->history);

  for (guint i = 0; i < open->len; i++)
    {
      const TcEntry *entry = g_ptr_array_index (open, i);

      if (entry->tx != NULL && (!made_here || entry->made_here))
        g_ptr_array_add (txs, tc_tx_ref (entry->tx));
    }
  return txs;
}
