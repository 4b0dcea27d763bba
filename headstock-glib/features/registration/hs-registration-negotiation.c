/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include "hs-namespaces.h"

/* Making an account, on the connection that then signs in with it (XEP-0077, 3.1; XEP-0445, 4). */

#define NS_TOKENS "urn:xmpp:ibr-token:0"
/* The namespace of earlier versions of XEP-0401. */
#define NS_TOKENS_OLD "urn:xmpp:invite"
#define NS_PREAUTH "urn:xmpp:pars:0"

static void
clear_exchange (HsRegistrationPrivate *priv)
{
  g_clear_object (&priv->question);
  g_clear_object (&priv->form);
  g_clear_error (&priv->failure);
  g_clear_pointer (&priv->new_jid, hs_jid_unref);
  hs_registration_forget (&priv->new_password);
  if (priv->source != NULL)
    g_source_destroy (priv->source);
  g_clear_pointer (&priv->source, g_source_unref);
}

/* Forgets the exchange on this connection, which is lost or done: its answers do not count any more. */
void
hs_registration_abandon (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  if (priv->cancellable != NULL)
    g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  priv->phase = HS_REGISTRATION_IDLE;
  priv->token_taken = FALSE;
  if (priv->asking == NULL)
    clear_exchange (priv);
}

/* Lets the client sign in, or end its run with @failure. */
static void
end (HsRegistration *self, const GError *failure)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsClient) client = priv->client != NULL ? g_object_ref (priv->client) : NULL;
  g_autoptr (GError) error = failure != NULL ? g_error_copy (failure) : NULL;

  hs_registration_abandon (self);
  if (client != NULL)
    hs_client_continue_negotiation (client, error);
}

/* Whether the connection failed, and not the registration. The client reports that itself. */
static gboolean
is_about_connection (const GError *error)
{
  return g_error_matches (error, HS_ERROR, HS_ERROR_SESSION_LOST) ||
         g_error_matches (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

static void
fail (HsRegistration *self, const GError *error, HsElement *element)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsRegistration) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (GError) failure = g_error_copy (error);
  gboolean submitted = priv->phase == HS_REGISTRATION_SUBMITTING;
  GCancellable *connection = priv->cancellable;

  g_clear_error (&priv->failure);
  priv->failure = g_error_copy (failure);
  priv->phase = HS_REGISTRATION_REPORTING;
  hs_registration_report_failure (self, submitted, failure, element);
  /* No handler has called retry, sign_in or defer. */
  if (priv->phase == HS_REGISTRATION_REPORTING && priv->cancellable == connection)
    end (self, failure);
}

/* Whether an answer is a result; handles the error otherwise. */
static gboolean
is_wanted (HsRegistration *self, HsElement *answer, const GError *error)
{
  if (error == NULL)
    return TRUE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  if (is_about_connection (error))
    {
      hs_registration_abandon (self);
      return FALSE;
    }
  fail (self, error, answer);
  return FALSE;
}

static void
take_name (HsClient *client, HsJid *jid)
{
  if (!hs_jid_equal (jid, hs_client_get_jid (client)))
    g_object_set (client, "jid", jid, NULL);
}

static void
submitted_cb (HsRegistration *self, HsElement *answer, const GError *error, gpointer user_data)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsRegistration) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (HsClient) client = NULL;
  g_autoptr (HsJid) jid = NULL;
  GCancellable *connection = priv->cancellable;

  if (!is_wanted (self, answer, error))
    return;
  client = g_object_ref (priv->client);
  jid = hs_jid_ref (priv->new_jid);
  priv->phase = HS_REGISTRATION_REPORTING;
  if (priv->new_password != NULL)
    hs_client_set_password (client, priv->new_password);
  take_name (client, jid);
  hs_registration_set_registered (self, jid);
  hs_registration_report_success (self, answer);
  if (priv->cancellable == connection)
    end (self, NULL);
}

/* The JID of the account that the form describes. The name in the form becomes the prepared localpart. */
static HsJid *
read_name (HsRegistration *self, GError **error)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  HsJid *own = hs_client_get_jid (priv->client);
  HsDataField *field = hs_data_form_get_field (priv->form, "username");
  const char *name = field != NULL ? hs_data_field_get_value (field) : NULL;
  HsJid *jid;

  if (name == NULL)
    name = priv->username != NULL ? priv->username : hs_jid_get_local (own);
  jid = hs_jid_new_from_parts (name, hs_jid_get_domain (own), hs_jid_get_resource (own), error);
  if (jid == NULL)
    g_prefix_error (error, "The field \"username\": ");
  else if (field != NULL && g_strcmp0 (hs_jid_get_local (jid), name) != 0)
    hs_data_field_set_value (field, hs_jid_get_local (jid), NULL);
  return jid;
}

static gboolean
submit (HsRegistration *self, GError **error)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsJid) jid = NULL;
  const char *password;

  if (!hs_data_form_validate (priv->form, error))
    return FALSE;
  if (hs_registration_has_secret (priv->form) && !hs_client_check_secret (priv->client, error))
    return FALSE;
  jid = read_name (self, error);
  if (jid == NULL)
    return FALSE;
  query = hs_registration_create_query (priv->form, priv->legacy, error);
  if (query == NULL)
    return FALSE;
  password = hs_data_form_get_value (priv->form, "password");
  g_clear_pointer (&priv->new_jid, hs_jid_unref);
  priv->new_jid = g_steal_pointer (&jid);
  hs_registration_forget (&priv->new_password);
  priv->new_password = g_strdup (password);
  priv->phase = HS_REGISTRATION_SUBMITTING;
  g_clear_object (&priv->form);
  hs_registration_request (self, "set", query, priv->cancellable, submitted_cb, NULL);
  return TRUE;
}

/* Fills in the name and the password that the client will sign in with. */
static void
fill (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  const char *username = priv->username;
  g_autofree char *password = NULL;

  if (username == NULL)
    username = hs_jid_get_local (hs_client_get_jid (priv->client));
  password = priv->password != NULL ? g_strdup (priv->password)
                                    : hs_client_dup_password (priv->client);
  hs_registration_fill (self, priv->form, username, password);
  hs_registration_forget (&password);
}

static void
fill_and_submit (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsRegistration) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (HsElement) question = g_object_ref (priv->question);
  g_autoptr (HsDataForm) form = g_object_ref (priv->form);
  g_autoptr (GError) error = NULL;

  fill (self);
  priv->phase = HS_REGISTRATION_FILLING;
  if (hs_registration_asks_more (form) && hs_registration_ask_program (self, form))
    return;
  /* The program has filled in the form at once, or does not handle the signal. */
  if (priv->phase == HS_REGISTRATION_FILLING && priv->form == form && !submit (self, &error))
    fail (self, error, question);
}

static void
asked_cb (HsRegistration *self, HsElement *answer, const GError *error, gpointer user_data)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (GError) form_error = NULL;
  g_autofree char *url = NULL;

  if (!is_wanted (self, answer, error))
    return;
  g_set_object (&priv->question, answer);
  g_clear_object (&priv->form);
  priv->form = hs_registration_read_form (answer, &priv->legacy, &url, &form_error);
  hs_registration_set_url (self, url);
  if (priv->form == NULL)
    fail (self, form_error, answer);
  else
    fill_and_submit (self);
}

static void
ask (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_REGISTER);

  priv->phase = HS_REGISTRATION_ASKING;
  hs_registration_request (self, "get", query, priv->cancellable, asked_cb, NULL);
}

static void
token_cb (HsRegistration *self, HsElement *answer, const GError *error, gpointer user_data)
{
  if (!is_wanted (self, answer, error))
    return;
  hs_registration_private (self)->token_taken = TRUE;
  ask (self);
}

/* Sends the token. Anybody who has it can use it: it is as secret as a password. */
static void
present_token (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsElement) preauth = NULL;
  g_autoptr (GError) error = NULL;

  if (!hs_client_check_secret (priv->client, &error))
    {
      fail (self, error, NULL);
      return;
    }
  preauth = hs_element_new ("preauth", NS_PREAUTH);

  priv->phase = HS_REGISTRATION_TOKEN;
  hs_element_set_attribute (preauth, "token", priv->preauth_token);
  hs_registration_request (self, "set", preauth, priv->cancellable, token_cb, NULL);
}

static gboolean
begin_cb (gpointer user_data)
{
  HsRegistration *self = user_data;
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_clear_pointer (&priv->source, g_source_unref);
  if (priv->preauth_token == NULL || priv->token_taken)
    ask (self);
  else if (priv->takes_tokens)
    present_token (self);
  else
    {
      g_autoptr (GError) error
          = g_error_new (HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_NOT_OFFERED,
                         "%s does not make accounts by invitation",
                         hs_jid_get_domain (hs_client_get_jid (priv->client)));

      fail (self, error, NULL);
    }
  return G_SOURCE_REMOVE;
}

/* Starts from the main loop, so that a handler that always retries does not recurse. */
static void
begin (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  clear_exchange (priv);
  priv->phase = HS_REGISTRATION_BEGINNING;
  priv->source = g_idle_source_new ();
  g_source_set_static_name (priv->source, "HsRegistration");
  g_source_set_priority (priv->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (priv->source, begin_cb, g_object_ref (self), g_object_unref);
  g_source_attach (priv->source, g_main_context_get_thread_default ());
}

static gboolean
is_done (HsRegistrationPrivate *priv, HsClient *client)
{
  HsJid *jid = hs_client_get_jid (client);

  return priv->registered != NULL &&
         g_strcmp0 (hs_jid_get_local (priv->registered), hs_jid_get_local (jid)) == 0 &&
         g_strcmp0 (hs_jid_get_domain (priv->registered), hs_jid_get_domain (jid)) == 0;
}

static gboolean
hs_registration_negotiate (HsModule *module, HsClient *client, HsElement *features)
{
  HsRegistration *self = HS_REGISTRATION (module);
  HsRegistrationPrivate *priv = hs_registration_private (self);

  /* Only the client's registration makes an account; a registered module changes one that exists. */
  if (priv->client != client || hs_client_get_registration (client) != module ||
      is_done (priv, client))
    return FALSE;
  hs_registration_abandon (self);
  priv->cancellable = g_cancellable_new ();
  priv->takes_tokens = hs_element_get_child (features, "register", NS_TOKENS) != NULL ||
                       hs_element_get_child (features, "register", NS_TOKENS_OLD) != NULL;
  begin (self);
  return TRUE;
}

static void
hs_registration_attached (HsModule *module, HsClient *client)
{
  HsRegistrationPrivate *priv = hs_registration_private (HS_REGISTRATION (module));

  if (priv->client != NULL)
    g_critical ("A registration takes part in one client at a time");
  else
    priv->client = client;
}

static void
hs_registration_cleanup (HsModule *module, HsClient *client)
{
  HsRegistration *self = HS_REGISTRATION (module);

  if (hs_registration_private (self)->client != client)
    return;
  hs_registration_abandon (self);
  hs_registration_change_lost (self);
}

static void
hs_registration_detached (HsModule *module, HsClient *client)
{
  HsRegistration *self = HS_REGISTRATION (module);

  if (hs_registration_private (self)->client != client)
    return;
  hs_registration_abandon (self);
  hs_registration_change_lost (self);
  hs_registration_private (self)->client = NULL;
}

void
hs_registration_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_registration_attached;
  iface->negotiate = hs_registration_negotiate;
  iface->cleanup = hs_registration_cleanup;
  iface->detached = hs_registration_detached;
}

static gboolean
is_decidable (HsRegistrationPrivate *priv)
{
  return priv->client != NULL && (priv->phase == HS_REGISTRATION_REPORTING ||
                                  priv->phase == HS_REGISTRATION_DEFERRED) &&
         priv->failure != NULL;
}

/**
 * hs_registration_submit:
 * @self: a registration
 * @form: the form of [signal@Registration::fill-form], filled in
 * @error: return location for an error
 *
 * Answers a form: from a handler of [signal@Registration::fill-form], or later if the handler returned
 * true. Once the server has made the account, the client takes the name and the password from the form.
 *
 * Errors: %HS_REGISTRATION_ERROR_NO_FORM if no form, or another one, waits for an answer;
 * %HS_DATA_FORM_ERROR_REQUIRED if a required field is empty; %HS_ERROR_INVALID_JID if the name is not a
 * valid localpart. The program can correct the form and submit it again. %HS_ERROR_TLS_REQUIRED if the form
 * holds a password that [method@Client.check_secret] forbids to send; %HS_ERROR_NO_CREDENTIALS if it holds
 * the account's present password although [property@Client:allow-plain] is false.
 *
 * Returns: true if the form was sent
 */
gboolean
hs_registration_submit (HsRegistration *self, HsDataForm *form, GError **error)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_val_if_fail (HS_IS_REGISTRATION (self), FALSE);
  g_return_val_if_fail (HS_IS_DATA_FORM (form), FALSE);

  if (priv->client != NULL && !hs_client_check_thread (priv->client, error))
    return FALSE;
  if (priv->form == form && priv->asking != NULL)
    return hs_registration_change_submit (self, error);
  if (priv->form == form && priv->phase == HS_REGISTRATION_FILLING)
    return submit (self, error);
  g_set_error_literal (error, HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_NO_FORM,
                       "No answer to this form is waited for");
  return FALSE;
}

/**
 * hs_registration_cancel:
 * @self: a registration
 *
 * Gives up. While a form waits to be filled in, [signal@Registration::handle-register-error] is emitted with
 * %G_IO_ERROR_CANCELLED. After a failure, the run ends with the error that was reported.
 *
 * Does nothing if neither a form nor a failure waits for the program.
 */
void
hs_registration_cancel (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  if (priv->asking != NULL)
    hs_registration_change_cancel (self);
  else if (priv->phase == HS_REGISTRATION_FILLING)
    {
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                      "The form was not filled in");
      g_autoptr (HsElement) question = g_steal_pointer (&priv->question);

      g_clear_object (&priv->form);
      fail (self, error, question);
    }
  else if (is_decidable (priv))
    {
      g_autoptr (GError) failure = g_error_copy (priv->failure);

      end (self, failure);
    }
}

/**
 * hs_registration_retry:
 * @self: a registration
 * @username: (nullable): another name, or %NULL for the same one
 *
 * Tries again after a failure: from a handler of the failure, or later after [method@Registration.defer].
 * The server is asked for its form again. Once the account is made, the client's JID has the new name.
 *
 * Does nothing if no failure waits for the program, or the connection is lost.
 */
void
hs_registration_retry (HsRegistration *self, const char *username)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  if (!is_decidable (priv))
    return;
  if (username != NULL)
    hs_registration_set_text (self, &priv->username, username, "username");
  begin (self);
}

/**
 * hs_registration_sign_in:
 * @self: a registration
 *
 * Lets the client sign in after a failure, for example if the account that has the name is the program's
 * own. If another name was set, the client's JID takes that name.
 *
 * Does nothing if no failure waits for the program, or the connection is lost.
 */
void
hs_registration_sign_in (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (HsClient) client = NULL;

  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  if (!is_decidable (priv))
    return;
  client = g_object_ref (priv->client);
  if (priv->password != NULL)
    hs_client_set_password (client, priv->password);
  if (priv->username != NULL)
    {
      HsJid *own = hs_client_get_jid (client);
      g_autoptr (HsJid) jid = hs_jid_new_from_parts (priv->username, hs_jid_get_domain (own),
                                                     hs_jid_get_resource (own), NULL);

      if (jid != NULL)
        take_name (client, jid);
    }
  hs_registration_set_registered (self, hs_client_get_jid (client));
  end (self, NULL);
}

/**
 * hs_registration_defer:
 * @self: a registration
 *
 * Keeps the connection after a failure, from a handler of the failure, until the program calls
 * [method@Registration.retry], [method@Registration.sign_in] or [method@Registration.cancel], for example
 * while a user chooses another name. Without it the run ends when the handler returns. Servers close a
 * connection that is idle for too long.
 */
void
hs_registration_defer (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  g_return_if_fail (HS_IS_REGISTRATION (self));
  if (hs_registration_is_elsewhere (self, G_STRFUNC))
    return;

  if (priv->phase == HS_REGISTRATION_REPORTING && priv->failure != NULL)
    priv->phase = HS_REGISTRATION_DEFERRED;
}
