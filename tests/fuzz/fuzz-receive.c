#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "streams.h"

#define PIECES_MAX 4000u

/* The receive path as one: bytes that come out of decrypted frames, from three peers, through the reader of messages and zstd into one running engine with a
 * chain, timers, and keys that the recorded streams were signed with. Whoever offends is cut off, as the network does. Checked: memory of a reader no more
 * than was received, limits kept, no crash, and that no key signs twice (engine-net.c). */

typedef struct
{
  TcWireReader reader;
  gsize        received;  /* since the last whole message */
} Stream;

typedef struct
{
  EngineNet  *net;
  TcWireTable table;
  Stream      streams[STREAMS_PEERS];
} Fuzz;

static gboolean
is_there (const Fuzz *self, guint peer)
{
  return self->net->nodes[STREAMS_PLACE].peers[peer + 1] != 0;
}

static void
leave (Fuzz *self, guint peer)
{
  engine_net_part (self->net, peer + 1, STREAMS_PLACE);
  tc_wire_reader_clear (&self->streams[peer].reader);
  tc_wire_reader_init (&self->streams[peer].reader, &self->table);
  self->streams[peer].received = 0;
}

static void
take_message (Fuzz *self, guint peer, const TcWireMessage *message)
{
  const TcWireLimit *limit = &self->table.types[message->type];

  TC_CHECK (limit->known && message->wire_bytes <= limit->wire_max_bytes && g_bytes_get_size (message->body) <= limit->plain_max_bytes);
  if (message->type >= TC_NET_TYPE_FIRST)
    engine_net_send (self->net, peer + 1, STREAMS_PLACE, message->type, message->body);
  g_bytes_unref (message->body);
  if (self->net->nodes[STREAMS_PLACE].punished[peer + 1] >= TC_NET_BAN_POINTS)
    {
      self->net->nodes[STREAMS_PLACE].punished[peer + 1] = 0;
      leave (self, peer);
    }
}

static void
take_bytes (Fuzz *self, guint peer, const guint8 *data, gsize n)
{
  Stream *stream = &self->streams[peer];

  while (n > 0 && is_there (self, peer))
    {
      TcWireMessage message;
      const char *offence;
      gsize taken;
      TcWireResult result = tc_wire_reader_feed (&stream->reader, data, n, TC_WIRE_ANY, &taken, &message, &offence);

      TC_CHECK (taken >= 1 && taken <= n);
      stream->received += taken;
      data += taken;
      n -= taken;
      TC_CHECK (stream->reader.body == NULL || stream->reader.body->len <= stream->received);
      if (result == TC_WIRE_MESSAGE)
        {
          stream->received = 0;
          take_message (self, peer, &message);
        }
      else if (result == TC_WIRE_OFFENCE)
        leave (self, peer);
    }
}

static void
step (Fuzz *self, TcReader *reader)
{
  const guint8 op = tc_reader_u8 (reader);
  const guint peer = op % STREAMS_PEERS;

  if (op < 0x80)
    {
      const gsize n = tc_reader_u16 (reader), part = MIN (n, tc_reader_left (reader));

      take_bytes (self, peer, tc_reader_view (reader, part), part);
    }
  else if (op < 0xc0)
    engine_net_run (self->net, 1 + 8 * (op - 0x80));
  else if (is_there (self, peer))
    leave (self, peer);
  else
    engine_net_join (self->net, peer + 1, STREAMS_PLACE);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree Fuzz *fuzz = g_new0 (Fuzz, 1);
  TcReader reader;

  tc_reader_init (&reader, data, size);
  streams_init_table (&fuzz->table);
  fuzz->net = engine_net_new (1 + STREAMS_PEERS, STREAMS_TXS, NULL);
  for (guint i = 0; i < STREAMS_PEERS; i++)
    tc_wire_reader_init (&fuzz->streams[i].reader, &fuzz->table);
  engine_net_start (fuzz->net, STREAMS_PLACE);
  for (guint i = 0; i < PIECES_MAX && tc_reader_left (&reader) > 0; i++)
    step (fuzz, &reader);
  engine_net_run (fuzz->net, 100);
  for (guint i = 0; i < STREAMS_PEERS; i++)
    tc_wire_reader_clear (&fuzz->streams[i].reader);
  engine_net_free (fuzz->net);
  return 0;
}
