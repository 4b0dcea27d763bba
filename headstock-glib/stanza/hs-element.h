/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-types.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_ELEMENT (hs_element_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsElement, hs_element, HS, ELEMENT, GObject)

struct _HsElementClass
{
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[4];
};

/* Building */

/**
 * HS_ELEMENT_CHILD:
 *
 * In the arguments of hs_element_new_tree(): an element follows. No attribute has this name.
 *
 * Since: 0.2
 */
#define HS_ELEMENT_CHILD "<child>"

/**
 * HS_ELEMENT_TEXT:
 *
 * In the arguments of hs_element_new_tree(): text follows. No attribute has this name.
 *
 * Since: 0.2
 */
#define HS_ELEMENT_TEXT "<text>"

HS_AVAILABLE_IN_ALL
HsElement *hs_element_new (const char *name, const char *namespace_);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_new_from_string (const char *xml, GError **error);
HS_AVAILABLE_IN_0_2
HsElement *hs_element_new_tree (const char *name,
                                const char *namespace_,
                                const char *first,
                                ...) G_GNUC_NULL_TERMINATED;
HS_AVAILABLE_IN_0_2
HsElement *hs_element_new_treev (const char *name,
                                 const char *namespace_,
                                 const char *const *attributes,
                                 const char *text,
                                 HsElement *const *children,
                                 gsize n_children);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_copy (HsElement *self);

HS_AVAILABLE_IN_ALL
HsElement *hs_element_add_child (HsElement *self, const char *name, const char *namespace_);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_add_text_child (HsElement *self,
                                      const char *name,
                                      const char *namespace_,
                                      const char *text);
HS_AVAILABLE_IN_ALL
void hs_element_append (HsElement *self, HsElement *element);
HS_AVAILABLE_IN_ALL
void hs_element_detach (HsElement *self);
HS_AVAILABLE_IN_ALL
void hs_element_set_attribute (HsElement *self, const char *name, const char *value);
HS_AVAILABLE_IN_ALL
void hs_element_set_attribute_ns (HsElement *self,
                                  const char *name,
                                  const char *namespace_,
                                  const char *value);
HS_AVAILABLE_IN_ALL
void hs_element_set_text (HsElement *self, const char *text);
HS_AVAILABLE_IN_ALL
void hs_element_append_text (HsElement *self, const char *text);

/* Reading */

HS_AVAILABLE_IN_ALL
const char *hs_element_get_name (HsElement *self);
HS_AVAILABLE_IN_ALL
const char *hs_element_get_namespace (HsElement *self);
HS_AVAILABLE_IN_ALL
const char *hs_element_get_attribute (HsElement *self, const char *name);
HS_AVAILABLE_IN_ALL
const char *hs_element_get_attribute_ns (HsElement *self,
                                         const char *name,
                                         const char *namespace_);
HS_AVAILABLE_IN_ALL
char **hs_element_get_attribute_names (HsElement *self);
HS_AVAILABLE_IN_ALL
const char *hs_element_get_text (HsElement *self);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_get_parent (HsElement *self);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_get_first_child (HsElement *self);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_get_next_sibling (HsElement *self);
HS_AVAILABLE_IN_ALL
HsElement *hs_element_get_child (HsElement *self, const char *name, const char *namespace_);
HS_AVAILABLE_IN_ALL
GPtrArray *hs_element_get_children (HsElement *self);
HS_AVAILABLE_IN_ALL
const char *hs_element_get_child_text (HsElement *self, const char *name, const char *namespace_);
HS_AVAILABLE_IN_ALL
const char *hs_element_get_child_attribute (HsElement *self,
                                            const char *name,
                                            const char *namespace_,
                                            const char *attribute);
HS_AVAILABLE_IN_ALL
gboolean hs_element_matches (HsElement *self, const char *name, const char *namespace_);
HS_AVAILABLE_IN_ALL
gboolean hs_element_equal (HsElement *self, HsElement *other);

/* Writing */

HS_AVAILABLE_IN_ALL
char *hs_element_to_string (HsElement *self);

G_END_DECLS
