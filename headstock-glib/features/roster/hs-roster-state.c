/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"
#include "hs-roster-reader-private.h"

#include "hs-error.h"
#include "hs-state-shared.h"

/* The state that a program saves: its form, the account, the version of the roster, and for each contact the address,
 * name, flags and groups. */

#define FORM 1
#define TYPE HS_ROSTER_READER_TYPE

/* The two lowest bits are the subscription. */
#define FLAG_SUBSCRIPTION 3
#define FLAG_ASKING (1 << 2)
#define FLAG_APPROVED (1 << 3)
#define ALL_FLAGS (FLAG_SUBSCRIPTION | FLAG_ASKING | FLAG_APPROVED)

/* How many bytes a contact takes in a state, roughly. */
#define ITEM_SIZE 64
/* How long contacts are collected in one turn of the main loop, and how many between two checks of the clock. */
#define SLICE_USEC 2000
#define BETWEEN_LOOKS 64
/* When contacts are removed meanwhile, the collecting begins again. After so many times, it is done in one turn. */
#define MAX_RESTARTS 5

/* The parts of a state, collected for the thread that writes it. */
typedef struct
{
  char *account;
  char *version;
  GPtrArray *items; /* HsRosterItem */
  guint generation; /* of the list when the collecting began */
  guint n_restarts;
} Collected;

static char *
dup_state_name (HsStateful *self)
{
  return g_strdup ("roster");
}

static void
add_item (GVariantBuilder *builder, HsRosterItem *item)
{
  guint8 flags = (guint8) (item->subscription | (item->is_asking ? FLAG_ASKING : 0)
                           | (item->is_approved ? FLAG_APPROVED : 0));

  g_variant_builder_add (builder, "(ssy^as)", hs_jid_to_string (item->jid),
                         item->name != NULL ? item->name : "", flags, item->groups);
}

static gboolean
has_state (HsRoster *self, char **account)
{
  *account = g_strdup (self->account);
  return self->is_loaded && *account != NULL;
}

static GVariant *
dup_state (HsStateful *stateful)
{
  HsRoster *self = HS_ROSTER (stateful);
  g_autofree char *account = NULL;
  GVariantBuilder builder;

  if (!has_state (self, &account))
    return NULL;
  hs_roster_list_flush (self->contacts.list);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssyas)"));
  for (guint i = 0; i < hs_roster_list_get_size (self->contacts.list); i++)
    add_item (&builder, hs_contact_get_item (hs_roster_list_peek (self->contacts.list, i)));
  return g_variant_ref_sink (
      g_variant_new (TYPE, FORM, account, self->version, &builder));
}

static gboolean
stage (HsRosterStaging *staging, const HsRosterRecord *record)
{
  g_autoptr (HsJid) jid = hs_jid_new (record->address, NULL);

  if (jid == NULL || (record->flags & ~ALL_FLAGS) != 0)
    return FALSE;
  hs_roster_staging_add (staging,
                         hs_roster_item_new (jid, record->name, record->groups,
                                             record->flags & FLAG_SUBSCRIPTION,
                                             (record->flags & FLAG_ASKING) != 0,
                                             (record->flags & FLAG_APPROVED) != 0));
  return TRUE;
}

/* Reads the items of a state. Runs in any thread; @state may be of any type. */
static gpointer
parse (GVariant *state, GError **error)
{
  g_autoptr (HsRosterStaging) staging = NULL;
  const char *account;
  HsRosterReader reader;
  HsRosterRecord record;
  gboolean is_valid = TRUE;

  if (!g_variant_is_of_type (state, G_VARIANT_TYPE (TYPE)))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_STATE, "The state is not one of a roster");
      return NULL;
    }
  staging = hs_roster_staging_new ();
  hs_roster_reader_init (&reader, state);
  while (is_valid && hs_roster_reader_next (&reader, &record))
    is_valid = stage (staging, &record);
  is_valid = is_valid && !reader.is_broken;
  hs_roster_reader_clear (&reader);
  if (is_valid)
    return g_steal_pointer (&staging);
  g_variant_get_child (state, 1, "&s", &account);
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE,
               "The state of the roster of %s is broken: an address or a flag is not valid", account);
  return NULL;
}

/* Replaces all contacts in one turn of the main loop. */
static void
replace (HsRoster *self, HsRosterStaging *staging, const char *version, gboolean is_loaded)
{
  hs_roster_contacts_merge (&self->contacts, staging);
  while (hs_roster_contacts_step (&self->contacts, G_MAXINT64) != HS_ROSTER_STEP_DONE)
    ;
  hs_roster_set_version (self, version);
  hs_roster_set_loaded (self, is_loaded);
}

/* Whether the roster can be restored now. It does not check the items. */
static gboolean
can_restore (HsRoster *self, GVariant *state, GError **error)
{
  const char *account;

  if (!hs_stateful_check_state (HS_STATEFUL (self), state, TYPE, FORM, self->client, error))
    return FALSE;
  if (!self->load.is_asked && self->contacts.merge == NULL)
    return TRUE;
  g_variant_get_child (state, 1, "&s", &account);
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE,
               "The roster of %s has been asked for already: a state is older", account);
  return FALSE;
}

static void
take_account (HsRoster *self, GVariant *state)
{
  g_free (self->account);
  g_variant_get_child (state, 1, "s", &self->account);
}

static char *
dup_version (GVariant *state)
{
  char *version;

  g_variant_get_child (state, 2, "ms", &version);
  return version;
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsRoster *self = HS_ROSTER (stateful);
  g_autoptr (HsRosterStaging) staging = NULL;
  g_autofree char *version = NULL;

  if (!hs_stateful_check_state (stateful, state, TYPE, FORM, self->client, error))
    return FALSE;
  staging = parse (state, error);
  if (staging == NULL || !can_restore (self, state, error))
    return FALSE;
  take_account (self, state);
  version = dup_version (state);
  replace (self, g_steal_pointer (&staging), version, TRUE);
  return TRUE;
}

/* ---- In parts ---- */

static gsize
get_size (HsStateful *stateful)
{
  return (gsize) hs_roster_list_get_size (HS_ROSTER (stateful)->contacts.list) * ITEM_SIZE;
}

static void
collected_clear (gpointer data)
{
  Collected *self = data;

  g_ptr_array_unref (self->items);
  g_free (self->account);
  g_free (self->version);
}

static void
collected_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, collected_clear);
}

/* Returns whether there is more to collect. Contacts that are changed or added meanwhile may be missed: the state has
 * the version of the beginning, so that the server sends these changes again. Only contacts that have moved in the list
 * must not be missed. */
static gboolean
collect_slice (HsRoster *self, Collected *collected)
{
  HsRosterList *list = self->contacts.list;
  gint64 deadline = g_get_monotonic_time () + SLICE_USEC;

  if (collected->generation != hs_roster_list_get_generation (list))
    {
      collected->generation = hs_roster_list_get_generation (list);
      g_ptr_array_set_size (collected->items, 0);
      collected->n_restarts++;
    }
  while (collected->items->len < hs_roster_list_get_size (list))
    {
      HsContact *contact = hs_roster_list_peek (list, collected->items->len);

      g_ptr_array_add (collected->items, hs_roster_item_ref (hs_contact_get_item (contact)));
      if (collected->items->len % BETWEEN_LOOKS == 0 && collected->n_restarts < MAX_RESTARTS
          && g_get_monotonic_time () >= deadline)
        return TRUE;
    }
  return FALSE;
}

static gboolean
collect_cb (gpointer user_data)
{
  GTask *task = user_data;
  Collected *collected = g_task_get_task_data (task);
  HsRoster *self = g_task_get_source_object (task);

  if (collect_slice (self, collected))
    return G_SOURCE_CONTINUE;
  /* From now on, only the thread owns the data, and frees it. */
  g_atomic_rc_box_acquire (collected);
  g_task_set_task_data (task, NULL, NULL);
  g_task_return_pointer (task, collected, collected_unref);
  return G_SOURCE_REMOVE;
}

static void
collect (HsStateful *stateful, GTask *task)
{
  HsRoster *self = HS_ROSTER (stateful);
  g_autofree char *account = NULL;
  g_autoptr (GSource) source = NULL;
  Collected *collected;

  if (!has_state (self, &account))
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  hs_roster_list_flush (self->contacts.list);
  collected = g_atomic_rc_box_new0 (Collected);
  collected->account = g_steal_pointer (&account);
  collected->version = g_strdup (self->version);
  collected->items = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_roster_item_unref);
  collected->generation = hs_roster_list_get_generation (self->contacts.list);
  g_task_set_task_data (task, collected, collected_unref);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, collect_cb, g_object_ref (task), g_object_unref);
  g_source_set_static_name (source, "[headstock] roster state");
  g_source_attach (source, g_task_get_context (task));
}

static GVariant *
build (gpointer data)
{
  Collected *collected = data;
  GVariantBuilder builder;
  GVariant *state;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssyas)"));
  for (guint i = 0; i < collected->items->len; i++)
    add_item (&builder, collected->items->pdata[i]);
  state = g_variant_ref_sink (
      g_variant_new (TYPE, FORM, collected->account, collected->version, &builder));
  g_variant_get_data (state);
  collected_unref (collected);
  return state;
}

static void
adopt (HsStateful *stateful, GVariant *state, gpointer parsed, GTask *task)
{
  HsRoster *self = HS_ROSTER (stateful);
  g_autoptr (HsRosterStaging) staging = parsed;
  g_autofree char *version = NULL;
  GError *error = NULL;

  if (!can_restore (self, state, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  take_account (self, state);
  version = dup_version (state);
  hs_roster_load_restore (self, g_steal_pointer (&staging), version, task);
}

static const HsStateParts parts = {
  .get_size = get_size,
  .collect = collect,
  .build = build,
  .parse = parse,
  .free_parsed = (GDestroyNotify) hs_roster_staging_free,
  .adopt = adopt,
};

void
hs_roster_state_init_class (GType type)
{
  hs_state_parts_set (type, &parts);
}

void
hs_roster_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_state_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}

static gboolean
is_own_account (HsRoster *self)
{
  return hs_stateful_check_account (HS_STATEFUL (self), self->account, self->client);
}

void
hs_roster_check_account (HsRoster *self)
{
  /* A roster that is still being restored is finished first, and then checked. */
  hs_roster_load_finish (self);
  if (!self->is_loaded || is_own_account (self))
    return;
  if (self->contacts.merge == NULL)
    replace (self, hs_roster_staging_new (), NULL, FALSE);
  g_ptr_array_unref (hs_roster_list_replace (self->requests, g_ptr_array_new_with_free_func (g_object_unref)));
  g_clear_pointer (&self->account, g_free);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

void
hs_roster_leave_other_account (HsRoster *self)
{
  if (self->account != NULL && !is_own_account (self))
    hs_roster_check_account (self);
}
