/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include "protocol/hs-stream-private.h"
#include "stream-words.h"

/* What the tests of streams share. */

#define TEST_STREAM_HEADER STREAM_HEADER ("from='example.com' id='x' version='1.0'")

typedef void (*TestStreamFunc) (gpointer data, HsStreamEvent *event);

/* Adds what the stream has to send. */
static inline void
test_stream_take_output (HsStream *stream, GString *output)
{
  g_autoptr (GByteArray) bytes = hs_stream_take_output (stream);

  if (bytes != NULL)
    g_string_append_len (output, (const char *) bytes->data, bytes->len);
}

/* The server says something, in pieces; events are taken as they come, and then what there is to send. */
static inline void
test_stream_say (HsStream *stream, const char *text, gsize piece, TestStreamFunc take_event,
                 gpointer data, GString *output)
{
  gsize length = strlen (text);

  for (gsize from = 0; from < length; from += piece)
    {
      const char *bytes = text + from;
      gsize rest = MIN (piece, length - from);

      while (rest > 0)
        {
          gsize used = hs_stream_feed (stream, bytes, rest);
          HsStreamEvent event;

          bytes += used;
          rest -= used;
          while (hs_stream_next_event (stream, &event))
            {
              take_event (data, &event);
              hs_stream_give_back (stream, &event);
            }
        }
    }
  test_stream_take_output (stream, output);
}
