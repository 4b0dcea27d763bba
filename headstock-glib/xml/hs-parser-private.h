/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "hs-error.h"
#include "xml/hs-bytes.h"
#include "xml/hs-node-private.h"
#include "xml/hs-parser.h"
#include "xml/hs-skip.h"

G_BEGIN_DECLS

#if LIBXML_VERSION >= 21200
typedef const xmlError *HsXmlParserError;
#else
typedef xmlErrorPtr HsXmlParserError;
#endif

/* hs-parser.c gives libxml2 the bytes; hs-parser-context.c makes libxml2's parser; hs-parser-tree.c makes of its events
 * nodes and ours; hs-parser-discard.c gets past stanzas that are too large. All call hs-parser-tree.c, and none calls
 * hs-parser.c. */

#define HS_PARSER_MAX_SPARES 32

#define HS_PARSER_INSTRUCTION "A processing instruction, which XMPP forbids"

enum
{
  HS_HEADER_DEPTH = 1,
  HS_STANZA_DEPTH = 2,
};

/* The names that libxml2 compares by their addresses. */
typedef struct
{
  HsNames *names;        /* the dictionary */
  const xmlChar *client; /* jabber:client, and the names of stanzas */
  const xmlChar *message;
  const xmlChar *presence;
  const xmlChar *iq;
  const xmlChar *content; /* the namespace that is mapped to jabber:client, or NULL */
  const xmlChar *assumed; /* of an element that stands alone and names no namespace: client, or NULL */
} HsParserKnown;

typedef struct
{
  gsize max_stanza_size;
  guint max_depth;
  guint8 discards; /* see hs_parser_set_discards() */
} HsParserLimits;

/* An element that declares prefixes, and how many. */
typedef struct
{
  guint depth;
  guint n_prefixes;
} HsScope;

/* The elements that are open and declare prefixes, from the outside in. */
typedef struct
{
  HsScope *elements;
  guint n_elements;
  guint depth;      /* of the innermost, or 0 */
  guint n_prefixes; /* in all of them */
} HsParserScopes;

/* The stanza that is coming in. */
typedef struct
{
  HsBlock *block;
  HsNode *stanza;  /* NULL: there is none, or it is dropped */
  HsNode *current; /* the innermost element that is open */
  guint64 start;   /* with which byte it began, of all that libxml2 was given */
  gsize names_size; /* of all names that were interned when it began */
} HsParserOpen;

/* The bytes that have come and that libxml2 was not given, and what is known of them. */
typedef struct
{
  GByteArray *held; /* part of a character, or of a tag; or NULL */
  HsTagScan tag;    /* the held one */
  HsSectionScan section;
  gsize n_brackets; /* "]" at the end of what has come, in text */
  guint8 is_tag;    /* @held is part of a tag */
  guint8 in_section; /* a CDATA section */
} HsParserPending;

/* A stanza that is dropped at its start tag, or discarded because it is too large. */
typedef struct
{
  HsSkip *skip;      /* knows what is open */
  guint64 n_skipped; /* bytes of the stanza up to now */
  HsNode *(*parse_element) (const char *xml, gsize length, GError **error);
  HsDiscardReason reason;
  guint depth;      /* what is inside an element at this depth is thrown away; 0: nothing */
  guint8 skip_due;  /* @skip takes over behind this slice; */
  guint8 skipping;  /* it has */
  guint8 bounded;   /* what is skipped may not be endless: it was discarded, and not dropped at its start tag */
  guint8 uncounted; /* what is skipped is no stanza */
} HsParserDrop;

/* The events that wait to be popped. */
typedef struct
{
  HsParserEvent *first;
  HsParserEvent *last;
  guint n_dropped;        /* stanzas since the last event in the queue */
  guint n_dropped_popped; /* and those before the last that was popped */
} HsParserQueue;

struct _HsParser
{
  xmlParserCtxt *context; /* NULL until bytes come, and while the stream is silent */
  char *content_namespace;
  const HsParserCallbacks *callbacks;
  gpointer user_data;
  char *header; /* for hs_parser_replay_header(); a GRefString that all streams share which declare the same prefixes. Or NULL */
  GError *error;
  gsize names_size; /* of all names that are interned */
  guint64 n_fed;    /* bytes that libxml2, or what skips a stanza, has been given */
  HsBlock *spares;  /* linked by forward */
  guint n_spares;
  guint depth;

  /* A silent stream keeps its parser, so that flags take one byte each, here and in the parts. */
  guint8 start_depth; /* 0 for a stream; 1 where one element stands alone */
  guint8 forgets;
  guint8 has_forgotten; /* elements of the stanza that is coming in */
  guint8 replaying;
  guint8 framed;  /* see hs_parser_set_framed() */
  guint8 prolog;  /* before the stream's header */
  guint8 begun;   /* the first bytes, with an XML declaration, are good */
  guint8 foreign; /* see hs_parser_is_foreign() */

  HsParserKnown known;
  HsParserLimits limits;
  HsParserScopes scopes;
  HsParserOpen open;
  HsParserPending pending;
  HsParserDrop drop;
  HsParserQueue queue;
};

extern xmlSAXHandler hs_parser_sax_handler;

void hs_parser_fail (HsParser *self, HsXmlError code, const char *message);
void hs_parser_scopes_clear (HsParserScopes *self);
HsBlock *hs_parser_take_block (HsParser *self);
void hs_parser_put_block (HsParser *self, HsBlock *block);
/* The start tag of the stream's root element; NULL: there is none yet. Copies it. */
void hs_parser_set_header (HsParser *self, const char *header);

/* @n_held: how many received bytes libxml2 has not been given, or has not used. */
void hs_parser_discard (HsParser *self, HsDiscardReason reason, gsize n_held);
void hs_parser_push_discarded (HsParser *self,
                               HsNode *stanza,
                               HsDiscardReason reason,
                               gsize size);
void hs_parser_finish_dropped (HsParser *self);
void hs_parser_drop_inside (HsParser *self, const char *name);
void hs_parser_forget_skip (HsParser *self);

/* hs-parser-context.c. The size of the names in libxml2's dictionary, in bytes. */
gsize hs_parser_get_names_size (HsParser *self);
void hs_parser_make_context (HsParser *self);
void hs_parser_drop_context (HsParser *self);
/* Gives a new context the stream's header, which declares the namespace prefixes. */
void hs_parser_replay_header (HsParser *self);
/* Whether the streams of the process have so many libxml2 contexts that a stream without input should free its own. */
gboolean hs_parser_has_many_contexts (void);

/* hs-parser-discard.c. Skipping stops at the end of the discarded stanza, and libxml2 gets a new context there. */
void hs_parser_discard_tag (HsParser *self, HsDiscardReason reason);
void hs_parser_begin_skip (HsParser *self);
gsize hs_parser_skip (HsParser *self, const char *bytes, gsize length);

/* Returns how many received bytes libxml2 has not been given yet. */
static inline gsize
hs_parser_get_n_held (const HsParser *self)
{
  return self->pending.held != NULL ? self->pending.held->len : 0;
}

/* Returns how many bytes libxml2 has been given and could not use yet. */
static inline gsize
hs_parser_get_rest (HsParser *self, const char **rest)
{
  xmlParserInput *input = self->context->input;

  if (input == NULL || input->cur == NULL)
    return 0;
  *rest = (const char *) input->cur;
  return input->end - input->cur;
}

/* Returns the position, in all bytes that libxml2 has been given, of the first byte that it has not used. */
static inline guint64
hs_parser_get_position (HsParser *self)
{
  const char *rest;

  return self->n_fed - hs_parser_get_rest (self, &rest);
}

G_END_DECLS
