#pragma once

#include "session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The newest blocks, which follow the chain while they are looked at, and older ones on demand. Main thread. */
#define TC_TYPE_EXPLORER_BLOCKS (tc_explorer_blocks_get_type ())
G_DECLARE_FINAL_TYPE (TcExplorerBlocks, tc_explorer_blocks, TC, EXPLORER_BLOCKS, AdwBin)

void tc_explorer_blocks_set_session (TcExplorerBlocks *self, TcSession *session);

G_END_DECLS
