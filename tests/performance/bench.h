/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What all clients that are compared share: how they are called, what they measure, and the line in
 * which they say it. No GLib: some of them have none. */

typedef struct
{
  const char *workload;
  const char *how; /* of several ways to do it, or "-" */
  int port;
  uint64_t amount;
  unsigned n_clients;
  const char *certificate; /* NULL: without TLS */
} Bench;

extern Bench bench;

/* WORKLOAD HOW PORT AMOUNT CLIENTS [CERTIFICATE]. The process gets as many sockets as it may. */
void bench_init (int argc, char **argv);
bool bench_is (const char *workload);

/* CPU time of this process, in seconds. */
double bench_cpu (void);
double bench_wall (void);
/* What is resident, in KiB. */
long bench_rss (void);

/* The work begins: takes the first figures. */
void bench_begin (void);
/* Looks at what is resident now, for its maximum. Cheap enough for every 10,000 stanzas. */
void bench_sample (void);
/* The work is done: prints the figures. Only the first call counts. */
void bench_end (void);
/* One more figure for that line. */
void bench_note (const char *name, double value);
/* A part of the work is done: NAME_cpu and NAME_wall. */
void bench_mark (const char *name);

/* A message has come: counts it, and begins and ends where it says so. True at the end. */
bool bench_message (const char *body);
uint64_t bench_count (void);

/* What the longest turn up to now was: NAME_turn and NAME_turn_cpu; what follows counts anew. */
void bench_turns (const char *name);
/* A timer of one millisecond in the main loop has been called. */
void bench_turn (void);

#ifdef __cplusplus
}
#endif
