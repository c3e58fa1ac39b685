#pragma once

#include "core/block.h"
#include "core/genesis.h"
#include "wallet/account.h"

#include <stdio.h>

/* A wallet on a network without nodes: blocks and events are made up. */

#define TIME(n) ((TcAmount) { (guint64) (n) * TC_AMOUNT_PER_TIME })

typedef struct
{
  char      *dir, *path;
  TcAccount *account;
  TcGenesis *genesis;
  guint32    height;
} Fixture;

static const char fixture_phrase[] = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
static const char fixture_first_address[] = "TIME0AXFLiWUT5wLFBTLuF4Nw4SkeUt2zaBtRh";

static inline TcKeyHash
key_hash_of (const char *address)
{
  TcKeyHash hash;

  g_assert_true (tc_address_parse (address, '0', &hash, NULL));
  return hash;
}

/* Somebody else's address. */
static inline char *
stranger (guint8 number)
{
  const TcKeyHash hash = { { 0xee, number } };

  return tc_address_format (&hash, '0');
}

static inline TcGenesis *
fixture_genesis (const char *name, TcAmount amount)
{
  const TcOutput output = { amount, TC_LOCK_KEY_HASH, key_hash_of (fixture_first_address) };
  const TcGenesisMasternode masternode = { .operator_key = { { 1 } }, .owner = { { 1 } }, .payout = { { 1 } }, .host = (char *) "127.0.0.1:24201",
                                           .tier = TC_TIER_GOLD };
  g_autoptr(GBytes) json = tc_genesis_write (name, '0', 1700000000000, &TC_PARAMS_LOCAL, &output, 1, &masternode, 1);
  g_autoptr(GError) error = NULL;
  TcGenesis *genesis = tc_genesis_parse (json, &error);

  g_assert_no_error (error);
  return genesis;
}

static inline TcAccount *
fixture_create (const char *path, const char *password)
{
  g_autoptr(TcSecretString) phrase = tc_secret_string_new (fixture_phrase), secret = tc_secret_string_new (password);
  const TcWalletCreate create = { .path = path, .network = "local", .address_digit = '0', .phrase = phrase, .password = secret, .kdf = &TC_KDF_MINIMAL };
  g_autoptr(GError) error = NULL;
  TcAccount *account = tc_account_create (&create, &error);

  g_assert_no_error (error);
  return account;
}

/* @funds: of the genesis; zero: a wallet that follows nothing yet. */
static inline void
fixture_init (Fixture *self, const char *password, TcAmount funds)
{
  g_autoptr(GError) error = NULL;

  *self = (Fixture) { .dir = g_dir_make_tmp ("tc-wallet-XXXXXX", NULL) };
  self->path = g_build_filename (self->dir, "test.wallet", NULL);
  self->account = fixture_create (self->path, password);
  self->genesis = fixture_genesis ("local", funds.units > 0 ? funds : TIME (1));
  if (funds.units > 0)
    g_assert_true (tc_account_bind (self->account, self->genesis, &error));
  g_assert_no_error (error);
}

static inline void
fixture_reopen (Fixture *self)
{
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&self->account, tc_account_free);
  self->account = tc_account_open (self->path, &error);
  g_assert_no_error (error);
}

static inline void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  remove (path);
}

static inline void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->account, tc_account_free);
  g_clear_pointer (&self->genesis, tc_genesis_unref);
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* A block of @txs at the next height. */
static inline TcBlock *
make_block (Fixture *self, TcTx *const *txs, gsize n_txs)
{
  const TcHeader header = { .version = TC_BLOCK_VERSION, .chain_id = self->genesis->chain_id, .height = ++self->height,
                            .time_ms = 1700000000000 + self->height * 5000ull };

  return tc_block_new (&header, NULL, NULL, 0, txs, n_txs);
}

/* The same, the last one of its epoch. */
static inline TcBlock *
make_last_block (Fixture *self, TcTx *const *txs, gsize n_txs)
{
  g_autoptr(TcBlock) block = make_block (self, txs, n_txs);
  TcHeader header = block->header;

  header.next_committee = (TcHash) { { 1 } };
  return tc_block_new (&header, NULL, NULL, 0, txs, n_txs);
}

static inline void
apply_block (Fixture *self, TcTx *const *txs, gsize n_txs)
{
  g_autoptr(TcBlock) block = make_block (self, txs, n_txs);
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_apply_block (self->account, block, 1700000999000, &error));
  g_assert_no_error (error);
}

static inline void
apply_tx (Fixture *self, TcTx *tx, TcFinalityState state, guint64 votes)
{
  const TcFinality finality = { .txid = tx->txid, .state = state, .votes = votes, .power = 400, .seen_ms = 1700000500000,
                                .certified_ms = state == TC_FINALITY_CERTIFIED || state == TC_FINALITY_FINAL ? 1700000500030 : -1,
                                .final_ms = state == TC_FINALITY_FINAL ? 1700000500041 : -1, .final_duration_us = state == TC_FINALITY_FINAL ? 41500 : -1 };
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_apply_tx (self->account, tx, &finality, NULL, &error));
  g_assert_no_error (error);
}

/* A transfer by somebody else to @address: input number @seed of nowhere. */
static inline TcTx *
make_incoming (const char *address, TcAmount amount, guint8 seed)
{
  const TcTxInput input = { .outpoint = { .txid = { { 0xaa, seed } }, .index = seed } };
  const TcOutput output = { amount, TC_LOCK_KEY_HASH, key_hash_of (address) };
  const TcWitness witness = { .key = { { 7, seed } } };
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, NULL, 0, NULL, 0);

  return tc_tx_new_signed (plain, &witness, 1);
}

static inline TcPaymentDraft *
prepare (Fixture *self, const char *address, TcAmount amount)
{
  const TcRecipient recipient = { .address = address, .amount = amount };
  const TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1 };
  g_autoptr(GError) error = NULL;
  TcPaymentDraft *draft = tc_account_prepare (self->account, &order, 1, &error);

  g_assert_no_error (error);
  return draft;
}

static inline TcTx *
pay (Fixture *self, const char *address, TcAmount amount)
{
  g_autoptr(TcPaymentDraft) draft = prepare (self, address, amount);
  g_autoptr(GError) error = NULL;
  TcTx *tx = tc_account_commit (self->account, draft, 1700000400000, &error);

  g_assert_no_error (error);
  return tx;
}

static inline void
assert_balance (Fixture *self, guint64 available, guint64 pending, guint64 locked)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (self->account);

  g_assert_cmpuint (snapshot->available.units, ==, available);
  g_assert_cmpuint (snapshot->pending.units, ==, pending);
  g_assert_cmpuint (snapshot->locked_amount.units, ==, locked);
  g_assert_cmpuint (snapshot->total.units, ==, available + pending + locked);
}

static inline TcWalletTx *
newest (Fixture *self)
{
  guint32 total;
  g_autoptr(GPtrArray) page = tc_account_page (self->account, TC_ACCOUNT_ALL, NULL, 0, 1, &total, NULL);

  g_assert_cmpuint (page->len, ==, 1);
  return tc_wallet_tx_ref (g_ptr_array_index (page, 0));
}

static inline TcWalletTxDetail *
detail_of (Fixture *self, const TcTx *tx)
{
  g_autoptr(GError) error = NULL;
  TcWalletTxDetail *detail = tc_account_detail (self->account, &tx->txid, &error);

  g_assert_no_error (error);
  return detail;
}
