#include "secret.h"

#include <sodium.h>
#include <string.h>


struct _TcSecretBytes
{
  gatomicrefcount ref_count;
  guint8         *data;
  gsize           size_bytes;
};

TcSecretBytes *
tc_secret_bytes_new (gsize size_bytes)
{
  TcSecretBytes *self = g_new0 (TcSecretBytes, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->size_bytes = size_bytes;
  self->data = sodium_malloc (MAX (size_bytes, 1));
  if (self->data == NULL)
    g_error ("No memory for a secret of %" G_GSIZE_FORMAT " bytes", size_bytes);
  sodium_memzero (self->data, MAX (size_bytes, 1));
  return self;
}

TcSecretBytes *
tc_secret_bytes_copy (gconstpointer data, gsize size_bytes)
{
  TcSecretBytes *self = tc_secret_bytes_new (size_bytes);

  if (size_bytes > 0)
    memcpy (self->data, data, size_bytes);
  return self;
}

TcSecretBytes *
tc_secret_bytes_ref (TcSecretBytes *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_secret_bytes_unref (TcSecretBytes *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  sodium_free (self->data);  /* wipes */
  g_free (self);
}

guint8 *
tc_secret_bytes_get (const TcSecretBytes *self)
{
  return self->data;
}

gsize
tc_secret_bytes_size (const TcSecretBytes *self)
{
  return self->size_bytes;
}

/* A string is bytes with a NUL behind them. */

TcSecretString *
tc_secret_string_new_n (const char *text, gsize n)
{
  TcSecretBytes *bytes = tc_secret_bytes_new (n + 1);

  if (n > 0)
    memcpy (bytes->data, text, n);
  return (TcSecretString *) bytes;
}

TcSecretString *
tc_secret_string_new (const char *text)
{
  return tc_secret_string_new_n (text, text != NULL ? strlen (text) : 0);
}

TcSecretString *
tc_secret_string_ref (TcSecretString *self)
{
  return (TcSecretString *) tc_secret_bytes_ref ((TcSecretBytes *) self);
}

void
tc_secret_string_unref (TcSecretString *self)
{
  tc_secret_bytes_unref ((TcSecretBytes *) self);
}

const char *
tc_secret_string_get (const TcSecretString *self)
{
  return (const char *) ((const TcSecretBytes *) self)->data;
}

gsize
tc_secret_string_length (const TcSecretString *self)
{
  return strlen (tc_secret_string_get (self));
}

void
tc_secret_wipe (gpointer data, gsize n)
{
  if (data != NULL)
    sodium_memzero (data, n);
}

void
tc_secret_free_text (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}
