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
/* Whether anybody is told what the library has decided: the topic is wanted, or the debug messages of GLib are shown
 * (G_MESSAGES_DEBUG, g_log_set_debug_enabled()). */
gboolean hs_debug_is_told (HsDebugTopics topic);
void hs_debug_tell (HsDebugTopics topic, const char *who, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* Prints a line about something that the library has decided, if the topic is wanted; a debug message of GLib as well,
 * whether or not it is. If nobody is told, the arguments are not even evaluated: a sign-in has four such lines. */
#define hs_debug_decided(topic, who, ...)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (hs_debug_is_told (topic))                                                                  \
      hs_debug_tell (topic, who, __VA_ARGS__);                                                     \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
