/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-push-private.h"

#include "hs-namespaces.h"

gboolean
hs_roster_is_query (HsElement *query, const char *type)
{
  HsElement *iq;

  if (query == NULL || !hs_element_matches (query, "query", HS_NS_ROSTER))
    return FALSE;
  iq = hs_element_get_parent (query);
  return iq != NULL && hs_element_matches (iq, "iq", HS_NS_CLIENT)
         && hs_element_get_parent (iq) == NULL
         && g_strcmp0 (hs_element_get_attribute (iq, "type"), type) == 0
         && hs_element_get_first_child (iq) == query && hs_element_get_next_sibling (query) == NULL;
}

/* The only item of a query; NULL: there are none or several. */
static HsElement *
get_only_item (HsElement *query)
{
  HsElement *item = NULL;

  for (HsElement *child = hs_element_get_first_child (query); child != NULL;
       child = hs_element_get_next_sibling (child))
    if (hs_element_matches (child, "item", HS_NS_ROSTER))
      {
        if (item != NULL)
          return NULL;
        item = child;
      }
  return item;
}

HsRosterPush *
hs_roster_push_new (HsElement *iq)
{
  HsElement *query = hs_element_get_first_child (iq);
  HsElement *item = hs_roster_is_query (query, "set") ? get_only_item (query) : NULL;
  g_autoptr (HsRosterPush) self = NULL;

  if (item == NULL)
    return NULL;
  self = g_new0 (HsRosterPush, 1);
  self->item = hs_roster_item_new_from_element (item, &self->is_removal);
  self->version = g_strdup (hs_element_get_attribute (query, "ver"));
  return self->item != NULL ? g_steal_pointer (&self) : NULL;
}

void
hs_roster_push_free (HsRosterPush *self)
{
  g_clear_pointer (&self->item, hs_roster_item_unref);
  g_free (self->version);
  g_free (self);
}
