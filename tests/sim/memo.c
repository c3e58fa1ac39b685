#include "sim.h"

typedef struct
{
  TcSignatureJob job;
  guint8         message[];
} Checked;

/* The arguments of tc_seed_advance (), and what it answered. */
typedef struct
{
  TcHash      seed, chain_id;
  TcPublicKey key;
  TcVrfProof  proof;
  guint32     height;
} SeedKey;

typedef struct
{
  SeedKey  key;
  gboolean ok;
  TcHash   next;
} Seed;

struct _SimMemo
{
  guint       n_checked;   /* that were not signed here */
  GHashTable *signatures;  /* TcSignatureJob (in the value) -> Checked */
  GHashTable *seeds;       /* SeedKey (in the value) -> Seed */
};

/* The ledger calls the VRF itself, without a table like TcVerifier, and closes are checked without one. The linker leads those calls here (--wrap), so there is one memo a process. */
static SimMemo *the_memo;

gboolean __wrap_tc_signature_check (const TcSignature *signature, const TcPublicKey *key, const guint8 *message, gsize n);
gboolean __real_tc_signature_check (const TcSignature *signature, const TcPublicKey *key, const guint8 *message, gsize n);

gboolean __wrap_tc_seed_advance (const TcHash *seed, const TcPublicKey *key, const TcVrfProof *proof, const TcHash *chain_id, guint32 height,
                                 TcHash *ret_next);
gboolean __real_tc_seed_advance (const TcHash *seed, const TcPublicKey *key, const TcVrfProof *proof, const TcHash *chain_id, guint32 height,
                                 TcHash *ret_next);

TcSignature __wrap_tc_secret_key_sign (const TcSecretKey *self, const guint8 *message, gsize n);
TcSignature __real_tc_secret_key_sign (const TcSecretKey *self, const guint8 *message, gsize n);

static guint
signature_hash (gconstpointer data)
{
  guint hash;

  memcpy (&hash, ((const TcSignatureJob *) data)->signature.bytes, sizeof hash);
  return hash;
}

static gboolean
signature_equal (gconstpointer a, gconstpointer b)
{
  const TcSignatureJob *x = a, *y = b;

  return x->size_bytes == y->size_bytes && memcmp (&x->signature, &y->signature, sizeof x->signature) == 0
         && memcmp (&x->key, &y->key, sizeof x->key) == 0 && memcmp (x->message, y->message, x->size_bytes) == 0;
}

static guint
seed_hash (gconstpointer data)
{
  guint hash;

  memcpy (&hash, ((const SeedKey *) data)->proof.bytes, sizeof hash);
  return hash;
}

static gboolean
seed_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (SeedKey)) == 0;
}

G_STATIC_ASSERT (sizeof (SeedKey) == 32 + 32 + 32 + TC_VRF_PROOF_SIZE + 4);

SimMemo *
sim_memo_new (void)
{
  SimMemo *self = g_new0 (SimMemo, 1);

  g_assert_null (the_memo);
  self->signatures = g_hash_table_new_full (signature_hash, signature_equal, g_free, NULL);
  self->seeds = g_hash_table_new_full (seed_hash, seed_equal, g_free, NULL);
  the_memo = self;
  return self;
}

void
sim_memo_free (SimMemo *self)
{
  the_memo = NULL;
  g_hash_table_unref (self->signatures);
  g_hash_table_unref (self->seeds);
  g_free (self);
}

guint
sim_memo_get_n (const SimMemo *self)
{
  return self->n_checked;
}

static Checked *
remember (SimMemo *self, const TcSignatureJob *job, gboolean ok)
{
  Checked *checked = g_malloc (sizeof *checked + job->size_bytes);

  checked->job = *job;
  memcpy (checked->message, job->message, job->size_bytes);
  checked->job.message = checked->message;
  checked->job.ok = ok;
  g_hash_table_add (self->signatures, checked);
  return checked;
}

static gboolean
check (SimMemo *self, const TcSignatureJob *job)
{
  const Checked *checked = g_hash_table_lookup (self->signatures, job);

  if (checked == NULL)
    {
      checked = remember (self, job, __real_tc_signature_check (&job->signature, &job->key, job->message, job->size_bytes));
      self->n_checked++;
    }
  return checked->job.ok;
}

/* What a key signed is good, by that key and for those very bytes. */
TcSignature
__wrap_tc_secret_key_sign (const TcSecretKey *key, const guint8 *message, gsize n)
{
  const TcSignature signature = __real_tc_secret_key_sign (key, message, n);
  const TcSignatureJob job = { *tc_secret_key_get_public (key), signature, message, n, TRUE };

  if (the_memo != NULL && !g_hash_table_contains (the_memo->signatures, &job))
    remember (the_memo, &job, TRUE);
  return signature;
}

void
sim_memo_check_many (gpointer memo, TcSignatureJob *jobs, gsize n_jobs)
{
  for (gsize i = 0; i < n_jobs; i++)
    jobs[i].ok = check (memo, &jobs[i]);
}

gboolean
__wrap_tc_signature_check (const TcSignature *signature, const TcPublicKey *key, const guint8 *message, gsize n)
{
  const TcSignatureJob job = { *key, *signature, message, n, FALSE };

  return check (the_memo, &job);
}

gboolean
__wrap_tc_seed_advance (const TcHash *seed, const TcPublicKey *key, const TcVrfProof *proof, const TcHash *chain_id, guint32 height,
                        TcHash *ret_next)
{
  const SeedKey question = { *seed, *chain_id, *key, *proof, height };
  Seed *answer = g_hash_table_lookup (the_memo->seeds, &question);

  if (answer == NULL)
    {
      answer = g_new0 (Seed, 1);
      answer->key = question;
      answer->ok = __real_tc_seed_advance (seed, key, proof, chain_id, height, &answer->next);
      g_hash_table_add (the_memo->seeds, answer);
    }
  if (answer->ok)
    *ret_next = answer->next;
  return answer->ok;
}
