#pragma once

#include <adwaita.h>

#include "core/hash.h"

G_BEGIN_DECLS

/* Lists of facts, one below the other, as pages about one thing show them. Main thread. */

typedef enum
{
  TC_FACT_PLAIN = 0,
  TC_FACT_EXACT = 1 << 0,  /* an address or a number to be compared letter by letter: left to right, as it is */
  TC_FACT_COPY  = 1 << 1,  /* with a button that copies it */
} TcFactFlags;

/* A framed list with @title above it; (nullable). Returns: the box to be placed. */
GtkWidget *tc_facts_new          (const char *title);
/* @text: what is copied too. */
void       tc_facts_add          (GtkWidget *facts, const char *title, const char *text, TcFactFlags flags);
/* The same, and the text is a button for @action ("explorer.open") with the string @target. @note: (nullable): beside the title. */
void       tc_facts_add_link     (GtkWidget *facts, const char *title, const char *note, const char *text, TcFactFlags flags, const char *action,
                                  const char *target);
/* Any other row. */
void       tc_facts_add_widget   (GtkWidget *facts, GtkWidget *widget);

/* Items 0 to @n - 1, @page of them and then a button for more. @data is freed with @facts. */
typedef void (*TcFactsAddItem) (GtkWidget *facts, gsize i, gpointer data);
void       tc_facts_add_paged    (GtkWidget *facts, gsize n, gsize page, TcFactsAddItem add, gpointer data, GDestroyNotify free_data);

/* A wrapping label at the start of its line. @css_class: (nullable). */
GtkWidget *tc_facts_label        (const char *text, const char *css_class);
/* A hash in groups of eight digits. Returns: (transfer full). */
char      *tc_facts_hash         (const TcHash *hash);

G_END_DECLS
