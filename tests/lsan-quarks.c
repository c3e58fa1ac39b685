/* GLib's first table of quarks is 16 KiB; a program that makes more quarks than it holds (GTK does) leaves it behind on purpose, since others read it
 * without a lock. It is made by GLib's constructor, from a frame that the fast unwinder cannot see past: no suppression can name it. So what the libraries'
 * constructors allocate is not looked at. Only sanitized builds have this. */
#include <sanitizer/lsan_interface.h>

static void
before_libraries (void)
{
  __lsan_disable ();
}

__attribute__ ((section (".preinit_array"), used)) static void (*const run_before_libraries) (void) = before_libraries;

__attribute__ ((constructor)) static void
after_libraries (void)
{
  __lsan_enable ();
}
