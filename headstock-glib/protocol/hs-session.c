/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-session.h"

#include "hs-error-private.h"

#define STATE_VERSION 1
/* How long a kept session can be used where the server does not say how long it keeps one, in seconds. */
#define MAX_AGE (24 * 60 * 60)
/* How long requests wait for an interrupted session where the server does not say, in milliseconds. */
#define RESUME_TIMEOUT (10 * 60 * 1000)

void
hs_session_init (HsSession *self,
                 HsIqTracker *tracker,
                 const HsSessionCallbacks *callbacks,
                 gpointer owner)
{
  *self = (HsSession){ .callbacks = callbacks, .owner = owner, .tracker = tracker };
}

static void
clear_own (HsIqOwn *own)
{
  g_clear_pointer (&own->full, hs_jid_unref);
  g_clear_pointer (&own->bare, hs_jid_unref);
  g_clear_pointer (&own->domain, hs_jid_unref);
}

/* The bare JID of @jid: the account's own, if it is the same. A client has it once. */
static HsJid *
get_bare (const HsSession *self, HsJid *jid)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (jid);

  return self->account != NULL && hs_jid_equal (bare, self->account) ? hs_jid_ref (self->account)
                                                                     : g_steal_pointer (&bare);
}

/* @full: the bound JID, or NULL. */
static void
set_own (HsSession *self, HsIqOwn *own, HsJid *full, HsJid *jid)
{
  HsIqOwn changed = {
    .full = full != NULL ? hs_jid_ref (full) : NULL,
    .bare = get_bare (self, jid),
    .domain = hs_jid_new_from_parts (NULL, hs_jid_get_domain (jid), NULL, NULL),
  };

  clear_own (own);
  *own = changed;
}

static void
forget_expected (HsSession *self)
{
  if (self->expected == NULL)
    return;
  clear_own (self->expected);
  g_clear_pointer (&self->expected, g_free);
}

void
hs_session_clear (HsSession *self)
{
  g_clear_pointer (&self->management, hs_stream_management_free);
  g_clear_pointer (&self->account, hs_jid_unref);
  hs_iq_tracker_set_own (self->tracker, NULL);
  clear_own (&self->bound);
  forget_expected (self);
}

HsStreamManagement *
hs_session_ensure_management (HsSession *self, const HsResendPolicy *policy)
{
  if (self->management == NULL)
    self->management = hs_stream_management_new (policy);
  return self->management;
}

HsStreamManagement *
hs_session_get_management (const HsSession *self)
{
  return self->management;
}

HsJid *
hs_session_get_bound_jid (const HsSession *self)
{
  return self->bound.full;
}

HsJid *
hs_session_get_bound_bare (const HsSession *self)
{
  return self->bound.bare;
}

gsize
hs_session_get_max_bytes (const HsSession *self)
{
  return self->max_bytes;
}

void
hs_session_set_max_bytes (HsSession *self, gsize max_bytes)
{
  self->max_bytes = max_bytes;
}

gboolean
hs_session_has_told_active (const HsSession *self)
{
  return self->told_active;
}

void
hs_session_set_told_active (HsSession *self, gboolean told)
{
  self->told_active = told;
}

/* ---- Whose session it is ---- */

void
hs_session_expect (HsSession *self, HsJid *jid)
{
  if (self->expected == NULL)
    self->expected = g_new0 (HsIqOwn, 1);
  set_own (self, self->expected, NULL, jid);
  hs_iq_tracker_set_own (self->tracker, self->expected);
}

void
hs_session_set_account (HsSession *self, HsJid *jid)
{
  g_clear_pointer (&self->account, hs_jid_unref);
  self->account = hs_jid_get_bare (jid);
}

gboolean
hs_session_is_other_account (const HsSession *self, HsJid *jid)
{
  g_autoptr (HsJid) bare = jid != NULL ? hs_jid_get_bare (jid) : NULL;

  return self->account != NULL && (bare == NULL || !hs_jid_equal (bare, self->account));
}

void
hs_session_forget_account (HsSession *self)
{
  g_clear_pointer (&self->account, hs_jid_unref);
}

/* ---- From the first connection to the last ---- */

/* The session stands: the addresses that count are those that were bound. */
static void
use_bound (HsSession *self)
{
  hs_iq_tracker_set_own (self->tracker, &self->bound);
  forget_expected (self);
}

void
hs_session_bind (HsSession *self, HsJid *jid)
{
  set_own (self, &self->bound, jid, jid);
  use_bound (self);
  self->callbacks->bound_changed (self->owner);
}

void
hs_session_resume (HsSession *self, gint64 now)
{
  use_bound (self);
  hs_iq_tracker_unpause (self->tracker, now);
}

gboolean
hs_session_interrupt (HsSession *self, gint64 now, gint64 boot_now)
{
  if (self->management == NULL)
    return FALSE;
  hs_stream_management_interrupt (self->management, boot_now);
  if (!hs_stream_management_has_session (self->management))
    return FALSE;
  hs_iq_tracker_pause (self->tracker, now);
  return TRUE;
}

guint
hs_session_get_resume_timeout (const HsSession *self)
{
  guint max = hs_stream_management_get_max (self->management);

  return max == 0 ? RESUME_TIMEOUT : MIN (max, 86400) * 1000;
}

gboolean
hs_session_is_interrupted (const HsSession *self)
{
  return hs_iq_tracker_is_paused (self->tracker);
}

gboolean
hs_session_can_resume (const HsSession *self, gint64 boot_now)
{
  return self->management != NULL && hs_stream_management_can_resume (self->management, boot_now);
}

static void
fail_requests (HsSession *self)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                                                  "The session ended before there was an answer");

  hs_iq_tracker_fail_all (self->tracker, error);
}

void
hs_session_expire (HsSession *self)
{
  if (hs_session_is_interrupted (self))
    fail_requests (self);
}

gboolean
hs_session_lose (HsSession *self)
{
  hs_iq_tracker_unpause (self->tracker, 0);
  fail_requests (self);
  if (self->bound.full == NULL)
    return FALSE;
  clear_own (&self->bound);
  self->callbacks->bound_changed (self->owner);
  return TRUE;
}

/* ---- From one process to the next ---- */

GVariant *
hs_session_save (const HsSession *self, guint n_ahead, gint64 boot_now, gint64 real_now)
{
  GVariant *state;
  gint64 seconds;

  if (self->management == NULL || self->bound.full == NULL)
    return NULL;
  state = hs_stream_management_save (self->management, n_ahead);
  if (state == NULL)
    return NULL;
  seconds = (real_now - hs_stream_management_get_age (self->management, boot_now)) / G_USEC_PER_SEC;
  return g_variant_new ("(ussx@" HS_STREAM_MANAGEMENT_STATE ")", STATE_VERSION,
                        hs_jid_to_string (self->account), hs_jid_to_string (self->bound.full),
                        seconds, state);
}

/* Without a local part the account has a name that the server chose (XEP-0175). */
static gboolean
is_of_account (HsJid *jid, HsJid *account)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (jid);

  if (hs_jid_get_local (account) == NULL)
    return g_str_equal (hs_jid_get_domain (jid), hs_jid_get_domain (account));
  return hs_jid_equal (bare, account);
}

/* Returns the address that was bound. The state may come from anywhere, and the bound address is believed later,
 * for roster pushes and the like: it must be the account's. */
static HsJid *
check_owner (HsJid *account, const char *owner_text, const char *bound, GError **error)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (account);
  g_autoptr (HsJid) owner = hs_jid_new (owner_text, NULL);
  g_autoptr (HsJid) jid = hs_jid_new (bound, NULL);

  if (owner == NULL || jid == NULL || hs_jid_get_resource (jid) == NULL)
    {
      hs_error_refuse (error, HS_ERROR_INVALID_STATE, "The kept session has no valid address");
      return NULL;
    }
  if (!hs_jid_equal (owner, bare) || !is_of_account (jid, bare))
    {
      hs_error_refuse (error, HS_ERROR_INVALID_STATE, "The kept session is another account's");
      return NULL;
    }
  return g_steal_pointer (&jid);
}

static gboolean
restore_management (HsSession *self,
                    GVariant *state,
                    gint64 saved,
                    const HsSessionRestore *restore,
                    GError **error)
{
  guint32 max;
  gint64 age = saved >= 0 ? MAX (0, restore->real_now / G_USEC_PER_SEC - saved) : G_MAXINT64;

  g_variant_get_child (state, 2, "u", &max);
  if (age >= (max != 0 ? max : MAX_AGE))
    return hs_error_refuse (error, HS_ERROR_EXPIRED,
                   "The kept session is older than the server keeps sessions");
  if (!hs_stream_management_restore (hs_session_ensure_management (self, restore->policy), state,
                                     restore->boot_now - age * G_USEC_PER_SEC))
    return hs_error_refuse (error, HS_ERROR_INVALID_STATE, "The kept session cannot be read");
  return TRUE;
}

gboolean
hs_session_restore (HsSession *self,
                    GVariant *state,
                    const HsSessionRestore *restore,
                    GError **error)
{
  g_autoptr (GVariant) management = NULL;
  g_autoptr (HsJid) jid = NULL;
  const char *account, *bound;
  guint32 version;
  gint64 saved;

  if (!g_variant_is_of_type (state, G_VARIANT_TYPE (HS_SESSION_STATE))
      || !g_variant_is_normal_form (state))
    return hs_error_refuse (error, HS_ERROR_INVALID_STATE, "The kept session cannot be read");
  g_variant_get (state, "(u&s&sx@" HS_STREAM_MANAGEMENT_STATE ")", &version, &account, &bound,
                 &saved, &management);
  if (version != STATE_VERSION)
    return hs_error_refuse (error, HS_ERROR_INVALID_STATE,
                   "The kept session is in a form that this version does not know");
  jid = check_owner (restore->jid, account, bound, error);
  if (jid == NULL || !restore_management (self, management, saved, restore, error))
    return FALSE;
  hs_iq_tracker_pause (self->tracker, restore->now);
  hs_session_set_account (self, restore->jid);
  set_own (self, &self->bound, jid, jid);
  self->callbacks->bound_changed (self->owner);
  return TRUE;
}
