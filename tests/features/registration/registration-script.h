/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"
#include "registration-test.h"

/* A registration before a scripted server. */

#define FEATURES(more)                                                                             \
  SEND (SAY_FEATURES (FEATURE_SASL (MECHANISM ("PLAIN")) more))
#define REGISTER "<register xmlns='http://jabber.org/features/iq-register'/>"
#define QUERY(content)                                                                             \
  "<iq type='result' id='@ID@'><query xmlns='jabber:iq:register'>" content "</query></iq>"
#define REFUSE(type, condition)                                                                    \
  "<iq type='error' id='@ID@'><error type='" type "'><" condition                                  \
  " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text "                                           \
  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Because.</text></error></iq>"
#define RESULT "<iq type='result' id='@ID@'/>"
#define FIELDS "<username/><password/>"
#define ASKED EXPECT ("<query xmlns=\"jabber:iq:register\"/></iq>")
#define SIGN_IN EXPECT ("</auth>"), SEND (SAY_SUCCESS), RUN (script_bind)

typedef struct
{
  TestClient *test;
  TestRegistration *registration;
} Fixture;

G_GNUC_UNUSED static void
set_up (Fixture *f, const ScriptStep *script)
{
  f->test = test_client_new_for (script, HS_TLS_MODE_NONE);
  f->registration = test_registration_new (f->test->client);
}

G_GNUC_UNUSED static void
tear_down (Fixture *f)
{
  test_client_free (f->test);
  g_assert_finalize_object (f->registration);
}

/* A client with a session, which the registration goes through. On loopback: in memory it would count as encrypted. */
G_GNUC_UNUSED static HsRegistration *
start_session (Fixture *f, const ScriptStep *steps)
{
  HsRegistration *registration;

  f->test = test_client_new_on_loopback_for (steps, HS_TLS_MODE_NONE);
  f->registration = g_object_new (TEST_TYPE_REGISTRATION, NULL);
  registration = HS_REGISTRATION (f->registration);
  hs_client_register (f->test->client, HS_MODULE (registration));
  test_client_start_until_ready (f->test);
  return registration;
}
