/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-namespaces.h"
#include "xml/hs-node-private.h"

/* The attributes of a node. */

/* Out of the block's chunks. The caller fills in the rest and writes the value. */
G_ALWAYS_INLINE static inline HsAttribute *
new_attribute (HsBlock *block, HsNode *self, const char *name, gsize value_length)
{
  HsAttribute *attribute = hs_block_alloc (block, sizeof (HsAttribute) + value_length + 1);
  HsAttribute **last = &self->attributes;

  attribute->next = NULL;
  attribute->name = name;
  attribute->namespace_ = NULL;
  attribute->prefix = NULL;
  attribute->value = (const char *) (attribute + 1);
  while (*last != NULL)
    last = &(*last)->next;
  *last = attribute;
  return attribute;
}

/* Whether a new attribute is likely to stay. */
static inline gboolean
is_for_chunk (HsBlock *block, HsNode *self)
{
  return G_LIKELY (!self->changed && block->detached == NULL);
}

void
hs_node_add_attribute (HsNode *self, const char *name, const char *value)
{
  HsBlock *block = hs_block_resolve (self->block);
  gsize length = strlen (value);

  if (is_for_chunk (block, self))
    memcpy ((char *) new_attribute (block, self, name, length)->value, value, length + 1);
  else
    hs_node_set_attribute (self, name, NULL, value);
}

/* Returns the pointer in the list that points to the attribute, or the one to which it would be added. */
static HsAttribute **
find_attribute (HsNode *self, const char *name, const char *namespace_)
{
  HsAttribute **attribute;

  for (attribute = &self->attributes; *attribute != NULL; attribute = &(*attribute)->next)
    {
      if ((*attribute)->name[0] == name[0] && strcmp ((*attribute)->name, name) == 0 &&
          hs_namespace_equal ((*attribute)->namespace_, namespace_))
        return attribute;
    }
  return attribute;
}

/* Attributes in one namespace share a prefix; a new one is made up for the first. `xml:` needs none. Returns
 * NULL, another attribute's prefix, or one in @made_up. */
static const char *
choose_prefix (HsNode *self, const char *namespace_, char *made_up, gsize size)
{
  guint64 next = 0;

  if (namespace_ == NULL || strcmp (namespace_, HS_NS_XML) == 0)
    return NULL;
  for (HsAttribute *attribute = self->attributes; attribute != NULL; attribute = attribute->next)
    {
      guint64 number;

      if (attribute->prefix == NULL)
        continue;
      if (hs_namespace_equal (attribute->namespace_, namespace_))
        return attribute->prefix;
      if (g_str_has_prefix (attribute->prefix, "ns") &&
          g_ascii_string_to_unsigned (attribute->prefix + 2, 10, 0, G_MAXUINT32, &number, NULL))
        next = MAX (next, number + 1);
    }
  g_snprintf (made_up, size, "ns%" G_GUINT64_FORMAT, next);
  return made_up;
}

/* The attribute and its strings in one piece of memory. */
static HsAttribute *
new_loose_attribute (HsBlock *block,
                     const char *name,
                     const char *prefix,
                     const char *namespace_,
                     const char *value)
{
  const char *strings[] = { name, prefix, namespace_, value };
  gsize lengths[G_N_ELEMENTS (strings)];
  const char *copies[G_N_ELEMENTS (strings)];
  gsize size = sizeof (HsAttribute);
  HsAttribute *self;
  char *position;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      lengths[i] = strings[i] != NULL ? strlen (strings[i]) + 1 : 0;
      size += lengths[i];
    }
  self = hs_block_alloc_loose (block, size);
  position = (char *) (self + 1);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      copies[i] = strings[i] != NULL ? memcpy (position, strings[i], lengths[i]) : NULL;
      position += lengths[i];
    }
  self->name = copies[0];
  self->prefix = copies[1];
  self->namespace_ = copies[2];
  self->value = copies[3];
  self->next = NULL;
  return self;
}

/* Appends an attribute whose memory is out of the block's chunks: most attributes are set once. */
static void
append_attribute (HsNode *self, const char *name, const char *namespace_, const char *value)
{
  HsBlock *block = hs_block_resolve (self->block);
  gsize length = strlen (value);
  char made_up[32];
  const char *prefix = choose_prefix (self, namespace_, made_up, sizeof made_up);
  HsAttribute *attribute
      = new_attribute (block, self, hs_block_strndup (block, name, strlen (name)), length);

  memcpy ((char *) attribute->value, value, length + 1);
  if (namespace_ == NULL)
    return;
  if (prefix != NULL)
    attribute->prefix = hs_block_strndup (block, prefix, strlen (prefix));
  attribute->namespace_ = hs_block_strndup (block, namespace_, strlen (namespace_));
}

/* An attribute that is changed, or is set after another was removed, has memory of its own, which its next
 * change frees: an element can be changed any number of times and does not grow. */
void
hs_node_set_attribute (HsNode *self, const char *name, const char *namespace_, const char *value)
{
  HsBlock *block = hs_block_resolve (self->block);
  HsAttribute **found = find_attribute (self, name, namespace_);
  HsAttribute *old = *found;
  HsAttribute *new_;
  char made_up[32];

  if (namespace_ != NULL && *namespace_ == '\0')
    namespace_ = NULL;
  if (old != NULL)
    hs_block_forget_parsed (block, old->value);
  if (value == NULL)
    {
      if (old == NULL)
        return;
      *found = old->next;
      self->changed = TRUE;
      hs_block_free_loose (block, old);
      return;
    }
  if (old == NULL && is_for_chunk (block, self))
    {
      append_attribute (self, name, namespace_, value);
      return;
    }
  new_ = new_loose_attribute (block, name,
                              old != NULL ? old->prefix
                                          : choose_prefix (self, namespace_, made_up, sizeof made_up),
                              namespace_, value);
  if (old != NULL)
    new_->next = old->next;
  *found = new_;
  hs_block_free_loose (block, old);
}

const char *
hs_node_get_attribute (HsNode *self, const char *name, const char *namespace_)
{
  HsAttribute *found = *find_attribute (self, name, namespace_);

  return found != NULL ? found->value : NULL;
}

/* calloc() would not reuse the memory that the stanza before has given back. Values that are not in use are not read,
 * so that they need not be zero. */
static HsParsedValues *
new_parsed_values (const HsParsedType *type)
{
  HsParsedValues *self = g_malloc (sizeof (HsParsedValues));

  self->type = type;
  self->n_used = self->next = 0;
  return self;
}

/* A block that was merged into another one is not searched any more. */
gpointer
hs_node_dup_parsed (HsNode *self, const char *name, const HsParsedType *type)
{
  const char *value = hs_node_get_attribute (self, name, NULL);
  HsBlock *block = hs_block_resolve (self->block);
  HsParsedValues *values = block->parsed;
  gpointer parsed;
  guint place;

  if (value == NULL)
    return NULL;
  if (values == NULL)
    values = block->parsed = new_parsed_values (type);
  g_assert (values->type == type);
  for (guint i = 0; i < values->n_used; i++)
    if (values->entries[i].value == value)
      return values->entries[i].parsed != NULL ? type->ref (values->entries[i].parsed) : NULL;
  parsed = type->parse (value);
  if (values->n_used < HS_N_PARSED)
    place = values->n_used++;
  else
    {
      place = values->next;
      values->next = (place + 1) % HS_N_PARSED;
      if (values->entries[place].parsed != NULL)
        type->unref (values->entries[place].parsed);
    }
  values->entries[place].value = value;
  values->entries[place].parsed = parsed;
  return parsed != NULL ? type->ref (parsed) : NULL;
}

static void
copy_attribute (HsNode *self, const HsAttribute *attribute)
{
  HsBlock *block = hs_block_resolve (self->block);
  gsize length = strlen (attribute->value);
  HsAttribute *copy = new_attribute (
      block, self, hs_block_strndup (block, attribute->name, strlen (attribute->name)), length);

  memcpy ((char *) copy->value, attribute->value, length + 1);
  if (attribute->namespace_ != NULL)
    copy->namespace_
        = hs_block_strndup (block, attribute->namespace_, strlen (attribute->namespace_));
  if (attribute->prefix != NULL)
    copy->prefix = hs_block_strndup (block, attribute->prefix, strlen (attribute->prefix));
}

void
hs_node_copy_attributes (HsNode *self, HsNode *from)
{
  for (HsAttribute *attribute = from->attributes; attribute != NULL; attribute = attribute->next)
    copy_attribute (self, attribute);
}
