/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Text of any length: @string so many times, between @before and @after. */
static inline char *
repeat (const char *before, const char *string, guint n, const char *after)
{
  GString *result = g_string_new (before);

  for (guint i = 0; i < n; i++)
    g_string_append (result, string);
  g_string_append (result, after);

  return g_string_free (result, FALSE);
}
