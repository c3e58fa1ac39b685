#pragma once

#include "core/address.h"
#include "core/amount.h"
#include "core/network.h"

G_BEGIN_DECLS

/* What is said beneath a field while somebody types in it. Pure; any thread. */
typedef enum
{
  TC_FIELD_EMPTY      = 0,  /* nothing yet, nothing to say */
  TC_FIELD_INCOMPLETE = 1,  /* may still become right: nothing to say while it is typed; `message` once the field is left */
  TC_FIELD_BAD        = 2,  /* cannot become right by typing on: `message` says what to do */
  TC_FIELD_GOOD       = 3,
} TcFieldVerdict;

/* @digit: of the network. @ret_key_hash: (out): for GOOD. @ret_message: (out) (nullable) (transfer full): for INCOMPLETE and BAD. */
TcFieldVerdict tc_check_address (const char *text, char digit, TcKeyHash *ret_key_hash, char **ret_message);

/* More than there is to spend is GOOD as an amount, and said by the review, which knows the fee. */
TcFieldVerdict tc_check_amount  (const char *text, TcAmount *ret_amount, char **ret_message);

/* A memo of at most TC_TX_MEMO_MAX bytes; empty is GOOD. */
TcFieldVerdict tc_check_memo    (const char *text, char **ret_message);

/* A block as HEIGHT:HASH. */
TcFieldVerdict tc_check_block   (const char *text, TcCheckpoint *ret_block, char **ret_message);

G_END_DECLS
