/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-address.h"

#include <string.h>

/* GLib 2.74's GNetworkAddress looks up both families at once too, but ends with an error when
 * that of IPv4 fails and that of IPv6 takes more than 50 ms longer: a server that has IPv6 only
 * is then not reached. It also needs a resolver that can ask for one family, and forgets a
 * caller if two wait for the late family. */

/* How long IPv4 waits for IPv6 (RFC 8305, 3). */
#define RESOLUTION_DELAY_MSEC 50

/* ---- The enumerator ---- */

#define HS_TYPE_ADDRESS_ENUMERATOR (hs_address_enumerator_get_type ())
G_DECLARE_FINAL_TYPE (HsAddressEnumerator, hs_address_enumerator, HS, ADDRESS_ENUMERATOR,
                      GSocketAddressEnumerator)

struct _HsAddressEnumerator
{
  GSocketAddressEnumerator parent_instance;
  char *host;
  guint16 port;
  HsLoop *loop;
  gboolean started;          /* the lookups have begun */
  guint pending;             /* lookups */
  gboolean hurry;            /* IPv6 has had its time */
  gboolean ever;             /* an address has been given */
  GSocketFamily last_family; /* of the address given last */
  GQueue ipv6;               /* of GInetAddress, not yet given */
  GQueue ipv4;
  GQueue tasks; /* GSocketClient may ask again before it was answered */
  HsTimer delay;
  GError *error; /* the first lookup's that failed */
};

G_DEFINE_FINAL_TYPE (HsAddressEnumerator,
                     hs_address_enumerator,
                     G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* Families by turns, IPv6 first (RFC 8305, 4). */
static GSocketAddress *
take_address (HsAddressEnumerator *self)
{
  GQueue *queue = self->last_family == G_SOCKET_FAMILY_IPV6 ? &self->ipv4 : &self->ipv6;
  g_autoptr (GInetAddress) address = NULL;

  if (self->last_family == G_SOCKET_FAMILY_INVALID && self->ipv6.length == 0 &&
      self->pending > 0 && !self->hurry)
    return NULL;

  if (queue->length == 0)
    queue = queue == &self->ipv4 ? &self->ipv6 : &self->ipv4;
  address = g_queue_pop_head (queue);
  if (address == NULL)
    return NULL;

  self->ever = TRUE;
  self->last_family = g_inet_address_get_family (address);

  return g_inet_socket_address_new (address, self->port);
}

static void
answer_tasks (HsAddressEnumerator *self)
{
  g_autoptr (HsAddressEnumerator) alive G_GNUC_UNUSED = g_object_ref (self);

  while (self->tasks.length > 0)
    {
      GSocketAddress *address = take_address (self);
      g_autoptr (GTask) task = NULL;

      if (address == NULL && self->pending > 0)
        return;

      task = g_queue_pop_head (&self->tasks);
      if (address != NULL)
        g_task_return_pointer (task, address, g_object_unref);
      else if (self->ever || self->error == NULL)
        g_task_return_pointer (task, NULL, NULL);
      else
        g_task_return_error (task, g_error_copy (self->error));
    }
}

static void
delay_cb (gpointer user_data)
{
  HsAddressEnumerator *self = user_data;

  self->hurry = TRUE;
  answer_tasks (self);
}

static void
add_addresses (HsAddressEnumerator *self,
               GList *addresses)
{
  for (GList *l = addresses; l != NULL; l = l->next)
    {
      if (g_inet_address_get_family (l->data) == G_SOCKET_FAMILY_IPV6)
        g_queue_push_tail (&self->ipv6, g_object_ref (l->data));
      else
        g_queue_push_tail (&self->ipv4, g_object_ref (l->data));
    }
}

/* The reference that the lookup held is given back. */
static void
looked_up (HsAddressEnumerator *self,
           GList *addresses,
           GError *error)
{
  g_autoptr (HsAddressEnumerator) owned G_GNUC_UNUSED = self;

  self->pending--;
  add_addresses (self, addresses);
  g_resolver_free_addresses (addresses);
  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);

  if (self->pending == 0)
    hs_timer_set (&self->delay, 0);
  else if (self->ipv4.length > 0)
    hs_timer_set_after (&self->delay, RESOLUTION_DELAY_MSEC);

  answer_tasks (self);
}

static void
family_cb (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  GError *error = NULL;
  GList *addresses =
      g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);

  looked_up (user_data, addresses, error);
}

static void
name_cb (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  GError *error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (source), result, &error);

  looked_up (user_data, addresses, error);
}

static void
start (HsAddressEnumerator *self,
       GCancellable *cancellable)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (self->host);

  if (literal != NULL)
    {
      g_autoptr (GList) addresses = g_list_append (NULL, literal);

      add_addresses (self, addresses);
      return;
    }

  if (G_RESOLVER_GET_CLASS (resolver)->lookup_by_name_with_flags_async == NULL)
    {
      self->pending = 1;
      g_resolver_lookup_by_name_async (resolver, self->host, cancellable, name_cb,
                                       g_object_ref (self));
      return;
    }

  self->pending = 2;
  g_resolver_lookup_by_name_with_flags_async (resolver, self->host,
                                              G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY, cancellable,
                                              family_cb, g_object_ref (self));
  g_resolver_lookup_by_name_with_flags_async (resolver, self->host,
                                              G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY, cancellable,
                                              family_cb, g_object_ref (self));
}

static void
hs_address_enumerator_next_async (GSocketAddressEnumerator *enumerator,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  HsAddressEnumerator *self = HS_ADDRESS_ENUMERATOR (enumerator);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, hs_address_enumerator_next_async);
  g_queue_push_tail (&self->tasks, task);
  if (!self->started)
    {
      self->started = TRUE;
      start (self, cancellable);
    }
  answer_tasks (self);
}

static GSocketAddress *
hs_address_enumerator_next_finish (GSocketAddressEnumerator *enumerator,
                                   GAsyncResult *result,
                                   GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
hs_address_enumerator_finalize (GObject *object)
{
  HsAddressEnumerator *self = HS_ADDRESS_ENUMERATOR (object);

  hs_timer_leave (&self->delay);
  hs_loop_unref (self->loop);
  g_queue_clear_full (&self->ipv6, g_object_unref);
  g_queue_clear_full (&self->ipv4, g_object_unref);
  g_clear_error (&self->error);
  g_free (self->host);

  G_OBJECT_CLASS (hs_address_enumerator_parent_class)->finalize (object);
}

static void
hs_address_enumerator_class_init (HsAddressEnumeratorClass *klass)
{
  GSocketAddressEnumeratorClass *enumerator_class = G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hs_address_enumerator_finalize;
  enumerator_class->next_async = hs_address_enumerator_next_async;
  enumerator_class->next_finish = hs_address_enumerator_next_finish;
}

static void
hs_address_enumerator_init (HsAddressEnumerator *self)
{
  g_queue_init (&self->ipv6);
  g_queue_init (&self->ipv4);
  g_queue_init (&self->tasks);
  self->last_family = G_SOCKET_FAMILY_INVALID;
}

/* ---- HsAddress ---- */

struct _HsAddress
{
  GObject parent_instance;
  HsLoop *loop;
  char *host;
  guint16 port;
};

static void hs_address_connectable_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsAddress,
                               hs_address,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE,
                                                      hs_address_connectable_init))

static GSocketAddressEnumerator *
hs_address_enumerate (GSocketConnectable *connectable)
{
  HsAddress *self = HS_ADDRESS (connectable);
  HsAddressEnumerator *enumerator = g_object_new (HS_TYPE_ADDRESS_ENUMERATOR, NULL);

  enumerator->host = g_strdup (self->host);
  enumerator->port = self->port;
  enumerator->loop = hs_loop_ref (self->loop);
  hs_timer_join (&enumerator->delay, &self->loop->timers, delay_cb, enumerator);

  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static char *
hs_address_to_string (GSocketConnectable *connectable)
{
  HsAddress *self = HS_ADDRESS (connectable);

  if (strchr (self->host, ':') != NULL)
    return g_strdup_printf ("[%s]:%u", self->host, (guint) self->port);

  return g_strdup_printf ("%s:%u", self->host, (guint) self->port);
}

/* "none" is what GNetworkAddress says where it knows no scheme either. */
static GSocketAddressEnumerator *
hs_address_proxy_enumerate (GSocketConnectable *connectable)
{
  HsAddress *self = HS_ADDRESS (connectable);
  g_autofree char *uri =
      g_uri_join (G_URI_FLAGS_NONE, "none", NULL, self->host, self->port, "", NULL, NULL);

  return g_object_new (G_TYPE_PROXY_ADDRESS_ENUMERATOR, "connectable", connectable, "uri",
                       uri, NULL);
}

static void
hs_address_finalize (GObject *object)
{
  HsAddress *self = HS_ADDRESS (object);

  hs_loop_unref (self->loop);
  g_free (self->host);
  G_OBJECT_CLASS (hs_address_parent_class)->finalize (object);
}

static void
hs_address_class_init (HsAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hs_address_finalize;
}

static void
hs_address_init (HsAddress *self)
{
}

static void
hs_address_connectable_init (GSocketConnectableIface *iface)
{
  iface->enumerate = hs_address_enumerate;
  iface->proxy_enumerate = hs_address_proxy_enumerate;
  iface->to_string = hs_address_to_string;
}

/* ---- Public functions ---- */

GSocketConnectable *
hs_address_new (HsLoop *loop,
                const char *host,
                guint16 port)
{
  HsAddress *self = g_object_new (HS_TYPE_ADDRESS, NULL);
  char *literal = hs_address_parse_literal (host);

  self->loop = hs_loop_ref (loop);
  self->host = literal != NULL ? literal : g_strdup (host);
  self->port = port;

  return G_SOCKET_CONNECTABLE (self);
}

char *
hs_address_parse_literal (const char *host)
{
  gsize length = strlen (host);
  g_autofree char *inner = NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    inner = g_strndup (host + 1, length - 2);
  else
    inner = g_strdup (host);

  address = g_inet_address_new_from_string (inner);

  return address != NULL ? g_steal_pointer (&inner) : NULL;
}
