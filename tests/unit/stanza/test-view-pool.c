/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-element-private.h"
#include "hs-message.h"
#include "hs-namespaces.h"

#include "view-test.h"

/* Views that are used for stanza after stanza, if nobody can tell. */

/* The dispatcher's part: one stanza after the other. */
typedef struct
{
  HsParser *parser;
  HsParserEvent *event;
  HsViewPool pool;
  guint n;
} Dispatch;

static void
dispatch_init (Dispatch *self)
{
  memset (self, 0, sizeof *self);
  self->parser = hs_parser_new (NULL, NULL, NULL);
  test_feed_string (self->parser, TEST_HEADER, NULL, NULL);
}

static HsElement *
dispatch_next (Dispatch *self, const char *name)
{
  g_autofree char *xml
      = g_strdup_printf ("<%s id='%u'><body>%u</body></%s>", name, self->n, self->n, name);
  g_autoptr (GError) error = NULL;

  self->n++;
  hs_parser_feed (self->parser, xml, strlen (xml), FALSE, &error);
  g_assert_no_error (error);
  self->event = hs_parser_pop (self->parser);
  return hs_view_pool_take (&self->pool, self->event->node);
}

static void
dispatch_done (Dispatch *self, HsElement *view)
{
  hs_view_pool_give_back (&self->pool, view);
  hs_parser_give_back (self->parser, self->event);
}

static void
dispatch_clear (Dispatch *self)
{
  hs_view_pool_clear (&self->pool);
  hs_parser_free (self->parser);
}

static void
assert_is (HsElement *view, guint n)
{
  g_autofree char *text = g_strdup_printf ("%u", n);

  g_assert_cmpstr (hs_element_get_attribute (view, "id"), ==, text);
  g_assert_cmpstr (hs_element_get_child_text (view, "body", NULL), ==, text);
}

static void
test_pool (void)
{
  static const char *const names[] = { "message", "presence", "iq", "other" };
  Dispatch dispatch;
  HsElement *first[4] = { NULL };

  dispatch_init (&dispatch);
  for (guint i = 0; i < 100; i++)
    {
      HsElement *view = dispatch_next (&dispatch, names[i % 4]);

      assert_is (view, i);
      if (first[i % 4] == NULL)
        first[i % 4] = view;
      g_assert_true (view == first[i % 4]);
      g_assert_true (hs_view_pool_take (&dispatch.pool, dispatch.event->node) == view);
      g_assert_true (hs_element_from_node (dispatch.event->node) == view);
      dispatch_done (&dispatch, view);
    }
  g_assert_true (HS_IS_MESSAGE (first[0]));
  dispatch_clear (&dispatch);
}

/* Each way in which somebody could tell: given a view, and then asked after it was given back. */
typedef void (*NoticeFunc) (HsElement *view, gpointer *data);

static void
check_noticed (NoticeFunc before, NoticeFunc after, gboolean survives)
{
  Dispatch dispatch;
  HsElement *view = NULL;
  gpointer data = NULL;

  dispatch_init (&dispatch);
  dispatch_done (&dispatch, dispatch_next (&dispatch, "message"));
  view = dispatch_next (&dispatch, "message");
  before (view, &data);
  dispatch_done (&dispatch, view);
  for (guint i = 2; i < 10; i++)
    {
      HsElement *other = dispatch_next (&dispatch, "message");

      if (survives)
        {
          g_assert_true (other != view);
          assert_is (view, 1);
        }
      assert_is (other, i);
      if (after != NULL && i == 2)
        after (other, &data);
      dispatch_done (&dispatch, other);
    }
  if (survives)
    {
      dispatch_clear (&dispatch);
      assert_is (view, 1);
      g_object_unref (view);
    }
  else
    dispatch_clear (&dispatch);
}

static void
take_reference (HsElement *view, gpointer *data)
{
  g_object_ref (view);
}

static void
test_pool_reference (void)
{
  check_noticed (take_reference, NULL, TRUE);
}

static void
weak_cb (gpointer data, GObject *object)
{
  *(gpointer *) data = NULL;
}

static void
watch_weakly (HsElement *view, gpointer *data)
{
  *data = view;
  g_object_weak_ref (G_OBJECT (view), weak_cb, data);
}

static void G_GNUC_NORETURN
handler_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  g_assert_not_reached ();
}

static void
handler_gone_cb (gpointer data, GClosure *closure)
{
  *(gpointer *) data = NULL;
}

static void
connect_handler (HsElement *view, gpointer *data)
{
  *data = view;
  g_signal_connect_data (view, "notify", G_CALLBACK (handler_cb), data, handler_gone_cb, 0);
}

/* A view that is kept keeps everything, too. */
static void
test_pool_kept_handler (void)
{
  Dispatch dispatch;
  HsElement *view = NULL;
  gpointer handler = NULL;
  gpointer weak = NULL;

  dispatch_init (&dispatch);
  view = g_object_ref (dispatch_next (&dispatch, "message"));
  connect_handler (view, &handler);
  watch_weakly (view, &weak);
  g_object_set_data (G_OBJECT (view), "hs-test", view);
  dispatch_done (&dispatch, view);
  g_assert_nonnull (handler);
  g_assert_nonnull (weak);
  g_assert_true (g_object_get_data (G_OBJECT (view), "hs-test") == view);
  dispatch_clear (&dispatch);
  g_assert_nonnull (handler);
  g_assert_nonnull (weak);
  g_object_unref (view);
  g_assert_null (handler);
  g_assert_null (weak);
}

static void
toggled_cb (gpointer data, GObject *object, gboolean is_last)
{
}

static void
take_toggle_reference (HsElement *view, gpointer *data)
{
  g_object_add_toggle_ref (G_OBJECT (view), toggled_cb, data);
}

static void
test_pool_toggle_reference (void)
{
  Dispatch dispatch;
  HsElement *view = NULL;
  gpointer data = NULL;

  dispatch_init (&dispatch);
  view = dispatch_next (&dispatch, "message");
  take_toggle_reference (view, &data);
  dispatch_done (&dispatch, view);
  g_assert_true (dispatch_next (&dispatch, "message") != view);
  hs_parser_give_back (dispatch.parser, dispatch.event);
  assert_is (view, 0);
  dispatch_clear (&dispatch);
  assert_is (view, 0);
  g_object_remove_toggle_ref (G_OBJECT (view), toggled_cb, &data);
}

static void
assert_null (HsElement *view, gpointer *data)
{
  g_assert_null (*data);
}

static void
test_pool_weak (void)
{
  check_noticed (watch_weakly, assert_null, FALSE);
}

static void
point_weakly (HsElement *view, gpointer *data)
{
  *data = g_new0 (GWeakRef, 1);
  g_weak_ref_init (*data, view);
}

static void
assert_weak_null (HsElement *view, gpointer *data)
{
  g_assert_null (g_weak_ref_get (*data));
  g_weak_ref_clear (*data);
  g_free (*data);
}

static void
test_pool_weak_ref (void)
{
  check_noticed (point_weakly, assert_weak_null, FALSE);
}

static void
assert_no_handler (HsElement *view, gpointer *data)
{
  g_assert_null (*data);
  hs_message_set_body (HS_MESSAGE (view), "x");
}

static void
test_pool_handler (void)
{
  Dispatch dispatch;
  HsElement *view = NULL;
  gpointer data = NULL;

  check_noticed (connect_handler, NULL, FALSE);
  dispatch_init (&dispatch);
  view = dispatch_next (&dispatch, "message");
  connect_handler (view, &data);
  dispatch_done (&dispatch, view);
  assert_no_handler (dispatch_next (&dispatch, "message"), &data);
  hs_parser_give_back (dispatch.parser, dispatch.event);
  dispatch_clear (&dispatch);
}

static void
set_data (HsElement *view, gpointer *data)
{
  g_object_set_data_full (G_OBJECT (view), "hs-test", g_strdup ("of the first"), g_free);
}

static void
assert_no_data (HsElement *view, gpointer *data)
{
  g_assert_null (g_object_get_data (G_OBJECT (view), "hs-test"));
}

static void
test_pool_data (void)
{
  check_noticed (set_data, assert_no_data, FALSE);
}

/* As PyGObject does it: what it leaves on a view when the wrapper goes would come back with the next wrapper. */
static void
test_pool_python (void)
{
  GQuark left = g_quark_from_string ("PyGObject::instance-data");
  Dispatch dispatch;
  HsElement *view = NULL;

  dispatch_init (&dispatch);
  for (guint i = 0; i < 10; i++)
    {
      gpointer attributes = &dispatch;
      HsElement *next = dispatch_next (&dispatch, "message");

      assert_is (next, i);
      g_assert_null (g_object_get_qdata (G_OBJECT (next), left));
      g_assert_true (view == NULL || next == view);
      view = next;
      g_object_set_qdata_full (G_OBJECT (view), left, &attributes, (GDestroyNotify) g_nullify_pointer);
      dispatch_done (&dispatch, view);
      g_assert_null (attributes);
    }
  dispatch_clear (&dispatch);
}

/* A destructor of Python's takes the view, and connects to it. */
static void
take_again (gpointer view)
{
  g_object_ref (view);
  g_signal_connect (view, "notify", G_CALLBACK (handler_cb), NULL);
}

static void
test_pool_python_destructor (void)
{
  Dispatch dispatch;
  HsElement *view = NULL;

  dispatch_init (&dispatch);
  view = dispatch_next (&dispatch, "message");
  g_object_set_qdata_full (G_OBJECT (view), g_quark_from_string ("PyGObject::instance-data"), view, take_again);
  dispatch_done (&dispatch, view);
  g_assert_true (dispatch_next (&dispatch, "message") != view);
  hs_parser_give_back (dispatch.parser, dispatch.event);
  assert_is (view, 0);
  g_assert_cmpuint (g_signal_handlers_disconnect_by_func (view, handler_cb, NULL), ==, 1);
  dispatch_clear (&dispatch);
  g_assert_finalize_object (view);
}

/* Another runs the main loop, in which the next stanza comes. */
static void
dispatch_inside (gpointer data)
{
  Dispatch *dispatch = data;
  HsParserEvent *outer = dispatch->event;

  dispatch_done (dispatch, dispatch_next (dispatch, "message"));
  dispatch->event = outer;
}

static void
test_pool_python_nested (void)
{
  Dispatch dispatch;
  HsElement *view = NULL;

  dispatch_init (&dispatch);
  view = dispatch_next (&dispatch, "message");
  g_object_set_qdata_full (G_OBJECT (view), g_quark_from_string ("PyGObject::instance-data"), &dispatch, dispatch_inside);
  hs_view_pool_give_back (&dispatch.pool, view);
  /* The one inside is used again, and not this one as well. */
  assert_is (view, 0);
  hs_parser_give_back (dispatch.parser, dispatch.event);
  dispatch_clear (&dispatch);
}

static void
resurrect_cb (gpointer data, GObject *object)
{
  *(gpointer *) data = g_object_ref (object);
}

static void
resurrect (HsElement *view, gpointer *data)
{
  g_object_weak_ref (G_OBJECT (view), resurrect_cb, data);
}

static void
unref_resurrected (HsElement *view, gpointer *data)
{
  g_assert_nonnull (*data);
  g_assert_true (*data != view);
  assert_is (*data, 1);
  g_object_unref (*data);
}

static void
test_pool_resurrected (void)
{
  check_noticed (resurrect, unref_resurrected, FALSE);
}

/* A handler keeps a part of the stanza. */
static void
test_pool_kept_child (void)
{
  Dispatch dispatch;
  HsElement *kept[20] = { NULL };

  dispatch_init (&dispatch);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      HsElement *view = dispatch_next (&dispatch, "message");

      kept[i] = g_object_ref (hs_element_get_first_child (view));
      dispatch_done (&dispatch, view);
    }
  dispatch_clear (&dispatch);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      assert_is (hs_element_get_parent (kept[i]), i);
      g_assert_true (HS_IS_MESSAGE (hs_element_get_parent (kept[i])));
      g_assert_finalize_object (kept[i]);
    }
}

/* A handler puts the stanza it was given into another one. */
static void
test_pool_moved (void)
{
  Dispatch dispatch;

  dispatch_init (&dispatch);
  for (guint i = 0; i < 20; i++)
    {
      HsElement *view = dispatch_next (&dispatch, "message");
      HsElement *around = hs_element_new ("forwarded", HS_NS_FORWARD);

      hs_element_append (around, view);
      dispatch_done (&dispatch, view);
      assert_is (hs_element_get_first_child (around), i);
      g_assert_finalize_object (around);
    }
  dispatch_clear (&dispatch);
}

/* Nothing is left of a million stanzas. */
static void
test_pool_memory (void)
{
  Dispatch dispatch;
  gsize before = 0;

  dispatch_init (&dispatch);
  for (guint i = 0; i < 50000; i++)
    {
      HsElement *view = dispatch_next (&dispatch, i % 2 ? "message" : "iq");

      assert_is (view, i);
      dispatch_done (&dispatch, view);
      if (i == 1000)
        before = test_get_resident ();
    }
  if (test_is_measurable ())
    g_assert_cmpuint (test_get_resident (), <, before + 256 * 1024);
  dispatch_clear (&dispatch);
}

/* The dispatcher's views, kept and dropped elsewhere. */
static void
test_threads_pool (void)
{
  Droppers droppers;
  Dispatch dispatch;

  start_droppers (&droppers);
  dispatch_init (&dispatch);
  for (guint i = 0; i < 20000; i++)
    {
      HsElement *view = dispatch_next (&dispatch, i % 3 ? "message" : "presence");

      assert_is (view, i);
      drop_in_thread (&droppers, g_object_ref (i % 2 ? view : hs_element_get_first_child (view)));
      if (i % 5 == 0)
        drop_in_thread (&droppers, g_object_ref (view));
      assert_is (view, i);
      dispatch_done (&dispatch, view);
    }
  dispatch_clear (&dispatch);
  stop_droppers (&droppers);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/view-pool/reuse", test_pool);
  g_test_add_func ("/view-pool/reference", test_pool_reference);
  g_test_add_func ("/view-pool/kept-handler", test_pool_kept_handler);
  g_test_add_func ("/view-pool/toggle-reference", test_pool_toggle_reference);
  g_test_add_func ("/view-pool/weak", test_pool_weak);
  g_test_add_func ("/view-pool/weak-ref", test_pool_weak_ref);
  g_test_add_func ("/view-pool/handler", test_pool_handler);
  g_test_add_func ("/view-pool/data", test_pool_data);
  g_test_add_func ("/view-pool/python", test_pool_python);
  g_test_add_func ("/view-pool/python-destructor", test_pool_python_destructor);
  g_test_add_func ("/view-pool/python-nested", test_pool_python_nested);
  g_test_add_func ("/view-pool/resurrected", test_pool_resurrected);
  g_test_add_func ("/view-pool/kept-child", test_pool_kept_child);
  g_test_add_func ("/view-pool/moved", test_pool_moved);
  g_test_add_func ("/view-pool/memory", test_pool_memory);
  g_test_add_func ("/view-pool/threads", test_threads_pool);

  return g_test_run ();
}
