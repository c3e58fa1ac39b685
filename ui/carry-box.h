#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Something to be carried to another machine: as QR codes shown in turn, as a file, as text. Main thread. */
#define TC_TYPE_CARRY_BOX (tc_carry_box_get_type ())
G_DECLARE_FINAL_TYPE (TcCarryBox, tc_carry_box, TC, CARRY_BOX, AdwBin)

/* @sealed: see wallet/envelope.h. @name: of a file, to be suggested. */
void tc_carry_box_set (TcCarryBox *self, GBytes *sealed, const char *name);

G_END_DECLS
