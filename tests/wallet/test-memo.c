#include "wallet-fixture.h"

#include <sodium.h>
#include <string.h>

#include "../core/vectors.h"
#include "wallet/memo.h"
#include "wallet/memos.h"

static TcSecretKey *
make_key (const char *name)
{
  const TcHash seed = tc_hash_sha256 ((const guint8 *) name, strlen (name));

  return tc_secret_key_new (seed.bytes);
}

static GBytes *
seal (const char *text, TcSecretKey *recipient, TcSecretKey *sender, const TcOutpoint *first)
{
  const TcKeyHash address = tc_key_hash (tc_secret_key_get_public (recipient));
  g_autoptr(GError) error = NULL;
  GBytes *memo = tc_memo_seal (text, tc_secret_key_get_public (recipient), &address, sender, first, &error);

  g_assert_no_error (error);
  return memo;
}

static char *
open_memo (GBytes *memo, TcSecretKey *recipient, const TcOutpoint *first)
{
  return tc_memo_open (g_bytes_get_data (memo, NULL), g_bytes_get_size (memo), recipient, first);
}

static char *
open_own (GBytes *memo, TcSecretKey *sender, const TcOutpoint *first)
{
  return tc_memo_open_own (g_bytes_get_data (memo, NULL), g_bytes_get_size (memo), sender, first);
}

static TcSecretKey *
vector_key (json_object *vector, const char *name)
{
  guint8 seed[TC_SEED_SIZE];

  g_assert_true (tc_hex_decode (vectors_get_string (vector, name), seed, sizeof seed));
  return tc_secret_key_new (seed);
}

static void
test_vectors (void)
{
  g_test_summary ("Memos sealed by other libraries, after the protocol's page, are read by who is to read them.");
  json_object *vectors = vectors_load ("private-memos.json");

  for (gsize i = 0; i < json_object_array_length (vectors); i++)
    {
      json_object *vector = json_object_array_get_idx (vectors, i);
      g_autoptr(TcSecretKey) recipient = vector_key (vector, "recipient_seed"), sender = vector_key (vector, "sender_seed");
      g_autoptr(GByteArray) bytes = vectors_dup_hex (vector, "memo");
      g_autoptr(GBytes) memo = g_bytes_new (bytes->data, bytes->len);
      TcOutpoint first = { .index = (guint32) json_object_get_int (vectors_get (vector, "index")) };

      g_assert_true (tc_hash_from_hex (vectors_get_string (vector, "txid"), &first.txid));
      g_autofree char *received = open_memo (memo, recipient, &first), *own = open_own (memo, sender, &first);
      g_assert_cmpstr (received, ==, vectors_get_string (vector, "text"));
      g_assert_cmpstr (own, ==, vectors_get_string (vector, "text"));
      g_assert_cmpuint (bytes->len, ==, tc_memo_sealed_size (strlen (received)));
    }
  json_object_put (vectors);
}

static void
test_who_reads (void)
{
  g_test_summary ("Recipient and sender read a memo, nobody else; two of one text differ; in another payment it is not read.");
  g_autoptr(TcSecretKey) recipient = make_key ("r"), sender = make_key ("s"), other = make_key ("o");
  const TcOutpoint first = { { { 1 } }, 2 }, elsewhere = { { { 1 } }, 3 };
  g_autoptr(GBytes) memo = seal ("Rent", recipient, sender, &first), again = seal ("Rent", recipient, sender, &first);
  g_autofree char *received = open_memo (memo, recipient, &first), *own = open_own (memo, sender, &first);

  g_assert_cmpstr (received, ==, "Rent");
  g_assert_cmpstr (own, ==, "Rent");
  g_assert_false (g_bytes_equal (memo, again));
  g_assert_null (open_memo (memo, other, &first));
  g_assert_null (open_memo (memo, sender, &first));
  g_assert_null (open_own (memo, other, &first));
  g_assert_null (open_own (memo, recipient, &first));
  g_assert_null (open_memo (memo, recipient, &elsewhere));
  g_assert_null (open_own (memo, sender, &elsewhere));
}

static void
test_sizes (void)
{
  g_test_summary ("Every length from 1 to 414 bytes comes back; lengths are rounded up; 0 and 415 are refused.");
  g_autoptr(TcSecretKey) recipient = make_key ("r"), sender = make_key ("s");
  const TcKeyHash address = tc_key_hash (tc_secret_key_get_public (recipient));
  const TcOutpoint first = { { { 1 } }, 2 };

  for (gsize n = 1; n <= TC_MEMO_TEXT_MAX; n += n < 70 || n > 380 ? 1 : 29)
    {
      g_autofree char *text = g_strnfill (n, 'a');
      g_autoptr(GBytes) memo = seal (text, recipient, sender, &first);
      g_autofree char *received = open_memo (memo, recipient, &first);

      g_assert_cmpstr (received, ==, text);
      g_assert_cmpuint (g_bytes_get_size (memo), ==, tc_memo_sealed_size (n));
      g_assert_cmpuint (g_bytes_get_size (memo), <=, TC_TX_MEMO_MAX);
      g_assert_true ((g_bytes_get_size (memo) - 98) % 32 == 0 || g_bytes_get_size (memo) == TC_TX_MEMO_MAX);
    }
  g_autofree char *long_text = g_strnfill (TC_MEMO_TEXT_MAX + 1, 'a');
  const char *const bad[] = { "", long_text, "\xff" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_memo_seal (bad[i], tc_secret_key_get_public (recipient), &address, sender, &first, &error));
      g_assert_error (error, TC_MEMO_ERROR, TC_MEMO_ERROR_TEXT);
    }
}

static void
test_every_bit (void)
{
  g_test_summary ("A memo with any bit changed, or cut anywhere, is not read.");
  g_autoptr(TcSecretKey) recipient = make_key ("r"), sender = make_key ("s");
  const TcOutpoint first = { { { 1 } }, 2 };
  g_autoptr(GBytes) memo = seal ("Rent", recipient, sender, &first);
  gsize n;
  const guint8 *data = g_bytes_get_data (memo, &n);

  for (gsize bit = 0; bit < 8 * n; bit++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, n);

      changed[bit / 8] ^= (guint8) (1u << bit % 8);
      /* X25519 ignores the last bit of a point; it is in what both seals are bound to. */
      g_assert_null (tc_memo_open (changed, n, recipient, &first));
    }
  for (gsize cut = 0; cut < n; cut++)
    g_assert_null (tc_memo_open (data, cut, recipient, &first));
}

static void
test_survive_37 (void)
{
  g_test_summary ("Swapped memo keys: a memo is encrypted only to the key that the address commits to.");
  g_autoptr(TcSecretKey) recipient = make_key ("r"), swapped = make_key ("attacker"), sender = make_key ("s");
  const TcKeyHash address = tc_key_hash (tc_secret_key_get_public (recipient));
  const TcOutpoint first = { { { 1 } }, 2 };
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_memo_seal ("Rent", tc_secret_key_get_public (swapped), &address, sender, &first, &error));
  g_assert_error (error, TC_MEMO_ERROR, TC_MEMO_ERROR_KEY);
  g_clear_error (&error);
  g_assert_false (tc_memo_check_key (tc_secret_key_get_public (swapped), &address, &error));
  g_assert_error (error, TC_MEMO_ERROR, TC_MEMO_ERROR_KEY);
  g_assert_true (tc_memo_check_key (tc_secret_key_get_public (recipient), &address, NULL));
}

static void
test_low_order (void)
{
  g_test_summary ("Keys with which a secret would be none are refused, though their hash is the address.");
  static const guint8 points[][32] = { { 1 }, { 0 }, { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f } };
  g_autoptr(TcSecretKey) sender = make_key ("s");
  const TcOutpoint first = { { { 1 } }, 2 };

  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      TcPublicKey key;
      g_autoptr(GError) error = NULL;

      memcpy (key.bytes, points[i], sizeof key.bytes);
      const TcKeyHash address = tc_key_hash (&key);
      g_assert_null (tc_memo_seal ("Rent", &key, &address, sender, &first, &error));
      g_assert_error (error, TC_MEMO_ERROR, TC_MEMO_ERROR_KEY);
    }
  /* Of the sender's point, too: it gives the recipient a secret that everybody knows. */
  g_autoptr(TcSecretKey) recipient = make_key ("r");
  g_autoptr(GBytes) memo = seal ("Rent", recipient, sender, &first);
  g_autofree guint8 *changed = g_memdup2 (g_bytes_get_data (memo, NULL), g_bytes_get_size (memo));
  memset (changed + 2, 0, 32);
  g_assert_null (tc_memo_open (changed, g_bytes_get_size (memo), recipient, &first));
}

/* --- In a wallet ------------------------------------------------------------------------------------------------------------------ */

/* The key of m/44'/0'/0'/0'/0'. */
static TcPublicKey
first_key (Fixture *self)
{
  TcPublicKey key;
  const TcKeyHash hash = key_hash_of (fixture_first_address);
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_account_find_public_key (self->account, &hash, &key, &error));
  g_assert_no_error (error);
  return key;
}

/* Somebody pays the wallet's first address, with @memo. */
static TcTx *
make_sealed (TcSecretKey *sender, const TcPublicKey *recipient, const char *text)
{
  const TcTxInput input = { .outpoint = { .txid = { { 0xab } }, .index = 1 } };
  const TcKeyHash address = tc_key_hash (recipient);
  const TcOutput output = { TIME (3), TC_LOCK_KEY_HASH, address };
  const TcWitness witness = { .key = *tc_secret_key_get_public (sender) };
  g_autoptr(GBytes) memo = tc_memo_seal (text, recipient, &address, sender, &input.outpoint, NULL);
  g_autoptr(TcTx) plain = tc_tx_new (TC_TX_KIND_TRANSFER, 0, &input, 1, &output, 1, g_bytes_get_data (memo, NULL), g_bytes_get_size (memo), NULL, 0);

  return tc_tx_new_signed (plain, &witness, 1);
}

static void
assert_memo (Fixture *self, const char *text)
{
  g_autoptr(TcWalletTx) row = newest (self);
  g_autoptr(TcWalletTxDetail) detail = tc_account_detail (self->account, &row->txid, NULL);

  g_assert_true (row->memo_private);
  g_assert_cmpstr (row->memo, ==, text);
  g_assert_cmpstr (detail->row->memo, ==, text);
}

static void
test_received (void)
{
  g_test_summary ("A private memo that came in is read while the wallet is unlocked, and not while it is locked, also after opening it again.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autoptr(TcSecretKey) sender = make_key ("s");
  const TcPublicKey key = first_key (&fixture);
  g_autoptr(TcTx) tx = make_sealed (sender, &key, "Für die Miete");
  g_autoptr(TcSecretString) password = tc_secret_string_new ("pw");

  apply_tx (&fixture, tx, TC_FINALITY_FINAL, 400);
  assert_memo (&fixture, "Für die Miete");
  apply_block (&fixture, &tx, 1);
  assert_memo (&fixture, "Für die Miete");
  tc_account_lock (fixture.account);
  assert_memo (&fixture, NULL);
  fixture_reopen (&fixture);
  assert_memo (&fixture, NULL);
  g_assert_true (tc_account_unlock (fixture.account, password, NULL));
  assert_memo (&fixture, "Für die Miete");
}

static void
test_keys_seen (void)
{
  g_test_summary ("The keys of who paid the wallet are known, and of who was paid by it as soon as he spends; a stranger's are not.");
  g_auto(Fixture) fixture = { 0 };
  fixture_init (&fixture, "pw", TIME (100));
  g_autoptr(TcSecretKey) sender = make_key ("s"), payee = make_key ("p"), nobody = make_key ("n");
  const TcPublicKey own = first_key (&fixture), elsewhere = *tc_secret_key_get_public (nobody);
  const TcKeyHash sender_hash = tc_key_hash (tc_secret_key_get_public (sender)), payee_hash = tc_key_hash (tc_secret_key_get_public (payee)),
                  nobody_hash = tc_key_hash (&elsewhere);
  g_autofree char *address = tc_address_format (&payee_hash, '0');
  g_autoptr(TcTx) incoming = make_sealed (sender, &own, "a"), by_payee = make_sealed (payee, &elsewhere, "b"), by_nobody = make_sealed (nobody, &elsewhere, "c");
  TcTx *both[] = { by_payee, by_nobody };
  TcPublicKey key;

  apply_tx (&fixture, incoming, TC_FINALITY_FINAL, 400);
  g_assert_true (tc_account_find_public_key (fixture.account, &sender_hash, &key, NULL));
  g_assert_true (tc_public_key_equal (&key, tc_secret_key_get_public (sender)));
  g_autoptr(TcTx) payment = pay (&fixture, address, TIME (1));
  g_assert_false (tc_account_find_public_key (fixture.account, &payee_hash, &key, NULL));
  fixture_reopen (&fixture);
  apply_block (&fixture, both, 2);
  g_assert_true (tc_account_find_public_key (fixture.account, &payee_hash, &key, NULL));
  g_assert_true (tc_public_key_equal (&key, tc_secret_key_get_public (payee)));
  g_assert_false (tc_account_find_public_key (fixture.account, &nobody_hash, &key, NULL));
  g_assert_true (tc_account_learn_public_key (fixture.account, tc_secret_key_get_public (nobody), NULL));
  g_assert_true (tc_account_find_public_key (fixture.account, &nobody_hash, &key, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/memo/vectors", test_vectors);
  g_test_add_func ("/wallet/memo/who-reads", test_who_reads);
  g_test_add_func ("/wallet/memo/sizes", test_sizes);
  g_test_add_func ("/wallet/memo/every-bit", test_every_bit);
  g_test_add_func ("/wallet/survive-37-swapped-memo-keys", test_survive_37);
  g_test_add_func ("/wallet/memo/low-order", test_low_order);
  g_test_add_func ("/wallet/memo/received", test_received);
  g_test_add_func ("/wallet/memo/keys-seen", test_keys_seen);
  return g_test_run ();
}
