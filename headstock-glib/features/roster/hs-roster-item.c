/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-item-private.h"

#include <string.h>

#include "hs-namespaces.h"

static gboolean
is_known_group (const char *const *groups, guint n_groups, const char *name)
{
  for (guint i = 0; i < n_groups; i++)
    if (strcmp (groups[i], name) == 0)
      return TRUE;
  return FALSE;
}

HsRosterItem *
hs_roster_item_new (HsJid *jid,
                    const char *name,
                    const char *const *groups,
                    HsSubscription subscription,
                    gboolean is_asking,
                    gboolean is_approved)
{
  guint most = groups != NULL ? g_strv_length ((char **) groups) : 0;
  gsize size = G_STRUCT_OFFSET (HsRosterItem, groups) + (most + 1) * sizeof (char *);
  gsize name_size = name != NULL && *name != '\0' ? strlen (name) + 1 : 0;
  gsize total = size + name_size;
  guint n_groups = 0;
  HsRosterItem *self;
  char *end;

  for (guint i = 0; i < most; i++)
    total += strlen (groups[i]) + 1;
  self = g_malloc (total);
  self->ref_count = 1;
  self->subscription = subscription;
  self->is_asking = is_asking;
  self->is_approved = is_approved;
  self->jid = hs_jid_ref (jid);
  end = (char *) self + size;
  self->name = name_size > 0 ? memcpy (end, name, name_size) : NULL;
  end += name_size;
  for (guint i = 0; i < most; i++)
    if (*groups[i] != '\0' && !is_known_group (self->groups, n_groups, groups[i]))
      {
        gsize group_size = strlen (groups[i]) + 1;

        self->groups[n_groups++] = memcpy (end, groups[i], group_size);
        end += group_size;
      }
  self->groups[n_groups] = NULL;
  return self;
}

static HsSubscription
parse_subscription (const char *text)
{
  if (g_strcmp0 (text, "to") == 0)
    return HS_SUBSCRIPTION_TO;
  if (g_strcmp0 (text, "from") == 0)
    return HS_SUBSCRIPTION_FROM;
  if (g_strcmp0 (text, "both") == 0)
    return HS_SUBSCRIPTION_BOTH;
  return HS_SUBSCRIPTION_NONE;
}

static gboolean
is_true (const char *text)
{
  return g_strcmp0 (text, "true") == 0 || g_strcmp0 (text, "1") == 0;
}

HsRosterItem *
hs_roster_item_new_from_element (HsElement *element, gboolean *is_removal)
{
  const char *address = hs_element_get_attribute (element, "jid");
  const char *subscription = hs_element_get_attribute (element, "subscription");
  g_autoptr (HsJid) jid = address != NULL ? hs_jid_new (address, NULL) : NULL;
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();

  *is_removal = g_strcmp0 (subscription, "remove") == 0;
  if (jid == NULL)
    return NULL;
  for (HsElement *child = hs_element_get_first_child (element); child != NULL;
       child = hs_element_get_next_sibling (child))
    if (hs_element_matches (child, "group", HS_NS_ROSTER))
      {
        const char *group = hs_element_get_text (child);

        g_ptr_array_add (groups, (char *) (group != NULL ? group : ""));
      }
  g_ptr_array_add (groups, NULL);
  return hs_roster_item_new (jid, hs_element_get_attribute (element, "name"),
                             (const char *const *) groups->pdata,
                             parse_subscription (subscription),
                             g_strcmp0 (hs_element_get_attribute (element, "ask"), "subscribe") == 0,
                             is_true (hs_element_get_attribute (element, "approved")));
}

HsRosterItem *
hs_roster_item_ref (HsRosterItem *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
hs_roster_item_unref (HsRosterItem *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  hs_jid_unref (self->jid);
  g_free (self);
}
