/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-debug.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hs-printable-private.h"

#define VARIABLE "HEADSTOCK_DEBUG"

/* @color: a parameter of the terminal sequence SGR (ECMA-48, 8.3.117). */
static const struct
{
  const char *name;
  guint color;
  const char *about;
} topics[] = {
  { "xml", 36, "what is sent and received, without passwords and tokens" },
  { "state", 32, "how far each client has come, and why its connections end" },
  { "dispatch", 35, "which handlers get what, and which have never matched" },
  { "retry", 33, "which addresses are tried, what fails, when the next try is, whether a session is resumed" },
};

guint hs_debug_topics = 0;
static gboolean has_color = FALSE;

/* Appends the names that are known. */
static void
append_known (GString *said)
{
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    g_string_append_printf (said, "%s, ", topics[i].name);
  g_string_append (said, "all, help");
}

static void
append_help (GString *said)
{
  g_string_append (said, VARIABLE " is a list of these words, with commas between:\n");
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    g_string_append_printf (said, "  %-9s %s\n", topics[i].name, topics[i].about);
  g_string_append (said, "  all       all of these\n  help      this list\n");
}

static guint
parse_word (const char *word, GString *said)
{
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    {
      if (g_ascii_strcasecmp (word, topics[i].name) == 0)
        return 1u << i;
    }
  if (g_ascii_strcasecmp (word, "all") == 0)
    return (1u << G_N_ELEMENTS (topics)) - 1;
  if (g_ascii_strcasecmp (word, "help") == 0)
    {
      append_help (said);
      return 0;
    }
  shown = hs_printable (word, HS_PRINTABLE_NAME);
  g_string_append_printf (said, VARIABLE ": '%s' is unknown; known are ", shown);
  append_known (said);
  g_string_append_c (said, '\n');
  return 0;
}

guint
hs_debug_parse (const char *list, GString *said)
{
  g_auto (GStrv) words = g_strsplit_set (list, ",;: \t", -1);
  guint found = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] != '\0')
        found |= parse_word (words[i], said);
    }
  return found;
}

void
hs_debug_init (void)
{
  static gsize done = 0;
  const char *list = NULL;
  const char *no_color = NULL;
  g_autoptr (GString) said = NULL;

  if (!g_once_init_enter (&done))
    return;
  list = g_getenv (VARIABLE);
  no_color = g_getenv ("NO_COLOR");
  if (list != NULL)
    {
      said = g_string_new (NULL);
      has_color = (no_color == NULL || *no_color == '\0') && g_log_writer_supports_color (STDERR_FILENO);
      hs_debug_topics = hs_debug_parse (list, said);
      fputs (said->str, stderr);
    }
  g_once_init_leave (&done, 1);
}

static void
print (HsDebugTopics topic, const char *who, const char *text)
{
  guint number = (guint) g_bit_nth_lsf (topic, -1);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%H:%M:%S.%f");
  g_autoptr (GString) line = g_string_new (NULL);

  /* Milliseconds are enough. */
  g_string_append_len (line, stamp, strlen ("00:00:00.000"));
  if (has_color)
    g_string_append_printf (line, " \033[%um%s\033[0m ", topics[number].color, topics[number].name);
  else
    g_string_append_printf (line, " %s ", topics[number].name);
  if (who != NULL)
    {
      hs_printable_append_line (line, who);
      g_string_append (line, ": ");
    }
  hs_printable_append_line (line, text);
  g_string_append_c (line, '\n');
  fwrite (line->str, 1, line->len, stderr);
}

void
hs_debug_print (HsDebugTopics topic, const char *who, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print (topic, who, text);
}

gboolean
hs_debug_is_told (HsDebugTopics topic)
{
  return hs_debug_wants (topic) || !g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN);
}

void
hs_debug_tell (HsDebugTopics topic, const char *who, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  hs_printable_append_line (line, text);
  if (who != NULL)
    g_debug ("%s: %s", who, line->str);
  else
    g_debug ("%s", line->str);
  if (hs_debug_wants (topic))
    print (topic, who, text);
}
