/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The topics that the environment variable HEADSTOCK_DEBUG names. The library prints about them on the standard
 * error output; the program does nothing for it. */

typedef enum
{
  HS_DEBUG_XML = 1 << 0,
  HS_DEBUG_STATE = 1 << 1,
  HS_DEBUG_DISPATCH = 1 << 2,
  HS_DEBUG_RETRY = 1 << 3,
} HsDebugTopics;

/* Set by hs_debug_init(), before there is a client, and never again. Use hs_debug_wants(). */
extern guint hs_debug_topics;

/* Reads the environment; once. */
void hs_debug_init (void);
/* The topics in a list. What is to be printed about the list, since it asks for help or has words that are no
 * topics, is added to @said. */
guint hs_debug_parse (const char *list, GString *said);

static inline gboolean
hs_debug_wants (HsDebugTopics topic)
{
  return G_UNLIKELY ((hs_debug_topics & topic) != 0);
}

/* Prints a line. @who: the account or the domain that it is about, or NULL. Line breaks and what drives a terminal are
 * shown as codes. */
void
hs_debug_print (HsDebugTopics topic, const char *who, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same for something that the library has decided; a debug message of GLib as well, whether or not the topic is
 * wanted. */
void
hs_debug_decided (HsDebugTopics topic, const char *who, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
