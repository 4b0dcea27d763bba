/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-disco.h"
#include "hs-upload-waiters-private.h"
#include "hs-upload.h"

G_BEGIN_DECLS

struct _HsUpload
{
  GObject parent_instance;

  HsClient *client; /* weak */
  GObject *session; /* SoupSession; NULL until it is needed, and always without libsoup */

  HsJid *service; /* NULL: not known */
  gboolean is_service_given; /* by the program */
  HsDiscoInfo *info; /* of the service; or NULL */
  gboolean is_known; /* the service of this session has been asked */
  gint64 max_size;

  GCancellable *search; /* of the search for the service, or of the request for its info; or NULL */
  HsUploadWaiters waiters; /* of tasks that wait for the end of the search */

  HsUploadPurpose purpose;
  guint lifetime;
};

/* hs-upload-service.c */
/* Looks for the service, if it is not known and nothing looks for it. */
void hs_upload_find_service (HsUpload *self);
/* Forgets what is known about the service, and gives up the requests for it. A service that the program has set
 * stays. */
void hs_upload_forget_service (HsUpload *self);
/* Takes over @task, which ends when the service is known, or with HS_ERROR_NOT_SUPPORTED if there is none. */
void hs_upload_await_service (HsUpload *self, GTask *task);
void hs_upload_take_service (HsUpload *self, HsJid *service);
void hs_upload_take_max_size (HsUpload *self, gint64 max_size);

G_END_DECLS
