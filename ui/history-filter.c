#define G_LOG_DOMAIN "tc-ui"
#include "history-filter.h"

#include <glib/gi18n.h>

#include "text.h"

struct _TcHistoryFilter
{
  AdwBin       parent_instance;
  GtkDropDown *kind, *state;
  GtkEntry    *from, *to, *least, *most;
  GtkLabel    *problem;
  GtkWidget   *clear;
  gboolean     quiet;
};

G_DEFINE_FINAL_TYPE (TcHistoryFilter, tc_history_filter, ADW_TYPE_BIN)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

typedef struct
{
  const char *name;
  guint32     bits;
} Choice;

#define KIND(name) (1u << TC_WALLET_TX_##name)

static const Choice kinds[] = {
  { N_("All payments"), 0 },
  { N_("Received"), KIND (RECEIVED) | KIND (GENESIS) },
  { N_("Sent"), KIND (SENT) },
  { N_("To yourself"), KIND (SELF) },
  { N_("Rewards"), KIND (REWARD) },
  { N_("Masternodes"), KIND (REGISTER) | KIND (UPDATE) | KIND (RETIRE) },
};

static const Choice states[] = {
  { N_("Any state"), 0 },
  { N_("On the way"), 1u << TC_WALLET_TX_PENDING | 1u << TC_WALLET_TX_CERTIFIED },
  { N_("Final"), 1u << TC_WALLET_TX_FINAL | 1u << TC_WALLET_TX_CONFIRMED },
  { N_("Failed"), 1u << TC_WALLET_TX_DROPPED | 1u << TC_WALLET_TX_CONFLICTED },
};

static void
set_choices (GtkDropDown *drop_down, const Choice *choices, guint n)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < n; i++)
    gtk_string_list_append (list, _(choices[i].name));
  gtk_drop_down_set_model (drop_down, G_LIST_MODEL (list));
}

static const char *
text_of (GtkEntry *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

/* Year first: no other order can be mistaken for it. @ret_time_ms: 0 where nothing is written. */
static gboolean
parse_day (GtkEntry *entry, int days_later, gint64 *ret_time_ms)
{
  const char *text = text_of (entry);
  int year, month, day, n = 0;

  *ret_time_ms = 0;
  if (text[0] == '\0')
    return TRUE;
  if (sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &n) != 3 || text[n] != '\0')
    return FALSE;
  g_autoptr(GDateTime) midnight = g_date_time_new_local (year, month, day, 0, 0, 0);
  g_autoptr(GDateTime) wanted = midnight == NULL ? NULL : g_date_time_add_days (midnight, days_later);
  if (wanted == NULL)
    return FALSE;
  *ret_time_ms = g_date_time_to_unix (wanted) * 1000;
  return *ret_time_ms > 0;
}

static gboolean
parse_amount (GtkEntry *entry, TcAmount *ret_amount)
{
  *ret_amount = (TcAmount) { 0 };
  return text_of (entry)[0] == '\0' || tc_amount_parse (text_of (entry), ret_amount, NULL);
}

static void
mark (GtkEntry *entry, gboolean good)
{
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID, good ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
}

/* What cannot be read filters nothing, and is marked. */
void
tc_history_filter_fill (TcHistoryFilter *self, TcHistoryQuery *query)
{
  query->kinds = kinds[MIN (gtk_drop_down_get_selected (self->kind), G_N_ELEMENTS (kinds) - 1)].bits;
  query->states = states[MIN (gtk_drop_down_get_selected (self->state), G_N_ELEMENTS (states) - 1)].bits;
  parse_day (self->from, 0, &query->from_ms);
  parse_day (self->to, 1, &query->to_ms);
  parse_amount (self->least, &query->least);
  parse_amount (self->most, &query->most);
}

static void
check (TcHistoryFilter *self)
{
  TcAmount amount;
  gint64 time_ms;
  const gboolean from = parse_day (self->from, 0, &time_ms), to = parse_day (self->to, 1, &time_ms);
  const gboolean least = parse_amount (self->least, &amount), most = parse_amount (self->most, &amount);

  mark (self->from, from);
  mark (self->to, to);
  mark (self->least, least);
  mark (self->most, most);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), !(from && to && least && most));
  gtk_label_set_text (self->problem, !from || !to ? _("Write a day as year-month-day: 2026-12-31.") : _("Write an amount as 1250.5: digits, and a point before the decimals."));
}

static void
on_changed (TcHistoryFilter *self)
{
  if (self->quiet)
    return;
  check (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static char *
dates_words (const char *from, const char *to)
{
  /* Translators: %s are days, as 2026-12-31. */
  if (from[0] != '\0' && to[0] != '\0')
    return g_strdup_printf (_("%s to %s"), from, to);
  if (from[0] != '\0')
    return g_strdup_printf (_("Since %s"), from);
  return to[0] != '\0' ? g_strdup_printf (_("Until %s"), to) : NULL;
}

static char *
amounts_words (const char *least, const char *most)
{
  /* Translators: %s are amounts, as 12.5. */
  if (least[0] != '\0' && most[0] != '\0')
    return g_strdup_printf (_("%s to %s TIME"), least, most);
  if (least[0] != '\0')
    return g_strdup_printf (_("At least %s TIME"), least);
  return most[0] != '\0' ? g_strdup_printf (_("At most %s TIME"), most) : NULL;
}

char *
tc_history_filter_words (TcHistoryFilter *self, TcHistoryFacet facet)
{
  const guint kind = gtk_drop_down_get_selected (self->kind), state = gtk_drop_down_get_selected (self->state);
  gint64 from_ms, to_ms;
  TcAmount least, most;

  switch (facet)
    {
    case TC_HISTORY_FACET_KIND:
      return kind > 0 && kind < G_N_ELEMENTS (kinds) ? g_strdup (_(kinds[kind].name)) : NULL;
    case TC_HISTORY_FACET_STATE:
      return state > 0 && state < G_N_ELEMENTS (states) ? g_strdup (_(states[state].name)) : NULL;
    case TC_HISTORY_FACET_DATES:
      if (!parse_day (self->from, 0, &from_ms) || !parse_day (self->to, 1, &to_ms))
        return NULL;
      return dates_words (text_of (self->from), text_of (self->to));
    case TC_HISTORY_FACET_AMOUNTS:
      if (!parse_amount (self->least, &least) || !parse_amount (self->most, &most))
        return NULL;
      return amounts_words (text_of (self->least), text_of (self->most));
    case TC_HISTORY_N_FACETS:
    default:
      return NULL;
    }
}

static void
clear_facet (TcHistoryFilter *self, TcHistoryFacet facet)
{
  if (facet == TC_HISTORY_FACET_KIND)
    gtk_drop_down_set_selected (self->kind, 0);
  else if (facet == TC_HISTORY_FACET_STATE)
    gtk_drop_down_set_selected (self->state, 0);
  else if (facet == TC_HISTORY_FACET_DATES)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->from), "");
      gtk_editable_set_text (GTK_EDITABLE (self->to), "");
    }
  else
    {
      gtk_editable_set_text (GTK_EDITABLE (self->least), "");
      gtk_editable_set_text (GTK_EDITABLE (self->most), "");
    }
}

void
tc_history_filter_clear (TcHistoryFilter *self, TcHistoryFacet facet)
{
  self->quiet = TRUE;
  clear_facet (self, facet);
  self->quiet = FALSE;
  on_changed (self);
}

void
tc_history_filter_clear_all (TcHistoryFilter *self)
{
  self->quiet = TRUE;
  for (guint facet = 0; facet < TC_HISTORY_N_FACETS; facet++)
    clear_facet (self, facet);
  self->quiet = FALSE;
  on_changed (self);
}

static void
tc_history_filter_class_init (TcHistoryFilterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_HISTORY_FILTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/history-filter.ui");
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, kind);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, state);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, from);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, to);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, least);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, most);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, problem);
  gtk_widget_class_bind_template_child (widget_class, TcHistoryFilter, clear);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, tc_history_filter_clear_all);
}

static void
tc_history_filter_init (TcHistoryFilter *self)
{
  self->quiet = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  set_choices (self->kind, kinds, G_N_ELEMENTS (kinds));
  set_choices (self->state, states, G_N_ELEMENTS (states));
  self->quiet = FALSE;
}
