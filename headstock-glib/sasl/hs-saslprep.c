/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-saslprep.h"

#include <string.h>
#include <unictype.h>

#include "hs-error.h"

#include "hs-sasl-secret.h"

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* RFC 3454, C.1.2: the spaces that become U+0020. U+200B is in B.1 as well; RFC 4013, 2.1 names the
 * spaces first. */
static const Range spaces[] = {
  { 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200b },
  { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

/* RFC 3454, B.1: commonly mapped to nothing. */
static const Range nothing[] = {
  { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x1806, 0x1806 }, { 0x180b, 0x180d },
  { 0x200c, 0x200d }, { 0x2060, 0x2060 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
};

/* RFC 3454, C.2.1 and C.2.2. */
static const Range controls[] = {
  { 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x06dd, 0x06dd }, { 0x070f, 0x070f },
  { 0x180e, 0x180e }, { 0x200c, 0x200d }, { 0x2028, 0x2029 }, { 0x2060, 0x2063 },
  { 0x206a, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffc }, { 0x1d173, 0x1d17a },
};

/* RFC 3454, C.3. */
static const Range private_use[] = {
  { 0xe000, 0xf8ff },
  { 0xf0000, 0xffffd },
  { 0x100000, 0x10fffd },
};

/* RFC 3454, C.6 (what is not among the controls already) and C.7. */
static const Range unfit[] = {
  { 0x2ff0, 0x2ffb },
  { 0xfffd, 0xfffd },
};

/* RFC 3454, C.8. */
static const Range display[] = {
  { 0x0340, 0x0341 },
  { 0x200e, 0x200f },
  { 0x202a, 0x202e },
};

/* RFC 3454, C.9. */
static const Range tags[] = {
  { 0xe0001, 0xe0001 },
  { 0xe0020, 0xe007f },
};

static gboolean
in_ranges (const Range *ranges, gsize n_ranges, gunichar c)
{
  for (gsize i = 0; i < n_ranges; i++)
    {
      if (c >= ranges[i].first && c <= ranges[i].last)
        return TRUE;
    }
  return FALSE;
}

#define IN(ranges, c) in_ranges (ranges, G_N_ELEMENTS (ranges), c)

/* Returns the kind of prohibited character that @c is (RFC 4013, 2.3), or NULL. The surrogates of C.5 cannot be in
 * valid UTF-8, the spaces of C.1.2 have been replaced. */
static const char *
find_prohibition (gunichar c)
{
  if (IN (controls, c))
    return "a control character";
  if (IN (private_use, c))
    return "a private-use character";
  if ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)) /* C.4 */
    return "a code point that is no character";
  if (IN (unfit, c))
    return "a character that is unfit for plain text";
  if (IN (display, c))
    return "a character that changes how others are displayed";
  if (IN (tags, c))
    return "a tag character";
  return NULL;
}

static gboolean
is_plain_ascii (const char *string)
{
  for (const char *p = string; *p != '\0'; p++)
    {
      if (*p < 0x20 || *p > 0x7e)
        return FALSE;
    }
  return TRUE;
}

/* RFC 4013, 2.1. What is mapped is never longer than what it comes from. */
static char *
map (const char *string)
{
  char *mapped = g_malloc (strlen (string) + 1);
  char *end = mapped;

  for (const char *p = string; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (IN (spaces, c))
        *end++ = ' ';
      else if (!IN (nothing, c))
        end += g_unichar_to_utf8 (c, end);
    }
  *end = '\0';
  return mapped;
}

/* RFC 3454, 6, points 2 and 3: where there is a letter that runs from right to left, there must be
 * none that runs from left to right, and the first and the last character must be such letters. */
static const char *
find_bidi_fault (const char *string)
{
  gboolean right_to_left = FALSE;
  gboolean left_to_right = FALSE;
  gboolean at_start = FALSE;
  gboolean at_end = FALSE;

  for (const char *p = string; *p != '\0'; p = g_utf8_next_char (p))
    {
      int category = uc_bidi_category (g_utf8_get_char (p));

      at_end = category == UC_BIDI_R || category == UC_BIDI_AL;
      if (p == string)
        at_start = at_end;
      right_to_left |= at_end;
      left_to_right |= category == UC_BIDI_L;
    }

  if (!right_to_left)
    return NULL;
  if (left_to_right)
    return "letters that run from right to left together with such that run from left to right";
  if (!at_start || !at_end)
    return "letters that run from right to left, but does not begin and end with one";
  return NULL;
}

static const char *
find_fault (const char *prepared)
{
  for (const char *p = prepared; *p != '\0'; p = g_utf8_next_char (p))
    {
      const char *prohibition = find_prohibition (g_utf8_get_char (p));

      if (prohibition != NULL)
        return prohibition;
    }
  return find_bidi_fault (prepared);
}

char *
hs_saslprep (const char *string, GError **error)
{
  char *mapped = NULL;
  char *prepared = NULL;
  const char *fault = "octets that are not UTF-8";

  g_assert (string != NULL);

  if (is_plain_ascii (string))
    return g_strdup (string);

  if (g_utf8_validate (string, -1, NULL))
    {
      mapped = map (string);
      /* RFC 4013, 2.2. GLib's Unicode is newer than 3.2: some 700 symbols that came later have
       * compatibility forms now that a server with the old tables leaves alone. */
      prepared = g_utf8_normalize (mapped, -1, G_NORMALIZE_NFKC);
      hs_sasl_secret_free (mapped);
      fault = find_fault (prepared);
    }
  if (fault == NULL)
    return prepared;

  hs_sasl_secret_free (prepared);
  g_set_error (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
               "it has %s, which SASLprep forbids (RFC 4013)", fault);
  return NULL;
}
