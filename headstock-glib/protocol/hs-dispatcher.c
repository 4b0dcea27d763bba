/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-dispatcher.h"

#include "hs-element-private.h"
#include "hs-iq-private.h"
#include "hs-jid.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"
#include "hs-stanza.h"
#include "protocol/hs-dispatch-debug.h"
#include "xml/hs-node-private.h"

/* Check the clock after so many elements that no handler wants: each takes little time. */
#define UNWANTED 64
/* A list of at most so many elements is not allocated. Most stanzas have fewer elements inside. */
#define FEW 16

/* A stanza that is being dispatched, or a part of it. They nest where a handler runs a main loop. */
typedef struct _Open Open;
struct _Open
{
  Open *outer;
  HsNode *node;
  gboolean taken;   /* no typed signal is emitted for it */
  gboolean is_part; /* which is forgotten: the stanza itself comes later */
  /* For an iq get or set. */
  gboolean is_request;
  gboolean answered;
  gboolean deferred;
  guint n_taken;          /* children of it that were forgotten */
  gboolean roster_taken;  /* the first was a roster's */
};

/* The values that are the same for all elements of one stanza. */
typedef struct
{
  HsNode *stanza;
  gboolean has_element_signal;
  int from_account; /* -1: not asked yet */
} Stanza;

typedef enum
{
  KIND_OTHER,
  KIND_REQUEST,
  KIND_ANSWER,
  KIND_FORGOTTEN,
} Kind;

/* One stanza, or one element to forget, on its way through the handlers. */
typedef struct
{
  Stanza stanza;
  Kind kind;
  HsNode *root;
  Open open;
  HsIqMatch match; /* of an iq result or error */
  /* The elements inside, which are dispatched before it: the first few, and the others, or NULL. */
  guint n_elements;
  guint position;
  GPtrArray *more;
  HsNode *few[FEW];
} Dispatch;

struct _HsDispatcher
{
  const HsDispatcherCallbacks *callbacks;
  gpointer owner;
  HsHandlers *handlers;
  HsIqTracker *tracker;
  HsViewPool pool;
  Open *open;
  Dispatch *suspended; /* waits for the next turn */
  Open incoming; /* a stanza that still comes in, and parts of it have been shown; its block is held. Or no node */
};

static HsJid *
get_account (gpointer owner)
{
  HsDispatcher *self = owner;

  return self->callbacks->get_account != NULL ? self->callbacks->get_account (self->owner) : NULL;
}

HsDispatcher *
hs_dispatcher_new (const HsDispatcherCallbacks *callbacks, gpointer owner)
{
  HsDispatcher *self = g_new0 (HsDispatcher, 1);

  self->callbacks = callbacks;
  self->owner = owner;
  self->handlers = hs_handlers_new ();
  hs_handlers_set_account_func (self->handlers, get_account, self);
  self->tracker = hs_iq_tracker_new ();
  return self;
}

static void
clear_incoming (HsDispatcher *self)
{
  if (self->incoming.node != NULL)
    hs_block_unref (hs_node_get_block (self->incoming.node));
  self->incoming = (Open){ NULL };
}

void
hs_dispatcher_free (HsDispatcher *self)
{
  clear_incoming (self);
  hs_dispatcher_abandon (self);
  hs_handlers_free (self->handlers);
  hs_iq_tracker_free (self->tracker);
  hs_view_pool_clear (&self->pool);
  g_free (self);
}

HsHandlers *
hs_dispatcher_get_handlers (HsDispatcher *self)
{
  return self->handlers;
}

HsIqTracker *
hs_dispatcher_get_tracker (HsDispatcher *self)
{
  return self->tracker;
}

static inline gboolean
is_iq (HsNode *stanza)
{
  return hs_node_get_kind (stanza) == HS_STANZA_KIND_IQ;
}

gboolean
hs_dispatcher_stanza_begins (HsDispatcher *self, HsNode *stanza)
{
  HsIqRequest *request;

  if (G_LIKELY (!is_iq (stanza)) ||
      !hs_iq_type_is_answer (hs_node_get_attribute (stanza, "type", NULL)))
    return TRUE;
  request = hs_iq_tracker_match (self->tracker, stanza);
  if (request == NULL)
    {
      if (hs_debug_wants (HS_DEBUG_DISPATCH))
        hs_dispatch_debug_stanza (get_account (self), stanza, "answers no request that waits for it: it is dropped");
      return FALSE;
    }
  hs_iq_tracker_hold (self->tracker, request);
  return TRUE;
}

static gboolean
from_account (HsDispatcher *self, Stanza *stanza)
{
  if (stanza->from_account < 0)
    stanza->from_account = self->callbacks->from_account (stanza->stanza, self->owner);
  return stanza->from_account;
}

/* A stanza without `from` is from the account itself (RFC 6120, 8.1.2.1). */
static gboolean
is_from (HsDispatcher *self, HsNode *stanza, HsJid *wanted)
{
  g_autoptr (HsJid) sender = NULL;

  if (hs_node_get_attribute (stanza, "from", NULL) != NULL)
    sender = hs_stanza_node_dup_jid (stanza, "from");
  else if (get_account (self) != NULL)
    sender = hs_jid_ref (get_account (self));
  if (sender == NULL)
    return FALSE;
  if (!hs_jid_is_bare (wanted))
    return hs_jid_equal (sender, wanted);
  return g_strcmp0 (hs_jid_get_local (sender), hs_jid_get_local (wanted)) == 0 &&
         strcmp (hs_jid_get_domain (sender), hs_jid_get_domain (wanted)) == 0;
}

/* Whether a handler that was narrowed to a type or a sender is for that stanza. */
static G_NO_INLINE gboolean
is_narrowed_to (HsDispatcher *self, const HsHandler *handler, HsNode *stanza)
{
  return (handler->stanza_type == NULL ||
          g_strcmp0 (hs_stanza_node_get_type (stanza), handler->stanza_type) == 0) &&
         (handler->from_jid == NULL || is_from (self, stanza, handler->from_jid));
}

static gboolean
applies (HsDispatcher *self, Stanza *stanza, HsHandler *handler, gboolean hidden)
{
  if (handler->removed)
    return FALSE;
  if (G_LIKELY (handler->flags == HS_HANDLER_DEFAULT))
    return !hidden;
  if (hidden && (handler->flags & HS_HANDLER_NESTED) == 0)
    return FALSE;
  if ((handler->flags & HS_HANDLER_NARROWED) != 0 && !is_narrowed_to (self, handler, stanza->stanza))
    return FALSE;
  return (handler->flags & HS_HANDLER_FROM_ACCOUNT) == 0 || from_account (self, stanza);
}

/* The names of its block, or NULL. The node's own name need not be one of them: programs add elements
 * to stanzas, and move them from one stanza to another. */
static inline HsNames *
get_names (HsNode *node)
{
  return hs_block_resolve (node->block)->names;
}

gboolean
hs_dispatcher_forgets (HsDispatcher *self, HsNode *node, const char *name, const char *namespace_)
{
  HsMatches *matches = hs_handlers_match_in (self->handlers, get_names (node), name, namespace_);
  Stanza stanza = { .stanza = node, .from_account = -1 };
  gboolean result = FALSE;

  if (matches == NULL)
    return FALSE;
  for (guint i = 0; matches->forgets && i < matches->n_handlers && !result; i++)
    {
      HsHandler *handler = matches->handlers[i];

      result = (handler->flags & HS_HANDLER_FORGET) != 0 &&
               applies (self, &stanza, handler,
                        hs_stanza_kind_for_name (name, namespace_) != HS_STANZA_KIND_NONE);
    }
  hs_matches_unref (matches);
  return result;
}

static HsMatches *
match (HsDispatcher *self, HsNode *node)
{
  return hs_handlers_match_in (self->handlers, get_names (node), node->name, node->namespace_);
}

static void
call (HsDispatcher *self, HsHandler *handler, HsElement *view, GPtrArray **replies)
{
  HsElement *reply;

  /* The caller's reference keeps the data until the call has returned. */
  if ((handler->flags & HS_HANDLER_ONCE) != 0)
    hs_handlers_remove (self->handlers, handler->id);
  reply = handler->func ((HsClient *) self->owner, view, handler->user_data);
  if (reply == NULL)
    return;
  if (*replies == NULL)
    *replies = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (*replies, reply);
}

static void
call_all (HsDispatcher *self, Stanza *stanza, HsMatches *matches, HsElement *view, gboolean hidden,
          GPtrArray **replies)
{
  for (guint i = 0; i < matches->n_handlers; i++)
    {
      gboolean called = applies (self, stanza, matches->handlers[i], hidden);

      if (hs_debug_wants (HS_DEBUG_DISPATCH))
        hs_dispatch_debug_handler (get_account (self), matches->handlers[i], stanza->stanza, called);
      if (called)
        call (self, matches->handlers[i], view, replies);
    }
  hs_matches_unref (matches);
}

static void
send_replies (HsDispatcher *self, GPtrArray *replies)
{
  if (replies == NULL)
    return;
  for (guint i = 0; i < replies->len; i++)
    self->callbacks->reply (g_ptr_array_index (replies, i), self->owner);
  g_ptr_array_unref (replies);
}

/* Dispatches an element inside a stanza, and returns whether anybody wanted it. An inner element that looks like a
 * stanza was written by the sender of the outer stanza: only handlers that asked for inner elements see it. */
static gboolean
dispatch_element (HsDispatcher *self, Stanza *stanza, HsNode *node)
{
  HsMatches *matches = match (self, node);
  gboolean hidden;
  GPtrArray *replies = NULL;
  HsElement *view;

  if (matches == NULL && !stanza->has_element_signal)
    return FALSE;
  hidden = hs_node_get_kind (node) != HS_STANZA_KIND_NONE;
  view = hs_view_pool_take (&self->pool, node);
  if (matches != NULL)
    call_all (self, stanza, matches, view, hidden, &replies);
  if (stanza->has_element_signal && !hidden)
    self->callbacks->element_signal (view, self->owner);
  hs_view_pool_give_back (&self->pool, view);
  send_replies (self, replies);
  return TRUE;
}

static void
add_element (Dispatch *self, HsNode *node)
{
  if (self->n_elements < FEW)
    self->few[self->n_elements] = node;
  else
    {
      if (self->more == NULL)
        self->more = g_ptr_array_new ();
      g_ptr_array_add (self->more, node);
    }
  self->n_elements++;
}

/* Lists the elements inside the root in the order of their end tags. The list is made before any handler is
 * called, since handlers may change the tree. */
static void
list_elements (Dispatch *self)
{
  HsNode *root = self->root;
  HsNode *node = root;

  for (;;)
    {
      HsNode *child = hs_node_first_element (node);

      while (child != NULL)
        {
          node = child;
          child = hs_node_first_element (node);
        }
      while (node != root)
        {
          HsNode *sibling = hs_node_next_element (node);

          add_element (self, node);
          if (sibling != NULL)
            {
              node = sibling;
              break;
            }
          node = node->parent;
        }
      if (node == root)
        return;
    }
}

static void
list_inside (HsDispatcher *self, Dispatch *dispatch)
{
  if (!dispatch->stanza.has_element_signal && !hs_handlers_look_inside (self->handlers))
    return;
  if (dispatch->root->first != NULL)
    list_elements (dispatch);
}

/* Dispatches at least one element a turn. FALSE: the turn is over, and elements are left for the next one. */
static gboolean
dispatch_inside (HsDispatcher *self, Dispatch *dispatch)
{
  guint n_unwanted = 0;

  while (dispatch->position < dispatch->n_elements)
    {
      guint i = dispatch->position++;
      HsNode *node = i < FEW ? dispatch->few[i] : g_ptr_array_index (dispatch->more, i - FEW);

      if (!dispatch_element (self, &dispatch->stanza, node) && ++n_unwanted % UNWANTED != 0)
        continue;
      if (self->suspended == NULL && self->callbacks->time_is_over != NULL && self->callbacks->time_is_over (self->owner))
        return FALSE;
    }
  g_clear_pointer (&dispatch->more, g_ptr_array_unref);
  return TRUE;
}

/* A client leaves `from` out: its server fills in the right one (RFC 6120, 8.1.2.1). The reply has copied it from the
 * request's `to`, where a peer can write any address. A component has to say from which of its addresses it answers. */
static void
send_automatic (HsDispatcher *self, HsStanza *reply)
{
  if (!hs_iq_tracker_is_strict (self->tracker))
    hs_stanza_set_from_jid (reply, NULL);
  self->callbacks->answer (HS_ELEMENT (reply), self->owner);
}

/* Answers a request that no handler has answered, since every request must have an answer (RFC 6120, 8.2.3). */
static void
answer_by_default (HsDispatcher *self, Open *open)
{
  HsNode *iq = open->node;
  const char *type = hs_node_get_attribute (iq, "type", NULL);
  HsNode *payload = hs_node_first_element (iq);
  guint n_payloads = open->n_taken;
  gboolean is_roster = open->roster_taken || (payload != NULL && hs_node_matches (payload, "query", HS_NS_ROSTER));
  HsStanza *stanza = HS_STANZA (hs_element_from_node (iq));
  HsStanzaError condition = HS_STANZA_ERROR_SERVICE_UNAVAILABLE;
  g_autoptr (HsStanza) reply = NULL;

  /* A request without an id breaks RFC 6120, 8.1.3, and cannot be answered. */
  if (hs_node_get_attribute (iq, "id", NULL) == NULL)
    return;
  for (; payload != NULL; payload = hs_node_next_element (payload))
    n_payloads++;
  if (!hs_iq_type_is_request (type) || n_payloads != 1)
    condition = HS_STANZA_ERROR_BAD_REQUEST;
  else if (strcmp (type, "set") == 0 && is_roster && self->callbacks->from_account (iq, self->owner))
    {
      reply = hs_stanza_new_reply (stanza);
      send_automatic (self, reply);
      return;
    }
  if (hs_debug_wants (HS_DEBUG_DISPATCH))
    hs_dispatch_debug_stanza (get_account (self), iq, "was answered by nobody: the client answers with an error");
  reply = hs_stanza_new_error_reply (stanza, condition, NULL);
  send_automatic (self, reply);
}

static void
dispatch_iq_handlers (HsDispatcher *self, Stanza *stanza, HsElement *view, GPtrArray **replies)
{
  HsMatches *matches = hs_handlers_match_iq (self->handlers, hs_node_get_attribute (stanza->stanza, "type", NULL),
                                             hs_node_get_attribute (stanza->stanza, "id", NULL));

  if (matches != NULL)
    call_all (self, stanza, matches, view, FALSE, replies);
}

/* Dispatches the stanza itself, after all elements inside it. */
static gboolean
dispatch_top (HsDispatcher *self, Dispatch *dispatch, gboolean is_an_iq)
{
  Stanza *stanza = &dispatch->stanza;
  HsNode *node = stanza->stanza;
  GPtrArray *replies = NULL;
  HsElement *view = hs_view_pool_take (&self->pool, node);
  HsMatches *matches;
  gboolean is_stanza = hs_node_get_kind (node) != HS_STANZA_KIND_NONE;
  gboolean handled = FALSE;

  if (is_an_iq)
    dispatch_iq_handlers (self, stanza, view, &replies);
  matches = match (self, node);
  if (matches != NULL)
    call_all (self, stanza, matches, view, FALSE, &replies);
  if (stanza->has_element_signal)
    self->callbacks->element_signal (view, self->owner);
  send_replies (self, replies);
  if (is_stanza && !dispatch->open.taken)
    handled = self->callbacks->stanza_signal (view, self->owner);
  hs_view_pool_give_back (&self->pool, view);
  return handled;
}

static void
finish_request (HsDispatcher *self, Dispatch *dispatch)
{
  Open *open = &dispatch->open;
  gboolean handled = dispatch_top (self, dispatch, TRUE);

  if (!handled && !open->answered && !open->deferred)
    answer_by_default (self, open);
}

static void
finish_answer (HsDispatcher *self, Dispatch *dispatch)
{
  /* A handler may have cancelled the request. */
  HsIqRequest *request = hs_iq_tracker_match_again (self->tracker, &dispatch->match, dispatch->root);

  if (request != NULL)
    {
      /* Who asked gets the view that dispatch_top() takes and gives back. */
      hs_view_pool_take (&self->pool, dispatch->root);
      hs_iq_tracker_answer (self->tracker, request, dispatch->root);
    }
  dispatch_top (self, dispatch, TRUE);
}

/* Ends a dispatch with its root, after all elements inside it. */
static void
finish (HsDispatcher *self, Dispatch *dispatch)
{
  switch (dispatch->kind)
    {
    case KIND_REQUEST:
      finish_request (self, dispatch);
      break;
    case KIND_ANSWER:
      finish_answer (self, dispatch);
      break;
    case KIND_FORGOTTEN:
      dispatch_element (self, &dispatch->stanza, dispatch->root);
      break;
    case KIND_OTHER:
    default:
      dispatch_top (self, dispatch, FALSE);
    }
}

static void
run (HsDispatcher *self, Dispatch *dispatch)
{
  gboolean done;

  dispatch->open.outer = self->open;
  self->open = &dispatch->open;
  done = dispatch_inside (self, dispatch);
  if (done)
    finish (self, dispatch);
  self->open = dispatch->open.outer;
  if (!done)
    self->suspended = g_memdup2 (dispatch, sizeof *dispatch);
}

/* Sets the fields one by one, since clearing the list of elements would only cost time. */
static inline void
init_dispatch (Dispatch *self, Kind kind, HsNode *top, HsNode *root)
{
  self->stanza.stanza = top;
  self->stanza.from_account = -1;
  self->kind = kind;
  self->root = root;
  self->n_elements = 0;
  self->position = 0;
  self->more = NULL;
  self->open = (Open){ .node = top };
}

static void
begin (HsDispatcher *self, Dispatch *dispatch)
{
  dispatch->stanza.has_element_signal = self->callbacks->has_element_signal (self->owner);
  list_inside (self, dispatch);
  run (self, dispatch);
}

/* Takes over what handlers did about a stanza while it came in: answered it, deferred it or took it. */
static void
take_incoming (HsDispatcher *self, Open *open)
{
  if (self->incoming.node != open->node)
    return;
  *open = self->incoming;
  clear_incoming (self);
}

static void
dispatch_iq (HsDispatcher *self, HsNode *node)
{
  Dispatch dispatch;

  init_dispatch (&dispatch, KIND_OTHER, node, node);
  if (hs_iq_type_is_answer (hs_node_get_attribute (node, "type", NULL)))
    {
      HsIqRequest *request = hs_iq_tracker_match (self->tracker, node);

      /* The client has sent no such request, or the request timed out while its answer came in. */
      if (request == NULL)
        return;
      hs_iq_tracker_hold (self->tracker, request);
      dispatch.match = hs_iq_tracker_note (self->tracker, request);
      dispatch.kind = KIND_ANSWER;
    }
  else
    {
      dispatch.kind = KIND_REQUEST;
      dispatch.open.is_request = TRUE;
    }
  take_incoming (self, &dispatch.open);
  begin (self, &dispatch);
}

void
hs_dispatcher_dispatch (HsDispatcher *self, HsNode *node)
{
  if (hs_debug_wants (HS_DEBUG_DISPATCH))
    hs_dispatch_debug_stanza (get_account (self), node, "has come");
  /* The connection was cut inside the stanza that was coming in. */
  if (G_UNLIKELY (self->incoming.node != NULL && self->incoming.node != node))
    clear_incoming (self);
  if (is_iq (node))
    dispatch_iq (self, node);
  else
    {
      Dispatch dispatch;

      init_dispatch (&dispatch, KIND_OTHER, node, node);
      take_incoming (self, &dispatch.open);
      begin (self, &dispatch);
    }
}

/* Answers a request that is discarded. No handler sees it whole, so no handler can answer it any more. */
static void
answer_discarded (HsDispatcher *self, HsStanza *iq)
{
  g_autoptr (HsStanza) reply = NULL;

  if (hs_stanza_get_id (iq) == NULL)
    return;
  reply = hs_stanza_new_error_reply (iq, HS_STANZA_ERROR_POLICY_VIOLATION, NULL);
  send_automatic (self, reply);
}

void
hs_dispatcher_discard (HsDispatcher *self, HsNode *stanza, HsStanza *tags, const GError *error)
{
  gboolean taken = self->incoming.node == stanza
                   && (self->incoming.answered || self->incoming.deferred);
  HsIqRequest *request;

  clear_incoming (self);
  if (!is_iq (stanza))
    return;
  if (!hs_iq_type_is_answer (hs_node_get_attribute (stanza, "type", NULL)))
    {
      if (!taken)
        answer_discarded (self, tags);
      return;
    }
  request = hs_iq_tracker_match (self->tracker, stanza);
  if (request != NULL)
    hs_iq_tracker_fail (self->tracker, request, error);
}

gboolean
hs_dispatcher_is_suspended (HsDispatcher *self)
{
  return self->suspended != NULL;
}

void
hs_dispatcher_resume (HsDispatcher *self)
{
  g_autofree Dispatch *dispatch = g_steal_pointer (&self->suspended);

  run (self, dispatch);
}

void
hs_dispatcher_abandon (HsDispatcher *self)
{
  if (self->suspended != NULL)
    g_clear_pointer (&self->suspended->more, g_ptr_array_unref);
  g_clear_pointer (&self->suspended, g_free);
}

static void
open_incoming (HsDispatcher *self, HsNode *stanza)
{
  if (self->incoming.node == stanza)
    return;
  clear_incoming (self);
  self->incoming.node = stanza;
  self->incoming.is_request = is_iq (stanza) && !hs_iq_type_is_answer (hs_node_get_attribute (stanza, "type", NULL));
  hs_block_ref (hs_node_get_block (stanza));
}

/* Prepares to show a part of a request to handlers. A handler may answer the request before all of it has come. */
static void
open_incoming_request (HsDispatcher *self, HsNode *iq, HsNode *element)
{
  open_incoming (self, iq);
  if (element->parent != iq)
    return;
  if (self->incoming.n_taken++ == 0)
    self->incoming.roster_taken = hs_node_matches (element, "query", HS_NS_ROSTER);
}

gboolean
hs_dispatcher_dispatch_forgotten (HsDispatcher *self, HsNode *element)
{
  Dispatch dispatch;
  HsNode *top = element;

  while (top->parent != NULL)
    top = top->parent;
  if (!hs_dispatcher_forgets (self, top, element->name, element->namespace_))
    return FALSE;
  if (is_iq (top))
    {
      if (!hs_iq_type_is_answer (hs_node_get_attribute (top, "type", NULL)))
        open_incoming_request (self, top, element);
      /* The request has been answered, by a stanza in the same slice of input. */
      else if (hs_iq_tracker_match (self->tracker, top) == NULL)
        return FALSE;
    }
  init_dispatch (&dispatch, KIND_FORGOTTEN, top, element);
  dispatch.open.is_part = TRUE;
  begin (self, &dispatch);
  return TRUE;
}

/* Whether a suspended dispatch is of a request: a request can be answered while it waits for the next turn. */
static gboolean
is_open (const Dispatch *dispatch)
{
  return dispatch != NULL && dispatch->kind == KIND_REQUEST;
}

/* Whether @answer answers @iq. Compare the addresses too, since two senders may use the same id. */
static gboolean
answers (HsNode *answer, HsNode *iq)
{
  const char *to = hs_node_get_attribute (answer, "to", NULL);
  const char *from = hs_node_get_attribute (iq, "from", NULL);
  g_autoptr (HsJid) to_jid = NULL;
  g_autoptr (HsJid) from_jid = NULL;

  if (g_strcmp0 (hs_node_get_attribute (answer, "id", NULL), hs_node_get_attribute (iq, "id", NULL)) != 0)
    return FALSE;
  if (from == NULL || g_strcmp0 (to, from) == 0)
    return TRUE;
  to_jid = to != NULL ? hs_jid_new (to, NULL) : NULL;
  from_jid = hs_jid_new (from, NULL);
  return to_jid != NULL && from_jid != NULL && hs_jid_equal (to_jid, from_jid);
}

gboolean
hs_dispatcher_note_answer (HsDispatcher *self, HsNode *answer)
{
  Open *open = self->open;

  while (open != NULL && !(open->is_request && answers (answer, open->node)))
    open = open->outer;
  if (open == NULL && is_open (self->suspended) && answers (answer, self->suspended->root))
    open = &self->suspended->open;
  if (open == NULL && self->incoming.is_request && answers (answer, self->incoming.node))
    open = &self->incoming;
  if (open == NULL)
    return TRUE;
  if (open->answered)
    return FALSE;
  open->answered = TRUE;
  return TRUE;
}

void
hs_dispatcher_defer (HsDispatcher *self, HsNode *iq)
{
  for (Open *open = self->open; open != NULL; open = open->outer)
    {
      if (open->node == iq)
        open->deferred = TRUE;
    }
  if (is_open (self->suspended) && self->suspended->root == iq)
    self->suspended->open.deferred = TRUE;
  if (self->incoming.node == iq)
    self->incoming.deferred = TRUE;
}

/* Does nothing for a stanza that has been dispatched already, or that no handler is shown. */
void
hs_dispatcher_take (HsDispatcher *self, HsNode *element)
{
  HsNode *top = element;
  gboolean comes_in = FALSE;

  while (top->parent != NULL)
    top = top->parent;
  comes_in = top->unfinished;
  for (Open *open = self->open; open != NULL; open = open->outer)
    {
      if (open->node != top)
        continue;
      open->taken = TRUE;
      comes_in |= open->is_part;
    }
  if (self->suspended != NULL && self->suspended->open.node == top)
    {
      self->suspended->open.taken = TRUE;
      comes_in |= self->suspended->open.is_part;
    }
  if (comes_in)
    {
      open_incoming (self, top);
      self->incoming.taken = TRUE;
    }
}

void
hs_dispatcher_shrink (HsDispatcher *self)
{
  hs_view_pool_clear (&self->pool);
}

void
hs_dispatcher_names_changed (HsDispatcher *self)
{
  hs_handlers_names_changed (self->handlers);
}
