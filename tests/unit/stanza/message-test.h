/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "hs-message.h"

/* What the tests of messages share. */

static inline HsMessage *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  if (error != NULL)
    g_error ("%s: %s", xml, error->message);
  return HS_MESSAGE (element);
}

static inline void
assert_xml (gpointer stanza, const char *expected)
{
  g_autofree char *xml = hs_element_to_string (HS_ELEMENT (stanza));

  g_assert_cmpstr (xml, ==, expected);
}

static inline void
message_test_notify_cb (GObject *object, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

/* The names of the properties that notify, each with a space. */
static inline GString *
log_notify (HsMessage *message)
{
  GString *log = g_string_new (NULL);

  g_signal_connect (message, "notify", G_CALLBACK (message_test_notify_cb), log);
  return log;
}

static inline int
message_test_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Whether these properties have notified, in whatever order. @expected is sorted. */
static inline void
assert_notified (GString *log, const char *expected)
{
  g_auto (GStrv) names = g_strsplit (g_strchomp (log->str), " ", -1);
  g_autofree char *sorted = NULL;

  qsort (names, g_strv_length (names), sizeof *names, message_test_compare);
  sorted = g_strjoinv (" ", names);
  g_assert_cmpstr (sorted, ==, expected);
  g_string_truncate (log, 0);
}
