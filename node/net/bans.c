#include "bans.h"

#include <string.h>

struct _TcBans
{
  GHashTable *by_subject;  /* its subject -> TcNetBan */
};

static TcNetBan *
ban_new (const char *subject, gint64 created_s, gint64 until_s, const char *reason)
{
  TcNetBan *ban = g_new0 (TcNetBan, 1);

  ban->subject = g_strdup (subject);
  ban->created_s = created_s;
  ban->until_s = until_s;
  ban->reason = g_strdup (reason);
  return ban;
}

void
tc_net_ban_free (TcNetBan *self)
{
  if (self == NULL)
    return;
  g_free (self->subject);
  g_free (self->reason);
  g_free (self);
}

TcBans *
tc_bans_new (void)
{
  TcBans *self = g_new0 (TcBans, 1);

  self->by_subject = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tc_net_ban_free);
  return self;
}

void
tc_bans_free (TcBans *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_subject);
  g_free (self);
}

static void
drop_soonest (TcBans *self)
{
  GHashTableIter iter;
  TcNetBan *ban, *soonest = NULL;

  g_hash_table_iter_init (&iter, self->by_subject);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &ban))
    if (soonest == NULL || ban->until_s < soonest->until_s)
      soonest = ban;
  if (soonest != NULL)
    g_hash_table_remove (self->by_subject, soonest->subject);
}

void
tc_bans_add (TcBans *self, const char *subject, gint64 created_s, gint64 until_s, const char *reason)
{
  TcNetBan *ban = ban_new (subject, created_s, until_s, reason);

  if (g_hash_table_size (self->by_subject) >= TC_NET_BANS_MAX && !g_hash_table_contains (self->by_subject, subject))
    drop_soonest (self);
  g_hash_table_replace (self->by_subject, ban->subject, ban);
}

gboolean
tc_bans_remove (TcBans *self, const char *subject)
{
  return g_hash_table_remove (self->by_subject, subject);
}

gboolean
tc_bans_contains (TcBans *self, const char *subject, gint64 now_s)
{
  const TcNetBan *ban = g_hash_table_lookup (self->by_subject, subject);

  return ban != NULL && ban->until_s > now_s;
}

static gboolean
is_over (gpointer subject, gpointer ban, gpointer now_s)
{
  return ((TcNetBan *) ban)->until_s <= *(gint64 *) now_s;
}

static int
compare_bans (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(TcNetBan **) a)->subject, (*(TcNetBan **) b)->subject);
}

GPtrArray *
tc_bans_list (TcBans *self, gint64 now_s)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_net_ban_free);
  GHashTableIter iter;
  TcNetBan *ban;

  g_hash_table_foreach_remove (self->by_subject, is_over, &now_s);
  g_hash_table_iter_init (&iter, self->by_subject);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &ban))
    g_ptr_array_add (list, ban_new (ban->subject, ban->created_s, ban->until_s, ban->reason));
  g_ptr_array_sort (list, compare_bans);
  return list;
}
