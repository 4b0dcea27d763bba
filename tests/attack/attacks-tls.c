/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <stdio.h>
#include <string.h>

#include "test-certificates.h"
#include "test-resolver.h"

/* The way to a secure connection: what is taken away, put in, or presented in another's name. */

#define TO_STARTTLS RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls")
#define AS(certificate)                                                                            \
  { TO_STARTTLS, SEND (SAY_PROCEED), START_TLS_AS (certificate TEST_KEY), RUN (script_header),     \
    SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END }
#define DIRECTLY_AS(certificate)                                                                   \
  { START_TLS_AS (certificate TEST_KEY), RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")),  \
    READ_END, END }

/* ---- Taken away ---- */

static const ScriptStep stripped[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };
static const ScriptStep stripped_all[]
    = { RUN (script_header), SEND (SAY_FEATURES_NONE), READ_END, END };
static const ScriptStep stripped_bind[]
    = { RUN (script_header), SEND (SAY_FEATURES_BIND), READ_END, END };
static const ScriptStep other_starttls[]
    = { RUN (script_header),
        SEND (SAY_FEATURES ("<starttls xmlns='urn:other'/>" FEATURE_SASL (MECHANISM ("PLAIN")))),
        READ_END, END };
static const ScriptStep old_server[]
    = { EXPECT ("<stream:stream"), EXPECT (">"),
        SEND ("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
              " id='1' from='example.org'>"),
        READ_END, END };
static const ScriptStep refused_tls[]
    = { TO_STARTTLS, SEND ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>"),
        READ_END, END };
static const ScriptStep features_again[]
    = { TO_STARTTLS, SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };
static const ScriptStep success_at_once[] = { RUN (script_header), SEND (SAY_SUCCESS), READ_END, END };

/* ---- Put in ---- */

static const ScriptStep injected_space[] = { TO_STARTTLS, SEND (SAY_PROCEED " "), READ_END, END };
static const ScriptStep injected_stanza[]
    = { TO_STARTTLS, SEND (SAY_PROCEED "<message/>"), READ_END, END };
static const ScriptStep injected_session[]
    = { TO_STARTTLS, SEND (SAY_PROCEED SAY_HEADER SAY_FEATURES_SASL ("PLAIN") SAY_SUCCESS),
        READ_END, END };
static const ScriptStep injected_record[] = { TO_STARTTLS, SEND (SAY_PROCEED "\x16\x03\x03"),
                                              READ_END, END };
/* In a packet of its own, where the handshake is awaited. */
static const ScriptStep plain_text[]
    = { TO_STARTTLS, SEND (SAY_PROCEED), SLEEP (50), SEND (SAY_HEADER), READ_END, END };
static const ScriptStep plain_text_directly[] = { SEND (SAY_HEADER), READ_END, END };

static gboolean
send_bytes (ScriptedPeer *peer, gpointer data)
{
  const GBytes *bytes = data;
  gsize length;
  const char *start = g_bytes_get_data ((GBytes *) bytes, &length);
  GSocket *socket = g_socket_connection_get_socket (scripted_peer_get_connection (peer));

  return g_socket_send (socket, start, length, NULL, NULL) == (gssize) length;
}

/* A fatal alert, handshake_failure; a warning, close_notify. */
static gboolean
send_alert (ScriptedPeer *peer, gpointer data)
{
  static const char alerts[2][7] = { { 0x15, 3, 3, 0, 2, 2, 40 }, { 0x15, 3, 3, 0, 2, 1, 0 } };
  g_autoptr (GBytes) bytes = g_bytes_new_static (alerts[GPOINTER_TO_UINT (data)], 7);

  return send_bytes (peer, bytes);
}

static const ScriptStep alert_in_handshake[]
    = { TO_STARTTLS, SEND (SAY_PROCEED), SLEEP (50), CALL (send_alert, GUINT_TO_POINTER (0)),
        READ_END, END };
static const ScriptStep closed_in_handshake[]
    = { TO_STARTTLS, SEND (SAY_PROCEED), SLEEP (50), CALL (send_alert, GUINT_TO_POINTER (1)),
        READ_END, END };
/* Not encrypted, in the middle of a session: somebody on the way. */
static const ScriptStep alert_in_session[]
    = { RUN (attack_session), SLEEP (20), CALL (send_alert, GUINT_TO_POINTER (0)), READ_END, END };

static gboolean
send_plain_stanza (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (ATTACK_MARK, strlen (ATTACK_MARK));

  return send_bytes (peer, bytes);
}

static const ScriptStep stanza_in_session[]
    = { RUN (attack_session), SLEEP (20), CALL (send_plain_stanza, NULL), READ_END, END };

static void
check_not_marked (AttackRun *run)
{
  g_assert_false (run->marked);
}

/* ---- In another's name ---- */

static const ScriptStep expired[] = AS (TEST_EXPIRED);
static const ScriptStep not_yet_valid[] = AS (TEST_FUTURE);
static const ScriptStep self_signed[] = AS (TEST_SELF_SIGNED);
static const ScriptStep other_host[] = AS (TEST_OTHER);
static const ScriptStep signed_by_leaf[] = AS (TEST_BY_LEAF TEST_SERVER);
static const ScriptStep unknown_authority[] = AS (TEST_UNKNOWN TEST_UNKNOWN_CA);
static const ScriptStep no_chain[] = AS (TEST_UNKNOWN);
static const ScriptStep clients_certificate[] = AS (TEST_CLIENT);
static const ScriptStep expired_directly[] = DIRECTLY_AS (TEST_EXPIRED);
static const ScriptStep other_host_directly[] = DIRECTLY_AS (TEST_OTHER);
static const ScriptStep unknown_directly[] = DIRECTLY_AS (TEST_UNKNOWN TEST_UNKNOWN_CA);

/* The name server says that example.org is served by a.example, which has a good certificate. */
static void
prepare_srv (AttackRun *run)
{
  g_autofree char *record
      = g_strdup_printf ("1 1 %u a.example", scripted_server_get_port (run->test->server));

  test_resolver_set_up (test_resolver_with_records_get_type ());
  test_resolver_add (test_srv, "_xmpp-client._tcp.example.org", record);
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  g_object_set (run->test->client, "host", NULL, "port", 0u, NULL);
}

/* The host that the program names is asked, and is not whom the certificate must be for. */
static void
prepare_host (AttackRun *run)
{
  prepare_srv (run);
  g_object_set (run->test->client, "host", "a.example", "port",
                (guint) scripted_server_get_port (run->test->server), NULL);
}

static const ScriptStep right_srv[] = { RUN (attack_session), SEND (ATTACK_MARK), SERVE, END };

#define REFUSED(title, script, prepare_it, mode)                                                   \
  {                                                                                                \
    title, script, mode, g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, .prepare = prepare_it,    \
        .flags = ATTACK_NO_SIGN_IN                                                                 \
  }
#define ENDS(title, script, quark, code)                                                           \
  { title, script, HS_TLS_MODE_STARTTLS, quark, code, .flags = ATTACK_NO_SIGN_IN }
#define STARTTLS HS_TLS_MODE_STARTTLS

static const Attack attacks[] = {
  ENDS ("starttls/stripped", stripped, hs_error_quark, HS_ERROR_TLS_REQUIRED),
  { "starttls/stripped, default mode", stripped, HS_TLS_MODE_REQUIRED, hs_error_quark,
    HS_ERROR_TLS_REQUIRED, .flags = ATTACK_NO_SIGN_IN },
  ENDS ("starttls/no features", stripped_all, hs_error_quark, HS_ERROR_TLS_REQUIRED),
  ENDS ("starttls/bind offered instead", stripped_bind, hs_error_quark, HS_ERROR_TLS_REQUIRED),
  ENDS ("starttls/in another namespace", other_starttls, hs_error_quark, HS_ERROR_TLS_REQUIRED),
  ENDS ("starttls/server without version", old_server, hs_error_quark, HS_ERROR_PROTOCOL),
  ENDS ("starttls/refused", refused_tls, hs_error_quark, HS_ERROR_TLS_REQUIRED),
  ENDS ("starttls/features instead of proceed", features_again, hs_error_quark, HS_ERROR_PROTOCOL),
  ENDS ("starttls/success instead of features", success_at_once, hs_error_quark, HS_ERROR_PROTOCOL),
  ENDS ("injection/space after proceed", injected_space, hs_error_quark, HS_ERROR_INJECTED_DATA),
  ENDS ("injection/stanza after proceed", injected_stanza, hs_error_quark, HS_ERROR_INJECTED_DATA),
  ENDS ("injection/session after proceed", injected_session, hs_error_quark,
        HS_ERROR_INJECTED_DATA),
  ENDS ("injection/record after proceed", injected_record, hs_error_quark, HS_ERROR_INJECTED_DATA),
  ENDS ("tls/plain text for a handshake", plain_text, g_tls_error_quark, G_TLS_ERROR_MISC),
  { "tls/plain text, direct TLS", plain_text_directly, HS_TLS_MODE_DIRECT, g_tls_error_quark,
    G_TLS_ERROR_MISC, .flags = ATTACK_NO_SIGN_IN },
  ENDS ("tls/alert in the handshake", alert_in_handshake, g_tls_error_quark,
        G_TLS_ERROR_MISC),
  ENDS ("tls/close alert in the handshake", closed_in_handshake, g_tls_error_quark,
        G_TLS_ERROR_MISC),
  { "tls/alert in the session", alert_in_session, STARTTLS, hs_error_quark, HS_ERROR_CONNECTION_LOST },
  { "tls/plain stanza in the session", stanza_in_session, STARTTLS, hs_error_quark,
    HS_ERROR_CONNECTION_LOST, .check = check_not_marked },
  REFUSED ("certificate/expired", expired, NULL, STARTTLS),
  REFUSED ("certificate/not yet valid", not_yet_valid, NULL, STARTTLS),
  REFUSED ("certificate/self-signed", self_signed, NULL, STARTTLS),
  REFUSED ("certificate/for another host", other_host, NULL, STARTTLS),
  REFUSED ("certificate/for the SRV target", other_host, prepare_srv, STARTTLS),
  REFUSED ("certificate/for the named host", other_host, prepare_host, STARTTLS),
  REFUSED ("certificate/signed by no authority", signed_by_leaf, NULL, STARTTLS),
  REFUSED ("certificate/unknown authority", unknown_authority, NULL, STARTTLS),
  REFUSED ("certificate/without its chain", no_chain, NULL, STARTTLS),
  REFUSED ("certificate/a user's", clients_certificate, NULL, STARTTLS),
  REFUSED ("certificate/expired, direct TLS", expired_directly, NULL, HS_TLS_MODE_DIRECT),
  REFUSED ("certificate/other host, direct TLS", other_host_directly, NULL, HS_TLS_MODE_DIRECT),
  REFUSED ("certificate/unknown, direct TLS", unknown_directly, NULL, HS_TLS_MODE_DIRECT),
  { "certificate/for the domain, by SRV", right_srv, STARTTLS, .prepare = prepare_srv },
};

const AttackGroup attacks_tls = { "tls", attacks, G_N_ELEMENTS (attacks) };
