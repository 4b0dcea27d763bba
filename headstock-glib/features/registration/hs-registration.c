/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include <string.h>

#include "hs-feature.h"

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
 * After TLS and before the sign-in, the registration asks the server for its form. It fills in what it
 * knows: the name and the password, an e-mail address, and the values of [method@Registration.set_value].
 * If fields are still empty, such as a captcha, [signal@Registration::fill-form] asks the program for them.
 * Then the form is submitted, and the client signs in.
 *
 * Signals tell the program about the result. They are virtual functions as well: a subclass overrides
 * `handle_register_success`, `handle_register_conflict`, `handle_resource_constraint` and
 * `handle_register_error`. From a handler of one of the last three, a program may
 *
 * - try again, with another name or other values: [method@Registration.retry];
 * - sign in without making the account: [method@Registration.sign_in];
 * - decide later: [method@Registration.defer];
 * - do nothing: the run ends with the error.
 *
 * ```python
 * class Register(Headstock.Registration):
 *     def do_handle_register_conflict(self, element):
 *         self.retry("juliet2")
 * ```
 *
 * The account is not made again when the client reconnects. To change or cancel an account that exists,
 * pass the object to [method@Client.register] like any other module: no account is made then. Once the
 * client is ready, call [method@Registration.change_password_async] or
 * [method@Registration.cancel_account_async].
 *
 * In-band registration sends the password to the server in plain text. It is sent only if
 * [method@Client.check_secret] allows that: under TLS, to a server whose certificate was verified.
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
 * The name is taken. If the handler does nothing, the run ends with %HS_STANZA_ERROR_CONFLICT.
 */

/**
 * HsRegistrationClass::handle_resource_constraint:
 * @self: a registration
 * @element: the answer
 *
 * The server makes no account now. If the handler does nothing, the run ends with
 * %HS_STANZA_ERROR_RESOURCE_CONSTRAINT.
 */

/**
 * HsRegistrationClass::handle_register_error:
 * @self: a registration
 * @error: what happened
 * @element: (nullable): the answer, where there is one
 *
 * Another error. If the handler does nothing, the run ends with @error.
 */

/**
 * HsRegistrationClass::fill_form:
 * @self: a registration
 * @form: a form
 *
 * The form has fields that the registration could not fill in.
 *
 * Returns: true if the program answers the form later, with [method@Registration.submit]
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
   * The name of the account to make, its localpart; %NULL for that of [property@Client:jid]. The default is %NULL.
   */
  props[PROP_USERNAME] = g_param_spec_string ("username", NULL, NULL, NULL, rw);

  /**
   * HsRegistration:password: (setter set_password)
   *
   * The password of the account to make; %NULL for the client's. It can be written and not read. The default is %NULL.
   */
  props[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL, wo);

  /**
   * HsRegistration:email: (getter get_email) (setter set_email)
   *
   * An e-mail address, for a server that asks for one. The default is %NULL.
   */
  props[PROP_EMAIL] = g_param_spec_string ("email", NULL, NULL, NULL, rw);

  /**
   * HsRegistration:preauth-token: (getter get_preauth_token) (setter set_preauth_token)
   *
   * The token of an invitation (XEP-0445), such as [method@Invitation.get_token] reads from its URI. The default is
   * %NULL.
   */
  props[PROP_PREAUTH_TOKEN] = g_param_spec_string ("preauth-token", NULL, NULL, NULL, rw);

  /**
   * HsRegistration:url: (getter get_url)
   *
   * The web page on which the server makes accounts, as it said last (XEP-0066); %NULL if it named none.
   */
  props[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, ro);

  /**
   * HsRegistration:registered: (getter get_registered)
   *
   * Whether the account was made.
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
   * Emitted when the server has made the account. The client signs in next.
   */
  new_signal ("handle-register-success",
      G_STRUCT_OFFSET (HsRegistrationClass, handle_register_success), 1, HS_TYPE_ELEMENT);

  /**
   * HsRegistration::handle-register-conflict:
   * @self: the registration
   * @element: the server's answer, an iq of the type `error`
   *
   * Emitted when the name is taken (%HS_STANZA_ERROR_CONFLICT). The run ends with the error unless
   * [method@Registration.retry], [method@Registration.sign_in] or [method@Registration.defer] is called.
   */
  new_signal ("handle-register-conflict",
      G_STRUCT_OFFSET (HsRegistrationClass, handle_register_conflict), 1, HS_TYPE_ELEMENT);

  /**
   * HsRegistration::handle-resource-constraint:
   * @self: the registration
   * @element: the server's answer, an iq of the type `error`
   *
   * Emitted when the server makes no account now, for example after too many from the same address
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
   * Emitted for any other error: another condition in %HS_STANZA_ERROR, such as
   * %HS_STANZA_ERROR_NOT_ACCEPTABLE; %HS_REGISTRATION_ERROR; %HS_DATA_FORM_ERROR if a field could not be
   * filled in; %HS_ERROR_INVALID_JID if the name is not a valid localpart; %HS_ERROR_TIMED_OUT;
   * %G_IO_ERROR_CANCELLED after [method@Registration.cancel]. The run ends with the error unless
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
   * Emitted when the form has fields that the registration could not fill in. A server that asks for plain
   * fields (XEP-0077, 3.1) and not for a data form is shown as a form as well.
   *
   * A handler fills in the fields and returns false, or calls [method@Registration.submit]. Or it returns
   * true, and the program calls [method@Registration.submit] or [method@Registration.cancel] later. If a
   * required field is still empty, the registration fails.
   *
   * Returns: true if the program answers the form later
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

  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);
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
 * Sets the name of the account to make. Once the account is made, the client's JID has this name.
 */
void
hs_registration_set_username (HsRegistration *self, const char *username)
{
  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  hs_registration_set_text (self, &hs_registration_private (self)->username, username, "username");
}

/**
 * hs_registration_set_password: (set-property password)
 * @self: a registration
 * @password: (nullable): the password, or %NULL for the client's
 *
 * Sets the password of the account to make. Once the account is made, the client has this password.
 */
void
hs_registration_set_password (HsRegistration *self, const char *password)
{
  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

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
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

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
 * Sets the token of an invitation (XEP-0445). It is sent before the server is asked for its form.
 */
void
hs_registration_set_preauth_token (HsRegistration *self, const char *preauth_token)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  if (g_strcmp0 (priv->preauth_token, preauth_token) != 0)
    priv->token_taken = FALSE;
  hs_registration_set_text (self, &priv->preauth_token, preauth_token, "preauth-token");
}

/**
 * hs_registration_get_url: (get-property url)
 * @self: a registration
 *
 * The web page on which the server makes accounts, as it said last (XEP-0066; XEP-0077, 5). The server
 * wrote the URL: check its scheme before opening it.
 *
 * Returns: (nullable): the URL, or %NULL if the server named none
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
 * Whether the account was made, or the program said with [method@Registration.sign_in] that it exists. It
 * is not made again then.
 *
 * Returns: true if the account was made
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
 * The value that is filled in if a form has a field of that name.
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
 * Sets the value that is filled in if a form has a field of that name. The name and the password of the
 * account have properties of their own.
 */
void
hs_registration_set_value (HsRegistration *self, const char *name, const char *value)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));
  g_return_if_fail (name != NULL);
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  if (g_strcmp0 (g_hash_table_lookup (priv->values, name), value) == 0)
    return;
  if (value != NULL)
    g_hash_table_insert (priv->values, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (priv->values, name);
  if (strcmp (name, "email") == 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EMAIL]);
}
