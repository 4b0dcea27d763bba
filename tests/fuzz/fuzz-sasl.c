/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fuzz.h"
#include "hs-error.h"
#include "sasl/hs-sasl-base64.h"
#include "sasl/hs-sasl-mechanism-private.h"

/* libFuzzer target: the server's part of a sign-in. The first byte says which mechanism; then come the
 * server's messages, a line each, whose first character says what it is: C a challenge, S a success.
 * The key is not derived but known, so that an input can hold the right signature. */

#define PASSWORD "pencilpencil"
#define NONCE "AAAA"

static const char *const mechanisms[]
    = { "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "PLAIN", "ANONYMOUS",
        "EXTERNAL", "SCRAM-SHA-1-PLUS" };

static HsSaslMechanism *
make (guint8 which)
{
  const char *name = mechanisms[which % G_N_ELEMENTS (mechanisms)];
  const char *const offered[] = { name, NULL };
  g_autoptr (GBytes) binding = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  gboolean plus = g_str_has_suffix (name, "-PLUS");
  HsSaslCredentials credentials = {
    .username = strcmp (name, "ANONYMOUS") == 0 ? NULL : "user",
    .password = PASSWORD,
    .has_certificate = TRUE,
    .encrypted = TRUE,
    .trusted = TRUE,
    .binding = plus ? HS_SASL_BINDING_USED : HS_SASL_BINDING_NONE,
    .binding_type = "tls-exporter",
    .binding_data = plus ? binding : NULL,
  };
  g_autoptr (GError) error = NULL;
  HsSaslMechanism *mechanism = hs_sasl_mechanism_select (offered, &credentials, &error);

  g_assert_no_error (error);
  if (g_str_has_prefix (name, "SCRAM"))
    hs_sasl_scram_set_nonce (mechanism, NONCE);
  return mechanism;
}

/* The length of the mechanism's hash. */
static GBytes *
make_key (const char *name)
{
  static const guint8 zeros[64];

  return g_bytes_new_static (zeros, strstr (name, "SHA-1") != NULL     ? 20
                                    : strstr (name, "SHA-256") != NULL ? 32
                                                                       : 64);
}

static void
check_failed (GError *error, const char *line)
{
  fuzz_check_error (error);
  /* Unless it is the server that says it. */
  g_assert_true (strstr (line, "pencil") != NULL || strstr (error->message, PASSWORD) == NULL);
  g_assert_cmpuint (strlen (error->message), <, 1000);
}

/* FALSE: no more. */
static gboolean
take_line (HsSaslMechanism *mechanism, const char *line, gboolean scram)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  HsSaslStep step;

  if (*line == '\0')
    return TRUE;
  if (*line == 'S')
    {
      gboolean good = hs_sasl_mechanism_success (mechanism, (const guint8 *) line + 1,
                                                 strlen (line + 1), &error);

      if (!good)
        check_failed (error, line);
      return FALSE;
    }
  step = hs_sasl_mechanism_challenge (mechanism, (const guint8 *) line + 1, strlen (line + 1),
                                      &response, &error);
  if (step == HS_SASL_STEP_DERIVE)
    {
      g_autoptr (GBytes) key = make_key (hs_sasl_mechanism_get_name (mechanism));

      g_assert_true (scram);
      g_assert_nonnull (strstr (line, "r=" NONCE));
      step = hs_sasl_mechanism_derived (mechanism, key, &response, &error);
    }
  if (step == HS_SASL_STEP_FAILED)
    check_failed (error, line);
  else
    g_assert_nonnull (response);
  return step != HS_SASL_STEP_FAILED;
}

/* Base64 is the stream's part of it. */
static void
check_base64 (const char *text)
{
  gsize length;
  g_autofree guint8 *bytes = hs_sasl_base64_decode (text, &length);
  g_autofree char *again = NULL;

  if (bytes == NULL)
    return;
  again = g_base64_encode (bytes, length);
  g_assert_cmpstr (again, ==, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  HsSaslMechanism *mechanism = make (fuzz_take_byte (&data, &size));
  gboolean scram = g_str_has_prefix (hs_sasl_mechanism_get_name (mechanism), "SCRAM");
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 8);
  g_autoptr (GBytes) initial = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (hs_sasl_mechanism_start (mechanism, &initial, &error), ==, HS_SASL_STEP_RESPOND);
  for (guint i = 0; lines[i] != NULL && take_line (mechanism, lines[i], scram); i++)
    continue;
  hs_sasl_mechanism_free (mechanism);
  check_base64 (text);
  return 0;
}
