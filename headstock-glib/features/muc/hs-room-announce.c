/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-announce-private.h"

#include <string.h>

#include "hs-namespaces.h"

/* While the session is interrupted, the client sends it after the resumption. */
static gboolean
send_or_queue (HsRoom *self, HsPresence *presence)
{
  g_autoptr (GError) error = NULL;

  if (hs_client_send_stanza (hs_room_find_client (self), HS_ELEMENT (presence), &error))
    return TRUE;
  g_debug ("A presence to %s was not sent: %s", hs_jid_to_string (self->jid), error->message);
  return FALSE;
}

static gboolean
send_presence (HsRoom *self, HsPresence *presence)
{
  return hs_room_is_ready (self) && send_or_queue (self, presence);
}

static HsPresence *
make_presence (HsRoom *self, const char *type, const char *nick)
{
  HsPresence *presence = hs_presence_new (type);
  g_autoptr (HsJid) to = hs_jid_with_resource (self->jid, nick, NULL);

  hs_stanza_set_to_jid (HS_STANZA (presence), to);
  return presence;
}

/* Makes a presence with the content of the account's presence, and with the additions of the modules. */
static HsPresence *
make_available (HsRoom *self, const char *nick, const char *id)
{
  HsClient *client = hs_room_find_client (self);
  HsPresence *own = client != NULL ? hs_client_get_own_presence (client) : NULL;
  HsPresence *presence = make_presence (self, NULL, nick);

  hs_stanza_set_id (HS_STANZA (presence), id);
  if (own != NULL && hs_presence_get_show (own) != NULL)
    hs_presence_set_show (presence, hs_presence_get_show (own));
  if (own != NULL && hs_presence_get_status (own) != NULL)
    hs_presence_set_status (presence, hs_presence_get_status (own));
  if (client != NULL)
    hs_client_prepare_presence (client, presence);
  return presence;
}

/* A room without an archive sends what was said since the last message that the program was given; one with an archive
 * need not send anything, if the missed messages come from there. To get no history, `maxchars` is used, which all
 * services support (XEP-0045, 7.2.13). */
static void
ask_for_history (HsRoom *self, HsElement *history)
{
  HsMessages *messages = self->history_limit > 0 ? hs_room_find_messages (self) : NULL;
  gboolean has_archive = (self->message_flags & HS_MESSAGES_ROOM_HAS_NO_ARCHIVE) == 0;
  gint64 since = messages != NULL && !has_archive ? hs_messages_get_since (messages, self->jid) : 0;

  if (since > 0)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (since / G_USEC_PER_SEC);
      g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

      hs_element_set_attribute (history, "since", text);
    }
  else if (self->history_limit == 0 || (messages != NULL && has_archive && hs_messages_has_mark (messages, self->jid)))
    hs_element_set_attribute (history, "maxchars", "0");
  else
    {
      g_autofree char *limit = g_strdup_printf ("%u", self->history_limit);

      hs_element_set_attribute (history, "maxstanzas", limit);
    }
}

gboolean
hs_room_send_entry (HsRoom *self, const char *id)
{
  g_autoptr (HsPresence) presence = make_available (self, self->nick, id);
  HsElement *x = hs_element_add_child (HS_ELEMENT (presence), "x", HS_NS_MUC);

  ask_for_history (self, hs_element_add_child (x, "history", HS_NS_MUC));
  if (self->password != NULL)
    hs_element_add_text_child (x, "password", HS_NS_MUC, self->password);
  return send_presence (self, presence);
}

gboolean
hs_room_send_nick (HsRoom *self, const char *nick, const char *id)
{
  g_autoptr (HsPresence) presence = make_available (self, nick, id);

  return send_presence (self, presence);
}

gboolean
hs_room_send_farewell (HsRoom *self, const char *status)
{
  g_autoptr (HsPresence) presence = make_presence (self, "unavailable", self->nick);

  if (status != NULL)
    hs_presence_set_status (presence, status);
  return send_presence (self, presence);
}

void
hs_room_own_presence_sent (HsRoom *self, HsPresence *own)
{
  g_autoptr (HsElement) presence = NULL;
  g_autoptr (HsJid) to = NULL;

  if (strcmp (hs_stanza_get_stanza_type (HS_STANZA (own)), "available") != 0)
    return;
  /* Before the room answers, another presence might be taken for another attempt. */
  self->owes_presence |= self->join_id != NULL;
  if (self->state != HS_ROOM_STATE_IN)
    return;
  presence = hs_element_copy (HS_ELEMENT (own));
  to = hs_jid_with_resource (self->jid, self->nick, NULL);
  hs_stanza_set_id (HS_STANZA (presence), NULL);
  hs_stanza_set_to_jid (HS_STANZA (presence), to);
  send_or_queue (self, HS_PRESENCE (presence));
}
