#include "core/key.h"
#include "fuzz.h"
#include "wallet/backup.h"

/* What is inside a backup, once it was opened. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  tc_crypto_init ();

  g_autoptr(TcSecretBytes) content = tc_secret_bytes_copy (data, size);
  g_autoptr(TcBackupInfo) info = NULL;
  g_autoptr(TcSecretBytes) secret = tc_backup_unpack (content, &info);

  return 0;
}
