/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"

G_BEGIN_DECLS

/* The bytes that a connection has read and written, without the secrets: in a file, on the standard output, and as
 * text for whoever listens. It counts which bytes it has shown, so that each is shown once. */

typedef struct
{
  /* Whether somebody listens to the text. */
  gboolean (*is_listening) (gpointer owner);
  /* The account, for the lines that HEADSTOCK_DEBUG asks for; or NULL. */
  const char *(*get_name) (gpointer owner);
  /* May do anything, also end the connection. */
  void (*text) (HsDirection direction, const char *text, gpointer owner);
} HsWireLogCallbacks;

typedef struct _HsWireLogSink HsWireLogSink;

typedef struct
{
  const HsWireLogCallbacks *callbacks;
  gpointer owner;
  HsWireLogSink *sink; /* NULL until somebody wanted to see something */
  guint64 shown_out;        /* how many bytes of the connection's output were shown, or never will be */
  gsize shown_in;           /* how many bytes at the start of the next input were shown */
  guint64 max_size;         /* of the file, in bytes; 0: none */
} HsWireLog;

void hs_wire_log_init (HsWireLog *self, const HsWireLogCallbacks *callbacks, gpointer owner);
void hs_wire_log_clear (HsWireLog *self);

/* @path: the file to append to, or NULL. Fails with a GFileError, and the log is as it was before. */
gboolean
hs_wire_log_open (HsWireLog *self, const char *path, gboolean to_stdout, GError **error);
/* Once the file has as many bytes as that, it is renamed to PATH.1, and another one begins; 0: never. FALSE if
 * nothing changes. */
gboolean hs_wire_log_set_max_size (HsWireLog *self, guint64 max_size);
guint64 hs_wire_log_get_max_size (const HsWireLog *self);

/* A new connection, or the same one under TLS: its bytes count from 0. */
void hs_wire_log_restart (HsWireLog *self);
void hs_wire_log_received (HsWireLog *self, const char *bytes, gsize length);
/* The last @length of the bytes that were received will be received again. */
void hs_wire_log_expect_again (HsWireLog *self, gsize length);
/* The connection has been given @end bytes to write, the last of which are @output. Returns whether there is
 * anything that the log had not been told of. */
gboolean hs_wire_log_sent (HsWireLog *self, const GByteArray *output, guint64 end);

G_END_DECLS
