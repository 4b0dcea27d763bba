/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-types.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_MODULE (hs_module_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (HsModule, hs_module, HS, MODULE, GObject)

/**
 * HsModuleInterface:
 * @parent_iface: the parent interface
 * @attached: the module was registered with the client; handlers that it adds here are its own, and
 *   are removed when it is unregistered
 * @negotiate: the connection is under TLS and the client is about to sign in, with the stream's
 *   features (RFC 6120, 4.3.2). Returns true to take part: signing in then waits until
 *   [method@Client.continue_negotiation] is called
 * @prepare_presence: the client is about to send its own presence (RFC 6121, 4), perhaps along with the
 *   request for the resource and so before [property@Client:bound-jid] is known; and the module may add to
 *   it
 * @ready: a new session stands
 * @stopping: the stream is about to be closed; what is sent here still leaves
 * @cleanup: the connection is gone
 * @terminated: the run has ended
 * @detached: the module was unregistered; its handlers are gone
 * @begin: a session begins, and the own presence has not been sent yet; only requests may be sent. Since: 0.2
 * @resumed: the session that was interrupted goes on (XEP-0198, 5). Since: 0.2
 * @lost: the session is gone for good, and with it all that the server knew of it. Since: 0.2
 * @presence_sent: the client has sent its own presence, with what modules have added. Since: 0.2
 *
 * What a module may implement; every function is optional.
 */
struct _HsModuleInterface
{
  GTypeInterface parent_iface;

  void (*attached) (HsModule *self, HsClient *client);
  gboolean (*negotiate) (HsModule *self, HsClient *client, HsElement *features);
  void (*prepare_presence) (HsModule *self, HsClient *client, HsPresence *presence);
  void (*ready) (HsModule *self, HsClient *client);
  void (*stopping) (HsModule *self, HsClient *client);
  void (*cleanup) (HsModule *self, HsClient *client);
  void (*terminated) (HsModule *self, HsClient *client);
  void (*detached) (HsModule *self, HsClient *client);
  void (*begin) (HsModule *self, HsClient *client);
  void (*resumed) (HsModule *self, HsClient *client);
  void (*lost) (HsModule *self, HsClient *client);
  void (*presence_sent) (HsModule *self, HsClient *client, HsPresence *presence);

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_ALL
void hs_module_attached (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_ALL
gboolean hs_module_negotiate (HsModule *self, HsClient *client, HsElement *features);
HS_AVAILABLE_IN_ALL
void hs_module_prepare_presence (HsModule *self, HsClient *client, HsPresence *presence);
HS_AVAILABLE_IN_ALL
void hs_module_ready (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_ALL
void hs_module_stopping (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_ALL
void hs_module_cleanup (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_ALL
void hs_module_terminated (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_ALL
void hs_module_detached (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_0_2
void hs_module_begin (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_0_2
void hs_module_resumed (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_0_2
void hs_module_lost (HsModule *self, HsClient *client);
HS_AVAILABLE_IN_0_2
void hs_module_presence_sent (HsModule *self, HsClient *client, HsPresence *presence);

G_END_DECLS
