/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "scripted-server.h"

/* What the server says: a beginning, so many pieces (%u: a number), and an end. */
typedef struct
{
  const char *begin;
  const char *piece;
  guint n;
  const char *end;
} ScriptLarge;

static inline gboolean
script_send_large (ScriptedPeer *peer, gpointer data)
{
  const ScriptLarge *large = data;
  g_auto (GStrv) parts = g_strsplit (large->piece, "%u", -1);
  g_autoptr (GString) text = g_string_new (large->begin);

  for (guint i = 0; i < large->n; i++)
    {
      g_autofree char *digits = g_strdup_printf ("%u", i);
      g_autofree char *piece = g_strjoinv (digits, parts);

      g_string_append (text, piece);
      if (text->len < 65536)
        continue;
      if (!scripted_peer_send (peer, text->str, text->len))
        return FALSE;
      g_string_truncate (text, 0);
    }
  g_string_append (text, large->end);
  return scripted_peer_send (peer, text->str, text->len);
}
