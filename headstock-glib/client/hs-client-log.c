/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

/* The client's side of its log: the signal `xml`, and what programs call. */

static gboolean
is_listening_cb (gpointer client)
{
  return g_signal_has_handler_pending (client, hs_client_signals[SIGNAL_XML], 0, TRUE);
}

static const char *
get_name_cb (gpointer client)
{
  return hs_client_get_name (client);
}

static void
text_cb (HsDirection direction, const char *text, gpointer client)
{
  g_signal_emit (client, hs_client_signals[SIGNAL_XML], 0, direction, text);
}

const HsWireLogCallbacks hs_client_wire_log_callbacks = {
  .is_listening = is_listening_cb,
  .get_name = get_name_cb,
  .text = text_cb,
};

/**
 * hs_client_set_log:
 * @self: a client
 * @path: (nullable) (type filename): a file to append to, or %NULL for none
 * @to_stdout: whether to write to the standard output as well
 * @error: return location for an error
 *
 * Logs every byte in and out, each piece on a line with the time in UTC and its direction.
 *
 * Passwords, SASL messages and tokens are replaced. Line breaks and other controls, and characters that change the
 * direction of text, are shown as their codes (`<U+000A>`): a peer cannot write a line of its own into the log, nor
 * drive the terminal that shows the log. [signal@Client::xml] has the text unchanged. With neither a file nor the
 * standard output, logging ends.
 *
 * A file that has become larger than [property@Client:log-max-size] is renamed, and another one begins.
 *
 * Only its owner can read a new file, since it holds what people write to each other. If the file cannot be opened,
 * the function fails with a %G_FILE_ERROR, and logging goes on as before.
 *
 * ```c
 * if (!hs_client_set_log (client, "/tmp/xmpp.log", FALSE, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: true if the log was set
 */
gboolean
hs_client_set_log (HsClient *self, const char *path, gboolean to_stdout, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_refuse_with (hs_client_private (self), G_STRFUNC, error))
    return FALSE;

  return hs_wire_log_open (hs_client_wire_log (hs_client_private (self)), path, to_stdout, error);
}

/**
 * hs_client_get_log_max_size: (get-property log-max-size)
 * @self: a client
 *
 * How many bytes the file of [method@Client.set_log] may have before another one begins.
 *
 * Returns: the value; 0, the default, if there is no limit
 *
 * Since: 0.2
 */
guint64
hs_client_get_log_max_size (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_wire_log_get_max_size (hs_client_wire_log (hs_client_private (self)));
}

/**
 * hs_client_set_log_max_size: (set-property log-max-size)
 * @self: a client
 * @log_max_size: the new value; 0 for no limit
 *
 * How many bytes the file of [method@Client.set_log] may have before another one begins; see
 * [property@Client:log-max-size].
 *
 * Since: 0.2
 */
void
hs_client_set_log_max_size (HsClient *self, guint64 log_max_size)
{
  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_wire_log_set_max_size (hs_client_wire_log (hs_client_private (self)), log_max_size))
    g_object_notify (G_OBJECT (self), "log-max-size");
}
