/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

/* What is not XML, what XMPP forbids of XML, and XML that is not the stream that was agreed upon: in a
 * session under TLS, and before it. */

#define AT_READY RUN (attack_session)
#define IN_SESSION(what) { AT_READY, SEND (what), READ_END, END }
#define BEFORE(what) { EXPECT ("<stream:stream"), EXPECT (">"), SEND (what), READ_END, END }
#define AT_FEATURES(what) { RUN (attack_to_features), SEND (what), READ_END, END }
#define AT_BIND(what)                                                                              \
  { RUN (attack_to_features), RUN (attack_scram), RUN (script_header), SEND (SAY_FEATURES_BIND),   \
    EXPECT ("</iq>"), SEND (what), READ_END, END }

#define BAD hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED
#define FORBIDDEN hs_xml_error_quark, HS_XML_ERROR_RESTRICTED
#define PROTOCOL hs_error_quark, HS_ERROR_PROTOCOL
#define LOST hs_error_quark, HS_ERROR_CONNECTION_LOST

/* Every handler counts what it must not be shown. */
static HsElement *
wrong_cb (HsClient *client, HsElement *element, gpointer data)
{
  if (!test_is_mark (element))
    ((AttackRun *) data)->n_wrong++;
  return NULL;
}

static void
prepare_wrong (AttackRun *run)
{
  hs_client_add_handler (run->test->client, NULL, NULL, HS_HANDLER_NESTED, wrong_cb, run, NULL);
}

static void
check_nothing_seen (AttackRun *run)
{
  g_assert_cmpuint (run->n_wrong, ==, 0);
}

/* The client's own word for it (RFC 6120, 4.9.3). */
static void
check_told (AttackRun *run, const char *condition)
{
  check_nothing_seen (run);
  test_client_await_sent (run->test, condition);
}

static void
check_not_well_formed (AttackRun *run)
{
  check_told (run, "<not-well-formed ");
}

static void
check_restricted (AttackRun *run)
{
  check_told (run, "<restricted-xml ");
}

#define ROW(id, what) static const ScriptStep id[] = IN_SESSION (what);

/* Not XML. */
ROW (crossed, "<message><body></message></body>")
ROW (twice, "<message a='1' a='2'/>")
ROW (unbound, "<message><p:x/></message>")
ROW (unquoted, "<message a=1/>")
ROW (less_than, "<message a='<'/><message/>")
ROW (bad_name, "<message><1x/></message>")
ROW (control, "<message><body>\x02</body></message>")
ROW (reference_nul, "<message><body>&#0;</body></message>")
ROW (reference_control, "<message><body>&#x1F;</body></message>")
ROW (reference_surrogate, "<message><body>&#xD800;</body></message>")
ROW (reference_ffff, "<message><body>&#xFFFF;</body></message>")
ROW (reference_large, "<message><body>&#x110000;</body></message>")
ROW (reference_huge, "<message><body>&#x100000041;</body></message>")
ROW (reference_attribute, "<message a='&#8;'/>")
ROW (cdata_end, "<message><body>]]></body></message>")
ROW (text_between, "text<message/>")
ROW (xml_prefix, "<message xmlns:xml='urn:x'/>")
ROW (xmlns_prefix, "<message xmlns:xmlns='urn:x'/>")
/* UTF-8 (RFC 3629). */
ROW (overlong_2, "<message><body>\xc0\xaf</body></message>")
ROW (overlong_3, "<message><body>\xe0\x80\xaf</body></message>")
ROW (overlong_4, "<message><body>\xf0\x80\x80\xaf</body></message>")
ROW (overlong_nul, "<message><body>\xc0\x80</body></message>")
ROW (surrogate, "<message><body>\xed\xa0\x80</body></message>")
ROW (surrogates, "<message><body>\xed\xa0\xbd\xed\xb8\x80</body></message>")
ROW (too_large, "<message><body>\xf4\x90\x80\x80</body></message>")
ROW (five_bytes, "<message><body>\xf8\x88\x80\x80\x80</body></message>")
ROW (continuation, "<message><body>\x80</body></message>")
ROW (truncated_2, "<message><body>\xc3</body></message>")
ROW (truncated_3, "<message><body>\xe2\x82</body></message>")
ROW (truncated_4, "<message><body>\xf0\x9f\x98</body></message>")
ROW (in_attribute, "<message a='\xc0\xaf'/>")
ROW (in_name, "<mess\xff/>")
ROW (ffff, "<message><body>\xef\xbf\xbf</body></message>")
ROW (utf_16, "\xff\xfe<\xe2\x82")
/* Forbidden by RFC 6120, 11.1. */
ROW (doctype, "<!DOCTYPE x>")
ROW (bomb, "<!DOCTYPE lolz [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
           "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
           "]><message><body>&d;</body></message>")
ROW (doctype_inside, "<message><body><!DOCTYPE x></body></message>")
ROW (entity, "<message><body>&lol;</body></message>")
ROW (entity_external, "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><message>&e;</message>")
ROW (comment, "<!-- comment -->")
ROW (comment_inside, "<message><body>a<!-- comment -->b</body></message>")
ROW (instruction, "<?php echo 1 ?>")
ROW (instruction_inside, "<message><?x y?></message>")
ROW (declaration, "<?xml version='1.0'?>")
/* Not what was agreed upon. */
ROW (end, "<message/></stream:stream>")
ROW (end_other, "</stream>")
ROW (header_again, SAY_HEADER)
ROW (stream_inside, "<stream:stream/>")
ROW (proceed_again, SAY_PROCEED)
ROW (success_again, SAY_SUCCESS)
ROW (stream_error, "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")

static gboolean
send_nul (ScriptedPeer *peer, gpointer data)
{
  static const char text[] = "<message><body>a\0b</body></message>";

  return scripted_peer_send (peer, text, sizeof text - 1);
}

static const ScriptStep nul[] = { AT_READY, CALL (send_nul, NULL), READ_END, END };

static const ScriptStep http[] = BEFORE ("HTTP/1.1 400 Bad Request\r\n\r\n");
static const ScriptStep doctype_first[] = BEFORE ("<!DOCTYPE x [<!ENTITY a 'b'>]>" SAY_HEADER);
static const ScriptStep no_stream_namespace[] = BEFORE ("<stream version='1.0'>");
static const ScriptStep wrong_stream_namespace[]
    = BEFORE ("<stream:stream xmlns='jabber:client' xmlns:stream='urn:x' version='1.0'>");
static const ScriptStep prefix_only[] = BEFORE ("<stream:stream version='1.0'>");
static const ScriptStep html[] = BEFORE ("<html xmlns='http://www.w3.org/1999/xhtml'>");
static const ScriptStep message_first[] = BEFORE ("<message xmlns='jabber:client'/>");
static const ScriptStep bind_other[]
    = AT_BIND ("<iq type='result' id='@ID@'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
               "<jid>@</jid></bind></iq>");
static const ScriptStep bind_foreign[]
    = AT_BIND ("<iq type='result' id='@ID@'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
               "<jid>user@example.com/x</jid></bind></iq>");
static const ScriptStep features_in_sign_in[] = AT_FEATURES (SAY_FEATURES_BIND);

/* ---- What is allowed, and odd: the session goes on ---- */

#define GOES_ON(what) { AT_READY, SEND (what), SEND (ATTACK_MARK), SERVE, END }

static const ScriptStep odd_stanzas[]
    = GOES_ON ("<message/><message from='' to='' type='' id=''/><message from='@@'/><presence type='x'/>"
               "<presence><priority>999999999999</priority></presence><iq/><iq type='x'/>"
               "<iq type='get'/><iq type='result'/><iq type='get' id='1'/>"
               "<iq type='get' id='2'><a/><b/></iq><iq type='set' id='' from='a@b'/>"
               "<message type='error'/><iq type='error' id='3'><error/></iq>"
               "<message><body/><body>x</body><delay xmlns='urn:xmpp:delay' stamp='never'/></message>");
static const ScriptStep odd_names[]
    = GOES_ON ("<message a:from='boss@example.org' xmlns:a='urn:a' from='evil@example.net'>"
               "<a:body>x</a:body><message/></message>");
/* What is no stanza of this stream is none, whatever is in it. */
static const ScriptStep features_again[] = GOES_ON (SAY_FEATURES_TLS);
static const ScriptStep server_stanza[]
    = GOES_ON ("<message xmlns='jabber:server'><wrong xmlns='urn:test:wrong'/></message>");
static const ScriptStep no_namespace[] = GOES_ON ("<message xmlns=''/>");
static const ScriptStep unknown[]
    = GOES_ON ("<unknown xmlns='urn:unknown'><message xmlns='jabber:client'/></unknown>");
static const ScriptStep bind_stanza[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_header), SEND (SAY_FEATURES_BIND),
        EXPECT ("</iq>"), SEND ("<presence/>" SAY_BOUND), SEND (ATTACK_MARK), SERVE, END };
static const ScriptStep odd_features[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_header),
        SEND (SAY_FEATURES (FEATURE_BIND FEATURE_MAX_BYTES ("1") "<x/>")),
        EXPECT ("</iq>"), SEND (SAY_BOUND), SEND (ATTACK_MARK), SERVE, END };

/* A reason that nobody reads to its end. */
static gboolean
send_long_reason (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *text = g_strnfill (1000000, 'x');
  g_autofree char *error = g_strdup_printf (
      "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
      "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>%s</text></stream:error>", text);

  return scripted_peer_send (peer, error, -1);
}

static const ScriptStep long_reason[] = { AT_READY, CALL (send_long_reason, NULL), READ_END, END };

/* Names a thousand features and mechanisms. */
static gboolean
send_thousand_features (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) text = g_string_new (FEATURES_BEGIN);

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "<f%u xmlns='urn:f:%u'><optional/></f%u>", i, i, i);
  g_string_append (text, FEATURE_BIND FEATURES_END);
  return scripted_peer_send (peer, text->str, text->len);
}

static gboolean
send_thousand_mechanisms (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) text = g_string_new (FEATURES_BEGIN "<mechanisms " ATTACK_SASL ">");

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, MECHANISM ("X-MECHANISM-%u"), i);
  g_string_append (text, "</mechanisms>" FEATURES_END);
  return scripted_peer_send (peer, text->str, text->len);
}

static const ScriptStep thousand_features[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_header),
        CALL (send_thousand_features, NULL), EXPECT ("</iq>"), SEND (SAY_BOUND), SEND (ATTACK_MARK),
        SERVE, END };
static const ScriptStep thousand_mechanisms[]
    = { RUN (attack_to_features), CALL (send_thousand_mechanisms, NULL), READ_END, END };

#define IS_BAD(title, script)                                                                      \
  { title, script, HS_TLS_MODE_STARTTLS, BAD, .prepare = prepare_wrong,                            \
    .check = check_not_well_formed }
#define IS_FORBIDDEN(title, script)                                                                \
  { title, script, HS_TLS_MODE_STARTTLS, FORBIDDEN, .prepare = prepare_wrong,                      \
    .check = check_restricted }
#define IS_WRONG(title, script)                                                                    \
  { title, script, HS_TLS_MODE_STARTTLS, PROTOCOL, .prepare = prepare_wrong,                       \
    .check = check_nothing_seen }

#define GOES_ON_UNSEEN(title, script)                                                              \
  { title, script, HS_TLS_MODE_STARTTLS, .prepare = prepare_wrong, .check = check_nothing_seen }

static const Attack attacks[] = {
  IS_BAD ("xml/crossed tags", crossed),
  IS_BAD ("xml/attribute twice", twice),
  IS_BAD ("xml/unbound prefix", unbound),
  IS_BAD ("xml/attribute without quotes", unquoted),
  IS_BAD ("xml/< in an attribute", less_than),
  IS_BAD ("xml/bad name", bad_name),
  IS_BAD ("xml/control character", control),
  IS_BAD ("xml/NUL", nul),
  IS_BAD ("xml/reference to NUL", reference_nul),
  IS_BAD ("xml/reference to a control", reference_control),
  IS_BAD ("xml/reference to a surrogate", reference_surrogate),
  IS_BAD ("xml/reference to U+FFFF", reference_ffff),
  IS_BAD ("xml/reference past U+10FFFF", reference_large),
  IS_BAD ("xml/reference past 2^32", reference_huge),
  IS_BAD ("xml/reference in an attribute", reference_attribute),
  IS_BAD ("xml/]]> in text", cdata_end),
  IS_BAD ("xml/text between stanzas", text_between),
  IS_BAD ("xml/prefix xml bound anew", xml_prefix),
  IS_BAD ("xml/prefix xmlns bound", xmlns_prefix),
  IS_BAD ("utf-8/overlong, 2 bytes", overlong_2),
  IS_BAD ("utf-8/overlong, 3 bytes", overlong_3),
  IS_BAD ("utf-8/overlong, 4 bytes", overlong_4),
  IS_BAD ("utf-8/overlong NUL", overlong_nul),
  IS_BAD ("utf-8/surrogate", surrogate),
  IS_BAD ("utf-8/pair of surrogates", surrogates),
  IS_BAD ("utf-8/past U+10FFFF", too_large),
  IS_BAD ("utf-8/5 bytes", five_bytes),
  IS_BAD ("utf-8/continuation alone", continuation),
  IS_BAD ("utf-8/truncated, 2 bytes", truncated_2),
  IS_BAD ("utf-8/truncated, 3 bytes", truncated_3),
  IS_BAD ("utf-8/truncated, 4 bytes", truncated_4),
  IS_BAD ("utf-8/in an attribute", in_attribute),
  IS_BAD ("utf-8/in a name", in_name),
  IS_BAD ("utf-8/U+FFFF", ffff),
  IS_BAD ("utf-8/UTF-16 instead", utf_16),
  IS_FORBIDDEN ("restricted/DTD", doctype),
  IS_FORBIDDEN ("restricted/entity bomb", bomb),
  IS_FORBIDDEN ("restricted/DTD in a stanza", doctype_inside),
  IS_FORBIDDEN ("restricted/entity", entity),
  IS_FORBIDDEN ("restricted/external entity", entity_external),
  IS_FORBIDDEN ("restricted/comment", comment),
  IS_FORBIDDEN ("restricted/comment in a stanza", comment_inside),
  IS_FORBIDDEN ("restricted/instruction", instruction),
  IS_FORBIDDEN ("restricted/instruction in a stanza", instruction_inside),
  IS_FORBIDDEN ("restricted/XML declaration again", declaration),
  IS_FORBIDDEN ("restricted/DTD before the header", doctype_first),
  IS_BAD ("stream/HTTP", http),
  IS_WRONG ("stream/header without namespace", no_stream_namespace),
  IS_WRONG ("stream/header in another namespace", wrong_stream_namespace),
  IS_BAD ("stream/prefix without namespace", prefix_only),
  IS_WRONG ("stream/HTML", html),
  IS_WRONG ("stream/stanza before the header", message_first),
  IS_FORBIDDEN ("stream/a second header", header_again),
  IS_WRONG ("stream/stream in the stream", stream_inside),
  IS_WRONG ("stream/proceed in the session", proceed_again),
  IS_WRONG ("stream/success in the session", success_again),
  { "stream/features of another stage", features_in_sign_in, HS_TLS_MODE_STARTTLS, hs_error_quark,
    HS_ERROR_NO_MECHANISM, .flags = ATTACK_NO_SIGN_IN },
  IS_WRONG ("stream/an address that is none", bind_other),
  IS_WRONG ("stream/address at another server", bind_foreign),
  { "stream/end in the middle", end, HS_TLS_MODE_STARTTLS, LOST },
  IS_BAD ("stream/end of another name", end_other),
  { "stream/error", stream_error, HS_TLS_MODE_STARTTLS, hs_stream_error_quark,
    HS_STREAM_ERROR_CONFLICT },
  { "stream/error with a long text", long_reason, HS_TLS_MODE_STARTTLS, hs_stream_error_quark,
    HS_STREAM_ERROR_CONFLICT, .kib = 8192 },
  GOES_ON_UNSEEN ("stream/features in the session", features_again),
  GOES_ON_UNSEEN ("stream/stanza of a server's stream", server_stanza),
  GOES_ON_UNSEEN ("stream/stanza in no namespace", no_namespace),
  GOES_ON_UNSEEN ("stream/unknown element", unknown),
  { "stream/stanza before binding", bind_stanza, HS_TLS_MODE_STARTTLS },
  { "stanza/odd stanzas", odd_stanzas, HS_TLS_MODE_STARTTLS },
  { "stanza/odd names", odd_names, HS_TLS_MODE_STARTTLS },
  { "features/limits of 1 byte", odd_features, HS_TLS_MODE_STARTTLS },
  { "features/a thousand", thousand_features, HS_TLS_MODE_STARTTLS },
  { "features/a thousand mechanisms", thousand_mechanisms, HS_TLS_MODE_STARTTLS, hs_error_quark,
    HS_ERROR_NO_MECHANISM, .flags = ATTACK_NO_SIGN_IN },
};

const AttackGroup attacks_stream = { "stream", attacks, G_N_ELEMENTS (attacks) };
