/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <string.h>

/* A template with the stanza's number wherever there is a #, that of a program wherever there is a ~, the program's hash
 * wherever there is a ^, and a # wherever there is a $. */

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
#define OCCUPANT(status) \
  "<presence from='room@conference.example/occupant#' to='romeo@montague.example/orchard'>" status \
  "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='" PROGRAMS "~' ver='^'/>" \
  "<x xmlns='http://jabber.org/protocol/muc$user'><item affiliation='none' role='participant'/></x></presence>"
#define SELF \
  "<presence from='room@conference.example/romeo' to='romeo@montague.example/orchard'>" \
  "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>" \
  "<status code='110'/></x></presence>" \
  "<message type='groupchat' from='room@conference.example'><subject/></message>"
#define PROGRAMS "http://example.org/"
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
  self->goes_on = FALSE;
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

/* As XEP-0115, 5.1, has it. */
static char *
make_hash (guint64 program)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *text = g_strdup_printf ("client/pc//Program %" G_GUINT64_FORMAT "<urn:example:%" G_GUINT64_FORMAT "<",
                                           program, program);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &length);
  return g_base64_encode (digest, length);
}

static char *
append_hash (char *p, guint64 program)
{
  static char *hashes[FLOOD_N_PROGRAMS];

  if (hashes[program] == NULL)
    hashes[program] = make_hash (program);
  return g_stpcpy (p, hashes[program]);
}

char *
flood_describe_program (const char *node)
{
  guint64 program;

  if (!g_str_has_prefix (node, PROGRAMS))
    return NULL;
  program = g_ascii_strtoull (node + strlen (PROGRAMS), NULL, 10);
  return g_strdup_printf ("<query xmlns='http://jabber.org/protocol/disco#info' node='%s'>"
                          "<identity category='client' type='pc' name='Program %" G_GUINT64_FORMAT "'/>"
                          "<feature var='urn:example:%" G_GUINT64_FORMAT "'/></query>",
                          node, program, program);
}

static void
append_template (GByteArray *out, const char *template, guint64 number)
{
  char stanza[1024];
  char *p = stanza;
  const char *mark;

  while ((mark = strpbrk (template, "#~^$")) != NULL)
    {
      memcpy (p, template, mark - template);
      p += mark - template;
      if (*mark == '#')
        p = append_number (p, number);
      else if (*mark == '~')
        p = append_number (p, number % FLOOD_N_PROGRAMS);
      else if (*mark == '$')
        *p++ = '#';
      else
        p = append_hash (p, number % FLOOD_N_PROGRAMS);
      template = mark + 1;
    }
  memcpy (p, template, strlen (template));
  p += strlen (template);
  g_byte_array_append (out, (const guint8 *) stanza, p - stanza);
}

static const char *
get_template (const Flood *self)
{
  switch (self->kind)
    {
    case WORKLOAD_CHAT:
      return chats[self->text];
    case WORKLOAD_GROUPCHAT:
      return group_chats[self->text];
    case WORKLOAD_PRESENCES:
      return PRESENCE;
    case WORKLOAD_ROOM:
    case WORKLOAD_ROOM_CAPS:
      return OCCUPANT ("");
    case WORKLOAD_ROOM_PRESENCES:
      return OCCUPANT ("<show>away</show>");
    default:
      return ITEM;
    }
}

static void
append (GByteArray *out, const char *text)
{
  g_byte_array_append (out, (const guint8 *) text, strlen (text));
}

void
flood_fill (Flood *self, GByteArray *out, gsize size)
{
  const char *template = get_template (self);

  while (self->left > 1 && out->len < size)
    {
      guint64 number = self->next++;

      append_template (out, template, self->kind == WORKLOAD_ROOM_PRESENCES ? number % FLOOD_ROOM_SIZE : number);
      self->left--;
    }
  if (self->left != 1 || out->len >= size)
    return;
  self->left = 0;
  if (self->kind == WORKLOAD_ROSTER || self->kind == WORKLOAD_CONTACTS)
    append (out, "</query></iq>");
  if (self->kind == WORKLOAD_ROOM || self->kind == WORKLOAD_ROOM_CAPS)
    append (out, SELF);
  if (!self->goes_on)
    append (out, END);
}
