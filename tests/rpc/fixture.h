#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/key.h"
#include "rpc/server.h"

/* A server on a thread with a context of its own, as a node has it; a second such thread for handlers, as a wallet has it; and a client on the
 * test's thread that writes its HTTP by hand. */

typedef struct
{
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
} Worker;

typedef struct
{
  char        *dir;
  Worker       node, wallet;
  TcRpcServer *server;
  char        *address;
  char        *cookie;
  gint         n_runs;       /* of the methods of this fixture; atomic */
  GAsyncQueue *held;         /* calls of the method "later" */
} Fixture;

static inline gpointer
worker_run (gpointer data)
{
  Worker *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static inline void
worker_start (Worker *self, const char *name)
{
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new (name, worker_run, self);
}

typedef struct
{
  void   (*func) (gpointer data);
  gpointer data;
  GMutex   mutex;
  GCond    cond;
  gboolean done;
} Job;

static inline gboolean
job_run (gpointer data)
{
  Job *job = data;

  job->func (job->data);
  g_mutex_lock (&job->mutex);
  job->done = TRUE;
  g_cond_signal (&job->cond);
  g_mutex_unlock (&job->mutex);
  return G_SOURCE_REMOVE;
}

/* Runs @func on the worker and waits for it. */
static inline void
worker_call (Worker *self, void (*func) (gpointer data), gpointer data)
{
  Job job = { .func = func, .data = data };

  g_mutex_init (&job.mutex);
  g_cond_init (&job.cond);
  g_main_context_invoke (self->context, job_run, &job);
  g_mutex_lock (&job.mutex);
  while (!job.done)
    g_cond_wait (&job.cond, &job.mutex);
  g_mutex_unlock (&job.mutex);
  g_mutex_clear (&job.mutex);
  g_cond_clear (&job.cond);
}

static inline void
worker_quit (gpointer data)
{
  g_main_loop_quit (((Worker *) data)->loop);
}

static inline void
worker_stop (Worker *self)
{
  if (self->thread == NULL)
    return;
  worker_call (self, worker_quit, self);
  g_thread_join (g_steal_pointer (&self->thread));
  g_main_loop_unref (self->loop);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/* --- Methods --- */

static inline void
run_echo (TcRpcCall *call, gpointer user_data)
{
  Fixture *fixture = user_data;
  json_object *result = json_object_new_array ();

  g_assert_true (g_main_context_is_owner (fixture->node.context));
  g_atomic_int_inc (&fixture->n_runs);
  for (guint i = 0; i < 2; i++)
    json_object_array_add (result, json_object_get (tc_rpc_call_get_param (call, i)));
  tc_rpc_call_return (call, result);
}

static inline void
run_typed (TcRpcCall *call, gpointer user_data)
{
  Fixture *fixture = user_data;
  const char *text;
  gboolean flag;
  guint64 number;
  g_autofree char *result = NULL;

  g_assert_true (g_main_context_is_owner (fixture->wallet.context));
  if (!tc_rpc_call_get_string (call, 0, "none", &text) || !tc_rpc_call_get_uint (call, 1, 7, &number)
      || !tc_rpc_call_get_bool (call, 2, TRUE, &flag))
    return;
  result = g_strdup_printf ("%s %" G_GUINT64_FORMAT " %d", text, number, flag);
  tc_rpc_call_return (call, json_object_new_string (result));
}

static inline void
run_amount (TcRpcCall *call, gpointer user_data)
{
  TcAmount amount;

  if (tc_rpc_call_get_amount (call, 0, &amount))
    tc_rpc_call_return (call, tc_rpc_amount (amount, FALSE));
}

static inline void
run_fail (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_call_error (call, TC_RPC_FUNDS, "There is \"%s\" missing.", "all");
}

static inline void
run_nothing (TcRpcCall *call, gpointer user_data)
{
  tc_rpc_call_return (call, NULL);
}

static inline void
run_later (TcRpcCall *call, gpointer user_data)
{
  g_async_queue_push (((Fixture *) user_data)->held, call);
}

static inline void
end_held (gpointer data)
{
  tc_rpc_call_return (data, json_object_new_string ("ended"));
}

/* --- Set up --- */

static inline void
fixture_read_cookie (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->dir, ".cookie", NULL);

  g_clear_pointer (&self->cookie, g_free);
  g_assert_true (g_file_get_contents (path, &self->cookie, NULL, NULL));
}

static inline void
fixture_start (gpointer data)
{
  Fixture *self = data;
  static const char *const two[] = { "first", "second", NULL };
  static const char *const three[] = { "text", "number", "flag", NULL };
  static const char *const one[] = { "amount", NULL };
  g_autoptr(GError) error = NULL;

  self->server = tc_rpc_server_new (self->dir);
  tc_rpc_server_add_method (self->server, "echo", two, "echo ( FIRST SECOND )\nGives back.", NULL, run_echo, self, NULL);
  tc_rpc_server_add_method (self->server, "typed", three, "typed ( TEXT NUMBER FLAG )\nReads.", self->wallet.context, run_typed, self, NULL);
  tc_rpc_server_add_method (self->server, "amount", one, "amount AMOUNT\nReads.", NULL, run_amount, self, NULL);
  tc_rpc_server_add_method (self->server, "fail", NULL, "fail\nFails.", NULL, run_fail, self, NULL);
  tc_rpc_server_add_method (self->server, "nothing", NULL, "nothing\nGives null.", NULL, run_nothing, self, NULL);
  tc_rpc_server_add_method (self->server, "later", NULL, "later\nWaits.", self->wallet.context, run_later, self, NULL);
  g_assert_null (tc_rpc_server_get_address (self->server));
  g_assert_true (tc_rpc_server_start (self->server, "127.0.0.1:0", &error));
  g_assert_no_error (error);
  self->address = g_strdup (tc_rpc_server_get_address (self->server));
}

static inline void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  self->dir = g_dir_make_tmp ("tc-rpc-XXXXXX", NULL);
  self->held = g_async_queue_new ();
  worker_start (&self->node, "node");
  worker_start (&self->wallet, "wallet");
  worker_call (&self->node, fixture_start, self);
  fixture_read_cookie (self);
}

static inline void
fixture_stop (gpointer data)
{
  tc_rpc_server_stop (((Fixture *) data)->server);
}

static inline void
fixture_free_server (gpointer data)
{
  g_clear_pointer (&((Fixture *) data)->server, tc_rpc_server_free);
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (self->dir, ".cookie", NULL);

  worker_call (&self->node, fixture_free_server, self);
  worker_stop (&self->wallet);
  worker_stop (&self->node);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_async_queue_unref (self->held);
  g_free (self->dir);
  g_free (self->address);
  g_free (self->cookie);
}

/* --- Client --- */

static inline GSocketConnection *
client_connect (const Fixture *fixture)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, 30);
  connection = g_socket_client_connect_to_host (client, fixture->address, 0, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* Returns: FALSE where the server has closed the connection. */
static inline gboolean
client_send (GSocketConnection *connection, const char *data, gssize n)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  return g_output_stream_write_all (stream, data, n < 0 ? strlen (data) : (gsize) n, NULL, NULL, NULL);
}

/* Everything until the server closes. */
static inline char *
client_read_all (GSocketConnection *connection)
{
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (text, buffer, n);
  return g_string_free (text, FALSE);
}

static inline char *
client_headers (const Fixture *fixture, const char *extra, gsize length)
{
  g_autofree char *basic = g_base64_encode ((const guchar *) fixture->cookie, strlen (fixture->cookie));

  return g_strdup_printf ("POST / HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nConnection: close\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n",
                          fixture->address, basic, length, extra);
}

/* @ret_body: (out) (optional). Returns: the status of @answer. */
static inline guint
parse_answer (const char *answer, char **ret_body)
{
  const char *body = strstr (answer, "\r\n\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  g_assert_nonnull (body);
  if (ret_body != NULL)
    *ret_body = g_strchomp (g_strdup (body + 4));
  return (guint) g_ascii_strtoull (answer + 9, NULL, 10);
}

/* One request on a connection of its own; @headers whole. */
static inline guint
request_raw (const Fixture *fixture, const char *headers, const char *body, gsize n, char **ret_body)
{
  g_autoptr(GSocketConnection) connection = client_connect (fixture);
  g_autofree char *answer = NULL;

  client_send (connection, headers, -1);
  client_send (connection, body, (gssize) n);
  answer = client_read_all (connection);
  return parse_answer (answer, ret_body);
}

static inline guint
request (const Fixture *fixture, const char *body, char **ret_body)
{
  g_autofree char *headers = client_headers (fixture, "", strlen (body));

  return request_raw (fixture, headers, body, strlen (body), ret_body);
}

/* That @body is answered with @status and exactly @expected. */
static inline void
assert_answer (const Fixture *fixture, const char *body, guint status, const char *expected)
{
  g_autofree char *answer = NULL;

  g_assert_cmpuint (request (fixture, body, &answer), ==, status);
  g_assert_cmpstr (answer, ==, expected);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
