/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism-private.h"

/* ANONYMOUS (RFC 4505), with XEP-0175 for what XMPP makes of it. */

/* RFC 4505, 2 lets the client say who is calling, for the server's log. This one has nothing to say
 * that would help more than it tells (XEP-0175, 4). */
static HsSaslStep
hs_sasl_anonymous_start (HsSaslMechanism *mechanism, GBytes **initial_response, GError **error)
{
  *initial_response = g_bytes_new_static ("", 0);
  return HS_SASL_STEP_RESPOND;
}

static void
hs_sasl_anonymous_free (HsSaslMechanism *mechanism)
{
  g_free (mechanism);
}

static const HsSaslMechanismClass hs_sasl_anonymous_class = {
  .start = hs_sasl_anonymous_start,
  .free = hs_sasl_anonymous_free,
};

HsSaslMechanism *
hs_sasl_anonymous_new (void)
{
  HsSaslMechanism *self = g_new0 (HsSaslMechanism, 1);

  self->klass = &hs_sasl_anonymous_class;
  self->name = "ANONYMOUS";
  return self;
}
