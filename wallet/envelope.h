#pragma once

#include "core/hash.h"

G_BEGIN_DECLS

/* What carries data between a wallet that watches and one that signs (docs/protocol.md, "Files of a wallet"): a file, text to paste, or QR codes shown in turn.
 * Pure. Any thread. */

#define TC_ENVELOPE_NETWORK_MAX 64u           /* bytes of a network's name */
#define TC_ENVELOPE_FRAMES_MAX  400u
#define TC_ENVELOPE_FRAME_SIZE  1100u         /* characters of data in one QR code: dense enough, and still read from a screen */

typedef enum
{
  TC_ENVELOPE_ERROR_FORM     = 0,  /* nothing of ours */
  TC_ENVELOPE_ERROR_DAMAGED  = 1,  /* cut or altered */
  TC_ENVELOPE_ERROR_KIND     = 2,  /* ours, but of another kind: the message says which */
  TC_ENVELOPE_ERROR_NEWER    = 3,
  TC_ENVELOPE_ERROR_FRAMES   = 4,  /* QR codes are missing: the message says how many */
  TC_ENVELOPE_ERROR_SIZE     = 5,
} TcEnvelopeError;

#define TC_ENVELOPE_ERROR (tc_envelope_error_quark ())
GQuark    tc_envelope_error_quark (void);

typedef enum
{
  TC_ENVELOPE_WATCH    = 0,
  TC_ENVELOPE_UNSIGNED = 1,
  TC_ENVELOPE_SIGNED   = 2,
} TcEnvelopeKind;

/* Whose it is. */
typedef struct
{
  char     network[TC_ENVELOPE_NETWORK_MAX + 1];
  char     address_digit;
  gboolean has_chain;      /* FALSE: the wallet was not on its network yet */
  TcHash   chain_id;
} TcEnvelopeOrigin;

/* magic 4 | version u8 | network blob | digit u8 | has_chain u8, (chain_id) | body | checksum 32. Returns: (transfer full). */
GBytes   *tc_envelope_seal   (TcEnvelopeKind kind, const TcEnvelopeOrigin *origin, const GByteArray *body);
/* @size_max: of all. Returns: (transfer full) (nullable): the body. */
GBytes   *tc_envelope_open   (TcEnvelopeKind kind, GBytes *sealed, gsize size_max, TcEnvelopeOrigin *ret_origin, GError **error);
/* Of any kind: which one. */
gboolean  tc_envelope_peek   (GBytes *sealed, TcEnvelopeKind *ret_kind);

/* Base64 in lines. Returns: (transfer full). */
char     *tc_envelope_to_text   (GBytes *sealed);
/* What QR codes say, one after the other. Returns: (transfer full) (NULL-terminated): "TC1/1/3/checksum/data" … */
char    **tc_envelope_to_frames (GBytes *sealed);
/* From a file or a clipboard: what was sealed itself, its text, or its frames in any order, some of them twice. @size_max: of what is sealed. Returns: (transfer full) (nullable). */
GBytes   *tc_envelope_from_any  (GBytes *data, gsize size_max, GError **error);

G_END_DECLS
