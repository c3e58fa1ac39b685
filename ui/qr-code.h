#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A QR code: dark on white whatever the theme, with the quiet border that readers need. Main thread. */
#define TC_TYPE_QR_CODE (tc_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (TcQrCode, tc_qr_code, TC, QR_CODE, GtkWidget)

GtkWidget *tc_qr_code_new      (void);
/* @text: (nullable). Too long a text leaves it empty. */
void       tc_qr_code_set_text (TcQrCode *self, const char *text);
/* A picture of it, sharp enough to print. Returns: (transfer full) (nullable): NULL where it is empty. */
GdkTexture *tc_qr_code_make_texture (TcQrCode *self);

G_END_DECLS
