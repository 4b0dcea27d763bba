/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-stream-management.h"

/* What the tests of stream management share. */

typedef struct
{
  HsStreamManagement *sm;
  HsResendPolicy policy;
  GByteArray *output;
} Fixture;

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->policy = HS_RESEND_POLICY_UNRECEIVED;
  f->sm = hs_stream_management_new (&f->policy);
  f->output = g_byte_array_new ();
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  hs_stream_management_free (f->sm);
  g_byte_array_unref (f->output);
}

/* What has been written since the last time. */
static inline char *
take_output (Fixture *f)
{
  char *text = g_strndup ((const char *) f->output->data, f->output->len);

  g_byte_array_set_size (f->output, 0);
  return text;
}

#define assert_output(f, expected) \
  G_STMT_START \
  { \
    g_autofree char *text_ = take_output (f); \
    g_assert_cmpstr (text_, ==, expected); \
  } \
  G_STMT_END
