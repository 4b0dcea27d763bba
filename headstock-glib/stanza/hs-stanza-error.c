/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-stanza-error-private.h"

#include "hs-element-private.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "hs-stanza-private.h"

/* Makes a GError of a stanza error. The GError keeps the stanza. */

/* By HsStanzaError. */
static const struct
{
  const char *name;
  const char *error_type;
} conditions[] = {
  [HS_STANZA_ERROR_BAD_REQUEST] = { "bad-request", "modify" },
  [HS_STANZA_ERROR_CONFLICT] = { "conflict", "cancel" },
  [HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED] = { "feature-not-implemented", "cancel" },
  [HS_STANZA_ERROR_FORBIDDEN] = { "forbidden", "auth" },
  [HS_STANZA_ERROR_GONE] = { "gone", "cancel" },
  [HS_STANZA_ERROR_INTERNAL_SERVER_ERROR] = { "internal-server-error", "cancel" },
  [HS_STANZA_ERROR_ITEM_NOT_FOUND] = { "item-not-found", "cancel" },
  [HS_STANZA_ERROR_JID_MALFORMED] = { "jid-malformed", "modify" },
  [HS_STANZA_ERROR_NOT_ACCEPTABLE] = { "not-acceptable", "modify" },
  [HS_STANZA_ERROR_NOT_ALLOWED] = { "not-allowed", "cancel" },
  [HS_STANZA_ERROR_NOT_AUTHORIZED] = { "not-authorized", "auth" },
  [HS_STANZA_ERROR_POLICY_VIOLATION] = { "policy-violation", "modify" },
  [HS_STANZA_ERROR_RECIPIENT_UNAVAILABLE] = { "recipient-unavailable", "wait" },
  [HS_STANZA_ERROR_REDIRECT] = { "redirect", "modify" },
  [HS_STANZA_ERROR_REGISTRATION_REQUIRED] = { "registration-required", "auth" },
  [HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND] = { "remote-server-not-found", "cancel" },
  [HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT] = { "remote-server-timeout", "wait" },
  [HS_STANZA_ERROR_RESOURCE_CONSTRAINT] = { "resource-constraint", "wait" },
  [HS_STANZA_ERROR_SERVICE_UNAVAILABLE] = { "service-unavailable", "cancel" },
  [HS_STANZA_ERROR_SUBSCRIPTION_REQUIRED] = { "subscription-required", "auth" },
  [HS_STANZA_ERROR_UNDEFINED_CONDITION] = { "undefined-condition", "cancel" },
  [HS_STANZA_ERROR_UNEXPECTED_REQUEST] = { "unexpected-request", "wait" },
};

/* RFC 6120, 8.3.2. */
static const char *const error_types[] = { "auth", "cancel", "continue", "modify", "wait" };

/* The parts of the stanza's <error/>. A part that is missing is NULL. */
typedef struct
{
  HsNode *error;
  HsNode *condition;
  HsNode *application; /* the condition that is the application's own */
  HsNode *text;
} Parts;

/* A copy of the stanza: the program may change what it was given, and may free the error in another thread. */
typedef struct
{
  HsStanza *stanza;
  char *text;
} HsStanzaErrorPrivate;

/* The stanza of the error that was freed last in this thread, once somebody has asked for such a stanza. */
static GPrivate last_stanza = G_PRIVATE_INIT (g_object_unref);
static int keeps_last;

/* Returns the private data of an extended error, as the macro G_DEFINE_EXTENDED_ERROR does. The macro itself would
 * name the domain after the C type, and programs know the domain as "hs-stanza-error-quark". */
static HsStanzaErrorPrivate *
get_private (const GError *error)
{
  const gsize alignment = 2 * sizeof (gsize);

  return (HsStanzaErrorPrivate *) (gpointer) ((guint8 *) error
                                   - ((sizeof (HsStanzaErrorPrivate) + alignment - 1) & ~(alignment - 1)));
}

static void
init_private (GError *error)
{
  *get_private (error) = (HsStanzaErrorPrivate){ 0 };
}

static void
copy_private (const GError *from, GError *to)
{
  HsStanzaErrorPrivate *priv = get_private (from);

  get_private (to)->stanza = priv->stanza != NULL ? g_object_ref (priv->stanza) : NULL;
  get_private (to)->text = g_strdup (priv->text);
}

static void
clear_private (GError *error)
{
  HsStanzaErrorPrivate *priv = get_private (error);

  if (g_atomic_int_get (&keeps_last) && priv->stanza != NULL)
    g_private_replace (&last_stanza, g_steal_pointer (&priv->stanza));
  g_clear_object (&priv->stanza);
  g_free (priv->text);
}

/**
 * hs_stanza_error_quark:
 *
 * The error domain of [error@Headstock.StanzaError]: stanza error conditions (RFC 6120, 8.3.3).
 *
 * Returns: the domain
 */
GQuark
hs_stanza_error_quark (void)
{
  static gsize quark;

  if (g_once_init_enter (&quark))
    g_once_init_leave (&quark, g_error_domain_register_static ("hs-stanza-error-quark", sizeof (HsStanzaErrorPrivate),
                                                               init_private, copy_private, clear_private));
  return (GQuark) quark;
}

gboolean
hs_stanza_condition_is_known (HsStanzaError condition)
{
  return (guint) condition < G_N_ELEMENTS (conditions);
}

const char *
hs_stanza_condition_get_name (HsStanzaError condition)
{
  return conditions[condition].name;
}

const char *
hs_stanza_condition_get_error_type (HsStanzaError condition)
{
  return conditions[condition].error_type;
}

static HsStanzaError
parse_condition (HsNode *condition)
{
  for (guint i = 0; condition != NULL && i < G_N_ELEMENTS (conditions); i++)
    {
      if (strcmp (conditions[i].name, condition->name) == 0)
        return i;
    }
  return HS_STANZA_ERROR_UNDEFINED_CONDITION;
}

static void
find_parts (HsStanza *self, Parts *parts)
{
  *parts = (Parts){ .error = hs_stanza_get_own_child (self, "error") };
  for (HsNode *child = parts->error != NULL ? hs_node_first_element (parts->error) : NULL; child != NULL;
       child = hs_node_next_element (child))
    {
      HsNode **place = NULL;

      if (!hs_namespace_equal (child->namespace_, HS_NS_STANZAS))
        place = &parts->application;
      else
        place = strcmp (child->name, "text") == 0 ? &parts->text : &parts->condition;
      if (*place == NULL)
        *place = child;
    }
  /* Before RFC 3920 an error held its text itself. */
  if (parts->text == NULL)
    parts->text = parts->error;
}

static char *
dup_text (const Parts *parts)
{
  return parts->text != NULL ? hs_node_dup_value (parts->text) : NULL;
}

static const char *
get_error_type (const Parts *parts)
{
  const char *written = parts->error != NULL ? hs_node_get_attribute (parts->error, "type", NULL) : NULL;

  for (guint i = 0; written != NULL && i < G_N_ELEMENTS (error_types); i++)
    {
      if (strcmp (error_types[i], written) == 0)
        return error_types[i];
    }
  return conditions[parse_condition (parts->condition)].error_type;
}

/* Appends text that a peer wrote, made printable. */
static void
append_printable (GString *message, const char *before, const char *text, gsize max)
{
  g_autofree char *shown = hs_printable (text, max);

  g_string_append_printf (message, "%s%s", before, shown);
}

/* A stanza without a sender comes from the server (RFC 6120, 8.1.2.1), whose domain is the one of the account that
 * it went to. */
static void
append_sender (GString *message, HsNode *stanza)
{
  const char *from = hs_node_get_attribute (stanza, "from", NULL);
  g_autoptr (HsJid) to = from == NULL ? hs_stanza_node_dup_jid (stanza, "to") : NULL;

  if (from != NULL)
    append_printable (message, "", from, HS_PRINTABLE_TEXT);
  else if (to != NULL)
    append_printable (message, "", hs_jid_get_domain (to), HS_PRINTABLE_TEXT);
  else
    g_string_append (message, "The server");
}

void
hs_stanza_append_request (GString *message, const char *name, const char *namespace_)
{
  g_string_append (message, "request");
  if (name == NULL)
    return;
  if (namespace_ != NULL && *namespace_ != '\0')
    append_printable (message, " (", namespace_, HS_PRINTABLE_NAME);
  append_printable (message, namespace_ != NULL && *namespace_ != '\0' ? " " : " (", name, HS_PRINTABLE_NAME);
  g_string_append_c (message, ')');
}

/* Appends the details of the condition: the new address (RFC 6120, 8.3.3.5 and 8.3.3.14), and the peer's own name of
 * the condition. */
static void
append_details (GString *message, const Parts *parts, HsStanzaError code)
{
  g_autofree char *address = NULL;
  const char *before = " (";

  if (code == HS_STANZA_ERROR_GONE || code == HS_STANZA_ERROR_REDIRECT)
    address = hs_node_dup_value (parts->condition);
  if (parts->condition != NULL && strcmp (parts->condition->name, conditions[code].name) != 0)
    {
      append_printable (message, before, parts->condition->name, HS_PRINTABLE_TEXT);
      before = ", ";
    }
  if (address != NULL)
    {
      append_printable (message, before, address, HS_PRINTABLE_TEXT);
      before = ", ";
    }
  if (parts->application != NULL)
    {
      append_printable (message, before, parts->application->name, HS_PRINTABLE_TEXT);
      before = ", ";
    }
  if (*before == ',')
    g_string_append_c (message, ')');
}

static GError *
make_error (HsStanza *self, const Parts *parts, const char *message)
{
  GError *error = g_error_new_literal (HS_STANZA_ERROR, parse_condition (parts->condition), message);
  HsStanzaErrorPrivate *priv = get_private (error);

  priv->stanza = HS_STANZA (hs_element_copy (HS_ELEMENT (self)));
  priv->text = dup_text (parts);
  return error;
}

/* Returns the payload of a request, which its error may repeat (RFC 6120, 8.3.1). */
static HsNode *
find_payload (HsNode *iq, HsNode *error)
{
  HsNode *child = hs_node_first_element (iq);

  return child != error ? child : child != NULL ? hs_node_next_element (child) : NULL;
}

GError *
hs_stanza_get_error_of_request (HsStanza *self, const char *name, const char *namespace_)
{
  HsNode *stanza = hs_element_get_node (HS_ELEMENT (self));
  g_autoptr (GString) message = NULL;
  g_autofree char *text = NULL;
  Parts parts;

  if (g_strcmp0 (hs_stanza_get_stanza_type (self), "error") != 0)
    return NULL;
  find_parts (self, &parts);
  message = g_string_new (NULL);
  append_sender (message, stanza);
  g_string_append (message, " answered the ");
  if (strcmp (stanza->name, "iq") == 0)
    {
      HsNode *payload = name == NULL ? find_payload (stanza, parts.error) : NULL;

      hs_stanza_append_request (message, payload != NULL ? payload->name : name,
                                payload != NULL ? payload->namespace_ : namespace_);
    }
  else
    {
      g_string_append (message, stanza->name);
    }
  g_string_append_printf (message, " with %s", conditions[parse_condition (parts.condition)].name);
  append_details (message, &parts, parse_condition (parts.condition));
  text = dup_text (&parts);
  if (text != NULL)
    append_printable (message, ": ", text, HS_PRINTABLE_TEXT);
  return make_error (self, &parts, message->str);
}

/**
 * hs_stanza_get_error:
 * @self: a stanza
 *
 * What a stanza of the type `error` says (RFC 6120, 8.3).
 *
 * The error's domain is %HS_STANZA_ERROR. A condition that RFC 6120 does not know, and none at all, are
 * %HS_STANZA_ERROR_UNDEFINED_CONDITION. The message tells who answered what with which condition, then in
 * parentheses the new address (`gone`, `redirect`) and the name of the condition that is the
 * application's own, then the text that came with it:
 * `example.org answered the request (jabber:iq:roster query) with bad-request (invalid-jid): No such user`.
 * The error has a copy of the stanza with it, see [func@StanzaError.get_stanza].
 *
 * ```python
 * error = message.get_error()
 * if error is not None:
 *     print(error.message)
 * ```
 *
 * Returns: (transfer full) (nullable): the error, or %NULL if the type is not `error`
 */
GError *
hs_stanza_get_error (HsStanza *self)
{
  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  return hs_stanza_get_error_of_request (self, NULL, NULL);
}

/**
 * hs_stanza_get_error_type:
 * @self: a stanza
 *
 * What can be done about the error in a stanza of the type `error` (RFC 6120, 8.3.2).
 *
 * `auth`: retry after signing in or asking for a right; `cancel`: do not retry; `continue`: go on, it was a warning;
 * `modify`: retry after changing what was sent; `wait`: retry after a while, it is temporary. Where the stanza has no
 * type of these, this is the one that RFC 6120, 8.3.3 has for the condition.
 *
 * Returns: (nullable): the error's type, or %NULL if the stanza's type is not `error`
 *
 * Since: 0.2
 */
const char *
hs_stanza_get_error_type (HsStanza *self)
{
  Parts parts;

  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  if (g_strcmp0 (hs_stanza_get_stanza_type (self), "error") != 0)
    return NULL;
  find_parts (self, &parts);
  return get_error_type (&parts);
}

/**
 * hs_stanza_get_error_text:
 * @self: a stanza
 *
 * What the sender of a stanza of the type `error` says about it to people (RFC 6120, 8.3.4), without white space
 * around it. It is as the peer wrote it: show it with [func@printable].
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if there is none or the stanza's type is not `error`
 *
 * Since: 0.2
 */
char *
hs_stanza_get_error_text (HsStanza *self)
{
  Parts parts;

  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  if (g_strcmp0 (hs_stanza_get_stanza_type (self), "error") != 0)
    return NULL;
  find_parts (self, &parts);
  return dup_text (&parts);
}

/**
 * hs_stanza_error_get_condition:
 * @error: an error
 *
 * Gets the name of the condition in a stanza error, such as `item-not-found` (RFC 6120, 8.3.3).
 *
 * It is that of the error's code. A condition that RFC 6120 does not know is `undefined-condition`.
 *
 * Returns: (nullable): the name, or %NULL if the error's domain is not %HS_STANZA_ERROR
 *
 * Since: 0.2
 */
const char *
hs_stanza_error_get_condition (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain != HS_STANZA_ERROR || !hs_stanza_condition_is_known ((HsStanzaError) error->code))
    return NULL;
  return conditions[error->code].name;
}

/**
 * hs_stanza_error_get_error_type:
 * @error: an error
 *
 * Gets what can be done about a stanza error: `auth`, `cancel`, `continue`, `modify` or `wait` (RFC 6120, 8.3.2).
 *
 * See [method@Stanza.get_error_type]. Where the error has no stanza, this is the type that RFC 6120, 8.3.3 has for its
 * condition.
 *
 * ```c
 * if (g_strcmp0 (hs_stanza_error_get_error_type (error), "wait") == 0)
 *   retry_later ();
 * ```
 *
 * Returns: (nullable): the type, or %NULL if the error's domain is not %HS_STANZA_ERROR
 *
 * Since: 0.2
 */
const char *
hs_stanza_error_get_error_type (const GError *error)
{
  HsStanza *stanza = NULL;

  g_return_val_if_fail (error != NULL, NULL);

  if (hs_stanza_error_get_condition (error) == NULL)
    return NULL;
  stanza = hs_stanza_error_get_stanza (error);
  return stanza != NULL ? hs_stanza_get_error_type (stanza) : conditions[error->code].error_type;
}

/**
 * hs_stanza_error_get_text:
 * @error: an error
 *
 * Gets the text that came with a stanza error (RFC 6120, 8.3.4), as [method@Stanza.get_error_text] has it.
 *
 * Returns: (nullable): the text, or %NULL if none came with it or the error's domain is not %HS_STANZA_ERROR
 *
 * Since: 0.2
 */
const char *
hs_stanza_error_get_text (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == HS_STANZA_ERROR ? get_private (error)->text : NULL;
}

/**
 * hs_stanza_error_get_stanza:
 * @error: an error
 *
 * Gets the stanza that a stanza error was made from: a copy, as it was received.
 *
 * It says who sent it, and has what the application's own condition may hold. Copies of the error have the same
 * stanza. An error that a program made has none, and neither has one with which the server refused to bind a resource,
 * nor an error in Python, where PyGObject makes another one out of message, domain and code.
 *
 * Returns: (transfer none) (nullable): the stanza, or %NULL if there is none or the error's domain is not
 *   %HS_STANZA_ERROR
 *
 * Since: 0.2
 */
HsStanza *
hs_stanza_error_get_stanza (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == HS_STANZA_ERROR ? get_private (error)->stanza : NULL;
}

/**
 * hs_stanza_error_steal_last:
 *
 * Takes the stanza of the stanza error that was freed last in this thread; for language bindings.
 *
 * A binding that makes an exception out of an error's message, domain and code, and frees the error, has its stanza
 * afterwards from here. The first call makes the library keep such stanzas, one for each thread: call it once when the
 * binding is loaded, and after each error in the domain %HS_STANZA_ERROR that it has made an exception of. C programs
 * call [func@StanzaError.get_stanza] instead.
 *
 * Returns: (transfer full) (nullable): the stanza, or %NULL if there is none, or it was taken already
 *
 * Since: 0.2
 */
HsStanza *
hs_stanza_error_steal_last (void)
{
  HsStanza *stanza = g_private_get (&last_stanza);

  g_atomic_int_set (&keeps_last, TRUE);
  g_private_set (&last_stanza, NULL);
  return stanza;
}
