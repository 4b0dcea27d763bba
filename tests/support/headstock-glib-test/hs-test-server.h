/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

G_BEGIN_DECLS

/**
 * HsTestRefusal:
 * @HS_TEST_REFUSAL_CONNECTION: nobody listens: the connection is refused
 * @HS_TEST_REFUSAL_SIGN_IN: the password is wrong, or the secret of a component
 * @HS_TEST_REFUSAL_RESUMPTION: the server has forgotten the session: the client begins a new one
 *
 * What a test server refuses, see [method@Server.refuse].
 *
 * Since: 0.2
 */
typedef enum
{
  HS_TEST_REFUSAL_CONNECTION,
  HS_TEST_REFUSAL_SIGN_IN,
  HS_TEST_REFUSAL_RESUMPTION,
} HsTestRefusal;

#define HS_TEST_TYPE_SERVER (hs_test_server_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsTestServer, hs_test_server, HS_TEST, SERVER, GObject)

HS_AVAILABLE_IN_0_2
HsTestServer *hs_test_server_new (void);

HS_AVAILABLE_IN_0_2
gboolean hs_test_server_get_managed (HsTestServer *self);
HS_AVAILABLE_IN_0_2
void hs_test_server_set_managed (HsTestServer *self, gboolean managed);
HS_AVAILABLE_IN_0_2
guint hs_test_server_get_n_connections (HsTestServer *self);

HS_AVAILABLE_IN_0_2
void hs_test_server_attach (HsTestServer *self, HsClient *client);
HS_AVAILABLE_IN_0_2
gboolean hs_test_server_start (HsTestServer *self, HsClient *client, GError **error);
HS_AVAILABLE_IN_0_2
void hs_test_server_stop (HsTestServer *self);

HS_AVAILABLE_IN_0_2
gboolean hs_test_server_feed (HsTestServer *self, const char *xml, GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_test_server_feed_element (HsTestServer *self, HsElement *stanza, GError **error);
HS_AVAILABLE_IN_0_2
HsElement *hs_test_server_take_sent (HsTestServer *self);
HS_AVAILABLE_IN_0_2
GPtrArray *hs_test_server_list_sent (HsTestServer *self);
HS_AVAILABLE_IN_0_2
void hs_test_server_clear_sent (HsTestServer *self);
HS_AVAILABLE_IN_0_2
HsElement *hs_test_server_expect (HsTestServer *self,
                                  const char *name,
                                  const char *namespace_,
                                  GError **error);
HS_AVAILABLE_IN_0_2
void hs_test_server_answer (HsTestServer *self,
                            const char *name,
                            const char *namespace_,
                            const char *payload);
HS_AVAILABLE_IN_0_2
void hs_test_server_answer_error (HsTestServer *self,
                                  const char *name,
                                  const char *namespace_,
                                  HsStanzaError condition);

HS_AVAILABLE_IN_0_2
void hs_test_server_settle (HsTestServer *self);
HS_AVAILABLE_IN_0_2
void hs_test_server_advance (HsTestServer *self, guint64 msec);
HS_AVAILABLE_IN_0_2
void hs_test_server_cut (HsTestServer *self);
HS_AVAILABLE_IN_0_2
gboolean hs_test_server_resume (HsTestServer *self, GError **error);
HS_AVAILABLE_IN_0_2
void hs_test_server_refuse (HsTestServer *self, HsTestRefusal what, guint n_times);

G_END_DECLS
