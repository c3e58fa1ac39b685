#define G_LOG_DOMAIN "tc-ui"
#include "welcome.h"

#include <string.h>

#include <glib/gi18n.h>

#include "compat.h"
#include "date-field.h"
#include "field.h"
#include "helpers.h"
#include "notice.h"
#include "passphrase-fields.h"
#include "password-fields.h"
#include "phrase-grid.h"
#include "phrase-quiz.h"
#include "wallet-maker.h"
#include "welcome-watch.h"
#include "word-entries.h"

struct _TcWelcome
{
  AdwBin            parent_instance;
  AdwWindowTitle   *title;
  GtkWidget        *back, *bar, *next, *skip, *network_mark, *open_group, *try_button;
  GtkLabel         *headline;
  GtkStack         *stack;
  GtkBox           *networks_box, *open_box;
  TcPhraseGrid     *grid;
  TcPhraseQuiz     *quiz;
  TcWordEntries    *words;
  GtkWidget        *counts;
  GtkToggleButton  *count_buttons[5];
  GtkLabel         *words_message;
  TcField          *name;
  TcDateField      *birthday;
  TcPasswordFields *password;
  TcPassphraseFields *passphrase;
  TcNotice         *error;
  TcSession        *session;
  GPtrArray        *networks;
  gboolean          restoring;
  TcSessionNetwork *network;      /* chosen: of `networks` */
  TcSecretString   *phrase;
  gboolean          quiz_passed;
  GQueue            visited;      /* of char *: the pages before */
};

G_DEFINE_FINAL_TYPE (TcWelcome, tc_welcome, ADW_TYPE_BIN)

enum { WALLET, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *const create_pages[] = { "network", "count", "words", "quiz", "name", "password", NULL };
static const char *const restore_pages[] = { "network", "restore", "birthday", "name", "password", NULL };
static const guint counts[] = { 12, 15, 18, 21, 24 };

/* --- Going from page to page --- */

static const char *
current_page (TcWelcome *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  return name == NULL ? "start" : name;
}

static gboolean
is_ready (TcWelcome *self)
{
  gint64 birthday_ms;
  const char *page = current_page (self);

  if (strcmp (page, "quiz") == 0)
    return tc_phrase_quiz_is_passed (self->quiz);
  if (strcmp (page, "restore") == 0)
    return tc_word_entries_is_complete (self->words);
  if (strcmp (page, "birthday") == 0)
    return tc_date_field_get (self->birthday, &birthday_ms) && birthday_ms <= g_get_real_time () / 1000;
  if (strcmp (page, "name") == 0)
    return tc_wallet_name_is_good (tc_field_get_text (self->name));
  if (strcmp (page, "password") == 0)
    return tc_password_fields_is_ready (self->password) && tc_passphrase_fields_is_ready (self->passphrase);
  return TRUE;
}

static void
update_bar (TcWelcome *self)
{
  const char *page = current_page (self);
  const gboolean asks = g_strv_contains ((const char *const[]) { "words", "quiz", "restore", "birthday", "name", "password", NULL }, page);
  const gboolean last = strcmp (page, "password") == 0;

  gtk_widget_set_visible (self->bar, asks);
  gtk_widget_set_visible (self->skip, last && self->network != NULL && strcmp (self->network->name, TC_SESSION_LOCAL) == 0);
  gtk_widget_set_sensitive (self->next, is_ready (self));
  gtk_widget_set_sensitive (self->skip, tc_passphrase_fields_is_ready (self->passphrase));
  gtk_button_set_label (GTK_BUTTON (self->next), last ? (self->restoring ? _("_Restore Wallet") : _("_Create Wallet")) : _("_Continue"));
  gtk_widget_set_visible (self->back, strcmp (page, "start") != 0 && strcmp (page, "working") != 0);
  gtk_widget_set_visible (self->network_mark,
                          self->network != NULL && strcmp (self->network->name, TC_SESSION_LOCAL) == 0 && strcmp (page, "network") != 0);
}

static void
focus_page (TcWelcome *self)
{
  const char *page = current_page (self);

  tc_passphrase_fields_set_new (self->passphrase, !self->restoring);
  if (strcmp (page, "quiz") == 0)
    tc_phrase_quiz_focus (self->quiz);
  else if (strcmp (page, "restore") == 0)
    tc_word_entries_focus (self->words, 0);
  else if (strcmp (page, "name") == 0)
    gtk_widget_grab_focus (tc_field_get_entry (self->name));
  else if (strcmp (page, "birthday") == 0)
    tc_date_field_focus (self->birthday);
  else if (strcmp (page, "password") == 0)
    tc_password_fields_focus (self->password);
  else if (strcmp (page, "words") == 0)
    gtk_widget_grab_focus (self->next);
}

static void
set_error (TcWelcome *self, const char *message)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
  if (message != NULL)
    tc_notice_set (self->error, TC_NOTICE_ERROR, message, NULL);
}

static void
show_page (TcWelcome *self, const char *page)
{
  set_error (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, page);
  update_bar (self);
  focus_page (self);
}

static void
go_to (TcWelcome *self, const char *page)
{
  g_queue_push_tail (&self->visited, g_strdup (current_page (self)));
  show_page (self, page);
}

static void
forget_secrets (TcWelcome *self)
{
  g_clear_pointer (&self->phrase, tc_secret_string_unref);
  tc_phrase_grid_set_phrase (self->grid, NULL);
  tc_phrase_quiz_set_phrase (self->quiz, NULL);
  tc_word_entries_clear (self->words);
  tc_password_fields_clear (self->password);
  tc_passphrase_fields_clear (self->passphrase);
  tc_date_field_clear (self->birthday);
  self->quiz_passed = FALSE;
}

/* What the session settled already; else nothing. */
static TcSessionNetwork *
settled_network (TcWelcome *self)
{
  const char *current = tc_session_get_network (self->session);

  return current == NULL ? NULL : tc_session_network_find (self->networks, current);
}

gboolean
tc_welcome_back (TcWelcome *self)
{
  g_autofree char *page = NULL;

  g_return_val_if_fail (TC_IS_WELCOME (self), FALSE);

  page = g_queue_pop_tail (&self->visited);
  if (page == NULL)
    return FALSE;
  if (strcmp (page, "start") == 0)
    {
      forget_secrets (self);
      self->network = settled_network (self);
    }
  show_page (self, page);
  return TRUE;
}

static void
go_next (TcWelcome *self)
{
  const char *const *pages = self->restoring ? restore_pages : create_pages;
  const char *here = current_page (self);
  guint i = 0;

  if (strcmp (here, "start") != 0)
    {
      while (pages[i] != NULL && strcmp (pages[i], here) != 0)
        i++;
      i++;
    }
  /* Where the network is settled already there is nothing to ask. */
  if (pages[i] != NULL && strcmp (pages[i], "network") == 0 && self->network != NULL)
    i++;
  go_to (self, pages[i]);
}

/* --- Choices --- */

static GtkWidget *
make_choice (const char *icon, const char *title, const char *subtitle, gboolean usable)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *title_label = gtk_label_new (title), *subtitle_label = gtk_label_new (subtitle), *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_image_set_pixel_size (GTK_IMAGE (image), 24);
  gtk_label_set_xalign (GTK_LABEL (title_label), 0);
  gtk_label_set_wrap (GTK_LABEL (title_label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (subtitle_label), 0);
  gtk_label_set_wrap (GTK_LABEL (subtitle_label), TRUE);
  gtk_widget_add_css_class (title_label, "heading");
  gtk_widget_add_css_class (subtitle_label, "caption");
  gtk_widget_add_css_class (subtitle_label, "dim-label");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), title_label);
  gtk_box_append (GTK_BOX (words), subtitle_label);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), arrow);
  gtk_widget_set_visible (arrow, usable);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "choice");
  gtk_widget_set_sensitive (button, usable);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  return button;
}

static void
on_network_chosen (GtkButton *button, TcWelcome *self)
{
  g_autofree char *name = NULL;

  self->network = g_object_get_data (G_OBJECT (button), "network");
  name = tc_wallet_free_name (_("My wallet"), self->network->wallets);
  tc_field_set_text (self->name, name);
  go_next (self);
}

static void
show_networks (TcWelcome *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->networks_box))) != NULL)
    gtk_box_remove (self->networks_box, child);
  for (guint i = 0; i < self->networks->len; i++)
    {
      TcSessionNetwork *network = self->networks->pdata[i];
      const gboolean local = strcmp (network->name, TC_SESSION_LOCAL) == 0;
      const char *subtitle = network->note != NULL ? network->note
                             : local ? _("Play money, to try everything. Four masternodes run inside this application, on this computer alone.")
                             : network->address_digit == '0' ? _("Test money, worth nothing.")
                                                             : _("Money that counts.");
      GtkWidget *button = make_choice (local ? "computer-symbolic" : "network-workgroup-symbolic", network->title, subtitle, network->usable);

      g_object_set_data (G_OBJECT (button), "network", network);
      g_signal_connect (button, "clicked", G_CALLBACK (on_network_chosen), self);
      gtk_box_append (self->networks_box, button);
    }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWelcome) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_make_finish (result, &error);

  if (wallet != NULL)
    g_signal_emit (self, signals[WALLET], 0, wallet, self->network->name);
  else
    {
      show_page (self, "start");
      set_error (self, error->message);
    }
}

static void
on_open_clicked (GtkButton *button, TcWelcome *self)
{
  self->network = g_object_get_data (G_OBJECT (button), "network");
  gtk_stack_set_visible_child_name (self->stack, "working");
  update_bar (self);
  tc_wallet_find_async (self->session, self->network->name, g_object_get_data (G_OBJECT (button), "name"), on_opened, g_object_ref (self));
}

static void
add_wallet_to_open (TcWelcome *self, TcSessionNetwork *network, const char *name)
{
  const gboolean local = strcmp (network->name, TC_SESSION_LOCAL) == 0;
  GtkWidget *button = make_choice ("folder-open-symbolic", name, local ? _("On the network on this computer, play money") : network->title, TRUE);

  g_object_set_data (G_OBJECT (button), "network", network);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (name), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_open_clicked), self);
  gtk_box_append (self->open_box, button);
}

static void
show_wallets (TcWelcome *self)
{
  const char *current = tc_session_get_network (self->session);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->open_box))) != NULL)
    gtk_box_remove (self->open_box, child);
  for (guint i = 0; i < self->networks->len; i++)
    {
      TcSessionNetwork *network = self->networks->pdata[i];

      if (!network->usable || (current != NULL && strcmp (current, network->name) != 0))
        continue;
      for (guint j = 0; network->wallets[j] != NULL; j++)
        if (tc_session_find_wallet (self->session, network->wallets[j]) == NULL)
          add_wallet_to_open (self, network, network->wallets[j]);
    }
  gtk_widget_set_visible (self->open_group, gtk_widget_get_first_child (GTK_WIDGET (self->open_box)) != NULL);
}

/* Trying is for who has nothing yet: a second wallet on the local network gets no funds from its beginning. */
static void
show_headline (TcWelcome *self)
{
  TcSessionNetwork *local = tc_session_network_find (self->networks, TC_SESSION_LOCAL);

  gtk_widget_set_visible (self->try_button, !tc_session_is_offline (self->session) && self->network == NULL && local != NULL && local->wallets[0] == NULL);
  gtk_label_set_text (self->headline, self->network == NULL ? _("Welcome to TimeCoin") : _("Another Wallet"));
}

/* --- Create --- */

static void
on_create_clicked (TcWelcome *self)
{
  self->restoring = FALSE;
  go_next (self);
}

static void
new_phrase (TcWelcome *self, guint n_words)
{
  g_clear_pointer (&self->phrase, tc_secret_string_unref);
  self->phrase = tc_bip39_generate (n_words);
  tc_phrase_grid_set_phrase (self->grid, self->phrase);
  go_next (self);
}

static void
on_12_clicked (TcWelcome *self)
{
  new_phrase (self, 12);
}

static void
on_15_clicked (TcWelcome *self)
{
  new_phrase (self, 15);
}

static void
on_18_clicked (TcWelcome *self)
{
  new_phrase (self, 18);
}

static void
on_21_clicked (TcWelcome *self)
{
  new_phrase (self, 21);
}

static void
on_24_clicked (TcWelcome *self)
{
  new_phrase (self, 24);
}

/* --- Restore --- */

static void
on_restore_clicked (TcWelcome *self)
{
  tc_welcome_restore (self);
}

static void
set_words_message (TcWelcome *self, const char *text, gboolean error)
{
  gtk_label_set_text (self->words_message, text);
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (self->words_message), "inline-error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->words_message), "inline-error");
}

static void
check_words (TcWelcome *self)
{
  const int bad = tc_word_entries_find_bad (self->words);
  g_autofree char *text = NULL;

  if (bad >= 0)
    {
      char *word = tc_word_entries_dup_word (self->words, (guint) bad);

      text = g_strdup_printf (_("Word %d, “%s”, is not in the list of words. Look for a slip of the pen."), bad + 1, word);
      tc_secret_free_text (word);
    }
  else if (tc_word_entries_is_complete (self->words))
    {
      g_autoptr(TcSecretString) phrase = tc_word_entries_dup_phrase (self->words);
      g_autoptr(TcSecretBytes) entropy = NULL;
      g_autoptr(GError) error = NULL;

      entropy = tc_bip39_to_entropy (phrase, NULL, &error);
      text = g_strdup (entropy == NULL ? error->message : _("These words are a phrase."));
      set_words_message (self, text, entropy == NULL);
      gtk_widget_set_sensitive (self->next, entropy != NULL);
      return;
    }
  set_words_message (self, text == NULL ? _("Type them in order, or paste them all at once.") : text, text != NULL);
  gtk_widget_set_sensitive (self->next, FALSE);
}

static void
on_words_resized (TcWelcome *self, guint n)
{
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i] == n)
      gtk_toggle_button_set_active (self->count_buttons[i], TRUE);
}

static void
on_count_toggled (GtkToggleButton *button, TcWelcome *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (self->count_buttons[i] == button)
      tc_word_entries_set_count (self->words, counts[i]);
  check_words (self);
}

/* --- Making the wallet --- */

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWelcome) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_make_finish (result, &error);

  if (wallet == NULL)
    {
      /* Back to where it can be mended: the name, or where it all began. */
      const gboolean name = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS) && g_queue_get_length (&self->visited) > 0;

      show_page (self, name ? "name" : g_queue_is_empty (&self->visited) ? "start" : "password");
      set_error (self, error->message);
      return;
    }
  g_queue_clear_full (&self->visited, g_free);
  forget_secrets (self);
  tc_clear_secret_clipboard (GTK_WIDGET (self));
  g_signal_emit (self, signals[WALLET], 0, wallet, self->network->name);
}

static void
make (TcWelcome *self, TcSecretString *password)
{
  g_autoptr(TcSecretString) passphrase = tc_passphrase_fields_dup (self->passphrase);
  gint64 birthday_ms = 0;

  tc_date_field_get (self->birthday, &birthday_ms);
  const TcWalletMake wanted = {
    .network = self->network->name,
    .address_digit = self->network->address_digit,
    .name = tc_field_get_text (self->name),
    .phrase = self->phrase,
    .passphrase = passphrase,
    .password = password,
    .born_ms = birthday_ms,
    .restored = self->restoring,
    .verified = self->quiz_passed,
  };

  gtk_stack_set_visible_child_name (self->stack, "working");
  update_bar (self);
  tc_wallet_make_async (self->session, &wanted, on_made, g_object_ref (self));
}

static void
on_next (TcWelcome *self)
{
  const char *page = current_page (self);

  if (!is_ready (self))
    return;
  if (strcmp (page, "words") == 0)
    tc_phrase_quiz_set_phrase (self->quiz, self->phrase);
  if (strcmp (page, "quiz") == 0)
    {
      self->quiz_passed = TRUE;
      tc_phrase_grid_set_phrase (self->grid, NULL);
    }
  if (strcmp (page, "restore") == 0)
    {
      g_clear_pointer (&self->phrase, tc_secret_string_unref);
      self->phrase = tc_word_entries_dup_phrase (self->words);
    }
  if (strcmp (page, "password") == 0)
    {
      g_autoptr(TcSecretString) password = tc_password_fields_take (self->password);

      make (self, password);
      return;
    }
  go_next (self);
}

static void
on_skip (TcWelcome *self)
{
  if (tc_passphrase_fields_is_ready (self->passphrase))
    make (self, NULL);
}

static void
on_back (TcWelcome *self)
{
  tc_welcome_back (self);
  /* What was asked back is asked anew, from words that are shown anew. */
  if (strcmp (current_page (self), "words") == 0)
    tc_phrase_grid_set_phrase (self->grid, self->phrase);
}

static void
on_watched (TcWelcome *self, TcWallet *wallet, const char *network)
{
  self->network = tc_session_network_find (self->networks, network);
  g_signal_emit (self, signals[WALLET], 0, wallet, network);
}

static void
on_watch_clicked (TcWelcome *self)
{
  GtkWindow *window = tc_welcome_watch_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->session, self->networks);

  g_signal_connect_object (window, "wallet", G_CALLBACK (on_watched), self, G_CONNECT_SWAPPED);
  gtk_window_present (window);
}

static void
on_try_clicked (TcWelcome *self)
{
  tc_welcome_try (self);
}

/* --- */

void
tc_welcome_start (TcWelcome *self, TcSession *session, GPtrArray *networks)
{
  g_return_if_fail (TC_IS_WELCOME (self));

  g_set_object (&self->session, session);
  g_clear_pointer (&self->networks, g_ptr_array_unref);
  self->networks = g_ptr_array_ref (networks);
  self->network = settled_network (self);
  g_queue_clear_full (&self->visited, g_free);
  forget_secrets (self);
  show_networks (self);
  show_wallets (self);
  show_headline (self);
  {
    g_autofree char *name = tc_wallet_free_name (_("My wallet"), self->network == NULL ? NULL : self->network->wallets);

    tc_field_set_text (self->name, name);
  }
  show_page (self, "start");
}

void
tc_welcome_try (TcWelcome *self)
{
  TcSessionNetwork *local = tc_session_network_find (self->networks, TC_SESSION_LOCAL);
  g_autofree char *name = NULL;

  if (local == NULL)
    {
      set_error (self, _("This application was started for another network. Start it without --network to try it on this computer."));
      return;
    }
  self->network = local;
  self->restoring = FALSE;
  name = tc_wallet_free_name (_("Play money"), local->wallets);
  tc_field_set_text (self->name, name);
  make (self, NULL);
}

void
tc_welcome_restore (TcWelcome *self)
{
  self->restoring = TRUE;
  go_next (self);
  check_words (self);
}

static void
tc_welcome_dispose (GObject *object)
{
  TcWelcome *self = TC_WELCOME (object);

  g_queue_clear_full (&self->visited, g_free);
  g_clear_pointer (&self->phrase, tc_secret_string_unref);
  g_clear_pointer (&self->networks, g_ptr_array_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tc_welcome_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, title);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, back);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, bar);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, next);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, skip);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, network_mark);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, open_group);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, try_button);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, headline);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, stack);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, networks_box);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, open_box);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, grid);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, quiz);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, words);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, counts);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, words_message);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, name);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, birthday);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, password);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, passphrase);
  gtk_widget_class_bind_template_child (widget_class, TcWelcome, error);
}

static void
tc_welcome_class_init (TcWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_DATE_FIELD);
  g_type_ensure (TC_TYPE_FIELD);
  g_type_ensure (TC_TYPE_PASSPHRASE_FIELDS);
  g_type_ensure (TC_TYPE_NOTICE);
  g_type_ensure (TC_TYPE_PASSWORD_FIELDS);
  g_type_ensure (TC_TYPE_PHRASE_GRID);
  g_type_ensure (TC_TYPE_PHRASE_QUIZ);
  g_type_ensure (TC_TYPE_WORD_ENTRIES);
  G_OBJECT_CLASS (klass)->dispose = tc_welcome_dispose;
  signals[WALLET] = g_signal_new ("wallet", TC_TYPE_WELCOME, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, TC_TYPE_WALLET, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/welcome.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_create_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_restore_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_try_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_watch_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_12_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_15_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_18_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_21_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_24_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_skip);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_words_resized);
  gtk_widget_class_bind_template_callback (widget_class, check_words);
  gtk_widget_class_bind_template_callback (widget_class, update_bar);
}

static void
tc_welcome_init (TcWelcome *self)
{
  g_queue_init (&self->visited);
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_stack_hide_others (self->stack);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *label = g_strdup_printf ("%u", counts[i]);
      g_autofree char *name = g_strdup_printf (_("%u words"), counts[i]);

      self->count_buttons[i] = GTK_TOGGLE_BUTTON (gtk_toggle_button_new_with_label (label));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->count_buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      gtk_toggle_button_set_group (self->count_buttons[i], i == 0 ? NULL : self->count_buttons[0]);
      g_signal_connect (self->count_buttons[i], "toggled", G_CALLBACK (on_count_toggled), self);
      gtk_box_append (GTK_BOX (self->counts), GTK_WIDGET (self->count_buttons[i]));
    }
  gtk_toggle_button_set_active (self->count_buttons[0], TRUE);
}
