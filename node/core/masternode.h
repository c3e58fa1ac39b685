#pragma once

#include "genesis.h"
#include "tx.h"

G_BEGIN_DECLS

/* What transactions of kinds 1-3 carry (rules M1, M2). A masternode is named by the outpoint of its registration's output 0. Plain values; any thread. */

#define TC_HOST_SIZE        64u   /* "IP:port" with its NUL */
#define TC_POSSESSION_SIZE  113u  /* what an operator key signs: tag 16 | chain_id | outpoint 36 | output 29 */

typedef struct
{
  TcOutpoint  masternode;    /* update, retire */
  guint8      tier;          /* register: TcTier */
  gboolean    has_key;       /* update: operator_key and possession are there; register: always TRUE */
  TcPublicKey operator_key;
  TcKeyHash   payout;        /* register, update */
  char        host[TC_HOST_SIZE];  /* register, update */
  TcSignature possession;
} TcMasternodePayload;

/* TRUE for an IP literal and a port in the one form that each has: "192.0.2.1:24000", "[2001:db8::1]:24000" (RFC 5952), no leading zeros,
 * port 1 to 65535. */
gboolean  tc_host_is_valid             (const char *text);
/* The network of a valid host, IPv4 /24 or IPv6 /48, as a number that no other network has (M6). An IPv4 address within IPv6 (::ffff:0:0/96)
 * is that IPv4 address. */
guint64   tc_host_get_network          (const char *text);

/* @kind: TC_TX_KIND_REGISTER, _UPDATE or _RETIRE; what the kind does not carry is ignored, or zero after decoding.
 *   register = tier u8 | operator_key 32 | payout 20 | host blob | possession 64
 *   update   = outpoint | u8 has key, (operator_key 32 | possession 64) | payout 20 | host blob
 *   retire   = outpoint */
GBytes   *tc_masternode_payload_encode (guint8 kind, const TcMasternodePayload *payload);
/* Exactly, of a known tier and a valid host. Returns: FALSE, with @ret_payload untouched, for anything else and for other kinds. */
gboolean  tc_masternode_payload_decode (guint8 kind, const guint8 *data, gsize n, TcMasternodePayload *ret_payload);

/* What an operator key signs to show that its owner has it: bound to one transaction by its first input, and to output 0.
 * @ret_message: TC_POSSESSION_SIZE bytes. */
void        tc_possession_message (const TcHash *chain_id, const TcOutpoint *first_input, const TcOutput *output, guint8 *ret_message);
TcSignature tc_possession_sign    (const TcSecretKey *operator_key, const TcHash *chain_id, const TcOutpoint *first_input,
                                   const TcOutput *output);
gboolean    tc_possession_check   (const TcSignature *possession, const TcPublicKey *operator_key, const TcHash *chain_id,
                                   const TcOutpoint *first_input, const TcOutput *output);

G_END_DECLS
