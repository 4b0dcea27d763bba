/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"
#include "hs-jid.h"
#include "hs-types.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The registered handlers: which of them name an element, in the order in which they were added. */

/* Among a handler's flags where it has a type or a sender: one look at them tells that it has neither. */
#define HS_HANDLER_NARROWED ((HsHandlerFlags) (1 << 30))

typedef struct _HsHandler HsHandler;
typedef struct _HsHandlers HsHandlers;

struct _HsHandler
{
  int ref_count;
  guint id;
  char *name;       /* or an iq's type; NULL: any */
  char *namespace_; /* or an iq's id; NULL: any */
  gboolean for_iq;
  gboolean removed;
  gboolean matched; /* once, while hs-dispatch-debug.c looks */
  gboolean told;    /* that it has not */
  HsHandlerFlags flags;
  char *stanza_type; /* of the stanza around the element; NULL: any */
  HsJid *from_jid;   /* whom the stanza is from: a bare JID stands for all its resources; NULL: anybody */
  HsHandlerFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  gpointer module; /* that added it, or NULL; only compared */
};

/* Handlers that match one name, while they run. */
typedef struct
{
  int ref_count;
  guint n_handlers;
  gboolean forgets;
  HsHandler *handlers[];
} HsMatches;

/* Whose handlers they are, as far as it is known; nullable. */
typedef HsJid *(*HsHandlersAccountFunc) (gpointer owner);

HsHandlers *hs_handlers_new (void);
/* For what the topic `dispatch` of HEADSTOCK_DEBUG prints. */
void hs_handlers_set_account_func (HsHandlers *self, HsHandlersAccountFunc func, gpointer owner);
void hs_handlers_free (HsHandlers *self);

guint hs_handlers_add (HsHandlers *self, const HsHandler *handler);
gboolean hs_handlers_remove (HsHandlers *self, guint id);
void hs_handlers_remove_module (HsHandlers *self, gpointer module);

/* Handlers for elements of that name, or NULL for none. @names: the dictionary that the name is out of, or NULL. What
 * was found for a name is remembered by the name's address, as long as the dictionary stays the same. */
HsMatches *hs_handlers_match_in (HsHandlers *self,
                                 HsNames *names,
                                 const char *name,
                                 const char *namespace_);
/* Handlers for iq stanzas. */
HsMatches *hs_handlers_match_iq (HsHandlers *self, const char *type, const char *id);
void hs_matches_unref (HsMatches *self);

/* Whether any handler names something inside stanzas, or forgets it. */
gboolean hs_handlers_look_inside (HsHandlers *self);
gboolean hs_handlers_forget (HsHandlers *self);
/* Lets go of the dictionary. */
void hs_handlers_names_changed (HsHandlers *self);

G_END_DECLS
