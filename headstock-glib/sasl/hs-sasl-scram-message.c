/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-scram-message.h"

#include <string.h>

#include "hs-error.h"
#include "hs-printable.h"

#include "hs-sasl-base64.h"
#include "hs-sasl-mechanism-private.h"

/* RFC 5802, 7, server-error-value, in words. */
static const struct
{
  const char *value;
  const char *meaning;
} server_errors[] = {
  { "invalid-encoding", "it could not read a message of ours" },
  { "extensions-not-supported", "it does not know an extension" },
  { "invalid-proof", "the password is wrong" },
  { "channel-bindings-dont-match",
    "the channel bindings differ, as they do where somebody sits in between" },
  { "server-does-support-channel-binding",
    "it does bind to the channel, so somebody may have removed that from its offer" },
  { "channel-binding-not-supported", "it does not bind to the channel" },
  { "unsupported-channel-binding-type", "it does not know this channel binding" },
  { "unknown-user", "there is no such user" },
  { "invalid-username-encoding", "the user name is not as it must be" },
  { "no-resources", "it has no resources left" },
  { "other-error", "it does not say why" },
};

G_GNUC_PRINTF (2, 3)
static gboolean
refuse_message (GError **error, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
               "The server breaks the rules of SCRAM: %s", reason);
  return FALSE;
}

/* RFC 5802, 5.1: in a saslname "," and "=" are written "=2C" and "=3D". */
char *
hs_sasl_scram_escape (const char *name)
{
  GString *escaped = g_string_sized_new (strlen (name) + 1);

  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == ',')
        g_string_append (escaped, "=2C");
      else if (*p == '=')
        g_string_append (escaped, "=3D");
      else
        g_string_append_c (escaped, *p);
    }
  return g_string_free (escaped, FALSE);
}

/* A message is a list of "x=value" with commas between; no value is empty or holds a NUL
 * (RFC 5802, 7: attr-val). */
static char **
split_message (const guint8 *data, gsize length, char **text, GError **error)
{
  g_autofree char *copy = NULL;
  g_auto (GStrv) attributes = NULL;

  if (length == 0 || length > HS_SASL_SCRAM_MAX_MESSAGE)
    {
      refuse_message (error, "a message of %" G_GSIZE_FORMAT " octets, of at most %u", length,
              HS_SASL_SCRAM_MAX_MESSAGE);
      return NULL;
    }
  if (!g_utf8_validate_len ((const char *) data, length, NULL))
    {
      refuse_message (error, "a message that is not UTF-8 text");
      return NULL;
    }

  copy = g_strndup ((const char *) data, length);
  attributes = g_strsplit (copy, ",", -1);
  for (gsize i = 0; attributes[i] != NULL; i++)
    {
      if (!g_ascii_isalpha (attributes[i][0]) || attributes[i][1] != '='
          || attributes[i][2] == '\0')
        {
          refuse_message (error, "a part of a message that is not of the form x=value");
          return NULL;
        }
    }
  if (text != NULL)
    *text = g_steal_pointer (&copy);
  return g_steal_pointer (&attributes);
}

/* TRUE if the server says what went wrong, with the error set (RFC 5802, 5.1, on e=). */
static gboolean
is_server_error (const char *attribute, GError **error)
{
  g_autofree char *word = NULL;
  const char *meaning = NULL;

  if (attribute[0] != 'e')
    return FALSE;
  word = hs_printable (attribute + 2, 40);
  for (gsize i = 0; i < G_N_ELEMENTS (server_errors); i++)
    {
      if (strcmp (attribute + 2, server_errors[i].value) == 0)
        meaning = server_errors[i].meaning;
    }
  if (meaning != NULL)
    g_set_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED,
                 "The server refused the sign-in: %s (%s)", meaning, word);
  else
    g_set_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED,
                 "The server refused the sign-in: %s", word);
  return TRUE;
}

/* RFC 5802, 5.1, on r=: "the client MUST verify that the initial part of the nonce ... is the same
 * as the nonce it initially specified"; and it is the server's part that makes replays useless. */
static gboolean
parse_nonce (HsSaslScramFirst *self,
             const char *attribute,
             const char *client_nonce,
             GError **error)
{
  const char *nonce = attribute + 2;

  if (attribute[0] != 'r')
    return refuse_message (error, "its first message does not begin with a nonce");
  for (const char *p = nonce; *p != '\0'; p++)
    {
      if (!g_ascii_isgraph (*p))
        return refuse_message (error, "its nonce has characters that are not printable");
    }
  if (!g_str_has_prefix (nonce, client_nonce))
    return refuse_message (error, "its nonce does not begin with ours");
  if (strlen (nonce) == strlen (client_nonce))
    return refuse_message (error, "it added nothing to our nonce");
  self->nonce = g_strdup (nonce);
  return TRUE;
}

static gboolean
parse_salt (HsSaslScramFirst *self, const char *attribute, GError **error)
{
  if (attribute == NULL || attribute[0] != 's')
    return refuse_message (error, "the nonce is not followed by a salt");
  self->salt = hs_sasl_base64_decode (attribute + 2, &self->salt_length);
  if (self->salt == NULL || self->salt_length == 0)
    return refuse_message (error, "its salt is not valid base64");
  if (self->salt_length > HS_SASL_SCRAM_MAX_SALT)
    return refuse_message (error, "its salt has %" G_GSIZE_FORMAT " octets, of at most %u",
                   self->salt_length, HS_SASL_SCRAM_MAX_SALT);
  return TRUE;
}

/* Too few make the proof cheap to attack (RFC 7677, 4), too many keep the client busy. */
static gboolean
parse_iterations (HsSaslScramFirst *self,
                  const char *attribute,
                  guint min_iterations,
                  GError **error)
{
  g_autofree char *shown = NULL;
  const char *digits;
  guint64 number;

  if (attribute == NULL || attribute[0] != 'i')
    return refuse_message (error, "the salt is not followed by a number of iterations");
  digits = attribute + 2;
  shown = hs_printable (digits, 20);
  /* RFC 5802, 7: posit-number, no sign, no zero in front */
  if (*digits == '0' || strspn (digits, "0123456789") != strlen (digits))
    return refuse_message (error, "\"%s\" is not a number of iterations", shown);
  if (!g_ascii_string_to_unsigned (digits, 10, 1, HS_SASL_SCRAM_MAX_ITERATIONS, &number, NULL))
    return refuse_message (error, "it wants %s iterations, of at most %u", shown,
                   HS_SASL_SCRAM_MAX_ITERATIONS);
  if (number < min_iterations)
    return refuse_message (error, "it wants %s iterations, of at least %u", shown, min_iterations);
  self->iterations = (guint) number;
  return TRUE;
}

/* XEP-0474, 6.1: what it is the hash of is not known here. */
static gboolean
parse_lists_hash (HsSaslScramFirst *self, const char *text, GError **error)
{
  if (self->lists_hash != NULL)
    return refuse_message (error, "its first message has h= twice");
  self->lists_hash = hs_sasl_base64_decode (text, &self->lists_hash_length);
  if (self->lists_hash == NULL)
    return refuse_message (error, "its hash of the mechanisms is not valid base64");
  return TRUE;
}

/* Reads the server's first message: r=, s=, i=, then extensions, which may be ignored. What is
 * known must not come twice, or two readers might disagree on which one counts. */
gboolean
hs_sasl_scram_first_parse (HsSaslScramFirst *self,
                           const guint8 *data,
                           gsize length,
                           const char *client_nonce,
                           guint min_iterations,
                           GError **error)
{
  g_auto (GStrv) attributes = split_message (data, length, &self->text, error);

  if (attributes == NULL || is_server_error (attributes[0], error))
    return FALSE;
  for (gsize i = 0; attributes[i] != NULL; i++)
    {
      /* RFC 5802, 5.1, on m=: reserved for extensions that must be understood */
      if (attributes[i][0] == 'm')
        return refuse_message (error, "it wants an extension that is not known here");
      if (i > 2 && strchr ("rsi", attributes[i][0]) != NULL)
        return refuse_message (error, "its first message has %c= out of place or twice", attributes[i][0]);
      if (i > 2 && attributes[i][0] == 'h' && !parse_lists_hash (self, attributes[i] + 2, error))
        return FALSE;
    }
  return parse_nonce (self, attributes[0], client_nonce, error)
         && parse_salt (self, attributes[1], error)
         && parse_iterations (self, attributes[2], min_iterations, error);
}

void
hs_sasl_scram_first_clear (HsSaslScramFirst *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->nonce, g_free);
  g_clear_pointer (&self->salt, g_free);
  self->salt_length = 0;
  g_clear_pointer (&self->lists_hash, g_free);
}

/* Reads the server's final message and returns the signature in it, which proves nothing yet. */
guint8 *
hs_sasl_scram_final_parse (const guint8 *data,
                           gsize length,
                           gsize *signature_length,
                           GError **error)
{
  g_auto (GStrv) attributes = split_message (data, length, NULL, error);
  guint8 *signature;

  if (attributes == NULL || is_server_error (attributes[0], error))
    return NULL;
  if (attributes[0][0] != 'v')
    {
      refuse_message (error, "its final message does not begin with a signature");
      return NULL;
    }
  signature = hs_sasl_base64_decode (attributes[0] + 2, signature_length);
  if (signature == NULL)
    refuse_message (error, "its signature is not valid base64");
  return signature;
}
