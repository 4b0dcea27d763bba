/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-vcard-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"

/**
 * HsVcard:
 *
 * What somebody says about themself: names, a photo, how to be reached (XEP-0054).
 *
 * It comes from [method@Vcards.fetch_async], or a program makes it. The properties read and write the most usual
 * fields; the whole vCard is in [property@Vcard:element], and fields without a property stay as they are. The texts are
 * as the other side wrote them: [func@printable] makes them fit for a terminal or a log. Nobody has checked that they
 * are true.
 *
 * ```python
 * vcard = Headstock.Vcard(full_name="Juliet Capulet", nickname="juliet")
 * print(vcard.props.full_name, vcard.props.element)
 * ```
 *
 * Since: 0.2
 */

struct _HsVcard
{
  GObject parent_instance;

  HsElement *element;
  GBytes *photo;    /* decoded last; @element may have changed since */
  char *photo_text; /* the text that @photo was decoded from */
};

/* The other properties have the numbers of HsVcardField. */
enum
{
  PROP_ELEMENT = HS_VCARD_N_FIELDS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsVcard, hs_vcard, G_TYPE_OBJECT)

static void
set_text (HsVcard *self, HsVcardField field, const char *text)
{
  if (text != NULL && *text == '\0')
    text = NULL;
  if (g_strcmp0 (hs_vcard_read_field (self->element, field), text) == 0)
    return;
  hs_vcard_write_field (self->element, field, text);
  g_object_notify_by_pspec (G_OBJECT (self), props[field]);
}

static gboolean
is_equal (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

static void
hs_vcard_finalize (GObject *object)
{
  HsVcard *self = HS_VCARD (object);

  g_clear_object (&self->element);
  g_clear_pointer (&self->photo, g_bytes_unref);
  g_free (self->photo_text);

  G_OBJECT_CLASS (hs_vcard_parent_class)->finalize (object);
}

static void
hs_vcard_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsVcard *self = HS_VCARD (object);

  switch (prop_id)
    {
    case HS_VCARD_FIELD_FULL_NAME:
    case HS_VCARD_FIELD_GIVEN_NAME:
    case HS_VCARD_FIELD_FAMILY_NAME:
    case HS_VCARD_FIELD_NICKNAME:
    case HS_VCARD_FIELD_NOTE:
    case HS_VCARD_FIELD_BIRTHDAY:
    case HS_VCARD_FIELD_EMAIL:
    case HS_VCARD_FIELD_URL:
    case HS_VCARD_FIELD_PHOTO_TYPE:
      g_value_set_string (value, hs_vcard_read_field (self->element, prop_id));
      break;
    case HS_VCARD_FIELD_PHOTO:
      g_value_set_boxed (value, hs_vcard_get_photo (self));
      break;
    case PROP_ELEMENT:
      g_value_set_object (value, hs_vcard_get_element (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_vcard_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsVcard *self = HS_VCARD (object);

  switch (prop_id)
    {
    case HS_VCARD_FIELD_FULL_NAME:
    case HS_VCARD_FIELD_GIVEN_NAME:
    case HS_VCARD_FIELD_FAMILY_NAME:
    case HS_VCARD_FIELD_NICKNAME:
    case HS_VCARD_FIELD_NOTE:
    case HS_VCARD_FIELD_BIRTHDAY:
    case HS_VCARD_FIELD_EMAIL:
    case HS_VCARD_FIELD_URL:
    case HS_VCARD_FIELD_PHOTO_TYPE:
      set_text (self, prop_id, g_value_get_string (value));
      break;
    case HS_VCARD_FIELD_PHOTO:
      hs_vcard_set_photo (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_texts (GParamFlags rw)
{
  /**
   * HsVcard:full-name: (getter get_full_name) (setter set_full_name)
   *
   * The full name, as it is to be shown (`FN`).
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_FULL_NAME] = g_param_spec_string ("full-name", NULL, NULL, NULL, rw);

  /**
   * HsVcard:given-name: (getter get_given_name) (setter set_given_name)
   *
   * The given name (`GIVEN` in `N`).
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_GIVEN_NAME] = g_param_spec_string ("given-name", NULL, NULL, NULL, rw);

  /**
   * HsVcard:family-name: (getter get_family_name) (setter set_family_name)
   *
   * The family name (`FAMILY` in `N`).
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_FAMILY_NAME] = g_param_spec_string ("family-name", NULL, NULL, NULL, rw);

  /**
   * HsVcard:nickname: (getter get_nickname) (setter set_nickname)
   *
   * The nickname (`NICKNAME`).
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_NICKNAME] = g_param_spec_string ("nickname", NULL, NULL, NULL, rw);

  /**
   * HsVcard:note: (getter get_note) (setter set_note)
   *
   * What the person says about themself (`NOTE`, or `DESC` if there is no note).
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, rw);

  /**
   * HsVcard:birthday: (getter get_birthday) (setter set_birthday)
   *
   * The birthday (`BDAY`), as it is written: usually a date such as `1966-08-06`.
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_BIRTHDAY] = g_param_spec_string ("birthday", NULL, NULL, NULL, rw);

  /**
   * HsVcard:email: (getter get_email) (setter set_email)
   *
   * The preferred e-mail address (`EMAIL`), otherwise the first one.
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_EMAIL] = g_param_spec_string ("email", NULL, NULL, NULL, rw);

  /**
   * HsVcard:url: (getter get_url) (setter set_url)
   *
   * The address of a page of the person (`URL`). The other side wrote it: check it before you open it.
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_URL] = g_param_spec_string ("url", NULL, NULL, NULL, rw);
}

static void
hs_vcard_class_init (HsVcardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_vcard_finalize;
  object_class->get_property = hs_vcard_get_property;
  object_class->set_property = hs_vcard_set_property;

  install_texts (rw);

  /**
   * HsVcard:photo: (getter get_photo) (setter set_photo)
   *
   * The bytes of the photo (`BINVAL` in `PHOTO`), which may be anything: this library does not decode images.
   *
   * The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_PHOTO] = g_param_spec_boxed ("photo", NULL, NULL, G_TYPE_BYTES, rw);

  /**
   * HsVcard:photo-type: (getter get_photo_type) (setter set_photo_type)
   *
   * The media type of the photo (`TYPE` in `PHOTO`), such as `image/png`.
   *
   * The default is %NULL: it is not known.
   *
   * Since: 0.2
   */
  props[HS_VCARD_FIELD_PHOTO_TYPE] = g_param_spec_string ("photo-type", NULL, NULL, NULL, rw);

  /**
   * HsVcard:element: (getter get_element)
   *
   * The whole vCard, the `<vCard xmlns='vcard-temp'/>`, to read and change fields that have no property.
   *
   * Properties are not notified when the element is changed.
   *
   * Since: 0.2
   */
  props[PROP_ELEMENT] = g_param_spec_object ("element", NULL, NULL, HS_TYPE_ELEMENT,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_vcard_init (HsVcard *self)
{
  self->element = hs_element_new ("vCard", HS_NS_VCARD);
}

/**
 * hs_vcard_new:
 *
 * Makes an empty vCard.
 *
 * Returns: (transfer full): the vCard
 *
 * Since: 0.2
 */
HsVcard *
hs_vcard_new (void)
{
  return g_object_new (HS_TYPE_VCARD, NULL);
}

/**
 * hs_vcard_new_from_element:
 * @element: a `<vCard xmlns='vcard-temp'/>`, which is copied
 * @error: return location for an error
 *
 * Makes a vCard from its XML, for example from what the program has saved.
 *
 * Errors: %HS_ERROR_PROTOCOL if the element is not a vCard.
 *
 * Returns: (transfer full): the vCard, or %NULL with an error
 *
 * Since: 0.2
 */
HsVcard *
hs_vcard_new_from_element (HsElement *element, GError **error)
{
  HsVcard *self;

  g_return_val_if_fail (HS_IS_ELEMENT (element), NULL);

  if (!hs_element_matches (element, "vCard", HS_NS_VCARD))
    {
      g_autofree char *shown = hs_printable (hs_element_get_name (element), HS_PRINTABLE_NAME);

      g_set_error (error, HS_ERROR, HS_ERROR_PROTOCOL, "The element %s is not a vCard in the namespace %s", shown,
                   HS_NS_VCARD);
      return NULL;
    }
  self = hs_vcard_new ();
  g_object_unref (self->element);
  self->element = hs_element_copy (element);
  return self;
}

/**
 * hs_vcard_get_full_name: (get-property full-name)
 * @self: a vCard
 *
 * Gets the full name.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_full_name (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_FULL_NAME);
}

/**
 * hs_vcard_set_full_name: (set-property full-name)
 * @self: a vCard
 * @full_name: (nullable): the text; %NULL or empty for none
 *
 * Sets the full name, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_full_name (HsVcard *self, const char *full_name)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_FULL_NAME, full_name);
}

/**
 * hs_vcard_get_given_name: (get-property given-name)
 * @self: a vCard
 *
 * Gets the given name.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_given_name (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_GIVEN_NAME);
}

/**
 * hs_vcard_set_given_name: (set-property given-name)
 * @self: a vCard
 * @given_name: (nullable): the text; %NULL or empty for none
 *
 * Sets the given name, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_given_name (HsVcard *self, const char *given_name)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_GIVEN_NAME, given_name);
}

/**
 * hs_vcard_get_family_name: (get-property family-name)
 * @self: a vCard
 *
 * Gets the family name.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_family_name (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_FAMILY_NAME);
}

/**
 * hs_vcard_set_family_name: (set-property family-name)
 * @self: a vCard
 * @family_name: (nullable): the text; %NULL or empty for none
 *
 * Sets the family name, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_family_name (HsVcard *self, const char *family_name)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_FAMILY_NAME, family_name);
}

/**
 * hs_vcard_get_nickname: (get-property nickname)
 * @self: a vCard
 *
 * Gets the nickname.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_nickname (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_NICKNAME);
}

/**
 * hs_vcard_set_nickname: (set-property nickname)
 * @self: a vCard
 * @nickname: (nullable): the text; %NULL or empty for none
 *
 * Sets the nickname, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_nickname (HsVcard *self, const char *nickname)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_NICKNAME, nickname);
}

/**
 * hs_vcard_get_note: (get-property note)
 * @self: a vCard
 *
 * Gets the note.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_note (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_NOTE);
}

/**
 * hs_vcard_set_note: (set-property note)
 * @self: a vCard
 * @note: (nullable): the text; %NULL or empty for none
 *
 * Sets the note, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_note (HsVcard *self, const char *note)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_NOTE, note);
}

/**
 * hs_vcard_get_birthday: (get-property birthday)
 * @self: a vCard
 *
 * Gets the birthday.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_birthday (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_BIRTHDAY);
}

/**
 * hs_vcard_set_birthday: (set-property birthday)
 * @self: a vCard
 * @birthday: (nullable): the text; %NULL or empty for none
 *
 * Sets the birthday, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_birthday (HsVcard *self, const char *birthday)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_BIRTHDAY, birthday);
}

/**
 * hs_vcard_get_email: (get-property email)
 * @self: a vCard
 *
 * Gets the e-mail address.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_email (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_EMAIL);
}

/**
 * hs_vcard_set_email: (set-property email)
 * @self: a vCard
 * @email: (nullable): the text; %NULL or empty for none
 *
 * Sets the e-mail address, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_email (HsVcard *self, const char *email)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_EMAIL, email);
}

/**
 * hs_vcard_get_url: (get-property url)
 * @self: a vCard
 *
 * Gets the address of a page.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_url (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_URL);
}

/**
 * hs_vcard_set_url: (set-property url)
 * @self: a vCard
 * @url: (nullable): the text; %NULL or empty for none
 *
 * Sets the address of a page, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_url (HsVcard *self, const char *url)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_URL, url);
}

/**
 * hs_vcard_get_photo: (get-property photo)
 * @self: a vCard
 *
 * Gets the bytes of the photo.
 *
 * A photo that is only a link (`EXTVAL`), or is not written in base64, counts as no photo.
 *
 * Returns: (transfer none) (nullable): the bytes, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
GBytes *
hs_vcard_get_photo (HsVcard *self)
{
  g_autoptr (GBytes) photo = NULL;
  const char *text;

  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  text = hs_vcard_read_field (self->element, HS_VCARD_FIELD_PHOTO);
  if (g_strcmp0 (text, self->photo_text) == 0)
    return self->photo;
  g_free (self->photo_text);
  self->photo_text = g_strdup (text);
  photo = hs_vcard_decode_photo (text);
  if (!is_equal (photo, self->photo))
    {
      g_clear_pointer (&self->photo, g_bytes_unref);
      self->photo = g_steal_pointer (&photo);
    }
  return self->photo;
}

/**
 * hs_vcard_set_photo: (set-property photo)
 * @self: a vCard
 * @photo: (nullable): the bytes of an image; %NULL or empty for no photo
 *
 * Sets the photo, or removes it together with its type.
 *
 * Servers limit the size of a vCard: keep a photo to some tens of kilobytes.
 *
 * Since: 0.2
 */
void
hs_vcard_set_photo (HsVcard *self, GBytes *photo)
{
  g_return_if_fail (HS_IS_VCARD (self));

  if (photo != NULL && g_bytes_get_size (photo) == 0)
    photo = NULL;
  if (is_equal (hs_vcard_get_photo (self), photo))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  if (photo == NULL)
    hs_vcard_set_photo_type (self, NULL);
  hs_vcard_write_photo (self->element, photo);
  g_object_notify_by_pspec (G_OBJECT (self), props[HS_VCARD_FIELD_PHOTO]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * hs_vcard_get_photo_type: (get-property photo-type)
 * @self: a vCard
 *
 * Gets the media type of the photo, as the other side declares it: the bytes may be of another type.
 *
 * Returns: (nullable): the text, valid until the vCard changes; or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_vcard_get_photo_type (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return hs_vcard_read_field (self->element, HS_VCARD_FIELD_PHOTO_TYPE);
}

/**
 * hs_vcard_set_photo_type: (set-property photo-type)
 * @self: a vCard
 * @photo_type: (nullable): the media type, such as `image/png`; %NULL or empty for none
 *
 * Sets the media type of the photo, or removes it.
 *
 * Since: 0.2
 */
void
hs_vcard_set_photo_type (HsVcard *self, const char *photo_type)
{
  g_return_if_fail (HS_IS_VCARD (self));

  set_text (self, HS_VCARD_FIELD_PHOTO_TYPE, photo_type);
}

/**
 * hs_vcard_get_element: (get-property element)
 * @self: a vCard
 *
 * Gets the whole vCard as XML, which can be changed.
 *
 * Returns: (transfer none): the `<vCard xmlns='vcard-temp'/>`
 *
 * Since: 0.2
 */
HsElement *
hs_vcard_get_element (HsVcard *self)
{
  g_return_val_if_fail (HS_IS_VCARD (self), NULL);

  return self->element;
}
