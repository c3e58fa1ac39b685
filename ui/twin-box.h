#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Two children: side by side where there is room for both, else one below the other. Main thread.
 * Properties: "start", "end" (GtkWidget), "spacing", "threshold" (px of width from which they stand side by side),
 * "start-share" (percent of the width that the first takes then). */
#define TC_TYPE_TWIN_BOX (tc_twin_box_get_type ())
G_DECLARE_FINAL_TYPE (TcTwinBox, tc_twin_box, TC, TWIN_BOX, GtkWidget)

G_END_DECLS
