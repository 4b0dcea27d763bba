/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-invitation.h"

#include <string.h>

#include "hs-error.h"
#include "hs-printable.h"

/**
 * HsInvitation:
 *
 * An invitation in the form of an `xmpp:` URI, such as somebody is sent by mail or reads from a code on
 * paper (RFC 5122, XEP-0401).
 *
 * | URI | what it invites to |
 * |---|---|
 * | `xmpp:juliet@example.com?register;preauth=TOKEN` | make this account (XEP-0445) |
 * | `xmpp:example.com?register;preauth=TOKEN` | make an account there, with a name of one's own |
 * | `xmpp:romeo@example.com?roster;preauth=TOKEN;ibr=y` | add this contact, and make an account on its server where one has none |
 * | `xmpp:romeo@example.com?roster;preauth=TOKEN` | add this contact (XEP-0379) |
 *
 * ```python
 * invitation = Headstock.Invitation.parse(uri)
 * client = Headstock.Client.new_for_jid(invitation.get_jid(), password)
 * registration = Headstock.Registration(preauth_token=invitation.get_token())
 * client.set_registration(registration)
 * ```
 *
 * Who wrote the URI wrote all of it: show the address before an account is made there.
 */

struct _HsInvitation
{
  GObject parent_instance;

  HsJid *jid;
  char *action;
  GHashTable *parameters;
};

enum
{
  PROP_JID = 1,
  PROP_ACTION,
  PROP_TOKEN,
  PROP_CAN_REGISTER,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsInvitation, hs_invitation, G_TYPE_OBJECT)

static void
hs_invitation_finalize (GObject *object)
{
  HsInvitation *self = HS_INVITATION (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->action);
  g_hash_table_unref (self->parameters);

  G_OBJECT_CLASS (hs_invitation_parent_class)->finalize (object);
}

static void
hs_invitation_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsInvitation *self = HS_INVITATION (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_invitation_get_jid (self));
      break;
    case PROP_ACTION:
      g_value_set_string (value, hs_invitation_get_action (self));
      break;
    case PROP_TOKEN:
      g_value_set_string (value, hs_invitation_get_token (self));
      break;
    case PROP_CAN_REGISTER:
      g_value_set_boolean (value, hs_invitation_get_can_register (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_invitation_class_init (HsInvitationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_invitation_finalize;
  object_class->get_property = hs_invitation_get_property;

  /**
   * HsInvitation:jid: (getter get_jid)
   *
   * The address that the URI names.
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsInvitation:action: (getter get_action)
   *
   * What to do with the address.
   */
  props[PROP_ACTION] = g_param_spec_string ("action", NULL, NULL, NULL, ro);

  /**
   * HsInvitation:token: (getter get_token)
   *
   * The token that proves the invitation.
   */
  props[PROP_TOKEN] = g_param_spec_string ("token", NULL, NULL, NULL, ro);

  /**
   * HsInvitation:can-register: (getter get_can_register)
   *
   * Whether an account may be made with the token.
   */
  props[PROP_CAN_REGISTER] = g_param_spec_boolean ("can-register", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_invitation_init (HsInvitation *self)
{
  self->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean G_GNUC_PRINTF (2, 3)
refuse_uri (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_URI_ERROR, G_URI_ERROR_FAILED, format, args);
  va_end (args);
  return FALSE;
}

/* Percent-encoded UTF-8 (RFC 5122, 2.7.2). NULL and no error for an absent part. */
static gboolean
decode (const char *start, const char *end, char **decoded, GError **error)
{
  *decoded = g_uri_unescape_segment (start, end, NULL);
  if (*decoded != NULL && g_utf8_validate (*decoded, -1, NULL))
    return TRUE;
  g_clear_pointer (decoded, g_free);
  return refuse_uri (error, "The URI has a percent sign that encodes no UTF-8");
}

/* [ node "@" ] host [ "/" resource ]: taken apart before it is decoded. */
static gboolean
parse_path (HsInvitation *self, const char *start, const char *end, GError **error)
{
  const char *slash = memchr (start, '/', end - start);
  const char *at = memchr (start, '@', (slash != NULL ? slash : end) - start);
  g_autofree char *local = NULL;
  g_autofree char *domain = NULL;
  g_autofree char *resource = NULL;

  if (at != NULL && !decode (start, at, &local, error))
    return FALSE;
  if (!decode (at != NULL ? at + 1 : start, slash != NULL ? slash : end, &domain, error))
    return FALSE;
  if (slash != NULL && !decode (slash + 1, end, &resource, error))
    return FALSE;
  if (*domain == '\0')
    return refuse_uri (error, "The URI names no address");
  self->jid = hs_jid_new_from_parts (local, domain, resource, error);
  return self->jid != NULL;
}

/* querytype *( ";" key "=" value ). The first of a key counts. */
static gboolean
parse_query (HsInvitation *self, const char *start, const char *end, GError **error)
{
  for (const char *p = start; p <= end;)
    {
      const char *semicolon = memchr (p, ';', end - p);
      const char *stop = semicolon != NULL ? semicolon : end;
      const char *equals = memchr (p, '=', stop - p);
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      if (!decode (p, equals != NULL ? equals : stop, &key, error) ||
          !decode (equals != NULL ? equals + 1 : stop, stop, &value, error))
        return FALSE;
      if (p == start && equals == NULL)
        self->action = *key != '\0' ? g_steal_pointer (&key) : NULL;
      else if (*key != '\0' && !g_hash_table_contains (self->parameters, key))
        g_hash_table_insert (self->parameters, g_steal_pointer (&key), g_steal_pointer (&value));
      p = stop + 1;
    }
  return TRUE;
}

/**
 * hs_invitation_parse:
 * @uri: an `xmpp:` URI or IRI
 * @error: return location for an error
 *
 * Reads an invitation: any `xmpp:` URI (RFC 5122, 2.2), with what XEP-0379, XEP-0401 and XEP-0445 say
 * of its parameters. What is inside an account's authority (`xmpp://me@home/...`) is passed over.
 *
 * Errors: %G_URI_ERROR_BAD_SCHEME if @uri does not begin with `xmpp:`, %G_URI_ERROR_FAILED if it is not a valid
 * URI, %HS_ERROR_INVALID_JID if its address is not a valid JID.
 *
 * ```python
 * invitation = Headstock.Invitation.parse("xmpp:romeo@montague.example?roster;preauth=1tMFqYDdKhfe2pwp")
 * print(invitation.jid, invitation.token)
 * ```
 *
 * Returns: (transfer full): the invitation
 */
HsInvitation *
hs_invitation_parse (const char *uri, GError **error)
{
  g_autoptr (HsInvitation) self = NULL;
  const char *start;
  const char *end;
  const char *query;

  g_return_val_if_fail (uri != NULL, NULL);

  if (g_ascii_strncasecmp (uri, "xmpp:", 5) != 0)
    {
      /* The rest of another URI may hold a token, which belongs in no log. */
      g_autofree char *start_of_uri = g_strndup (uri, strcspn (uri, "/?#"));
      g_autofree char *shown = hs_printable (start_of_uri, HS_PRINTABLE_NAME);

      g_set_error (error, G_URI_ERROR, G_URI_ERROR_BAD_SCHEME,
                   "An invitation must begin with 'xmpp:', and this URI begins with '%s'", shown);
      return NULL;
    }
  self = g_object_new (HS_TYPE_INVITATION, NULL);
  start = uri + 5;
  end = start + strcspn (start, "#");
  query = memchr (start, '?', end - start);
  if (strncmp (start, "//", 2) == 0)
    {
      const char *slash = memchr (start + 2, '/', (query != NULL ? query : end) - (start + 2));

      if (slash == NULL)
        {
          refuse_uri (error, "The URI names an account to use and no address");
          return NULL;
        }
      start = slash + 1;
    }
  if (!parse_path (self, start, query != NULL ? query : end, error) ||
      (query != NULL && !parse_query (self, query + 1, end, error)))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * hs_invitation_get_jid: (get-property jid)
 * @self: an invitation
 *
 * The address that the URI names: the account to make, the server to make one on, or the contact to
 * add.
 *
 * Returns: (transfer none): the address
 */
HsJid *
hs_invitation_get_jid (HsInvitation *self)
{
  g_return_val_if_fail (HS_IS_INVITATION (self), NULL);

  return self->jid;
}

/**
 * hs_invitation_get_action: (get-property action)
 * @self: an invitation
 *
 * What to do with the address, such as `register` or `roster` (XEP-0147).
 *
 * Returns: (nullable): the action, or %NULL if the URI names none
 */
const char *
hs_invitation_get_action (HsInvitation *self)
{
  g_return_val_if_fail (HS_IS_INVITATION (self), NULL);

  return self->action;
}

/**
 * hs_invitation_get_token: (get-property token)
 * @self: an invitation
 *
 * The token that proves the invitation, `preauth` in the URI, for
 * [property@Registration:preauth-token] (XEP-0445) or a subscription (XEP-0379). It is a secret.
 *
 * Returns: (nullable): the token, or %NULL if the URI has none
 */
const char *
hs_invitation_get_token (HsInvitation *self)
{
  g_return_val_if_fail (HS_IS_INVITATION (self), NULL);

  return hs_invitation_get_parameter (self, "preauth");
}

/**
 * hs_invitation_get_can_register: (get-property can-register)
 * @self: an invitation
 *
 * Whether an account may be made on the address's server: the action is `register`, or the URI says
 * `ibr=y` (XEP-0401, 4.1).
 *
 * Returns: true if it may
 */
gboolean
hs_invitation_get_can_register (HsInvitation *self)
{
  g_return_val_if_fail (HS_IS_INVITATION (self), FALSE);

  return g_strcmp0 (self->action, "register") == 0 ||
         (hs_invitation_get_token (self) != NULL &&
          g_strcmp0 (hs_invitation_get_parameter (self, "ibr"), "y") == 0);
}

/**
 * hs_invitation_get_parameter:
 * @self: an invitation
 * @name: a parameter's name
 *
 * A parameter of the URI, decoded.
 *
 * Returns: (nullable): its value, `""` if it has none, or %NULL if there is no such parameter
 */
const char *
hs_invitation_get_parameter (HsInvitation *self, const char *name)
{
  g_return_val_if_fail (HS_IS_INVITATION (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->parameters, name);
}
