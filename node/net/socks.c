#include "socks.h"

#include <gio/gio.h>
#include <string.h>

#include "core/check.h"
#include "core/codec.h"

enum { VERSION = 5, METHOD_NONE = 0, METHOD_PASSWORD = 2, CONNECT = 1, TYPE_IPV4 = 1, TYPE_NAME = 3, TYPE_IPV6 = 4 };
enum { STEP_METHOD, STEP_PASSWORD, STEP_REPLY };
enum { HEAD_SIZE = 5 };  /* of a reply: up to the length of a name */

static const char no_socks[] = "what answers there is not a SOCKS5 proxy";

void
tc_socks_init (TcSocks *self, const char *host, guint16 port, const guint8 *token, GByteArray *out)
{
  static const guint8 greeting[] = { VERSION, 2, METHOD_NONE, METHOD_PASSWORD };
  g_autofree char *hex = tc_hex_encode (token, TC_SOCKS_TOKEN_SIZE);

  TC_CHECK (strlen (host) <= TC_SOCKS_HOST_MAX);
  *self = (TcSocks) { .host = g_strdup (host), .port = port, .step = STEP_METHOD, .answer = g_byte_array_new () };
  g_strlcpy (self->token, hex, sizeof self->token);
  g_byte_array_append (out, greeting, sizeof greeting);
}

void
tc_socks_clear (TcSocks *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->answer, g_byte_array_unref);
}

static void
put_short_text (GByteArray *out, const char *text)
{
  guint8 length = (guint8) strlen (text);

  g_byte_array_append (out, &length, 1);
  g_byte_array_append (out, (const guint8 *) text, length);
}

static void
put_password (const TcSocks *self, GByteArray *out)
{
  tc_put_u8 (out, 1);
  put_short_text (out, self->token);
  put_short_text (out, self->token);
}

static void
put_request (const TcSocks *self, GByteArray *out)
{
  static const guint8 head[] = { VERSION, CONNECT, 0 };
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (self->host);
  const guint8 port[2] = { (guint8) (self->port >> 8), (guint8) self->port };

  g_byte_array_append (out, head, sizeof head);
  if (inet == NULL)
    {
      tc_put_u8 (out, TYPE_NAME);
      put_short_text (out, self->host);
    }
  else
    {
      tc_put_u8 (out, g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4 ? TYPE_IPV4 : TYPE_IPV6);
      g_byte_array_append (out, g_inet_address_to_bytes (inet), (guint) g_inet_address_get_native_size (inet));
    }
  g_byte_array_append (out, port, sizeof port);
}

/* How long the answer is, as far as what there is of it tells: a refusal is known by its first bytes. */
static gsize
answer_size (const TcSocks *self)
{
  const guint8 *data = self->answer->data;

  if (self->step != STEP_REPLY)
    return 2;
  if (self->answer->len < HEAD_SIZE || data[0] != VERSION || data[1] != 0)
    return HEAD_SIZE;
  switch (data[3])
    {
    case TYPE_IPV4: return 4 + 4 + 2;
    case TYPE_IPV6: return 4 + 16 + 2;
    case TYPE_NAME: return 4 + 1 + (gsize) data[4] + 2;
    default:        return HEAD_SIZE;
    }
}

static const char *
reply_text (guint8 reply)
{
  static const char *const texts[] = {
    NULL, "the proxy has a fault", "the proxy does not allow it", "the proxy cannot reach that network", "the proxy cannot reach it",
    "it refused the proxy's connection", "it did not answer the proxy in time", "the proxy is not one for such connections",
    "the proxy does not know such addresses",
  };

  return reply < G_N_ELEMENTS (texts) ? texts[reply] : "the proxy refused, without a reason";
}

/* Returns: (nullable): what is wrong with the whole answer; else what is to be said next stands in @out. */
static const char *
take_answer (TcSocks *self, GByteArray *out)
{
  const guint8 *data = self->answer->data;

  switch (self->step)
    {
    case STEP_METHOD:
      if (data[0] != VERSION)
        return no_socks;
      if (data[1] != METHOD_NONE && data[1] != METHOD_PASSWORD)
        return "the proxy asks for a way to log in that there is not";
      self->step = data[1] == METHOD_PASSWORD ? STEP_PASSWORD : STEP_REPLY;
      if (self->step == STEP_PASSWORD)
        put_password (self, out);
      else
        put_request (self, out);
      return NULL;
    case STEP_PASSWORD:
      if (data[1] != 0)
        return "the proxy asks for a password";
      self->step = STEP_REPLY;
      put_request (self, out);
      return NULL;
    default:
      if (data[0] != VERSION || (data[1] == 0 && data[3] != TYPE_IPV4 && data[3] != TYPE_IPV6 && data[3] != TYPE_NAME))
        return no_socks;
      return reply_text (data[1]);
    }
}

TcSocksResult
tc_socks_feed (TcSocks *self, const guint8 *data, gsize n, gsize *ret_taken, GByteArray *out, const char **ret_error)
{
  *ret_taken = 0;
  for (;;)
    {
      const guint step = self->step;
      const gsize missing = answer_size (self) - self->answer->len, part = MIN (missing, n - *ret_taken);
      const char *error;

      g_byte_array_append (self->answer, data + *ret_taken, (guint) part);
      *ret_taken += part;
      if (part < missing)
        return TC_SOCKS_MORE;
      if (self->answer->len < answer_size (self))
        continue;
      error = take_answer (self, out);
      if (error != NULL)
        {
          *ret_error = error;
          return step == STEP_REPLY && error != no_socks ? TC_SOCKS_FAILED : TC_SOCKS_USELESS;
        }
      if (step == STEP_REPLY)
        return TC_SOCKS_DONE;
      g_byte_array_set_size (self->answer, 0);
    }
}
