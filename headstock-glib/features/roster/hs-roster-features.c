/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

/* Whether the server's stream features contain an element. */
gboolean
hs_roster_has_feature (HsRoster *self, const char *name, const char *namespace_)
{
  HsElement *features = self->client != NULL ? hs_client_get_features (self->client) : NULL;

  return features != NULL && hs_element_get_child (features, name, namespace_) != NULL;
}
