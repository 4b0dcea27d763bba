/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tasks that wait for the same value. Each ends when the value is known, or when its cancellable is cancelled. */
typedef struct
{
  GPtrArray *waiters;
} HsUploadWaiters;

void hs_upload_waiters_init (HsUploadWaiters *self);
/* There must be no waiters any more. */
void hs_upload_waiters_clear (HsUploadWaiters *self);
/* Takes over @task. */
void hs_upload_waiters_add (HsUploadWaiters *self, GTask *task);
/* Ends all tasks: each returns a copy of @error, or of @value if @error is NULL. */
void hs_upload_waiters_end (HsUploadWaiters *self, const char *value, const GError *error);

G_END_DECLS
