/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include "upload-test.h"

/* A small HTTPS server that takes files, with an upload service beside it that gives slots there. */

typedef struct
{
  UploadTest upload;
  SoupServer *http;
  SoupSession *session; /* trusts it */
  char *base;           /* https://127.0.0.1:port */

  /* What it does; as it is, it takes everything and says 201 */
  guint status;
  const char *location; /* of a redirect of /a; may begin with the path */
  gboolean is_silent;   /* reads the body, and never answers */
  gboolean is_deaf;     /* does not read the body */
  gboolean is_cut;      /* closes the connection instead of an answer */
  gboolean is_endless;  /* there is no end to its answer */
  gboolean throws_away; /* the body */

  /* What it has got */
  guint n_requests;
  guint n_bodies;   /* those of them that are whole */
  GString *record;  /* method, path, length, type of each request */
  GString *headers; /* Authorization, Cookie, Expires and X-Evil of all, as they came */
  GBytes *body;     /* of the last */
  guint n_open;     /* requests that have neither been answered nor cut */

  HsTransfer *transfer;
  guint n_progress;
  gint64 last_sent;
} UploadServer;

void upload_server_set_up (UploadServer *f);
void upload_server_tear_down (UploadServer *f);

/* Answers the request for a slot with one at /a of this server. */
void upload_server_answer (UploadServer *f, const char *headers);
/* Sends so many bytes of a pattern from memory, up to the slot. */
void upload_server_send (UploadServer *f, gsize size);
/* Keeps a transfer, to be told of. */
void upload_server_watch (UploadServer *f, HsTransfer *transfer);
/* The bytes of that pattern. */
GBytes *upload_server_make_bytes (gsize size);
void upload_server_await_end (UploadServer *f);
void upload_server_assert_sent (UploadServer *f, GBytes *bytes);
void upload_server_assert_failed (UploadServer *f, GQuark domain, int code);
