/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-pubsub.h"

#include "hs-disco.h"
#include "hs-iq.h"
#include "hs-node-config-private.h"
#include "hs-presence.h"
#include "hs-pubsub-event-private.h"
#include "hs-pubsub-item-private.h"

G_BEGIN_DECLS

/* The struct and the functions that hs-pubsub*.c share. */

struct _HsPubSub
{
  GObject parent_instance;

  HsClient *client;    /* weak */
  GHashTable *watched; /* how often each node is watched, by its name */

  GHashTable *subscriptions; /* the ids that services have given, by "ACCOUNT SERVICE NODE" */

  GPtrArray *listeners;    /* see hs-pubsub-shared.h */
  GSource *missed;         /* once a turn: they are told */
  gboolean is_queued;      /* such a presence was sent while there was no connection */
  gboolean is_unannounced; /* the server has no available presence of this session with all that is watched */
};

/* Makes a task return what an answer says. */
typedef void (*HsPubSubReadFunc) (GTask *task, HsIq *answer);

/* hs-pubsub-request.c */
/* Sets @address to the canonical form of @service, or to NULL for the account itself. Returns FALSE with @error set if
 * @service is not a valid JID, or there is no session. */
gboolean hs_pubsub_read_service (HsPubSub *self, const char *service, char **address, GError **error);
/* Makes a <pubsub/> with a child @name of the given node. @verb: is set to the child, which the <pubsub/> owns; may be
 * NULL. (transfer full) */
HsElement *hs_pubsub_make_payload (const char *namespace_, const char *name, const char *node, HsElement **verb);
/* Returns the child of an answer's <pubsub/>, or NULL. */
HsElement *hs_pubsub_get_answer (HsIq *answer, const char *namespace_, const char *name);
/* Sends a request, and passes @task to @callback. Takes over @task and @payload. @address: from
 * hs_pubsub_read_service(). */
void hs_pubsub_request (GTask *task,
                        const char *stanza_type,
                        const char *address,
                        HsElement *payload,
                        GAsyncReadyCallback callback);
/* Sends a request, and ends @task with what @read makes of the answer, or with TRUE if @read is NULL. Takes over @task,
 * whose data it uses, and @payload. */
void hs_pubsub_send (GTask *task,
                     const char *stanza_type,
                     const char *service,
                     HsElement *payload,
                     HsPubSubReadFunc read);

/* hs-pubsub-config.c */
/* Returns the form in an answer, or NULL. (transfer full) */
HsDataForm *hs_pubsub_read_config (HsIq *answer);

/* hs-pubsub-receive.c */
/* Reads the events in a message. Returns NULL if no service has sent it. (transfer full) (element-type
 * HsPubSubEvent) */
GPtrArray *hs_pubsub_read_events (HsClient *client, HsElement *element);

/* hs-pubsub-missed.c */
void hs_pubsub_missed_start (HsPubSub *self);
/* The session, or the client, is gone. */
void hs_pubsub_missed_stop (HsPubSub *self);
/* A session has begun, or is resumed. */
void hs_pubsub_missed_session (HsPubSub *self, gboolean is_resumed);
void hs_pubsub_missed_presence_sent (HsPubSub *self, HsPresence *presence);

G_END_DECLS
