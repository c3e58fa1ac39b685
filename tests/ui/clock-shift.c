/* Preloaded into a program under test: its wall clock is wrong by TC_TEST_CLOCK_S seconds while there is the file TC_TEST_CLOCK_FILE. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t
shift (void)
{
  const char *text = getenv ("TC_TEST_CLOCK_S"), *path = getenv ("TC_TEST_CLOCK_FILE");

  return text != NULL && path != NULL && access (path, F_OK) == 0 ? (time_t) atoll (text) : 0;
}

int
clock_gettime (clockid_t clock, struct timespec *ret_time)
{
  const int result = (int) syscall (SYS_clock_gettime, clock, ret_time);

  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    ret_time->tv_sec += shift ();
  return result;
}

int
gettimeofday (struct timeval *restrict ret_time, void *restrict zone)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  ret_time->tv_sec = now.tv_sec;
  ret_time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *ret_time)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  if (ret_time != NULL)
    *ret_time = now.tv_sec;
  return now.tv_sec;
}
