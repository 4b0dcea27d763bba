/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-beginning.h"
#include "hs-client-dispatch.h"
#include "hs-client-signals.h"
#include "hs-client.h"
#include "hs-connection.h"
#include "hs-debug.h"
#include "hs-deadlines.h"
#include "hs-module-list.h"
#include "hs-outbox.h"
#include "hs-pump.h"
#include "hs-reconnector.h"
#include "hs-requests.h"
#include "hs-run-loop.h"
#include "hs-run.h"
#include "hs-settings.h"
#include "hs-sign-in.h"
#include "hs-wire-log.h"
#include "protocol/hs-liveness.h"
#include "protocol/hs-server-memory.h"
#include "protocol/hs-session.h"

G_BEGIN_DECLS

/* The functions that hs-client*.c call of each other. A file that works on a few parts of a client gets them by
 * function; only a file that connects many needs the struct, in hs-client-private.h. */

typedef struct _HsClientPrivate HsClientPrivate;

/* hs-client.c: set when the class is made. */
extern int hs_client_private_offset;

static inline HsClientPrivate *
hs_client_private (HsClient *self)
{
  return G_STRUCT_MEMBER_P (self, hs_client_private_offset);
}

/* hs-client-parts.c */
HsSettings *hs_client_settings (HsClientPrivate *priv);
HsSignIn *hs_client_sign_ins (HsClientPrivate *priv);
HsModuleList *hs_client_modules (HsClientPrivate *priv);
HsRunLoop *hs_client_loop (HsClientPrivate *priv);
HsReconnector *hs_client_reconnector (HsClientPrivate *priv);
HsConnection *hs_client_connection (HsClientPrivate *priv);
HsSession *hs_client_session (HsClientPrivate *priv);
HsBeginning *hs_client_beginning (HsClientPrivate *priv);
HsRun *hs_client_get_run (HsClientPrivate *priv);
HsServerMemory *hs_client_server_memory (HsClientPrivate *priv);
HsPump *hs_client_get_pump (HsClientPrivate *priv);
HsOutbox *hs_client_outbox (HsClientPrivate *priv);
HsRequests *hs_client_requests (HsClientPrivate *priv);
HsWireLog *hs_client_wire_log (HsClientPrivate *priv);
HsDeadlines *hs_client_deadlines (HsClientPrivate *priv);
HsClientDispatch *hs_client_get_dispatch (HsClientPrivate *priv);
/* The stream of the present connection, or NULL. */
HsStream *hs_client_get_stream (HsClientPrivate *priv);

/* What happens to a stanza that is sent. */
typedef enum
{
  HS_ROUTE_DIRECT,  /* it is written, and not kept */
  HS_ROUTE_MANAGED, /* it is written, and kept until it is acknowledged */
  HS_ROUTE_WAITING, /* it is kept until the session is resumed */
} HsRoute;

/* A stanza on its way through hs_client_send_node(). */
typedef struct
{
  int timeout_msec;     /* for the answer to a request; -1: the default */
  HsOutFlags flags;
  GTask *task;          /* waits for the acknowledgement, or NULL */
  GTask *asker;         /* waits for the answer to a request, or NULL */
  void (*asked) (GTask *asker, HsIqRequest *request); /* the request of the asker is tracked */
  HsRoute route;        /* out */
} HsSending;

/* The flags of properties, for hs-client.c and hs-client-credentials.c. */
#define HS_CLIENT_PARAM (G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)
#define HS_CLIENT_PARAM_RW (G_PARAM_READWRITE | HS_CLIENT_PARAM)
#define HS_CLIENT_PARAM_RO (G_PARAM_READABLE | HS_CLIENT_PARAM)
#define HS_CLIENT_PARAM_WO (G_PARAM_WRITABLE | HS_CLIENT_PARAM)

/* hs-client-settings.c */
gboolean hs_client_check_range (HsClient *self, const char *property, guint64 value);

/* hs-client-thread.c */
gboolean hs_client_refuse (HsClientPrivate *priv, const char *function);
gboolean hs_client_refuse_with (HsClientPrivate *priv, const char *function, GError **error);
gboolean hs_client_check_context (GMainContext *context, const char *function, GError **error);
gboolean hs_client_refuse_async (HsClient *self,
                                 HsClientPrivate *priv,
                                 const char *function,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GMainContext *hs_client_take_over (HsClientPrivate *priv, GError **error);
gboolean hs_client_dispose_elsewhere (HsClient *self, HsClientPrivate *priv);

/* For the beginning of each public function that has no error. */
#define hs_client_return_if_foreign(self)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (hs_client_refuse (hs_client_private (self), G_STRFUNC))                                    \
      return;                                                                                      \
  }                                                                                                \
  G_STMT_END
#define hs_client_return_val_if_foreign(self, value)                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (hs_client_refuse (hs_client_private (self), G_STRFUNC))                                    \
      return (value);                                                                              \
  }                                                                                                \
  G_STMT_END

/* hs-client-debug.c */
/* The account, or NULL. */
const char *hs_client_get_name (HsClient *self);
void hs_client_debug_state (HsClient *self, HsClientState present);
/* @msec: until the next try, or -1. */
void hs_client_debug_retry (HsClient *self, const GError *error, int msec);

/* hs-client-state.c */
void hs_client_enter (HsClient *self, HsRunEvent event);
void hs_client_tell_state (HsClient *self);
HsClientState hs_client_get_present_state (HsClientPrivate *priv);
gboolean hs_client_is_stop_requested (HsClientPrivate *priv);
gboolean hs_client_is_announced (HsClientPrivate *priv);
void hs_client_emit_disconnected (HsClient *self, const GError *error, int retry_in_msec);
HsStreamManagement *hs_client_get_management (HsClient *self);
gboolean hs_client_is_managed (HsClientPrivate *priv);
guint hs_client_get_stage_timeout (HsClientPrivate *priv);
void hs_client_begin_stage (HsClient *self);

/* hs-client-output.c */
/* The buffer that is written next, after what the stream itself has to say. */
GByteArray *hs_client_get_output (HsClientPrivate *priv);
void hs_client_flush (HsClient *self);
void hs_client_ask (HsClient *self);
void hs_client_expect_life (HsClient *self);
void hs_client_pump (HsClient *self);

/* hs-client-end.c */
void hs_client_leave_other_account (HsClient *self);
void hs_client_lose_session (HsClient *self);
void hs_client_drop_connection (HsClient *self);
void hs_client_begin_stopping (HsClient *self);
void hs_client_acknowledged (HsClient *self);
void hs_client_settled (HsClient *self);
void hs_client_close_stream (HsClient *self);
void hs_client_finish_run (HsClient *self, const GError *error);
void hs_client_abandon (HsClient *self);

/* hs-client-liveness.c */
void hs_client_begin_liveness (HsClient *self);
void hs_client_keepalive (HsClient *self);
void hs_client_woke_up (HsClient *self);
void hs_client_expect_idle (HsClient *self);
void hs_client_shrink_if_idle (HsClient *self);
extern const HsDeadlinesCallbacks hs_client_deadlines_callbacks;

/* hs-client-connection.c */
void hs_client_connect_next (HsClient *self);
void hs_client_start_tls (HsClient *self);
extern const HsConnectionCallbacks hs_client_connection_callbacks;

/* hs-client-session.c */
void hs_client_negotiate (HsClient *self, HsNode *features);
void hs_client_derive_key (HsClient *self);
void hs_client_binding (HsClient *self);
extern const HsModuleListCallbacks hs_client_module_list_callbacks;
void hs_client_bound (HsClient *self);
void hs_client_resumed (HsClient *self);

/* hs-client-sign-in.c */
#define HS_CLIENT_FIRST_SIGN_IN_PROP 1000

/* Whether the client connects once more, without pipelining, to an address at which pipelining may have failed. */
typedef enum
{
  HS_CLIENT_AGAIN_NO,
  HS_CLIENT_AGAIN_AT_ONCE,
  HS_CLIENT_AGAIN_LAST, /* after the other addresses of the server */
} HsClientAgain;

void hs_client_sign_in (HsClient *self);
void hs_client_pipeline_sign_in (HsClient *self);
HsClientAgain hs_client_forget_stream_features (HsClient *self, const GError *error);
void hs_client_remember_session (HsClientPrivate *priv);
void hs_client_token_refused (HsClient *self);
void hs_client_note_discovery (HsClient *self);
void hs_client_note_resumed (HsClient *self);
void hs_client_ensure_user_agent (HsClient *self);
void hs_client_describe_user_agent (HsClient *self, HsStreamConfig *config);

/* hs-client-credentials.c */
void hs_client_authenticated (HsClient *self);
void hs_client_sign_in_class_init (GObjectClass *object_class);
void hs_client_sign_in_get_property (HsClient *self,
                                     guint prop_id,
                                     GValue *value,
                                     GParamSpec *pspec);
void hs_client_sign_in_set_property (HsClient *self,
                                     guint prop_id,
                                     const GValue *value,
                                     GParamSpec *pspec);

/* hs-client-events.c */
extern const HsPumpCallbacks hs_client_pump_callbacks;

/* hs-client-send.c */
gboolean
hs_client_send_node (HsClient *self, HsNode *node, HsSending *sending, GError **error);
/* Sends a stanza of the library itself: if it is lost, no `returned` is emitted. */
gboolean hs_client_send_own (HsClient *self, HsElement *stanza, GError **error);
extern const HsRequestsCallbacks hs_client_requests_callbacks;

/* hs-client-delivery.c */
extern const HsOutboxCallbacks hs_client_outbox_callbacks;
void hs_client_tell_deliveries (HsClient *self, gboolean quietly);

/* hs-client-resume.c */
extern const HsSessionCallbacks hs_client_session_callbacks;

/* hs-client-retry.c */
void hs_client_connection_failed (HsClient *self, const GError *error);
void hs_client_note_progress (HsClient *self);
extern const HsReconnectorCallbacks hs_client_reconnector_callbacks;

/* hs-client-active.c */
void hs_client_tell_active (HsClient *self, gboolean resumed);

/* hs-client-handlers.c */
extern const HsDispatcherCallbacks hs_client_dispatcher_callbacks;
void hs_client_forgets_changed (HsClient *self);
void hs_client_discarded (HsClient *self, HsNode *node, const GError *error);

/* hs-client-features.c */
void hs_client_shrink_features (HsClient *self);
void hs_client_remember_features (HsClient *self);

/* hs-client-presence.c */
void hs_client_begin_presence (HsClient *self);
void hs_client_finish_presence (HsClient *self);

/* hs-client-log.c */
extern const HsWireLogCallbacks hs_client_wire_log_callbacks;

G_END_DECLS
