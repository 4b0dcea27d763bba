/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-stateful.h"

#include "hs-component.h"
#include "hs-error.h"
#include "hs-printable.h"

/**
 * HsStateful:
 *
 * An object with a state that can be saved and restored in another run of the program.
 *
 * Modules such as a roster implement it. A program gives them to a [class@StateFolder], or saves
 * [method@Stateful.dup_state] itself wherever it likes, for example in its database.
 *
 * A state is a `GVariant` of a tuple `(u version, s account, ...)`: the version of its format, which the class
 * chooses, the bare JID of the account, and what the class adds. A state of another account, of a version
 * that the class does not know, or a broken one is refused with %HS_ERROR_INVALID_STATE and changes nothing.
 *
 * A module can be given its state before it is registered with a client, and so before it knows its account.
 * It then compares the accounts when it is attached, drops the state of another account, and emits
 * [signal@Stateful::state-changed]. [method@Stateful.check_state] and [method@Stateful.check_account] compare the
 * accounts.
 *
 * ```python
 * class Counter(GObject.Object, Headstock.Stateful):
 *     def __init__(self, client):
 *         super().__init__()
 *         self.client = client
 *         self.count = 0
 *
 *     def do_dup_state_name(self):
 *         return "counter"
 *
 *     def do_dup_state(self):
 *         return GLib.Variant("(usi)", (1, self.dup_account(self.client), self.count))
 *
 *     def do_restore_state(self, state):
 *         self.check_state(state, "(usi)", 1, self.client)
 *         self.count = state[2]
 *         return True
 *
 *     def increase(self):
 *         self.count += 1
 *         self.emit_changed()
 * ```
 *
 * Since: 0.2
 */

enum
{
  SIGNAL_STATE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (HsStateful, hs_stateful, G_TYPE_OBJECT)

static void
hs_stateful_default_init (HsStatefulInterface *iface)
{
  /**
   * HsStateful::state-changed:
   * @self: an object with a state
   *
   * Emitted when [method@Stateful.dup_state] would return another state than before.
   *
   * It may be emitted often: collect several changes before you ask for the state.
   *
   * Since: 0.2
   */
  signals[SIGNAL_STATE_CHANGED] = g_signal_new ("state-changed", HS_TYPE_STATEFUL, G_SIGNAL_RUN_LAST,
                                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static gboolean
refuse_state (HsStateful *self, const char *what, GError **error)
{
  g_autofree char *name = hs_stateful_dup_state_name (self);
  g_autofree char *printable = hs_printable (name != NULL ? name : "", HS_PRINTABLE_NAME);

  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE, "The state of \"%s\" %s", printable, what);
  return FALSE;
}

/**
 * hs_stateful_dup_state_name:
 * @self: an object with a state
 *
 * Gets the name under which the state is kept, such as `roster`.
 *
 * The name is the same for all objects of a class. It has 1 to 64 letters, digits, `-`, `_` and `.` of ASCII, and does
 * not begin with a dot: it is the name of a file in a [class@StateFolder].
 *
 * Returns: (transfer full): the name
 *
 * Since: 0.2
 */
char *
hs_stateful_dup_state_name (HsStateful *self)
{
  HsStatefulInterface *iface;

  g_return_val_if_fail (HS_IS_STATEFUL (self), NULL);

  iface = HS_STATEFUL_GET_IFACE (self);
  g_return_val_if_fail (iface->dup_state_name != NULL, NULL);
  return iface->dup_state_name (self);
}

/**
 * hs_stateful_dup_state:
 * @self: an object with a state
 *
 * Gets the present state.
 *
 * The state is private. A program that saves it itself must make sure that no other user can read it.
 *
 * Returns: (transfer full) (nullable): the state, `(u version, s account, ...)`, or %NULL if there is nothing to keep:
 *   delete an earlier state then
 *
 * Since: 0.2
 */
GVariant *
hs_stateful_dup_state (HsStateful *self)
{
  HsStatefulInterface *iface;
  GVariant *state;

  g_return_val_if_fail (HS_IS_STATEFUL (self), NULL);

  iface = HS_STATEFUL_GET_IFACE (self);
  g_return_val_if_fail (iface->dup_state != NULL, NULL);
  state = iface->dup_state (self);
  return state != NULL ? g_variant_take_ref (state) : NULL;
}

/**
 * hs_stateful_restore_state:
 * @self: an object with a state
 * @state: a state from [method@Stateful.dup_state] in another run
 * @error: return location for an error
 *
 * Gives an object the state that it had in another run.
 *
 * Call it before the client is started. A module may be given its state before it is registered. It then drops
 * the state when it is registered with a client of another account.
 *
 * Errors: %HS_ERROR_INVALID_STATE if @state belongs to another account, has a format that this version of the
 * library does not know, or is broken. The object is unchanged then.
 *
 * Returns: true if the object has taken the state
 *
 * Since: 0.2
 */
gboolean
hs_stateful_restore_state (HsStateful *self, GVariant *state, GError **error)
{
  HsStatefulInterface *iface;
  GError *reason = NULL;

  g_return_val_if_fail (HS_IS_STATEFUL (self), FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  iface = HS_STATEFUL_GET_IFACE (self);
  g_return_val_if_fail (iface->restore_state != NULL, FALSE);
  if (iface->restore_state (self, state, &reason))
    {
      g_clear_error (&reason);
      return TRUE;
    }
  /* An implementation in another language can return false without an error. */
  if (reason == NULL)
    return refuse_state (self, "was refused", error);
  g_propagate_error (error, reason);
  return FALSE;
}

/**
 * hs_stateful_emit_changed:
 * @self: an object with a state
 *
 * Emits [signal@Stateful::state-changed]: for the class that implements the interface.
 *
 * Since: 0.2
 */
void
hs_stateful_emit_changed (HsStateful *self)
{
  g_return_if_fail (HS_IS_STATEFUL (self));

  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

/**
 * hs_stateful_check_state:
 * @self: an object with a state
 * @state: the state to check
 * @type_string: (nullable): the type of states of this version; %NULL for any type that begins with `(us`
 * @version: the version of states that the class writes and reads
 * @client: (nullable): the client whose account the state must belong to; %NULL if the object is not registered yet
 * @error: return location for an error
 *
 * Checks version, account and type of a state: for `restore_state` of the class that implements the interface.
 *
 * A class that reads several versions calls this for each version in turn. The class itself checks what the type does
 * not say, such as whether a text is an address. The check takes the same time for a large state as for a small one.
 *
 * Errors: %HS_ERROR_INVALID_STATE.
 *
 * Returns: true if the state can be taken
 *
 * Since: 0.2
 */
gboolean
hs_stateful_check_state (HsStateful *self,
                         GVariant *state,
                         const char *type_string,
                         guint version,
                         HsClient *client,
                         GError **error)
{
  const char *account;
  guint32 found;

  g_return_val_if_fail (HS_IS_STATEFUL (self), FALSE);
  g_return_val_if_fail (state != NULL, FALSE);
  g_return_val_if_fail (type_string == NULL || g_variant_type_string_is_valid (type_string), FALSE);
  g_return_val_if_fail (client == NULL || HS_IS_CLIENT (client), FALSE);

  /* The version comes first: what follows it may be of another type in another version. */
  if (!g_str_has_prefix (g_variant_get_type_string (state), "(us"))
    return refuse_state (self, "is not a state", error);
  g_variant_get_child (state, 0, "u", &found);
  if (found != version)
    return refuse_state (self, "has a format that this version of the library does not know", error);
  if (type_string != NULL && !g_variant_is_of_type (state, G_VARIANT_TYPE (type_string)))
    return refuse_state (self, "is broken: its parts have other types", error);
  g_variant_get_child (state, 1, "&s", &account);
  if (!hs_stateful_check_account (self, account, client))
    return refuse_state (self, "belongs to another account", error);
  return TRUE;
}

/**
 * hs_stateful_check_account:
 * @self: an object with a state
 * @account: (nullable): the account of a state that the object has taken
 * @client: (nullable): the client that the object is registered with, or %NULL
 *
 * Whether a state belongs to the account of a client: for a module that is attached after it took a state.
 *
 * Without a client, any bare JID is an account.
 *
 * Returns: true if the account is the client's
 *
 * Since: 0.2
 */
gboolean
hs_stateful_check_account (HsStateful *self, const char *account, HsClient *client)
{
  g_autoptr (HsJid) jid = NULL;
  g_autofree char *own = NULL;

  g_return_val_if_fail (HS_IS_STATEFUL (self), FALSE);
  g_return_val_if_fail (client == NULL || HS_IS_CLIENT (client), FALSE);

  jid = account != NULL ? hs_jid_new (account, NULL) : NULL;
  if (jid == NULL || !hs_jid_is_bare (jid))
    return FALSE;
  if (client == NULL)
    return TRUE;
  own = hs_stateful_dup_account (self, client);
  return g_strcmp0 (own, hs_jid_to_string (jid)) == 0;
}

/**
 * hs_stateful_dup_account:
 * @self: an object with a state
 * @client: (nullable): the client that the object is registered with, or %NULL
 *
 * Gets the account to write into a state: the bare form of [property@Client:jid], or the domain of a component.
 *
 * Returns: (transfer full) (nullable): the account, or %NULL if it is not known: there is no client, its address is
 *   not valid, or the server has not yet named an anonymous account
 *
 * Since: 0.2
 */
char *
hs_stateful_dup_account (HsStateful *self, HsClient *client)
{
  g_autoptr (HsJid) bare = NULL;
  HsJid *jid;

  g_return_val_if_fail (HS_IS_STATEFUL (self), NULL);
  g_return_val_if_fail (client == NULL || HS_IS_CLIENT (client), NULL);

  jid = client != NULL ? hs_client_get_jid (client) : NULL;
  /* The server names an account that signs in without a local part (XEP-0175), each time anew. */
  if (jid != NULL && hs_jid_get_local (jid) == NULL && !HS_IS_COMPONENT (client))
    jid = hs_client_get_bound_jid (client);
  if (jid == NULL)
    return NULL;
  bare = hs_jid_get_bare (jid);
  return g_strdup (hs_jid_to_string (bare));
}
