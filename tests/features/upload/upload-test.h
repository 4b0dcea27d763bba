/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "iq-test.h"

/* An upload service, beside the scripted server. */

typedef struct
{
  IqTest iq;
  HsUpload *upload;
  GAsyncResult *result; /* of what upload_request() asked for */
} UploadTest;

#define UPLOAD_SERVICE "upload.example.org"
/* What a service says of itself. */
#define UPLOAD_INFO(inside) \
  "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload:0'/>" inside "</query>"
#define UPLOAD_LIMIT(max_size) \
  "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:http:upload:0</value>" \
  "</field><field var='max-file-size'><value>" max_size "</value></field></x>"
#define UPLOAD_SLOT(put, get) "<slot xmlns='urn:xmpp:http:upload:0'>" put get "</slot>"
#define UPLOAD_PUT "<put url='https://up.example.org/a/cat.jpg'/>"
#define UPLOAD_GET "<get url='https://down.example.org/a/cat.jpg'/>"

/* Until the session is ready; nothing has been answered yet. */
void upload_set_up (UploadTest *f);
void upload_tear_down (UploadTest *f);
/* The server has no such service itself, and names one that says this of itself. */
void upload_answer_service (UploadTest *f, const char *info);
/* Both. */
void upload_set_up_found (UploadTest *f, const char *info);

void upload_request (UploadTest *f, const char *name, gint64 size, const char *media_type, GCancellable *cancellable);
/* The request as the service has got it. */
HsElement *upload_await_request (UploadTest *f);
void upload_answer (UploadTest *f, const char *type, const char *inner);
/* What became of upload_request(). */
HsUploadSlot *upload_await_slot (UploadTest *f);
void upload_assert_failed (UploadTest *f, GQuark domain, int code);
