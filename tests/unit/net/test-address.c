/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "net/hs-address.h"

static const struct
{
  const char *host;
  const char *literal;
} hosts[] = {
  { "127.0.0.1", "127.0.0.1" },
  { "::1", "::1" },
  { "[::1]", "::1" },
  { "[2001:db8::1]", "2001:db8::1" },
  { "[127.0.0.1]", "127.0.0.1" },
  { "[::1", NULL },
  { "::1]", NULL },
  { "[]", NULL },
  { "", NULL },
  { "example.org", NULL },
  { "127.0.0.1.example", NULL },
  { "1", NULL },
};

static void
test_literals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *literal = hs_address_parse_literal (hosts[i].host);

      g_assert_cmpstr (literal, ==, hosts[i].literal);
    }
}

static void
next_cb (GObject *enumerator, GAsyncResult *result, gpointer user_data)
{
  GSocketAddress **address = user_data;
  g_autoptr (GError) error = NULL;

  *address = g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (enumerator), result, &error);
  g_assert_no_error (error);
}

/* What is no name need not be looked up. */
static void
test_enumerates_literal (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  g_autoptr (GSocketConnectable) connectable = hs_address_new (loop, "[::1]", 5222);
  g_autoptr (GSocketAddressEnumerator) enumerator = g_socket_connectable_enumerate (connectable);
  g_autofree char *text = g_socket_connectable_to_string (connectable);
  g_autoptr (GSocketAddress) address = NULL;

  g_assert_nonnull (strstr (text, "::1"));
  g_socket_address_enumerator_next_async (enumerator, NULL, next_cb, &address);
  while (address == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (G_IS_INET_SOCKET_ADDRESS (address));
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)), ==, 5222);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/literals", test_literals);
  g_test_add_func ("/address/enumerates-literal", test_enumerates_literal);
  return g_test_run ();
}
