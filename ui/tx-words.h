#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* What the user writes about a payment: a note, and what its address is called. Changed in place, with Undo. Main thread. */
#define TC_TYPE_TX_WORDS (tc_tx_words_get_type ())
G_DECLARE_FINAL_TYPE (TcTxWords, tc_tx_words, TC, TX_WORDS, AdwBin)

/* Shows @detail; what is being written stays as long as it is the same payment. */
void tc_tx_words_set (TcTxWords *self, TcWallet *wallet, const TcWalletTxDetail *detail);

G_END_DECLS
