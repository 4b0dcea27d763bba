/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call that is cancelled ends at once, whatever it waits for; and one that is cancelled before it begins does
 * nothing. */
#include "../muc/muc-test.h"

#include <string.h>

#define PEER "peer@example.net"
#define NODE "urn:example:node"

typedef struct
{
  MucTest muc;
  HsMessenger *messenger;
  HsLastActivity *last_activity;
  HsRegistration *registration;
  HsOccupant *occupant;
  HsElement *payload;
  HsDataForm *form;
  GCancellable *cancellable;
  guint n_ended;
  GError *error;
} Fixture;

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_ended++;
  /* The error of any kind of task. */
  g_assert_true (g_task_had_error (G_TASK (result)));
  g_clear_error (&f->error);
  g_task_propagate_boolean (G_TASK (result), &f->error);
}

#define REST f->cancellable, ended_cb, f
#define MODULE(name) hs_messenger_get_##name (f->messenger)
#define CALL_OF(name, call)                                                                                               \
  static void name (Fixture *f)                                                                                           \
  {                                                                                                                       \
    call;                                                                                                                 \
  }

static const char *const peers[] = { PEER, NULL };

static void
fetch_next (Fixture *f)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);

  hs_archive_fetch_async (MODULE (archive), query, REST);
}

static void
fetch_known (Fixture *f)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);

  hs_archive_query_set_after_id (query, "x");
  hs_archive_fetch_async (MODULE (archive), query, REST);
}

static void
store_bookmark (Fixture *f)
{
  g_autoptr (HsBookmark) bookmark = hs_bookmark_new (ROOM);

  hs_bookmarks_store_async (MODULE (bookmarks), bookmark, REST);
}

static void
load_avatar (Fixture *f)
{
  g_autoptr (HsAvatar) avatar = hs_avatars_lookup (MODULE (avatars), PEER);

  hs_avatars_load_async (MODULE (avatars), avatar, REST);
}

static void
publish_avatar (Fixture *f)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("image", 5);

  hs_avatars_publish_async (MODULE (avatars), bytes, "image/png", 1, 1, FALSE, REST);
}

static void
store_vcard (Fixture *f)
{
  g_autoptr (HsVcard) vcard = hs_vcard_new ();

  hs_vcards_store_async (MODULE (vcards), vcard, REST);
}

CALL_OF (query_metadata, hs_archive_query_metadata_async (MODULE (archive), NULL, REST))
CALL_OF (query_metadata_of_room, hs_archive_query_metadata_async (MODULE (archive), "mantua@rooms.example.org", REST))
CALL_OF (disable_avatar, hs_avatars_disable_async (MODULE (avatars), REST))
CALL_OF (block, hs_blocking_block_async (MODULE (blocking), peers, REST))
CALL_OF (unblock, hs_blocking_unblock_async (MODULE (blocking), NULL, REST))
CALL_OF (remove_bookmark, hs_bookmarks_remove_async (MODULE (bookmarks), ROOM, REST))
CALL_OF (find_service, hs_disco_find_service_async (MODULE (disco), NODE, REST))
CALL_OF (query, hs_disco_query_async (MODULE (disco), PEER, NULL, REST))
CALL_OF (query_caps, hs_disco_query_caps_async (MODULE (disco), PEER "/phone", REST))
CALL_OF (query_items, hs_disco_query_items_async (MODULE (disco), PEER, NULL, REST))
CALL_OF (last_activity, hs_last_activity_query_async (f->last_activity, PEER, REST))
CALL_OF (ping, hs_ping_send_async (MODULE (ping), NULL, REST))
CALL_OF (create_node, hs_pubsub_create_node_async (MODULE (pubsub), NULL, NODE, REST))
CALL_OF (delete_node, hs_pubsub_delete_node_async (MODULE (pubsub), NULL, NODE, REST))
CALL_OF (purge_node, hs_pubsub_purge_node_async (MODULE (pubsub), NULL, NODE, REST))
CALL_OF (publish, hs_pubsub_publish_async (MODULE (pubsub), NULL, NODE, "1", f->payload, NULL, REST))
CALL_OF (query_node_config, hs_pubsub_query_config_async (MODULE (pubsub), NULL, NODE, REST))
CALL_OF (store_node_config, hs_pubsub_store_config_async (MODULE (pubsub), NULL, NODE, f->form, REST))
CALL_OF (query_node_items, hs_pubsub_query_items_async (MODULE (pubsub), NULL, NODE, NULL, 0, REST))
CALL_OF (retract, hs_pubsub_retract_async (MODULE (pubsub), NULL, NODE, "1", TRUE, REST))
CALL_OF (subscribe, hs_pubsub_subscribe_async (MODULE (pubsub), PEER, NODE, REST))
CALL_OF (unsubscribe, hs_pubsub_unsubscribe_async (MODULE (pubsub), PEER, NODE, REST))
CALL_OF (change_password, hs_registration_change_password_async (f->registration, "new", REST))
CALL_OF (cancel_account, hs_registration_cancel_account_async (f->registration, REST))
CALL_OF (join, hs_muc_join_async (MODULE (muc), "padua@rooms.example.org", "romeo", REST))
CALL_OF (ban, hs_room_ban_async (f->muc.room, PEER, NULL, REST))
CALL_OF (change_affiliation, hs_room_change_affiliation_async (f->muc.room, PEER, HS_AFFILIATION_MEMBER, NULL, REST))
CALL_OF (change_role, hs_room_change_role_async (f->muc.room, f->occupant, HS_ROLE_VISITOR, NULL, REST))
CALL_OF (kick, hs_room_kick_async (f->muc.room, f->occupant, NULL, REST))
CALL_OF (change_nick, hs_room_change_nick_async (f->muc.room, "montague", REST))
CALL_OF (change_subject, hs_room_change_subject_async (f->muc.room, "Subject", REST))
CALL_OF (check, hs_room_check_async (f->muc.room, REST))
CALL_OF (create_instant, hs_room_create_instant_async (f->muc.room, REST))
CALL_OF (destroy, hs_room_destroy_async (f->muc.room, NULL, NULL, REST))
CALL_OF (moderate, hs_room_moderate_async (f->muc.room, "1", NULL, REST))
CALL_OF (query_affiliations, hs_room_query_affiliations_async (f->muc.room, HS_AFFILIATION_MEMBER, REST))
CALL_OF (query_config, hs_room_query_config_async (f->muc.room, REST))
CALL_OF (store_config, hs_room_store_config_async (f->muc.room, f->form, REST))
CALL_OF (register_nick, hs_room_register_nick_async (f->muc.room, REST))
CALL_OF (leave, hs_room_leave_async (f->muc.room, NULL, REST))
CALL_OF (add_contact, hs_roster_add_async (MODULE (roster), PEER, NULL, NULL, REST))
CALL_OF (refresh, hs_roster_refresh_async (MODULE (roster), REST))
CALL_OF (query_version, hs_software_version_query_async (MODULE (software_version), PEER, REST))
CALL_OF (query_time, hs_time_query_async (MODULE (time), PEER, REST))
CALL_OF (request_slot, hs_upload_request_slot_async (MODULE (upload), "a.txt", 1, NULL, REST))
CALL_OF (fetch_vcard, hs_vcards_fetch_async (MODULE (vcards), NULL, REST))

/* In this order: the room is left last. */
static const struct
{
  const char *name;
  void (*call) (Fixture *f);
} calls[] = {
  { "archive-fetch", fetch_next }, { "archive-fetch-after", fetch_known }, { "archive-metadata", query_metadata },
  { "archive-metadata-of-room", query_metadata_of_room }, { "avatar-disable", disable_avatar },
  { "avatar-load", load_avatar }, { "avatar-publish", publish_avatar }, { "block", block }, { "unblock", unblock },
  { "bookmark-store", store_bookmark }, { "bookmark-remove", remove_bookmark }, { "disco-find-service", find_service },
  { "disco-query", query }, { "disco-query-caps", query_caps },
  { "disco-query-items", query_items }, { "last-activity", last_activity }, { "ping", ping },
  { "node-create", create_node }, { "node-delete", delete_node }, { "node-purge", purge_node }, { "publish", publish },
  { "node-query-config", query_node_config }, { "node-store-config", store_node_config },
  { "node-query-items", query_node_items }, { "retract", retract }, { "node-subscribe", subscribe },
  { "node-unsubscribe", unsubscribe }, { "change-password", change_password }, { "cancel-account", cancel_account },
  { "join", join }, { "ban", ban }, { "change-affiliation", change_affiliation }, { "change-role", change_role },
  { "kick", kick }, { "change-nick", change_nick }, { "change-subject", change_subject }, { "check", check },
  { "create-instant", create_instant }, { "destroy", destroy }, { "moderate", moderate },
  { "query-affiliations", query_affiliations }, { "query-config", query_config }, { "store-config", store_config },
  { "register-nick", register_nick }, { "roster-add", add_contact }, { "roster-refresh", refresh },
  { "version", query_version }, { "time", query_time }, { "upload-slot", request_slot }, { "vcard-fetch", fetch_vcard },
  { "vcard-store", store_vcard }, { "leave", leave },
};

static void
set_up (Fixture *f)
{
  HsClient *client;
  HsRole role;

  *f = (Fixture){ .error = NULL };
  muc_test_start (&f->muc, NULL);
  client = f->muc.test->client;
  muc_test_enter (&f->muc, FEATURE ("urn:xmpp:message-moderate:1") FEATURE ("urn:xmpp:mam:2"),
                  PRESENCE ("juliet", ITEM) PRESENCE ("romeo", "<item role='moderator' affiliation='owner'/>" SELF));
  f->messenger = hs_messenger_new (client, NULL);
  f->last_activity = HS_LAST_ACTIVITY (hs_client_ensure_module (client, HS_TYPE_LAST_ACTIVITY));
  f->registration = HS_REGISTRATION (hs_client_ensure_module (client, HS_TYPE_REGISTRATION));
  f->occupant = g_object_ref (hs_room_lookup_occupant (f->muc.room, "juliet"));
  role = hs_occupant_get_role (f->occupant);
  g_assert_cmpint (role, ==, HS_ROLE_PARTICIPANT);
  f->payload = hs_element_new ("payload", NODE);
  f->form = hs_data_form_new (HS_DATA_FORM_KIND_FORM);
  muc_test_say_nothing (&f->muc);
}

static void
tear_down (Fixture *f)
{
  g_clear_object (&f->form);
  g_clear_object (&f->payload);
  g_clear_object (&f->occupant);
  g_clear_object (&f->messenger);
  g_clear_error (&f->error);
  muc_test_end (&f->muc);
}

/* Ends in the turns that are due, and not with a timer or an answer. */
static void
assert_cancelled (Fixture *f, const char *name)
{
  muc_test_say_nothing (&f->muc);
  if (f->n_ended != 1 || !g_error_matches (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_error ("%s: ended %u times: %s", name, f->n_ended, f->error != NULL ? f->error->message : "no error");
}

static void
begin_call (Fixture *f, guint number)
{
  f->n_ended = 0;
  g_clear_error (&f->error);
  f->cancellable = g_cancellable_new ();
  g_test_message ("%s", calls[number].name);
}

static void
test_while_waiting (void)
{
  Fixture f;

  set_up (&f);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      begin_call (&f, i);
      calls[i].call (&f);
      muc_test_say_nothing (&f.muc);
      if (f.n_ended > 0)
        g_error ("%s: ended already: %s", calls[i].name, f.error->message);
      g_cancellable_cancel (f.cancellable);
      assert_cancelled (&f, calls[i].name);
      g_clear_object (&f.cancellable);
    }
  tear_down (&f);
}

static void
test_before (void)
{
  Fixture f;
  g_autofree char *before = NULL;
  gsize n_sent;

  set_up (&f);
  before = test_client_dup_sent (f.muc.test);
  n_sent = strlen (before);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autofree char *sent = NULL;

      begin_call (&f, i);
      g_cancellable_cancel (f.cancellable);
      calls[i].call (&f);
      assert_cancelled (&f, calls[i].name);
      /* That asks for no answer, and waits until all is there that was sent before it. */
      sent = test_client_dup_sent (f.muc.test);
      if (strlen (sent) != n_sent + strlen (strrchr (sent, '<')))
        g_error ("%s: sent %s", calls[i].name, sent + n_sent);
      n_sent = strlen (sent);
      g_clear_object (&f.cancellable);
    }
  g_assert_cmpint (hs_room_get_state (f.muc.room), ==, HS_ROOM_STATE_IN);
  g_assert_null (hs_muc_lookup (f.muc.muc, "padua@rooms.example.org"));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cancelled/while-waiting", test_while_waiting);
  g_test_add_func ("/cancelled/before", test_before);

  return g_test_run ();
}
