#define G_LOG_DOMAIN "tc-ui"
#include "operator-keys.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "core/key-file.h"
#include "core/masternode.h"

#define HERE_MAX  256u   /* bytes of the file */
#define KEYS_MAX  1000u  /* files that are looked at */

typedef struct
{
  char       *dir, *network, *host, *path;
  TcPublicKey key;
  gboolean    has_key;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->dir);
  g_free (job->network);
  g_free (job->host);
  g_free (job->path);
  g_free (job);
}

static GTask *
task_new (const char *dir, const TcPublicKey *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->dir = g_build_filename (dir, "masternodes", NULL);
  job->has_key = key != NULL;
  if (key != NULL)
    job->key = *key;
  g_task_set_task_data (task, job, job_free);
  return task;
}

static void
run (GTask *task, GTaskThreadFunc func)
{
  g_task_run_in_thread (task, func);
  g_object_unref (task);
}

static char *
key_path (const char *folder, const TcPublicKey *key)
{
  g_autofree char *hex = tc_hex_encode (key->bytes, TC_PUBLIC_KEY_SIZE), *file = g_strconcat (hex, ".key", NULL);

  return g_build_filename (folder, file, NULL);
}

/* --- This computer's --- */

/* Returns: FALSE without @error where there is none. */
static gboolean
read_here (const char *folder, TcPublicKey *ret_key, char **ret_host, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "here", NULL), *text = NULL;
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) cause = NULL;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, &cause))
    {
      if (!g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  words = size <= HERE_MAX ? g_strsplit (g_strchomp (text), " ", 3) : NULL;
  if (words == NULL || g_strv_length (words) != 2 || !tc_hex_decode (words[0], ret_key->bytes, TC_PUBLIC_KEY_SIZE) || !tc_host_is_valid (words[1]))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, _("The file %s, which says which masternode this computer is, is damaged. Delete it to start without one."), path);
      return FALSE;
    }
  *ret_host = g_strdup (words[1]);
  return TRUE;
}

static char *
listen_of (const char *host)
{
  const char *port = strrchr (host, ':');

  if (g_str_has_prefix (host, "127.") || g_str_has_prefix (host, "[::1]"))
    return g_strdup (host);
  return g_strconcat (host[0] == '[' ? "[::]" : "0.0.0.0", port, NULL);
}

gboolean
tc_operator_here_load (const char *dir, TcSecretKey **ret_key, char **ret_listen, GError **error)
{
  g_autofree char *folder = g_build_filename (dir, "masternodes", NULL), *host = NULL, *path = NULL;
  TcPublicKey key;

  if (!read_here (folder, &key, &host, error))
    return FALSE;
  path = key_path (folder, &key);
  *ret_key = tc_key_file_load (path, error);
  if (*ret_key == NULL)
    return FALSE;
  *ret_listen = listen_of (host);
  return TRUE;
}

static void
set_here (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autofree char *path = g_build_filename (job->dir, "here", NULL), *hex = tc_hex_encode (job->key.bytes, TC_PUBLIC_KEY_SIZE);
  g_autofree char *text = g_strdup_printf ("%s %s\n", hex, job->host != NULL ? job->host : "");
  GError *error = NULL;

  if (!job->has_key && g_unlink (path) != 0 && errno != ENOENT)
    g_task_return_new_error (task, G_FILE_ERROR, g_file_error_from_errno (errno), _("“%s” cannot be removed: %s"), path, g_strerror (errno));
  else if (job->has_key
           && !g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
tc_operator_here_set_async (const char *dir, const TcPublicKey *key, const char *host, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = task_new (dir, key, NULL, callback, user_data);
  Job *job = g_task_get_task_data (task);

  job->host = g_strdup (host);
  run (task, set_here);
}

gboolean
tc_operator_here_set_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Making --- */

static void
free_key (gpointer key)
{
  tc_secret_key_unref (key);
}

static void
make (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autofree char *name = g_strdup_printf ("new-%08x", g_random_int ()), *made = g_build_filename (job->dir, name, NULL), *path = NULL;
  g_autoptr(TcSecretKey) key = NULL;
  GError *error = NULL;

  if (g_mkdir_with_parents (job->dir, 0700) != 0)
    {
      g_task_return_new_error (task, G_FILE_ERROR, g_file_error_from_errno (errno), _("The folder “%s” cannot be made: %s"), job->dir, g_strerror (errno));
      return;
    }
  key = tc_key_file_create (made, &error);
  if (key == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  path = key_path (job->dir, tc_secret_key_get_public (key));
  if (g_rename (made, path) != 0)
    g_task_return_new_error (task, G_FILE_ERROR, g_file_error_from_errno (errno), _("“%s” cannot be renamed: %s"), made, g_strerror (errno));
  else
    g_task_return_pointer (task, g_steal_pointer (&key), free_key);
}

void
tc_operator_key_make_async (const char *dir, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  run (task_new (dir, NULL, cancellable, callback, user_data), make);
}

TcSecretKey *
tc_operator_key_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- For another computer --- */

static char *
instructions (const Job *job)
{
  g_autofree char *listen = listen_of (job->host), *hex = tc_hex_encode (job->key.bytes, TC_PUBLIC_KEY_SIZE), *name = g_path_get_basename (job->path);

  return g_strdup_printf ("# The operator key of the TimeCoin masternode at %s. Whoever has this file can sign in its name: keep it secret.\n"
                          "# It may be in use on one computer only: two with one key lose 10 %% of the collateral.\n"
                          "#\n"
                          "# On that computer, with TimeCoin installed:\n"
                          "#   chmod 600 %s\n"
                          "#   timed --network %s --listen %s --operator-key %s\n"
                          "# Its clock must be right, and the port open to everybody.\n"
                          "# Its public key: %s\n",
                          job->host, name, job->network, listen, name, hex);
}

static void
export (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autofree char *path = key_path (job->dir, &job->key), *head = instructions (job);
  GError *error = NULL;
  g_autoptr(TcSecretKey) key = tc_key_file_load (path, &error);

  if (key != NULL && tc_key_file_write (job->path, head, key, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tc_operator_key_export_async (const char *dir, const TcPublicKey *key, const char *network, const char *host, const char *path, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = task_new (dir, key, NULL, callback, user_data);
  Job *job = g_task_get_task_data (task);

  job->network = g_strdup (network);
  job->host = g_strdup (host);
  job->path = g_strdup (path);
  run (task, export);
}

gboolean
tc_operator_key_export_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Which there are --- */

typedef struct
{
  GArray     *keys;
  TcPublicKey here;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_clear_pointer (&listing->keys, g_array_unref);
  g_free (listing);
}

static void
list (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Job *job = task_data;
  g_autoptr(GDir) dir = g_dir_open (job->dir, 0, NULL);
  Listing *listing = g_new0 (Listing, 1);
  g_autofree char *host = NULL;
  const char *name;

  listing->keys = g_array_new (FALSE, FALSE, sizeof (TcPublicKey));
  while (dir != NULL && listing->keys->len < KEYS_MAX && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *hex = g_strndup (name, 2 * TC_PUBLIC_KEY_SIZE);
      TcPublicKey key;

      if (g_str_has_suffix (name, ".key") && strlen (name) == 2 * TC_PUBLIC_KEY_SIZE + 4 && tc_hex_decode (hex, key.bytes, TC_PUBLIC_KEY_SIZE))
        g_array_append_val (listing->keys, key);
    }
  read_here (job->dir, &listing->here, &host, NULL);
  g_task_return_pointer (task, listing, listing_free);
}

void
tc_operator_keys_list_async (const char *dir, GAsyncReadyCallback callback, gpointer user_data)
{
  run (task_new (dir, NULL, NULL, callback, user_data), list);
}

GArray *
tc_operator_keys_list_finish (GAsyncResult *result, TcPublicKey *ret_here, GError **error)
{
  Listing *listing = g_task_propagate_pointer (G_TASK (result), error);
  GArray *keys;

  if (listing == NULL)
    return NULL;
  *ret_here = listing->here;
  keys = g_steal_pointer (&listing->keys);
  listing_free (listing);
  return keys;
}
