/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-server-memory.h"

void
hs_server_memory_init (HsServerMemory *self)
{
  *self = (HsServerMemory){ .domain = 0 };
}

static void
forget_pipelining (HsServerMemory *self)
{
  for (guint i = 0; i < HS_N_PIPELINE_KINDS; i++)
    {
      self->pipelining[i] = HS_PIPELINING_ALLOWED;
      g_clear_pointer (&self->suspects[i], g_free);
    }
}

void
hs_server_memory_clear (HsServerMemory *self)
{
  forget_pipelining (self);
  hs_server_memory_show (self, NULL);
  g_free (self->account);
  g_free (self->text);
  g_clear_pointer (&self->features, g_variant_unref);
  hs_server_memory_init (self);
}

void
hs_server_memory_meet (HsServerMemory *self, const char *domain)
{
  guint hash = g_str_hash (domain);

  if (self->domain == hash)
    return;
  self->domain = hash;
  forget_pipelining (self);
}

gboolean
hs_server_memory_may_pipeline (const HsServerMemory *self, HsPipelineKind what)
{
  return hs_pipelining_is_allowed (self->pipelining[what])
         && hs_pipelining_is_allowed (self->pipelining[HS_PIPELINE_WITH_HEADER]);
}

static gboolean
may_rely (const HsServerMemory *self, const char *account)
{
  return hs_server_memory_may_pipeline (self, HS_PIPELINE_BY_MEMORY) && account != NULL
         && g_strcmp0 (self->account, account) == 0;
}

GVariant *
hs_server_memory_get_features (const HsServerMemory *self, const char *account)
{
  return may_rely (self, account) ? self->features : NULL;
}

HsSessionFeatures
hs_server_memory_get_session_features (const HsServerMemory *self, const char *account)
{
  return may_rely (self, account) ? self->session_features : 0;
}

void
hs_server_memory_remember (HsServerMemory *self, const char *account, GVariant *features)
{
  g_autoptr (GVariant) kept = features != NULL ? g_variant_ref_sink (features) : NULL;
  gboolean same = g_strcmp0 (self->account, account) == 0;

  if (!same)
    {
      self->session_features = 0;
      g_clear_pointer (&self->text, g_free);
    }
  g_clear_pointer (&self->features, g_variant_unref);
  self->features = g_steal_pointer (&kept);
  if (same && self->features != NULL)
    return;
  g_free (self->account);
  self->account = self->features != NULL ? g_strdup (account) : NULL;
}

void
hs_server_memory_remember_session (HsServerMemory *self, HsSessionFeatures features)
{
  self->session_features = features;
}

void
hs_server_memory_remember_text (HsServerMemory *self, const char *text)
{
  g_free (self->text);
  self->text = self->account != NULL ? g_strdup (text) : NULL;
}

const char *
hs_server_memory_get_text (const HsServerMemory *self, const char *account)
{
  return self->account != NULL && g_strcmp0 (self->account, account) == 0 ? self->text : NULL;
}

HsElement *
hs_server_memory_show (HsServerMemory *self, const char *text)
{
  if (text != NULL && g_strcmp0 (text, self->shown_text) == 0)
    return self->shown;
  g_clear_object (&self->shown);
  g_clear_pointer (&self->shown_text, g_free);
  if (text == NULL)
    return NULL;
  self->shown = hs_element_new_from_string (text, NULL);
  self->shown_text = g_strdup (text);
  return self->shown;
}

/* @address: where a connection was cut. */
static void
on_event (HsServerMemory *self, HsPipelineKind what, HsPipeliningEvent event, const char *address)
{
  HsPipelining next = hs_pipelining_get_next (self->pipelining[what], event);

  if (next == self->pipelining[what])
    return;
  self->pipelining[what] = next;
  g_free (self->suspects[what]);
  self->suspects[what] = next == HS_PIPELINING_SUSPECTED ? g_strdup (address) : NULL;
}

gboolean
hs_server_memory_failed (HsServerMemory *self,
                         HsPipelineKind what,
                         HsPipeliningEvent how,
                         const char *address)
{
  if (!hs_server_memory_may_pipeline (self, what))
    return FALSE;
  on_event (self, what, how, address);
  return TRUE;
}

void
hs_server_memory_bound (HsServerMemory *self, const char *address)
{
  for (guint i = 0; i < HS_N_PIPELINE_KINDS; i++)
    {
      gboolean there = g_strcmp0 (self->suspects[i], address) == 0;

      on_event (self, i, there ? HS_PIPELINING_ON_BOUND_THERE : HS_PIPELINING_ON_BOUND, NULL);
    }
}
