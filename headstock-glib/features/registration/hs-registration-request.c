/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include "hs-iq.h"
#include "hs-namespaces.h"

/* A request that also returns the stanza of an error: the server may have put a form into it. */

typedef struct
{
  HsRegistration *registration;
  HsClient *client;
  char *id;
  guint handler;
  HsElement *refusal;
  HsRegistrationAnswer answer;
  gpointer user_data;
} Request;

static void
request_free (Request *self)
{
  g_clear_object (&self->refusal);
  g_clear_object (&self->client);
  g_clear_object (&self->registration);
  g_free (self->id);
  g_free (self);
}

/* Handlers of elements run before the request is answered: keep the stanza for answered_cb(). */
static HsElement *
error_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  Request *self = user_data;
  HsElement *stanza = hs_element_get_parent (element);

  if (stanza != NULL && HS_IS_IQ (stanza) &&
      g_strcmp0 (hs_stanza_get_id (HS_STANZA (stanza)), self->id) == 0)
    g_set_object (&self->refusal, stanza);
  return NULL;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (source), result, &error);

  if (self->handler != 0)
    hs_client_remove_handler (self->client, self->handler);
  self->answer (self->registration, iq != NULL ? HS_ELEMENT (iq) : self->refusal, error,
                self->user_data);
  request_free (self);
}

void
hs_registration_request (HsRegistration *self,
                         const char *type,
                         HsElement *payload,
                         GCancellable *cancellable,
                         HsRegistrationAnswer answer,
                         gpointer user_data)
{
  HsClient *client = hs_registration_private (self)->client;
  g_autoptr (HsIq) iq = hs_iq_new (type, NULL, payload);
  Request *request = g_new0 (Request, 1);

  request->registration = g_object_ref (self);
  request->client = g_object_ref (client);
  request->id = g_strdup (hs_stanza_get_id (HS_STANZA (iq)));
  request->answer = answer;
  request->user_data = user_data;
  request->handler = hs_client_add_handler (client, "error", HS_NS_CLIENT, HS_HANDLER_DEFAULT,
                                            error_cb, request, NULL);
  hs_client_request_async (client, HS_ELEMENT (iq), -1, cancellable, answered_cb, request);
}
