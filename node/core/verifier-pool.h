#pragma once

#include "core/key.h"

G_BEGIN_DECLS

/* Checks signatures on all cores. One for a node; its check_many () may be called from one thread at a time and returns when all are checked. What is submitted
 * is checked beside that, in order, and waits while check_many () has anything left: so what a node must know now does not stand behind what it fetches. */
typedef struct _TcVerifierPool TcVerifierPool;

/* @n_threads: 0: as many as the machine has cores. Few signatures are checked inline. */
TcVerifierPool   *tc_verifier_pool_new    (guint n_threads);
/* Waits for @done of all that was submitted. */
void              tc_verifier_pool_free   (TcVerifierPool *self);
/* Borrowed from @self. */
const TcVerifier *tc_verifier_pool_get    (TcVerifierPool *self);
/* Fills in @ok of each job, which stay the caller's and in place until @done is called, once, on a thread of the pool (where there are no jobs, on the caller's). Any thread. */
void              tc_verifier_pool_submit (TcVerifierPool *self, TcSignatureJob *jobs, gsize n_jobs, void (*done) (gpointer data), gpointer data);
/* What was submitted and is not checked yet is not checked any more: it counts as bad. Returns once @done was called for all. Any thread but the pool's. */
void              tc_verifier_pool_stop   (TcVerifierPool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcVerifierPool, tc_verifier_pool_free)

G_END_DECLS
