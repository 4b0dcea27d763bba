/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client of a server that has stream management (XEP-0198). */

#define SM " xmlns='urn:xmpp:sm:3'"

/* Up to the features that offer a resource; up to a session that can be resumed, "s1"; and then SERVE. */
extern const ScriptStep resume_sign_in[];
extern const ScriptStep resume_begin[];
extern const ScriptStep resume_served[];
/* A session that is cut, at a gate, after the client has sent something. */
#define CUT_AFTER(text) { RUN (resume_begin), EXPECT (text), GATE, RESET, END }

typedef struct
{
  TestClient *test;
  GString *returned; /* ids of stanzas that came back */
  guint n_resumed;
  HsClientState state_when_resumed;
} ResumeTest;

/* Comes back at once where it is interrupted. */
void resume_watch (ResumeTest *f, TestClient *test);
void resume_set_up (ResumeTest *f, const ScriptStep *const *scripts);
void resume_clear (ResumeTest *f);
/* A message of a type, with an id. */
void resume_send (ResumeTest *f, const char *type, const char *id);

/* What was waited for. */
typedef struct
{
  gboolean done;
  GError *error;
} ResumeResult;

/* A request with the id "q1", which may take half a second. */
void resume_ask (ResumeTest *f, ResumeResult *result);
