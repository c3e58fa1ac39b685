#pragma once

#include "net.h"

G_BEGIN_DECLS

/* Who may not connect, by subject (see address.h). At most TC_NET_BANS_MAX: the one that ends first makes room. One thread. */
typedef struct _TcBans TcBans;

TcBans     *tc_bans_new      (void);
void        tc_bans_free     (TcBans *self);
/* @subject: as tc_address_subject_parse () returns it. A ban that stands is replaced. */
void        tc_bans_add      (TcBans *self, const char *subject, gint64 created_s, gint64 until_s, const char *reason);
gboolean    tc_bans_remove   (TcBans *self, const char *subject);
gboolean    tc_bans_contains (TcBans *self, const char *subject, gint64 now_s);
/* Returns: (transfer full) (element-type TcNetBan): ordered by subject; those that are over are dropped. */
GPtrArray  *tc_bans_list     (TcBans *self, gint64 now_s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcBans, tc_bans_free)

G_END_DECLS
