/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-offer.h"

#include "hs-namespaces.h"

/* The texts of the children with that name and the parent's namespace. */
static char **
list_texts (HsNode *parent, const char *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  HsNode *child = parent != NULL ? hs_node_first_element (parent) : NULL;

  for (; child != NULL; child = hs_node_next_element (child))
    {
      const char *text = hs_node_get_text (child);

      if (text != NULL && hs_node_matches (child, name, parent->namespace_))
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

static char **
list_binding_types (HsNode *features)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  HsNode *parent = hs_node_get_child (features, "sasl-channel-binding", HS_NS_CHANNEL_BINDING);
  HsNode *child = parent != NULL ? hs_node_first_element (parent) : NULL;
  gboolean any = FALSE;

  for (; child != NULL; child = hs_node_next_element (child))
    {
      const char *type = hs_node_get_attribute (child, "type", NULL);

      if (type == NULL || !hs_node_matches (child, "channel-binding", HS_NS_CHANNEL_BINDING))
        continue;
      g_strv_builder_add (builder, type);
      any = TRUE;
    }
  return any ? g_strv_builder_end (builder) : NULL;
}

static char **
list_or_null (HsNode *parent, const char *name, const char *namespace_)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  HsNode *child = hs_node_first_element (parent);
  gboolean any = FALSE;

  for (; child != NULL; child = hs_node_next_element (child))
    {
      const char *text = hs_node_get_text (child);

      if (text == NULL || !hs_node_matches (child, name, namespace_))
        continue;
      g_strv_builder_add (builder, text);
      any = TRUE;
    }
  return any ? g_strv_builder_end (builder) : NULL;
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

  self->sasl2 = list_texts (authentication, "mechanism");
  self->upgrades = list_or_null (authentication, "upgrade", HS_NS_SASL_UPGRADE);
  if (bind != NULL)
    read_bind2 (self, bind);
  if (fast != NULL)
    self->fast = list_or_null (fast, "mechanism", HS_NS_FAST);
  self->sm = inline_ != NULL && hs_node_get_child (inline_, "sm", HS_NS_SM) != NULL;
}

HsStreamOffer *
hs_stream_offer_new (HsNode *features)
{
  HsStreamOffer *self = g_new0 (HsStreamOffer, 1);
  HsNode *authentication = hs_node_get_child (features, "authentication", HS_NS_SASL2);

  self->mechanisms
      = list_texts (hs_node_get_child (features, "mechanisms", HS_NS_SASL), "mechanism");
  if (authentication != NULL)
    read_sasl2 (self, authentication);
  self->announced = list_binding_types (features);
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
