/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sasl/hs-sasl-mechanism-private.h"

#include "hs-error.h"

/* A SCRAM exchange whose every message is known, and the steps of it, for both tests of SCRAM. */

#define NONCE "clientNONCE0123456789"
#define BOTH NONCE "serverNONCE"
#define SALT "AAECAwQFBgcICQoLDA0ODw==" /* the octets 0 to 15 */

typedef struct
{
  const char *name;
  const char *mechanism;
  HsSaslBinding binding;
  const char *authzid;
  const char *username;
  const char *password;
  const char *nonce;
  const char *client_first;
  const char *server_first;
  const char *client_final;
  const char *server_final;
} Exchange;

/* With NONCE, SALT and 4096 iterations; computed as told in test-sasl-scram.c. */
#define USUAL_EXCHANGE                                                                             \
  {                                                                                                \
    "sha-512-unbound", "SCRAM-SHA-512", HS_SASL_BINDING_UNAVAILABLE, NULL, "user", "pencil",       \
        NONCE, "y,,n=user,r=" NONCE, "r=" BOTH ",s=" SALT ",i=4096",                               \
        "c=eSws,r=" BOTH                                                                           \
        ",p=1me3CgAwSV0NPi5uX0qUFBLATeguqX71xfhPBIY4WUfyK7yUKnV4k7CaGV7PN32Pl+DfxTHmZ"             \
        "hIQJMVHnGTUoA==",                                                                         \
        "v=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/"                                                     \
        "rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVDAw=="                                   \
  }

static const Exchange usual = USUAL_EXCHANGE;

static inline HsSaslMechanism *
make (const Exchange *x, guint min_iterations)
{
  const char *const offered[] = { x->mechanism, NULL };
  guint8 octets[32];
  g_autoptr (GBytes) binding = NULL;
  g_autoptr (GError) error = NULL;
  HsSaslCredentials credentials = { .username = x->username,
                                    .authzid = x->authzid,
                                    .password = x->password,
                                    .encrypted = TRUE,
                                    .trusted = TRUE,
                                    .min_iterations = min_iterations,
                                    .binding = x->binding,
                                    .binding_type = "tls-exporter" };
  HsSaslMechanism *mechanism;

  for (gsize i = 0; i < sizeof octets; i++)
    octets[i] = (guint8) (200 + i);
  credentials.binding_data = binding = g_bytes_new (octets, sizeof octets);
  mechanism = hs_sasl_mechanism_select (offered, &credentials, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_sasl_mechanism_get_name (mechanism), ==, x->mechanism);
  if (x->nonce != NULL)
    hs_sasl_scram_set_nonce (mechanism, x->nonce);
  return mechanism;
}

static inline HsSaslStep
challenge (HsSaslMechanism *mechanism, const char *text, GBytes **response, GError **error)
{
  return hs_sasl_mechanism_challenge (mechanism, (const guint8 *) text, strlen (text), response,
                                      error);
}

static inline gboolean
success (HsSaslMechanism *mechanism, const char *text, GError **error)
{
  return hs_sasl_mechanism_success (mechanism, (const guint8 *) text,
                                    text != NULL ? strlen (text) : 0, error);
}

static inline char *
take_text (GBytes *bytes)
{
  char *text;

  g_assert_nonnull (bytes);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_bytes_unref (bytes);
  return text;
}

static inline char *
start (HsSaslMechanism *mechanism)
{
  GBytes *response = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (hs_sasl_mechanism_start (mechanism, &response, &error), ==,
                   HS_SASL_STEP_RESPOND);
  g_assert_no_error (error);
  return take_text (response);
}

static inline char *
derive (HsSaslMechanism *mechanism)
{
  HsSaslKeyRequest *request = hs_sasl_mechanism_get_key_request (mechanism);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  g_assert_nonnull (request);
  key = hs_sasl_key_request_derive (request, NULL);
  g_assert_cmpint (hs_sasl_mechanism_derived (mechanism, key, &response, &error), ==,
                   HS_SASL_STEP_RESPOND);
  g_assert_no_error (error);
  return take_text (response);
}

/* As far as the client's proof. */
static inline HsSaslMechanism *
make_proved (const Exchange *x)
{
  HsSaslMechanism *mechanism = make (x, 4096);
  g_autofree char *first = start (mechanism);
  g_autofree char *final = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  g_assert_cmpstr (first, ==, x->client_first);
  g_assert_cmpint (challenge (mechanism, x->server_first, &response, &error), ==,
                   HS_SASL_STEP_DERIVE);
  g_assert_no_error (error);
  g_assert_null (response);
  final = derive (mechanism);
  g_assert_cmpstr (final, ==, x->client_final);
  return mechanism;
}

static inline void
assert_refused (GError *error, int code, const char *reason)
{
  g_assert_error (error, HS_SASL_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, reason));
  for (const char *p = error->message; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (g_unichar_isprint (g_utf8_get_char_validated (p, -1)));
  g_assert_null (strstr (error->message, "pencil"));
  g_assert_cmpuint (strlen (error->message), <, 200);
}
