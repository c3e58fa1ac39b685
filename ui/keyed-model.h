#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Rows that are asked for again and again, as a list that changes in place: a row that is still there keeps its item, and with it selection, focus and place. Main thread. */

/* One row. Signal "changed": its data differ: soon after they do, as many rows at a time as a frame has room for. */
#define TC_TYPE_KEYED_ITEM (tc_keyed_item_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyedItem, tc_keyed_item, TC, KEYED_ITEM, GObject)

/* (transfer none): until the next change. */
gconstpointer tc_keyed_item_get (TcKeyedItem *self);

typedef struct
{
  /* Tells rows apart, and orders them. */
  int      (*compare) (gconstpointer a, gconstpointer b);
  /* Whether what is shown of two rows of one key is the same. */
  gboolean (*equal)   (gconstpointer a, gconstpointer b);
  void     (*free)    (gpointer row);
} TcKeyedKind;

/* A GListModel of TcKeyedItem. */
#define TC_TYPE_KEYED_MODEL (tc_keyed_model_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyedModel, tc_keyed_model, TC, KEYED_MODEL, GObject)

/* @kind: static. */
TcKeyedModel *tc_keyed_model_new    (const TcKeyedKind *kind);
/* @rows: (transfer full): without a free function of its own; in any order, each key once. */
void          tc_keyed_model_update (TcKeyedModel *self, GPtrArray *rows);

G_END_DECLS
