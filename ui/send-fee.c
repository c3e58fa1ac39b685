#define G_LOG_DOMAIN "tc-ui"
#include "send-fee.h"

#include <string.h>

#include <glib/gi18n.h>

#include "field.h"
#include "helpers.h"
#include "text.h"
#include "wallet/select.h"

#define PRIORITY_FACTOR 8u  /* the next step of what the network asks as it fills (rule F8) */
#define ORDINARY_INPUTS  1u
#define ORDINARY_OUTPUTS 2u

typedef enum { ECONOMY, NORMAL, PRIORITY, OWN, N_LEVELS } Level;

struct _TcSendFee
{
  AdwBin           parent_instance;
  AdwActionRow    *row, *economy_row, *normal_row, *priority_row, *own_row;
  GtkToggleButton *levels[N_LEVELS];
  GtkToggleButton *change;
  TcField         *rate;
  TcWallet        *wallet;
};

G_DEFINE_FINAL_TYPE (TcSendFee, tc_send_fee, ADW_TYPE_BIN)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

char *
tc_send_fee_time_text (const TcWalletFees *fees, guint64 rate)
{
  g_autofree char *median = tc_text_duration_us (fees->median_us), *slow = tc_text_duration_us (fees->slow_us);

  if (rate != 0 && rate < fees->asked)
    return g_strdup (_("It waits until the network is less busy. Nobody can say how long."));
  if (fees->n_timed == 0)
    return g_strdup (_("Final within seconds, as a rule; no payment was timed on this computer yet."));
  if (fees->n_timed < 3)
    return g_strdup_printf (_("The last payment timed here was final in %s."), median);
  /* Translators: two durations ("0.41 s") and how many payments they were measured of. */
  return g_strdup_printf (ngettext ("Usually final in %s; nine in ten within %s, of the last %u timed here.",
                                    "Usually final in %s; nine in ten within %s, of the last %u timed here.", fees->n_timed), median, slow, fees->n_timed);
}

static Level
level_of (TcSendFee *self)
{
  for (guint i = 0; i < N_LEVELS; i++)
    if (self->levels[i] != NULL && gtk_toggle_button_get_active (self->levels[i]))
      return i;
  return NORMAL;
}

static gboolean
parse_rate (TcSendFee *self, guint64 *ret_rate)
{
  g_autofree char *text = g_strstrip (g_strdup (tc_field_get_text (self->rate)));

  return g_ascii_string_to_unsigned (text, 10, 1, TC_WALLET_FEE_RATE_MAX, ret_rate, NULL);
}

static guint64
rate_of (TcSendFee *self, Level level, const TcWalletFees *fees)
{
  guint64 rate = 1;

  switch (level)
    {
    case PRIORITY:
      return MIN (fees->asked * PRIORITY_FACTOR, TC_WALLET_FEE_RATE_MAX);
    case OWN:
      return parse_rate (self, &rate) ? rate : fees->asked;
    case ECONOMY:
      return 1;
    case NORMAL:
    case N_LEVELS:
    default:
      return fees->asked;
    }
}

static char *
price_text (guint64 rate)
{
  g_autofree char *fee = tc_text_amount_unit (tc_select_fee (ORDINARY_INPUTS, ORDINARY_OUTPUTS, 1, 0, rate));

  return g_strdup_printf (_("About %s for an ordinary payment."), fee);
}

static void
show_level (TcSendFee *self, AdwActionRow *row, Level level, const TcWalletFees *fees)
{
  g_autofree char *price = price_text (rate_of (self, level, fees)), *when = tc_send_fee_time_text (fees, rate_of (self, level, fees));
  g_autofree char *text = NULL;

  if (level == PRIORITY)
    text = g_strdup_printf ("%s\n%s", price, _("No faster than Normal, but not held up if the network gets busier meanwhile."));
  else
    text = g_strdup_printf ("%s\n%s", price, when);
  adw_action_row_set_subtitle (row, text);
}

void
tc_send_fee_update (TcSendFee *self)
{
  const char *const names[N_LEVELS] = { _("Economy"), _("Normal"), _("Priority"), _("Your Own Rate") };
  const Level level = level_of (self);

  if (self->wallet == NULL)
    return;
  const TcWalletFees fees = tc_wallet_get_fees (self->wallet);
  g_autofree char *when = tc_send_fee_time_text (&fees, rate_of (self, level, &fees));
  g_autofree char *text = g_strdup_printf ("%s\n%s", names[level], when);
  adw_action_row_set_subtitle (self->row, text);
  show_level (self, self->economy_row, ECONOMY, &fees);
  show_level (self, self->normal_row, NORMAL, &fees);
  show_level (self, self->priority_row, PRIORITY, &fees);
  adw_action_row_set_subtitle (self->own_row, _("What you choose, in units a byte."));
}

static void
on_change_toggled (TcSendFee *self)
{
  const gboolean open = gtk_toggle_button_get_active (self->change);

  gtk_widget_set_visible (GTK_WIDGET (self->economy_row), open);
  gtk_widget_set_visible (GTK_WIDGET (self->normal_row), open);
  gtk_widget_set_visible (GTK_WIDGET (self->priority_row), open);
  gtk_widget_set_visible (GTK_WIDGET (self->own_row), open);
  gtk_widget_set_visible (GTK_WIDGET (self->rate), open && level_of (self) == OWN);
}

static void
on_toggled (TcSendFee *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->rate), gtk_toggle_button_get_active (self->change) && level_of (self) == OWN);
  tc_send_fee_update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_rate_changed (TcSendFee *self)
{
  g_autofree char *wrong = g_strdup_printf (_("Write a whole number from 1 to %u."), TC_WALLET_FEE_RATE_MAX);
  guint64 rate = 0;
  const gboolean good = parse_rate (self, &rate);

  if (good)
    {
      g_autofree char *price = price_text (rate);

      tc_field_set_hint (self->rate, price);
    }
  tc_field_show_verdict (self->rate, good ? TC_FIELD_GOOD : *tc_field_get_text (self->rate) == '\0' ? TC_FIELD_EMPTY : TC_FIELD_BAD, wrong, TRUE);
  tc_send_fee_update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
tc_send_fee_dispose (GObject *object)
{
  g_clear_object (&TC_SEND_FEE (object)->wallet);
  G_OBJECT_CLASS (tc_send_fee_parent_class)->dispose (object);
}

static void
tc_send_fee_class_init (TcSendFeeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  G_OBJECT_CLASS (klass)->dispose = tc_send_fee_dispose;
  signals[CHANGED] = g_signal_new ("changed", TC_TYPE_SEND_FEE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/send-fee.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, row);
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, economy_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, normal_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, priority_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, own_row);
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, change);
  gtk_widget_class_bind_template_child (widget_class, TcSendFee, rate);
  gtk_widget_class_bind_template_callback (widget_class, on_change_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_changed);
}

static void
tc_send_fee_init (TcSendFee *self)
{
  AdwActionRow *rows[N_LEVELS];

  gtk_widget_init_template (GTK_WIDGET (self));
  rows[ECONOMY] = self->economy_row;
  rows[NORMAL] = self->normal_row;
  rows[PRIORITY] = self->priority_row;
  rows[OWN] = self->own_row;
  for (guint i = 0; i < N_LEVELS; i++)
    {
      GtkWidget *tick = tc_tick_new (TRUE, NULL);

      self->levels[i] = GTK_TOGGLE_BUTTON (tick);
      gtk_toggle_button_set_group (self->levels[i], i == 0 ? NULL : self->levels[0]);
      gtk_accessible_update_property (GTK_ACCESSIBLE (tick), GTK_ACCESSIBLE_PROPERTY_LABEL, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (rows[i])), -1);
      adw_action_row_add_prefix (rows[i], tick);
      adw_action_row_set_activatable_widget (rows[i], tick);
    }
  gtk_toggle_button_set_active (self->levels[NORMAL], TRUE);
  for (guint i = 0; i < N_LEVELS; i++)
    g_signal_connect_swapped (self->levels[i], "toggled", G_CALLBACK (on_toggled), self);
}

void
tc_send_fee_set_wallet (TcSendFee *self, TcWallet *wallet)
{
  g_set_object (&self->wallet, wallet);
  tc_send_fee_update (self);
}

guint64
tc_send_fee_get_rate (TcSendFee *self)
{
  const TcWalletFees fees = tc_wallet_get_fees (self->wallet);
  const Level level = level_of (self);

  return level == NORMAL ? 0 : rate_of (self, level, &fees);
}

gboolean
tc_send_fee_is_good (TcSendFee *self)
{
  guint64 rate;

  return level_of (self) != OWN || parse_rate (self, &rate);
}

void
tc_send_fee_reset (TcSendFee *self)
{
  gtk_toggle_button_set_active (self->levels[NORMAL], TRUE);
  gtk_toggle_button_set_active (self->change, FALSE);
  tc_field_set_text (self->rate, "");
}
