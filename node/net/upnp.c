#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>

#include "portmap.h"

#define DISCOVER_MS    2000
#define TTL            2
#define PERMANENT_ONLY 725  /* the router knows no lease */

typedef struct
{
  struct UPNPUrls urls;
  struct IGDdatas data;
  char            lan[64];
  gboolean        mapped;
} State;

static gboolean
fail (GError **error, const char *text)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
  return FALSE;
}

static gboolean
find_router (State *self, GError **error)
{
  int code = 0, found;
  struct UPNPDev *devices = upnpDiscover (DISCOVER_MS, NULL, NULL, UPNP_LOCAL_PORT_ANY, 0, TTL, &code);
#if MINIUPNPC_API_VERSION >= 18
  char wan[64];

  found = UPNP_GetValidIGD (devices, &self->urls, &self->data, self->lan, sizeof self->lan, wan, sizeof wan);
#else
  found = UPNP_GetValidIGD (devices, &self->urls, &self->data, self->lan, sizeof self->lan);
#endif
  freeUPNPDevlist (devices);
  if (found == 1)
    return TRUE;
  if (found != 0)
    FreeUPNPUrls (&self->urls);
  return fail (error, found == 0 ? "no router answered" : "the router has no connection");
}

static int
add_mapping (const State *self, const char *port, const char *lifetime)
{
  return UPNP_AddPortMapping (self->urls.controlURL, self->data.first.servicetype, port, port, self->lan, "TimeCoin", "TCP", NULL, lifetime);
}

static gboolean
map (guint16 port, guint32 lifetime_s, gpointer *state, GCancellable *cancellable, char **ret_external, guint32 *ret_lifetime_s, GError **error)
{
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  g_autofree char *lifetime_text = g_strdup_printf ("%u", lifetime_s);
  State *self = *state;
  char ip[64] = "";
  int code;

  if (self == NULL)
    {
      self = g_new0 (State, 1);
      if (!find_router (self, error))
        {
          g_free (self);
          return FALSE;
        }
      *state = self;
    }
  code = add_mapping (self, port_text, lifetime_text);
  if (code == PERMANENT_ONLY)
    code = add_mapping (self, port_text, "0");
  if (code == UPNPCOMMAND_SUCCESS)
    self->mapped = TRUE;
  if (code != UPNPCOMMAND_SUCCESS || UPNP_GetExternalIPAddress (self->urls.controlURL, self->data.first.servicetype, ip) != UPNPCOMMAND_SUCCESS || ip[0] == '\0')
    return fail (error, code != UPNPCOMMAND_SUCCESS ? "the router refused" : "the router does not know its address");
  *ret_external = g_strdup_printf ("%s:%u", ip, port);
  *ret_lifetime_s = lifetime_s;
  return TRUE;
}

static void
unmap (guint16 port, gpointer state)
{
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  State *self = state;

  if (self == NULL)
    return;
  if (self->mapped)
    UPNP_DeletePortMapping (self->urls.controlURL, self->data.first.servicetype, port_text, "TCP", NULL);
  FreeUPNPUrls (&self->urls);
  g_free (self);
}

const TcPortMapper TC_PORT_MAPPER_UPNP = { "UPnP", map, unmap };
