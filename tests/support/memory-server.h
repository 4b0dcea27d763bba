/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"
#include "net/hs-loop.h"

/* The scripts of scripted-server.h for a client without a network: a transport in memory, in the test's own main
 * loop, on a clock that stands. SLEEP and DRIP take the clock's time, and nothing else takes any. It has no TLS,
 * no GATE, and calls no functions: ANSWER says a space to each occurrence of a text, for ever. */

#define ANSWER(what) { SCRIPT_CALL, .text = what }

typedef struct _MemoryServer MemoryServer;

/* As scripted_server_new(). The client must not run. */
MemoryServer *memory_server_new (HsClient *client, const ScriptStep *const *scripts);
void memory_server_free (MemoryServer *self);

/* Everything that the client has sent, and how often a text is in it. */
const char *memory_server_get_received (MemoryServer *self);
guint memory_server_count (MemoryServer *self, const char *text);
guint memory_server_get_n_connections (MemoryServer *self);
/* Sends, beside the script. */
void memory_server_say (MemoryServer *self, const char *text);
/* How many bytes a second the line takes from the client; 0: none. What is on the way counts as not left. */
void memory_server_set_rate (MemoryServer *self, guint rate);

/* The clock, in milliseconds since the server was made. */
gint64 memory_server_get_time (MemoryServer *self);
/* Goes to the nearest time for which anything waits. */
void memory_server_step (MemoryServer *self);
void memory_server_advance (MemoryServer *self, guint msec);

/* Has time pass until the condition holds, a day at most. */
#define memory_until(server, condition)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    memory_server_advance (server, 0);                                                             \
    while (!(condition))                                                                           \
      {                                                                                            \
        memory_server_step (server);                                                               \
        g_assert_cmpint (memory_server_get_time (server), <, 24 * 3600 * 1000);                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END
