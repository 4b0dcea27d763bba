/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-name-private.h"

#include <gio/gio.h>
#include <string.h>

#define UNKNOWN_MEDIA_TYPE "application/octet-stream"

char *
hs_upload_dup_name (const char *name)
{
  const char *last = name;
  char *clean;

  for (const char *at = name; *at != '\0'; at++)
    {
      if (*at == '/' || *at == '\\')
        last = at + 1;
    }
  if (*last == '\0' || strcmp (last, ".") == 0 || strcmp (last, "..") == 0)
    return g_strdup ("file");
  clean = g_utf8_make_valid (last, -1);
  for (char *at = clean; *at != '\0'; at++)
    {
      if (g_ascii_iscntrl (*at))
        *at = '_';
    }
  return clean;
}

static gboolean
is_media_type (const char *text)
{
  const char *slash = strchr (text, '/');

  if (slash == NULL || slash == text || slash[1] == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isprint (*text))
        return FALSE;
    }
  return TRUE;
}

char *
hs_upload_dup_media_type (const char *media_type, const char *name)
{
  g_autofree char *content_type = NULL;
  char *guessed;

  if (media_type != NULL && is_media_type (media_type))
    return g_strdup (media_type);
  content_type = g_content_type_guess (name, NULL, 0, NULL);
  guessed = g_content_type_get_mime_type (content_type);
  return guessed != NULL ? guessed : g_strdup (UNKNOWN_MEDIA_TYPE);
}
