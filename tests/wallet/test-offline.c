#include "wallet-fixture.h"

#include "wallet/account-private.h"
#include "wallet/memo.h"
#include "wallet/memos.h"
#include "wallet/offline.h"
#include "wallet/watch.h"

#define FEE 1000u

/* Three machines: the full wallet that knows its chain (fixture.account), one that watches, and one of the same phrase that never saw a network. */
typedef struct
{
  Fixture    fixture;
  TcAccount *online, *offline;
} Story;

static void
story_init (Story *self, TcAmount funds)
{
  g_autoptr(GError) error = NULL;

  fixture_init (&self->fixture, "pw", funds);
  g_autoptr(GBytes) file = tc_account_export_watch (self->fixture.account, &error);
  g_autofree char *watch = g_build_filename (self->fixture.dir, "watch.wallet", NULL), *offline = g_build_filename (self->fixture.dir, "offline.wallet", NULL);
  const TcWalletCreate create = { .path = watch, .network = "local", .address_digit = '0', .watch = file };

  self->online = tc_account_create (&create, &error);
  g_assert_no_error (error);
  self->offline = fixture_create (offline, "pw");
  g_assert_true (tc_account_bind (self->online, self->fixture.genesis, &error));
}

static void
story_clear (Story *self)
{
  g_clear_pointer (&self->online, tc_account_free);
  g_clear_pointer (&self->offline, tc_account_free);
  fixture_clear (&self->fixture);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Story, story_clear)

static void
reopen_online (Story *self)
{
  g_autofree char *path = g_build_filename (self->fixture.dir, "watch.wallet", NULL);
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&self->online, tc_account_free);
  self->online = tc_account_open (path, &error);
  g_assert_no_error (error);
}

static TcPaymentReview *
prepare_unsigned (Story *self, const TcPaymentOrder *order)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentDraft) draft = tc_account_prepare (self->online, order, 1, &error);
  g_assert_no_error (error);
  TcPaymentReview *review = tc_account_export_payment (self->online, draft, 1700000400000, &error);

  g_assert_no_error (error);
  return review;
}

static TcPaymentReview *
prepare_simple (Story *self, const char *address, TcAmount amount)
{
  const TcRecipient recipient = { .address = address, .amount = amount };
  const TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1 };

  return prepare_unsigned (self, &order);
}

static GBytes *
sign (Story *self, GBytes *sealed)
{
  g_autoptr(GError) error = NULL;
  GBytes *signed_payment = tc_account_sign_unsigned (self->offline, sealed, &error);

  g_assert_no_error (error);
  return signed_payment;
}

static guint64
available (TcAccount *account)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_account_snapshot (account);

  return snapshot->available.units;
}

static void
test_there_and_back (void)
{
  g_test_summary ("Prepared where it is watched, signed by a wallet that never saw a network, sent where it was prepared: each sees what is paid, and the change as its own.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  g_assert_cmpuint (available (story.online), ==, TIME (100).units);

  g_autofree char *text = tc_envelope_to_text (prepared->sealed);
  g_autoptr(GBytes) carried = g_bytes_new (text, strlen (text));
  g_autoptr(TcPaymentReview) shown = tc_account_read_unsigned (story.offline, carried, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (shown->payment->n_recipients, ==, 1);
  g_assert_cmpstr (shown->payment->recipients[0].address, ==, payee);
  g_assert_cmpuint (shown->payment->recipients[0].amount.units, ==, TIME (10).units);
  g_assert_cmpuint (shown->payment->fee.units, ==, FEE);
  g_assert_cmpuint (shown->payment->change.units, ==, TIME (90).units - FEE);
  g_assert_true (shown->learns_network);
  g_assert_false (shown->high_fee);

  g_autoptr(GBytes) done = sign (&story, shown->sealed);
  g_autoptr(TcPaymentReview) back = tc_account_read_signed (story.online, done, &error);
  g_assert_no_error (error);
  g_assert_true (back->is_signed);
  g_assert_cmpuint (back->id, ==, prepared->id);
  g_assert_cmpuint (back->payment->fee.units, ==, FEE);
  g_autoptr(TcTx) tx = tc_account_take_signed (story.online, back->sealed, 1700000500000, &error);
  g_assert_no_error (error);
  g_autoptr(GPtrArray) waiting = tc_account_list_waiting (story.online, NULL);
  g_assert_cmpuint (waiting->len, ==, 0);

  /* And it is good: the wallet that follows the chain takes it from a block. */
  apply_block (&story.fixture, &tx, 1);
  g_assert_cmpuint (available (story.fixture.account), ==, TIME (90).units - FEE);
  g_assert_null (tc_account_take_signed (story.online, back->sealed, 1700000500000, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN);
  g_clear_error (&error);
  g_autoptr(TcPaymentReview) again = tc_account_read_unsigned (story.offline, carried, &error);
  g_assert_false (again->learns_network);
}

static void
test_coins_wait (void)
{
  g_test_summary ("A payment that waits keeps its coins, over a restart too, until it is dropped.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  const TcRecipient recipient = { .address = payee, .amount = TIME (1) };
  const TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1 };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_assert_null (tc_account_prepare (story.online, &order, 1, &error));
      g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_INSUFFICIENT);
      g_clear_error (&error);
      reopen_online (&story);
    }
  g_autoptr(GPtrArray) waiting = tc_account_list_waiting (story.online, NULL);
  g_assert_cmpuint (waiting->len, ==, 1);
  const TcPaymentReview *listed = g_ptr_array_index (waiting, 0);
  g_assert_cmpuint (listed->id, ==, prepared->id);
  g_assert_true (g_bytes_equal (listed->sealed, prepared->sealed));
  g_assert_false (listed->is_stale);
  g_assert_true (tc_account_drop_waiting (story.online, listed->id, NULL));
  g_autoptr(TcPaymentDraft) free_again = tc_account_prepare (story.online, &order, 1, &error);
  g_assert_no_error (error);
}

static void
test_far_keys (void)
{
  g_test_summary ("Coins at addresses that the signing wallet has not derived, of another account even, are signed by their paths; lies about paths are not believed.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (1));
  g_autofree char *payee = stranger (1);
  g_autofree char *far_address = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 500; i++)
    {
      g_free (far_address);
      far_address = tc_account_new_address (story.online, 0, NULL);
    }
  g_autoptr(TcTx) incoming = make_incoming (far_address, TIME (50), 1);
  g_autoptr(TcBlock) block = make_block (&story.fixture, &incoming, 1);
  g_assert_true (tc_account_apply_block (story.online, block, 1700000999000, NULL));
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (40));
  g_autoptr(TcPaymentReview) shown = tc_account_read_unsigned (story.offline, prepared->sealed, &error);
  g_assert_no_error (error);
  g_autoptr(GBytes) done = sign (&story, shown->sealed);
  g_autoptr(TcPaymentReview) back = tc_account_read_signed (story.online, done, &error);
  g_assert_no_error (error);

  /* Another's address, called change: it is shown as what it is. */
  g_autoptr(TcUnsignedPayment) lie = tc_unsigned_payment_read (prepared->sealed, NULL);
  for (gsize i = 0; i < lie->n_outputs; i++)
    lie->outputs[i].change = TRUE;
  g_autoptr(GBytes) lying = tc_unsigned_payment_write (lie);
  g_autoptr(TcPaymentReview) seen_through = tc_account_read_unsigned (story.offline, lying, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen_through->payment->n_recipients, ==, 1);
  g_assert_cmpstr (seen_through->payment->recipients[0].address, ==, payee);

  lie->inputs[0].path.index++;
  g_autoptr(GBytes) misled = tc_unsigned_payment_write (lie);
  g_assert_null (tc_account_read_unsigned (story.offline, misled, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NOT_FOUND);
}

static void
assert_change_shown (Story *self, TcUnsignedPayment *payment, TcFilePath path, gboolean as_change)
{
  TcPaymentOutput *output = &payment->outputs[payment->outputs[0].change ? 0 : 1];
  g_autoptr(TcSecretKey) key = tc_keychain_derive (self->offline->keys, (TcKeyPath) { path.account, path.chain, path.index });
  g_autoptr(GError) error = NULL;

  g_assert_true (output->change);
  output->key_hash = tc_key_hash (tc_secret_key_get_public (key));
  output->path = path;
  g_autoptr(GBytes) sealed = tc_unsigned_payment_write (payment);
  g_autoptr(TcPaymentReview) shown = tc_account_read_unsigned (self->offline, sealed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (shown->payment->n_recipients, ==, as_change ? 1 : 2);
  g_assert_cmpuint (shown->payment->change.units, ==, as_change ? output->amount.units : 0);
}

static void
test_far_change (void)
{
  g_test_summary ("Change to a key of the wallet's own that no wallet would ever look at is shown as a recipient: who prepared it alone knows where it is.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_read (prepared->sealed, NULL);

  assert_change_shown (&story, payment, (TcFilePath) { 0, TC_CHAIN_CHANGE, 900 }, TRUE);
  assert_change_shown (&story, payment, (TcFilePath) { 0, TC_CHAIN_CHANGE, TC_WATCH_KEYS_MAX }, FALSE);
  assert_change_shown (&story, payment, (TcFilePath) { 0, TC_CHAIN_CHANGE, 0x7fffffff }, FALSE);
  assert_change_shown (&story, payment, (TcFilePath) { 1, TC_CHAIN_CHANGE, 0 }, FALSE);
  assert_change_shown (&story, payment, (TcFilePath) { 123456789, TC_CHAIN_CHANGE, 0 }, FALSE);
}

static void
test_high_fee (void)
{
  g_test_summary ("A fee is high against what is paid, however much change comes back; where nothing is paid, against what is joined.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_read (prepared->sealed, NULL);
  TcPaymentOutput *change = &payment->outputs[payment->outputs[0].change ? 0 : 1];
  g_autoptr(GError) error = NULL;

  g_assert_false (prepared->high_fee);
  change->amount.units -= TIME (2).units;
  g_autoptr(GBytes) burning = tc_unsigned_payment_write (payment);
  g_autoptr(TcPaymentReview) shown = tc_account_read_unsigned (story.offline, burning, &error);
  g_assert_no_error (error);
  g_assert_true (shown->high_fee);

  payment->outputs[0] = *change;
  payment->outputs[0].amount = TIME (99);
  payment->n_outputs = 1;
  g_autoptr(GBytes) joining = tc_unsigned_payment_write (payment);
  g_autoptr(TcPaymentReview) joined = tc_account_read_unsigned (story.offline, joining, &error);
  g_assert_no_error (error);
  g_assert_false (joined->high_fee);
}

static void
test_private_memo (void)
{
  g_test_summary ("A private memo is sealed by who signs, and its sender reads it where the keys are.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  static const guint8 seed[TC_SEED_SIZE] = { 9 };
  g_autoptr(TcSecretKey) recipient_key = tc_secret_key_new (seed);
  const TcKeyHash hash = tc_key_hash (tc_secret_key_get_public (recipient_key));
  g_autofree char *payee = tc_address_format (&hash, '0');
  const TcRecipient recipient = { .address = payee, .amount = TIME (5) };
  const TcPaymentOrder order = { .recipients = &recipient, .n_recipients = 1, .memo = "Rent", .memo_private = TRUE,
                                 .memo_key = tc_secret_key_get_public (recipient_key) };
  g_autoptr(GError) error = NULL;
  g_autoptr(TcPaymentReview) prepared = prepare_unsigned (&story, &order);
  g_autoptr(GBytes) done = sign (&story, prepared->sealed);
  g_autoptr(TcTx) tx = tc_account_take_signed (story.online, done, 1700000500000, &error);
  g_assert_no_error (error);
  g_autofree char *text = tc_memo_open (tx->memo, tx->memo_size, recipient_key, &tx->inputs[0].outpoint);

  g_assert_cmpstr (text, ==, "Rent");
  apply_block (&story.fixture, &tx, 1);
  g_autoptr(TcWalletTx) row = newest (&story.fixture);
  g_assert_true (row->memo_private);
  g_assert_cmpstr (row->memo, ==, "Rent");
}

static void
test_lies_about_amounts (void)
{
  g_test_summary ("A file that names other amounts than the coins have gives signatures that do not hold: no fee is hidden that way.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  g_autoptr(TcUnsignedPayment) lie = tc_unsigned_payment_read (prepared->sealed, NULL);
  g_autoptr(GError) error = NULL;

  lie->inputs[0].amount.units -= 500;
  g_autoptr(GBytes) lying = tc_unsigned_payment_write (lie), done = sign (&story, lying);
  g_assert_null (tc_account_read_signed (story.online, done, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_REJECTED);
}

static void
test_who_and_where (void)
{
  g_test_summary ("Refused, with a reason: to sign locked, of another network or chain, what is signed; to send what is not signed, or of coins that are another payment's.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_read (prepared->sealed, NULL);
  g_autoptr(GBytes) done = sign (&story, prepared->sealed);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_account_read_signed (story.online, prepared->sealed, &error));
  g_assert_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_KIND);
  g_clear_error (&error);
  g_assert_null (tc_account_read_unsigned (story.offline, done, &error));
  g_assert_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_KIND);
  g_clear_error (&error);
  payment->origin.chain_id.bytes[0] ^= 1;
  g_autoptr(GBytes) elsewhere = tc_unsigned_payment_write (payment);
  g_assert_null (tc_account_sign_unsigned (story.offline, elsewhere, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_NETWORK);
  g_clear_error (&error);
  tc_account_lock (story.offline);
  g_assert_null (tc_account_read_unsigned (story.offline, prepared->sealed, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_null (tc_account_sign_unsigned (story.online, prepared->sealed, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_LOCKED);
  g_clear_error (&error);

  /* Signed, dropped, and its coins given to another one. */
  g_assert_true (tc_account_drop_waiting (story.online, prepared->id, NULL));
  g_autoptr(TcPaymentReview) unknown = tc_account_read_signed (story.online, done, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (unknown->id, ==, 0);
  g_autoptr(TcPaymentReview) second = prepare_simple (&story, payee, TIME (20));
  g_assert_null (tc_account_take_signed (story.online, done, 1, &error));
  g_assert_error (error, TC_WALLET_ERROR, TC_WALLET_ERROR_COINS_TAKEN);
}

static void
test_frames (void)
{
  g_test_summary ("A large payment comes over as QR codes in any order, some read twice; a missing one is counted, a foreign one refused.");
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_new (60, 1);
  g_autoptr(GError) error = NULL;

  g_strlcpy (payment->origin.network, "local", sizeof payment->origin.network);
  payment->origin.address_digit = '0';
  for (guint i = 0; i < 60; i++)
    payment->inputs[i] = (TcPaymentInput) { .outpoint = { { { (guint8) i } }, i }, .amount = TIME (2), .key_hash = { { (guint8) i } } };
  payment->outputs[0].amount = TIME (100);
  g_autoptr(GBytes) sealed = tc_unsigned_payment_write (payment);
  g_auto(GStrv) frames = tc_envelope_to_frames (sealed);
  const guint n = g_strv_length (frames);
  g_autoptr(GString) text = g_string_new (NULL);

  g_assert_cmpuint (n, >, 2);
  for (guint i = n; i > 0; i--)
    g_string_append_printf (text, "%s\n%s\n", frames[i - 1], frames[i - 1]);
  g_autoptr(GBytes) all = g_bytes_new (text->str, text->len), back = tc_envelope_from_any (all, TC_PAYMENT_FILE_MAX, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, sealed));

  g_autoptr(GBytes) one = g_bytes_new (frames[0], strlen (frames[0]));
  g_assert_null (tc_envelope_from_any (one, TC_PAYMENT_FILE_MAX, &error));
  g_assert_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FRAMES);
  g_clear_error (&error);
  payment->made_ms++;
  g_autoptr(GBytes) other = tc_unsigned_payment_write (payment);
  g_auto(GStrv) others = tc_envelope_to_frames (other);
  g_string_append (text, others[0]);
  g_autoptr(GBytes) mixed = g_bytes_new (text->str, text->len);
  g_assert_null (tc_envelope_from_any (mixed, TC_PAYMENT_FILE_MAX, &error));
  g_assert_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM);
}

static void
test_damage (void)
{
  g_test_summary ("Every flipped bit and every cut of a file is refused.");
  g_auto(Story) story = { 0 };
  story_init (&story, TIME (100));
  g_autofree char *payee = stranger (1);
  g_autoptr(TcPaymentReview) prepared = prepare_simple (&story, payee, TIME (10));
  g_autoptr(GBytes) done = sign (&story, prepared->sealed);
  gsize n;
  const guint8 *data = g_bytes_get_data (prepared->sealed, &n);

  for (gsize bit = 0; bit < 8 * n; bit++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, n);
      changed[bit / 8] ^= (guint8) (1u << bit % 8);
      g_autoptr(GBytes) altered = g_bytes_new (changed, n);
      g_assert_null (tc_unsigned_payment_read (altered, NULL));
    }
  for (gsize cut = 0; cut < n; cut++)
    {
      g_autoptr(GBytes) part = g_bytes_new (data, cut);
      g_assert_null (tc_unsigned_payment_read (part, NULL));
    }
  data = g_bytes_get_data (done, &n);
  for (gsize bit = 0; bit < 8 * n; bit++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, n);
      changed[bit / 8] ^= (guint8) (1u << bit % 8);
      g_autoptr(GBytes) altered = g_bytes_new (changed, n);
      TcEnvelopeOrigin origin;
      g_assert_null (tc_signed_payment_read (altered, &origin, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/wallet/offline/there-and-back", test_there_and_back);
  g_test_add_func ("/wallet/offline/coins-wait", test_coins_wait);
  g_test_add_func ("/wallet/offline/far-keys", test_far_keys);
  g_test_add_func ("/wallet/offline/far-change", test_far_change);
  g_test_add_func ("/wallet/offline/high-fee", test_high_fee);
  g_test_add_func ("/wallet/offline/private-memo", test_private_memo);
  g_test_add_func ("/wallet/offline/lies-about-amounts", test_lies_about_amounts);
  g_test_add_func ("/wallet/offline/who-and-where", test_who_and_where);
  g_test_add_func ("/wallet/offline/frames", test_frames);
  g_test_add_func ("/wallet/offline/damage", test_damage);
  return g_test_run ();
}
