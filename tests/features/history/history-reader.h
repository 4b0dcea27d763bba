/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "server-test.h"

/* A program that keeps up with archives of a real server, and what others write meanwhile. It confirms all that it is
 * given, and writes down what begins with a prefix. */

#define READER 4
#define WRITER 5

typedef struct
{
  TestClient *test;
  HsMessages *messages;
  HsHistory *history;
  const char *prefix;
  GPtrArray *bodies; /* of messages with the prefix, without it, in the order received */
  GAsyncResult *result;
  void (*received) (gpointer reader); /* called after each of them; or NULL */
} Reader;

/* @test: of a client that has not been started. @state: NULL for the first start. */
void reader_make (Reader *self, TestClient *test, const char *prefix, GVariant *state);
/* Until the account's archive is caught up with. */
void reader_begin (Reader *self);
/* Returns: the state of what was received; the reader is gone. */
GVariant *reader_end (Reader *self);
/* For what is asked; data is the reader. */
void reader_result_cb (GObject *source, GAsyncResult *result, gpointer reader);
/* All numbers from @first on, in order, and nothing else. */
void reader_expect (Reader *self, guint first, guint n);
/* Likewise, in any order. */
void reader_expect_each (Reader *self, guint first, guint n);

TestClient *reader_start_writer (const ServerWay *way);
/* With the numbers from @first on, to a person or a room. */
void reader_write_some (TestClient *writer, const char *type, const char *to, const char *prefix, guint first, guint n);
/* Until the server has worked on all of it. */
void reader_wait_for_server (TestClient *writer);
/* Another device of the reader's account. */
TestClient *reader_start_phone (const ServerWay *way);
