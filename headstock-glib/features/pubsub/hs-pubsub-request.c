/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* The common parts of all requests to services. */

gboolean
hs_pubsub_read_service (HsPubSub *self, const char *service, char **address, GError **error)
{
  HsJid *own = self->client != NULL ? hs_client_get_bound_jid (self->client) : NULL;
  g_autoptr (HsJid) bare = own != NULL ? hs_jid_get_bare (own) : NULL;
  g_autoptr (HsJid) jid = NULL;

  *address = NULL;
  if (own == NULL)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                   "No node can be used without a session. Wait for HsClient::ready");
      return FALSE;
    }
  if (service == NULL)
    return TRUE;
  jid = hs_jid_new (service, error);
  if (jid == NULL)
    return FALSE;
  if (!hs_jid_equal (jid, bare))
    *address = g_strdup (hs_jid_to_string (jid));
  return TRUE;
}

HsElement *
hs_pubsub_make_payload (const char *namespace_, const char *name, const char *node, HsElement **verb)
{
  HsElement *payload = hs_element_new ("pubsub", namespace_);
  HsElement *child = hs_element_add_child (payload, name, namespace_);

  hs_element_set_attribute (child, "node", node);
  if (verb != NULL)
    *verb = child;
  return payload;
}

HsElement *
hs_pubsub_get_answer (HsIq *answer, const char *namespace_, const char *name)
{
  HsElement *payload = hs_iq_get_payload (answer);

  if (payload == NULL || !hs_element_matches (payload, "pubsub", namespace_))
    return NULL;
  return hs_element_get_child (payload, name, namespace_);
}

void
hs_pubsub_request (GTask *task,
                   const char *stanza_type,
                   const char *address,
                   HsElement *payload,
                   GAsyncReadyCallback callback)
{
  HsPubSub *self = g_task_get_source_object (task);
  g_autoptr (HsElement) owned G_GNUC_UNUSED = payload;
  g_autoptr (HsIq) iq = NULL;

  if (self->client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "HsPubSub is no longer registered with a client");
      g_object_unref (task);
      return;
    }
  iq = hs_iq_new (stanza_type, address, payload);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), callback, task);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsPubSubReadFunc read = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else if (read != NULL)
    read (task, answer);
  else
    g_task_return_boolean (task, TRUE);
}

void
hs_pubsub_send (GTask *task,
                const char *stanza_type,
                const char *service,
                HsElement *payload,
                HsPubSubReadFunc read)
{
  g_autofree char *address = NULL;
  GError *error = NULL;

  g_task_set_task_data (task, read, NULL);
  if (hs_pubsub_read_service (g_task_get_source_object (task), service, &address, &error))
    {
      hs_pubsub_request (task, stanza_type, address, payload, answered_cb);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
  g_object_unref (payload);
}
