/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* For check-instructions.py: what is counted begins and ends with what is measured. */
#ifdef WITH_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#endif

Bench bench;

static struct
{
  double cpu;
  double wall;
  long rss;
  long peak;
  uint64_t count;
  uint64_t bytes;
  bool running;
  double turn_wall;
  double turn_cpu;
  double longest_wall;
  double longest_cpu;
  char notes[512];
} state;

void
bench_init (int argc, char **argv)
{
  struct rlimit limit;

  if (argc < 6)
    {
      fprintf (stderr, "usage: %s WORKLOAD HOW PORT AMOUNT CLIENTS [CERTIFICATE]\n", argv[0]);
      exit (2);
    }
  bench.workload = argv[1];
  bench.how = argv[2];
  bench.port = atoi (argv[3]);
  bench.amount = strtoull (argv[4], NULL, 10);
  bench.n_clients = atoi (argv[5]);
  bench.certificate = argc > 6 ? argv[6] : NULL;
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

bool
bench_is (const char *workload)
{
  return strcmp (bench.workload, workload) == 0;
}

static double
seconds (struct timeval time)
{
  return time.tv_sec + time.tv_usec * 1e-6;
}

double
bench_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return seconds (usage.ru_utime) + seconds (usage.ru_stime);
}

static double
clock_seconds (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

double
bench_wall (void)
{
  return clock_seconds (CLOCK_MONOTONIC);
}

long
bench_rss (void)
{
  long size = 0;
  long resident = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  if (file == NULL)
    return 0;
  if (fscanf (file, "%ld %ld", &size, &resident) != 2)
    resident = 0;
  fclose (file);
  return resident * (sysconf (_SC_PAGESIZE) / 1024);
}

void
bench_begin (void)
{
  state.rss = state.peak = bench_rss ();
  state.turn_wall = state.turn_cpu = 0;
  state.longest_wall = state.longest_cpu = 0;
  state.running = true;
  state.wall = bench_wall ();
  state.cpu = bench_cpu ();
  CALLGRIND_START_INSTRUMENTATION;
}

void
bench_sample (void)
{
  long rss = bench_rss ();

  if (rss > state.peak)
    state.peak = rss;
}

void
bench_note (const char *name, double value)
{
  size_t length = strlen (state.notes);

  snprintf (state.notes + length, sizeof state.notes - length, " %s=%.9f", name, value);
}

void
bench_mark (const char *name)
{
  char part[64];
  double cpu = bench_cpu () - state.cpu;

  snprintf (part, sizeof part, "%s_cpu", name);
  bench_note (part, cpu);
  snprintf (part, sizeof part, "%s_wall", name);
  bench_note (part, bench_wall () - state.wall);
}

void
bench_turns (const char *name)
{
  char part[64];

  if (!(state.turn_wall > 0))
    return;
  bench_turn ();
  snprintf (part, sizeof part, "%s_turn", name);
  bench_note (part, state.longest_wall);
  snprintf (part, sizeof part, "%s_turn_cpu", name);
  bench_note (part, state.longest_cpu);
  state.longest_wall = state.longest_cpu = 0;
}

void
bench_end (void)
{
  double cpu = bench_cpu () - state.cpu;
  double wall = bench_wall () - state.wall;

  if (!state.running)
    return;
  CALLGRIND_STOP_INSTRUMENTATION;
  state.running = false;
  bench_sample ();
  if (state.turn_wall > 0)
    {
      bench_turn ();
      bench_note ("turn", state.longest_wall);
      bench_note ("turn_cpu", state.longest_cpu);
    }
  printf ("count=%llu cpu=%.6f wall=%.6f rss=%ld peak=%ld%s\n", (unsigned long long) state.count,
          cpu, wall, bench_rss () - state.rss, state.peak - state.rss, state.notes);
  fflush (stdout);
}

bool
bench_message (const char *body)
{
  if (body == NULL)
    return false;
  state.bytes += strlen (body);
  if (body[0] == 'b' && strcmp (body, "begin") == 0)
    bench_begin ();
  else if (body[0] == 'e' && strcmp (body, "end") == 0)
    {
      bench_end ();
      return true;
    }
  else if ((++state.count & 0x3FFF) == 0)
    bench_sample ();
  return false;
}

uint64_t
bench_count (void)
{
  return state.count;
}

void
bench_turn (void)
{
  double wall = clock_seconds (CLOCK_MONOTONIC);
  double cpu = clock_seconds (CLOCK_THREAD_CPUTIME_ID);

  if (state.turn_wall > 0 && wall - state.turn_wall > state.longest_wall)
    state.longest_wall = wall - state.turn_wall;
  if (state.turn_cpu > 0 && cpu - state.turn_cpu > state.longest_cpu)
    state.longest_cpu = cpu - state.turn_cpu;
  state.turn_wall = wall;
  state.turn_cpu = cpu;
}
