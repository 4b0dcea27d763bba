/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmark-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"

#include <string.h>

/**
 * HsBookmark:
 *
 * A room that the account remembers (XEP-0402).
 *
 * ```python
 * bookmark = Headstock.Bookmark(jid="verona@rooms.example.org", name="Verona", nick="romeo", is_autojoin=True)
 * bookmarks.store_async(bookmark, None, stored)
 * ```
 *
 * [method@Bookmarks.store_async] sends a new or changed bookmark to the server.
 *
 * Since: 0.2
 */

struct _HsBookmark
{
  GObject parent_instance;

  HsJid *jid; /* NULL if the bookmark was made with an address that is not a room's */
  char *name;
  gboolean is_autojoin;
  char *nick;
  char *password;
  HsElement *extensions; /* or NULL */
  HsBookmarkUnknown unknown;
};

enum
{
  PROP_JID = 1,
  PROP_NAME,
  PROP_IS_AUTOJOIN,
  PROP_NICK,
  PROP_PASSWORD,
  PROP_EXTENSIONS,
  PROP_IS_PINNED,
  PROP_NOTIFY_WHEN,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const char *const notify_names[] = { NULL, "always", "on-mention", "never" };

G_DEFINE_FINAL_TYPE (HsBookmark, hs_bookmark, G_TYPE_OBJECT)

/* ---- XML ---- */

static gboolean
is_room (HsJid *jid)
{
  return hs_jid_get_local (jid) != NULL && hs_jid_get_resource (jid) == NULL;
}

HsJid *
hs_bookmark_read_room (const char *room, GError **error)
{
  g_autoptr (HsJid) jid = hs_jid_new (room, error);

  if (jid == NULL)
    return NULL;
  if (is_room (jid))
    return g_steal_pointer (&jid);
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_JID,
               "'%s' is not the address of a room, such as room@rooms.example.org", room);
  return NULL;
}

HsBookmark *
hs_bookmark_new_from_element (const char *room, HsElement *conference)
{
  const char *ns = hs_element_get_namespace (conference);
  const char *autojoin = hs_element_get_attribute (conference, "autojoin");
  HsElement *extensions;
  HsBookmark *self;
  g_autoptr (HsJid) jid = room != NULL ? hs_bookmark_read_room (room, NULL) : NULL;

  if (jid == NULL || strcmp (hs_element_get_name (conference), "conference") != 0)
    return NULL;
  self = g_object_new (HS_TYPE_BOOKMARK, "jid", jid, NULL);
  self->name = g_strdup (hs_element_get_attribute (conference, "name"));
  self->is_autojoin = g_strcmp0 (autojoin, "true") == 0 || g_strcmp0 (autojoin, "1") == 0;
  self->nick = g_strdup (hs_element_get_child_text (conference, "nick", ns));
  self->password = g_strdup (hs_element_get_child_text (conference, "password", ns));
  extensions = hs_element_get_child (conference, "extensions", HS_NS_BOOKMARKS);
  self->extensions = extensions != NULL ? hs_element_copy (extensions) : NULL;
  self->unknown = 0;
  return self;
}

HsElement *
hs_bookmark_make_element (HsBookmark *self, gboolean with_password)
{
  HsElement *element = hs_element_new ("conference", HS_NS_BOOKMARKS);

  if (self->name != NULL)
    hs_element_set_attribute (element, "name", self->name);
  if (self->is_autojoin)
    hs_element_set_attribute (element, "autojoin", "true");
  if (self->nick != NULL)
    hs_element_add_text_child (element, "nick", HS_NS_BOOKMARKS, self->nick);
  if (self->password != NULL && with_password)
    hs_element_add_text_child (element, "password", HS_NS_BOOKMARKS, self->password);
  if (self->extensions != NULL)
    {
      g_autoptr (HsElement) copy = hs_element_copy (self->extensions);

      hs_element_append (element, copy);
    }
  return element;
}

HsBookmarkUnknown
hs_bookmark_get_unknown (HsBookmark *self)
{
  return self->unknown;
}

void
hs_bookmark_set_restored (HsBookmark *self)
{
  self->unknown = HS_BOOKMARK_UNKNOWN_EXTENSIONS;
  if (self->password == NULL)
    self->unknown |= HS_BOOKMARK_UNKNOWN_PASSWORD;
}

void
hs_bookmark_complete (HsElement *conference, HsBookmark *present, HsBookmarkUnknown unknown)
{
  HsElement *extensions = hs_element_get_child (conference, "extensions", HS_NS_BOOKMARKS);

  if ((unknown & HS_BOOKMARK_UNKNOWN_PASSWORD) && present->password != NULL)
    hs_element_add_text_child (conference, "password", HS_NS_BOOKMARKS, present->password);
  if (!(unknown & HS_BOOKMARK_UNKNOWN_EXTENSIONS) || present->extensions == NULL)
    return;
  if (extensions == NULL)
    extensions = hs_element_add_child (conference, "extensions", HS_NS_BOOKMARKS);
  for (HsElement *child = hs_element_get_first_child (present->extensions); child != NULL;
       child = hs_element_get_next_sibling (child))
    if (hs_element_get_child (extensions, hs_element_get_name (child), hs_element_get_namespace (child)) == NULL)
      {
        g_autoptr (HsElement) copy = hs_element_copy (child);

        hs_element_append (extensions, copy);
      }
}

void
hs_bookmark_update (HsBookmark *self, HsBookmark *other)
{
  g_object_freeze_notify (G_OBJECT (self));
  hs_bookmark_set_name (self, other->name);
  hs_bookmark_set_nick (self, other->nick);
  hs_bookmark_set_password (self, other->password);
  hs_bookmark_set_extensions (self, other->extensions);
  hs_bookmark_set_is_autojoin (self, other->is_autojoin);
  self->unknown = other->unknown;
  g_object_thaw_notify (G_OBJECT (self));
}

/* Returns the setting for all kinds of clients (XEP-0492), and sets @when to its value; NULL if there is none. */
static HsElement *
find_fallback (HsElement *notify, HsNotifyWhen *when)
{
  for (HsElement *child = hs_element_get_first_child (notify); child != NULL;
       child = hs_element_get_next_sibling (child))
    for (guint i = 1; i < G_N_ELEMENTS (notify_names); i++)
      if (hs_element_matches (child, notify_names[i], HS_NS_NOTIFICATION_SETTINGS)
          && hs_element_get_attribute (child, "identity-category") == NULL)
        {
          *when = i;
          return child;
        }
  return NULL;
}

static HsElement *
find_extension (HsBookmark *self, const char *name, const char *namespace_)
{
  return self->extensions != NULL ? hs_element_get_child (self->extensions, name, namespace_) : NULL;
}

static HsElement *
ensure_extension (HsBookmark *self, const char *name, const char *namespace_)
{
  HsElement *found = find_extension (self, name, namespace_);

  if (self->extensions == NULL)
    self->extensions = hs_element_new ("extensions", HS_NS_BOOKMARKS);
  return found != NULL ? found : hs_element_add_child (self->extensions, name, namespace_);
}

/* ---- The object ---- */

static void
hs_bookmark_finalize (GObject *object)
{
  HsBookmark *self = HS_BOOKMARK (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->name);
  g_free (self->nick);
  g_free (self->password);
  g_clear_object (&self->extensions);

  G_OBJECT_CLASS (hs_bookmark_parent_class)->finalize (object);
}

static void
hs_bookmark_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsBookmark *self = HS_BOOKMARK (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_bookmark_get_jid (self));
      break;
    case PROP_NAME:
      g_value_set_string (value, hs_bookmark_get_name (self));
      break;
    case PROP_IS_AUTOJOIN:
      g_value_set_boolean (value, hs_bookmark_get_is_autojoin (self));
      break;
    case PROP_NICK:
      g_value_set_string (value, hs_bookmark_get_nick (self));
      break;
    case PROP_PASSWORD:
      g_value_set_string (value, hs_bookmark_get_password (self));
      break;
    case PROP_EXTENSIONS:
      g_value_set_object (value, hs_bookmark_get_extensions (self));
      break;
    case PROP_IS_PINNED:
      g_value_set_boolean (value, hs_bookmark_get_is_pinned (self));
      break;
    case PROP_NOTIFY_WHEN:
      g_value_set_enum (value, hs_bookmark_get_notify_when (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* Only a room's address is taken, as in hs_bookmark_new(). */
static void
set_jid (HsBookmark *self, HsJid *jid)
{
  if (jid != NULL && is_room (jid))
    self->jid = hs_jid_ref (jid);
}

static void
hs_bookmark_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsBookmark *self = HS_BOOKMARK (object);

  switch (prop_id)
    {
    case PROP_JID:
      set_jid (self, g_value_get_boxed (value));
      break;
    case PROP_NAME:
      hs_bookmark_set_name (self, g_value_get_string (value));
      break;
    case PROP_IS_AUTOJOIN:
      hs_bookmark_set_is_autojoin (self, g_value_get_boolean (value));
      break;
    case PROP_NICK:
      hs_bookmark_set_nick (self, g_value_get_string (value));
      break;
    case PROP_PASSWORD:
      hs_bookmark_set_password (self, g_value_get_string (value));
      break;
    case PROP_EXTENSIONS:
      hs_bookmark_set_extensions (self, g_value_get_object (value));
      break;
    case PROP_IS_PINNED:
      hs_bookmark_set_is_pinned (self, g_value_get_boolean (value));
      break;
    case PROP_NOTIFY_WHEN:
      hs_bookmark_set_notify_when (self, g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsBookmark:jid: (getter get_jid)
   *
   * The room's bare JID. The default is %NULL: the bookmark was made with an address that is not a room's.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID,
                                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * HsBookmark:name: (getter get_name) (setter set_name)
   *
   * The room's name for the user. The default is %NULL: the room has no name.
   *
   * Since: 0.2
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, rw);

  /**
   * HsBookmark:is-autojoin: (getter get_is_autojoin) (setter set_is_autojoin)
   *
   * Whether the account's devices join the room when they sign in. The default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_IS_AUTOJOIN] = g_param_spec_boolean ("is-autojoin", NULL, NULL, FALSE, rw);

  /**
   * HsBookmark:nick: (getter get_nick) (setter set_nick)
   *
   * The nickname to join with. The default is %NULL: the bookmark does not say.
   *
   * Since: 0.2
   */
  props[PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, rw);

  /**
   * HsBookmark:password: (getter get_password) (setter set_password)
   *
   * The room's password. The default is %NULL: the room has no password.
   *
   * Since: 0.2
   */
  props[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL, rw);

  /**
   * HsBookmark:extensions: (getter get_extensions) (setter set_extensions)
   *
   * The element `<extensions/>`, with the data of other programs. The default is %NULL: there is none.
   *
   * Since: 0.2
   */
  props[PROP_EXTENSIONS] = g_param_spec_object ("extensions", NULL, NULL, HS_TYPE_ELEMENT, rw);

  /**
   * HsBookmark:is-pinned: (getter get_is_pinned) (setter set_is_pinned)
   *
   * Whether the user wants the room to be listed before others (XEP-0469). The setting is a part of
   * [property@Bookmark:extensions]. The default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_IS_PINNED] = g_param_spec_boolean ("is-pinned", NULL, NULL, FALSE, rw);

  /**
   * HsBookmark:notify-when: (getter get_notify_when) (setter set_notify_when)
   *
   * The messages for which the user wants to be notified (XEP-0492). The setting is a part of
   * [property@Bookmark:extensions]. The default is %HS_NOTIFY_WHEN_DEFAULT.
   *
   * The library does not read settings that are for one kind of client only, and leaves them as they are.
   *
   * Since: 0.2
   */
  props[PROP_NOTIFY_WHEN] = g_param_spec_enum ("notify-when", NULL, NULL, HS_TYPE_NOTIFY_WHEN, HS_NOTIFY_WHEN_DEFAULT,
                                               rw);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_bookmark_class_init (HsBookmarkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_bookmark_finalize;
  object_class->get_property = hs_bookmark_get_property;
  object_class->set_property = hs_bookmark_set_property;
  install_properties (object_class);
}

static void
hs_bookmark_init (HsBookmark *self)
{
  self->unknown = HS_BOOKMARK_UNKNOWN_EXTENSIONS;
}

/**
 * hs_bookmark_new: (constructor)
 * @room: the room's bare JID
 *
 * Makes a bookmark, for [method@Bookmarks.store_async].
 *
 * Returns: (transfer full): a new bookmark
 *
 * Since: 0.2
 */
HsBookmark *
hs_bookmark_new (const char *room)
{
  g_autoptr (HsJid) jid = NULL;

  g_return_val_if_fail (room != NULL, NULL);

  jid = hs_jid_new (room, NULL);
  return g_object_new (HS_TYPE_BOOKMARK, "jid", jid, NULL);
}

/**
 * hs_bookmark_get_jid: (get-property jid)
 * @self: a bookmark
 *
 * Gets the room's bare JID.
 *
 * Returns: (transfer none) (nullable): the room, or %NULL if the bookmark was made with an address that is not a room's
 *
 * Since: 0.2
 */
HsJid *
hs_bookmark_get_jid (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), NULL);

  return self->jid;
}

/**
 * hs_bookmark_get_name: (get-property name)
 * @self: a bookmark
 *
 * Gets the room's name for the user.
 *
 * Returns: (transfer none) (nullable): the room's name for the user, or %NULL for none
 *
 * Since: 0.2
 */
const char *
hs_bookmark_get_name (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), NULL);

  return self->name;
}

/**
 * hs_bookmark_set_name: (set-property name)
 * @self: a bookmark
 * @name: (nullable): the room's name for the user, or %NULL for none
 *
 * Sets the room's name for the user.
 *
 * Since: 0.2
 */
void
hs_bookmark_set_name (HsBookmark *self, const char *name)
{
  g_return_if_fail (HS_IS_BOOKMARK (self));

  if (g_strcmp0 (self->name, name) == 0)
    return;
  g_free (self->name);
  self->name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

/**
 * hs_bookmark_get_is_autojoin: (get-property is-autojoin)
 * @self: a bookmark
 *
 * Gets whether the account's devices join the room when they sign in.
 *
 * Returns: true if they do
 *
 * Since: 0.2
 */
gboolean
hs_bookmark_get_is_autojoin (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), FALSE);

  return self->is_autojoin;
}

/**
 * hs_bookmark_set_is_autojoin: (set-property is-autojoin)
 * @self: a bookmark
 * @is_autojoin: true if they do
 *
 * Sets whether the account's devices join the room when they sign in.
 *
 * Since: 0.2
 */
void
hs_bookmark_set_is_autojoin (HsBookmark *self, gboolean is_autojoin)
{
  g_return_if_fail (HS_IS_BOOKMARK (self));

  if (self->is_autojoin == !!is_autojoin)
    return;
  self->is_autojoin = !!is_autojoin;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_AUTOJOIN]);
}

/**
 * hs_bookmark_get_nick: (get-property nick)
 * @self: a bookmark
 *
 * Gets the nickname to join with.
 *
 * Returns: (transfer none) (nullable): the nickname to join with, or %NULL if the bookmark does not say
 *
 * Since: 0.2
 */
const char *
hs_bookmark_get_nick (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), NULL);

  return self->nick;
}

/**
 * hs_bookmark_set_nick: (set-property nick)
 * @self: a bookmark
 * @nick: (nullable): the nickname to join with, or %NULL if the bookmark does not say
 *
 * Sets the nickname to join with.
 *
 * Since: 0.2
 */
void
hs_bookmark_set_nick (HsBookmark *self, const char *nick)
{
  g_return_if_fail (HS_IS_BOOKMARK (self));

  if (g_strcmp0 (self->nick, nick) == 0)
    return;
  g_free (self->nick);
  self->nick = g_strdup (nick);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NICK]);
}

/**
 * hs_bookmark_get_password: (get-property password)
 * @self: a bookmark
 *
 * Gets the room's password.
 *
 * Returns: (transfer none) (nullable): the room's password, or %NULL for none
 *
 * Since: 0.2
 */
const char *
hs_bookmark_get_password (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), NULL);

  return self->password;
}

/**
 * hs_bookmark_set_password: (set-property password)
 * @self: a bookmark
 * @password: (nullable): the room's password, or %NULL for none
 *
 * Sets the room's password.
 *
 * Since: 0.2
 */
void
hs_bookmark_set_password (HsBookmark *self, const char *password)
{
  g_return_if_fail (HS_IS_BOOKMARK (self));

  self->unknown &= ~HS_BOOKMARK_UNKNOWN_PASSWORD;
  if (g_strcmp0 (self->password, password) == 0)
    return;
  g_free (self->password);
  self->password = g_strdup (password);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PASSWORD]);
}

/**
 * hs_bookmark_get_extensions: (get-property extensions)
 * @self: a bookmark
 *
 * Gets the data of other programs and extensions in the bookmark.
 *
 * Returns: (transfer none) (nullable): the element `<extensions/>`, or %NULL
 *
 * Since: 0.2
 */
HsElement *
hs_bookmark_get_extensions (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), NULL);

  return self->extensions;
}

static void
notify_extensions (HsBookmark *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EXTENSIONS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_PINNED]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NOTIFY_WHEN]);
}

/**
 * hs_bookmark_set_extensions: (set-property extensions)
 * @self: a bookmark
 * @extensions: (nullable): an element `<extensions/>` in the namespace `urn:xmpp:bookmarks:1`, which is copied; or
 *   %NULL
 *
 * Replaces the data of other programs and extensions in the bookmark.
 *
 * An empty `<extensions/>` removes those of the room's present bookmark when this one is stored. Without a call of this
 * function, a new bookmark keeps them.
 *
 * Since: 0.2
 */
void
hs_bookmark_set_extensions (HsBookmark *self, HsElement *extensions)
{
  HsElement *copy;

  g_return_if_fail (HS_IS_BOOKMARK (self));
  g_return_if_fail (extensions == NULL || HS_IS_ELEMENT (extensions));
  g_return_if_fail (extensions == NULL || hs_element_matches (extensions, "extensions", HS_NS_BOOKMARKS));

  if (extensions != NULL)
    self->unknown &= ~HS_BOOKMARK_UNKNOWN_EXTENSIONS;
  if (self->extensions == extensions
      || (self->extensions != NULL && extensions != NULL && hs_element_equal (self->extensions, extensions)))
    return;
  copy = extensions != NULL ? hs_element_copy (extensions) : NULL;
  g_clear_object (&self->extensions);
  self->extensions = copy;
  notify_extensions (self);
}

/**
 * hs_bookmark_get_is_pinned: (get-property is-pinned)
 * @self: a bookmark
 *
 * Gets whether the user wants the room to be listed before others (XEP-0469).
 *
 * Returns: true if the room is pinned
 *
 * Since: 0.2
 */
gboolean
hs_bookmark_get_is_pinned (HsBookmark *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARK (self), FALSE);

  return find_extension (self, "pinned", HS_NS_BOOKMARKS_PINNING) != NULL;
}

/**
 * hs_bookmark_set_is_pinned: (set-property is-pinned)
 * @self: a bookmark
 * @is_pinned: true if the room is pinned
 *
 * Sets whether the user wants the room to be listed before others (XEP-0469).
 *
 * Since: 0.2
 */
void
hs_bookmark_set_is_pinned (HsBookmark *self, gboolean is_pinned)
{
  g_return_if_fail (HS_IS_BOOKMARK (self));

  if (hs_bookmark_get_is_pinned (self) == !!is_pinned)
    return;
  if (is_pinned)
    ensure_extension (self, "pinned", HS_NS_BOOKMARKS_PINNING);
  else
    hs_element_detach (find_extension (self, "pinned", HS_NS_BOOKMARKS_PINNING));
  notify_extensions (self);
}

/**
 * hs_bookmark_get_notify_when: (get-property notify-when)
 * @self: a bookmark
 *
 * Gets the messages for which the user wants to be notified (XEP-0492).
 *
 * Returns: the messages
 *
 * Since: 0.2
 */
HsNotifyWhen
hs_bookmark_get_notify_when (HsBookmark *self)
{
  HsNotifyWhen when = HS_NOTIFY_WHEN_DEFAULT;
  HsElement *notify;

  g_return_val_if_fail (HS_IS_BOOKMARK (self), HS_NOTIFY_WHEN_DEFAULT);

  notify = find_extension (self, "notify", HS_NS_NOTIFICATION_SETTINGS);
  if (notify != NULL)
    find_fallback (notify, &when);
  return when;
}

/**
 * hs_bookmark_set_notify_when: (set-property notify-when)
 * @self: a bookmark
 * @notify_when: the messages
 *
 * Sets the messages for which the user wants to be notified (XEP-0492).
 *
 * Data of other programs in the setting is kept. %HS_NOTIFY_WHEN_DEFAULT removes the setting with this data.
 *
 * Since: 0.2
 */
void
hs_bookmark_set_notify_when (HsBookmark *self, HsNotifyWhen notify_when)
{
  g_autoptr (HsElement) previous = NULL;
  HsElement *notify;
  HsElement *setting;
  HsElement *child;
  HsNotifyWhen when;

  g_return_if_fail (HS_IS_BOOKMARK (self));
  g_return_if_fail (notify_when < G_N_ELEMENTS (notify_names));

  if (hs_bookmark_get_notify_when (self) == notify_when)
    return;
  notify = ensure_extension (self, "notify", HS_NS_NOTIFICATION_SETTINGS);
  if (find_fallback (notify, &when) != NULL)
    {
      previous = g_object_ref (find_fallback (notify, &when));
      hs_element_detach (previous);
    }
  if (notify_when != HS_NOTIFY_WHEN_DEFAULT)
    {
      setting = hs_element_add_child (notify, notify_names[notify_when], HS_NS_NOTIFICATION_SETTINGS);
      while (previous != NULL && (child = hs_element_get_first_child (previous)) != NULL)
        hs_element_append (setting, child);
    }
  notify_extensions (self);
}
