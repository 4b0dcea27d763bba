/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include "hs-namespaces.h"

/* Changing the password of an account, and cancelling it (XEP-0077, 3.2 and 3.3). */

struct _HsRegistrationChange
{
  HsRegistration *registration;
  HsClient *client;
  GTask *task; /* NULL: returned */
  GCancellable *cancellable;
  GSource *watch; /* for the cancellable, while a form is filled in */
  gulong disconnected;
  gboolean cancels; /* the account, and not its password */
  gboolean lost;    /* the session ended before the answer: disconnected_cb() will learn why */
  char *username;
  char *new_password;
  HsDataForm *form;
};

typedef HsRegistrationChange Change;

static void
forget_form (Change *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self->registration);

  if (priv->asking == self)
    {
      priv->asking = NULL;
      g_clear_object (&priv->form);
    }
  g_clear_object (&self->form);
}

static void
change_free (gpointer data)
{
  Change *self = data;

  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->registration);
  hs_registration_forget (&self->new_password);
  g_free (self->username);
}

static void
change_unref (Change *self)
{
  g_rc_box_release_full (self, change_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsRegistrationChange, change_unref)

/* Completes the task, once. A request that is under way keeps the change alive until it is answered. */
static void
finish (Change *self, const GError *error)
{
  HsRegistrationPrivate *priv = hs_registration_private (self->registration);
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_autoptr (HsRegistrationChange) alive = NULL;

  if (task == NULL)
    return;
  /* The list's reference. */
  alive = self;
  forget_form (self);
  g_clear_signal_handler (&self->disconnected, self->client);
  g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  g_ptr_array_remove (priv->changes, self);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
succeed (Change *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self->registration);

  if (!self->cancels)
    {
      /* For the next time that the client signs in. */
      hs_client_set_password (self->client, self->new_password);
    }
  else
    {
      hs_registration_set_registered (self->registration, NULL);
      /* Stop before the server ends the stream, which it does with a stream error. */
      if (priv->client != NULL)
        hs_client_stop (self->client);
    }
  finish (self, NULL);
}

/* XEP-0077, 3.2: the server ends the stream with not-authorized after a cancellation; ejabberd, with
 * conflict. */
static gboolean
follows_cancellation (const GError *error)
{
  return g_error_matches (error, HS_STREAM_ERROR, HS_STREAM_ERROR_NOT_AUTHORIZED) ||
         g_error_matches (error, HS_STREAM_ERROR, HS_STREAM_ERROR_CONFLICT);
}

static void
finish_lost (Change *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                             "The session ended before there was an answer");

  finish (self, error);
}

static void
disconnected_cb (HsClient *client, const GError *error, int retry_in_msec, gpointer user_data)
{
  Change *self = user_data;

  if (!self->lost)
    return;
  if (follows_cancellation (error))
    succeed (self);
  else
    finish_lost (self);
}

static void send_query (Change *self, HsElement *query);

/* The form in an error: the server wants it filled in before it obeys (XEP-0077, 3.2 and 3.3). */
static HsDataForm *
find_form (HsElement *answer)
{
  HsElement *query = answer != NULL ? hs_element_get_child (answer, "query", HS_NS_REGISTER) : NULL;
  HsElement *x = query != NULL ? hs_element_get_child (query, "x", HS_NS_DATA) : NULL;
  g_autoptr (HsDataForm) form = x != NULL ? hs_data_form_new_from_element (x, NULL) : NULL;

  return form != NULL && hs_data_form_get_kind (form) == HS_DATA_FORM_KIND_FORM
             ? g_steal_pointer (&form)
             : NULL;
}

static void
fill (Change *self, HsDataForm *form)
{
  g_autofree char *password = hs_client_dup_password (self->client);
  gboolean shown = hs_client_get_allow_plain (self->client);

  hs_registration_fill (self->registration, form, self->username,
                        !self->cancels ? self->new_password : shown ? password : NULL);
  if (password != NULL && shown)
    hs_data_form_set_value (form, "old_password", password, NULL);
  hs_registration_forget (&password);
}

/* The new password must be sent: there is no other way to set one (XEP-0077, 3.3). The present password is
 * not sent any more once a sign-in that does not show it has worked. */
static gboolean
check_form (Change *self, GError **error)
{
  g_autofree char *password = hs_client_dup_password (self->client);
  const char *new_field = self->cancels ? NULL : "password";
  gboolean shows_old = (password != NULL && *password != '\0'
                        && hs_registration_form_holds (self->form, password, new_field))
                       || hs_data_form_get_value (self->form, "old_password") != NULL
                       || (self->cancels && hs_data_form_get_value (self->form, "password") != NULL);

  hs_registration_forget (&password);
  if (shows_old && !hs_client_get_allow_plain (self->client))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                           "The server asks for the account's present password, which is not sent "
                           "since a sign-in that does not show it has worked (allow-plain)");
      return FALSE;
    }
  return !hs_registration_has_secret (self->form) || hs_client_check_secret (self->client, error);
}

static gboolean
submit (Change *self, GError **error)
{
  g_autoptr (HsElement) query = NULL;

  if (!check_form (self, error))
    return FALSE;
  query = hs_registration_create_query (self->form, FALSE, error);
  if (query == NULL)
    return FALSE;
  if (!self->cancels && hs_data_form_get_value (self->form, "password") != NULL)
    {
      hs_registration_forget (&self->new_password);
      self->new_password = g_strdup (hs_data_form_get_value (self->form, "password"));
    }
  forget_form (self);
  send_query (self, query);
  return TRUE;
}

/* TRUE if the answer has a form, which is then submitted or given to the program. */
static gboolean
ask_for_more (Change *self, HsElement *answer)
{
  HsRegistrationPrivate *priv = hs_registration_private (self->registration);
  g_autoptr (HsDataForm) form = find_form (answer);
  g_autoptr (GError) error = NULL;

  if (form == NULL || priv->asking != NULL || priv->phase != HS_REGISTRATION_IDLE)
    return FALSE;
  fill (self, form);
  self->form = g_object_ref (form);
  priv->asking = self;
  g_set_object (&priv->form, form);
  if (hs_registration_asks_more (form) && hs_registration_ask_program (self->registration, form))
    return TRUE;
  if (self->form == form && !submit (self, &error))
    finish (self, error);
  return TRUE;
}

static void
answered_cb (HsRegistration *registration,
             HsElement *answer,
             const GError *error,
             gpointer user_data)
{
  g_autoptr (HsRegistrationChange) self = user_data;

  if (self->task == NULL || (error != NULL && ask_for_more (self, answer)))
    return;
  if (error == NULL)
    succeed (self);
  else if (self->cancels && g_error_matches (error, HS_ERROR, HS_ERROR_SESSION_LOST))
    self->lost = TRUE;
  else
    finish (self, error);
}

static void
send_query (Change *self, HsElement *query)
{
  hs_registration_request (self->registration, "set", query, self->cancellable, answered_cb,
                           g_rc_box_acquire (self));
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (HsRegistrationChange) self = g_rc_box_acquire (user_data);
  g_autoptr (GError) error = NULL;

  /* While a request is under way, it reports the cancellation itself. */
  if (self->form != NULL && g_cancellable_set_error_if_cancelled (cancellable, &error))
    finish (self, error);
  return G_SOURCE_REMOVE;
}

/* NULL if there is no session: the task has returned an error then. */
static Change *
change_new (HsRegistration *registration,
            gboolean cancels,
            GTask *task,
            GCancellable *cancellable)
{
  HsRegistrationPrivate *priv = hs_registration_private (registration);
  GError *error = NULL;
  HsJid *bound;
  Change *self;

  if (g_task_return_error_if_cancelled (task))
    return NULL;
  if (priv->client != NULL && !hs_client_check_thread (priv->client, &error))
    {
      g_task_return_error (task, error);
      return NULL;
    }
  bound = priv->client != NULL ? hs_client_get_bound_jid (priv->client) : NULL;
  if (bound == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "The registration's client is not signed in");
      return NULL;
    }
  self = g_rc_box_new0 (Change);
  self->registration = g_object_ref (registration);
  self->client = g_object_ref (priv->client);
  self->task = g_object_ref (task);
  self->cancels = cancels;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  self->username = g_strdup (hs_jid_get_local (bound));
  self->watch = g_cancellable_source_new (self->cancellable);
  g_source_set_static_name (self->watch, "HsRegistration");
  g_source_set_callback (self->watch, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->watch, g_task_get_context (task));
  self->disconnected
      = g_signal_connect (self->client, "disconnected", G_CALLBACK (disconnected_cb), self);
  g_ptr_array_add (priv->changes, g_rc_box_acquire (self));
  return self;
}

void
hs_registration_change_lost (HsRegistration *self)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);

  while (priv->changes->len > 0)
    finish_lost (g_ptr_array_index (priv->changes, 0));
}

gboolean
hs_registration_change_submit (HsRegistration *self, GError **error)
{
  return submit (hs_registration_private (self)->asking, error);
}

void
hs_registration_change_cancel (HsRegistration *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The form was not filled in");

  finish (hs_registration_private (self)->asking, error);
}

/**
 * hs_registration_change_password_async:
 * @self: a registration that is a module of a client
 * @new_password: the new password
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when the password is changed, or is not
 * @user_data: data for @callback
 *
 * Changes the password of the account that the client is signed in with (XEP-0077, 3.3). The client
 * has the new one afterwards.
 *
 * If the server wants to know more first, [signal@Registration::fill-form] asks for what is not
 * known. The account's present password is only sent where [property@Client:allow-plain] is true: the client
 * clears that once it has signed in without showing the password.
 *
 * Call [method@Registration.change_password_finish] in the callback to get the result.
 *
 * ```python
 * await registration.change_password_async("a new password")
 * ```
 */
void
hs_registration_change_password_async (HsRegistration *self,
                                       const char *new_password,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsRegistrationChange) change = NULL;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (HS_IS_REGISTRATION (self));
  g_return_if_fail (new_password != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_registration_change_password_async);
  /* The server would leave the password as it is. */
  if (*new_password == '\0')
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                               "The new password is empty");
      return;
    }
  change = change_new (self, FALSE, task, cancellable);
  if (change == NULL)
    return;
  if (!hs_client_check_secret (change->client, &error))
    {
      finish (change, error);
      return;
    }
  change->new_password = g_strdup (new_password);
  query = hs_element_new ("query", HS_NS_REGISTER);
  hs_element_add_text_child (query, "username", HS_NS_REGISTER,
                             change->username != NULL ? change->username : "");
  hs_element_add_text_child (query, "password", HS_NS_REGISTER, new_password);
  send_query (change, query);
}

/**
 * hs_registration_change_password_finish:
 * @self: a registration
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Registration.change_password_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if the client is not signed in; %HS_ERROR_NO_CREDENTIALS if the
 * new password is empty, or the server asks for the present one and may not have it; %HS_ERROR_TLS_REQUIRED where
 * [method@Client.check_secret] forbids to send a password; %HS_STANZA_ERROR_NOT_ALLOWED, %HS_STANZA_ERROR_NOT_AUTHORIZED and others as the
 * server says; %HS_DATA_FORM_ERROR_REQUIRED if it asks for what nobody has filled in;
 * %HS_ERROR_TIMED_OUT; %HS_ERROR_SESSION_LOST; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true if the password is changed
 */
gboolean
hs_registration_change_password_finish (HsRegistration *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_registration_change_password_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_registration_cancel_account_async:
 * @self: a registration that is a module of a client
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when the account is gone, or is not
 * @user_data: data for @callback
 *
 * Cancels the account that the client is signed in with: the server deletes it with all that belongs to
 * it (XEP-0077, 3.2). The client is stopped then.
 *
 * If the server wants to know more first, [signal@Registration::fill-form] asks for what is not
 * known.
 *
 * Call [method@Registration.cancel_account_finish] in the callback to get the result.
 *
 * ```python
 * await registration.cancel_account_async()
 * ```
 */
void
hs_registration_cancel_account_async (HsRegistration *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsRegistrationChange) change = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_REGISTRATION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_registration_cancel_account_async);
  change = change_new (self, TRUE, task, cancellable);
  if (change == NULL)
    return;
  query = hs_element_new ("query", HS_NS_REGISTER);
  hs_element_add_child (query, "remove", HS_NS_REGISTER);
  send_query (change, query);
}

/**
 * hs_registration_cancel_account_finish:
 * @self: a registration
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Registration.cancel_account_async].
 *
 * A server that ends the stream in place of an answer, with `not-authorized` or `conflict`, has deleted the account as
 * well.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if the client is not signed in; %HS_STANZA_ERROR_NOT_ALLOWED,
 * %HS_STANZA_ERROR_FORBIDDEN and others as the server says; %HS_DATA_FORM_ERROR_REQUIRED if it asks for
 * what nobody has filled in; %HS_ERROR_NO_CREDENTIALS and %HS_ERROR_TLS_REQUIRED if it asks for the password
 * and may not have it; %HS_ERROR_TIMED_OUT; %HS_ERROR_SESSION_LOST if the session ended
 * otherwise, and the account may be gone or not; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true if the account is gone
 */
gboolean
hs_registration_cancel_account_finish (HsRegistration *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_REGISTRATION (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_registration_cancel_account_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
