/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-features.h"

#include <string.h>

#include "hs-namespaces.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Lists a string for each child with that name and namespace: its attribute, or its text where @attribute is
 * NULL. NULL if there is no such child. */
static char **
list (HsNode *parent, const char *name, const char *namespace_, const char *attribute)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  HsNode *child = parent != NULL ? hs_node_first_element (parent) : NULL;

  for (; child != NULL; child = hs_node_next_element (child))
    {
      char *text;

      if (!hs_node_matches (child, name, namespace_))
        continue;
      text = attribute != NULL ? g_strdup (hs_node_get_attribute (child, attribute, NULL))
                               : hs_node_dup_value (child);
      if (text != NULL)
        g_ptr_array_add (names, text);
    }
  if (names->len == 0)
    return NULL;
  g_ptr_array_sort (names, compare);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static void
read_bind2 (HsStreamFeatures *self, HsNode *bind)
{
  HsNode *inline_ = hs_node_get_child (bind, "inline", HS_NS_BIND2);
  HsNode *child = inline_ != NULL ? hs_node_first_element (inline_) : NULL;

  self->bind2 = TRUE;
  for (; child != NULL; child = hs_node_next_element (child))
    {
      const char *feature = hs_node_get_attribute (child, "var", NULL);

      if (feature == NULL || !hs_node_matches (child, "feature", HS_NS_BIND2))
        continue;
      self->bind2_carbons |= g_str_equal (feature, HS_NS_CARBONS);
      self->bind2_csi |= g_str_equal (feature, HS_NS_CSI);
      self->bind2_sm |= g_str_equal (feature, HS_NS_SM);
    }
}

static void
read_sasl2 (HsStreamFeatures *self, HsNode *authentication)
{
  HsNode *inline_ = hs_node_get_child (authentication, "inline", HS_NS_SASL2);
  HsNode *bind = inline_ != NULL ? hs_node_get_child (inline_, "bind", HS_NS_BIND2) : NULL;
  HsNode *fast = inline_ != NULL ? hs_node_get_child (inline_, "fast", HS_NS_FAST) : NULL;

  self->sasl2 = list (authentication, "mechanism", HS_NS_SASL2, NULL);
  self->upgrades = list (authentication, "upgrade", HS_NS_SASL_UPGRADE, NULL);
  if (bind != NULL)
    read_bind2 (self, bind);
  self->fast = list (fast, "mechanism", HS_NS_FAST, NULL);
  self->sm = inline_ != NULL && hs_node_get_child (inline_, "sm", HS_NS_SM) != NULL;
}

HsStreamFeatures *
hs_stream_features_new (HsNode *features)
{
  HsStreamFeatures *self = g_new0 (HsStreamFeatures, 1);
  HsNode *mechanisms = hs_node_get_child (features, "mechanisms", HS_NS_SASL);
  HsNode *authentication = hs_node_get_child (features, "authentication", HS_NS_SASL2);
  HsNode *binding = hs_node_get_child (features, "sasl-channel-binding", HS_NS_CHANNEL_BINDING);

  self->mechanisms = list (mechanisms, "mechanism", HS_NS_SASL, NULL);
  if (authentication != NULL)
    read_sasl2 (self, authentication);
  self->announced = list (binding, "channel-binding", HS_NS_CHANNEL_BINDING, "type");
  return self;
}

void
hs_stream_features_free (HsStreamFeatures *self)
{
  g_strfreev (self->mechanisms);
  g_strfreev (self->sasl2);
  g_strfreev (self->announced);
  g_strfreev (self->fast);
  g_strfreev (self->upgrades);
  g_free (self);
}

GVariant *
hs_stream_features_save (const HsStreamFeatures *self)
{
  return g_variant_new ("(m^asm^asm^asm^asm^asbbbbb)", self->mechanisms, self->sasl2,
                        self->announced, self->fast, self->upgrades, self->bind2,
                        self->bind2_carbons, self->bind2_csi, self->bind2_sm, self->sm);
}

HsStreamFeatures *
hs_stream_features_load (GVariant *saved)
{
  HsStreamFeatures *self;

  if (saved == NULL || !g_variant_is_of_type (saved, G_VARIANT_TYPE (HS_STREAM_FEATURES_TYPE)))
    return NULL;
  self = g_new0 (HsStreamFeatures, 1);
  g_variant_get (saved, "(m^asm^asm^asm^asm^asbbbbb)", &self->mechanisms, &self->sasl2,
                 &self->announced, &self->fast, &self->upgrades, &self->bind2,
                 &self->bind2_carbons, &self->bind2_csi, &self->bind2_sm, &self->sm);
  return self;
}

HsSessionFeatures
hs_session_features_read (HsNode *features)
{
  HsNode *session = hs_node_get_child (features, "session", HS_NS_SESSION);
  HsSessionFeatures found = 0;

  if (hs_node_get_child (features, "bind", HS_NS_BIND) != NULL)
    found |= HS_SESSION_FEATURE_BIND;
  if (hs_node_get_child (features, "sm", HS_NS_SM) != NULL)
    found |= HS_SESSION_FEATURE_SM;
  /* RFC 6121 removed the session request. A server that still demands it does not mark it as optional. */
  if (session != NULL && hs_node_get_child (session, "optional", NULL) == NULL)
    found |= HS_SESSION_FEATURE_SESSION;
  return found;
}

gsize
hs_stream_features_read_max_bytes (HsNode *features)
{
  HsNode *limits = hs_node_get_child (features, "limits", HS_NS_LIMITS);
  HsNode *bytes = limits != NULL ? hs_node_get_child (limits, "max-bytes", HS_NS_LIMITS) : NULL;
  g_autofree char *text = bytes != NULL ? hs_node_dup_value (bytes) : NULL;
  guint64 value = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;

  /* XEP-0478 and RFC 6120, 13.12 forbid less than 10,000 bytes. Ignore such a limit: nothing could be sent. */
  return value >= 10000 && value <= G_MAXSSIZE ? value : 0;
}

gboolean
hs_stream_features_equal (const HsStreamFeatures *self, const HsStreamFeatures *other)
{
  g_autoptr (GVariant) mine = g_variant_ref_sink (hs_stream_features_save (self));
  g_autoptr (GVariant) theirs = g_variant_ref_sink (hs_stream_features_save (other));

  return g_variant_equal (mine, theirs);
}
