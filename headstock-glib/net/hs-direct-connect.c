/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-direct-connect.h"

struct _HsDirectConnect
{
  GSocketAddress *address;
  GSocket *socket;
  GError *error; /* why connecting failed, or NULL */
  GSource *source;
  HsDirectConnectFunc done;
  gpointer user_data;
};

/* Begins the message as GSocketClient does. */
static void
name_address (HsDirectConnect *self)
{
  g_autofree char *name = NULL;

  if (G_IS_INET_SOCKET_ADDRESS (self->address))
    name = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (self->address)));
  else
    name = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->address));
  g_prefix_error (&self->error, "Could not connect to %s: ", name);
}

static void
clear_source (HsDirectConnect *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/* @done may free @self. */
static gboolean
end_cb (gpointer user_data)
{
  HsDirectConnect *self = user_data;
  HsDirectConnectFunc done = self->done;
  g_autoptr (GError) error = g_steal_pointer (&self->error);
  g_autoptr (GSocketConnection) connection = NULL;

  clear_source (self);
  if (error == NULL)
    connection = g_socket_connection_factory_create_connection (self->socket);
  done (connection, error, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
writable_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  HsDirectConnect *self = user_data;

  if (!g_socket_check_connect_result (socket, &self->error))
    name_address (self);
  return end_cb (self);
}

/* Returns TRUE while the socket is connecting, and FALSE if it is connected already or has failed: see @error. */
static gboolean
begin (HsDirectConnect *self)
{
  self->socket = g_socket_new (g_socket_address_get_family (self->address), G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_DEFAULT, &self->error);
  if (self->socket == NULL)
    return FALSE;
  g_socket_set_blocking (self->socket, FALSE);
  if (g_socket_connect (self->socket, self->address, NULL, &self->error))
    return FALSE;
  if (!g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_PENDING))
    return FALSE;
  g_clear_error (&self->error);
  return TRUE;
}

HsDirectConnect *
hs_direct_connect_new (GSocketAddress *address, GMainContext *context, HsDirectConnectFunc done, gpointer user_data)
{
  HsDirectConnect *self = g_new0 (HsDirectConnect, 1);

  self->address = g_object_ref (address);
  self->done = done;
  self->user_data = user_data;
  if (begin (self))
    {
      self->source = g_socket_create_source (self->socket, G_IO_OUT, NULL);
      g_source_set_callback (self->source, G_SOURCE_FUNC (writable_cb), self, NULL);
    }
  else
    {
      if (self->error != NULL)
        name_address (self);
      self->source = g_idle_source_new ();
      g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->source, end_cb, self, NULL);
    }
  g_source_set_static_name (self->source, "[headstock] connect");
  g_source_attach (self->source, context);
  return self;
}

void
hs_direct_connect_free (HsDirectConnect *self)
{
  clear_source (self);
  g_clear_object (&self->socket);
  g_object_unref (self->address);
  g_clear_error (&self->error);
  g_free (self);
}
