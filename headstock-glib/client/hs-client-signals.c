/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-signals.h"

#include "hs-client.h"
#include "hs-enum-types.h"
#include "hs-iq.h"
#include "hs-message.h"
#include "hs-module.h"
#include "hs-presence.h"

/* The signals of a client, and their documentation. */

guint hs_client_signals[N_SIGNALS];

static gboolean
first_true (GSignalInvocationHint *hint, GValue *result, const GValue *value, gpointer data)
{
  gboolean handled = g_value_get_boolean (value);

  g_value_set_boolean (result, handled);
  return !handled;
}

/* Lifecycle signals have no class slots: in Python, a subclass that is a module as well would find
 * do_ready ambiguous. */
static guint
new_signal (const char *name,
            GSignalFlags flags,
            GSignalAccumulator accumulator,
            GType return_type,
            guint n_params,
            ...)
{
  va_list args;
  guint id;

  va_start (args, n_params);
  id = g_signal_new_valist (name, HS_TYPE_CLIENT, G_SIGNAL_RUN_LAST | flags, NULL, accumulator,
                            NULL, NULL, return_type, n_params, args);
  va_end (args);
  return id;
}

static void
install_connection_signals (void)
{
  /**
   * HsClient::connecting:
   * @self: the client
   *
   * Emitted when a connection is about to be made.
   */
  hs_client_signals[SIGNAL_CONNECTING]
      = new_signal ("connecting", 0, NULL, G_TYPE_NONE, 0);

  /**
   * HsClient::connected:
   * @self: the client
   *
   * Emitted when a TCP connection stands.
   */
  hs_client_signals[SIGNAL_CONNECTED] = new_signal ("connected", 0, NULL, G_TYPE_NONE, 0);

  /**
   * HsClient::secured:
   * @self: the client
   * @certificate: the server's certificate
   *
   * Emitted when the connection is under TLS.
   */
  hs_client_signals[SIGNAL_SECURED]
      = new_signal ("secured", 0, NULL, G_TYPE_NONE, 1, G_TYPE_TLS_CERTIFICATE);

  /**
   * HsClient::authenticated:
   * @self: the client
   * @mechanism: the name of the SASL mechanism
   *
   * Emitted when the client has signed in.
   */
  hs_client_signals[SIGNAL_AUTHENTICATED]
      = new_signal ("authenticated", 0, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
install_session_signals (void)
{
  /**
   * HsClient::ready:
   * @self: the client
   *
   * Emitted when a new session stands and stanzas may be sent. The roster has been asked for and the
   * initial presence sent, where the properties say so; their answers have not come.
   */
  hs_client_signals[SIGNAL_READY] = new_signal ("ready", 0, NULL, G_TYPE_NONE, 0);

  /**
   * HsClient::resumed:
   * @self: the client
   *
   * Emitted in place of [signal@Client::ready] when an interrupted session goes on (XEP-0198).
   */
  hs_client_signals[SIGNAL_RESUMED] = new_signal ("resumed", 0, NULL, G_TYPE_NONE, 0);

  /**
   * HsClient::disconnected:
   * @self: the client
   * @error: (nullable): why, or %NULL if the client itself closed the stream
   * @retry_in_msec: when the next connection is made, in milliseconds, or -1 for never
   *
   * Emitted when a connection has ended, or could not be made.
   */
  hs_client_signals[SIGNAL_DISCONNECTED]
      = new_signal ("disconnected", 0, NULL, G_TYPE_NONE, 2, G_TYPE_ERROR, G_TYPE_INT);
}

static void
install_end_signals (void)
{
  /**
   * HsClient::stopping:
   * @self: the client
   *
   * Emitted once in each run before the stream is closed. If there is a session, what is sent here
   * still leaves.
   */
  hs_client_signals[SIGNAL_STOPPING] = new_signal ("stopping", 0, NULL, G_TYPE_NONE, 0);

  /**
   * HsClient::cleanup:
   * @self: the client
   *
   * Emitted once in each run when the last connection is gone.
   */
  hs_client_signals[SIGNAL_CLEANUP] = new_signal ("cleanup", 0, NULL, G_TYPE_NONE, 0);

  /**
   * HsClient::terminated:
   * @self: the client
   * @error: (nullable): what ended the run, or %NULL if it was stopped
   *
   * Emitted last in each run. The client may be started again from here on.
   */
  hs_client_signals[SIGNAL_TERMINATED]
      = new_signal ("terminated", 0, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
install_lost_stanza_signals (void)
{
  /**
   * HsClient::returned:
   * @self: the client
   * @stanza: what was sent, as the server would have read it
   * @error: %HS_ERROR_SESSION_LOST, and whether the server has not received it or nobody knows
   *
   * Emitted for each stanza whose session was lost before the server acknowledged it (XEP-0198) and that
   * is not sent again by itself: see [property@Client:resend-policy]. Those that
   * [method@Client.send_async] or [method@Client.request_async] sent fail there instead.
   */
  hs_client_signals[SIGNAL_RETURNED]
      = new_signal ("returned", 0, NULL, G_TYPE_NONE, 2, HS_TYPE_STANZA, G_TYPE_ERROR);

  /**
   * HsClient::stanza-discarded:
   * @self: the client
   * @stanza: the start tag of the stanza, and that of the first element in it: who sent it, to whom, its id
   *   and type, as far as it has them
   * @error: %HS_ERROR_TOO_LARGE; the message says how large the stanza was and which limit it passed
   *
   * Emitted when a stanza that comes in has passed [property@Client:max-stanza-size], or has more than 1,000
   * attributes in one tag or more than 1,000 prefixes in scope. No handler of a whole stanza sees it; those
   * with %HS_HANDLER_FORGET may have seen elements of it. The rest of the stanza is skipped and the session
   * goes on; if it is longer than 16 times [property@Client:max-stanza-size], the stream ends.
   *
   * A request that the stanza would have answered has failed with the same error, and an iq `get` or `set`
   * has been answered with `policy-violation`.
   */
  hs_client_signals[SIGNAL_STANZA_DISCARDED] = new_signal ("stanza-discarded", 0, NULL, G_TYPE_NONE, 2,
                                                           HS_TYPE_STANZA, G_TYPE_ERROR);
}

static void
install_stanza_signals (void)
{
  /**
   * HsClient::message:
   * @self: the client
   * @message: a message (RFC 6121, 5)
   *
   * Emitted for each message, after its handlers.
   */
  hs_client_signals[SIGNAL_MESSAGE]
      = new_signal ("message", 0, NULL, G_TYPE_NONE, 1, HS_TYPE_MESSAGE);

  /**
   * HsClient::presence:
   * @self: the client
   * @presence: a presence (RFC 6121, 4)
   *
   * Emitted for each presence, after its handlers.
   */
  hs_client_signals[SIGNAL_PRESENCE]
      = new_signal ("presence", 0, NULL, G_TYPE_NONE, 1, HS_TYPE_PRESENCE);

  /**
   * HsClient::iq:
   * @self: the client
   * @iq: an iq (RFC 6120, 8.2.3)
   *
   * Emitted for each iq, after its handlers. Answers that the client did not ask for are not seen.
   *
   * Returns: true if a `get` or `set` has been or will be answered; otherwise the client answers it
   */
  hs_client_signals[SIGNAL_IQ]
      = new_signal ("iq", 0, first_true, G_TYPE_BOOLEAN, 1, HS_TYPE_IQ);
}

static void
install_element_signal (void)
{
  /**
   * HsClient::element:
   * @self: the client
   * @element: an element
   *
   * Emitted for each element at any depth of a stanza, right after its handlers. The detail is the
   * element's name as `{namespace}name`: `element::{urn:xmpp:ping}ping`.
   *
   * A `message`, `presence` or `iq` in `jabber:client` counts only as the stanza itself: one inside
   * another stanza was written by whoever sent the outer one.
   */
  hs_client_signals[SIGNAL_ELEMENT]
      = new_signal ("element", G_SIGNAL_DETAILED, NULL, G_TYPE_NONE, 1, HS_TYPE_ELEMENT);
}

static void
install_module_signals (void)
{
  /**
   * HsClient::module-added:
   * @self: the client
   * @module: the module
   *
   * Emitted when a module was registered and its [vfunc@Module.attached] has returned.
   *
   * Since: 0.2
   */
  hs_client_signals[SIGNAL_MODULE_ADDED]
      = new_signal ("module-added", 0, NULL, G_TYPE_NONE, 1, HS_TYPE_MODULE);

  /**
   * HsClient::module-removed:
   * @self: the client
   * @module: the module
   *
   * Emitted when a module was unregistered and its [vfunc@Module.detached] has returned. It is not emitted
   * for the modules of a client that is freed.
   *
   * Since: 0.2
   */
  hs_client_signals[SIGNAL_MODULE_REMOVED]
      = new_signal ("module-removed", 0, NULL, G_TYPE_NONE, 1, HS_TYPE_MODULE);
}

static void
install_watching_signals (void)
{
  /**
   * HsClient::accept-certificate:
   * @self: the client
   * @certificate: the server's certificate
   * @errors: what is wrong with it
   *
   * Emitted when the server's certificate was not verified and none is pinned. Who must ask somebody
   * first does not connect to this signal, but sets [property@Client:pinned-certificate] later.
   *
   * Returns: true to go on all the same; PLAIN is not used then
   */
  hs_client_signals[SIGNAL_ACCEPT_CERTIFICATE]
      = new_signal ("accept-certificate", 0, first_true, G_TYPE_BOOLEAN, 2, G_TYPE_TLS_CERTIFICATE,
                    G_TYPE_TLS_CERTIFICATE_FLAGS);

  /**
   * HsClient::xml:
   * @self: the client
   * @direction: which way
   * @text: XML, in pieces as it came or left
   *
   * Emitted for all XML in and out, with passwords, SASL messages and tokens replaced. Costs nothing
   * while nobody is connected.
   */
  hs_client_signals[SIGNAL_XML]
      = new_signal ("xml", 0, NULL, G_TYPE_NONE, 2, HS_TYPE_DIRECTION, G_TYPE_STRING);
}

void
hs_client_install_signals (void)
{
  install_connection_signals ();
  install_session_signals ();
  install_end_signals ();
  install_lost_stanza_signals ();
  install_stanza_signals ();
  install_element_signal ();
  install_module_signals ();
  install_watching_signals ();
}
