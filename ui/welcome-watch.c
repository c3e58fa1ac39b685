#define G_LOG_DOMAIN "tc-ui"
#include "welcome-watch.h"

#include <glib/gi18n.h>
#include <string.h>

#include "field.h"
#include "files.h"
#include "notice.h"
#include "wallet-maker.h"
#include "wallet/watch.h"

struct _TcWelcomeWatch
{
  AdwWindow    parent_instance;
  GtkTextView *input;
  GtkDropDown *network;
  GtkWidget   *network_box, *make, *spinner, *file_box;
  TcField     *name;
  TcNotice    *notice;
  TcSession   *session;
  GPtrArray   *networks, *choices;  /* (element-type TcSessionNetwork): all, and those that what is watched may be of */
  GBytes      *data;                /* (nullable): good */
  gboolean     from_file, busy;
};

G_DEFINE_FINAL_TYPE (TcWelcomeWatch, tc_welcome_watch, ADW_TYPE_WINDOW)

enum { WALLET, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_notice (TcWelcomeWatch *self, const char *text)
{
  tc_notice_set (self->notice, TC_NOTICE_ERROR, text != NULL ? text : "", NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), text != NULL);
}

static TcSessionNetwork *
chosen_network (TcWelcomeWatch *self)
{
  const guint position = gtk_drop_down_get_selected (self->network);

  return position < self->choices->len ? g_ptr_array_index (self->choices, position) : NULL;
}

static void
update (TcWelcomeWatch *self)
{
  gtk_widget_set_visible (self->network_box, self->choices->len > 1);
  gtk_widget_set_visible (self->file_box, self->from_file);
  gtk_widget_set_visible (self->spinner, self->busy);
  gtk_widget_set_sensitive (self->make, self->data != NULL && chosen_network (self) != NULL && !self->busy
                                          && tc_wallet_name_is_good (tc_field_get_text (self->name)));
}

/* A session stays on the network that it is on. */
static gboolean
can_be (TcWelcomeWatch *self, const TcSessionNetwork *network, const TcEnvelopeOrigin *origin)
{
  const char *current = tc_session_get_network (self->session);

  return network->usable && network->address_digit == origin->address_digit && (current == NULL || strcmp (current, network->name) == 0)
         && (origin->network[0] == '\0' || strcmp (origin->network, network->name) == 0);
}

static void
offer_networks (TcWelcomeWatch *self, const TcEnvelopeOrigin *origin)
{
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);

  g_ptr_array_set_size (self->choices, 0);
  for (guint i = 0; i < self->networks->len; i++)
    {
      TcSessionNetwork *network = g_ptr_array_index (self->networks, i);

      if (!can_be (self, network, origin))
        continue;
      g_ptr_array_add (self->choices, network);
      gtk_string_list_append (titles, network->title);
    }
  gtk_drop_down_set_model (self->network, G_LIST_MODEL (titles));
  if (self->choices->len == 0)
    show_notice (self, _("This is of a network that cannot be used here. Start TimeCoin for the network that it belongs to."));
}

static void
take (TcWelcomeWatch *self, GBytes *data, gboolean from_file)
{
  g_autoptr(GError) error = NULL;
  TcEnvelopeOrigin origin;

  g_clear_pointer (&self->data, g_bytes_unref);
  g_ptr_array_set_size (self->choices, 0);
  self->from_file = from_file;
  show_notice (self, NULL);
  if (data != NULL && tc_watch_check (data, &origin, &error))
    {
      self->data = g_bytes_ref (data);
      offer_networks (self, &origin);
    }
  else if (data != NULL)
    show_notice (self, error->message);
  update (self);
}

static void
on_input_changed (TcWelcomeWatch *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->input);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_autoptr(GBytes) data = g_bytes_new_take (text, strlen (text));
  take (self, g_bytes_get_size (data) > 0 ? data : NULL, FALSE);
}

static void
on_file (GBytes *data, const GError *error, gpointer user_data)
{
  TcWelcomeWatch *self = user_data;

  if (data != NULL)
    take (self, data, TRUE);
  else
    show_notice (self, error->message);
}

static void
on_open_file (TcWelcomeWatch *self)
{
  tc_files_open (GTK_WINDOW (self), _("Open Watch File"), TC_WATCH_FILE_MAX, on_file, self);
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(TcWelcomeWatch) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcWallet) wallet = tc_wallet_make_finish (result, &error);
  const TcSessionNetwork *network = chosen_network (self);

  self->busy = FALSE;
  if (self->session == NULL)  /* closed meanwhile: the wallet is there, to be opened */
    return;
  update (self);
  if (wallet == NULL)
    {
      show_notice (self, error->message);
      return;
    }
  g_signal_emit (self, signals[WALLET], 0, wallet, network->name);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_make (TcWelcomeWatch *self)
{
  const TcSessionNetwork *network = chosen_network (self);

  if (!gtk_widget_get_sensitive (self->make))
    return;
  const TcWalletMake wanted = { .network = network->name, .address_digit = network->address_digit, .name = tc_field_get_text (self->name),
                                .watch = self->data };
  self->busy = TRUE;
  show_notice (self, NULL);
  update (self);
  tc_wallet_make_async (self->session, &wanted, on_made, g_object_ref (self));
}

static void
tc_welcome_watch_dispose (GObject *object)
{
  TcWelcomeWatch *self = TC_WELCOME_WATCH (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->data, g_bytes_unref);
  G_OBJECT_CLASS (tc_welcome_watch_parent_class)->dispose (object);
}

static void
tc_welcome_watch_finalize (GObject *object)
{
  TcWelcomeWatch *self = TC_WELCOME_WATCH (object);

  g_clear_pointer (&self->networks, g_ptr_array_unref);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  G_OBJECT_CLASS (tc_welcome_watch_parent_class)->finalize (object);
}

static void
tc_welcome_watch_class_init (TcWelcomeWatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (TC_TYPE_FIELD);
  g_type_ensure (TC_TYPE_NOTICE);
  G_OBJECT_CLASS (klass)->dispose = tc_welcome_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_welcome_watch_finalize;
  signals[WALLET] = g_signal_new ("wallet", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, TC_TYPE_WALLET, G_TYPE_STRING);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/timecoin/TimeCoin/welcome-watch.ui");
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, input);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, network);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, network_box);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, make);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, spinner);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, file_box);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, name);
  gtk_widget_class_bind_template_child (widget_class, TcWelcomeWatch, notice);
  gtk_widget_class_bind_template_callback (widget_class, on_input_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_open_file);
  gtk_widget_class_bind_template_callback (widget_class, on_make);
  gtk_widget_class_bind_template_callback (widget_class, update);
}

static void
tc_welcome_watch_init (TcWelcomeWatch *self)
{
  self->choices = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWindow *
tc_welcome_watch_new (GtkWindow *parent, TcSession *session, GPtrArray *networks)
{
  TcWelcomeWatch *self = g_object_new (TC_TYPE_WELCOME_WATCH, "transient-for", parent, "modal", TRUE, NULL);

  self->session = g_object_ref (session);
  self->networks = g_ptr_array_ref (networks);
  tc_field_set_text (self->name, _("Watched wallet"));
  update (self);
  return GTK_WINDOW (self);
}
