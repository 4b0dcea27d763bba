/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-resource-set-private.h"

#include "hs-contact-private.h"
#include "hs-resource-private.h"

/* Returns the pointer to the resource of an address, or where it would be appended. */
static HsResourceInfo **
find_place (HsResourceSet *self, HsJid *jid, guint *position)
{
  HsResourceInfo **place = &self->first;
  const char *resource = hs_jid_get_resource (jid);

  *position = 0;
  while (*place != NULL && g_strcmp0 (hs_resource_info_get_text (*place, (*place)->resource), resource) != 0)
    {
      place = &(*place)->next;
      ++*position;
    }
  return place;
}

static void
find_best (HsResourceSet *self)
{
  self->best = self->first;
  for (HsResourceInfo *info = self->first; info != NULL; info = info->next)
    if (hs_resource_info_is_better (info, self->best))
      self->best = info;
}

/* Replaces the resource at @place, or removes it where @info is NULL. @info: (transfer full) (nullable). */
static void
replace (HsResourceSet *self, HsResourceInfo **place, HsResourceInfo *info)
{
  g_autoptr (HsResourceInfo) old = *place;

  if (info != NULL)
    info->next = old != NULL ? old->next : NULL;
  *place = info != NULL ? info : old->next;
  find_best (self);
}

static void
append_to_list (HsResourceSet *self, HsJid *jid, HsResourceInfo *info)
{
  g_autoptr (HsResource) resource = hs_resource_new (jid, info);

  hs_roster_list_append (self->list, resource);
}

gboolean
hs_resource_set_put (HsResourceSet *self, HsJid *jid, HsPresence *presence, guint64 serial)
{
  guint position;
  HsResourceInfo **place = find_place (self, jid, &position);
  gboolean is_known = *place != NULL;
  HsResourceInfo *info;

  if (position >= HS_CONTACT_MAX_RESOURCES)
    return FALSE;
  info = hs_resource_info_new (jid, presence, serial, *place);
  replace (self, place, info);
  if (self->list == NULL)
    return TRUE;
  if (is_known)
    hs_resource_set_info (hs_roster_list_peek (self->list, position), info);
  else
    append_to_list (self, jid, info);
  return TRUE;
}

gboolean
hs_resource_set_remove (HsResourceSet *self, HsJid *jid)
{
  guint position;
  HsResourceInfo **place = find_place (self, jid, &position);

  if (*place == NULL)
    return FALSE;
  replace (self, place, NULL);
  if (self->list != NULL)
    hs_roster_list_remove (self->list, hs_roster_list_peek (self->list, position));
  return TRUE;
}

static void
free_all (HsResourceSet *self)
{
  HsResourceInfo *info = g_steal_pointer (&self->first);

  self->best = NULL;
  while (info != NULL)
    {
      g_autoptr (HsResourceInfo) gone G_GNUC_UNUSED = info;

      info = info->next;
    }
}

void
hs_resource_set_remove_all (HsResourceSet *self)
{
  free_all (self);
  if (self->list != NULL)
    g_ptr_array_unref (
      hs_roster_list_replace (self->list, g_ptr_array_new_with_free_func (g_object_unref)));
}

HsRosterList *
hs_resource_set_ensure_list (HsResourceSet *self, HsJid *contact)
{
  if (self->list != NULL)
    return self->list;
  self->list = hs_roster_list_new (HS_TYPE_RESOURCE);
  for (HsResourceInfo *info = self->first; info != NULL; info = info->next)
    {
      /* This cannot fail: the resourcepart comes from a prepared address. */
      g_autoptr (HsJid) jid
        = hs_jid_with_resource (contact, hs_resource_info_get_text (info, info->resource), NULL);

      append_to_list (self, jid, info);
    }
  return self->list;
}

void
hs_resource_set_clear (HsResourceSet *self)
{
  free_all (self);
  g_clear_object (&self->list);
}
