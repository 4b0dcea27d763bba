/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-private.h"

#include "hs-data-form.h"
#include "hs-disco.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* The optional features of an archive, and the fields of its form (XEP-0313, 4.1.5). They are requested once in a
 * session, and only when a query needs them. */

#define EXTENDED HS_NS_MAM "#extended"

/* The field of XEP-0431, and those that servers had before it. */
static const char *const text_fields[] = { "{urn:xmpp:fulltext:0}fulltext", "withtext", "search" };

void
hs_archive_ability_free (gpointer ability)
{
  HsArchiveAbility *self = ability;

  g_free (self->text_field);
  g_free (self);
}

HsArchiveAbility *
hs_archive_get_ability (HsArchive *self, HsJid *archive)
{
  const char *key = archive != NULL ? hs_jid_to_string (archive) : "";
  HsArchiveAbility *ability = g_hash_table_lookup (self->abilities, key);

  if (ability == NULL)
    {
      ability = g_new0 (HsArchiveAbility, 1);
      g_hash_table_insert (self->abilities, g_strdup (key), ability);
    }
  return ability;
}

/* An archive that answers with an error does not have the feature: returns FALSE. After any other error, that is not
 * known: ends the task, and returns TRUE. Takes over @error. */
static gboolean
return_failure (GTask *task, GError *error)
{
  if (error != NULL && error->domain != HS_STANZA_ERROR)
    {
      g_task_return_error (task, error);
      return TRUE;
    }
  g_clear_error (&error);
  return FALSE;
}

static void
form_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsArchive *self = g_task_get_source_object (task);
  HsArchiveAbility *ability = hs_archive_get_ability (self, g_task_get_task_data (task));
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *payload = answer != NULL ? hs_iq_get_payload (answer) : NULL;
  HsElement *x = payload != NULL ? hs_element_get_child (payload, "x", HS_NS_DATA) : NULL;
  g_autoptr (HsDataForm) form = x != NULL ? hs_data_form_new_from_element (x, NULL) : NULL;

  if (return_failure (task, error))
    return;
  g_clear_pointer (&ability->text_field, g_free);
  for (guint i = 0; form != NULL && ability->text_field == NULL && i < G_N_ELEMENTS (text_fields); i++)
    if (hs_data_form_get_field (form, text_fields[i]) != NULL)
      ability->text_field = g_strdup (text_fields[i]);
  ability->has_form = TRUE;
  g_task_return_boolean (task, TRUE);
}

static void
ask_form (GTask *task)
{
  HsArchive *self = g_task_get_source_object (task);
  HsJid *archive = g_task_get_task_data (task);
  g_autoptr (HsElement) payload = hs_element_new ("query", HS_NS_MAM);
  g_autoptr (HsIq) iq = hs_iq_new ("get", archive != NULL ? hs_jid_to_string (archive) : NULL, payload);

  if (self->client != NULL)
    hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), form_cb, task);
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static gboolean
wants_form (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "form") != NULL;
}

static void
features_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsArchive *self = g_task_get_source_object (task);
  HsArchiveAbility *ability = hs_archive_get_ability (self, g_task_get_task_data (task));
  GError *error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (source), result, &error);

  if (return_failure (task, error))
    return;
  ability->is_known = TRUE;
  ability->is_extended = info != NULL && hs_disco_info_has_feature (info, EXTENDED);
  if (wants_form (task) && !ability->has_form)
    ask_form (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

void
hs_archive_learn (HsArchive *self, HsJid *archive, gboolean form, GTask *task)
{
  HsArchiveAbility *ability = hs_archive_get_ability (self, archive);
  HsJid *own = self->client != NULL ? hs_client_get_bound_jid (self->client) : NULL;
  g_autoptr (HsJid) address = archive != NULL ? hs_jid_ref (archive) : own != NULL ? hs_jid_get_bare (own) : NULL;

  if (archive != NULL)
    g_task_set_task_data (task, hs_jid_ref (archive), (GDestroyNotify) hs_jid_unref);
  if (form)
    g_object_set_data (G_OBJECT (task), "form", task);
  if (!ability->is_known && address != NULL)
    hs_disco_query_async (HS_DISCO (hs_client_ensure_module (self->client, HS_TYPE_DISCO)), hs_jid_to_string (address),
                          NULL, g_task_get_cancellable (task), features_cb, task);
  else if (form && !ability->has_form)
    ask_form (task);
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}
