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
  /* A handler returned this: it is to be sent. */
  void (*reply) (HsElement *stanza, gpointer owner);
  /* The same for what nobody else has answered. */
  void (*answer) (HsElement *stanza, gpointer owner);
  /* Whether somebody is connected to the signal for elements. */
  gboolean (*has_element_signal) (gpointer owner);
  void (*element_signal) (HsElement *element, gpointer owner);
  /* The typed signal; for an iq, whether it was taken. */
  gboolean (*stanza_signal) (HsElement *stanza, gpointer owner);
  /* Whether the account itself sent the stanza. */
  gboolean (*from_account) (HsNode *stanza, gpointer owner);
  /* The account's bare JID, which a stanza without a sender is from; or NULL. */
  HsJid *(*get_account) (gpointer owner);
  /* Whether what is left of a stanza is to wait for the next turn; or NULL. */
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
/* FALSE, and nothing was called, if nobody wants to forget it any more. */
gboolean hs_dispatcher_dispatch_forgotten (HsDispatcher *self, HsNode *element);
/* The stanza was too large, and this is what has come of it: what waits for it fails, and a request is
 * answered. @tags: its start tag, and that of what was in it first. */
void hs_dispatcher_discard (HsDispatcher *self, HsNode *stanza, HsStanza *tags, const GError *error);
/* Whether that stopped in the midst of it: the caller goes on holding the block, lets nothing overtake
 * it, and resumes in the next turn, or abandons it. */
gboolean hs_dispatcher_is_suspended (HsDispatcher *self);
void hs_dispatcher_resume (HsDispatcher *self);
void hs_dispatcher_abandon (HsDispatcher *self);

/* An iq result or error is about to be sent: FALSE if it would answer a second time. */
gboolean hs_dispatcher_note_answer (HsDispatcher *self, HsNode *iq);
/* Somebody answers later. */
void hs_dispatcher_defer (HsDispatcher *self, HsNode *iq);
/* No typed signal is emitted for the stanza that @element is in, or is. */
void hs_dispatcher_take (HsDispatcher *self, HsNode *element);
/* Lets go of what is only kept for the next stanza. */
void hs_dispatcher_shrink (HsDispatcher *self);
/* The parser has let its dictionary of names go (see HsParserCallbacks). */
void hs_dispatcher_names_changed (HsDispatcher *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsDispatcher, hs_dispatcher_free)

G_END_DECLS
