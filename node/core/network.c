#include "network.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "json-private.h"

#define SEEDS_MAX       256u
#define SEED_SIZE       260u
#define CHECKPOINTS_MAX 1024u

/* Rule N3: "mainnet 24000 (RPC 24001), testnet 24100 (24101), local 24200 (24201)". For a genesis document that comes without a network file. */
static const struct
{
  const char *name;
  guint16     p2p_port;
} known_ports[] = {
  { "mainnet", 24000 },
  { "testnet", 24100 },
};

#define OTHER_P2P_PORT 24200u

static TcNetwork *
network_alloc (void)
{
  TcNetwork *self = g_new0 (TcNetwork, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

TcNetwork *
tc_network_new_from_genesis (TcGenesis *genesis)
{
  TcNetwork *self = network_alloc ();

  self->name = g_strdup (genesis->name);
  self->address_digit = genesis->address_digit;
  self->p2p_port = OTHER_P2P_PORT;
  for (gsize i = 0; i < G_N_ELEMENTS (known_ports); i++)
    if (strcmp (self->name, known_ports[i].name) == 0)
      self->p2p_port = known_ports[i].p2p_port;
  self->rpc_port = (guint16) (self->p2p_port + 1);
  self->seeds = g_new0 (char *, 1);
  self->dns = g_new0 (char *, 1);
  self->genesis = tc_genesis_ref (genesis);
  return self;
}

TcNetwork *
tc_network_ref (TcNetwork *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tc_network_unref (TcNetwork *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->genesis, tc_genesis_unref);
  g_strfreev (self->seeds);
  g_strfreev (self->dns);
  g_free (self->checkpoints);
  g_free (self->name);
  g_free (self);
}

static GBytes *
read_file (const char *path, GError **error)
{
  GStatBuf info;
  char *contents;
  gsize size;
  g_autoptr(GError) problem = NULL;

  /* The size is asked first, so that a wrong path (a disk image, a device) is not read whole. */
  if (g_stat (path, &info) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), _("The network file %s cannot be read: %s. Check the path."), path,
                   g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (info.st_mode) || info.st_size > TC_JSON_SIZE_MAX)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is not a network file: it is no plain file of at most %u bytes.", path,
                   TC_JSON_SIZE_MAX);
      return NULL;
    }
  if (!g_file_get_contents (path, &contents, &size, &problem))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&problem), _("The network file cannot be read: "));
      return NULL;
    }
  return g_bytes_new_take (contents, size);
}

/* host:port, the host an IP address or a DNS name. */
static gboolean
is_seed (const char *text)
{
  const char *colon = strrchr (text, ':');
  guint64 port;

  return colon != NULL && colon > text && strpbrk (text, " \t/@") == NULL
         && g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL);
}

static gboolean
parse_seeds (TcNetwork *self, TcJson *root, GError **error)
{
  TcJson *array;
  gsize n;

  if (!tc_json_get_array (root, "", "seeds", SEEDS_MAX, &array, &n, error))
    return FALSE;
  self->seeds = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      TcJson *value = json_object_array_get_idx (array, i);
      const char *text = json_object_is_type (value, json_type_string) ? json_object_get_string (value) : "";

      if (strlen (text) > SEED_SIZE || !is_seed (text))
        return tc_json_fail (error, "", "seeds", "entry %" G_GSIZE_FORMAT " is not a host:port", i);
      self->seeds[i] = g_strdup (text);
    }
  return TRUE;
}

/* A DNS name that lists nodes, which listen on the network's own port. May be absent. */
static gboolean
parse_dns (TcNetwork *self, TcJson *root, GError **error)
{
  TcJson *array;
  gsize n;

  if (!tc_json_has (root, "dns"))
    {
      self->dns = g_new0 (char *, 1);
      return TRUE;
    }
  if (!tc_json_get_array (root, "", "dns", SEEDS_MAX, &array, &n, error))
    return FALSE;
  self->dns = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      TcJson *value = json_object_array_get_idx (array, i);
      const char *text = json_object_is_type (value, json_type_string) ? json_object_get_string (value) : "";

      if (text[0] == '\0' || strlen (text) > SEED_SIZE || strpbrk (text, ": \t/@[]") != NULL)
        return tc_json_fail (error, "", "dns", "entry %" G_GSIZE_FORMAT " is not a name", i);
      self->dns[i] = g_strdup_printf ("%s:%u", text, self->p2p_port);
    }
  return TRUE;
}

static gboolean
parse_checkpoints (TcNetwork *self, TcJson *root, GError **error)
{
  static const char *const members[] = { "height", "hash", NULL };
  TcJson *array;
  gsize n;

  if (!tc_json_get_array (root, "", "checkpoints", CHECKPOINTS_MAX, &array, &n, error))
    return FALSE;
  self->checkpoints = g_new0 (TcCheckpoint, n);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("checkpoints[%" G_GSIZE_FORMAT "].", i);
      TcJson *object = json_object_array_get_idx (array, i);
      const guint64 least = i == 0 ? 1 : (guint64) self->checkpoints[i - 1].height + 1;
      guint64 height;
      const char *hash;

      if (!tc_json_check_members (object, where, members, error)
          || !tc_json_get_number (object, where, "height", least, G_MAXUINT32, &height, error)
          || !tc_json_get_string (object, where, "hash", 2 * TC_HASH_SIZE, &hash, error))
        return FALSE;
      if (!tc_hash_from_hex (hash, &self->checkpoints[i].hash))
        return tc_json_fail (error, where, "hash", "is not 64 hexadecimal digits");
      self->checkpoints[i].height = (guint32) height;
      self->n_checkpoints++;
    }
  return TRUE;
}

static gboolean
parse_port (TcJson *root, const char *name, guint16 *ret_port, GError **error)
{
  guint64 port;

  if (!tc_json_get_number (root, "", name, 1, G_MAXUINT16, &port, error))
    return FALSE;
  *ret_port = (guint16) port;
  return TRUE;
}

/* @folder: that of the network file, where the genesis document's path starts. */
static gboolean
load_genesis (TcNetwork *self, TcJson *root, const char *folder, GError **error)
{
  TcJson *value;
  const char *file;

  if (!json_object_object_get_ex (root, "genesis", &value) || value == NULL)
    return TRUE;
  if (!tc_json_get_string (root, "", "genesis", 1024, &file, error))
    return FALSE;

  g_autofree char *path = g_path_is_absolute (file) ? g_strdup (file) : g_build_filename (folder, file, NULL);
  g_autoptr(GBytes) json = read_file (path, error);

  if (json == NULL)
    return FALSE;
  self->genesis = tc_genesis_parse (json, error);
  if (self->genesis == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (strcmp (self->genesis->name, self->name) != 0 || self->genesis->address_digit != self->address_digit)
    return tc_json_fail (error, "", "genesis", "%s is of another network (%s)", path, self->genesis->name);
  return TRUE;
}

static TcNetwork *
parse_network (TcJson *root, const char *folder, GError **error)
{
  static const char *const members[] = { "name", "address_digit", "p2p_port", "rpc_port", "seeds", "dns", "checkpoints", "genesis", NULL };
  g_autoptr(TcNetwork) self = network_alloc ();

  if (!tc_json_check_members (root, "", members, error)
      || !tc_json_get_name (root, &self->name, error)
      || !tc_json_get_digit (root, &self->address_digit, error)
      || !parse_port (root, "p2p_port", &self->p2p_port, error)
      || !parse_port (root, "rpc_port", &self->rpc_port, error)
      || !parse_seeds (self, root, error)
      || !parse_dns (self, root, error)
      || !parse_checkpoints (self, root, error)
      || !load_genesis (self, root, folder, error))
    return NULL;
  return g_steal_pointer (&self);
}

static TcNetwork *
parse_file (const char *path, GBytes *bytes, GError **error)
{
  g_autoptr(TcJson) root = tc_json_parse (bytes, error);
  g_autofree char *folder = g_path_get_dirname (path);

  if (root == NULL)
    return NULL;
  if (!tc_json_has (root, "timecoin"))
    return parse_network (root, folder, error);

  g_autoptr(TcGenesis) genesis = tc_genesis_parse (bytes, error);

  return genesis == NULL ? NULL : tc_network_new_from_genesis (genesis);
}

/* A path has a separator or a dot in it; what has none is the name of a network that came with the programme. */
static char *
path_of (const char *name_or_path, GError **error)
{
  if (strpbrk (name_or_path, "/.") != NULL)
    return g_strdup (name_or_path);

  const char *data_dir = g_getenv ("TC_DATA_DIR");
  g_autofree char *file = g_strconcat (name_or_path, ".json", NULL);
  g_autofree char *path = g_build_filename (data_dir != NULL ? data_dir : TC_PKGDATADIR, "networks", file, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  if (strcmp (name_or_path, "local") == 0)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                         _("The local network is made on this computer: start it with --local 4, or name the network.json that it wrote."));
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                 _("There is no network \"%s\": %s does not exist. Use mainnet, testnet, or the path of a network file."), name_or_path, path);
  return NULL;
}

TcNetwork *
tc_network_load (const char *name_or_path, GError **error)
{
  g_autofree char *path = path_of (name_or_path, error);
  g_autoptr(GBytes) bytes = path == NULL ? NULL : read_file (path, error);

  if (bytes == NULL)
    return NULL;

  TcNetwork *self = parse_file (path, bytes, error);

  if (self == NULL)
    g_prefix_error (error, _("The network file %s is damaged: "), path);
  return self;
}

gboolean
tc_checkpoint_parse (const char *text, TcCheckpoint *ret_checkpoint)
{
  g_autofree char *trimmed = g_strstrip (g_ascii_strdown (text, -1));
  char *colon = strchr (trimmed, ':');
  guint64 height;
  TcHash hash;

  if (colon == NULL)
    return FALSE;
  *colon = '\0';
  if (!g_ascii_string_to_unsigned (trimmed, 10, 1, G_MAXUINT32, &height, NULL) || !tc_hash_from_hex (colon + 1, &hash))
    return FALSE;
  *ret_checkpoint = (TcCheckpoint) { (guint32) height, hash };
  return TRUE;
}
