/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-upload-slot.h"

G_BEGIN_DECLS

/**
 * HsUploadPurpose:
 * @HS_UPLOAD_PURPOSE_MESSAGE: the file is sent in a message
 * @HS_UPLOAD_PURPOSE_PROFILE: the file shows who somebody is, such as an avatar: it is small, and kept longer
 * @HS_UPLOAD_PURPOSE_EPHEMERAL: the file must not be there any more after [property@Upload:lifetime]
 * @HS_UPLOAD_PURPOSE_PERMANENT: the file belongs to something that is published, and is kept permanently
 *
 * The purposes of uploaded files (XEP-0363, 5), by which a service decides how long it keeps a file.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_UPLOAD_PURPOSE_MESSAGE,
  HS_UPLOAD_PURPOSE_PROFILE,
  HS_UPLOAD_PURPOSE_EPHEMERAL,
  HS_UPLOAD_PURPOSE_PERMANENT,
} HsUploadPurpose;

#define HS_TYPE_UPLOAD (hs_upload_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsUpload, hs_upload, HS, UPLOAD, GObject)

HS_AVAILABLE_IN_0_2
HsUpload *hs_upload_new (void);

HS_AVAILABLE_IN_0_2
void hs_upload_request_slot_async (HsUpload *self,
                                   const char *name,
                                   gint64 size,
                                   const char *media_type,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
HS_AVAILABLE_IN_0_2
HsUploadSlot *hs_upload_request_slot_finish (HsUpload *self, GAsyncResult *result, GError **error);

/* Properties */

HS_AVAILABLE_IN_0_2
HsClient *hs_upload_get_client (HsUpload *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_upload_get_service (HsUpload *self);
HS_AVAILABLE_IN_0_2
void hs_upload_set_service (HsUpload *self, HsJid *service);
HS_AVAILABLE_IN_0_2
gint64 hs_upload_get_max_size (HsUpload *self);
HS_AVAILABLE_IN_0_2
HsUploadPurpose hs_upload_get_purpose (HsUpload *self);
HS_AVAILABLE_IN_0_2
void hs_upload_set_purpose (HsUpload *self, HsUploadPurpose purpose);
HS_AVAILABLE_IN_0_2
guint hs_upload_get_lifetime (HsUpload *self);
HS_AVAILABLE_IN_0_2
void hs_upload_set_lifetime (HsUpload *self, guint lifetime);

G_END_DECLS
