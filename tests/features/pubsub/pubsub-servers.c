/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pubsub-servers.h"

#include <string.h>

#include "server-test.h"

/* The nodes of an account on a real server: two devices of the account, and a contact that sees its presence. */

#define NODE "urn:example:notes"

typedef struct
{
  TestClient *test;
  HsPubSub *pubsub;
  GString *events; /* "KIND SERVICE TEXT|", the text of the item, or its id, or nothing */
  GAsyncResult *result;
} Device;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer device)
{
  g_set_object (&((Device *) device)->result, result);
}

static void
event_cb (Device *self, HsPubSubEvent *event)
{
  HsPubSubItem *item = hs_pubsub_event_get_item (event);
  HsElement *payload = item != NULL ? hs_pubsub_item_get_payload (item) : NULL;
  const char *text = payload != NULL ? hs_element_get_text (payload) : NULL;
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_PUBSUB_EVENT_KIND);

  g_string_append_printf (self->events, "%s %s %s|",
                          g_enum_get_value (klass, hs_pubsub_event_get_kind (event))->value_nick,
                          hs_jid_to_string (hs_pubsub_event_get_service (event)),
                          text != NULL ? text : item != NULL ? hs_pubsub_item_get_id (item) : "");
}

static void
begin (Device *self, guint user, const char *resource, const ServerWay *way)
{
  g_autofree char *name = g_strdup_printf ("USER%u", user);
  g_autofree char *password = g_strdup_printf ("PASSWORD%u", user);
  g_autofree char *jid = g_strconcat (server_get (name), "/", resource, NULL);

  *self = (Device){ server_new_client (jid, server_get (password), way), hs_pubsub_new (), g_string_new (NULL), NULL };
  hs_client_register (self->test->client, HS_MODULE (self->pubsub));
  hs_pubsub_watch (self->pubsub, NODE);
  g_signal_connect_swapped (self->pubsub, "event::" NODE, G_CALLBACK (event_cb), self);
  test_client_start_until_ready (self->test);
}

static void
end (Device *self)
{
  test_client_stop (self->test);
  test_client_free (self->test);
  g_assert_finalize_object (self->pubsub);
  g_string_free (self->events, TRUE);
}

static GAsyncResult *
await (Device *self)
{
  test_until (self->result != NULL);
  return g_steal_pointer (&self->result);
}

static char *
publish (Device *self, const char *service, const char *text, HsNodeConfig *options, GError **error)
{
  g_autoptr (HsElement) note = hs_element_new ("note", NODE);
  g_autoptr (GAsyncResult) result = NULL;

  hs_element_set_text (note, text);
  hs_pubsub_publish_async (self->pubsub, service, NODE, "1", note, options, NULL, result_cb, self);
  result = await (self);
  return hs_pubsub_publish_finish (self->pubsub, result, error);
}

static void
assert_published (Device *self, const char *text, HsNodeConfig *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = publish (self, NULL, text, options, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, "1");
}

/* The text of the first item; NULL with an error. */
static char *
read_item (Device *self, const char *service, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  hs_pubsub_query_items_async (self->pubsub, service, NODE, NULL, 0, NULL, result_cb, self);
  result = await (self);
  items = hs_pubsub_query_items_finish (self->pubsub, result, error);
  if (items == NULL)
    return NULL;
  g_assert_cmpuint (items->len, ==, 1);
  return g_strdup (hs_element_get_text (hs_pubsub_item_get_payload (items->pdata[0])));
}

static void
assert_reads (Device *self, const char *service, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = read_item (self, service, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_empty (Device *self)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_pubsub_query_items_async (self->pubsub, NULL, NODE, NULL, 0, NULL, result_cb, self);
  result = await (self);
  items = hs_pubsub_query_items_finish (self->pubsub, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 0);
}

static void
assert_refused (Device *self, const char *service)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (read_item (self, service, &error));
  g_assert_true (error->domain == HS_STANZA_ERROR);
}

/* What comes now comes after all that was on its way. */
static void
await_event (Device *self, const char *expected)
{
  test_until (strstr (self->events->str, expected) != NULL);
}

static void
assert_done (Device *self, gboolean (*finish) (HsPubSub *, GAsyncResult *, GError **))
{
  g_autoptr (GAsyncResult) result = await (self);
  g_autoptr (GError) error = NULL;

  g_assert_true (finish (self->pubsub, result, &error));
  g_assert_no_error (error);
}

static HsDataForm *
query_config (Device *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HsDataForm *form;

  hs_pubsub_query_config_async (self->pubsub, NULL, NODE, NULL, result_cb, self);
  result = await (self);
  form = hs_pubsub_query_config_finish (self->pubsub, result, &error);
  g_assert_no_error (error);
  return form;
}

static void
delete_node (Device *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_pubsub_delete_node_async (self->pubsub, NULL, NODE, NULL, result_cb, self);
  result = await (self);
  /* There may be none. */
  hs_pubsub_delete_node_finish (self->pubsub, result, NULL);
}

static void
test_private (gconstpointer way)
{
  const char *user = server_get ("USER1");
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (HsNodeConfig) shared = hs_node_config_new_presence ();
  g_autofree char *own_event = g_strdup_printf ("item %s secret|", user);
  g_autofree char *shared_event = g_strdup_printf ("item %s shared|", user);
  g_autofree char *gone_event = g_strdup_printf ("retracted %s 1|", user);
  Device one;
  Device two;
  Device contact;

  begin (&one, 1, "one", way);
  delete_node (&one);
  begin (&two, 1, "two", way);
  begin (&contact, 2, "contact", way);

  /* A new node: the server makes it as the options say. */
  assert_published (&one, "secret", options);
  await_event (&two, own_event);
  await_event (&one, own_event);
  assert_reads (&two, NULL, "secret");
  assert_reads (&one, user, "secret");
  assert_refused (&contact, user);

  /* The options are not met: the node is configured, and then it is published. */
  assert_published (&two, "shared", shared);
  await_event (&contact, shared_event);
  assert_reads (&contact, user, "shared");
  assert_published (&two, "secret2", options);
  assert_reads (&one, NULL, "secret2");
  assert_refused (&contact, user);

  hs_pubsub_retract_async (one.pubsub, NULL, NODE, "1", TRUE, NULL, result_cb, &one);
  assert_done (&one, hs_pubsub_retract_finish);
  if (server_tells_retractions ())
    await_event (&two, gone_event);
  assert_empty (&two);
  delete_node (&one);
  /* Nothing private has come here. */
  g_assert_null (strstr (contact.events->str, "secret"));
  end (&one);
  end (&two);
  end (&contact);
}

/* A node cannot be made as the program wants: nothing goes out, to the own node or to that of somebody else. */
static void
test_unmet (gconstpointer way)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (HsNodeConfig) strange = hs_node_config_new_private ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) foreign = NULL;
  Device one;

  hs_node_config_store_value (strange, "access_model", "urn:example:nobody");
  begin (&one, 1, "one", way);
  delete_node (&one);
  assert_published (&one, "shared", NULL);
  g_assert_null (publish (&one, NULL, "secret", strange, &error));
  g_test_message ("%s", error->message);
  assert_reads (&one, NULL, "shared");
  g_assert_null (publish (&one, server_get ("USER2"), "secret", options, &foreign));
  g_assert_true (foreign->domain == HS_STANZA_ERROR);
  delete_node (&one);
  end (&one);
}

/* A node's configuration as a form. */
static void
test_config (gconstpointer way)
{
  g_autoptr (HsDataForm) form = NULL;
  g_autoptr (HsDataForm) stored = NULL;
  g_autoptr (GError) error = NULL;
  Device one;

  begin (&one, 1, "one", way);
  delete_node (&one);
  hs_pubsub_create_node_async (one.pubsub, NULL, NODE, NULL, result_cb, &one);
  assert_done (&one, hs_pubsub_create_node_finish);
  form = query_config (&one);
  g_assert_true (hs_data_form_set_value (form, "pubsub#access_model", "whitelist", &error));
  g_assert_no_error (error);
  hs_pubsub_store_config_async (one.pubsub, NULL, NODE, form, NULL, result_cb, &one);
  assert_done (&one, hs_pubsub_store_config_finish);
  stored = query_config (&one);
  g_assert_cmpstr (hs_data_form_get_value (stored, "pubsub#access_model"), ==, "whitelist");
  delete_node (&one);
  end (&one);
}

void
pubsub_add_server_tests (void)
{
  static const ServerTest tests[] = {
    { "private", test_private }, { "unmet", test_unmet }, { "config", test_config }, { NULL, NULL }
  };

  server_add_tests ("pubsub", tests);
}
