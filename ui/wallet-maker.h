#pragma once

#include "session.h"

G_BEGIN_DECLS

/* Makes a wallet's file on a network of a session, and opens wallets that are there. Main thread; nothing blocks. */
typedef struct
{
  const char     *network;
  char            address_digit;
  const char     *name;
  TcSecretString *phrase;          /* (nullable): NULL: a new one of 12 words */
  TcSecretString *passphrase;      /* (nullable) */
  TcSecretString *password;        /* (nullable): not encrypted */
  GBytes         *watch;           /* (nullable): to watch only: then none of the secrets (wallet/watch.h) */
  gint64          born_ms;         /* restored: its keys were first used then, or later; 0: unknown */
  gboolean        restored;        /* the user had the phrase before */
  gboolean        verified;        /* five words were asked back */
} TcWalletMake;

/* Copies @make. */
void      tc_wallet_make_async  (TcSession *session, const TcWalletMake *make, GAsyncReadyCallback callback, gpointer user_data);
void      tc_wallet_find_async  (TcSession *session, const char *network, const char *name, GAsyncReadyCallback callback, gpointer user_data);
/* Of both. Returns: (transfer full): open, not yet added to the session. */
TcWallet *tc_wallet_make_finish (GAsyncResult *result, GError **error);

/* A name that none of @taken (nullable, NULL-terminated) has: "My wallet", "My wallet 2". (transfer full). */
char     *tc_wallet_free_name   (const char *base, char **taken);
/* Whether @name can be a file's name everywhere. */
gboolean  tc_wallet_name_is_good (const char *name);

G_END_DECLS
