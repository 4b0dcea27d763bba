/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "protocol/hs-foreign-protocol.h"

static const struct
{
  const char *bytes;
  const char *name;
} peers[] = {
  { "\x15\x03\x03", "TLS" },
  { "\x16\x03\x01", "TLS" },
  { "\x16\x02", NULL },
  { "HTTP/1.1 400", "HTTP" },
  { "http/1.1", NULL },
  { "<html>", "HTTP" },
  { "SSH-2.0-x", "SSH" },
  { "220 mail", "SMTP or FTP" },
  { "220-mail", "SMTP or FTP" },
  { "220", NULL },
  { "* OK IMAP", "IMAP" },
  { "+OK", "POP3" },
  { "<?xml version='1.0'?>", NULL },
  { "<stream:stream", NULL },
  { " HTTP/1.1", NULL },
  { "", NULL },
};

/* However the bytes come in, and however many follow. */
static void
test_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      gsize length = strlen (peers[i].bytes);
      HsFirstBytes whole = { .length = 0 };
      HsFirstBytes single = { .length = 0 };

      hs_first_bytes_add (&whole, peers[i].bytes, length);
      for (gsize j = 0; j < length; j++)
        hs_first_bytes_add (&single, peers[i].bytes + j, 1);
      g_assert_cmpstr (hs_first_bytes_name_protocol (&whole), ==, peers[i].name);
      g_assert_cmpstr (hs_first_bytes_name_protocol (&single), ==, peers[i].name);
      g_assert_cmpuint (whole.length, ==, MIN (length, sizeof whole.bytes));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/foreign-protocol/names", test_names);
  return g_test_run ();
}
