/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-error.h"

/* A running client belongs to the thread that iterates the main context in which the client was started. A client
 * that does not run belongs to no thread. */

#define HINT                                                                                       \
  "was called from another thread than the one that runs the client: have g_main_context_invoke() " \
  "call it there, in Python GLib.idle_add()"

gboolean
hs_client_refuse (HsClientPrivate *priv, const char *function)
{
  if (!hs_run_loop_is_foreign (hs_client_loop (priv)))
    return FALSE;
  g_critical ("%s() " HINT, function);
  return TRUE;
}

gboolean
hs_client_refuse_with (HsClientPrivate *priv, const char *function, GError **error)
{
  if (!hs_run_loop_is_foreign (hs_client_loop (priv)))
    return FALSE;
  if (function != NULL)
    g_set_error (error, HS_ERROR, HS_ERROR_WRONG_THREAD, "%s() " HINT, function);
  else
    g_set_error_literal (error, HS_ERROR, HS_ERROR_WRONG_THREAD, "The client " HINT);
  return TRUE;
}

/* Whether a client that does not run may be started in @context: another thread that iterates it now would run the
 * client, and the calling thread would go on to touch the client and what the context's clients share. */
gboolean
hs_client_check_context (GMainContext *context, const char *function, GError **error)
{
  if (!g_main_context_acquire (context))
    {
      g_set_error (error, HS_ERROR, HS_ERROR_WRONG_THREAD,
                   "%s() would start the client in a main context that another thread iterates: have "
                   "g_main_context_invoke() call it there, in Python GLib.idle_add()", function);
      return FALSE;
    }
  g_main_context_release (context);
  return TRUE;
}

/* Ends an asynchronous call, in the thread that made it. */
gboolean
hs_client_refuse_async (HsClient *self,
                        HsClientPrivate *priv,
                        const char *function,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GError *error = NULL;

  if (!hs_client_refuse_with (priv, function, &error))
    return FALSE;
  g_task_report_error (self, callback, user_data, NULL, error);
  return TRUE;
}

/* Has the calling thread iterate the client's context from here on, if another thread has started the client
 * and no thread has iterated the context since. The context is to be released then. */
GMainContext *
hs_client_take_over (HsClientPrivate *priv, GError **error)
{
  g_autoptr (GMainContext) context = hs_run_loop_dup_context (hs_client_loop (priv));

  if (context == NULL || hs_run_loop_is_entered (hs_client_loop (priv)) || !g_main_context_acquire (context))
    {
      hs_client_refuse_with (priv, "hs_client_run", error);
      return NULL;
    }
  hs_run_loop_enter (hs_client_loop (priv));
  return g_steal_pointer (&context);
}

static gboolean
dispose_cb (gpointer client)
{
  g_object_run_dispose (client);
  return G_SOURCE_REMOVE;
}

/* Python drops objects in whichever thread it collects them. What a running client has belongs to its own
 * thread, which may be about to call the client: the reference goes there, and the client with it. */
gboolean
hs_client_dispose_elsewhere (HsClient *self, HsClientPrivate *priv)
{
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) source = NULL;

  if (!hs_run_loop_is_foreign (hs_client_loop (priv)))
    return FALSE;
  context = hs_run_loop_dup_context (hs_client_loop (priv));
  if (context == NULL)
    return FALSE;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[headstock] dispose");
  g_source_set_callback (source, dispose_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, context);
  return TRUE;
}
