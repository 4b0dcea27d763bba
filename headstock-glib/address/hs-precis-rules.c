/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-precis-private.h"

#include <uninorm.h>
#include <unictype.h>

/* The rules of PRECIS (RFC 8264, 5.2) that domain names have as well: the mappings of a code point,
 * the contextual rules (RFC 5892) and the Bidi Rule (RFC 5893). GLib has no width decompositions,
 * joining types and bidirectional classes; those are libunistring's. */

#define CANONICAL_COMBINING_CLASS_VIRAMA 9

/*
 * hs_precis_map_width:
 * @character: a code point
 *
 * The width mapping rule (RFC 8264, 5.2.1): a fullwidth or halfwidth code point becomes the one
 * that its decomposition mapping names, one level deep.
 *
 * Returns: the code point to use instead, or @character
 */
gunichar
hs_precis_map_width (gunichar character)
{
  ucs4_t decomposition[UC_DECOMPOSITION_MAX_LENGTH];
  int tag = UC_DECOMP_CANONICAL;

  /* All of them are in two blocks. */
  if (character != 0x3000 && (character < 0xFF00 || character > 0xFFEF))
    return character;
  if (uc_decomposition (character, &tag, decomposition) == 1
      && (tag == UC_DECOMP_WIDE || tag == UC_DECOMP_NARROW))
    return decomposition[0];

  return character;
}

/*
 * hs_precis_append_lower:
 * @string: where to append
 * @character: a code point
 *
 * Appends @character in lower case: Unicode's toLowerCase, without any locale's rules and without
 * the special form of a final sigma, which PRECIS does not account for (RFC 8265, 3.5). U+0130 is
 * the only code point whose lower case is longer than one.
 */
void
hs_precis_append_lower (GString *string, gunichar character)
{
  if (character == 0x0130)
    g_string_append (string, "i\xCC\x87");
  else
    g_string_append_unichar (string, g_unichar_tolower (character));
}

static int
compare_combining_class (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_unichar_combining_class (*(const gunichar *) a)
         - g_unichar_combining_class (*(const gunichar *) b);
}

/*
 * hs_precis_normalize:
 * @string: valid UTF-8
 *
 * The normalization rule (RFC 8264, 5.2.4): NFC. Runs of combining marks are put in their canonical
 * order first, by a stable sort: GLib's own way of doing that takes time quadratic in their length.
 *
 * Returns: (transfer full): @string in NFC
 */
char *
hs_precis_normalize (const char *string)
{
  glong length = 0;
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (string, -1, &length);
  g_autofree char *ordered = NULL;

  for (glong start = 0; start < length; start++)
    {
      glong end = start;

      while (end < length && g_unichar_combining_class (characters[end]) != 0)
        end++;
      if (end - start > 1)
        g_qsort_with_data (characters + start, (gint) (end - start), sizeof (gunichar),
                           compare_combining_class, NULL);
      start = end;
    }
  ordered = g_ucs4_to_utf8 (characters, length, NULL, NULL, NULL);

  return g_utf8_normalize (ordered, -1, G_NORMALIZE_NFC);
}

/* RFC 5892, A.1: between a left- or dual-joining and a right- or dual-joining letter, transparent
 * ones skipped. */
static gboolean
is_between_joining (const gunichar *string, gsize length, gsize position)
{
  gsize before = position;
  gsize after = position + 1;
  int type;

  while (before > 0 && uc_joining_type (string[before - 1]) == UC_JOINING_TYPE_T)
    before--;
  if (before == 0)
    return FALSE;
  type = uc_joining_type (string[before - 1]);
  if (type != UC_JOINING_TYPE_L && type != UC_JOINING_TYPE_D)
    return FALSE;

  while (after < length && uc_joining_type (string[after]) == UC_JOINING_TYPE_T)
    after++;
  if (after == length)
    return FALSE;
  type = uc_joining_type (string[after]);

  return type == UC_JOINING_TYPE_R || type == UC_JOINING_TYPE_D;
}

static gboolean
has_in_range (const gunichar *string, gsize length, gunichar first, gunichar last)
{
  for (gsize i = 0; i < length; i++)
    if (string[i] >= first && string[i] <= last)
      return TRUE;

  return FALSE;
}

static gboolean
has_kana_or_han (const gunichar *string, gsize length)
{
  for (gsize i = 0; i < length; i++)
    switch (g_unichar_get_script (string[i]))
      {
      case G_UNICODE_SCRIPT_HIRAGANA:
      case G_UNICODE_SCRIPT_KATAKANA:
      case G_UNICODE_SCRIPT_HAN:
        return TRUE;
      default:
        break;
      }

  return FALSE;
}

/*
 * hs_precis_check_context:
 * @string: a string of code points
 * @length: how many there are
 * @position: the index of one that is CONTEXTJ or CONTEXTO
 *
 * Whether the contextual rule of that code point holds (RFC 5892, appendix A).
 *
 * Returns: %TRUE if it may stand there; %FALSE if not, and where it has no rule
 */
gboolean
hs_precis_check_context (const gunichar *string, gsize length, gsize position)
{
  gunichar before = position > 0 ? string[position - 1] : 0;
  gunichar after = position + 1 < length ? string[position + 1] : 0;
  gunichar character = string[position];

  switch (character)
    {
    case 0x200C: /* A.1, zero width non-joiner */
      return g_unichar_combining_class (before) == CANONICAL_COMBINING_CLASS_VIRAMA
             || is_between_joining (string, length, position);
    case 0x200D: /* A.2, zero width joiner */
      return g_unichar_combining_class (before) == CANONICAL_COMBINING_CLASS_VIRAMA;
    case 0x00B7: /* A.3, middle dot: as in Catalan */
      return before == 'l' && after == 'l';
    case 0x0375: /* A.4, Greek lower numeral sign */
      return after != 0 && g_unichar_get_script (after) == G_UNICODE_SCRIPT_GREEK;
    case 0x05F3: /* A.5, Hebrew geresh */
    case 0x05F4: /* A.6, Hebrew gershayim */
      return before != 0 && g_unichar_get_script (before) == G_UNICODE_SCRIPT_HEBREW;
    case 0x30FB: /* A.7, Katakana middle dot */
      return has_kana_or_han (string, length);
    default:
      if (character >= 0x0660 && character <= 0x0669) /* A.8 */
        return !has_in_range (string, length, 0x06F0, 0x06F9);
      if (character >= 0x06F0 && character <= 0x06F9) /* A.9 */
        return !has_in_range (string, length, 0x0660, 0x0669);
      return FALSE;
    }
}

static gboolean
is_rtl_class (int bidi_class)
{
  return bidi_class == UC_BIDI_R || bidi_class == UC_BIDI_AL || bidi_class == UC_BIDI_AN;
}

/*
 * hs_precis_has_rtl:
 * @string: a string of code points
 * @length: how many there are
 *
 * Whether there are right-to-left code points in @string: of class R, AL or AN (RFC 5893, 1.4).
 *
 * Returns: %TRUE if the Bidi Rule is to be applied
 */
gboolean
hs_precis_has_rtl (const gunichar *string, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (string[i] > 0x7F && is_rtl_class (uc_bidi_category (string[i])))
      return TRUE;

  return FALSE;
}

/*
 * hs_precis_check_bidi:
 * @string: a string of code points, a label or a username
 * @length: how many there are, 1 or more
 *
 * Whether @string satisfies the six conditions of the Bidi Rule (RFC 5893, 2).
 *
 * Returns: %TRUE if it does
 */
gboolean
hs_precis_check_bidi (const gunichar *string, gsize length)
{
  int first = uc_bidi_category (string[0]);
  gboolean rtl = first == UC_BIDI_R || first == UC_BIDI_AL;
  gboolean has_en = FALSE;
  gboolean has_an = FALSE;
  int last = first;

  /* Condition 1. */
  if (!rtl && first != UC_BIDI_L)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      int bidi_class = uc_bidi_category (string[i]);

      switch (bidi_class)
        {
        case UC_BIDI_EN:
        case UC_BIDI_ES:
        case UC_BIDI_CS:
        case UC_BIDI_ET:
        case UC_BIDI_ON:
        case UC_BIDI_BN:
        case UC_BIDI_NSM:
          break;
        default:
          /* Conditions 2 and 5. */
          if (rtl ? !is_rtl_class (bidi_class) : bidi_class != UC_BIDI_L)
            return FALSE;
        }
      has_en = has_en || bidi_class == UC_BIDI_EN;
      has_an = has_an || bidi_class == UC_BIDI_AN;
      if (bidi_class != UC_BIDI_NSM)
        last = bidi_class;
    }

  /* Conditions 3 and 4, and 6. */
  if (rtl)
    return (is_rtl_class (last) || last == UC_BIDI_EN) && !(has_en && has_an);

  return last == UC_BIDI_L || last == UC_BIDI_EN;
}
