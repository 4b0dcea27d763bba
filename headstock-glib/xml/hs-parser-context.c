/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-parser-private.h"

#include "hs-namespaces.h"

/* libxml2's parser of a stream, and its dictionary of names: made when bytes come, and again after much silence or
 * many names. */

/* The memory that libxml2's dictionary needs for a name besides its characters: five words. */
#define NAME_ENTRY 40
/* libxml2's parser takes 15 KiB. A process with more than so many connections makes one anew for what
 * comes, so that a thousand silent ones, or a thousand that sign in at once, do not each keep theirs. */
#define MAX_CONTEXTS 8

static int n_contexts;

gboolean
hs_parser_has_many_contexts (void)
{
  return g_atomic_int_get (&n_contexts) > MAX_CONTEXTS;
}

static void
free_dictionary (gpointer dictionary)
{
  xmlDictFree (dictionary);
}

static gboolean
owns_name (gpointer dictionary, const char *name)
{
  return xmlDictOwns (dictionary, BAD_CAST name) == 1;
}

static const xmlChar *
intern (HsParser *self, const char *name)
{
  return xmlDictLookup (self->context->dict, BAD_CAST name, -1);
}

/* To the bytes of each name libxml2 adds the entry of a table. */
gsize
hs_parser_get_names_size (HsParser *self)
{
  xmlDict *names = self->context->dict;

  return xmlDictGetUsage (names) + (gsize) xmlDictSize (names) * NAME_ENTRY;
}

void
hs_parser_make_context (HsParser *self)
{
  static gsize initialised = 0;

  if (g_once_init_enter (&initialised))
    {
      xmlInitParser ();
      g_once_init_leave (&initialised, 1);
    }
  self->context = xmlCreatePushParserCtxt (&hs_parser_sax_handler, self, NULL, 0, NULL);
  /* The limits are ours, and what the peer says of its encoding is checked by its first bytes. Without
   * XML_PARSE_NOENT, "&amp;" in an attribute would be "&#38;"; there are no other entities. */
  xmlCtxtUseOptions (self->context, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_HUGE |
                                        XML_PARSE_IGNORE_ENC);
  xmlDictSetLimit (self->context->dict, 0);
  xmlDictReference (self->context->dict);
  self->known.names = hs_names_new (self->context->dict, free_dictionary, owns_name);
  g_atomic_int_inc (&n_contexts);
  self->known.client = intern (self, HS_NS_CLIENT);
  self->known.message = intern (self, "message");
  self->known.presence = intern (self, "presence");
  self->known.iq = intern (self, "iq");
  self->known.content = self->content_namespace != NULL ? intern (self, self->content_namespace) : NULL;
  self->names_size = self->open.names_size = hs_parser_get_names_size (self);
}

/* Spare blocks have the names of the context that they were used with. */
static void
drop_spares (HsParser *self)
{
  while (self->n_spares > 0)
    hs_block_unref (hs_parser_take_block (self));
}

void
hs_parser_drop_context (HsParser *self)
{
  if (self->context == NULL)
    return;
  drop_spares (self);
  xmlFreeParserCtxt (self->context);
  self->context = NULL;
  g_clear_pointer (&self->known.names, hs_names_unref);
  hs_parser_scopes_clear (&self->scopes);
  g_atomic_int_add (&n_contexts, -1);
  if (self->callbacks->names_changed != NULL)
    self->callbacks->names_changed (self->user_data);
}

void
hs_parser_replay_header (HsParser *self)
{
  self->replaying = TRUE;
  self->depth = 0;
  if (self->header != NULL)
    xmlParseChunk (self->context, self->header, strlen (self->header), 0);
  self->replaying = FALSE;
}
