#pragma once

#include "core/key.h"
#include "secret.h"

G_BEGIN_DECLS

/* SLIP-0010 for Ed25519: hardened derivation only. Any thread; tc_crypto_init () first. */

#define TC_SLIP10_NODE_SIZE 64u  /* key 32 | chain code 32 */
#define TC_SLIP10_INDEX_MAX 0x7fffffffu

/* The master node of @seed. Returns: (transfer full): TC_SLIP10_NODE_SIZE bytes. */
TcSecretBytes *tc_slip10_master (const TcSecretBytes *seed);
/* The hardened child @index (written @index') of @node. @index: at most TC_SLIP10_INDEX_MAX. */
TcSecretBytes *tc_slip10_child  (const TcSecretBytes *node, guint32 index);
/* m/a'/b'/…: @path's n_path indexes, without their hardening bit. */
TcSecretBytes *tc_slip10_derive (const TcSecretBytes *seed, const guint32 *path, gsize n_path);
TcSecretKey   *tc_slip10_key    (const TcSecretBytes *node);

/* Rule A3: m/44'/0'. Its children are the accounts. */
TcSecretBytes *tc_slip10_coin   (const TcSecretBytes *seed);
/* Rule A3: m/44'/0'/@account'/@change'. Its children are the addresses' keys. */
TcSecretBytes *tc_slip10_chain  (const TcSecretBytes *seed, guint32 account, guint32 change);

G_END_DECLS
