#pragma once

#include "endpoint.h"

G_BEGIN_DECLS

/* The body of the transport's message "addresses" (N3): varint n (at most TC_ADDRESSES_MAX) | n x (time u32 | IPv6 address, or ::ffff:a.b.c.d, 16 | port u16).
 * The time, in Unix seconds, is when a node was last known there. An address of zeros is the sender's own, as whoever receives it sees it. Pure; any thread. */

#define TC_ADDRESSES_MAX      1000u
#define TC_ADDRESSES_SIZE_MAX (2u + TC_ADDRESSES_MAX * 22u)

typedef struct
{
  TcEndpoint endpoint;
  guint32    seen_s;
} TcAddressNews;

GBytes *tc_addresses_encode (const TcAddressNews *news, gsize n);
/* Returns: (transfer full) (nullable) (element-type TcAddressNews). Whether they can be dialled is not asked here. */
GArray *tc_addresses_decode (const guint8 *data, gsize size_bytes, GError **error);

G_END_DECLS
