#include "json-private.h"

#include <string.h>

#include "genesis.h"

#define DEPTH_MAX 8
#define NAME_MAX_SIZE 32u

gboolean
tc_json_fail (GError **error, const char *where, const char *name, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TC_GENESIS_ERROR, TC_GENESIS_ERROR_MALFORMED, "%s%s: %s", where, name, text);
  return FALSE;
}

TcJson *
tc_json_parse (GBytes *bytes, GError **error)
{
  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);

  if (n == 0 || n > TC_JSON_SIZE_MAX)
    {
      tc_json_fail (error, "", "document", "has %" G_GSIZE_FORMAT " bytes, not from 1 to %u", n, TC_JSON_SIZE_MAX);
      return NULL;
    }
  if (!g_utf8_validate_len (text, n, NULL))
    {
      tc_json_fail (error, "", "document", "is not UTF-8 text");
      return NULL;
    }

  struct json_tokener *tokener = json_tokener_new_ex (DEPTH_MAX);

  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT);

  g_autoptr(TcJson) root = json_tokener_parse_ex (tokener, text, (int) n);
  const enum json_tokener_error problem = json_tokener_get_error (tokener);
  const gsize position = json_tokener_get_parse_end (tokener);

  json_tokener_free (tokener);
  if (problem == json_tokener_success && json_object_is_type (root, json_type_object))
    return g_steal_pointer (&root);
  if (problem == json_tokener_success)
    tc_json_fail (error, "", "document", "is not a JSON object");
  else
    tc_json_fail (error, "", "document", "is not JSON: %s near byte %" G_GSIZE_FORMAT,
                  problem == json_tokener_continue ? "it ends too early" : json_tokener_error_desc (problem), position);
  return NULL;
}

gboolean
tc_json_check_members (TcJson *object, const char *where, const char *const *allowed, GError **error)
{
  if (!json_object_is_type (object, json_type_object))
    return tc_json_fail (error, where, "", "is not a JSON object");
  json_object_object_foreach (object, name, value)
    {
      (void) value;
      if (!g_strv_contains (allowed, name))
        return tc_json_fail (error, where, name, "is not a member that this version knows");
    }
  return TRUE;
}

gboolean
tc_json_has (TcJson *object, const char *name)
{
  return json_object_object_get_ex (object, name, NULL);
}

gboolean
tc_json_get_string (TcJson *object, const char *where, const char *name, gsize size_max, const char **ret_text, GError **error)
{
  TcJson *value;

  if (!json_object_object_get_ex (object, name, &value))
    return tc_json_fail (error, where, name, "is missing");
  if (!json_object_is_type (value, json_type_string))
    return tc_json_fail (error, where, name, "is not a text in quotation marks");

  const char *text = json_object_get_string (value);
  const gsize size = (gsize) json_object_get_string_len (value);

  if (size > size_max || strlen (text) != size)
    return tc_json_fail (error, where, name, "is longer than %" G_GSIZE_FORMAT " bytes, or has a zero byte inside", size_max);
  *ret_text = text;
  return TRUE;
}

gboolean
tc_json_get_number (TcJson *object, const char *where, const char *name, guint64 min, guint64 max, guint64 *ret_value, GError **error)
{
  TcJson *value;

  if (!json_object_object_get_ex (object, name, &value))
    return tc_json_fail (error, where, name, "is missing");

  /* json-c clamps what is beyond 64 bits to G_MAXINT64 or G_MININT64: above any @max, below any @min. */
  const gint64 number = json_object_is_type (value, json_type_int) ? json_object_get_int64 (value) : -1;

  if (number < 0 || (guint64) number < min || (guint64) number > max || number == G_MAXINT64)
    return tc_json_fail (error, where, name, "is not a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, min, max);
  *ret_value = (guint64) number;
  return TRUE;
}

gboolean
tc_json_get_array (TcJson *object, const char *where, const char *name, gsize n_max, TcJson **ret_array, gsize *ret_n, GError **error)
{
  TcJson *value;

  if (!json_object_object_get_ex (object, name, &value))
    {
      *ret_array = NULL;
      *ret_n = 0;
      return TRUE;
    }
  if (!json_object_is_type (value, json_type_array))
    return tc_json_fail (error, where, name, "is not a JSON array");
  if (json_object_array_length (value) > n_max)
    return tc_json_fail (error, where, name, "has more than %" G_GSIZE_FORMAT " entries", n_max);
  *ret_array = value;
  *ret_n = json_object_array_length (value);
  return TRUE;
}

gboolean
tc_json_get_name (TcJson *object, char **ret_name, GError **error)
{
  const char *text;

  if (!tc_json_get_string (object, "", "name", NAME_MAX_SIZE, &text, error))
    return FALSE;
  if (*text == '\0' || text[strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-")] != '\0')
    return tc_json_fail (error, "", "name", "is not made of lower-case letters, digits and \"-\"");
  *ret_name = g_strdup (text);
  return TRUE;
}

gboolean
tc_json_get_digit (TcJson *object, char *ret_digit, GError **error)
{
  const char *text;

  if (!tc_json_get_string (object, "", "address_digit", 1, &text, error))
    return FALSE;
  if (*text != '0' && *text != '1')
    return tc_json_fail (error, "", "address_digit", "is neither \"1\" (mainnet) nor \"0\" (test networks)");
  *ret_digit = *text;
  return TRUE;
}
