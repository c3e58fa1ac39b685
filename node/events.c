#include "node-internal.h"

/* Subscriptions. Events wait in the subscription's own queue, and its context is woken only when that was empty. */

typedef struct
{
  gatomicrefcount ref_count;
  guint           id, kinds;
  GMainContext   *context;
  TcNodeEventFunc callback;
  gpointer        user_data;
  GDestroyNotify  destroy;
  GMutex          lock;
  GQueue          queue;      /* TcNodeEvent *, under lock */
  guint           n_blocks;   /* in it, under lock */
  gboolean        scheduled;  /* under lock */
  gboolean        removed;    /* under lock */
} Subscription;

struct _TcEventHub
{
  GMutex     lock;
  GPtrArray *subscriptions;
  guint      next_id;
};

static void
event_free (gpointer data)
{
  TcNodeEvent *event = data;

  g_clear_pointer (&event->tx, tc_tx_unref);
  g_clear_pointer (&event->block, tc_block_unref);
  g_free (event);
}

static TcNodeEvent *
event_copy (const TcNodeEvent *event)
{
  TcNodeEvent *copy = g_memdup2 (event, sizeof *event);

  copy->tx = event->tx != NULL ? tc_tx_ref (event->tx) : NULL;
  copy->block = event->block != NULL ? tc_block_ref (event->block) : NULL;
  return copy;
}

static void
subscription_unref (gpointer data)
{
  Subscription *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_queue_clear_full (&self->queue, event_free);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* @link: (nullable). Under lock. */
static TcNodeEvent *
take_link (Subscription *self, GList *link)
{
  TcNodeEvent *event = link != NULL ? link->data : NULL;

  if (event == NULL)
    return NULL;
  g_queue_delete_link (&self->queue, link);
  self->n_blocks -= event->kind == TC_NODE_EVENT_BLOCK;
  return event;
}

/* A subscriber that is far behind costs no more than this. Under lock. */
static void
keep_bounds (Subscription *self)
{
  if (self->n_blocks > TC_NODE_EVENTS_BLOCKS_MAX)
    {
      GList *oldest = self->queue.head;

      while (((TcNodeEvent *) oldest->data)->kind != TC_NODE_EVENT_BLOCK)
        oldest = oldest->next;
      event_free (take_link (self, oldest));
    }
  if (self->queue.length > TC_NODE_EVENTS_MAX)
    event_free (take_link (self, self->queue.head));
}

static TcNodeEvent *
pop_event (Subscription *self)
{
  TcNodeEvent *event = NULL;

  g_mutex_lock (&self->lock);
  if (!self->removed)
    event = take_link (self, self->queue.head);
  if (event == NULL)
    self->scheduled = FALSE;
  g_mutex_unlock (&self->lock);
  return event;
}

static gboolean
deliver (gpointer data)
{
  Subscription *self = data;
  TcNodeEvent *event;

  while ((event = pop_event (self)) != NULL)
    {
      self->callback (event, self->user_data);
      event_free (event);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
run_destroy (gpointer data)
{
  Subscription *self = data;

  self->destroy (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
attach (Subscription *self, GSourceFunc func)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_atomic_ref_count_inc (&self->ref_count);
  g_source_set_callback (source, func, self, subscription_unref);
  g_source_attach (source, self->context);
}

TcEventHub *
tc_event_hub_new (void)
{
  TcEventHub *self = g_new0 (TcEventHub, 1);

  g_mutex_init (&self->lock);
  self->subscriptions = g_ptr_array_new_with_free_func (subscription_unref);
  return self;
}

void
tc_event_hub_free (TcEventHub *self)
{
  while (self->subscriptions->len > 0)
    tc_event_hub_remove (self, ((Subscription *) g_ptr_array_index (self->subscriptions, 0))->id);
  g_ptr_array_unref (self->subscriptions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
tc_event_hub_add (TcEventHub *self, guint kinds, GMainContext *context, TcNodeEventFunc callback, gpointer user_data,
                  GDestroyNotify destroy)
{
  Subscription *subscription = g_new0 (Subscription, 1);
  guint id;

  g_atomic_ref_count_init (&subscription->ref_count);
  subscription->kinds = kinds;
  subscription->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  subscription->callback = callback;
  subscription->user_data = user_data;
  subscription->destroy = destroy;
  g_mutex_init (&subscription->lock);
  g_queue_init (&subscription->queue);
  g_mutex_lock (&self->lock);
  id = subscription->id = ++self->next_id;
  g_ptr_array_add (self->subscriptions, subscription);
  g_mutex_unlock (&self->lock);
  return id;
}

void
tc_event_hub_remove (TcEventHub *self, guint id)
{
  Subscription *found = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->subscriptions->len && found == NULL; i++)
    if (((Subscription *) g_ptr_array_index (self->subscriptions, i))->id == id)
      found = g_ptr_array_steal_index (self->subscriptions, i);
  g_mutex_unlock (&self->lock);
  if (found == NULL)
    return;
  g_mutex_lock (&found->lock);
  found->removed = TRUE;
  g_mutex_unlock (&found->lock);
  if (found->destroy != NULL)
    attach (found, run_destroy);
  subscription_unref (found);
}

void
tc_event_hub_publish (TcEventHub *self, const TcNodeEvent *event)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      Subscription *subscription = g_ptr_array_index (self->subscriptions, i);
      gboolean wake;

      if ((subscription->kinds & (1u << event->kind)) == 0)
        continue;
      g_mutex_lock (&subscription->lock);
      g_queue_push_tail (&subscription->queue, event_copy (event));
      subscription->n_blocks += event->kind == TC_NODE_EVENT_BLOCK;
      keep_bounds (subscription);
      wake = !subscription->scheduled;
      subscription->scheduled = TRUE;
      g_mutex_unlock (&subscription->lock);
      if (wake)
        attach (subscription, deliver);
    }
  g_mutex_unlock (&self->lock);
}
