#pragma once

#include "core/block.h"

G_BEGIN_DECLS

/* TC_RECORD_HALT: the proof that more than a third of a committee's power signed for two blocks of one height (rule C8), and what the operator said about it. */

/* settled u8 | height u32 | committee blob | 2 x (u8 has header, header | commit blob): this node's, then the other. */
typedef struct
{
  gboolean     settled;      /* the operator keeps this node's block: the other is ignored from now on */
  guint32      height;
  TcCommittee *committee;    /* owned: signed both */
  gboolean     has_header[2];
  TcHeader     headers[2];
  TcCommit    *commits[2];   /* owned: this node's, the other */
} TcHaltRecord;

/* Takes references. @headers: (nullable) each. */
void     tc_halt_record_init   (TcHaltRecord *self, TcCommittee *committee, const TcHeader *header, TcCommit *commit, const TcHeader *other_header,
                                TcCommit *other_commit);
void     tc_halt_record_clear  (TcHaltRecord *self);
GBytes  *tc_halt_record_encode (const TcHaltRecord *self);
gboolean tc_halt_record_decode (GBytes *bytes, TcHaltRecord *ret_record);
/* What to tell the user. (transfer full) */
char    *tc_halt_record_text   (const TcHaltRecord *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcHaltRecord, tc_halt_record_clear)

G_END_DECLS
