#pragma once

#include "block.h"

G_BEGIN_DECLS

/* What a block and a proposal of one carry alike: the parts and how they hang on the header. */

typedef struct
{
  TcCommit   *commit;      /* (nullable) of the parent */
  guint32     n_evidence;
  TcEvidence *evidence;
  guint32     n_closes;
  TcClose    *closes;
} TcBlockParts;

/* u8 has commit, commit */
void     tc_parts_put_commit    (GByteArray *bytes, const TcCommit *commit);
void     tc_parts_read_commit   (TcReader *reader, TcBlockParts *parts);
/* varint n evidence | varint n closes */
void     tc_parts_put_lists     (GByteArray *bytes, const TcEvidence *evidence, gsize n_evidence, const TcClose *closes, gsize n_closes);
void     tc_parts_read_lists    (TcReader *reader, TcBlockParts *parts);
void     tc_parts_clear         (TcBlockParts *parts);

/* TRUE where @header names exactly these parts, and they its parent and epoch. */
gboolean tc_parts_match         (const TcBlockParts *parts, const TcHeader *header);

TcEvidence *tc_evidence_copy    (const TcEvidence *evidence, gsize n_evidence);
void        tc_evidence_free    (TcEvidence *evidence, gsize n_evidence);

G_END_DECLS
