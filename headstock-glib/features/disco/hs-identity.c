/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-identity.h"

/**
 * HsIdentity:
 *
 * An identity of an entity, such as a client or a chat service, from a service discovery answer (XEP-0030, 3.1).
 *
 * [method@DiscoInfo.list_identities] returns them. An identity cannot be changed.
 *
 * ```python
 * for identity in info.list_identities():
 *     print(identity.props.category, identity.props.identity_type, identity.props.name)
 * ```
 *
 * Since: 0.2
 */

struct _HsIdentity
{
  GObject parent_instance;

  char *category;
  char *identity_type;
  char *name;
  char *lang;
};

enum
{
  PROP_CATEGORY = 1,
  PROP_IDENTITY_TYPE,
  PROP_NAME,
  PROP_LANG,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsIdentity, hs_identity, G_TYPE_OBJECT)

static void
hs_identity_finalize (GObject *object)
{
  HsIdentity *self = HS_IDENTITY (object);

  g_free (self->category);
  g_free (self->identity_type);
  g_free (self->name);
  g_free (self->lang);

  G_OBJECT_CLASS (hs_identity_parent_class)->finalize (object);
}

static void
hs_identity_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsIdentity *self = HS_IDENTITY (object);

  switch (prop_id)
    {
    case PROP_CATEGORY:
      g_value_set_string (value, self->category);
      break;
    case PROP_IDENTITY_TYPE:
      g_value_set_string (value, self->identity_type);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_LANG:
      g_value_set_string (value, self->lang);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_identity_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsIdentity *self = HS_IDENTITY (object);

  switch (prop_id)
    {
    case PROP_CATEGORY:
      self->category = g_value_dup_string (value);
      break;
    case PROP_IDENTITY_TYPE:
      self->identity_type = g_value_dup_string (value);
      break;
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    case PROP_LANG:
      self->lang = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_identity_class_init (HsIdentityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = hs_identity_finalize;
  object_class->get_property = hs_identity_get_property;
  object_class->set_property = hs_identity_set_property;

  /**
   * HsIdentity:category: (getter get_category)
   *
   * The category, such as `client` or `conference`. The default is an empty string.
   *
   * Since: 0.2
   */
  props[PROP_CATEGORY] = g_param_spec_string ("category", NULL, NULL, "", flags);

  /**
   * HsIdentity:identity-type: (getter get_identity_type)
   *
   * The type within the category, such as `pc` or `text`. The default is an empty string.
   *
   * Since: 0.2
   */
  props[PROP_IDENTITY_TYPE] = g_param_spec_string ("identity-type", NULL, NULL, "", flags);

  /**
   * HsIdentity:name: (getter get_name)
   *
   * A name for people to read, or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);

  /**
   * HsIdentity:lang: (getter get_lang)
   *
   * The language of the name (`xml:lang`), or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_LANG] = g_param_spec_string ("lang", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_identity_init (HsIdentity *self)
{
}

/**
 * hs_identity_get_category: (get-property category)
 * @self: an identity
 *
 * The category, such as `client` or `conference`. The registrar of XMPP lists the categories.
 *
 * Returns: the category
 *
 * Since: 0.2
 */
const char *
hs_identity_get_category (HsIdentity *self)
{
  g_return_val_if_fail (HS_IS_IDENTITY (self), NULL);

  return self->category;
}

/**
 * hs_identity_get_identity_type: (get-property identity-type)
 * @self: an identity
 *
 * The type within the category, such as `pc` or `text`.
 *
 * Returns: the type
 *
 * Since: 0.2
 */
const char *
hs_identity_get_identity_type (HsIdentity *self)
{
  g_return_val_if_fail (HS_IS_IDENTITY (self), NULL);

  return self->identity_type;
}

/**
 * hs_identity_get_name: (get-property name)
 * @self: an identity
 *
 * A name for people to read.
 *
 * Returns: (nullable): the name, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_identity_get_name (HsIdentity *self)
{
  g_return_val_if_fail (HS_IS_IDENTITY (self), NULL);

  return self->name;
}

/**
 * hs_identity_get_lang: (get-property lang)
 * @self: an identity
 *
 * The language of the name (`xml:lang`).
 *
 * Returns: (nullable): the language, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_identity_get_lang (HsIdentity *self)
{
  g_return_val_if_fail (HS_IS_IDENTITY (self), NULL);

  return self->lang;
}
