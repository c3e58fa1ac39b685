#pragma once

#include "core/key.h"

G_BEGIN_DECLS

/* Signatures on a number of threads, the caller's among them. */
typedef struct _TcVerifierThreads TcVerifierThreads;

TcVerifierThreads *tc_verifier_threads_new  (guint n_threads);
void               tc_verifier_threads_free (TcVerifierThreads *self);
const TcVerifier  *tc_verifier_threads_get  (TcVerifierThreads *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcVerifierThreads, tc_verifier_threads_free)

G_END_DECLS
