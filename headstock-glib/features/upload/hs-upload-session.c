/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <libsoup/soup.h>

#include "hs-upload-http.h"
#include "hs-upload-private.h"

/* The libsoup session that files are sent with. */

/**
 * hs_upload_get_session: (get-property session)
 * @self: the uploads
 *
 * Gets the libsoup session that sends the files.
 *
 * Returns: (transfer none): the session
 *
 * Since: 0.2
 */
SoupSession *
hs_upload_get_session (HsUpload *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);

  /* A session belongs to the thread that made it. */
  if (self->session == NULL)
    self->session = G_OBJECT (soup_session_new ());
  return SOUP_SESSION (self->session);
}

/**
 * hs_upload_set_session: (set-property session)
 * @self: the uploads
 * @session: (nullable): a session, or %NULL for the default
 *
 * Sets the libsoup session that sends the files. Transfers that have begun to send keep theirs.
 *
 * The session must have been made in the thread that the client runs in.
 *
 * Since: 0.2
 */
void
hs_upload_set_session (HsUpload *self, SoupSession *session)
{
  g_return_if_fail (HS_IS_UPLOAD (self));
  g_return_if_fail (session == NULL || SOUP_IS_SESSION (session));

  if (g_set_object (&self->session, (GObject *) session))
    g_object_notify (G_OBJECT (self), "session");
}
