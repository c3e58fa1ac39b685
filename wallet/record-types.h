#pragma once

#include "uri.h"

G_BEGIN_DECLS

/* What the user writes about payments (names, labels, notes), what is asked of payers, and how the history is searched. */

#define TC_CONTACT_NAME_MAX    100u     /* bytes */
#define TC_WALLET_LABEL_MAX    TC_PAYMENT_LABEL_MAX
#define TC_WALLET_NOTE_MAX     1000u    /* bytes, of a contact or a payment */
#define TC_CONTACTS_MAX        5000u
#define TC_LABELS_MAX          20000u
#define TC_REQUESTS_MAX        1000u
#define TC_WALLET_SEARCH_MAX   500u     /* bytes of a search; what is longer finds nothing */

/* Somebody else's address under a name. */
typedef struct
{
  char       *name;
  char       *address;
  char       *note;      /* (nullable) */
  gboolean    has_key;
  TcPublicKey key;       /* whose hash the address is */
} TcContact;

TcContact *tc_contact_copy (const TcContact *self);
void       tc_contact_free (TcContact *self);

/* One's own word for an address. */
typedef struct
{
  char     *address;
  char     *label;
  gboolean  mine;
} TcAddressLabel;

void tc_address_label_free (TcAddressLabel *self);

/* --- Requests ------------------------------------------------------------------------------------------------------------- */

typedef enum
{
  TC_REQUEST_WAITING = 0,  /* nothing was paid */
  TC_REQUEST_PAID    = 1,  /* all of it is on its way, not final yet */
  TC_REQUEST_FINAL   = 2,  /* paid in full, for good */
  TC_REQUEST_PART    = 3,  /* less than was asked */
  TC_REQUEST_OVER    = 4,  /* more than was asked, for good */
  TC_REQUEST_EXPIRED = 5,  /* nothing was paid in time */
} TcRequestState;

/* "waiting", "paid", "final", "part", "over", "expired". */
const char *tc_request_state_name (TcRequestState state);

/* What is asked of a payer, under an address of its own. Immutable, reference-counted; any thread. */
typedef struct
{
  gatomicrefcount ref_count;
  gint64          id;
  guint32         account;
  char           *address;
  TcAmount        amount;      /* 0: any */
  char           *label;       /* (nullable) */
  char           *message;     /* (nullable) */
  gboolean        has_key;     /* a locked wallet may not know it */
  TcPublicKey     key;
  gint64          created_ms;
  gint64          expires_s;   /* Unix time; 0: never */
  TcAmount        paid;        /* so far */
  guint32         n_payments;
  TcRequestState  state;
  char           *uri;         /* to be shown and copied */
} TcWalletRequest;

TcWalletRequest *tc_wallet_request_ref   (TcWalletRequest *self);
void             tc_wallet_request_unref (TcWalletRequest *self);

/* What to ask for. Texts as in uri.h. */
typedef struct
{
  guint32     account;
  TcAmount    amount;      /* 0: any */
  const char *label;       /* (nullable) */
  const char *message;     /* (nullable) */
  gint64      expires_s;   /* 0: never */
} TcRequestOrder;

/* --- The history's filters -------------------------------------------------------------------------------------------------- */

/* Which rows. All zero: all of them. */
typedef struct
{
  char    *search;           /* (nullable): in addresses, names, labels, notes and memos, in any letter case; or how a txid begins */
  guint32  kinds;            /* 1 << TcWalletTxKind, or 0: all */
  guint32  states;           /* 1 << TcWalletTxState, or 0: all */
  gint64   from_ms, to_ms;   /* seen since, and before; 0: open */
  TcAmount least, most;      /* 0: open */
} TcHistoryQuery;

gboolean        tc_history_query_is_empty (const TcHistoryQuery *self);
gboolean        tc_history_query_equal    (const TcHistoryQuery *a, const TcHistoryQuery *b);
/* @self: (nullable): NULL gives an empty one. */
TcHistoryQuery *tc_history_query_copy     (const TcHistoryQuery *self);
void            tc_history_query_free     (TcHistoryQuery *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcContact, tc_contact_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcAddressLabel, tc_address_label_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWalletRequest, tc_wallet_request_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcHistoryQuery, tc_history_query_free)

G_END_DECLS
