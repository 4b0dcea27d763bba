/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The server's side of one stream, for all servers of the tests that know the protocol: the header, the stream
 * features, the sign-in, the resource, and stream management (RFC 6120, RFC 7395, XEP-0198). What an element of the
 * client is to a server is decided here, and what the server answers is written here. Whether it answers so, or
 * breaks the rules, is the owner's choice.
 *
 * It has no connection and no parser: the owner tells what the client has sent, and bytes for the client come out
 * through @send. So it serves elements that were parsed, and tags that were only looked at for the sake of speed. */

/* What an element is to a server. */
typedef enum
{
  HS_TEST_WORD_STANZA,
  HS_TEST_WORD_OPEN, /* of a framed stream, as HS_TEST_WORD_CLOSE */
  HS_TEST_WORD_CLOSE,
  HS_TEST_WORD_STARTTLS,
  HS_TEST_WORD_AUTH,         /* SASL */
  HS_TEST_WORD_AUTHENTICATE, /* SASL2 */
  HS_TEST_WORD_HANDSHAKE,    /* of a component */
  HS_TEST_WORD_BIND,         /* the request for a resource */
  HS_TEST_WORD_ENABLE,       /* stream management, as those that follow */
  HS_TEST_WORD_RESUME,
  HS_TEST_WORD_REQUEST, /* <r/> */
  HS_TEST_WORD_ACK,     /* <a/> */
  HS_TEST_WORD_OTHER,
} HsTestWord;

typedef void (*HsTestSend) (const char *text, gpointer owner);

typedef struct
{
  HsTestSend send;
  gpointer owner;
  gboolean framed;        /* a document a frame (RFC 7395) */
  gboolean component;     /* no features (XEP-0114) */
  gboolean tls;           /* offer STARTTLS before anything else */
  gboolean managed;       /* offer stream management */
  gboolean session;       /* offer the session of RFC 3921, which is optional */
  const char *mechanism;  /* for SASL */
  const char *attributes; /* of the header, besides its namespaces */

  /* The connection */
  gboolean secured;
  gboolean signed_in;
  gboolean bound; /* or resumed */
  gboolean closed;
} HsTestStream;

/* The numbers of stream management, each modulo 2^32. */
typedef struct
{
  guint32 received; /* from the client */
  guint32 sent;
  guint32 acknowledged; /* of those that were sent */
} HsTestCounts;

/* A new connection, on which nothing has come yet. The settings above stay. */
void hs_test_stream_connected (HsTestStream *self);

/* @namespace_ and @payload may be NULL: the namespace of the element, if it is not that of the stream, and of its
 * first child, if it has one. */
HsTestWord hs_test_stream_read (const HsTestStream *self,
                                const char *name,
                                const char *namespace_,
                                const char *payload);

/* The header alone. */
void hs_test_stream_head (HsTestStream *self);
/* The header, and what is offered at this point; @more are further features, or NULL. */
void hs_test_stream_open (HsTestStream *self, const char *more);
/* What is offered alone, after a sign-in that does not begin a new stream. */
void hs_test_stream_offer (HsTestStream *self, const char *more);
/* Lets STARTTLS begin. The stream is secured from now on. */
void hs_test_stream_proceed (HsTestStream *self);
/* Accepts a sign-in with SASL. */
void hs_test_stream_accept (HsTestStream *self);
/* Refuses a sign-in with SASL. */
void hs_test_stream_refuse (HsTestStream *self, const char *condition);
/* Answers the request with this id: the resource is bound. */
void hs_test_stream_bind (HsTestStream *self, const char *id, const char *jid);
/* @id is NULL if the session cannot be resumed; it is kept for @max seconds, or nothing is said of that. */
void hs_test_stream_enable (HsTestStream *self, const char *id, guint max);
void hs_test_stream_resume (HsTestStream *self, const HsTestCounts *counts, const char *id);
/* Refuses to enable stream management, or to resume a session. @counts: what the server has received in the session, or
 * NULL. */
void hs_test_stream_fail (HsTestStream *self, const HsTestCounts *counts, const char *condition);
void hs_test_stream_request (HsTestStream *self);
void hs_test_stream_acknowledge (HsTestStream *self, const HsTestCounts *counts);
/* Ends the stream, once. */
void hs_test_stream_end (HsTestStream *self);

/* The client has acknowledged up to @h. FALSE, and nothing has changed: more than was sent. */
gboolean hs_test_counts_take (HsTestCounts *self, guint32 h, guint32 *n_new);

G_END_DECLS
