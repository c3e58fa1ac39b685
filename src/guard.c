#include "guard.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void
tc_guard_secrets (gboolean is_server)
{
  const struct rlimit none = { 0, 0 };
  const int fd = open ("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

  setrlimit (RLIMIT_CORE, &none);
  if (fd >= 0)
    {
      if (write (fd, "0", 1) != 1)
        g_warning ("a core dump of this program would hold its memory");
      close (fd);
    }
  if (is_server)
    prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* --- free () wipes. The C library calls its own malloc () and the like through these names, so do all libraries. --- */

#if defined (__GLIBC__) && !defined (__SANITIZE_ADDRESS__) && !defined (__SANITIZE_THREAD__)

#define WIPED_MAX_BYTES 131072u  /* larger blocks are mapped one by one, and given back to the system */

extern void *__libc_malloc (size_t size);
extern void  __libc_free (void *data);
extern void *__libc_realloc (void *data, size_t size);

static void
wipe (void *data)
{
  const size_t size = malloc_usable_size (data);

  if (size <= WIPED_MAX_BYTES)
    explicit_bzero (data, size);
}

__attribute__ ((visibility ("default"))) void
free (void *data)
{
  if (data == NULL)
    return;
  wipe (data);
  __libc_free (data);
}

/* What it would move is moved here, so that the old place is wiped. */
__attribute__ ((visibility ("default"))) void *
realloc (void *data, size_t size)
{
  if (data == NULL || size == 0 || malloc_usable_size (data) > WIPED_MAX_BYTES)
    return __libc_realloc (data, size);
  const size_t old_size = malloc_usable_size (data);

  if (size <= old_size && size >= old_size / 2)
    return data;
  void *moved = __libc_malloc (size);

  if (moved == NULL)
    return NULL;
  memcpy (moved, data, MIN (old_size, size));
  free (data);
  return moved;
}

#endif
