/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-message.h"
#include "hs-namespaces.h"

#include "xml-test.h"

/* Views: which object is on which node, who holds whom, and what threads may do. */

static HsElement *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return element;
}

static void
test_same (void)
{
  HsElement *element = parse ("<a><b><c/></b><d/></a>");
  HsElement *b = hs_element_get_first_child (element);
  HsElement *c = hs_element_get_first_child (b);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (hs_element_get_first_child (element) == b);
      g_assert_true (hs_element_get_child (element, "b", NULL) == b);
      g_assert_true (hs_element_get_parent (c) == b);
      g_assert_true (hs_element_get_parent (b) == element);
      g_assert_true (hs_element_get_next_sibling (b) == hs_element_get_child (element, "d", NULL));
      /* Borrowed: nobody but the tree holds them. */
      g_assert_cmpuint (G_OBJECT (b)->ref_count, ==, 1);
      g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 1);
    }
  g_assert_finalize_object (element);
}

/* What is kept keeps its tree, and lets go of it. */
static void
test_kept_child (void)
{
  HsElement *element = parse ("<a k='1'>t<b><c>u</c></b><d/></a>");
  HsElement *b = g_object_ref (hs_element_get_first_child (element));
  HsElement *c = g_object_ref (hs_element_get_first_child (b));
  HsElement *d = hs_element_get_next_sibling (b);
  gpointer weak_d = d;

  g_object_add_weak_pointer (G_OBJECT (d), &weak_d);
  g_assert_finalize_object (element);
  /* It came from one that lives. */
  g_assert_true (weak_d == d);
  g_assert_true (hs_element_get_next_sibling (b) == d);
  element = hs_element_get_parent (b);
  g_assert_cmpstr (hs_element_get_attribute (element, "k"), ==, "1");
  g_assert_true (hs_element_get_parent (b) == element);
  g_assert_true (hs_element_get_parent (c) == b);
  g_assert_true (hs_element_get_first_child (element) == b);
  g_object_unref (b);
  g_assert_cmpstr (hs_element_get_text (c), ==, "u");
  g_assert_cmpstr (
      hs_element_get_attribute (hs_element_get_parent (hs_element_get_parent (c)), "k"), ==, "1");
  g_assert_finalize_object (c);
  g_assert_null (weak_d);
}

/* What was lent lives as long as what it came from, whoever else let go of it. */
static void
test_lent (void)
{
  HsElement *element = parse ("<a k='1'><b><c/></b><d/></a>");
  HsElement *b = g_object_ref (hs_element_get_first_child (element));
  HsElement *c = hs_element_get_first_child (b);
  HsElement *d = hs_element_get_next_sibling (b);
  HsElement *parent = hs_element_get_parent (b);
  gpointer weak = element;

  g_object_add_weak_pointer (G_OBJECT (element), &weak);
  g_assert_true (parent == element);
  g_object_unref (element);
  g_assert_true (weak == parent);
  g_assert_cmpstr (hs_element_get_attribute (parent, "k"), ==, "1");
  g_assert_cmpstr (hs_element_get_name (c), ==, "c");
  g_assert_cmpstr (hs_element_get_name (d), ==, "d");
  g_assert_true (hs_element_get_parent (b) == parent);
  /* The same through one that was only lent itself. */
  g_object_ref (c);
  g_assert_true (hs_element_get_parent (c) == b);
  g_object_unref (b);
  g_assert_true (hs_element_get_parent (c) == b);
  g_assert_true (hs_element_get_parent (b) == parent);
  g_object_ref (parent);
  g_object_unref (parent);
  g_assert_true (hs_element_get_parent (hs_element_get_parent (c)) == parent);
  g_assert_finalize_object (c);
  g_assert_null (weak);
}

/* One that a program holds as well as the tree; found through the tree, then let go by the program.
 */
static void
test_owner_found (void)
{
  HsElement *element = parse ("<a><b><c/></b></a>");
  HsElement *b = g_object_ref (hs_element_get_first_child (element));
  HsElement *c = g_object_ref (hs_element_get_first_child (b));
  HsElement *again = NULL;

  g_object_unref (element);
  /* b and c each own the tree; b is found from c, and so lives as long as c. */
  again = hs_element_get_parent (c);
  g_assert_true (again == b);
  g_object_unref (b);
  g_assert_cmpstr (hs_element_get_name (again), ==, "b");
  g_assert_true (hs_element_get_parent (c) == again);
  g_assert_finalize_object (c);
}

static void
test_kept_in_any_order (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      HsElement *views[8] = { NULL };
      guint n = G_N_ELEMENTS (views);

      views[0] = parse ("<a><b><c><d>t</d></c></b><e><f/></e><g/></a>");
      views[1] = g_object_ref (hs_element_get_first_child (views[0]));
      views[2] = g_object_ref (hs_element_get_first_child (views[1]));
      views[3] = g_object_ref (hs_element_get_first_child (views[2]));
      views[4] = g_object_ref (hs_element_get_next_sibling (views[1]));
      views[5] = g_object_ref (hs_element_get_first_child (views[4]));
      views[6] = g_object_ref (hs_element_get_next_sibling (views[4]));
      views[7] = parse ("<h><i/></h>");
      while (n > 0)
        {
          guint at = g_test_rand_int_range (0, G_N_ELEMENTS (views));
          guint other = g_test_rand_int_range (0, G_N_ELEMENTS (views));

          if (views[at] == NULL)
            continue;
          switch (g_test_rand_int_range (0, 5))
            {
            case 0:
              hs_element_detach (views[at]);
              break;
            case 1:
              if (views[other] != NULL)
                {
                  HsElement *ancestor = views[at];

                  while (ancestor != NULL && ancestor != views[other])
                    ancestor = hs_element_get_parent (ancestor);
                  if (ancestor == NULL)
                    hs_element_append (views[at], views[other]);
                }
              break;
            case 2:
              hs_element_get_parent (views[at]);
              hs_element_get_first_child (views[at]);
              hs_element_get_next_sibling (views[at]);
              g_free (hs_element_to_string (views[at]));
              break;
            default:
              g_clear_object (&views[at]);
              n--;
            }
        }
    }
}

/* A child that a handler keeps is moved into a reply while its stanza is being dispatched. */
static void
test_moved (void)
{
  HsElement *stanza = parse ("<message><x><y/></x></message>");
  HsElement *reply = hs_element_new ("message", HS_NS_CLIENT);
  HsElement *x = g_object_ref (hs_element_get_first_child (stanza));
  HsElement *y = hs_element_get_first_child (x);

  hs_element_append (reply, x);
  g_object_unref (stanza);
  g_object_unref (x);
  g_assert_true (hs_element_get_first_child (reply) == x);
  g_assert_true (hs_element_get_first_child (x) == y);
  g_assert_finalize_object (reply);
}

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

static void
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

/* Nor is anything taken from one that is kept. */
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

static gboolean
any_item (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  return strcmp (name, "item") == 0;
}

/* What a handler keeps of a stanza that still comes in lives on alone; what it may not do. */
static void
test_forgotten (void)
{
  static const HsParserCallbacks callbacks = { .forget = any_item };
  static const char xml[] = TEST_HEADER "<iq><q><item k='1'><a/></item>";
  HsParser *parser = hs_parser_new (NULL, &callbacks, NULL);
  g_autoptr (GError) error = NULL;
  HsParserEvent *event = NULL;
  HsElement *item = NULL;
  HsElement *parent = NULL;

  hs_parser_set_forgets (parser, TRUE);
  hs_parser_feed (parser, xml, strlen (xml), FALSE, &error);
  g_assert_no_error (error);
  hs_parser_give_back (parser, hs_parser_pop (parser));
  event = hs_parser_pop (parser);
  item = g_object_ref (hs_element_from_node (event->node));
  parent = g_object_ref (hs_element_get_parent (item));
  g_assert_cmpstr (hs_element_get_name (hs_element_get_parent (parent)), ==, "iq");

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  hs_element_set_attribute (parent, "a", "b");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  g_assert_null (hs_element_add_child (parent, "a", NULL));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  hs_element_set_text (parent, "a");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  hs_stanza_set_id (HS_STANZA (hs_element_get_parent (parent)), "a");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*unfinished*");
  hs_element_detach (item);
  g_test_assert_expected_messages ();

  hs_parser_give_back (parser, event);
  g_assert_null (hs_element_get_parent (item));
  g_assert_null (hs_element_get_first_child (parent));
  hs_parser_free (parser);
  g_assert_cmpstr (hs_element_get_attribute (item, "k"), ==, "1");
  g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (item)), ==, "a");
  hs_element_detach (item);
  hs_element_add_child (item, "b", NULL);
  g_assert_finalize_object (item);
  g_assert_cmpstr (hs_element_get_name (parent), ==, "q");
  g_assert_finalize_object (parent);
}

static gpointer
drop_thread (gpointer data)
{
  GAsyncQueue *queue = data;
  gpointer object = NULL;

  while ((object = g_async_queue_pop (queue)) != queue)
    g_object_unref (object);
  return NULL;
}

enum
{
  N_THREADS = 4
};

typedef struct
{
  GAsyncQueue *queues[N_THREADS];
  GThread *threads[N_THREADS];
} Droppers;

static void
start_droppers (Droppers *self)
{
  for (guint i = 0; i < N_THREADS; i++)
    {
      self->queues[i] = g_async_queue_new ();
      self->threads[i] = g_thread_new ("drop", drop_thread, self->queues[i]);
    }
}

static void
drop_in_thread (Droppers *self, gpointer object)
{
  g_async_queue_push (self->queues[g_test_rand_int_range (0, N_THREADS)], object);
}

static void
stop_droppers (Droppers *self)
{
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_async_queue_push (self->queues[i], self->queues[i]);
      g_thread_join (self->threads[i]);
      g_async_queue_unref (self->queues[i]);
    }
}

/* Views are finalised in other threads while the main one walks the same tree: so does PyGObject.
 */
static void
test_threads (void)
{
  Droppers droppers;

  start_droppers (&droppers);
  for (guint i = 0; i < 20000; i++)
    {
      HsElement *element = parse ("<a><b><c><d/></c></b><e/></a>");
      HsElement *b = g_object_ref (hs_element_get_first_child (element));
      HsElement *c = g_object_ref (hs_element_get_first_child (b));

      drop_in_thread (&droppers, g_object_ref (c));
      drop_in_thread (&droppers, g_object_ref (hs_element_get_next_sibling (b)));
      if (i % 2)
        drop_in_thread (&droppers, element);
      for (guint j = 0; j < 20; j++)
        {
          HsElement *found = hs_element_get_first_child (b);

          g_assert_true (found == c);
          g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (found)), ==, "d");
          g_assert_cmpstr (hs_element_get_name (hs_element_get_next_sibling (b)), ==, "e");
          g_assert_cmpstr (hs_element_get_name (hs_element_get_parent (b)), ==, "a");
        }
      drop_in_thread (&droppers, c);
      g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (b)), ==, "c");
      if (i % 2 == 0)
        g_object_unref (element);
      drop_in_thread (&droppers, b);
    }
  stop_droppers (&droppers);
}

/* The last owner goes in another thread, and hands its views back, while the main thread follows
 * them. */
static void
test_threads_hand_over (void)
{
  Droppers droppers;

  start_droppers (&droppers);
  for (guint i = 0; i < 20000; i++)
    {
      HsElement *element = parse ("<a><b><c><d>t</d></c></b></a>");
      HsElement *b = g_object_ref (hs_element_get_first_child (element));

      for (guint j = 0; j < 5; j++)
        hs_element_get_first_child (
            hs_element_get_first_child (hs_element_get_first_child (element)));
      drop_in_thread (&droppers, element);
      for (guint j = 0; j < 50; j++)
        {
          HsElement *c = hs_element_get_first_child (b);
          HsElement *d = hs_element_get_first_child (c);

          g_assert_true (HS_IS_ELEMENT (c));
          g_assert_cmpstr (hs_element_get_name (c), ==, "c");
          g_assert_cmpstr (hs_element_get_text (d), ==, "t");
        }
      g_object_unref (b);
    }
  stop_droppers (&droppers);
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

  g_test_add_func ("/view/same", test_same);
  g_test_add_func ("/view/kept-child", test_kept_child);
  g_test_add_func ("/view/lent", test_lent);
  g_test_add_func ("/view/owner-found", test_owner_found);
  g_test_add_func ("/view/kept-in-any-order", test_kept_in_any_order);
  g_test_add_func ("/view/moved", test_moved);
  g_test_add_func ("/view/pool/reuse", test_pool);
  g_test_add_func ("/view/pool/reference", test_pool_reference);
  g_test_add_func ("/view/pool/kept-handler", test_pool_kept_handler);
  g_test_add_func ("/view/pool/toggle-reference", test_pool_toggle_reference);
  g_test_add_func ("/view/pool/weak", test_pool_weak);
  g_test_add_func ("/view/pool/weak-ref", test_pool_weak_ref);
  g_test_add_func ("/view/pool/handler", test_pool_handler);
  g_test_add_func ("/view/pool/data", test_pool_data);
  g_test_add_func ("/view/pool/resurrected", test_pool_resurrected);
  g_test_add_func ("/view/pool/kept-child", test_pool_kept_child);
  g_test_add_func ("/view/pool/moved", test_pool_moved);
  g_test_add_func ("/view/pool/memory", test_pool_memory);
  g_test_add_func ("/view/forgotten", test_forgotten);
  g_test_add_func ("/view/threads/drop", test_threads);
  g_test_add_func ("/view/threads/hand-over", test_threads_hand_over);
  g_test_add_func ("/view/threads/pool", test_threads_pool);

  return g_test_run ();
}
