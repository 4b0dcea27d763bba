/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-namespaces.h"
#include "hs-presence.h"

/* The capabilities of others (XEP-0115, 5.4). An address has a hash, and a hash that was verified has an info. */

/* Longer attributes are ignored: strangers choose their length. */
#define MAX_NODE 1024
#define MAX_HASH 128

typedef struct
{
  char *key;  /* GRefString: "algorithm hash"; NULL if it cannot be verified */
  char *node; /* GRefString: the "node#hash" to ask for; NULL if the address is asked without a node */
} HsDiscoCaps;

typedef struct
{
  HsDisco *disco;
  char *key;
  char *jid; /* the address that is asked at present */
  HsDiscoWaiters waiters;
} HsDiscoCapsQuestion;

void
hs_disco_caps_free (gpointer data)
{
  HsDiscoCaps *caps = data;

  g_clear_pointer (&caps->key, g_ref_string_release);
  g_clear_pointer (&caps->node, g_ref_string_release);
  g_free (caps);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsDiscoCaps, hs_disco_caps_free)

static gboolean
is_bounded (const char *value, gsize most)
{
  return value != NULL && *value != '\0' && strlen (value) <= most;
}

/* Without an algorithm, `ver` is no hash (XEP-0115, 10): the address is asked as if it had no capabilities. */
static HsDiscoCaps *
make_caps (const char *algorithm, const char *hash, const char *node)
{
  HsDiscoCaps *caps = g_new0 (HsDiscoCaps, 1);

  if (algorithm != NULL && is_bounded (hash, MAX_HASH) && is_bounded (node, MAX_NODE))
    {
      g_autofree char *full = g_strconcat (node, "#", hash, NULL);

      caps->node = g_ref_string_new_intern (full);
      if (hs_caps_algorithm_is_known (algorithm))
        {
          g_autofree char *key = g_strconcat (algorithm, " ", hash, NULL);

          caps->key = g_ref_string_new_intern (key);
        }
    }
  return caps;
}

static HsDiscoCaps *
parse (HsElement *element)
{
  return make_caps (hs_element_get_attribute (element, "hash"), hs_element_get_attribute (element, "ver"),
                    hs_element_get_attribute (element, "node"));
}

/* Makes no view of the child, since each occupant of a room has one. Returns NULL if there is none. */
static HsDiscoCaps *
parse_presence (HsElement *presence)
{
  if (hs_feature_get_child_values (presence, "c", HS_NS_CAPS, NULL, NULL, 0) == 0)
    return NULL;
  return make_caps (hs_element_get_child_attribute (presence, "c", HS_NS_CAPS, "hash"),
                    hs_element_get_child_attribute (presence, "c", HS_NS_CAPS, "ver"),
                    hs_element_get_child_attribute (presence, "c", HS_NS_CAPS, "node"));
}

/* Returns FALSE if the answer does not match the hash. */
static gboolean
keep (HsDisco *self, const char *key, HsDiscoInfo *info)
{
  if (!hs_disco_key_matches (key, info))
    return FALSE;
  if (hs_disco_info_get_size (info) <= HS_DISCO_INFO_MAX_KEPT && self->cache_size > 0)
    {
      hs_lru_insert (&self->hashes, key, g_object_ref (info));
      hs_stateful_emit_changed (HS_STATEFUL (self));
    }
  return TRUE;
}

HsDiscoInfo *
hs_disco_caps_find (HsDisco *self, HsElement *element)
{
  g_autoptr (HsDiscoCaps) caps = parse (element);

  return caps->key != NULL ? hs_disco_find_hash (self, caps->key) : NULL;
}

void
hs_disco_caps_learn (HsDisco *self, HsElement *element, HsDiscoInfo *info)
{
  g_autoptr (HsDiscoCaps) caps = parse (element);

  if (caps->key != NULL)
    keep (self, caps->key, info);
}

static void
forget_address (HsDisco *self, const char *jid, HsDiscoCaps *caps)
{
  hs_disco_forget (self, jid, NULL);
  if (caps->node != NULL)
    hs_disco_forget (self, jid, caps->node);
}

/* A presence without capabilities says nothing about them: a server may have left out what it knows
 * (XEP-0115, 8.4). */
void
hs_disco_caps_received (HsDisco *self, HsPresence *presence)
{
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (presence));
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (presence));
  gboolean is_gone = strcmp (type, "unavailable") == 0;
  g_autoptr (HsDiscoCaps) caps = NULL;
  HsDiscoCaps *old;
  const char *jid;

  if (from == NULL || (!is_gone && strcmp (type, "available") != 0))
    return;
  jid = hs_jid_to_string (from);
  old = hs_lru_lookup (&self->addresses, jid);
  if (is_gone)
    {
      if (old != NULL)
        forget_address (self, jid, old);
      else
        hs_disco_forget (self, jid, NULL);
      hs_lru_remove (&self->addresses, jid);
      return;
    }
  caps = parse_presence (HS_ELEMENT (presence));
  if (caps == NULL)
    return;
  /* The strings are interned: equal ones have one pointer. */
  if (old != NULL && old->key == caps->key && old->node == caps->node)
    return;
  if (old != NULL)
    forget_address (self, jid, old);
  hs_lru_insert (&self->addresses, jid, g_steal_pointer (&caps));
}

static void start (HsDisco *self, GTask *task);
static void ask_holder (HsDiscoCapsQuestion *question, const char *jid, const char *node);

static void
question_free (HsDiscoCapsQuestion *question)
{
  hs_disco_waiters_clear (&question->waiters);
  g_free (question->key);
  g_free (question->jid);
  g_object_unref (question->disco);
  g_free (question);
}

/* Asks the next address with this hash. An address that has another hash by now is handled again from the beginning. */
static void
ask_next (HsDiscoCapsQuestion *question)
{
  HsDisco *self = question->disco;

  while (question->waiters.tasks->len > 0)
    {
      GTask *task = g_ptr_array_index (question->waiters.tasks, 0);
      const char *jid = g_task_get_task_data (task);
      HsDiscoCaps *caps = hs_lru_lookup (&self->addresses, jid);

      if (caps != NULL && g_strcmp0 (caps->key, question->key) == 0)
        {
          ask_holder (question, jid, caps->node);
          return;
        }
      start (self, g_ptr_array_steal_index (question->waiters.tasks, 0));
    }
  g_hash_table_remove (self->asked_caps, question->key);
  question_free (question);
}

/* Whether asking another address would fail in the same way. */
static gboolean
is_general (const GError *error)
{
  return g_error_matches (error, HS_ERROR, HS_ERROR_NOT_CONNECTED)
         || g_error_matches (error, HS_ERROR, HS_ERROR_CONNECTION_LOST)
         || g_error_matches (error, HS_ERROR, HS_ERROR_SESSION_LOST);
}

static void
holder_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsDiscoCapsQuestion *question = user_data;
  HsDisco *self = question->disco;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = g_task_propagate_pointer (G_TASK (result), &error);
  HsDiscoCaps *caps;

  if (info != NULL ? keep (self, question->key, info) : is_general (error))
    {
      caps = hs_lru_lookup (&self->addresses, question->jid);
      if (info != NULL && caps != NULL && caps->node != NULL)
        hs_disco_forget (self, question->jid, caps->node);
      g_hash_table_remove (self->asked_caps, question->key);
      hs_disco_waiters_return (&question->waiters, NULL, info, error);
      question_free (question);
      return;
    }
  /* An answer that does not match its hash only counts for the address that sent it (XEP-0115, 5.4, 3.9). */
  hs_disco_waiters_return (&question->waiters, question->jid, info, error);
  ask_next (question);
}

static void
ask_holder (HsDiscoCapsQuestion *question, const char *jid, const char *node)
{
  GTask *task = g_task_new (question->disco, NULL, holder_answered_cb, question);
  char *asked = g_strdup (jid);

  g_free (question->jid);
  question->jid = asked;
  hs_disco_ask (question->disco, asked, node, TRUE, task);
}

/* Returns what is known about an address without a request. */
static HsDiscoInfo *
find (HsDisco *self, const char *jid, HsDiscoCaps *caps)
{
  g_autofree char *key = NULL;
  HsDiscoInfo *info = NULL;

  if (caps != NULL && caps->key != NULL)
    info = hs_disco_find_hash (self, caps->key);
  if (info != NULL)
    return info;
  key = hs_disco_make_key (jid, caps != NULL ? caps->node : NULL);
  return hs_lru_lookup (&self->infos, key);
}

/* Takes the task, whose data is an address. */
static void
start (HsDisco *self, GTask *task)
{
  const char *jid = g_task_get_task_data (task);
  HsDiscoCaps *caps = hs_lru_lookup (&self->addresses, jid);
  HsDiscoInfo *info = find (self, jid, caps);
  HsDiscoCapsQuestion *question;

  if (info != NULL)
    {
      g_task_return_pointer (task, g_object_ref (info), g_object_unref);
      g_object_unref (task);
      return;
    }
  if (caps == NULL || caps->key == NULL)
    {
      hs_disco_ask (self, jid, caps != NULL ? caps->node : NULL, TRUE, task);
      return;
    }
  question = g_hash_table_lookup (self->asked_caps, caps->key);
  if (question != NULL)
    {
      hs_disco_waiters_add (&question->waiters, task);
      return;
    }
  question = g_new0 (HsDiscoCapsQuestion, 1);
  question->disco = g_object_ref (self);
  question->key = g_strdup (caps->key);
  hs_disco_waiters_init (&question->waiters);
  hs_disco_waiters_add (&question->waiters, task);
  g_hash_table_insert (self->asked_caps, question->key, question);
  ask_holder (question, jid, caps->node);
}

/**
 * hs_disco_query_caps_async:
 * @self: service discovery
 * @full_jid: a full JID from which a presence was received
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when there is an answer
 * @user_data: data for @callback
 *
 * Asks what a client is and can do, by the hash of its last presence (XEP-0115).
 *
 * Many clients share one hash: only one of them is asked, and the answer is kept if it matches the hash. A wrong answer
 * only counts for the address that sent it, and the next address with the hash is asked. Without a hash, the address is
 * asked as by [method@Disco.query_async]. At most 8 of these requests are in flight.
 *
 * Call [method@Disco.query_caps_finish] in the callback to get the result.
 *
 * ```python
 * info = await disco.query_caps_async("juliet@capulet.example/balcony")
 * print("Can be pinged:", info.has_feature(Headstock.NS_PING))
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_query_caps_async (HsDisco *self,
                           const char *full_jid,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  char *jid;

  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (full_jid != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_disco_query_caps_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  jid = hs_disco_check_jid (full_jid, &error);
  if (jid == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_set_task_data (task, jid, g_free);
  start (self, g_steal_pointer (&task));
}

/**
 * hs_disco_query_caps_finish:
 * @self: service discovery
 * @result: the result that the callback was given
 * @error: the location of an error, or %NULL
 *
 * Ends [method@Disco.query_caps_async]. The errors are those of [method@Disco.query_finish].
 *
 * Returns: (transfer full): the information, which cannot be changed; or %NULL with @error set
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_disco_query_caps_finish (HsDisco *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_disco_query_caps_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hs_disco_peek:
 * @self: service discovery
 * @full_jid: a full JID from which a presence was received
 *
 * Returns what is known about an address, without a request.
 *
 * Returns: (transfer none) (nullable): the information, or %NULL if nothing is known. It belongs to @self and
 *   may go when another answer is kept
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_disco_peek (HsDisco *self, const char *full_jid)
{
  g_autofree char *jid = NULL;

  g_return_val_if_fail (HS_IS_DISCO (self), NULL);
  g_return_val_if_fail (full_jid != NULL, NULL);

  jid = hs_disco_check_jid (full_jid, NULL);
  return jid != NULL ? find (self, jid, hs_lru_lookup (&self->addresses, jid)) : NULL;
}
