#pragma once

#include "net.h"

G_BEGIN_DECLS

/* Rule N2, the stream of messages inside the frames: type u8 | flags u8 (bit 0: zstd) | varint length | body. Pure; any thread, one at a time
 * for each reader. */

#define TC_WIRE_FLAG_ZSTD   1u
#define TC_WIRE_HEADER_MAX  6u     /* 2 + a varint below 2^28 */
#define TC_WIRE_ANY         (-1)

/* The transport's own types. */
typedef enum
{
  TC_WIRE_HELLO   = 0,
  TC_WIRE_PING    = 1,  /* 8 bytes of the sender's choice */
  TC_WIRE_PONG    = 2,  /* the same */
  TC_WIRE_GOODBYE = 3,  /* why the sender closes: at most TC_WIRE_GOODBYE_MAX bytes of text */
  TC_WIRE_GET_ADDRESSES = 4,  /* nothing */
  TC_WIRE_ADDRESSES     = 5,  /* see addresses.h */
} TcWireType;

#define TC_WIRE_PING_SIZE   8u
#define TC_WIRE_GOODBYE_MAX 200u

typedef struct
{
  gboolean known, compress;
  guint8   message_class;
  guint32  wire_max_bytes, plain_max_bytes;
} TcWireLimit;

typedef struct
{
  TcWireLimit types[TC_NET_TYPE_LAST + 1];
} TcWireTable;

/* The owner's types and the transport's own, which get class @transport_class. */
void     tc_wire_table_init   (TcWireTable *self, const TcNetMessageType *types, gsize n_types, guint8 transport_class);

/* Appends the header of a message to @header and returns what follows it: @body, or its compressed form where that is smaller.
 * Returns: (transfer full) (nullable): NULL, with @header untouched, where a limit of the type is passed. */
GBytes  *tc_wire_encode       (const TcWireTable *table, guint8 type, GBytes *body, GByteArray *header);

/* @body compressed. Any thread. Returns: (transfer full) (nullable): NULL where it does not shrink. */
GBytes  *tc_wire_pack         (GBytes *body);
/* Appends the header of a message whose body is @packed, of a body within the type's limit. Returns: FALSE, with @header untouched, where the limit is passed. */
gboolean tc_wire_encode_packed (const TcWireTable *table, guint8 type, GBytes *packed, GByteArray *header);

typedef enum
{
  TC_WIRE_MORE    = 0,  /* all was taken; the message goes on */
  TC_WIRE_MESSAGE = 1,  /* a message is complete */
  TC_WIRE_OFFENCE = 2,  /* against the rule; the reader is of no more use */
} TcWireResult;

/* A message being received. Its memory is bounded by twice the bytes received and by the type's limit. */
typedef struct
{
  const TcWireTable *table;      /* borrowed */
  guint8      header[TC_WIRE_HEADER_MAX];
  guint       n_header;
  gboolean    has_header;
  guint32     length;            /* of the body, as sent */
  GByteArray *body;              /* (nullable) */
} TcWireReader;

typedef struct
{
  guint8  type;
  guint32 wire_bytes;  /* of the body, as sent */
  GBytes *body;        /* plain; owned by whoever received it */
} TcWireMessage;

void         tc_wire_reader_init  (TcWireReader *self, const TcWireTable *table);
void         tc_wire_reader_clear (TcWireReader *self);

/* Takes bytes up to the end of one message. @only_below: types at or above are an offence (before the hello: owner's types), or TC_WIRE_ANY.
 * @ret_taken: set always. @ret_message: set for TC_WIRE_MESSAGE. @ret_offence: set for TC_WIRE_OFFENCE: static text. */
TcWireResult tc_wire_reader_feed  (TcWireReader *self, const guint8 *data, gsize n, int only_below, gsize *ret_taken,
                                   TcWireMessage *ret_message, const char **ret_offence);

G_END_DECLS
