#pragma once

#include <glib.h>
#include <json-c/json.h>

G_BEGIN_DECLS

/* JSON documents of core: genesis and network files. Every failure is a TC_GENESIS_ERROR whose message begins with the member at fault.
 * @where: the path of @object with its trailing point ("masternodes[2]."), empty for the document itself. */

#define TC_JSON_SIZE_MAX 4000000u

typedef json_object TcJson;

/* Returns: (transfer full): the object that @bytes hold, nothing after it; at most TC_JSON_SIZE_MAX, eight deep, valid UTF-8. */
TcJson  *tc_json_parse         (GBytes *bytes, GError **error);
/* FALSE, with @error set, where @object is no object or has a member not in @allowed (NULL-terminated). */
gboolean tc_json_check_members (TcJson *object, const char *where, const char *const *allowed, GError **error);
gboolean tc_json_has           (TcJson *object, const char *name);
/* @ret_text: (transfer none): at most @size_max bytes, no NUL inside. */
gboolean tc_json_get_string    (TcJson *object, const char *where, const char *name, gsize size_max, const char **ret_text, GError **error);
/* A whole number. @max <= G_MAXINT64. */
gboolean tc_json_get_number    (TcJson *object, const char *where, const char *name, guint64 min, guint64 max, guint64 *ret_value,
                                GError **error);
/* @ret_array: (transfer none) (nullable): NULL where absent. */
gboolean tc_json_get_array     (TcJson *object, const char *where, const char *name, gsize n_max, TcJson **ret_array, gsize *ret_n,
                                GError **error);
/* Sets @error to "WHERENAME: ...". Returns: FALSE. */
gboolean tc_json_fail          (GError **error, const char *where, const char *name, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Members that genesis and network files share. A name: 1-32 of a-z, 0-9 and "-". */
gboolean tc_json_get_name      (TcJson *object, char **ret_name, GError **error);
gboolean tc_json_get_digit     (TcJson *object, char *ret_digit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcJson, json_object_put)

G_END_DECLS
