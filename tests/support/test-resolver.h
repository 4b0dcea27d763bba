/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A resolver that answers out of tables, in the ways in which a GResolver can be written. An answer
 * is "[@<delay in ms> ]" and then:
 *
 *   !never, !not-found, !temporary
 *   <priority> <weight> <port> <target>[; ...]     for services
 *   <address>[ ...]                                for names
 *
 * What is not in the tables is not found. */

static GHashTable *test_srv;  /* "_xmpp-client._tcp.example.org" -> answer */
static GHashTable *test_ipv4; /* "a.example" -> answer */
static GHashTable *test_ipv6;
static GPtrArray *test_asked; /* what was asked for, in order; a name once for both families */
static GPtrArray *test_never; /* tasks that are not answered */

static inline GError *
test_resolver_error (const char *what)
{
  gboolean temporary = g_str_equal (what, "!temporary");

  return g_error_new_literal (G_RESOLVER_ERROR,
                              temporary ? G_RESOLVER_ERROR_TEMPORARY_FAILURE
                                        : G_RESOLVER_ERROR_NOT_FOUND,
                              what + 1);
}

/* A list of what parse() makes of the parts. */
static inline GList *
test_resolver_parse (const char *answer,
                     const char *delimiter,
                     gpointer (*parse) (const char *part),
                     GError **error)
{
  g_auto (GStrv) parts = NULL;
  GList *list = NULL;

  if (answer == NULL)
    answer = "!not-found";
  if (answer[0] == '!')
    {
      g_propagate_error (error, test_resolver_error (answer));
      return NULL;
    }

  parts = g_strsplit (answer, delimiter, -1);
  for (guint i = 0; parts[i] != NULL; i++)
    list = g_list_append (list, parse (parts[i]));

  return list;
}

static inline gpointer
test_resolver_parse_target (const char *part)
{
  guint priority, weight, port;
  char host[256] = "";

  /* No target at all is what GLib makes of the root. */
  g_assert_cmpint (sscanf (part, " %u %u %u %255s", &priority, &weight, &port, host), >=, 3);

  return g_srv_target_new (host, port, priority, weight);
}

static inline gpointer
test_resolver_parse_record (const char *part)
{
  GSrvTarget *target = test_resolver_parse_target (part);
  GVariant *record = g_variant_new ("(qqqs)", g_srv_target_get_priority (target),
                                    g_srv_target_get_weight (target),
                                    g_srv_target_get_port (target),
                                    g_srv_target_get_hostname (target));

  g_srv_target_free (target);
  return g_variant_ref_sink (record);
}

static inline gpointer
test_resolver_parse_address (const char *part)
{
  GInetAddress *address = g_inet_address_new_from_string (part);

  g_assert_nonnull (address);
  return address;
}

/* ---- Answers, now or later ---- */

typedef struct
{
  const char *answer;
  const char *delimiter;
  gpointer (*parse) (const char *part);
} TestQuestion;

/* How an answer waits; NULL: on the system's clock. */
static void (*test_resolver_wait) (guint msec, GSourceFunc function, gpointer data);

static inline gboolean
test_resolver_answer_cb (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TestQuestion *question = g_task_get_task_data (task);
  GError *error = NULL;
  GList *list = test_resolver_parse (question->answer, question->delimiter, question->parse,
                                     &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, list, NULL);

  return G_SOURCE_REMOVE;
}

static inline void
test_resolver_answer (gpointer resolver,
                      const char *answer,
                      const char *delimiter,
                      gpointer (*parse) (const char *part),
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);
  TestQuestion *question = g_new0 (TestQuestion, 1);
  guint delay = 0;

  if (answer != NULL && answer[0] == '@')
    {
      delay = strtoul (answer + 1, NULL, 10);
      answer = strchr (answer, ' ') + 1;
    }

  question->answer = answer;
  question->delimiter = delimiter;
  question->parse = parse;
  g_task_set_task_data (task, question, g_free);
  if (g_strcmp0 (answer, "!never") == 0)
    g_ptr_array_add (test_never, task);
  else if (delay > 0 && test_resolver_wait != NULL)
    test_resolver_wait (delay, test_resolver_answer_cb, task);
  else
    g_timeout_add (delay, test_resolver_answer_cb, task);
}

static inline GList *
test_resolver_finish (GResolver *resolver,
                      GAsyncResult *result,
                      GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static inline const char *
test_resolver_ask_srv (const char *rrname)
{
  g_ptr_array_add (test_asked, g_strdup (rrname));
  return g_hash_table_lookup (test_srv, rrname);
}

/* ---- Names ---- */

static inline void
test_resolver_by_name_with_flags_async (GResolver *resolver,
                                        const char *name,
                                        GResolverNameLookupFlags flags,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  gboolean ipv6 = flags == G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY;

  if (ipv6)
    g_ptr_array_add (test_asked, g_strdup (name));
  test_resolver_answer (resolver, g_hash_table_lookup (ipv6 ? test_ipv6 : test_ipv4, name), " ",
                        test_resolver_parse_address, cancellable, callback, user_data);
}

static inline void
test_resolver_by_name_async (GResolver *resolver,
                             const char *name,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_ptr_array_add (test_asked, g_strdup (name));
  test_resolver_answer (resolver, g_hash_table_lookup (test_ipv4, name), " ",
                        test_resolver_parse_address, cancellable, callback, user_data);
}

/* ---- Services ---- */

static inline void
test_resolver_service_async (GResolver *resolver,
                             const char *rrname,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  test_resolver_answer (resolver, test_resolver_ask_srv (rrname), ";", test_resolver_parse_target,
                        cancellable, callback, user_data);
}

static inline void
test_resolver_records_async (GResolver *resolver,
                             const char *rrname,
                             GResolverRecordType type,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_assert_cmpint (type, ==, G_RESOLVER_RECORD_SRV);
  test_resolver_answer (resolver, test_resolver_ask_srv (rrname), ";", test_resolver_parse_record,
                        cancellable, callback, user_data);
}

/* Called in threads. */
static inline GList *
test_resolver_service (GResolver *resolver,
                       const char *rrname,
                       GCancellable *cancellable,
                       GError **error)
{
  return test_resolver_parse (g_hash_table_lookup (test_srv, rrname), ";",
                              test_resolver_parse_target, error);
}

static inline GList *
test_resolver_records (GResolver *resolver,
                       const char *rrname,
                       GResolverRecordType type,
                       GCancellable *cancellable,
                       GError **error)
{
  return test_resolver_parse (g_hash_table_lookup (test_srv, rrname), ";",
                              test_resolver_parse_record, error);
}

/* ---- The types ---- */

#define TEST_DEFINE_RESOLVER(Name, name)                                                          \
  typedef GResolver TestResolver##Name;                                                           \
  typedef GResolverClass TestResolver##Name##Class;                                               \
  GType test_resolver_##name##_get_type (void);                                                   \
  G_DEFINE_TYPE (TestResolver##Name, test_resolver_##name, G_TYPE_RESOLVER)                       \
  static void test_resolver_##name##_init (TestResolver##Name *self)                              \
  {                                                                                               \
  }                                                                                               \
  static void test_resolver_##name##_class_init (TestResolver##Name##Class *klass)

static inline void
test_resolver_class_names (GResolverClass *klass)
{
  klass->lookup_by_name_with_flags_async = test_resolver_by_name_with_flags_async;
  klass->lookup_by_name_with_flags_finish = test_resolver_finish;
}

TEST_DEFINE_RESOLVER (WithRecords, with_records)
{
  test_resolver_class_names (klass);
  klass->lookup_records_async = test_resolver_records_async;
  klass->lookup_records_finish = test_resolver_finish;
}

TEST_DEFINE_RESOLVER (WithService, with_service)
{
  test_resolver_class_names (klass);
  klass->lookup_service_async = test_resolver_service_async;
  klass->lookup_service_finish = test_resolver_finish;
}

TEST_DEFINE_RESOLVER (WithSyncRecords, with_sync_records)
{
  test_resolver_class_names (klass);
  klass->lookup_records = test_resolver_records;
}

TEST_DEFINE_RESOLVER (WithSyncService, with_sync_service)
{
  test_resolver_class_names (klass);
  klass->lookup_service = test_resolver_service;
}

TEST_DEFINE_RESOLVER (WithoutServices, without_services)
{
  test_resolver_class_names (klass);
}

TEST_DEFINE_RESOLVER (WithoutFamilies, without_families)
{
  klass->lookup_by_name_async = test_resolver_by_name_async;
  klass->lookup_by_name_finish = test_resolver_finish;
  klass->lookup_records_async = test_resolver_records_async;
  klass->lookup_records_finish = test_resolver_finish;
}

static inline GHashTable *
test_resolver_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static inline void
test_resolver_set_up (GType type)
{
  g_autoptr (GResolver) resolver = g_object_new (type, NULL);

  g_resolver_set_default (resolver);
  test_srv = test_resolver_table ();
  test_ipv4 = test_resolver_table ();
  test_ipv6 = test_resolver_table ();
  test_asked = g_ptr_array_new_with_free_func (g_free);
  test_never = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Those that were never answered fail now: late, as it may happen. */
static inline void
test_resolver_tear_down (void)
{
  for (guint i = 0; i < test_never->len; i++)
    g_task_return_new_error (g_ptr_array_index (test_never, i), G_RESOLVER_ERROR,
                             G_RESOLVER_ERROR_TEMPORARY_FAILURE, "late");
  g_clear_pointer (&test_never, g_ptr_array_unref);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&test_srv, g_hash_table_unref);
  g_clear_pointer (&test_ipv4, g_hash_table_unref);
  g_clear_pointer (&test_ipv6, g_hash_table_unref);
  g_clear_pointer (&test_asked, g_ptr_array_unref);
}

static inline void
test_resolver_add (GHashTable *table,
                   const char *name,
                   const char *answer)
{
  g_hash_table_insert (table, g_strdup (name), g_strdup (answer));
}
