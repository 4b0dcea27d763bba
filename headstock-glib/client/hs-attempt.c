/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-attempt.h"

HsAttempt *
hs_attempt_new (HsConnector *connector, gpointer owner)
{
  HsAttempt *self = g_new0 (HsAttempt, 1);

  self->ref_count = 1;
  self->owner = owner;
  self->connector = connector;
  self->cancellable = g_cancellable_new ();
  return self;
}

HsAttempt *
hs_attempt_ref (HsAttempt *self)
{
  self->ref_count++;
  return self;
}

void
hs_attempt_unref (HsAttempt *self)
{
  if (--self->ref_count > 0)
    return;
  g_clear_pointer (&self->connector, hs_connector_free);
  g_object_unref (self->cancellable);
  g_free (self->address);
  g_free (self);
}

void
hs_attempt_abandon (HsAttempt *self)
{
  self->owner = NULL;
  g_cancellable_cancel (self->cancellable);
  hs_attempt_unref (self);
}

gpointer
hs_attempt_get_owner (const HsAttempt *self)
{
  return self->owner;
}

GCancellable *
hs_attempt_get_cancellable (const HsAttempt *self)
{
  return self->cancellable;
}

HsConnector *
hs_attempt_get_connector (const HsAttempt *self)
{
  return self->connector;
}

HsConnector *
hs_attempt_steal_connector (HsAttempt *self)
{
  return g_steal_pointer (&self->connector);
}

const char *
hs_attempt_get_address (const HsAttempt *self)
{
  return self->address;
}

void
hs_attempt_set_address (HsAttempt *self, const char *address)
{
  g_free (self->address);
  self->address = g_strdup (address);
}
