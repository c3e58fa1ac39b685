#pragma once

#include "db.h"
#include "record-types.h"

G_BEGIN_DECLS

/* Contacts and labels, in memory and in the database. One thread. Functions that write expect an open transaction; after a failed one the whole is
 * loaded anew. */
typedef struct _TcRecords TcRecords;

TcRecords       *tc_records_new            (TcDb *db);
void             tc_records_free           (TcRecords *self);

/* What to show in place of @address: a contact's name, or a label. (transfer none) (nullable) */
const char      *tc_records_name           (const TcRecords *self, const char *address);
/* (transfer none) (nullable) */
const char      *tc_records_label          (const TcRecords *self, const char *address);
const TcContact *tc_records_contact        (const TcRecords *self, const char *address);
/* Sorted by name. (transfer container) (element-type TcContact) */
GPtrArray       *tc_records_contacts       (const TcRecords *self);
/* (transfer container) (element-type TcAddressLabel): sorted by label; `mine` is not known here. */
GPtrArray       *tc_records_labels         (const TcRecords *self);

guint            tc_records_n_contacts     (const TcRecords *self);
guint            tc_records_n_labels       (const TcRecords *self);
/* @contact: copied; takes the place of the one with its address. */
void             tc_records_set_contact    (TcRecords *self, const TcContact *contact);
void             tc_records_remove_contact (TcRecords *self, const char *address);
/* @label: (nullable): NULL removes it. */
void             tc_records_set_label      (TcRecords *self, const char *address, const char *label);

/* (transfer full) (nullable) */
char            *tc_records_get_note       (TcRecords *self, const TcHash *txid);
void             tc_records_set_note       (TcRecords *self, const TcHash *txid, const char *note);

/* Letters made equal that a search should not tell apart. Returns: (transfer full). */
char            *tc_records_fold           (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRecords, tc_records_free)

G_END_DECLS
