/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include <string.h>

/**
 * HsRegistration:
 *
 * Makes an account on a server, on the connection that then signs in with it (XEP-0077).
 *
 * ```python
 * client = Headstock.Client.new("juliet@example.com", "secret")
 * client.set_registration(Headstock.Registration())
 * client.run()
 * ```
 *
 * After TLS and before signing in, the server is asked what it wants to know. What is known is filled
 * in: the name and the password, an e-mail address, what [method@Registration.set_value] gave. Whatever
 * is open after that, such as a captcha, is asked of the program by
 * [signal@Registration::fill-form]. Then the form is submitted, and the client signs in.
 *
 * What comes of it is told by signals that are virtual functions as well: a subclass overrides
 * `handle_register_success`, `handle_register_conflict`, `handle_resource_constraint` and
 * `handle_register_error`. Where nobody says otherwise, the run ends with the error. From each of the
 * last three, a program may
 *
 * - try again, with another name or after it has changed what is to be filled in:
 *   [method@Registration.retry];
 * - sign in all the same: [method@Registration.sign_in];
 * - decide later: [method@Registration.defer];
 * - give up, by doing nothing.
 *
 * ```python
 * class Register(Headstock.Registration):
 *     def do_handle_register_conflict(self, element):
 *         self.retry("juliet2")
 * ```
 *
 * An account that this object has made is not made again when the client reconnects. For an account
 * that exists, [method@Client.register] the object like any other module: nothing is made then, and
 * when the client is ready, [method@Registration.change_password_async] and
 * [method@Registration.cancel_account_async] can be used.
 *
 * In-band registration sends the password to the server as it is: it belongs under TLS, which
 * [property@Client:tls-mode] demands unless it is told otherwise.
 */

/**
 * HsRegistrationClass::handle_register_success:
 * @self: a registration
 * @element: the answer to our submission
 *
 * The account was made. The client signs in with it next.
 */

/**
 * HsRegistrationClass::handle_register_conflict:
 * @self: a registration
 * @element: the answer
 *
 * The name is taken. To do nothing ends the run with %HS_STANZA_ERROR_CONFLICT.
 */

/**
 * HsRegistrationClass::handle_resource_constraint:
 * @self: a registration
 * @element: the answer
 *
 * The server makes no account for us now. To do nothing ends the run with %HS_STANZA_ERROR_RESOURCE_CONSTRAINT.
 */

/**
 * HsRegistrationClass::handle_register_error:
 * @self: a registration
 * @error: what happened
 * @element: (nullable): the answer, where there is one
 *
 * Anything else went wrong. To do nothing ends the run with @error.
 */

/**
 * HsRegistrationClass::fill_form:
 * @self: a registration
 * @form: a form
 *
 * A form asks for what is not known.
 *
 * Returns: true where the form is answered later, with [method@Registration.submit]
 */

enum
{
  PROP_USERNAME = 1,
  PROP_PASSWORD,
  PROP_EMAIL,
  PROP_PREAUTH_TOKEN,
  PROP_URL,
  PROP_REGISTERED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE_WITH_CODE (HsRegistration, hs_registration, G_TYPE_OBJECT,
                         G_ADD_PRIVATE (HsRegistration)
                         G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_registration_module_init))

static void
hs_registration_finalize (GObject *object)
{
  HsRegistrationPrivate *priv = hs_registration_private (HS_REGISTRATION (object));

  hs_registration_abandon (HS_REGISTRATION (object));
  g_clear_pointer (&priv->registered, hs_jid_unref);
  hs_registration_forget (&priv->password);
  hs_registration_forget (&priv->preauth_token);
  g_free (priv->username);
  g_free (priv->url);
  g_hash_table_unref (priv->values);
  g_ptr_array_unref (priv->changes);

  G_OBJECT_CLASS (hs_registration_parent_class)->finalize (object);
}

static void
hs_registration_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsRegistration *self = HS_REGISTRATION (object);

  switch (prop_id)
    {
    case PROP_USERNAME:
      g_value_set_string (value, hs_registration_get_username (self));
      break;
    case PROP_EMAIL:
      g_value_set_string (value, hs_registration_get_email (self));
      break;
    case PROP_PREAUTH_TOKEN:
      g_value_set_string (value, hs_registration_get_preauth_token (self));
      break;
    case PROP_URL:
      g_value_set_string (value, hs_registration_get_url (self));
      break;
    case PROP_REGISTERED:
      g_value_set_boolean (value, hs_registration_get_registered (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_registration_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  HsRegistration *self = HS_REGISTRATION (object);

  switch (prop_id)
    {
    case PROP_USERNAME:
      hs_registration_set_username (self, g_value_get_string (value));
      break;
    case PROP_PASSWORD:
      hs_registration_set_password (self, g_value_get_string (value));
      break;
    case PROP_EMAIL:
      hs_registration_set_email (self, g_value_get_string (value));
      break;
    case PROP_PREAUTH_TOKEN:
      hs_registration_set_preauth_token (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags wo = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsRegistration:username: (getter get_username) (setter set_username)
   *
   * The name of the account to make, its localpart; %NULL for that of [property@Client:jid].
   */
  props[PROP_USERNAME] = g_param_spec_string ("username", NULL, NULL, NULL, rw);

  /**
   * HsRegistration:password: (setter set_password)
   *
   * The password of the account to make; %NULL for the client's. It can be written and not read.
   */
  props[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL, wo);

  /**
   * HsRegistration:email: (getter get_email) (setter set_email)
   *
   * An e-mail address, for a server that asks for one.
   */
  props[PROP_EMAIL] = g_param_spec_string ("email", NULL, NULL, NULL, rw);

  /**
   * HsRegistration:preauth-token: (getter get_preauth_token) (setter set_preauth_token)
   *
   * The token of an invitation (XEP-0445), such as [method@Invitation.get_token] reads from its URI.
   */
  props[PROP_PREAUTH_TOKEN] = g_param_spec_string ("preauth-token", NULL, NULL, NULL, rw);

  /**
   * HsRegistration:url: (getter get_url)
   *
   * Where accounts can be made as well, or only, as the server has said last (XEP-0066).
   */
  props[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, ro);

  /**
   * HsRegistration:registered: (getter get_registered)
   *
   * Whether the account has been made.
   */
  props[PROP_REGISTERED] = g_param_spec_boolean ("registered", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

/* hs-registration-core.c emits these by name. */
static void
new_signal (const char *name, guint offset, guint n_params, ...)
{
  va_list types;

  va_start (types, n_params);
  g_signal_new_valist (name, HS_TYPE_REGISTRATION, G_SIGNAL_RUN_LAST,
                       g_signal_type_cclosure_new (HS_TYPE_REGISTRATION, offset), NULL, NULL,
                       NULL, G_TYPE_NONE, n_params, types);
  va_end (types);
}

static void
install_result_signals (void)
{
  /**
   * HsRegistration::handle-register-success:
   * @self: the registration
   * @element: the server's answer, an iq
   *
   * The server has made the account that was submitted. The client signs in next.
   */
  new_signal ("handle-register-success",
      G_STRUCT_OFFSET (HsRegistrationClass, handle_register_success), 1, HS_TYPE_ELEMENT);

  /**
   * HsRegistration::handle-register-conflict:
   * @self: the registration
   * @element: the server's answer, an iq of the type `error`
   *
   * The name is taken (%HS_STANZA_ERROR_CONFLICT). The run ends with the error unless
   * [method@Registration.retry], [method@Registration.sign_in] or [method@Registration.defer] is called.
   */
  new_signal ("handle-register-conflict",
      G_STRUCT_OFFSET (HsRegistrationClass, handle_register_conflict), 1, HS_TYPE_ELEMENT);

  /**
   * HsRegistration::handle-resource-constraint:
   * @self: the registration
   * @element: the server's answer, an iq of the type `error`
   *
   * The server makes no account now, as after too many from the same address
   * (%HS_STANZA_ERROR_RESOURCE_CONSTRAINT). The run ends with the error unless
   * [method@Registration.retry], [method@Registration.sign_in] or [method@Registration.defer] is called.
   */
  new_signal ("handle-resource-constraint",
      G_STRUCT_OFFSET (HsRegistrationClass, handle_resource_constraint), 1, HS_TYPE_ELEMENT);
}

static void
install_other_signals (void)
{
  /**
   * HsRegistration::handle-register-error:
   * @self: the registration
   * @error: what went wrong
   * @element: (nullable): the server's answer, an iq, where it is about one
   *
   * Anything else went wrong: any other condition in %HS_STANZA_ERROR, such as
   * %HS_STANZA_ERROR_NOT_ACCEPTABLE; %HS_REGISTRATION_ERROR; %HS_DATA_FORM_ERROR where a field could not
   * be filled in; %HS_ERROR_INVALID_JID where the name is none; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED
   * after [method@Registration.cancel]. The run ends with the error unless
   * [method@Registration.retry], [method@Registration.sign_in] or [method@Registration.defer] is called.
   */
  new_signal ("handle-register-error",
      G_STRUCT_OFFSET (HsRegistrationClass, handle_register_error), 2,
      G_TYPE_ERROR, HS_TYPE_ELEMENT);

  /**
   * HsRegistration::fill-form:
   * @self: the registration
   * @form: the form, with what is known filled in
   *
   * The form asks for something that is not known. What a server asked for in the way that is older than
   * forms looks the same.
   *
   * A handler fills the fields in and returns false, or calls [method@Registration.submit]; or it
   * returns true, and [method@Registration.submit] or [method@Registration.cancel] is called later.
   * Where nobody has filled in what is required, the registration fails.
   *
   * Returns: true where the form will be answered later
   */
  g_signal_new (
      "fill-form", HS_TYPE_REGISTRATION, G_SIGNAL_RUN_LAST,
      G_STRUCT_OFFSET (HsRegistrationClass, fill_form), g_signal_accumulator_true_handled, NULL,
      NULL, G_TYPE_BOOLEAN, 1, HS_TYPE_DATA_FORM);
}

static void
hs_registration_class_init (HsRegistrationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_registration_finalize;
  object_class->get_property = hs_registration_get_property;
  object_class->set_property = hs_registration_set_property;

  install_properties (object_class);
  install_result_signals ();
  install_other_signals ();
}

static void
hs_registration_init (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  priv->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  priv->changes = g_ptr_array_new ();
}

/**
 * hs_registration_new:
 *
 * Makes a registration, for [method@Client.set_registration] or [method@Client.register].
 *
 * Returns: (transfer full): the new registration
 */
HsRegistration *
hs_registration_new (void)
{
  return g_object_new (HS_TYPE_REGISTRATION, NULL);
}

/**
 * hs_registration_get_username: (get-property username)
 * @self: a registration
 *
 * The name of the account to make, its localpart.
 *
 * Returns: (nullable): the name, or %NULL for that of [property@Client:jid]
 */
const char *
hs_registration_get_username (HsRegistration *self)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), NULL);

  return hs_registration_private (self)->username;
}

/**
 * hs_registration_set_username: (set-property username)
 * @self: a registration
 * @username: (nullable): the name, or %NULL for that of [property@Client:jid]
 *
 * Sets the name of the account to make. Once it is made, the client's address has the name.
 */
void
hs_registration_set_username (HsRegistration *self, const char *username)
{
  g_return_if_fail (HS_IS_REGISTRATION (self));

  hs_registration_set_text (self, &hs_registration_private (self)->username, username, "username");
}

/**
 * hs_registration_set_password: (set-property password)
 * @self: a registration
 * @password: (nullable): the password, or %NULL for the client's
 *
 * Sets the password of the account to make. Once it is made, the client has the password.
 */
void
hs_registration_set_password (HsRegistration *self, const char *password)
{
  g_return_if_fail (HS_IS_REGISTRATION (self));

  hs_registration_set_text (self, &hs_registration_private (self)->password, password, "password");
}

/**
 * hs_registration_get_email: (get-property email)
 * @self: a registration
 *
 * An e-mail address, for a server that asks for one.
 *
 * Returns: (nullable): the address, or %NULL
 */
const char *
hs_registration_get_email (HsRegistration *self)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), NULL);

  return hs_registration_get_value (self, "email");
}

/**
 * hs_registration_set_email: (set-property email)
 * @self: a registration
 * @email: (nullable): the address, or %NULL
 *
 * Sets an e-mail address, for a server that asks for one.
 */
void
hs_registration_set_email (HsRegistration *self, const char *email)
{
  g_return_if_fail (HS_IS_REGISTRATION (self));

  hs_registration_set_value (self, "email", email);
}

/**
 * hs_registration_get_preauth_token: (get-property preauth-token)
 * @self: a registration
 *
 * The token of an invitation (XEP-0445).
 *
 * Returns: (nullable): the token, or %NULL
 */
const char *
hs_registration_get_preauth_token (HsRegistration *self)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), NULL);

  return hs_registration_private (self)->preauth_token;
}

/**
 * hs_registration_set_preauth_token: (set-property preauth-token)
 * @self: a registration
 * @preauth_token: (nullable): the token, or %NULL
 *
 * Sets the token of an invitation (XEP-0445). It is presented before the server is asked for its form.
 */
void
hs_registration_set_preauth_token (HsRegistration *self, const char *preauth_token)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));

  if (g_strcmp0 (priv->preauth_token, preauth_token) != 0)
    priv->token_taken = FALSE;
  hs_registration_set_text (self, &priv->preauth_token, preauth_token, "preauth-token");
}

/**
 * hs_registration_get_url: (get-property url)
 * @self: a registration
 *
 * Where accounts can be made as well, or only, as the server has said last (XEP-0066; XEP-0077, 5). The
 * server wrote it: look at the scheme before opening it.
 *
 * Returns: (nullable): the URL, or %NULL where the server named none
 */
const char *
hs_registration_get_url (HsRegistration *self)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), NULL);

  return hs_registration_private (self)->url;
}

/**
 * hs_registration_get_registered: (get-property registered)
 * @self: a registration
 *
 * Whether the account has been made, or is taken to exist since [method@Registration.sign_in]. It is
 * not made again then.
 *
 * Returns: true where it has
 */
gboolean
hs_registration_get_registered (HsRegistration *self)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), FALSE);

  return hs_registration_private (self)->registered != NULL;
}

/**
 * hs_registration_get_value:
 * @self: a registration
 * @name: a field's name
 *
 * What is filled in where a form has a field of that name.
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_registration_get_value (HsRegistration *self, const char *name)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (hs_registration_private (self)->values, name);
}

/**
 * hs_registration_set_value:
 * @self: a registration
 * @name: a field's name, such as `email` or `first` (XEP-0077, 14.1)
 * @value: (nullable): the value, or %NULL for none
 *
 * Says what is to be filled in where a form has a field of that name. The name and the password of the
 * account have properties of their own.
 */
void
hs_registration_set_value (HsRegistration *self, const char *name, const char *value)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));
  g_return_if_fail (name != NULL);

  if (g_strcmp0 (g_hash_table_lookup (priv->values, name), value) == 0)
    return;
  if (value != NULL)
    g_hash_table_insert (priv->values, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (priv->values, name);
  if (strcmp (name, "email") == 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EMAIL]);
}
