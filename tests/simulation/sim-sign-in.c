/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-namespaces.h"
#include "scram-server.h"
#include "sim.h"
#include "stream-features.h"

/* The server's side of a sign-in with SASL2: passwords and tokens (XEP-0388, XEP-0484), and what goes along.
 * And somebody in its place who does not know the token, or gives the client another's address. */

#define PASSWORD "AHJvbWVvAHNlY3JldA==" /* NUL romeo NUL secret */
#define FAILURE                                                                                    \
  "<failure xmlns='urn:xmpp:sasl:2'><%s xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>"
/* How long tokens are good at most, in seconds. */
#define MAX_TOKEN_AGE 3000

static const char *const mechanisms[SIM_N_MECHANISMS] = { "HT-SHA-256-EXPR", "HT-SHA-256-NONE" };

/* ---- What is offered ---- */

/* Mostly as the last time. */
void
sim_server_choose_offer (World *w, Conn *conn)
{
  Offer *offer = &w->server.offer;

  if (!w->server.has_offer || sim_chance (w, 25))
    {
      w->server.has_offer = TRUE;
      offer->sasl2 = sim_chance (w, 60);
      offer->sm = sim_chance (w, 80);
      offer->bind2_sm = sim_chance (w, 80);
      offer->fast = sim_random (w, 1 << SIM_N_MECHANISMS);
    }
  conn->offer = *offer;
  conn->offered = TRUE;
}

char *
sim_conn_dup_offer (Conn *conn)
{
  const Offer *offer = &conn->offer;
  g_autoptr (GString) tokens = g_string_new (NULL);
  g_autofree char *fast = NULL;

  if (!offer->sasl2)
    return NULL;
  for (guint i = 0; i < SIM_N_MECHANISMS; i++)
    {
      if ((offer->fast & 1 << i) != 0)
        g_string_append_printf (tokens, MECHANISM ("%s"), mechanisms[i]);
    }
  fast = tokens->len > 0 ? g_strdup_printf (FEATURE_FAST ("%s"), tokens->str) : g_strdup ("");
  return g_strdup_printf (FEATURE_SASL2 (MECHANISM ("PLAIN") FEATURE_INLINE ("%s" FEATURE_BIND2_WITH ("%s") "%s")),
                          offer->sm ? FEATURE_SM : "", offer->bind2_sm ? FEATURE_VAR (HS_NS_SM) : "", fast);
}

/* SIM_N_MECHANISMS: it is not one for tokens. */
guint
sim_find_mechanism (const char *name)
{
  guint i = 0;

  while (i < SIM_N_MECHANISMS && g_strcmp0 (mechanisms[i], name) != 0)
    i++;
  return i;
}

const char *
sim_mechanism_name (guint mechanism)
{
  return mechanisms[mechanism];
}

gboolean
sim_conn_offers (Conn *conn, guint mechanism)
{
  return conn->offer.sasl2 && (conn->offer.fast & 1 << mechanism) != 0;
}

/* ---- Proofs ---- */

/* HMAC (token, who || what it is bound to), by GLib alone: the library has its own. */
static void
prove (Conn *conn, guint token, guint mechanism, const char *who, guint8 *proof)
{
  g_autofree char *key = g_strdup_printf ("token-%u", token);
  g_autofree char *text
      = mechanism == 0 ? g_strdup_printf ("%schannel-%u", who, conn->channel) : g_strdup (who);

  scram_hmac (G_CHECKSUM_SHA256, key, strlen (key), text, strlen (text), proof);
}

static void
write_proof (Conn *conn, const guint8 *proof)
{
  g_autofree char *base64 = g_base64_encode (proof, SIM_PROOF);

  sim_conn_write (conn, FALSE, "<additional-data>%s</additional-data>", base64);
}

/* Which token the client has; NULL: none that is known. */
static Token *
find_token (World *w, Conn *conn, guint mechanism, const char *text)
{
  static const char user[] = "romeo";
  gsize length = 0;
  g_autofree guint8 *message = g_base64_decode (text != NULL ? text : "", &length);
  Token *found = NULL;

  if (length != sizeof user + SIM_PROOF || memcmp (message, user, sizeof user) != 0)
    sim_fail (w, "tokens", "the client's first message is %s", text);
  for (guint i = 0; i < G_N_ELEMENTS (w->server.tokens); i++)
    {
      Token *token = &w->server.tokens[i];
      guint8 proof[SIM_PROOF];

      if (token->number == 0)
        continue;
      prove (conn, token->number, token->mechanism, "Initiator", proof);
      if (memcmp (message + sizeof user, proof, sizeof proof) == 0)
        found = token;
      else if (conn == w->conn && token->number == w->client.token)
        sim_fail (w, "tokens", "the client's proof of token %u is wrong", token->number);
    }
  if (found != NULL && found->mechanism != mechanism)
    sim_fail (w, "tokens", "token %u is for %s, and came with %s", found->number,
              mechanisms[found->mechanism], mechanisms[mechanism]);
  return found;
}

/* The one before it stays good, as the answer may be lost. */
static void
give_token (World *w, Conn *conn, guint mechanism, const Token *used)
{
  Token *tokens = w->server.tokens;

  tokens[1] = used != NULL ? *used : tokens[0];
  tokens[0] = (Token){ .number = ++w->server.n_tokens,
                       .mechanism = mechanism,
                       .expiry = w->now + sim_random (w, MAX_TOKEN_AGE) * G_USEC_PER_SEC };
  conn->given = tokens[0].number;
  conn->given_mechanism = mechanism;
  sim_note (w, "server gives token %u", conn->given);
  sim_conn_write (conn, FALSE, "<token xmlns='%s' token='token-%u' expiry='2030-01-01T00:00:00Z'/>",
                  HS_NS_FAST, conn->given);
}

/* ---- Somebody else ---- */

static void
write_session (World *w, Conn *conn, HsNode *node)
{
  HsNode *resume = hs_node_get_child (node, "resume", HS_NS_SM);

  if (resume != NULL && sim_chance (w, 50))
    sim_conn_write (conn, FALSE, "<resumed xmlns='urn:xmpp:sm:3' h='%u' previd='%s'/>",
                    hs_stream_management_get_acknowledged (w->client.management),
                    hs_node_get_attribute (resume, "previd", NULL));
  else
    sim_conn_write (conn, FALSE, "<bound xmlns='%s'/>", HS_NS_BIND2);
  sim_conn_write (conn, FALSE, "<token xmlns='%s' token='another'/></success>" SAY_FEATURES_NONE,
                  HS_NS_FAST);
}

/* Nothing of it is to be believed: the session that the server has is another one. */
static void
claim (World *w, Conn *conn, HsNode *node, guint mechanism)
{
  guint8 proof[SIM_PROOF];

  conn->must_fail = SIM_NOT_VERIFIED;
  conn->over = TRUE;
  w->signs.n_impostors++;
  sim_conn_write (conn, FALSE, "<success xmlns='%s'>", HS_NS_SASL2);
  switch (sim_random (w, 5))
    {
    case 0: /* none */
      break;
    case 1: /* the client's own */
      prove (conn, w->client.token, mechanism, "Initiator", proof);
      write_proof (conn, proof);
      break;
    case 2: /* of another token */
      prove (conn, w->client.token + 1, mechanism, "Responder", proof);
      write_proof (conn, proof);
      break;
    case 3: /* nearly */
      prove (conn, w->client.token, mechanism, "Responder", proof);
      proof[sim_random (w, SIM_PROOF)] ^= 1 << sim_random (w, 8);
      write_proof (conn, proof);
      break;
    default: /* bound to something else */
      prove (conn, w->client.token, 1 - mechanism, "Responder", proof);
      write_proof (conn, proof);
    }
  sim_note (w, "somebody claims that the token is good");
  sim_conn_write (conn, FALSE, "<authorization-identifier>" ACCOUNT "/r</authorization-identifier>");
  write_session (w, conn, node);
}

/* Signed in, to an address that the client did not ask for. */
static void
misname (World *w, Conn *conn, HsNode *node)
{
  static const char *const addresses[]
      = { "juliet@montague.example/r", "romeo@capulet.example/r", "montague.example/r", "@", "" };
  guint which = sim_random (w, G_N_ELEMENTS (addresses) + 2);
  HsNode *resume = hs_node_get_child (node, "resume", HS_NS_SM);

  conn->must_fail = SIM_WRONG_ADDRESS;
  conn->over = TRUE;
  w->signs.n_misnamed++;
  sim_note (w, "server signs the client in to a wrong address, %u", which);
  if (which < G_N_ELEMENTS (addresses))
    sim_conn_write (conn, FALSE, "<authorization-identifier>%s</authorization-identifier>",
                    addresses[which]);
  /* The account's, with a session that is another's. */
  else if (which == G_N_ELEMENTS (addresses) && resume != NULL)
    {
      sim_conn_write (conn, FALSE,
                      "<authorization-identifier>" ACCOUNT "/other</authorization-identifier>"
                      "<resumed xmlns='urn:xmpp:sm:3' h='%u' previd='%s'/></success>",
                      hs_stream_management_get_acknowledged (w->client.management),
                      hs_node_get_attribute (resume, "previd", NULL));
      return;
    }
  /* The account's, without the resource that was bound. */
  else if (which > G_N_ELEMENTS (addresses))
    {
      sim_conn_write (conn, FALSE,
                      "<authorization-identifier>" ACCOUNT "</authorization-identifier>"
                      "<bound xmlns='%s'/></success>",
                      HS_NS_BIND2);
      return;
    }
  write_session (w, conn, node);
}

/* A session that was not asked for, or two. */
static void
overdo (World *w, Conn *conn, HsNode *node)
{
  HsNode *resume = hs_node_get_child (node, "resume", HS_NS_SM);
  gboolean binds = hs_node_get_child (node, "bind", HS_NS_BIND2) != NULL;
  gboolean both = resume != NULL && binds;

  conn->must_fail = SIM_UNASKED;
  conn->over = TRUE;
  w->signs.n_unasked++;
  sim_note (w, "server begins a session that was not asked for");
  sim_conn_write (conn, FALSE, "<authorization-identifier>" ACCOUNT "/r</authorization-identifier>");
  if (both || resume == NULL)
    sim_conn_write (conn, FALSE, "<resumed xmlns='urn:xmpp:sm:3' h='%u' previd='%s'/>",
                    hs_stream_management_get_acknowledged (w->client.management),
                    resume != NULL ? hs_node_get_attribute (resume, "previd", NULL) : "s1");
  if (both || !binds)
    sim_conn_write (conn, FALSE, "<bound xmlns='%s'/>", HS_NS_BIND2);
  sim_conn_write (conn, FALSE, "</success>" SAY_FEATURES_NONE);
}

/* ---- What goes along ---- */

/* What it does not know, or not any more, a server passes over in silence. Whether the session went on. */
static gboolean
resume_along (World *w, Conn *conn, HsNode *resume)
{
  if (conn->offer.sm && !sim_chance (w, 3))
    return sim_server_on_resume (w, conn, resume, "</success>" SAY_FEATURES_NONE);
  /* See sim_server_on_resume(). */
  if (conn != w->conn)
    {
      sim_server_close (w, conn);
      return TRUE;
    }
  sim_note (w, "server says nothing of the resumption");
  sim_server_forget (w, resume);
  return FALSE;
}

static void
begin_along (World *w, Conn *conn, HsNode *node)
{
  HsNode *resume = hs_node_get_child (node, "resume", HS_NS_SM);
  HsNode *bind = hs_node_get_child (node, "bind", HS_NS_BIND2);
  gboolean binds = bind != NULL && !sim_chance (w, 5);

  if (!w->server.calm && conn == w->conn && sim_chance (w, 3))
    {
      overdo (w, conn, node);
      return;
    }
  sim_conn_write (conn, FALSE,
                  "<authorization-identifier>" ACCOUNT "%s</authorization-identifier>",
                  binds ? "/r" : "");
  if (resume != NULL && resume_along (w, conn, resume))
    return;
  if (!binds)
    {
      sim_conn_write (conn, FALSE, "%s</success>",
                      bind != NULL && sim_chance (w, 60) ? "<failed xmlns='" HS_NS_BIND2 "'/>" : "");
      sim_server_write_late_features (w, conn);
      return;
    }
  sim_server_bind (w, conn);
  sim_conn_write (conn, FALSE, "<bound xmlns='%s'>", HS_NS_BIND2);
  if (hs_node_get_child (bind, "enable", HS_NS_SM) != NULL)
    {
      if (conn->offer.bind2_sm && !sim_chance (w, 3))
        sim_server_on_enable (w, conn);
      else
        {
          conn->enabling = TRUE;
          w->client.n_unknown_losses++;
        }
    }
  sim_conn_write (conn, FALSE, "</bound></success>" SAY_FEATURES_NONE);
}

/* ---- The sign-in ---- */

static void
refuse_sign_in (World *w, Conn *conn, const char *condition)
{
  sim_note (w, "server refuses the token: %s", condition);
  w->signs.n_refused++;
  conn->refused = TRUE;
  sim_conn_write (conn, FALSE, FAILURE, condition);
}

static void
on_token (World *w, Conn *conn, HsNode *node, guint mechanism, const char *initial)
{
  Token *token = find_token (w, conn, mechanism, initial);
  guint8 proof[SIM_PROOF];
  Token used;

  if (conn->refused)
    sim_fail (w, "tokens", "a token after one was refused");
  if (hs_node_get_child (node, "fast", HS_NS_FAST) == NULL
      || hs_node_get_child (node, "request-token", HS_NS_FAST) != NULL)
    sim_fail (w, "tokens", "a token without <fast/>, or with the wish for another");
  /* By what was offered the last time: the client has failed, or is about to. */
  if (!sim_conn_offers (conn, mechanism))
    {
      conn->over = TRUE;
      sim_conn_write (conn, FALSE, FAILURE, "invalid-mechanism");
      return;
    }
  /* Somebody who reads along has the client's word, not its token. */
  if (!w->server.calm && conn == w->conn && sim_chance (w, 5))
    {
      claim (w, conn, node, mechanism);
      return;
    }
  if (token == NULL || token->expiry < w->now)
    {
      refuse_sign_in (w, conn, token == NULL ? "not-authorized" : "credentials-expired");
      return;
    }
  if (sim_chance (w, 3))
    {
      refuse_sign_in (w, conn, "temporary-auth-failure");
      return;
    }
  used = *token;
  conn->stream.signed_in = conn->used_token = TRUE;
  w->signs.n_tokens++;
  prove (conn, used.number, mechanism, "Responder", proof);
  sim_conn_write (conn, FALSE, "<success xmlns='%s'>", HS_NS_SASL2);
  write_proof (conn, proof);
  if (!w->server.calm && sim_chance (w, 4))
    {
      misname (w, conn, node);
      return;
    }
  if (sim_chance (w, 30))
    give_token (w, conn, mechanism, &used);
  begin_along (w, conn, node);
}

static void
on_password (World *w, Conn *conn, HsNode *node, const char *initial)
{
  HsNode *request = hs_node_get_child (node, "request-token", HS_NS_FAST);
  guint wanted = SIM_N_MECHANISMS;

  if (g_strcmp0 (initial, PASSWORD) != 0 || hs_node_get_child (node, "fast", HS_NS_FAST) != NULL)
    sim_fail (w, "tokens", "no sign-in with the password");
  if (request != NULL)
    wanted = sim_find_mechanism (hs_node_get_attribute (request, "mechanism", NULL));
  if (request != NULL && (wanted == SIM_N_MECHANISMS || !sim_conn_offers (conn, wanted)))
    sim_fail (w, "tokens", "a token that was not offered is asked for");
  conn->stream.signed_in = TRUE;
  sim_conn_write (conn, FALSE, "<success xmlns='%s'>", HS_NS_SASL2);
  if (!w->server.calm && conn == w->conn && sim_chance (w, 2))
    {
      misname (w, conn, node);
      return;
    }
  if (request != NULL && sim_chance (w, 90))
    give_token (w, conn, wanted, NULL);
  /* Nobody has asked for it. */
  else if (request == NULL && sim_chance (w, 5))
    sim_conn_write (conn, FALSE, "<token xmlns='%s' token='unasked'/>", HS_NS_FAST);
  begin_along (w, conn, node);
}

/* Once in a stream, but for the password after a token. */
void
sim_server_on_authenticate (World *w, Conn *conn, HsNode *node)
{
  const char *name = hs_node_get_attribute (node, "mechanism", NULL);
  HsNode *child = hs_node_get_child (node, "initial-response", HS_NS_SASL2);
  const char *initial = child != NULL ? hs_node_get_text (child) : NULL;
  guint mechanism = sim_find_mechanism (name);

  if (conn->stream.signed_in || (conn->asked && !conn->refused))
    sim_fail (w, "protocol", "another sign-in, with %s", name);
  conn->asked = TRUE;
  if (mechanism < SIM_N_MECHANISMS)
    on_token (w, conn, node, mechanism, initial);
  else if (conn->offer.sasl2 && g_strcmp0 (name, "PLAIN") == 0)
    on_password (w, conn, node, initial);
  else
    sim_fail (w, "protocol", "a sign-in with %s, which is not offered", name);
}
