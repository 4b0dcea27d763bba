/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-dispatcher.h"
#include "protocol/hs-stream.h"

G_BEGIN_DECLS

/* From bytes to events, a turn of the main loop at a time: feeds the stream with what was read, takes its events,
 * gives stanzas to the dispatcher and everything else to the owner. What does not fit into the turn goes on in the
 * next one, in the middle of a stanza if need be.
 *
 * A handler may iterate the main loop, end the connection, have another one begin, and drop the owner: the owner
 * holds a reference to itself around hs_pump_take() and hs_pump_run(). */

typedef struct
{
  /* An event that is not a stanza and not an element of a stanza. */
  void (*event) (HsStream *stream, HsStreamEvent *event, gpointer owner);
  /* After each event: whether anybody still wants the next one of the present stream. */
  gboolean (*goes_on) (gpointer owner);
  /* Before more bytes are parsed: whether there is room for the answers. */
  gboolean (*has_room) (gpointer owner);
  /* The pump returns, and its stream is still the present one. @over: the turn is over, and hs_pump_run() is due in
   * the next one. @has_input: bytes that were read are left. */
  void (*turn_ended) (gboolean over, gboolean has_input, gpointer owner);
} HsPumpCallbacks;

/* One call of the pump, on the stack. */
typedef struct _HsPumpFrame HsPumpFrame;

/* Lies inside its owner. Only hs-pump.c uses the fields. */
typedef struct
{
  const HsPumpCallbacks *callbacks;
  gpointer owner;
  HsDispatcher *dispatcher; /* borrowed */
  HsStream *stream;         /* the present one, borrowed, or NULL */
  HsPumpFrame *frame;       /* of the innermost call, or NULL */
  GPtrArray *dead_streams;  /* freed when the outermost call has returned */
  HsStreamEvent *suspended; /* the turn was over in the middle of it; NULL: there is none */
} HsPump;

/* @dispatcher is borrowed and must live as long as the pump. */
void hs_pump_init (HsPump *self,
                   HsDispatcher *dispatcher,
                   const HsPumpCallbacks *callbacks,
                   gpointer owner);
void hs_pump_clear (HsPump *self);

/* The present stream is another. @stream is borrowed until hs_pump_retire(). */
void hs_pump_set_stream (HsPump *self, HsStream *stream);
/* The connection has ended. Takes the stream, which a handler may still be at work on. */
void hs_pump_retire (HsPump *self, HsStream *stream);

/* Bytes were read. Returns how many were used. @turn_end: the time at which the turn is over. */
gsize hs_pump_take (HsPump *self, const char *bytes, gsize length, gint64 turn_end);
/* There may be events without new bytes. @turn_end: 0: no turn. FALSE: the turn is over, and nothing was done: call
 * again in the next one. */
gboolean hs_pump_run (HsPump *self, gint64 turn_end);

/* Whether a handler that was called for an event of the present stream is iterating the main loop. */
gboolean hs_pump_is_nested (const HsPump *self);
gboolean hs_pump_is_pumping (const HsPump *self);
gboolean hs_pump_is_suspended (const HsPump *self);
gboolean hs_pump_has_input (const HsPump *self);
/* For the dispatcher, in the middle of a stanza. */
gboolean hs_pump_is_turn_over (HsPump *self);

/* Whether the server has sent a stanza that was shown in part: the stanza will count as received. */
gboolean hs_pump_owes_count (const HsPump *self);
/* Whether a handler is at work on that stanza right now. The rest of the stanza is dispatched as soon as the handler
 * returns, also if the connection is gone by then. */
gboolean hs_pump_is_showing (const HsPump *self);
/* The connection goes, or the stream is closed: the server is not to send the stanza again that is being shown. */
void hs_pump_count_shown (HsPump *self);
/* The server sends the stanza again when the session is resumed: it was not shown whole, and does not count. */
void hs_pump_drop_suspended (HsPump *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsPump, hs_pump_clear)

G_END_DECLS
