#include "envelope.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/check.h"

#define MAGIC_SIZE 4u
#define VERSION    1u
#define LINE       76
#define SUM_DIGITS 8u
#define FRAME_MARK "TC1/"
#define BLANKS     " \t\r\n"

G_DEFINE_QUARK (tc-envelope-error-quark, tc_envelope_error)

static const char magics[][MAGIC_SIZE + 1] = { [TC_ENVELOPE_WATCH] = "TCWF", [TC_ENVELOPE_UNSIGNED] = "TCUP", [TC_ENVELOPE_SIGNED] = "TCSP" };

/* --- Sealing ----------------------------------------------------------------------------------------------------------------------- */

GBytes *
tc_envelope_seal (TcEnvelopeKind kind, const TcEnvelopeOrigin *origin, const GByteArray *body)
{
  GByteArray *bytes = g_byte_array_new ();

  tc_put_bytes (bytes, (const guint8 *) magics[kind], MAGIC_SIZE);
  tc_put_u8 (bytes, VERSION);
  tc_put_blob (bytes, (const guint8 *) origin->network, strlen (origin->network));
  tc_put_u8 (bytes, (guint8) origin->address_digit);
  tc_put_u8 (bytes, origin->has_chain ? 1 : 0);
  if (origin->has_chain)
    tc_put_hash (bytes, &origin->chain_id);
  tc_put_bytes (bytes, body->data, body->len);
  const TcHash sum = tc_hash_tagged_bytes (TC_TAG_FILE, bytes);
  tc_put_hash (bytes, &sum);
  return g_byte_array_free_to_bytes (bytes);
}

gboolean
tc_envelope_peek (GBytes *sealed, TcEnvelopeKind *ret_kind)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);

  for (guint kind = 0; kind < G_N_ELEMENTS (magics); kind++)
    if (n >= MAGIC_SIZE && memcmp (data, magics[kind], MAGIC_SIZE) == 0)
      {
        *ret_kind = (TcEnvelopeKind) kind;
        return TRUE;
      }
  return FALSE;
}

static const char *
describe_other (TcEnvelopeKind kind)
{
  switch (kind)
    {
    case TC_ENVELOPE_WATCH:
      return _("This is a watch file, not a payment.");
    case TC_ENVELOPE_UNSIGNED:
      return _("This payment is not signed yet. Sign it where the wallet's phrase is, then bring back what is saved there.");
    case TC_ENVELOPE_SIGNED:
    default:
      return _("This payment is signed already. Send it where it was prepared.");
    }
}

static gboolean
check_outside (TcEnvelopeKind kind, GBytes *sealed, gsize size_max, GError **error)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);
  TcEnvelopeKind found;

  if (!tc_envelope_peek (sealed, &found))
    g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM, _("This is no file of a TimeCoin wallet."));
  else if (found != kind)
    g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_KIND, describe_other (found));
  else if (n > size_max)
    g_set_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_SIZE, _("The file is larger than any that TimeCoin writes: at most %u kB."), (guint) (size_max / 1000));
  else if (n > MAGIC_SIZE && data[MAGIC_SIZE] > VERSION)
    g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_NEWER, _("This was written by a newer version of TimeCoin. Update the application."));
  else
    return TRUE;
  return FALSE;
}

static gboolean
fail_damaged (GError **error)
{
  g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_DAMAGED, _("The file is damaged or not whole. Make it again."));
  return FALSE;
}

static void
read_origin (TcReader *reader, TcEnvelopeOrigin *ret_origin)
{
  const gsize n = tc_reader_count (reader, 1, TC_ENVELOPE_NETWORK_MAX);
  const guint8 *network = tc_reader_view (reader, n);

  *ret_origin = (TcEnvelopeOrigin) { 0 };
  if (network != NULL)
    memcpy (ret_origin->network, network, n);
  ret_origin->address_digit = (char) tc_reader_u8 (reader);
  const guint8 has_chain = tc_reader_u8 (reader);
  ret_origin->has_chain = has_chain == 1;
  if (ret_origin->has_chain)
    ret_origin->chain_id = tc_reader_hash (reader);
  if (n == 0 || has_chain > 1 || (ret_origin->address_digit != '0' && ret_origin->address_digit != '1')
      || strlen (ret_origin->network) != n || !g_utf8_validate (ret_origin->network, (gssize) n, NULL))
    tc_reader_fail (reader);
}

GBytes *
tc_envelope_open (TcEnvelopeKind kind, GBytes *sealed, gsize size_max, TcEnvelopeOrigin *ret_origin, GError **error)
{
  TcReader reader;
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);

  if (!check_outside (kind, sealed, size_max, error))
    return NULL;
  if (n <= MAGIC_SIZE + 1 + TC_HASH_SIZE)
    {
      fail_damaged (error);
      return NULL;
    }
  const TcHash sum = tc_hash_tagged (TC_TAG_FILE, data, n - TC_HASH_SIZE);
  tc_reader_init (&reader, data + MAGIC_SIZE, n - MAGIC_SIZE - TC_HASH_SIZE);
  const guint8 version = tc_reader_u8 (&reader);
  read_origin (&reader, ret_origin);
  if (reader.failed || version != VERSION || memcmp (sum.bytes, data + n - TC_HASH_SIZE, TC_HASH_SIZE) != 0)
    {
      fail_damaged (error);
      return NULL;
    }
  return g_bytes_new_from_bytes (sealed, MAGIC_SIZE + reader.position, tc_reader_left (&reader));
}

/* --- Text and frames ------------------------------------------------------------------------------------------------------------------ */

char *
tc_envelope_to_text (GBytes *sealed)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);
  g_autofree char *packed = g_base64_encode (data, n);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < strlen (packed); i += LINE)
    g_string_append_printf (text, "%.*s\n", LINE, packed + i);
  return g_string_free (text, FALSE);
}

char **
tc_envelope_to_frames (GBytes *sealed)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (sealed, &n);
  g_autofree char *packed = g_base64_encode (data, n);
  g_autofree char *sum = tc_hex_encode (data + n - TC_HASH_SIZE, SUM_DIGITS / 2);
  const gsize n_frames = (strlen (packed) + TC_ENVELOPE_FRAME_SIZE - 1) / TC_ENVELOPE_FRAME_SIZE;
  GPtrArray *frames = g_ptr_array_new ();

  for (gsize i = 0; i < n_frames; i++)
    g_ptr_array_add (frames, g_strdup_printf (FRAME_MARK "%u/%u/%s/%.*s", (guint) i + 1, (guint) n_frames, sum, (int) TC_ENVELOPE_FRAME_SIZE,
                                              packed + i * TC_ENVELOPE_FRAME_SIZE));
  g_ptr_array_add (frames, NULL);
  return (char **) g_ptr_array_free (frames, FALSE);
}

/* Strict: each form of a text is the one that is written. Returns: (nullable). */
static GBytes *
from_base64 (const char *packed)
{
  gsize n;
  guint8 *data = g_base64_decode (packed, &n);
  g_autofree char *again = g_base64_encode (data, n);

  if (n > 0 && strcmp (again, packed) == 0)
    return g_bytes_new_take (data, n);
  g_free (data);
  return NULL;
}

typedef struct
{
  guint32     n_frames, n_found;
  char        sum[SUM_DIGITS + 1];
  const char *parts[TC_ENVELOPE_FRAMES_MAX];  /* (nullable) each: borrowed */
} Frames;

static gboolean
read_number (const char **text, guint32 *ret_number)
{
  char *end;

  if (!g_ascii_isdigit (**text))
    return FALSE;
  const guint64 number = g_ascii_strtoull (*text, &end, 10);
  if (*end != '/' || number == 0 || number > TC_ENVELOPE_FRAMES_MAX)
    return FALSE;
  *ret_number = (guint32) number;
  *text = end + 1;
  return TRUE;
}

/* One of another set, or that says otherwise than one before it, is refused. */
static gboolean
read_frame (Frames *frames, const char *word)
{
  guint32 number, n_frames;

  if (!g_str_has_prefix (word, FRAME_MARK))
    return FALSE;
  word += strlen (FRAME_MARK);
  if (!read_number (&word, &number) || !read_number (&word, &n_frames) || number > n_frames || strlen (word) < SUM_DIGITS + 1 || word[SUM_DIGITS] != '/')
    return FALSE;
  if (frames->n_frames == 0)
    {
      frames->n_frames = n_frames;
      memcpy (frames->sum, word, SUM_DIGITS);
    }
  if (frames->n_frames != n_frames || memcmp (frames->sum, word, SUM_DIGITS) != 0)
    return FALSE;
  const char **part = &frames->parts[number - 1], *data = word + SUM_DIGITS + 1;
  if (*part != NULL)
    return strcmp (*part, data) == 0;
  *part = data;
  frames->n_found++;
  return TRUE;
}

/* Takes the next word off @text, which it cuts up: however many there are, nothing is allocated. Returns: (nullable). */
static char *
next_word (char **text)
{
  char *word = *text + strspn (*text, BLANKS);

  if (*word == '\0')
    return NULL;
  *text = word + strcspn (word, BLANKS);
  if (**text != '\0')
    *(*text)++ = '\0';
  return word;
}

static GBytes *
from_frames (char *text, GError **error)
{
  g_autofree Frames *frames = g_new0 (Frames, 1);
  g_autoptr(GString) packed = g_string_new (NULL);
  const char *word;

  while ((word = next_word (&text)) != NULL)
    if (!read_frame (frames, word))
      {
        g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM,
                             _("These QR codes do not belong together, or one was read wrongly. Read them again."));
        return NULL;
      }
  if (frames->n_found < frames->n_frames)
    {
      const guint missing = frames->n_frames - frames->n_found;

      g_set_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FRAMES,
                   ngettext ("%u of %u QR codes is missing. Read that one, too.", "%u of %u QR codes are missing. Read those, too.", missing), missing,
                   frames->n_frames);
      return NULL;
    }
  for (guint i = 0; i < frames->n_frames; i++)
    g_string_append (packed, frames->parts[i]);
  GBytes *sealed = from_base64 (packed->str);
  if (sealed == NULL)
    fail_damaged (error);
  return sealed;
}

static void
drop_blanks (char *text)
{
  char *to = text;

  for (const char *c = text; *c != '\0'; c++)
    if (strchr (BLANKS, *c) == NULL)
      *to++ = *c;
  *to = '\0';
}

/* @text: cut up. */
static GBytes *
from_text (char *text, GError **error)
{
  text += strspn (text, BLANKS);
  if (g_str_has_prefix (text, FRAME_MARK))
    return from_frames (text, error);
  drop_blanks (text);
  GBytes *sealed = from_base64 (text);
  if (sealed == NULL)
    g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM, _("This is nothing that a TimeCoin wallet wrote, or not all of it."));
  return sealed;
}

GBytes *
tc_envelope_from_any (GBytes *data, gsize size_max, GError **error)
{
  gsize n;
  const char *text = g_bytes_get_data (data, &n);
  TcEnvelopeKind kind;

  if (n > 2 * size_max)
    {
      g_set_error (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_SIZE, _("The file is larger than any that TimeCoin writes: at most %u kB."), (guint) (size_max / 1000));
      return NULL;
    }
  if (tc_envelope_peek (data, &kind))
    return g_bytes_ref (data);
  if (n == 0 || memchr (text, '\0', n) != NULL)
    {
      g_set_error_literal (error, TC_ENVELOPE_ERROR, TC_ENVELOPE_ERROR_FORM, _("This is no file of a TimeCoin wallet."));
      return NULL;
    }
  g_autofree char *copy = g_strndup (text, n);
  return from_text (copy, error);
}
