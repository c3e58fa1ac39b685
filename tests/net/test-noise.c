#include <json-c/json.h>
#include <string.h>

#include "core/codec.h"
#include "core/key.h"
#include "net/noise.h"

/* The vector: tests/data/noise-xx-25519-chachapoly-blake2b.json, one handshake and transport messages by turns. */

static json_object *
load_vector (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("TC_TEST_DATA"), "noise-xx-25519-chachapoly-blake2b.json", NULL);
  json_object *root = json_object_from_file (path);
  json_object *vector;

  g_assert_nonnull (root);
  vector = json_object_get (json_object_array_get_idx (json_object_object_get (root, "vectors"), 0));
  json_object_put (root);
  return vector;
}

static GByteArray *
get_bytes (json_object *object, const char *name)
{
  const char *text = json_object_get_string (json_object_object_get (object, name));
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, (guint) strlen (text) / 2);
  g_assert_true (tc_hex_decode (text, bytes->data, bytes->len));
  return bytes;
}

static TcNoise *
make_side (json_object *vector, gboolean initiator)
{
  g_autoptr (GByteArray) prologue = get_bytes (vector, initiator ? "init_prologue" : "resp_prologue");
  g_autoptr (GByteArray) secret = get_bytes (vector, initiator ? "init_static" : "resp_static");
  g_autoptr (GByteArray) ephemeral = get_bytes (vector, initiator ? "init_ephemeral" : "resp_ephemeral");

  return tc_noise_new (initiator, prologue->data, prologue->len, secret->data, ephemeral->data);
}

static void
assert_bytes (const GByteArray *actual, const GByteArray *expected)
{
  g_assert_cmpmem (actual->data, actual->len, expected->data, expected->len);
}

static void
test_vector (void)
{
  json_object *vector = load_vector ();
  g_autoptr (TcNoise) initiator = make_side (vector, TRUE);
  g_autoptr (TcNoise) responder = make_side (vector, FALSE);
  json_object *messages = json_object_object_get (vector, "messages");
  g_autoptr (GByteArray) expected_hash = get_bytes (vector, "handshake_hash");
  TcNoiseCipher send[2], receive[2];
  guint8 hash[2][TC_NOISE_HASH_SIZE];

  g_test_summary ("The public vector's handshake, handshake hash and transport messages come out to the byte, on both sides");
  for (guint i = 0; i < TC_NOISE_N_MESSAGES; i++)
    {
      TcNoise *writer = i % 2 == 0 ? initiator : responder, *reader = i % 2 == 0 ? responder : initiator;
      g_autoptr (GByteArray) payload = get_bytes (json_object_array_get_idx (messages, i), "payload");
      g_autoptr (GByteArray) expected = get_bytes (json_object_array_get_idx (messages, i), "ciphertext");
      g_autoptr (GByteArray) message = g_byte_array_new ();
      g_autoptr (GByteArray) received = g_byte_array_new ();

      g_assert_true (tc_noise_is_writing (writer));
      g_assert_false (tc_noise_is_writing (reader));
      g_assert_true (tc_noise_write (writer, payload->data, payload->len, message));
      assert_bytes (message, expected);
      g_assert_cmpuint (message->len, ==, tc_noise_message_size (i) + payload->len);
      g_assert_true (tc_noise_read (reader, message->data, message->len, received));
      assert_bytes (received, payload);
    }
  g_assert_true (tc_noise_is_complete (initiator) && tc_noise_is_complete (responder));
  tc_noise_split (initiator, &send[0], &receive[0], hash[0]);
  tc_noise_split (responder, &send[1], &receive[1], hash[1]);
  g_assert_cmpmem (hash[0], TC_NOISE_HASH_SIZE, expected_hash->data, expected_hash->len);
  g_assert_cmpmem (hash[1], TC_NOISE_HASH_SIZE, expected_hash->data, expected_hash->len);

  for (guint i = TC_NOISE_N_MESSAGES; i < json_object_array_length (messages); i++)
    {
      guint from = i % 2;  /* they take turns: after three messages it is the responder's */
      g_autoptr (GByteArray) payload = get_bytes (json_object_array_get_idx (messages, i), "payload");
      g_autoptr (GByteArray) expected = get_bytes (json_object_array_get_idx (messages, i), "ciphertext");
      g_autofree guint8 *frame = g_malloc (payload->len + TC_NOISE_TAG_SIZE);

      tc_noise_cipher_encrypt (&send[from], payload->data, payload->len, frame);
      g_assert_cmpmem (frame, payload->len + TC_NOISE_TAG_SIZE, expected->data, expected->len);
      g_assert_true (tc_noise_cipher_decrypt (&receive[1 - from], frame, payload->len + TC_NOISE_TAG_SIZE, frame));
      g_assert_cmpmem (frame, payload->len, payload->data, payload->len);
    }
  json_object_put (vector);
}

static void
test_static_keys (void)
{
  json_object *vector = load_vector ();
  g_autoptr (TcNoise) initiator = make_side (vector, TRUE);
  g_autoptr (TcNoise) responder = make_side (vector, FALSE);
  TcNoise *sides[2] = { initiator, responder };

  g_test_summary ("Each side learns the other's static key when it is sent, not before");
  g_assert_null (tc_noise_get_remote_static (sides[0]));
  for (guint i = 0; i < TC_NOISE_N_MESSAGES; i++)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();
      g_autoptr (GByteArray) payload = g_byte_array_new ();

      g_assert_null (tc_noise_get_remote_static (sides[1]));
      g_assert_true (tc_noise_write (sides[i % 2], NULL, 0, message));
      g_assert_true (tc_noise_read (sides[1 - i % 2], message->data, message->len, payload));
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GByteArray) secret = get_bytes (vector, i == 0 ? "resp_static" : "init_static");
      guint8 key[TC_NOISE_KEY_SIZE];
      tc_noise_public_key (secret->data, key);
      g_assert_cmpmem (tc_noise_get_remote_static (sides[i]), TC_NOISE_KEY_SIZE, key, TC_NOISE_KEY_SIZE);
    }
  json_object_put (vector);
}

/* Runs a handshake, flipping one bit of byte @position of message @step. Returns: whether every read succeeded. */
static gboolean
run_tampered (json_object *vector, guint step, gsize position)
{
  g_autoptr (TcNoise) initiator = make_side (vector, TRUE);
  g_autoptr (TcNoise) responder = make_side (vector, FALSE);
  TcNoise *sides[2] = { initiator, responder };

  for (guint i = 0; i < TC_NOISE_N_MESSAGES; i++)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();
      g_autoptr (GByteArray) payload = g_byte_array_new ();

      if (!tc_noise_write (sides[i % 2], NULL, 0, message))
        return FALSE;
      if (i == step)
        message->data[position] ^= 1;
      if (!tc_noise_read (sides[1 - i % 2], message->data, message->len, payload))
        {
          g_assert_cmpuint (payload->len, ==, 0);
          return FALSE;
        }
    }
  return TRUE;
}

static void
test_tampering (void)
{
  json_object *vector = load_vector ();

  g_test_summary ("One flipped bit anywhere in any handshake message ends the handshake");
  for (guint step = 0; step < TC_NOISE_N_MESSAGES; step++)
    for (gsize position = 0; position < tc_noise_message_size (step); position++)
      g_assert_false (run_tampered (vector, step, position));
  g_assert_true (run_tampered (vector, TC_NOISE_N_MESSAGES, 0));  /* and untouched it succeeds */
  json_object_put (vector);
}

static void
test_truncated (void)
{
  json_object *vector = load_vector ();
  guint8 bytes[96] = { 9 };

  g_test_summary ("A handshake message that is cut short is refused at every length");
  for (gsize n = 0; n < tc_noise_message_size (0); n++)
    {
      g_autoptr (TcNoise) responder = make_side (vector, FALSE);
      g_autoptr (GByteArray) payload = g_byte_array_new ();
      g_assert_false (tc_noise_read (responder, bytes, n, payload));
    }
  for (gsize n = 0; n < tc_noise_message_size (1); n++)
    {
      g_autoptr (TcNoise) initiator = make_side (vector, TRUE);
      g_autoptr (GByteArray) message = g_byte_array_new ();
      g_assert_true (tc_noise_write (initiator, NULL, 0, message));
      g_assert_false (tc_noise_read (initiator, bytes, n, message));
    }
  json_object_put (vector);
}

static void
test_low_order (void)
{
  json_object *vector = load_vector ();
  g_autoptr (TcNoise) responder = make_side (vector, FALSE);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 zero[TC_NOISE_KEY_SIZE] = { 0 };

  g_test_summary ("An ephemeral key of low order, whose secrets everybody knows, is refused");
  g_assert_true (tc_noise_read (responder, zero, sizeof zero, bytes));  /* nothing to compute with yet */
  g_assert_false (tc_noise_write (responder, NULL, 0, bytes));
  json_object_put (vector);
}

static void
test_prologue (void)
{
  guint8 secret[2][TC_NOISE_KEY_SIZE] = { { 1 }, { 2 } };
  guint8 ephemeral[2][TC_NOISE_KEY_SIZE] = { { 3 }, { 4 } };
  g_autoptr (TcNoise) initiator = tc_noise_new (TRUE, (const guint8 *) "one", 3, secret[0], ephemeral[0]);
  g_autoptr (TcNoise) responder = tc_noise_new (FALSE, (const guint8 *) "two", 3, secret[1], ephemeral[1]);
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) second = g_byte_array_new ();
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_test_summary ("Sides with different prologues, which is to say networks, cannot complete a handshake");
  g_assert_true (tc_noise_write (initiator, NULL, 0, first));
  g_assert_true (tc_noise_read (responder, first->data, first->len, payload));
  g_assert_true (tc_noise_write (responder, NULL, 0, second));
  g_assert_false (tc_noise_read (initiator, second->data, second->len, payload));
}

static void
test_transport (void)
{
  TcNoiseCipher send = { .key = { 7 } }, receive = { .key = { 7 } };
  guint8 frames[3][4 + TC_NOISE_TAG_SIZE], plain[4];

  g_test_summary ("A transport frame that is changed, repeated, skipped or cut is refused; the right one then still goes through");
  for (guint i = 0; i < 3; i++)
    tc_noise_cipher_encrypt (&send, (const guint8 *) "data", 4, frames[i]);
  g_assert_false (tc_noise_cipher_decrypt (&receive, frames[1], sizeof frames[1], plain));  /* skipped one */
  g_assert_true (tc_noise_cipher_decrypt (&receive, frames[0], sizeof frames[0], plain));
  g_assert_false (tc_noise_cipher_decrypt (&receive, frames[0], sizeof frames[0], plain));  /* repeated */
  for (gsize n = 0; n < sizeof frames[1]; n++)
    g_assert_false (tc_noise_cipher_decrypt (&receive, frames[1], n, plain));
  for (gsize i = 0; i < sizeof frames[1]; i++)
    {
      frames[1][i] ^= 0x80;
      g_assert_false (tc_noise_cipher_decrypt (&receive, frames[1], sizeof frames[1], plain));
      frames[1][i] ^= 0x80;
    }
  g_assert_true (tc_noise_cipher_decrypt (&receive, frames[1], sizeof frames[1], plain));
  g_assert_cmpmem (plain, 4, "data", 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tc_crypto_init ();
  g_test_add_func ("/net/noise/vector", test_vector);
  g_test_add_func ("/net/noise/static-keys", test_static_keys);
  g_test_add_func ("/net/noise/tampering", test_tampering);
  g_test_add_func ("/net/noise/truncated", test_truncated);
  g_test_add_func ("/net/noise/low-order", test_low_order);
  g_test_add_func ("/net/noise/prologue", test_prologue);
  g_test_add_func ("/net/noise/transport", test_transport);
  return g_test_run ();
}
