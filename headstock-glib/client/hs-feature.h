/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client.h"

G_BEGIN_DECLS

/* The private interface between the client and the modules in features/: what the client must know of a module
 * without knowing its type, and what it does for modules beyond its public interface. Not installed. */

/* Each class there that is a module calls this from its class_init. A client takes one module of @type and of the types derived from it. @client_only: a component takes none. */
void hs_feature_mark (GType type, gboolean client_only);

/* The weak pointer of a module to its client, behind its property `client`: sets it, and notifies. @field: the address
 * of the pointer. */
void hs_feature_set_client (gpointer module, HsClient **field, HsClient *client);

/* Adds a task to a list of tasks that wait for the same thing, and takes it over. If it is cancelled, it leaves the list
 * and ends at once. @tasks: owns its tasks (g_object_unref()). */
void hs_feature_wait (GPtrArray *tasks, GTask *task);
/* Returns the tasks of a list, which is empty then: a callback may add the next one. (transfer container) */
GPtrArray *hs_feature_stop_waiting (GPtrArray *tasks);

/* The delivery status of a stanza. */
typedef enum
{
  HS_FEATURE_STATUS_NOT_SENT,
  HS_FEATURE_STATUS_ACKNOWLEDGED, /* the server has it (XEP-0198) */
  HS_FEATURE_STATUS_WRITTEN,      /* the system has it, and nothing is acknowledged in this session */
  HS_FEATURE_STATUS_UNRECEIVED,   /* the server has it not, and it is not sent again */
  HS_FEATURE_STATUS_UNKNOWN,      /* nobody knows whether the server has it, and it is not sent again */
} HsFeatureStatus;

/* Sends a stanza as hs_client_send_async() does, without a cancellable. If hs_client_send_stanza() fails, returns FALSE
 * with its error, and the callback is not called. */
gboolean hs_feature_send (HsClient *client,
                          HsElement *stanza,
                          GAsyncReadyCallback callback,
                          gpointer user_data,
                          GError **error);
HsFeatureStatus hs_feature_send_finish (HsClient *client, GAsyncResult *result, GError **error);

typedef struct
{
  const char *text;
  gsize length;
} HsFeatureNamespace;

#define HS_FEATURE_NAMESPACE(text) { text, sizeof (text) - 1 }

/* Returns which of at most 32 namespaces the children of an element have, a bit for each. No view of a child is
 * made. */
guint hs_feature_find_namespaces (HsElement *element, const HsFeatureNamespace *namespaces, guint n_namespaces);

/* Puts the texts of the children with that name into @values, which has room for @n_values, and returns how many such
 * children there are. The text of an empty child is "". With @attribute, the values of that attribute, which may be
 * NULL. No view of a child is made. */
guint hs_feature_get_child_values (HsElement *element,
                                   const char *name,
                                   const char *namespace_,
                                   const char *attribute,
                                   const char **values,
                                   guint n_values);

/* Does the same with the children of the first child called @child. Both names are in @namespace_. */
guint hs_feature_get_inner_values (HsElement *element,
                                   const char *child,
                                   const char *name,
                                   const char *namespace_,
                                   const char *attribute,
                                   const char **values,
                                   guint n_values);

/* Whether an element is a child of a presence: without a view of the presence, which would be in the way of the one that
 * is used again and again. */
gboolean hs_feature_is_in_presence (HsElement *child);

/* Sets @n_bytes to the number of bytes that a text in base64 encodes. Returns FALSE if the text is not base64 with white
 * space in it: g_base64_decode() skips all other characters, and would return wrong bytes. */
gboolean hs_feature_measure_base64 (const char *text, gsize *n_bytes);

/* 128 random bits that can be an id. */
char *hs_feature_random_id (void);

/* The clock of the client's main loop: monotonic time in microseconds, the time for which timers wait. Tests set it.
 * @client: NULL or without a run: the system's. */
gint64 hs_feature_get_time (HsClient *client);
/* Microseconds since 1970, likewise. */
gint64 hs_feature_get_real_time (HsClient *client);

/* A timer on that clock. */
typedef struct _HsFeatureTimer HsFeatureTimer;

/* @func is called once for each time that is set. It may free the timer. @client: NULL or without a run: the timer is on
 * the loop of the thread's default main context. */
HsFeatureTimer *hs_feature_timer_new (HsClient *client, void (*func) (gpointer user_data), gpointer user_data);
/* Makes a timer, and sets it to @msec milliseconds from now. */
HsFeatureTimer *hs_feature_timer_start (HsClient *client,
                                        guint msec,
                                        void (*func) (gpointer user_data),
                                        gpointer user_data);
void hs_feature_timer_free (HsFeatureTimer *self);
/* Replaces the time that was set before. 0: never. */
void hs_feature_timer_set (HsFeatureTimer *self, gint64 time);

G_END_DECLS
