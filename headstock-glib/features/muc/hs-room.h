/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-affiliate.h"
#include "hs-data-form.h"
#include "hs-delivery.h"
#include "hs-disco-info.h"
#include "hs-leave.h"
#include "hs-message.h"
#include "hs-occupant.h"
#include "hs-sent-message.h"

G_BEGIN_DECLS

/**
 * HsRoomState:
 * @HS_ROOM_STATE_OUT: the account is not in the room, and does not try to join it
 * @HS_ROOM_STATE_JOINING: the account is joining the room, or waits for a session to do so
 * @HS_ROOM_STATE_IN: the account is in the room
 * @HS_ROOM_STATE_LEAVING: the account has asked to leave, and the room has not answered yet
 * @HS_ROOM_STATE_LOST: the account dropped out of the room for a technical reason
 *
 * The states of a stay in a room.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_ROOM_STATE_OUT,
  HS_ROOM_STATE_JOINING,
  HS_ROOM_STATE_IN,
  HS_ROOM_STATE_LEAVING,
  HS_ROOM_STATE_LOST,
} HsRoomState;

/**
 * HsRoomFeature:
 * @HS_ROOM_FEATURE_NONE: nothing is known about the room
 * @HS_ROOM_FEATURE_PASSWORD: it has a password
 * @HS_ROOM_FEATURE_MEMBERS_ONLY: only members may enter
 * @HS_ROOM_FEATURE_MODERATED: only occupants with voice may write
 * @HS_ROOM_FEATURE_ANONYMOUS: not everybody can see the addresses behind the nicknames
 * @HS_ROOM_FEATURE_PERSISTENT: it stays when the last occupant leaves
 * @HS_ROOM_FEATURE_HIDDEN: it is not in public lists
 * @HS_ROOM_FEATURE_ARCHIVE: it keeps an archive (XEP-0313)
 * @HS_ROOM_FEATURE_OCCUPANT_ID: it gives occupants ids (XEP-0421)
 * @HS_ROOM_FEATURE_STABLE_ID: it leaves the ids of messages as they are
 * @HS_ROOM_FEATURE_MODERATION: moderators can retract messages of others (XEP-0425)
 * @HS_ROOM_FEATURE_SELF_PING: the room itself answers a self-ping (XEP-0410)
 *
 * The properties and features of a room, from its service discovery.
 *
 * Since: 0.2
 */
typedef enum /*< flags >*/
{
  HS_ROOM_FEATURE_NONE = 0,
  HS_ROOM_FEATURE_PASSWORD = 1 << 0,
  HS_ROOM_FEATURE_MEMBERS_ONLY = 1 << 1,
  HS_ROOM_FEATURE_MODERATED = 1 << 2,
  HS_ROOM_FEATURE_ANONYMOUS = 1 << 3,
  HS_ROOM_FEATURE_PERSISTENT = 1 << 4,
  HS_ROOM_FEATURE_HIDDEN = 1 << 5,
  HS_ROOM_FEATURE_ARCHIVE = 1 << 6,
  HS_ROOM_FEATURE_OCCUPANT_ID = 1 << 7,
  HS_ROOM_FEATURE_STABLE_ID = 1 << 8,
  HS_ROOM_FEATURE_MODERATION = 1 << 9,
  HS_ROOM_FEATURE_SELF_PING = 1 << 10,
} HsRoomFeature;

#define HS_TYPE_ROOM (hs_room_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsRoom, hs_room, HS, ROOM, GObject)

/* What is known of the room */

HS_AVAILABLE_IN_0_2
HsClient *hs_room_get_client (HsRoom *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_room_get_jid (HsRoom *self);
HS_AVAILABLE_IN_0_2
const char *hs_room_get_nick (HsRoom *self);
HS_AVAILABLE_IN_0_2
HsRoomState hs_room_get_state (HsRoom *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_room_get_occupants (HsRoom *self);
HS_AVAILABLE_IN_0_2
HsOccupant *hs_room_get_own_occupant (HsRoom *self);
HS_AVAILABLE_IN_0_2
const char *hs_room_get_subject (HsRoom *self);
HS_AVAILABLE_IN_0_2
const char *hs_room_get_subject_author (HsRoom *self);
HS_AVAILABLE_IN_0_2
const char *hs_room_get_name (HsRoom *self);
HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_room_get_info (HsRoom *self);
HS_AVAILABLE_IN_0_2
HsRoomFeature hs_room_get_features (HsRoom *self);
HS_AVAILABLE_IN_0_2
const char *hs_room_get_password (HsRoom *self);
HS_AVAILABLE_IN_0_2
void hs_room_set_password (HsRoom *self, const char *password);
HS_AVAILABLE_IN_0_2
guint hs_room_get_history_limit (HsRoom *self);
HS_AVAILABLE_IN_0_2
void hs_room_set_history_limit (HsRoom *self, guint history_limit);
HS_AVAILABLE_IN_0_2
gboolean hs_room_get_auto_rejoin (HsRoom *self);
HS_AVAILABLE_IN_0_2
void hs_room_set_auto_rejoin (HsRoom *self, gboolean auto_rejoin);

/* The stay */

HS_AVAILABLE_IN_0_2
void hs_room_join_async (HsRoom *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_join_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_leave_async (HsRoom *self,
                          const char *status,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_leave_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_change_nick_async (HsRoom *self,
                                const char *nick,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_change_nick_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_check_async (HsRoom *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_check_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_change_subject_async (HsRoom *self,
                                   const char *subject,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_change_subject_finish (HsRoom *self, GAsyncResult *result, GError **error);

/* What the room can be asked for */

HS_AVAILABLE_IN_0_2
void hs_room_moderate_async (HsRoom *self,
                             const char *archive_id,
                             const char *reason,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_moderate_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_kick_async (HsRoom *self,
                         HsOccupant *occupant,
                         const char *reason,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_kick_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_ban_async (HsRoom *self,
                        const char *jid,
                        const char *reason,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_ban_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_change_role_async (HsRoom *self,
                                HsOccupant *occupant,
                                HsRole role,
                                const char *reason,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_change_role_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_change_affiliation_async (HsRoom *self,
                                       const char *jid,
                                       HsAffiliation affiliation,
                                       const char *reason,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_change_affiliation_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_store_config_async (HsRoom *self,
                                 HsDataForm *config,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_store_config_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_create_instant_async (HsRoom *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_create_instant_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_destroy_async (HsRoom *self,
                            const char *reason,
                            const char *alternative,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_destroy_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_register_nick_async (HsRoom *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_register_nick_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_request_voice_async (HsRoom *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_room_request_voice_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_query_affiliations_async (HsRoom *self,
                                       HsAffiliation affiliation,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
HS_AVAILABLE_IN_0_2
GPtrArray *hs_room_query_affiliations_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_room_query_config_async (HsRoom *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
HS_AVAILABLE_IN_0_2
HsDataForm *hs_room_query_config_finish (HsRoom *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
HsSentMessage *hs_room_send (HsRoom *self, const char *body, GError **error);
HS_AVAILABLE_IN_0_2
HsSentMessage *hs_room_send_message (HsRoom *self, HsMessage *message, GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_room_invite (HsRoom *self, const char *jid, const char *reason, gboolean is_direct, GError **error);
HS_AVAILABLE_IN_0_2
HsOccupant *hs_room_lookup_occupant (HsRoom *self, const char *nick);
HS_AVAILABLE_IN_0_2
HsOccupant *hs_room_lookup_occupant_id (HsRoom *self, const char *occupant_id);

G_END_DECLS
