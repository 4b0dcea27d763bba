/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-binding.h"

#include <stdlib.h>
#include <string.h>

#include "hs-error.h"

static gboolean
offers_binding (const char *const *offered)
{
  for (gsize i = 0; offered != NULL && offered[i] != NULL; i++)
    {
      if (g_str_has_prefix (offered[i], "SCRAM-") && g_str_has_suffix (offered[i], "-PLUS"))
        return TRUE;
    }
  return FALSE;
}

const HsSaslChannel *
hs_sasl_binding_find_channel (const HsSaslCredentials *credentials, const char *type)
{
  const HsSaslChannel *channel = credentials->channels;

  while (channel != NULL && channel->type != NULL && strcmp (channel->type, type) != 0)
    channel++;
  return channel != NULL && channel->type != NULL ? channel : NULL;
}

/* The strongest that both sides have. Of a server that does not say which it has (before XEP-0440, in
 * SASL as RFC 6120 has it) only tls-unique can be expected, and our connection has that only if there
 * is such a thing, which is before TLS 1.3. */
static const HsSaslChannel *
choose_channel (const HsSaslCredentials *credentials)
{
  const HsSaslChannel *channel = credentials->channels;

  if (credentials->announced == NULL)
    return hs_sasl_binding_find_channel (credentials, "tls-unique");
  for (; channel != NULL && channel->type != NULL; channel++)
    {
      if (g_strv_contains (credentials->announced, channel->type))
        return channel;
    }
  return NULL;
}

/* Whether there is anything that somebody in the middle could be after: ANONYMOUS has nothing, and EXTERNAL
 * shows nothing. Servers do announce types where they offer no more than one of these. */
static gboolean
has_secret (const HsSaslCredentials *credentials, const char *const *offered)
{
  return credentials->username != NULL
         && !(credentials->has_certificate && offered != NULL
              && g_strv_contains (offered, "EXTERNAL"));
}

static gboolean
refuse_announcement (GError **error, const char *why)
{
  g_set_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
               "The server announces %s: somebody may have changed its list on the way", why);
  return FALSE;
}

gboolean
hs_sasl_binding_choose (HsSaslCredentials *credentials,
                        const char *const *offered,
                        GError **error)
{
  gboolean has_channels = credentials->channels != NULL && credentials->channels->type != NULL;
  gboolean offers = offers_binding (offered);
  const HsSaslChannel *channel;

  credentials->binding = HS_SASL_BINDING_NONE;
  credentials->binding_type = NULL;
  credentials->binding_data = NULL;
  credentials->lists_must_match = FALSE;
  if (credentials->channel_binding == HS_CHANNEL_BINDING_NONE || !has_channels)
    return TRUE;

  /* XEP-0440, 3, rules 4 and 5: SASL2 has both or none. */
  if (credentials->sasl2 && has_secret (credentials, offered))
    {
      if (offers && credentials->announced == NULL)
        return refuse_announcement (error, "mechanisms with channel binding and no type of it");
      if (!offers && credentials->announced != NULL)
        return refuse_announcement (error, "types of channel binding and no mechanism with it");
    }

  channel = offers ? choose_channel (credentials) : NULL;
  if (channel != NULL)
    {
      credentials->binding = HS_SASL_BINDING_USED;
      credentials->binding_type = channel->type;
      credentials->binding_data = channel->data;
    }
  /* XEP-0474, 8, rule 6 anew: the list of types has none of ours, and may have been changed for that.
   * The server can prove that it has not. */
  else if (offers && credentials->announced != NULL)
    credentials->lists_must_match = TRUE;
  else if (!offers && credentials->announced == NULL)
    credentials->binding = HS_SASL_BINDING_UNAVAILABLE;
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
append_sorted (GString *text, const char *const *names)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (sorted, (gpointer) names[i]);
  g_ptr_array_sort (sorted, compare);
  for (guint i = 0; i < sorted->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\x1e" : "",
                            (const char *) g_ptr_array_index (sorted, i));
}

char *
hs_sasl_binding_join_lists (const char *const *offered, const char *const *announced)
{
  GString *text = g_string_new (NULL);

  append_sorted (text, offered);
  if (announced != NULL)
    {
      g_string_append_c (text, '\x1f');
      append_sorted (text, announced);
    }
  return g_string_free (text, FALSE);
}
