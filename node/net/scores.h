#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a subject (see address.h) has done lately, kept over its connections: points that wear off, one in TC_SCORES_POINT_MS. A table of fixed size,
 * whatever the number of subjects: of two that share a place, the one with more points keeps it. One thread. */
typedef struct _TcScores TcScores;

#define TC_SCORES_SLOTS    8192u
#define TC_SCORES_POINT_MS 36000  /* a hundred in an hour */

TcScores *tc_scores_new    (void);
void      tc_scores_free   (TcScores *self);
/* Returns: what it has now. */
guint32   tc_scores_add    (TcScores *self, const char *subject, guint32 points, gint64 now_ms);
guint32   tc_scores_get    (TcScores *self, const char *subject, gint64 now_ms);
void      tc_scores_forget (TcScores *self, const char *subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcScores, tc_scores_free)

G_END_DECLS
