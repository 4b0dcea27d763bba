/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "hs-client-private.h"
#include "hs-printable-private.h"
#include "xml/hs-redactor.h"

/* The log and the `xml` signal: bytes as they went by, without the secrets. */

struct _HsClientLog
{
  FILE *file; /* nullable */
  gboolean to_stdout;
  HsRedactor *redactors[2];
};

static HsClientLog *
get_log (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->log == NULL)
    {
      priv->log = g_new0 (HsClientLog, 1);
      for (guint i = 0; i < G_N_ELEMENTS (priv->log->redactors); i++)
        priv->log->redactors[i] = hs_redactor_new ();
    }
  return priv->log;
}

void
hs_client_log_free (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->log == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (priv->log->redactors); i++)
    hs_redactor_free (priv->log->redactors[i]);
  if (priv->log->file != NULL)
    fclose (priv->log->file);
  g_clear_pointer (&priv->log, g_free);
}

/* Whether anybody wants to see the bytes. Somebody who begins in the middle of a secret still does not
 * see it: redactors that exist are fed on. */
gboolean
hs_client_is_watched (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  return priv->log != NULL ||
         g_signal_has_handler_pending (self, hs_client_signals[SIGNAL_XML], 0, TRUE);
}

void
hs_client_log_restart (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  priv->logged_out = 0;
  if (priv->log == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (priv->log->redactors); i++)
    hs_redactor_restart (priv->log->redactors[i]);
}

static void
write_line (FILE *file, GString *line)
{
  fwrite (line->str, 1, line->len, file);
  fflush (file);
}

/* What peers wrote cannot begin a line of its own, nor drive the terminal that shows the log. */
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

void
hs_client_log_bytes (HsClient *self, HsDirection direction, const char *bytes, gsize length)
{
  HsClientLog *log = get_log (self);
  g_autofree char *text = NULL;

  if (length == 0)
    return;
  text = hs_redactor_take (log->redactors[direction], bytes, length);
  if (*text == '\0')
    return;
  if (log->file != NULL || log->to_stdout)
    {
      g_autoptr (GString) line = make_line (direction, text);

      if (log->file != NULL)
        write_line (log->file, line);
      if (log->to_stdout)
        write_line (stdout, line);
    }
  g_signal_emit (self, hs_client_signals[SIGNAL_XML], 0, direction, text);
}

/**
 * hs_client_set_log:
 * @self: a client
 * @path: (nullable) (type filename): a file to append to, or %NULL for none
 * @to_stdout: whether to write to the standard output as well
 * @error: return location for an error
 *
 * Logs every byte in and out, each piece on a line with the time in UTC and its direction. Passwords,
 * SASL messages and tokens are replaced. Line breaks in them and other controls, and characters that turn the
 * direction of text around, are shown as their codes (`<U+000A>`): whoever sends something cannot write a line of
 * the log, nor drive the terminal that it is read with. [signal@Client::xml] has the text as it is. With neither a file nor the standard output, logging ends.
 *
 * A new file can be read by its owner alone: what people write to each other is in it. Errors are
 * those of opening the file (%G_FILE_ERROR); the log is as it was then.
 *
 * Returns: true where the log has been set
 */
gboolean
hs_client_set_log (HsClient *self, const char *path, gboolean to_stdout, GError **error)
{
  FILE *file = NULL;
  HsClientLog *log;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_refuse_with (hs_client_private (self), G_STRFUNC, error))
    return FALSE;

  if (path != NULL)
    {
      int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      int code = errno;

      file = fd >= 0 ? fdopen (fd, "a") : NULL;
      if (file == NULL)
        {
          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                       "The log '%s' can't be written: %s", path, g_strerror (code));
          return FALSE;
        }
    }
  if (file == NULL && !to_stdout)
    {
      hs_client_log_free (self);
      return TRUE;
    }
  log = get_log (self);
  if (log->file != NULL)
    fclose (log->file);
  log->file = file;
  log->to_stdout = to_stdout;
  return TRUE;
}
