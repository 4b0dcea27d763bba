/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-private.h"

#include "hs-namespaces.h"

/* Writes a query as XML: the form (XEP-0313, 4.1) and the page (XEP-0059). */

static HsElement *
add_field (HsElement *form, const char *name)
{
  HsElement *field = hs_element_add_child (form, "field", HS_NS_DATA);

  hs_element_set_attribute (field, "var", name);
  return field;
}

static void
add_value (HsElement *form, const char *name, const char *value)
{
  if (value != NULL)
    hs_element_add_text_child (add_field (form, name), "value", HS_NS_DATA, value);
}

/* Writes a time in the format of XEP-0082, 3.2. */
static void
add_time (HsElement *form, const char *name, GDateTime *time)
{
  g_autoptr (GDateTime) utc = time != NULL ? g_date_time_to_utc (time) : NULL;
  g_autofree char *text = NULL;

  if (utc == NULL)
    return;
  text = g_date_time_format (utc, g_date_time_get_microsecond (utc) != 0 ? "%Y-%m-%dT%H:%M:%S.%fZ"
                                                                          : "%Y-%m-%dT%H:%M:%SZ");
  add_value (form, name, text);
}

static void
add_ids (HsElement *form, const char * const *ids)
{
  HsElement *field;

  if (ids == NULL)
    return;
  field = add_field (form, "ids");
  for (; *ids != NULL; ids++)
    hs_element_add_text_child (field, "value", HS_NS_DATA, *ids);
}

static gboolean
has_fields (HsArchiveQuery *query)
{
  return query->with != NULL || query->start != NULL || query->end != NULL || query->before_id != NULL
         || query->after_id != NULL || query->ids != NULL || query->text != NULL;
}

static void
add_form (HsElement *payload, HsArchiveQuery *query, const HsArchiveAbility *ability)
{
  HsElement *form;

  if (!has_fields (query))
    return;
  form = hs_element_add_child (payload, "x", HS_NS_DATA);
  hs_element_set_attribute (form, "type", "submit");
  add_value (form, "FORM_TYPE", HS_NS_MAM);
  hs_element_set_attribute (hs_element_get_first_child (form), "type", "hidden");
  add_value (form, "with", query->with);
  add_time (form, "start", query->start);
  add_time (form, "end", query->end);
  add_value (form, "before-id", query->before_id);
  add_value (form, "after-id", query->after_id);
  add_ids (form, (const char * const *) query->ids);
  if (query->text != NULL)
    add_value (form, ability->text_field, query->text);
}

static void
add_page (HsElement *payload, HsArchiveAsk *ask)
{
  HsArchiveQuery *query = ask->page->query;
  HsElement *set = hs_element_add_child (payload, "set", HS_NS_RSM);
  guint n_again = hs_archive_page_count_again (ask->page);
  g_autofree char *max = g_strdup_printf ("%u", query->page_size + n_again);
  const char *end = ask->previous != NULL ? hs_archive_page_get_end (ask->previous) : NULL;
  g_autofree char *beside = n_again > 0 ? hs_archive_dup_id_beside (end, query->is_backwards ? 1 : -1) : g_strdup (end);

  hs_element_add_text_child (set, "max", HS_NS_RSM, max);
  if (query->is_backwards)
    hs_element_add_text_child (set, "before", HS_NS_RSM, end != NULL ? beside : "");
  else if (end != NULL)
    hs_element_add_text_child (set, "after", HS_NS_RSM, beside);
}

HsElement *
hs_archive_make_query (HsArchiveAsk *ask, const HsArchiveAbility *ability)
{
  HsElement *payload = hs_element_new ("query", HS_NS_MAM);

  hs_element_set_attribute (payload, "queryid", ask->query_id);
  add_form (payload, ask->page->query, ability);
  add_page (payload, ask);
  if (ask->is_flipped)
    hs_element_add_child (payload, "flip-page", HS_NS_MAM);
  return payload;
}

const char *
hs_archive_find_missing (HsArchiveQuery *query, const HsArchiveAbility *ability)
{
  if (query->text != NULL && ability->text_field == NULL)
    return "text";
  if (ability->is_extended)
    return NULL;
  if (query->before_id != NULL)
    return "before-id";
  if (query->after_id != NULL)
    return "after-id";
  return query->ids != NULL ? "ids" : NULL;
}
