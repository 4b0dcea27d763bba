/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-idna-private.h"

#include <idn2.h>
#include <string.h>

#include <gio/gio.h>

#include "hs-error.h"
#include "hs-precis-private.h"

/*
 * The domainpart of an address (RFC 7622, 3.2): an IPv4 address, an IPv6 address in brackets, or a
 * domain name of which each internationalised label is a U-label of IDNA2008.
 *
 * Three things are taken more widely than by the letter, since real servers go by such names and a
 * stanza from there could not be read otherwise:
 *  - underscores in labels that are all ASCII ("my_host"); no other character outside of letters,
 *    digits and hyphens, and not in internationalised labels, where IDNA2008 disallows them;
 *  - labels of ASCII with hyphens in the third and fourth place that are no A-labels ("ab--cd");
 *  - more than 63 octets in a name that is one label of ASCII: a local network has other ways than
 *    the DNS to resolve it. hs_idna_to_ascii() holds what is asked of the DNS to 63.
 *
 * An address may be 1,023 octets, as RFC 7622 says; that a name in the DNS ends at 253 is a matter
 * of resolving it, and is checked by hs_idna_to_ascii().
 */

#define ACE_PREFIX "xn--"
#define MAX_LABEL 63
#define MAX_DNS_NAME 253
#define MAX_ROUNDS 4
#define IDEOGRAPHIC_FULL_STOP 0x3002

#define IDN2_FLAGS (IDN2_NO_TR46)

static void
set_error (GError **error, const char *message)
{
  g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID, message);
}

static const char *
describe_idn2_error (int code)
{
  switch (code)
    {
    case IDN2_TOO_BIG_LABEL:
    case IDN2_TOO_BIG_DOMAIN:
    case IDN2_PUNYCODE_BIG_OUTPUT:
      return "has a label longer than 63 octets in ASCII form";
    case IDN2_2HYPHEN:
      return "has an internationalised label with hyphens in the third and fourth place";
    case IDN2_HYPHEN_STARTEND:
      return "has a label that begins or ends with a hyphen";
    case IDN2_LEADING_COMBINING:
      return "has a label that begins with a combining character";
    case IDN2_DISALLOWED:
      return "has a label with a character that IDNA2008 does not allow";
    case IDN2_CONTEXTJ:
    case IDN2_CONTEXTJ_NO_RULE:
    case IDN2_CONTEXTO:
    case IDN2_CONTEXTO_NO_RULE:
      return "has a label with a character where its contextual rule does not allow it";
    case IDN2_UNASSIGNED:
      return "has a label with an unassigned code point";
    case IDN2_BIDI:
      return "has a label that mixes writing directions against the Bidi Rule";
    default:
      return "has a label that is not valid in IDNA2008";
    }
}

/* A zone after "%" or "%25" (RFC 3986, 3.2.2, as refined by RFC 6874, 2). */
static gboolean
is_zone (const char *zone)
{
  if (g_str_has_prefix (zone, "%25") && zone[3] != '\0')
    zone += 3;
  else
    zone++;
  if (*zone == '\0')
    return FALSE;

  for (; *zone != '\0'; zone++)
    if (*zone == '%' && g_ascii_isxdigit (zone[1]) && g_ascii_isxdigit (zone[2]))
      zone += 2;
    else if (!g_ascii_isalnum (*zone) && strchr ("-._~", *zone) == NULL)
      return FALSE;

  return TRUE;
}

/* IP-literal (RFC 3986, 3.2.2): the address in its canonical form (RFC 5952), a zone left as it is.
 * IPvFuture is not taken: no such form was ever defined. */
static char *
prepare_ip_literal (const char *string, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GInetAddress) address = NULL;
  g_autofree char *canonical = NULL;
  gsize length = strlen (string);
  char *zone = NULL;

  if (string[length - 1] != ']')
    {
      set_error (error, "begins with a bracket and is not an IPv6 address in brackets");
      return NULL;
    }

  text = g_strndup (string + 1, length - 2);
  zone = strchr (text, '%');
  if (zone == NULL || is_zone (zone))
    {
      g_autofree char *bare = zone != NULL ? g_strndup (text, zone - text) : g_strdup (text);

      /* A plain IPv4 address parses as well. */
      if (strchr (bare, ':') != NULL)
        address = g_inet_address_new_from_string (bare);
    }
  if (address == NULL)
    {
      set_error (error, "is not a valid IPv6 address in brackets");
      return NULL;
    }

  canonical = g_inet_address_to_string (address);
  return g_strconcat ("[", canonical, zone != NULL ? zone : "", "]", NULL);
}

/* RFC 7622, 3.2.2, and RFC 5895, 2: lower case, width, NFC, and the full stop of ideographic
 * scripts; until it is stable. */
static char *
map_domain (const char *string, GError **error)
{
  g_autofree char *current = g_strdup (string);

  for (int i = 0; i < MAX_ROUNDS; i++)
    {
      g_autoptr (GString) mapped = g_string_sized_new (strlen (current));
      g_autofree char *next = NULL;

      for (const char *p = current; *p != '\0'; p = g_utf8_next_char (p))
        {
          gunichar character = hs_precis_map_width (g_utf8_get_char (p));

          if (character == IDEOGRAPHIC_FULL_STOP)
            character = '.';
          hs_precis_append_lower (mapped, character);
        }
      next = hs_precis_normalize (mapped->str);
      if (strcmp (next, current) == 0)
        return g_steal_pointer (&next);
      g_free (current);
      current = g_steal_pointer (&next);
    }

  set_error (error, "changes each time that it is prepared");
  return NULL;
}

static gboolean
check_ascii_label (const char *label, GError **error)
{
  gsize length = strlen (label);

  for (const char *p = label; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      {
        g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID,
                     "contains U+%04X, which is not allowed there", (guint) *p);
        return FALSE;
      }
  if (label[0] == '-' || label[length - 1] == '-')
    {
      set_error (error, describe_idn2_error (IDN2_HYPHEN_STARTEND));
      return FALSE;
    }

  return TRUE;
}

static gboolean
is_too_long (const char *label, GError **error)
{
  if (strlen (label) <= MAX_LABEL)
    return FALSE;

  set_error (error, "has a label longer than 63 octets");
  return TRUE;
}

/* The A-label of a U-label, which is checked by the rules for registration (RFC 5891, 4.2), those
 * for code points in their context and for direction among them. */
static char *
convert_to_a_label (const char *label, GError **error)
{
  uint8_t *converted = NULL;
  char *result = NULL;
  int code = IDN2_OK;

  /* Each code point takes an octet at least; refused here, since Punycode is quadratic. */
  if (g_utf8_strlen (label, -1) > MAX_LABEL - (glong) strlen (ACE_PREFIX))
    code = IDN2_TOO_BIG_LABEL;
  else
    code = idn2_register_u8 ((const uint8_t *) label, NULL, &converted, IDN2_FLAGS);
  if (code == IDN2_OK && strlen ((const char *) converted) > MAX_LABEL)
    code = IDN2_TOO_BIG_LABEL;
  if (code == IDN2_OK)
    result = g_strdup ((const char *) converted);
  else
    set_error (error, describe_idn2_error (code));
  idn2_free (converted);

  return result;
}

/* An A-label (in lower case) must be exactly what its U-label gives (RFC 5891, 5.4). And the U-label
 * must be what mapping leaves alone: capital Cherokee letters are allowed in IDNA2008, where the small
 * ones that they are mapped to are not. */
static char *
convert_to_u_label (const char *label, GError **error)
{
  char *converted = NULL;
  g_autofree char *result = NULL;
  g_autofree char *mapped = NULL;
  g_autofree char *round_trip = NULL;

  if (idn2_to_unicode_8z8z (label, &converted, 0) == IDN2_OK && converted != NULL
      && converted[0] != '\0' && g_utf8_validate (converted, -1, NULL)
      && !g_str_is_ascii (converted))
    result = g_strdup (converted);
  idn2_free (converted);

  if (result != NULL)
    {
      mapped = map_domain (result, error);
      round_trip = mapped != NULL ? convert_to_a_label (result, error) : NULL;
      if (round_trip == NULL)
        return NULL;
    }
  if (g_strcmp0 (round_trip, label) != 0 || strcmp (mapped, result) != 0)
    {
      set_error (error, "has a label that begins with xn-- and is not a valid A-label");
      return NULL;
    }

  return g_steal_pointer (&result);
}

/* The label as it is kept: NR-LDH or U-label; @alone where it is all of the name. */
static char *
prepare_label (const char *label, gboolean alone, GError **error)
{
  g_autofree char *a_label = NULL;

  if (*label == '\0')
    {
      set_error (error, "has an empty label");
      return NULL;
    }
  if (g_str_is_ascii (label))
    {
      if (!check_ascii_label (label, error))
        return NULL;
      if (g_str_has_prefix (label, ACE_PREFIX))
        return !is_too_long (label, error) ? convert_to_u_label (label, error) : NULL;
      return alone || !is_too_long (label, error) ? g_strdup (label) : NULL;
    }

  a_label = convert_to_a_label (label, error);
  return a_label != NULL ? g_strdup (label) : NULL;
}

/* In a name of which any label is right-to-left, all of them are to satisfy the Bidi Rule
 * (RFC 5893, 2). */
static gboolean
check_bidi (char **labels, GError **error)
{
  gboolean has_rtl = FALSE;

  for (int pass = 0; pass < 2; pass++)
    {
      for (char **label = labels; *label != NULL; label++)
        {
          glong length = 0;
          g_autofree gunichar *characters = g_utf8_to_ucs4_fast (*label, -1, &length);

          if (pass == 0)
            has_rtl = has_rtl || hs_precis_has_rtl (characters, (gsize) length);
          else if (!hs_precis_check_bidi (characters, (gsize) length))
            {
              set_error (error, describe_idn2_error (IDN2_BIDI));
              return FALSE;
            }
        }
      if (!has_rtl)
        return TRUE;
    }

  return TRUE;
}

static char *
prepare_name (const char *string, GError **error)
{
  g_autofree char *mapped = NULL;
  g_autofree char *result = NULL;
  g_auto (GStrv) labels = NULL;

  mapped = map_domain (string, error);
  if (mapped == NULL)
    return NULL;
  /* The root's label is not part of an address (RFC 7622, 3.2). */
  if (g_str_has_suffix (mapped, "."))
    mapped[strlen (mapped) - 1] = '\0';
  if (*mapped == '\0')
    {
      set_error (error, "is empty");
      return NULL;
    }

  labels = g_strsplit (mapped, ".", -1);
  for (char **label = labels; *label != NULL; label++)
    {
      g_autofree char *prepared = prepare_label (*label, labels[1] == NULL, error);

      if (prepared == NULL)
        return NULL;
      g_free (*label);
      *label = g_steal_pointer (&prepared);
    }
  if (!g_str_is_ascii (mapped) || strstr (mapped, ACE_PREFIX) != NULL)
    if (!check_bidi (labels, error))
      return NULL;

  result = g_strjoinv (".", labels);
  if (strlen (result) > HS_PRECIS_MAX_LENGTH)
    {
      set_error (error, "is longer than 1023 octets");
      return NULL;
    }

  return g_steal_pointer (&result);
}

/* The characters of a plain label. */
static const gboolean plain[256]
    = { ['a' ... 'z'] = TRUE, ['0' ... '9'] = TRUE, ['-'] = TRUE, ['_'] = TRUE };

/*
 * hs_idna_is_plain:
 * @string: a domainpart; it need not end in a NUL
 * @length: its length in octets
 *
 * Whether hs_idna_prepare_domain() would leave @string as it is, which can be seen without
 * preparing it: labels of ASCII in lower case that are no A-labels. IPv4 addresses look like this
 * as well.
 *
 * Returns: %TRUE if @string is valid and prepared; %FALSE if it is to be prepared
 */
gboolean
hs_idna_is_plain (const char *string, gsize length)
{
  const char *end = string + length;
  const char *label = string;

  if (length == 0 || length > HS_PRECIS_MAX_LENGTH)
    return FALSE;
  for (;;)
    {
      const char *p = label;

      while (p < end && plain[(guchar) *p])
        p++;
      if ((p < end && *p != '.') || p == label || label[0] == '-' || p[-1] == '-')
        return FALSE;
      if ((gsize) (p - label) > MAX_LABEL && (gsize) (p - label) < length)
        return FALSE;
      if (label[0] == 'x' && p - label >= 4 && memcmp (label, ACE_PREFIX, 4) == 0)
        return FALSE;
      if (p == end)
        return TRUE;
      label = p + 1;
    }
}

/*
 * hs_idna_prepare_domain:
 * @string: a domainpart; it need not be valid UTF-8, nor end in a NUL
 * @length: its length in octets
 * @error: return location for an error
 *
 * Prepares and enforces a domainpart (RFC 7622, 3.2): lower case, width mapping and NFC, one
 * trailing dot removed, A-labels turned into U-labels, all labels checked; IPv6 addresses in their
 * canonical form. The result is 1 to 1,023 octets, its labels up to 63 in ASCII form where there are
 * several, and does not change when it is prepared again.
 *
 * Returns: (transfer full): the domainpart, or %NULL and an error of %HS_ERROR_INVALID_JID, whose
 *   message goes on after "the domainpart "
 */
char *
hs_idna_prepare_domain (const char *string, gsize length, GError **error)
{
  g_autofree char *copy = NULL;

  if (length == 0)
    {
      set_error (error, "is empty");
      return NULL;
    }
  if (length > HS_PRECIS_MAX_INPUT)
    {
      set_error (error, "is longer than 1023 octets");
      return NULL;
    }
  if (!g_utf8_validate_len (string, length, NULL))
    {
      set_error (error, "is not valid UTF-8");
      return NULL;
    }

  copy = g_strndup (string, length);
  return copy[0] == '[' ? prepare_ip_literal (copy, error) : prepare_name (copy, error);
}

/* The address of an IP-literal without its brackets, the zone as GInetSocketAddress reads it. */
static char *
unwrap_ip_literal (const char *domain)
{
  g_autofree char *text = g_strndup (domain + 1, strlen (domain) - 2);
  char *zone = strstr (text, "%25");

  if (zone != NULL && zone[3] != '\0')
    memmove (zone + 1, zone + 3, strlen (zone + 3) + 1);

  return g_steal_pointer (&text);
}

/*
 * hs_idna_to_ascii:
 * @domain: a domainpart or a host name, prepared or not
 * @error: return location for an error
 *
 * What to ask the DNS and to find in a certificate for @domain: A-labels in place of U-labels
 * (RFC 5890, 2.3.2.1), in lower case, without a trailing dot. IP addresses are returned as they
 * are, IPv6 without its brackets.
 *
 * Returns: (transfer full): the name in ASCII, 253 octets at most (RFC 1035, 2.3.4), or %NULL and
 * an error of %HS_ERROR_INVALID_JID
 */
char *
hs_idna_to_ascii (const char *domain, GError **error)
{
  g_autofree char *prepared = NULL;
  g_autofree char *result = NULL;
  g_auto (GStrv) labels = NULL;

  g_assert (domain != NULL);

  /* Most domains are plain, and short enough: neither a label nor the whole name is over its limit. */
  if (strnlen (domain, MAX_LABEL + 1) <= MAX_LABEL && hs_idna_is_plain (domain, strlen (domain)))
    return g_strdup (domain);

  prepared = hs_idna_prepare_domain (domain, strnlen (domain, HS_PRECIS_MAX_INPUT + 1), error);
  if (prepared == NULL)
    {
      g_prefix_error_literal (error, "The domain name ");
      return NULL;
    }
  if (prepared[0] == '[')
    return unwrap_ip_literal (prepared);

  labels = g_strsplit (prepared, ".", -1);
  for (char **label = labels; *label != NULL; label++)
    if (!g_str_is_ascii (*label))
      {
        char *a_label = convert_to_a_label (*label, error);

        if (a_label == NULL)
          return NULL;
        g_free (*label);
        *label = a_label;
      }
    else if (is_too_long (*label, error))
      {
        g_prefix_error_literal (error, "The domain name ");
        return NULL;
      }

  result = g_strjoinv (".", labels);
  if (strlen (result) > MAX_DNS_NAME)
    {
      set_error (error, "The domain name is longer than 253 octets");
      return NULL;
    }

  return g_steal_pointer (&result);
}
