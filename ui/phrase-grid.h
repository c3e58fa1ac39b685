#pragma once

#include <adwaita.h>

#include "wallet/secret.h"

G_BEGIN_DECLS

/* The words of a phrase, numbered, to be written down. Main thread. */
#define TC_TYPE_PHRASE_GRID (tc_phrase_grid_get_type ())
G_DECLARE_FINAL_TYPE (TcPhraseGrid, tc_phrase_grid, TC, PHRASE_GRID, AdwBin)

/* @phrase: (nullable): NULL empties it. */
void tc_phrase_grid_set_phrase (TcPhraseGrid *self, const TcSecretString *phrase);

G_END_DECLS
