/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include <string.h>

/* The functions that the other files of the registration use: its state, and how the program is told about changes.
 * Signals and properties are installed by hs-registration.c, on top, and are named here by their names. */

/**
 * hs_registration_error_quark:
 *
 * The error domain of [error@Headstock.RegistrationError].
 *
 * Returns: the domain
 */
G_DEFINE_QUARK (hs-registration-error-quark, hs_registration_error)

HsRegistrationPrivate *
hs_registration_private (HsRegistration *self)
{
  return g_type_instance_get_private ((GTypeInstance *) self, HS_TYPE_REGISTRATION);
}

void
hs_registration_forget (char **secret)
{
  if (*secret != NULL)
    explicit_bzero (*secret, strlen (*secret));
  g_clear_pointer (secret, g_free);
}

void
hs_registration_report_success (HsRegistration *self, HsElement *element)
{
  g_signal_emit_by_name (self, "handle-register-success", element);
}

void
hs_registration_report_failure (HsRegistration *self,
                                gboolean submitted,
                                const GError *error,
                                HsElement *element)
{
  /* Only the answer to a submission can say that the name is taken. */
  if (submitted && element != NULL
      && g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT))
    g_signal_emit_by_name (self, "handle-register-conflict", element);
  else if (element != NULL
           && g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_RESOURCE_CONSTRAINT))
    g_signal_emit_by_name (self, "handle-resource-constraint", element);
  else
    g_signal_emit_by_name (self, "handle-register-error", error, element);
}

gboolean
hs_registration_ask_program (HsRegistration *self, HsDataForm *form)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (self, "fill-form", form, &handled);
  return handled;
}

void
hs_registration_set_text (HsRegistration *self, char **text, const char *value, const char *property)
{
  char *old = *text;

  if (g_strcmp0 (old, value) == 0)
    return;
  *text = g_strdup (value);
  hs_registration_forget (&old);
  g_object_notify (G_OBJECT (self), property);
}

void
hs_registration_set_url (HsRegistration *self, const char *url)
{
  hs_registration_set_text (self, &hs_registration_private (self)->url, url, "url");
}

void
hs_registration_set_registered (HsRegistration *self, HsJid *jid)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  gboolean before = priv->registered != NULL;

  g_clear_pointer (&priv->registered, hs_jid_unref);
  priv->registered = jid != NULL ? hs_jid_get_bare (jid) : NULL;
  if (before != (jid != NULL))
    g_object_notify (G_OBJECT (self), "registered");
}

gboolean
hs_registration_is_elsewhere (HsRegistration *self, const char *function)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  g_autoptr (GError) error = NULL;

  if (priv->client == NULL || hs_client_check_thread (priv->client, &error))
    return FALSE;
  g_critical ("%s(): %s", function, error->message);
  return TRUE;
}
