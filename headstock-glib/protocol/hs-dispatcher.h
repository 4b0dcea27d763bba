/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "hs-enums.h"
#include "hs-stanza.h"
#include "protocol/hs-handlers.h"
#include "protocol/hs-iq-tracker.h"

G_BEGIN_DECLS

/* From a stanza to the handlers that named something in it, and the one answer to each iq. */

typedef struct _HsDispatcher HsDispatcher;

typedef struct
{
  /* Sends the stanza that a handler returned. */
  void (*reply) (HsElement *stanza, gpointer owner);
  /* Sends the client's own answer to a request that nobody has answered. */
  void (*answer) (HsElement *stanza, gpointer owner);
  /* Whether somebody is connected to the signal for elements. */
  gboolean (*has_element_signal) (gpointer owner);
  void (*element_signal) (HsElement *element, gpointer owner);
  /* Emits the typed signal. For an iq, returns whether a handler answers it. */
  gboolean (*stanza_signal) (HsElement *stanza, gpointer owner);
  /* Whether the account itself sent the stanza. */
  gboolean (*from_account) (HsNode *stanza, gpointer owner);
  /* The account's bare JID, which a stanza without a sender is from; or NULL. */
  HsJid *(*get_account) (gpointer owner);
  /* Whether the turn is over: the rest of the stanza waits for the next turn. May be NULL. */
  gboolean (*time_is_over) (gpointer owner);
} HsDispatcherCallbacks;

/* @callbacks is borrowed and must live as long as the dispatcher. */
HsDispatcher *hs_dispatcher_new (const HsDispatcherCallbacks *callbacks, gpointer owner);
void hs_dispatcher_free (HsDispatcher *self);

HsHandlers *hs_dispatcher_get_handlers (HsDispatcher *self);
HsIqTracker *hs_dispatcher_get_tracker (HsDispatcher *self);

/* For the parser: at a stanza's start tag, and at that of an element that may be forgotten. */
gboolean hs_dispatcher_stanza_begins (HsDispatcher *self, HsNode *stanza);
gboolean hs_dispatcher_forgets (HsDispatcher *self,
                                HsNode *stanza,
                                const char *name,
                                const char *namespace_);

/* A whole stanza; or an element that is going to be forgotten, in the stanza that it came in. The
 * caller holds the block, and whatever owns the dispatcher. */
void hs_dispatcher_dispatch (HsDispatcher *self, HsNode *stanza);
/* Returns FALSE, and calls nothing, if no handler wants to forget the element any more. */
gboolean hs_dispatcher_dispatch_forgotten (HsDispatcher *self, HsNode *element);
/* The stanza was too large. A request that waits for it fails with @error, and a request in it is answered with an
 * error. @tags: the start tags of the stanza and of its first child. */
void hs_dispatcher_discard (HsDispatcher *self, HsNode *stanza, HsStanza *tags, const GError *error);
/* Whether hs_dispatcher_dispatch() has stopped inside the stanza, because the turn is over. The caller goes on holding
 * the block, lets no other stanza overtake it, and resumes in the next turn, or abandons the stanza. */
gboolean hs_dispatcher_is_suspended (HsDispatcher *self);
void hs_dispatcher_resume (HsDispatcher *self);
void hs_dispatcher_abandon (HsDispatcher *self);

/* An iq result or error is about to be sent: FALSE if it would answer a second time. */
gboolean hs_dispatcher_note_answer (HsDispatcher *self, HsNode *iq);
/* A handler will answer the request later. */
void hs_dispatcher_defer (HsDispatcher *self, HsNode *iq);
/* No typed signal is emitted for the stanza that @element is in, or is. */
void hs_dispatcher_take (HsDispatcher *self, HsNode *element);
/* Frees the memory that is only kept for the next stanza. */
void hs_dispatcher_shrink (HsDispatcher *self);
/* The parser has let its dictionary of names go (see HsParserCallbacks). */
void hs_dispatcher_names_changed (HsDispatcher *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsDispatcher, hs_dispatcher_free)

G_END_DECLS
