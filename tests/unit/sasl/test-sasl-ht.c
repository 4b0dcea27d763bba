/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "sasl/hs-sasl-ht.h"
#include "sasl/hs-sasl-mechanism-private.h"
#include "scram-server.h"

/* Mechanisms with tokens: HT-SHA-256-*. */

#define TOKEN "secret-token:fast-123"

static const char *const all_ht[]
    = { "HT-SHA-256-NONE", "HT-SHA-256-ENDP", "HT-SHA-256-UNIQ", "HT-SHA-256-EXPR", NULL };

/* HMAC-SHA-256, by GLib alone. */
static char *
hmac (const char *who, const char *binding)
{
  g_autofree char *text = g_strconcat (who, binding, NULL);
  GString *hex = g_string_new (NULL);
  guint8 code[SCRAM_HASH_MAX];
  gsize size = scram_hmac (G_CHECKSUM_SHA256, TOKEN, strlen (TOKEN), text, strlen (text), code);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", code[i]);
  return g_string_free (hex, FALSE);
}

static char *
to_hex (const guint8 *data, gsize length)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

static guint8 *
from_hex (const char *hex)
{
  guint8 *data = g_malloc (strlen (hex) / 2);

  for (gsize i = 0; hex[2 * i] != '\0'; i++)
    data[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4
                        | g_ascii_xdigit_value (hex[2 * i + 1]));
  return data;
}

typedef struct
{
  const char *mechanism;
  const char *type; /* NULL: not bound */
  const char *data;
} Kind;

static const Kind kinds[] = {
  { "HT-SHA-256-EXPR", "tls-exporter", "exported" },
  { "HT-SHA-256-UNIQ", "tls-unique", "finished" },
  { "HT-SHA-256-ENDP", "tls-server-end-point", "hashed" },
  { "HT-SHA-256-NONE", NULL, "" },
};

static void
fill (HsSaslCredentials *credentials, const Kind *kind, HsSaslChannel *channels)
{
  channels[0].type = kind->type;
  channels[0].data = g_bytes_new_static (kind->data, strlen (kind->data));
  channels[1].type = NULL;
  *credentials = (HsSaslCredentials){ .username = "juliet",
                                      .token = TOKEN,
                                      .token_mechanism = kind->mechanism,
                                      .encrypted = TRUE,
                                      .trusted = TRUE,
                                      .channel_binding = HS_CHANNEL_BINDING_PREFER,
                                      .channels = channels };
}

static void
test_exchange (gconstpointer data)
{
  const Kind *kind = data;

  for (guint wrong = 0; wrong < 4; wrong++)
    {
      HsSaslCredentials credentials;
      HsSaslChannel channels[2];
      g_autoptr (HsSaslMechanism) mechanism = NULL;
      g_autoptr (GBytes) initial = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *proof = hmac ("Initiator", kind->data);
      g_autofree char *other = hmac (wrong == 2 ? "Initiator" : "Responder", kind->data);
      g_autofree char *sent = NULL;
      g_autofree guint8 *answer = from_hex (other);
      const guint8 *message;
      gsize length;
      gboolean verified;

      fill (&credentials, kind, channels);
      mechanism = hs_sasl_ht_new (all_ht, &credentials);
      g_assert_cmpstr (hs_sasl_mechanism_get_name (mechanism), ==, kind->mechanism);
      g_assert_cmpstr (hs_sasl_mechanism_get_binding_type (mechanism), ==, kind->type);
      g_assert_cmpint (hs_sasl_mechanism_start (mechanism, &initial, NULL), ==,
                       HS_SASL_STEP_RESPOND);
      message = g_bytes_get_data (initial, &length);
      g_assert_cmpuint (length, ==, strlen ("juliet") + 1 + 32);
      g_assert_cmpstr ((const char *) message, ==, "juliet");
      sent = to_hex (message + strlen ("juliet") + 1, 32);
      g_assert_cmpstr (sent, ==, proof);

      answer[31] ^= wrong == 1;
      verified = hs_sasl_mechanism_success (mechanism, wrong == 3 ? NULL : answer,
                                            wrong == 3 ? 0 : 32, &error);
      g_assert_true (verified == (wrong == 0));
      if (wrong != 0)
        g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED);
      /* What comes of a token says nothing of the password. */
      g_assert_false (hs_sasl_mechanism_proves_password (mechanism));
      g_bytes_unref (channels[0].data);
    }
}

/* The token's mechanism, or none. */
static void
test_bound_to_mechanism (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      HsSaslCredentials credentials;
      HsSaslChannel channels[2];
      const char *const others[] = { kinds[(i + 1) % 4].mechanism, kinds[(i + 2) % 4].mechanism,
                                     kinds[(i + 3) % 4].mechanism, NULL };

      fill (&credentials, &kinds[i], channels);
      g_assert_null (hs_sasl_ht_new (others, &credentials));
      g_assert_null (hs_sasl_ht_new (NULL, &credentials));
      credentials.encrypted = FALSE;
      g_assert_null (hs_sasl_ht_new (all_ht, &credentials));
      credentials.encrypted = TRUE;
      if (kinds[i].type != NULL)
        {
          channels[0].type = "tls-future";
          g_assert_null (hs_sasl_ht_new (all_ht, &credentials));
          channels[0].type = kinds[i].type;
          credentials.channel_binding = HS_CHANNEL_BINDING_NONE;
          g_assert_null (hs_sasl_ht_new (all_ht, &credentials));
        }
      else
        {
          credentials.trusted = FALSE;
          g_assert_null (hs_sasl_ht_new (all_ht, &credentials));
          credentials.trusted = TRUE;
          credentials.channel_binding = HS_CHANNEL_BINDING_REQUIRE;
          g_assert_null (hs_sasl_ht_new (all_ht, &credentials));
        }
      g_bytes_unref (channels[0].data);
    }
}

static void
test_choice (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      HsSaslCredentials credentials;
      HsSaslChannel channels[2];

      fill (&credentials, &kinds[i], channels);
      g_assert_cmpstr (hs_sasl_ht_choose (all_ht, &credentials), ==, kinds[i].mechanism);
      credentials.trusted = FALSE;
      g_assert_cmpstr (hs_sasl_ht_choose (all_ht, &credentials), ==,
                       kinds[i].type != NULL ? kinds[i].mechanism : NULL);
      g_bytes_unref (channels[0].data);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sasl-ht/exchange/%s", kinds[i].mechanism);

      g_test_add_data_func (path, &kinds[i], test_exchange);
    }
  g_test_add_func ("/sasl-ht/bound-to-mechanism", test_bound_to_mechanism);
  g_test_add_func ("/sasl-ht/choice", test_choice);
  return g_test_run ();
}
