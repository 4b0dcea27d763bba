/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-wire-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "hs-debug.h"
#include "hs-printable-private.h"
#include "xml/hs-redactor.h"

/* Most clients have none. */
struct _HsWireLogSink
{
  FILE *file; /* or NULL */
  char *path; /* absolute, of the file; NULL: it cannot be renamed */
  guint64 size;
  gboolean to_stdout;
  HsRedactor *redactors[2]; /* by direction */
};

void
hs_wire_log_init (HsWireLog *self, const HsWireLogCallbacks *callbacks, gpointer owner)
{
  *self = (HsWireLog){ .callbacks = callbacks, .owner = owner };
}

/* Ends writing to the file and to the standard output. */
static void
close_sink (HsWireLog *self)
{
  HsWireLogSink *sink = g_steal_pointer (&self->sink);

  if (sink == NULL)
    return;
  g_clear_pointer (&sink->file, fclose);
  g_free (sink->path);
  for (guint i = 0; i < G_N_ELEMENTS (sink->redactors); i++)
    hs_redactor_free (sink->redactors[i]);
  g_free (sink);
}

void
hs_wire_log_clear (HsWireLog *self)
{
  close_sink (self);
}

static HsWireLogSink *
ensure_sink (HsWireLog *self)
{
  if (self->sink != NULL)
    return self->sink;
  self->sink = g_new0 (HsWireLogSink, 1);
  for (guint i = 0; i < G_N_ELEMENTS (self->sink->redactors); i++)
    self->sink->redactors[i] = hs_redactor_new ();
  return self->sink;
}

static FILE *
open_file (const char *path, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  FILE *file = fd >= 0 ? fdopen (fd, "a") : NULL;
  int code = errno;

  if (file != NULL)
    return file;
  if (fd >= 0)
    close (fd);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "The log '%s' can't be written: %s", path, g_strerror (code));
  return NULL;
}

static void
set_file (HsWireLogSink *sink, FILE *file, const char *path)
{
  struct stat info;
  gboolean is_regular = file != NULL && fstat (fileno (file), &info) == 0 && S_ISREG (info.st_mode);
  char *full = is_regular ? g_canonicalize_filename (path, NULL) : NULL;

  g_clear_pointer (&sink->file, fclose);
  g_free (sink->path);
  sink->file = file;
  sink->path = full;
  sink->size = is_regular ? (guint64) info.st_size : 0;
}

gboolean
hs_wire_log_set_max_size (HsWireLog *self, guint64 max_size)
{
  gboolean changed = self->max_size != max_size;

  self->max_size = max_size;
  return changed;
}

guint64
hs_wire_log_get_max_size (const HsWireLog *self)
{
  return self->max_size;
}

/* If the file cannot be renamed, it goes on to grow. */
static void
rotate (HsWireLogSink *sink)
{
  g_autofree char *old = g_strconcat (sink->path, ".1", NULL);
  g_autofree char *path = g_strdup (sink->path);
  g_autoptr (GError) error = NULL;
  FILE *file;

  if (g_rename (sink->path, old) != 0)
    {
      g_debug ("The log '%s' was not renamed: %s", sink->path, g_strerror (errno));
      return;
    }
  file = open_file (path, &error);
  if (file == NULL)
    g_warning ("%s", error->message);
  set_file (sink, file, path);
}

gboolean
hs_wire_log_open (HsWireLog *self, const char *path, gboolean to_stdout, GError **error)
{
  FILE *file = path != NULL ? open_file (path, error) : NULL;
  HsWireLogSink *sink;

  if (path != NULL && file == NULL)
    return FALSE;
  /* The redactors go on where the environment has the bytes printed. */
  if (file == NULL && !to_stdout && !hs_debug_wants (HS_DEBUG_XML))
    {
      close_sink (self);
      return TRUE;
    }
  sink = ensure_sink (self);
  set_file (sink, file, path);
  sink->to_stdout = to_stdout;
  return TRUE;
}

void
hs_wire_log_restart (HsWireLog *self)
{
  self->shown_out = 0;
  self->shown_in = 0;
  for (guint i = 0; self->sink != NULL && i < G_N_ELEMENTS (self->sink->redactors); i++)
    hs_redactor_restart (self->sink->redactors[i]);
}

/* Redactors that exist are fed on while nobody looks: somebody who begins to listen in the middle of a secret must
 * not see the rest of it. */
static gboolean
is_watched (HsWireLog *self)
{
  return self->sink != NULL || hs_debug_wants (HS_DEBUG_XML) || self->callbacks->is_listening (self->owner);
}

static void
write_line (FILE *file, GString *line)
{
  fwrite (line->str, 1, line->len, file);
  fflush (file);
}

/* A file has one line at least, however long. */
static void
write_to_file (HsWireLog *self, GString *line)
{
  HsWireLogSink *sink = self->sink;

  if (self->max_size != 0 && sink->path != NULL && sink->size > 0 && sink->size + line->len > self->max_size)
    rotate (sink);
  if (sink->file == NULL)
    return;
  write_line (sink->file, line);
  sink->size += line->len;
}

/* Text of a peer must not begin a line of its own, nor control the terminal that shows the log. */
static GString *
make_line (HsDirection direction, const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
  GString *line = g_string_new (stamp);

  g_string_append (line, direction == HS_DIRECTION_IN ? " IN  " : " OUT ");
  hs_printable_append_line (line, text);
  g_string_append_c (line, '\n');
  return line;
}

static void
show (HsWireLog *self, HsDirection direction, const char *bytes, gsize length)
{
  HsWireLogSink *sink;
  g_autofree char *text = NULL;

  if (length == 0)
    return;
  sink = ensure_sink (self);
  text = hs_redactor_take (sink->redactors[direction], bytes, length);
  if (*text == '\0')
    return;
  if (sink->file != NULL || sink->to_stdout)
    {
      g_autoptr (GString) line = make_line (direction, text);

      if (sink->file != NULL)
        write_to_file (self, line);
      if (sink->to_stdout)
        write_line (stdout, line);
    }
  if (hs_debug_wants (HS_DEBUG_XML))
    hs_debug_print (HS_DEBUG_XML, self->callbacks->get_name (self->owner), "%s %s",
                    direction == HS_DIRECTION_IN ? "IN " : "OUT", text);
  self->callbacks->text (direction, text, self->owner);
}

void
hs_wire_log_received (HsWireLog *self, const char *bytes, gsize length)
{
  gsize shown = self->shown_in;

  self->shown_in = 0;
  if (is_watched (self))
    show (self, HS_DIRECTION_IN, bytes + shown, length - shown);
}

void
hs_wire_log_expect_again (HsWireLog *self, gsize length)
{
  self->shown_in = length;
}

gboolean
hs_wire_log_sent (HsWireLog *self, const GByteArray *output, guint64 end)
{
  g_autofree char *copy = NULL;
  gsize length = MIN (end - self->shown_out, output->len);

  if (end == self->shown_out)
    return FALSE;
  /* Before somebody is told, who may send more. */
  self->shown_out = end;
  if (!is_watched (self))
    return TRUE;
  copy = g_memdup2 (output->data + output->len - length, length);
  show (self, HS_DIRECTION_OUT, copy, length);
  return TRUE;
}
