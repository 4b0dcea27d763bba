/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "headstock-glib-test/hs-test-stream.h"

G_BEGIN_DECLS

/* What the server has them do. */
typedef enum
{
  WORKLOAD_NONE,
  WORKLOAD_CHAT,
  WORKLOAD_GROUPCHAT,
  WORKLOAD_ROSTER,
  WORKLOAD_SEND,
  WORKLOAD_PINGS,
  WORKLOAD_MANAGED, /* none, with stream management (XEP-0198) */
  WORKLOAD_CONTACTS, /* the roster, as soon as it is asked for */
  WORKLOAD_PRESENCES, /* the roster likewise; then a presence of each contact */
  WORKLOAD_ROOM,      /* a room of that many occupants, as soon as it is entered */
  WORKLOAD_ROOM_PRESENCES, /* a room of FLOOD_ROOM_SIZE; then that many presences of its occupants */
  WORKLOAD_ROOM_CAPS, /* a room of that many occupants, whose programs can be asked for */
} Workload;

/* How many occupants a room has, and how many programs they have between them. */
#define FLOOD_ROOM_SIZE 5000
#define FLOOD_N_PROGRAMS 50

/* server-flood.c: stanzas that are written as the socket takes them. */
typedef enum
{
  FLOOD_TEXT_ASCII,
  FLOOD_TEXT_CYRILLIC, /* two bytes a letter */
  FLOOD_TEXT_CJK,      /* three */
  FLOOD_TEXT_EMOJI,    /* four, and Latin letters between */
  N_FLOOD_TEXTS
} FloodText;

/* "ascii", "cyrillic", "cjk", "emoji"; FLOOD_TEXT_ASCII for any other name. */
FloodText flood_text_from_name (const char *name);

typedef struct
{
  Workload kind;
  FloodText text; /* what messages say; ASCII after flood_start() */
  gboolean goes_on; /* nothing ends it, since another one follows; FALSE after flood_start() */
  guint64 next;
  guint64 left; /* with what ends the flood */
} Flood;

void flood_start (Flood *self, Workload kind, guint64 amount);
/* Appends what comes next, until there are about @size bytes. */
void flood_fill (Flood *self, GByteArray *out, gsize size);

/* The answer to a question about a program (XEP-0115) that has the hash which occupants announce, or NULL. */
char *flood_describe_program (const char *node);

/* server-scanner.c: finds the stanzas in what a client sends, and looks at their first two tags. */
typedef enum
{
  SCAN_MORE, /* nothing without more bytes */
  SCAN_STREAM_START,
  SCAN_STANZA, /* top and child are its tags */
  SCAN_STREAM_END,
} ScanResult;

typedef struct
{
  GByteArray *bytes;
  gsize position;
  guint depth;
  char top[1024];
  char child[512]; /* "" where there is none */
} Scanner;

void scanner_init (Scanner *self);
void scanner_restart (Scanner *self);
void scanner_add (Scanner *self, const char *bytes, gsize length);
ScanResult scanner_next (Scanner *self);
char *tag_get_attribute (const char *tag, const char *name);
/* What a top tag is to the server; @child is the tag in it, or "". */
HsTestWord tag_read (const HsTestStream *stream, const char *tag, const char *child);

typedef struct
{
  int fd; /* -1: closed */
  HsTestStream stream;
  gboolean writing;
  GByteArray *out;
  gsize sent;
  Scanner scanner;
  Flood flood;
} Connection;

G_END_DECLS
