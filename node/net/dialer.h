#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The addresses to dial: when, how often, and what became of it. Makes no connections itself: dial () does. One thread; events come from the
 * context's dispatch or from within tc_dialer_closed (). */
typedef struct _TcDialer TcDialer;

typedef struct
{
  /* Starts a connection; @host: an IP literal, or a name where the dialer resolves none.
   * Returns: its id; 0 where it may not, with the reason in static text, or NULL to be asked again soon. */
  guint64  (*dial)   (const char *host, guint16 port, const char **ret_reason, gpointer user_data);
  /* Whether the node with this Noise key is connected. */
  gboolean (*has_key) (const guint8 *static_key, gpointer user_data);
  void     (*failed) (const char *address, const char *reason, gpointer user_data);
} TcDialerEvents;

/* @resolves: whether it looks names up; else they are dialled as they are. */
TcDialer *tc_dialer_new        (GMainContext *context, gboolean resolves, const TcDialerEvents *events, gpointer user_data);
void      tc_dialer_free       (TcDialer *self);

/* Lets what was added begin. */
void      tc_dialer_start      (TcDialer *self);
/* Forgets everything; what is added next waits for tc_dialer_start (). */
void      tc_dialer_clear      (TcDialer *self);

/* Returns: FALSE where @address is not "host:port". */
gboolean  tc_dialer_add        (TcDialer *self, const char *address, gboolean persistent);
/* Whether @address, in these very words, is among those to dial. */
gboolean  tc_dialer_has        (TcDialer *self, const char *address);
void      tc_dialer_remove     (TcDialer *self, const char *address);

/* What became of connection @id, if it is one of ours. @static_key: 32 bytes. */
void      tc_dialer_identified (TcDialer *self, guint64 id, const guint8 *static_key);
void      tc_dialer_closed     (TcDialer *self, guint64 id, gboolean was_open, gint64 age_ms, const char *reason);
/* It leads back to this node: not again once this connection has closed. */
void      tc_dialer_drop       (TcDialer *self, guint64 id);
/* The node with this key is connected no more, whichever way it was. */
void      tc_dialer_key_gone   (TcDialer *self, const guint8 *static_key);

/* The wait before attempt @failures + 1, without jitter: 0.5 s doubled each time, at most 30 s; half of it to all of it is waited. */
guint     tc_dialer_backoff_ms (guint failures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcDialer, tc_dialer_free)

G_END_DECLS
