#include "resources.h"

#include "ui-resources.h"

void
tc_ui_register_resources (void)
{
  g_resources_register (tc_ui_get_resource ());
}
