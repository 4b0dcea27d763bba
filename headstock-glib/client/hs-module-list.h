/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-module.h"
#include "hs-negotiation.h"

G_BEGIN_DECLS

/* The modules of a client: which are registered, which of them are being attached, and how many take part in the
 * negotiation before the client signs in. */

typedef struct
{
  /* A module has been taken from the list, and will be told next. */
  void (*removed) (HsModule *module, gpointer client);
  /* Whether the connection that the modules negotiate on is still open. */
  gboolean (*may_proceed) (gpointer client);
  /* The client may sign in: no module takes part any more. */
  void (*proceed) (gpointer client);
} HsModuleListCallbacks;

typedef struct _HsAttaching HsAttaching;
typedef struct _HsModuleWalk HsModuleWalk;

/* Lies inside the client. Only hs-module-list.c uses the fields. */
typedef struct
{
  const HsModuleListCallbacks *callbacks;
  HsClient *client;       /* whose modules they are */
  GPtrArray *modules;     /* HsModule; NULL until there is one */
  HsAttaching *attaching; /* the innermost call of hs_module_attached() that has not returned, or NULL */
  HsModuleWalk *walk;     /* the innermost one that has not ended, or NULL */
  HsNegotiation negotiation;
  GPtrArray *negotiators; /* modules that take part, only to be compared; NULL: none does */
  guint n_negotiating;  /* how many of them are not done, and @n_asking */
  guint n_asking;       /* 1 while modules are asked whether they take part; 2 while one of them is */
  guint n_negotiations; /* up to now */
  gboolean dropping;    /* the client is being freed */
} HsModuleList;

void hs_module_list_init (HsModuleList *self, const HsModuleListCallbacks *callbacks, HsClient *client);
void hs_module_list_clear (HsModuleList *self);

gboolean hs_module_list_contains (const HsModuleList *self, HsModule *module);
/* The first module of a type, or NULL. */
HsModule *hs_module_list_find (const HsModuleList *self, GType type);
/* Adds a module that is not in the list, and tells it. FALSE: it is not in the list afterwards. The caller keeps
 * the module and the client alive. */
gboolean hs_module_list_add (HsModuleList *self, HsModule *module);
/* Removes a module, and tells it. If no other one takes part in the negotiation, proceed is called. FALSE: it was not in
 * the list. The caller keeps the module and the client alive. */
gboolean hs_module_list_remove (HsModuleList *self, HsModule *module);
/* Removes all modules, and takes no other meanwhile: one that comes back when it is told that it is detached would
 * be told again and again. */
void hs_module_list_drop (HsModuleList *self);

/* Whether a module has not been told to the end that it is attached. */
gboolean hs_module_list_is_attaching (const HsModuleList *self, HsModule *module);
/* The module that owns the handlers that are added now; NULL: the program owns them. */
HsModule *hs_module_list_get_attaching (const HsModuleList *self);

/* The modules as they are now, each with a reference. */
GPtrArray *hs_module_list_ref (const HsModuleList *self);
GListStore *hs_module_list_copy (const HsModuleList *self);

/* Calls modules, which may come and go meanwhile: one that was removed before its turn is left out, also if it has been
 * added again, and one that was added is not called. Lies on the stack. */
struct _HsModuleWalk
{
  HsModuleList *list;
  HsModuleWalk *outer;
  HsClient *client;
  GPtrArray *modules; /* HsModule; those from @next on may be NULL */
  guint next;
};

void hs_module_walk_begin (HsModuleWalk *self, HsModuleList *list);
/* The module whose turn it is, valid until the next call; NULL after the last one. */
HsModule *hs_module_walk_next (HsModuleWalk *self);
/* Does nothing before hs_module_walk_begin(), if the fields are 0. */
void hs_module_walk_end (HsModuleWalk *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsModuleWalk, hs_module_walk_end)

void hs_module_list_foreach (HsModuleList *self, void (*function) (HsModule *module, HsClient *client));

/* Whether a module may take part in a negotiation. */
gboolean hs_module_list_has_negotiators (const HsModuleList *self);
/* Asks the modules whether they take part, with the stream's features. TRUE: some do, and proceed is called when
 * hs_module_list_continue() has been called for each. FALSE: proceed has been called, or a module has ended the
 * negotiation. */
gboolean hs_module_list_negotiate (HsModuleList *self, HsElement *features);
void hs_module_list_continue (HsModuleList *self);
void hs_module_list_refuse (HsModuleList *self);
/* The connection is gone. */
void hs_module_list_end_negotiation (HsModuleList *self);
HsNegotiation hs_module_list_get_negotiation (const HsModuleList *self);

/* Whether a module implements a hook. One that stands for an object of another language has all hooks, and
 * @property tells whether the object has this one. */
gboolean hs_module_has_hook (HsModule *module, gboolean implemented, const char *property);

G_END_DECLS
