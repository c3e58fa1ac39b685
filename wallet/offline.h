#pragma once

#include "account.h"
#include "payment-file.h"

G_BEGIN_DECLS

/* Paying in two places: one wallet prepares and sends, another one, on a machine without network, signs. As account.h.
 *
 * A payment that waits for its signature keeps its coins, over restarts too, until it is sent or dropped. */

#define TC_WAITING_PAYMENTS_MAX 100u

/* A payment of a file, as this wallet sees it. Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  TcPaymentDraft *payment;        /* to be shown; its change is only what this wallet found to be its own; `id` 0 */
  guint64         id;             /* of the waiting payment that it is; 0: of none */
  gint64          made_ms;        /* when it was prepared; 0: unknown */
  GBytes         *sealed;         /* for tc_envelope_to_text () and so on */
  gboolean        is_signed;
  gboolean        high_fee;       /* more than a tenth of what is paid, or joined where nothing is paid */
  gboolean        learns_network; /* unsigned: this wallet never saw its network, and takes the identity from the file */
  gboolean        is_stale;       /* waiting: a coin of it is spent, so it cannot be sent any more */
} TcPaymentReview;

TcPaymentReview *tc_payment_review_ref   (TcPaymentReview *self);
void             tc_payment_review_unref (TcPaymentReview *self);

/* Where it is prepared: @draft becomes a waiting payment. Needs no key. Returns: (transfer full). */
TcPaymentReview *tc_account_export_payment (TcAccount *self, const TcPaymentDraft *draft, gint64 now_ms, GError **error);
/* Oldest first. Returns: (transfer full) (element-type TcPaymentReview). */
GPtrArray       *tc_account_list_waiting   (TcAccount *self, GError **error);
/* Its coins are free again. */
gboolean         tc_account_drop_waiting   (TcAccount *self, guint64 id, GError **error);

/* Where the keys are, unlocked. @data: a file's or a clipboard's bytes. */
TcPaymentReview *tc_account_read_unsigned  (TcAccount *self, GBytes *data, GError **error);
/* @sealed: a review's. Signs all that the review shows. Returns: (transfer full): signed and sealed. */
GBytes          *tc_account_sign_unsigned  (TcAccount *self, GBytes *sealed, GError **error);

/* Where it is sent: what it says, once signatures, coins and network were checked. */
TcPaymentReview *tc_account_read_signed    (TcAccount *self, GBytes *data, GError **error);
/* As tc_account_commit (). */
TcTx            *tc_account_take_signed    (TcAccount *self, GBytes *sealed, gint64 now_ms, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPaymentReview, tc_payment_review_unref)

G_END_DECLS
