#pragma once

#include "node/node.h"

G_BEGIN_DECLS

/* What the page of the network says of a node, in words. All return (transfer full). Any thread. */

char *tc_node_text_state    (const TcNodeStatus *status);
/* What the phase under way is about; NULL where there is none. */
char *tc_node_text_phase    (const TcNodeStatus *status);
/* "12 408 of 50 000 blocks (24 %)", in the phase's units. */
char *tc_node_text_progress (const TcNodeSync *sync);
/* "120 blocks a second"; "Not known yet". */
char *tc_node_text_rate     (const TcNodeSync *sync);
/* Which blocks can be read here. */
char *tc_node_text_blocks   (const TcNodeStatus *status);
/* Whether others can connect. */
char *tc_node_text_reach    (const TcNodeDetails *details);

G_END_DECLS
