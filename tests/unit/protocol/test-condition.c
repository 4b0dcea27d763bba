/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element-private.h"
#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-condition.h"

#define ERROR(inside) "<stream:error xmlns:stream='" HS_NS_STREAM "'>" inside "</stream:error>"
#define CONDITION(name) "<" name " xmlns='" HS_NS_STREAMS "'/>"
#define TEXT(text) "<text xmlns='" HS_NS_STREAMS "'>" text "</text>"

static const struct
{
  const char *xml;
  HsStreamError code;
  const char *message;
} errors[] = {
  { ERROR (CONDITION ("conflict")), HS_STREAM_ERROR_CONFLICT, "It failed: conflict" },
  { ERROR (CONDITION ("conflict") TEXT (" Replaced\n")), HS_STREAM_ERROR_CONFLICT, "It failed: conflict: Replaced" },
  /* RFC 6120, 4.9.4: a program's own condition beside the defined one. */
  { ERROR (CONDITION ("policy-violation") "<rate xmlns='urn:x'/>"), HS_STREAM_ERROR_POLICY_VIOLATION,
    "It failed: policy-violation, rate" },
  { ERROR ("<see-other-host xmlns='" HS_NS_STREAMS "'>other.example:5269</see-other-host>"),
    HS_STREAM_ERROR_SEE_OTHER_HOST, "It failed: see-other-host (other.example:5269)" },
  /* Names are compared with their case and their namespace. */
  { ERROR (CONDITION ("Conflict")), HS_STREAM_ERROR_UNDEFINED_CONDITION, "It failed: Conflict" },
  { ERROR ("<conflict xmlns='urn:x'/>"), HS_STREAM_ERROR_UNDEFINED_CONDITION, "It failed: conflict" },
  { ERROR (""), HS_STREAM_ERROR_UNDEFINED_CONDITION, "It failed" },
  { ERROR ("Go away"), HS_STREAM_ERROR_UNDEFINED_CONDITION, "It failed: Go away" },
  /* The text of the right namespace, wherever it stands. */
  { ERROR ("<text xmlns='urn:x'>wrong</text>" CONDITION ("reset") TEXT ("right")), HS_STREAM_ERROR_RESET,
    "It failed: reset: right" },
  { ERROR ("<a xmlns='u'/><b xmlns='u'/><c xmlns='u'/><d xmlns='u'/><e xmlns='u'/><f xmlns='u'/>"),
    HS_STREAM_ERROR_UNDEFINED_CONDITION, "It failed: a, b, c, d and 2 more" },
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HsElement) element = hs_element_new_from_string (errors[i].xml, &error);
      g_autoptr (GError) made = NULL;

      g_assert_no_error (error);
      made = hs_condition_to_error (hs_element_get_node (element), HS_STREAM_ERROR, HS_TYPE_STREAM_ERROR,
                                    HS_NS_STREAMS, HS_STREAM_ERROR_UNDEFINED_CONDITION, "It failed");
      g_assert_error (made, HS_STREAM_ERROR, (int) errors[i].code);
      g_assert_cmpstr (made->message, ==, errors[i].message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/condition/errors", test_errors);
  return g_test_run ();
}
