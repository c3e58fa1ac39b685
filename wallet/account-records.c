#include "account-private.h"

#include <glib/gi18n-lib.h>

/* Contacts, labels, notes: what the user writes, checked before it is kept. */

/* Blanks around it do not count. Returns: (transfer full) (nullable): NULL where nothing is left. */
static char *
tidy (const char *text)
{
  g_autofree char *copy = g_strstrip (g_strdup (text != NULL ? text : ""));

  return *copy != '\0' ? g_steal_pointer (&copy) : NULL;
}

static gboolean
check_text (const char *text, gsize max_bytes, gboolean lines, GError **error)
{
  if (text == NULL || tc_payment_text_is_plain (text, max_bytes, lines))
    return TRUE;
  g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_TEXT,
               /* Translators: %u is a number of bytes, which is about that of letters. */
               _("This text is too long, or holds characters that cannot be shown: %u letters are the most. Shorten it."), (guint) max_bytes);
  return FALSE;
}

static gboolean
parse_address (TcAccount *self, const char *text, TcKeyHash *ret_hash, GError **error)
{
  g_autoptr(GError) refused = NULL;

  if (tc_address_parse (text, self->address_digit, ret_hash, &refused))
    return TRUE;
  g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_RECIPIENT, refused->message);
  return FALSE;
}

static gboolean
too_many (guint max, GError **error)
{
  g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_FAILED, _("A wallet keeps %u of these at the most. Remove some first."), max);
  return FALSE;
}

/* @error of a commit; where it went well, all rows may look different. */
static gboolean
end (TcAccount *self, GError **error)
{
  if (!tc_account_end (self, error))
    return FALSE;
  tc_history_bump (self->history);
  return TRUE;
}

gboolean
tc_account_set_label (TcAccount *self, const char *address, const char *label, GError **error)
{
  g_autofree char *tidied = tidy (label), *canonical = NULL;
  TcKeyHash hash;

  if (!parse_address (self, address, &hash, error) || !check_text (tidied, TC_WALLET_LABEL_MAX, FALSE, error))
    return FALSE;
  canonical = tc_address_format (&hash, self->address_digit);
  if (tidied != NULL && tc_records_label (self->records, canonical) == NULL && tc_records_n_labels (self->records) >= TC_LABELS_MAX)
    return too_many (TC_LABELS_MAX, error);
  tc_account_begin (self, FALSE);
  tc_records_set_label (self->records, canonical, tidied);
  return end (self, error);
}

GPtrArray *
tc_account_list_labels (TcAccount *self)
{
  GPtrArray *list = tc_records_labels (self->records);

  for (guint i = 0; i < list->len; i++)
    {
      TcAddressLabel *item = g_ptr_array_index (list, i);
      TcKeyHash hash;

      item->mine = tc_address_parse (item->address, self->address_digit, &hash, NULL) && tc_account_find_key (self, &hash, NULL, NULL);
    }
  return list;
}

gboolean
tc_account_set_note (TcAccount *self, const TcHash *txid, const char *note, GError **error)
{
  g_autofree char *tidied = tidy (note);

  if (!check_text (tidied, TC_WALLET_NOTE_MAX, TRUE, error))
    return FALSE;
  if (tc_history_find (self->history, txid) == NULL)
    {
      if (tc_wallet_db_end (self->db, error))
        g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND, _("This wallet has no such transaction."));
      return FALSE;
    }
  tc_account_begin (self, FALSE);
  tc_records_set_note (self->records, txid, tidied);
  return end (self, error);
}

/* Keys that were seen to spend come by themselves: a memo to them can be private. */
static void
add_seen_key (TcAccount *self, TcContact *contact)
{
  TcKeyHash hash;

  if (contact->has_key || !tc_address_parse (contact->address, self->address_digit, &hash, NULL))
    return;
  sqlite3_stmt *rows = tc_wallet_db_select (self->db, "SELECT key FROM pubkeys WHERE key_hash = ? AND length(key) = 32", "b", hash.bytes,
                                            (gsize) TC_KEY_HASH_SIZE);
  if (!tc_wallet_db_next (self->db, rows))
    return;
  memcpy (contact->key.bytes, sqlite3_column_blob (rows, 0), TC_PUBLIC_KEY_SIZE);
  const TcKeyHash found = tc_key_hash (&contact->key);
  contact->has_key = tc_key_hash_equal (&found, &hash);
  sqlite3_reset (rows);
}

GPtrArray *
tc_account_list_contacts (TcAccount *self, GError **error)
{
  g_autoptr(GPtrArray) list = tc_records_contacts (self->records);

  for (guint i = 0; i < list->len; i++)
    add_seen_key (self, g_ptr_array_index (list, i));
  return tc_wallet_db_end (self->db, error) ? g_steal_pointer (&list) : NULL;
}

/* @ret_contact: as it will be kept; freed by the caller. */
static gboolean
check_contact (TcAccount *self, const TcContact *contact, TcContact *ret_contact, TcKeyHash *ret_hash, GError **error)
{
  *ret_contact = (TcContact) { .name = tidy (contact->name), .note = tidy (contact->note), .has_key = contact->has_key, .key = contact->key };
  if (!parse_address (self, contact->address != NULL ? contact->address : "", ret_hash, error))
    return FALSE;
  ret_contact->address = tc_address_format (ret_hash, self->address_digit);
  if (ret_contact->name == NULL)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_TEXT, _("A contact needs a name."));
      return FALSE;
    }
  if (tc_account_find_key (self, ret_hash, NULL, NULL))
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_RECIPIENT, _("This is an address of your own wallet. Give it a label instead."));
      return FALSE;
    }
  if (contact->has_key)
    {
      const TcKeyHash of_key = tc_key_hash (&contact->key);

      if (!tc_key_hash_equal (&of_key, ret_hash))
        {
          g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_RECIPIENT, _("The key does not belong to this address. Leave it out, or ask for both again."));
          return FALSE;
        }
    }
  return check_text (ret_contact->name, TC_CONTACT_NAME_MAX, FALSE, error) && check_text (ret_contact->note, TC_WALLET_NOTE_MAX, TRUE, error);
}

static void
clear_contact (TcContact *contact)
{
  g_free (contact->name);
  g_free (contact->address);
  g_free (contact->note);
}

static gboolean
store_contact (TcAccount *self, const TcContact *contact, const char *old_address, GError **error)
{
  const gboolean moves = old_address != NULL && !g_str_equal (old_address, contact->address);
  const TcContact *there = tc_records_contact (self->records, contact->address);

  if ((moves || old_address == NULL) && there != NULL && !g_str_equal (there->name, contact->name))
    {
      g_set_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_EXISTS, _("This address is in your contacts already: “%s”."), there->name);
      return FALSE;
    }
  if (there == NULL && !moves && tc_records_n_contacts (self->records) >= TC_CONTACTS_MAX)
    return too_many (TC_CONTACTS_MAX, error);
  tc_account_begin (self, FALSE);
  if (moves)
    tc_records_remove_contact (self->records, old_address);
  tc_records_set_contact (self->records, contact);
  return end (self, error);
}

gboolean
tc_account_set_contact (TcAccount *self, const TcContact *contact, const char *old_address, GError **error)
{
  TcContact checked;
  TcKeyHash hash;
  const gboolean ok = check_contact (self, contact, &checked, &hash, error) && store_contact (self, &checked, old_address, error);

  clear_contact (&checked);
  return ok;
}

gboolean
tc_account_remove_contact (TcAccount *self, const char *address, GError **error)
{
  g_autofree char *canonical = NULL;
  TcKeyHash hash;

  if (!parse_address (self, address, &hash, error))
    return FALSE;
  canonical = tc_address_format (&hash, self->address_digit);
  if (tc_records_contact (self->records, canonical) == NULL)
    {
      g_set_error_literal (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND, _("No contact has this address."));
      return FALSE;
    }
  tc_account_begin (self, FALSE);
  tc_records_remove_contact (self->records, canonical);
  return end (self, error);
}

/* --- Beside transactions -------------------------------------------------------------------------------------------------------- */

void
tc_account_name_row (TcAccount *self, TcWalletTx *row)
{
  row->name = g_strdup (tc_records_name (self->records, row->address));
  row->is_contact = tc_records_contact (self->records, row->address) != NULL;
  row->note = tc_records_get_note (self->records, &row->txid);
}

void
tc_account_name_detail (TcAccount *self, TcWalletTxDetail *detail)
{
  for (gsize i = 0; i < detail->n_inputs; i++)
    detail->inputs[i].name = g_strdup (tc_records_name (self->records, detail->inputs[i].address));
  for (gsize i = 0; i < detail->n_outputs; i++)
    detail->outputs[i].name = g_strdup (tc_records_name (self->records, detail->outputs[i].address));
}
