/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>

#define JULIET "juliet@example.com"
/* "hello" and "other", their SHA-1 and base64. */
#define HASH "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
#define TEXT "aGVsbG8="
#define OTHER_HASH "d0941e68da8f38151ff86a61fc59f7c5cf9fcaa2"
#define UPPER_HASH "AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D"
#define OTHER_TEXT "b3RoZXI="
#define INFO(hash, more) "<info id='" hash "' " more "/>"
#define PNG "type='image/png' bytes='5' width='64' height='32'"
#define METADATA(inner) "<metadata xmlns='urn:xmpp:avatar:metadata'>" inner "</metadata>"
#define EVENT(from, inner)                                                                         \
  "<message from='" from "' to='user@example.org/res'><event xmlns='http://jabber.org/protocol/pubsub#event'>" \
  "<items node='urn:xmpp:avatar:metadata'><item id='x'>" METADATA (inner) "</item></items></event></message>"
#define RETRACTION(from, id)                                                                       \
  "<message from='" from "' to='user@example.org/res'><event xmlns='http://jabber.org/protocol/pubsub#event'>" \
  "<items node='urn:xmpp:avatar:metadata'><retract id='" id "'/></items></event></message>"
#define ITEMS(node, id, payload)                                                                   \
  "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='" node "'><item id='" id "'>" payload \
  "</item></items></pubsub>"
#define DATA(hash, text) ITEMS ("urn:xmpp:avatar:data", hash, "<data xmlns='urn:xmpp:avatar:data'>" text "</data>")
#define VCARD(text) "<vCard xmlns='vcard-temp'><PHOTO><TYPE>image/gif</TYPE><BINVAL>" text "</BINVAL></PHOTO></vCard>"
#define PRESENCE(from, type, inner) "<presence from='" from "' to='user@example.org/res'" type ">" inner "</presence>"
#define UPDATE(photo) "<x xmlns='vcard-temp:x:update'>" photo "</x>"
#define MUC "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x>"
#define ERROR(condition)                                                                           \
  "<error type='cancel'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define NS_PUBSUB "http://jabber.org/protocol/pubsub"

typedef struct
{
  IqTest iq;
  HsAvatars *avatars;
} Test;

static void
start (Test *f)
{
  f->iq = (IqTest){ 0 };
  f->avatars = hs_avatars_new ();
  iq_test_start (&f->iq, f->avatars, NULL);
}

static void
stop (Test *f)
{
  iq_test_end (&f->iq);
  g_assert_finalize_object (f->avatars);
}

static void
say (Test *f, const char *text)
{
  test_client_say (f->iq.test, text);
}

static GBytes *
finish (Test *f, GAsyncResult **result, GError **error)
{
  GBytes *bytes;

  test_until (*result != NULL);
  bytes = hs_avatars_load_finish (f->avatars, *result, error);
  g_clear_object (result);
  return bytes;
}

static void
begin (Test *f, const char *jid, GAsyncResult **result)
{
  g_autoptr (HsAvatar) avatar = hs_avatars_lookup (f->avatars, jid);

  hs_avatars_load_async (f->avatars, avatar, NULL, iq_test_result_cb, result);
}

static void
assert_loaded (Test *f, GAsyncResult **result, const char *expected)
{
  GError *error = NULL;
  g_autoptr (GBytes) bytes = finish (f, result, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
assert_refused (Test *f, GAsyncResult **result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (finish (f, result, &error));
  g_assert_error (error, domain, code);
}

/* Nothing was asked. */
static void
assert_quiet (Test *f)
{
  g_autofree char *sent = test_client_dup_sent (f->iq.test);

  g_assert_null (strstr (sent, "vcard-temp"));
  g_assert_null (strstr (sent, "urn:xmpp:avatar"));
}

static void
test_published (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  HsAvatar *avatar;
  HsAvatar *same;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET "/balcony");
  same = hs_avatars_lookup (f.avatars, JULIET);
  g_assert_true (avatar == same);
  g_object_unref (same);
  g_assert_null (hs_avatars_lookup (f.avatars, "@"));
  g_assert_null (hs_avatar_get_hash (avatar));
  say (&f, EVENT (JULIET, INFO (OTHER_HASH, "type='image/gif'") INFO ("0123", "type='image/png' url='http://x'")
                              INFO (HASH, PNG)));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
  g_assert_cmpstr (hs_avatar_get_media_type (avatar), ==, "image/png");
  g_assert_cmpint (hs_avatar_get_width (avatar), ==, 64);
  g_assert_cmpint (hs_avatar_get_height (avatar), ==, 32);
  g_assert_null (hs_avatar_get_bytes (avatar));
  assert_quiet (&f);
  begin (&f, JULIET, &result);
  g_assert_true (hs_avatar_get_is_loading (avatar));
  test_client_await_sent (f.iq.test, "<items node=\"urn:xmpp:avatar:data\"><item id=\"" HASH "\"/></items>");
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, TEXT));
  assert_loaded (&f, &result, "hello");
  g_assert_nonnull (hs_avatar_get_bytes (avatar));
  g_assert_false (hs_avatar_get_is_loading (avatar));
  begin (&f, JULIET, &result);
  assert_loaded (&f, &result, "hello");
  assert_quiet (&f);
  /* Another one; then none (3.5). */
  say (&f, EVENT (JULIET, INFO (OTHER_HASH, PNG)));
  g_assert_null (hs_avatar_get_bytes (avatar));
  say (&f, EVENT (JULIET, ""));
  g_assert_null (hs_avatar_get_hash (avatar));
  begin (&f, JULIET, &result);
  assert_refused (&f, &result, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  assert_quiet (&f);
  g_assert_finalize_object (avatar);
  stop (&f);
}

/* The item has the id that it was published with. */
static void
test_upper_case (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HsAvatar) avatar = NULL;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET);
  /* What is no hash is passed over. */
  say (&f, EVENT (JULIET, INFO ("0123", PNG) INFO (UPPER_HASH, "type='image/gif' width='99999999999'")));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
  g_assert_cmpint (hs_avatar_get_width (avatar), ==, 0);
  begin (&f, JULIET, &result);
  test_client_await_sent (f.iq.test, "<item id=\"" UPPER_HASH "\"/>");
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (UPPER_HASH, TEXT));
  assert_loaded (&f, &result, "hello");
  stop (&f);
}

/* The node is gone; then the presence counts again. */
static void
test_deleted (void)
{
  static const char *const what[] = { "delete", "purge" };
  g_autoptr (HsAvatar) avatar = NULL;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET);
  for (guint i = 0; i < G_N_ELEMENTS (what); i++)
    {
      g_autofree char *gone
        = g_strdup_printf ("<message from='" JULIET "' to='user@example.org/res'><event xmlns="
                           "'http://jabber.org/protocol/pubsub#event'><%s node='urn:xmpp:avatar:metadata'/></event></message>",
                           what[i]);

      say (&f, EVENT (JULIET, INFO (HASH, PNG)));
      g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
      say (&f, gone);
      g_assert_null (hs_avatar_get_hash (avatar));
      say (&f, PRESENCE (JULIET "/balcony", "", UPDATE ("<photo>" OTHER_HASH "</photo>")));
      g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, OTHER_HASH);
      say (&f, gone);
      g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, OTHER_HASH);
    }
  stop (&f);
}

/* Retracting the item removes the image; retracting an older item does not. */
static void
test_retracted (void)
{
  g_autoptr (HsAvatar) avatar = NULL;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET);
  say (&f, EVENT (JULIET, INFO (HASH, PNG)));
  say (&f, RETRACTION (JULIET, HASH));
  say (&f, RETRACTION ("romeo@example.com", "x"));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
  say (&f, RETRACTION (JULIET, "x"));
  g_assert_null (hs_avatar_get_hash (avatar));
  say (&f, PRESENCE (JULIET "/balcony", "", UPDATE ("<photo>" OTHER_HASH "</photo>")));
  say (&f, RETRACTION (JULIET, "x"));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, OTHER_HASH);
  stop (&f);
}

#define LONG 100000

static void
say_published (Test *f, const char *from, const char *item, const char *type)
{
  g_autofree char *text
      = g_strdup_printf ("<message from='%s' to='user@example.org/res'>"
                         "<event xmlns='http://jabber.org/protocol/pubsub#event'>"
                         "<items node='urn:xmpp:avatar:metadata'><item id='%s'>" METADATA (INFO (HASH, "type='%s'"))
                         "</item></items></event></message>", from, item, type);

  say (f, text);
}

/* What others may make long is remembered as it is only up to a bound: here there are 20 MB of it. (Sanitizers count
 * memory in another way.) */
static void
test_long (void)
{
  g_autofree char *item = g_strnfill (LONG, 'i');
  g_autofree char *type = g_strnfill (LONG, 't');
  g_autofree char *retraction = g_strdup_printf (RETRACTION (JULIET, "%s"), item);
  g_autoptr (HsAvatar) avatar = NULL;
  gsize before;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET);
  say_published (&f, JULIET, item, type);
  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *from = g_strdup_printf ("%u@example.com", i);

      say_published (&f, from, item, type);
    }
  g_assert_cmpuint (mallinfo2 ().uordblks + mallinfo2 ().hblkhd, <, before + 2000000);
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
  g_assert_null (hs_avatar_get_media_type (avatar));
  say (&f, retraction);
  g_assert_null (hs_avatar_get_hash (avatar));
  stop (&f);
}

/* What has another hash is not that image, and is not asked for again. */
static void
test_wrong_hash (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  Test f;

  start (&f);
  say (&f, EVENT (JULIET, INFO (HASH, PNG)));
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, OTHER_TEXT));
  assert_refused (&f, &result, HS_ERROR, HS_ERROR_PROTOCOL);
  begin (&f, JULIET, &result);
  assert_refused (&f, &result, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  assert_quiet (&f);
  say (&f, EVENT (JULIET, INFO (OTHER_HASH, PNG)));
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "error", ERROR ("item-not-found"));
  assert_refused (&f, &result, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  begin (&f, JULIET, &result);
  assert_refused (&f, &result, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  assert_quiet (&f);
  stop (&f);
}

static void
test_too_large (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  Test f;

  start (&f);
  g_assert_cmpuint (hs_avatars_get_max_bytes (f.avatars), ==, 512 * 1024);
  say (&f, EVENT (JULIET, INFO (HASH, "type='image/png' bytes='524289'")));
  begin (&f, JULIET, &result);
  assert_refused (&f, &result, HS_ERROR, HS_ERROR_TOO_LARGE);
  assert_quiet (&f);
  say (&f, EVENT (JULIET, INFO (HASH, "type='image/png' bytes='99999999999999999999'")));
  begin (&f, JULIET, &result);
  assert_refused (&f, &result, HS_ERROR, HS_ERROR_TOO_LARGE);
  assert_quiet (&f);
  hs_avatars_set_max_bytes (f.avatars, 4);
  say (&f, EVENT (JULIET, INFO (HASH, "type='image/png' bytes='4'")));
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, TEXT));
  assert_refused (&f, &result, HS_ERROR, HS_ERROR_TOO_LARGE);
  /* It may not be too large any more. */
  hs_avatars_set_max_bytes (f.avatars, 5);
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, TEXT));
  assert_loaded (&f, &result, "hello");
  stop (&f);
}

/* Without metadata, a photo that is invalid or too large is not an avatar. */
static void
test_no_image (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HsAvatar) avatar = NULL;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET);
  for (guint i = 0; i < 2; i++)
    {
      begin (&f, JULIET, &result);
      iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "error", ERROR ("item-not-found"));
      iq_test_answer (&f.iq, JULIET, HS_NS_VCARD, "result", i == 0 ? VCARD ("!?!?") : VCARD (TEXT));
      assert_refused (&f, &result, HS_ERROR, i == 0 ? HS_ERROR_PROTOCOL : HS_ERROR_TOO_LARGE);
      g_assert_null (hs_avatar_get_hash (avatar));
      hs_avatars_set_max_bytes (f.avatars, 4);
    }
  stop (&f);
}

/* XEP-0153. */
static void
test_presence (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *sent = NULL;
  HsAvatar *avatar;
  Test f;

  start (&f);
  avatar = hs_avatars_lookup (f.avatars, JULIET);
  say (&f, PRESENCE (JULIET "/balcony", "", UPDATE ("<photo>" HASH "</photo>")));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
  say (&f, PRESENCE (JULIET "/phone", "", UPDATE ("")));
  say (&f, PRESENCE (JULIET "/phone", " type='unavailable'", UPDATE ("<photo>" OTHER_HASH "</photo>")));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, HASH);
  assert_quiet (&f);
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, HS_NS_VCARD, "result", VCARD (TEXT));
  assert_loaded (&f, &result, "hello");
  say (&f, PRESENCE (JULIET "/balcony", "", UPDATE ("<photo/>")));
  g_assert_null (hs_avatar_get_hash (avatar));
  say (&f, PRESENCE (JULIET "/balcony", "", UPDATE ("<photo>../../etc/passwd-and-more-to-be-forty-</photo>")));
  g_assert_null (hs_avatar_get_hash (avatar));
  /* What was published wins. */
  say (&f, EVENT (JULIET, INFO (OTHER_HASH, PNG)));
  say (&f, PRESENCE (JULIET "/balcony", "", UPDATE ("<photo>" HASH "</photo>")));
  g_assert_cmpstr (hs_avatar_get_hash (avatar), ==, OTHER_HASH);
  /* No presence was sent because of any. */
  sent = test_client_dup_sent (f.iq.test);
  g_assert_null (strstr (sent, "vcard-temp:x:update"));
  g_assert_finalize_object (avatar);
  stop (&f);
}

static void
test_occupant (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HsAvatar) one = NULL;
  g_autoptr (HsAvatar) two = NULL;
  Test f;

  start (&f);
  say (&f, PRESENCE ("room@muc.example.org/one", "", MUC UPDATE ("<photo>" HASH "</photo>"))
           PRESENCE ("room@muc.example.org/two", "", MUC));
  one = hs_avatars_lookup (f.avatars, "room@muc.example.org/one");
  two = hs_avatars_lookup (f.avatars, "room@muc.example.org/two");
  g_assert_true (one != two);
  g_assert_cmpstr (hs_avatar_get_hash (one), ==, HASH);
  g_assert_null (hs_avatar_get_hash (two));
  begin (&f, "room@muc.example.org/two", &result);
  iq_test_answer (&f.iq, "room@muc.example.org/two", HS_NS_VCARD, "result", VCARD (OTHER_TEXT));
  assert_loaded (&f, &result, "other");
  g_assert_cmpstr (hs_avatar_get_hash (two), ==, OTHER_HASH);
  g_assert_cmpstr (hs_avatar_get_media_type (two), ==, "image/gif");
  /* Who takes the nickname is somebody else. */
  say (&f, PRESENCE ("room@muc.example.org/one", " type='unavailable'", MUC)
           PRESENCE ("room@muc.example.org/one", "", MUC));
  g_assert_null (hs_avatar_get_hash (one));
  g_clear_object (&one);
  g_clear_object (&two);
  stop (&f);
}

#define ROOM "room@muc.example.org"
#define SELF(more) "<x xmlns='http://jabber.org/protocol/muc#user'>" more "<status code='110'/></x>"

/* Without us in the room nobody tells who takes a nickname. */
static void
test_left (void)
{
  g_autoptr (HsAvatar) one = NULL;
  g_autoptr (HsAvatar) other = NULL;
  g_autoptr (HsAvatar) same = NULL;
  Test f;

  start (&f);
  say (&f, PRESENCE (ROOM "/one", "", MUC UPDATE ("<photo>" HASH "</photo>"))
           PRESENCE ("x" ROOM "/one", "", MUC UPDATE ("<photo>" HASH "</photo>")));
  one = hs_avatars_lookup (f.avatars, ROOM "/one");
  other = hs_avatars_lookup (f.avatars, "x" ROOM "/one");
  /* Another nickname is no leave. */
  say (&f, PRESENCE (ROOM "/me", " type='unavailable'", SELF ("<status code='303'/>")) PRESENCE (ROOM "/we", "", SELF ("")));
  g_assert_cmpstr (hs_avatar_get_hash (one), ==, HASH);
  say (&f, PRESENCE (ROOM "/we", " type='unavailable'", SELF ("")));
  g_assert_null (hs_avatar_get_hash (one));
  g_assert_cmpstr (hs_avatar_get_hash (other), ==, HASH);
  same = hs_avatars_lookup (f.avatars, ROOM "/one");
  g_assert_true (same == one);
  say (&f, PRESENCE (ROOM "/one", "", MUC));
  g_assert_null (hs_avatar_get_hash (one));
  stop (&f);
}

/* What contacts show stays. */
static void
test_lost (void)
{
  g_autoptr (HsAvatar) one = NULL;
  g_autoptr (HsAvatar) juliet = NULL;
  Test f;

  start (&f);
  say (&f, PRESENCE (ROOM "/one", "", MUC UPDATE ("<photo>" HASH "</photo>"))
           PRESENCE (JULIET "/balcony", "", UPDATE ("<photo>" HASH "</photo>")));
  one = hs_avatars_lookup (f.avatars, ROOM "/one");
  juliet = hs_avatars_lookup (f.avatars, JULIET);
  g_assert_cmpstr (hs_avatar_get_hash (one), ==, HASH);
  test_client_stop (f.iq.test);
  g_assert_null (hs_avatar_get_hash (one));
  g_assert_cmpstr (hs_avatar_get_hash (juliet), ==, HASH);
  test_client_free (f.iq.test);
  g_assert_finalize_object (f.avatars);
}

/* What one account was shown, or was refused, says nothing about what another account is shown. */
static void
test_other_account (void)
{
  g_autoptr (HsClient) other = hs_client_new ("other@example.org", "secret");
  g_autoptr (HsClient) same = hs_client_new ("user@example.org/phone", "secret");
  g_autoptr (HsAvatar) juliet = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  Test f;

  start (&f);
  say (&f, EVENT (JULIET, INFO (HASH, PNG)));
  juliet = hs_avatars_lookup (f.avatars, JULIET);
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "error", ERROR ("forbidden"));
  assert_refused (&f, &result, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN);
  hs_client_unregister (f.iq.test->client, HS_MODULE (f.avatars));
  hs_client_register (same, HS_MODULE (f.avatars));
  g_assert_cmpstr (hs_avatar_get_hash (juliet), ==, HASH);
  hs_client_unregister (same, HS_MODULE (f.avatars));
  hs_client_register (other, HS_MODULE (f.avatars));
  g_assert_null (hs_avatar_get_hash (juliet));
  hs_client_unregister (other, HS_MODULE (f.avatars));

  /* The first account asks again, too. */
  hs_client_register (f.iq.test->client, HS_MODULE (f.avatars));
  say (&f, EVENT (JULIET, INFO (HASH, PNG)));
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, TEXT));
  assert_loaded (&f, &result, "hello");
  stop (&f);
}

/* Nobody has said anything: what is published is asked for first, then the vCard. */
static void
test_unknown (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  Test f;

  start (&f);
  begin (&f, JULIET, &result);
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result",
                  ITEMS ("urn:xmpp:avatar:metadata", HASH, METADATA (INFO (HASH, PNG))));
  test_client_await_sent (f.iq.test, "urn:xmpp:avatar:data");
  iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, TEXT));
  assert_loaded (&f, &result, "hello");
  begin (&f, "romeo@example.com", &result);
  iq_test_answer (&f.iq, "romeo@example.com", NS_PUBSUB, "error", ERROR ("item-not-found"));
  iq_test_answer (&f.iq, "romeo@example.com", HS_NS_VCARD, "result", VCARD (OTHER_TEXT));
  assert_loaded (&f, &result, "other");
  begin (&f, "paris@example.com", &result);
  iq_test_answer (&f.iq, "paris@example.com", NS_PUBSUB, "error", ERROR ("item-not-found"));
  iq_test_answer (&f.iq, "paris@example.com", HS_NS_VCARD, "result", "<vCard xmlns='vcard-temp'/>");
  assert_refused (&f, &result, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  /* Without a hash to compare with, text that is not base64 is no image either. */
  begin (&f, "tybalt@example.com", &result);
  iq_test_answer (&f.iq, "tybalt@example.com", NS_PUBSUB, "error", ERROR ("item-not-found"));
  iq_test_answer (&f.iq, "tybalt@example.com", HS_NS_VCARD, "result", VCARD ("aGVs!bG8="));
  assert_refused (&f, &result, HS_ERROR, HS_ERROR_PROTOCOL);
  stop (&f);
}

static void
test_folder (void)
{
  g_autofree char *path = g_dir_make_tmp ("headstock-XXXXXX", NULL);
  g_autofree char *inside = g_build_filename (path, "account", "avatars", NULL);
  g_autofree char *above = g_path_get_dirname (inside);
  g_autofree char *name = g_build_filename (inside, HASH, NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (inside);
  g_autoptr (GAsyncResult) result = NULL;
  GStatBuf info;
  Test f;

  for (guint i = 0; i < 4; i++)
    {
      start (&f);
      hs_avatars_set_folder (f.avatars, folder);
      if (i == 3)
        hs_avatars_set_max_bytes (f.avatars, 4);
      say (&f, i < 3 ? EVENT (JULIET, INFO (HASH, PNG)) : EVENT (JULIET, INFO (HASH, "type='image/png'")));
      /* What is there under the name but is another image does not count; nor is the folder there, to begin with. */
      if (i > 0)
        g_assert_true (g_file_set_contents (name, i == 1 ? "other" : "hello", -1, NULL));
      begin (&f, JULIET, &result);
      if (i < 2)
        iq_test_answer (&f.iq, JULIET, NS_PUBSUB, "result", DATA (HASH, TEXT));
      if (i < 3)
        assert_loaded (&f, &result, "hello");
      else
        assert_refused (&f, &result, HS_ERROR, HS_ERROR_TOO_LARGE);
      if (i > 1)
        assert_quiet (&f);
      while (i < 2)
        {
          g_autofree char *kept = NULL;

          if (g_file_get_contents (name, &kept, NULL, NULL) && strcmp (kept, "hello") == 0)
            break;
          test_spin (5);
        }
      test_spin (20);
      stop (&f);
    }
  g_assert_cmpint (g_stat (inside, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_remove (name);
  g_rmdir (inside);
  g_rmdir (above);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

/* Four at a time; equal ones once. */
static void
test_turns (void)
{
  GAsyncResult *results[7] = { NULL };
  Test f;

  start (&f);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *jid = g_strdup_printf ("room@muc.example.org/%u", i);
      g_autofree char *presence = g_strdup_printf (PRESENCE ("%s", "", MUC UPDATE ("<photo>" HASH "</photo>")), jid);

      say (&f, presence);
      begin (&f, jid, &results[i]);
    }
  begin (&f, "room@muc.example.org/0", &results[6]);
  g_free (test_client_dup_sent (f.iq.test));
  g_assert_cmpuint (scripted_server_count_received (f.iq.test->server, "vCard"), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (scripted_server_count_received (f.iq.test->server,
                                                      ((const char *[]){ "org/0", "org/1", "org/2", "org/3" })[i]), ==, 1);
  hs_client_unregister (f.iq.test->client, HS_MODULE (f.avatars));
  iq_test_end (&f.iq);
  for (guint i = 0; i < 7; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (finish (&f, &results[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_finalize_object (f.avatars);
}

static void
count_cb (GObject *avatars, GAsyncResult *result, gpointer n)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (hs_avatars_load_finish (HS_AVATARS (avatars), result, &error));
  g_assert_nonnull (error);
  ++*(guint *) n;
}

/* Who stops to wait hears of it at once. What has not begun for somebody else does not begin. */
static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[6] = { NULL };
  GAsyncResult *other = NULL;
  g_autoptr (HsAvatar) last = NULL;
  Test f;

  start (&f);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *jid = g_strdup_printf (ROOM "/%u", i);
      g_autofree char *presence = g_strdup_printf (PRESENCE ("%s", "", MUC UPDATE ("<photo>" HASH "</photo>")), jid);

      say (&f, presence);
      g_clear_object (&last);
      last = hs_avatars_lookup (f.avatars, jid);
      hs_avatars_load_async (f.avatars, last, i == 0 || i == 5 ? cancellable : NULL, iq_test_result_cb, &results[i]);
    }
  begin (&f, ROOM "/0", &other);
  g_cancellable_cancel (cancellable);
  assert_refused (&f, &results[0], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_refused (&f, &results[5], G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (hs_avatar_get_is_loading (last));
  iq_test_answer (&f.iq, ROOM "/0", HS_NS_VCARD, "result", VCARD (TEXT));
  assert_loaded (&f, &other, "hello");
  test_client_await_sent (f.iq.test, ROOM "/4");
  iq_test_end (&f.iq);
  for (guint i = 1; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (finish (&f, &results[i], &error));
      g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    }
  g_assert_null (results[5]);
  g_clear_object (&last);
  g_assert_finalize_object (f.avatars);
}

/* Many are asked for at once, and the module is taken away. */
static void
test_crowd (void)
{
  const guint n_people = 60000;
  guint n_ended = 0;
  Test f;

  start (&f);
  for (guint i = 0; i < n_people; i++)
    {
      g_autofree char *jid = g_strdup_printf ("%u@example.com", i);
      g_autoptr (HsAvatar) avatar = hs_avatars_lookup (f.avatars, jid);

      hs_avatars_load_async (f.avatars, avatar, NULL, count_cb, &n_ended);
    }
  hs_client_unregister (f.iq.test->client, HS_MODULE (f.avatars));
  iq_test_end (&f.iq);
  test_until (n_ended == n_people);
  g_assert_finalize_object (f.avatars);
}

static void
test_publish (void)
{
  g_autoptr (GBytes) image = g_bytes_new_static ("hello", 5);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *sent = NULL;
  GError *error = NULL;
  Test f;

  start (&f);
  hs_avatars_publish_async (f.avatars, image, "image/png", 64, 0, TRUE, NULL, iq_test_result_cb, &result);
  iq_test_answer (&f.iq, "user@example.org", HS_NS_DISCO_INFO, "result",
                  "<query xmlns='http://jabber.org/protocol/disco#info'>"
                  "<feature var='http://jabber.org/protocol/pubsub#publish-options'/></query>");
  for (guint i = 0; i < 2; i++)
    {
      static const char *const expected[]
          = { "<item id=\"" HASH "\"><data xmlns=\"urn:xmpp:avatar:data\">" TEXT "</data></item>",
              "<item id=\"" HASH "\"><metadata xmlns=\"urn:xmpp:avatar:metadata\"><info id=\"" HASH
              "\" bytes=\"5\" type=\"image/png\" width=\"64\"/></metadata></item>" };
      g_autofree char *id = NULL;
      g_autofree char *answer = NULL;
      char *at;

      test_client_await_sent (f.iq.test, expected[i]);
      g_free (sent);
      sent = test_client_dup_sent (f.iq.test);
      g_assert_nonnull (strstr (sent, "<value>open</value>"));
      /* What comes second waits for what comes first. */
      g_assert_true (i == 1 || strstr (sent, "<publish node=\"urn:xmpp:avatar:metadata\"") == NULL);
      at = strstr (sent, expected[i]);
      *at = '\0';
      at = strstr (g_strrstr (sent, "<iq "), " id=\"") + 5;
      id = g_strndup (at, strcspn (at, "\""));
      answer = g_strdup_printf ("<iq type='result' id='%s'/>", id);
      scripted_server_forget_received (f.iq.test->server);
      say (&f, answer);
    }
  test_until (result != NULL);
  hash = hs_avatars_publish_finish (f.avatars, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hash, ==, HASH);
  g_clear_object (&result);
  hs_avatars_set_max_bytes (f.avatars, 4);
  hs_avatars_publish_async (f.avatars, image, "image/png", 0, 0, FALSE, NULL, iq_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_null (hs_avatars_publish_finish (f.avatars, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_clear_object (&result);
  hs_avatars_disable_async (f.avatars, NULL, iq_test_result_cb, &result);
  test_client_await_sent (f.iq.test, "<metadata xmlns=\"urn:xmpp:avatar:metadata\"/></item>");
  iq_test_end (&f.iq);
  test_until (result != NULL);
  g_assert_false (hs_avatars_disable_finish (f.avatars, result, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_clear_object (&result);
  g_assert_finalize_object (f.avatars);
}

static void
test_alone (void)
{
  HsAvatars *avatars = hs_avatars_new ();
  HsAvatar *avatar = hs_avatars_lookup (avatars, JULIET);
  g_autoptr (HsAvatar) nobody = g_object_new (HS_TYPE_AVATAR, NULL);
  GAsyncResult *result = NULL;
  GError *error = NULL;

  hs_avatars_load_async (avatars, avatar, NULL, iq_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_null (hs_avatars_load_finish (avatars, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_object_unref (result);
  /* One that is of nobody. */
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*avatar->key*");
  hs_avatars_load_async (avatars, nobody, NULL, iq_test_result_cb, &result);
  g_test_assert_expected_messages ();
  g_assert_finalize_object (avatars);
  /* It outlives the module. */
  g_assert_finalize_object (avatar);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/avatars/published", test_published);
  g_test_add_func ("/avatars/upper-case", test_upper_case);
  g_test_add_func ("/avatars/deleted", test_deleted);
  g_test_add_func ("/avatars/retracted", test_retracted);
  g_test_add_func ("/avatars/long", test_long);
  g_test_add_func ("/avatars/wrong-hash", test_wrong_hash);
  g_test_add_func ("/avatars/too-large", test_too_large);
  g_test_add_func ("/avatars/no-image", test_no_image);
  g_test_add_func ("/avatars/presence", test_presence);
  g_test_add_func ("/avatars/occupant", test_occupant);
  g_test_add_func ("/avatars/left", test_left);
  g_test_add_func ("/avatars/lost", test_lost);
  g_test_add_func ("/avatars/other-account", test_other_account);
  g_test_add_func ("/avatars/unknown", test_unknown);
  g_test_add_func ("/avatars/folder", test_folder);
  g_test_add_func ("/avatars/turns", test_turns);
  g_test_add_func ("/avatars/cancelled", test_cancelled);
  g_test_add_func ("/avatars/crowd", test_crowd);
  g_test_add_func ("/avatars/publish", test_publish);
  g_test_add_func ("/avatars/alone", test_alone);

  return g_test_run ();
}
