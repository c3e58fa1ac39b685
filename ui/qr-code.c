#define G_LOG_DOMAIN "tc-ui"
#include "qr-code.h"

#include <glib/gi18n.h>
#include <qrencode.h>
#include <string.h>

#define QUIET_MODULES 4
#define PICTURE_MODULE 8
#define NATURAL_SIZE  220
#define MINIMUM_SIZE  160

struct _TcQrCode
{
  GtkWidget  parent_instance;
  char      *text;
  QRcode    *code;
};

G_DEFINE_FINAL_TYPE (TcQrCode, tc_qr_code, GTK_TYPE_WIDGET)

static void
draw_modules (GtkSnapshot *snapshot, const QRcode *code, int left, int top, int module)
{
  const GdkRGBA black = { 0, 0, 0, 1 };

  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width; x++)
      {
        int run = 0;

        while (x + run < code->width && (code->data[y * code->width + x + run] & 1))
          run++;
        if (run > 0)
          gtk_snapshot_append_color (snapshot, &black, &GRAPHENE_RECT_INIT ((float) (left + x * module), (float) (top + y * module),
                                                                            (float) (run * module), (float) module));
        x += run;
      }
}

static void
tc_qr_code_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TcQrCode *self = TC_QR_CODE (widget);
  const GdkRGBA white = { 1, 1, 1, 1 };
  const int size = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  const int modules = (self->code == NULL ? 33 : self->code->width) + 2 * QUIET_MODULES, module = MAX (size / modules, 1);
  const int whole = module * modules, left = (gtk_widget_get_width (widget) - whole) / 2, top = (gtk_widget_get_height (widget) - whole) / 2;
  GskRoundedRect plate;

  gsk_rounded_rect_init_from_rect (&plate, &GRAPHENE_RECT_INIT ((float) left, (float) top, (float) whole, (float) whole), 10);
  gtk_snapshot_push_rounded_clip (snapshot, &plate);
  gtk_snapshot_append_color (snapshot, &white, &plate.bounds);
  if (self->code != NULL)
    draw_modules (snapshot, self->code, left + QUIET_MODULES * module, top + QUIET_MODULES * module, module);
  gtk_snapshot_pop (snapshot);
}

static void
tc_qr_code_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                    int *natural_baseline)
{
  *minimum = MINIMUM_SIZE;
  *natural = NATURAL_SIZE;
}

static void
tc_qr_code_finalize (GObject *object)
{
  TcQrCode *self = TC_QR_CODE (object);

  g_clear_pointer (&self->code, QRcode_free);
  g_free (self->text);
  G_OBJECT_CLASS (tc_qr_code_parent_class)->finalize (object);
}

static void
tc_qr_code_class_init (TcQrCodeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_qr_code_finalize;
  widget_class->snapshot = tc_qr_code_snapshot;
  widget_class->measure = tc_qr_code_measure;
  gtk_widget_class_set_css_name (widget_class, "qrcode");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tc_qr_code_init (TcQrCode *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("QR code of the address"), -1);
}

GtkWidget *
tc_qr_code_new (void)
{
  return g_object_new (TC_TYPE_QR_CODE, NULL);
}

void
tc_qr_code_set_text (TcQrCode *self, const char *text)
{
  g_return_if_fail (TC_IS_QR_CODE (self));

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  g_clear_pointer (&self->code, QRcode_free);
  if (text != NULL && text[0] != '\0')
    self->code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text == NULL ? "" : text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* 8 pixels a module, the quiet border with it. */
GdkTexture *
tc_qr_code_make_texture (TcQrCode *self)
{
  g_autoptr(GBytes) bytes = NULL;
  guint8 *pixels;
  int size;

  g_return_val_if_fail (TC_IS_QR_CODE (self), NULL);

  if (self->code == NULL)
    return NULL;
  size = (self->code->width + 2 * QUIET_MODULES) * PICTURE_MODULE;
  pixels = g_malloc ((gsize) size * (gsize) size * 3);
  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      {
        const int module_x = x / PICTURE_MODULE - QUIET_MODULES, module_y = y / PICTURE_MODULE - QUIET_MODULES;
        const gboolean inside = module_x >= 0 && module_y >= 0 && module_x < self->code->width && module_y < self->code->width;
        const gboolean dark = inside && (self->code->data[module_y * self->code->width + module_x] & 1);

        memset (pixels + ((gsize) y * (gsize) size + (gsize) x) * 3, dark ? 0 : 0xff, 3);
      }
  bytes = g_bytes_new_take (pixels, (gsize) size * (gsize) size * 3);
  return gdk_memory_texture_new (size, size, GDK_MEMORY_R8G8B8, bytes, (gsize) size * 3);
}
