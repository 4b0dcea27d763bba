/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "scripted-server.h"

#include "headstock-glib-test/hs-test-stream.h"

/* The engine of scripts (scripted-server.c) and the lines over which it speaks: sockets (scripted-socket.c), and a
 * transport in memory (scripted-memory.c). A script runs in a thread of its own, so that a step is a function that
 * returns when it is done. */

/* What a line does. All but `free` and `send` is called in the thread of the script. */
typedef struct
{
  /* At the start and the end of the thread, or NULL. */
  void (*enter) (ScriptedPeer *peer);
  void (*leave) (ScriptedPeer *peer);
  /* The number of bytes, 0 at the end. */
  gssize (*read) (ScriptedPeer *peer, char *buffer, gsize size, GError **error);
  gboolean (*write) (ScriptedPeer *peer, const char *bytes, gsize length, GError **error);
  /* Ends the server's direction in an orderly way; then all of it; with a reset; or just so. */
  void (*shut_down) (ScriptedPeer *peer);
  void (*close) (ScriptedPeer *peer);
  void (*reset) (ScriptedPeer *peer);
  void (*drop) (ScriptedPeer *peer);
  void (*sleep) (ScriptedPeer *peer, guint msec);
  /* Until a gate opens, or the server is freed. The server's mutex is held before and after. */
  void (*wait) (ScriptedPeer *peer);
  /* Whether nothing comes in a while. */
  gboolean (*is_silent) (ScriptedPeer *peer);
  /* NULL: the line has no TLS. */
  gboolean (*start_tls) (ScriptedPeer *peer, const char *pem, GTlsAuthenticationMode mode);
  /* The thread has ended. */
  void (*free) (ScriptedPeer *peer);
  /* From the thread of the test. */
  void (*send) (ScriptedPeer *peer, const char *text);
} ScriptLineFuncs;

struct _ScriptedPeer
{
  ScriptedServer *server;
  const ScriptLineFuncs *funcs;
  gpointer line; /* the line's own */
  GThread *thread;
  const ScriptStep *script;
  HsTestStream stream;
  gboolean has_sent; /* whether the stream's last words left */
  GString *input;    /* not yet used up */
  GString *taken;
  gboolean limited;
  gboolean limit_resets;
  gsize n_left;
};

struct _ScriptedServer
{
  const ScriptStep *const *scripts;
  GCancellable *stop;
  gpointer line;                       /* where the connections come from */
  void (*stop_listening) (ScriptedServer *self);
  void (*free_line) (ScriptedServer *self);
  void (*changed) (ScriptedServer *self); /* a gate is open, or the server stopped; or NULL */
  guint16 port;

  GMutex mutex; /* for all below */
  GCond cond;
  GPtrArray *peers;
  GString *received;
  GArray *reads; /* gsize: the length of received after each read */
  char *failure;
  gboolean forgiving;
  guint gates; /* open */
  guint n_connections;
  guint n_ended;
};

ScriptedServer *scripted_server_make (const ScriptStep *const *scripts);
/* A connection: its script runs from now on. @line is the peer's. */
ScriptedPeer *scripted_server_add_peer (ScriptedServer *self, const ScriptLineFuncs *funcs, gpointer line);
gboolean scripted_server_is_stopped (ScriptedServer *self);
