#pragma once

#include <adwaita.h>

#include "notifier.h"
#include "session.h"

G_BEGIN_DECLS

/* The application: its session, its windows, its commands, and what it is to the desktop: payment URIs are opened with it (GApplication::open), it notifies,
 * answers the desktop's search, keeps running in the background where that is asked for, and comes back as it was. Main thread. */
#define TC_TYPE_APPLICATION (tc_application_get_type ())
G_DECLARE_FINAL_TYPE (TcApplication, tc_application, TC, APPLICATION, AdwApplication)

#define TC_APPLICATION_ID "org.timecoin.TimeCoin"

typedef struct
{
  const char *data_dir;     /* (nullable): NULL: the user's; one given on the command line is a process of its own */
  const char *network;      /* (nullable): the only network to offer: a name, or a network file */
  gboolean    try_local;    /* do at once what the button Try It does */
  gboolean    background;   /* begin without showing a window */
  gboolean    offline;      /* never start a network: look at wallets, and sign */
  gboolean    service;      /* started by the bus: wait for what it wants */
} TcApplicationOptions;

TcApplication *tc_application_new         (const TcApplicationOptions *options);
TcSession     *tc_application_get_session (TcApplication *self);
/* (nullable): NULL before startup. (transfer none). */
TcNotifier    *tc_application_get_notifier (TcApplication *self);

G_END_DECLS
