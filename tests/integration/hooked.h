/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

/* A module that writes down which hooks are called, and does there what a test wants. */

typedef struct _Hooked Hooked;

struct _Hooked
{
  GObject parent;
  GString *calls; /* the names of the hooks, each with a space after it */
  /* Called after a hook was written down; or NULL. */
  void (*then) (Hooked *self, HsClient *client, const char *hook, gpointer data);
  gpointer data;
};

Hooked *hooked_new (HsClient *client);
/* Unregisters and frees it. */
void hooked_free (Hooked *self, HsClient *client);

#define assert_calls(hooked, expected)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_cmpstr ((hooked)->calls->str, ==, expected);                                          \
    g_string_truncate ((hooked)->calls, 0);                                                        \
  }                                                                                                \
  G_STMT_END
