#pragma once

#include <adwaita.h>

#include "session.h"

G_BEGIN_DECLS

/* Registers a masternode, or changes one, question by question: tier, where it runs, address and keys, review, and what remains to be done. Main thread. */
#define TC_TYPE_MASTERNODE_WIZARD (tc_masternode_wizard_get_type ())
G_DECLARE_FINAL_TYPE (TcMasternodeWizard, tc_masternode_wizard, TC, MASTERNODE_WIZARD, AdwWindow)

/* @old: (nullable): the one to be changed; NULL: a new one. @name: (nullable): what it is called. */
GtkWindow *tc_masternode_wizard_new (GtkWindow *parent, TcSession *session, TcWallet *wallet, const TcNodeMasternode *old, const char *name);

/* Asks where to write the file of an operator key that is kept on this computer, and writes it. */
void       tc_masternode_export_key (GtkWindow *parent, TcSession *session, const TcPublicKey *key, const char *host);

G_END_DECLS
