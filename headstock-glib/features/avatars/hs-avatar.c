/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-avatar-private.h"

/**
 * HsAvatar:
 *
 * The image that somebody shows (XEP-0084, XEP-0153).
 *
 * [method@Avatars.lookup] returns it. The object stays the same while it is referenced; its properties follow the image
 * that the person shows. The library does not decode images: the bytes are checked against their hash, and the metadata
 * is what the other side says.
 *
 * ```python
 * avatar = avatars.lookup("juliet@example.com")
 * avatar.connect("notify::bytes", lambda avatar, pspec: show(avatar.props.bytes))
 * avatar.connect("notify::hash", lambda avatar, pspec: avatars.load_async(avatar, None, loaded))
 * avatars.load_async(avatar, None, loaded)
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_HASH = 1,
  PROP_MEDIA_TYPE,
  PROP_BYTES,
  PROP_WIDTH,
  PROP_HEIGHT,
  PROP_IS_LOADING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsAvatar, hs_avatar, G_TYPE_OBJECT)

static void
hs_avatar_finalize (GObject *object)
{
  HsAvatar *self = HS_AVATAR (object);

  g_free (self->key);
  g_free (self->hash);
  g_free (self->media_type);
  g_clear_pointer (&self->bytes, g_bytes_unref);

  G_OBJECT_CLASS (hs_avatar_parent_class)->finalize (object);
}

static void
hs_avatar_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsAvatar *self = HS_AVATAR (object);

  switch (prop_id)
    {
    case PROP_HASH:
      g_value_set_string (value, hs_avatar_get_hash (self));
      break;
    case PROP_MEDIA_TYPE:
      g_value_set_string (value, hs_avatar_get_media_type (self));
      break;
    case PROP_BYTES:
      g_value_set_boxed (value, hs_avatar_get_bytes (self));
      break;
    case PROP_WIDTH:
      g_value_set_int (value, hs_avatar_get_width (self));
      break;
    case PROP_HEIGHT:
      g_value_set_int (value, hs_avatar_get_height (self));
      break;
    case PROP_IS_LOADING:
      g_value_set_boolean (value, hs_avatar_get_is_loading (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_avatar_class_init (HsAvatarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_avatar_finalize;
  object_class->get_property = hs_avatar_get_property;

  /**
   * HsAvatar:hash: (getter get_hash)
   *
   * The SHA-1 hash of the image in hexadecimal digits; %NULL if the person shows no image, or its hash is not known.
   *
   * Since: 0.2
   */
  props[PROP_HASH] = g_param_spec_string ("hash", NULL, NULL, NULL, ro);

  /**
   * HsAvatar:media-type: (getter get_media_type)
   *
   * The media type of the image, such as `image/png`, from the metadata; %NULL if it is not known.
   *
   * Since: 0.2
   */
  props[PROP_MEDIA_TYPE] = g_param_spec_string ("media-type", NULL, NULL, NULL, ro);

  /**
   * HsAvatar:bytes: (getter get_bytes)
   *
   * The image itself; %NULL until it was loaded, and again when the person shows another one.
   *
   * Since: 0.2
   */
  props[PROP_BYTES] = g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, ro);

  /**
   * HsAvatar:width: (getter get_width)
   *
   * The width of the image in pixels, from the metadata; 0 if it is not known.
   *
   * Since: 0.2
   */
  props[PROP_WIDTH] = g_param_spec_int ("width", NULL, NULL, 0, G_MAXINT, 0, ro);

  /**
   * HsAvatar:height: (getter get_height)
   *
   * The height of the image in pixels, from the metadata; 0 if it is not known.
   *
   * Since: 0.2
   */
  props[PROP_HEIGHT] = g_param_spec_int ("height", NULL, NULL, 0, G_MAXINT, 0, ro);

  /**
   * HsAvatar:is-loading: (getter get_is_loading)
   *
   * Whether the image is being loaded.
   *
   * Since: 0.2
   */
  props[PROP_IS_LOADING] = g_param_spec_boolean ("is-loading", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_avatar_init (HsAvatar *self)
{
}

HsAvatar *
hs_avatar_new (const char *key)
{
  HsAvatar *self = g_object_new (HS_TYPE_AVATAR, NULL);

  self->key = g_strdup (key);
  return self;
}

static void
set_text (HsAvatar *self, char **field, const char *text, guint prop)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_number (HsAvatar *self, int *field, int number, guint prop)
{
  if (*field == number)
    return;
  *field = number;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
hs_avatar_set_bytes (HsAvatar *self, GBytes *bytes)
{
  if (self->bytes == bytes)
    return;
  if (bytes != NULL)
    g_bytes_ref (bytes);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BYTES]);
}

void
hs_avatar_set_info (HsAvatar *self, const HsAvatarInfo *info)
{
  static const HsAvatarInfo none = { 0 };

  if (info == NULL)
    info = &none;
  g_object_freeze_notify (G_OBJECT (self));
  /* The bytes are those of the previous image. */
  if (g_strcmp0 (self->hash, info->hash) != 0)
    hs_avatar_set_bytes (self, NULL);
  set_text (self, &self->hash, info->hash, PROP_HASH);
  set_text (self, &self->media_type, info->media_type, PROP_MEDIA_TYPE);
  set_number (self, &self->width, info->width, PROP_WIDTH);
  set_number (self, &self->height, info->height, PROP_HEIGHT);
  g_object_thaw_notify (G_OBJECT (self));
}

void
hs_avatar_set_loading (HsAvatar *self, gboolean is_loading)
{
  set_number (self, &self->is_loading, is_loading, PROP_IS_LOADING);
}

/**
 * hs_avatar_get_hash: (get-property hash)
 * @self: an avatar
 *
 * Gets the hash of the image.
 *
 * Returns: (nullable): the hash, or %NULL if the person shows no image, or its hash is not known
 *
 * Since: 0.2
 */
const char *
hs_avatar_get_hash (HsAvatar *self)
{
  g_return_val_if_fail (HS_IS_AVATAR (self), NULL);

  return self->hash;
}

/**
 * hs_avatar_get_media_type: (get-property media-type)
 * @self: an avatar
 *
 * Gets the media type of the image.
 *
 * Returns: (nullable): the media type, or %NULL if it is not known
 *
 * Since: 0.2
 */
const char *
hs_avatar_get_media_type (HsAvatar *self)
{
  g_return_val_if_fail (HS_IS_AVATAR (self), NULL);

  return self->media_type;
}

/**
 * hs_avatar_get_bytes: (get-property bytes)
 * @self: an avatar
 *
 * Gets the image.
 *
 * Returns: (transfer none) (nullable): the image, or %NULL if it was not loaded
 *
 * Since: 0.2
 */
GBytes *
hs_avatar_get_bytes (HsAvatar *self)
{
  g_return_val_if_fail (HS_IS_AVATAR (self), NULL);

  return self->bytes;
}

/**
 * hs_avatar_get_width: (get-property width)
 * @self: an avatar
 *
 * Gets the width of the image.
 *
 * Returns: the width in pixels, or 0 if it is not known
 *
 * Since: 0.2
 */
int
hs_avatar_get_width (HsAvatar *self)
{
  g_return_val_if_fail (HS_IS_AVATAR (self), 0);

  return self->width;
}

/**
 * hs_avatar_get_height: (get-property height)
 * @self: an avatar
 *
 * Gets the height of the image.
 *
 * Returns: the height in pixels, or 0 if it is not known
 *
 * Since: 0.2
 */
int
hs_avatar_get_height (HsAvatar *self)
{
  g_return_val_if_fail (HS_IS_AVATAR (self), 0);

  return self->height;
}

/**
 * hs_avatar_get_is_loading: (get-property is-loading)
 * @self: an avatar
 *
 * Gets whether the image is being loaded.
 *
 * Returns: true while it is
 *
 * Since: 0.2
 */
gboolean
hs_avatar_get_is_loading (HsAvatar *self)
{
  g_return_val_if_fail (HS_IS_AVATAR (self), FALSE);

  return self->is_loading;
}
