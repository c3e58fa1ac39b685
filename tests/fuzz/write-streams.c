/* Records what three honest members send to a fourth, as seeds of fuzz-receive: usage: write-streams tests/fuzz/corpus/receive
 * Run it again when a format changes. */
#include <string.h>

#include "streams.h"

typedef struct
{
  TcWireTable table;
  GByteArray *out;
  gint64      written_ms;
  gboolean    compress;
} Recorder;

static void
put_time (Recorder *self, gint64 now_ms)
{
  while (self->written_ms < now_ms)
    {
      const gint64 steps = MIN ((now_ms - self->written_ms - 1) / 8, 0x3f);

      tc_put_u8 (self->out, (guint8) (0x80 + steps));
      self->written_ms += 1 + 8 * steps;
    }
}

static gboolean
on_message (EngineNet *net, guint from, guint to, guint8 type, GBytes *body, gpointer user_data)
{
  Recorder *self = user_data;
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes) sent = NULL;

  if (to != STREAMS_PLACE)
    return TRUE;
  put_time (self, net->mono_ms);
  sent = tc_wire_encode (&self->table, type, body, message);
  g_byte_array_append (message, g_bytes_get_data (sent, NULL), (guint) g_bytes_get_size (sent));
  tc_put_u8 (self->out, (guint8) (from - 1));
  tc_put_u16 (self->out, (guint16) message->len);
  g_byte_array_append (self->out, message->data, message->len);
  return TRUE;
}

static void
record (const char *folder, const char *name, guint n_payments, gint64 run_ms, gint64 late_ms)
{
  EngineNet *net = engine_net_new (1 + STREAMS_PEERS, STREAMS_TXS, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  Recorder recorder = { .out = g_byte_array_new () };

  streams_init_table (&recorder.table);
  net->filter = on_message;
  net->user_data = &recorder;
  for (guint i = late_ms > 0 ? 1 : 0; i < net->n; i++)
    engine_net_start (net, i);
  for (guint i = 0; i < n_payments; i++)
    {
      g_autoptr (TcTx) tx = tc_chain_fixture_pay (net->chain, i, 5000 + i);

      engine_net_submit (net, 1 + i % STREAMS_PEERS, tx);
      engine_net_run (net, 20);
    }
  if (late_ms > 0)
    {
      engine_net_run (net, late_ms);
      recorder.written_ms = net->mono_ms;
      engine_net_start (net, STREAMS_PLACE);
    }
  engine_net_run (net, run_ms);
  if (!g_file_set_contents (path, (const char *) recorder.out->data, recorder.out->len, &error))
    g_error ("%s", error->message);
  g_print ("%s: %u bytes, height %u\n", name, recorder.out->len, engine_net_height (net, STREAMS_PLACE));
  g_byte_array_unref (recorder.out);
  engine_net_free (net);
}

int
main (int argc, char *argv[])
{
  tc_crypto_init ();
  if (argc != 2 || g_mkdir_with_parents (argv[1], 0755) != 0)
    g_error ("usage: %s FOLDER", argv[0]);
  record (argv[1], "quiet", 0, 1500, 0);
  record (argv[1], "payments", STREAMS_TXS, 1500, 0);
  record (argv[1], "epoch", 2, 6000, 0);
  record (argv[1], "late", 3, 1500, 8000);
  return 0;
}
