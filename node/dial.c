#include "node-internal.h"

/* Whom the node keeps connected to: what its user and its network name, and the committee as it changes. At most TC_COMMITTEE_MAX masternodes: anybody may register a host. */

static gboolean
is_named (TcNode *self, const char *address)
{
  return (self->added != NULL && g_ptr_array_find_with_equal_func (self->added, address, g_str_equal, NULL))
         || (self->connect != NULL && g_strv_contains ((const char *const *) self->connect, address))
         || (!self->discover && self->network->seeds != NULL && g_strv_contains ((const char *const *) self->network->seeds, address));
}

static void
dial (TcNode *self, const char *address)
{
  g_autoptr(GError) error = NULL;

  if (!tc_net_connect_to (self->net, address, TRUE, &error))
    g_warning ("cannot connect to %s: %s", address, error->message);
}

/* Members keep direct links to each other. Others find theirs by themselves, or, where nothing is found, are linked to members, too.
 * Returns: (transfer full): hosts. */
static GHashTable *
list_members (TcNode *self)
{
  const TcLedger *ledger = tc_engine_get_ledger (self->engine);
  const TcCommittee *committee = tc_ledger_get_committee (ledger);
  const TcPublicKey *own = self->operator_key != NULL ? tc_secret_key_get_public (self->operator_key) : NULL;
  GHashTable *hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean is_member = FALSE;

  for (guint32 i = 0; i < committee->n_members; i++)
    {
      const char *host = tc_registry_get (tc_ledger_get_registry (ledger), committee->members[i].masternode)->host;

      if (own != NULL && tc_public_key_equal (own, &committee->members[i].operator_key))
        is_member = TRUE;
      else if (host[0] != '\0')
        g_hash_table_add (hosts, g_strdup (host));
    }
  if (self->discover && !is_member)
    g_hash_table_remove_all (hosts);
  return hosts;
}

/* Members' connections keep their places (N4). */
static void
name_members (TcNode *self)
{
  const TcCommittee *committee = tc_ledger_get_committee (tc_engine_get_ledger (self->engine));
  g_autofree TcPublicKey *keys = g_new (TcPublicKey, committee->n_members);

  for (guint32 i = 0; i < committee->n_members; i++)
    keys[i] = committee->members[i].operator_key;
  tc_net_set_members (self->net, keys, committee->n_members);
}

void
tc_node_dial_members (TcNode *self)
{
  g_autoptr(GHashTable) before = g_steal_pointer (&self->dialled);
  GHashTableIter iter;
  gpointer host;

  name_members (self);
  tc_node_learn_hosts (self);
  self->dialled = list_members (self);
  if (before != NULL)
    {
      g_hash_table_iter_init (&iter, before);
      while (g_hash_table_iter_next (&iter, &host, NULL))
        if (!g_hash_table_contains (self->dialled, host) && !is_named (self, host))
          tc_net_forget (self->net, host);
    }
  g_hash_table_iter_init (&iter, self->dialled);
  while (g_hash_table_iter_next (&iter, &host, NULL))
    if (before == NULL || !g_hash_table_contains (before, host))
      dial (self, host);
}

void
tc_node_dial (TcNode *self)
{
  for (guint i = 0; self->connect != NULL && self->connect[i] != NULL; i++)
    dial (self, self->connect[i]);
  for (guint i = 0; !self->discover && self->network->seeds != NULL && self->network->seeds[i] != NULL; i++)
    dial (self, self->network->seeds[i]);
  tc_node_dial_members (self);
}

static gboolean
connect_once (TcNode *self, const char *address, gboolean persistent, GError **error)
{
  g_autoptr(GError) cause = NULL;

  if (tc_net_connect_to (self->net, address, persistent, &cause))
    return TRUE;
  g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, cause->message);
  return FALSE;
}

gboolean
tc_node_try_address (TcNode *self, const char *address, GError **error)
{
  return connect_once (self, address, FALSE, error);
}

gboolean
tc_node_add_address (TcNode *self, const char *address, GError **error)
{
  if (self->added == NULL)
    self->added = g_ptr_array_new_with_free_func (g_free);
  if (is_named (self, address))
    {
      g_set_error_literal (error, TC_NODE_ERROR, TC_NODE_ERROR_EXISTS, "Error: Node already added");
      return FALSE;
    }
  if (self->added->len >= TC_NODE_ADDED_MAX)
    {
      g_set_error (error, TC_NODE_ERROR, TC_NODE_ERROR_CONFIG, "Error: %u nodes are added already: remove one first", TC_NODE_ADDED_MAX);
      return FALSE;
    }
  if (!connect_once (self, address, TRUE, error))
    return FALSE;
  g_ptr_array_add (self->added, g_strdup (address));
  return TRUE;
}

gboolean
tc_node_remove_address (TcNode *self, const char *address)
{
  guint position;

  if (self->added == NULL || !g_ptr_array_find_with_equal_func (self->added, address, g_str_equal, &position))
    return FALSE;
  if (self->dialled == NULL || !g_hash_table_contains (self->dialled, address))
    tc_net_forget (self->net, address);
  g_ptr_array_remove_index (self->added, position);
  return TRUE;
}
