#define G_LOG_DOMAIN "tc-ui"
#include "lock-page.h"

#include <glib/gi18n.h>

#include "compat.h"
#include "helpers.h"
#include "keyring.h"

#define FREE_ATTEMPTS 3u   /* then each takes a wait, twice as long as the one before */
#define WAIT_MAX_S    60u

struct _TcLockPage
{
  AdwBin       parent_instance;
  GtkLabel    *name, *message;
  GtkEditable *password;
  GtkWidget   *unlock, *spinner, *network_mark, *remember_row;
  GtkSwitch   *remember;
  TcWallet    *wallet;
  TcSecretString *tried;    /* (nullable): on its way to the wallet */
  guint        serial;   /* how often it was shown */
  guint        n_wrong;  /* in a row */
  guint        wait_s;   /* until the next attempt */
  guint        timer;
};

G_DEFINE_FINAL_TYPE (TcLockPage, tc_lock_page, ADW_TYPE_BIN)

enum { UNLOCKED, FORGOTTEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
set_busy (TcLockPage *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->password), !busy);
  gtk_widget_set_sensitive (self->unlock, !busy && self->wait_s == 0 && gtk_editable_get_text (self->password)[0] != '\0');
  gtk_widget_set_visible (self->spinner, busy);
}

static void
set_message (TcLockPage *self, const char *text)
{
  gtk_label_set_text (self->message, text);
  if (text[0] != '\0')
    gtk_widget_add_css_class (GTK_WIDGET (self->password), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->password), "error");
}

/* --- The keyring: only where the user asks for it --- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_keyring_store_finish (result, &error))
    g_warning ("the keyring does not take the password: %s", error->message);
}

static void
store (TcLockPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);

  if (self->tried != NULL && gtk_switch_get_active (self->remember))
    tc_keyring_store_async (snapshot->path, self->tried, on_stored, NULL);
}

static void
on_keyring (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcLockPage) self = user_data;

  gtk_widget_set_visible (self->remember_row, tc_keyring_check_finish (result));
}

/* --- Unlocking --- */

static void try_password (TcLockPage *self, TcSecretString *password);

static void
stop_waiting (TcLockPage *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->wait_s = 0;
}

static void
say_wait (TcLockPage *self)
{
  g_autofree char *text = g_strdup_printf (ngettext ("That is not the password. Try again in %u second.", "That is not the password. Try again in %u seconds.",
                                                     self->wait_s), self->wait_s);

  set_message (self, text);
}

static gboolean
on_second (gpointer user_data)
{
  TcLockPage *self = user_data;

  if (--self->wait_s > 0)
    {
      say_wait (self);
      return G_SOURCE_CONTINUE;
    }
  self->timer = 0;
  set_message (self, _("That is not the password. Try again."));
  set_busy (self, FALSE);
  tc_lock_page_focus (self);
  return G_SOURCE_REMOVE;
}

/* Who sits before somebody else's computer does not try one password after the other. */
static void
refuse (TcLockPage *self)
{
  self->n_wrong++;
  if (self->n_wrong < FREE_ATTEMPTS)
    {
      set_message (self, _("That is not the password. Try again."));
      return;
    }
  self->wait_s = MIN (1u << MIN (self->n_wrong - FREE_ATTEMPTS, 6u), WAIT_MAX_S);
  self->timer = g_timeout_add_seconds (1, on_second, self);
  gtk_widget_set_sensitive (self->unlock, FALSE);
  say_wait (self);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcLockPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (TC_WALLET (source) != self->wallet)
    return;
  set_busy (self, FALSE);
  if (tc_wallet_unlock_finish (TC_WALLET (source), result, &error))
    {
      store (self);
      g_clear_pointer (&self->tried, tc_secret_string_unref);
      self->n_wrong = 0;
      g_signal_emit (self, signals[UNLOCKED], 0);
      return;
    }
  g_clear_pointer (&self->tried, tc_secret_string_unref);
  if (g_error_matches (error, TC_WALLET_ERROR, TC_WALLET_ERROR_PASSWORD))
    refuse (self);
  else
    set_message (self, error->message);
  tc_lock_page_focus (self);
}

static void
on_unlock (TcLockPage *self)
{
  g_autoptr(TcSecretString) password = NULL;

  if (gtk_editable_get_text (self->password)[0] == '\0' || self->wait_s > 0)
    return;
  password = tc_take_secret (self->password);
  try_password (self, password);
}

static void
try_password (TcLockPage *self, TcSecretString *password)
{
  g_clear_pointer (&self->tried, tc_secret_string_unref);
  self->tried = tc_secret_string_ref (password);
  set_message (self, "");
  set_busy (self, TRUE);
  tc_wallet_unlock (self->wallet, password, NULL, on_unlocked, g_object_ref (self));
}

typedef struct
{
  TcLockPage *page;
  TcWallet   *wallet;
  guint       serial;
} Lookup;

/* A password that does not fit any more is as good as none: the user is asked, as without. The keyring may have waited for its own: what was locked meanwhile
 * stays locked. */
static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lookup *lookup = user_data;
  g_autoptr(TcLockPage) self = lookup->page;
  g_autoptr(TcWallet) wallet = lookup->wallet;
  g_autoptr(TcSecretString) password = tc_keyring_lookup_finish (result, NULL);
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);
  const gboolean wanted = lookup->serial == self->serial;

  g_free (lookup);
  if (password != NULL && wanted && wallet == self->wallet && snapshot->locked && self->tried == NULL)
    try_password (self, password);
}

void
tc_lock_page_try_remembered (TcLockPage *self)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (self->wallet);
  Lookup *lookup = g_new0 (Lookup, 1);

  lookup->page = g_object_ref (self);
  lookup->wallet = g_object_ref (self->wallet);
  lookup->serial = self->serial;
  tc_keyring_lookup_async (snapshot->path, NULL, on_looked_up, lookup);
}

static void
on_changed (TcLockPage *self)
{
  const gboolean any = gtk_editable_get_text (self->password)[0] != '\0';

  gtk_widget_set_sensitive (self->unlock, any && self->wait_s == 0);
  if (any && self->wait_s == 0)
    set_message (self, "");
}

static void
on_forgotten (TcLockPage *self)
{
  g_signal_emit (self, signals[FORGOTTEN], 0);
}

void
tc_lock_page_set_wallet (TcLockPage *self, TcWallet *wallet, gboolean play_money)
{
  g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (wallet);

  g_return_if_fail (TC_IS_LOCK_PAGE (self));

  self->serial++;
  if (g_set_object (&self->wallet, wallet))
    {
      stop_waiting (self);
      self->n_wrong = 0;
    }
  gtk_label_set_text (self->name, snapshot->name);
  gtk_widget_set_visible (self->network_mark, play_money);
  gtk_editable_set_text (self->password, "");
  gtk_switch_set_active (self->remember, FALSE);
  g_clear_pointer (&self->tried, tc_secret_string_unref);
  set_message (self, "");
  set_busy (self, FALSE);
  tc_keyring_check_async (on_keyring, g_object_ref (self));
}

void
tc_lock_page_focus (TcLockPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

static void
tc_lock_page_dispose (GObject *object)
{
  g_clear_pointer (&TC_LOCK_PAGE (object)->tried, tc_secret_string_unref);
  stop_waiting (TC_LOCK_PAGE (object));
  g_clear_object (&TC_LOCK_PAGE (object)->wallet);
  G_OBJECT_CLASS (tc_lock_page_parent_class)->dispose (object);
}

static void
tc_lock_page_class_init (TcLockPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_lock_page_dispose;
  signals[UNLOCKED] = g_signal_new ("unlocked", TC_TYPE_LOCK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FORGOTTEN] = g_signal_new ("forgotten", TC_TYPE_LOCK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/lock-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, name);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, message);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, password);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, unlock);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, network_mark);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, remember);
  gtk_widget_class_bind_template_child (widget_class, TcLockPage, remember_row);
  gtk_widget_class_bind_template_callback (widget_class, on_unlock);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_forgotten);
}

static void
tc_lock_page_init (TcLockPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_compat_entry_row_expose (self->password);
}
