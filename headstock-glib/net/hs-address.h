/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-loop.h"

G_BEGIN_DECLS

/* A host name, or an IP literal, and a port, for a GSocketClient: what GNetworkAddress is, with
 * each address of both families given whichever answer fails or is late. */

#define HS_TYPE_ADDRESS (hs_address_get_type ())
G_DECLARE_FINAL_TYPE (HsAddress, hs_address, HS, ADDRESS, GObject)

/* @loop: of the thread that looks it up. */
GSocketConnectable *hs_address_new (HsLoop *loop,
                                    const char *host,
                                    guint16 port);

/* The address in an IP literal, with the brackets that IPv6 has in a JID (RFC 7622, 3.2) or
 * without; NULL if it is a name. */
char *hs_address_parse_literal (const char *host);

G_END_DECLS
