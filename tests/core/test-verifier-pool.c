#include <string.h>

#include "core/verifier-pool.h"

#define N_JOBS 700u

typedef struct
{
  guint8         messages[N_JOBS][4];
  TcSignatureJob jobs[N_JOBS];
  gint           n_done;  /* atomic */
} Work;

/* Every seventh is bad. */
static Work *
work_new (void)
{
  const guint8 seed[TC_SEED_SIZE] = { 1 };
  g_autoptr(TcSecretKey) key = tc_secret_key_new (seed);
  Work *self = g_new0 (Work, 1);

  for (guint32 i = 0; i < N_JOBS; i++)
    {
      memcpy (self->messages[i], &i, sizeof i);
      self->jobs[i] = (TcSignatureJob) { *tc_secret_key_get_public (key), tc_secret_key_sign (key, self->messages[i], 4), self->messages[i], 4, FALSE };
      self->jobs[i].signature.bytes[0] ^= i % 7 == 0;
    }
  return self;
}

static void
on_done (gpointer data)
{
  g_atomic_int_inc (&((Work *) data)->n_done);
}

static void
check_answers (const Work *work, gsize n_jobs)
{
  for (gsize i = 0; i < n_jobs; i++)
    g_assert_cmpint (work->jobs[i].ok, ==, i % 7 != 0);
}

static void
test_beside (void)
{
  g_test_summary ("What is submitted is all checked, and told once, while the same pool answers at once for others.");
  g_autofree Work *submitted = work_new ();
  g_autofree Work *direct = work_new ();
  TcVerifierPool *pool = tc_verifier_pool_new (3);

  for (guint from = 0; from < N_JOBS; from += 100)
    tc_verifier_pool_submit (pool, &submitted->jobs[from], 100, on_done, submitted);
  for (guint n = 1; n <= 256; n *= 2)
    {
      const TcVerifier *verifier = tc_verifier_pool_get (pool);

      verifier->check_many (verifier->user_data, direct->jobs, n);
      check_answers (direct, n);
    }
  tc_verifier_pool_free (pool);
  g_assert_cmpint (submitted->n_done, ==, N_JOBS / 100);
  check_answers (submitted, N_JOBS);
}

static void
test_nothing (void)
{
  g_test_summary ("Where there is nothing to check, that is told at once.");
  g_autoptr(TcVerifierPool) pool = tc_verifier_pool_new (2);
  g_autofree Work *work = work_new ();

  tc_verifier_pool_submit (pool, NULL, 0, on_done, work);
  g_assert_cmpint (work->n_done, ==, 1);
}

static void
test_stop (void)
{
  g_test_summary ("After a stop nothing counts as good that was not checked, and all that was submitted is told.");
  g_autoptr(TcVerifierPool) pool = tc_verifier_pool_new (1);
  g_autofree Work *work = work_new ();

  tc_verifier_pool_submit (pool, work->jobs, N_JOBS / 2, on_done, work);
  tc_verifier_pool_stop (pool);
  g_assert_cmpint (g_atomic_int_get (&work->n_done), ==, 1);
  for (guint i = 0; i < N_JOBS / 2; i++)
    g_assert_false (work->jobs[i].ok && i % 7 == 0);
  tc_verifier_pool_submit (pool, &work->jobs[N_JOBS / 2], N_JOBS / 2, on_done, work);
  tc_verifier_pool_stop (pool);
  g_assert_cmpint (g_atomic_int_get (&work->n_done), ==, 2);
  for (guint i = N_JOBS / 2; i < N_JOBS; i++)
    g_assert_false (work->jobs[i].ok);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/core/verifier-pool/beside", test_beside);
  g_test_add_func ("/core/verifier-pool/nothing", test_nothing);
  g_test_add_func ("/core/verifier-pool/stop", test_stop);
  return g_test_run ();
}
