/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client.h"
#include "hs-disco.h"
#include "hs-iq.h"

G_BEGIN_DECLS

/* Functions for features that send a simple request in an iq, and answer the same request of others. */

/* Returns the iq of the type `get` whose payload is @payload, or NULL if @payload is anything else. */
HsStanza *hs_disco_get_request (HsElement *payload);

/* Makes a task return what an answer says. @usec: how long the answer took. */
typedef void (*HsDiscoReadFunc) (GTask *task, HsIq *answer, gint64 usec);

/* Asks @jid, or the account itself if it is NULL, with the payload <name xmlns='namespace_'/>. Takes over @task, whose
 * data it uses. @read ends the task, or it ends with an error: HS_ERROR_NOT_CONNECTED if @client is NULL,
 * HS_ERROR_INVALID_JID, or those of hs_client_request_finish(). */
void hs_disco_send_question (GTask *task,
                             HsClient *client,
                             const char *jid,
                             const char *name,
                             const char *namespace_,
                             HsDiscoReadFunc read);

/* Forgets what an address has answered, or will answer to a request on its way. */
void hs_disco_forget (HsDisco *self, const char *jid, const char *node);

G_END_DECLS
