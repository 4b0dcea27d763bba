/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-error.h"
#include "hs-namespaces.h"

#include "xml-test.h"

/* What the tests of the parser's limits share. */

#define MIB (1024 * 1024)

/* Valgrind is fifty times slower; what grows with the square of the size still shows. */
static inline gsize
scaled (gsize size)
{
  return test_is_valgrind () ? size / 16 : size;
}

static inline HsParser *
new_parser (const HsParserCallbacks *callbacks,
            gpointer data,
            gsize max_stanza_size,
            guint max_depth)
{
  HsParser *parser = hs_parser_new (NULL, callbacks, data);
  g_autoptr (GError) error = NULL;

  hs_parser_set_limits (parser, max_stanza_size, max_depth);
  test_feed_string (parser, TEST_HEADER, NULL, &error);
  g_assert_no_error (error);
  return parser;
}

static inline void
assert_resident_below (gsize before, gsize growth)
{
  gsize after = test_get_resident ();

  if (test_is_measurable () && after > before + growth)
    g_error ("Resident memory grew by %" G_GSIZE_FORMAT " KiB", (after - before) / 1024);
}
