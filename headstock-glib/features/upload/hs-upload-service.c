/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* Finds the upload service and its limits (XEP-0363, 3). */

typedef struct
{
  HsUpload *upload;     /* kept */
  GCancellable *search; /* kept; if the upload has another one, this search was given up */
} Search;

static Search *
search_new (HsUpload *self)
{
  Search *search = g_new (Search, 1);

  search->upload = g_object_ref (self);
  search->search = g_object_ref (self->search);
  return search;
}

static void
search_free (Search *search)
{
  g_object_unref (search->upload);
  g_object_unref (search->search);
  g_free (search);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_free)

void
hs_upload_take_service (HsUpload *self, HsJid *service)
{
  if (self->service == service || (self->service != NULL && service != NULL && hs_jid_equal (self->service, service)))
    return;
  g_clear_pointer (&self->service, hs_jid_unref);
  self->service = service != NULL ? hs_jid_ref (service) : NULL;
  g_object_notify (G_OBJECT (self), "service");
}

void
hs_upload_take_max_size (HsUpload *self, gint64 max_size)
{
  if (self->max_size == max_size)
    return;
  self->max_size = max_size;
  g_object_notify (G_OBJECT (self), "max-size");
}

static void
end_search (HsUpload *self, const GError *error)
{
  g_clear_object (&self->search);
  self->is_known = error == NULL;
  hs_upload_waiters_end (&self->waiters, NULL, error);
}

static void
read_info (HsUpload *self, HsDiscoInfo *info)
{
  HsDataForm *form = hs_disco_info_find_form (info, HS_NS_UPLOAD);
  const char *text = form != NULL ? hs_data_form_get_value (form, "max-file-size") : NULL;
  gint64 max_size = 0;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &max_size, NULL))
    max_size = 0;
  g_set_object (&self->info, info);
  hs_upload_take_max_size (self, max_size);
}

static void
info_cb (GObject *disco, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Search) search = user_data;
  HsUpload *self = search->upload;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (disco), result, &error);

  if (self->search != search->search)
    return;
  if (info != NULL)
    read_info (self, info);
  /* A handler of HsUpload:max-size may have unregistered the module. */
  if (self->search != search->search)
    return;
  /* The program has set the service: it may give slots even if it does not answer this request. */
  if (info == NULL && self->is_service_given && error->domain == HS_STANZA_ERROR)
    g_clear_error (&error);
  end_search (self, error);
}

static void
ask_service (HsUpload *self, HsDisco *disco)
{
  hs_disco_query_async (disco, hs_jid_to_string (self->service), NULL, self->search, info_cb, search_new (self));
}

static void
found_cb (GObject *disco, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Search) search = user_data;
  HsUpload *self = search->upload;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsJid) service = hs_disco_find_service_finish (HS_DISCO (disco), result, &error);

  if (self->search != search->search)
    return;
  if (service == NULL && error == NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
                 "The server has no service for uploads (%s); set HsUpload:service to use another server's",
                 HS_NS_UPLOAD);
  if (service == NULL)
    {
      end_search (self, error);
      return;
    }
  hs_upload_take_service (self, service);
  /* A handler of HsUpload:service may have unregistered the module. */
  if (self->search == search->search)
    ask_service (self, HS_DISCO (disco));
}

void
hs_upload_find_service (HsUpload *self)
{
  HsDisco *disco;

  if (self->is_known || self->search != NULL)
    return;
  self->search = g_cancellable_new ();
  disco = HS_DISCO (hs_client_ensure_module (self->client, HS_TYPE_DISCO));
  if (self->service != NULL)
    ask_service (self, disco);
  else
    hs_disco_find_service_async (disco, HS_NS_UPLOAD, self->search, found_cb, search_new (self));
}

void
hs_upload_forget_service (HsUpload *self)
{
  g_autoptr (GCancellable) search = g_steal_pointer (&self->search);

  self->is_known = FALSE;
  g_clear_object (&self->info);
  hs_upload_take_max_size (self, 0);
  if (!self->is_service_given)
    hs_upload_take_service (self, NULL);
  if (search != NULL)
    g_cancellable_cancel (search);
}

void
hs_upload_await_service (HsUpload *self, GTask *task)
{
  if (self->client == NULL || hs_client_get_bound_jid (self->client) == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "No slot can be requested without a session. Wait for HsClient::ready");
      g_object_unref (task);
      return;
    }
  hs_upload_waiters_add (&self->waiters, task);
  hs_upload_find_service (self);
  if (self->is_known)
    hs_upload_waiters_end (&self->waiters, NULL, NULL);
}
