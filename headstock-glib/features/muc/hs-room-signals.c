/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-private.h"

/* The signals of HsRoom. */

guint hs_room_signals[HS_ROOM_N_SIGNALS];

static guint
new_signal (const char *name, guint n_params, ...)
{
  va_list args;
  guint id;

  va_start (args, n_params);
  id = g_signal_new_valist (name, HS_TYPE_ROOM, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL, G_TYPE_NONE, n_params,
                            args);
  va_end (args);
  return id;
}

static void
install_stay_signals (void)
{
  /**
   * HsRoom::joined:
   * @self: the room
   *
   * Emitted each time the account has joined the room.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_JOINED] = new_signal ("joined", 0);

  /**
   * HsRoom::created:
   * @self: the room
   *
   * Emitted after [signal@Room::joined] if the room did not exist before.
   *
   * Nobody else can join it before [method@Room.create_instant_async] or [method@Room.store_config_async] is called.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_CREATED] = new_signal ("created", 0);

  /**
   * HsRoom::left:
   * @self: the room
   * @leave: how the stay ended
   *
   * Emitted when the account has left the room, or was removed from it, and does not rejoin by itself.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_LEFT] = new_signal ("left", 1, HS_TYPE_LEAVE);

  /**
   * HsRoom::lost:
   * @self: the room
   * @error: what happened
   *
   * Emitted when the state becomes %HS_ROOM_STATE_LOST: the account dropped out of the room for a technical reason, or
   * the room did not answer.
   *
   * It is also emitted when the room refuses an attempt to rejoin: the state is then %HS_ROOM_STATE_OUT, and there are
   * no further attempts.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_LOST] = new_signal ("lost", 1, G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);

  /**
   * HsRoom::configuration-changed:
   * @self: the room
   * @codes: the status codes of the changes (XEP-0045, 15.6)
   *
   * Emitted when the room announces that its configuration has changed.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_CONFIGURATION_CHANGED]
      = new_signal ("configuration-changed", 1, G_TYPE_STRV | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
install_occupant_signals (void)
{
  /**
   * HsRoom::occupant-joined:
   * @self: the room
   * @occupant: the new occupant
   *
   * Emitted when somebody joins while the account is in the room.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_JOINED] = new_signal ("occupant-joined", 1, HS_TYPE_OCCUPANT);

  /**
   * HsRoom::occupant-left:
   * @self: the room
   * @occupant: the occupant who has left
   *
   * Emitted when somebody else has left the room.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_LEFT] = new_signal ("occupant-left", 1, HS_TYPE_OCCUPANT);

  /**
   * HsRoom::occupant-renamed:
   * @self: the room
   * @occupant: the occupant with the new nickname
   *
   * Emitted when the nickname of an occupant has changed, also that of the account itself.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_RENAMED] = new_signal ("occupant-renamed", 1, HS_TYPE_OCCUPANT);

  /**
   * HsRoom::voice-requested:
   * @self: the room
   * @occupant: the occupant who asks
   *
   * Emitted when somebody asks the moderators for voice (XEP-0045, 8.6).
   *
   * [method@Room.change_role_async] grants it.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_VOICE_REQUESTED] = new_signal ("voice-requested", 1, HS_TYPE_OCCUPANT);
}

static void
install_message_signals (void)
{
  /**
   * HsRoom::message:
   * @self: the room
   * @delivery: the message
   *
   * Emitted for a new message with a body from another occupant: a message that a bot would answer.
   *
   * For history, corrections, reactions and the account's own messages, only [signal@Room::delivery] is emitted.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_MESSAGE] = new_signal ("message", 1, HS_TYPE_DELIVERY);

  /**
   * HsRoom::delivery:
   * @self: the room
   * @delivery: the message
   *
   * Emitted for every message of this room.
   *
   * Since: 0.2
   */
  hs_room_signals[HS_ROOM_SIGNAL_DELIVERY] = new_signal ("delivery", 1, HS_TYPE_DELIVERY);
}

void
hs_room_install_signals (void)
{
  install_stay_signals ();
  install_occupant_signals ();
  install_message_signals ();
}
