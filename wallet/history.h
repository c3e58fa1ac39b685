#pragma once

#include "db.h"
#include "record-types.h"

G_BEGIN_DECLS

/* The wallet's transactions and what became of them. One thread.
 *
 * A unit of work: entries are found or added, changed in memory, and written by tc_history_settle () in the database's open transaction. Entries
 * that are not in a block yet stay in memory; others live until the next tc_history_settle (). */
typedef struct _TcHistory TcHistory;

typedef struct
{
  gint64     id;          /* 0: not written yet */
  TcTx      *tx;          /* (nullable): NULL for the genesis */
  gboolean   made_here;
  TcWalletTx row;         /* its ref_count is not used */
  GArray    *new_events;  /* (element-type TcWalletTxEvent) since it was written */
  gboolean   accounts_changed;
  gboolean   dirty;
} TcEntry;

TcHistory *tc_history_new     (TcDb *db, char address_digit);
/* In an open transaction: rows that a version wrote which had no search are made ready for it. */
void       tc_history_index_old (TcHistory *self);
void       tc_history_free    (TcHistory *self);

/* (transfer none) (nullable) */
TcEntry   *tc_history_find    (TcHistory *self, const TcHash *txid);
/* @tx: (nullable). The entry is PENDING, seen at @seen_ms. There must be none. */
TcEntry   *tc_history_add     (TcHistory *self, const TcHash *txid, TcTx *tx, gint64 seen_ms);
/* The entry was changed: it will be written, under a new serial. */
void       tc_history_touch   (TcHistory *self, TcEntry *entry);
/* What it moves in which account. @accounts: (element-type TcWalletTxAccount), copied. */
void       tc_history_set_accounts (TcHistory *self, TcEntry *entry, const GArray *accounts);
void       tc_history_event   (TcHistory *self, TcEntry *entry, TcWalletEventKind kind, gint64 time_ms);
/* Votes were heard: shown under a new serial, and not written for their own sake. */
void       tc_history_votes   (TcHistory *self, TcEntry *entry, guint64 votes, guint64 power);
void       tc_history_settle  (TcHistory *self);
/* Changes when any entry does. */
guint64    tc_history_serial  (const TcHistory *self);
/* What is shown beside the rows (names, labels, notes) changed: all rows get a new serial. */
void       tc_history_bump    (TcHistory *self);
guint32    tc_history_count   (TcHistory *self);
/* Entries not in a block and alive, oldest first. Returns: (transfer container) (element-type TcEntry). */
GPtrArray *tc_history_open    (TcHistory *self);
/* The living entry not in a block that spends @outpoint. (transfer none) (nullable) */
TcEntry   *tc_history_spender (TcHistory *self, const TcOutpoint *outpoint);

/* Newest first, as of the last settle but with the votes heard since. @account: those that touch it; TC_ACCOUNT_ALL: every one. @query: (nullable).
 * Returns: (transfer container) (element-type TcWalletTx). */
GPtrArray *tc_history_page    (TcHistory *self, guint32 account, const TcHistoryQuery *query, guint32 offset, guint32 limit, guint32 *ret_total);
/* (transfer full) */
TcWalletTx *tc_history_view   (TcHistory *self, const TcEntry *entry);
GArray    *tc_history_events  (TcHistory *self, const TcEntry *entry);
/* How long the newest transactions took to be final, where it was measured; newest first. @n_max: how many are looked at. Returns: how many. */
guint      tc_history_final_times (TcHistory *self, TcHash *ret_txids, gint64 *ret_us, guint n_max);
/* Whether a retirement of @masternode is in a block. Its owner's coin is spent for it, so an owner's wallet has it. */
gboolean   tc_history_has_retired (TcHistory *self, const TcOutpoint *masternode);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcHistory, tc_history_free)

G_END_DECLS
