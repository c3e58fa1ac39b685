#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The application's GSettings (data/org.timecoin.TimeCoin.gschema.xml): from where it is installed, else from the tree that it was built in.
 * Preferences, never secrets. Returns: (transfer full) (nullable): NULL where no schema is found: defaults hold then. */
GSettings *tc_settings_new (void);

G_END_DECLS
