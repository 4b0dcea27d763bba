/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

#include "hs-element.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* Finds out whether the server's clock was set back. Messages that are archived then have times before the mark, where
 * no run looks for them. */

/* Only the account's own archive: rooms may be on servers with other clocks. */
static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsHistory) self = user_data;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, NULL);
  HsElement *payload = answer != NULL ? hs_iq_get_payload (answer) : NULL;
  g_autoptr (HsHistoryArchive) own = hs_history_archive_ref (self->own);
  const char *utc = payload != NULL ? hs_element_get_child_text (payload, "utc", HS_NS_TIME) : NULL;
  g_autoptr (GDateTime) time = utc != NULL ? g_date_time_new_from_iso8601 (utc, NULL) : NULL;

  if (time != NULL && self->has_session)
    hs_history_keeper_compare_clock (&own->keeper, g_date_time_to_unix (time) * G_TIME_SPAN_SECOND);
}

/* Asks the server with a request of XEP-0202. */
void
hs_history_ask_time (HsHistory *self)
{
  HsJid *own = hs_client_get_bound_jid (self->client);
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (own == NULL || self->own->keeper.log.working.mark.id == NULL)
    return;
  payload = hs_element_new ("time", HS_NS_TIME);
  iq = hs_iq_new ("get", hs_jid_get_domain (own), payload);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, answered_cb, g_object_ref (self));
}
