/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-feature.h"

static void
test_measure (void)
{
  static const struct
  {
    const char *text;
    gsize n_bytes; /* G_MAXSIZE: the text is not base64 */
  } cases[] = {
    { "", 0 },
    { "YQ==", 1 },
    { "YWI=", 2 },
    { "YWJj", 3 },
    { " YW\n Jj\tZA =\r\n= ", 4 },
    { "+/+/", 3 },
    { "YWJ", G_MAXSIZE },
    { "YQ=", G_MAXSIZE },
    { "Y===", G_MAXSIZE },
    { "=", G_MAXSIZE },
    { "YQ==YQ==", G_MAXSIZE },
    { "YW-_", G_MAXSIZE },
    { "YW,Jj", G_MAXSIZE },
    { "\303\244YW", G_MAXSIZE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize n_bytes = 0, length;
      gboolean is_base64 = hs_feature_measure_base64 (cases[i].text, &n_bytes);
      g_autofree guchar *bytes G_GNUC_UNUSED = g_base64_decode (cases[i].text, &length);

      g_test_message ("'%s'", cases[i].text);
      g_assert_cmpint (is_base64, ==, cases[i].n_bytes != G_MAXSIZE);
      if (!is_base64)
        continue;
      g_assert_cmpuint (n_bytes, ==, cases[i].n_bytes);
      g_assert_cmpuint (length, ==, n_bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feature/measure-base64", test_measure);
  return g_test_run ();
}
