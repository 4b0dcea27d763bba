/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-foreign-protocol.h"

#include <string.h>

/* How servers of other protocols begin, or answer what is no request of theirs. */
static const struct
{
  const char *bytes;
  guint length;
  const char *name;
} protocols[] = {
  /* TLS records: an alert, a handshake (RFC 8446, 5.1). */
  { "\x15\x03", 2, "TLS" },
  { "\x16\x03", 2, "TLS" },
  { "HTTP/", 5, "HTTP" },
  { "<html", 5, "HTTP" },
  { "SSH-", 4, "SSH" },
  { "220 ", 4, "SMTP or FTP" },
  { "220-", 4, "SMTP or FTP" },
  { "* OK", 4, "IMAP" },
  { "+OK", 3, "POP3" },
};

void
hs_first_bytes_add (HsFirstBytes *self, const char *bytes, gsize length)
{
  gsize n = MIN (length, sizeof self->bytes - self->length);

  memcpy (self->bytes + self->length, bytes, n);
  self->length += n;
}

const char *
hs_first_bytes_name_protocol (const HsFirstBytes *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    {
      if (self->length >= protocols[i].length
          && memcmp (self->bytes, protocols[i].bytes, protocols[i].length) == 0)
        return protocols[i].name;
    }
  return NULL;
}
