#include "node-internal.h"

#include <string.h>

#include "engine/messages.h"

/* What peers fetch is read on a thread of its own, so that neither consensus nor the writer waits for it. A peer is read for one piece at a time, in turn with the others, and nothing while much
 * waits to be sent to it already: who reads slowly costs no memory (rule N4). */

#define REQUESTS_MAX    64u       /* of one peer that wait; what it asks beyond is not answered */
#define PIECE_BYTES     1000000u  /* of blocks, read at once, and one block more */
#define UNSENT_BYTES    2000000u  /* that wait to be sent to a peer, before more is read for it */
#define LOOK_AGAIN_MS   10

typedef struct
{
  guint64  peer;
  GQueue   requests;  /* TcEffect *, as they came */
  gboolean busy;      /* the first of them is being read for */
} Client;

struct _TcServing
{
  TcNode      *node;
  GThreadPool *thread;
  GHashTable  *clients;  /* &peer (in the value) -> Client */
  GSource     *timer;    /* (nullable): somebody's queue is long */
};

static void
request_free (gpointer data)
{
  tc_effect_clear (data);
  g_free (data);
}

static void
client_free (gpointer data)
{
  Client *self = data;

  g_queue_clear_full (&self->requests, request_free);
  g_free (self);
}

TcServing *
tc_serving_new (TcNode *node)
{
  TcServing *self = g_new0 (TcServing, 1);

  self->node = node;
  self->thread = tc_job_thread_new ();
  self->clients = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, client_free);
  return self;
}

static void
stop_timer (TcServing *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

void
tc_serving_stop (TcServing *self)
{
  stop_timer (self);
  tc_job_thread_free (self->thread);
  self->thread = NULL;
  g_hash_table_remove_all (self->clients);
}

void
tc_serving_free (TcServing *self)
{
  g_hash_table_unref (self->clients);
  g_free (self);
}

/* --- on the serving thread --- */

static void
read_blocks (TcJob *job)
{
  gsize size_bytes = 0;

  job->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint32 i = 0; i < job->effect.count && size_bytes < PIECE_BYTES; i++)
    {
      g_autoptr(GBytes) block = NULL;
      g_autoptr(GBytes) commit = NULL;

      if (!tc_store_read_block_bytes (job->node->store, job->effect.height + i, &block, &commit, &job->error))
        break;
      g_ptr_array_add (job->answers, tc_message_block (block, commit));
      size_bytes += g_bytes_get_size (block);
    }
}

/* The only answer, as it is to be sent. Takes @body. */
static void
answer (TcJob *job, GBytes *body)
{
  GBytes *packed = tc_net_pack (body);

  job->packed = packed != NULL;
  g_ptr_array_add (job->answers, packed != NULL ? packed : g_bytes_ref (body));
  g_bytes_unref (body);
}

static void
read_links (TcJob *job)
{
  g_autoptr(GPtrArray) links = tc_store_read_links (job->node->store, job->effect.epoch, job->effect.count, TC_EPOCHS_SIZE_MAX, &job->error);

  job->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (links != NULL)
    answer (job, tc_epochs_encode ((GBytes *const *) links->pdata, links->len));
}

static void
read_page (TcJob *job)
{
  const TcEffect *effect = &job->effect;
  const TcGetPart at = { effect->height, (guint16) effect->part, effect->offset };
  guint32 total = 0;
  g_autoptr(GBytes) page = tc_store_read_part (job->node->store, effect->height, effect->part, effect->offset, TC_PART_PAGE_MAX, &total, &job->error);
  gsize n = 0;
  const guint8 *data = page != NULL ? g_bytes_get_data (page, &n) : NULL;

  job->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (page != NULL)
    answer (job, tc_part_page_encode (&at, total, data, n));
}

/* --- on the node's --- */

static TcJobFunc
reader_of (TcEffectKind kind)
{
  if (kind == TC_EFFECT_SERVE_PART)
    return read_page;
  return kind == TC_EFFECT_SERVE_LINKS ? read_links : read_blocks;
}

static guint8
type_of (TcEffectKind kind)
{
  if (kind == TC_EFFECT_SERVE_PART)
    return TC_MESSAGE_PART;
  return kind == TC_EFFECT_SERVE_LINKS ? TC_MESSAGE_EPOCHS : TC_MESSAGE_BLOCK;
}

static gboolean serve_next (TcServing *self, Client *client);

static void
after_read (TcJob *job)
{
  TcServing *self = job->node->serving;
  Client *client = g_hash_table_lookup (self->clients, &job->effect.peer);
  gboolean (*send) (TcNet *net, guint64 peer, guint8 type, GBytes *body) = job->packed ? tc_net_send_packed : tc_net_send;
  const guint n = job->answers->len;
  TcEffect *request;

  if (job->error != NULL)
    g_warning ("could not read for a peer: %s", job->error->message);
  if (client == NULL || job->node->stopping || job->node->failed)
    return;
  for (guint i = 0; i < n; i++)
    send (job->node->net, client->peer, type_of (job->effect.kind), g_ptr_array_index (job->answers, i));
  request = g_queue_peek_head (&client->requests);
  if (request->kind == TC_EFFECT_SERVE && n < request->count && n > 0)
    {
      request->height += n;
      request->count -= n;
    }
  else
    request_free (g_queue_pop_head (&client->requests));
  client->busy = FALSE;
  serve_next (self, client);
}

static gboolean
on_timer (gpointer user_data)
{
  TcServing *self = user_data;
  gboolean wait = FALSE;
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    wait = !serve_next (self, client) || wait;
  if (!wait)
    stop_timer (self);
  return G_SOURCE_CONTINUE;
}

static void
look_again_later (TcServing *self)
{
  if (self->timer != NULL)
    return;
  self->timer = g_timeout_source_new (LOOK_AGAIN_MS);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->node->context);
}

/* Returns: FALSE where the peer's queue must drain first. */
static gboolean
serve_next (TcServing *self, Client *client)
{
  const TcEffect *request = g_queue_peek_head (&client->requests);
  const guint32 stored_height = self->node->stored_height;
  TcJob *job;

  /* The engine's tip runs ahead of the disk: what is not there yet is read once it is. */
  if (request == NULL || client->busy || (request->kind == TC_EFFECT_SERVE && request->height > stored_height))
    return TRUE;
  if (tc_net_get_queue_bytes (self->node->net, client->peer) > UNSENT_BYTES)
    {
      look_again_later (self);
      return FALSE;
    }
  job = tc_job_new (self->node, reader_of (request->kind), after_read);
  job->effect = *request;
  if (request->kind == TC_EFFECT_SERVE)
    job->effect.count = MIN (request->count, stored_height - request->height + 1);
  client->busy = TRUE;
  tc_job_push (job, self->thread);
  return TRUE;
}

void
tc_serving_take (TcServing *self, TcEffect *effect)
{
  Client *client = g_hash_table_lookup (self->clients, &effect->peer);
  TcEffect *request;

  if (client == NULL)
    {
      g_autoptr(TcNetPeerInfo) info = tc_net_get_peer (self->node->net, effect->peer);

      if (info == NULL)
        return;
      client = g_new0 (Client, 1);
      client->peer = effect->peer;
      g_queue_init (&client->requests);
      g_hash_table_insert (self->clients, &client->peer, client);
    }
  if (client->requests.length >= REQUESTS_MAX)
    return;
  request = g_new (TcEffect, 1);
  *request = *effect;
  memset (effect, 0, sizeof *effect);
  g_queue_push_tail (&client->requests, request);
  serve_next (self, client);
}

void
tc_serving_note_stored (TcServing *self)
{
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    serve_next (self, client);
}

void
tc_serving_forget (TcServing *self, guint64 peer)
{
  g_hash_table_remove (self->clients, &peer);
}
