/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-stanza.h"

#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "hs-stanza-private.h"
#include "xml/hs-node-private.h"

/**
 * HsStanza:
 *
 * What is sent and received in a stream: a [class@Message], a [class@Presence] or an [class@Iq]
 * (RFC 6120, 8).
 *
 * A stanza is an element, and what it says can be read as such. The properties here read the
 * element's attributes: nothing is kept twice.
 *
 * Strings that are returned live until the stanza changes.
 *
 * ```python
 * def element(client, stanza):
 *     print(stanza.props.from_jid, stanza.props.stanza_type, stanza.props.id)
 *
 * client.connect("presence", element)
 * ```
 */

enum
{
  PROP_ID = 1,
  PROP_STANZA_TYPE,
  PROP_FROM_JID,
  PROP_TO_JID,
  PROP_TO,
  PROP_LANG,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_ABSTRACT_TYPE (HsStanza, hs_stanza, HS_TYPE_ELEMENT)

/* The kinds of stanza and the types that each may have (RFC 6120, 8.2.3; RFC 6121, 4.7.1 and 5.2.2). The
 * first is what a stanza without one is, "" if it must have one. */
static const struct
{
  const char *name;
  gboolean unknown_is_default;
  const char *types[10];
} kinds[] = {
  { "message", TRUE, { "normal", "chat", "groupchat", "headline", "error", NULL } },
  { "presence",
    FALSE,
    { "available", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe",
      "error", NULL } },
  { "iq", FALSE, { "", "get", "set", "result", "error", NULL } },
};

static gboolean
is_known_type (guint kind, const char *stanza_type)
{
  for (guint i = 0; kinds[kind].types[i] != NULL; i++)
    {
      const char *known = kinds[kind].types[i];

      if (known[0] == stanza_type[0] && strcmp (known, stanza_type) == 0)
        return TRUE;
    }
  return FALSE;
}

/* For a critical warning, or an error. */
static char *
describe_types (guint kind, const char *stanza_type)
{
  static const char *const names[] = { "a message", "a presence", "an iq" };
  const char *const *types = kinds[kind].types;
  g_autofree char *known = g_strjoinv (", ", (char **) (*types[0] == '\0' ? types + 1 : types));
  g_autofree char *printable = hs_printable (stanza_type, HS_PRINTABLE_NAME);

  return g_strdup_printf ("the type of %s is one of %s, and not '%s'", names[kind], known, printable);
}

static gboolean
check_type (guint kind, const char *function, const char *stanza_type)
{
  if (G_LIKELY (stanza_type == NULL || is_known_type (kind, stanza_type)))
    return TRUE;
  {
    g_autofree char *text = describe_types (kind, stanza_type);

    g_critical ("%s: %s", function, text);
  }
  return FALSE;
}

/* By the element's name, which is what its GType comes from. */
static guint
get_kind (HsStanza *self)
{
  const char *name = hs_element_get_node (HS_ELEMENT (self))->name;

  return *name == 'm' ? 0 : *name == 'p' ? 1 : 2;
}

/* A message whose type nobody knows is a normal one (RFC 6121, 5.2.2). */
static const char *
get_type (guint kind, HsNode *node)
{
  const char *stanza_type = hs_node_get_attribute (node, "type", NULL);

  if (stanza_type == NULL)
    return kinds[kind].types[0];
  if (kinds[kind].unknown_is_default && !is_known_type (kind, stanza_type))
    return kinds[kind].types[0];
  return stanza_type;
}

const char *
hs_stanza_node_get_type (HsNode *node)
{
  switch (hs_node_get_kind (node))
    {
    case HS_STANZA_KIND_MESSAGE:
      return get_type (0, node);
    case HS_STANZA_KIND_PRESENCE:
      return get_type (1, node);
    case HS_STANZA_KIND_IQ:
      return get_type (2, node);
    case HS_STANZA_KIND_UNKNOWN:
    case HS_STANZA_KIND_NONE:
    default:
      return hs_node_get_attribute (node, "type", NULL);
    }
}

static void
set_to (HsStanza *self, const char *to)
{
  if (!hs_stanza_change_attribute (self, "to", to))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TO]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TO_JID]);
}

HsNode *
hs_stanza_get_writable_node (HsStanza *self)
{
  HsNode *node = hs_element_get_node (HS_ELEMENT (self));

  if (G_LIKELY (!node->unfinished))
    {
      hs_node_tidy (node);
      return node;
    }
  g_critical ("A stanza that is still being received cannot be changed");
  return NULL;
}

gboolean
hs_stanza_change_attribute (HsStanza *self, const char *name, const char *value)
{
  HsNode *node = hs_stanza_get_writable_node (self);
  const char *old = NULL;

  if (node == NULL)
    return FALSE;
  old = hs_node_get_attribute (node, name, NULL);
  if (g_strcmp0 (old, value) == 0)
    return FALSE;
  if (old == NULL)
    hs_node_add_attribute (node, name, value);
  else
    hs_node_set_attribute (node, name, NULL, value);
  return TRUE;
}

/* The next child with that name in the stanza's own namespace, from @child on. */
static HsNode *
find_own (HsNode *node, HsNode *child, const char *name)
{
  for (; child != NULL; child = child->next)
    {
      if (child->name != NULL && child->name[0] == name[0] && strcmp (child->name, name) == 0 &&
          hs_namespace_equal (child->namespace_, node->namespace_))
        break;
    }
  return child;
}

HsNode *
hs_stanza_get_own_child (HsStanza *self, const char *name)
{
  HsNode *node = hs_element_get_node (HS_ELEMENT (self));

  return find_own (node, node->first, name);
}

/* Language tags are the same in any case (RFC 5646, 2.1.1). */
static gboolean
is_language (const char *lang, const char *wanted)
{
  return lang != NULL && wanted != NULL && g_ascii_strcasecmp (lang, wanted) == 0;
}

HsNode *
hs_stanza_get_localized_child (HsStanza *self, const char *name)
{
  HsNode *node = hs_element_get_node (HS_ELEMENT (self));
  HsNode *first = find_own (node, node->first, name);
  HsNode *plain = NULL;
  const char *wanted = NULL;

  /* Nearly every stanza ends here. */
  if (first == NULL || find_own (node, first->next, name) == NULL)
    return first;
  wanted = hs_node_get_attribute (node, "lang", HS_NS_XML);
  for (HsNode *child = first; child != NULL; child = find_own (node, child->next, name))
    {
      const char *lang = hs_node_get_attribute (child, "lang", HS_NS_XML);

      if (is_language (lang, wanted))
        return child;
      if (lang == NULL && plain == NULL)
        plain = child;
    }
  return plain != NULL ? plain : first;
}

const char *
hs_stanza_get_localized_text (HsStanza *self, const char *name)
{
  HsNode *child = hs_stanza_get_localized_child (self, name);
  const char *text = NULL;

  if (child == NULL)
    return NULL;
  text = hs_node_get_text (child);
  return text != NULL ? text : "";
}

static void
add_child_text (HsNode *node, const char *name, const char *text)
{
  HsNode *child = hs_node_new_child (node, name);

  hs_node_append (node, child);
  hs_node_append_text (child, text, strlen (text));
}

gboolean
hs_stanza_change_child_text (HsStanza *self, const char *name, const char *text)
{
  HsNode *node = hs_stanza_get_writable_node (self);
  HsNode *child = NULL;
  HsNode *next = NULL;

  if (node == NULL)
    return FALSE;
  child = find_own (node, node->first, name);
  if (child == NULL)
    {
      if (text != NULL)
        add_child_text (node, name, text);
      return text != NULL;
    }
  next = find_own (node, child->next, name);
  if (next == NULL && g_strcmp0 (hs_stanza_get_localized_text (self, name), text) == 0)
    return FALSE;
  for (HsNode *other = next; other != NULL; other = next)
    {
      next = find_own (node, other->next, name);
      hs_node_detach (other);
    }
  if (text == NULL)
    {
      hs_node_detach (child);
      return TRUE;
    }
  hs_node_remove_children (child);
  hs_node_set_attribute (child, "lang", HS_NS_XML, NULL);
  hs_node_append_text (child, text, strlen (text));
  return TRUE;
}

gboolean
hs_stanza_begin (HsStanza *self, const char *function, const char *stanza_type, const char *to)
{
  guint kind = get_kind (self);
  HsNode *node = hs_element_get_node (HS_ELEMENT (self));

  if (!check_type (kind, function, stanza_type))
    return FALSE;
  if (stanza_type != NULL && strcmp (stanza_type, kinds[kind].types[0]) != 0)
    hs_node_add_attribute (node, "type", stanza_type);
  if (to != NULL)
    hs_node_add_attribute (node, "to", to);
  return TRUE;
}

static const char *const shows[] = { "away", "chat", "dnd", "xa", NULL };

static gboolean
is_known_show (const char *show)
{
  return g_strv_contains (shows, show);
}

const char *
hs_stanza_trim_show (const char *show)
{
  g_autofree char *trimmed = NULL;

  if (show == NULL || is_known_show (show))
    return show;
  trimmed = g_strstrip (g_strdup (show));
  for (guint i = 0; shows[i] != NULL; i++)
    {
      if (strcmp (trimmed, shows[i]) == 0)
        return shows[i];
    }
  return show;
}

static char *
describe_shows (const char *show)
{
  g_autofree char *printable = hs_printable (show, HS_PRINTABLE_NAME);

  return g_strdup_printf ("the show of a presence is one of away, chat, dnd, xa, and not '%s'", printable);
}

gboolean
hs_stanza_check_show (const char *function, const char *show)
{
  g_autofree char *text = NULL;

  if (show == NULL || is_known_show (show))
    return TRUE;
  text = describe_shows (show);
  g_critical ("%s: %s", function, text);
  return FALSE;
}

static char *
describe_wrong_show (HsNode *child)
{
  g_autofree char *show = hs_node_dup_value (child);

  return show != NULL && !is_known_show (show) ? describe_shows (show) : NULL;
}

/* Returns the type or <show/> of @node that RFC 6121 does not know, for an error message; NULL: both are valid. */
static char *
find_wrong_word (HsNode *node)
{
  const char *stanza_type = hs_node_get_attribute (node, "type", NULL);
  guint kind = *node->name == 'm' ? 0 : 1;
  HsNode *child = NULL;

  if (stanza_type != NULL && !is_known_type (kind, stanza_type))
    return describe_types (kind, stanza_type);
  if (kind == 1)
    child = find_own (node, node->first, "show");
  return child != NULL ? describe_wrong_show (child) : NULL;
}

gboolean
hs_stanza_node_check_words (HsNode *node, GError **error)
{
  char *wrong = find_wrong_word (node);

  if (G_LIKELY (wrong == NULL))
    return TRUE;
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA, "The stanza cannot be sent: %s", wrong);
  g_free (wrong);
  return FALSE;
}

/* A program that goes on after the critical warning is not to send something else than what it asked for: a new stanza
 * keeps the type, with which it is refused. */
static void
set_stanza_type_property (HsStanza *self, const char *stanza_type)
{
  gboolean known = stanza_type == NULL || is_known_type (get_kind (self), stanza_type);

  hs_stanza_set_stanza_type (self, stanza_type);
  if (!known && hs_node_get_attribute (hs_element_get_node (HS_ELEMENT (self)), "type", NULL) == NULL)
    hs_stanza_change_attribute (self, "type", stanza_type);
}

static void
hs_stanza_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsStanza *self = HS_STANZA (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, hs_stanza_get_id (self));
      break;
    case PROP_STANZA_TYPE:
      g_value_set_string (value, hs_stanza_get_stanza_type (self));
      break;
    case PROP_FROM_JID:
      g_value_take_boxed (value, hs_stanza_get_from_jid (self));
      break;
    case PROP_TO_JID:
      g_value_take_boxed (value, hs_stanza_get_to_jid (self));
      break;
    case PROP_TO:
      g_value_set_string (value, hs_element_get_attribute (HS_ELEMENT (self), "to"));
      break;
    case PROP_LANG:
      g_value_set_string (value, hs_stanza_get_lang (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_stanza_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsStanza *self = HS_STANZA (object);

  switch (prop_id)
    {
    case PROP_ID:
      hs_stanza_set_id (self, g_value_get_string (value));
      break;
    case PROP_STANZA_TYPE:
      set_stanza_type_property (self, g_value_get_string (value));
      break;
    case PROP_FROM_JID:
      hs_stanza_set_from_jid (self, g_value_get_boxed (value));
      break;
    case PROP_TO_JID:
      hs_stanza_set_to_jid (self, g_value_get_boxed (value));
      break;
    case PROP_TO:
      set_to (self, g_value_get_string (value));
      break;
    case PROP_LANG:
      hs_stanza_set_lang (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_stanza_class_init (HsStanzaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = hs_stanza_get_property;
  object_class->set_property = hs_stanza_set_property;

  /**
   * HsStanza:id: (getter get_id) (setter set_id)
   *
   * The `id` attribute, or %NULL if there is none (RFC 6120, 8.1.3). The default is %NULL.
   */
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);

  /**
   * HsStanza:stanza-type: (getter get_stanza_type) (setter set_stanza_type)
   *
   * The `type` attribute (RFC 6120, 8.1.4), or what a stanza without one is.
   *
   * One that RFC 6120 and RFC 6121 do not know for this kind of stanza is a programmer's error: a critical warning
   * names it. A stanza that has a type keeps that; a new one cannot be sent. Python and JavaScript raise an exception.
   * The default is %NULL, which is no attribute: such a message is `normal`, and such a presence `available`.
   */
  props[PROP_STANZA_TYPE] = g_param_spec_string ("stanza-type", NULL, NULL, NULL, flags);

  /**
   * HsStanza:from-jid: (getter get_from_jid) (setter set_from_jid)
   *
   * The address in `from`, or %NULL if there is none that is valid (RFC 6120, 8.1.2). The default is %NULL.
   */
  props[PROP_FROM_JID] = g_param_spec_boxed ("from-jid", NULL, NULL, HS_TYPE_JID, flags);

  /**
   * HsStanza:to-jid: (getter get_to_jid) (setter set_to_jid)
   *
   * The address in `to`, or %NULL if there is none that is valid (RFC 6120, 8.1.1). The default is %NULL.
   */
  props[PROP_TO_JID] = g_param_spec_boxed ("to-jid", NULL, NULL, HS_TYPE_JID, flags);

  /**
   * HsStanza:to:
   *
   * The `to` attribute as it is written, or %NULL, the default, if there is none.
   */
  props[PROP_TO] = g_param_spec_string ("to", NULL, NULL, NULL, flags);

  /**
   * HsStanza:lang: (getter get_lang) (setter set_lang)
   *
   * The `xml:lang` attribute, or %NULL if there is none (RFC 6120, 8.1.5). The default is %NULL.
   */
  props[PROP_LANG] = g_param_spec_string ("lang", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_stanza_init (HsStanza *self)
{
}

/**
 * hs_stanza_get_id: (get-property id)
 * @self: a stanza
 *
 * The `id` attribute (RFC 6120, 8.1.3).
 *
 * Returns: (nullable): the id, or %NULL if there is none
 */
const char *
hs_stanza_get_id (HsStanza *self)
{
  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  return hs_node_get_attribute (hs_element_get_node (HS_ELEMENT (self)), "id", NULL);
}

/**
 * hs_stanza_set_id: (set-property id)
 * @self: a stanza
 * @id: (nullable): an id, or %NULL to remove it
 *
 * Sets the `id` attribute (RFC 6120, 8.1.3).
 */
void
hs_stanza_set_id (HsStanza *self, const char *id)
{
  g_return_if_fail (HS_IS_STANZA (self));

  if (hs_stanza_change_attribute (self, "id", id))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
}

/**
 * hs_stanza_get_stanza_type: (get-property stanza-type)
 * @self: a stanza
 *
 * The type of a stanza, never %NULL.
 *
 * A message without a type, or with one that RFC 6121 does not know, is `normal` (RFC 6121, 5.2.2). A
 * presence without one is `available`, which is not written in XML; an unknown one is returned as it
 * is (RFC 6121, 4.7.1). An iq must have one: if it has none, this is `""`, and one that
 * RFC 6120 does not know is returned as it is; the client answers either with `bad-request`
 * (RFC 6120, 8.2.3).
 *
 * Returns: the type
 */
const char *
hs_stanza_get_stanza_type (HsStanza *self)
{
  g_return_val_if_fail (HS_IS_STANZA (self), "");

  return get_type (get_kind (self), hs_element_get_node (HS_ELEMENT (self)));
}

/**
 * hs_stanza_set_stanza_type: (set-property stanza-type)
 * @self: a stanza
 * @stanza_type: (nullable): a type that RFC 6120 and RFC 6121 know for this kind of stanza, or %NULL to
 *   remove it
 *
 * Sets the type of a stanza.
 *
 * `normal` for a message and `available` for a presence are what they are without one, and so the
 * attribute is removed.
 *
 * Any other type is a programmer's error: a critical warning names it, and the stanza stays as it is.
 */
void
hs_stanza_set_stanza_type (HsStanza *self, const char *stanza_type)
{
  guint kind = 0;

  g_return_if_fail (HS_IS_STANZA (self));

  kind = get_kind (self);
  if (stanza_type != NULL && strcmp (stanza_type, kinds[kind].types[0]) == 0)
    stanza_type = NULL;
  if (check_type (kind, G_STRFUNC, stanza_type) && hs_stanza_change_attribute (self, "type", stanza_type))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STANZA_TYPE]);
}

static gpointer
parse_jid (const char *value)
{
  return hs_jid_new (value, NULL);
}

static gpointer
ref_jid (gpointer jid)
{
  return hs_jid_ref (jid);
}

static void
unref_jid (gpointer jid)
{
  hs_jid_unref (jid);
}

HsJid *
hs_stanza_node_dup_jid (HsNode *node, const char *name)
{
  static const HsParsedType type = { parse_jid, ref_jid, unref_jid };

  return hs_node_dup_parsed (node, name, &type);
}

static HsJid *
get_jid (HsStanza *self, const char *name)
{
  return hs_stanza_node_dup_jid (hs_element_get_node (HS_ELEMENT (self)), name);
}

/**
 * hs_stanza_get_from_jid: (get-property from-jid)
 * @self: a stanza
 *
 * Whom a stanza is from (RFC 6120, 8.1.2).
 *
 * What is in no `from` came from the account itself (RFC 6120, 8.1.2.1); what is in one that is not an
 * address did not. Where it matters, look at the attribute too, or use
 * %HS_HANDLER_FROM_ACCOUNT.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none that is valid
 */
HsJid *
hs_stanza_get_from_jid (HsStanza *self)
{
  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  return get_jid (self, "from");
}

/**
 * hs_stanza_set_from_jid: (set-property from-jid)
 * @self: a stanza
 * @from_jid: (nullable): an address, or %NULL to remove it
 *
 * Sets whom a stanza is from (RFC 6120, 8.1.2). A client need not: its server does.
 */
void
hs_stanza_set_from_jid (HsStanza *self, HsJid *from_jid)
{
  g_return_if_fail (HS_IS_STANZA (self));

  if (hs_stanza_change_attribute (self, "from",
                                  from_jid != NULL ? hs_jid_to_string (from_jid) : NULL))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FROM_JID]);
}

/**
 * hs_stanza_get_to_jid: (get-property to-jid)
 * @self: a stanza
 *
 * Whom a stanza is for (RFC 6120, 8.1.1).
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if there is none that is valid
 */
HsJid *
hs_stanza_get_to_jid (HsStanza *self)
{
  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  return get_jid (self, "to");
}

/**
 * hs_stanza_set_to_jid: (set-property to-jid)
 * @self: a stanza
 * @to_jid: (nullable): an address, or %NULL to remove it
 *
 * Sets whom a stanza is for (RFC 6120, 8.1.1).
 */
void
hs_stanza_set_to_jid (HsStanza *self, HsJid *to_jid)
{
  g_return_if_fail (HS_IS_STANZA (self));

  set_to (self, to_jid != NULL ? hs_jid_to_string (to_jid) : NULL);
}

/**
 * hs_stanza_get_lang: (get-property lang)
 * @self: a stanza
 *
 * The language of a stanza's text for people (RFC 6120, 8.1.5): its own `xml:lang`, not that of the
 * stream.
 *
 * Returns: (nullable): a language tag, or %NULL if there is none
 */
const char *
hs_stanza_get_lang (HsStanza *self)
{
  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  return hs_node_get_attribute (hs_element_get_node (HS_ELEMENT (self)), "lang", HS_NS_XML);
}

/**
 * hs_stanza_set_lang: (set-property lang)
 * @self: a stanza
 * @lang: (nullable): a language tag (RFC 5646), or %NULL to remove it
 *
 * Sets the language of a stanza's text for people (RFC 6120, 8.1.5).
 */
void
hs_stanza_set_lang (HsStanza *self, const char *lang)
{
  HsNode *node = NULL;

  g_return_if_fail (HS_IS_STANZA (self));

  node = hs_stanza_get_writable_node (self);
  if (node == NULL || g_strcmp0 (hs_stanza_get_lang (self), lang) == 0)
    return;
  hs_node_set_attribute (node, "lang", HS_NS_XML, lang);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LANG]);
}
