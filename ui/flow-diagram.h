#pragma once

#include <gtk/gtk.h>

#include "core/amount.h"

G_BEGIN_DECLS

/* What a payment takes in and gives out, as bands between the two edges, as wide as their amounts are large; where there are many, the small ones are one band.
 * All of it is in its accessible description. Main thread. */
#define TC_TYPE_FLOW_DIAGRAM (tc_flow_diagram_get_type ())
G_DECLARE_FINAL_TYPE (TcFlowDiagram, tc_flow_diagram, TC, FLOW_DIAGRAM, GtkWidget)

typedef enum
{
  TC_FLOW_COIN    = 0,  /* goes in */
  TC_FLOW_PAYMENT = 1,  /* goes out to somebody else */
  TC_FLOW_OWN     = 2,  /* stays in the wallet: change, or an address of one's own */
  TC_FLOW_FEE     = 3,
} TcFlowKind;

typedef struct
{
  TcFlowKind  kind;
  TcAmount    amount;
  gboolean    is_known;  /* somebody else's coins have amounts that the wallet does not know */
  const char *label;     /* an address, a name, "Change" */
} TcFlow;

GtkWidget *tc_flow_diagram_new        (void);
/* Copies both. */
void       tc_flow_diagram_set        (TcFlowDiagram *self, const TcFlow *in, gsize n_in, const TcFlow *out, gsize n_out);
/* Amounts are shown as dots. */
void       tc_flow_diagram_set_hidden (TcFlowDiagram *self, gboolean hidden);

G_END_DECLS
