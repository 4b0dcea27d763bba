/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upload-test.h"

#include <string.h>

void
upload_set_up (UploadTest *f)
{
  *f = (UploadTest){ .upload = hs_upload_new () };
  iq_test_start (&f->iq, HS_MODULE (f->upload), NULL);
}

void
upload_tear_down (UploadTest *f)
{
  iq_test_end (&f->iq);
  /* What was asked for has ended with the session. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&f->result);
  g_assert_finalize_object (f->upload);
}

void
upload_answer_service (UploadTest *f, const char *info)
{
  iq_test_answer (&f->iq, "example.org", HS_NS_DISCO_INFO, "result",
                  "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  iq_test_answer (&f->iq, "example.org", HS_NS_DISCO_ITEMS, "result",
                  "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='" UPLOAD_SERVICE "'/></query>");
  iq_test_answer (&f->iq, UPLOAD_SERVICE, HS_NS_DISCO_INFO, "result", info);
}

void
upload_set_up_found (UploadTest *f, const char *info)
{
  upload_set_up (f);
  upload_answer_service (f, info);
  test_until (hs_upload_get_service (f->upload) != NULL);
}

void
upload_request (UploadTest *f, const char *name, gint64 size, const char *media_type, GCancellable *cancellable)
{
  g_clear_object (&f->result);
  hs_upload_request_slot_async (f->upload, name, size, media_type, cancellable, iq_test_result_cb, &f->result);
}

HsElement *
upload_await_request (UploadTest *f)
{
  const char *end = "</iq>";
  char *at = NULL;

  for (gint64 deadline = test_deadline ();; test_iterate (deadline, "a request for a slot"))
    {
      g_autofree char *sent = scripted_server_dup_received (f->iq.test->server);
      g_autoptr (HsElement) iq = NULL;

      at = strstr (sent, "<request ");
      if (at == NULL || strstr (at, end) == NULL)
        continue;
      *(strstr (at, end) + strlen (end)) = '\0';
      at = g_strrstr_len (sent, at - sent, "<iq ");
      iq = hs_element_new_from_string (at, NULL);
      g_assert_cmpstr (hs_element_get_attribute (iq, "type"), ==, "get");
      g_assert_cmpstr (hs_element_get_attribute (iq, "to"), ==, UPLOAD_SERVICE);
      return hs_element_copy (hs_element_get_child (iq, "request", HS_NS_UPLOAD));
    }
}

void
upload_answer (UploadTest *f, const char *type, const char *inner)
{
  iq_test_answer (&f->iq, UPLOAD_SERVICE, HS_NS_UPLOAD, type, inner);
}

HsUploadSlot *
upload_await_slot (UploadTest *f)
{
  g_autoptr (GError) error = NULL;
  HsUploadSlot *slot;

  test_until (f->result != NULL);
  slot = hs_upload_request_slot_finish (f->upload, f->result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (slot);
  return slot;
}

void
upload_assert_failed (UploadTest *f, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  test_until (f->result != NULL);
  g_assert_null (hs_upload_request_slot_finish (f->upload, f->result, &error));
  g_assert_error (error, domain, code);
}
