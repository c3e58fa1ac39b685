#include "contacts-csv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/codec.h"
#include "history-csv.h"

char *
tc_contacts_csv_write (const GPtrArray *contacts)
{
  GString *csv = g_string_new ("name,address,note,key\r\n");

  for (guint i = 0; i < contacts->len; i++)
    {
      const TcContact *contact = g_ptr_array_index (contacts, i);
      g_autofree char *key = contact->has_key ? tc_hex_encode (contact->key.bytes, TC_PUBLIC_KEY_SIZE) : NULL;

      tc_csv_append_text (csv, contact->name);
      g_string_append_printf (csv, ",%s,", contact->address);
      tc_csv_append_text (csv, contact->note);
      g_string_append_printf (csv, ",%s\r\n", key != NULL ? key : "");
    }
  return g_string_free (csv, FALSE);
}

/* --- Reading -------------------------------------------------------------------------------------------------------------------- */

/* What was put before a text to keep it one is taken off again. */
static char *
plain_text (const GString *cell)
{
  const gboolean kept = cell->len > 1 && cell->str[0] == '\'' && strchr ("=+-@\t\r", cell->str[1]) != NULL;

  return g_strdup (cell->str + kept);
}

/* One line of cells. @text: moved on. Returns: (nullable): NULL where a quote is not closed, or something follows it. */
static GPtrArray *
parse_line (const char **text)
{
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) cell = g_string_new (NULL);
  const char *c = *text;

  while (TRUE)
    {
      const gboolean quoted = *c == '"';
      gboolean closed = !quoted;

      g_string_truncate (cell, 0);
      for (c += quoted; *c != '\0'; c++)
        {
          if (quoted && *c == '"' && *++c != '"')
            {
              closed = TRUE;
              break;
            }
          if (!quoted && strchr (",\r\n", *c) != NULL)
            break;
          g_string_append_c (cell, *c);
        }
      if (!closed || (*c != '\0' && strchr (",\r\n", *c) == NULL))
        return NULL;
      g_ptr_array_add (cells, plain_text (cell));
      if (*c != ',')
        break;
      c++;
    }
  c += *c == '\r';
  c += *c == '\n';
  *text = c;
  return g_steal_pointer (&cells);
}

typedef enum { COLUMN_NAME, COLUMN_ADDRESS, COLUMN_NOTE, COLUMN_KEY, N_COLUMNS } Column;

static void
find_columns (const GPtrArray *heading, guint places[N_COLUMNS])
{
  static const char *const names[N_COLUMNS] = { "name", "address", "note", "key" };

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      places[i] = G_MAXUINT;
      for (guint k = heading->len; k > 0; k--)
        if (g_ascii_strcasecmp (heading->pdata[k - 1], names[i]) == 0)
          places[i] = k - 1;
    }
}

static const char *
cell_at (const GPtrArray *cells, guint place)
{
  return place < cells->len ? cells->pdata[place] : "";
}

static TcContact *
make_contact (const GPtrArray *cells, const guint places[N_COLUMNS])
{
  TcContact *contact = g_new0 (TcContact, 1);

  contact->name = g_strdup (cell_at (cells, places[COLUMN_NAME]));
  contact->address = g_strdup (cell_at (cells, places[COLUMN_ADDRESS]));
  contact->note = g_strdup (cell_at (cells, places[COLUMN_NOTE]));
  contact->has_key = tc_hex_decode (cell_at (cells, places[COLUMN_KEY]), contact->key.bytes, TC_PUBLIC_KEY_SIZE);
  return contact;
}

static void
contact_free (gpointer contact)
{
  tc_contact_free (contact);
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, TC_URI_ERROR, TC_URI_ERROR_FORM,
                       _("This is not a table of contacts. Its first line names the columns: name, address and, where there are any, note and key."));
  return FALSE;
}

static gboolean
parse_rows (GPtrArray *contacts, const char *text, const guint places[N_COLUMNS], GError **error)
{
  while (*text != '\0')
    {
      g_autoptr(GPtrArray) cells = parse_line (&text);

      if (cells == NULL)
        return refuse (error);
      if (cells->len == 1 && *(const char *) cells->pdata[0] == '\0')
        continue;
      if (contacts->len >= TC_CONTACTS_MAX)
        {
          g_set_error (error, TC_URI_ERROR, TC_URI_ERROR_LENGTH, _("This table is too long: %u contacts are the most."), TC_CONTACTS_MAX);
          return FALSE;
        }
      g_ptr_array_add (contacts, make_contact (cells, places));
    }
  return TRUE;
}

GPtrArray *
tc_contacts_csv_parse (const char *text, GError **error)
{
  g_autoptr(GPtrArray) contacts = g_ptr_array_new_with_free_func (contact_free), heading = NULL;
  guint places[N_COLUMNS];

  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  if (!g_utf8_validate (text, -1, NULL) || (heading = parse_line (&text)) == NULL)
    {
      refuse (error);
      return NULL;
    }
  find_columns (heading, places);
  if (places[COLUMN_NAME] == G_MAXUINT || places[COLUMN_ADDRESS] == G_MAXUINT)
    {
      refuse (error);
      return NULL;
    }
  return parse_rows (contacts, text, places, error) ? g_steal_pointer (&contacts) : NULL;
}
