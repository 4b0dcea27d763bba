/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element-private.h"

#include "xml-test.h"

/* What the tests of views share. */

static inline HsElement *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return element;
}

/* ---- Threads that drop references ---- */

static inline gpointer
drop_thread (gpointer data)
{
  GAsyncQueue *queue = data;
  gpointer object = NULL;

  while ((object = g_async_queue_pop (queue)) != queue)
    g_object_unref (object);
  return NULL;
}

enum
{
  N_THREADS = 4
};

typedef struct
{
  GAsyncQueue *queues[N_THREADS];
  GThread *threads[N_THREADS];
} Droppers;

static inline void
start_droppers (Droppers *self)
{
  for (guint i = 0; i < N_THREADS; i++)
    {
      self->queues[i] = g_async_queue_new ();
      self->threads[i] = g_thread_new ("drop", drop_thread, self->queues[i]);
    }
}

static inline void
drop_in_thread (Droppers *self, gpointer object)
{
  g_async_queue_push (self->queues[g_test_rand_int_range (0, N_THREADS)], object);
}

static inline void
stop_droppers (Droppers *self)
{
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_async_queue_push (self->queues[i], self->queues[i]);
      g_thread_join (self->threads[i]);
      g_async_queue_unref (self->queues[i]);
    }
}
