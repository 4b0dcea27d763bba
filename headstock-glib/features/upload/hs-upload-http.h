/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-message.h"
#include "hs-transfer.h"
#include "hs-upload.h"

/* The parts of HsUpload that need libsoup. A program includes <libsoup/soup.h> only if it uses the session. */

#ifdef __GI_SCANNER__
#include <libsoup/soup.h>
#endif

G_BEGIN_DECLS

#ifndef __GI_SCANNER__
typedef struct _SoupSession SoupSession;
#endif

HS_AVAILABLE_IN_0_2
HsTransfer *hs_upload_send_file (HsUpload *self, GFile *file, const char *media_type);
HS_AVAILABLE_IN_0_2
HsTransfer *hs_upload_send_stream (HsUpload *self,
                                   GInputStream *stream,
                                   const char *name,
                                   gint64 size,
                                   const char *media_type);
HS_AVAILABLE_IN_0_2
HsMessage *hs_upload_make_message (HsUpload *self, const char *to, HsTransfer *transfer);

HS_AVAILABLE_IN_0_2
SoupSession *hs_upload_get_session (HsUpload *self);
HS_AVAILABLE_IN_0_2
void hs_upload_set_session (HsUpload *self, SoupSession *session);

G_END_DECLS
