#include "pay-list.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <gio/gio.h>

#include "core/tx.h"
#include "uri.h"

#define FIELDS_MAX 3u

static void
item_free (gpointer data)
{
  TcPayListItem *self = data;

  g_free (self->address);
  g_free (self->name);
  g_free (self);
}

static gboolean
is_nothing (const char *line)
{
  while (g_ascii_isspace (*line))
    line++;
  return *line == '\0' || *line == '#';
}

gboolean
tc_pay_list_is (const char *text)
{
  g_auto(GStrv) lines = g_strsplit_set (text, "\r\n", 4);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += is_nothing (lines[i]) ? 0 : 1;
  return n > 1 || (n == 1 && strpbrk (text, ",;\t") != NULL);
}

static gboolean
refuse (guint number, const char *why, GError **error)
{
  /* Translators: %u is the number of a line of a list; %s is a sentence that says what is wrong in it. */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("Line %u: %s"), number, why);
  return FALSE;
}

/* Takes the field at *@at off the line. Returns: (nullable) (transfer full): NULL where a quote is not closed or something follows it. */
static char *
take_field (const char **at, char separator)
{
  g_autoptr(GString) field = g_string_new (NULL);
  const char *p = *at;

  while (*p == ' ')
    p++;
  if (*p == '"')
    {
      for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); p++)
        {
          g_string_append_c (field, *p);
          p += *p == '"' ? 1 : 0;
        }
      if (*p++ != '"')
        return NULL;
      while (*p == ' ')
        p++;
      if (*p != separator && *p != '\0')
        return NULL;
    }
  else
    while (*p != '\0' && *p != separator)
      g_string_append_c (field, *p++);
  *at = *p == '\0' ? NULL : p + 1;
  return g_strstrip (g_string_free (g_steal_pointer (&field), FALSE));
}

static GStrv
split_line (const char *line)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *at = line;
  const char separator = strchr (line, '\t') != NULL ? '\t' : strchr (line, ';') != NULL ? ';' : ',';

  while (at != NULL)
    {
      g_autofree char *field = take_field (&at, separator);

      if (field == NULL)
        return NULL;
      g_strv_builder_add (builder, field);
    }
  return g_strv_builder_end (builder);
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789.,' ") == strlen (text);
}

static gboolean
parse_amount (const char *text, guint number, TcAmount *ret_amount, GError **error)
{
  g_autoptr(GError) bad = NULL;

  if (!tc_amount_parse (text, ret_amount, &bad))
    return refuse (number, bad->message, error);
  if (ret_amount->units < TC_TX_DUST_UNITS)
    return refuse (number, _("The least that can be sent is 0.00000546 TIME."), error);
  return TRUE;
}

static gboolean
parse_line (GStrv fields, guint number, char address_digit, GPtrArray *items, GError **error)
{
  const guint n = g_strv_length (fields);
  g_autoptr(GError) bad = NULL;
  TcKeyHash key_hash;
  TcAmount amount;

  if (!tc_address_parse (fields[0], address_digit, &key_hash, &bad))
    return refuse (number, bad->message, error);
  if (n < 2)
    return refuse (number, _("After the address come a comma and the amount in TIME."), error);
  if (n > FIELDS_MAX || (n == FIELDS_MAX && is_number (fields[2])))
    return refuse (number, _("There are too many fields. Write amounts with a point, as in 12.5, not with a comma."), error);
  if (!parse_amount (fields[1], number, &amount, error))
    return FALSE;
  if (n == FIELDS_MAX && !tc_payment_text_is_plain (fields[2], TC_PAY_LIST_NAME_MAX, FALSE))
    return refuse (number, _("The name is too long, or not plain text."), error);
  if (items->len == TC_PAY_LIST_MAX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("There are more than %u recipients. Pay them in several payments."), TC_PAY_LIST_MAX);
      return FALSE;
    }
  TcPayListItem *item = g_new0 (TcPayListItem, 1);
  *item = (TcPayListItem) { g_strdup (fields[0]), amount, n == FIELDS_MAX && *fields[2] != '\0' ? g_strdup (fields[2]) : NULL };
  g_ptr_array_add (items, item);
  return TRUE;
}

GPtrArray *
tc_pay_list_parse (const char *text, gsize size, char address_digit, GError **error)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  gboolean first = TRUE;

  if (size > TC_PAY_LIST_SIZE_MAX || memchr (text, '\0', size) != NULL || !g_utf8_validate (text, (gssize) size, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("This is no list of recipients: it must be plain text of at most %u kB."),
                   TC_PAY_LIST_SIZE_MAX / 1024);
      return NULL;
    }
  g_autofree char *copy = g_strndup (text, size);
  g_auto(GStrv) lines = g_strsplit (g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strchomp (lines[i]);
      if (is_nothing (lines[i]))
        continue;
      g_auto(GStrv) fields = split_line (lines[i]);
      const gboolean heading = first && fields != NULL && !g_str_has_prefix (fields[0], "TIME") && g_strv_length (fields) > 1 && !is_number (fields[1]);

      first = FALSE;
      if (fields == NULL)
        refuse (i + 1, _("A quotation mark is not closed."), error);
      if (fields == NULL || (!heading && !parse_line (fields, i + 1, address_digit, items, error)))
        return NULL;
    }
  if (items->len > 0)
    return g_steal_pointer (&items);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The list is empty. Write one recipient a line: the address, a comma, and the amount in TIME."));
  return NULL;
}
