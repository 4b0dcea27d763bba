/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client with nodes, whose server says what a test wants. The account is user@example.org/res. */

#define NODE "urn:example:notes"
#define PUBSUB "xmlns='http://jabber.org/protocol/pubsub'"
#define OWNER "xmlns='http://jabber.org/protocol/pubsub#owner'"
#define RESULT(payload) "<iq type='result' id='@ID@'>" payload "</iq>"
#define REFUSED(condition, more)                                                                   \
  "<iq type='error' id='@ID@'><error type='cancel'><" condition                                    \
  " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>" more "</error></iq>"
#define PRECONDITION                                                                               \
  REFUSED ("conflict", "<precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/>")
#define FIELD(name, value) "<field var='pubsub#" name "'><value>" value "</value></field>"
#define CONFIG(fields)                                                                             \
  RESULT ("<pubsub " OWNER "><configure node='" NODE "'><x xmlns='jabber:x:data' type='form'>"      \
          "<field var='FORM_TYPE' type='hidden'>"                                                  \
          "<value>http://jabber.org/protocol/pubsub#node_config</value></field>" fields            \
          "</x></configure></pubsub>")
#define OPTIONS "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>"
#define NO_OPTIONS "<feature var='http://jabber.org/protocol/pubsub'/>"
#define OPEN FIELD ("persist_items", "1") FIELD ("access_model", "open")
#define PRIVATE FIELD ("persist_items", "1") FIELD ("access_model", "whitelist")
#define EVENT(from, inner)                                                                         \
  "<message" from " type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>" inner  \
  "</event></message>"
#define ITEMS(inner) "<items node='" NODE "'>" inner "</items>"
#define PUBLISHED(id)                                                                              \
  RESULT ("<pubsub " PUBSUB "><publish node='" NODE "'><item id='" id "'/></publish></pubsub>")

typedef struct
{
  TestClient *test;
  HsPubSub *pubsub;
  GString *events;      /* "KIND SERVICE NODE ID[ replayed]|" */
  guint n_messages;     /* the client's signal */
  GAsyncResult *result; /* of what was asked last */
  GCancellable *cancellable; /* for pubsub_publish(); or NULL */
  /* The last request that the server got. */
  char *sent;
  char *id;
} PubSubTest;

/* Neither registered nor signed in. */
void pubsub_make (PubSubTest *f, const ScriptStep *const *scripts);
/* Signed in. */
void pubsub_set_up (PubSubTest *f);
void pubsub_tear_down (PubSubTest *f);

void pubsub_result_cb (GObject *source, GAsyncResult *result, gpointer test);
/* Waits for a request with this text, and reads it. */
void pubsub_await (PubSubTest *f, const char *text);
/* The same, with two texts. */
void pubsub_await_both (PubSubTest *f, const char *text, const char *more);
/* Waits for a request for the configuration, "get" or "set". */
void pubsub_await_config (PubSubTest *f, const char *stanza_type);
/* Says something, where @ID@ is that of the request. */
void pubsub_say (PubSubTest *f, const char *text);
/* Publishes, and answers what is asked for features. @options: as hs_pubsub_publish_async(). */
void pubsub_publish (PubSubTest *f, const char *service, HsNodeConfig *options, const char *features);
char *pubsub_finish_publish (PubSubTest *f, GError **error);
/* The server has got nothing with this text. */
void pubsub_assert_unsent (PubSubTest *f, const char *text);
