/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-module.h"
#include "hs-version.h"

#if HS_HAS_LIBSOUP
#include <libsoup/soup.h>

#include "hs-upload-http.h"
#endif

/**
 * HsUpload:
 *
 * Uploads of files by HTTP, so that others can download them (XEP-0363). For clients only.
 *
 * ```python
 * upload = Headstock.Upload.new()
 * client.register(upload)
 *
 * def uploaded(transfer, result):
 *     try:
 *         transfer.wait_finish(result)
 *     except GLib.Error as error:
 *         print("not uploaded:", error.message)
 *         return
 *     client.send_stanza(upload.make_message("juliet@capulet.example", transfer))
 *
 * def ready(client):
 *     transfer = upload.send_file(Gio.File.new_for_path("cat.jpg"), None)
 *     transfer.connect("notify::progress", lambda transfer, pspec: print(transfer.props.progress))
 *     transfer.wait_async(None, uploaded)
 *
 * client.connect("ready", ready)
 * ```
 *
 * The service is looked for when the session begins. [property@Upload:service] and [property@Upload:max-size] tell a
 * program whether files can be sent, and how large they may be.
 *
 * The files go over `https` only, and the server's certificate is always verified. The operator of the HTTP server can
 * read the files, and so can everybody who learns the URL. The server learns the IP addresses of those who upload and
 * download (XEP-0363, 8.3).
 *
 * A library that was built without libsoup (`HS_HAS_LIBSOUP` is 0) does not send files: it only requests slots, with
 * [method@Upload.request_slot_async].
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_SERVICE,
  PROP_MAX_SIZE,
  PROP_PURPOSE,
  PROP_LIFETIME,
  PROP_SESSION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* A day, in seconds. */
#define DEFAULT_LIFETIME (24 * 60 * 60)

static void hs_upload_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsUpload, hs_upload, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_upload_module_init))

/* ---- The module ---- */

static void
hs_upload_attached (HsModule *module, HsClient *client)
{
  HsUpload *self = HS_UPLOAD (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_client_ensure_module (client, HS_TYPE_DISCO);
  /* The module was registered during a session: its ready() is not called any more. */
  if (hs_client_get_state (client) == HS_CLIENT_STATE_READY)
    hs_upload_find_service (self);
}

static void
hs_upload_ready (HsModule *module, HsClient *client)
{
  hs_upload_find_service (HS_UPLOAD (module));
}

static void
forget_session (HsUpload *self)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                                                  "The session ended before a slot was requested");

  hs_upload_forget_service (self);
  hs_upload_waiters_end (&self->waiters, NULL, error);
}

static void
hs_upload_lost (HsModule *module, HsClient *client)
{
  forget_session (HS_UPLOAD (module));
}

static void
hs_upload_detached (HsModule *module, HsClient *client)
{
  HsUpload *self = HS_UPLOAD (module);

  if (self->client != client)
    return;
  forget_session (self);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_upload_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_upload_attached;
  iface->ready = hs_upload_ready;
  /* Requests in flight may have failed meanwhile. */
  iface->resumed = hs_upload_ready;
  iface->lost = hs_upload_lost;
  iface->detached = hs_upload_detached;
}

/* ---- The object ---- */

static void
hs_upload_finalize (GObject *object)
{
  HsUpload *self = HS_UPLOAD (object);

  g_clear_weak_pointer (&self->client);
  g_clear_pointer (&self->service, hs_jid_unref);
  g_clear_object (&self->session);
  g_clear_object (&self->info);
  hs_upload_waiters_clear (&self->waiters);

  G_OBJECT_CLASS (hs_upload_parent_class)->finalize (object);
}

static void
hs_upload_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsUpload *self = HS_UPLOAD (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_upload_get_client (self));
      break;
    case PROP_SERVICE:
      g_value_set_boxed (value, hs_upload_get_service (self));
      break;
    case PROP_MAX_SIZE:
      g_value_set_int64 (value, hs_upload_get_max_size (self));
      break;
    case PROP_PURPOSE:
      g_value_set_enum (value, hs_upload_get_purpose (self));
      break;
    case PROP_LIFETIME:
      g_value_set_uint (value, hs_upload_get_lifetime (self));
      break;
#if HS_HAS_LIBSOUP
    case PROP_SESSION:
      g_value_set_object (value, hs_upload_get_session (self));
      break;
#endif
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_upload_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsUpload *self = HS_UPLOAD (object);

  switch (prop_id)
    {
    case PROP_SERVICE:
      hs_upload_set_service (self, g_value_get_boxed (value));
      break;
    case PROP_PURPOSE:
      hs_upload_set_purpose (self, g_value_get_enum (value));
      break;
    case PROP_LIFETIME:
      hs_upload_set_lifetime (self, g_value_get_uint (value));
      break;
#if HS_HAS_LIBSOUP
    case PROP_SESSION:
      hs_upload_set_session (self, g_value_get_object (value));
      break;
#endif
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_http_properties (GObjectClass *object_class)
{
#if HS_HAS_LIBSOUP
  /**
   * HsUpload:session: (getter get_session) (setter set_session)
   *
   * The libsoup session that sends the files. The default is a session of its own, which trusts the certificate
   * authorities of the system and uses its proxy.
   *
   * A program sets another one, or properties of this one, to use another proxy or to trust other authorities. Cookies
   * and passwords of the session are not used for uploads, and redirects are only followed within the same server.
   *
   * Since: 0.2
   */
  props[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, SOUP_TYPE_SESSION,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_property (object_class, PROP_SESSION, props[PROP_SESSION]);
#endif
}

static void
hs_upload_class_init (HsUploadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_upload_finalize;
  object_class->get_property = hs_upload_get_property;
  object_class->set_property = hs_upload_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsUpload:client: (getter get_client)
   *
   * The client that the object is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsUpload:service: (getter get_service) (setter set_service)
   *
   * The address of the service that gives slots; %NULL while none is known.
   *
   * When a session begins, the service is looked for among those of the account's server (XEP-0363, 3). An address that
   * the program sets is used for all sessions instead. The default is %NULL.
   *
   * Since: 0.2
   */
  props[PROP_SERVICE] = g_param_spec_boxed ("service", NULL, NULL, HS_TYPE_JID, rw);

  /**
   * HsUpload:max-size: (getter get_max_size)
   *
   * How many bytes a file may have at most; 0 while the service is not known, or if it does not tell its limit.
   *
   * The property is notified when the service is found, and when the service refuses a file and tells its limit.
   *
   * Since: 0.2
   */
  props[PROP_MAX_SIZE] = g_param_spec_int64 ("max-size", NULL, NULL, 0, G_MAXINT64, 0, ro);

  /**
   * HsUpload:purpose: (getter get_purpose) (setter set_purpose)
   *
   * The purpose of the uploaded files (XEP-0363, 5). The default is %HS_UPLOAD_PURPOSE_MESSAGE.
   *
   * It applies to slots that are requested from then on. A service that does not know purposes treats all files alike.
   * To such a service, nothing is uploaded with %HS_UPLOAD_PURPOSE_EPHEMERAL: the transfer ends with
   * %HS_ERROR_NOT_SUPPORTED.
   *
   * Since: 0.2
   */
  props[PROP_PURPOSE] = g_param_spec_enum ("purpose", NULL, NULL, HS_TYPE_UPLOAD_PURPOSE, HS_UPLOAD_PURPOSE_MESSAGE, rw);

  /**
   * HsUpload:lifetime: (getter get_lifetime) (setter set_lifetime)
   *
   * How many seconds after the request for its slot a file of %HS_UPLOAD_PURPOSE_EPHEMERAL must be removed (XEP-0363,
   * 5.3). The default is 86,400 seconds, a day, the least 1.
   *
   * Since: 0.2
   */
  props[PROP_LIFETIME] = g_param_spec_uint ("lifetime", NULL, NULL, 1, G_MAXINT32, DEFAULT_LIFETIME, rw);

  g_object_class_install_properties (object_class, PROP_SESSION, props);
  install_http_properties (object_class);
}

static void
hs_upload_init (HsUpload *self)
{
  self->lifetime = DEFAULT_LIFETIME;
  hs_upload_waiters_init (&self->waiters);
}

/**
 * hs_upload_new: (constructor)
 *
 * Makes an object that uploads files, for [method@Client.register].
 *
 * Returns: (transfer full): the new object
 *
 * Since: 0.2
 */
HsUpload *
hs_upload_new (void)
{
  return g_object_new (HS_TYPE_UPLOAD, NULL);
}

/**
 * hs_upload_get_client: (get-property client)
 * @self: the uploads
 *
 * Gets the client that the object is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_upload_get_client (HsUpload *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);

  return self->client;
}

/**
 * hs_upload_get_service: (get-property service)
 * @self: the uploads
 *
 * Gets the address of the service that gives slots.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL while none is known
 *
 * Since: 0.2
 */
HsJid *
hs_upload_get_service (HsUpload *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);

  return self->service;
}

/**
 * hs_upload_set_service: (set-property service)
 * @self: the uploads
 * @service: (nullable): the address of a service, or %NULL to look for one
 *
 * Sets the address of the service that gives slots. It is used for all sessions.
 *
 * Since: 0.2
 */
void
hs_upload_set_service (HsUpload *self, HsJid *service)
{
  g_autoptr (HsJid) kept = service != NULL ? hs_jid_ref (service) : NULL;

  g_return_if_fail (HS_IS_UPLOAD (self));

  self->is_service_given = service != NULL;
  if (service != NULL && self->service != NULL && hs_jid_equal (service, self->service))
    return;
  hs_upload_forget_service (self);
  hs_upload_take_service (self, kept);
  if (self->client != NULL && hs_client_get_state (self->client) == HS_CLIENT_STATE_READY)
    hs_upload_find_service (self);
}

/**
 * hs_upload_get_max_size: (get-property max-size)
 * @self: the uploads
 *
 * Gets how many bytes a file may have at most.
 *
 * Returns: a number of bytes; 0 while the service is not known, or if it does not tell its limit
 *
 * Since: 0.2
 */
gint64
hs_upload_get_max_size (HsUpload *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), 0);

  return self->max_size;
}

/**
 * hs_upload_get_purpose: (get-property purpose)
 * @self: the uploads
 *
 * Gets the purpose of the uploaded files.
 *
 * Returns: the purpose
 *
 * Since: 0.2
 */
HsUploadPurpose
hs_upload_get_purpose (HsUpload *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), HS_UPLOAD_PURPOSE_MESSAGE);

  return self->purpose;
}

/**
 * hs_upload_set_purpose: (set-property purpose)
 * @self: the uploads
 * @purpose: a purpose
 *
 * Sets the purpose of files whose slots are requested from now on.
 *
 * Since: 0.2
 */
void
hs_upload_set_purpose (HsUpload *self, HsUploadPurpose purpose)
{
  g_return_if_fail (HS_IS_UPLOAD (self));
  g_return_if_fail ((guint) purpose <= HS_UPLOAD_PURPOSE_PERMANENT);

  if (self->purpose == purpose)
    return;
  self->purpose = purpose;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PURPOSE]);
}

/**
 * hs_upload_get_lifetime: (get-property lifetime)
 * @self: the uploads
 *
 * Gets how long files of %HS_UPLOAD_PURPOSE_EPHEMERAL are kept at most.
 *
 * Returns: a number of seconds
 *
 * Since: 0.2
 */
guint
hs_upload_get_lifetime (HsUpload *self)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), 0);

  return self->lifetime;
}

/**
 * hs_upload_set_lifetime: (set-property lifetime)
 * @self: the uploads
 * @lifetime: a number of seconds, at least 1
 *
 * Sets how long files of %HS_UPLOAD_PURPOSE_EPHEMERAL are kept at most.
 *
 * Since: 0.2
 */
void
hs_upload_set_lifetime (HsUpload *self, guint lifetime)
{
  g_return_if_fail (HS_IS_UPLOAD (self));
  g_return_if_fail (lifetime >= 1 && lifetime <= G_MAXINT32);

  if (self->lifetime == lifetime)
    return;
  self->lifetime = lifetime;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIFETIME]);
}
