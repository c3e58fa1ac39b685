#define G_LOG_DOMAIN "tc-ui"
#include "coins-page.h"

#include <glib/gi18n.h>

#include "coin-item.h"
#include "helpers.h"
#include "notice.h"
#include "text.h"

#define SMALL_UNITS TC_AMOUNT_PER_TIME

struct _TcCoinsPage
{
  AdwBin           parent_instance;
  GtkLabel        *sum;
  GtkWidget       *back, *join, *freeze, *unfreeze, *use, *bar;
  GtkPopover      *join_popover;
  GtkToggleButton *all;
  GtkStack        *stack;
  GtkColumnView   *view;
  TcNotice        *notice;
  TcWallet        *wallet;
  GListStore      *items;      /* of TcCoinItem */
  GPtrArray       *coins;      /* (nullable) (element-type TcWalletCoin): theirs */
  GHashTable      *wanted;     /* (element-type TcOutpoint): to be picked once the coins are there */
  guint32          account;
  guint64          serial;     /* of the question under way */
  gboolean         picking;    /* many at once: the sum is told at the end */
  gboolean         hidden, opened;
};

G_DEFINE_FINAL_TYPE (TcCoinsPage, tc_coins_page, ADW_TYPE_BIN)

enum { BACK, USE, JOIN, N_SIGNALS };
static guint signals[N_SIGNALS];

static TcCoinItem *
item_at (TcCoinsPage *self, guint i)
{
  g_autoptr(TcCoinItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

  return item;  /* the store holds it */
}

static guint
n_items (TcCoinsPage *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

/* --- The sum ------------------------------------------------------------------------------------------------------------------------ */

static void
show_sum (TcCoinsPage *self, guint n, TcAmount sum)
{
  g_autofree char *amount = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (sum), *text = NULL;

  if (n == 0)
    text = g_strdup_printf (ngettext ("%u coin", "%u coins", n_items (self)), n_items (self));
  else
    /* Translators: coins that are picked, and what they hold together. */
    text = g_strdup_printf (ngettext ("%u coin: %s", "%u coins: %s", n), n, amount);
  gtk_label_set_text (self->sum, text);
}

static void
update (TcCoinsPage *self)
{
  guint n = 0, n_frozen = 0, n_able = 0;
  TcAmount sum = { 0 };

  if (self->picking)
    return;
  for (guint i = 0; i < n_items (self); i++)
    {
      TcCoinItem *item = item_at (self, i);

      n_able += tc_coin_item_can_pick (item) ? 1 : 0;
      if (!tc_coin_item_get_picked (item))
        continue;
      n++;
      n_frozen += tc_coin_item_get_coin (item)->frozen ? 1 : 0;
      if (!tc_amount_add (sum, tc_coin_item_get_coin (item)->amount, &sum))
        sum.units = TC_AMOUNT_MAX_UNITS;
    }
  show_sum (self, n, sum);
  gtk_widget_set_sensitive (self->freeze, n > n_frozen);
  gtk_widget_set_sensitive (self->unfreeze, n_frozen > 0);
  gtk_widget_set_sensitive (self->use, n > 0 && n_frozen == 0 && n <= TC_WALLET_COINS_MAX);
  gtk_widget_set_tooltip_text (self->use, n_frozen > 0 ? _("Unfreeze the frozen ones first") : n > TC_WALLET_COINS_MAX ? _("These are more than one payment can spend") : NULL);
  self->picking = TRUE;
  gtk_toggle_button_set_active (self->all, n_able > 0 && n == n_able);
  self->picking = FALSE;
}

/* --- Cells -------------------------------------------------------------------------------------------------------------------------- */

static void
setup_check (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  gtk_list_item_set_child (list_item, tc_tick_new (FALSE, NULL));
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
bind_check (GtkSignalListItemFactory *factory, GtkListItem *list_item, TcCoinsPage *self)
{
  TcCoinItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *check = gtk_list_item_get_child (list_item);
  g_autofree char *amount = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount_unit (tc_coin_item_get_coin (item)->amount);
  /* Translators: a check button that picks a coin: what it holds, and its state. */
  g_autofree char *name = g_strdup_printf (_("%s, %s"), amount, tc_coin_item_state_text (item));

  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_sensitive (check, tc_coin_item_can_pick (item));
  g_object_set_data_full (G_OBJECT (check), "binding",
                          g_object_ref (g_object_bind_property (item, "picked", check, "active", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE)), g_object_unref);
}

static void
unbind_check (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *check = gtk_list_item_get_child (list_item);
  GBinding *binding = check != NULL ? g_object_get_data (G_OBJECT (check), "binding") : NULL;

  if (binding != NULL)
    g_binding_unbind (binding);
  if (check != NULL)
    g_object_set_data (G_OBJECT (check), "binding", NULL);
}

static void
setup_lines (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *first = gtk_label_new (NULL), *second = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (first), 0);
  gtk_label_set_xalign (GTK_LABEL (second), 0);
  gtk_label_set_ellipsize (GTK_LABEL (first), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_ellipsize (GTK_LABEL (second), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (second, "caption");
  gtk_widget_add_css_class (second, "dim-label");
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_list_item_set_child (list_item, box);
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
set_lines (GtkListItem *list_item, const char *first, const char *second, const char *css_class)
{
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));

  gtk_label_set_text (GTK_LABEL (label), first);
  gtk_widget_add_css_class (label, css_class);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (label)), second);
}

static void
bind_amount (GtkSignalListItemFactory *factory, GtkListItem *list_item, TcCoinsPage *self)
{
  TcCoinItem *item = gtk_list_item_get_item (list_item);
  g_autofree char *amount = self->hidden ? g_strdup (TC_HIDDEN_AMOUNT) : tc_text_amount (tc_coin_item_get_coin (item)->amount);

  set_lines (list_item, amount, tc_coin_item_state_text (item), "amount");
}

static void
bind_address (GtkSignalListItemFactory *factory, GtkListItem *list_item, TcCoinsPage *self)
{
  const TcWalletCoin *coin = tc_coin_item_get_coin (gtk_list_item_get_item (list_item));
  g_autofree char *age = tc_text_when (coin->time_ms, g_get_real_time () / 1000);
  /* Translators: when a coin came in, and that it is change of a payment. */
  g_autofree char *text = coin->change ? g_strdup_printf (_("%s, change"), age) : g_strdup (age);

  set_lines (list_item, coin->address, text, "address-small");
}

static int
compare_amounts (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const guint64 x = tc_coin_item_get_coin ((gpointer) a)->amount.units, y = tc_coin_item_get_coin ((gpointer) b)->amount.units;

  return (x > y) - (x < y);
}

static int
compare_ages (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const gint64 x = tc_coin_item_get_coin ((gpointer) a)->time_ms, y = tc_coin_item_get_coin ((gpointer) b)->time_ms;

  return (x > y) - (x < y);
}

static GtkColumnViewColumn *
add_column (TcCoinsPage *self, const char *title, void (*setup) (GtkSignalListItemFactory *, GtkListItem *),
            void (*bind) (GtkSignalListItemFactory *, GtkListItem *, TcCoinsPage *), GCompareDataFunc compare)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind), self);
  column = gtk_column_view_column_new (title, factory);
  if (compare != NULL)
    {
      g_autoptr(GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
  else
    g_signal_connect (factory, "unbind", G_CALLBACK (unbind_check), NULL);
  gtk_column_view_append_column (self->view, column);
  return column;
}

static void
make_columns (TcCoinsPage *self)
{
  g_autoptr(GListModel) model = NULL;

  add_column (self, NULL, setup_check, bind_check, NULL);
  GtkColumnViewColumn *amount = add_column (self, _("Amount in TIME"), setup_lines, bind_amount, compare_amounts);
  GtkColumnViewColumn *address = add_column (self, _("Address and Age"), setup_lines, bind_address, compare_ages);
  gtk_column_view_column_set_expand (amount, TRUE);
  gtk_column_view_column_set_expand (address, TRUE);
  model = G_LIST_MODEL (gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->items)), g_object_ref (gtk_column_view_get_sorter (self->view))));
  GtkSelectionModel *none = GTK_SELECTION_MODEL (gtk_no_selection_new (g_steal_pointer (&model)));
  gtk_column_view_set_model (self->view, none);
  g_object_unref (none);
  gtk_column_view_sort_by_column (self->view, amount, GTK_SORT_DESCENDING);
}

/* --- Reading ------------------------------------------------------------------------------------------------------------------------ */

static void
keep_wanted (TcCoinsPage *self)
{
  for (guint i = 0; i < n_items (self); i++)
    if (tc_coin_item_get_picked (item_at (self, i)))
      g_hash_table_add (self->wanted, g_memdup2 (&tc_coin_item_get_coin (item_at (self, i))->outpoint, sizeof (TcOutpoint)));
}

static gboolean
looks_same (const TcWalletCoin *a, const TcWalletCoin *b)
{
  return a->frozen == b->frozen && a->spendable == b->spendable && a->taken == b->taken && a->state == b->state;
}

/* Where the coins are those shown, rows stay where they are, and only those that look otherwise are made anew: somebody may be about to press one.
 * Returns: FALSE where there are other coins. */
static gboolean
update_coins (TcCoinsPage *self, GPtrArray *coins)
{
  g_autoptr(GHashTable) now = g_hash_table_new (tc_outpoint_hash, tc_outpoint_equal);
  GPtrArray *old = self->coins;

  for (guint i = 0; i < coins->len; i++)
    g_hash_table_insert (now, &((TcWalletCoin *) g_ptr_array_index (coins, i))->outpoint, g_ptr_array_index (coins, i));
  for (guint i = 0; i < n_items (self); i++)
    if (!g_hash_table_contains (now, &tc_coin_item_get_coin (item_at (self, i))->outpoint))
      return FALSE;
  if (n_items (self) != coins->len)
    return FALSE;
  for (guint i = 0; i < n_items (self); i++)
    {
      g_autoptr(TcCoinItem) item = g_object_ref (item_at (self, i));
      const TcWalletCoin *before = tc_coin_item_get_coin (item), *after = g_hash_table_lookup (now, &before->outpoint);

      tc_coin_item_set_coin (item, after);
      if (!looks_same (before, after))
        g_list_store_splice (self->items, i, 1, (gpointer *) &item, 1);
    }
  self->coins = g_ptr_array_ref (coins);
  g_ptr_array_unref (old);
  update (self);
  return TRUE;
}

static void
take_coins (TcCoinsPage *self, GPtrArray *coins)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *old = self->coins;

  keep_wanted (self);
  for (guint i = 0; i < coins->len; i++)
    {
      TcCoinItem *item = tc_coin_item_new (g_ptr_array_index (coins, i));

      tc_coin_item_set_picked (item, g_hash_table_contains (self->wanted, &tc_coin_item_get_coin (item)->outpoint));
      g_signal_connect_object (item, "notify::picked", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_ptr_array_add (items, item);
    }
  g_hash_table_remove_all (self->wanted);
  g_list_store_splice (self->items, 0, n_items (self), items->pdata, items->len);
  self->coins = g_ptr_array_ref (coins);
  g_clear_pointer (&old, g_ptr_array_unref);
  gtk_stack_set_visible_child_name (self->stack, coins->len > 0 ? "coins" : "empty");
  gtk_widget_set_sensitive (self->bar, coins->len > 0);
  gtk_widget_set_sensitive (self->join, coins->len > 1);
  update (self);
}

typedef struct
{
  TcCoinsPage *page;
  guint64      serial;
  gboolean     anew;   /* also where the coins are the same */
} Question;

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr(TcCoinsPage) self = question->page;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) coins = tc_wallet_list_coins_finish (TC_WALLET (source), result, &error);

  if (question->serial != self->serial || !self->opened)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->notice), coins == NULL);
  if (coins != NULL && (question->anew || self->coins == NULL || !update_coins (self, coins)))
    take_coins (self, coins);
  else if (coins == NULL)
    tc_notice_set (self->notice, TC_NOTICE_ERROR, error->message, NULL);
}

static void
read_coins (TcCoinsPage *self, gboolean anew)
{
  Question *question = g_new0 (Question, 1);

  *question = (Question) { g_object_ref (self), ++self->serial, anew };
  tc_wallet_list_coins (self->wallet, self->account, on_listed, question);
}

static void
on_wallet_changed (TcCoinsPage *self)
{
  if (self->opened && gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_coins (self, FALSE);
}

/* --- What is pressed ------------------------------------------------------------------------------------------------------------------ */

static void
on_back (TcCoinsPage *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
on_use (TcCoinsPage *self)
{
  g_signal_emit (self, signals[USE], 0);
}

static void
on_join_small (TcCoinsPage *self)
{
  gtk_popover_popdown (self->join_popover);
  g_signal_emit (self, signals[JOIN], 0, (guint64) SMALL_UNITS);
}

static void
on_join_all (TcCoinsPage *self)
{
  gtk_popover_popdown (self->join_popover);
  g_signal_emit (self, signals[JOIN], 0, (guint64) 0);
}

static void
on_all_toggled (TcCoinsPage *self)
{
  const gboolean all = gtk_toggle_button_get_active (self->all);

  if (self->picking)
    return;
  self->picking = TRUE;
  for (guint i = 0; i < n_items (self); i++)
    tc_coin_item_set_picked (item_at (self, i), all);
  self->picking = FALSE;
  update (self);
}

static void
on_frozen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcCoinsPage) self = user_data;
  g_autoptr(GError) error = NULL;
  const gboolean ok = tc_wallet_set_coin_frozen_finish (TC_WALLET (source), result, &error);

  if (!self->opened)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->notice), !ok);
  if (!ok)
    tc_notice_set (self->notice, TC_NOTICE_ERROR, error->message, NULL);
  read_coins (self, FALSE);
}

static void
set_frozen (TcCoinsPage *self, gboolean frozen)
{
  g_autoptr(GArray) outpoints = g_array_new (FALSE, FALSE, sizeof (TcOutpoint));

  for (guint i = 0; i < n_items (self); i++)
    if (tc_coin_item_get_picked (item_at (self, i)))
      g_array_append_val (outpoints, tc_coin_item_get_coin (item_at (self, i))->outpoint);
  if (outpoints->len > 0)
    tc_wallet_set_coin_frozen (self->wallet, (const TcOutpoint *) outpoints->data, outpoints->len, frozen, on_frozen, g_object_ref (self));
}

static void
on_freeze (TcCoinsPage *self)
{
  set_frozen (self, TRUE);
}

static void
on_unfreeze (TcCoinsPage *self)
{
  set_frozen (self, FALSE);
}

/* --- */

static void
tc_coins_page_dispose (GObject *object)
{
  TcCoinsPage *self = TC_COINS_PAGE (object);

  self->opened = FALSE;
  if (self->items != NULL)
    g_list_store_remove_all (self->items);
  g_clear_object (&self->items);
  g_clear_pointer (&self->coins, g_ptr_array_unref);
  g_clear_pointer (&self->wanted, g_hash_table_unref);
  g_clear_object (&self->wallet);
  G_OBJECT_CLASS (tc_coins_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, sum);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, back);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, join);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, join_popover);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, freeze);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, unfreeze);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, use);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, bar);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, all);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, view);
  gtk_widget_class_bind_template_child (widget_class, TcCoinsPage, notice);
}

static void
tc_coins_page_class_init (TcCoinsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_coins_page_dispose;
  signals[BACK] = g_signal_new ("back", TC_TYPE_COINS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[USE] = g_signal_new ("use", TC_TYPE_COINS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[JOIN] = g_signal_new ("join", TC_TYPE_COINS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/coins-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_use);
  gtk_widget_class_bind_template_callback (widget_class, on_join_small);
  gtk_widget_class_bind_template_callback (widget_class, on_join_all);
  gtk_widget_class_bind_template_callback (widget_class, on_all_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_freeze);
  gtk_widget_class_bind_template_callback (widget_class, on_unfreeze);
}

static void
tc_coins_page_init (TcCoinsPage *self)
{
  self->items = g_list_store_new (TC_TYPE_COIN_ITEM);
  self->wanted = g_hash_table_new_full (tc_outpoint_hash, tc_outpoint_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  make_columns (self);
}

void
tc_coins_page_set_wallet (TcCoinsPage *self, TcWallet *wallet)
{
  g_return_if_fail (TC_IS_COINS_PAGE (self));

  g_set_object (&self->wallet, wallet);
  g_signal_connect_object (wallet, "changed", G_CALLBACK (on_wallet_changed), self, G_CONNECT_SWAPPED);
}

void
tc_coins_page_open (TcCoinsPage *self, guint32 account, GArray *picked)
{
  g_return_if_fail (TC_IS_COINS_PAGE (self));

  tc_coins_page_empty (self);
  self->opened = TRUE;
  self->account = account;
  for (guint i = 0; picked != NULL && i < picked->len; i++)
    g_hash_table_add (self->wanted, g_memdup2 (&g_array_index (picked, TcOutpoint, i), sizeof (TcOutpoint)));
  gtk_stack_set_visible_child_name (self->stack, "busy");
  read_coins (self, TRUE);
}

void
tc_coins_page_empty (TcCoinsPage *self)
{
  self->opened = FALSE;
  g_list_store_remove_all (self->items);
  g_clear_pointer (&self->coins, g_ptr_array_unref);
  g_hash_table_remove_all (self->wanted);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), FALSE);
  update (self);
}

void
tc_coins_page_set_hidden (TcCoinsPage *self, gboolean hidden)
{
  self->hidden = hidden;
  if (self->opened)
    read_coins (self, TRUE);
}

void
tc_coins_page_focus (TcCoinsPage *self)
{
  gtk_widget_grab_focus (self->back);
}

GPtrArray *
tc_coins_page_get_picked (TcCoinsPage *self)
{
  GPtrArray *picked = g_ptr_array_new ();

  for (guint i = 0; i < n_items (self); i++)
    if (tc_coin_item_get_picked (item_at (self, i)))
      g_ptr_array_add (picked, (gpointer) tc_coin_item_get_coin (item_at (self, i)));
  return picked;
}
