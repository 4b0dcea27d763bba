/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "archive-device.h"

/* All that an account's archive has had, as another client of the account has read it, page by
 * page. */

typedef struct
{
  HsClient *client;
  HsArchive *archive;
  GPtrArray *entries; /* LedgerEntry, oldest first */
  GHashTable *by_key;
  GHashTable *bodies;
  GHashTable *doubled; /* bodies that are there more than once */
  guint n_doubled;     /* that a server has taken in twice, after a connection was lost */
  gboolean is_reading;
  guint n_there; /* so many were there when it was last read from the beginning */
} Ledger;

typedef struct
{
  char *key; /* as device_dup_key() makes it */
  char *id;
  char *body;
  GDateTime *time;
} LedgerEntry;

/* Direct to the server, without a relay. */
Ledger *ledger_new (guint16 port);
void ledger_free (Ledger *self);
/* Reads what came since the last time; @is_whole: from the beginning. `is_reading` until that is
 * done. */
void ledger_read (Ledger *self, gboolean is_whole);
/* Purges the archive of all but the last @keep entries that have been read. FALSE: there are no
 * more. */
gboolean ledger_purge (Ledger *self, guint keep);
gboolean ledger_is_purging (Ledger *self);

typedef struct
{
  guint n_given;
  guint n_learned;
  guint n_in_gaps;
  guint n_lost;
  guint n_unknown; /* the device has it, and the archive never had */
  guint n_gaps;    /* reported at the end */
} LedgerFigures;

/* What came of all entries at a device. */
void ledger_compare (Ledger *self, Device *device, LedgerFigures *figures);
/* How many of the messages 1 to @n_sent of a sender it does not have, of those in @numbers or of all; names some of them. */
guint ledger_count_missing (Ledger *self, const char *sender, guint n_sent, GHashTable *numbers);
/* Those that are left. */
void ledger_print_gaps (Device *device);
