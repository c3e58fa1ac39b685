#pragma once

#include <adwaita.h>

#include "wallet/wallet.h"

G_BEGIN_DECLS

/* Small things that pages share. Main thread. */

#define TC_HIDDEN_AMOUNT "•••••"

/* A short message at the bottom of @widget's window. */
void  tc_toast              (GtkWidget *widget, const char *text);
/* The same with a button that takes back what was done, while it is shown. @free_data: (nullable). */
void  tc_toast_undo         (GtkWidget *widget, const char *text, void (*undo) (gpointer user_data), gpointer user_data, GDestroyNotify free_data);
/* Puts @text on the clipboard and says so with @toast. */
void  tc_copy_text          (GtkWidget *widget, const char *text, const char *toast);

/* Empties the clipboard of @widget where it holds the words of a wallet. */
void  tc_clear_secret_clipboard (GtkWidget *widget);

/* Where a line must end within a word, no hyphen is added: it would be read as part of an address or a number. */
void  tc_label_keep_exact   (GtkLabel *label);

/* A check or radio button that accessibility can press, which GTK 4.8's own cannot be: a toggle button that shows a tick. @label: (nullable). */
GtkWidget *tc_tick_new      (gboolean radio, const char *label);

/* Keeps the pages of @stack that are not shown from screen readers, which GTK 4.8 does not. Before pages are added or after. */
void  tc_stack_hide_others  (GtkStack *stack);

/* Words for a row of the history; static or translated strings unless said otherwise. */
const char *tc_tx_title       (const TcWalletTx *tx);
const char *tc_tx_icon        (const TcWalletTx *tx);
const char *tc_tx_state_text  (const TcWalletTx *tx);
const char *tc_tx_state_icon  (const TcWalletTx *tx);
/* CSS class: "pending", "final", "confirmed", "failed", "void". */
const char *tc_tx_state_class (const TcWalletTx *tx);
gboolean    tc_tx_is_incoming (const TcWalletTx *tx);
/* With a sign and the unit: "+5.00 TIME". Returns: (transfer full). */
char       *tc_tx_amount_text (const TcWalletTx *tx, gboolean hidden);

/* When it happened, as well as is known: Unix ms; 0: unknown. */
gint64      tc_tx_time_ms     (const TcWalletTx *tx);
/* With whom, and what is written about it, on one line. Returns: (transfer full): may be empty. */
char       *tc_tx_detail_text (const TcWalletTx *tx);

/* The text of a password entry as a secret; the entry is emptied. @entry: any GtkEditable. Returns: (transfer full). */
TcSecretString *tc_take_secret (GtkEditable *entry);

/* "a1b2…": lower-case hex, as explorers write it. Returns: (transfer full). */
char       *tc_txid_text      (const TcHash *txid);

G_END_DECLS
