#pragma once

#include <adwaita.h>

#include "wallet/secret.h"

G_BEGIN_DECLS

/* Asks five words of a phrase back, drawn anew each time. Main thread. Signal "changed": whether it is passed may have changed. */
#define TC_TYPE_PHRASE_QUIZ (tc_phrase_quiz_get_type ())
G_DECLARE_FINAL_TYPE (TcPhraseQuiz, tc_phrase_quiz, TC, PHRASE_QUIZ, AdwBin)

#define TC_PHRASE_QUIZ_WORDS 5u

/* Asks about @phrase, of which it keeps a reference. NULL: forgets it and empties the cells. */
void     tc_phrase_quiz_set_phrase (TcPhraseQuiz *self, TcSecretString *phrase);
gboolean tc_phrase_quiz_is_passed  (TcPhraseQuiz *self);
void     tc_phrase_quiz_focus      (TcPhraseQuiz *self);

G_END_DECLS
