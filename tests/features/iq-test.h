/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client or a component with a module that answers iqs, beside the scripted server. */

typedef struct
{
  TestClient *test;
  guint n_asked;
} IqTest;

/* Starts a client with the modules; the list ends with NULL. They are the test's to unref. */
void iq_test_start (IqTest *self, ...) G_GNUC_NULL_TERMINATED;
/* A component at example.org. */
void iq_test_start_component (IqTest *self, ...) G_GNUC_NULL_TERMINATED;
void iq_test_end (IqTest *self);

/* Sends an iq get with the payload to the client, and returns what the client answers. @from may be NULL. */
HsElement *iq_test_ask (IqTest *self, const char *from, const char *payload);
/* Asserts that an answer to it is the error service-unavailable. */
void iq_test_assert_unanswered (IqTest *self, const char *from, const char *payload);

/* Waits for a request with that payload to @to, and answers it with the inner XML of an iq of that type. */
void iq_test_answer (IqTest *self, const char *to, const char *namespace_, const char *type, const char *inner);

/* A callback that keeps the result, in a GAsyncResult *; and the wait for it. */
void iq_test_result_cb (GObject *source, GAsyncResult *result, gpointer kept);

/* The contacts friend (from), mutual (both), idol (to) and nobody (none) at example.net. */
void iq_test_push_contacts (IqTest *self);
