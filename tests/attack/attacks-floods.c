/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

/* Much of it, and never the same: what is over must be forgotten. */

#define N_STANZAS 1000000
#define N_NAMES 100000

/* Fewer where each is slow. */
static guint
scaled (guint n)
{
#if defined(__SANITIZE_ADDRESS__)
  return n / 20;
#else
  return n;
#endif
}

static HsElement *
count_cb (HsClient *client, HsElement *element, gpointer data)
{
  ((AttackRun *) data)->n_seen++;
  return NULL;
}

static void
prepare_count (AttackRun *run)
{
  hs_client_add_handler (run->test->client, "body", NULL, HS_HANDLER_DEFAULT, count_cb, run, NULL);
  g_object_set (run->test->client, "connect-timeout", 60000, NULL);
}

static void
check_count (AttackRun *run)
{
  g_assert_cmpuint (run->n_seen, ==, scaled (GPOINTER_TO_UINT (run->attack->data)));
  g_string_append_printf (run->said, "saw %u", run->n_seen);
}

/* @format has one number in it, as often as wanted. */
static gboolean
send_numbered (ScriptedPeer *peer, guint n, const char *format)
{
  g_auto (GStrv) parts = g_strsplit (format, "%u", -1);
  g_autoptr (GString) buffer = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      char digits[16];

      g_snprintf (digits, sizeof digits, "%u", i);
      for (guint j = 0; parts[j] != NULL; j++)
        {
          if (j > 0)
            g_string_append (buffer, digits);
          g_string_append (buffer, parts[j]);
        }
      if (buffer->len < 32768 && i + 1 < n)
        continue;
      if (!scripted_peer_send (peer, buffer->str, buffer->len))
        return FALSE;
      g_string_truncate (buffer, 0);
    }
  return TRUE;
}

static gboolean
send_messages (ScriptedPeer *peer, gpointer data)
{
  return send_numbered (peer, scaled (N_STANZAS),
                        "<message from='a@b/c' type='chat' id='%u'><body>%u</body></message>");
}

static gboolean
send_names (ScriptedPeer *peer, gpointer data)
{
  return send_numbered (peer, scaled (N_NAMES),
                        "<message from='a%u@b%u.example/c%u' p%u:a%u='x' xmlns:p%u='urn:p:%u'>"
                        "<body>x</body><x%u xmlns='urn:x:%u' b%u='y'/></message>");
}

static gboolean
send_presence (ScriptedPeer *peer, gpointer data)
{
  return send_numbered (peer, scaled (N_STANZAS) / 4,
                        "<presence from='room@chat.example/n%u'><body/><x xmlns='vcard-temp:x:update'/>"
                        "</presence>");
}

static gboolean
send_results (ScriptedPeer *peer, gpointer data)
{
  return send_numbered (peer, scaled (N_STANZAS),
                        "<iq type='result' id='%u' from='a%u@b'><x xmlns='urn:x'/></iq>");
}

#define FLOOD(function) { RUN (attack_session), CALL (function, NULL), SEND (ATTACK_MARK), SERVE, END }

static const ScriptStep messages[] = FLOOD (send_messages);
static const ScriptStep names[] = FLOOD (send_names);
static const ScriptStep presence[] = FLOOD (send_presence);
static const ScriptStep results[] = FLOOD (send_results);

/* ---- Questions whose answers are not read ---- */

/* Without looking: when nobody takes any more for some seconds, that was all. */
static gboolean
ask_deafly (ScriptedPeer *peer, gpointer data)
{
  static const char iq[] = "<iq type='get' id='q' from='a@b'><query xmlns='urn:x'/></iq>";
  GSocket *socket = g_socket_connection_get_socket (scripted_peer_get_connection (peer));
  g_autoptr (GString) buffer = g_string_new (NULL);
  guint64 all = (guint64) N_STANZAS * (sizeof iq - 1);

  for (guint i = 0; i < 1000; i++)
    g_string_append (buffer, iq);
  g_socket_set_timeout (socket, 4);
  while (attack_run->n_sent < all)
    {
      gssize n = g_socket_send (socket, buffer->str, buffer->len, NULL, NULL);

      if (n <= 0)
        break;
      attack_run->n_sent += n;
      /* From where it broke off, so that it stays well-formed. */
      if (n < (gssize) buffer->len)
        {
          g_autofree char *rest = g_strdup (buffer->str + n);

          g_string_truncate (buffer, n);
          g_string_prepend (buffer, rest);
        }
    }
  return TRUE;
}

static const ScriptStep deaf[] = { RUN (script_sign_in), CALL (ask_deafly, NULL), RESET, END };

static void
check_deaf (AttackRun *run)
{
  g_string_append_printf (run->said, "took %.1f MiB", run->n_sent / 1048576.0);
  /* What fits into the sockets' buffers, and no more. */
  g_assert_cmpuint (run->n_sent, <, 24 * 1024 * 1024);
}

#define SURVIVES(title, script, n)                                                                 \
  {                                                                                                \
    title, script, HS_TLS_MODE_STARTTLS, .prepare = prepare_count, .check = check_count,           \
        .patience_msec = 20000, .is_work = TRUE, .kib = 2048, .data = GUINT_TO_POINTER (n)         \
  }

static const Attack attacks[] = {
  SURVIVES ("flood/1,000,000 messages", messages, N_STANZAS),
  SURVIVES ("flood/250,000 presences", presence, N_STANZAS / 4),
  SURVIVES ("flood/100,000 new names", names, N_NAMES),
  SURVIVES ("flood/1,000,000 unasked results", results, 0),
  { "flood/1,000,000 questions, deaf", deaf, HS_TLS_MODE_NONE, hs_error_quark,
    HS_ERROR_CONNECTION_LOST, .check = check_deaf, .flags = ATTACK_PLAIN, .patience_msec = 30000 },
};

const AttackGroup attacks_floods = { "floods", attacks, G_N_ELEMENTS (attacks) };
