/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-keeper-private.h"

/* An archive as servers have them, and the chance that decides what happens to it. */

typedef struct
{
  guint64 state;
} Chance;

guint chance_below (Chance *self, guint n);
gboolean chance_percent (Chance *self, guint percent);

/* What an archive does with an id that it does not know. */
typedef enum
{
  MODEL_STRICT,  /* says that it does not know it */
  MODEL_EMPTY,   /* gives an empty, complete page */
  MODEL_NUMERIC, /* takes it for a time */
} ModelKind;

typedef struct
{
  guint number;      /* in the order in which they came */
  char *id;
  gint64 stamp;
  gint64 visible_at;
  guint place;       /* which one to become visible */
  gboolean is_own;   /* this device has sent it */
  gboolean is_sent;  /* it goes to this device by itself too */
  gboolean was_there; /* it has been visible */
  gboolean is_gone;
  gboolean is_deleted; /* alone, not with all before it */
  gboolean is_before; /* the program's first start came later */
} ModelEntry;

typedef struct
{
  ModelKind kind;
  gboolean is_by_stamp; /* sorted by it, not in the order in which they came */
  guint page_limit;
  gint64 clock_back; /* the server's clock is late by so much */
  gint64 last_stamp;
  GPtrArray *all;   /* ModelEntry, also what is gone */
  GHashTable *by_id; /* of all */
  guint n_settled; /* so many of all need not be looked at */
  guint n_visible;
  GPtrArray *order; /* those that are there, in the archive's order */
} Model;

void model_init (Model *self, ModelKind kind, gboolean is_by_stamp, guint page_limit);
void model_clear (Model *self);
ModelEntry *model_add (Model *self, gint64 now, gint64 delay, gboolean same_stamp);
/* Those whose time has come become visible. */
void model_settle (Model *self, gint64 now);
/* The oldest @n that have been there for @age go. */
guint model_expire (Model *self, gint64 now, gint64 age, guint n);
void model_delete (Model *self, ModelEntry *entry);
/* NULL: it does not know the id that was named. HsHistoryEntry with the ModelEntry as its message. */
GPtrArray *model_answer (Model *self, const HsHistoryQuestion *question);
ModelEntry *model_find (Model *self, const char *id);
/* Whether one stands before another in the archive's order, or stood there. */
gboolean model_is_before (Model *self, ModelEntry *entry, ModelEntry *other);
