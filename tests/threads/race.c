/* A race that ThreadSanitizer must find even with order.c: two threads of a pool count in one place without a lock. */
#include <glib.h>

static int n_begun;
static int count;

static void
add (gpointer data, gpointer user_data)
{
  /* Each thread has one of the two: one that had both would race with nobody. */
  g_atomic_int_inc (&n_begun);
  while (g_atomic_int_get (&n_begun) < 2)
    g_thread_yield ();
  for (int i = 0; i < 100000; i++)
    count++;
}

int
main (void)
{
  GThreadPool *pool = g_thread_pool_new (add, NULL, 2, TRUE, NULL);

  g_thread_pool_push (pool, GINT_TO_POINTER (1), NULL);
  g_thread_pool_push (pool, GINT_TO_POINTER (2), NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  return count == 0;
}
