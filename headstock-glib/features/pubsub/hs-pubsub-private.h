/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-pubsub.h"

#include "hs-disco.h"
#include "hs-iq.h"
#include "hs-node-config-private.h"
#include "hs-pubsub-event-private.h"
#include "hs-pubsub-item-private.h"

G_BEGIN_DECLS

/* The struct and the functions that hs-pubsub*.c share. */

struct _HsPubSub
{
  GObject parent_instance;

  HsClient *client;    /* weak */
  GHashTable *watched; /* node -> how often */
};

/* Makes a task return what an answer says. */
typedef void (*HsPubSubReadFunc) (GTask *task, HsIq *answer);

/* hs-pubsub-request.c */
/* Reads the address of a service, prepared; NULL for the account itself. Returns FALSE with an error, also without a
 * session. */
gboolean hs_pubsub_read_service (HsPubSub *self, const char *service, char **address, GError **error);
/* <pubsub><name node=''/></pubsub>. @verb: gets the inner one, which the outer one owns; or NULL. (transfer full) */
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
/* Sends a request, and ends @task, which it takes over with @payload, and whose data it uses. @read: NULL to return
 * TRUE. */
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

G_END_DECLS
