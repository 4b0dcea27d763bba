/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-transport.h"

G_BEGIN_DECLS

/* The bytes that wait to be written: the owner appends to one buffer while the other is being sent.
 * So a write that has to be repeated is repeated with the same bytes and the same length, which
 * GnuTLS demands: it has encrypted them already, and answers the repeated call with the length of
 * the first. A part of HsTransport; holds no memory while it is empty.
 *
 * Under TLS the peer gets a record whole or not at all. Where the queue has a divide function, each record
 * therefore ends at the end of a unit (a stanza), so that a connection that is lost leaves no half stanza in
 * the peer's parser. A unit that is larger than a record is alone in its records. */

typedef struct
{
  HsDivideFunc divide; /* NULL: the stream may take the bytes in any pieces */
  GByteArray *output;  /* being appended to, nullable */
  GByteArray *sending; /* being sent, nullable */
  gsize sent;          /* how much of `sending` was written */
  gsize piece;         /* what divide() chose, less what of it was sent; 0: nothing yet */
  guint16 record;      /* the most that the TLS library takes at once, or 0: not known yet */
} HsWriteQueue;

typedef enum
{
  HS_WRITE_EMPTY,   /* all has been handed to the system */
  HS_WRITE_MORE,    /* it would take more, but other work shall have its turn */
  HS_WRITE_BLOCKED, /* there is no room */
  HS_WRITE_FAILED,
} HsWriteStatus;

GByteArray *hs_write_queue_get_output (HsWriteQueue *self);
gsize hs_write_queue_get_length (const HsWriteQueue *self);
/* Writes to the socket or, if that is NULL, to the stream. Never blocks. Adds to @written what the stream took.
 * At each call, @output holds whole units. */
HsWriteStatus hs_write_queue_write (HsWriteQueue *self,
                                    GSocket *socket,
                                    GPollableOutputStream *stream,
                                    guint64 *written,
                                    GError **error);
void hs_write_queue_clear (HsWriteQueue *self);

G_END_DECLS
