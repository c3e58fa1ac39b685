#include "outbox.h"

#include <string.h>

#include "core/check.h"

#define ITEM_COST_BYTES 128u  /* of a GBytes, its allocation and its link */

void
tc_outbox_init (TcOutbox *self)
{
  memset (self, 0, sizeof *self);
  g_queue_init (&self->queue);
  self->frames = g_byte_array_new ();
}

void
tc_outbox_clear (TcOutbox *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->frames, g_byte_array_unref);
}

void
tc_outbox_push (TcOutbox *self, GBytes *bytes)
{
  if (g_bytes_get_size (bytes) == 0)
    return;
  self->queued_bytes += g_bytes_get_size (bytes);
  g_queue_push_tail (&self->queue, g_bytes_ref (bytes));
}

static void
put_frame_header (TcOutbox *self, gsize length)
{
  guint8 header[2] = { (guint8) (length >> 8), (guint8) length };

  g_byte_array_append (self->frames, header, sizeof header);
}

void
tc_outbox_put_frame (TcOutbox *self, const GByteArray *message)
{
  TC_CHECK (message->len <= TC_NOISE_FRAME_MAX);
  put_frame_header (self, message->len);
  g_byte_array_append (self->frames, message->data, message->len);
}

void
tc_outbox_put_raw (TcOutbox *self, const GByteArray *bytes)
{
  g_byte_array_append (self->frames, bytes->data, bytes->len);
}

/* Moves what fits into one frame from the queue to @ret_plain. */
static gsize
gather (TcOutbox *self, guint8 *ret_plain)
{
  gsize n = 0;

  while (n < TC_NOISE_PLAIN_MAX && !g_queue_is_empty (&self->queue))
    {
      GBytes *head = g_queue_peek_head (&self->queue);
      gsize size = 0;
      const guint8 *data = g_bytes_get_data (head, &size);
      gsize part = MIN (size - self->head_position, TC_NOISE_PLAIN_MAX - n);

      memcpy (ret_plain + n, data + self->head_position, part);
      n += part;
      self->head_position += part;
      if (self->head_position == size)
        {
          g_bytes_unref (g_queue_pop_head (&self->queue));
          self->head_position = 0;
        }
    }
  self->queued_bytes -= n;
  return n;
}

static void
encrypt_ahead (TcOutbox *self, TcNoiseCipher *cipher, guint8 *scratch)
{
  while (self->frames->len < TC_OUTBOX_AHEAD_BYTES)
    {
      gsize n = gather (self, scratch);
      guint start;

      if (n == 0)
        return;
      put_frame_header (self, n + TC_NOISE_TAG_SIZE);
      start = self->frames->len;
      g_byte_array_set_size (self->frames, (guint) (start + n + TC_NOISE_TAG_SIZE));
      tc_noise_cipher_encrypt (cipher, scratch, n, self->frames->data + start);
    }
}

const guint8 *
tc_outbox_peek (TcOutbox *self, TcNoiseCipher *cipher, guint8 *scratch, gsize *ret_n)
{
  if (self->frames_position == self->frames->len)
    {
      g_byte_array_set_size (self->frames, 0);
      self->frames_position = 0;
      if (cipher != NULL)
        encrypt_ahead (self, cipher, scratch);
    }
  *ret_n = self->frames->len - self->frames_position;
  return *ret_n > 0 ? self->frames->data + self->frames_position : NULL;
}

void
tc_outbox_take (TcOutbox *self, gsize n)
{
  TC_CHECK (n <= self->frames->len - self->frames_position);
  self->frames_position += n;
}

void
tc_outbox_drop (TcOutbox *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  self->head_position = self->queued_bytes = 0;
}

gsize
tc_outbox_get_bytes (const TcOutbox *self)
{
  return self->queued_bytes + self->frames->len - self->frames_position;
}

gsize
tc_outbox_get_cost (const TcOutbox *self)
{
  return tc_outbox_get_bytes (self) + g_queue_get_length ((GQueue *) &self->queue) * (gsize) ITEM_COST_BYTES;
}
