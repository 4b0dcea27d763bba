/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-jid.h"

#include <string.h>

#include "hs-error.h"
#include "hs-idna-private.h"
#include "hs-jid-private.h"
#include "hs-precis-private.h"
#include "hs-printable.h"

/**
 * HsJid:
 *
 * The address of an entity on an XMPP network (RFC 7622): `localpart@domainpart/resourcepart`.
 *
 * Only the domainpart is always there. Without a resourcepart it is a bare JID, with one a full
 * JID.
 *
 * An address is prepared and checked when it is parsed, and is immutable afterwards, so that two
 * addresses are the same if and only if their strings are:
 *
 *  - the localpart by the UsernameCaseMapped profile (RFC 8265, 3.3): fullwidth and halfwidth
 *    characters mapped, in lower case, NFC; without `"&'/:<>@`;
 *  - the domainpart in U-labels (RFC 7622, 3.2; IDNA2008), in lower case, NFC, without a trailing
 *    dot; or an IPv4 address, or an IPv6 address in brackets and in its canonical form. Underscores
 *    are taken in ASCII labels: RFC 7622 does not have them, but there are servers of such names;
 *  - the resourcepart by the OpaqueString profile (RFC 8265, 4.2): spaces of all kinds become
 *    U+0020, NFC; upper case stays, and so do spaces at the start and the end.
 *
 * Each part is 1 to 1,023 octets of UTF-8, each label of the domainpart 63 at most in ASCII form,
 * unless it is all there is of a name that is not for the DNS.
 *
 * A JID may be used from any thread.
 *
 * ```python
 * jid = Headstock.Jid.new("juliet@example.org/balcony")
 * print(jid.get_local(), jid.get_domain(), jid.get_resource())
 * print(jid.get_bare() == "juliet@example.org")
 * ```
 */

/* A JID is one block of memory: this struct, the whole string, and then the parts that are not a suffix of the whole
 * string. */
struct _HsJid
{
  gatomicrefcount ref_count;
  guint hash; /* 0: not computed yet; atomic */
  guint16 length;
  guint16 local;  /* offset into string; NO_PART */
  guint16 domain; /* offset into string */
  guint16 resource;
  char string[];
};

#define NO_PART G_MAXUINT16

/* The longest part of an address that an error message shows, in octets. */
#define MAX_QUOTED 80

/* A JID that is longer than this has at least one part that is longer than HS_PRECIS_MAX_INPUT, and is refused. */
#define MAX_STRING (3 * HS_PRECIS_MAX_INPUT + 2)

typedef struct
{
  const char *start; /* NULL: there is no such part */
  gsize length;
} Part;

typedef char *(*PrepareFunc) (const char *string, gsize length, GError **error);

G_DEFINE_BOXED_TYPE (HsJid, hs_jid, hs_jid_ref, hs_jid_unref)

static char *
append_part (char *end, const Part *part)
{
  memcpy (end, part->start, part->length);
  return end + part->length;
}

/* The parts are prepared. */
static HsJid *
new_from_prepared (const Part *local, const Part *domain, const Part *resource)
{
  gsize length = domain->length;
  gsize size = 0;
  gsize more = 0;
  HsJid *self = NULL;
  char *end = NULL;

  if (local->start != NULL)
    {
      length += local->length + 1;
      more += local->length + 1;
    }
  if (resource->start != NULL)
    {
      length += resource->length + 1;
      more += domain->length + 1;
    }
  size = G_STRUCT_OFFSET (HsJid, string) + length + 1 + more;
  self = g_malloc (MAX (size, sizeof (HsJid)));
  g_atomic_ref_count_init (&self->ref_count);
  self->hash = 0;
  self->length = (guint16) length;
  self->local = NO_PART;
  self->domain = 0;
  self->resource = NO_PART;

  end = self->string;
  if (local->start != NULL)
    {
      end = append_part (end, local);
      *end++ = '@';
      self->domain = (guint16) (end - self->string);
    }
  end = append_part (end, domain);
  if (resource->start != NULL)
    {
      *end++ = '/';
      self->resource = (guint16) (end - self->string);
      end = append_part (end, resource);
    }
  *end++ = '\0';

  if (resource->start != NULL)
    {
      self->domain = (guint16) (end - self->string);
      end = append_part (end, domain);
      *end++ = '\0';
    }
  if (local->start != NULL)
    {
      self->local = (guint16) (end - self->string);
      end = append_part (end, local);
      *end++ = '\0';
    }

  return self;
}

/* Replaces what @part points to by its prepared form, which is kept in @store. */
static gboolean
prepare_part (Part *part, PrepareFunc prepare, const char *name, char **store, GError **error)
{
  *store = prepare (part->start, part->length, error);
  if (*store == NULL)
    {
      g_prefix_error (error, "the %s ", name);
      return FALSE;
    }
  part->start = *store;
  part->length = strlen (*store);

  return TRUE;
}

static HsJid *
new_from_raw (Part *local, Part *domain, Part *resource, GError **error)
{
  g_autofree char *local_store = NULL;
  g_autofree char *domain_store = NULL;
  g_autofree char *resource_store = NULL;

  if (!hs_idna_is_plain (domain->start, domain->length)
      && !prepare_part (domain, hs_idna_prepare_domain, "domainpart", &domain_store, error))
    return NULL;
  if (local->start != NULL && !hs_precis_is_plain_local (local->start, local->length)
      && !prepare_part (local, hs_precis_prepare_local, "localpart", &local_store, error))
    return NULL;
  if (resource->start != NULL && !hs_precis_is_plain_opaque (resource->start, resource->length)
      && !prepare_part (resource, hs_precis_prepare_opaque, "resourcepart", &resource_store, error))
    return NULL;

  return new_from_prepared (local, domain, resource);
}

static void
prefix_error (GError **error, const char *string)
{
  g_autofree char *quoted = NULL;

  if (error == NULL || *error == NULL)
    return;
  quoted = hs_printable (string, MAX_QUOTED);
  g_prefix_error (error, "“%s” is not a JID: ", quoted);
}

static void
split (const char *string, gsize length, Part *local, Part *domain, Part *resource)
{
  const char *slash = memchr (string, '/', length);
  gsize rest = slash != NULL ? (gsize) (slash - string) : length;
  const char *at = memchr (string, '@', rest);

  *local = (Part){ NULL, 0 };
  *domain = (Part){ string, rest };
  *resource = (Part){ NULL, 0 };
  if (slash != NULL)
    *resource = (Part){ slash + 1, length - rest - 1 };
  if (at != NULL)
    {
      *local = (Part){ string, (gsize) (at - string) };
      *domain = (Part){ at + 1, rest - local->length - 1 };
    }
}

/**
 * hs_jid_new:
 * @string: an address
 * @error: return location for an error, or %NULL
 *
 * Parses and prepares an address.
 *
 * It is split as RFC 7622, 3.1 says: the resourcepart is what follows the first `/`, the localpart
 * what comes before the first `@` of the rest.
 *
 * ```c
 * g_autoptr (HsJid) jid = hs_jid_new ("romeo@example.org/orchard", &error);
 *
 * if (jid == NULL)
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: (transfer full): a new JID, or %NULL if @string is not a valid JID; then @error is set to
 *   %HS_ERROR_INVALID_JID, and its message names the part and what is wrong with it
 */
HsJid *
hs_jid_new (const char *string, GError **error)
{
  HsJid *self = NULL;
  Part local, domain, resource;
  gsize length = 0;

  g_return_val_if_fail (string != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  length = strlen (string);
  if (length > MAX_STRING)
    g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID, "it is too long");
  else
    {
      split (string, length, &local, &domain, &resource);
      self = new_from_raw (&local, &domain, &resource, error);
    }
  if (self == NULL)
    prefix_error (error, string);

  return self;
}

gboolean
hs_jid_check (const char *string, GError **error)
{
  g_autoptr (HsJid) jid = NULL;
  gsize length = strlen (string);
  Part local, domain, resource;

  if (length <= MAX_STRING)
    {
      split (string, length, &local, &domain, &resource);
      if (hs_idna_is_plain (domain.start, domain.length)
          && (local.start == NULL || hs_precis_is_plain_local (local.start, local.length))
          && (resource.start == NULL || hs_precis_is_plain_opaque (resource.start, resource.length)))
        return TRUE;
    }
  jid = hs_jid_new (string, error);
  return jid != NULL;
}

/**
 * hs_jid_new_from_parts:
 * @local: (nullable): the localpart, or %NULL for none
 * @domain: the domainpart
 * @resource: (nullable): the resourcepart, or %NULL for none
 * @error: return location for an error, or %NULL
 *
 * Makes an address out of its parts, which are prepared like those of [ctor@Headstock.Jid.new].
 *
 * A part is taken as it is: an `@` in @local is an error, and so is an empty string for any of
 * them. What a person typed as a user's name may want [func@Headstock.Jid.escape_local].
 *
 * ```python
 * jid = Headstock.Jid.new_from_parts("romeo", "montague.example", "phone")
 * print(jid)  # romeo@montague.example/phone
 * ```
 *
 * Returns: (transfer full): a new JID, or %NULL if the parts make none; then @error is set to
 *   %HS_ERROR_INVALID_JID, and its message names the part and what is wrong with it
 */
HsJid *
hs_jid_new_from_parts (const char *local, const char *domain, const char *resource, GError **error)
{
  HsJid *self = NULL;
  Part local_part = { local, 0 };
  Part domain_part = { domain, 0 };
  Part resource_part = { resource, 0 };

  g_return_val_if_fail (domain != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  domain_part.length = strlen (domain);
  if (local != NULL)
    local_part.length = strlen (local);
  if (resource != NULL)
    resource_part.length = strlen (resource);

  self = new_from_raw (&local_part, &domain_part, &resource_part, error);
  if (self == NULL && error != NULL)
    {
      g_autofree char *string = g_strconcat (local != NULL ? local : "", local != NULL ? "@" : "",
                                             domain, resource != NULL ? "/" : "", resource, NULL);

      prefix_error (error, string);
    }

  return self;
}

/**
 * hs_jid_ref:
 * @self: a JID
 *
 * Takes another reference.
 *
 * Returns: (transfer full): @self
 */
HsJid *
hs_jid_ref (HsJid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * hs_jid_unref:
 * @self: (transfer full): a JID
 *
 * Gives a reference back; with the last one the JID is freed.
 */
void
hs_jid_unref (HsJid *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * hs_jid_get_local:
 * @self: a JID
 *
 * Gets the localpart, prepared: what comes before the `@` (RFC 7622, 3.3).
 *
 * Returns: (nullable) (transfer none): the localpart, or %NULL if there is none
 */
const char *
hs_jid_get_local (HsJid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->local != NO_PART ? self->string + self->local : NULL;
}

/**
 * hs_jid_get_domain:
 * @self: a JID
 *
 * Gets the domainpart, prepared, in U-labels (RFC 7622, 3.2); an IPv6 address is in brackets.
 *
 * Returns: (transfer none): the domainpart
 */
const char *
hs_jid_get_domain (HsJid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->string + self->domain;
}

/**
 * hs_jid_get_resource:
 * @self: a JID
 *
 * Gets the resourcepart, prepared: what follows the first `/` (RFC 7622, 3.4).
 *
 * It was chosen by a peer, in a room by any occupant, and may hold `/`, `..` and spaces: do not use
 * it as the name of a file.
 *
 * Returns: (nullable) (transfer none): the resourcepart, or %NULL if this is a bare JID
 */
const char *
hs_jid_get_resource (HsJid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->resource != NO_PART ? self->string + self->resource : NULL;
}

/**
 * hs_jid_to_string:
 * @self: a JID
 *
 * Gets the whole address, prepared, as it is sent.
 *
 * Returns: (transfer none): the address; it lives as long as @self
 */
const char *
hs_jid_to_string (HsJid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->string;
}

/**
 * hs_jid_is_bare:
 * @self: a JID
 *
 * Tells whether this is a bare JID: one without a resourcepart (RFC 6120, 1.4).
 *
 * Returns: %TRUE if there is no resourcepart
 */
gboolean
hs_jid_is_bare (HsJid *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->resource == NO_PART;
}

static Part
get_part (HsJid *self, guint16 offset)
{
  const char *start = offset != NO_PART ? self->string + offset : NULL;

  return (Part){ start, start != NULL ? strlen (start) : 0 };
}

/**
 * hs_jid_get_bare:
 * @self: a JID
 *
 * Gets the address without its resourcepart.
 *
 * ```python
 * print(Headstock.Jid("romeo@montague.example/phone").get_bare())  # romeo@montague.example
 * ```
 *
 * Returns: (transfer full): the bare JID; @self with another reference if it is bare already
 */
HsJid *
hs_jid_get_bare (HsJid *self)
{
  Part local, domain, none = { NULL, 0 };

  g_return_val_if_fail (self != NULL, NULL);

  if (self->resource == NO_PART)
    return hs_jid_ref (self);

  local = get_part (self, self->local);
  domain = get_part (self, self->domain);
  return new_from_prepared (&local, &domain, &none);
}

/**
 * hs_jid_with_resource:
 * @self: a JID
 * @resource: (nullable): a resourcepart, or %NULL for none
 * @error: return location for an error, or %NULL
 *
 * Makes an address with another resourcepart, which is prepared (RFC 7622, 3.4).
 *
 * ```python
 * occupant = Headstock.Jid("balcony@rooms.example.org").with_resource("Juliet")
 * ```
 *
 * Returns: (transfer full): a JID with the localpart and domainpart of @self and with @resource, or
 *   %NULL if @resource is none; then @error is set to %HS_ERROR_INVALID_JID
 */
HsJid *
hs_jid_with_resource (HsJid *self, const char *resource, GError **error)
{
  Part local, domain;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (resource == NULL)
    return hs_jid_get_bare (self);

  local = get_part (self, self->local);
  domain = get_part (self, self->domain);
  return hs_jid_new_from_parts (local.start, domain.start, resource, error);
}

/**
 * hs_jid_equal:
 * @a: (type HsJid): a JID
 * @b: (type HsJid): another JID
 *
 * Tells whether two JIDs are the same, all of their parts (RFC 7622, 4). Can be used as a
 * #GEqualFunc.
 *
 * Returns: %TRUE if they are the same
 */
gboolean
hs_jid_equal (gconstpointer a, gconstpointer b)
{
  const HsJid *first = a;
  const HsJid *second = b;

  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return first == second
         || (first->length == second->length
             && memcmp (first->string, second->string, first->length) == 0);
}

/**
 * hs_jid_hash:
 * @jid: (type HsJid): a JID
 *
 * Computes a hash value of all parts. Can be used as a #GHashFunc.
 *
 * Returns: a hash value; the same for JIDs that are [method@Headstock.Jid.equal]
 */
guint
hs_jid_hash (gconstpointer jid)
{
  HsJid *self = (HsJid *) jid;
  guint hash = 0;

  g_return_val_if_fail (jid != NULL, 0);

  hash = (guint) g_atomic_int_get ((gint *) &self->hash);
  if (hash != 0)
    return hash;

  /* FNV-1a, then stirred so that the low bits, which GHashTable takes, depend on all octets. */
  hash = 2166136261u;
  for (guint i = 0; i < self->length; i++)
    hash = (hash ^ (guchar) self->string[i]) * 16777619u;
  hash = (hash ^ (hash >> 16)) * 0x85EBCA6Bu;
  hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
  hash ^= hash >> 16;
  if (hash == 0)
    hash = 1;
  g_atomic_int_set ((gint *) &self->hash, (gint) hash);

  return hash;
}

/* NULL comes first. */
static int
compare_parts (const HsJid *a, guint16 a_part, const HsJid *b, guint16 b_part)
{
  int result = 0;

  if (a_part == NO_PART || b_part == NO_PART)
    return (a_part != NO_PART) - (b_part != NO_PART);
  result = strcmp (a->string + a_part, b->string + b_part);

  return (result > 0) - (result < 0);
}

/**
 * hs_jid_compare:
 * @a: (type HsJid): a JID
 * @b: (type HsJid): another JID
 *
 * Compares two JIDs for sorting: by domainpart, then by localpart, then by resourcepart.
 *
 * Each is compared by code points, no locale has a say, and a part that is not there comes before
 * any that is. Can be used as a #GCompareFunc.
 *
 * Returns: -1 if @a comes before @b, 1 if after, 0 if they are the same
 */
int
hs_jid_compare (gconstpointer a, gconstpointer b)
{
  const HsJid *first = a;
  const HsJid *second = b;
  int result = 0;

  g_return_val_if_fail (a != NULL, 0);
  g_return_val_if_fail (b != NULL, 0);

  result = compare_parts (first, first->domain, second, second->domain);
  if (result == 0)
    result = compare_parts (first, first->local, second, second->local);
  if (result == 0)
    result = compare_parts (first, first->resource, second, second->resource);

  return result;
}
