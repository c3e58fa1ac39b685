#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The one codec of wire and disk: little-endian, fixed width unless varint (LEB128, shortest form, at most 9 bytes).
 * The reader fails once and stays failed: read everything, then ask tc_reader_end () once. */

typedef enum
{
  TC_CODEC_ERROR_MALFORMED = 0,  /* truncated, trailing, over-long or out of range */
} TcCodecError;

#define TC_CODEC_ERROR (tc_codec_error_quark ())
GQuark        tc_codec_error_quark (void);

typedef struct
{
  const guint8 *data;  /* borrowed */
  gsize         size_bytes;
  gsize         position;
  gboolean      failed;
} TcReader;

void          tc_reader_init    (TcReader *self, const guint8 *data, gsize size_bytes);

/* Each returns 0 once the reader has failed. */
guint8        tc_reader_u8      (TcReader *self);
guint16       tc_reader_u16     (TcReader *self);
guint32       tc_reader_u32     (TcReader *self);
guint64       tc_reader_u64     (TcReader *self);
guint64       tc_reader_varint  (TcReader *self);

/* Copies @n bytes to @ret_bytes, zeros where the reader has failed. */
void          tc_reader_bytes   (TcReader *self, guint8 *ret_bytes, gsize n);

/* Returns: (transfer none) (nullable): @n bytes inside the reader's data; NULL where the reader has failed. */
const guint8 *tc_reader_view    (TcReader *self, gsize n);

/* Reads a varint count of items of at least @item_size_min (>= 1) bytes each. Fails, and returns 0, where the count passes @max
 * or the bytes left cannot hold that many: so a caller may allocate what is returned. */
gsize         tc_reader_count   (TcReader *self, gsize item_size_min, gsize max);

gsize         tc_reader_left    (const TcReader *self);
void          tc_reader_fail    (TcReader *self);

/* Returns: TRUE where nothing failed and nothing is left; otherwise sets @error to "NAME: malformed". */
gboolean      tc_reader_end     (TcReader *self, const char *name, GError **error);

void          tc_put_u8         (GByteArray *bytes, guint8 value);
void          tc_put_u16        (GByteArray *bytes, guint16 value);
void          tc_put_u32        (GByteArray *bytes, guint32 value);
void          tc_put_u64        (GByteArray *bytes, guint64 value);
void          tc_put_varint     (GByteArray *bytes, guint64 value);  /* value < 2^63 */
void          tc_put_bytes      (GByteArray *bytes, const guint8 *data, gsize n);
/* varint length, then the bytes */
void          tc_put_blob       (GByteArray *bytes, const guint8 *data, gsize n);

/* Lower-case hexadecimal. */
char         *tc_hex_encode     (const guint8 *data, gsize n);
/* Exactly 2 @n digits of either case. Returns: FALSE, with @ret_data untouched, for anything else. */
gboolean      tc_hex_decode     (const char *text, guint8 *ret_data, gsize n);

G_END_DECLS
