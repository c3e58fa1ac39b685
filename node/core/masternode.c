#include "masternode.h"

#include <arpa/inet.h>
#include <string.h>

#include "check.h"

#define GROUPS           8u
#define V4_BYTES         4u
#define V6_BYTES         16u
#define V4_NETWORK_BYTES 3u   /* /24 */
#define V6_NETWORK_BYTES 6u   /* /48 */

static void
format_v4 (const guint8 *bytes, char *text, gsize size)
{
  g_snprintf (text, size, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* The first of the longest runs of zero groups; none where it would be shorter than two. */
static guint
find_zeros (const guint16 *groups, guint *ret_n)
{
  guint best = 0, n_best = 1;

  for (guint i = 0; i < GROUPS; i++)
    {
      guint n = 0;

      while (i + n < GROUPS && groups[i + n] == 0)
        n++;
      if (n > n_best)
        {
          best = i;
          n_best = n;
        }
    }
  *ret_n = n_best > 1 ? n_best : 0;
  return best;
}

/* RFC 5952, always in hexadecimal: our own writing, since C libraries differ in theirs. */
static void
format_v6 (const guint8 *bytes, char *text, gsize size)
{
  g_autoptr(GString) string = g_string_new ("[");
  guint16 groups[GROUPS];
  guint n_zeros, zeros;

  for (guint i = 0; i < GROUPS; i++)
    groups[i] = (guint16) (bytes[2 * i] << 8 | bytes[2 * i + 1]);
  zeros = find_zeros (groups, &n_zeros);
  for (guint i = 0; i < GROUPS; i++)
    if (n_zeros > 0 && i == zeros)
      {
        g_string_append (string, "::");
        i += n_zeros - 1;
      }
    else
      g_string_append_printf (string, "%s%x", i == 0 || string->str[string->len - 1] == ':' ? "" : ":", groups[i]);
  g_string_append_c (string, ']');
  g_strlcpy (text, string->str, size);
}

/* Whatever the C library accepts, only what its bytes are written back as is valid. Returns: the length of the address, 4 or 16; 0: not valid. */
static gsize
parse_ip (const char *ip, guint8 *ret_bytes)
{
  char written[TC_HOST_SIZE], bare[TC_HOST_SIZE];
  const gsize n = strlen (ip);

  if (ip[0] != '[')
    {
      if (inet_pton (AF_INET, ip, ret_bytes) != 1)
        return 0;
      format_v4 (ret_bytes, written, sizeof written);
      return strcmp (ip, written) == 0 ? V4_BYTES : 0;
    }
  if (n < 2 || ip[n - 1] != ']')
    return 0;
  g_strlcpy (bare, ip + 1, n - 1);
  if (inet_pton (AF_INET6, bare, ret_bytes) != 1)
    return 0;
  format_v6 (ret_bytes, written, sizeof written);
  return strcmp (ip, written) == 0 ? V6_BYTES : 0;
}

static gsize
parse_host (const char *text, guint8 *ret_bytes)
{
  const char *colon = strrchr (text, ':');
  char ip[TC_HOST_SIZE];
  guint64 port;

  if (colon == NULL || colon[1] == '0' || strlen (text) >= TC_HOST_SIZE
      || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return 0;
  g_strlcpy (ip, text, (gsize) (colon - text) + 1);
  return parse_ip (ip, ret_bytes);
}

gboolean
tc_host_is_valid (const char *text)
{
  guint8 bytes[V6_BYTES];

  return parse_host (text, bytes) > 0;
}

guint64
tc_host_get_network (const char *text)
{
  static const guint8 v4_in_v6[V6_BYTES - V4_BYTES] = { [10] = 0xff, [11] = 0xff };
  guint8 bytes[V6_BYTES];
  gsize n = parse_host (text, bytes);
  guint64 network = 0;

  TC_CHECK (n > 0);
  if (n == V6_BYTES && memcmp (bytes, v4_in_v6, sizeof v4_in_v6) == 0)
    {
      memcpy (bytes, bytes + sizeof v4_in_v6, V4_BYTES);
      n = V4_BYTES;
    }
  for (gsize i = 0; i < (n == V4_BYTES ? V4_NETWORK_BYTES : V6_NETWORK_BYTES); i++)
    network = network << 8 | bytes[i];
  return network | (guint64) n << 56;
}

static void
put_key (GByteArray *bytes, const TcPublicKey *key)
{
  tc_put_bytes (bytes, key->bytes, TC_PUBLIC_KEY_SIZE);
}

static void
put_signature (GByteArray *bytes, const TcSignature *signature)
{
  tc_put_bytes (bytes, signature->bytes, TC_SIGNATURE_SIZE);
}

static void
put_payout (GByteArray *bytes, const TcMasternodePayload *payload)
{
  tc_put_bytes (bytes, payload->payout.bytes, TC_KEY_HASH_SIZE);
  tc_put_blob (bytes, (const guint8 *) payload->host, strlen (payload->host));
}

GBytes *
tc_masternode_payload_encode (guint8 kind, const TcMasternodePayload *payload)
{
  GByteArray *bytes = g_byte_array_new ();

  TC_CHECK (kind >= TC_TX_KIND_REGISTER && kind <= TC_TX_KIND_RETIRE);
  if (kind == TC_TX_KIND_REGISTER)
    {
      tc_put_u8 (bytes, payload->tier);
      put_key (bytes, &payload->operator_key);
      put_payout (bytes, payload);
      put_signature (bytes, &payload->possession);
      return g_byte_array_free_to_bytes (bytes);
    }
  tc_put_outpoint (bytes, &payload->masternode);
  if (kind == TC_TX_KIND_UPDATE)
    {
      tc_put_u8 (bytes, payload->has_key != FALSE);
      if (payload->has_key)
        {
          put_key (bytes, &payload->operator_key);
          put_signature (bytes, &payload->possession);
        }
      put_payout (bytes, payload);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
read_host (TcReader *reader, TcMasternodePayload *payload)
{
  gsize n = tc_reader_count (reader, 1, TC_HOST_SIZE - 1);
  const guint8 *host = tc_reader_view (reader, n);

  if (host == NULL)
    return;
  memcpy (payload->host, host, n);
  if (strlen (payload->host) != n || !tc_host_is_valid (payload->host))
    tc_reader_fail (reader);
}

static void
read_payout (TcReader *reader, TcMasternodePayload *payload)
{
  tc_reader_bytes (reader, payload->payout.bytes, TC_KEY_HASH_SIZE);
  read_host (reader, payload);
}

static void
read_register (TcReader *reader, TcMasternodePayload *payload)
{
  payload->tier = tc_reader_u8 (reader);
  payload->has_key = TRUE;
  tc_reader_bytes (reader, payload->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
  read_payout (reader, payload);
  tc_reader_bytes (reader, payload->possession.bytes, TC_SIGNATURE_SIZE);
  if (payload->tier > TC_TIER_GOLD)
    tc_reader_fail (reader);
}

static void
read_update (TcReader *reader, TcMasternodePayload *payload)
{
  guint8 has_key;

  payload->masternode = tc_reader_outpoint (reader);
  has_key = tc_reader_u8 (reader);
  if (has_key > 1)
    tc_reader_fail (reader);
  payload->has_key = has_key == 1;
  if (payload->has_key)
    {
      tc_reader_bytes (reader, payload->operator_key.bytes, TC_PUBLIC_KEY_SIZE);
      tc_reader_bytes (reader, payload->possession.bytes, TC_SIGNATURE_SIZE);
    }
  read_payout (reader, payload);
}

gboolean
tc_masternode_payload_decode (guint8 kind, const guint8 *data, gsize n, TcMasternodePayload *ret_payload)
{
  TcMasternodePayload payload = { 0 };
  TcReader reader;

  tc_reader_init (&reader, data, n);
  if (kind == TC_TX_KIND_REGISTER)
    read_register (&reader, &payload);
  else if (kind == TC_TX_KIND_UPDATE)
    read_update (&reader, &payload);
  else if (kind == TC_TX_KIND_RETIRE)
    payload.masternode = tc_reader_outpoint (&reader);
  else
    return FALSE;
  if (!tc_reader_end (&reader, "payload", NULL))
    return FALSE;
  *ret_payload = payload;
  return TRUE;
}

void
tc_possession_message (const TcHash *chain_id, const TcOutpoint *first_input, const TcOutput *output, guint8 *ret_message)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();
  g_autoptr(GByteArray) bytes = NULL;

  tc_put_outpoint (content, first_input);
  tc_put_output (content, output);
  bytes = tc_signed_bytes (TC_TAG_POSSESS, chain_id, content->data, content->len);
  TC_CHECK (bytes->len == TC_POSSESSION_SIZE);
  memcpy (ret_message, bytes->data, TC_POSSESSION_SIZE);
}

TcSignature
tc_possession_sign (const TcSecretKey *operator_key, const TcHash *chain_id, const TcOutpoint *first_input, const TcOutput *output)
{
  guint8 message[TC_POSSESSION_SIZE];

  tc_possession_message (chain_id, first_input, output, message);
  return tc_secret_key_sign (operator_key, message, sizeof message);
}

gboolean
tc_possession_check (const TcSignature *possession, const TcPublicKey *operator_key, const TcHash *chain_id, const TcOutpoint *first_input,
                     const TcOutput *output)
{
  guint8 message[TC_POSSESSION_SIZE];

  tc_possession_message (chain_id, first_input, output, message);
  return tc_signature_check (possession, operator_key, message, sizeof message);
}
