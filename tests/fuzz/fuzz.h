/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* What fuzz targets share. Assertions of GLib's abort: that is what a fuzzer looks for. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The first bytes of an input are options. 0 if there are none left. */
static inline guint8
fuzz_take_byte (const guint8 **data, gsize *size)
{
  if (*size == 0)
    return 0;
  --*size;
  return *(*data)++;
}

/* What errors may say: text, and not for ever. */
static inline void
fuzz_check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_nonnull (error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}
