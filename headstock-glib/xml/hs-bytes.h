/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The parser's own checks of bytes, before libxml2 gets them or in place of libxml2. */

/* The state of a search for the end of a tag that arrives in pieces. All zero at the beginning of a tag. */
typedef struct
{
  char quote;     /* the quotation mark that is open */
  guint n_values; /* attribute values that have ended */
} HsTagScan;

/* Whether the tag's end is among the bytes. */
gboolean hs_tag_scan_ends (HsTagScan *self, const char *bytes, gsize length);

/* How many of the bytes end with a whole character. */
gsize hs_bytes_whole_characters (const char *bytes, gsize length);
/* How many of the bytes are UTF-8 without a NUL: libxml2 lets overlong forms through, and some of its
 * releases stop at a NUL as if the input ended there. */
gsize hs_bytes_valid_utf8 (const char *bytes, gsize length);
/* Whether XML allows all of these characters (XML 1.0, 2.2). The bytes are UTF-8. */
gboolean hs_bytes_are_xml_characters (const char *bytes, gsize length);
/* Whether what begins with an ampersand is a reference, or may become one: libxml2 would wait for a
 * semicolon for ever. */
gboolean hs_bytes_may_be_reference (const char *bytes, gsize length);


/* How a stream begins. */
typedef enum
{
  HS_BEGINNING_UNFINISHED,     /* more bytes are needed to tell */
  HS_BEGINNING_GOOD,
  HS_BEGINNING_NOT_XML,
  HS_BEGINNING_OTHER_ENCODING, /* UTF-16, UTF-32, or a declared encoding that is not UTF-8 */
} HsBeginning;

/* @bytes: all bytes since the beginning. @declaration is set to the length of the XML declaration. */
HsBeginning hs_bytes_look_at_beginning (const char *bytes, gsize length, gsize *declaration);

/* The beginning of a CDATA section, and an empty section. */
#define HS_SECTION_START "<![CDATA["
#define HS_SECTION_EMPTY "<![CDATA[]]>"

/* How many of the bytes there are before a part of HS_SECTION_START at their end. */
gsize hs_bytes_before_section_start (const char *bytes, gsize length);
/* The position of the first "<!", or @length. */
gsize hs_bytes_find_declaration (const char *bytes, gsize length);

/* The content of a CDATA section that comes in pieces; all zero at its beginning. */
typedef struct
{
  guint n_brackets;      /* up to two "]" that may begin the end of the section */
  gboolean after_return; /* the last character was a carriage return */
} HsSectionScan;

typedef void (*HsSectionTextFunc) (const char *text, gsize length, gpointer user_data);

/* Gives the content to @func, with line ends as XML wants them (XML 1.0, 2.11). Returns how many bytes
 * belong to the section, with its end. */
gsize hs_section_scan (HsSectionScan *self,
                       const char *bytes,
                       gsize length,
                       gboolean *ended,
                       HsSectionTextFunc func,
                       gpointer user_data);

/* White space of XML's; g_ascii_isspace() has a form feed too, which XML does not allow. */
static inline gboolean
hs_xml_is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

G_END_DECLS
