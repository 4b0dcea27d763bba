/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-registration.h"
#include "hs-stanza.h"

G_BEGIN_DECLS

/* Shared by hs-registration*.c. Each file below uses only the files above it; hs-registration.c, the GObject's face,
 * is on top of all. */

typedef enum
{
  HS_REGISTRATION_IDLE,
  HS_REGISTRATION_BEGINNING,  /* a turn of the main loop from now */
  HS_REGISTRATION_TOKEN,      /* the answer to the token */
  HS_REGISTRATION_ASKING,     /* the form */
  HS_REGISTRATION_FILLING,    /* the program's answer to the form */
  HS_REGISTRATION_SUBMITTING, /* the answer to our submission */
  HS_REGISTRATION_REPORTING,  /* a handler of the outcome is at work */
  HS_REGISTRATION_DEFERRED,   /* the program's word on the outcome */
} HsRegistrationPhase;

typedef struct _HsRegistrationChange HsRegistrationChange;

typedef struct
{
  HsClient *client; /* borrowed: while we are its module */
  char *username;
  char *password;
  char *preauth_token;
  char *url;
  GHashTable *values;  /* for fields of these names */
  HsJid *registered;   /* the account that was made */

  /* Making an account */
  HsRegistrationPhase phase;
  GCancellable *cancellable; /* of the operation that this connection waits for */
  GSource *source;
  gboolean takes_tokens;
  gboolean token_taken;
  HsElement *question; /* the iq with the form */
  HsDataForm *form;
  gboolean legacy; /* the form stands for fields */
  HsJid *new_jid;
  char *new_password;
  GError *failure;

  /* Changing one */
  GPtrArray *changes;           /* under way */
  HsRegistrationChange *asking; /* that waits for a form to be filled in */
} HsRegistrationPrivate;

/* hs-registration-core.c */
HsRegistrationPrivate *hs_registration_private (HsRegistration *self);
/* Whether the client runs in another thread than the caller's; a critical warning names @function then. */
gboolean hs_registration_is_elsewhere (HsRegistration *self, const char *function);
/* Overwrites a secret, frees it and sets the pointer to NULL. */
void hs_registration_forget (char **secret);
void hs_registration_report_success (HsRegistration *self, HsElement *element);
/* @element: the server's answer, nullable */
void hs_registration_report_failure (HsRegistration *self,
                                     gboolean submitted,
                                     const GError *error,
                                     HsElement *element);
/* Emits fill-form. TRUE: the program answers the form later. */
gboolean hs_registration_ask_program (HsRegistration *self, HsDataForm *form);
/* Sets the string in @text, which belongs to @property, and notifies if it changed. */
void hs_registration_set_text (HsRegistration *self,
                               char **text,
                               const char *value,
                               const char *property);
void hs_registration_set_url (HsRegistration *self, const char *url);
/* @jid: the account that was made; NULL once it is cancelled */
void hs_registration_set_registered (HsRegistration *self, HsJid *jid);

/* hs-registration-request.c */

/* @answer: the iq of the server, also if it is an error; NULL if none came */
typedef void (*HsRegistrationAnswer) (HsRegistration *self,
                                      HsElement *answer,
                                      const GError *error,
                                      gpointer user_data);
void hs_registration_request (HsRegistration *self,
                              const char *type,
                              HsElement *payload,
                              GCancellable *cancellable,
                              HsRegistrationAnswer answer,
                              gpointer user_data);

/* hs-registration-form.c */
HsDataForm *hs_registration_read_form (HsElement *iq, gboolean *legacy, char **url, GError **error);
void hs_registration_fill (HsRegistration *self,
                           HsDataForm *form,
                           const char *username,
                           const char *password);
/* Whether a field that a person is asked for is still empty. */
gboolean hs_registration_asks_more (HsDataForm *form);
/* Whether a password field is filled in. */
gboolean hs_registration_has_secret (HsDataForm *form);
/* Whether @secret is the value of a field other than @except. */
gboolean hs_registration_form_holds (HsDataForm *form, const char *secret, const char *except);
HsElement *hs_registration_create_query (HsDataForm *form, gboolean legacy, GError **error);

/* hs-registration-account.c: answers or cancels the form that a change waits for; ends all changes */
gboolean hs_registration_change_submit (HsRegistration *self, GError **error);
void hs_registration_change_cancel (HsRegistration *self);
void hs_registration_change_lost (HsRegistration *self);

/* hs-registration-negotiation.c */
void hs_registration_module_init (HsModuleInterface *iface);
void hs_registration_abandon (HsRegistration *self);

G_END_DECLS
