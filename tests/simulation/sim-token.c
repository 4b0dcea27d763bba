/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hs-error.h"
#include "sim.h"

/* The client's side of a sign-in: what hs-client-sign-in.c does. It does not look at how long a token is
 * good, so that the server has to. */

static void
sign_in (World *w, gboolean with_token, GVariant *offer)
{
  g_autofree char *token = g_strdup_printf ("token-%u", w->client.token);
  g_autofree char *channel = g_strdup_printf ("channel-%u", w->conn->channel);
  g_autoptr (GBytes) data = g_bytes_new (channel, strlen (channel));
  HsSaslChannel channels[] = { { "tls-exporter", data }, { NULL, NULL } };
  HsSaslCredentials credentials = { .username = "romeo",
                                    .password = "secret",
                                    .encrypted = TRUE,
                                    .trusted = TRUE,
                                    .channel_binding = HS_CHANNEL_BINDING_PREFER };

  if (w->conn->can_bind)
    credentials.channels = channels;
  if (with_token && w->client.token != 0)
    {
      credentials.token = token;
      credentials.token_mechanism = sim_mechanism_name (w->client.token_mechanism);
    }
  if (offer == NULL)
    hs_stream_sign_in (w->client.stream, &credentials);
  else if (hs_stream_pipeline_sign_in (w->client.stream, offer, &credentials))
    {
      sim_note (w, "client signs in with token %u before it is asked", w->client.token);
      w->signs.n_early++;
    }
}

/* By what was offered the last time. */
void
sim_client_begin_sign_in (World *w)
{
  GVariant *offer = hs_server_memory_get_features (&w->client.memory, ACCOUNT);

  w->conn->channel = sim_random (w, 1000000);
  w->conn->can_bind = sim_chance (w, 85);
  if (offer != NULL && sim_chance (w, 85))
    sign_in (w, TRUE, offer);
}

void
sim_client_sign_in (World *w)
{
  sign_in (w, TRUE, NULL);
}

void
sim_client_token_refused (World *w)
{
  const GError *error = hs_authentication_get_token_refusal (hs_stream_get_authentication (w->client.stream));

  if (!w->conn->refused)
    sim_fail (w, "tokens", "a token was refused by nobody");
  if (!g_error_matches (error, HS_SASL_ERROR, HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE))
    w->client.token = 0;
  sign_in (w, FALSE, NULL);
}

/* Only what the server has said, and only of a server that has proved itself. */
void
sim_client_authenticated (World *w)
{
  HsStream *stream = w->client.stream;
  Conn *conn = w->conn;
  const HsAuthentication *authentication = hs_stream_get_authentication (stream);
  const char *token = hs_authentication_get_token (authentication);
  g_autofree char *given = conn->given != 0 ? g_strdup_printf ("token-%u", conn->given) : NULL;

  if (conn->must_fail != SIM_GOOD || !conn->stream.signed_in)
    sim_fail (w, "proof", "the client believes a server that has not proved itself");
  if (hs_authentication_uses_token (authentication) != conn->used_token)
    sim_fail (w, "tokens", "it was%s a token that signed the client in", conn->used_token ? "" : " not");
  if (g_strcmp0 (token, given) != 0)
    sim_fail (w, "tokens", "the client has %s for %s", token, given);
  if (hs_stream_is_sign_in_pipelined (stream))
    sim_fail (w, "offers", "the client has not seen what is offered");
  if (token != NULL)
    {
      if (sim_find_mechanism (hs_authentication_get_token_mechanism (authentication)) != conn->given_mechanism)
        sim_fail (w, "tokens", "the token is not for %s", hs_authentication_get_token_mechanism (authentication));
      w->client.token = conn->given;
      w->client.token_mechanism = conn->given_mechanism;
    }
  hs_server_memory_remember (&w->client.memory, ACCOUNT,
                             hs_stream_get_features (stream) != NULL
                                 ? hs_stream_features_save (hs_stream_get_features (stream))
                                 : NULL);
}

/* The client relied on what it remembered. Whether it may have. */
static gboolean
note_outdated (World *w)
{
  return hs_server_memory_failed (&w->client.memory, HS_PIPELINE_BY_MEMORY, HS_PIPELINING_ON_OUTDATED, NULL);
}

/* If it has to, and for that reason. What was not offered any more is not tried again. */
void
sim_client_failed (World *w)
{
  const GError *error = hs_stream_get_error (w->client.stream);
  Conn *conn = w->conn;

  sim_note (w, "client gives up: %s", error->message);
  w->client.failed = TRUE;
  if (hs_stream_is_sign_in_pipelined (w->client.stream))
    {
      if (!note_outdated (w) || sim_conn_offers (conn, w->client.token_mechanism))
        sim_fail (w, "offers", "the client begins anew without a reason: %s", error->message);
      if (!g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL))
        sim_fail (w, "offers", "the client fails with %s", error->message);
      w->signs.n_anew++;
    }
  else if (hs_stream_is_session_pipelined (w->client.stream))
    {
      if (!note_outdated (w) || !conn->without_sm
          || !g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL))
        sim_fail (w, "offers", "the client begins anew without a reason: %s", error->message);
      w->signs.n_pipelined++;
    }
  else if (conn->must_fail == SIM_GOOD)
    sim_fail (w, "protocol", "the client gave the stream up: %s", error->message);
  else if (conn->must_fail == SIM_NOT_VERIFIED
               ? !g_error_matches (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED)
               : !g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL))
    sim_fail (w, "proof", "the client fails with %s", error->message);
}
