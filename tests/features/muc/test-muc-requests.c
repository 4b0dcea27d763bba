/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "muc-test.h"

#include <string.h>

/* What the room is asked for: what moderators, admins and owners do. */

#define OWN(nick) PRESENCE (nick, "<item role='moderator' affiliation='owner'/>" SELF)
#define ADMIN "http://jabber.org/protocol/muc#admin"
#define OWNER "http://jabber.org/protocol/muc#owner"
#define REGISTER "jabber:iq:register"
#define CONFIG                                                                                     \
  "<query xmlns='" OWNER "'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'>"           \
  "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"                               \
  "<field var='muc#roomconfig_roomname' type='text-single'><value>Verona</value></field></x></query>"

typedef gboolean (*FinishFunc) (HsRoom *room, GAsyncResult *result, GError **error);

/* The room is asked with exactly this payload, and grants it. */
static void
assert_granted (MucTest *f, GAsyncResult **result, FinishFunc finish, const char *namespace_, const char *payload)
{
  g_autofree char *request = muc_test_answer (f, namespace_, "result", "");
  g_autoptr (GError) error = NULL;

  if (strstr (request, payload) == NULL)
    g_error ("'%s' is not in %s", payload, request);
  g_assert_nonnull (strstr (request, " type=\"set\""));
  test_until (*result != NULL);
  finish (f->room, *result, &error);
  g_assert_no_error (error);
  g_clear_object (result);
}

/* The room refuses what was asked last. */
static void
assert_denied (MucTest *f, GAsyncResult **result, FinishFunc finish, const char *namespace_)
{
  g_autoptr (GError) error = NULL;

  g_free (muc_test_answer (f, namespace_, "error", ERROR ("auth", "forbidden")));
  test_until (*result != NULL);
  g_assert_false (finish (f->room, *result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN);
  g_clear_object (result);
}

static void
start (MucTest *f)
{
  muc_test_start (f, NULL);
  muc_test_enter (f, "", PRESENCE ("juliet", ITEM) OWN ("romeo"));
}

static void
test_moderators (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HsOccupant) juliet = NULL;
  g_autoptr (GError) error = NULL;

  start (&f);
  juliet = g_object_ref (hs_room_lookup_occupant (f.room, "juliet"));
  hs_room_kick_async (f.room, juliet, "late", NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_kick_finish, ADMIN,
                  "<item nick=\"juliet\" role=\"none\"><reason>late</reason></item></query>");
  hs_room_change_role_async (f.room, juliet, HS_ROLE_VISITOR, NULL, NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_change_role_finish, ADMIN, "<item nick=\"juliet\" role=\"visitor\"/></query>");
  hs_room_change_role_async (f.room, juliet, HS_ROLE_MODERATOR, NULL, NULL, muc_test_result_cb, &result);
  assert_denied (&f, &result, hs_room_change_role_finish, ADMIN);
  hs_room_moderate_async (f.room, "a1", "rude", NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_moderate_finish, "urn:xmpp:message-moderate:1",
                  "<moderate xmlns=\"urn:xmpp:message-moderate:1\" id=\"a1\"><retract xmlns=\"urn:xmpp:message-retract:1\"/>"
                  "<reason>rude</reason></moderate>");
  /* Somebody else may have the nickname now. */
  muc_test_say (&f, GONE ("juliet", ITEM) PRESENCE ("juliet", ITEM));
  hs_room_kick_async (f.room, juliet, NULL, NULL, muc_test_result_cb, &result);
  test_until (result != NULL || scripted_server_has_received (f.test->server, ADMIN));
  g_assert_false (scripted_server_has_received (f.test->server, ADMIN));
  g_assert_false (hs_room_kick_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_FAILED);
  g_clear_object (&result);
  g_clear_error (&error);
  /* An object that the program has made itself. */
  g_set_object (&juliet, g_object_new (HS_TYPE_OCCUPANT, NULL));
  hs_room_kick_async (f.room, juliet, NULL, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_object_unref (juliet);
  g_assert_false (hs_room_kick_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_FAILED);
  g_clear_object (&result);
  muc_test_end (&f);
}

/* A room that only has the earlier version of XEP-0425. */
static void
test_old_moderation (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;

  muc_test_start (&f, NULL);
  muc_test_enter (&f, FEATURE ("urn:xmpp:message-moderate:0"), OWN ("romeo"));
  g_assert_cmphex (hs_room_get_features (f.room), ==, HS_ROOM_FEATURE_MODERATION);
  hs_room_moderate_async (f.room, "a1", "rude", NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_moderate_finish, "urn:xmpp:message-moderate:0",
                  "<apply-to xmlns=\"urn:xmpp:fasten:0\" id=\"a1\"><moderate xmlns=\"urn:xmpp:message-moderate:0\">"
                  "<retract xmlns=\"urn:xmpp:message-retract:0\"/><reason>rude</reason></moderate></apply-to>");
  hs_room_leave_async (f.room, NULL, NULL, NULL, NULL);
  muc_test_say (&f, GONE ("romeo", SELF));
  scripted_server_forget_received (f.test->server);
  /* The later version where a room has both. */
  muc_test_enter (&f, FEATURE ("urn:xmpp:message-moderate:0") FEATURE ("urn:xmpp:message-moderate:1"), OWN ("romeo"));
  hs_room_moderate_async (f.room, "a1", NULL, NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_moderate_finish, "urn:xmpp:message-moderate:1",
                  "<moderate xmlns=\"urn:xmpp:message-moderate:1\" id=\"a1\">");
  muc_test_end (&f);
}

static void
test_admins (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *request = NULL;
  HsAffiliate *affiliate;

  start (&f);
  hs_room_ban_async (f.room, "paris@example.org/res", "duel", NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_ban_finish, ADMIN,
                  "<item affiliation=\"outcast\" jid=\"paris@example.org\"><reason>duel</reason></item></query>");
  hs_room_change_affiliation_async (f.room, "nurse@example.org", HS_AFFILIATION_ADMIN, NULL, NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_change_affiliation_finish, ADMIN,
                  "<item affiliation=\"admin\" jid=\"nurse@example.org\"/></query>");
  hs_room_change_affiliation_async (f.room, "nurse@example.org", HS_AFFILIATION_NONE, NULL, NULL, muc_test_result_cb, &result);
  assert_denied (&f, &result, hs_room_change_affiliation_finish, ADMIN);
  hs_room_ban_async (f.room, "@", NULL, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_ban_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_object (&result);
  hs_room_query_affiliations_async (f.room, HS_AFFILIATION_OUTCAST, NULL, muc_test_result_cb, &result);
  request = muc_test_answer (&f, ADMIN, "result",
                             "<query xmlns='" ADMIN "'><item affiliation='outcast' jid='paris@example.org'><reason>duel</reason></item>"
                             "<item affiliation='outcast' jid='@'/><item affiliation='outcast'/><other/>"
                             "<item affiliation='outcast' jid='tybalt@example.org' nick='t'/></query>");
  g_assert_nonnull (strstr (request, "<item affiliation=\"outcast\"/></query>"));
  test_until (result != NULL);
  list = hs_room_query_affiliations_finish (f.room, result, NULL);
  g_assert_cmpuint (list->len, ==, 2);
  affiliate = list->pdata[0];
  g_assert_cmpstr (hs_jid_to_string (hs_affiliate_get_jid (affiliate)), ==, "paris@example.org");
  g_assert_cmpint (hs_affiliate_get_affiliation (affiliate), ==, HS_AFFILIATION_OUTCAST);
  g_assert_cmpstr (hs_affiliate_get_reason (affiliate), ==, "duel");
  g_assert_null (hs_affiliate_get_nick (affiliate));
  g_assert_cmpstr (hs_affiliate_get_nick (list->pdata[1]), ==, "t");
  g_clear_object (&result);
  muc_test_end (&f);
}

static void
test_owners (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDataForm) config = NULL;
  g_autofree char *request = NULL;

  start (&f);
  hs_room_create_instant_async (f.room, NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_create_instant_finish, OWNER, "<x xmlns=\"jabber:x:data\" type=\"submit\"/></query>");
  hs_room_query_config_async (f.room, NULL, muc_test_result_cb, &result);
  request = muc_test_answer (&f, OWNER, "result", CONFIG);
  g_assert_nonnull (strstr (request, " type=\"get\""));
  test_until (result != NULL);
  config = hs_room_query_config_finish (f.room, result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  g_assert_true (hs_data_form_set_value (config, "muc#roomconfig_roomname", "Mantua", NULL));
  hs_room_store_config_async (f.room, config, NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_store_config_finish, OWNER, "<value>Mantua</value></field></x></query>");
  hs_room_query_config_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_answer (&f, OWNER, "result", "<query xmlns='" OWNER "'/>"));
  test_until (result != NULL);
  g_assert_null (hs_room_query_config_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_clear_object (&result);
  hs_room_destroy_async (f.room, "over", "@", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_destroy_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_object (&result);
  hs_room_destroy_async (f.room, "over", "mantua@rooms.example.org", NULL, muc_test_result_cb, &result);
  assert_granted (&f, &result, hs_room_destroy_finish, OWNER,
                  "<destroy jid=\"mantua@rooms.example.org\"><reason>over</reason></destroy></query>");
  muc_test_end (&f);
}

/* XEP-0045, 7.10. */
static void
test_register (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;

  start (&f);
  hs_room_register_nick_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_answer (&f, REGISTER, "result",
                           "<query xmlns='" REGISTER "'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'>"
                           "<value>http://jabber.org/protocol/muc#register</value></field>"
                           "<field var='muc#register_roomnick' type='text-single'><required/></field></x></query>"));
  assert_granted (&f, &result, hs_room_register_nick_finish, REGISTER,
                  "var=\"muc#register_roomnick\" type=\"text-single\"><value>romeo</value></field></x></query>");
  hs_room_register_nick_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_answer (&f, REGISTER, "result", "<query xmlns='" REGISTER "'><registered/><username>romeo</username></query>"));
  test_until (result != NULL);
  g_assert_true (hs_room_register_nick_finish (f.room, result, NULL));
  g_clear_object (&result);
  hs_room_register_nick_async (f.room, NULL, muc_test_result_cb, &result);
  assert_denied (&f, &result, hs_room_register_nick_finish, REGISTER);
  muc_test_end (&f);
}

/* Without a session; and the module may be gone. */
static void
test_no_session (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  start (&f);
  hs_muc_remove_room (f.muc, f.room);
  hs_room_create_instant_async (f.room, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_create_instant_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_clear_object (&result);
  hs_room_request_voice_async (f.room, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_request_voice_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_object (&result);
  muc_test_end (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/muc/moderators", test_moderators);
  g_test_add_func ("/muc/old-moderation", test_old_moderation);
  g_test_add_func ("/muc/admins", test_admins);
  g_test_add_func ("/muc/owners", test_owners);
  g_test_add_func ("/muc/register", test_register);
  g_test_add_func ("/muc/no-session", test_no_session);
  return g_test_run ();
}
