/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-error.h"

G_DEFINE_QUARK (hs-error-quark, hs_error)
G_DEFINE_QUARK (hs-xml-error-quark, hs_xml_error)
G_DEFINE_QUARK (hs-stream-error-quark, hs_stream_error)
G_DEFINE_QUARK (hs-stanza-error-quark, hs_stanza_error)
G_DEFINE_QUARK (hs-sasl-error-quark, hs_sasl_error)
