#include "engine-private.h"

TcCommittee *
tc_engine_committee_of (TcEngine *self, guint32 epoch)
{
  return self->committee != NULL && self->committee->epoch == epoch ? self->committee : NULL;
}
