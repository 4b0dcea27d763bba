/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-resource-info-private.h"

#include <string.h>

#include "hs-namespaces.h"

/* The longest resourcepart of an address, in bytes (RFC 7622, 3.4). */
#define MAX_RESOURCE 1023
/* Limits in bytes, because the contact chooses these texts, and they are kept while it is available. All together fit
 * into a 16-bit offset. */
#define MAX_STATUS 4096
#define MAX_CAPS_NODE 1024
#define MAX_HASH 128

/* A text to be copied, or NULL. */
typedef struct
{
  const char *text;
  gsize length;
} Text;

/* Cuts a text after @most bytes, but not inside a character. */
static Text
take_text (const char *text, gsize most)
{
  gsize length = text != NULL ? strlen (text) : 0;

  if (length > most)
    length = (gsize) (g_utf8_find_prev_char (text, text + most + 1) - text);
  return (Text){ text, length };
}

static gsize
get_size (Text text)
{
  return text.text != NULL ? text.length + 1 : 0;
}

/* Copies a text to the end of the earlier ones. */
static guint16
put_text (HsResourceInfo *self, gsize *end, Text text)
{
  gsize offset = *end;
  char *copy = (char *) self + offset;

  if (text.text == NULL)
    return 0;
  memcpy (copy, text.text, text.length);
  copy[text.length] = '\0';
  *end += text.length + 1;
  return (guint16) offset;
}

static gint64
parse_time (const char *text)
{
  g_autoptr (GDateTime) time = NULL;

  if (text != NULL)
    {
      g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

      time = g_date_time_new_from_iso8601 (text, utc);
    }
  return time != NULL
             ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time)
             : 0;
}

GDateTime *
hs_resource_info_make_time (gint64 usec)
{
  g_autoptr (GDateTime) seconds = NULL;

  if (usec == 0)
    return NULL;
  seconds = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  return seconds != NULL ? g_date_time_add (seconds, usec % G_USEC_PER_SEC) : NULL;
}

gint64
hs_resource_info_get_time_sent (HsStanza *stanza)
{
  gint64 now = g_get_real_time ();
  gint64 sent = parse_time (
      hs_element_get_child_attribute (HS_ELEMENT (stanza), "delay", HS_NS_DELAY, "stamp"));

  return sent > 0 && sent < now ? sent : now;
}

static HsShow
parse_show (const char *text)
{
  if (text == NULL)
    return HS_SHOW_ONLINE;
  if (strcmp (text, "away") == 0)
    return HS_SHOW_AWAY;
  if (strcmp (text, "xa") == 0)
    return HS_SHOW_XA;
  if (strcmp (text, "dnd") == 0)
    return HS_SHOW_DND;
  return strcmp (text, "chat") == 0 ? HS_SHOW_CHAT : HS_SHOW_ONLINE;
}

/* A presence without the element changes nothing. */
static const char *
find_caps_node (HsElement *presence, const HsResourceInfo *before)
{
  HsElement *caps = hs_element_get_child (presence, "c", HS_NS_CAPS);

  if (caps != NULL)
    return hs_element_get_attribute (caps, "node");
  return before != NULL ? hs_resource_info_get_text (before, before->caps_node) : NULL;
}

/* A presence without the element changes nothing. */
static const char *
find_avatar_hash (HsElement *presence, const HsResourceInfo *before)
{
  HsElement *update = hs_element_get_child (presence, "x", HS_NS_VCARD_UPDATE);
  HsElement *photo = update != NULL ? hs_element_get_child (update, "photo", HS_NS_VCARD_UPDATE) : NULL;
  const char *hash;

  if (photo == NULL)
    return before != NULL ? hs_resource_info_get_text (before, before->avatar_hash) : NULL;
  hash = hs_element_get_text (photo);
  return hash != NULL ? hash : "";
}

HsResourceInfo *
hs_resource_info_new (HsJid *jid, HsPresence *presence, guint64 serial, const HsResourceInfo *before)
{
  HsElement *element = HS_ELEMENT (presence);
  Text resource = take_text (hs_jid_get_resource (jid), MAX_RESOURCE);
  Text status = take_text (hs_presence_get_status (presence), MAX_STATUS);
  Text caps_node = take_text (find_caps_node (element, before), MAX_CAPS_NODE);
  Text avatar_hash = take_text (find_avatar_hash (element, before), MAX_HASH);
  gsize end = sizeof (HsResourceInfo);
  HsResourceInfo *self
      = g_malloc (end + get_size (resource) + get_size (status) + get_size (caps_node) + get_size (avatar_hash));

  self->ref_count = 1;
  self->show = (guint8) parse_show (hs_presence_get_show (presence));
  self->priority = (gint8) hs_presence_get_priority (presence);
  self->since = hs_resource_info_get_time_sent (HS_STANZA (presence));
  self->last_active = parse_time (hs_element_get_child_attribute (element, "idle", HS_NS_IDLE, "since"));
  self->serial = serial;
  self->resource = put_text (self, &end, resource);
  self->status = put_text (self, &end, status);
  self->caps_node = put_text (self, &end, caps_node);
  self->avatar_hash = put_text (self, &end, avatar_hash);
  self->next = NULL;
  return self;
}

HsResourceInfo *
hs_resource_info_ref (HsResourceInfo *self)
{
  self->ref_count++;
  return self;
}

void
hs_resource_info_unref (HsResourceInfo *self)
{
  if (--self->ref_count == 0)
    g_free (self);
}

gboolean
hs_resource_info_is_better (const HsResourceInfo *self, const HsResourceInfo *other)
{
  if (self->priority != other->priority)
    return self->priority > other->priority;
  if (self->show != other->show)
    return self->show > other->show;
  if (self->since != other->since)
    return self->since > other->since;
  return self->serial > other->serial;
}
