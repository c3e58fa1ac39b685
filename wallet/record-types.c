#include "record-types.h"

#include "core/check.h"

TcContact *
tc_contact_copy (const TcContact *self)
{
  TcContact *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->address = g_strdup (self->address);
  copy->note = g_strdup (self->note);
  return copy;
}

void
tc_contact_free (TcContact *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->address);
  g_free (self->note);
  g_free (self);
}

void
tc_address_label_free (TcAddressLabel *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->label);
  g_free (self);
}

const char *
tc_request_state_name (TcRequestState state)
{
  static const char *const names[] = { "waiting", "paid", "final", "part", "over", "expired" };

  TC_CHECK ((guint) state < G_N_ELEMENTS (names));
  return names[state];
}

TcWalletRequest *
tc_wallet_request_ref (TcWalletRequest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_wallet_request_unref (TcWalletRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->address);
  g_free (self->label);
  g_free (self->message);
  g_free (self->uri);
  g_free (self);
}

static gboolean
has_search (const TcHistoryQuery *self)
{
  return self->search != NULL && *self->search != '\0';
}

gboolean
tc_history_query_is_empty (const TcHistoryQuery *self)
{
  return !has_search (self) && self->kinds == 0 && self->states == 0 && self->from_ms == 0 && self->to_ms == 0 && self->least.units == 0
         && self->most.units == 0;
}

gboolean
tc_history_query_equal (const TcHistoryQuery *a, const TcHistoryQuery *b)
{
  return has_search (a) == has_search (b) && (!has_search (a) || g_str_equal (a->search, b->search)) && a->kinds == b->kinds && a->states == b->states
         && a->from_ms == b->from_ms && a->to_ms == b->to_ms && a->least.units == b->least.units && a->most.units == b->most.units;
}

TcHistoryQuery *
tc_history_query_copy (const TcHistoryQuery *self)
{
  TcHistoryQuery *copy = self != NULL ? g_memdup2 (self, sizeof *self) : g_new0 (TcHistoryQuery, 1);

  copy->search = g_strdup (copy->search);
  return copy;
}

void
tc_history_query_free (TcHistoryQuery *self)
{
  if (self == NULL)
    return;
  g_free (self->search);
  g_free (self);
}
