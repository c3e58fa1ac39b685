#pragma once

#include "core/key.h"

G_BEGIN_DECLS

/* Checks signatures on all cores. One for a node; its check_many () may be called from one thread at a time and returns when all are checked. */
typedef struct _TcVerifierPool TcVerifierPool;

/* @n_threads: 0: as many as the machine has cores. Few signatures are checked inline. */
TcVerifierPool   *tc_verifier_pool_new  (guint n_threads);
void              tc_verifier_pool_free (TcVerifierPool *self);
/* Borrowed from @self. */
const TcVerifier *tc_verifier_pool_get  (TcVerifierPool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcVerifierPool, tc_verifier_pool_free)

G_END_DECLS
