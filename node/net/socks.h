#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The client's side of SOCKS5 (RFC 1928, RFC 1929): one CONNECT, bytes in, bytes out. A host name is handed to the proxy as it is, so nothing is ever
 * resolved here. Each connection gives a user name and password of its own, random, where the proxy asks for any: Tor then gives each a circuit of its
 * own. A struct to embed; one thread. */

#define TC_SOCKS_HOST_MAX   255u
#define TC_SOCKS_TOKEN_SIZE 16u

typedef enum
{
  TC_SOCKS_MORE    = 0,  /* all was taken; the proxy has more to say */
  TC_SOCKS_DONE    = 1,  /* what follows is the other end's */
  TC_SOCKS_FAILED  = 2,  /* the proxy could not connect */
  TC_SOCKS_USELESS = 3,  /* it is no proxy, or none for us */
} TcSocksResult;

typedef struct
{
  char       *host;
  guint16     port;
  char        token[2 * TC_SOCKS_TOKEN_SIZE + 1];
  guint       step;
  GByteArray *answer;  /* as much of the proxy's answer as has come: at most 262 bytes */
} TcSocks;

/* @host: an IP literal or a name of at most TC_SOCKS_HOST_MAX bytes; @token: TC_SOCKS_TOKEN_SIZE random bytes. Appends the greeting to @out. */
void          tc_socks_init  (TcSocks *self, const char *host, guint16 port, const guint8 *token, GByteArray *out);
void          tc_socks_clear (TcSocks *self);
/* @ret_taken: how many of the @n bytes were the proxy's own; set always. Appends to @out what is to be said next.
 * @ret_error: set for the last two: static text, for people. */
TcSocksResult tc_socks_feed  (TcSocks *self, const guint8 *data, gsize n, gsize *ret_taken, GByteArray *out, const char **ret_error);

G_END_DECLS
