/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-item-private.h"

#include <string.h>

#include "hs-feature.h"
#include "hs-namespaces.h"

/* Most contacts are in no more groups. */
#define FEW_GROUPS 8

/* @known: of so many groups that each cannot be compared with all others; or NULL. */
static gboolean
is_known_group (const char *const *groups, guint n_groups, GHashTable *known, const char *name)
{
  if (known != NULL)
    return !g_hash_table_add (known, (char *) name);
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
  g_autoptr (GHashTable) known = most > FEW_GROUPS ? g_hash_table_new (g_str_hash, g_str_equal) : NULL;
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
    if (*groups[i] != '\0' && !is_known_group (self->groups, n_groups, known, groups[i]))
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

/* The texts of an item's groups, in @few or, where they are more than fit there, in @more; ends with NULL. */
static const char *const *
get_groups (HsElement *element, const char *few[FEW_GROUPS + 1], const char ***more)
{
  guint n_groups = hs_feature_get_child_values (element, "group", HS_NS_ROSTER, NULL, few, FEW_GROUPS);

  *more = NULL;
  if (n_groups <= FEW_GROUPS)
    {
      few[n_groups] = NULL;
      return few;
    }
  *more = g_new0 (const char *, n_groups + 1);
  hs_feature_get_child_values (element, "group", HS_NS_ROSTER, NULL, *more, n_groups);
  return *more;
}

HsRosterItem *
hs_roster_item_new_from_element (HsElement *element, gboolean *is_removal)
{
  const char *address = hs_element_get_attribute (element, "jid");
  const char *subscription = hs_element_get_attribute (element, "subscription");
  g_autoptr (HsJid) jid = address != NULL ? hs_jid_new (address, NULL) : NULL;
  const char *few[FEW_GROUPS + 1];
  g_autofree const char **more = NULL;

  *is_removal = g_strcmp0 (subscription, "remove") == 0;
  if (jid == NULL)
    return NULL;
  return hs_roster_item_new (jid, hs_element_get_attribute (element, "name"),
                             get_groups (element, few, &more),
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
