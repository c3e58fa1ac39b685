#include "slip10.h"

#include <sodium.h>

#include "core/check.h"

#define HARDENED 0x80000000u
#define PURPOSE  44u
#define COIN     0u   /* as existing TIME wallets derive */

G_STATIC_ASSERT (TC_SLIP10_NODE_SIZE == crypto_auth_hmacsha512_BYTES);

TcSecretBytes *
tc_slip10_master (const TcSecretBytes *seed)
{
  static const char key[] = "ed25519 seed";
  TcSecretBytes *node = tc_secret_bytes_new (TC_SLIP10_NODE_SIZE);
  crypto_auth_hmacsha512_state state;

  crypto_auth_hmacsha512_init (&state, (const guint8 *) key, sizeof key - 1);
  crypto_auth_hmacsha512_update (&state, tc_secret_bytes_get (seed), tc_secret_bytes_size (seed));
  crypto_auth_hmacsha512_final (&state, tc_secret_bytes_get (node));
  sodium_memzero (&state, sizeof state);
  return node;
}

TcSecretBytes *
tc_slip10_child (const TcSecretBytes *node, guint32 index)
{
  TC_CHECK (index <= TC_SLIP10_INDEX_MAX);
  const guint32 hardened = GUINT32_TO_BE (index | HARDENED);
  const guint8 *key = tc_secret_bytes_get (node), *chain_code = key + 32;
  TcSecretBytes *child = tc_secret_bytes_new (TC_SLIP10_NODE_SIZE);
  crypto_auth_hmacsha512_state state;

  crypto_auth_hmacsha512_init (&state, chain_code, 32);
  crypto_auth_hmacsha512_update (&state, (const guint8 *) "", 1);  /* a zero byte */
  crypto_auth_hmacsha512_update (&state, key, 32);
  crypto_auth_hmacsha512_update (&state, (const guint8 *) &hardened, sizeof hardened);
  crypto_auth_hmacsha512_final (&state, tc_secret_bytes_get (child));
  sodium_memzero (&state, sizeof state);
  return child;
}

TcSecretBytes *
tc_slip10_derive (const TcSecretBytes *seed, const guint32 *path, gsize n_path)
{
  TcSecretBytes *node = tc_slip10_master (seed);

  for (gsize i = 0; i < n_path; i++)
    {
      TcSecretBytes *child = tc_slip10_child (node, path[i]);

      tc_secret_bytes_unref (node);
      node = child;
    }
  return node;
}

TcSecretKey *
tc_slip10_key (const TcSecretBytes *node)
{
  return tc_secret_key_new (tc_secret_bytes_get (node));
}

TcSecretBytes *
tc_slip10_coin (const TcSecretBytes *seed)
{
  static const guint32 path[] = { PURPOSE, COIN };

  return tc_slip10_derive (seed, path, G_N_ELEMENTS (path));
}

/* Rule A3: "SLIP-0010 Ed25519, m/44'/0'/account'/change'/index', all hardened" */
TcSecretBytes *
tc_slip10_chain (const TcSecretBytes *seed, guint32 account, guint32 change)
{
  const guint32 path[] = { PURPOSE, COIN, account, change };

  return tc_slip10_derive (seed, path, G_N_ELEMENTS (path));
}
