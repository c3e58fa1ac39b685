#include "known.h"

#define SIZE_MIN 64u

guint64
tc_known_tag (const TcHash *hash)
{
  return MAX (tc_table_tag (hash->bytes, TC_HASH_SIZE), 1);
}

void
tc_known_clear (TcKnown *self)
{
  g_free (self->newer.entries);
  g_free (self->older.entries);
  *self = (TcKnown) { { NULL, 0, 0 }, { NULL, 0, 0 } };
}

/* Where @tag is, or the empty place where it belongs. */
static TcKnownEntry *
find_place (const TcKnownTable *table, guint64 tag)
{
  guint32 at = (guint32) tag & (table->size - 1);

  while (table->entries[at].tag != 0 && table->entries[at].tag != tag)
    at = (at + 1) & (table->size - 1);
  return &table->entries[at];
}

static const gint64 *
find_in (const TcKnownTable *table, guint64 tag)
{
  const TcKnownEntry *entry = table->size > 0 ? find_place (table, tag) : NULL;

  return entry != NULL && entry->tag != 0 ? &entry->when_ms : NULL;
}

const gint64 *
tc_known_find (const TcKnown *self, guint64 tag)
{
  const gint64 *when_ms = find_in (&self->newer, tag);

  return when_ms != NULL ? when_ms : find_in (&self->older, tag);
}

static void
grow (TcKnownTable *table)
{
  const TcKnownTable before = *table;

  table->size = MAX (2 * before.size, SIZE_MIN);
  table->entries = g_new0 (TcKnownEntry, table->size);
  for (guint32 i = 0; i < before.size; i++)
    if (before.entries[i].tag != 0)
      *find_place (table, before.entries[i].tag) = before.entries[i];
  g_free (before.entries);
}

void
tc_known_note (TcKnown *self, guint64 tag, gint64 when_ms)
{
  TcKnownEntry *entry;

  if (self->newer.n >= TC_KNOWN_MAX)
    {
      g_free (self->older.entries);
      self->older = self->newer;
      self->newer = (TcKnownTable) { NULL, 0, 0 };
    }
  if (2 * self->newer.n >= self->newer.size)
    grow (&self->newer);
  entry = find_place (&self->newer, tag);
  if (entry->tag == 0)
    self->newer.n++;
  *entry = (TcKnownEntry) { tag, when_ms };
}
