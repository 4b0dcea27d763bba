/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl-exchange.h"
#include "sasl/hs-sasl-binding.h"

/* What a sign-in is bound to, and what the server must prove of its lists. */

#define EXPORTER (1 << 0)
#define UNIQUE (1 << 1)
#define END_POINT (1 << 2)
#define TLS_1_3 (EXPORTER | END_POINT)
#define TLS_1_2 (UNIQUE | END_POINT)

typedef struct
{
  const char *name;
  HsChannelBinding wish;
  gboolean sasl2;
  guint has;             /* the connection */
  const char *offered;   /* the server */
  const char *announced; /* NULL: nothing */
  const char *header;    /* the error of the mechanism, or NULL */
  int code;              /* HS_SASL_ERROR, or with wish REQUIRE HS_ERROR */
} Choice;

#define BOTH_SCRAMS "SCRAM-SHA-1 SCRAM-SHA-1-PLUS"
#define PREFER HS_CHANNEL_BINDING_PREFER
#define REQUIRE HS_CHANNEL_BINDING_REQUIRE
#define WITHOUT HS_CHANNEL_BINDING_NONE
#define REFUSED HS_SASL_ERROR_SERVER_NOT_VERIFIED

static const Choice choices[] = {
  { "exporter-first", PREFER, FALSE, TLS_1_3, BOTH_SCRAMS, "tls-server-end-point tls-exporter",
    "p=tls-exporter,,", 0 },
  { "unique-second", PREFER, FALSE, TLS_1_2, BOTH_SCRAMS,
    "tls-server-end-point tls-unique tls-exporter", "p=tls-unique,,", 0 },
  { "end-point-last", PREFER, FALSE, TLS_1_3, BOTH_SCRAMS, "tls-unique tls-server-end-point",
    "p=tls-server-end-point,,", 0 },
  { "sasl2", PREFER, TRUE, TLS_1_3, BOTH_SCRAMS, "tls-exporter", "p=tls-exporter,,", 0 },
  { "unannounced-1.2", PREFER, FALSE, TLS_1_2, BOTH_SCRAMS, NULL, "p=tls-unique,,", 0 },
  { "unannounced-1.3", PREFER, FALSE, TLS_1_3, BOTH_SCRAMS, NULL, "n,,", 0 },
  { "nothing", PREFER, FALSE, TLS_1_3, "SCRAM-SHA-1", NULL, "y,,", 0 },
  { "nothing-sasl2", PREFER, TRUE, TLS_1_3, "SCRAM-SHA-1", NULL, "y,,", 0 },
  { "types-alone", PREFER, FALSE, TLS_1_3, "SCRAM-SHA-1", "tls-exporter", "n,,", 0 },
  { "types-alone-sasl2", PREFER, TRUE, TLS_1_3, "SCRAM-SHA-1", "tls-exporter", NULL, REFUSED },
  { "types-and-plain-sasl2", PREFER, TRUE, TLS_1_3, "PLAIN", "tls-exporter", NULL, REFUSED },
  { "plus-alone-sasl2", PREFER, TRUE, TLS_1_3, BOTH_SCRAMS, NULL, NULL, REFUSED },
  { "none-in-common", PREFER, TRUE, TLS_1_3, BOTH_SCRAMS, "tls-future", "n,,", 0 },
  { "no-tls", PREFER, FALSE, 0, "SCRAM-SHA-1", NULL, "n,,", 0 },
  { "no-tls-plus", PREFER, FALSE, 0, BOTH_SCRAMS, "tls-exporter", "n,,", 0 },
  { "not-wanted", WITHOUT, FALSE, TLS_1_3, BOTH_SCRAMS, "tls-exporter", "n,,", 0 },
  { "not-wanted-nothing", WITHOUT, TRUE, TLS_1_3, "SCRAM-SHA-1", NULL, "n,,", 0 },
  { "required", REQUIRE, TRUE, TLS_1_3, BOTH_SCRAMS, "tls-exporter", "p=tls-exporter,,", 0 },
  { "required-nothing", REQUIRE, FALSE, TLS_1_3, "SCRAM-SHA-1 PLAIN", NULL, NULL, 0 },
  { "required-unannounced", REQUIRE, FALSE, TLS_1_3, BOTH_SCRAMS, NULL, NULL, 0 },
  { "required-no-tls", REQUIRE, FALSE, 0, BOTH_SCRAMS, "tls-exporter", NULL, 0 },
};

static void
test_choice (gconstpointer data)
{
  const Choice *c = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("xyz", 3);
  g_auto (GStrv) offered = g_strsplit (c->offered, " ", -1);
  g_auto (GStrv) announced = c->announced != NULL ? g_strsplit (c->announced, " ", -1) : NULL;
  static const char *const types[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
  HsSaslChannel channels[4] = { 0 };
  HsSaslCredentials credentials = { .username = "user",
                                    .password = "pencil",
                                    .encrypted = c->has != 0,
                                    .trusted = c->has != 0,
                                    .channel_binding = c->wish,
                                    .channels = channels,
                                    .sasl2 = c->sasl2,
                                    .announced = (const char *const *) announced };
  g_autoptr (HsSaslMechanism) mechanism = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  gboolean chosen;

  for (guint i = 0, n = 0; i < G_N_ELEMENTS (types); i++)
    {
      if (c->has & (1 << i))
        channels[n++] = (HsSaslChannel){ types[i], bytes };
    }
  chosen = hs_sasl_binding_choose (&credentials, (const char *const *) offered, &error);
  if (c->code != 0)
    {
      g_assert_false (chosen);
      g_assert_error (error, HS_SASL_ERROR, c->code);
      return;
    }
  g_assert_no_error (error);
  mechanism = hs_sasl_mechanism_select ((const char *const *) offered, &credentials, &error);
  if (c->header == NULL)
    {
      g_assert_error (error, HS_ERROR, HS_ERROR_NO_MECHANISM);
      return;
    }
  g_assert_no_error (error);
  first = start (mechanism);
  g_assert_true (g_str_has_prefix (first, c->header));
  g_assert_true (g_str_has_suffix (hs_sasl_mechanism_get_name (mechanism), "-PLUS")
                 == (*c->header == 'p'));
  g_assert_true ((hs_sasl_mechanism_get_binding_type (mechanism) != NULL) == (*c->header == 'p'));
}

/* ---- XEP-0474 ---- */

/* Servers announce types to those who can't use them: there is nothing to be had from such. */
static void
test_no_secret (void)
{
  static const char *const anonymous[] = { "ANONYMOUS", NULL };
  static const char *const external[] = { "EXTERNAL", "PLAIN", NULL };
  static const char *const types[] = { "tls-exporter", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("xyz", 3);
  const HsSaslChannel channels[] = { { "tls-exporter", bytes }, { NULL, NULL } };
  HsSaslCredentials nobody = { .encrypted = TRUE,
                               .channel_binding = PREFER,
                               .channels = channels,
                               .sasl2 = TRUE,
                               .announced = types };
  HsSaslCredentials certified = nobody;
  HsSaslCredentials user = nobody;

  certified.username = user.username = "user";
  certified.has_certificate = TRUE;
  g_assert_true (hs_sasl_binding_choose (&nobody, anonymous, NULL));
  g_assert_true (hs_sasl_binding_choose (&certified, external, NULL));
  g_assert_false (hs_sasl_binding_choose (&certified, anonymous, NULL));
  g_assert_false (hs_sasl_binding_choose (&user, external, NULL));
}

static const char *const example_mechanisms[] = { "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", NULL };
static const char *const example_types[] = { "tls-server-end-point", "tls-exporter", NULL };

/* Its example in 6.3. */
static void
test_joined (void)
{
  g_autofree char *lists = hs_sasl_binding_join_lists (example_mechanisms, example_types);
  g_autofree char *alone = hs_sasl_binding_join_lists (example_mechanisms, NULL);
  guint8 hash[20];
  gsize length = sizeof hash;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *base64 = NULL;

  g_assert_cmpstr (lists, ==,
                   "SCRAM-SHA-1\x1eSCRAM-SHA-1-PLUS\x1ftls-exporter\x1etls-server-end-point");
  g_assert_cmpstr (alone, ==, "SCRAM-SHA-1\x1eSCRAM-SHA-1-PLUS");
  g_checksum_update (checksum, (const guchar *) lists, -1);
  g_checksum_get_digest (checksum, hash, &length);
  base64 = g_base64_encode (hash, length);
  g_assert_cmpstr (base64, ==, "G6k/rBLDqgOhRRaCuuatSDFkJ08=");
}

typedef struct
{
  const char *name;
  const char *rest; /* of the server's first message */
  const char *const *announced;
  gboolean must_match;
  const char *refusal; /* NULL: it goes on */
  gboolean proved;
} Proof;

#define H ",h=G6k/rBLDqgOhRRaCuuatSDFkJ08="

static const char *const changed_types[] = { "tls-server-end-point", NULL };

static const Proof proofs[] = {
  { "right", H, example_types, FALSE, NULL, TRUE },
  { "right-and-needed", H, example_types, TRUE, NULL, TRUE },
  { "after-other", ",x=y" H, example_types, FALSE, NULL, TRUE },
  { "absent", "", example_types, FALSE, NULL, FALSE },
  { "absent-and-needed", "", example_types, TRUE, "somebody may have changed", FALSE },
  { "types-changed", H, changed_types, FALSE, "somebody has changed", FALSE },
  { "types-removed", H, NULL, FALSE, "somebody has changed", FALSE },
  { "cut", ",h=G6k/rBLDqgOhRRaCuuatSDFkJw==", example_types, FALSE, "somebody has changed", FALSE },
  { "not-base64", ",h=???", example_types, FALSE, "not valid base64", FALSE },
  { "twice", H H, example_types, FALSE, "h= twice", FALSE },
};

static void
test_proof (gconstpointer data)
{
  const Proof *p = data;
  const char *const allowed[] = { "SCRAM-SHA-1", NULL };
  HsSaslCredentials credentials = { .username = "user",
                                    .password = "pencil",
                                    .encrypted = TRUE,
                                    .trusted = TRUE,
                                    .allowed = allowed,
                                    .announced = p->announced,
                                    .lists_must_match = p->must_match };
  g_autoptr (HsSaslMechanism) mechanism
      = hs_sasl_mechanism_select (example_mechanisms, &credentials, NULL);
  g_autofree char *first = NULL;
  g_autofree char *server_first = g_strconcat ("r=" BOTH ",s=" SALT ",i=4096", p->rest, NULL);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;
  HsSaslStep step;

  hs_sasl_scram_set_nonce (mechanism, NONCE);
  first = start (mechanism);
  step = challenge (mechanism, server_first, &response, &error);
  g_assert_cmpint (step, ==, p->refusal == NULL ? HS_SASL_STEP_DERIVE : HS_SASL_STEP_FAILED);
  if (p->refusal != NULL)
    assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, p->refusal);
  g_assert_true (hs_sasl_mechanism_proved_lists (mechanism) == p->proved);
}

/* The last list of the server counts, and not the one by which the mechanism was chosen. */
static void
test_lists_replaced (void)
{
  HsSaslCredentials credentials = { .username = "user", .password = "pencil", .encrypted = TRUE };
  const char *const offered[] = { "SCRAM-SHA-1", NULL };
  g_autoptr (HsSaslMechanism) mechanism = hs_sasl_mechanism_select (offered, &credentials, NULL);
  g_autofree char *first = NULL;
  GBytes *response = NULL;

  hs_sasl_scram_set_nonce (mechanism, NONCE);
  first = start (mechanism);
  hs_sasl_mechanism_set_lists (mechanism, example_mechanisms, example_types);
  g_assert_cmpint (challenge (mechanism, "r=" BOTH ",s=" SALT ",i=4096" H, &response, NULL), ==,
                   HS_SASL_STEP_DERIVE);
  g_assert_true (hs_sasl_mechanism_proved_lists (mechanism));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sasl-binding/choice/%s", choices[i].name);

      g_test_add_data_func (path, &choices[i], test_choice);
    }
  g_test_add_func ("/sasl-binding/no-secret", test_no_secret);
  g_test_add_func ("/sasl-binding/joined", test_joined);
  for (gsize i = 0; i < G_N_ELEMENTS (proofs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sasl-binding/proof/%s", proofs[i].name);

      g_test_add_data_func (path, &proofs[i], test_proof);
    }
  g_test_add_func ("/sasl-binding/lists-replaced", test_lists_replaced);
  return g_test_run ();
}
