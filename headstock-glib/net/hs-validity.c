/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-validity-private.h"

/* GnuTLS tells the dates of a certificate in the C library's time_t, which ends in 2038 where it has 32 bits. So they
 * are read from the certificate itself: they are the fifth thing in it. */

enum
{
  TAG_INTEGER = 0x02,
  TAG_UTC_TIME = 0x17,
  TAG_GENERALIZED_TIME = 0x18,
  TAG_SEQUENCE = 0x30,
  TAG_VERSION = 0xa0,
};

/* The first element of the DER that is left to read. */
typedef struct
{
  const guint8 *data;
  gsize length;
} Der;

/* Takes the first element off what is left; its content is set. FALSE: there is none, or it is longer than all. */
static gboolean
take (Der *rest, guint8 *tag, Der *content)
{
  gsize header = 2;
  gsize length;

  if (rest->length < 2)
    return FALSE;
  *tag = rest->data[0];
  length = rest->data[1];
  if (length >= 0x80)
    {
      guint n_bytes = length & 0x7f;

      /* Longer than 4 GiB it is not, and an open end is not for DER. */
      if (n_bytes == 0 || n_bytes > 4 || rest->length < header + n_bytes)
        return FALSE;
      length = 0;
      for (guint i = 0; i < n_bytes; i++)
        length = length << 8 | rest->data[header + i];
      header += n_bytes;
    }
  if (length > rest->length - header)
    return FALSE;
  *content = (Der){ rest->data + header, length };
  rest->data += header + length;
  rest->length -= header + length;
  return TRUE;
}

static gboolean
take_tagged (Der *rest, guint8 wanted, Der *content)
{
  guint8 tag;

  return take (rest, &tag, content) && tag == wanted;
}

/* RFC 5280, 4.1.2.5: with seconds, in UTC; two digits of a year are from 1950 to 2049. */
static GDateTime *
take_time (Der *rest)
{
  Der text;
  guint8 tag;
  int year = 0;
  gsize year_digits;
  int part[5];

  if (!take (rest, &tag, &text) || (tag != TAG_UTC_TIME && tag != TAG_GENERALIZED_TIME))
    return NULL;
  year_digits = tag == TAG_UTC_TIME ? 2 : 4;
  if (text.length != year_digits + 11 || text.data[text.length - 1] != 'Z')
    return NULL;
  for (gsize i = 0; i < text.length - 1; i++)
    if (!g_ascii_isdigit (text.data[i]))
      return NULL;
  for (gsize i = 0; i < year_digits; i++)
    year = year * 10 + text.data[i] - '0';
  if (tag == TAG_UTC_TIME)
    year += year < 50 ? 2000 : 1900;
  for (guint i = 0; i < G_N_ELEMENTS (part); i++)
    {
      const guint8 *digits = text.data + year_digits + i * 2;

      part[i] = (digits[0] - '0') * 10 + digits[1] - '0';
    }
  return g_date_time_new_utc (year, part[0], part[1], part[2], part[3], part[4]);
}

gboolean
hs_validity_parse (const guint8 *der, gsize length, GDateTime **before, GDateTime **after)
{
  Der rest = { der, length };
  Der certificate, signed_part, validity, ignored;
  g_autoptr (GDateTime) first = NULL;
  g_autoptr (GDateTime) last = NULL;

  if (!take_tagged (&rest, TAG_SEQUENCE, &certificate) ||
      !take_tagged (&certificate, TAG_SEQUENCE, &signed_part))
    return FALSE;
  /* Left out, it is version 1. */
  if (signed_part.length > 0 && signed_part.data[0] == TAG_VERSION &&
      !take_tagged (&signed_part, TAG_VERSION, &ignored))
    return FALSE;
  /* The serial number, the algorithm of the signature, the issuer. */
  if (!take_tagged (&signed_part, TAG_INTEGER, &ignored) ||
      !take_tagged (&signed_part, TAG_SEQUENCE, &ignored) ||
      !take_tagged (&signed_part, TAG_SEQUENCE, &ignored) ||
      !take_tagged (&signed_part, TAG_SEQUENCE, &validity))
    return FALSE;
  first = take_time (&validity);
  last = first != NULL ? take_time (&validity) : NULL;
  if (last == NULL)
    return FALSE;
  *before = g_steal_pointer (&first);
  *after = g_steal_pointer (&last);
  return TRUE;
}

static gboolean
read_dates (GTlsCertificate *certificate, GDateTime **before, GDateTime **after)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  return der != NULL && hs_validity_parse (der->data, der->len, before, after);
}

GDateTime *
hs_validity_get_before (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) before = NULL;
  g_autoptr (GDateTime) after = NULL;

  if (read_dates (certificate, &before, &after))
    return g_steal_pointer (&before);
  return g_tls_certificate_get_not_valid_before (certificate);
}

GDateTime *
hs_validity_get_after (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) before = NULL;
  g_autoptr (GDateTime) after = NULL;

  if (read_dates (certificate, &before, &after))
    return g_steal_pointer (&after);
  return g_tls_certificate_get_not_valid_after (certificate);
}
