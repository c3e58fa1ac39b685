#pragma once

#include <adwaita.h>

#include "wallet/secret.h"

G_BEGIN_DECLS

/* Numbered cells for words of a phrase, with completion from the list. A word that the list lacks is marked; several words pasted into one cell
 * spread over the cells that follow (a whole phrase over all). Main thread.
 * Signal "changed"; "resized": a paste asks for another number of cells (guint). */
#define TC_TYPE_WORD_ENTRIES (tc_word_entries_get_type ())
G_DECLARE_FINAL_TYPE (TcWordEntries, tc_word_entries, TC, WORD_ENTRIES, AdwBin)

/* @numbers: the number that each cell bears, from 1. What was written stays where it was. */
void            tc_word_entries_set_numbers (TcWordEntries *self, const guint *numbers, guint n_numbers);
/* 1 to @n. */
void            tc_word_entries_set_count   (TcWordEntries *self, guint n);
guint           tc_word_entries_get_count   (TcWordEntries *self);
/* Lower case, without blanks. (transfer full): wipe it with tc_secret_free_text (). */
char           *tc_word_entries_dup_word    (TcWordEntries *self, guint cell);
void            tc_word_entries_set_word    (TcWordEntries *self, guint cell, const char *word);
/* All of them with single blanks between. (transfer full). */
TcSecretString *tc_word_entries_dup_phrase  (TcWordEntries *self);
/* Whether each cell holds a word of the list. */
gboolean        tc_word_entries_is_complete (TcWordEntries *self);
/* The first cell with something that is no word of the list and no start of one, or -1. */
int             tc_word_entries_find_bad    (TcWordEntries *self);
/* Marks one cell as wrong, whatever it holds. */
void            tc_word_entries_mark        (TcWordEntries *self, guint cell, gboolean bad);
void            tc_word_entries_clear       (TcWordEntries *self);
void            tc_word_entries_focus       (TcWordEntries *self, guint cell);

G_END_DECLS
