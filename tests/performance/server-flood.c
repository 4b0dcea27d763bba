/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <string.h>

/* A template with the stanza's number wherever there is a #. */

#define CHAT(body) \
  "<message from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard' " \
  "type='chat' id='#'><body>" body " #</body></message>"
#define GROUPCHAT(body) \
  "<message from='room@conference.example/nick' to='romeo@montague.example/orchard' " \
  "type='groupchat' id='#'><body>" body " #</body>" \
  "<active xmlns='http://jabber.org/protocol/chatstates'/>" \
  "<stanza-id xmlns='urn:xmpp:sid:0' id='#' by='room@conference.example'/>" \
  "<origin-id xmlns='urn:xmpp:sid:0' id='x#'/>" \
  "<markable xmlns='urn:xmpp:chat-markers:0'/>" \
  "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='abcdefgh'/></message>"
#define ITEM \
  "<item jid='contact#@montague.example' name='Contact #' subscription='both'>" \
  "<group>Verona</group></item>"
#define ASCII "Wherefore art thou, Romeo?"
#define CYRILLIC \
  "Что в имени? То, что зовём мы розой, и под другим названьем сохраняло б свой сладкий запах. Скажи мне, Ромео"
#define CJK "名字有什么关系呢？我们叫做玫瑰的这一种花，要是换了个名字，它的香味还是同样的芬芳"
#define EMOJI "Wherefore 🌹🌹🌹 art thou 😍😘🥰 Romeo? 🌙✨🌟 good night 👋🏽 👨‍👩‍👧 😴💤"
#define PRESENCE \
  "<presence from='contact#@montague.example/balcony' to='romeo@montague.example/orchard'>" \
  "<show>away</show><status>Number #</status></presence>"
#define END "<message type='headline' from='montague.example'><body>end</body></message>"

static const char *const chats[]
    = { CHAT (ASCII), CHAT (CYRILLIC), CHAT (CJK), CHAT (EMOJI) };
static const char *const group_chats[]
    = { GROUPCHAT (ASCII), GROUPCHAT (CYRILLIC), GROUPCHAT (CJK), GROUPCHAT (EMOJI) };

FloodText
flood_text_from_name (const char *name)
{
  static const char *const names[] = { "ascii", "cyrillic", "cjk", "emoji" };
  FloodText text = N_FLOOD_TEXTS;

  while (text > 0 && strcmp (names[--text], name) != 0)
    continue;
  return text;
}

void
flood_start (Flood *self, Workload kind, guint64 amount)
{
  self->kind = kind;
  self->text = FLOOD_TEXT_ASCII;
  self->next = 0;
  self->left = amount + 1;
}

static char *
append_number (char *p, guint64 number)
{
  char digits[24];
  int n = 0;

  do
    digits[n++] = '0' + number % 10;
  while ((number /= 10) > 0);
  while (n > 0)
    *p++ = digits[--n];
  return p;
}

static void
append_template (GByteArray *out, const char *template, guint64 number)
{
  char stanza[1024];
  char *p = stanza;
  const char *hash;

  while ((hash = strchr (template, '#')) != NULL)
    {
      memcpy (p, template, hash - template);
      p = append_number (p + (hash - template), number);
      template = hash + 1;
    }
  memcpy (p, template, strlen (template));
  p += strlen (template);
  g_byte_array_append (out, (const guint8 *) stanza, p - stanza);
}

void
flood_fill (Flood *self, GByteArray *out, gsize size)
{
  const char *template = self->kind == WORKLOAD_CHAT        ? chats[self->text]
                         : self->kind == WORKLOAD_GROUPCHAT ? group_chats[self->text]
                         : self->kind == WORKLOAD_PRESENCES ? PRESENCE
                                                            : ITEM;

  while (self->left > 1 && out->len < size)
    {
      append_template (out, template, self->next++);
      self->left--;
    }
  if (self->left != 1 || out->len >= size)
    return;
  self->left = 0;
  if (self->kind == WORKLOAD_ROSTER || self->kind == WORKLOAD_CONTACTS)
    g_byte_array_append (out, (const guint8 *) "</query></iq>", strlen ("</query></iq>"));
  g_byte_array_append (out, (const guint8 *) END, strlen (END));
}
