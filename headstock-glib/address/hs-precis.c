/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-precis-private.h"

#include <string.h>

#include <unictype.h>

#include "hs-error.h"

/*
 * PRECIS (RFC 8264): which code points an internationalised string may hold, and the two profiles
 * of RFC 8265 that an XMPP address takes its localpart and its resourcepart from.
 *
 * The derived properties are computed by the algorithm of RFC 8264, 8 from the Unicode data of
 * GLib, not from the tables of one version, which is what the RFC asks for. Which code points can
 * be ignored is the one thing that libunistring has to tell.
 */

/* RFC 8264, 7: the rules are applied again up to three times, and a string that still changes is
 * refused. */
#define MAX_ROUNDS 4

/* The characters that RFC 7622, 3.3.1 excludes from localparts beyond what the class disallows. */
#define EXCLUDED_FROM_LOCAL "\"&'/:<>@"

typedef enum
{
  PROFILE_USERNAME,
  PROFILE_OPAQUE,
} Profile;

/* What preparation leaves as it is. */
enum
{
  LOCAL = 1 << 0,    /* printable ASCII without upper case, space and EXCLUDED_FROM_LOCAL */
  RESOURCE = 1 << 1, /* printable ASCII */
};

#define X 0
#define R RESOURCE
#define L (LOCAL | RESOURCE)

static const guint8 plain[256] = {
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, /* 0x00 */
  X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, /* 0x10 */
  R, L, R, L, L, L, R, R, L, L, L, L, L, L, L, R, /* 0x20: space to / */
  L, L, L, L, L, L, L, L, L, L, R, L, R, L, R, L, /* 0x30: 0 to ? */
  R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, R, /* 0x40: @ to O */
  R, R, R, R, R, R, R, R, R, R, R, L, L, L, L, L, /* 0x50: P to _ */
  L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* 0x60: ` to o */
  L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, X, /* 0x70: p to DEL */
};

#undef X
#undef R
#undef L

/* RFC 8264, 9.6: Exceptions. FALSE: @character is none of them. */
static gboolean
get_exception (gunichar character, HsPrecisProperty *property)
{
  switch (character)
    {
    case 0x00DF:
    case 0x03C2:
    case 0x06FD:
    case 0x06FE:
    case 0x0F0B:
    case 0x3007:
      *property = HS_PRECIS_PVALID;
      return TRUE;

    case 0x00B7:
    case 0x0375:
    case 0x05F3:
    case 0x05F4:
    case 0x30FB:
      *property = HS_PRECIS_CONTEXTO;
      return TRUE;

    case 0x0640:
    case 0x07FA:
    case 0x302E:
    case 0x302F:
    case 0x303B:
      *property = HS_PRECIS_DISALLOWED;
      return TRUE;

    default:
      if (character >= 0x3031 && character <= 0x3035)
        {
          *property = HS_PRECIS_DISALLOWED;
          return TRUE;
        }
      /* Arabic-Indic digits and the extended ones. */
      if ((character >= 0x0660 && character <= 0x0669)
          || (character >= 0x06F0 && character <= 0x06F9))
        {
          *property = HS_PRECIS_CONTEXTO;
          return TRUE;
        }
      return FALSE;
    }
}

static gboolean
is_noncharacter (gunichar character)
{
  return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

/* RFC 8264, 9.9: Hangul_Syllable_Type L, V or T. */
static gboolean
is_old_hangul_jamo (gunichar character)
{
  return (character >= 0x1100 && character <= 0x11FF)
         || (character >= 0xA960 && character <= 0xA97C)
         || (character >= 0xD7B0 && character <= 0xD7C6)
         || (character >= 0xD7CB && character <= 0xD7FB);
}

/* RFC 8264, 9.17: toNFKC (cp) != cp, without normalising a string for it. */
static gboolean
has_compat (gunichar character)
{
  gunichar canonical[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gunichar compatible[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
  gunichar first = 0;
  gunichar second = 0;
  gunichar composed = 0;
  gsize n_canonical
      = g_unichar_fully_decompose (character, FALSE, canonical, G_N_ELEMENTS (canonical));
  gsize n_compatible
      = g_unichar_fully_decompose (character, TRUE, compatible, G_N_ELEMENTS (compatible));

  if (n_canonical != n_compatible
      || memcmp (canonical, compatible, n_canonical * sizeof (gunichar)) != 0)
    return TRUE;
  if (n_canonical == 1 && canonical[0] == character)
    return FALSE;

  /* It has a canonical decomposition: NFKC puts together again what is a primary composite, and
   * nothing else. */
  return !g_unichar_decompose (character, &first, &second) || second == 0
         || !g_unichar_compose (first, second, &composed) || composed != character;
}

/* RFC 8264, 9.1, 9.12 and 9.14 to 9.18: what the general category decides. */
static HsPrecisProperty
get_property_of_category (gunichar character)
{
  switch (g_unichar_type (character))
    {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_SPACING_MARK:
      return HS_PRECIS_PVALID;

    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_MATH_SYMBOL:
    case G_UNICODE_CURRENCY_SYMBOL:
    case G_UNICODE_MODIFIER_SYMBOL:
    case G_UNICODE_OTHER_SYMBOL:
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
      return HS_PRECIS_FREE_PVAL;

    default: /* controls, formats, private use, surrogates, separators of lines and paragraphs */
      return HS_PRECIS_DISALLOWED;
    }
}

/*
 * hs_precis_get_property:
 * @character: a code point, 0 to 0x10FFFF
 *
 * The derived property of @character (RFC 8264, 8; the tests come in that section's order.
 * BackwardCompatible, 9.7, is an empty set).
 *
 * Returns: the property
 */
HsPrecisProperty
hs_precis_get_property (gunichar character)
{
  HsPrecisProperty property = HS_PRECIS_DISALLOWED;

  if (get_exception (character, &property))
    return property;
  if (g_unichar_type (character) == G_UNICODE_UNASSIGNED && !is_noncharacter (character))
    return HS_PRECIS_UNASSIGNED;
  if (character >= 0x21 && character <= 0x7E)
    return HS_PRECIS_PVALID;
  if (character == 0x200C || character == 0x200D)
    return HS_PRECIS_CONTEXTJ;
  if (is_old_hangul_jamo (character))
    return HS_PRECIS_DISALLOWED;
  if (is_noncharacter (character) || uc_is_property_default_ignorable_code_point (character))
    return HS_PRECIS_DISALLOWED;
  if (g_unichar_type (character) == G_UNICODE_CONTROL)
    return HS_PRECIS_DISALLOWED;
  if (has_compat (character))
    return HS_PRECIS_FREE_PVAL;

  return get_property_of_category (character);
}

static gboolean
check_property (gunichar character, Profile profile, GError **error)
{
  HsPrecisProperty property = hs_precis_get_property (character);
  const char *reason = "is not allowed there";

  switch (property)
    {
    case HS_PRECIS_PVALID:
    case HS_PRECIS_CONTEXTJ:
    case HS_PRECIS_CONTEXTO:
      return TRUE;
    case HS_PRECIS_FREE_PVAL:
      if (profile == PROFILE_OPAQUE)
        return TRUE;
      break;
    case HS_PRECIS_UNASSIGNED:
      reason = "is not assigned";
      break;
    default:
      break;
    }

  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID, "contains U+%04X, which %s",
               (guint) character, reason);
  return FALSE;
}

/* One application of the profile's rules, in their order: RFC 8265, 3.3.2 and 3.3.3 (width, class,
 * case, normalisation), or 4.2.1 and 4.2.2 (class, spaces, normalisation). NULL: a code point that
 * is not of the class. */
static char *
apply_rules (const char *string, Profile profile, GError **error)
{
  g_autoptr (GString) mapped = g_string_sized_new (strlen (string));

  for (const char *p = string; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (profile == PROFILE_USERNAME)
        character = hs_precis_map_width (character);
      if (!check_property (character, profile, error))
        return NULL;
      if (profile == PROFILE_USERNAME)
        hs_precis_append_lower (mapped, character);
      else if (g_unichar_type (character) == G_UNICODE_SPACE_SEPARATOR)
        g_string_append_c (mapped, ' ');
      else
        g_string_append_unichar (mapped, character);
    }

  return hs_precis_normalize (mapped->str);
}

/* What can only be said of the result: the contextual rules, each group of digits once, so that
 * this is linear; and for usernames the directionality rule (RFC 8265, 3.3.1). */
static gboolean
check_result (const char *string, Profile profile, GError **error)
{
  g_autofree gunichar *characters = NULL;
  glong length = 0;
  gboolean seen_katakana_dot = FALSE;
  gboolean seen_digit = FALSE;

  characters = g_utf8_to_ucs4_fast (string, -1, &length);
  for (glong i = 0; i < length; i++)
    {
      HsPrecisProperty property = hs_precis_get_property (characters[i]);

      if (property != HS_PRECIS_CONTEXTJ && property != HS_PRECIS_CONTEXTO)
        continue;
      /* These two rules look at the whole string; what they say of one they say of all. */
      if (characters[i] == 0x30FB)
        {
          if (seen_katakana_dot)
            continue;
          seen_katakana_dot = TRUE;
        }
      else if (g_unichar_isdigit (characters[i]))
        {
          if (seen_digit)
            continue;
          seen_digit = TRUE;
        }
      if (!hs_precis_check_context (characters, (gsize) length, (gsize) i))
        {
          g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID,
                       "contains U+%04X where its contextual rule does not allow it",
                       (guint) characters[i]);
          return FALSE;
        }
    }

  if (profile == PROFILE_USERNAME && hs_precis_has_rtl (characters, (gsize) length)
      && !hs_precis_check_bidi (characters, (gsize) length))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID,
                           "mixes writing directions against the Bidi Rule");
      return FALSE;
    }

  return TRUE;
}

static char *
prepare (const char *string, gsize length, Profile profile, GError **error)
{
  g_autofree char *current = NULL;
  gboolean stable = FALSE;

  if (length == 0)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID, "is empty");
      return NULL;
    }
  if (length > HS_PRECIS_MAX_INPUT)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID, "is longer than %d octets",
                   HS_PRECIS_MAX_LENGTH);
      return NULL;
    }
  if (!g_utf8_validate_len (string, length, NULL))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID, "is not valid UTF-8");
      return NULL;
    }

  current = g_strndup (string, length);
  for (int i = 0; i < MAX_ROUNDS && !stable; i++)
    {
      g_autofree char *next = apply_rules (current, profile, error);

      if (next == NULL)
        return NULL;
      stable = strcmp (next, current) == 0;
      g_free (current);
      current = g_steal_pointer (&next);
    }
  if (!stable)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID,
                           "changes each time that it is prepared");
      return NULL;
    }
  if (strlen (current) > HS_PRECIS_MAX_LENGTH)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID, "is longer than %d octets",
                   HS_PRECIS_MAX_LENGTH);
      return NULL;
    }
  if (!check_result (current, profile, error))
    return NULL;

  return g_steal_pointer (&current);
}

/*
 * hs_precis_prepare_username:
 * @string: what to prepare; it need not be valid UTF-8, nor end in a NUL
 * @length: its length in octets
 * @error: return location for an error
 *
 * Prepares and enforces the UsernameCaseMapped profile (RFC 8265, 3.3): width mapping, lower case,
 * NFC, the Bidi Rule. The result is 1 to %HS_PRECIS_MAX_LENGTH octets and does not change when it
 * is prepared again.
 *
 * Returns: (transfer full): the username, or %NULL and an error of %HS_ERROR_INVALID_JID, whose
 *   message goes on after "the part "
 */
char *
hs_precis_prepare_username (const char *string, gsize length, GError **error)
{
  return prepare (string, length, PROFILE_USERNAME, error);
}

/*
 * hs_precis_prepare_opaque:
 * @string: what to prepare; it need not be valid UTF-8, nor end in a NUL
 * @length: its length in octets
 * @error: return location for an error
 *
 * Prepares and enforces the OpaqueString profile (RFC 8265, 4.2): spaces of all kinds become
 * U+0020, then NFC; case, width and direction stay. The result is 1 to %HS_PRECIS_MAX_LENGTH octets
 * and does not change when it is prepared again.
 *
 * Returns: (transfer full): the string, or %NULL and an error of %HS_ERROR_INVALID_JID, whose
 * message goes on after "the part "
 */
char *
hs_precis_prepare_opaque (const char *string, gsize length, GError **error)
{
  return prepare (string, length, PROFILE_OPAQUE, error);
}

static gboolean
is_plain (const char *string, gsize length, guint8 kind)
{
  if (length == 0 || length > HS_PRECIS_MAX_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if ((plain[(guchar) string[i]] & kind) == 0)
      return FALSE;

  return TRUE;
}

/*
 * hs_precis_is_plain_local:
 * @string: a localpart; it need not end in a NUL
 * @length: its length in octets
 *
 * Whether hs_precis_prepare_local() would leave @string as it is, which can be seen without
 * preparing it: printable ASCII in lower case.
 *
 * Returns: %TRUE if @string is valid and prepared; %FALSE if it is to be prepared
 */
gboolean
hs_precis_is_plain_local (const char *string, gsize length)
{
  return is_plain (string, length, LOCAL);
}

/*
 * hs_precis_prepare_local:
 * @string: a localpart; it need not be valid UTF-8, nor end in a NUL
 * @length: its length in octets
 * @error: return location for an error
 *
 * Prepares and enforces a localpart (RFC 7622, 3.3): the UsernameCaseMapped profile, without the
 * characters `"&'/:<>@`. They are looked for after the mappings: there are fullwidth forms of each.
 *
 * Returns: (transfer full): the localpart, or %NULL and an error of %HS_ERROR_INVALID_JID, whose
 *   message goes on after "the part "
 */
char *
hs_precis_prepare_local (const char *string, gsize length, GError **error)
{
  g_autofree char *local = hs_precis_prepare_username (string, length, error);
  const char *found = local != NULL ? strpbrk (local, EXCLUDED_FROM_LOCAL) : NULL;

  if (found != NULL)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID,
                   "contains U+%04X, which is not allowed there", (guint) *found);
      return NULL;
    }

  return g_steal_pointer (&local);
}

/*
 * hs_precis_is_plain_opaque:
 * @string: a string; it need not end in a NUL
 * @length: its length in octets
 *
 * Whether hs_precis_prepare_opaque() would leave @string as it is, which can be seen without
 * preparing it: printable ASCII.
 *
 * Returns: %TRUE if @string is valid and prepared; %FALSE if it is to be prepared
 */
gboolean
hs_precis_is_plain_opaque (const char *string, gsize length)
{
  return is_plain (string, length, RESOURCE);
}
