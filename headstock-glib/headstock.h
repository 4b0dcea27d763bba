/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#define HS_INSIDE

#include <headstock-glib/hs-client.h>
#include <headstock-glib/hs-component.h>
#include <headstock-glib/hs-contact.h>
#include <headstock-glib/hs-data-field.h>
#include <headstock-glib/hs-data-form.h>
#include <headstock-glib/hs-described.h>
#include <headstock-glib/hs-disco-info.h>
#include <headstock-glib/hs-disco-item.h>
#include <headstock-glib/hs-disco.h>
#include <headstock-glib/hs-element.h>
#include <headstock-glib/hs-enum-types.h>
#include <headstock-glib/hs-enums.h>
#include <headstock-glib/hs-error.h>
#include <headstock-glib/hs-identity.h>
#include <headstock-glib/hs-invitation.h>
#include <headstock-glib/hs-iq.h>
#include <headstock-glib/hs-jid.h>
#include <headstock-glib/hs-last-activity.h>
#include <headstock-glib/hs-message.h>
#include <headstock-glib/hs-module.h>
#include <headstock-glib/hs-namespaces.h>
#include <headstock-glib/hs-ping.h>
#include <headstock-glib/hs-presence.h>
#include <headstock-glib/hs-printable.h>
#include <headstock-glib/hs-registration.h>
#include <headstock-glib/hs-resource.h>
#include <headstock-glib/hs-roster.h>
#include <headstock-glib/hs-security-info.h>
#include <headstock-glib/hs-software-info.h>
#include <headstock-glib/hs-software-version.h>
#include <headstock-glib/hs-span.h>
#include <headstock-glib/hs-stanza.h>
#include <headstock-glib/hs-state-folder.h>
#include <headstock-glib/hs-stateful.h>
#include <headstock-glib/hs-styling.h>
#include <headstock-glib/hs-subscription-request.h>
#include <headstock-glib/hs-time.h>
#include <headstock-glib/hs-types.h>
#include <headstock-glib/hs-version-macros.h>
#include <headstock-glib/hs-version.h>

#undef HS_INSIDE
