#pragma once

#include "db.h"
#include "keystore.h"

G_BEGIN_DECLS

/* A backup of a wallet in one file: what cannot be had from the chain. The keystore's form (keystore.h) with the magic "TCBK", always encrypted. What is inside:
 *
 *   version u8 = 1 | blob secret | made_ms u64 | blob network | address digit u8 | u8 has chain, chain_id 32 | birthday u32 | blob name |
 *   varint n, n x table
 *   table = blob name | varint n, n x blob column | varint n, n x row, a value for each column
 *   value = u8 0: none | u8 1, u64 two's complement | u8 2, blob of text | u8 3, blob
 *
 * secret: as in the keystore. A reader passes over tables and columns that it does not know. Pure, but for the database handed in. */

/* What a backup says of itself. */
typedef struct
{
  char   *name, *network;
  char    address_digit;
  gint64  made_ms;          /* Unix */
  gboolean has_chain;
  TcHash  chain_id;
  guint32 birthday_height;
  guint   n_accounts, n_contacts, n_labels, n_notes, n_requests;
} TcBackupInfo;

TcBackupInfo  *tc_backup_info_new   (void);
void           tc_backup_info_free  (TcBackupInfo *self);

/* Of @db's tables and @secret. Failures of @db stick there. Returns: (transfer full). */
TcSecretBytes *tc_backup_pack       (TcDb *db, const TcSecretBytes *secret, const TcBackupInfo *info);
/* Checks all of @content. @ret_info: (out) (optional). Returns: (transfer full): the secret; NULL where it is malformed. */
TcSecretBytes *tc_backup_unpack     (const TcSecretBytes *content, TcBackupInfo **ret_info);
/* Puts the tables of a checked @content into @db, in its open transaction. */
void           tc_backup_put_tables (TcDb *db, const TcSecretBytes *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcBackupInfo, tc_backup_info_free)

G_END_DECLS
