/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-shared.h"

#include "hs-component.h"
#include "hs-error.h"
#include "hs-feature.h"

typedef struct
{
  HsDiscoReadFunc read;
  gint64 sent; /* monotonic */
} Question;

HsStanza *
hs_disco_get_request (HsElement *payload)
{
  HsElement *parent = hs_element_get_parent (payload);

  if (parent == NULL || !HS_IS_IQ (parent)
      || g_strcmp0 (hs_stanza_get_stanza_type (HS_STANZA (parent)), "get") != 0
      || hs_iq_get_payload (HS_IQ (parent)) != payload)
    return NULL;
  return HS_STANZA (parent);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  Question *question = g_task_get_task_data (task);

  if (answer == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    question->read (task, answer, hs_feature_get_time (HS_CLIENT (source)) - question->sent);
}

void
hs_disco_send_question (GTask *task,
                        HsClient *client,
                        const char *jid,
                        const char *name,
                        const char *namespace_,
                        HsDiscoReadFunc read)
{
  g_autoptr (GTask) owned = task;
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsJid) to = NULL;
  g_autoptr (HsIq) iq = NULL;
  GError *error = NULL;
  Question *question;

  if (client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "%s is not registered with a client",
                               G_OBJECT_TYPE_NAME (g_task_get_source_object (task)));
      return;
    }
  if (jid != NULL)
    to = hs_jid_new (jid, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  question = g_new (Question, 1);
  question->read = read;
  question->sent = hs_feature_get_time (client);
  g_task_set_task_data (task, question, g_free);
  payload = hs_element_new (name, namespace_);
  iq = hs_iq_new ("get", to != NULL ? hs_jid_to_string (to) : NULL, payload);
  /* XEP-0114, 3: a component names one of its addresses in all it sends. */
  if (HS_IS_COMPONENT (client))
    hs_stanza_set_from_jid (HS_STANZA (iq), hs_client_get_jid (client));
  hs_client_request_async (client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), answered_cb,
                           g_steal_pointer (&owned));
}
