#pragma once

#include "engine/halt-record.h"

G_BEGIN_DECLS

/* What a node keeps of two commits at one height (rule C8), made up: nobody signed them. */
void tc_halt_sample (guint32 height, TcHaltRecord *ret_record);

G_END_DECLS
