#pragma once

#include "keystream.h"

G_BEGIN_DECLS

/* For tests: the same with so many blocks side by side: 1, or what the processor can of 8 and 16. */
guint tc_keystream_get_width_max (void);
void  tc_keystream_sum_by        (TcKeystreamSum *self, guint width, const guint8 *key, gboolean negative);

G_END_DECLS
