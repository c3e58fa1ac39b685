#pragma once

#include <gtk/gtk.h>

#include "keyed-model.h"

G_BEGIN_DECLS

/* Rows in columns that can be sorted by, or, where there is no room for them, as a list with two lines a row. Rows change in place. Main thread. */
#define TC_TYPE_TABLE (tc_table_get_type ())
G_DECLARE_FINAL_TYPE (TcTable, tc_table, TC, TABLE, GtkWidget)

typedef struct
{
  const char *title;                        /* untranslated */
  char     *(*text)    (gconstpointer row); /* (transfer full) */
  gboolean  (*mark)    (gconstpointer row); /* (nullable): a tick stands there, or nothing; the text is its name */
  int       (*compare) (gconstpointer a, gconstpointer b);  /* (nullable): cannot be sorted by */
  gboolean    number, expand, exact;        /* exact: an address: written from left to right in any language */
} TcTableColumn;

typedef struct
{
  const TcKeyedKind   *rows;
  const TcTableColumn *columns;
  gsize                n_columns;
  guint                wide_chars;          /* columns take the room of so many digits */
  char              *(*headline) (gconstpointer row);  /* of the list */
  char              *(*details)  (gconstpointer row);
  const char          *button;              /* (nullable) untranslated: each row has such a button: "row-action" with "button" */
  char              *(*button_name) (gconstpointer row);  /* of the button, or of the menu's */
} TcTableKind;

/* @name: for screen readers. @menu: (nullable): each row has it; its items' action is "row.do" with the string that "row-action" gives.
 * Signal "row-action": (TcKeyedItem, const char *). */
GtkWidget *tc_table_new    (const TcTableKind *kind, const char *name, GMenuModel *menu);
/* @rows: as tc_keyed_model_update () takes them. */
void       tc_table_update (TcTable *self, GPtrArray *rows);
guint      tc_table_get_n  (TcTable *self);

G_END_DECLS
