/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-binding.h"

#include "hs-iq-private.h"
#include "hs-random.h"

void
hs_binding_init (HsBinding *self)
{
  *self = (HsBinding){ .pipelined = HS_PIPELINED_NOTHING };
  g_queue_init (&self->kept_stanzas);
}

void
hs_binding_clear (HsBinding *self, HsParser *parser)
{
  HsParserEvent *kept;

  while ((kept = hs_binding_take_kept (self)) != NULL)
    hs_parser_give_back (parser, kept);
  g_clear_pointer (&self->features_text, g_free);
  g_clear_pointer (&self->request_id, g_free);
  g_clear_pointer (&self->jid, hs_jid_unref);
}

const char *
hs_binding_make_request_id (HsBinding *self)
{
  g_free (self->request_id);
  self->request_id = hs_random_id ();
  return self->request_id;
}

gboolean
hs_binding_is_answer (const HsBinding *self, HsNode *iq)
{
  return g_strcmp0 (hs_node_get_attribute (iq, "id", NULL), self->request_id) == 0
         && hs_iq_type_is_answer (hs_node_get_attribute (iq, "type", NULL));
}

/* The number has a limit of its own, since even a small stanza takes a block of memory. */
gboolean
hs_binding_keep (HsBinding *self, HsParserEvent *event, gsize max_bytes)
{
  g_queue_push_tail (&self->kept_stanzas, event);
  self->kept_bytes += hs_block_get_size (hs_node_get_block (event->node));
  return self->kept_bytes <= max_bytes && self->kept_stanzas.length <= HS_BINDING_MAX_KEPT;
}

HsParserEvent *
hs_binding_take_kept (HsBinding *self)
{
  return g_queue_pop_head (&self->kept_stanzas);
}
