#pragma once

#include "engine-net.h"
#include "net/wire.h"

/* What fuzz-receive.c reads and write-streams.c records: bytes of decrypted streams from three peers to one engine, and time.
 *   0 .. 0x7f     a piece of the stream of peer op mod 3: length u16 | bytes
 *   0x80 .. 0xbf  time passes: 1 + 8 (op - 0x80) ms
 *   0xc0 .. 0xff  peer op mod 3 goes, or comes back */

#define STREAMS_TXS   6u
#define STREAMS_PLACE 0u  /* the engine; peers are places 1 .. 3 */
#define STREAMS_PEERS 3u

/* The limits that a node has. @table: (out). */
static inline void
streams_init_table (TcWireTable *table)
{
  TcNetMessageType types[TC_NET_TYPE_LAST];
  gsize n = 0;

  for (guint8 type = TC_NET_TYPE_FIRST; type <= TC_NET_TYPE_LAST; type++)
    {
      const guint32 limit = (guint32) tc_message_size_max (type);

      if (limit > 0)
        types[n++] = (TcNetMessageType) { type, 0, TRUE, limit, limit };
    }
  tc_wire_table_init (table, types, n, 1);
}
