/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-http.h"

#include "hs-namespaces.h"
#include "hs-transfer-private.h"

/* The message that tells others of a file (XEP-0447). */

/* XEP-0446. */
static void
add_metadata (HsElement *sharing, HsTransfer *transfer)
{
  HsElement *file = hs_element_add_child (sharing, "file", HS_NS_FILE_METADATA);
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, transfer->size);
  HsElement *hash;

  hs_element_add_text_child (file, "media-type", HS_NS_FILE_METADATA, transfer->media_type);
  hs_element_add_text_child (file, "name", HS_NS_FILE_METADATA, transfer->name);
  hs_element_add_text_child (file, "size", HS_NS_FILE_METADATA, size);
  hash = hs_element_add_text_child (file, "hash", HS_NS_HASHES, transfer->hash);
  hs_element_set_attribute (hash, "algo", "sha-256");
}

/**
 * hs_upload_make_message:
 * @self: the uploads
 * @to: the address of a person or a room
 * @transfer: a transfer that has ended without an error
 *
 * Makes a message with the URL of a file, for [method@Messages.send] or [method@Client.send_stanza].
 *
 * The body of the message is the URL, which is repeated as out-of-band data (XEP-0066). For programs that know
 * XEP-0447, the message also has the file's name, size, type and SHA-256, and marks its body as a fallback, which they
 * do not show (XEP-0428). The message is of the type `chat`; for a room, set [property@Stanza:stanza-type] to
 * `groupchat`.
 *
 * Returns: (transfer full): the message
 *
 * Since: 0.2
 */
HsMessage *
hs_upload_make_message (HsUpload *self, const char *to, HsTransfer *transfer)
{
  HsMessage *message;
  HsElement *sharing, *child;

  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);
  g_return_val_if_fail (to != NULL, NULL);
  g_return_val_if_fail (HS_IS_TRANSFER (transfer), NULL);
  g_return_val_if_fail (transfer->url != NULL, NULL);

  message = hs_message_new_chat (to, transfer->url);
  hs_message_set_oob_url (message, transfer->url);
  sharing = hs_element_add_child (HS_ELEMENT (message), "file-sharing", HS_NS_FILE_SHARING);
  add_metadata (sharing, transfer);
  child = hs_element_add_child (sharing, "sources", HS_NS_FILE_SHARING);
  child = hs_element_add_child (child, "url-data", HS_NS_URL_DATA);
  hs_element_set_attribute (child, "target", transfer->url);
  child = hs_element_add_child (HS_ELEMENT (message), "fallback", HS_NS_FALLBACK);
  hs_element_set_attribute (child, "for", HS_NS_FILE_SHARING);
  hs_element_add_child (child, "body", HS_NS_FALLBACK);
  return message;
}
