/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "net/hs-validity-private.h"
#include "test-certificates.h"

/* A certificate as far as its dates, with or without a version, and how long each part says that it is. */
#define REST "\x02\x01\x07" "\x30\x00" "\x30\x00"

typedef struct
{
  const char *der;
  gsize length;
  const char *before; /* NULL: it cannot be read */
  const char *after;
} Dates;

#define DATES(der, before, after) { der, sizeof (der) - 1, before, after }

static const Dates dates[] = {
  DATES ("\x30\x29" "\x30\x27" REST "\x30\x1e" "\x17\x0d" "700102030405Z" "\x17\x0d" "491231235959Z",
         "1970-01-02T03:04:05Z", "2049-12-31T23:59:59Z"),
  DATES ("\x30\x2e" "\x30\x2c" "\xa0\x01\x02" REST "\x30\x20" "\x17\x0d" "500102030405Z"
         "\x18\x0f" "21100102030405Z",
         "1950-01-02T03:04:05Z", "2110-01-02T03:04:05Z"),
  /* Lengths in more bytes than they need are not DER; they are understood all the same. */
  DATES ("\x30\x81\x31" "\x30\x82\x00\x2d" REST "\x30\x84\x00\x00\x00\x20" "\x18\x0f" "20380119031408Z"
         "\x17\x0d" "400101000000Z",
         "2038-01-19T03:14:08Z", "2040-01-01T00:00:00Z"),
  /* The end is missing, or is not in the part that should have it. */
  DATES ("\x30\x1a" "\x30\x18" REST "\x30\x0f" "\x17\x0d" "700102030405Z", NULL, NULL),
  DATES ("\x30\x29" "\x30\x27" REST "\x30\x0f" "\x17\x0d" "700102030405Z" "\x17\x0d" "491231235959Z", NULL, NULL),
  /* No such day, no such length, no time zone, no digits, no such type. */
  DATES ("\x30\x29" "\x30\x27" REST "\x30\x1e" "\x17\x0d" "700230030405Z" "\x17\x0d" "491231235959Z", NULL, NULL),
  DATES ("\x30\x28" "\x30\x26" REST "\x30\x1d" "\x17\x0c" "70010203040Z" "\x17\x0d" "491231235959Z", NULL, NULL),
  DATES ("\x30\x29" "\x30\x27" REST "\x30\x1e" "\x17\x0d" "7001020304050" "\x17\x0d" "491231235959Z", NULL, NULL),
  DATES ("\x30\x29" "\x30\x27" REST "\x30\x1e" "\x17\x0d" "70010203 405Z" "\x17\x0d" "491231235959Z", NULL, NULL),
  DATES ("\x30\x29" "\x30\x27" REST "\x30\x1e" "\x16\x0d" "700102030405Z" "\x17\x0d" "491231235959Z", NULL, NULL),
  /* An open end; more bytes of length than there are bytes; longer than all; nothing. */
  DATES ("\x30\x80" "\x30\x27" REST, NULL, NULL),
  DATES ("\x30\x84\xff", NULL, NULL),
  DATES ("\x30\x84\xff\xff\xff\xff\x30\x00", NULL, NULL),
  DATES ("\x30", NULL, NULL),
  DATES ("\x30\x00", NULL, NULL),
  DATES ("", NULL, NULL),
};

static void
assert_date (GDateTime *date, const char *expected)
{
  g_autofree char *text = g_date_time_format_iso8601 (date);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_parse (gconstpointer data)
{
  const Dates *given = data;
  g_autoptr (GDateTime) before = NULL;
  g_autoptr (GDateTime) after = NULL;
  /* A copy, so that who reads beyond its end is seen. */
  g_autofree guint8 *der = g_memdup2 (given->der, given->length);

  g_assert_true (hs_validity_parse (der, given->length, &before, &after) == (given->before != NULL));
  if (given->before == NULL)
    {
      g_assert_null (before);
      g_assert_null (after);
      return;
    }
  assert_date (before, given->before);
  assert_date (after, given->after);
}

/* However much of it there is. */
static void
test_cut (void)
{
  for (gsize length = 0; length < dates[0].length; length++)
    {
      g_autofree guint8 *der = g_memdup2 (dates[0].der, length);
      GDateTime *before = NULL;
      GDateTime *after = NULL;

      g_assert_false (hs_validity_parse (der, length, &before, &after));
      g_assert_null (before);
      g_assert_null (after);
    }
}

static void
test_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (TEST_FUTURE, -1, &error);
  g_autoptr (GDateTime) before = NULL;
  g_autoptr (GDateTime) after = NULL;

  g_assert_no_error (error);
  before = hs_validity_get_before (certificate);
  after = hs_validity_get_after (certificate);
  assert_date (before, "2110-01-02T03:04:05Z");
  assert_date (after, "2120-01-01T00:00:00Z");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *path = g_strdup_printf ("/validity/parse/%u", i);

      g_test_add_data_func (path, &dates[i], test_parse);
    }
  g_test_add_func ("/validity/cut", test_cut);
  g_test_add_func ("/validity/certificate", test_certificate);
  return g_test_run ();
}
