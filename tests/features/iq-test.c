/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#include <string.h>

static const ScriptStep script_component[] = {
  EXPECT ("<stream:stream"), EXPECT (">"),
  SEND ("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
        "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='example.org'>"),
  EXPECT ("</handshake>"), SEND ("<handshake/>"), SERVE, END
};

static void
register_all (HsClient *client, va_list modules)
{
  HsModule *module;

  while ((module = va_arg (modules, HsModule *)) != NULL)
    hs_client_register (client, module);
}

void
iq_test_start (IqTest *self, ...)
{
  va_list modules;

  self->test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  va_start (modules, self);
  register_all (self->test->client, modules);
  va_end (modules);
  test_client_start_until_ready (self->test);
}

void
iq_test_start_component (IqTest *self, ...)
{
  const ScriptStep *scripts[] = { script_component, NULL };
  ScriptedServer *server = scripted_server_new (scripts);
  HsClient *client = HS_CLIENT (hs_component_new ("example.org", "secret"));
  va_list modules;

  hs_client_set_host (client, "127.0.0.1");
  hs_client_set_port (client, scripted_server_get_port (server));
  self->test = test_client_new_alone (client);
  self->test->server = server;
  va_start (modules, self);
  register_all (client, modules);
  va_end (modules);
  test_client_start_until_ready (self->test);
}

void
iq_test_end (IqTest *self)
{
  test_client_stop (self->test);
  test_client_free (self->test);
}

/* The first iq that the client has sent which is as asked; NULL arguments are not looked at. */
static HsElement *
find_sent (IqTest *self, const char *type, const char *id, const char *to, const char *namespace_)
{
  g_autofree char *sent = scripted_server_dup_received (self->test->server);
  const char *at = sent;

  while ((at = strstr (at, "<iq ")) != NULL)
    {
      const char *close = strstr (at, "</iq>"), *empty = strstr (at, "/>"), *end = strchr (at, '>');
      g_autofree char *text = NULL;
      g_autoptr (HsElement) iq = NULL;

      if (empty != NULL && empty + 1 == end)
        text = g_strndup (at, end + 1 - at);
      else if (close != NULL)
        text = g_strndup (at, close + strlen ("</iq>") - at);
      at += strlen ("<iq ");
      iq = text != NULL ? hs_element_new_from_string (text, NULL) : NULL;
      if (iq == NULL || (type != NULL && g_strcmp0 (hs_element_get_attribute (iq, "type"), type) != 0)
          || (id != NULL && g_strcmp0 (hs_element_get_attribute (iq, "id"), id) != 0)
          || (namespace_ != NULL
              && (hs_element_get_child (iq, NULL, namespace_) == NULL
                  || g_strcmp0 (hs_element_get_attribute (iq, "to"), to) != 0)))
        continue;
      return g_steal_pointer (&iq);
    }
  return NULL;
}

HsElement *
iq_test_ask (IqTest *self, const char *from, const char *payload)
{
  g_autofree char *id = g_strdup_printf ("asked%u", ++self->n_asked);
  g_autofree char *sender = from != NULL ? g_strdup_printf (" from='%s'", from) : g_strdup ("");
  g_autofree char *to = HS_IS_COMPONENT (self->test->client) ? g_strdup ("someone@example.org")
                                                             : g_strdup ("user@example.org/res");
  g_autofree char *iq = g_strdup_printf ("<iq type='get' id='%s'%s to='%s'>%s</iq>", id, sender, to, payload);
  HsElement *answer = NULL;

  scripted_server_send (self->test->server, iq);
  test_until ((answer = find_sent (self, NULL, id, NULL, NULL)) != NULL);
  g_assert_cmpstr (hs_element_get_attribute (answer, "to"), ==, from);
  return answer;
}

void
iq_test_assert_unanswered (IqTest *self, const char *from, const char *payload)
{
  g_autoptr (HsElement) answer = iq_test_ask (self, from, payload);
  HsElement *error = hs_element_get_child (answer, "error", NULL);

  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "error");
  g_assert_nonnull (hs_element_get_child (error, "service-unavailable", HS_NS_STANZAS));
}

void
iq_test_answer (IqTest *self, const char *to, const char *namespace_, const char *type, const char *inner)
{
  g_autoptr (HsElement) request = NULL;
  g_autofree char *text = NULL;

  test_until ((request = find_sent (self, "get", NULL, to, namespace_)) != NULL);
  text = g_strdup_printf ("<iq type='%s' id='%s' from='%s' to='%s'>%s</iq>", type,
                          hs_element_get_attribute (request, "id"), to != NULL ? to : "user@example.org",
                          hs_element_get_attribute (request, "from") != NULL
                            ? hs_element_get_attribute (request, "from") : "user@example.org/res", inner);
  scripted_server_forget_received (self->test->server);
  scripted_server_send (self->test->server, text);
}

void
iq_test_result_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

void
iq_test_push_contacts (IqTest *self)
{
  static const char *const contacts[][2] = { { "friend", "from" }, { "mutual", "both" }, { "idol", "to" },
                                             { "nobody", "none" } };

  for (guint i = 0; i < G_N_ELEMENTS (contacts); i++)
    {
      g_autofree char *push = g_strdup_printf ("<iq type='set' id='push%u'><query xmlns='jabber:iq:roster'>"
                                               "<item jid='%s@example.net' subscription='%s'/></query></iq>", i,
                                               contacts[i][0], contacts[i][1]);

      test_client_say (self->test, push);
    }
}
