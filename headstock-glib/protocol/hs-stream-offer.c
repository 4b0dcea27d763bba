/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-offer.h"

#include <string.h>

#include "hs-namespaces.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* One for each child with that name and namespace: its attribute, or its text where that is NULL. NULL
 * without any. */
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
read_bind2 (HsStreamOffer *self, HsNode *bind)
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
read_sasl2 (HsStreamOffer *self, HsNode *authentication)
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

HsStreamOffer *
hs_stream_offer_new (HsNode *features)
{
  HsStreamOffer *self = g_new0 (HsStreamOffer, 1);
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
hs_stream_offer_free (HsStreamOffer *self)
{
  g_strfreev (self->mechanisms);
  g_strfreev (self->sasl2);
  g_strfreev (self->announced);
  g_strfreev (self->fast);
  g_strfreev (self->upgrades);
  g_free (self);
}

GVariant *
hs_stream_offer_save (const HsStreamOffer *self)
{
  return g_variant_new ("(m^asm^asm^asm^asm^asbbbbb)", self->mechanisms, self->sasl2,
                        self->announced, self->fast, self->upgrades, self->bind2,
                        self->bind2_carbons, self->bind2_csi, self->bind2_sm, self->sm);
}

HsStreamOffer *
hs_stream_offer_load (GVariant *saved)
{
  HsStreamOffer *self;

  if (saved == NULL || !g_variant_is_of_type (saved, G_VARIANT_TYPE (HS_STREAM_OFFER_TYPE)))
    return NULL;
  self = g_new0 (HsStreamOffer, 1);
  g_variant_get (saved, "(m^asm^asm^asm^asm^asbbbbb)", &self->mechanisms, &self->sasl2,
                 &self->announced, &self->fast, &self->upgrades, &self->bind2,
                 &self->bind2_carbons, &self->bind2_csi, &self->bind2_sm, &self->sm);
  return self;
}

HsSessionOffer
hs_session_offer_read (HsNode *features)
{
  HsNode *session = hs_node_get_child (features, "session", HS_NS_SESSION);
  HsSessionOffer offer = 0;

  if (hs_node_get_child (features, "bind", HS_NS_BIND) != NULL)
    offer |= HS_SESSION_OFFER_BIND;
  if (hs_node_get_child (features, "sm", HS_NS_SM) != NULL)
    offer |= HS_SESSION_OFFER_SM;
  /* RFC 6121 has done away with it; servers that still demand it do not call it optional. */
  if (session != NULL && hs_node_get_child (session, "optional", NULL) == NULL)
    offer |= HS_SESSION_OFFER_SESSION;
  return offer;
}

gboolean
hs_stream_offer_equal (const HsStreamOffer *self, const HsStreamOffer *other)
{
  g_autoptr (GVariant) mine = g_variant_ref_sink (hs_stream_offer_save (self));
  g_autoptr (GVariant) theirs = g_variant_ref_sink (hs_stream_offer_save (other));

  return g_variant_equal (mine, theirs);
}
