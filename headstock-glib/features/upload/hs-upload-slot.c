/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-slot-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"

/**
 * HsUploadSlot:
 *
 * A place on an HTTP server for one file, which an upload service has given (XEP-0363, 4).
 *
 * [method@Upload.request_slot_async] returns it to a program that sends the file with another HTTP library: by a PUT
 * request to [property@UploadSlot:put-url], with a `Content-Length` of the size that was asked for, the same
 * `Content-Type`, and the headers `Authorization`, `Cookie` and `Expires` of [method@UploadSlot.dup_header]. The server
 * has the file when it answers with the status 201. Then anybody who knows [property@UploadSlot:get-url] can download
 * it. [method@Upload.send_file] does all of that.
 *
 * ```python
 * slot = upload.request_slot_finish(result)
 * for name in "Authorization", "Cookie", "Expires":
 *     if slot.dup_header(name):
 *         headers[name] = slot.dup_header(name)
 * ```
 *
 * Since: 0.2
 */

typedef struct
{
  const char *name;
  char *value;
} Header;

struct _HsUploadSlot
{
  GObject parent_instance;

  char *put_url;
  char *get_url;
  GArray *headers; /* Header */
};

enum
{
  PROP_PUT_URL = 1,
  PROP_GET_URL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* XEP-0363, 8.2: no other headers are sent. */
static const char *const allowed_headers[] = { "Authorization", "Cookie", "Expires" };

G_DEFINE_FINAL_TYPE (HsUploadSlot, hs_upload_slot, G_TYPE_OBJECT)

static void
header_clear (gpointer header)
{
  g_free (((Header *) header)->value);
}

static void
hs_upload_slot_finalize (GObject *object)
{
  HsUploadSlot *self = HS_UPLOAD_SLOT (object);

  g_free (self->put_url);
  g_free (self->get_url);
  g_array_unref (self->headers);

  G_OBJECT_CLASS (hs_upload_slot_parent_class)->finalize (object);
}

static void
hs_upload_slot_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsUploadSlot *self = HS_UPLOAD_SLOT (object);

  switch (prop_id)
    {
    case PROP_PUT_URL:
      g_value_set_string (value, hs_upload_slot_get_put_url (self));
      break;
    case PROP_GET_URL:
      g_value_set_string (value, hs_upload_slot_get_get_url (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_upload_slot_class_init (HsUploadSlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_upload_slot_finalize;
  object_class->get_property = hs_upload_slot_get_property;

  /**
   * HsUploadSlot:put-url: (getter get_put_url)
   *
   * The `https` URL to which the file is sent with PUT.
   *
   * Since: 0.2
   */
  props[PROP_PUT_URL] = g_param_spec_string ("put-url", NULL, NULL, NULL, ro);

  /**
   * HsUploadSlot:get-url: (getter get_get_url)
   *
   * The `https` URL from which the file is downloaded.
   *
   * Since: 0.2
   */
  props[PROP_GET_URL] = g_param_spec_string ("get-url", NULL, NULL, NULL, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_upload_slot_init (HsUploadSlot *self)
{
  self->headers = g_array_new (FALSE, FALSE, sizeof (Header));
  g_array_set_clear_func (self->headers, header_clear);
}

static char *
dup_without_line_breaks (const char *text)
{
  GString *line = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (*text != '\r' && *text != '\n')
        g_string_append_c (line, *text);
    }
  return g_strstrip (g_string_free (line, FALSE));
}

/* Returns the allowed name that equals @text in any case, or NULL. */
static const char *
find_name (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (allowed_headers); i++)
    {
      if (g_ascii_strcasecmp (allowed_headers[i], text) == 0)
        return allowed_headers[i];
    }
  return NULL;
}

static void
read_headers (HsUploadSlot *self, HsElement *put)
{
  for (HsElement *child = hs_element_get_first_child (put); child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *written = hs_element_get_attribute (child, "name");
      g_autofree char *stripped = written != NULL ? dup_without_line_breaks (written) : NULL;
      const char *text = hs_element_get_text (child);
      Header header = { stripped != NULL ? find_name (stripped) : NULL, NULL };

      if (!hs_element_matches (child, "header", HS_NS_UPLOAD) || header.name == NULL)
        continue;
      header.value = dup_without_line_breaks (text != NULL ? text : "");
      g_array_append_val (self->headers, header);
    }
}

/* The flags with which libsoup parses a URL. They refuse invalid parts. */
#define URL_FLAGS \
  (G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT \
   | G_URI_FLAGS_SCHEME_NORMALIZE)

/* Checks a host whose escapes are decoded, since servers and proxies get it decoded. */
static gboolean
is_host (const char *host)
{
  if (host == NULL || *host == '\0')
    return FALSE;
  for (; *host != '\0'; host++)
    {
      if (g_ascii_isspace (*host) || g_ascii_iscntrl (*host) || strchr ("/?#@\\", *host) != NULL)
        return FALSE;
    }
  return TRUE;
}

/* Whether a URL is valid (RFC 3986), and only the server can read what is sent to it. */
static gboolean
check_url (const char *name, const char *url, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *wrong = NULL;

  for (const char *at = url; at != NULL && *at != '\0'; at++)
    {
      if (g_ascii_isspace (*at) || g_ascii_iscntrl (*at))
        wrong = "has white space in it";
    }
  if (url != NULL && wrong == NULL)
    uri = g_uri_parse (url, URL_FLAGS, &reason);
  if (url == NULL)
    wrong = "is missing";
  else if (uri == NULL && wrong == NULL)
    wrong = reason->message;
  else if (uri != NULL && g_ascii_strcasecmp (g_uri_get_scheme (uri), "https") != 0)
    wrong = "is not https";
  else if (uri != NULL && !is_host (g_uri_get_host (uri)))
    wrong = "has no host";
  if (wrong != NULL)
    g_set_error (error, HS_ERROR, HS_ERROR_PROTOCOL, "The upload service gave a slot that cannot be used: its %s URL %s",
                 name, wrong);
  return wrong == NULL;
}

HsUploadSlot *
hs_upload_slot_new (HsElement *slot, GError **error)
{
  HsElement *put = hs_element_get_child (slot, "put", HS_NS_UPLOAD);
  const char *put_url = put != NULL ? hs_element_get_attribute (put, "url") : NULL;
  const char *get_url = hs_element_get_child_attribute (slot, "get", HS_NS_UPLOAD, "url");
  HsUploadSlot *self;

  if (!check_url ("PUT", put_url, error) || !check_url ("GET", get_url, error))
    return NULL;
  self = g_object_new (HS_TYPE_UPLOAD_SLOT, NULL);
  self->put_url = g_strdup (put_url);
  self->get_url = g_strdup (get_url);
  read_headers (self, put);
  return self;
}

gboolean
hs_upload_slot_get_header (HsUploadSlot *self, guint i, const char **name, const char **value)
{
  if (i >= self->headers->len)
    return FALSE;
  *name = g_array_index (self->headers, Header, i).name;
  *value = g_array_index (self->headers, Header, i).value;
  return TRUE;
}

/**
 * hs_upload_slot_get_put_url: (get-property put-url)
 * @self: a slot
 *
 * Gets the URL to which the file is sent with PUT. It is always an `https` URL.
 *
 * Returns: (transfer none): the URL
 *
 * Since: 0.2
 */
const char *
hs_upload_slot_get_put_url (HsUploadSlot *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD_SLOT (self), NULL);

  return self->put_url;
}

/**
 * hs_upload_slot_get_get_url: (get-property get-url)
 * @self: a slot
 *
 * Gets the URL from which the file is downloaded. It is always an `https` URL.
 *
 * Returns: (transfer none): the URL
 *
 * Since: 0.2
 */
const char *
hs_upload_slot_get_get_url (HsUploadSlot *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD_SLOT (self), NULL);

  return self->get_url;
}

/**
 * hs_upload_slot_dup_header:
 * @self: a slot
 * @name: `Authorization`, `Cookie` or `Expires`, in any case
 *
 * Gets a header that must be sent with the PUT request (XEP-0363, 4).
 *
 * Line breaks are removed. Several headers of that name are joined in their order, cookies with a semicolon and others
 * with a comma.
 *
 * Returns: (transfer full) (nullable): the value; %NULL if the service did not give that header, or @name is not one of
 *   these three: other headers must not be sent (XEP-0363, 8.2)
 *
 * Since: 0.2
 */
char *
hs_upload_slot_dup_header (HsUploadSlot *self, const char *name)
{
  const char *found;
  GString *all = NULL;

  g_return_val_if_fail (HS_IS_UPLOAD_SLOT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  found = find_name (name);
  for (guint i = 0; i < self->headers->len; i++)
    {
      Header *header = &g_array_index (self->headers, Header, i);

      if (header->name != found)
        continue;
      if (all == NULL)
        all = g_string_new (header->value);
      else
        g_string_append_printf (all, "%s%s", strcmp (found, "Cookie") == 0 ? "; " : ", ", header->value);
    }
  return all != NULL ? g_string_free (all, FALSE) : NULL;
}
