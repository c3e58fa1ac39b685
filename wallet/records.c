#include "records.h"

#include <string.h>

struct _TcRecords
{
  TcDb       *db;
  GHashTable *contacts;  /* address, inside its contact -> TcContact */
  GHashTable *labels;    /* address -> label */
};

static void
load_contacts (TcRecords *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT address, name, note, key FROM contacts", "");

  while (tc_wallet_db_next (self->db, rows))
    {
      TcContact *contact = g_new0 (TcContact, 1);
      g_autoptr(GBytes) key = tc_wallet_db_bytes (rows, 3);

      contact->address = tc_wallet_db_text (rows, 0);
      contact->name = tc_wallet_db_text (rows, 1);
      contact->note = tc_wallet_db_text (rows, 2);
      contact->has_key = key != NULL && g_bytes_get_size (key) == TC_PUBLIC_KEY_SIZE;
      if (contact->has_key)
        memcpy (contact->key.bytes, g_bytes_get_data (key, NULL), TC_PUBLIC_KEY_SIZE);
      g_hash_table_replace (self->contacts, contact->address, contact);
    }
}

static void
load_labels (TcRecords *self)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT address, label FROM labels", "");

  while (tc_wallet_db_next (self->db, rows))
    g_hash_table_replace (self->labels, tc_wallet_db_text (rows, 0), tc_wallet_db_text (rows, 1));
}

static void
contact_free (gpointer contact)
{
  tc_contact_free (contact);
}

TcRecords *
tc_records_new (TcDb *db)
{
  TcRecords *self = g_new0 (TcRecords, 1);

  self->db = db;
  self->contacts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, contact_free);
  self->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  load_contacts (self);
  load_labels (self);
  return self;
}

void
tc_records_free (TcRecords *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->contacts);
  g_hash_table_unref (self->labels);
  g_free (self);
}

const TcContact *
tc_records_contact (const TcRecords *self, const char *address)
{
  return address != NULL ? g_hash_table_lookup (self->contacts, address) : NULL;
}

const char *
tc_records_label (const TcRecords *self, const char *address)
{
  return address != NULL ? g_hash_table_lookup (self->labels, address) : NULL;
}

const char *
tc_records_name (const TcRecords *self, const char *address)
{
  const TcContact *contact = tc_records_contact (self, address);

  return contact != NULL ? contact->name : tc_records_label (self, address);
}

guint
tc_records_n_contacts (const TcRecords *self)
{
  return g_hash_table_size (self->contacts);
}

guint
tc_records_n_labels (const TcRecords *self)
{
  return g_hash_table_size (self->labels);
}

static int
compare_contacts (gconstpointer a, gconstpointer b)
{
  const TcContact *contact_a = *(TcContact *const *) a, *contact_b = *(TcContact *const *) b;
  const int names = g_utf8_collate (contact_a->name, contact_b->name);

  return names != 0 ? names : strcmp (contact_a->address, contact_b->address);
}

GPtrArray *
tc_records_contacts (const TcRecords *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (contact_free);
  GHashTableIter iter;
  TcContact *contact;

  g_hash_table_iter_init (&iter, self->contacts);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &contact))
    g_ptr_array_add (list, tc_contact_copy (contact));
  g_ptr_array_sort (list, compare_contacts);
  return list;
}

static int
compare_labels (gconstpointer a, gconstpointer b)
{
  const TcAddressLabel *label_a = *(TcAddressLabel *const *) a, *label_b = *(TcAddressLabel *const *) b;
  const int labels = g_utf8_collate (label_a->label, label_b->label);

  return labels != 0 ? labels : strcmp (label_a->address, label_b->address);
}

GPtrArray *
tc_records_labels (const TcRecords *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_address_label_free);
  GHashTableIter iter;
  const char *address, *label;

  g_hash_table_iter_init (&iter, self->labels);
  while (g_hash_table_iter_next (&iter, (gpointer *) &address, (gpointer *) &label))
    {
      TcAddressLabel *item = g_new0 (TcAddressLabel, 1);

      item->address = g_strdup (address);
      item->label = g_strdup (label);
      g_ptr_array_add (list, item);
    }
  g_ptr_array_sort (list, compare_labels);
  return list;
}

void
tc_records_set_contact (TcRecords *self, const TcContact *contact)
{
  TcContact *copy = tc_contact_copy (contact);
  g_autoptr(GBytes) key = contact->has_key ? g_bytes_new (contact->key.bytes, TC_PUBLIC_KEY_SIZE) : NULL;

  g_hash_table_replace (self->contacts, copy->address, copy);
  tc_wallet_db_run (self->db, "INSERT OR REPLACE INTO contacts (address, name, note, key) VALUES (?, ?, ?, ?)", "tttB", contact->address, contact->name,
                    contact->note, key);
}

void
tc_records_remove_contact (TcRecords *self, const char *address)
{
  tc_wallet_db_run (self->db, "DELETE FROM contacts WHERE address = ?", "t", address);
  g_hash_table_remove (self->contacts, address);
}

void
tc_records_set_label (TcRecords *self, const char *address, const char *label)
{
  if (label == NULL)
    {
      tc_wallet_db_run (self->db, "DELETE FROM labels WHERE address = ?", "t", address);
      g_hash_table_remove (self->labels, address);
      return;
    }
  tc_wallet_db_run (self->db, "INSERT OR REPLACE INTO labels (address, label) VALUES (?, ?)", "tt", address, label);
  g_hash_table_replace (self->labels, g_strdup (address), g_strdup (label));
}

char *
tc_records_get_note (TcRecords *self, const TcHash *txid)
{
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT note FROM notes WHERE txid = ?", "h", txid);

  if (!tc_wallet_db_next (self->db, rows))
    return NULL;
  char *note = tc_wallet_db_text (rows, 0);
  sqlite3_reset (rows);
  return note;
}

void
tc_records_set_note (TcRecords *self, const TcHash *txid, const char *note)
{
  if (note != NULL)
    tc_wallet_db_run (self->db, "INSERT OR REPLACE INTO notes (txid, note) VALUES (?, ?)", "ht", txid, note);
  else
    tc_wallet_db_run (self->db, "DELETE FROM notes WHERE txid = ?", "h", txid);
}

char *
tc_records_fold (const char *text)
{
  g_autofree char *normal = NULL;
  const char *c;

  for (c = text; *c != '\0' && (guchar) *c < 0x80; c++)
    ;
  if (*c == '\0')
    return g_ascii_strdown (text, -1);
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  return normal != NULL ? g_utf8_casefold (normal, -1) : g_strdup (text);
}
