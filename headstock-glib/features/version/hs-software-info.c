/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-software-info-private.h"

/**
 * HsSoftwareInfo:
 *
 * The program that somebody uses, as they describe it (XEP-0092).
 *
 * It is the answer to [method@SoftwareVersion.query_async]. The texts are as the other side wrote them:
 * [func@printable] makes them fit for a terminal or a log.
 *
 * ```python
 * info = await software_version.query_async("example.org")
 * print(info.name, info.version, info.os)
 * ```
 *
 * Since: 0.2
 */

struct _HsSoftwareInfo
{
  GObject parent_instance;

  char *name;
  char *version;
  char *os;
};

enum
{
  PROP_NAME = 1,
  PROP_VERSION,
  PROP_OS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsSoftwareInfo, hs_software_info, G_TYPE_OBJECT)

static void
hs_software_info_finalize (GObject *object)
{
  HsSoftwareInfo *self = HS_SOFTWARE_INFO (object);

  g_free (self->name);
  g_free (self->version);
  g_free (self->os);

  G_OBJECT_CLASS (hs_software_info_parent_class)->finalize (object);
}

static void
hs_software_info_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsSoftwareInfo *self = HS_SOFTWARE_INFO (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_VERSION:
      g_value_set_string (value, self->version);
      break;
    case PROP_OS:
      g_value_set_string (value, self->os);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_software_info_class_init (HsSoftwareInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_software_info_finalize;
  object_class->get_property = hs_software_info_get_property;

  /**
   * HsSoftwareInfo:name: (getter get_name)
   *
   * The name of the program; %NULL if the other side did not say.
   *
   * Since: 0.2
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);

  /**
   * HsSoftwareInfo:version: (getter get_version)
   *
   * The version of the program; %NULL if the other side did not say.
   *
   * Since: 0.2
   */
  props[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, ro);

  /**
   * HsSoftwareInfo:os: (getter get_os)
   *
   * The operating system; %NULL if the other side did not say.
   *
   * Since: 0.2
   */
  props[PROP_OS] = g_param_spec_string ("os", NULL, NULL, NULL, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_software_info_init (HsSoftwareInfo *self)
{
}

HsSoftwareInfo *
hs_software_info_new (const char *name, const char *version, const char *os)
{
  HsSoftwareInfo *self = g_object_new (HS_TYPE_SOFTWARE_INFO, NULL);

  self->name = g_strdup (name);
  self->version = g_strdup (version);
  self->os = g_strdup (os);
  return self;
}

/**
 * hs_software_info_get_name: (get-property name)
 * @self: a description of a program
 *
 * Gets the name of the program.
 *
 * Returns: (nullable): the text as the other side wrote it, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_software_info_get_name (HsSoftwareInfo *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_INFO (self), NULL);

  return self->name;
}

/**
 * hs_software_info_get_version: (get-property version)
 * @self: a description of a program
 *
 * Gets the version of the program.
 *
 * Returns: (nullable): the text as the other side wrote it, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_software_info_get_version (HsSoftwareInfo *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_INFO (self), NULL);

  return self->version;
}

/**
 * hs_software_info_get_os: (get-property os)
 * @self: a description of a program
 *
 * Gets the operating system.
 *
 * Returns: (nullable): the text as the other side wrote it, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_software_info_get_os (HsSoftwareInfo *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_INFO (self), NULL);

  return self->os;
}
