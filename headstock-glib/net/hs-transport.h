/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-tls.h"

G_BEGIN_DECLS

/* The bytes of one connection, and its TLS: what a client needs of whatever carries its stream. A transport is a table
 * of functions (HsTransportFuncs) and a struct that begins with HsTransport; see hs-socket-transport.h. It knows
 * nothing of XML. It is called by, and calls, the thread that iterates its main context. */

typedef struct _HsTransport HsTransport;

typedef enum /*< skip >*/
{
  HS_READ_MODE_STOP, /* read nothing; the end of the connection is told only if writing fails */
  HS_READ_MODE_HOLD, /* read nothing for a time; the end of the connection is told after that time */
  HS_READ_MODE_READ, /* read what arrives */
  HS_N_READ_MODES
} HsReadMode;

/* Divides output between units (stanzas). @bytes begins at the start of a unit. Returns the length of as many whole
 * units as fit into @max bytes, or of the first unit if it alone is larger. */
typedef gsize (*HsDivideFunc) (const guint8 *bytes, gsize length, gsize max);
/* Appends a unit to @frame in the form in which it can stand alone. */
typedef void (*HsFrameFunc) (GByteArray *frame, const guint8 *unit, gsize length);

typedef struct
{
  /* @length bytes have arrived. The callee returns how many it has used; the transport keeps the rest and
   * gives it again in the next turn of the main loop, before anything more is read. The callee may drop the
   * transport, stop reading, and close. It has the bytes only until it returns. */
  gsize (*received) (HsTransport *transport, const guint8 *bytes, gsize length, gpointer owner);
  /* The system has taken more of the output: all of it up to the position hs_transport_get_written(). */
  void (*written) (HsTransport *transport, gpointer owner);
  /* The peer ended its side (NULL) or reading or writing failed. Called once, from the main loop, never from
   * within a function of this header; nothing comes after it. If writing failed while the owner reads, what
   * the peer had sent before is received first. */
  void (*closed) (HsTransport *transport, const GError *error, gpointer owner);
  HsDivideFunc divide; /* where TLS records and frames may end; NULL: anywhere */
  HsFrameFunc frame;   /* only for framed transports */
} HsTransportCallbacks;

/* The functions of a transport. hs_transport_…() below tells what each of them is for. */
typedef struct
{
  gboolean framed;
  void (*free) (HsTransport *self);
  void (*set_reading) (HsTransport *self, HsReadMode mode);
  gint64 (*get_turn_end) (HsTransport *self);
  gboolean (*has_unread) (HsTransport *self);
  GByteArray *(*get_output) (HsTransport *self);
  void (*queue) (HsTransport *self);
  void (*flush) (HsTransport *self);
  gsize (*get_queued) (HsTransport *self);
  guint64 (*get_written) (HsTransport *self);
  guint64 (*get_left) (HsTransport *self);
  void (*start_tls) (HsTransport *self,
                     const HsTlsConfig *config,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  gboolean (*start_tls_finish) (HsTransport *self,
                                GAsyncResult *result,
                                GTlsCertificate **peer_certificate,
                                GError **error);
  GTlsConnection *(*get_tls) (HsTransport *self); /* NULL: no transport of this kind has one */
  void (*close) (HsTransport *self);
} HsTransportFuncs;

struct _HsTransport
{
  const HsTransportFuncs *funcs;
  grefcount ref_count;
  const HsTransportCallbacks *callbacks;
  gpointer owner;
  guint secure : 1;           /* under TLS, or protected as well as that */
  guint trusted : 1;          /* and the peer's certificate was verified, or is the pinned one */
  guint certificate_used : 1; /* and the peer has asked for the certificate of this side, and got it */
};

/* Makes a transport: the near end of a new connection; or NULL and an error. */
typedef HsTransport *(*HsDialFunc) (const HsTransportCallbacks *callbacks,
                                    gpointer owner,
                                    gpointer user_data,
                                    GError **error);

/* @callbacks live as long as the transport. */
static inline void
hs_transport_init (HsTransport *self,
                   const HsTransportFuncs *funcs,
                   const HsTransportCallbacks *callbacks,
                   gpointer owner)
{
  self->funcs = funcs;
  g_ref_count_init (&self->ref_count);
  self->callbacks = callbacks;
  self->owner = owner;
}

/* For transports: the connection is under TLS from here on. */
static inline void
hs_transport_note_secure (HsTransport *self, gboolean trusted, gboolean certificate_used)
{
  self->secure = TRUE;
  self->trusted = trusted;
  self->certificate_used = certificate_used;
}

static inline HsTransport *
hs_transport_ref (HsTransport *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/* Frees with the last reference, and nothing is called any more. */
static inline void
hs_transport_unref (HsTransport *self)
{
  if (g_ref_count_dec (&self->ref_count))
    self->funcs->free (self);
}

/* Whether each element goes into a frame of its own (RFC 7395, 3): then the stream has no root element. */
static inline gboolean
hs_transport_is_framed (HsTransport *self)
{
  return self->funcs->framed;
}

/* A new transport does not read. One that reads never blocks; it reads at most a buffer a turn of the main
 * loop, and only while the turn, which all transports share, has time left. */
static inline void
hs_transport_set_reading (HsTransport *self, HsReadMode mode)
{
  self->funcs->set_reading (self, mode);
}

/* When work on what was received has to stop (the system's monotonic time). received() is called only while
 * there is time for it in this turn. */
static inline gint64
hs_transport_get_turn_end (HsTransport *self)
{
  return self->funcs->get_turn_end (self);
}

/* Whether something has come, perhaps the end of the connection, that the owner was not given yet. */
static inline gboolean
hs_transport_has_unread (HsTransport *self)
{
  return self->funcs->has_unread (self);
}

/* The buffer that is written next: append whole stanzas to it, then call hs_transport_queue(). All that is
 * appended in one turn of the loop leaves at the end of the turn; inside received(), when that returns. Ask for the
 * buffer each time: it is another one after a write. */
static inline GByteArray *
hs_transport_get_output (HsTransport *self)
{
  return self->funcs->get_output (self);
}

static inline void
hs_transport_queue (HsTransport *self)
{
  self->funcs->queue (self);
}

/* Writes what the system takes now, and the rest as the system takes it. */
static inline void
hs_transport_flush (HsTransport *self)
{
  self->funcs->flush (self);
}

/* Bytes that wait to be written. */
static inline gsize
hs_transport_get_queued (HsTransport *self)
{
  return self->funcs->get_queued (self);
}

/* Bytes that were handed to the system in all, since TLS was started if it was. */
static inline guint64
hs_transport_get_written (HsTransport *self)
{
  return self->funcs->get_written (self);
}

/* How many of these have certainly left this machine: the other one has acknowledged them, as far as the
 * system can tell. Under TLS, what TLS adds counts as if it had not left, as long as anything has not. */
static inline guint64
hs_transport_get_left (HsTransport *self)
{
  return self->funcs->get_left (self);
}

/* Starts TLS, with the errors of hs_tls_handshake_async(). The owner does not read, and has written all that comes
 * before TLS. Nothing is read or written until the call has come back, and what had arrived before and was not used is
 * dropped. If it fails the transport is of no further use. Closing the transport does not end the call: cancel it. */
static inline void
hs_transport_start_tls_async (HsTransport *self,
                              const HsTlsConfig *config,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  self->funcs->start_tls (self, config, cancellable, callback, user_data);
}

/* @peer_certificate: set if the peer had one, also if the call has failed. (transfer full) (nullable) */
static inline gboolean
hs_transport_start_tls_finish (HsTransport *self,
                               GAsyncResult *result,
                               GTlsCertificate **peer_certificate,
                               GError **error)
{
  return self->funcs->start_tls_finish (self, result, peer_certificate, error);
}

/* Whether the connection is under TLS; whether the peer's certificate was also verified, or is the pinned one; whether
 * the peer has asked for the certificate of this side, and got it. */
static inline gboolean
hs_transport_is_secure (const HsTransport *self)
{
  return self->secure;
}

static inline gboolean
hs_transport_is_trusted (const HsTransport *self)
{
  return self->trusted;
}

static inline gboolean
hs_transport_has_used_certificate (const HsTransport *self)
{
  return self->certificate_used;
}

/* For channel bindings and the parameters of TLS; NULL if the connection is not under the TLS of GIO. */
static inline GTlsConnection *
hs_transport_get_tls (HsTransport *self)
{
  return self->funcs->get_tls != NULL ? self->funcs->get_tls (self) : NULL;
}

/* Closes at once in both directions, without waiting for anything and without blocking; under TLS with a
 * close_notify if it can be sent at once. No callback comes after. What was queued and not written is dropped.
 * May be called from every callback, and twice. */
static inline void
hs_transport_close (HsTransport *self)
{
  self->funcs->close (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsTransport, hs_transport_unref)

G_END_DECLS
