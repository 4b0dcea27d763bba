/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-data-form.h"
#include "hs-module.h"

G_BEGIN_DECLS

/**
 * HsRegistrationError:
 * @HS_REGISTRATION_ERROR_NOT_OFFERED: there is a token, and the server takes none (XEP-0445, 3)
 * @HS_REGISTRATION_ERROR_REDIRECTED: accounts are made elsewhere: at [property@Registration:url], which
 *   is in the message as well (XEP-0077, 5)
 * @HS_REGISTRATION_ERROR_ALREADY_REGISTERED: the server says that there is an account already
 * @HS_REGISTRATION_ERROR_NOTHING_ASKED: the server's answer holds neither a form nor fields
 * @HS_REGISTRATION_ERROR_NO_FORM: no form waits for an answer, or another one
 *
 * What can keep an account from being made or changed, beside the conditions that a server sends
 * ([error@Headstock.StanzaError]) and what is wrong with a form ([error@Headstock.DataFormError]); domain
 * %HS_REGISTRATION_ERROR.
 */
typedef enum
{
  HS_REGISTRATION_ERROR_NOT_OFFERED,
  HS_REGISTRATION_ERROR_REDIRECTED,
  HS_REGISTRATION_ERROR_ALREADY_REGISTERED,
  HS_REGISTRATION_ERROR_NOTHING_ASKED,
  HS_REGISTRATION_ERROR_NO_FORM,
} HsRegistrationError;

#define HS_REGISTRATION_ERROR (hs_registration_error_quark ())

HS_AVAILABLE_IN_ALL
GQuark hs_registration_error_quark (void);

#define HS_TYPE_REGISTRATION (hs_registration_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsRegistration, hs_registration, HS, REGISTRATION, GObject)

/**
 * HsRegistrationClass:
 * @parent_class: the parent class
 * @handle_register_success: the account was made
 * @handle_register_conflict: the name is taken
 * @handle_resource_constraint: the server makes no account for us now
 * @handle_register_error: anything else went wrong
 * @fill_form: a form asks for what is not known
 *
 * What a subclass may override; see the signals of the same names.
 */
struct _HsRegistrationClass
{
  GObjectClass parent_class;

  void (*handle_register_success) (HsRegistration *self, HsElement *element);
  void (*handle_register_conflict) (HsRegistration *self, HsElement *element);
  void (*handle_resource_constraint) (HsRegistration *self, HsElement *element);
  void (*handle_register_error) (HsRegistration *self, const GError *error, HsElement *element);
  gboolean (*fill_form) (HsRegistration *self, HsDataForm *form);

  /*< private >*/
  gpointer padding[8];
};

HS_AVAILABLE_IN_ALL
HsRegistration *hs_registration_new (void);

/* Properties */

HS_AVAILABLE_IN_ALL
const char *hs_registration_get_username (HsRegistration *self);
HS_AVAILABLE_IN_ALL
void hs_registration_set_username (HsRegistration *self, const char *username);
HS_AVAILABLE_IN_ALL
void hs_registration_set_password (HsRegistration *self, const char *password);
HS_AVAILABLE_IN_ALL
const char *hs_registration_get_email (HsRegistration *self);
HS_AVAILABLE_IN_ALL
void hs_registration_set_email (HsRegistration *self, const char *email);
HS_AVAILABLE_IN_ALL
const char *hs_registration_get_preauth_token (HsRegistration *self);
HS_AVAILABLE_IN_ALL
void hs_registration_set_preauth_token (HsRegistration *self, const char *preauth_token);
HS_AVAILABLE_IN_ALL
const char *hs_registration_get_url (HsRegistration *self);
HS_AVAILABLE_IN_ALL
gboolean hs_registration_get_registered (HsRegistration *self);
HS_AVAILABLE_IN_ALL
const char *hs_registration_get_value (HsRegistration *self, const char *name);
HS_AVAILABLE_IN_ALL
void hs_registration_set_value (HsRegistration *self, const char *name, const char *value);

/* Answering */

HS_AVAILABLE_IN_ALL
gboolean hs_registration_submit (HsRegistration *self, HsDataForm *form, GError **error);
HS_AVAILABLE_IN_ALL
void hs_registration_cancel (HsRegistration *self);
HS_AVAILABLE_IN_ALL
void hs_registration_retry (HsRegistration *self, const char *username);
HS_AVAILABLE_IN_ALL
void hs_registration_sign_in (HsRegistration *self);
HS_AVAILABLE_IN_ALL
void hs_registration_defer (HsRegistration *self);

/* An account that exists */

HS_AVAILABLE_IN_ALL
void hs_registration_change_password_async (HsRegistration *self,
                                            const char *new_password,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
HS_AVAILABLE_IN_ALL
gboolean hs_registration_change_password_finish (HsRegistration *self,
                                                 GAsyncResult *result,
                                                 GError **error);
HS_AVAILABLE_IN_ALL
void hs_registration_cancel_account_async (HsRegistration *self,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
HS_AVAILABLE_IN_ALL
gboolean hs_registration_cancel_account_finish (HsRegistration *self,
                                                GAsyncResult *result,
                                                GError **error);

G_END_DECLS
