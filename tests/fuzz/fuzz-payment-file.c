#include <string.h>

#include "core/check.h"
#include "fuzz.h"
#include "wallet/payment-file.h"
#include "wallet/watch.h"

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tc_crypto_init ();
  return 0;
}

/* The checksum would keep every mutation out: so the input is also taken as what is inside an envelope. */
static GBytes *
wrap (TcEnvelopeKind kind, const uint8_t *data, size_t size)
{
  TcEnvelopeOrigin origin = { .network = "local", .address_digit = '0', .has_chain = TRUE };
  g_autoptr(GByteArray) body = g_byte_array_append (g_byte_array_new (), data, (guint) size);

  return tc_envelope_seal (kind, &origin, body);
}

static void
check_payment (GBytes *sealed)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcUnsignedPayment) payment = tc_unsigned_payment_read (sealed, &error);

  TC_CHECK ((payment == NULL) == (error != NULL));
  if (payment == NULL)
    return;
  g_autoptr(GBytes) again = tc_unsigned_payment_write (payment);
  g_autoptr(TcUnsignedPayment) back = tc_unsigned_payment_read (again, NULL);
  g_autoptr(GArray) signers = NULL;
  g_autofree TcOutput *spent = NULL;
  TC_CHECK (back != NULL && back->n_inputs == payment->n_inputs && back->n_outputs == payment->n_outputs);
  TC_CHECK (tc_unsigned_payment_fee (payment).units > 0);
  g_autoptr(TcTx) tx = tc_unsigned_payment_build (payment, NULL, &spent, &signers);
  TC_CHECK (tx == NULL || tc_unsigned_payment_is_of (payment, tx));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) raw = g_bytes_new (data, size), unsigned_payment = wrap (TC_ENVELOPE_UNSIGNED, data, size);
  g_autoptr(GBytes) signed_payment = wrap (TC_ENVELOPE_SIGNED, data, size), watch = wrap (TC_ENVELOPE_WATCH, data, size);
  g_autoptr(GBytes) any = tc_envelope_from_any (raw, TC_PAYMENT_FILE_MAX, NULL);
  TcEnvelopeOrigin origin;

  check_payment (unsigned_payment);
  if (any != NULL)
    check_payment (any);
  g_autoptr(TcTx) tx = tc_signed_payment_read (signed_payment, &origin, NULL);
  TC_CHECK (tx == NULL || tx->n_inputs > 0);
  tc_watch_check (watch, &origin, NULL);
  tc_watch_check (raw, &origin, NULL);
  return 0;
}
