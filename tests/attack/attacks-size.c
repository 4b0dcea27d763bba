/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* POLLRDHUP */
#define _GNU_SOURCE
#include "attack.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "script-large.h"

/* Without an end: what grows until somebody says that it is enough. The attacker would send ten
 * gigabytes; how much of it the client takes is what is measured. */

#define TEN_GIB ((guint64) 10 << 30)
#define MIB ((guint64) 1 << 20)
#define SOCKET_BUFFER (256 * 1024)

typedef struct
{
  const char *beginning;
  const char *unit; /* with %u: a number that is never the same */
  guint64 most;     /* that the client may take of it */
  guint usec;       /* between two writes of 32 KiB */
} Endless;

/* Whether a socket of this process is the other end of a connection. */
static gboolean
is_other_end (int fd, const struct sockaddr_storage *local, const struct sockaddr_storage *remote)
{
  struct sockaddr_storage here = { 0 }, there = { 0 };
  socklen_t here_length = sizeof here, there_length = sizeof there;

  return getsockname (fd, (struct sockaddr *) &here, &here_length) == 0
         && getpeername (fd, (struct sockaddr *) &there, &there_length) == 0
         && memcmp (&here, remote, sizeof here) == 0 && memcmp (&there, local, sizeof there) == 0;
}

/*
 * The system gives a socket that is read slowly a buffer of up to 32 MiB: where the client is kept from running,
 * its socket would take more than the client may. The client is in this process.
 */
static void
bound_sockets (ScriptedPeer *peer)
{
  int fd = g_socket_get_fd (g_socket_connection_get_socket (scripted_peer_get_connection (peer)));
  struct sockaddr_storage local = { 0 }, remote = { 0 };
  socklen_t local_length = sizeof local, remote_length = sizeof remote;
  int other = 0, limit = getdtablesize ();

  g_assert_no_errno (getsockname (fd, (struct sockaddr *) &local, &local_length));
  g_assert_no_errno (getpeername (fd, (struct sockaddr *) &remote, &remote_length));
  while (other < limit && !is_other_end (other, &local, &remote))
    other++;
  g_assert_cmpint (other, <, limit);
  g_assert_no_errno (setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &(int){ SOCKET_BUFFER }, sizeof (int)));
  g_assert_no_errno (setsockopt (other, SOL_SOCKET, SO_RCVBUF, &(int){ SOCKET_BUFFER }, sizeof (int)));
}

/* Whether the client has ended the stream: what comes then it reads for a moment, so that its last words arrive, and
 * throws it away. */
static gboolean
has_ended (int fd)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLRDHUP };

  return poll (&poll_fd, 1, 0) > 0;
}

static gboolean
send_endless (ScriptedPeer *peer, gpointer data)
{
  const Endless *endless = data;
  gboolean numbered = strchr (endless->unit, '%') != NULL;
  g_autoptr (GString) buffer = g_string_new (NULL);
  guint number = 0;
  int fd = g_socket_get_fd (g_socket_connection_get_socket (scripted_peer_get_connection (peer)));

  bound_sockets (peer);
  if (!scripted_peer_send (peer, endless->beginning, -1))
    return FALSE;
  while (attack_run->n_sent < TEN_GIB)
    {
      if (numbered || buffer->len == 0)
        {
          g_string_truncate (buffer, 0);
          while (buffer->len < 32768)
            {
              if (numbered)
                {
                  g_autofree char *digits = g_strdup_printf ("%u", number++);
                  g_auto (GStrv) parts = g_strsplit (endless->unit, "%u", -1);
                  g_autofree char *unit = g_strjoinv (digits, parts);

                  g_string_append (buffer, unit);
                }
              else
                g_string_append (buffer, endless->unit);
            }
        }
      if (!scripted_peer_send (peer, buffer->str, buffer->len))
        return FALSE;
      attack_run->n_sent += buffer->len;
      if (!has_ended (fd))
        attack_run->n_taken = attack_run->n_sent;
      g_usleep (endless->usec);
    }
  return TRUE;
}

#define TEXT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SIZES(id, ...)                                                                             \
  static const Endless endless_##id = { __VA_ARGS__ };                                             \
  static const ScriptStep id[]                                                                     \
      = { RUN (attack_session), CALL (send_endless, (gpointer) &endless_##id), READ_END, END };

/* What lies in the sockets and in buffers on the way comes on top of it. */
#define SLACK (2 * MIB)
/* What the client throws away after it has ended the stream. */
#define THROWN_AWAY (64 * MIB)
/* A stanza that is too large is skipped, but not for ever. */
#define BOUND (16 * MIB + SLACK)

SIZES (text, "<message><body>", TEXT, 160 * MIB + SLACK)
SIZES (slow_text, "<message><body>", TEXT, BOUND, 2000)
SIZES (lines, "<message><body>", "line\n", BOUND)
SIZES (references, "<message><body>", "&lt;&#x20ac;", BOUND)
SIZES (cdata, "<message><body><![CDATA[", TEXT, BOUND)
SIZES (elements, "<message>", "<x/>", BOUND)
SIZES (named, "<message>", "<x%u/>", BOUND)
SIZES (namespaces, "<message>", "<x xmlns='urn:%u'/>", BOUND)
SIZES (nested, "<message>", "<x>", MIB + SLACK)
SIZES (nested_namespaces, "<message>", "<x xmlns:p%u='urn:%u'>", MIB + SLACK)
SIZES (attribute, "<message a='", TEXT, BOUND)
SIZES (attributes, "<message", " a%u='x'", BOUND)
SIZES (declarations, "<message", " xmlns:a%u='x'", BOUND)
SIZES (tag_name, "<x", TEXT, BOUND)
SIZES (end_tag, "<message></message", "          ", BOUND)
SIZES (reference, "<message>&", TEXT, MIB + SLACK)
SIZES (comment, "<!--", TEXT, MIB + SLACK)
#define BEFORE_SIGN_IN(id, ...)                                                                    \
  static const Endless endless_##id = { __VA_ARGS__ };                                             \
  static const ScriptStep id[] = { EXPECT ("<stream:stream"), EXPECT (">"),                        \
                                   CALL (send_endless, (gpointer) &endless_##id), READ_END, END };

BEFORE_SIGN_IN (header, "<stream:stream xmlns='", TEXT, MIB + SLACK)
BEFORE_SIGN_IN (prolog, "<?xml version='1.0'", "    ", MIB + SLACK)
BEFORE_SIGN_IN (features, SAY_HEADER FEATURES_BEGIN, "<x/>", 10 * MIB + SLACK)

static void
check_taken (AttackRun *run)
{
  const Endless *endless = run->attack->data;

  g_assert_cmpuint (run->n_taken, <, endless->most);
  g_assert_cmpuint (run->n_sent, <, run->n_taken + THROWN_AWAY + SLACK);
  g_string_append_printf (run->said, "took %.1f MiB", run->n_taken / (double) MIB);
}

/* Smaller, and slower: 64 KiB, of which a little comes every now and then. */
static gboolean
send_dripping (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *drops = g_strnfill (1024, 'x');

  if (!scripted_peer_send (peer, "<message><body>", -1))
    return FALSE;
  while (scripted_peer_send (peer, drops, 1024))
    {
      attack_run->n_sent += 1024;
      g_usleep (2000);
    }
  return FALSE;
}

static const ScriptStep dripping[]
    = { RUN (attack_session), CALL (send_dripping, NULL), READ_END, END };

/* One stanza that is too large, with an end, and the session goes on. */
#define ONCE(id, ...)                                                                              \
  static const ScriptLarge large_##id = { __VA_ARGS__ };                                           \
  static const ScriptStep id[] = { RUN (attack_session), CALL (script_send_large, (gpointer) &large_##id), \
                                   SEND (ATTACK_MARK), SERVE, END };

ONCE (once_elements, "<message from='evil@example.net'>", "<a/>", 110000, "</message>")
ONCE (once_text, "<message from='evil@example.net'><body>", TEXT, 200000, "</body></message>")
ONCE (once_names, "<message from='evil@example.net'>", "<a%u/>", 200000, "</message>")
ONCE (once_attributes, "<message from='evil@example.net'><x", " a%u=''", 1001, "/></message>")
ONCE (once_own_attributes, "<message", " a%u=''", 1001, " from='evil@example.net'/>")
ONCE (once_prefixes, "<message from='evil@example.net'><x", " xmlns:a%u='u'", 999,
      "><y xmlns:b='u' xmlns:c='u' xmlns:d='u'/></x></message>")
ONCE (once_question, "<iq type='get' id='q' from='evil@example.net'><x>", "<a/>", 110000, "</x></iq>")
ONCE (once_answer, "<iq type='result' id='none' from='evil@example.net'><x", " a%u=''", 1001, "/></iq>")

static void
prepare_mib (AttackRun *run)
{
  g_object_set (run->test->client, "max-stanza-size", (guint64) MIB, NULL);
}

static void
prepare_small (AttackRun *run)
{
  g_object_set (run->test->client, "max-stanza-size", (guint64) 65536, NULL);
}

static void
check_dripping (AttackRun *run)
{
  /* 16 times 64 KiB, and what lies on the way. */
  g_assert_cmpuint (run->n_sent, <, 3 * MIB / 2);
  g_string_append_printf (run->said, "took %" G_GUINT64_FORMAT " KiB", run->n_sent / 1024);
}

/* What is thrown away takes no memory, and does not keep the session from going on. */
static gboolean
send_unasked (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) items = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append (items, "<item jid='contact@example.org' subscription='both'/>");
  for (guint i = 0; i < 1000; i++)
    {
      if ((i % 500 == 0 &&
           !scripted_peer_send (peer, i == 0 ? "<iq type='result' id='none'>"
                                             : "</iq><iq type='error' id='none' from='a@b'>", -1)) ||
          !scripted_peer_send (peer, items->str, items->len))
        return FALSE;
    }
  return scripted_peer_send (peer, "</iq>", -1);
}

static const ScriptStep unasked[] = { RUN (attack_session), CALL (send_unasked, NULL),
                                      SEND (ATTACK_MARK), SERVE, END };

static gboolean
send_spaces (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *spaces = g_strnfill (65536, ' ');

  for (guint i = 0; i < 1000; i++)
    {
      if (!scripted_peer_send (peer, spaces, 65536))
        return FALSE;
    }
  return TRUE;
}

static const ScriptStep white_space[] = { RUN (attack_session), CALL (send_spaces, NULL),
                                          SEND (ATTACK_MARK), SERVE, END };

/* The stanza itself, and what it takes to read it. */
#define KIB_OF_10_MIB (14 * 1024)
#define LARGE(title, script)                                                                       \
  { title, script, HS_TLS_MODE_STARTTLS, hs_xml_error_quark, HS_XML_ERROR_TOO_LARGE,               \
    .prepare = prepare_mib, .check = check_taken, .is_work = TRUE,                                \
    .data = (gpointer) &endless_##script }
#define OTHER(title, script, error, size)                                                          \
  { title, script, HS_TLS_MODE_STARTTLS, hs_xml_error_quark, error, .check = check_taken,          \
    .is_work = TRUE, .kib = size, .data = (gpointer) &endless_##script }
#define GOES_ON(title, script)                                                                     \
  { title, script, HS_TLS_MODE_STARTTLS, .is_work = TRUE, .kib = KIB_OF_10_MIB }

static const Attack attacks[] = {
  { "size/endless text", text, HS_TLS_MODE_STARTTLS, hs_xml_error_quark, HS_XML_ERROR_TOO_LARGE,
    .check = check_taken, .is_work = TRUE, .kib = KIB_OF_10_MIB, .data = (gpointer) &endless_text },
  LARGE ("size/endless text, slowly", slow_text),
  LARGE ("size/endless short lines", lines),
  LARGE ("size/endless references", references),
  LARGE ("size/endless CDATA", cdata),
  LARGE ("size/endless elements", elements),
  LARGE ("size/endless new names", named),
  LARGE ("size/endless new namespaces", namespaces),
  OTHER ("size/a million deep", nested, HS_XML_ERROR_TOO_DEEP, 4096),
  OTHER ("size/prefixes, a million deep", nested_namespaces, HS_XML_ERROR_TOO_DEEP, 4096),
  LARGE ("size/endless attribute", attribute),
  LARGE ("size/endless attributes", attributes),
  LARGE ("size/endless declarations", declarations),
  LARGE ("size/endless name", tag_name),
  LARGE ("size/endless end tag", end_tag),
  OTHER ("size/endless reference", reference, HS_XML_ERROR_NOT_WELL_FORMED, 4096),
  OTHER ("size/endless comment", comment, HS_XML_ERROR_RESTRICTED, 4096),
  OTHER ("size/endless header", header, HS_XML_ERROR_TOO_LARGE, 4096),
  OTHER ("size/endless declaration", prolog, HS_XML_ERROR_TOO_LARGE, 4096),
  LARGE ("size/endless features", features),
  GOES_ON ("size/one message of elements", once_elements),
  GOES_ON ("size/one message of text", once_text),
  GOES_ON ("size/one message of new names", once_names),
  GOES_ON ("size/one message of 1,001 attributes", once_attributes),
  GOES_ON ("size/one message with 1,001 attributes itself", once_own_attributes),
  GOES_ON ("size/one message of 1,002 prefixes", once_prefixes),
  GOES_ON ("size/one question", once_question),
  GOES_ON ("size/one answer to nobody's question", once_answer),
  { "size/64 KiB, dripping", dripping, HS_TLS_MODE_STARTTLS, hs_xml_error_quark,
    HS_XML_ERROR_TOO_LARGE, .prepare = prepare_small, .check = check_dripping },
  { "size/100 MB that nobody asked for", unasked, HS_TLS_MODE_STARTTLS, .is_work = TRUE },
  { "size/64 MB of spaces", white_space, HS_TLS_MODE_STARTTLS, .is_work = TRUE },
};

const AttackGroup attacks_size = { "size", attacks, G_N_ELEMENTS (attacks) };
