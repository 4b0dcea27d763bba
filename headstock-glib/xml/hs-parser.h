/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The push parser of one stream: bytes go in, and whole stanzas come out of a queue. Each byte is
 * parsed once, and no handler of anybody's runs inside the parser. */

typedef struct _HsParser HsParser;

/* libxml2 compares each attribute of a tag with each other, */
#define HS_PARSER_MAX_ATTRIBUTES 1000
/* and looks for a prefix among all that are in scope. */
#define HS_PARSER_MAX_NAMESPACES 1000

typedef enum
{
  HS_PARSER_EVENT_STREAM_START, /* the node is the stream's header; it has no children */
  HS_PARSER_EVENT_STANZA,       /* a whole stanza, or another element at that depth */
  HS_PARSER_EVENT_FORGET,       /* an element of a stanza that still comes in, in a block of its own */
  HS_PARSER_EVENT_STREAM_END,   /* no node */
  HS_PARSER_EVENT_KEPT,         /* was FORGET, and stays in its stanza: see hs_parser_keep() */
  HS_PARSER_EVENT_DISCARDED,    /* a stanza that passed a limit, as far as it had come: see HsDiscard */
} HsParserEventType;

/* Lies in the block of its node. */
typedef struct _HsParserEvent HsParserEvent;
struct _HsParserEvent
{
  HsParserEvent *next;
  HsParserEventType type;
  HsNode *node;
  /* The siblings that were parsed after a FORGET element; they are hidden while the element is dispatched. */
  HsNode *following;
  HsNode *last;
  guint n_dropped; /* stanzas that were thrown away between the event before and this one */
};

/* The limit that a stanza has exceeded. */
typedef enum
{
  HS_DISCARD_SIZE,       /* what it takes in memory */
  HS_DISCARD_NAMES,      /* what its names take beside that */
  HS_DISCARD_ATTRIBUTES, /* how many one of its tags has */
  HS_DISCARD_PREFIXES,   /* how many it has in scope */
} HsDiscardReason;

/* The reason for a DISCARDED event. */
typedef struct
{
  HsParserEvent event;
  HsDiscardReason reason;
  guint64 size; /* bytes that had come since its start tag, and perhaps some behind it */
  gsize limit;  /* of its memory */
} HsDiscard;

typedef struct
{
  /* The start tag of a stanza is there: FALSE, and the stanza is thrown away as it comes in. */
  gboolean (*stanza_begins) (HsNode *stanza, gpointer user_data);
  /* The start tag of an element inside @stanza is there: whether it goes into a block of its own and
   * comes as a FORGET event. NULL if nobody wants that. */
  gboolean (*forget) (HsNode *stanza,
                      const char *name,
                      const char *namespace_,
                      gpointer user_data);
  /* The parser has let its dictionary of names go: whoever remembers something by the addresses of
   * names, and so holds a reference on them (HsNames), can let go as well. */
  void (*names_changed) (gpointer user_data);
} HsParserCallbacks;

/* @content_namespace: that of the stream's stanzas; another one than jabber:client is mapped to it. */
HsParser *hs_parser_new (const char *content_namespace,
                         const HsParserCallbacks *callbacks,
                         gpointer user_data);
void hs_parser_free (HsParser *self);

void hs_parser_set_limits (HsParser *self, gsize max_stanza_size, guint max_depth);
/* Whether a stanza that passes a limit is discarded, and the stream goes on behind it. Otherwise it is an
 * error. */
void hs_parser_set_discards (HsParser *self, gboolean discards);
/* Whether the stream is framed (RFC 7395): it has no header and no root element, and each element declares its
 * own namespaces. All elements are STANZA events. Takes effect with the next stream: call
 * hs_parser_restart(). */
void hs_parser_set_framed (HsParser *self, gboolean framed);
/* A new stream begins with the next byte. What the old one had not finished is dropped. */
void hs_parser_restart (HsParser *self);
/* Parses some of the bytes and returns how many: up to the end of the next tag with @single, so that
 * what follows can be given to another stream, otherwise a few kilobytes. Once there has been an
 * error, it is returned for ever; events that came before it are still in the queue. */
gsize hs_parser_feed (HsParser *self,
                      const char *bytes,
                      gsize length,
                      gboolean single,
                      GError **error);
/* The next event, or NULL. It and its node live until they are given back. */
HsParserEvent *hs_parser_pop (HsParser *self);
/* Returns the next event if it is a message, presence or iq, or an element to forget. Otherwise returns NULL, and takes
 * nothing. */
HsParserEvent *hs_parser_pop_stanza (HsParser *self);
void hs_parser_give_back (HsParser *self, HsParserEvent *event);
/* Which limit the stanza of a DISCARDED event passed; lives as long as the event. */
const HsDiscard *hs_parser_event_get_discard (HsParserEvent *event);
/* Copies a DISCARDED event for later, with the start tags of the stanza and of its first child only. The copy must be
 * given back as well. */
HsParserEvent *hs_parser_event_copy_discarded (HsParserEvent *event);
/* Returns how many stanzas were dropped since the last call, up to the event that was popped last, or up to now if no
 * event was popped. */
guint hs_parser_take_dropped (HsParser *self);
/* Nobody wants to forget the element any more: it becomes a part of its stanza. */
void hs_parser_keep (HsParser *self, HsParserEvent *event);
/* Whether a FORGET callback is to be asked. */
void hs_parser_set_forgets (HsParser *self, gboolean forgets);
/* Whether the stream's header declares another default namespace than that of its stanzas. One that
 * declares none, or that of streams, may still qualify each stanza (RFC 6120, 4.8.3). */
gboolean hs_parser_is_foreign (HsParser *self);
/* Whether all that was fed has been used up, and no stanza is half done. */
gboolean hs_parser_is_between_stanzas (HsParser *self);
/* Between two stanzas: frees what a silent stream does not need, unless that is freed already. FALSE if the stream is
 * busy. */
gboolean hs_parser_shrink (HsParser *self);

/* Parses one element that stands alone. The caller owns its block. */
HsNode *hs_parser_parse_element (const char *xml, gsize length, GError **error);

G_END_DECLS
