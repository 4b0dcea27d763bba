/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roster-test.h"

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, RosterTest *f)
{
  g_string_append_printf (f->changes, "%u-%u+%u ", position, removed, added);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (model, i);

      /* A handler finds what the list has. */
      if (i < 100)
        g_assert_true (hs_roster_lookup (f->roster, hs_jid_to_string (hs_contact_get_jid (contact)))
                       == contact);
    }
}

static void
requested_cb (HsRoster *roster, HsSubscriptionRequest *request, RosterTest *f)
{
  g_string_append_printf (f->signals, "requested(%s) ",
                          hs_jid_to_string (hs_subscription_request_get_jid (request)));
}

static void
ended_cb (HsRoster *roster, HsContact *contact, RosterTest *f)
{
  g_string_append_printf (f->signals, "ended(%s) ",
                          hs_jid_to_string (hs_contact_get_jid (contact)));
}

void
roster_watch (RosterTest *f, TestClient *test)
{
  f->test = test;
  f->roster = hs_roster_new ();
  f->changes = g_string_new (NULL);
  f->signals = g_string_new (NULL);
  g_signal_connect (hs_roster_get_contacts (f->roster), "items-changed", G_CALLBACK (changed_cb), f);
  g_signal_connect (f->roster, "subscription-requested", G_CALLBACK (requested_cb), f);
  g_signal_connect (f->roster, "subscription-ended", G_CALLBACK (ended_cb), f);
}

void
roster_set_up (RosterTest *f, const ScriptStep *const *scripts)
{
  roster_watch (f, test_client_new (scripts, HS_TLS_MODE_NONE));
  hs_client_register (f->test->client, HS_MODULE (f->roster));
}

void
roster_clear (RosterTest *f)
{
  gpointer gone = f->roster;

  test_client_free (f->test);
  g_object_add_weak_pointer (G_OBJECT (f->roster), &gone);
  g_object_unref (f->roster);
  g_assert_null (gone);
  g_string_free (f->changes, TRUE);
  g_string_free (f->signals, TRUE);
}

char *
roster_describe (HsRoster *roster)
{
  static const char *const subscriptions[] = { "none", "to", "from", "both" };
  GListModel *contacts = hs_roster_get_contacts (roster);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (contacts); i++)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (contacts, i);
      const char *name = hs_contact_get_name (contact);
      g_autofree char *groups = g_strjoinv (",", (char **) hs_contact_get_groups (contact));

      g_string_append_printf (text, "%s=%s[%s]%s ", hs_jid_to_string (hs_contact_get_jid (contact)),
                              name != NULL ? name : "", groups,
                              subscriptions[hs_contact_get_subscription (contact)]);
    }
  return g_string_free (text, FALSE);
}

void
roster_result_cb (GObject *roster, GAsyncResult *result, gpointer data)
{
  RosterResult *self = data;

  g_assert_null (self->result);
  self->result = g_object_ref (result);
}
