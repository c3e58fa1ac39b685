#pragma once

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

#include "core/codec.h"

/* For tests that read tests/data. */

/* Returns: (transfer full): the parsed file; the test fails where it cannot be read. */
static inline json_object *
vectors_load (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), name, NULL);
  json_object *root = json_object_from_file (path);

  g_assert_nonnull (root);
  return root;
}

/* Returns: (transfer none): a member, which must be there. */
static inline json_object *
vectors_get (json_object *object, const char *name)
{
  json_object *member = NULL;

  g_assert_true (json_object_object_get_ex (object, name, &member));
  return member;
}

static inline const char *
vectors_get_string (json_object *object, const char *name)
{
  return json_object_get_string (vectors_get (object, name));
}

/* Returns: (transfer full): the bytes of a member in hexadecimal, of any length. */
static inline GByteArray *
vectors_dup_hex (json_object *object, const char *name)
{
  const char *text = vectors_get_string (object, name);
  const gsize n = strlen (text) / 2;
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, (guint) n);
  g_assert_true (tc_hex_decode (text, bytes->data, n));
  return bytes;
}

/* Reads exactly @n bytes from a member in hexadecimal. */
static inline void
vectors_get_hex (json_object *object, const char *name, guint8 *ret_data, gsize n)
{
  g_assert_true (tc_hex_decode (vectors_get_string (object, name), ret_data, n));
}
