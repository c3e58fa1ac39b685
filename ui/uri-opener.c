#define G_LOG_DOMAIN "tc-ui"
#include "uri-opener.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "compat.h"
#include "wallet/uri.h"
#include "window.h"

typedef struct
{
  char      *uri;
  GPtrArray *windows;
} Question;

static void
free_question (gpointer data)
{
  Question *question = data;

  g_free (question->uri);
  g_ptr_array_unref (question->windows);
  g_free (question);
}

static void
show (TcWindow *window, const char *uri)
{
  tc_window_show_on (window, "send", uri);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_chosen (guint choice, gpointer user_data)
{
  const Question *question = user_data;

  if (choice < question->windows->len)
    show (question->windows->pdata[choice], question->uri);
}

static void
ask (GtkWindow *parent, GPtrArray *windows, const char *uri)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_auto(GStrv) labels = NULL;
  Question *question = g_new0 (Question, 1);

  for (guint i = 0; i < windows->len; i++)
    {
      g_autoptr(TcWalletSnapshot) snapshot = tc_wallet_get_snapshot (tc_window_get_wallet (windows->pdata[i]));

      g_strv_builder_add (names, snapshot->name);
    }
  labels = g_strv_builder_end (names);
  question->uri = g_strdup (uri);
  question->windows = g_ptr_array_ref (windows);
  tc_compat_choose (parent, _("Pay From Which Wallet?"), _("A link asks for a payment. You see it before anything is sent."), (const char *const *) labels,
                    on_chosen, question, free_question);
}

void
tc_uri_open (GtkApplication *application, const char *uri)
{
  g_autoptr(GPtrArray) windows = g_ptr_array_new_with_free_func (g_object_unref);
  GtkWindow *active = gtk_application_get_active_window (application);

  if (!tc_payment_uri_is (uri) || strlen (uri) > TC_PAYMENT_URI_MAX)
    {
      g_warning ("what was to be opened is no payment link");
      return;
    }
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (TC_IS_WINDOW (l->data) && tc_window_get_wallet (l->data) != NULL)
      g_ptr_array_add (windows, g_object_ref (l->data));
  if (windows->len > 1)
    ask (active, windows, uri);
  else if (windows->len == 1)
    show (windows->pdata[0], uri);
  else if (TC_IS_WINDOW (active))
    show (TC_WINDOW (active), uri);
}
