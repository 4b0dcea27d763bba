/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hooked.h"

typedef struct
{
  GObjectClass parent_class;
} HookedClass;

static GType hooked_get_type (void);
static void hooked_iface_init (HsModuleInterface *iface);

G_DEFINE_TYPE_WITH_CODE (Hooked, hooked, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hooked_iface_init))

static void
note (HsModule *module, HsClient *client, const char *hook)
{
  Hooked *self = (Hooked *) module;

  g_string_append_printf (self->calls, "%s ", hook);
  if (self->then != NULL)
    self->then (self, client, hook, self->data);
}

static void
hooked_prepare_presence (HsModule *module, HsClient *client, HsPresence *presence)
{
  hs_element_add_child (HS_ELEMENT (presence), "extra", "urn:test:extra");
}

static void
hooked_presence_sent (HsModule *module, HsClient *client, HsPresence *presence)
{
  g_assert_nonnull (hs_element_get_child (HS_ELEMENT (presence), "extra", "urn:test:extra"));
  note (module, client, "presence_sent");
}

static void
hooked_ready (HsModule *module, HsClient *client)
{
  note (module, client, "ready");
}

static void
hooked_begin (HsModule *module, HsClient *client)
{
  note (module, client, "begin");
}

static void
hooked_resumed (HsModule *module, HsClient *client)
{
  note (module, client, "resumed");
}

static void
hooked_lost (HsModule *module, HsClient *client)
{
  g_assert_null (hs_client_get_bound_jid (client));
  note (module, client, "lost");
}

static void
hooked_terminated (HsModule *module, HsClient *client)
{
  note (module, client, "terminated");
}

static void
hooked_iface_init (HsModuleInterface *iface)
{
  iface->prepare_presence = hooked_prepare_presence;
  iface->presence_sent = hooked_presence_sent;
  iface->begin = hooked_begin;
  iface->ready = hooked_ready;
  iface->resumed = hooked_resumed;
  iface->lost = hooked_lost;
  iface->terminated = hooked_terminated;
}

static void
hooked_finalize (GObject *object)
{
  g_string_free (((Hooked *) object)->calls, TRUE);

  G_OBJECT_CLASS (hooked_parent_class)->finalize (object);
}

static void
hooked_class_init (HookedClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hooked_finalize;
}

static void
hooked_init (Hooked *self)
{
  self->calls = g_string_new (NULL);
}

Hooked *
hooked_new (HsClient *client)
{
  Hooked *self = g_object_new (hooked_get_type (), NULL);

  hs_client_register (client, HS_MODULE (self));
  return self;
}

void
hooked_free (Hooked *self, HsClient *client)
{
  hs_client_unregister (client, HS_MODULE (self));
  g_assert_finalize_object (G_OBJECT (self));
}
