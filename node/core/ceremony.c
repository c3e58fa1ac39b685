#include "ceremony.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "genesis-private.h"

void
tc_genesis_masternode_clear (TcGenesisMasternode *self)
{
  g_clear_pointer (&self->host, g_free);
}

static GByteArray *
signed_bytes (const char *network, char address_digit, const TcGenesisMasternode *masternode)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();

  tc_put_blob (content, (const guint8 *) network, strlen (network));
  tc_put_u8 (content, (guint8) address_digit);
  tc_put_bytes (content, masternode->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  tc_put_bytes (content, masternode->owner.bytes, TC_KEY_HASH_SIZE);
  tc_put_bytes (content, masternode->payout.bytes, TC_KEY_HASH_SIZE);
  tc_put_blob (content, (const guint8 *) masternode->host, strlen (masternode->host));
  tc_put_u8 (content, (guint8) masternode->tier);
  return tc_signed_bytes (TC_TAG_ENTRY, &TC_HASH_ZERO, content->data, content->len);
}

/* --- entries --- */

GBytes *
tc_genesis_entry_write (const char *network, char address_digit, const TcGenesisMasternode *masternode, const TcSecretKey *key, GError **error)
{
  TC_CHECK (tc_public_key_equal (&masternode->operator_key, tc_secret_key_get_public (key)));

  g_autoptr(GByteArray) message = signed_bytes (network, address_digit, masternode);
  const TcSignature signature = tc_secret_key_sign (key, message->data, message->len);
  g_autofree char *hex = tc_hex_encode (signature.bytes, TC_SIGNATURE_SIZE);
  g_autoptr(GString) text = g_string_new (NULL);
  TcGenesisMasternode read = { 0 };

  g_string_append_printf (text, "{\n  \"timecoin_entry\": 1,\n  \"name\": \"%s\",\n  \"address_digit\": \"%c\",\n  \"masternode\": ", network, address_digit);
  tc_genesis_print_masternode (text, masternode, address_digit);
  g_string_append_printf (text, ",\n  \"signature\": \"%s\"\n}\n", hex);

  /* What could not be read back is told to whoever made it. */
  g_autoptr(GBytes) json = g_bytes_new (text->str, text->len);
  const gboolean ok = tc_genesis_entry_parse (json, network, address_digit, &read, error);

  tc_genesis_masternode_clear (&read);
  return ok ? g_steal_pointer (&json) : NULL;
}

static gboolean
check_network (TcJson *root, const char *network, char address_digit, GError **error)
{
  g_autofree char *name = NULL;
  char digit;

  if (!tc_json_get_name (root, &name, error) || !tc_json_get_digit (root, &digit, error))
    return FALSE;
  if (strcmp (name, network) != 0)
    return tc_json_fail (error, "", "name", "is “%s”, not “%s”", name, network);
  return digit == address_digit || tc_json_fail (error, "", "address_digit", "is %c, not %c", digit, address_digit);
}

static gboolean
check_signature (TcJson *root, const char *network, char address_digit, const TcGenesisMasternode *masternode, GError **error)
{
  g_autoptr(GByteArray) message = signed_bytes (network, address_digit, masternode);
  const char *hex;
  TcSignature signature;

  if (!tc_json_get_string (root, "", "signature", 2 * TC_SIGNATURE_SIZE, &hex, error))
    return FALSE;
  if (!tc_hex_decode (hex, signature.bytes, TC_SIGNATURE_SIZE))
    return tc_json_fail (error, "", "signature", "is not 128 hexadecimal digits");
  return tc_signature_check (&signature, &masternode->operator_key, message->data, message->len)
         || tc_json_fail (error, "", "signature", "is not that of the operator key over this entry: it was changed after it was signed");
}

gboolean
tc_genesis_entry_parse (GBytes *json, const char *network, char address_digit, TcGenesisMasternode *ret_masternode, GError **error)
{
  static const char *const members[] = { "timecoin_entry", "name", "address_digit", "masternode", "signature", NULL };
  g_autoptr(TcJson) root = tc_json_parse (json, error);
  TcGenesisMasternode masternode = { 0 };
  TcJson *object = NULL;
  guint64 version;

  if (root == NULL || !tc_json_check_members (root, "", members, error)
      || !tc_json_get_number (root, "", "timecoin_entry", 1, 1, &version, error)
      || !check_network (root, network, address_digit, error))
    return FALSE;
  if (!json_object_object_get_ex (root, "masternode", &object))
    return tc_json_fail (error, "", "masternode", "is missing");
  if (!tc_genesis_read_masternode (object, "masternode.", address_digit, &masternode, error)
      || !check_signature (root, network, address_digit, &masternode, error))
    {
      tc_genesis_masternode_clear (&masternode);
      return FALSE;
    }
  *ret_masternode = masternode;
  return TRUE;
}

/* --- building --- */

static int
compare_keys (const void *a, const void *b)
{
  return memcmp (((const TcGenesisMasternode *) a)->operator_key.bytes, ((const TcGenesisMasternode *) b)->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
}

/* Moves the one member @name of the document @json to @root. */
static gboolean
take_member (TcJson *root, GBytes *json, const char *name, GError **error)
{
  const char *const members[] = { name, NULL };
  TcJson *value;

  if (json == NULL)
    return TRUE;
  g_autoptr(TcJson) document = tc_json_parse (json, error);
  if (document == NULL || !tc_json_check_members (document, "", members, error))
    {
      g_prefix_error (error, "The file of the %s: ", name);
      return FALSE;
    }
  if (!json_object_object_get_ex (document, name, &value))
    return tc_json_fail (error, "", name, "is missing: the file holds { \"%s\": … }", name);
  json_object_object_add (root, name, json_object_get (value));
  return TRUE;
}

/* A document of the same content in whatever form, for the parser to judge. */
static GBytes *
gather (const char *network, char address_digit, guint64 time_ms, GBytes *parameters, GBytes *outputs, const TcGenesisMasternode *masternodes,
        gsize n_masternodes, GError **error)
{
  g_autoptr(GBytes) plain = tc_genesis_write (network, address_digit, time_ms, &TC_PARAMS_DEFAULT, NULL, 0, masternodes, n_masternodes);
  g_autoptr(TcJson) root = tc_json_parse (plain, error);

  if (root == NULL || !take_member (root, parameters, "parameters", error) || !take_member (root, outputs, "outputs", error))
    return NULL;
  const char *text = json_object_to_json_string_ext (root, JSON_C_TO_STRING_PLAIN);
  return g_bytes_new (text, strlen (text));
}

GBytes *
tc_genesis_build (const char *network, char address_digit, guint64 time_ms, GBytes *parameters, GBytes *outputs, TcGenesisMasternode *masternodes,
                  gsize n_masternodes, GError **error)
{
  qsort (masternodes, n_masternodes, sizeof *masternodes, compare_keys);
  g_autoptr(GBytes) gathered = gather (network, address_digit, time_ms, parameters, outputs, masternodes, n_masternodes, error);
  g_autoptr(TcGenesis) genesis = gathered != NULL ? tc_genesis_parse (gathered, error) : NULL;
  guint32 n_plain = 0;

  if (genesis == NULL)
    return NULL;
  while (n_plain < genesis->n_outputs && genesis->outputs[n_plain].lock == TC_LOCK_KEY_HASH)
    n_plain++;
  return tc_genesis_write (genesis->name, genesis->address_digit, genesis->time_ms, &genesis->params, genesis->outputs, n_plain, genesis->masternodes,
                           genesis->n_masternodes);
}
