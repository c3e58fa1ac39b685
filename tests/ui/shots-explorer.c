#include "shots-explorer.h"

static void
look_up (TcShots *self, const char *what, const char *until, const char *name)
{
  gtk_widget_activate_action (self->window, "win.show-on", "(ss)", "explorer", what);
  tc_shots_wait_text (until);
  tc_shots_take (self, name);
}

void
tc_shots_explorer (TcShots *self, const TcHash *txid, const char *address)
{
  g_autofree char *hex = tc_hash_to_hex (txid);

  if (!tc_shots_wants (self, "70-explorer"))
    return;
  tc_shots_go (self, "explorer");
  tc_shots_wait_text ("Last of its epoch");
  tc_shots_take (self, "70-explorer");
  look_up (self, "2", "Who Signed", "70-explorer-block");
  look_up (self, hex, "Paid by It", "70-explorer-tx");
  look_up (self, address, "Unspent Payments", "70-explorer-address");
  look_up (self, "127.0.0.1", "Operator key", "70-explorer-masternode");
  look_up (self, "999999999", "There Is No Such Block Yet", "70-explorer-nothing");
  tc_shots_go (self, "overview");
}
